"""What tests of worded answers share: sentences, the chat server's cues, and checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag import Engine
from rag.evaluation.recorded_server import Request
from rag.model import Answer, Sentence

Worded = Callable[..., Any]
PANIC = "What helps with panic attacks?"
BREATHING = "Slow, steady breathing helps many people during a panic attack."
PEAK = "Most panic attacks reach their peak within ten minutes."
COFFEE = "Cutting down on coffee can make panic attacks less likely."
LITHIUM = "Stop lithium abruptly."
GOOD = f"{BREATHING} [1] {COFFEE} [1]"
REWRITE = "did not pass the check"
CONDENSE = "Last question:"
SLACK_S = 20.0  # beyond the LLM's own time; the machine may be busy


def number_of(request: Request, words: str) -> int:
    """The number under which the prompt shows the passage that holds `words`."""
    before = request.text[: request.text.index(words)]
    return int(before.rsplit("\n[", 1)[-1].split("]", 1)[0])


def check(answer: Answer) -> None:
    """What holds of every answer, whatever the LLM did."""
    numbers = {citation.number for citation in answer.citations}
    for sentence in answer.sentences:
        assert sentence.verdict.supported
        assert set(sentence.citations) <= numbers
        assert not set("<>{}|#*`") & set(sentence.text)
    assert "lithium" not in answer.text.lower()


async def streamed(engine: Engine, question: str) -> tuple[list[Sentence], Answer]:
    """What `events` yields."""
    found = [event async for event in engine.events(question)]
    assert isinstance(found[-1], Answer)
    return [event for event in found if isinstance(event, Sentence)], found[-1]
