"""`rag build`: documents to an index version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, IndexDir, load_settings, print_json

if TYPE_CHECKING:
    from rag.index.build import BuildReport, Progress

NOTES_SHOWN = 5


def build_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="Files and folders of documents.  [default: our corpus]"
        ),
    ] = None,
    index_dir: IndexDir = None,
    full: Annotated[
        bool, typer.Option("--full", help="Compute every vector anew instead of reusing.")
    ] = False,
    no_activate: Annotated[
        bool, typer.Option("--no-activate", help="Build only; go on answering from the old one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Builds an index version from documents, and answers from it from then on."""
    from rag.index.build import build

    settings = load_settings(index_dir)
    with _progress_bar() as progress:
        report = build(
            paths or _shipped(),
            settings,
            progress=progress,
            activate=not no_activate,
            full=full,
        )
    if as_json:
        print_json(report)
    else:
        _print_report(report, settings.index_dir)


def _shipped() -> list[Path]:
    from corpora import documents_dir

    return [documents_dir()]


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """On standard error, so that --json stays clean; nothing when that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as bar:
        tasks = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(f"{stage:<20}", total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield progress


def _print_report(report: BuildReport, index_dir: Path) -> None:
    print(
        f"Index version {report.version_id} in {index_dir}: {report.passages} passages of "
        f"{report.sources} sources ({report.added} added, {report.removed} removed, "
        f"{report.reused} not embedded again)"
    )
    if not report.created:
        print("The very same version was there already.")
    if not report.activated:
        print(f"It is not active; `rag index activate {report.version_id}` makes it so.")
    for path, warning in report.warnings[:NOTES_SHOWN]:
        print(f"note: {path}: {_line(warning)}")
    if len(report.warnings) > NOTES_SHOWN:
        print(f"note: {len(report.warnings) - NOTES_SHOWN} more notes; --json lists them all")
    if report.quarantined:
        count = len(report.quarantined)
        print(f"{count} {'document was' if count == 1 else 'documents were'} left out:")
    for path, reason in report.quarantined:
        print(f"  {path}: {_line(reason)}")


def _line(text: str) -> str:
    return " ".join(text.split())
