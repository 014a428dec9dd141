"""What we tell llama-index's instrumentation. Attach a handler to the root dispatcher, or to
`get_dispatcher("rag.integrations.llama_index")`'s children, to see them."""

from __future__ import annotations

from llama_index.core.instrumentation.events import BaseEvent


class SentenceJudgedEvent(BaseEvent):
    """The gate judged a sentence of somebody's answer."""

    sentence: str
    citations: list[int]
    """1-based numbers of the source nodes it was judged against; empty means all of them."""
    supported: bool
    support: float
    reasons: list[str]

    @classmethod
    def class_name(cls) -> str:
        """Class name."""
        return "PlumblineSentenceJudgedEvent"


class AnswerCheckedEvent(BaseEvent):
    """A whole answer was checked and released, in part or not at all."""

    query: str
    status: str
    kept: int
    dropped: int

    @classmethod
    def class_name(cls) -> str:
        """Class name."""
        return "PlumblineAnswerCheckedEvent"
