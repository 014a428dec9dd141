"""Sentence splitting, on the texts that break simple splitters."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Take 5 mg. daily, e.g. at night. It helps.",
            ["Take 5 mg. daily, e.g. at night.", "It helps."],
        ),
        ("The dose is 2.5 mg. People vary.", ["The dose is 2.5 mg.", "People vary."]),
        ("Dr. Smith agreed. So did J. Doe.", ["Dr. Smith agreed.", "So did J. Doe."]),
        ("He took vitamin C. Then he slept.", ["He took vitamin C.", "Then he slept."]),
        ('She said "Stop." Then she left.', ['She said "Stop."', "Then she left."]),
        ("Sleep helps. [1] So do walks [2, 3].", ["Sleep helps. [1]", "So do walks [2, 3]."]),
        ("Really? Yes! Good.", ["Really?", "Yes!", "Good."]),
        ("A line\nthat wraps on. Another.", ["A line\nthat wraps on.", "Another."]),
        ("First part\n\nSecond part", ["First part", "Second part"]),
        ("1. Breathe in slowly.\n2. Breathe out.", ["Breathe in slowly.", "Breathe out."]),
        ("In the U.S. Army it is so.", ["In the U.S. Army it is so."]),
    ],
)
def test_splits_as_a_reader_would(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_a_lead_in_keeps_its_items() -> None:
    text = "Signs may include:\n- poor sleep\n- low mood\n\nMost people recover."
    assert split(text) == ["Signs may include:\n- poor sleep\n- low mood", "Most people recover."]


@given(st.text(max_size=400))
def test_spans_are_ordered_trimmed_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)
    kept = "".join(text[a:b] for a, b in spans)
    # Only list marks and space lie between spans.
    assert sum(c.isalpha() for c in text) - sum(c.isalpha() for c in kept) <= text.count("\n") + 1


@given(st.text(alphabet="ab .!?\n-:[]1", max_size=200))
def test_splitting_a_sentence_again_changes_nothing(text: str) -> None:
    for sentence in split(text):
        if "\n" not in sentence and not sentence.startswith(("-", "[", "1", "a", "b")):
            assert split(sentence) == [sentence]
