"""What certainly says the opposite: in the cited passage clause by clause, and elsewhere."""

from __future__ import annotations

import pytest

from rag.verify.gate import Gate, GateMode

SILENT = "Panic attacks come with a racing heart. Chest pain should be checked by a doctor."
DENIES = "Panic attacks feel frightening, but panic attacks are not dangerous in themselves."
AGREES = "Panic attacks are dangerous in themselves, an old leaflet says."
CLAIM = "Panic attacks are dangerous in themselves."


def test_a_passage_that_is_not_cited_may_deny(gate: Gate) -> None:
    reason = gate.veto(CLAIM, [SILENT], [DENIES])
    assert reason is not None
    assert reason.startswith("negation:")
    assert "another passage" in reason


def test_where_the_cited_passage_says_it_the_sources_differ(gate: Gate) -> None:
    assert gate.veto(CLAIM, [AGREES], [DENIES]) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Panic attacks feel frightening.",
        "Panic attacks are not dangerous in themselves.",
        "A racing heart comes with panic attacks.",
        "Chest pain can be dangerous.",
    ],
)
def test_what_nobody_denies_stands(gate: Gate, claim: str) -> None:
    assert gate.veto(claim, [SILENT], [DENIES]) is None


@pytest.mark.parametrize("mode", [GateMode.OFF, GateMode.MODEL])
def test_only_modes_with_certain_checks_veto(gate: Gate, mode: GateMode) -> None:
    assert Gate(gate.model, mode).veto(CLAIM, [SILENT], [DENIES]) is None


def test_a_denied_clause_refuses_a_claim_of_two(gate: Gate) -> None:
    passage = f"{DENIES} The symptoms of a panic attack usually pass with time."
    claim = "Panic attacks are dangerous in themselves, and the symptoms usually pass with time."
    verdict = gate.judge(claim, [passage])
    assert not verdict.supported
    assert verdict.reasons[0].startswith("negation:")
    honest = claim.replace("are dangerous", "are not dangerous")
    assert not any(r.startswith("negation") for r in gate.judge(honest, [passage]).reasons)


def test_a_passage_that_denies_two_things_denies_each(gate: Gate) -> None:
    passage = "Narcolepsy is not laziness, and it is not caused by a mental illness."
    claim = "Narcolepsy isn't laziness, and a mental illness does not cause it."
    assert not any(r.startswith("negation") for r in gate.judge(claim, [passage]).reasons)
    false = "Narcolepsy is not laziness, and a mental illness causes narcolepsy."
    assert gate.judge(false, [passage]).reasons
