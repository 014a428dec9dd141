"""A long question is searched for by its parts as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.version import IndexVersion
from rag.retrieval.clauses import clauses
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is panic disorder?", []),
        (
            "What are the signs of insomnia and how is it treated?",
            ["What are the signs of insomnia"],
        ),
        (
            "my mum's house is full of old newspapers, how can I help her",
            ["my mum's house is full of old newspapers"],
        ),
        (
            "I lost my wife last spring and I can't open her wardrobe",
            ["I lost my wife last spring", "I can't open her wardrobe"],
        ),
        (
            "I have been crying every single day for weeks. Is this normal?",
            ["I have been crying every single day for weeks"],
        ),
    ],
)
def test_the_parts_are_those_that_say_something(question: str, parts: list[str]) -> None:
    assert clauses(question) == parts


@given(st.text(max_size=400))
def test_never_fails_on_free_text(text: str) -> None:
    assert len(clauses(text)) <= 3


def test_a_story_does_not_hide_the_question(built_index: Path) -> None:
    question = (
        "We painted the kitchen green and bought a bigger table for the garden last summer, "
        "what treatment helps with insomnia"
    )
    with IndexVersion.open(built_index, threads=1) as version:
        retriever = HybridRetriever(version, Settings(index_dir=built_index))
        found = retriever.retrieve(question, top_k=3, arms=["dense"])
    assert found.evidence[0].source.id == "insomnia"
    assert found.vectors.shape == (1 + len(clauses(question)), version.encoder.dimensions)
