"""The `rag` command. Each command lives in its own file and imports what it needs when it runs."""

from __future__ import annotations

import gc
import os
import sys

import typer

from rag.cli import corpus, graph, index
from rag.cli import eval as evaluation
from rag.cli.ask import ask_command
from rag.cli.build import build_command
from rag.cli.chat import chat_command
from rag.cli.doctor import doctor_command
from rag.cli.retrieve import retrieve_command
from rag.cli.serve import serve_command
from rag.cli.triage import triage_command
from rag.cli.verify import verify_command
from rag.errors import RagError

INTERRUPTED = 130  # what a shell reports for a command that Ctrl-C ended

app = typer.Typer(
    name="rag",
    help="Answers mental-health questions from vetted sources, and checks every sentence "
    "against the passage it cites.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("ask")(ask_command)
app.command("chat")(chat_command)
app.command("retrieve")(retrieve_command)
app.command("verify")(verify_command)
app.command("triage")(triage_command)
app.command("build")(build_command)
app.add_typer(index.app, name="index")
app.add_typer(corpus.app, name="corpus")
app.add_typer(graph.app, name="graph")
app.add_typer(evaluation.app, name="eval")
app.command("serve")(serve_command)
app.command("doctor")(doctor_command)


def main() -> None:
    """Runs the command line; the process ends with the exit code of the design (0, 1, 2 or 3)."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except RagError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader has gone; keep the interpreter's own flush at exit from complaining.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'input/output'}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        gc.freeze()  # else Python looks for cycles in all that is left before it lets go of it


def _fail(message: str, code: int) -> None:
    print(f"rag: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
