"""Answers composed from a real index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.compose.extractive import Draft, ExtractiveComposer
from rag.compose.opening import open_composer
from rag.compose.units import units
from rag.index.version import IndexVersion
from rag.model import Evidence, Hit, Passage, Source, sha256_text
from rag.sentences import sentence_spans


@pytest.fixture(scope="module")
def version(built_index: Path) -> Iterator[IndexVersion]:
    opened = IndexVersion.open(built_index, threads=1)
    yield opened
    opened.close()


def compose(version: IndexVersion, question: str, most: int = 6) -> Draft:
    vector = version.encoder.encode([question])[0]
    hits = version.dense(vector, 10)
    evidence = [
        Evidence(Hit(p.id, score, {"dense": score}), p, version.source(p.source_id))
        for p, (_, score) in zip(version.passages([i for i, _ in hits]), hits, strict=True)
    ]
    composer = ExtractiveComposer(version, version.idf, most)
    return composer.compose(question, vector, evidence)


def test_answers_the_topic_and_the_part_that_was_asked(version: IndexVersion) -> None:
    draft = compose(version, "What helps with panic attacks?")
    first = version.passage(draft.sentences[0].cites[0])
    assert first.source_id == "panic"
    assert first.heading[-1] == "What helps with panic attacks"
    assert 2 <= len(draft.sentences) <= 6


def test_covers_both_parts_of_a_double_question(version: IndexVersion) -> None:
    draft = compose(version, "What are the signs of insomnia and how is it treated?")
    sections = {version.passage(s.cites[0]).heading[-1] for s in draft.sentences}
    assert {"Signs of insomnia", "Treatment of insomnia"} <= sections


def test_every_sentence_stands_in_the_passage_it_cites(version: IndexVersion) -> None:
    for question in ("What is hoarding disorder?", "insomnia", "Do sleeping tablets help?"):
        for sentence in compose(version, question).sentences:
            text = " ".join(version.passage(sentence.cites[0]).text.split())
            assert sentence.text in text


def test_keeps_to_the_limit_and_repeats_nothing(version: IndexVersion) -> None:
    draft = compose(version, "Tell me about insomnia, panic attacks and hoarding", most=3)
    texts = [s.text for s in draft.sentences]
    assert len(texts) <= 3
    assert len(set(texts)) == len(texts)


def test_the_section_asked_for_leads(version: IndexVersion) -> None:
    draft = compose(version, "How is insomnia treated?")
    assert version.passage(draft.sentences[0].cites[0]).heading[-1] == "Treatment of insomnia"


def test_another_name_of_what_is_cited_counts_as_covered(version: IndexVersion) -> None:
    question = "What are the signs of sleeplessness?"
    without = compose(version, question)
    vector = version.encoder.encode([question])[0]
    evidence = [
        Evidence(Hit(p.id, 1.0, {}), p, version.source(p.source_id))
        for p in version.passages([i for i, _ in version.dense(vector, 10)])
    ]
    named = open_composer(version, 6).compose(question, vector, evidence)
    assert without.heaviest_missing > 0.3
    assert named.heaviest_missing == 0.0
    assert named.words_covered > without.words_covered


def test_other_topics_score_far_below(version: IndexVersion) -> None:
    near, far = (
        compose(version, "What helps with insomnia?"),
        compose(version, "How do taxes work?"),
    )
    assert near.best_cosine > far.best_cosine + 0.2
    assert near.words_covered > far.words_covered


def _evidence(text: str) -> Evidence:
    passage = Passage(
        "p", "s", text, ("T",), 0, len(text), (), sentence_spans(text), sha256_text(text)
    )
    return Evidence(Hit("p", 1.0), passage, Source("s", "T", "P", sha256_text(text)))


def test_a_sentence_that_leans_on_the_last_one_brings_it_along() -> None:
    found = units(
        _evidence("Insomnia means trouble with sleep at night. It can also cause tiredness by day.")
    )
    assert [u.indices for u in found] == [(0,), (0, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "It can also cause tiredness by day.",
        "See the section below for more about this.",
        "What can I do about panic attacks?",
        "Pounding heart",
        "Talk to your doctor: visit https://example.org/help today.",
    ],
)
def test_fragments_questions_and_pointers_are_never_quoted(text: str) -> None:
    assert units(_evidence(text)) == []
