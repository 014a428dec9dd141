"""Answers with the graph in a real Neo4j: the same as with the embedded one, or without it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_graph.stores.deadline import FAILURES, OPEN_S
from knowledge_graph.stores.neo4j import Neo4jStore
from rag import Engine, Settings
from rag.errors import GraphStoreError
from rag.index.version import IndexVersion
from rag.settings import GraphSettings, RetrievalSettings
from tests.neo4j_server import Server

# Two entities: the arm walks from one to the other.
QUESTION = "Does cognitive behavioural therapy help with both insomnia and panic disorder?"


@pytest.fixture
def settings(neo4j_server: Server, built_index: Path) -> Settings:
    patient = RetrievalSettings(deadline_s=60)
    return Settings(index_dir=built_index, graph=neo4j_server.settings, retrieval=patient)


@pytest.fixture
def pushed(settings: Settings, neo4j_server: Server) -> Iterator[Neo4jStore]:
    """The server with the small index's graph in it."""
    with (
        IndexVersion.open(settings.index_dir) as version,
        Neo4jStore(neo4j_server.address) as store,
    ):
        store.load(version.id, version.graph.reader.data())
        yield store
        store.remove_version(version.id)


def test_both_stores_find_the_same(settings: Settings, pushed: Neo4jStore) -> None:
    embedded = settings.model_copy(update={"graph": GraphSettings()})
    with Engine.open(settings) as remote, Engine.open(embedded) as local:
        mine = local.retrieve(QUESTION, arms=["graph"])
        remote.retrieve(QUESTION)  # the first call opens the connection
        theirs = remote.retrieve(QUESTION, arms=["graph"])
        assert theirs.degraded == ()
        assert [e.hit for e in theirs.evidence] == [e.hit for e in mine.evidence] != []
        assert remote.entity("DOID:594") == local.entity("DOID:594")


def test_a_version_that_was_not_pushed_degrades(settings: Settings) -> None:
    with Engine.open(settings) as engine:
        found = engine.retrieve(QUESTION)
        assert found.degraded == ("graph",)
        assert found.evidence
        with pytest.raises(GraphStoreError, match="rag graph push"):
            engine.entity("DOID:594")


def test_an_answer_without_the_graph_says_so_and_comes_in_time(
    settings: Settings, pushed: Neo4jStore, neo4j_server: Server
) -> None:
    if not neo4j_server.ours:
        pytest.skip("this server is not ours to kill")
    with Engine.open(settings) as engine:
        assert engine.retrieve(QUESTION).degraded == ()
        neo4j_server.kill()
        try:
            for _ in range(FAILURES):
                found = engine.retrieve(QUESTION)
                assert found.degraded == ("graph",)
                assert found.evidence
            began = time.monotonic()
            assert engine.retrieve(QUESTION).degraded == ("graph",)
            assert time.monotonic() - began < OPEN_S / 2  # the breaker is open: nobody waits
            assert engine.ask(QUESTION).degraded == ("graph",)
        finally:
            neo4j_server.start()


def test_a_server_that_was_never_there_degrades(built_index: Path) -> None:
    nowhere = GraphSettings(store="neo4j", uri="bolt://127.0.0.1:1", connect_timeout_s=0.5)
    with Engine.open(Settings(index_dir=built_index, graph=nowhere)) as engine:
        assert engine.retrieve(QUESTION).degraded == ("graph",)
        assert engine.ask(QUESTION).status in ("answered", "partial", "abstained")
