"""A small graph, and each store that can hold it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import pytest

from knowledge_graph.schema import Entity, Fact, GraphData, Kind, Mention, Origin, Relation
from knowledge_graph.store import GraphCounts, GraphStore
from knowledge_graph.stores.embedded_store import EmbeddedStore
from knowledge_graph.stores.neo4j import Neo4jStore
from tests.neo4j_server import Server

PANIC = Entity(Kind.DISORDER, "DOID:594", "panic disorder", ("panic attacks",), ("MESH:D016584",))
LOW_MOOD = Entity(Kind.SYMPTOM, "depression", "depression")
DEPRESSION = Entity(Kind.DISORDER, "depression", "depression", ("the blues", "“low”"))
CBT = Entity(Kind.THERAPY, "cbt", "cognitive behavioural therapy", ("CBT",))
SERTRALINE = Entity(Kind.MEDICATION, "DB01104", "sertraline")
SSRI = Entity(Kind.DRUG_CLASS, "ssri", "SSRI")
NAUSEA = Entity(Kind.SIDE_EFFECT, "nausea", "nausea")
LONELY = Entity(Kind.SYMPTOM, "lonely", "a node without facts")
ENTITIES = (PANIC, LOW_MOOD, DEPRESSION, CBT, SERTRALINE, SSRI, NAUSEA, LONELY)


def fact(
    subject: Entity,
    relation: Relation,
    object_: Entity,
    origin: Origin = Origin.CURATED,
    passages: str = "",
    **more: str,
) -> Fact:
    """A Fact; `passages` are ids with spaces between."""
    return Fact(subject.key, relation, object_.key, origin, frozenset(passages.split()), **more)


FACTS = (
    fact(PANIC, Relation.TREATED_BY, CBT, passages="p1 p2", line="first", grade="A"),
    fact(PANIC, Relation.TREATED_BY, CBT, Origin.EXTRACTED, "p2"),
    fact(PANIC, Relation.TREATED_BY, SERTRALINE, passages="p1", qualifier="adults"),
    fact(PANIC, Relation.TREATED_BY, SERTRALINE, Origin.ONTOLOGY, source="drugcentral"),
    fact(PANIC, Relation.COMORBID_WITH, DEPRESSION, Origin.EXTRACTED, "p3"),
    fact(DEPRESSION, Relation.HAS_SYMPTOM, LOW_MOOD, Origin.ONTOLOGY, "p3"),
    fact(DEPRESSION, Relation.COMORBID_WITH, PANIC, Origin.IMPORTED, source="PMID:1"),
    fact(SERTRALINE, Relation.IN_CLASS, SSRI, Origin.ONTOLOGY, source="drugcentral"),
    fact(SERTRALINE, Relation.HAS_SIDE_EFFECT, NAUSEA, passages="p4"),
    fact(CBT, Relation.NOT_RECOMMENDED_FOR, LOW_MOOD, Origin.IMPORTED, "p4"),
)
MENTIONS = (
    Mention("p1", PANIC.key, 0.9),
    Mention("p2", PANIC.key, 0.9),
    Mention("p3", PANIC.key, 1.0),
    Mention("p1", CBT.key, 0.25),
    Mention("p4", SERTRALINE.key, 0.5),
)
DATA = GraphData(
    entities=ENTITIES,
    facts=FACTS,
    mentions=MENTIONS,
    passages={"p1": "nice@2020", "p2": "nice@2020", "p3": "nhs", "p4": "label", "p5": "nhs"},
    supersedes=[("nice@2020", "nice@2011")],
)


@pytest.fixture(params=["embedded", "neo4j"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty store of each kind; what a test leaves in the server is removed."""
    if request.param == "embedded":
        yield EmbeddedStore(tmp_path / "graphs")
        return
    server: Server = request.getfixturevalue("neo4j_server")
    with Neo4jStore(server.address) as store:
        before = {status.id for status in store.statuses()}
        yield store
        for status in store.statuses():
            if status.id not in before:
                store.remove_version(status.id)


SOON = 5.0
COUNTS = GraphCounts(entities=8, facts=10, mentions=5, passages=5)
Ask = Callable[..., list[Any]]


@pytest.fixture
def neo4j_store(neo4j_server: Server) -> Iterator[Neo4jStore]:
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


@pytest.fixture
def version() -> str:
    """A version id that nobody has used."""
    return uuid.uuid4().hex[:16]
