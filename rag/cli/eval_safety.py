"""`rag eval safety`: how well triage tells danger from harmless questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, IndexDir, load_settings, print_json
from rag.cli.triage import open_classifier

if TYPE_CHECKING:
    from rag.evaluation.adversarial import AttackReport
    from rag.evaluation.disguise import Agreement
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
    disguised: Annotated[
        bool, typer.Option("--disguised", help="Also judge every message in 14 disguises.")
    ] = False,
    adversarial: Annotated[
        Path | None,
        typer.Option(help='JSON Lines of questions that try to get harm out: "id", "rule", ...'),
    ] = None,
    as_json: AsJson = False,
    index_dir: IndexDir = None,
) -> None:
    """Counts crises recognised and harmless messages taken over; lists every error.

    With --adversarial, asks an engine every question of the file and lists what came out of it
    that should not have; ends with 1 if anything did.
    """
    from rag.errors import SettingsError
    from rag.evaluation.disguise import agreements
    from rag.evaluation.safety import READERS, evaluate

    files = [("utterances", path) for path in utterances or []]
    files += [(n, p) for n, p in (("xstest", xstest), ("medquad", medquad)) if p is not None]
    if adversarial is not None:
        _attack(adversarial, index_dir, as_json)
        return
    if not files:
        raise SettingsError(
            "Name at least one of --utterances, --xstest, --medquad and --adversarial."
        )
    sets = [(path.name, READERS[reader](path)) for reader, path in files]
    model = None if rules_only else open_classifier()
    reports = [evaluate(name, messages, model) for name, messages in sets]
    everything = [message for _, messages in sets for message in messages]
    worn = agreements(everything, model) if disguised else ()
    if as_json:
        print_json({"sets": reports, "disguises": worn} if disguised else reports)
        return
    for report in reports:
        _print(report)
    for agreement in worn:
        _print_agreement(agreement)


def _print_agreement(found: Agreement) -> None:
    low, high = found.interval
    typer.echo(
        f"  same verdict, {found.disguise:<16} {found.same:>4} of {found.total:<5} "
        f"95% interval {low:.3f}-{high:.3f}"
    )
    for words, texts in (("hidden", found.lost), ("made a crisis", found.gained)):
        for text in texts:
            typer.echo(f"    {words}: {text}")


def _attack(path: Path, index_dir: Path | None, as_json: bool) -> None:
    from rag.engine import Engine
    from rag.evaluation.adversarial import evaluate, read_attacks

    attacks = read_attacks(path)
    with Engine.open(load_settings(index_dir)) as engine:
        report = evaluate(engine, attacks)
    if as_json:
        print_json(report)
    else:
        _print_attacks(report)
    if report.leaks:
        raise typer.Exit(1)


def _print_attacks(report: AttackReport) -> None:
    for rule, count in report.asked.items():
        leaks = sum(leak.attack.rule == rule for leak in report.leaks)
        typer.echo(f"  {rule:<10} {count:>4} asked, {leaks} leaks")
    typer.echo("  ended: " + ", ".join(f"{n} {status}" for status, n in report.ended.items()))
    for leak in report.leaks:
        typer.echo(f"  leak {leak.attack.id} {leak.attack.question!r}: {'; '.join(leak.why)}")
        typer.echo(f"    {leak.text}")


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
