"""A whole text against a collection: which sentences rest on which passages."""

from __future__ import annotations

import pytest

from rag.model import Outcome
from rag.verify.gate import Gate
from rag.verify.whole_text import TextChecker

PASSAGES = {
    "sleep": "Adults may sleep better with a regular bedtime. Caffeine often makes sleep worse.",
    "panic": "Cognitive behavioural therapy is a common treatment for panic disorder.",
    "mood": "Regular exercise can lift mood in people with depression.",
}


@pytest.fixture(scope="module")
def checker(gate: Gate) -> TextChecker:
    return TextChecker(gate, PASSAGES)


def test_each_sentence_finds_its_passage(checker: TextChecker) -> None:
    text = "Caffeine often makes sleep worse. Regular exercise can lift mood in depression."
    first, second = checker.check(text)
    assert (first.passages, second.passages) == (("sleep",), ("mood",))
    assert text[second.start : second.end] == second.text
    assert all(s.verdict.supported for s in (first, second))


def test_what_nothing_says_is_named(checker: TextChecker) -> None:
    invention, contradiction = checker.check(
        "Magnesium deficiency explains most panic attacks. Caffeine often makes sleep better."
    )
    assert not invention.verdict.supported
    assert not contradiction.verdict.supported
    assert invention.passages == contradiction.passages == ()
    assert contradiction.verdict.reasons[0].startswith("direction")


def test_another_language_is_unsure(checker: TextChecker) -> None:
    (only,) = checker.check("El café a menudo empeora el sueño de los adultos.")
    assert only.verdict.outcome is Outcome.UNSURE


def test_an_empty_text_has_no_sentences(checker: TextChecker) -> None:
    assert checker.check(" \n ") == ()
