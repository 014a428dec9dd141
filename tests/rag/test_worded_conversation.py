"""Crises, follow-ups, false claims and personal data, before an LLM words an answer."""

from __future__ import annotations

import pytest

from rag.evaluation.recorded_server import Request
from rag.model import Status
from tests.rag.worded import (
    CONDENSE,
    GOOD,
    PANIC,
    PEAK,
    Worded,
    check,
    number_of,
)


@pytest.mark.parametrize("question", ["I want to kill myself tonight", "What is kleptomania?"])
def test_the_llm_is_not_asked(worded: Worded, question: str) -> None:
    with worded(GOOD) as (engine, server):
        answer = engine.ask(question)
        assert answer.status in (Status.CRISIS, Status.ABSTAINED)
        assert not server.requests


def test_a_crisis_in_an_earlier_message_counts(worded: Worded) -> None:
    before = [{"role": "user", "content": "I want to kill myself tonight"}]
    with worded(GOOD) as (engine, server):
        assert engine.ask("what helps?", messages=before).status is Status.CRISIS
        assert not server.requests


BEFORE = [
    {"role": "user", "content": PANIC},
    {"role": "assistant", "content": "Lithium cures panic attacks."},
]


def test_a_follow_up_is_condensed_and_answered_afresh(worded: Worded) -> None:
    def respond(request: Request) -> str:
        if CONDENSE in request.text:
            return "How quickly do panic attacks peak?"
        return f"Lithium cures panic attacks. [1] {PEAK} [2]"

    with worded(respond, rewrite=False) as (engine, server):
        answer = engine.ask("how quickly do they peak?", messages=BEFORE)
        check(answer)
        assert answer.understood_as == "How quickly do panic attacks peak?"
        assert [sentence.text for sentence in answer.sentences] == [PEAK]
        assert answer.dropped[0].text == "Lithium cures panic attacks."
        assert "Lithium" not in server.requests[1].text


@pytest.mark.parametrize("question", [PANIC, "What helps\twith panic\x00 attacks?\n"])
def test_the_question_handed_over_as_the_last_message_too_is_no_conversation(
    worded: Worded, question: str
) -> None:
    with worded(GOOD) as (engine, server):
        engine.ask(question, messages=[{"role": "user", "content": question}])
    assert len(server.requests) == 1
    assert CONDENSE not in server.requests[0].text


@pytest.mark.parametrize("reply", ["", "Lithium is a mineral. Take it. Now?", "no\nno"])
def test_a_condensation_that_cannot_be_trusted_is_done_by_rule(worded: Worded, reply: str) -> None:
    with worded(lambda r: reply if CONDENSE in r.text else GOOD) as (engine, _):
        answer = engine.ask("and for teenagers?", messages=BEFORE)
    assert answer.understood_as == "What helps with panic attacks for teenagers?"


def test_a_false_claim_in_the_question_is_not_agreed_with(worded: Worded) -> None:
    truth = "A panic attack feels frightening, but it is not dangerous in itself."

    def agree(request: Request) -> str:
        number = number_of(request, truth)
        return f"Yes, panic attacks are dangerous in themselves. [{number}] {truth} [{number}]"

    with worded(agree, rewrite=False) as (engine, _):
        answer = engine.ask("Since panic attacks are dangerous, what is a panic attack?")
    assert [sentence.text for sentence in answer.sentences] == [truth]


PERSONAL = "My name is Anna Kirk (anna@example.org). What helps me with panic attacks?"


@pytest.mark.parametrize(("redact", "seen"), [("always", False), ("remote", True)])
def test_what_identifies_people_is_replaced_and_put_back(
    worded: Worded, redact: str, seen: bool
) -> None:
    def respond(request: Request) -> str:
        if CONDENSE in request.text:
            return "What helps PERSON_1 with panic attacks?"
        return GOOD

    before = [{"role": "user", "content": "My name is Anna and my phone number is 07700 900123."}]
    with worded(respond, redact=redact) as (engine, server):
        answer = engine.ask(PERSONAL, messages=before)
        sent = "\n".join(request.text for request in server.requests)
        assert all((secret in sent) is seen for secret in ("Kirk", "anna@example", "900123"))
        assert answer.composed_by == "llm"
        if not seen:
            assert "PERSON_1" in sent
            assert "PERSON_1" not in answer.understood_as + answer.text
            assert "Anna" in answer.understood_as
