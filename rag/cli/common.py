"""What the commands share: settings from the environment, standard output, one line of error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.jsonable import dumps

if TYPE_CHECKING:
    from rag.settings import Settings

IndexDir = Annotated[
    Path | None,
    typer.Option(help="Folder that holds versions/ and CURRENT.  [default: RAG_INDEX_DIR]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Input = Annotated[
    Path | None, typer.Option("--input", help="JSON Lines to read; - is standard input.")
]
Output = Annotated[
    Path | None, typer.Option("--output", help="JSON Lines to write; - is standard output.")
]


def load_settings(index_dir: Path | None = None, **values: Any) -> Settings:
    """Settings from the environment, with the values that options gave on top.

    Raises:
        SettingsError: an option has a value that cannot work; names it and what it accepts.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError as SourceError

    from rag.errors import SettingsError
    from rag.settings import Settings

    if index_dir is not None:
        values["index_dir"] = index_dir
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = "RAG_" + "__".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}") from error
    except SourceError as error:
        raise SettingsError(f"{error}; unset the variable or give it valid JSON") from error


def print_json(value: Any) -> None:
    """One JSON document on standard output, UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write((dumps(value, indent=2) + "\n").encode("utf-8"))
    sys.stdout.buffer.flush()


def print_line(value: Any) -> None:
    """One JSON document on one line of standard output, at once."""
    sys.stdout.flush()
    sys.stdout.buffer.write((dumps(value) + "\n").encode("utf-8"))
    sys.stdout.buffer.flush()


def report_batch(total: int, failed: int) -> None:
    """Says on standard error how many lines could not be worked on."""
    if failed:
        print(f"{failed} of {total} lines have an error field", file=sys.stderr)


def one_of(**given: object) -> None:
    """Raises typer.BadParameter unless exactly one of the named inputs was given."""
    if sum(value is not None for value in given.values()) != 1:
        names = " or ".join(given)
        raise typer.BadParameter(f"give either {names}")
