"""The one interface of a retrieval arm: dense, lexical, graph, or yours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, Self

from rag.encoders.base import Encoder, Vectors
from rag.retrieval.clauses import clauses


@dataclass(frozen=True, slots=True)
class Query:
    """A question with what every arm needs of it: its text and its unit vector (dimensions,).

    `clauses`: unit vectors of its parts, (parts, dimensions), where it is long and has several.
    """

    text: str
    vector: Vectors
    clauses: Vectors | None = None

    @classmethod
    def of(cls, question: str, encoder: Encoder) -> Self:
        """The question and its parts, encoded."""
        told = clauses(question)
        vector = encoder.encode([question])[0]
        return cls(question, vector, encoder.encode(told) if told else None)


class Arm(Protocol):
    """Finds passages by one kind of signal."""

    name: str

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, score), best first; higher is better.

        Passages of `excluded_sources` never appear, and do not use up `top_k` places.
        """
        ...
