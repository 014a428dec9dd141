"""`rag eval grounding`: the gate on sentences that people have judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, load_settings, print_json
from rag.cli.progress import progress_bar

if TYPE_CHECKING:
    from rag.evaluation.grounding import Figure, GateReport


def grounding_command(
    input_file: Annotated[
        Path,
        typer.Option(
            "--input", help="JSON Lines: answers with marked spans, claims with references, pairs."
        ),
    ],
    report: Annotated[Path | None, typer.Option(help="JSON file to write as well.")] = None,
    curve: Annotated[Path | None, typer.Option(help="PNG of risk against coverage.")] = None,
    as_json: AsJson = False,
) -> None:
    """Share of unsupported sentences released against supported ones kept, beside a baseline."""
    from rag.encoders import open_encoder
    from rag.evaluation.curves import draw_risk_coverage
    from rag.evaluation.grounding import evaluate
    from rag.evaluation.grounding_data import read_cases
    from rag.jsonable import dumps
    from rag.verify import open_gate
    from rag.verify.gate import Gate
    from rag.verify.lexical_embedding import LexicalEmbeddingModel

    settings = load_settings()
    cases = read_cases(input_file)
    encoder = open_encoder(settings.encoder)
    gates = {
        "gate": open_gate(encoder, settings.verifier, settings.llm),
        "lexical baseline": Gate(LexicalEmbeddingModel(encoder)),
    }
    with progress_bar() as stage:
        reports = evaluate(cases, gates, advance=stage("judging", len(cases) * len(gates)))
    if report:
        report.write_text(dumps(reports, indent=2) + "\n", encoding="utf-8")
    if curve:
        draw_risk_coverage(reports, curve)
    if as_json:
        print_json(reports)
    else:
        _print(reports)


def _print(reports: tuple[GateReport, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for level in ("sentences", "answers"):
        first = getattr(reports[0], level)
        table = Table(title=f"{first.count:,} {level}, {first.unsupported:,} unsupported")
        table.add_column("")
        for heading in ("AUROC", "balanced accuracy", "F1", "precision", "recall"):
            table.add_column(heading, justify="right")
        for row in reports:
            scores = getattr(row, level)
            figures = (scores.auroc, scores.balanced_accuracy, scores.f1, scores.precision)
            table.add_row(row.name, *(_cell(f) for f in (*figures, scores.recall)))
        console.print(table)
    table = Table(
        title="Unsupported sentences that get through",
        caption="At each gate's own threshold, and where it would keep so many supported ones. "
        "95 % intervals by bootstrap over questions.",
    )
    table.add_column("")
    table.add_column("threshold", justify="right")
    table.add_column("supported kept", justify="right")
    table.add_column("released", justify="right")
    for share in reports[0].released_at:
        table.add_column(f"at {float(share):.0%} kept", justify="right")
    for row in reports:
        released = [f"{value:.3f}" for value in row.released_at.values()]
        kept = (f"{row.supported_kept:.3f}", f"{row.unsupported_released:.3f}")
        table.add_row(row.name, f"{row.threshold:.3f}", *kept, *released)
    console.print(table)


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
