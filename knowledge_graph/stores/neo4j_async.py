"""Reads one version of the graph from a Neo4j server, for asynchronous callers."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, Self

import neo4j

from knowledge_graph.errors import GraphUnavailableError, VersionNotLoadedError
from knowledge_graph.schema import Entity, Fact, Relation
from knowledge_graph.store import GraphCounts
from knowledge_graph.stores import neo4j_queries as cypher
from knowledge_graph.stores.deadline import Breaker
from knowledge_graph.stores.keys import sendable
from knowledge_graph.stores.neo4j_connection import (
    Neo4jAddress,
    async_driver,
    explained,
    not_loaded,
)


class AsyncNeo4jReader:
    """`Neo4jReader` for asynchronous callers: the same methods, as coroutines."""

    def __init__(self, address: Neo4jAddress, version: str, connection: neo4j.AsyncDriver) -> None:
        """Use `AsyncNeo4jReader.connect`; the reader then owns `connection`."""
        self.version = version
        self._address = address
        self._driver = connection
        self._breaker = Breaker()

    @classmethod
    def connect(cls, address: Neo4jAddress, version: str) -> Self:
        """A reader with a driver of its own, which connects when it is first used."""
        return cls(address, version, async_driver(address))

    async def entities(self, keys: Sequence[str], *, deadline_s: float) -> dict[str, Entity]:
        """See `GraphReader.entities`."""
        rows = await self._read(cypher.ENTITIES, deadline_s, keys=sendable(keys))
        return {row[0]: cypher.to_entity(row) for row in rows}

    async def neighbours(
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
        rows = await self._read(
            cypher.NEIGHBOURS, deadline_s, keys=sent, relations=names, limit=limit
        )
        return cypher.facts_by_key(rows)

    async def facts_between(self, a: str, b: str, *, deadline_s: float) -> list[Fact]:
        """See `GraphReader.facts_between`."""
        if set(sendable([a, b])) != {a, b}:
            return []
        rows = await self._read(cypher.FACTS_BETWEEN, deadline_s, a=a, b=b)
        return sorted(map(cypher.to_fact, rows), key=lambda fact: fact.identity)

    async def passages(
        self, keys: Sequence[str], *, limit: int, deadline_s: float
    ) -> dict[str, list[tuple[str, float]]]:
        """See `GraphReader.passages`."""
        sent = sendable(keys)
        rows = await self._read(cypher.PASSAGES, deadline_s, keys=sent, limit=limit)
        return cypher.passages_by_key(sent, rows)

    async def counts(self, *, deadline_s: float) -> GraphCounts:
        """See `GraphReader.counts`."""
        return GraphCounts(*await self._read(cypher.COUNTS, deadline_s))

    async def close(self) -> None:
        """Closes the connections."""
        await self._driver.close()

    async def _read(self, statement: str, deadline_s: float, **values: Any) -> list[Any]:
        self._breaker.check()

        @neo4j.unit_of_work(timeout=deadline_s)
        async def work(transaction: neo4j.AsyncManagedTransaction) -> list[Any] | None:
            result = await transaction.run(statement, version=self.version, **values)
            record = await result.single()
            return None if record is None else list(record["rows"])

        try:
            async with asyncio.timeout(deadline_s):
                with explained(self._address):
                    async with self._driver.session(
                        database=self._address.database, default_access_mode=neo4j.READ_ACCESS
                    ) as session:
                        rows = await session.execute_read(work)
        except TimeoutError as error:
            self._breaker.failed()
            raise GraphUnavailableError(
                f"The graph store gave no answer within {deadline_s:g} s"
            ) from error
        except GraphUnavailableError:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        if rows is None:
            raise VersionNotLoadedError(not_loaded(self._address, self.version))
        return rows
