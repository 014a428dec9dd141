"""`rag retrieve`: the passages that an answer would be made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.ask import AsOf
from rag.cli.common import (
    AsJson,
    IndexDir,
    Input,
    Output,
    load_settings,
    one_of,
    print_json,
    report_batch,
)
from rag.cli.jsonl import Record, run_batch, text_field

if TYPE_CHECKING:
    from rag.model import Evidence


def retrieve_command(
    question: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    top_k: Annotated[int | None, typer.Option(min=1, max=100, help="Passages to return.")] = None,
    arms: Annotated[
        str | None, typer.Option(help="Comma-separated arms to use, e.g. dense,lexical.")
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    input_file: Input = None,
    output_file: Output = None,
    index_dir: IndexDir = None,
) -> None:
    """Finds the passages nearest to a question, best first."""
    one_of(QUESTION=question, **{"--input": input_file})
    from rag.engine import Engine

    chosen = [arm.strip() for arm in arms.split(",")] if arms else None
    day = as_of.date() if as_of else None
    with Engine.open(load_settings(index_dir)) as engine:
        if input_file is not None:

            def work(record: Record) -> Record:
                found = engine.retrieve(
                    text_field(record, "question"), top_k=top_k, as_of=day, arms=chosen
                )
                return {"hits": [_hit(e) for e in found.evidence], "degraded": found.degraded}

            report_batch(*run_batch(input_file, output_file, work))
            return
        found = engine.retrieve(question or "", top_k=top_k, as_of=day, arms=chosen)
    if as_json:
        hits = [_hit(evidence) for evidence in found.evidence]
        print_json({"question": question, "hits": hits, "degraded": found.degraded})
        return
    from rag.cli.render import print_hits

    print_hits(found.evidence, found.degraded)


def _hit(evidence: Evidence) -> Record:
    return {
        "passage_id": evidence.hit.passage_id,
        "source_id": evidence.passage.source_id,
        "score": evidence.hit.score,
        "arms": evidence.hit.arms,
        "text": evidence.passage.text,
    }
