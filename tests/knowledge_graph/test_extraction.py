"""What sentences state, what they deny, and how often the reading is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_graph.extraction import Extractor
from knowledge_graph.schema import Relation
from knowledge_graph.vocabulary import Vocabulary

LABELLED = Path(__file__).with_name("labelled_sentences.jsonl")


def said(extractor: Extractor, vocabulary: Vocabulary, sentence: str) -> list[tuple[str, str, str]]:
    def name(key: str) -> str:
        entity = vocabulary.entity(key)
        assert entity
        return entity.name

    return [
        (name(s.subject), s.relation.value, name(s.object))
        for s in extractor.statements(sentence)
        if not s.denied
    ]


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        ("Clozapine can cause constipation.", ("clozapine", "HAS_SIDE_EFFECT", "constipation")),
        (
            "OCD is usually treated with exposure and response prevention.",
            ("obsessive-compulsive disorder", "TREATED_BY", "exposure and response prevention"),
        ),
        (
            "Benzodiazepines are not recommended for PTSD.",
            ("benzodiazepines", "NOT_RECOMMENDED_FOR", "post-traumatic stress disorder"),
        ),
        (
            "NICE advises against benzodiazepines for panic disorder.",
            ("benzodiazepines", "NOT_RECOMMENDED_FOR", "panic disorder"),
        ),
        (
            "People with a seizure disorder should not take bupropion.",
            ("bupropion", "CONTRAINDICATED_WITH", "people with a seizure disorder"),
        ),
        ("St John's wort can clash with SSRIs.", ("St John's wort", "INTERACTS_WITH", "SSRIs")),
        ("Ibuprofen can raise the lithium level.", ("ibuprofen", "INTERACTS_WITH", "lithium")),
        (
            "Benzodiazepines include diazepam and lorazepam.",
            ("lorazepam", "IN_CLASS", "benzodiazepines"),
        ),
        ("Hearing voices is a sign of psychosis.", ("psychosis", "HAS_SYMPTOM", "hallucinations")),
        (
            "Childhood trauma raises the risk of PTSD.",
            ("trauma", "RISK_FACTOR_FOR", "post-traumatic stress disorder"),
        ),
    ],
)
def test_a_statement_is_read(
    extractor: Extractor, vocabulary: Vocabulary, sentence: str, statement: tuple[str, str, str]
) -> None:
    assert statement in said(extractor, vocabulary, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Is panic disorder treated with SSRIs?",
        "Antidepressants are not treated here, and neither is panic disorder.",
        "Atomoxetine is a non-stimulant medicine.",
        "No medicine such as lithium can cause headaches.",
        "See a doctor if an SSRI can cause nausea.",
        "Panic disorder and lithium are two different things.",
    ],
)
def test_what_is_not_stated_is_not_read(
    extractor: Extractor, vocabulary: Vocabulary, sentence: str
) -> None:
    assert said(extractor, vocabulary, sentence) == []


def test_advice_that_is_refused_is_no_treatment(
    extractor: Extractor, vocabulary: Vocabulary
) -> None:
    sentence = "Benzodiazepines should not be used to treat panic disorder."
    assert [relation for _, relation, _ in said(extractor, vocabulary, sentence)] == [
        "NOT_RECOMMENDED_FOR"
    ]


def test_a_denied_side_effect_is_kept_as_denied(extractor: Extractor) -> None:
    (statement,) = extractor.statements("No, neither lithium can cause headaches.")
    assert statement.denied
    assert statement.relation is Relation.HAS_SIDE_EFFECT


def test_precision_on_sentences_read_by_hand(extractor: Extractor) -> None:
    """150 sentences with two names or more, drawn by seed from `corpora/documents` and judged by
    hand: every statement that the extractor reads off them stands in the file, as right or wrong.
    """
    right = wrong = 0
    for line in LABELLED.read_text("utf-8").splitlines():
        row = json.loads(line)
        found = [[s.subject, s.relation.value, s.object] for s in extractor.statements(row["text"])]
        unjudged = [s for s in found if s not in row["right"] and s not in row["wrong"]]
        assert not unjudged, f"judge this by hand: {row['text']} {unjudged}"
        right += sum(s in row["right"] for s in found)
        wrong += sum(s in row["wrong"] for s in found)
    assert right >= 65
    assert right / (right + wrong) >= 0.90
