"""Personalised PageRank over the entity-passage graph (HippoRAG 2, Gutiérrez et al. 2025), as an
arm to measure beside the walk that the engine takes: `bench/graph_retrieval.py --pagerank`."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from knowledge_graph.intent import needs_a_walk, relation_weights
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query

DAMPING = 0.5
ROUNDS = 20


class PageRankArm:
    """Ranks passages by where a random walker is who starts again at the question's entities."""

    name = "graph"

    def __init__(self, version: IndexVersion) -> None:
        self._version = version
        data = version.graph.reader.data()
        keys = [e.key for e in data.entities] + list(data.passages)
        self._at = {key: number for number, key in enumerate(keys)}
        self._keys = keys
        edges: list[tuple[int, int, float, str]] = []
        for fact in data.facts:
            ends = self._at[fact.subject], self._at[fact.object]
            edges.append((*ends, fact.strength, fact.relation.value))
            for passage in fact.passages:
                edges += [(end, self._at[passage], fact.strength, "") for end in ends]
        edges += [(self._at[m.entity], self._at[m.passage], m.weight, "") for m in data.mentions]
        self._from = np.array([e[0] for e in edges] + [e[1] for e in edges])
        self._to = np.array([e[1] for e in edges] + [e[0] for e in edges])
        self._weight = np.array([e[2] for e in edges] * 2)
        self._relation = np.array([e[3] for e in edges] * 2)

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        links = self._version.graph.linker.link(query.text, query.vector)
        if not needs_a_walk(query.text, links):
            return []
        asked = {r.value: w for r, w in relation_weights(query.text).items()} | {"": 1.0}
        names, inverse = np.unique(self._relation, return_inverse=True)
        weight = self._weight * np.array([asked[name] for name in names])[inverse]
        out = np.bincount(self._from, weight, len(self._keys))
        share = weight / np.maximum(out[self._from], 1e-12)
        start = np.zeros(len(self._keys))
        for link in links:
            start[self._at[link.key]] += link.confidence
        start /= start.sum()
        rank = start
        for _ in range(ROUNDS):
            moved = np.bincount(self._to, share * rank[self._from], len(self._keys))
            rank = DAMPING * start + (1 - DAMPING) * moved
        first = len(self._keys) - len(self._version._rows)
        scores = {self._keys[n]: float(rank[n]) for n in np.flatnonzero(rank > 0) if n >= first}
        allowed = self._version.in_force(scores, excluded_sources)
        return [(p, scores[p]) for p in sorted(allowed, key=lambda p: (-scores[p], p))[:top_k]]
