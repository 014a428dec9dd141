"""What `rag build` prints: the progress bar, the plan, the report and the promotion gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.corpus.plan import Plan
    from rag.corpus.promotion import Judgement
    from rag.index.build import BuildReport
    from rag.index.prepare import Progress

NOTES_SHOWN = 5


@contextmanager
def progress_bar() -> Iterator[Progress]:
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


def print_report(report: BuildReport, index_dir: Path) -> None:
    """What was built."""
    print(
        f"Index version {report.version_id} in {index_dir}: {report.passages} passages of "
        f"{report.sources} sources ({report.added} added, {report.removed} removed, "
        f"{report.reused} not embedded again)"
    )
    if not report.created:
        print("The very same version was there already.")
    if not report.activated:
        print(f"It is not active; `rag index activate {report.version_id}` makes it so.")
    _print_notes(report.warnings, report.quarantined)


def print_judgement(judgement: Judgement | None) -> None:
    """What the promotion gate said."""
    if judgement is None:
        return
    if not judgement.refused:
        print(f"Promotion gate passed: {judgement.answered} of {judgement.asked} canaries answered")
        return
    print("The promotion gate refused it, and the version before goes on answering:")
    for reason in judgement.refused:
        print(f"  {_line(reason)}")
    print("Mend the documents, or build with --force if this is what you want.")


def print_plan(plan: Plan) -> None:
    """What a build would change."""
    print(
        f"Version {plan.version_id} would bring {plan.passages_come} passages and lose "
        f"{plan.passages_go}; {plan.unchanged} documents stay as they are"
    )
    for title, changes in (("added", plan.added), ("changed", plan.changed), ("gone", plan.gone)):
        for change in changes:
            print(f"{title}: {change.name} ({change.title}): +{change.comes} -{change.goes}")
    for title, names in (("superseded", plan.superseded), ("withdrawn", plan.withdrawn)):
        for name in names:
            print(f"{title}: {name}")
    _print_notes(plan.warnings, plan.quarantined)


def _print_notes(
    warnings: Sequence[tuple[str, str]], quarantined: Sequence[tuple[str, str]]
) -> None:
    for path, warning in warnings[:NOTES_SHOWN]:
        print(f"note: {path}: {_line(warning)}")
    if len(warnings) > NOTES_SHOWN:
        print(f"note: {len(warnings) - NOTES_SHOWN} more notes; --json lists them all")
    if quarantined:
        count = len(quarantined)
        print(f"{count} {'document was' if count == 1 else 'documents were'} left out:")
    for path, reason in quarantined:
        print(f"  {path}: {_line(reason)}")


def _line(text: str) -> str:
    return " ".join(text.split())
