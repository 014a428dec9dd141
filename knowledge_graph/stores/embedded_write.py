"""Writes a graph into one SQLite file, and takes passages out of one.

Every end of every Fact has a row in `ends`, placed in the order in which Facts are asked for. The
same data give the same bytes, in whatever order they come.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from knowledge_graph.errors import GraphDataError
from knowledge_graph.schema import STRENGTH, Entity, GraphData, Mention, Origin
from knowledge_graph.store import GraphCounts, Removed

FILE = "graph.sqlite"
BETWEEN = "\n"
"""Stands between the passage ids of a Fact: faster to read back than JSON."""

_SCHEMA = """
CREATE TABLE entities (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    synonyms TEXT NOT NULL,      -- JSON list of texts
    xrefs TEXT NOT NULL          -- JSON list of texts
) STRICT, WITHOUT ROWID;
CREATE TABLE facts (
    row INTEGER PRIMARY KEY,     -- 0, 1, 2 ... in the order of identities
    subject TEXT NOT NULL,
    relation TEXT NOT NULL,
    object TEXT NOT NULL,
    origin TEXT NOT NULL,
    passages TEXT NOT NULL,      -- sorted passage ids, a line each; '' for none
    line TEXT NOT NULL,
    grade TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (subject, object, relation, origin)
) STRICT;
CREATE TABLE ends (
    entity TEXT NOT NULL,
    place INTEGER NOT NULL,      -- 1, 2, 3 ... as GraphReader.neighbours says
    fact INTEGER NOT NULL,
    relation TEXT NOT NULL,
    PRIMARY KEY (entity, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE mentions (
    entity TEXT NOT NULL,
    weight REAL NOT NULL,
    passage TEXT NOT NULL,
    PRIMARY KEY (entity, weight DESC, passage)
) STRICT, WITHOUT ROWID;
CREATE TABLE passages (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE supersedes (
    newer TEXT NOT NULL,
    older TEXT NOT NULL,
    PRIMARY KEY (newer, older)
) STRICT, WITHOUT ROWID;
"""
_ARRIVED = """
CREATE TEMP TABLE arrived (
    subject TEXT, relation TEXT, object TEXT, origin TEXT, passages TEXT,
    line TEXT, grade TEXT, qualifier TEXT, source TEXT
);
CREATE TEMP TABLE mentioned (entity TEXT, weight REAL, passage TEXT);
"""
_SORTED = """
INSERT INTO facts SELECT
    row_number() OVER (ORDER BY subject, relation, object, origin) - 1,
    subject, relation, object, origin, passages, line, grade, qualifier, source
FROM arrived ORDER BY subject, relation, object, origin;
INSERT INTO mentions SELECT entity, weight, passage FROM mentioned
ORDER BY entity, weight DESC, passage;
"""
_STRENGTHS = " ".join(f"WHEN '{origin}' THEN {value}" for origin, value in STRENGTH.items())
_ENDS = f"""
WITH both AS (
    SELECT subject AS entity, object AS other, 0 AS inward, row, relation, origin FROM facts
    UNION ALL
    SELECT object, subject, 1, row, relation, origin FROM facts WHERE subject <> object
)
INSERT INTO ends SELECT entity, row_number() OVER (
    PARTITION BY entity ORDER BY CASE origin {_STRENGTHS} END DESC, relation, other, origin, inward
) AS place, row, relation FROM both ORDER BY entity, place
"""  # noqa: S608  (the enum's own values)
_UNKNOWN = """
SELECT 'Fact', subject FROM facts WHERE subject NOT IN (SELECT key FROM entities)
UNION ALL SELECT 'Fact', object FROM facts WHERE object NOT IN (SELECT key FROM entities)
UNION ALL SELECT 'mention', entity FROM mentions WHERE entity NOT IN (SELECT key FROM entities)
UNION ALL SELECT 'mention', passage FROM mentions WHERE passage NOT IN (SELECT id FROM passages)
LIMIT 1
"""


def write(folder: Path, data: GraphData) -> GraphCounts:
    """Writes `folder`/graph.sqlite, which must not be there yet.

    Raises:
        GraphDataError: the data contradict themselves: an end that is no entity, a passage that
            is not listed, two entities or Facts of one identity, text that is not Unicode.
        OSError, sqlite3.Error: the file could not be written.
    """
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as database:
        # The folder is thrown away when a write stops half-way, so no journal is needed.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA temp_store = MEMORY")
        database.executescript(_SCHEMA + _ARRIVED)
        with _contradictions():
            database.execute("BEGIN")
            _fill(database, data)
            for statement in _SORTED.split(";")[:2]:
                database.execute(statement)
            unknown = database.execute(_UNKNOWN).fetchone()
            if unknown is not None:
                raise _unknown(*unknown)
            database.execute(_ENDS)
            database.execute("COMMIT")
        return counts(database)


def counts(database: sqlite3.Connection) -> GraphCounts:
    """How much an open graph file holds."""
    row = database.execute(
        "SELECT (SELECT count(*) FROM entities), (SELECT count(*) FROM facts), "
        "(SELECT count(*) FROM mentions), (SELECT count(*) FROM passages)"
    ).fetchone()
    return GraphCounts(*row)


def remove_passages(path: Path, passage_ids: Collection[str]) -> Removed:
    """Takes passages out of a graph file, in one transaction; see `GraphStore.remove_passages`."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        before = counts(database)
        gone = set(passage_ids)
        lost: list[tuple[int]] = []
        fewer: list[tuple[str, int]] = []
        for row, origin, text in database.execute(
            "SELECT row, origin, passages FROM facts WHERE passages <> ''"
        ):
            stated = text.split(BETWEEN)
            kept = [passage for passage in stated if passage not in gone]
            if kept or (len(kept) < len(stated) and origin == Origin.ONTOLOGY):
                fewer.append((BETWEEN.join(kept), row))
            elif len(kept) < len(stated):
                lost.append((row,))
        database.executemany("UPDATE facts SET passages = ? WHERE row = ?", fewer)
        database.executemany("DELETE FROM facts WHERE row = ?", lost)
        ids = [(passage,) for passage in sorted(gone)]
        database.executemany("DELETE FROM mentions WHERE passage = ?", ids)
        database.executemany("DELETE FROM passages WHERE id = ?", ids)
        database.execute("DELETE FROM ends WHERE fact NOT IN (SELECT row FROM facts)")
        database.execute("COMMIT")
        after = counts(database)
    return Removed(
        facts=before.facts - after.facts,
        mentions=before.mentions - after.mentions,
        passages=before.passages - after.passages,
    )


def _fill(database: sqlite3.Connection, data: GraphData) -> None:
    database.executemany(
        "INSERT INTO entities VALUES (?, ?, ?, ?, ?)",
        map(_entity, sorted(data.entities, key=lambda entity: entity.key)),
    )
    database.executemany("INSERT INTO passages VALUES (?, ?)", sorted(data.passages.items()))
    database.executemany("INSERT INTO supersedes VALUES (?, ?)", sorted(set(data.supersedes)))
    database.executemany("INSERT INTO arrived VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _facts(data))
    database.executemany("INSERT INTO mentioned VALUES (?, ?, ?)", _mentions(data.mentions))


def _entity(entity: Entity) -> tuple[str, ...]:
    return (
        entity.key,
        entity.id,
        entity.name,
        json.dumps(entity.synonyms, ensure_ascii=False),
        json.dumps(entity.xrefs, ensure_ascii=False),
    )


def _facts(data: GraphData) -> Iterator[tuple[object, ...]]:
    for fact in data.facts:
        for passage in fact.passages:
            if passage not in data.passages:
                raise _unknown("Fact", passage)
            if not passage or BETWEEN in passage:
                raise GraphDataError(f"{passage!r} cannot be the id of a passage")
        yield (
            fact.subject,
            fact.relation.value,
            fact.object,
            fact.origin.value,
            BETWEEN.join(sorted(fact.passages)),
            fact.line,
            fact.grade,
            fact.qualifier,
            fact.source,
        )


def _mentions(mentions: Iterable[Mention]) -> Iterator[tuple[str, float, str]]:
    for mention in mentions:
        yield mention.entity, mention.weight, mention.passage


def _unknown(what: str, name: str) -> GraphDataError:
    return GraphDataError(
        f"A {what} names {name!r}, which is no entity or passage of the graph; mend its tables"
    )


@contextmanager
def _contradictions() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise GraphDataError(
            f"Two entities, Facts or mentions are one and the same ({error}); mend the graph's "
            "tables"
        ) from error
    except UnicodeEncodeError as error:
        raise GraphDataError(f"The graph holds text that is not Unicode: {error}") from error
