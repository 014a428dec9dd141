"""A second look at the order of what was found for a question of two steps.

Where the graph speaks, a question wants two passages or more, and the sum of what each arm says of
a whole passage puts the second one too far down. Of the first forty, more is known than their
scores: how near their nearest sentences come, which names and words of the question they hold. A
linear score over that, learnt from questions of two steps (`training/two_steps/fit.py`), puts them
in order (learning to rank, pointwise: Liu 2009, "Learning to rank for information retrieval").
Other questions keep the order of the fusion.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from knowledge_graph.errors import GraphUnavailableError
from rag.errors import CorpusError
from rag.index.version import IndexVersion
from rag.model import Hit
from rag.retrieval.arm import Query
from rag.retrieval.fusion import Ranking

WEIGHTS_NAME = "second_look.json"
LOOKED_AT = 40  # passages
SPEAK_UP = ("graph", "brands")  # the arms that keep silent where the words are enough
FEATURES = (
    "fused",  # the score of the fusion
    "brands",  # 1 for the passage that says whose brand it is
    "graph_place",  # 1 / rank in the graph's ranking; 0 where it is silent on the passage
    "nearest",  # cosine of the question and the nearest sentence
    "asked",  # cosine with the nearest question that the passage is known to answer
    "named",  # share of the entities of the question that the passage names
    "words",  # share of the question's stems in the passage, by idf
    "place",  # 1 / rank after the fusion
)
_MENTIONS = 10_000  # passages of one entity: all
_DEADLINE_S = 1.0

Features = npt.NDArray[np.float64]


class SecondLook:
    """Over one index version. Threads may share it."""

    def __init__(self, version: IndexVersion, weights: Mapping[str, float]) -> None:
        """`weights`: what each of `FEATURES` counts, see `shipped_weights`."""
        self._version = version
        self._weights = np.array([weights[name] for name in FEATURES])

    def reordered(
        self, query: Query, hits: Sequence[Hit], found: Mapping[str, Ranking]
    ) -> list[Hit]:
        """The same hits; the first `LOOKED_AT` of them may have changed places, and with them
        scores: the best passage has the best score. `found`: the rankings that were fused."""
        first, rest = list(hits[:LOOKED_AT]), hits[LOOKED_AT:]
        if not any(found.get(arm) for arm in SPEAK_UP):
            return list(hits)
        known = self._version.in_force([hit.passage_id for hit in first])
        if len(known) < len(first):  # a graph that was filled from another version
            return list(hits)
        try:
            scores = features(self._version, query, first, found) @ self._weights
        except GraphUnavailableError:  # slower than the deadline: the order of the fusion will do
            return list(hits)
        order = np.argsort(-scores, kind="stable")
        moved = [replace(first[i], score=hit.score) for i, hit in zip(order, first, strict=True)]
        return [*moved, *rest]


def shipped_weights(encoder_sha256: str) -> Mapping[str, float] | None:
    """What each of `FEATURES` counts, from the package; None where `encoder_sha256` is not of the
    encoder that they were fitted with, since its cosines mean something else.

    Raises:
        CorpusError: the weights are missing or damaged.
    """
    path = files("rag.retrieval").joinpath(WEIGHTS_NAME)
    try:
        fitted = json.loads(path.read_text("utf-8"))
        if fitted["encoder_sha256"] != encoder_sha256:
            return None
        return {name: float(fitted["weights"][name]) for name in FEATURES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"Cannot read the weights in {path}: {error!r}. Install the package again."
        ) from error


def features(
    version: IndexVersion,
    query: Query,
    hits: Sequence[Hit],
    found: Mapping[str, Ranking],
) -> Features:
    """Shape (hits, len(FEATURES)), of hits that `version` holds."""
    graph = {passage: 1 / n for n, (passage, _) in enumerate(found.get("graph", ()), start=1)}
    brands = {passage for passage, _ in found.get("brands", ())}
    keys = sorted({link.key for link in version.graph.linker.link(query.text, query.vector)})
    named = _named(version, keys)
    stems = {stem: version.idf(stem) for stem in set(version.terms(query.text))}
    rows = []
    for place, hit in enumerate(hits, start=1):
        passage = hit.passage_id
        sentences = version.sentence_vectors(passage)
        asked = version.asked_vectors(passage)
        there = stems.keys() & set(version.terms(version.passage(passage).text))
        rows.append(
            (
                hit.score,
                float(passage in brands),
                graph.get(passage, 0.0),
                float((sentences @ query.vector).max()) if len(sentences) else 0.0,
                float((asked @ query.vector).max()) if len(asked) else 0.0,
                sum(passage in those for those in named) / max(1, len(named)),
                sum(stems[stem] for stem in there) / max(sum(stems.values()), 1e-9),
                1 / place,
            )
        )
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _named(version: IndexVersion, keys: Sequence[str]) -> list[set[str]]:
    """For each entity the passages that name it. The version's own file: it is the nearest."""
    found = version.graph.reader.passages(keys, limit=_MENTIONS, deadline_s=_DEADLINE_S)
    return [{passage for passage, _ in found.get(key, ())} for key in keys]
