"""What counts as a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.question import clean_question

MOST = 1000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("  \n\t ", "empty"),
        ("?!…", "empty"),
        ("\u200b\u202e", "empty"),
        ("a" * 100_000, "100,000"),
        ("\x00\x01\x02PNG\x03", "binary"),
        ("What is \ud800 panic?", "Unicode"),
    ],
)
def test_what_is_no_question_is_refused_with_advice(text: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        clean_question(text, MOST)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  What is\n panic? ", "What is panic?"),
        ("What is \u202epanic\u202c?", "What is panic?"),
        ("pa\u200bnic", "panic"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_hidden_characters_change_nothing(text: str, cleaned: str) -> None:
    assert clean_question(text, MOST) == cleaned


@given(st.text(max_size=MOST))
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    try:
        cleaned = clean_question(text, MOST)
    except QuestionError:
        return
    assert cleaned == cleaned.strip()
    assert "\u202e" not in cleaned
    assert "\n" not in cleaned
    assert clean_question(cleaned, len(cleaned)) == cleaned
