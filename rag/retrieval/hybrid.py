"""Question to evidence: arms side by side, sources in force only, one fused list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_graph.store import GraphReader
from rag.encoders.base import Vectors
from rag.errors import IndexUnavailableError, NotFoundError, SettingsError
from rag.index.graph_store import close_reader, open_reader
from rag.index.version import IndexVersion
from rag.model import Evidence, EvidenceGrade, Hit, Passage
from rag.retrieval.arm import Arm, Query
from rag.retrieval.brands import BrandsArm
from rag.retrieval.dense import DenseArm
from rag.retrieval.duplicates import merged
from rag.retrieval.fusion import WEIGHTS, fuse
from rag.retrieval.graph import GraphArm
from rag.retrieval.lexical import LexicalArm
from rag.retrieval.parallel import ArmRunner
from rag.retrieval.policy import excluded_sources, last_dated
from rag.retrieval.second_look import SecondLook, shipped_weights
from rag.settings import Settings

# Fused hits looked at for each place in the result: near-duplicates and ties are settled here.
_CANDIDATES_PER_PLACE = 4
# Fused scores that agree to this many decimals are a tie, which the evidence grade breaks.
_TIE_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found, best first; the arms that were left out; and the question's unit vector.

    `clauses`: (parts, d), of the parts of a long question; None where it has none.
    """

    evidence: tuple[Evidence, ...]
    degraded: tuple[str, ...]
    vector: Vectors
    clauses: Vectors | None = None

    @property
    def vectors(self) -> Vectors:
        """(1 + parts, d): of the whole question first."""
        whole = self.vector[None]
        return whole if self.clauses is None else np.vstack([whole, self.clauses])


def default_arms(version: IndexVersion, settings: Settings, reader: GraphReader) -> tuple[Arm, ...]:
    """All arms of `version`: dense, lexical, brands, and the graph over `reader`."""
    graph = GraphArm(version, reader, settings.graph.timeout_s)
    return DenseArm(version), LexicalArm(version), graph, BrandsArm(version)


class HybridRetriever:
    """Finds evidence for a question in one index version. Threads may share it.

    >>> with IndexVersion.open(Path("indexes")) as version:  # doctest: +SKIP
    ...     HybridRetriever(version, Settings()).retrieve("What is panic disorder?", top_k=3)
    """

    def __init__(
        self,
        version: IndexVersion,
        settings: Settings,
        arms: Sequence[Arm] | None = None,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> None:
        """`arms`: those to ask; by default all that `version` has.
        `weights`: what each arm counts, by its name.

        Raises:
            SettingsError: two arms have one name.
            MissingExtraError, GraphStoreError: the settings name a graph store that cannot be
                used. One that is only down is no error: the graph arm is then left out.
        """
        self._reader = open_reader(version, settings.graph)
        chosen = default_arms(version, settings, self._reader) if arms is None else arms
        self._arms = {arm.name: arm for arm in chosen}
        if len(self._arms) != len(chosen):
            raise SettingsError("Two retrieval arms have one name: give each a name of its own")
        self._version = version
        self._weights = dict(weights)
        self._depth = settings.retrieval.depth
        self._policy: tuple[dt.date | None, dt.date, frozenset[str]] | None = None
        learnt = shipped_weights(version.encoder.sha256)
        self._second_look = SecondLook(version, learnt) if learnt else None
        self._runner = ArmRunner(self._arms, settings.retrieval.deadline_s)

    def retrieve(
        self,
        question: str,
        *,
        top_k: int,
        as_of: dt.date | None = None,
        arms: Collection[str] | None = None,
    ) -> Retrieval:
        """The best `top_k` passages from sources in force, or fewer where fewer are found.

        Passages are ordered by fused score; where that ties, by evidence grade, then by the later
        review or publication. Of near-duplicates the best source's is kept.

        Args:
            as_of: the day whose sources count; None is today.
            arms: names of the arms to ask; None asks all.

        Raises:
            SettingsError: `top_k` is below 1, or an arm's name is unknown.
            IndexUnavailableError: no arm gave a result.
        """
        if top_k < 1:
            raise SettingsError(f"top_k is {top_k}, but must be at least 1")
        names = self._names(arms)
        query = Query.of(question, self._version.encoder)
        excluded = self._excluded(as_of)
        depth = max(self._depth, top_k * _CANDIDATES_PER_PLACE)
        found, failed = self._runner.run(names, query, depth, excluded)
        if not found:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in sorted(failed.items()))
            raise IndexUnavailableError(
                f"No retrieval arm gave a result ({reasons}). Check the index with "
                "`rag index verify`; if arms are slow, raise RAG_RETRIEVAL__DEADLINE_S"
            )
        fused = fuse(found, depth, self._weights)
        if self._second_look is not None:
            fused = self._second_look.reordered(query, fused, found)
        hits, stale = self._known(fused, top_k * _CANDIDATES_PER_PLACE)
        evidence = sorted(self._evidence(hits, excluded), key=_order)
        degraded = tuple(sorted(failed.keys() | stale))
        return Retrieval(merged(evidence, top_k), degraded, query.vector, query.clauses)

    @property
    def graph(self) -> GraphReader:
        """The graph, in the store that the settings name."""
        return self._reader

    def close(self) -> None:
        """Closes connections to a graph store; the version stays open."""
        close_reader(self._reader, self._version)

    def _excluded(self, as_of: dt.date | None) -> frozenset[str]:
        today = dt.date.today()
        known = self._policy
        if known is None or known[:2] != (as_of, today):
            # One tuple, so that no thread ever sees a day with another day's sources.
            known = (as_of, today, excluded_sources(self._version.sources(), as_of))
            self._policy = known
        return known[2]

    def _names(self, arms: Collection[str] | None) -> tuple[str, ...]:
        names = tuple(self._arms) if arms is None else tuple(dict.fromkeys(arms))
        unknown = [name for name in names if name not in self._arms]
        if unknown or not names:
            there = ", ".join(sorted(self._arms))
            what = f"no arm is called {unknown[0]!r}" if unknown else "no arm was named"
            raise SettingsError(f"{what[0].upper()}{what[1:]}. The arms are: {there}")
        return names

    def _known(self, hits: Sequence[Hit], most: int) -> tuple[list[tuple[Hit, Passage]], set[str]]:
        """The first `most` hits that this version holds, and the arms that gave others.

        An arm with data of its own, such as a graph, may have been filled from another version.
        """
        try:
            first = hits[:most]
            passages = self._version.passages([hit.passage_id for hit in first])
            return list(zip(first, passages, strict=True)), set()
        except NotFoundError:
            found = [(hit, self._passage(hit.passage_id)) for hit in hits]
        stale = {name for hit, passage in found if passage is None for name in hit.arms}
        return [(hit, passage) for hit, passage in found if passage is not None][:most], stale

    def _passage(self, passage_id: str) -> Passage | None:
        try:
            return self._version.passage(passage_id)
        except NotFoundError:
            return None

    def _evidence(
        self, hits: Sequence[tuple[Hit, Passage]], excluded: Collection[str]
    ) -> Iterator[Evidence]:
        for hit, passage in hits:
            # Arms leave these out themselves; one that does not must not undo a withdrawal.
            if passage.source_id not in excluded:
                yield Evidence(hit, passage, self._version.source(passage.source_id))


def _order(evidence: Evidence) -> tuple[float, EvidenceGrade, int, str]:
    score = round(evidence.hit.score, _TIE_DECIMALS)
    return -score, evidence.source.grade, -last_dated(evidence.source), evidence.hit.passage_id
