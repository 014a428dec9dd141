"""`rag eval safety`: how well triage tells danger from harmless questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, print_json
from rag.cli.triage import open_classifier

if TYPE_CHECKING:
    from rag.evaluation.safety import SafetyReport


def safety_command(
    utterances: Annotated[
        list[Path] | None,
        typer.Option(help='Lines of "category, kind, text" or "kind, text", tab-separated.'),
    ] = None,
    xstest: Annotated[
        Path | None, typer.Option(help="XSTest's CSV; its safe half is used.")
    ] = None,
    medquad: Annotated[Path | None, typer.Option(help="Folder with MedQuAD's .tar.gz.")] = None,
    rules_only: Annotated[
        bool, typer.Option("--rules-only", help="Leave the classifier out.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Counts crises recognised and harmless messages taken over; lists every error."""
    from rag.errors import SettingsError
    from rag.evaluation.safety import READERS, evaluate

    files = [("utterances", path) for path in utterances or []]
    files += [(n, p) for n, p in (("xstest", xstest), ("medquad", medquad)) if p is not None]
    if not files:
        raise SettingsError("Name at least one of --utterances, --xstest and --medquad.")
    sets = [(path.name, READERS[reader](path)) for reader, path in files]
    model = None if rules_only else open_classifier()
    reports = [evaluate(name, messages, model) for name, messages in sets]
    if as_json:
        print_json(reports)
        return
    for report in reports:
        _print(report)


def _print(report: SafetyReport) -> None:
    typer.echo(f"\n{report.name}")
    for words, shares in (
        ("recognised", report.recognised),
        ("taken over", report.taken_over),
    ):
        for share in shares:
            low, high = share.interval
            typer.echo(
                f"  {words} {share.name:<14} {share.count:>4} of {share.total:<5} "
                f"95% interval {low:.3f}-{high:.3f}"
            )
    for pair, count in report.confused.items():
        typer.echo(f"  {pair}: {count}")
    for text in report.missed:
        typer.echo(f"  missed: {text}")
    for text in report.wrongly_taken_over:
        typer.echo(f"  wrongly taken over: {text}")
