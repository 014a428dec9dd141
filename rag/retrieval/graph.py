"""The graph arm: from the entities of a question, over typed Facts, to the passages that state
them.

A walk of two hops, each step weighted by the type of its Fact and by whether the question asks
after that type. Beside it BM25 looks for the question's words once more, together with the names
that the graph gives them: "Zoloft" is also sertraline, an SSRI. What the nearest passages name, and
the question does not, are further places to start from (`bridges.py`). The walk was measured beside
personalised PageRank over the entity-passage graph (HippoRAG 2, Gutiérrez et al. 2025): see
`docs/graph.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from knowledge_graph.expansion import Reached, walks
from knowledge_graph.intent import needs_a_walk, relation_weights
from knowledge_graph.schema import Origin, Relation
from knowledge_graph.store import GraphReader
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query
from rag.retrieval.bridges import Bridges

HOPS, FAN_OUT, FRONTIER = 2, 48, 12
_REACHED = 60  # entities whose passages are looked at
_MENTIONED = 12  # passages of one entity, the most telling ones
_FACT_SHARE = 1.0  # a passage that states a Fact of the walk
_MENTION_SHARE = 0.8  # a passage that names an entity of the walk
_WORDS_SHARE = 0.3  # BM25 of the question with more names, its best as a share of the walk's best
_WORDED = 60  # passages that BM25 gives
_NORM = 3.0
_COVER = 0.5
_STATING = 0.5  # how fast a Fact that many passages state stops telling them apart
_UP = frozenset({Relation.IN_CLASS, Relation.IS_A})


class GraphArm:
    """Ranks passages by the Facts and entities that lead to them from the question's entities."""

    name = "graph"

    def __init__(self, version: IndexVersion, reader: GraphReader, deadline_s: float) -> None:
        """`reader`: the graph of `version`, in whatever store. `deadline_s`: for one question."""
        self._version = version
        self._reader = reader
        self._deadline_s = deadline_s
        self._bridges = Bridges(version)

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, score above 0), best first; nothing where the graph knows
        no more of the question than its words say (`needs_a_walk`).

        Raises:
            GraphUnavailableError: the store is down, or slower than the deadline.
        """
        links = self._version.graph.linker.link(query.text, query.vector)
        if links and not needs_a_walk(query.text, links):
            return []
        seeds = {link.key: link.confidence for link in links}
        seeds |= self._bridges.between(query, links, top_k, excluded_sources)
        if not seeds:
            return []
        found = self._walks(query.text, seeds)
        scores = self._passages(found)
        best = max(scores.values(), default=0.0)
        for passage, share in self._worded(query.text, found, excluded_sources):
            scores[passage] = scores.get(passage, 0.0) + _WORDS_SHARE * best * share
        allowed = self._version.in_force(scores, excluded_sources)
        ranked = sorted(allowed, key=lambda passage: (-scores[passage], passage))
        return [(passage, scores[passage]) for passage in ranked[:top_k]]

    def _walks(self, question: str, seeds: Mapping[str, float]) -> list[list[Reached]]:
        found = walks(
            self._reader,
            seeds,
            weights=relation_weights(question),
            hops=HOPS,
            fan_out=FAN_OUT,
            frontier=FRONTIER,
            deadline_s=self._deadline_s,
        )
        return [
            sorted(walk.values(), key=lambda r: (-r.score, r.entity))[:_REACHED]
            for walk in found.values()
        ]

    def _worded(
        self, question: str, found: Sequence[Sequence[Reached]], excluded_sources: Collection[str]
    ) -> list[tuple[str, float]]:
        """(passage id, 0..1) by BM25 of the question with the canonical names of what it names,
        and of the groups that these belong to."""
        keys = dict.fromkeys(
            reached.entity for walk in found for reached in walk if _names_anew(reached)
        )
        # The version's own file: names are the same in every store, and this one is the nearest.
        known = self._version.graph.reader.entities(list(keys), deadline_s=self._deadline_s)
        names = " ".join(dict.fromkeys(known[key].name for key in keys if key in known))
        hits = self._version.lexical(f"{question} {names}", _WORDED, excluded_sources)
        return [(passage, score / hits[0][1]) for passage, score in hits]

    def _passages(self, found: Sequence[Sequence[Reached]]) -> dict[str, float]:
        """The score of each passage: over the seeds, the root of what each seed's walk finds
        there, so that a passage to which two seeds lead goes before one that one seed likes."""
        keys = {reached.entity for walk in found for reached in walk}
        named = self._reader.passages(sorted(keys), limit=_MENTIONED, deadline_s=self._deadline_s)
        total: dict[str, float] = defaultdict(float)
        for walk in found:
            for passage, score in _of_walk(walk, named).items():
                total[passage] += score**_COVER
        return dict(total)


def _names_anew(reached: Reached) -> bool:
    """Whether it is a seed, or a group that a seed is said to belong to, in one step or two."""
    path = reached.path
    if any(fact.relation not in _UP or fact.origin is Origin.ONTOLOGY for fact in path):
        return False
    ends = [fact.subject for fact in path[1:]] + [reached.entity]
    return all(fact.object == end for fact, end in zip(path, ends, strict=False))


def _of_walk(
    walk: Sequence[Reached], named: Mapping[str, Sequence[tuple[str, float]]]
) -> Mapping[str, float]:
    """What one seed's walk finds in each passage: the norm of its Facts and mentions there, so
    that a list of twenty symptoms does not outweigh the one Fact that was asked for."""
    powers: dict[str, float] = defaultdict(float)
    for reached in walk:
        if reached.path:
            fact = reached.path[-1]
            share = _FACT_SHARE * reached.score / max(len(fact.passages), 1) ** _STATING
            for passage in fact.passages:
                powers[passage] += share**_NORM
        for passage, weight in named.get(reached.entity, ()):
            powers[passage] += (_MENTION_SHARE * reached.score * weight) ** _NORM
    return {passage: power ** (1 / _NORM) for passage, power in powers.items()}
