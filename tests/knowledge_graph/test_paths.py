from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.paths import shortest_path
from knowledge_graph.schema import Entity, Fact, GraphData, Kind, Origin, Relation
from knowledge_graph.store import GraphReader
from knowledge_graph.stores.embedded_store import EmbeddedStore

Make = Callable[[Sequence[tuple[int, int, Origin]]], GraphReader]


def key(number: int) -> str:
    return f"Symptom:{number}"


def fact(a: int, b: int, origin: Origin) -> Fact:
    return Fact(key(a), Relation.COMORBID_WITH, key(b), origin)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make([(1, 2, origin), ...])`: a reader of a graph with these edges between 1 to 12."""

    def made(edges: Sequence[tuple[int, int, Origin]]) -> GraphReader:
        store = EmbeddedStore(tmp_path)
        entities = [Entity(Kind.SYMPTOM, str(number), str(number)) for number in range(1, 13)]
        store.load("v", GraphData(entities, [fact(*edge) for edge in edges]))
        return store.open("v")

    return made


CURATED, EXTRACTED, ONTOLOGY = Origin.CURATED, Origin.EXTRACTED, Origin.ONTOLOGY


def test_the_shortest_way_whichever_way_its_facts_point(make: Make) -> None:
    reader = make([(2, 1, CURATED), (2, 3, CURATED), (3, 4, CURATED), (1, 5, CURATED)])
    way = shortest_path(reader, key(1), key(3), deadline_s=5)
    assert way == (fact(2, 1, CURATED), fact(2, 3, CURATED))
    back = shortest_path(reader, key(3), key(1), deadline_s=5)
    assert back == (fact(2, 3, CURATED), fact(2, 1, CURATED))


def test_of_equally_short_ways_the_strongest(make: Make) -> None:
    weak = [(1, 2, ONTOLOGY), (2, 4, CURATED)]
    reader = make([*weak, (1, 3, CURATED), (3, 4, EXTRACTED), (1, 4, ONTOLOGY), (1, 4, EXTRACTED)])
    assert shortest_path(reader, key(1), key(4), deadline_s=5) == (fact(1, 4, EXTRACTED),)


def test_a_strong_detour_does_not_beat_a_short_way(make: Make) -> None:
    reader = make([(1, 2, CURATED), (2, 3, CURATED), (1, 3, ONTOLOGY)])
    assert shortest_path(reader, key(1), key(3), deadline_s=5) == (fact(1, 3, ONTOLOGY),)


def test_as_far_as_six_facts_and_no_farther(make: Make) -> None:
    reader = make([(n, n + 1, CURATED) for n in range(1, 12)])
    way = shortest_path(reader, key(1), key(7), deadline_s=5)
    assert way == tuple(fact(n, n + 1, CURATED) for n in range(1, 7))
    assert shortest_path(reader, key(1), key(8), deadline_s=5) is None


def test_no_way_the_same_and_the_unknown(make: Make) -> None:
    reader = make([(1, 2, CURATED), (3, 4, CURATED)])
    assert shortest_path(reader, key(1), key(4), deadline_s=5) is None
    assert shortest_path(reader, key(1), key(1), deadline_s=5) == ()
    assert shortest_path(reader, key(1), "Symptom:none", deadline_s=5) is None


def test_the_deadline_holds(make: Make) -> None:
    reader = make([(n, n + 1, CURATED) for n in range(1, 12)])
    with pytest.raises(GraphUnavailableError):
        shortest_path(reader, key(1), key(6), deadline_s=0)
