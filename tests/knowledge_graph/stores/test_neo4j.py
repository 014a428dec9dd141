"""What is Neo4j's alone: its labels, types and indexes, and hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_graph.errors import VersionNotLoadedError
from knowledge_graph.schema import Entity, Fact, GraphData, Kind, Mention, Relation
from knowledge_graph.stores.neo4j import Neo4jStore
from knowledge_graph.stores.neo4j_reader import Neo4jReader
from tests.knowledge_graph.stores.conftest import CBT, COUNTS, DATA, PANIC, SOON, Ask, fact
from tests.neo4j_server import Server


def test_nodes_have_real_labels_and_relationships_real_types(
    neo4j_store: Neo4jStore, version: str, ask: Ask
) -> None:
    neo4j_store.load(version, DATA)
    for kind, count in (("Disorder", 2), ("Symptom", 2), ("Therapy", 1), ("Entity", 8)):
        assert ask(f"MATCH (n:{kind} {{version: $v}}) RETURN count(n)", v=version) == [[count]]
    treated = ask(
        "MATCH (:Disorder {version: $v, name: 'panic disorder'})-[f:TREATED_BY]->(t) "
        "RETURN t.name, f.line, f.grade, f.passages, f.origin ORDER BY f.strength DESC, t.name",
        v=version,
    )
    assert treated[0] == ["cognitive behavioural therapy", "first", "A", ["p1", "p2"], "curated"]
    assert len(treated) == 4
    stated = ask(
        "MATCH (:Entity {version: $v, key: $k})<-[:MENTIONS]-(p:Passage)-[:STATED_IN]->(s:Source) "
        "RETURN p.id, s.id ORDER BY p.id",
        v=version,
        k=PANIC.key,
    )
    assert stated == [["p1", "nice@2020"], ["p2", "nice@2020"], ["p3", "nhs"]]
    newer = "MATCH (a:Source {version: $v})-[:SUPERSEDES]->(b) RETURN a.id, b.id"
    assert ask(newer, v=version) == [["nice@2020", "nice@2011"]]


def test_everything_carries_its_version_and_goes_with_it(
    neo4j_store: Neo4jStore, version: str, ask: Ask
) -> None:
    nodes, links = "MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)"
    before = ask(nodes) + ask(links)
    neo4j_store.load(version, DATA)
    mine = "MATCH (n) WHERE n.version = $v RETURN count(n)"
    mine_too = "MATCH ()-[r]->() WHERE r.version = $v RETURN count(r)"
    loaded = ask(nodes) + ask(links)
    # Eight entities, five passages, four sources, and the version's own node, named by its id.
    assert ask(mine, v=version) == [[17]] == [[loaded[0][0] - before[0][0] - 1]]
    assert ask(mine_too, v=version) == [[21]] == [[loaded[1][0] - before[1][0]]]
    neo4j_store.remove_version(version)
    assert ask(nodes) + ask(links) == before


def test_a_version_larger_than_a_batch_is_removed_too(
    neo4j_store: Neo4jStore, version: str, ask: Ask
) -> None:
    many = [Entity(Kind.SYMPTOM, str(number), "s") for number in range(1_201)]
    facts = [fact(entity, Relation.IS_A, PANIC) for entity in many]
    assert neo4j_store.load(version, GraphData([*many, PANIC], facts)).facts == 1_201
    neo4j_store.remove_version(version)
    assert ask("MATCH (n) WHERE n.version = $v RETURN count(n)", v=version) == [[0]]


def test_lookups_use_the_indexes(
    neo4j_store: Neo4jStore, version: str, neo4j_server: Server
) -> None:
    from knowledge_graph.stores import neo4j_queries as cypher

    neo4j_store.load(version, DATA)
    parameters = {"version": version, "keys": [PANIC.key], "limit": 5, "relations": ["IS_A"]}
    parameters |= {"a": PANIC.key, "b": CBT.key, "batch": 5}
    with neo4j.GraphDatabase.driver(**neo4j_server.address.options()) as driver:
        for query in (cypher.ENTITIES, cypher.NEIGHBOURS, cypher.FACTS_BETWEEN, *cypher.CLEAR):
            plan = driver.execute_query(f"EXPLAIN {query}", parameters).summary.plan
            operators = set(_operators(plan))
            assert not operators & {"NodeByLabelScan", "AllNodesScan"}, (query, operators)


def _operators(plan: dict[str, Any] | None) -> Iterator[str]:
    if plan:
        yield str(plan["operatorType"]).partition("@")[0]
        for child in plan.get("children", ()):
            yield from _operators(child)


HOSTILE = [
    "Robert'); DROP DATABASE neo4j; //",
    "' OR 1=1 WITH 1 AS x MATCH (n) DETACH DELETE n //",
    '"}) DETACH DELETE e WITH 1 AS e MATCH (n) DETACH DELETE n RETURN ("',
    "`)-[r]-() DETACH DELETE r //`",
    "\\u0027 DETACH DELETE n //",
    "\\u0060\\u007d) MATCH (n) SET n:Owned //",
    "\u0027\u0060\u02bc\uff07 MATCH (n) DETACH DELETE n",
    "$keys}) CALL db.createLabel('Owned') //",
    "\x00\x01\n*/ CREATE CONSTRAINT owned FOR (o:Owned) REQUIRE o.x IS UNIQUE /*",
]
PIECE = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from(["'", '"', "`", "\\", "}", "{", ")", "$", "//", "\\u0027", "DETACH DELETE n"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
NASTY = st.lists(PIECE, min_size=1, max_size=4).map("".join)


def _shape(ask: Ask) -> list[Any]:
    """Constraints, indexes, labels, types, and how much other versions hold."""
    return [
        ask("SHOW CONSTRAINTS YIELD name, labelsOrTypes, properties RETURN * ORDER BY name"),
        ask("SHOW INDEXES YIELD name, labelsOrTypes, properties RETURN * ORDER BY name"),
        sorted(ask("CALL db.labels()")),
        sorted(ask("CALL db.relationshipTypes()")),
    ]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(NASTY, min_size=2, max_size=4, unique=True))
def test_cypher_in_a_name_is_only_a_name(
    neo4j_store: Neo4jStore, ask: Ask, neo4j_server: Server, version: str, names: list[str]
) -> None:
    neo4j_store.load(version, DATA)
    before = _shape(ask)
    nodes = ask("MATCH (n) RETURN count(n)")
    other = f"{version}n"
    first, *rest = [Entity(Kind.DISORDER, n, n, (n, n + n), (n,)) for n in names]
    facts = [
        Fact(first.key, Relation.COMORBID_WITH, e.key, DATA_ORIGIN, frozenset(names), *[e.name] * 4)
        for e in rest
    ]
    data = GraphData(
        [first, *rest],
        facts,
        [Mention(n, first.key, 0.5) for n in names],
        dict.fromkeys(names, names[0]),
        [(names[0], names[1])],
    )
    neo4j_store.load(other, data)
    reader = neo4j_store.open(other)
    keys = [first.key, *(e.key for e in rest)]
    assert reader.entities(keys, deadline_s=SOON) == dict(zip(keys, [first, *rest], strict=True))
    found = reader.neighbours(keys, relations=list(Relation), limit=9, deadline_s=SOON)
    assert set(found[first.key]) == set(facts)
    assert reader.facts_between(keys[0], keys[1], deadline_s=SOON) == facts[:1]
    passages = reader.passages(names + keys, limit=9, deadline_s=SOON)
    assert {p for p, _ in passages[first.key]} == set(names)
    assert reader.entities(names, deadline_s=SOON) == {}
    neo4j_store.remove_passages(other, names[:1])
    stranger = Neo4jReader.connect(neo4j_server.address, names[0])
    with pytest.raises(VersionNotLoadedError):
        stranger.counts(deadline_s=SOON)
    stranger.close()
    reader.close()
    neo4j_store.remove_version(other)
    assert ask("MATCH (n) RETURN count(n)") == nodes
    assert _shape(ask) == before
    untouched = neo4j_store.open(version)
    assert untouched.counts(deadline_s=SOON) == COUNTS
    untouched.close()


DATA_ORIGIN = next(iter(DATA.facts)).origin


def test_a_version_in_an_older_format_is_loaded_anew(
    neo4j_store: Neo4jStore, version: str, ask: Ask
) -> None:
    neo4j_store.load(version, DATA)
    ask("MATCH (v:GraphVersion {id: $v}) SET v.format = v.format - 1", v=version)
    assert version not in neo4j_store.versions()
    with pytest.raises(VersionNotLoadedError):
        neo4j_store.remove_passages(version, ["p1"])
    assert neo4j_store.load(version, DATA) == COUNTS
    assert version in neo4j_store.versions()
