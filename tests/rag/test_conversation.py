from __future__ import annotations

from typing import Any

import pytest

from rag.conversation import MOST_TURNS, Turn, read_turns, said_by_user
from rag.errors import QuestionError


def test_turns_and_mappings_are_read() -> None:
    turns = read_turns([Turn("user", "a"), {"role": "assistant", "content": "b\x00\ud800"}], 100)
    assert turns == (Turn("user", "a"), Turn("assistant", "b"))
    assert said_by_user(turns) == ["a"]


def test_a_long_turn_keeps_its_ends() -> None:
    (turn,) = read_turns([Turn("user", "start" + "x" * 1000 + "end")], 100)
    assert turn.text.startswith("start")
    assert turn.text.endswith("end")
    assert len(turn.text) <= 101


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user"}],
        [{"role": "tool", "content": "x"}],
        [{"role": "user", "content": 3}],
        [{"role": "user", "content": "x"}] * (MOST_TURNS + 1),
    ],
)
def test_what_is_no_conversation_is_refused(messages: list[dict[str, Any]]) -> None:
    with pytest.raises(QuestionError):
        read_turns(messages, 100)
