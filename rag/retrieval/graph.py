"""The graph arm: from the entities of a question, over typed Facts, to the passages that state
them.

A walk of two hops, each step weighted by the type of its Fact and by whether the question asks
after that type. It was measured beside personalised PageRank over the entity-passage graph
(HippoRAG 2, Gutiérrez et al. 2025): see `docs/graph.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from knowledge_graph.expansion import Reached, expand
from knowledge_graph.intent import relation_weights
from knowledge_graph.linking import Link
from knowledge_graph.schema import Fact
from knowledge_graph.store import GraphReader
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query

HOPS, FAN_OUT, FRONTIER = 2, 48, 24
_REACHED = 60  # entities whose passages are looked at
_MENTIONED = 12  # passages of one entity, the most telling ones
_FACT_SHARE = 1.0  # a passage that states a Fact of the walk
_MENTION_SHARE = 0.5  # a passage that names an entity of the walk
_STATING = 0.5  # how fast a Fact that many passages state stops telling them apart


class GraphArm:
    """Ranks passages by the Facts and entities that lead to them from the question's entities."""

    name = "graph"

    def __init__(self, version: IndexVersion, reader: GraphReader, deadline_s: float) -> None:
        """`reader`: the graph of `version`, in whatever store. `deadline_s`: for one question."""
        self._version = version
        self._reader = reader
        self._deadline_s = deadline_s

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, score above 0), best first; nothing where the question
        names nothing that the graph knows.

        Raises:
            GraphUnavailableError: the store is down, or slower than the deadline.
        """
        links = self._version.graph.linker.link(query.text, query.vector)
        if not links:
            return []
        reached = self._walk(query.text, links)
        scores = self._passages(reached)
        allowed = self._version.in_force(scores, excluded_sources)
        ranked = sorted(allowed, key=lambda passage: (-scores[passage], passage))
        return [(passage, scores[passage]) for passage in ranked[:top_k]]

    def _walk(self, question: str, links: Sequence[Link]) -> list[Reached]:
        return expand(
            self._reader,
            {link.key: link.confidence for link in links},
            weights=relation_weights(question),
            hops=HOPS,
            fan_out=FAN_OUT,
            frontier=FRONTIER,
            deadline_s=self._deadline_s,
        )[:_REACHED]

    def _passages(self, reached: Sequence[Reached]) -> Mapping[str, float]:
        scores: dict[str, float] = defaultdict(float)
        stated: dict[Fact, float] = {}
        for entity in reached:
            if entity.path:
                fact = entity.path[-1]
                stated[fact] = max(entity.score, stated.get(fact, 0.0))
        for fact, score in stated.items():
            for passage in fact.passages:
                scores[passage] += _FACT_SHARE * score / len(fact.passages) ** _STATING
        found = self._reader.passages(
            [entity.entity for entity in reached], limit=_MENTIONED, deadline_s=self._deadline_s
        )
        for entity in reached:
            for passage, weight in found.get(entity.entity, ()):
                scores[passage] += _MENTION_SHARE * entity.score * weight
        return scores
