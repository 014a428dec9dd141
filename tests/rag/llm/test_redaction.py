from __future__ import annotations

import re
import time
from collections.abc import Callable
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import Turn
from rag.llm.pii import find
from rag.llm.redaction import Redaction, open_finder

FOUND = {
    "My name is Anna Kirk and I can't sleep": ["Anna Kirk"],
    "my name is anna": ["anna"],
    "I'm Tom, I feel low": ["Tom"],
    "Hi, this is Priya. I worry a lot.": ["Priya"],
    "Dr Patel gave me sertraline": ["Patel"],
    "my husband John drinks. John shouts.": ["John", "John"],
    "Sarah is my sister": ["Sarah"],
    "What can I do?\nThanks,\nMohammed": ["Mohammed"],
    "write to anna.k+x@mail.example.org": ["anna.k+x@mail.example.org"],
    "ring me on 07700 900123 or +44 20 7946 0958": ["07700 900123", "+44 20 7946 0958"],
    "I live at 12 Oak Street, LS1 4AP": ["12 Oak Street", "LS1 4AP"],
    "I live in Leeds": ["Leeds"],
    "my NHS number is 943 476 5919": ["943 476 5919"],
    "my patient number is: # AB-1234567": ["AB-1234567"],
    "my half-Irish friend, Mary-Jane O'Brien is my cousin": ["Mary-Jane O'Brien"],
    "Mary-Jane O'Brien is my cousin": ["Mary-Jane O'Brien"],
    "SSN 078-05-1120": ["078-05-1120"],
    "born on 3/4/1990": ["3/4/1990"],
    "see www.example.org/me": ["www.example.org/me"],
}
NOTHING = [
    "What helps with panic attacks?",
    "I'm Depressed and I am British",
    "Does Cognitive Behavioural Therapy help with OCD?",
    "Is Obsessive Compulsive Disorder my daughter's illness?",
    "In 2019-2020 I took 50 mg of sertraline twice a day",
    "I am 34 and I'm tired",
    "Is my GP right about CBT?",
    "My therapist says ADHD",
    "My passport is somewhere at home, and I am 34",
]


@pytest.mark.parametrize("text", FOUND)
def test_what_identifies_is_found(text: str) -> None:
    assert [text[f.start : f.end] for f in find(text)] == FOUND[text]


@pytest.mark.parametrize("text", NOTHING)
def test_what_does_not_identify_stays(text: str) -> None:
    assert find(text) == []


def test_one_person_has_one_placeholder_through_a_conversation() -> None:
    redaction = Redaction()
    turns = redaction.hide_turns(
        [Turn("user", "Kim drinks."), Turn("user", "My friend Kim Reed drinks. Kim Reed!")]
    )
    assert "Kim" not in turns[0].text + turns[1].text
    (name,) = set(re.findall(r"PERSON_\d", turns[1].text))
    assert redaction.restore(f"{name} may need help.") == "Kim Reed may need help."


def test_what_was_learnt_is_hidden_in_later_texts() -> None:
    redaction = Redaction()
    redaction.learn("My friend Kim Reed (kim@example.org) drinks.")
    assert redaction.hide("Does Kim need help?") == "Does PERSON_1 need help?"
    assert redaction.hide("Ask Reed, kim@example.org") == "Ask PERSON_1, EMAIL_1"
    assert redaction.hide("Kimberley reads.") == "Kimberley reads."


def test_a_placeholder_from_nowhere_is_left_as_it_is() -> None:
    assert Redaction().restore("PERSON_7 and EMAIL 2") == "PERSON_7 and EMAIL 2"


@given(st.text(max_size=200))
def test_what_was_hidden_comes_back(text: str) -> None:
    redaction = Redaction()
    if not re.search(r"(?:PERSON|PLACE|PHONE|EMAIL|LINK|DATE|ID)[_ ]\d", text):
        assert redaction.restore(redaction.hide(text)) == text


@pytest.mark.parametrize("text", ["a" * 4000, "A" * 4000, "A " * 2000, "1 " * 2000, "-" * 4000])
def test_nothing_takes_long(text: str) -> None:
    began = time.process_time()
    find(text)
    assert time.process_time() - began < 5


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize(
    ("start", "unit"),
    [("", "Aa'"), ("", "id "), ("id", " is"), ("Anna", " "), ("", "@ab "), ("", "call me Xyz\n")],
)
def test_a_text_twice_as_long_takes_twice_as_long(start: str, unit: str) -> None:
    once, twice = (start + unit * (size // len(unit)) for size in (8_000, 16_000))
    assert _seconds(lambda: find(twice)) < 3 * _seconds(lambda: find(once)) + 0.2


def test_a_conversation_twice_as_long_takes_twice_as_long() -> None:
    def hide(count: int) -> None:
        turns = [
            Turn("user", " ".join(f"@name{turn}x{n}" for n in range(300))) for turn in range(count)
        ]
        hidden = Redaction().hide_turns(turns)
        assert "@" not in " ".join(turn.text for turn in hidden)

    hide(1)
    assert _seconds(lambda: hide(16)) < 3 * _seconds(lambda: hide(8)) + 0.2


def _english_model() -> bool:
    if find_spec("presidio_analyzer") is None:
        return False
    from spacy.util import get_installed_models

    return any(name.startswith("en_") for name in get_installed_models())


@pytest.mark.skipif(
    not _english_model(), reason="pip install 'plumbline[pii]' and an English model of spaCy"
)
def test_presidio_finds_a_name_that_nothing_introduces_and_the_rules_still_count() -> None:
    finder = open_finder("presidio")
    text = "Yesterday Michael Brown shouted at everyone. Ring me on 07700 900123."
    assert find(text)[0].kind == "PHONE"  # the rules alone miss the name
    hidden = Redaction(finder).hide(text)
    assert "Michael" not in hidden
    assert "Brown" not in hidden
    assert "900123" not in hidden
    question = "Does cognitive behavioural therapy help with panic attacks?"
    assert Redaction(finder).hide(question) == question
