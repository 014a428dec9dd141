"""A conversation as the engine takes it: what the person and the engine said so far, in order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import QuestionError

USER = "user"
ASSISTANT = "assistant"
SYSTEM = "system"
_ROLES = (USER, ASSISTANT, SYSTEM)
MOST_TURNS = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `role` is "user", "assistant" or "system"."""

    role: str
    text: str


def read_turns(messages: Iterable[Turn | Mapping[str, Any]], max_chars: int) -> tuple[Turn, ...]:
    """Turns from what a caller holds: `Turn`s, or mappings with "role" and "content".

    A long turn keeps its first and last `max_chars` / 2 characters: none is refused, since
    earlier turns are context and no question.

    Raises:
        QuestionError: too many turns, an unknown role, or content that is no text.
    """
    turns = tuple(_turn(message, max_chars) for message in messages)
    if len(turns) > MOST_TURNS:
        raise QuestionError(
            f"the conversation has {len(turns)} messages and {MOST_TURNS} are allowed: "
            "leave out the oldest"
        )
    return turns


def readable_turns(
    messages: Sequence[Turn | Mapping[str, Any]], max_chars: int
) -> tuple[Turn, ...]:
    """The last turns that can be read, where `read_turns` refuses: a crisis may be among them."""
    found = []
    for message in messages[-MOST_TURNS:]:
        try:
            found.append(_turn(message, max_chars))
        except QuestionError:
            continue
    return tuple(found)


def said_by_user(turns: Sequence[Turn]) -> list[str]:
    """What the person said, oldest first."""
    return [turn.text for turn in turns if turn.role == USER]


def _turn(message: Turn | Mapping[str, Any], max_chars: int) -> Turn:
    given = (
        {"role": message.role, "content": message.text} if isinstance(message, Turn) else message
    )
    role, text = given.get("role"), given.get("content")
    if role not in _ROLES:
        raise QuestionError(f'a message needs a "role" of {", ".join(_ROLES)}')
    if not isinstance(text, str):
        raise QuestionError('a message needs "content" that is text')
    if len(text) > max_chars:
        text = f"{text[: max_chars // 2]}\n{text[-(max_chars // 2) :]}"
    kept = (
        " " if unicodedata.category(c) == "Cc" and c != "\n" else c
        for c in text
        if not 0xD800 <= ord(c) <= 0xDFFF
    )
    return Turn(role, "".join(kept).strip())
