"""Anybody's llama-index retriever as a retrieval arm: its nodes are evidence for the question."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore

from rag.encoders.base import Encoder, Vectors
from rag.errors import NotFoundError
from rag.index.manifest import Manifest
from rag.index.version import IndexVersion
from rag.integrations.llama_index.nodes import node_passage
from rag.model import Passage, Source
from rag.retrieval.arm import Query

# Guests kept, so that the passages of a released answer can still be looked up for a while.
_MOST_GUESTS = 10_000
_NO_LENGTH = 1e-9
_MOST_ENCODED = 64  # of one question, and asked for several times


class VersionWithGuests(IndexVersion):
    """An index version that also knows the passages which guests brought for recent questions.

    Threads may share it.
    """

    def __init__(self, folder: Path, manifest: Manifest, encoder: Encoder) -> None:
        """Use `open`, as for any version."""
        super().__init__(folder, manifest, encoder)
        self._guests: OrderedDict[str, Passage] = OrderedDict()
        self._guest_sources: OrderedDict[str, Source] = OrderedDict()
        self._lock = Lock()
        self._encoded = lru_cache(maxsize=_MOST_ENCODED)(
            lambda guest: self.encoder.encode(guest.sentence_texts())
        )

    def take_in(self, passage: Passage, source: Source) -> None:
        """Remembers a guest; those longest unused go when there are too many."""
        with self._lock:
            self._guests[passage.id] = passage
            self._guests.move_to_end(passage.id)
            # A source is touched with each of its passages, so it never goes before them.
            self._guest_sources[source.id] = source
            self._guest_sources.move_to_end(source.id)
            if len(self._guests) > _MOST_GUESTS:
                self._guests.popitem(last=False)
            if len(self._guest_sources) > _MOST_GUESTS:
                self._guest_sources.popitem(last=False)

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id, the version's or a guest's. Raises NotFoundError."""
        return self._guest(passage_id) or super().passage(passage_id)

    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """The passages, in the order asked. Raises NotFoundError."""
        return [self.passage(passage_id) for passage_id in passage_ids]

    def source(self, name: str) -> Source:
        """The source called `name`. Raises NotFoundError."""
        with self._lock:
            guest = self._guest_sources.get(name)
        return guest or super().source(name)

    def sentence_vectors(self, passage_id: str) -> Vectors:
        """float32, shape (sentences of the passage, dimensions). Raises NotFoundError."""
        guest = self._guest(passage_id)
        if guest is None:
            return super().sentence_vectors(passage_id)
        return self._encoded(guest)

    def passage_vector(self, passage_id: str) -> Vectors:
        """float32, shape (dimensions,). Raises NotFoundError."""
        guest = self._guest(passage_id)
        if guest is None:
            return super().passage_vector(passage_id)
        # Not of its whole text: a guest may be longer than what the encoder reads at once.
        mean: Vectors = self._encoded(guest).mean(axis=0)
        unit: Vectors = mean / max(float(np.linalg.norm(mean)), _NO_LENGTH)
        return unit

    def holds(self, passage_id: str) -> bool:
        """Whether the index version itself, not a guest, has this passage."""
        try:
            super().passage(passage_id)
        except NotFoundError:
            return False
        return True

    def _guest(self, passage_id: str) -> Passage | None:
        with self._lock:
            return self._guests.get(passage_id)


class RetrieverArm:
    """Implements `Arm` with a `BaseRetriever` over any vector store.

    Its nodes become passages of grade D for the question; a node that our own retriever made
    counts as the passage that it is. Sources that the index leaves out stay out.
    """

    def __init__(
        self, retriever: BaseRetriever, version: VersionWithGuests, name: str = "llama_index"
    ) -> None:
        """`version`: where the nodes are kept as passages."""
        self.name = name
        self._retriever = retriever
        self._version = version

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, score), best first.

        Scores are the retriever's; where it gives none, or they do not fall, 1/rank.
        """
        nodes = [n for n in self._retriever.retrieve(query.text) if n.node is not None][:top_k]
        found: list[tuple[str, float]] = []
        for scored, score in zip(nodes, _scores(nodes), strict=True):
            passage_id = self._passage_id(scored, excluded_sources)
            if passage_id:
                found.append((passage_id, score))
        return found

    def _passage_id(self, scored: NodeWithScore, excluded: Collection[str]) -> str:
        """The id under which the node is evidence; empty when it cannot be."""
        node = scored.node
        if self._version.holds(node.node_id):
            return "" if self._version.passage(node.node_id).source_id in excluded else node.node_id
        made = node_passage(node)
        if made is None:
            return ""
        self._version.take_in(*made)
        return made[0].id


def _scores(nodes: Sequence[NodeWithScore]) -> list[float]:
    given = [n.score for n in nodes]
    if all(score is not None for score in given):
        known = [float(score) for score in given if score is not None]
        # Some stores give distances, where less is better; the order is always best first.
        if known == sorted(known, reverse=True):
            return known
    return [1.0 / rank for rank in range(1, len(nodes) + 1)]
