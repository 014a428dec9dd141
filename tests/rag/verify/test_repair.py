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


def test_a_passage_that_says_the_opposite_outweighs_one_that_sounds_alike(gate: Gate) -> None:
    passages = {
        "help": "Slow breathing helps during panic attacks. Panic attacks can be treated.",
        "what": "Panic attacks feel bad, but panic attacks are not dangerous in themselves.",
    }
    claim = "Panic attacks are dangerous in themselves."
    assert supporting_passage(gate, claim, passages) is None
