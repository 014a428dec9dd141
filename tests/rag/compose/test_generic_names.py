"""Brands are read as the substances that sources speak of."""

from __future__ import annotations

import pytest

from rag.compose.asked_words import AskedWords, brands_beside_substances
from rag.compose.generic_names import with_generic_names
from rag.verify.words import words


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("does Prozac make you sleepy", "does Prozac (fluoxetine) make you sleepy"),
        ("Is Xanax like Valium?", "Is Xanax (alprazolam) like Valium (diazepam)?"),
        ("what is sertraline (Zoloft) for", "what is sertraline (Zoloft) for"),
        ("How is OCD treated?", "How is OCD treated?"),
    ],
)
def test_a_brand_brings_its_substance(question: str, read: str) -> None:
    assert with_generic_names(question) == read


def test_the_brand_itself_is_not_asked_for() -> None:
    question = with_generic_names("does Prozac make you sleepy")
    assert brands_beside_substances(words(question)) == {"prozac"}
    assert "prozac" not in AskedWords.of(question, lambda _: 1.0).weights
    assert "prozac" in AskedWords.of("does Prozac make you sleepy", lambda _: 1.0).weights
