"""Risk against coverage as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.errors import MissingExtraError
from rag.evaluation.grounding import GateReport


def draw_risk_coverage(reports: Sequence[GateReport], path: Path) -> None:
    """Writes a PNG: share of unsupported sentences among those most supported, by coverage.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(
            "Drawing a curve needs matplotlib: pip install 'plumbline[eval]'"
        ) from error
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for report in reports:
        coverage, risk = zip(*report.risk_coverage, strict=True)
        axes.plot(coverage, risk, label=report.name)
    axes.set_xlabel("coverage: share of sentences released, most supported first")
    axes.set_ylabel("risk: share of those that is unsupported")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=150, format="png")
