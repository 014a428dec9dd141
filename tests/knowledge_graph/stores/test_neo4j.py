"""What is Neo4j's alone: its labels and types, its locks, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import neo4j
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_graph.errors import (
    GraphUnavailableError,
    LoadInProgressError,
    VersionNotLoadedError,
)
from knowledge_graph.schema import Entity, Fact, GraphData, Kind, Mention, Relation
from knowledge_graph.store import GraphCounts
from knowledge_graph.stores.deadline import FAILURES
from knowledge_graph.stores.neo4j import Neo4jStore
from knowledge_graph.stores.neo4j_async import AsyncNeo4jReader
from knowledge_graph.stores.neo4j_connection import Neo4jAddress
from knowledge_graph.stores.neo4j_reader import Neo4jReader
from tests.knowledge_graph.stores.conftest import CBT, DATA, ENTITIES, LONELY, PANIC, fact
from tests.neo4j_server import Server

SOON = 5.0
COUNTS = GraphCounts(entities=8, facts=10, mentions=5, passages=5)
Ask = Callable[..., list[Any]]


@pytest.fixture
def store(neo4j_server: Server) -> Iterator[Neo4jStore]:
    with Neo4jStore(neo4j_server.address) as store:
        before = {status.id for status in store.statuses()}
        yield store
    with Neo4jStore(neo4j_server.address) as store:
        for status in store.statuses():
            if status.id not in before:
                store.remove_version(status.id)


@pytest.fixture
def ask(neo4j_server: Server) -> Iterator[Ask]:
    """`ask(cypher, **parameters)`: rows, by the bare driver."""
    with neo4j.GraphDatabase.driver(**neo4j_server.address.options()) as driver:
        yield lambda query, **values: [
            record.values() for record in driver.execute_query(query, values).records
        ]


def test_nodes_have_real_labels_and_relationships_real_types(
    store: Neo4jStore, version: str, ask: Ask
) -> None:
    store.load(version, DATA)
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
    store: Neo4jStore, version: str, ask: Ask
) -> None:
    nodes, links = "MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)"
    before = ask(nodes) + ask(links)
    store.load(version, DATA)
    mine = "MATCH (n) WHERE n.version = $v RETURN count(n)"
    mine_too = "MATCH ()-[r]->() WHERE r.version = $v RETURN count(r)"
    loaded = ask(nodes) + ask(links)
    # Eight entities, five passages, four sources, and the version's own node, named by its id.
    assert ask(mine, v=version) == [[17]] == [[loaded[0][0] - before[0][0] - 1]]
    assert ask(mine_too, v=version) == [[21]] == [[loaded[1][0] - before[1][0]]]
    store.remove_version(version)
    assert ask(nodes) + ask(links) == before


def test_a_version_larger_than_a_batch_is_removed_too(
    store: Neo4jStore, version: str, ask: Ask
) -> None:
    many = [Entity(Kind.SYMPTOM, str(number), "s") for number in range(1_201)]
    facts = [fact(entity, Relation.IS_A, PANIC) for entity in many]
    assert store.load(version, GraphData([*many, PANIC], facts)).facts == 1_201
    store.remove_version(version)
    assert ask("MATCH (n) WHERE n.version = $v RETURN count(n)", v=version) == [[0]]


def test_lookups_use_the_indexes(store: Neo4jStore, version: str, neo4j_server: Server) -> None:
    from knowledge_graph.stores import neo4j_queries as cypher

    store.load(version, DATA)
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
    store: Neo4jStore, ask: Ask, neo4j_server: Server, version: str, names: list[str]
) -> None:
    store.load(version, DATA)
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
    store.load(other, data)
    reader = store.open(other)
    keys = [first.key, *(e.key for e in rest)]
    assert reader.entities(keys, deadline_s=SOON) == dict(zip(keys, [first, *rest], strict=True))
    found = reader.neighbours(keys, relations=list(Relation), limit=9, deadline_s=SOON)
    assert set(found[first.key]) == set(facts)
    assert reader.facts_between(keys[0], keys[1], deadline_s=SOON) == facts[:1]
    passages = reader.passages(names + keys, limit=9, deadline_s=SOON)
    assert {p for p, _ in passages[first.key]} == set(names)
    assert reader.entities(names, deadline_s=SOON) == {}
    store.remove_passages(other, names[:1])
    stranger = Neo4jReader.connect(neo4j_server.address, names[0])
    with pytest.raises(VersionNotLoadedError):
        stranger.counts(deadline_s=SOON)
    stranger.close()
    reader.close()
    store.remove_version(other)
    assert ask("MATCH (n) RETURN count(n)") == nodes
    assert _shape(ask) == before
    untouched = store.open(version)
    assert untouched.counts(deadline_s=SOON) == COUNTS
    untouched.close()


DATA_ORIGIN = next(iter(DATA.facts)).origin


def test_a_wrong_password_is_named(neo4j_server: Server) -> None:
    if not neo4j_server.address.password:
        pytest.skip("this server runs without authentication")
    wrong = replace(neo4j_server.address, password="not-the-password")
    with Neo4jStore(wrong) as store, pytest.raises(GraphUnavailableError, match="PASSWORD") as e:
        store.load("x", DATA)
    assert "not-the-password" not in str(e.value)
    reader = Neo4jReader.connect(wrong, "x")
    with pytest.raises(GraphUnavailableError, match="RAG_GRAPH__USER"):
        reader.counts(deadline_s=SOON)
    reader.close()


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and never listening
        uri = f"bolt://127.0.0.1:{taken.getsockname()[1]}"
        for address in (uri, "bolt://no-such-host.invalid:7687"):
            with Neo4jStore(Neo4jAddress(address, connect_timeout_s=1)) as store:
                with pytest.raises(GraphUnavailableError, match="RAG_GRAPH__URI"):
                    store.versions()
                with pytest.raises(GraphUnavailableError, match="cannot be reached"):
                    store.load("x", DATA)


@pytest.mark.parametrize("uri", ["", "localhost", "http://localhost:7474", "bolt://", "bolt+x://h"])
def test_an_address_of_something_else_is_refused(uri: str) -> None:
    with pytest.raises(GraphUnavailableError, match="RAG_GRAPH__URI takes"):
        Neo4jStore(Neo4jAddress(uri))


@pytest.mark.parametrize("scheme", ["bolt+s", "bolt+ssc", "neo4j+s"])
def test_tls_to_a_server_without_it_says_so(neo4j_server: Server, scheme: str) -> None:
    uri = neo4j_server.address.uri.replace("bolt://", f"{scheme}://")
    with Neo4jStore(replace(neo4j_server.address, uri=uri, connect_timeout_s=1)) as store:  # noqa: SIM117
        with pytest.raises(GraphUnavailableError, match="without TLS, take bolt://"):
            store.versions()


def test_routing_works_as_far_as_one_server_goes(
    neo4j_server: Server, store: Neo4jStore, version: str
) -> None:
    store.load(version, DATA)
    routed = replace(
        neo4j_server.address, uri=neo4j_server.address.uri.replace("bolt://", "neo4j://")
    )
    reader = Neo4jReader.connect(routed, version)
    assert reader.counts(deadline_s=SOON) == COUNTS
    reader.close()


def test_a_version_that_was_not_pushed_says_how(neo4j_server: Server, version: str) -> None:
    reader = Neo4jReader.connect(neo4j_server.address, version)
    with pytest.raises(VersionNotLoadedError, match="rag graph push"):
        reader.neighbours([PANIC.key], relations=[Relation.IS_A], limit=3, deadline_s=SOON)
    reader.close()


def test_the_asynchronous_reader_gives_the_same(
    neo4j_server: Server, store: Neo4jStore, version: str
) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    keys = [entity.key for entity in ENTITIES]
    everything = {"relations": list(Relation), "limit": 9, "deadline_s": SOON}

    async def same() -> None:
        other = AsyncNeo4jReader.connect(neo4j_server.address, version)
        missing = AsyncNeo4jReader.connect(neo4j_server.address, f"{version}x")
        late = AsyncNeo4jReader.connect(neo4j_server.address, version)
        found, entities, passages, between, counts = await asyncio.gather(
            other.neighbours(keys, **everything),
            other.entities(keys, deadline_s=SOON),
            other.passages(keys, limit=9, deadline_s=SOON),
            other.facts_between(PANIC.key, CBT.key, deadline_s=SOON),
            other.counts(deadline_s=SOON),
        )
        assert found == reader.neighbours(keys, **everything)
        assert entities == reader.entities(keys, deadline_s=SOON)
        assert passages == reader.passages(keys, limit=9, deadline_s=SOON)
        assert between == reader.facts_between(PANIC.key, CBT.key, deadline_s=SOON) != []
        assert counts == COUNTS
        with pytest.raises(VersionNotLoadedError):
            await missing.counts(deadline_s=SOON)
        with pytest.raises(GraphUnavailableError):
            await late.counts(deadline_s=0.0)
        for one in (other, missing, late):
            await one.close()

    asyncio.run(same())
    reader.close()


def test_of_two_pushes_at_once_one_waits_its_turn(
    neo4j_server: Server, store: Neo4jStore, version: str
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[GraphCounts] = []

    def slow_facts() -> Iterator[Fact]:
        begun.set()
        go_on.wait(60)
        yield from DATA.facts

    def push() -> None:
        with Neo4jStore(neo4j_server.address) as first:
            done.append(first.load(version, replace(DATA, facts=slow_facts())))

    thread = threading.Thread(target=push)
    thread.start()
    assert begun.wait(60)
    try:
        with pytest.raises(LoadInProgressError, match="Another process"):
            store.load(version, DATA)
        with pytest.raises(LoadInProgressError):
            store.remove_version(version)
        assert version not in store.versions()
    finally:
        go_on.set()
        thread.join()
    assert done == [COUNTS]
    assert store.load(version, DATA) == COUNTS


def test_a_killed_push_is_never_read_and_the_next_completes_it(
    neo4j_server: Server, store: Neo4jStore, version: str, ask: Ask
) -> None:
    address = neo4j_server.address
    command = [sys.executable, "-m", "tests.knowledge_graph.stores.killed_loads"]
    arguments = [address.uri, address.user, address.password, version]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"loading\n"
        reader = store.open(version)
        with pytest.raises(VersionNotLoadedError):
            reader.counts(deadline_s=SOON)
        process.kill()
    (half,) = ask("MATCH ()-[f:TREATED_BY {version: $v}]->() RETURN count(f)", v=version)
    assert half[0] >= 20_000
    with pytest.raises(VersionNotLoadedError):
        reader.neighbours([PANIC.key], relations=list(Relation), limit=9, deadline_s=SOON)
    assert version not in store.versions()
    assert [s.state for s in store.statuses() if s.id == version] == ["loading"]
    assert store.load(version, DATA) == COUNTS
    assert reader.counts(deadline_s=SOON) == COUNTS
    found = reader.neighbours([PANIC.key], relations=list(Relation), limit=99, deadline_s=SOON)
    assert len(found[PANIC.key]) == 6
    assert ask("MATCH (e:Entity {version: $v}) RETURN count(e)", v=version) == [[8]]
    reader.close()


@pytest.fixture
def restartable(neo4j_server: Server) -> Server:
    """The server, to kill and to freeze; it is well again for the next test."""
    if not neo4j_server.ours:
        pytest.skip("this server is not ours to kill")
    return neo4j_server


def test_a_restart_in_mid_question_costs_only_that_question(
    restartable: Server, store: Neo4jStore, version: str
) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    assert reader.counts(deadline_s=SOON) == COUNTS
    restartable.kill()
    began = time.monotonic()
    try:
        for _ in range(FAILURES):
            with pytest.raises(GraphUnavailableError):
                reader.counts(deadline_s=1.0)
        assert time.monotonic() - began < FAILURES * 1.5
        with pytest.raises(GraphUnavailableError, match="in a row"):
            reader.counts(deadline_s=1.0)
    finally:
        restartable.start()
    end = time.monotonic() + 30
    while True:  # the breaker lets a call through after its ten seconds
        try:
            assert reader.counts(deadline_s=SOON) == COUNTS
            break
        except GraphUnavailableError:
            assert time.monotonic() < end
            time.sleep(0.5)
    reader.close()


def test_a_server_killed_under_a_push_loses_only_that_push(
    restartable: Server, store: Neo4jStore, version: str
) -> None:
    def facts() -> Iterator[Fact]:
        yield from DATA.facts
        restartable.kill()

    try:
        with pytest.raises(GraphUnavailableError):
            store.load(version, replace(DATA, facts=facts()))
    finally:
        restartable.start()
    assert version not in store.versions()
    assert store.load(version, DATA) == COUNTS


def test_a_frozen_server_costs_no_more_than_the_deadline(
    restartable: Server, store: Neo4jStore, version: str
) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    assert reader.entities([LONELY.key], deadline_s=SOON) == {LONELY.key: LONELY}
    restartable.freeze()
    began = time.monotonic()
    try:
        with pytest.raises(GraphUnavailableError, match=r"within 0\.3 s"):
            reader.entities([LONELY.key], deadline_s=0.3)
        assert time.monotonic() - began < 3
    finally:
        restartable.send(signal.SIGCONT)
    assert reader.entities([LONELY.key], deadline_s=30) == {LONELY.key: LONELY}
    reader.close()
