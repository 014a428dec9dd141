"""Every Cypher statement, and how its rows become Facts and entities.

Values travel as parameters only. What stands in the text besides are names of our own enums, since
Cypher takes no parameter for the type of a relationship.

Every read begins with the version's node: a version that is not ready yields no row at all, and one
that is yields one row with everything in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from knowledge_graph.paths import CLINICAL
from knowledge_graph.schema import (
    STRENGTH,
    Entity,
    Fact,
    Kind,
    Origin,
    Relation,
    kind_of,
)

FORMAT = 2
"""Goes up when nodes or relationships change their shape, so that none is read wrongly."""

_TYPES = "|".join(relation.value for relation in CLINICAL)
_READY = f"MATCH (v:GraphVersion {{id: $version, state: 'ready', format: {FORMAT}}})\n"
_FACT = (
    "[startNode(f).key, type(f), endNode(f).key, f.origin, f.passages, f.line, f.grade, "
    "f.qualifier, f.source]"
)

SCHEMA = (
    "CREATE CONSTRAINT graph_version_id IF NOT EXISTS FOR (v:GraphVersion) REQUIRE v.id IS UNIQUE",
    "CREATE CONSTRAINT graph_entity_key IF NOT EXISTS "
    "FOR (e:Entity) REQUIRE (e.version, e.key) IS UNIQUE",
    "CREATE CONSTRAINT graph_passage_id IF NOT EXISTS "
    "FOR (p:Passage) REQUIRE (p.version, p.id) IS UNIQUE",
    "CREATE CONSTRAINT graph_source_id IF NOT EXISTS "
    "FOR (s:Source) REQUIRE (s.version, s.id) IS UNIQUE",
    "CREATE INDEX graph_entity_name IF NOT EXISTS FOR (e:Entity) ON (e.name)",
)

ENTITIES = f"""{_READY}CALL (v) {{
  UNWIND $keys AS key
  MATCH (e:Entity {{version: $version, key: key}})
  RETURN collect([e.key, e.id, e.name, e.synonyms, e.xrefs]) AS rows
}}
RETURN rows"""

# A Fact holds its place among those of either end, so that of a hub's thousand Facts one number is
# read each, and the rest of the few that are kept. The end that is asked for is not sent back.
NEIGHBOURS = f"""{_READY}CALL (v) {{
  UNWIND $keys AS key
  MATCH (e:Entity {{version: $version, key: key}})
  CALL (e) {{
    MATCH (e)-[f:{_TYPES}]-(other)
    WHERE type(f) IN $relations
    WITH f, other, startNode(f) = e AS out
    WITH f, other, out, CASE WHEN out THEN f.place_out ELSE f.place_in END AS place
    ORDER BY place LIMIT $limit
    RETURN collect([out, other.key, type(f), f.origin, f.passages, f.line, f.grade, f.qualifier,
      f.source]) AS facts
  }}
  RETURN collect([key, facts]) AS rows
}}
RETURN rows"""

FACTS_BETWEEN = f"""{_READY}CALL (v) {{
  MATCH (a:Entity {{version: $version, key: $a}})
  MATCH (b:Entity {{version: $version, key: $b}})
  MATCH (a)-[f:{_TYPES}]-(b)
  RETURN collect({_FACT}) AS rows
}}
RETURN rows"""

PASSAGES = f"""{_READY}CALL (v) {{
  UNWIND $keys AS key
  MATCH (e:Entity {{version: $version, key: key}})
  CALL (e) {{
    MATCH (e)<-[m:MENTIONS]-(p:Passage)
    RETURN p.id AS passage, m.weight AS weight ORDER BY weight DESC, passage LIMIT $limit
  }}
  RETURN collect([key, passage, weight]) AS rows
}}
RETURN rows"""

COUNTS = f"{_READY}RETURN [v.entities, v.facts, v.mentions, v.passages] AS rows"

VERSIONS = """MATCH (v:GraphVersion)
RETURN v.id AS id, v.state AS state, v.format = $format AS readable, v.loaded_at AS loaded_at,
  v.entities AS entities, v.facts AS facts, v.mentions AS mentions, v.passages AS passages
ORDER BY id"""

ANNOUNCE = "MERGE (v:GraphVersion {id: $version}) ON CREATE SET v.state = 'loading'"
# Never committed by itself: the lock on the node is what is wanted, and it ends with the
# connection, however the process that holds it ends.
# What is ready in another format cannot be read, and is loaded anew.
LOCK = f"""MATCH (v:GraphVersion {{id: $version}}) SET v.state = v.state
WITH v, v.state = 'ready' AND v.format <> {FORMAT} AS outdated
RETURN CASE WHEN outdated THEN 'outdated' ELSE v.state END AS state"""
FINISH = """MATCH (v:GraphVersion {id: $version})
SET v.state = 'ready', v.format = $format, v.loaded_at = timestamp(), v.entities = $entities,
  v.facts = $facts, v.mentions = $mentions, v.passages = $passages"""
DOOM = "MATCH (v:GraphVersion {id: $version}) SET v.state = 'removing'"
FORGET = "MATCH (v:GraphVersion {id: $version}) DELETE v"
CLEAR = (
    "MATCH (n:Entity) WHERE n.version = $version AND n.key IS NOT NULL "
    "WITH n LIMIT $batch DETACH DELETE n RETURN count(*) AS gone",
    "MATCH (n:Passage) WHERE n.version = $version AND n.id IS NOT NULL "
    "WITH n LIMIT $batch DETACH DELETE n RETURN count(*) AS gone",
    "MATCH (n:Source) WHERE n.version = $version AND n.id IS NOT NULL "
    "WITH n LIMIT $batch DETACH DELETE n RETURN count(*) AS gone",
)

# Element ids are used within one load only: looking an end up by key costs three times as much.
_ENDS = "MATCH (a) WHERE elementId(a) = row[0] MATCH (b) WHERE elementId(b) = row[1] "
LOAD_PASSAGES = (
    "UNWIND $rows AS row CREATE (p:Passage {version: $version, id: row}) "
    "RETURN elementId(p) AS element"
)
LOAD_SOURCES = (
    "UNWIND $rows AS row CREATE (s:Source {version: $version, id: row}) "
    "RETURN elementId(s) AS element"
)
LOAD_MENTIONS = (
    f"UNWIND $rows AS row {_ENDS}CREATE (a)-[:MENTIONS {{version: $version, weight: row[2]}}]->(b)"
)
LOAD_STATED_IN = f"UNWIND $rows AS row {_ENDS}CREATE (a)-[:STATED_IN {{version: $version}}]->(b)"
LOAD_SUPERSEDES = f"UNWIND $rows AS row {_ENDS}CREATE (a)-[:SUPERSEDES {{version: $version}}]->(b)"

FORGET_STATEMENTS = f"""MATCH (a:Entity)-[f:{_TYPES}]->(:Entity)
WHERE a.version = $version AND a.key IS NOT NULL AND any(p IN f.passages WHERE p IN $passages)
SET f.passages = [p IN f.passages WHERE NOT p IN $passages]
WITH f WHERE size(f.passages) = 0 AND f.origin <> '{Origin.ONTOLOGY.value}'
DELETE f
RETURN count(*) AS gone"""
FORGET_MENTIONS = """UNWIND $passages AS id
MATCH (p:Passage {version: $version, id: id})
OPTIONAL MATCH (p)-[m:MENTIONS]->()
WITH p, count(m) AS mentions
DETACH DELETE p
RETURN count(*) AS passages, coalesce(sum(mentions), 0) AS mentions"""
RECOUNT = """MATCH (v:GraphVersion {id: $version})
SET v.facts = v.facts - $facts, v.mentions = v.mentions - $mentions,
  v.passages = v.passages - $passages"""


def load_entities(kind: Kind) -> str:
    """The statement that creates entities of one kind."""
    return (
        f"UNWIND $rows AS row CREATE (e:Entity:{kind.value} {{version: $version, key: row[0], "
        "id: row[1], name: row[2], synonyms: row[3], xrefs: row[4]}) "
        "RETURN elementId(e) AS element"
    )


def load_facts(relation: Relation) -> str:
    """The statement that creates Facts of one type."""
    return (
        f"UNWIND $rows AS row {_ENDS}CREATE (a)-[:{relation.value} {{place_out: row[2], "
        "place_in: row[3], version: $version, origin: row[4], strength: row[5], passages: row[6], "
        "line: row[7], grade: row[8], qualifier: row[9], source: row[10]}]->(b)"
    )


def entity_row(entity: Entity) -> list[Any]:
    """What `load_entities` takes."""
    return [entity.key, entity.id, entity.name, list(entity.synonyms), list(entity.xrefs)]


class Places:
    """Where a Fact stands among those of either end: see `GraphReader.neighbours`.

    As one number, which orders the Facts of an entity as origin, relation, other end and direction
    do. It is no rank, so that none changes when another Fact goes.
    """

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._ends = {key: at for at, key in enumerate(sorted(entity.key for entity in entities))}
        origins = sorted(Origin, key=lambda origin: -STRENGTH[origin])
        kinds = [(origin, relation) for origin in origins for relation in sorted(Relation)]
        self._kinds = {kind: at * len(self._ends) for at, kind in enumerate(kinds)}

    def of(self, fact: Fact) -> tuple[int, int]:
        """Its places as a Fact of its subject and of its object.

        Raises:
            KeyError: an end is none of the entities.
        """
        kind = self._kinds[fact.origin, fact.relation]
        return 2 * (kind + self._ends[fact.object]), 2 * (kind + self._ends[fact.subject]) + 1


def fact_row(fact: Fact, subject: str, object_: str, places: tuple[int, int]) -> list[Any]:
    """What `load_facts` takes; the ends are element ids. An empty text is no property at all."""
    return [
        subject,
        object_,
        *places,
        fact.origin.value,
        fact.strength,
        sorted(fact.passages),
        fact.line or None,
        fact.grade or None,
        fact.qualifier or None,
        fact.source or None,
    ]


def to_entity(row: Sequence[Any]) -> Entity:
    """An entity from a row of `ENTITIES`."""
    key, canonical, name, synonyms, xrefs = row
    return Entity(kind_of(key), canonical, name, tuple(synonyms), tuple(xrefs))


def to_fact(row: Sequence[Any]) -> Fact:
    """A Fact from a row in the form of every query for Facts."""
    subject, relation, object_, origin, passages, line, grade, qualifier, source = row
    return Fact(
        subject,
        Relation(relation),
        object_,
        Origin(origin),
        frozenset(passages),
        line or "",
        grade or "",
        qualifier or "",
        source or "",
    )


def facts_by_key(rows: Iterable[Sequence[Any]]) -> dict[str, list[Fact]]:
    """Rows of `NEIGHBOURS`, for the keys that have any."""
    return {
        key: [
            to_fact([key, relation, far, *rest] if out else [far, relation, key, *rest])
            for out, far, relation, *rest in facts
        ]
        for key, facts in rows
        if facts
    }


def passages_by_key(keys: Iterable[str], rows: Sequence[Any]) -> dict[str, list[tuple[str, float]]]:
    """Rows of `PASSAGES`, for the keys that have any."""
    found: dict[str, list[tuple[str, float]]] = {key: [] for key in keys}
    for key, passage, weight in rows:
        found[key].append((passage, weight))
    return {key: passages for key, passages in found.items() if passages}
