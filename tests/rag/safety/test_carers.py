"""Who looks after another and asks how gets lines to call first, and then what the sources say."""

from __future__ import annotations

import pytest

from rag.safety.carers import helping_with
from rag.safety.triage import Triage, triage

CUTS = "I found cuts on my granddaughter's arm. I don't want to shout. How do I talk to her?"


@pytest.mark.parametrize(
    ("category", "question", "topic"),
    [
        ("third_party", CUTS, "self-harm"),
        ("third_party", "My mate says he wants to die. What should I say to him?", "suicide"),
        ("third_party", "A member of our group is in a bad way, what do we do?", ""),
        ("psychosis", "My brother hears voices, what should I do?", "psychosis"),
        ("eating_disorder", "How can I help my daughter? She hides food.", "eating disorder"),
    ],
)
def test_a_carer_is_heard(category: str, question: str, topic: str) -> None:
    assert helping_with(Triage(True, category), question) == topic


@pytest.mark.parametrize(
    ("concern", "question"),
    [
        (Triage(True, "third_party", imminent=True), CUTS),
        (Triage(True, "third_party"), "I found cuts on my granddaughter's arm."),
        (Triage(True, "suicide"), "I want to die. What should I say to my wife?"),
        (Triage(True, "self_harm"), "I cut myself. How do I tell my mum?"),
        (Triage(True, "psychosis"), "I hear voices, what should I do?"),
        (Triage(True, "overdose"), "My son took tablets, what should I do?"),
        (Triage(True, "medication_reaction"), "My son has a rash on lamotrigine, what do I do?"),
    ],
)
def test_nothing_follows_where_it_may_do_harm(concern: Triage, question: str) -> None:
    assert helping_with(concern, question) is None


def test_triage_and_carers_agree_on_a_real_message() -> None:
    message = "My friend said she wants to kill herself. How do I talk to her?"
    concern = triage([message])
    assert concern.crisis
    assert (helping_with(concern, message) is None) is concern.imminent
