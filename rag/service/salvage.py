"""What a person said in a request that cannot be used as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.conversation import MOST_TURNS, USER, Turn, read_turns, said_by_user
from rag.safety.second_view import Classifier
from rag.safety.triage import Triage, triage

_COUNTRY_CHARS = 60


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The person's words, oldest first, the last of them the question."""

    question: str
    before: tuple[Turn, ...] = ()
    country: str | None = None
    stream: bool = False

    def concern(self, classifier: Classifier) -> Triage:
        """What triage sees in them."""
        return triage([*said_by_user(self.before), self.question], classifier=classifier)

    def as_ask(self) -> dict[str, Any]:
        """A request for /v1/ask."""
        before = [{"role": turn.role, "content": turn.text} for turn in self.before]
        return {"question": self.question, "messages": before, "country": self.country}

    def as_chat(self) -> dict[str, Any]:
        """A request for /v1/chat/completions."""
        turns = [*self.before, Turn(USER, self.question)]
        messages = [{"role": turn.role, "content": turn.text} for turn in turns[-MOST_TURNS:]]
        return {"messages": messages, "country": self.country, "stream": self.stream}


def salvage(body: bytes, max_chars: int) -> Salvaged | None:
    """The words in `body`: those of its fields, or all of it where it is no JSON object.

    `max_chars` cuts the turns before the question, as the engine cuts them. None: no words.
    """
    text = body.decode("utf-8", errors="replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = text
    if not isinstance(data, dict):
        return Salvaged(text) if text.strip() else None
    said = list(_said(data))
    if not said:
        return None
    *before, question = said
    country = data.get("country")
    stated = isinstance(country, str) and len(country) <= _COUNTRY_CHARS
    return Salvaged(
        question,
        read_turns([Turn(USER, each) for each in before[-MOST_TURNS:]], max_chars),
        country if stated else None,
        data.get("stream") is True,
    )


def _said(data: dict[str, Any]) -> Iterator[str]:
    """Messages whose role is not another's, then the question."""
    messages = data.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role", USER) == USER:
            yield from _texts(message.get("content"))
    yield from _texts(data.get("question"))


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        usable = content.encode("utf-8", "ignore").decode("utf-8")  # without lone surrogates
        if usable.strip():
            yield usable
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, dict):
                yield from _texts(part.get("text"))
