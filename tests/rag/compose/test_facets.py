"""Which parts of a topic a question asks about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.compose.facets import Facet, facets_of_heading, facets_of_question


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("What is panic disorder?", {Facet.DEFINITION}),
        ("What are the signs of OCD and how is it treated?", {Facet.SYMPTOMS, Facet.TREATMENT}),
        ("What is BPD and can it be treated?", {Facet.DEFINITION, Facet.TREATMENT}),
        ("When should I see a doctor about worry?", {Facet.SEEKING_HELP}),
        ("How do I help my friend with depression?", {Facet.HELPING_OTHERS}),
        ("how do I tell my mum I am low", set()),
        ("I gamble and my wife does not know", set()),
        ("I have been lying to my husband about my drinking", set()),
        ("i hide it from my wife that i gamble", set()),
        ("my husband is lying to me about drinking", {Facet.HELPING_OTHERS}),
        ("How common is PTSD?", {Facet.PREVALENCE}),
        ("what happens if i take too much sertraline", {Facet.TOO_MUCH}),
        ("i worry too much", set()),
        ("my old dad drinks", {Facet.HELPING_OTHERS}),
        ("can I have a beer on sertraline", {Facet.ALCOHOL}),
        ("is it ok to drive on quetiapine", {Facet.DRIVING}),
        ("is bipolar hereditary", {Facet.CAUSES}),
        ("do I have to drink water with it", set()),
        ("my low sex drive is driving me mad", set()),
        ("my dad passed on two weeks ago", set()),
        ("my dad died in spring", set()),
        ("do i have to work on sundays", set()),
        ("I can't stop eating on quetiapine", set()),
        ("i cant stop crying", set()),
        ("why can't I stop taking diazepam", {Facet.STOPPING}),
        ("how do you stop sertraline", {Facet.STOPPING}),
        ("panic", set()),
    ],
)
def test_a_question_shows_what_it_asks_for(question: str, facets: set[Facet]) -> None:
    assert facets_of_question(question) == facets


@pytest.mark.parametrize(
    ("section", "facet"),
    [
        ("Signs and symptoms", Facet.SYMPTOMS),
        ("Treatment that works", Facet.TREATMENT),
        ("What you can do yourself", Facet.SELF_HELP),
        ("When to get help", Facet.SEEKING_HELP),
        ("Getting urgent help", Facet.TOO_MUCH),
        ("How to help someone", Facet.HELPING_OTHERS),
        ("Common side effects", Facet.SIDE_EFFECTS),
        ("Alcohol and driving", Facet.ALCOHOL),
        ("Alcohol and driving", Facet.DRIVING),
    ],
)
def test_a_section_is_known_by_its_heading(section: str, facet: Facet) -> None:
    assert facet in facets_of_heading(("Any topic", section))


def test_the_title_alone_says_nothing_about_sections() -> None:
    assert facets_of_heading(("Treatment and symptoms",)) == frozenset()


@given(st.text(max_size=500))
def test_never_fails_on_free_text(text: str) -> None:
    assert facets_of_question(text) <= frozenset(Facet)
