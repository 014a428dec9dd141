"""The lexical arm: passages that share telling words with the question, by BM25."""

from __future__ import annotations

from collections.abc import Collection

from rag.index.version import IndexVersion
from rag.retrieval.arm import Query


class LexicalArm:
    """Ranks by BM25 over the stems of an index version."""

    name = "lexical"

    def __init__(self, version: IndexVersion) -> None:
        self._version = version

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, BM25 score above 0), best first."""
        return self._version.lexical(query.text, top_k, excluded_sources)
