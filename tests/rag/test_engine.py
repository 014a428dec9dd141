"""The whole corridor, over a real index."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rag import Engine, Settings
from rag.compose.words import NEAREST
from rag.errors import IndexUnavailableError, NotFoundError, QuestionError, SettingsError
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.model import Status, sha256_text
from tests.conftest import DOCUMENTS, HEAD

PANIC = "What helps with panic attacks?"


@pytest.fixture(scope="module")
def engine(built_index: Path) -> Iterator[Engine]:
    with Engine.open(Settings(index_dir=built_index)) as opened:
        yield opened


def test_an_answer_can_be_checked_from_end_to_end(engine: Engine) -> None:
    answer = engine.ask(PANIC)
    assert answer.status is Status.ANSWERED
    assert 2 <= len(answer.sentences) <= 6
    assert answer.index_version == engine.version_id
    by_number = {citation.number: citation for citation in answer.citations}
    assert list(by_number) == list(range(1, len(by_number) + 1))
    for sentence in answer.sentences:
        assert sentence.verdict.supported
        assert sentence.citations
        for number in sentence.citations:
            citation = by_number[number]
            passage = engine.passage(citation.passage_id)
            assert sha256_text(passage.text) == passage.sha256 == citation.passage_sha256
            assert sentence.text in " ".join(passage.text.split())
            assert engine.source(citation.source_id).title == citation.title
        assert f"{sentence.text} [" in answer.text
    assert answer.timings_ms["total"] > 0


@pytest.mark.parametrize(
    "question",
    ["How do I file a tax return?", "Who won the football World Cup?", "What is kleptomania?"],
)
def test_keeps_silent_where_the_sources_do(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    assert answer.status is Status.ABSTAINED
    assert not answer.sentences
    assert not answer.citations
    assert "can't answer" in answer.text
    assert set(answer.searched) <= {title for title, _ in DOCUMENTS.values()}


def test_a_medicine_that_the_sources_do_not_name_is_not_answered_for(engine: Engine) -> None:
    assert engine.ask("Does sertraline help with panic attacks?").status is Status.ABSTAINED


def test_a_crisis_is_answered_before_anything_else(engine: Engine) -> None:
    answer = engine.ask("I want to kill myself tonight", country="GB")
    assert answer.status is Status.CRISIS
    assert answer.resources
    assert not answer.citations


def test_a_request_for_a_verdict_gets_a_notice_beside_the_sources(engine: Engine) -> None:
    answer = engine.ask("Do I have insomnia?")
    assert answer.notice
    assert answer.text.startswith(answer.notice)


@pytest.mark.parametrize("question", ["", "\x00" * 50, "a" * 100_000, "\ud800"])
def test_what_is_no_question_leaves_the_engine_answering(engine: Engine, question: str) -> None:
    with pytest.raises(QuestionError):
        engine.ask(question)
    assert engine.ask(PANIC).status is Status.ANSWERED


def test_text_direction_tricks_change_nothing(engine: Engine) -> None:
    assert engine.ask(f"\u202e{PANIC}").text == engine.ask(PANIC).text


def test_threads_share_one_engine(engine: Engine) -> None:
    questions = [PANIC, "What are the signs of insomnia?", "What is hoarding disorder?"] * 8
    alone = {question: engine.ask(question).text for question in set(questions)}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: engine.ask(question).text, questions))
    assert together == [alone[question] for question in questions]


def test_asynchronous_forms_give_the_same_sentences(engine: Engine) -> None:
    async def both() -> tuple[list[str], list[str]]:
        answer = await engine.aask(PANIC)
        streamed = [sentence.text async for sentence in engine.stream(PANIC)]
        return [sentence.text for sentence in answer.sentences], streamed

    whole, streamed = asyncio.run(both())
    assert whole == streamed
    assert whole


def test_verify_judges_against_what_it_is_given(engine: Engine) -> None:
    passage = "Slow breathing helps many people during a panic attack."
    assert engine.verify(
        "Slow breathing helps many people during a panic attack.", [passage]
    ).supported
    assert not engine.verify(
        "Slow breathing cures panic attacks in 90% of people.", [passage]
    ).supported


def test_unknown_ids_are_not_found(engine: Engine) -> None:
    with pytest.raises(NotFoundError):
        engine.passage("0" * 20)
    with pytest.raises(NotFoundError):
        engine.source("nothing")


def test_without_an_index_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError, match="rag build"):
        Engine.open(Settings(index_dir=tmp_path))


def test_a_version_may_be_named(built_index: Path, engine: Engine) -> None:
    settings = Settings(index_dir=built_index)
    with Engine.open(settings, version_id=engine.version_id) as named:
        assert named.version_id == engine.version_id
    with pytest.raises(NotFoundError):
        Engine.open(settings, version_id="0" * 16)


def test_an_engine_that_cannot_be_made_leaves_no_version_open(
    unusable_llm: Settings, open_versions: list[IndexVersion]
) -> None:
    with pytest.raises(SettingsError):
        Engine.open(unusable_llm)
    assert open_versions == []


def test_a_withdrawn_source_answers_only_as_of_its_day(tmp_path: Path) -> None:
    head = HEAD.format(id="panic", title="Panic attacks")
    withdrawn = head.replace("licence:", "withdrawn_on: 2026-11-10\nlicence:")
    (tmp_path / "panic.md").write_text(withdrawn + DOCUMENTS["panic"][1])
    (tmp_path / "insomnia.md").write_text(
        HEAD.format(id="insomnia", title="Insomnia") + DOCUMENTS["insomnia"][1]
    )
    settings = Settings(index_dir=tmp_path / "indexes")
    build([tmp_path / "panic.md", tmp_path / "insomnia.md"], settings)
    with Engine.open(settings) as engine:
        assert engine.ask(PANIC).status is Status.ABSTAINED
        then = engine.ask(PANIC, as_of=dt.date(2026, 11, 5))
        assert then.status is Status.ANSWERED
        assert {citation.source_id for citation in then.citations} == {"panic"}


def test_a_citation_leads_to_the_edition_that_it_cites(tmp_path: Path) -> None:
    new = HEAD.format(id="panic", title="Panic attacks")
    old = new.replace("2026-11", "2024/01").replace(": 2024/01-01", ": 2024-01-01")
    for name, head in (("new", new), ("old", old)):
        (tmp_path / f"{name}.md").write_text(head + DOCUMENTS["panic"][1])
    settings = Settings(index_dir=tmp_path / "indexes")
    build([tmp_path / "new.md", tmp_path / "old.md"], settings)
    with Engine.open(settings) as engine:
        for day, edition in ((dt.date(2025, 1, 1), "2024/01"), (None, "2026-11")):
            answer = engine.ask(PANIC, as_of=day)
            assert answer.citations
            for citation in answer.citations:
                assert citation.edition == edition
                assert engine.source(citation.source_id).edition == edition


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": "robots"},
        {"messages": [{"role": "user", "content": "Hello."}] * 300},
        {"messages": [{"role": "user", "content": 7}, {"role": "nobody"}]},
    ],
)
def test_a_crisis_comes_before_what_is_wrong_with_the_question(
    engine: Engine, wrong: dict[str, Any]
) -> None:
    cry = "I want to kill myself tonight"
    assert engine.ask(cry, **wrong).status is Status.CRISIS
    assert asyncio.run(engine.aask(cry, **wrong)).status is Status.CRISIS
    with pytest.raises(QuestionError):
        engine.ask(PANIC, **wrong)
    with pytest.raises(QuestionError):
        asyncio.run(engine.aask(PANIC, **wrong))


def test_a_crisis_said_before_counts_beside_messages_that_cannot_be_used(engine: Engine) -> None:
    turns = [{"role": "user", "content": "I want to kill myself tonight."}, {"role": "nobody"}]
    assert engine.ask("What now?", messages=turns).status is Status.CRISIS


def test_where_it_is_least_sure_the_answer_begins_with_that(engine: Engine) -> None:
    sure = engine.ask(PANIC)
    unsure = engine.ask(
        "I lie awake until four counting cracks in the ceiling, then drag myself to work"
    )
    assert (sure.status, sure.notice) == (Status.ANSWERED, "")
    assert unsure.status is Status.PARTIAL
    assert unsure.text.startswith(NEAREST)
    assert unsure.sentences


def test_a_misspelt_medicine_is_that_medicine_and_an_unknown_one_none(engine: Engine) -> None:
    slip = engine.ask("What are the side effects of sertaline?")
    unknown = engine.ask("What are the side effects of zolurapine?")
    assert slip.understood_as == "What are the side effects of sertraline?"
    assert unknown.status is Status.ABSTAINED
    assert "nothing on zolurapine" in unknown.text
