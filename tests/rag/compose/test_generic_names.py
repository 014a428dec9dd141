"""Brands are read as the substances that sources speak of."""

from __future__ import annotations

import pytest

from rag.compose.asked_words import AskedWords, brands_beside_substances
from rag.compose.generic_names import with_generic_names
from rag.verify.words import content_stems, words


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("does Prozac make you sleepy", "does Prozac (fluoxetine) make you sleepy"),
        ("Is Xanax like Valium?", "Is Xanax (alprazolam) like Valium (diazepam)?"),
        ("what is sertraline (Zoloft) for", "what is sertraline (Zoloft) for"),
        ("How is OCD treated?", "How is OCD treated?"),
        ("is ket bad for the bladder", "is ket (ketamine) bad for the bladder"),
        ("ket or ketamine, same thing?", "ket or ketamine, same thing?"),
        ("flashbacks from acid", "flashbacks from acid (LSD)"),
        ("I am on acid reflux tablets", "I am on acid reflux tablets"),
        ("he does coke at weekends", "he does coke (cocaine) at weekends"),
        ("I drink a can of coke each day", "I drink a can of coke each day"),
        ("is it safe to drink on Zispin", "is it safe to drink (alcohol) on Zispin (mirtazapine)"),
        ("does drinking make it worse", "does drinking (alcohol) make it worse"),
        ("should I drink more water", "should I drink more water"),
        ("how much should I drink each day", "how much should I drink each day"),
        ("is it ok to drink protein shakes", "is it ok to drink protein shakes"),
        ("does drinking coffee help", "does drinking coffee help"),
        ("he hides bottles in the garage", "he hides bottles (alcohol) in the garage"),
        ("I found some empty cans in his room", "I found some empty cans (alcohol) in his room"),
        ("how to stop hiding my empties", "how to stop hiding my empties (alcohol)"),
        ("found empty pill bottles in her bag", "found empty pill bottles in her bag"),
        ("he hoards and hides bottles everywhere", "he hoards and hides bottles everywhere"),
        ("found bottles of perfume", "found bottles of perfume"),
    ],
)
def test_a_brand_brings_its_substance_and_a_drink_its_alcohol(question: str, read: str) -> None:
    assert with_generic_names(question) == read


def test_the_brand_itself_is_not_asked_for() -> None:
    question = with_generic_names("does Prozac make you sleepy")
    assert brands_beside_substances(words(question)) == {"prozac"}
    assert "prozac" not in AskedWords.of(question, lambda _: 1.0).weights
    assert "prozac" in AskedWords.of("does Prozac make you sleepy", lambda _: 1.0).weights


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("is bipolar hereditary", "Many genes are involved in bipolar disorder."),
        ("can my kids have it", "Children can have it too."),
        ("is it ok to drink (alcohol)", "Alcohol is not advised."),
        ("is there a cure", "Treatment helps most people."),
    ],
)
def test_what_is_asked_in_one_word_is_met_in_the_words_of_sources(question: str, told: str) -> None:
    asked = AskedWords.of(question, lambda _: 1.0)
    assert asked.covered(frozenset(content_stems(told))) == 1
    assert asked.covered(frozenset(content_stems("Nobody says so."))) == 0
