"""`rag eval answers`: whole answers to a file of questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.common import AsJson, IndexDir, load_settings, print_json

if TYPE_CHECKING:
    from rag.evaluation.answers import AnswerReport


def answers_command(
    questions: Annotated[Path, typer.Option(help='JSON Lines: {"id", "question", "answerable"}.')],
    show: Annotated[bool, typer.Option("--show", help="Print every answer, to be read.")] = False,
    as_json: AsJson = False,
    index_dir: IndexDir = None,
) -> None:
    """Counts what is answered that can be, and what is not that cannot."""
    from rag.engine import Engine
    from rag.evaluation.answers import evaluate

    with Engine.open(load_settings(index_dir)) as engine:
        report = evaluate(engine, read_questions(questions))
    if as_json:
        print_json(report)
    else:
        _print(report, show)


def read_questions(path: Path) -> list[dict[str, Any]]:
    """One JSON object a line. Raises SettingsError."""
    from rag.errors import SettingsError

    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise SettingsError(f"--questions {path}: {error}") from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"--questions {path}: needs one JSON object a line")
    return rows


def _print(report: AnswerReport, show: bool) -> None:
    from rag.cli.render import print_answer

    for asked in report.asked:
        if show:
            typer.echo(f"\n=== {asked.id} [{asked.answer.status}] {asked.answer.question}")
            print_answer(asked.answer)
        elif not asked.right:
            typer.echo(f"{asked.id} [{asked.outcome}] {asked.answer.question}")
    for outcome, count in report.outcomes():
        share = count / len(report.asked)
        typer.echo(f"{count:>4} {share:>6.1%}  {outcome}")
    for answerable, words in ((True, "answerable, answered"), (False, "unanswerable, silent")):
        right, total, (low, high) = report.share(answerable=answerable)
        typer.echo(f"{words:<22} {right:>4} of {total:<4} 95% interval {low:.2f}-{high:.2f}")
    typer.echo(
        f"{'sentences released':<22} {report.sentences:>4}, of which not supported by their "
        f"passages: {len(report.unsupported)}"
    )
    for text in report.unsupported:
        typer.echo(f"  {text}")
