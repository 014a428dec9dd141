"""The graph in a Neo4j server, versions side by side. Wants the extra `neo4j`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import neo4j

from knowledge_graph.errors import LoadInProgressError, VersionNotLoadedError
from knowledge_graph.schema import GraphData
from knowledge_graph.store import GraphCounts, Removed
from knowledge_graph.stores import neo4j_queries as cypher
from knowledge_graph.stores.keys import sendable
from knowledge_graph.stores.neo4j_connection import (
    Neo4jAddress,
    driver,
    explained,
    not_loaded,
)
from knowledge_graph.stores.neo4j_load import Loader, clear, locked
from knowledge_graph.stores.neo4j_reader import Neo4jReader


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """A version in the server."""

    id: str
    state: str
    """`ready`, `loading` (under way, or killed) or `removing`."""
    readable: bool
    """Whether it is ready and in the format that this release reads."""
    loaded_at_ms: int | None
    """The server's clock, milliseconds since 1970, when it became ready."""
    counts: GraphCounts
    """All 0 until it is ready."""


class Neo4jStore(AbstractContextManager["Neo4jStore"]):
    """Versions of the graph in a server.

    >>> with Neo4jStore(Neo4jAddress("bolt://localhost:7687")) as store:  # doctest: +SKIP
    ...     store.load("0123456789abcdef", data)
    """

    def __init__(self, address: Neo4jAddress) -> None:
        """Connects when it is first used.

        Raises:
            GraphUnavailableError: the address cannot be one of a Neo4j server.
        """
        self._address = address
        self._driver = driver(address)
        self._schema = False

    def load(self, version: str, data: GraphData) -> GraphCounts:
        """See `GraphStore.load`. A version that is ready is left as it is."""
        with self._session() as lock, self._session() as session:
            self._constrain(session)
            with locked(lock, version) as (transaction, state):
                if state != "ready":
                    clear(session, version)
                    counts = Loader(session, version).load(data)
                    transaction.run(
                        cypher.FINISH,
                        version=version,
                        format=cypher.FORMAT,
                        entities=counts.entities,
                        facts=counts.facts,
                        mentions=counts.mentions,
                        passages=counts.passages,
                    ).consume()
                    transaction.commit()
                    return counts
        (ready,) = (status for status in self.statuses() if status.id == version)
        return ready.counts

    def open(self, version: str) -> Neo4jReader:
        """See `GraphStore.open`."""
        return Neo4jReader.connect(self._address, version)

    def remove_passages(self, version: str, passage_ids: Collection[str]) -> Removed:
        """See `GraphStore.remove_passages`. One transaction: all of it happens, or nothing."""
        ids = sendable(passage_ids)
        with self._session() as lock, locked(lock, version) as (transaction, state):
            if state != "ready":
                raise VersionNotLoadedError(not_loaded(self._address, version))
            facts = transaction.run(cypher.FORGET_STATEMENTS, version=version, passages=ids)
            gone = int(facts.single(strict=True)["gone"])
            rest = transaction.run(cypher.FORGET_MENTIONS, version=version, passages=ids)
            row = rest.single(strict=True)
            removed = Removed(gone, int(row["mentions"]), int(row["passages"]))
            transaction.run(
                cypher.RECOUNT,
                version=version,
                facts=removed.facts,
                mentions=removed.mentions,
                passages=removed.passages,
            ).consume()
            transaction.commit()
        return removed

    def versions(self) -> list[str]:
        """See `GraphStore.versions`."""
        return [status.id for status in self.statuses() if status.readable]

    def statuses(self) -> list[VersionStatus]:
        """Every version, unfinished ones too, sorted by id.

        Raises:
            GraphUnavailableError: the server cannot be reached or refuses us.
        """
        with self._session(neo4j.READ_ACCESS) as session:
            rows = session.run(cypher.VERSIONS, format=cypher.FORMAT).values()
        return [_status(row) for row in rows]

    def remove_version(self, version: str) -> None:
        """See `GraphStore.remove_version`. Readers lose it at once, the server in batches.

        Raises:
            LoadInProgressError: another process is loading or removing it.
            GraphUnavailableError: the server cannot be reached or refuses us.
        """
        with self._session() as lock, self._session() as session:
            with locked(lock, version) as (transaction, _):
                transaction.run(cypher.DOOM, version=version).consume()
                transaction.commit()
            with locked(lock, version) as (transaction, _):
                clear(session, version)
                transaction.run(cypher.FORGET, version=version).consume()
                transaction.commit()

    def prune(self, keep: int, active: str) -> list[str]:
        """Removes all versions but `active` and the newest, `keep` in all; returns their ids.
        Those that are under way are left alone, those that stopped half-way are removed.

        Raises:
            GraphUnavailableError: the server cannot be reached or refuses us.
        """
        others = [status for status in self.statuses() if status.id != active]
        others.sort(key=lambda status: (status.readable, status.loaded_at_ms or 0), reverse=True)
        gone = []
        for status in others[keep - 1 :]:
            try:
                self.remove_version(status.id)
            except LoadInProgressError:
                continue
            gone.append(status.id)
        return sorted(gone)

    def close(self) -> None:
        """Closes the connections."""
        self._driver.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _session(self, access: str = neo4j.WRITE_ACCESS) -> Iterator[neo4j.Session]:
        with (
            explained(self._address),
            self._driver.session(
                database=self._address.database, default_access_mode=access
            ) as session,
        ):
            yield session

    def _constrain(self, session: neo4j.Session) -> None:
        """Constraints and indexes, made on first use; making them again changes nothing."""
        if not self._schema:
            for statement in cypher.SCHEMA:
                session.run(statement).consume()
            self._schema = True


def _status(row: Sequence[Any]) -> VersionStatus:
    version, state, readable, loaded_at, *counted = row
    return VersionStatus(
        id=version,
        state=state,
        readable=state == "ready" and bool(readable),
        loaded_at_ms=loaded_at,
        counts=GraphCounts(*(number or 0 for number in counted)),
    )
