"""Everything that goes wrong between us and a Neo4j server, and two loads at once."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from knowledge_graph.errors import (
    GraphUnavailableError,
    LoadInProgressError,
    VersionNotLoadedError,
)
from knowledge_graph.schema import Fact, Relation
from knowledge_graph.store import GraphCounts
from knowledge_graph.stores.deadline import FAILURES
from knowledge_graph.stores.neo4j import Neo4jStore
from knowledge_graph.stores.neo4j_async import AsyncNeo4jReader
from knowledge_graph.stores.neo4j_connection import Neo4jAddress
from knowledge_graph.stores.neo4j_reader import Neo4jReader
from tests.knowledge_graph.stores.conftest import (
    CBT,
    COUNTS,
    DATA,
    ENTITIES,
    LONELY,
    PANIC,
    SOON,
    Ask,
)
from tests.neo4j_server import Server


def test_a_wrong_password_is_named(neo4j_server: Server) -> None:
    if not neo4j_server.address.password:
        pytest.skip("this server runs without authentication")
    wrong = replace(neo4j_server.address, password="not-the-password")
    with (
        Neo4jStore(wrong) as neo4j_store,
        pytest.raises(GraphUnavailableError, match="PASSWORD") as e,
    ):
        neo4j_store.load("x", DATA)
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
            with Neo4jStore(Neo4jAddress(address, connect_timeout_s=1)) as neo4j_store:
                with pytest.raises(GraphUnavailableError, match="RAG_GRAPH__URI"):
                    neo4j_store.versions()
                with pytest.raises(GraphUnavailableError, match="cannot be reached"):
                    neo4j_store.load("x", DATA)


@pytest.mark.parametrize("uri", ["", "localhost", "http://localhost:7474", "bolt://", "bolt+x://h"])
def test_an_address_of_something_else_is_refused(uri: str) -> None:
    with pytest.raises(GraphUnavailableError, match="RAG_GRAPH__URI takes"):
        Neo4jStore(Neo4jAddress(uri))


@pytest.mark.parametrize("scheme", ["bolt+s", "bolt+ssc", "neo4j+s"])
def test_tls_to_a_server_without_it_says_so(neo4j_server: Server, scheme: str) -> None:
    uri = neo4j_server.address.uri.replace("bolt://", f"{scheme}://")
    with Neo4jStore(replace(neo4j_server.address, uri=uri, connect_timeout_s=1)) as neo4j_store:  # noqa: SIM117
        with pytest.raises(GraphUnavailableError, match="without TLS, take bolt://"):
            neo4j_store.versions()


def test_routing_works_as_far_as_one_server_goes(
    neo4j_server: Server, neo4j_store: Neo4jStore, version: str
) -> None:
    neo4j_store.load(version, DATA)
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
    neo4j_server: Server, neo4j_store: Neo4jStore, version: str
) -> None:
    neo4j_store.load(version, DATA)
    reader = neo4j_store.open(version)
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
    neo4j_server: Server, neo4j_store: Neo4jStore, version: str
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
            neo4j_store.load(version, DATA)
        with pytest.raises(LoadInProgressError):
            neo4j_store.remove_version(version)
        assert version not in neo4j_store.versions()
    finally:
        go_on.set()
        thread.join()
    assert done == [COUNTS]
    assert neo4j_store.load(version, DATA) == COUNTS


def test_a_killed_push_is_never_read_and_the_next_completes_it(
    neo4j_server: Server, neo4j_store: Neo4jStore, version: str, ask: Ask
) -> None:
    address = neo4j_server.address
    command = [sys.executable, "-m", "tests.knowledge_graph.stores.killed_loads"]
    arguments = [address.uri, address.user, address.password, version]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"loading\n"
        reader = neo4j_store.open(version)
        with pytest.raises(VersionNotLoadedError):
            reader.counts(deadline_s=SOON)
        process.kill()
    (half,) = ask("MATCH ()-[f:TREATED_BY {version: $v}]->() RETURN count(f)", v=version)
    assert half[0] >= 20_000
    with pytest.raises(VersionNotLoadedError):
        reader.neighbours([PANIC.key], relations=list(Relation), limit=9, deadline_s=SOON)
    assert version not in neo4j_store.versions()
    assert [s.state for s in neo4j_store.statuses() if s.id == version] == ["loading"]
    assert neo4j_store.load(version, DATA) == COUNTS
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
    restartable: Server, neo4j_store: Neo4jStore, version: str
) -> None:
    neo4j_store.load(version, DATA)
    reader = neo4j_store.open(version)
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
    restartable: Server, neo4j_store: Neo4jStore, version: str
) -> None:
    def facts() -> Iterator[Fact]:
        yield from DATA.facts
        restartable.kill()

    try:
        with pytest.raises(GraphUnavailableError):
            neo4j_store.load(version, replace(DATA, facts=facts()))
    finally:
        restartable.start()
    assert version not in neo4j_store.versions()
    assert neo4j_store.load(version, DATA) == COUNTS


def test_a_frozen_server_costs_no_more_than_the_deadline(
    restartable: Server, neo4j_store: Neo4jStore, version: str
) -> None:
    neo4j_store.load(version, DATA)
    reader = neo4j_store.open(version)
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
