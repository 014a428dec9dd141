"""`rag ask`: one question, or a file of them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    from rag.model import Answer


class Audience(StrEnum):
    """Who is asking."""

    PUBLIC = "public"
    CLINICIAN = "clinician"


Country = Annotated[
    str | None,
    typer.Option(help="Two-letter country code, e.g. GB: whose crisis lines to name."),
]
AsOf = Annotated[
    dt.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Answer from what was in force on this date."),
]


def ask_command(
    question: Annotated[str | None, typer.Argument(help="What you want to know.")] = None,
    country: Country = None,
    as_of: AsOf = None,
    audience: Annotated[Audience, typer.Option(help="Who is asking.")] = Audience.PUBLIC,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Print a line of evidence under each citation.")
    ] = False,
    as_json: AsJson = False,
    input_file: Input = None,
    output_file: Output = None,
    index_dir: IndexDir = None,
) -> None:
    """Answers a question; every sentence is checked against the passage it cites."""
    one_of(QUESTION=question, **{"--input": input_file})
    day = as_of.date() if as_of else None
    if input_file is not None:
        _ask_batch(input_file, output_file, country, day, audience, index_dir)
        return
    answer = _ask_one(question or "", country, day, audience, index_dir)
    if as_json:
        print_json(answer)
        return
    from rag.cli.render import print_answer

    print_answer(answer, evidence=evidence)


def _ask_one(
    question: str,
    country: str | None,
    as_of: dt.date | None,
    audience: Audience,
    index_dir: Path | None,
) -> Answer:
    from rag.safety.crisis import crisis_answer
    from rag.safety.triage import triage

    # Before settings and index: a person in danger gets an answer even when both are broken.
    concern = triage([question])
    if concern.crisis:
        return crisis_answer(concern, question, country=country)
    from rag.engine import Engine

    with Engine.open(load_settings(index_dir)) as engine:
        return engine.ask(question, country=country, as_of=as_of, audience=audience)


def _ask_batch(
    source: Path,
    target: Path | None,
    country: str | None,
    as_of: dt.date | None,
    audience: Audience,
    index_dir: Path | None,
) -> None:
    from rag.engine import Engine
    from rag.jsonable import plain

    with Engine.open(load_settings(index_dir)) as engine:

        def work(record: Record) -> Record:
            question = text_field(record, "question")
            answer = engine.ask(question, country=country, as_of=as_of, audience=audience)
            added: Record = plain(answer)
            del added["question"]  # the input's own field holds it
            return added

        report_batch(*run_batch(source, target, work))
