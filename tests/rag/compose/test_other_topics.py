"""Sources on another medicine or another disorder stay out of an answer."""

from __future__ import annotations

import pytest

from rag.compose.other_topics import on_topic
from rag.model import Evidence, Hit, Passage, Source, sha256_text

NAMES = {"panic": "panic disorder", "depression": "depression", "ptsd": "ptsd"}


def disorders_in(text: str) -> frozenset[str]:
    return frozenset(key for key, name in NAMES.items() if name in text.lower())


def evidence(title: str, text: str) -> Evidence:
    passage = Passage(
        title, title, text, (title,), 0, len(text), (), ((0, len(text)),), sha256_text(text)
    )
    return Evidence(Hit(title, 1.0), passage, Source(title, title, "P", sha256_text(text)))


HALOPERIDOL = evidence("Haloperidol", "Haloperidol can disturb the heart rhythm.")
PANIC = evidence("Panic disorder", "A panic attack can make the heart race.")
PANIC_TOO = evidence("Panic disorder", "Depression often comes with panic attacks.")
GRIEF = evidence("Grief and bereavement", "Tell a child plainly that somebody has died.")
SUICIDE = evidence("Bereaved by suicide", "Tell the child that nobody is to blame.")
SMALL = evidence("Young children: everyday worries of parents", "Toddlers may bang their heads.")
PRISON = evidence("Prison and mental health", "Many people in prison sleep badly.")
VETERANS = evidence("Veterans and mental health", "Crowds and noise can be hard to bear.")
WORK = evidence("Work and mental health", "You need not tell an employer about an illness.")


@pytest.mark.parametrize(
    ("question", "found", "kept"),
    [
        ("my heart races at night", [PANIC, HALOPERIDOL], [PANIC]),
        ("does haloperidol make the heart race", [PANIC, HALOPERIDOL], [PANIC, HALOPERIDOL]),
        ("which medicines upset the heart", [PANIC, HALOPERIDOL], [PANIC, HALOPERIDOL]),
        ("can I be fired for depression", [WORK, PANIC], [WORK]),
        ("does depression come with panic", [PANIC, PANIC_TOO], [PANIC_TOO]),
        ("how do I tell my child that grandpa died", [GRIEF, SUICIDE], [GRIEF]),
        (
            "how do I tell my child that grandpa took his own life",
            [GRIEF, SUICIDE],
            [GRIEF, SUICIDE],
        ),
        ("is my heart all right", [HALOPERIDOL], [HALOPERIDOL]),
        ("Dad banged his head and snaps at us", [SMALL, WORK], [WORK]),
        ("Dad says our toddler bangs his head", [SMALL, WORK], [SMALL, WORK]),
        ("banging the head when cross", [SMALL, WORK], [SMALL, WORK]),
        ("why can't I sleep at night", [PANIC, PRISON, VETERANS], [PANIC]),
        ("my son sleeps badly since jail", [PANIC, PRISON, VETERANS], [PANIC, PRISON]),
        ("he jumps since his second tour", [PANIC, PRISON, VETERANS], [PANIC, VETERANS]),
        ("I sleep badly", [PRISON, PRISON, PRISON, PANIC], [PANIC]),
        ("I sleep badly", [PRISON], []),
        (
            "since they let him out he sleeps badly and starts at each noise in the hall",
            [PRISON, PRISON, PRISON, PANIC],
            [PRISON, PRISON, PRISON, PANIC],
        ),
    ],
)
def test_only_what_is_on_the_topic_may_answer(
    question: str, found: list[Evidence], kept: list[Evidence]
) -> None:
    assert on_topic(question, found, disorders_in) == kept


def test_the_source_in_which_most_was_found_is_not_shut_out_by_a_name() -> None:
    names = {"worry": "stop worrying", "health": "health anxiety"}

    def named(text: str) -> frozenset[str]:
        return frozenset(key for key, name in names.items() if name in text.lower())

    health = [evidence("Health anxiety", f"{n} Many search for symptoms.") for n in range(3)]
    question = "I can't stop worrying, I google every symptom"
    assert on_topic(question, [*health, WORK], named) == [*health, WORK]
    assert on_topic(question, [WORK, *health], named) == [WORK]
    assert on_topic(question, [*health[:2], WORK], named) == [WORK]
