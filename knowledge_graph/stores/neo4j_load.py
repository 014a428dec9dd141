"""Loads a version into Neo4j, and removes one.

A load holds one transaction open, which locks the version's node and, as its last act, makes the
version ready. However a load ends, the server then undoes that transaction, and with it the lock:
nobody waits for the dead, and no reader ever sees a half.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import neo4j
from neo4j.exceptions import ConstraintError

from knowledge_graph.errors import GraphDataError, LoadInProgressError
from knowledge_graph.schema import Fact, GraphData, Kind, Relation
from knowledge_graph.store import GraphCounts
from knowledge_graph.stores import neo4j_queries as cypher

LOCK_WITHIN_S = 10.0
"""Seconds to wait for the lock before we say that somebody else holds it."""

PUSH_WITHIN_S = 3600.0
"""Seconds that the transaction which holds the lock may stay open."""

_WAITED = frozenset(
    {
        "LockAcquisitionTimeout",
        "LockClientStopped",
        "Terminated",
        "TransactionTerminated",
        "TransactionTimedOut",
        "TransactionTimedOutClientConfiguration",
    }
)
"""What the server may call the end of a wait for a lock; which class it is differs by release."""

NODES_AT_ONCE = 5_000
FACTS_AT_ONCE = 10_000
REMOVED_AT_ONCE = 500
"""Nodes removed in one transaction, each with all its relationships."""

Ids = dict[str, str]
"""Key of an entity, or id of a passage or source, to the element id of its node."""


@contextmanager
def locked(session: neo4j.Session, version: str) -> Iterator[tuple[neo4j.Transaction, str]]:
    """A transaction that holds the lock on the version, and the version's state.

    Raises:
        LoadInProgressError: somebody else holds it.
    """
    session.run(cypher.ANNOUNCE, version=version).consume()
    try:
        # Tried first, under a time-out that the real one must not have. Should somebody else slip
        # in between the two, we wait for them, and then find the version ready.
        with session.begin_transaction(timeout=LOCK_WITHIN_S) as trial:
            trial.run(cypher.LOCK, version=version).consume()
            trial.rollback()
    except neo4j.exceptions.Neo4jError as error:
        if (error.code or "").rpartition(".")[2] not in _WAITED:
            raise
        raise LoadInProgressError(
            f"Another process is loading or removing version {version}: wait for it to end, then "
            "run this again"
        ) from error
    with session.begin_transaction(timeout=PUSH_WITHIN_S) as transaction:
        state = transaction.run(cypher.LOCK, version=version).single(strict=True)["state"]
        yield transaction, str(state)


class Loader:
    """Writes one version's nodes and relationships, in batches, each a transaction of its own."""

    def __init__(self, session: neo4j.Session, version: str) -> None:
        self._session = session
        self._version = version

    def load(self, data: GraphData) -> GraphCounts:
        """Everything in `data`.

        Raises:
            GraphDataError: it contradicts itself.
        """
        entities: Ids = {}
        for kind in Kind:
            rows = [cypher.entity_row(entity) for entity in data.entities if entity.kind is kind]
            entities |= self._nodes(cypher.load_entities(kind), rows, [row[0] for row in rows])
        sources = self._named(
            cypher.LOAD_SOURCES,
            {*data.passages.values(), *(name for pair in data.supersedes for name in pair)},
        )
        passages = self._named(cypher.LOAD_PASSAGES, data.passages)
        facts = self._facts(data.facts, cypher.Places(data.entities), entities, passages)
        mentions = self._links(
            cypher.LOAD_MENTIONS,
            (
                [_known(passages, m.passage), _known(entities, m.entity), m.weight]
                for m in data.mentions
            ),
        )
        self._links(
            cypher.LOAD_STATED_IN, ([passages[p], sources[s]] for p, s in data.passages.items())
        )
        self._links(
            cypher.LOAD_SUPERSEDES, ([sources[new], sources[old]] for new, old in data.supersedes)
        )
        return GraphCounts(len(entities), facts, mentions, len(passages))

    def _named(self, statement: str, names: Iterable[str]) -> Ids:
        ordered = sorted(names)
        return self._nodes(statement, ordered, ordered)

    def _nodes(self, statement: str, rows: Sequence[Any], keys: Sequence[str]) -> Ids:
        ids: Ids = {}
        for first in range(0, len(rows), NODES_AT_ONCE):
            batch = slice(first, first + NODES_AT_ONCE)
            made = self._write(statement, rows[batch])
            ids.update(zip(keys[batch], made, strict=True))
        if len(ids) != len(rows):
            raise GraphDataError(f"Version {self._version} names a node twice; mend its tables")
        return ids

    def _facts(
        self, facts: Iterable[Fact], places: cypher.Places, entities: Ids, passages: Ids
    ) -> int:
        waiting: dict[Relation, list[Any]] = {}
        count = 0
        for fact in facts:
            for passage in fact.passages:
                _known(passages, passage)
            rows = waiting.setdefault(fact.relation, [])
            ends = _known(entities, fact.subject), _known(entities, fact.object)
            rows.append(cypher.fact_row(fact, *ends, places.of(fact)))
            count += 1
            if len(rows) == FACTS_AT_ONCE:
                self._write(cypher.load_facts(fact.relation), rows)
                rows.clear()
        for relation, rows in waiting.items():
            self._write(cypher.load_facts(relation), rows)
        return count

    def _links(self, statement: str, rows: Iterable[list[Any]]) -> int:
        count = 0
        for batch in _batches(rows, FACTS_AT_ONCE):
            self._write(statement, batch)
            count += len(batch)
        return count

    def _write(self, statement: str, rows: Sequence[Any]) -> list[str]:
        if not rows:
            return []
        # No retries: a batch whose commit was not heard of may be in, and CREATE is not idempotent.
        # The load then fails as a whole, and running it again begins from nothing.
        try:
            with self._session.begin_transaction() as transaction:
                made = transaction.run(statement, rows=rows, version=self._version).value()
                transaction.commit()
        except ConstraintError as error:
            raise GraphDataError(
                f"Version {self._version} names a node twice; mend its tables"
            ) from error
        except UnicodeEncodeError as error:
            raise GraphDataError(
                f"Version {self._version} holds text that is not Unicode: {error}"
            ) from error
        return made


def clear(session: neo4j.Session, version: str) -> None:
    """Removes all nodes of a version but its own, in batches."""
    for statement in cypher.CLEAR:
        gone = -1
        while gone:
            with session.begin_transaction() as transaction:
                result = transaction.run(statement, version=version, batch=REMOVED_AT_ONCE)
                gone = int(result.single(strict=True)["gone"])
                transaction.commit()


def _known(ids: Ids, name: str) -> str:
    try:
        return ids[name]
    except KeyError:
        raise GraphDataError(
            f"A Fact or mention names {name!r}, which is none of the graph's nodes; mend its tables"
        ) from None


def _batches(rows: Iterable[list[Any]], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
