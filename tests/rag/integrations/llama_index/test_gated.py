"""The gate around somebody else's query engine."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.query_engine import CitationQueryEngine, RouterQueryEngine
from llama_index.core.selectors import LLMSingleSelector
from llama_index.core.tools import QueryEngineTool
from pydantic import BaseModel

from rag.errors import SettingsError
from rag.integrations.llama_index import AnswerCheckedEvent, SentenceJudgedEvent, gated
from rag.integrations.llama_index.gated import ABSTENTION
from rag.verify.gate import Gate
from tests.rag.integrations.llama_index.conftest import Replies

TRUE_SLEEP = "Alcohol close to bedtime can make sleep worse"
TRUE_PANIC = "Most panic attacks last from five minutes to half an hour"
FALSE = "Sertraline cures insomnia within 12 days"
QUESTION = "How do sleep and panic hang together?"


@pytest.fixture
def citing(theirs: VectorStoreIndex, llm: Replies) -> Any:
    """`citing(answer)`: a stock CitationQueryEngine whose LLM says `answer`; [1] is the nearest."""

    def make(answer: str, **options: Any) -> BaseQueryEngine:
        return CitationQueryEngine.from_args(theirs, llm=llm(answer), similarity_top_k=2, **options)

    return make


def number_of(engine: BaseQueryEngine, words: str) -> int:
    nodes = engine.query(QUESTION).source_nodes
    return next(i for i, n in enumerate(nodes, 1) if words in n.node.get_content())


def ask(engine: BaseQueryEngine, gate: Gate, **options: Any) -> tuple[str, dict[str, Any]]:
    response = gated(engine, gate=gate, **options).query(QUESTION)
    return str(response), response.metadata["plumbline"]


def test_what_the_sources_say_stays_as_it_was_written(citing: Any, gate: Gate) -> None:
    sleep = number_of(citing("x"), "insomnia")
    answer = f"{TRUE_SLEEP} [{sleep}].\n\n- {TRUE_PANIC} [{3 - sleep}]"
    text, report = ask(citing(answer), gate)
    assert text == answer
    assert report["status"] == "answered"
    assert report["dropped"] == []
    assert [s["citations"] for s in report["sentences"]] == [[sleep], [3 - sleep]]


def test_an_unsupported_sentence_goes_and_is_reported(citing: Any, gate: Gate) -> None:
    sleep = number_of(citing("x"), "insomnia")
    text, report = ask(citing(f"{TRUE_SLEEP} [{sleep}]. {FALSE} [{sleep}]."), gate)
    assert text == f"{TRUE_SLEEP} [{sleep}]."
    assert report["status"] == "partial"
    assert [s["text"] for s in report["dropped"]] == [f"{FALSE}."]
    assert report["dropped"][0]["verdict"]["reasons"]


def test_a_sentence_is_judged_against_the_source_it_cites(citing: Any, gate: Gate) -> None:
    sleep = number_of(citing("x"), "insomnia")
    text, report = ask(citing(f"{TRUE_SLEEP} [{3 - sleep}]. {TRUE_PANIC} [{3 - sleep}]."), gate)
    assert text == f"{TRUE_PANIC} [{3 - sleep}]."
    assert [s["text"] for s in report["dropped"]] == [f"{TRUE_SLEEP}."]


def test_without_a_citation_all_sources_count(citing: Any, gate: Gate) -> None:
    text, report = ask(citing(f"{TRUE_SLEEP}. {TRUE_PANIC}."), gate)
    assert text == f"{TRUE_SLEEP}. {TRUE_PANIC}."
    assert report["status"] == "answered"


def test_a_source_that_is_not_there_is_no_citation(citing: Any, gate: Gate) -> None:
    _, report = ask(citing(f"{TRUE_SLEEP} [7]. {TRUE_PANIC}."), gate)
    assert report["dropped"][0]["verdict"]["reasons"] == ["citation: there is no source 7"]


def test_list_items_are_judged_one_by_one(citing: Any, gate: Gate) -> None:
    answer = f"Here is what may help:\n1. {TRUE_SLEEP}\n2. {FALSE}\n3. {TRUE_PANIC}\n\nTake care."
    text, _ = ask(citing(answer), gate)
    assert text == f"Here is what may help:\n1. {TRUE_SLEEP}\n3. {TRUE_PANIC}\n\nTake care."


def test_a_lead_in_goes_with_all_it_leads_to(citing: Any, gate: Gate) -> None:
    text, _ = ask(citing(f"{TRUE_SLEEP}.\n\nSome more:\n- {FALSE}\n- Whales sing at night"), gate)
    assert text == f"{TRUE_SLEEP}."


def test_what_leans_on_a_dropped_sentence_goes_too(citing: Any, gate: Gate) -> None:
    answer = f"{TRUE_SLEEP}. {FALSE}. They are meant for short-term use, most sleeping pills."
    text, report = ask(citing(answer), gate)
    assert text == f"{TRUE_SLEEP}."
    assert report["dropped"][-1]["verdict"]["reasons"][0].startswith("context:")


def test_a_pronoun_in_the_next_paragraph_does_not_change_its_meaning(
    citing: Any, gate: Gate
) -> None:
    answer = f"{TRUE_PANIC}. {FALSE}.\n\nThey are meant for short-term use, most sleeping pills."
    text, report = ask(citing(answer), gate)
    assert text == f"{TRUE_PANIC}."
    assert report["dropped"][-1]["verdict"]["reasons"][0].startswith("context:")


def test_an_item_goes_with_a_false_line_above_its_list(citing: Any, gate: Gate) -> None:
    answer = f"{TRUE_SLEEP}.\n\nSertraline cures within 12 days:\n- insomnia\n- panic attacks\n"
    text, _ = ask(citing(answer), gate, least_kept=0.2)
    assert text == f"{TRUE_SLEEP}."


def test_another_source_that_denies_it_outweighs_a_silent_one(citing: Any, gate: Gate) -> None:
    sleep = number_of(citing("x"), "insomnia")
    false = "Panic attacks themselves are life-threatening"
    text, report = ask(citing(f"{TRUE_SLEEP} [{sleep}]. {false} [{sleep}]."), gate)
    assert text == f"{TRUE_SLEEP} [{sleep}]."
    assert report["dropped"]


@pytest.mark.parametrize("answer", [FALSE, "", "   ", "<html><b>503</b></html>", '{"a": [1, 2]}'])
def test_too_little_left_is_an_abstention(citing: Any, gate: Gate, answer: str) -> None:
    text, report = ask(citing(answer), gate)
    assert text == ABSTENTION
    assert report["status"] == "abstained"


def test_an_unsafe_sentence_goes_even_when_its_source_says_it(llm: Replies, gate: Gate) -> None:
    from llama_index.core.schema import Document

    unsafe = "Some people commit suicide in spring"
    index = VectorStoreIndex.from_documents([Document(text=f"{unsafe}. {TRUE_SLEEP}.")])
    engine = CitationQueryEngine.from_args(index, llm=llm(f"{unsafe} [1]. {TRUE_SLEEP} [1]."))
    text, report = ask(engine, gate)
    assert text == f"{TRUE_SLEEP} [1]."
    assert report["dropped"][0]["verdict"]["reasons"][0].startswith("safety:")


def test_a_share_that_must_stay_can_be_asked_for(citing: Any, gate: Gate) -> None:
    engine = citing(f"{TRUE_SLEEP}. {FALSE}.")
    assert ask(engine, gate, least_kept=0.9)[0] == ABSTENTION
    assert ask(engine, gate, least_kept=0.5)[0] == f"{TRUE_SLEEP}."


def test_a_refusal_of_its_own_is_passed_on(citing: Any, gate: Gate) -> None:
    refusal = "The provided sources do not mention this."
    text, report = ask(citing(refusal), gate)
    assert (text, report["status"]) == (refusal, "abstained")


def test_report_leaves_the_answer_alone(citing: Any, gate: Gate) -> None:
    text, report = ask(citing(f"{TRUE_SLEEP}. {FALSE}."), gate, unsupported="report")
    assert text == f"{TRUE_SLEEP}. {FALSE}."
    assert [s["text"] for s in report["dropped"]] == [f"{FALSE}."]


def test_streams_are_read_whole_and_checked(citing: Any, gate: Gate) -> None:
    streaming = gated(citing(f"{TRUE_SLEEP}. {FALSE}.", streaming=True), gate=gate)
    assert str(streaming.query(QUESTION)) == f"{TRUE_SLEEP}."
    assert str(asyncio.run(streaming.aquery(QUESTION))) == f"{TRUE_SLEEP}."


def test_async_gives_what_sync_gives(citing: Any, gate: Gate) -> None:
    engine = gated(citing(f"{TRUE_SLEEP}. {FALSE}."), gate=gate)
    both = (str(engine.query(QUESTION)), str(asyncio.run(engine.aquery(QUESTION))))
    assert both == (f"{TRUE_SLEEP}.",) * 2


def test_an_object_in_place_of_prose_is_not_released(
    theirs: VectorStoreIndex, llm: Replies, gate: Gate
) -> None:
    class Advice(BaseModel):
        advice: str

    model = llm('{"advice": "Sertraline cures insomnia within 12 days"}')
    engine = theirs.as_query_engine(llm=model, output_cls=Advice)
    assert str(gated(engine, gate=gate).query(QUESTION)) == ABSTENTION


def test_an_answer_without_sources_is_not_released(llm: Replies, gate: Gate) -> None:
    empty = VectorStoreIndex.from_documents([]).as_query_engine(llm=llm(TRUE_SLEEP))
    assert str(gated(empty, gate=gate).query(QUESTION)) == ABSTENTION


def test_gated_engines_stand_behind_a_router(citing: Any, llm: Replies, gate: Gate) -> None:
    model = llm('[{"choice": 1, "reason": "only one"}]')
    tool = QueryEngineTool.from_defaults(
        gated(citing(f"{TRUE_SLEEP}. {FALSE}."), gate=gate), description="Sleep."
    )
    router = RouterQueryEngine(LLMSingleSelector.from_defaults(llm=model), [tool], llm=model)
    assert str(router.query(QUESTION)) == f"{TRUE_SLEEP}."


@pytest.mark.parametrize("options", [{"unsupported": "keep"}, {"least_kept": 2}])
def test_wrong_options_are_named(citing: Any, gate: Gate, options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="gated"):
        gated(citing("x"), gate=gate, **options)


def test_events_tell_of_each_sentence_and_of_the_answer(citing: Any, gate: Gate) -> None:
    class Keeping(BaseEventHandler):
        seen: list[BaseEvent] = []  # noqa: RUF012

        def handle(self, event: BaseEvent, **_: Any) -> None:
            self.seen.append(event)

    handler = Keeping()
    root = get_dispatcher()
    root.add_event_handler(handler)
    try:
        gated(citing(f"{TRUE_SLEEP} [1]. {FALSE}."), gate=gate).query(QUESTION)
    finally:
        root.event_handlers.remove(handler)
    judged = [e for e in handler.seen if isinstance(e, SentenceJudgedEvent)]
    assert [(e.citations, bool(e.reasons)) for e in judged if not e.supported][-1] == ([], True)
    checked = [e for e in handler.seen if isinstance(e, AnswerCheckedEvent)]
    assert len(judged) == 2
    assert (checked[0].query, checked[0].dropped) == (QUESTION, 2 - checked[0].kept)
    assert checked[0].span_id
