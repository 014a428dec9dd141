"""A sentence with the wrong citation finds the passage that supports it."""

from __future__ import annotations

from rag.verify.gate import Gate
from rag.verify.repair import supporting_passage

PASSAGES = {
    "sleep": "Adults may sleep better with a regular bedtime. Caffeine often makes sleep worse.",
    "panic": "Cognitive behavioural therapy is a common treatment for panic disorder.",
}


def test_finds_the_passage_that_says_it(gate: Gate) -> None:
    found = supporting_passage(gate, "Caffeine often makes sleep worse.", PASSAGES)
    assert found is not None
    assert found[0] == "sleep"
    assert found[1].supported


def test_an_invention_finds_none(gate: Gate) -> None:
    assert supporting_passage(gate, "Caffeine cures panic disorder in adults.", PASSAGES) is None


def test_a_contradiction_finds_none(gate: Gate) -> None:
    assert supporting_passage(gate, "Caffeine often makes sleep better.", PASSAGES) is None
