"""What a pronoun stands for once the sentence that named it is gone."""

from __future__ import annotations

import pytest

from rag.verify.alignment import Analysed
from rag.verify.antecedents import misplaced, points_outside, what_stands


@pytest.mark.parametrize(
    "text",
    [
        "It also helps sleep.",
        "People can become dependent on them, so courses are kept brief.",
        "In the United States they are sometimes given for a short time.",
        "Some people find that it helps sleep.",
        "Blood tests are needed while taking it.",
        "People who take this medicine need blood tests.",
        "The medicine can cause nausea.",
        "Most people recover from it.",
        "Both help.",
    ],
)
def test_a_word_that_points_out_of_its_sentence_is_seen(text: str) -> None:
    assert points_outside(Analysed.of(text))


@pytest.mark.parametrize(
    "text",
    [
        "Depression is common, but it can be treated.",
        "People may feel that they are dying.",
        "Panic attacks pass, and they do no harm.",
        "If a medicine causes problems, a doctor may change it.",
        "Parents can help children by praising them.",
        "It is wise to ask for help; no carer has to do everything alone.",
        "It is important to talk with a doctor.",
        "A panic attack can make it hard to breathe.",
        "Those who drink a lot need care.",
        "Both therapy and medicine help.",
        "Tics are not a bad habit, and nobody does them to annoy other people.",
        "Help exists, although it can be hard to accept.",
        "Be careful with apps, because most of them have not been well tested.",
        "Withdrawal can make people fear that depression is back, so ask for support.",
    ],
)
def test_a_sentence_that_names_what_it_speaks_of_stands_alone(text: str) -> None:
    assert not points_outside(Analysed.of(text))


PASSAGE = "Exercise lifts mood. Exercise also helps sleep. Sertraline helps anxiety."
MOOD = "Exercise lifts mood."


@pytest.mark.parametrize(
    ("text", "lost", "wrong"),
    [
        ("It also helps sleep.", ["It cures depression."], False),
        ("It also helps anxiety.", ["Sertraline cures depression."], True),
        ("It also helps sleep.", ["Sertraline cures depression."], False),
        ("It also helps sleep.", [], False),
        ("Exercise helps sleep.", ["Sertraline cures depression."], False),
    ],
)
def test_it_must_stand_for_what_the_passage_names(text: str, lost: list[str], wrong: bool) -> None:
    assert misplaced(Analysed.of(text), [PASSAGE], MOOD, lost) is wrong


def test_with_nothing_left_before_it_a_pronoun_stands_for_nothing() -> None:
    assert misplaced(Analysed.of("It also helps sleep."), [PASSAGE], "", ["It cures grief."])


def test_what_stands_and_what_was_lost_since() -> None:
    said = [("a", False), ("b", True), ("c", False), ("d", False)]
    assert what_stands(said) == ("b", ("c", "d"))
    assert what_stands([]) == ("", ())
