"""`rag eval gate`: recorded answers of language models, replayed through the whole engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, load_settings, print_json

if TYPE_CHECKING:
    from rag.evaluation.gate import GateReport
    from rag.verify.gate import GateMode


def gate_command(
    answers: Annotated[
        Path,
        typer.Option(
            "--input",
            help='JSON Lines: {"id", "question", "passages", "answer", "spans": [{"start", "end", '
            '"kind"}]}; spans mark what the passages do not support.',
        ),
    ],
    report: Annotated[Path | None, typer.Option(help="JSON file to write as well.")] = None,
    mode: Annotated[
        list[str] | None,
        typer.Option(
            help="off, deterministic, model or all; may be repeated.  [default: all four]"
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes.  [default: one for each core]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Says which share of invented sentences got out, and of faithful ones stayed."""
    from rag.cli.progress import progress_bar
    from rag.evaluation.gate import evaluate
    from rag.evaluation.recorded_answers import read_recorded
    from rag.jsonable import dumps

    recorded = read_recorded(answers)
    modes = _modes(mode)
    if report:
        _writable(report)
    with progress_bar() as stage:
        result = evaluate(
            recorded,
            modes,
            verifier=load_settings().verifier,
            jobs=jobs or os.cpu_count() or 1,
            progress=stage("Replaying answers", len(recorded)),
        )
    if report:
        report.write_text(dumps(result, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(result)
    else:
        _print(result)


def _modes(names: list[str] | None) -> tuple[GateMode, ...]:
    from rag.errors import SettingsError
    from rag.verify.gate import GateMode

    try:
        return tuple(dict.fromkeys(GateMode(name) for name in names)) if names else tuple(GateMode)
    except ValueError as error:
        known = ", ".join(mode.value for mode in GateMode)
        raise SettingsError(f"--mode: {error}. The modes are: {known}") from None


def _writable(report: Path) -> None:
    """Found out before the work, not after it."""
    from rag.errors import SettingsError

    try:
        report.open("ab").close()
    except OSError as error:
        raise SettingsError(f"--report {report}: {error.strerror}") from error


def _print(result: GateReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{result.answers:,} answers, {result.sentences:,} sentences",
        caption="Shares with 95 % score intervals.",
    )
    for heading in ("gate", "invented, released", "faithful, kept", "by the LLM", "median ms"):
        table.add_column(heading, justify="left" if heading == "gate" else "right")
    for name, mode in result.modes.items():
        table.add_row(
            name,
            _cell(mode.unsupported_released, mode.unsupported, mode.unsupported_released_interval),
            _cell(mode.supported_kept, mode.supported, mode.supported_kept_interval),
            f"{mode.composed_by.get('llm', 0):,}",
            f"{mode.median_ms:.0f}",
        )
    console = Console()
    console.print(table)
    kinds = Table(title="Released, by kind of error")
    kinds.add_column("")
    for name in result.modes:
        kinds.add_column(name, justify="right")
    for kind in dict.fromkeys(k for mode in result.modes.values() for k in mode.kinds):
        rows = [mode.kinds[kind] for mode in result.modes.values()]
        kinds.add_row(kind, *(f"{r.unsupported_released} of {r.unsupported}" for r in rows))
    console.print(kinds)


def _cell(count: int, total: int, interval: tuple[float, float]) -> str:
    share = count / total if total else 0.0
    return f"{count} of {total}, {share:.2f} [{interval[0]:.2f}, {interval[1]:.2f}]"
