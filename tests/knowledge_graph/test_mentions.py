"""Longest name first, whole words only, and several kinds under one name."""

from __future__ import annotations

from knowledge_graph.mentions import MentionFinder
from knowledge_graph.schema import Kind
from knowledge_graph.vocabulary import Vocabulary


def names(finder: MentionFinder, vocabulary: Vocabulary, text: str) -> list[str]:
    found = [vocabulary.entity(span.keys[0]) for span in finder.find(text)]
    return [entity.name for entity in found if entity]


def test_the_longest_name_wins(finder: MentionFinder, vocabulary: Vocabulary) -> None:
    text = "Postnatal depression is not the baby blues."
    assert names(finder, vocabulary, text) == ["postnatal depression", "baby blues"]


def test_a_name_inside_a_word_is_none(finder: MentionFinder, vocabulary: Vocabulary) -> None:
    assert names(finder, vocabulary, "Panicky pandas pick lithiumlike rocks.") == []


def test_names_side_by_side_are_both_found(finder: MentionFinder, vocabulary: Vocabulary) -> None:
    assert names(finder, vocabulary, "lithium ibuprofen") == ["lithium", "ibuprofen"]


def test_brands_and_lay_words(finder: MentionFinder, vocabulary: Vocabulary) -> None:
    text = "I take Zoloft, I can't sleep and my heart races."
    assert names(finder, vocabulary, text) == ["sertraline", "trouble sleeping", "racing heart"]


def test_one_name_of_two_kinds_keeps_both(finder: MentionFinder) -> None:
    (span,) = finder.find("nausea")
    assert {key.split(":")[0] for key in span.keys} == {"Symptom", "SideEffect"}
    assert span.fitting([Kind.SIDE_EFFECT]) == "SideEffect:D009325"
    assert span.fitting([Kind.THERAPY]) is None


def test_the_span_covers_the_words(finder: MentionFinder) -> None:
    text = "Why do SSRIs cause headaches?"
    assert [text[s.start : s.end] for s in finder.find(text)] == ["SSRIs", "headaches"]
