"""The dense arm: passages near in meaning, by the cosine of their vector and the question's."""

from __future__ import annotations

from collections.abc import Collection

from rag.index.version import IndexVersion
from rag.retrieval.arm import Query


class DenseArm:
    """Ranks by cosine over the vectors of an index version."""

    name = "dense"

    def __init__(self, version: IndexVersion) -> None:
        self._version = version

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, cosine), best first."""
        return self._version.dense(query.vector, top_k, excluded_sources)
