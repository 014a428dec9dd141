"""What the engine itself says when it does not answer from a passage."""

from __future__ import annotations

from rag.model import Answer, Dropped, Status

_ABSTENTION = (
    "I can't answer that from my sources, and I won't guess. "
    "A doctor, a pharmacist or a mental-health professional can answer questions about your own "
    "situation. If you asked about mental health, asking in other words may help."
)
_LOOKED_IN_AT_MOST = 5


def abstention(
    question: str,
    searched: tuple[str, ...],
    dropped: tuple[Dropped, ...],
    index_version: str,
    degraded: tuple[str, ...],
) -> Answer:
    """Says plainly that the sources do not hold an answer, what was searched and where to turn."""
    return Answer(
        status=Status.ABSTAINED,
        question=question,
        text=_ABSTENTION,
        dropped=dropped,
        searched=searched[:_LOOKED_IN_AT_MOST],
        index_version=index_version,
        degraded=degraded,
    )


def scope_answer(question: str, note: str) -> Answer:
    """The reply to a question that no source may answer."""
    return Answer(status=Status.OUT_OF_SCOPE, question=question, text=note)
