"""Reads the graph that lies in one SQLite file, as it does inside an index version."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from knowledge_graph.errors import GraphUnavailableError, VersionNotLoadedError
from knowledge_graph.schema import Entity, Fact, GraphData, Mention, Origin, Relation, kind_of
from knowledge_graph.store import GraphCounts
from knowledge_graph.stores.embedded_write import BETWEEN, FILE, counts, write
from knowledge_graph.stores.keys import sendable

__all__ = ["FILE", "EmbeddedReader", "write"]

_FACT = (
    "f.subject, f.relation, f.object, f.origin, f.passages, f.line, f.grade, f.qualifier, f.source"
)
# Looking a member up here takes a third of the time that the enum's own call takes.
_RELATIONS = {relation.value: relation for relation in Relation}
_ORIGINS = {origin.value: origin for origin in Origin}


class EmbeddedReader:
    """Reads the graph.sqlite in `folder`. Threads may share it."""

    def __init__(self, folder: Path, version: str) -> None:
        """Opens the file, which must have been checked if it may have been changed.

        Raises:
            VersionNotLoadedError: there is none.
        """
        self.version = version
        path = folder / FILE
        if not path.is_file():
            raise VersionNotLoadedError(
                f"There is no graph in {folder}: build the index again with `rag build`"
            )
        # Immutable: no locks, no journal, and no write to a version that is meant never to change.
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = Lock()

    def entities(self, keys: Sequence[str], *, deadline_s: float) -> dict[str, Entity]:
        """See `GraphReader.entities`."""
        query = "SELECT id, name, synonyms, xrefs FROM entities WHERE key = ?"
        found = {}
        for key, rows in self._each(query, keys, deadline_s):
            for canonical, name, synonyms, xrefs in rows:
                names = tuple(json.loads(synonyms)), tuple(json.loads(xrefs))
                found[key] = Entity(kind_of(key), canonical, name, *names)
        return found

    def neighbours(
        self,
        keys: Sequence[str],
        *,
        relations: Collection[Relation],
        limit: int,
        deadline_s: float,
    ) -> dict[str, list[Fact]]:
        """See `GraphReader.neighbours`."""
        names = sorted(relation.value for relation in relations)
        # Only question marks are put into the statement, never a value.
        query = f"""
            SELECT {_FACT} FROM ends AS e CROSS JOIN facts AS f ON f.row = e.fact
            WHERE e.entity = ? AND e.relation IN ({", ".join("?" * len(names))})
            ORDER BY e.place LIMIT ?"""  # noqa: S608
        found = self._each(query, keys, deadline_s, (*names, limit))
        return {key: [_fact(row) for row in rows] for key, rows in found}

    def facts_between(self, a: str, b: str, *, deadline_s: float) -> list[Fact]:
        """See `GraphReader.facts_between`."""
        if set(sendable([a, b])) != {a, b}:
            return []
        query = f"SELECT {_FACT} FROM facts AS f WHERE f.subject = ? AND f.object = ?"  # noqa: S608
        facts = [
            _fact(row)
            for subject, object_ in {(a, b), (b, a)}
            for _, rows in self._each(query, [subject], deadline_s, (object_,))
            for row in rows
        ]
        return sorted(facts, key=lambda fact: fact.identity)

    def passages(
        self, keys: Sequence[str], *, limit: int, deadline_s: float
    ) -> dict[str, list[tuple[str, float]]]:
        """See `GraphReader.passages`."""
        query = """SELECT passage, weight FROM mentions WHERE entity = ?
            ORDER BY weight DESC, passage LIMIT ?"""
        found = self._each(query, keys, deadline_s, (limit,))
        return {key: [(passage, weight) for passage, weight in rows] for key, rows in found}

    def counts(self, *, deadline_s: float) -> GraphCounts:
        """See `GraphReader.counts`."""
        with self._lock:
            return counts(self._database)

    def data(self) -> GraphData:
        """All of the graph, for loading it into another store."""
        return GraphData(
            entities=[
                Entity(kind_of(key), i, name, tuple(json.loads(s)), tuple(json.loads(x)))
                for key, i, name, s, x in self._all("SELECT * FROM entities ORDER BY key")
            ],
            facts=[
                _fact(row)
                for row in self._all(f"SELECT {_FACT} FROM facts AS f ORDER BY row")  # noqa: S608
            ],
            mentions=[
                Mention(passage, entity, weight)
                for entity, weight, passage in self._all("SELECT * FROM mentions")
            ],
            passages=dict(self._all("SELECT id, source FROM passages ORDER BY id")),
            supersedes=self._all("SELECT newer, older FROM supersedes ORDER BY newer, older"),
        )

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._database.close()

    def _all(self, query: str) -> list[Any]:
        with self._lock:
            return self._database.execute(query).fetchall()

    def _each(
        self, query: str, keys: Iterable[str], deadline_s: float, values: Sequence[Any] = ()
    ) -> list[tuple[str, list[Any]]]:
        """The rows of each key that has any."""
        end = time.monotonic() + deadline_s
        found = []
        for key in sendable(keys):
            if time.monotonic() > end:
                raise GraphUnavailableError(f"The graph gave no answer within {deadline_s:g} s")
            with self._lock:
                rows = self._database.execute(query, (key, *values)).fetchall()
            if rows:
                found.append((key, rows))
        return found


def _fact(row: Sequence[Any]) -> Fact:
    subject, relation, object_, origin, passages, line, grade, qualifier, source = row
    stated = frozenset(passages.split(BETWEEN)) if passages else frozenset()
    return Fact(
        subject,
        _RELATIONS[relation],
        object_,
        _ORIGINS[origin],
        stated,
        line,
        grade,
        qualifier,
        source,
    )
