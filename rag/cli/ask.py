"""`rag ask`: one question, or a file of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.audience import Audience
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
from rag.cli.crisis import crisis_in
from rag.cli.jsonl import LineError, Record, run_batch, text_field
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.model import Answer


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
    from rag.triage_model import OnlyOverrules, usable_classifier

    crisis, topic = crisis_in([question], country, OnlyOverrules())
    if crisis and topic is None:
        return crisis
    from rag.engine import Engine

    try:
        engine = Engine.open(load_settings(index_dir))
    except Exception as error:
        if crisis:
            return crisis
        # An open engine asks the classifier itself, so it is loaded here only where there is none.
        known = isinstance(error, RagError)
        if known and (answer := crisis_in([question], country, usable_classifier())[0]):
            return answer
        raise
    with engine:
        if crisis and topic:
            return engine.followed(crisis, topic, as_of=as_of, audience=audience)
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

    def added(answer: Answer) -> Record:
        record: Record = plain(answer)
        del record["question"]  # the input's own field holds it
        return record

    try:
        engine = Engine.open(load_settings(index_dir))
    except RagError as error:
        _crises_only(source, target, country, error, added)
        raise
    with engine:

        def work(record: Record) -> Record:
            question = text_field(record, "question")
            return added(engine.ask(question, country=country, as_of=as_of, audience=audience))

        report_batch(*run_batch(source, target, work))


def _crises_only(
    source: Path,
    target: Path | None,
    country: str | None,
    error: RagError,
    added: Callable[[Answer], Record],
) -> None:
    """Without an engine: rows in danger get their answer, the others say why they have none."""
    from rag.safety.crisis import crisis_answer
    from rag.safety.triage import triage
    from rag.triage_model import WhenNeeded

    classifier = WhenNeeded()

    def work(record: Record) -> Record:
        question = text_field(record, "question")
        concern = triage([question], classifier=classifier)
        if not concern.crisis:
            raise LineError(str(error))
        return added(crisis_answer(concern, question, country=country))

    report_batch(*run_batch(source, target, work))
