"""`rag eval`: measures of the engine's parts on public data. One command a measure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, load_settings, print_json
from rag.cli.eval_answers import answers_command
from rag.cli.eval_gate import gate_command
from rag.cli.eval_grounding import grounding_command
from rag.cli.eval_safety import safety_command
from rag.cli.progress import progress_bar

if TYPE_CHECKING:
    from rag.evaluation.metrics import Interval
    from rag.evaluation.retrieval import Report

app = typer.Typer(help="Measures the engine's parts on public data.", no_args_is_help=True)


app.command("answers")(answers_command)
app.command("gate")(gate_command)
app.command("grounding")(grounding_command)
app.command("safety")(safety_command)


@app.command("retrieval")
def retrieval_command(
    data: Annotated[Path, typer.Option(help="Folder with MedQuAD's .tar.gz archive.")],
    passages: Annotated[
        bool, typer.Option("--passages", help="Cut answers into passages, as the engine does.")
    ] = False,
    topic: Annotated[
        bool, typer.Option("--topic", help="Put the document's topic above each text.")
    ] = False,
    tune: Annotated[
        bool, typer.Option("--tune", help="Try weights on the tuning half instead.")
    ] = False,
    questions: Annotated[int, typer.Option(min=1, help="Random questions to ask.")] = 1000,
    cache: Annotated[
        Path | None, typer.Option(help="Folder that keeps vectors between runs.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="JSON file to write as well.")] = None,
    as_json: AsJson = False,
) -> None:
    """Asks MedQuAD's questions of all its answers: dense, lexical, and both fused."""
    from rag.encoders import open_encoder
    from rag.evaluation import medquad
    from rag.evaluation.retrieval import Plan, evaluate
    from rag.jsonable import dumps

    settings = load_settings()
    plan = Plan(passages, topic, tune, questions, settings.retrieval.depth)
    pairs = medquad.read(data)
    with progress_bar() as stage:
        result = evaluate(pairs, open_encoder(settings.encoder), plan, cache=cache, stage=stage)
    if report:
        report.write_text(dumps(result, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(result)
    else:
        _print(result)


def _print(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"MedQuAD, {report.setting}: {report.questions:,} questions of the {report.half} "
        f"half over {report.answers:,} answers ({report.units:,} texts), {report.encoder}",
        caption="Means with 95 % bootstrap intervals. Gain: MRR@10 over the better single arm, "
        "paired.",
    )
    table.add_column("")
    for heading in ("MRR@10", "nDCG@10", "recall@10", "gain"):
        table.add_column(heading, justify="right")
    for row in report.results:
        values = (row.mrr_at_10, row.ndcg_at_10, row.recall_at_10, row.gain)
        table.add_row(row.system, *(_cell(value) for value in values))
    Console().print(table)


def _cell(value: Interval | None) -> str:
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]" if value else "-"
