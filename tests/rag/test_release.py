"""From draft sentences to what may leave: repaired, dropped, numbered."""

from __future__ import annotations

import pytest

from rag.compose.extractive import DraftSentence
from rag.encoders import open_encoder
from rag.model import Evidence, Hit, Passage, Source, passage_id, sha256_text
from rag.release import Inspector, Judged, Release
from rag.settings import EncoderSettings, VerifierSettings
from rag.verify import open_gate

SLEEP = "Adults may sleep better with a regular bedtime. Caffeine often makes sleep worse."
PANIC = "Cognitive behavioural therapy is a common treatment for panic disorder."


def evidence(name: str, text: str) -> Evidence:
    source = Source(id=name, title=name.title(), publisher="Tests", sha256=sha256_text(text))
    passage = Passage(
        passage_id(name, "", text), name, text, (name,), 0, len(text), (), (), sha256_text(text)
    )
    return Evidence(Hit(passage.id, 1.0), passage, source)


EVIDENCE = (evidence("sleep", SLEEP), evidence("panic", PANIC))
SLEEP_ID, PANIC_ID = (e.passage.id for e in EVIDENCE)


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    return Inspector(
        open_gate(open_encoder(EncoderSettings(threads=1)), VerifierSettings()), EVIDENCE, "public"
    )


def one(inspector: Inspector, text: str, *cites: str) -> Judged:
    return inspector.inspect([DraftSentence(text, cites)])[0]


def test_a_wrong_citation_is_replaced_by_the_one_that_supports(inspector: Inspector) -> None:
    judged = one(inspector, "Caffeine often makes sleep worse.", PANIC_ID)
    assert judged.passed
    assert judged.cites == (SLEEP_ID,)


def test_a_citation_to_nothing_is_repaired_or_refused(inspector: Inspector) -> None:
    assert one(inspector, "Caffeine often makes sleep worse.", "nowhere").cites == (SLEEP_ID,)
    refused = one(inspector, "Caffeine cures panic disorder.", "nowhere")
    assert not refused.passed
    assert refused.reasons


def test_a_sentence_that_leans_falls_with_the_one_before(inspector: Inspector) -> None:
    first = DraftSentence("Caffeine cures panic disorder.", (SLEEP_ID,))
    second = DraftSentence("Caffeine often makes sleep worse.", (SLEEP_ID,), leans=True)
    judged = inspector.inspect([first, second])
    assert [j.passed for j in judged] == [False, False]
    assert judged[1].reasons[0].startswith("context")


def test_a_telephone_number_that_no_passage_holds_is_blocked(inspector: Inspector) -> None:
    judged = one(inspector, "You are not alone, call 0800 555 0199.", SLEEP_ID)
    assert not judged.passed


def test_citations_are_numbered_as_they_are_first_used(inspector: Inspector) -> None:
    judged = inspector.inspect(
        [DraftSentence(PANIC, (PANIC_ID,)), DraftSentence(SLEEP.split(". ")[1], (SLEEP_ID,))]
    )
    release = Release.of(judged, EVIDENCE)
    assert [s.citations for s in release.sentences] == [(1,), (2,)]
    assert [c.source_id for c in release.citations] == ["panic", "sleep"]
    assert release.keeps(0.5)


def test_too_little_left_is_no_answer(inspector: Inspector) -> None:
    inventions = ["Magnesium cures panic disorder.", "Panic disorder always ends in a year."]
    judged = inspector.inspect(
        [DraftSentence(PANIC, (PANIC_ID,)), *(DraftSentence(t, (PANIC_ID,)) for t in inventions)]
    )
    release = Release.of(judged, EVIDENCE)
    assert len(release.sentences) == 1
    assert len(release.dropped) == 2
    assert not release.keeps(0.5)


def test_courtesies_alone_are_no_answer(inspector: Inspector) -> None:
    judged = inspector.inspect([DraftSentence("I hope this helps.", ())])
    assert not Release.of(judged, EVIDENCE).keeps(0)
