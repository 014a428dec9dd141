"""Reads one version of the graph from a Neo4j server."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Self

import neo4j

from knowledge_graph.errors import GraphUnavailableError, VersionNotLoadedError
from knowledge_graph.schema import Entity, Fact, Relation
from knowledge_graph.store import GraphCounts
from knowledge_graph.stores import neo4j_queries as cypher
from knowledge_graph.stores.deadline import Breaker, Calls
from knowledge_graph.stores.keys import sendable
from knowledge_graph.stores.neo4j_connection import Neo4jAddress, driver, explained, not_loaded


class Neo4jReader:
    """Reads one version over Bolt, in read transactions that a cluster routes to its readers.

    Three calls in a row that fail open a breaker: for ten seconds every call is then refused at
    once, so that a server that is down costs answers no time.
    """

    def __init__(self, address: Neo4jAddress, version: str, connection: neo4j.Driver) -> None:
        """Use `Neo4jStore.open`, or `Neo4jReader.connect`; the reader then owns `connection`."""
        self.version = version
        self._address = address
        self._driver = connection
        self._calls = Calls()
        self._breaker = Breaker()

    @classmethod
    def connect(cls, address: Neo4jAddress, version: str) -> Self:
        """A reader with a driver of its own, which connects when it is first used."""
        return cls(address, version, driver(address))

    def entities(self, keys: Sequence[str], *, deadline_s: float) -> dict[str, Entity]:
        """See `GraphReader.entities`."""
        rows = self._read(cypher.ENTITIES, deadline_s, keys=sendable(keys))
        return {row[0]: cypher.to_entity(row) for row in rows}

    def neighbours(
        self,
        keys: Sequence[str],
        *,
        relations: Collection[Relation],
        limit: int,
        deadline_s: float,
    ) -> dict[str, list[Fact]]:
        """See `GraphReader.neighbours`."""
        sent = sendable(keys)
        names = sorted(relation.value for relation in relations)
        rows = self._read(cypher.NEIGHBOURS, deadline_s, keys=sent, relations=names, limit=limit)
        return cypher.facts_by_key(rows)

    def facts_between(self, a: str, b: str, *, deadline_s: float) -> list[Fact]:
        """See `GraphReader.facts_between`."""
        if set(sendable([a, b])) != {a, b}:
            return []
        rows = self._read(cypher.FACTS_BETWEEN, deadline_s, a=a, b=b)
        return sorted(map(cypher.to_fact, rows), key=lambda fact: fact.identity)

    def passages(
        self, keys: Sequence[str], *, limit: int, deadline_s: float
    ) -> dict[str, list[tuple[str, float]]]:
        """See `GraphReader.passages`."""
        sent = sendable(keys)
        rows = self._read(cypher.PASSAGES, deadline_s, keys=sent, limit=limit)
        return cypher.passages_by_key(sent, rows)

    def counts(self, *, deadline_s: float) -> GraphCounts:
        """See `GraphReader.counts`."""
        return GraphCounts(*self._read(cypher.COUNTS, deadline_s))

    def close(self) -> None:
        """Closes the connections."""
        self._driver.close()

    def _read(self, statement: str, deadline_s: float, **values: Any) -> list[Any]:
        self._breaker.check()

        @neo4j.unit_of_work(timeout=deadline_s)
        def work(transaction: neo4j.ManagedTransaction) -> list[Any] | None:
            result = transaction.run(statement, version=self.version, **values)
            record = result.single()
            return None if record is None else list(record["rows"])

        def call() -> list[Any] | None:
            with (
                explained(self._address),
                self._driver.session(
                    database=self._address.database, default_access_mode=neo4j.READ_ACCESS
                ) as session,
            ):
                return session.execute_read(work)

        try:
            rows = self._calls.within(deadline_s, call)
        except GraphUnavailableError:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        if rows is None:
            raise VersionNotLoadedError(not_loaded(self._address, self.version))
        return rows
