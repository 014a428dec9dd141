"""What a graph store must do: narrow, so that a file and a Neo4j server can both do it.

Readers see whole versions only: a version that is half loaded does not exist. Walks of one and
two hops are `knowledge_graph.expansion`, written once over `neighbours`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from knowledge_graph.schema import Entity, Fact, GraphData, Relation


@dataclass(frozen=True, slots=True)
class GraphCounts:
    """How much a version holds."""

    entities: int
    facts: int
    mentions: int
    passages: int


@dataclass(frozen=True, slots=True)
class Removed:
    """What went with some passages: the facts that only they stated, and their mentions."""

    facts: int
    mentions: int
    passages: int


class GraphReader(Protocol):
    """Reads one version of the graph. Threads may share it.

    Every method takes `deadline_s`: seconds after which it gives up. All raise
    `GraphUnavailableError` when the store cannot answer in that time, and
    `VersionNotLoadedError` when it does not hold the version. An unknown key is no error: it has
    no entity, no facts and no passages.
    """

    version: str
    """Id of the index version that this reads."""

    def entities(self, keys: Sequence[str], *, deadline_s: float) -> dict[str, Entity]:
        """Those of `keys` that exist."""
        ...

    def neighbours(
        self,
        keys: Sequence[str],
        *,
        relations: Collection[Relation],
        limit: int,
        deadline_s: float,
    ) -> dict[str, list[Fact]]:
        """The clinical Facts that touch each of `keys`, either end, of the given types.

        At most `limit` a key: by `strength` downwards, then by relation, by the key of the other
        end, by origin, and those whose subject `key` is first, so that every store cuts off the
        same ones.
        """
        ...

    def facts_between(self, a: str, b: str, *, deadline_s: float) -> list[Fact]:
        """Every clinical Fact with these two ends, in either direction, sorted by identity."""
        ...

    def passages(
        self, keys: Sequence[str], *, limit: int, deadline_s: float
    ) -> dict[str, list[tuple[str, float]]]:
        """(passage id, weight of the mention) for each of `keys`: at most `limit`, by weight
        downwards, then by passage id."""
        ...

    def counts(self, *, deadline_s: float) -> GraphCounts:
        """How much the version holds."""
        ...

    def close(self) -> None:
        """Lets go of files and connections."""
        ...


class GraphStore(Protocol):
    """Holds versions of the graph side by side."""

    def load(self, version: str, data: GraphData) -> GraphCounts:
        """Loads a version in batches; it exists once all of it is in. A load that was killed
        leaves nothing that a reader sees, and running it again completes it.

        Raises:
            LoadInProgressError: another process is loading it.
            GraphUnavailableError: the store cannot be reached or refuses us.
            GraphDataError: `data` contradicts itself (a Fact with an unknown end).
        """
        ...

    def open(self, version: str) -> GraphReader:
        """A reader of `version`. Its own calls find out whether the store holds it."""
        ...

    def remove_passages(self, version: str, passage_ids: Collection[str]) -> Removed:
        """Takes passages out: their mentions, their ids in Facts, and exactly the curated,
        extracted and imported Facts that no other passage states. Ontology Facts stay."""
        ...

    def versions(self) -> list[str]:
        """Ids of the versions that are loaded in full, sorted."""
        ...

    def remove_version(self, version: str) -> None:
        """Removes a version, in batches. One that is not there is no error."""
        ...

    def close(self) -> None:
        """Lets go of files and connections."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...
