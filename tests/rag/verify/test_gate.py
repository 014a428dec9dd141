"""What the gate lets through and what it stops, with the reason a reader would see."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.model import Outcome
from rag.verify.gate import Gate, GateMode

PANIC = (
    "Panic disorder can be treated with cognitive behavioural therapy. Some people take an SSRI "
    "such as sertraline for 12 months or longer. Stopping sertraline suddenly is not recommended. "
    "About 2.7% of adults in the United States had panic disorder in the past year."
)
SLEEP = "Children may sleep better with a regular bedtime. Caffeine often makes sleep worse."
MYTH = "It is a myth that depression is a weakness. Depression is an illness."
LIST = "Signs of a panic attack may include:\n- a racing heart\n- sweating\n- fear of dying"


def test_whole_sentences_of_the_passage_pass_as_verbatim(gate: Gate) -> None:
    verdict = gate.judge("Stopping sertraline suddenly is not recommended. [1]", [PANIC])
    assert (verdict.supported, verdict.checked_by, verdict.support) == (True, "verbatim", 1.0)


def test_neighbouring_sentences_together_are_verbatim(gate: Gate) -> None:
    assert gate.judge(PANIC[: PANIC.index(" Stopping")], [PANIC]).checked_by == "verbatim"


def test_a_list_printed_on_one_line_is_verbatim(gate: Gate) -> None:
    line = "Signs of a panic attack may include: a racing heart; sweating; fear of dying"
    assert gate.judge(line, [LIST]).checked_by == "verbatim"


def test_part_of_a_sentence_is_not_verbatim(gate: Gate) -> None:
    assert gate.judge("Depression is a weakness.", [MYTH]).checked_by != "verbatim"


def test_a_passage_of_many_short_lines_is_searched_once(gate: Gate) -> None:
    sentence = "a " * 2000 + "b"
    begun = time.monotonic()
    assert gate.judge(sentence, ["a\n\n" * 60_000]).checked_by != "verbatim"  # once took minutes
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("sentence", "passage", "reason"),
    [
        ("Some people take an SSRI such as sertraline for 6 months or longer.", PANIC, "number"),
        ("About 27% of adults in the United States had panic disorder.", PANIC, "number"),
        ("Some people take an SSRI such as sertraline for 12 weeks or longer.", PANIC, "number"),
        ("Stopping sertraline suddenly is recommended.", PANIC, "negation"),
        ("Panic disorder cannot be treated with cognitive behavioural therapy.", PANIC, "negation"),
        ("Some people take an SSRI such as paroxetine for 12 months or longer.", PANIC, "name"),
        ("Some people take Prozac for panic disorder for 12 months.", PANIC, "name"),
        ("Caffeine often makes sleep better.", SLEEP, "direction"),
        ("Adults may sleep better with a regular bedtime.", SLEEP, "population"),
        ("Children always sleep better with a regular bedtime.", SLEEP, "strength"),
        ('The leaflet says "sertraline is safe to stop at any time".', PANIC, "quote"),
    ],
)
def test_one_changed_detail_is_caught_and_named(
    gate: Gate, sentence: str, passage: str, reason: str
) -> None:
    verdict = gate.judge(sentence, [passage])
    assert not verdict.supported
    assert any(r.startswith(reason) for r in verdict.reasons), verdict.reasons


def test_a_brand_name_counts_as_its_substance(gate: Gate) -> None:
    verdict = gate.judge("Some people take an SSRI such as Zoloft for 12 months.", [PANIC])
    assert not any(r.startswith("name") for r in verdict.reasons)


def test_a_close_paraphrase_passes_and_an_invention_does_not(gate: Gate) -> None:
    paraphrase = "Cognitive behavioural therapy can treat panic disorder."
    invention = "Panic disorder is caused by a lack of magnesium in the diet."
    assert gate.judge(paraphrase, [PANIC]).supported
    assert not gate.judge(invention, [PANIC]).supported


def test_only_the_cited_passage_counts(gate: Gate) -> None:
    sentence = "Caffeine often makes sleep worse."
    assert gate.judge(sentence, [SLEEP]).supported
    assert not gate.judge(sentence, [PANIC]).supported
    assert gate.judge(sentence, [PANIC, SLEEP]).supported


@pytest.mark.parametrize(
    ("sentence", "passages", "reason"),
    [
        ("Sertraline helps.", [], "citation"),
        ("Sertraline helps.", ["", "  "], "citation"),
        ("", [PANIC], "empty"),
        ("... !!", [PANIC], "empty"),
    ],
)
def test_nothing_to_check_is_never_a_pass(
    gate: Gate, sentence: str, passages: list[str], reason: str
) -> None:
    verdict = gate.judge(sentence, passages)
    assert not verdict.supported
    assert verdict.reasons[0].startswith(reason)


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm sorry you're going through this.",
        "Thank you for sharing that.",
        "The provided passages do not mention the cost of therapy.",
        "Here are some things that may help:",
        "Based on the provided passages, here are the steps to build a regular sleep routine:",
        "What you can do:",
        "However, the passages do not mention the cost of therapy.",
        "It is unclear from the passages how long therapy takes.",
        "Therefore, I am unable to answer.",
        "Please note that the passages do not name a clinic.",
        "There is no information in the passages about the cost of therapy.",
        "I don't have enough information to say how long it takes.",
        "None of the passages says what therapy costs.",
        "What the passages do not mention is the cost of therapy.",
        "Happy to help.",
        "Sure!",
        "Sure, I can help with that!",
        "I hope this information helps!",
        "Is there anything else I can help you with?",
        "Feel free to ask if you have more questions.",
    ],
)
def test_sentences_without_a_claim_need_no_evidence(gate: Gate, sentence: str) -> None:
    assert gate.judge(sentence, []).supported


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm sorry you're going through this, stop taking lithium.",
        "The passages do not mention lithium, but stopping it is safe.",
        "The provided passages do not mention that stopping is dangerous; it is safe.",
        "Take 300 mg each day:",
        "You are not alone, and sertraline cures panic.",
        "Sure, stop your tablets today!",
        "I hope this helps you to stop your tablets!",
        "Is there anything else I can say than that stopping your tablets is safe?",
        "Let me know if there is anything else you take, since all tablets are safe together.",
        "There is no mention in the passages that stopping is dangerous, so stop today.",
        "I don't have any information, so you can safely stop.",
        "None of the passages says so, and stopping is safe.",
        "Depression is always cured by these steps:",
        "Panic attacks end for good once you follow the steps that I never tire of giving:",
    ],
)
def test_a_claim_dressed_as_courtesy_is_still_checked(gate: Gate, sentence: str) -> None:
    assert not gate.judge(sentence, [SLEEP]).supported


@pytest.mark.parametrize(
    "sentence",
    [
        "According to passage 2, sertraline may cause nausea.",
        "As stated in Passages 1 and 3, sertraline may cause nausea.",
        "Sertraline may cause nausea (Source: passage 2).",
        "Sertraline may cause nausea [Passage 1, 2].",
        "Step 3: Sertraline may cause nausea.",
        "The third document, document 3, says that sertraline may cause nausea.",
    ],
)
def test_the_number_of_a_passage_or_a_step_is_no_figure(gate: Gate, sentence: str) -> None:
    passage = "Sertraline may cause nausea. The third document says so too."
    reasons = gate.judge(sentence, [passage]).reasons
    assert not [reason for reason in reasons if reason.startswith("number")]


def test_a_figure_beside_the_number_of_a_passage_is_still_checked(gate: Gate) -> None:
    sentence = "According to passage 2, sertraline may cause nausea in 40 of 100 people."
    verdict = gate.judge(sentence, ["Passage 40: Sertraline may cause nausea in many people."])
    assert verdict.reasons[0].startswith("number")


def test_a_very_long_passage_is_read_to_its_end(gate: Gate) -> None:
    passage = "The garden was quiet that day. " * 10_000 + "Sertraline may cause nausea."
    assert gate.judge("Sertraline may cause nausea.", [passage]).supported
    assert not gate.judge("Sertraline may cause blindness and deafness.", [passage]).supported


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=300), max_size=3))
def test_any_text_gets_a_verdict_with_its_reason(
    gate: Gate, sentence: str, passages: list[str]
) -> None:
    verdict = gate.judge(sentence, passages)
    assert 0.0 <= verdict.support <= 1.0
    assert verdict.supported or verdict.reasons


@pytest.mark.parametrize(
    "sentence",
    [
        "La sertralina puede ayudar con el trastorno de pánico y la ansiedad.",
        "Die Behandlung mit Sertralin wird bei Panikstörungen oft empfohlen und ist nicht neu.",
        "Сертралин может помочь при паническом расстройстве.",
        "舍曲林可能有助于治疗惊恐障碍。",
    ],
)
def test_other_languages_are_unsure_and_never_supported(gate: Gate, sentence: str) -> None:
    verdict = gate.judge(sentence, [PANIC, sentence])
    assert verdict.outcome is Outcome.UNSURE
    assert not verdict.supported
    assert verdict.reasons[0].startswith("language")


def test_a_sentence_that_leans_is_judged_with_the_one_before(gate: Gate) -> None:
    before = "Paroxetine is an SSRI."
    sentence = "It may be taken for 12 months or longer."
    alone = gate.judge(sentence, [PANIC])
    assert not any(r.startswith("name") for r in alone.reasons)
    together = gate.judge(sentence, [PANIC], before=before)
    assert not together.supported
    assert any(r.startswith("name") and "paroxetine" in r for r in together.reasons)


def test_what_stands_before_is_left_alone_unless_the_sentence_points_back(gate: Gate) -> None:
    sentence = "Caffeine often makes sleep worse."
    assert gate.judge(sentence, [SLEEP], before="Paroxetine is an SSRI.").supported


def test_each_mode_asks_its_own_part(gate: Gate) -> None:
    wrong_number = "About 27% of adults in the United States had panic disorder."
    invention = "Panic disorder is caused by a lack of magnesium in the diet."

    def passes(mode: GateMode, sentence: str) -> bool:
        return Gate(gate.model, mode).judge(sentence, [PANIC]).supported

    assert passes(GateMode.OFF, wrong_number)
    assert passes(GateMode.OFF, invention)
    assert not passes(GateMode.DETERMINISTIC, wrong_number)
    assert passes(GateMode.DETERMINISTIC, invention)
    assert passes(GateMode.MODEL, wrong_number)
    assert not passes(GateMode.MODEL, invention)
    assert not passes(GateMode.ALL, wrong_number)
    assert not passes(GateMode.ALL, invention)
