"""One name, however it is inflected, spelt or hyphenated; and words that must not be made one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_graph.names import normal, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Generalised anxiety disorders", "generalized anxiety disorder"),
        ("behaviour therapy", "Behavior therapy"),
        ("self-harm", "self harm"),
        ("Alzheimer's disease", "alzheimer’s disease"),
        ("diarrhoea", "diarrhea"),
        ("can't sleep", "can’t sleep"),
    ],
)
def test_two_ways_to_write_one_name(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SAD", "sad"),
        ("ODD", "odd"),
        ("alcohol", "alcoholism"),
        ("stimulants", "brain stimulation"),
        ("depression", "anxiety"),
        ("avoid", "avoidance"),
        ("expect", "expecting"),
        ("mind", "mindfulness"),
        ("it depends", "it dependent"),
        ("nerve", "nerves"),
        ("sick", "sickness"),
    ],
)
def test_names_that_are_not_one(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@given(st.text(max_size=80))
@settings(deadline=None)
def test_terms_stand_where_they_say(text: str) -> None:
    found = terms(text)
    assert all(0 <= term.start < term.end <= len(text) for term in found)
    assert [term.start for term in found] == sorted(term.start for term in found)
