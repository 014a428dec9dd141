"""`rag triage`: does a message or a conversation speak of danger?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, Input, Output, one_of, print_json, report_batch
from rag.cli.jsonl import LineError, Record, run_batch

if TYPE_CHECKING:
    from rag.safety.classifier import Classifier


def triage_command(
    text: Annotated[str | None, typer.Argument(help="One message.")] = None,
    as_json: AsJson = False,
    input_file: Input = None,
    output_file: Output = None,
) -> None:
    """Says which concern the words show and which rules saw it. Never a score or a risk level.

    "classifier" among the rules: no rule fired, the small model did.
    """
    one_of(**{"TEXT": text, "--input": input_file})
    model = open_classifier()
    if input_file is not None:
        report_batch(*run_batch(input_file, output_file, lambda r: _judged(_turns(r), model)))
        return
    found = _judged([text or ""], model)
    if as_json:
        print_json(found)
        return
    print(f"crisis: {found['category']}" if found["crisis"] else "no crisis recognised")
    for rule in found["rules"]:
        print(f"  {rule}")


def open_classifier() -> Classifier | None:
    """The rules work alone, so a model that cannot be used is told of and no error."""
    from rag import triage_model
    from rag.errors import RagError

    try:
        return triage_model.open_classifier()
    except RagError as error:
        print(f"Judged by the rules alone. {error}", file=sys.stderr)
        return None


def _judged(turns: Sequence[str], model: Classifier | None) -> Record:
    from rag.safety.triage import triage

    found = triage(turns, classifier=model)
    return {
        "crisis": found.crisis,
        "category": found.category,
        "rules": list(found.rules),
        "imminent": found.imminent,
    }


def _turns(record: Record) -> list[str]:
    if isinstance(record.get("text"), str):
        return [record["text"]]
    turns = record.get("turns")
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise LineError('the record needs "text", or "turns" with a list of texts')
    return turns
