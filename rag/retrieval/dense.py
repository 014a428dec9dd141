"""The dense arm: passages near in meaning, by the cosine of their vector and the question's."""

from __future__ import annotations

from collections.abc import Collection

from rag.index.version import IndexVersion
from rag.retrieval.arm import Query
from rag.retrieval.clauses import CLAUSE_DISCOUNT


class DenseArm:
    """Ranks by cosine over the vectors of an index version.

    A passage near to one part of a long question ranks by that part, where it is clearly nearer
    to it than to the whole: "my mum's house is full, how can I help her" is two thoughts.
    """

    name = "dense"

    def __init__(self, version: IndexVersion) -> None:
        self._version = version

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, cosine), best first."""
        found = dict(self._version.dense(query.vector, top_k, excluded_sources))
        for clause in () if query.clauses is None else query.clauses:
            for passage, cosine in self._version.dense(clause, top_k, excluded_sources):
                found[passage] = max(found.get(passage, -1.0), cosine - CLAUSE_DISCOUNT)
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:top_k]
