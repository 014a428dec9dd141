from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.compose.followup import standalone

TITLES = ["Insomnia", "Panic attacks and panic disorder", "Antidepressants", "Depression"]
PANIC = "What helps with panic attacks?"
DEPRESSION = "What is depression?"


@pytest.mark.parametrize(
    ("earlier", "question", "alone"),
    [
        ([PANIC], "and for teenagers?", "What helps with panic attacks for teenagers?"),
        ([PANIC], "What about insomnia?", "What helps with insomnia?"),
        (["What are the signs of insomnia?"], "how is it treated?", "How is insomnia treated?"),
        ([DEPRESSION], "How long does it last?", "How long does depression last?"),
        ([DEPRESSION], "symptoms?", "Symptoms of depression?"),
        ([DEPRESSION], "Does exercise help?", "Does exercise help (depression)?"),
        ([DEPRESSION], "why?", "Why (depression)?"),
        (
            [DEPRESSION, "how is it treated?"],
            "and in children?",
            "How is depression treated in children?",
        ),
        (["How do antidepressants work?"], "Are they addictive?", "Are antidepressants addictive?"),
    ],
)
def test_the_topic_is_carried_over(earlier: list[str], question: str, alone: str) -> None:
    assert standalone(question, earlier, TITLES) == alone


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        ([], "and for teenagers?"),
        (["hello"], "What is PTSD?"),
        ([DEPRESSION], "What are the signs of insomnia?"),
        ([DEPRESSION], "Is it normal to cry a lot?"),
        ([DEPRESSION], "How do antidepressants work?"),
        ([PANIC], "What is hoarding disorder?"),
        ([PANIC], "Since antidepressants are addictive, how do they work?"),
    ],
)
def test_a_question_with_a_topic_of_its_own_is_left_alone(
    earlier: list[str], question: str
) -> None:
    assert standalone(question, earlier, TITLES) == question


@given(st.lists(st.text(max_size=80), max_size=4), st.text(min_size=1, max_size=80))
def test_any_text(earlier: list[str], question: str) -> None:
    assert standalone(question, earlier, TITLES)
