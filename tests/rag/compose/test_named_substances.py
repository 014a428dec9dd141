"""A question about one medicine is never answered with evidence on another."""

from __future__ import annotations

import pytest

from rag.compose.named_substances import on_named_substances
from rag.model import Evidence, Hit, Passage, Source, sha256_text


def evidence(text: str) -> Evidence:
    passage = Passage(
        "p", "s", text, ("T",), 0, len(text), (), ((0, len(text)),), sha256_text(text)
    )
    return Evidence(Hit("p", 1.0), passage, Source("s", "T", "P", sha256_text(text)))


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("Does Prozac cause weight gain?", "Fluoxetine can change appetite.", True),
        ("Does Prozac cause weight gain?", "Olanzapine can cause weight gain.", False),
        ("Are antidepressants addictive?", "An antidepressant is not a sedative.", True),
        ("Are antidepressants addictive?", "Benzodiazepines are addictive.", False),
        ("Can I mix alcohol and sertraline?", "Sertraline may cause nausea.", False),
        ("Can I mix alcohol and sertraline?", "Alcohol adds to drowsiness from sertraline.", True),
        (
            "How does alcohol withdrawal feel?",
            "Antidepressant withdrawal can bring dizziness.",
            False,
        ),
        ("Can weed cause psychosis?", "Cannabis is linked with psychosis.", True),
        ("how do I stop smoking weed", "Choose a day to stop cannabis.", True),
        ("how do I stop smoking weed", "Nicotine gum can help to stop smoking.", False),
        ("can I have wine with zopiclone", "Do not drink alcohol on zopiclone.", True),
        ("can I have wine with zopiclone", "Zopiclone can leave a bitter taste.", False),
        ("What helps with panic?", "Any passage will do here.", True),
        ("I cry over my coffee each morning", "Grief has no fixed end.", True),
        ("he washes his hands till they crack", "OCD can be treated.", True),
        ("can I drink coffee on clozapine", "Clozapine can cause drowsiness.", False),
        ("can I drink coffee on clozapine", "Less coffee can raise clozapine levels.", True),
        ("does caffeine make panic worse", "Coffee can make panic worse.", True),
        ("how do I stop smoking crack", "Talking therapy helps with cocaine.", True),
        ("how do I stop smoking crack", "Nicotine gum can help to stop smoking.", False),
    ],
)
def test_evidence_names_what_the_question_names(question: str, text: str, kept: bool) -> None:
    assert bool(on_named_substances(question, [evidence(text)])) is kept


def classes_of(substance: str) -> tuple[str, ...]:
    return {"sertraline": ("ssri", "antidepressant")}.get(substance, ())


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("Does Zoloft cause nausea?", "SSRIs can cause nausea.", True),
        ("Does Zoloft cause nausea?", "Antidepressants can cause nausea.", True),
        ("Does Zoloft cause nausea?", "Lithium can cause nausea.", False),
        ("Does Zoloft cause nausea?", "SNRIs can cause nausea.", False),
        ("Does olanzapine cause nausea?", "Antipsychotics can cause nausea.", False),
        ("Can I mix alcohol and sertraline?", "SSRIs can cause nausea.", False),
        ("Can I mix alcohol and sertraline?", "Alcohol does not go well with SSRIs.", True),
    ],
)
def test_a_group_stands_in_for_a_medicine(question: str, text: str, kept: bool) -> None:
    assert bool(on_named_substances(question, [evidence(text)], classes_of)) is kept


def test_the_reader_is_told_whom_a_sentence_is_about() -> None:
    text = "SSRIs and other antidepressants can cause nausea."
    (admitted,) = on_named_substances("Does Zoloft cause nausea?", [evidence(text)], classes_of)
    assert admitted.notes("SSRIs can cause nausea.")[0].startswith(
        "Sertraline is one of the SSRIs,"
    )
    assert "one of the antidepressants" in admitted.notes("Antidepressants can cause nausea.")[0]
    assert admitted.speaks("SSRIs can cause nausea.")
    assert not admitted.speaks("Nausea passes.")
    assert not admitted.speaks("SSRIs such as paroxetine can cause nausea.")
    assert admitted.stems == {"zoloft"}


def test_each_medicine_has_a_note_of_its_own() -> None:
    """So that what several sentences need is said once."""
    question = "Are Zoloft and fluoxetine safe?"
    (admitted,) = on_named_substances(
        question, [evidence("Antidepressants can cause nausea.")], lambda _: ("antidepressant",)
    )
    notes = admitted.notes("Antidepressants can cause nausea.")
    assert [note.split()[0] for note in notes] == ["Fluoxetine", "Sertraline"]


def test_a_passage_that_names_the_medicine_needs_no_note() -> None:
    text = "Sertraline can cause nausea."
    (admitted,) = on_named_substances("Does Zoloft cause nausea?", [evidence(text)], classes_of)
    assert admitted.speaks("Nausea passes.")
    assert admitted.notes("Nausea passes.") == ()
