"""What every store must do, on each of them. The Neo4j is a real one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_graph.errors import GraphDataError, VersionNotLoadedError
from knowledge_graph.expansion import expand
from knowledge_graph.schema import (
    STRENGTH,
    Entity,
    Fact,
    GraphData,
    Kind,
    Mention,
    Origin,
    Relation,
)
from knowledge_graph.store import GraphCounts, GraphReader, GraphStore, Removed
from tests.knowledge_graph.stores.conftest import (
    CBT,
    COUNTS,
    DATA,
    DEPRESSION,
    ENTITIES,
    FACTS,
    LONELY,
    LOW_MOOD,
    NAUSEA,
    PANIC,
    SERTRALINE,
    SOON,
    fact,
)


def nearest(reader: GraphReader, key: str, limit: int = 99, *only: Relation) -> list[Fact]:
    relations = only or tuple(Relation)
    return reader.neighbours([key], relations=relations, limit=limit, deadline_s=SOON).get(key, [])


def everything(reader: GraphReader, entities: Sequence[Entity]) -> set[Fact]:
    keys = [entity.key for entity in entities]
    found = reader.neighbours(keys, relations=tuple(Relation), limit=999, deadline_s=SOON)
    return {fact for facts in found.values() for fact in facts}


def test_what_is_loaded_is_read_back(store: GraphStore, version: str) -> None:
    assert store.load(version, DATA) == COUNTS
    assert version in store.versions()
    reader = store.open(version)
    assert reader.version == version
    assert reader.counts(deadline_s=SOON) == COUNTS
    keys = [entity.key for entity in ENTITIES]
    assert reader.entities(keys, deadline_s=SOON) == dict(zip(keys, ENTITIES, strict=True))
    assert everything(reader, ENTITIES) == set(FACTS)
    reader.close()


def test_neighbours_come_in_one_order_and_are_cut_off_there(
    store: GraphStore, version: str
) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    ordered = [FACTS[2], FACTS[0], FACTS[4], FACTS[1], FACTS[6], FACTS[3]]
    assert nearest(reader, PANIC.key) == ordered
    for limit in range(1, 6):
        assert nearest(reader, PANIC.key, limit) == ordered[:limit]
    assert nearest(reader, PANIC.key, 9, Relation.COMORBID_WITH) == [FACTS[4], FACTS[6]]
    assert nearest(reader, CBT.key, 1, Relation.NOT_RECOMMENDED_FOR) == [FACTS[9]]
    reader.close()


def test_no_two_origins_have_one_strength() -> None:
    assert len(set(STRENGTH.values())) == len(Origin)  # what neighbours are ordered by


def test_the_unknown_has_nothing(store: GraphStore, version: str) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    strangers = ["Disorder:none", "", "nonsense", "Disorder:\ud800", LONELY.key]
    assert everything(reader, [LONELY]) == set()
    assert reader.entities(strangers, deadline_s=SOON) == {LONELY.key: LONELY}
    assert reader.passages(strangers, limit=9, deadline_s=SOON) == {}
    assert reader.neighbours(strangers, relations=[Relation.IS_A], limit=9, deadline_s=SOON) == {}
    assert reader.facts_between("Disorder:\ud800", PANIC.key, deadline_s=SOON) == []
    assert reader.entities([], deadline_s=SOON) == {}
    reader.close()


def test_one_name_of_two_kinds_is_two_entities(store: GraphStore, version: str) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    both = reader.entities([DEPRESSION.key, LOW_MOOD.key], deadline_s=SOON)
    assert [both[DEPRESSION.key].kind, both[LOW_MOOD.key].kind] == [Kind.DISORDER, Kind.SYMPTOM]
    assert nearest(reader, LOW_MOOD.key) == [FACTS[9], FACTS[5]]
    assert {f.other(DEPRESSION.key) for f in nearest(reader, DEPRESSION.key)} == {
        PANIC.key,
        LOW_MOOD.key,
    }
    reader.close()


def test_facts_between_two(store: GraphStore, version: str) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    expected = sorted((FACTS[4], FACTS[6]), key=lambda fact: fact.identity)
    assert reader.facts_between(PANIC.key, DEPRESSION.key, deadline_s=SOON) == expected
    assert reader.facts_between(DEPRESSION.key, PANIC.key, deadline_s=SOON) == expected
    assert reader.facts_between(PANIC.key, LONELY.key, deadline_s=SOON) == []
    reader.close()


def test_passages_by_weight_then_id(store: GraphStore, version: str) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    found = reader.passages([PANIC.key, CBT.key, NAUSEA.key], limit=9, deadline_s=SOON)
    assert found == {PANIC.key: [("p3", 1.0), ("p1", 0.9), ("p2", 0.9)], CBT.key: [("p1", 0.25)]}
    first = reader.passages([PANIC.key], limit=2, deadline_s=SOON)
    assert first == {PANIC.key: [("p3", 1.0), ("p1", 0.9)]}
    reader.close()


def test_a_walk_keeps_what_is_asked_for_of_a_hub(store: GraphStore, version: str) -> None:
    signs = [Entity(Kind.SYMPTOM, f"s{n}", f"sign {n}") for n in range(20)]
    facts = [Fact(PANIC.key, Relation.HAS_SYMPTOM, sign.key, Origin.ONTOLOGY) for sign in signs]
    facts.append(Fact(PANIC.key, Relation.TREATED_BY, CBT.key, Origin.ONTOLOGY))
    store.load(version, GraphData([PANIC, CBT, *signs], facts))
    reader = store.open(version)
    weights = {Relation.HAS_SYMPTOM: 0.5, Relation.TREATED_BY: 0.9}
    walked = {"hops": 1, "fan_out": 5, "frontier": 9, "deadline_s": SOON}
    reached = expand(reader, {PANIC.key: 1.0}, weights=weights, **walked)
    assert reached[1].entity == CBT.key  # the symptoms come before it, and there are too many
    assert len(reached) == 7
    reader.close()


def test_a_walk_of_two_hops_keeps_its_path(store: GraphStore, version: str) -> None:
    store.load(version, DATA)
    reader = store.open(version)
    weights = {Relation.TREATED_BY: 0.5, Relation.HAS_SIDE_EFFECT: 0.5}
    reached = expand(
        reader, {PANIC.key: 1.0}, weights=weights, hops=2, fan_out=9, frontier=9, deadline_s=SOON
    )
    by_key = {r.entity: r for r in reached}
    assert set(by_key) == {PANIC.key, CBT.key, SERTRALINE.key, NAUSEA.key}
    assert by_key[NAUSEA.key].path == (FACTS[2], FACTS[8])
    assert by_key[NAUSEA.key].score == pytest.approx(0.25)
    reader.close()


def test_removing_passages_removes_exactly_what_only_they_stated(
    store: GraphStore, version: str
) -> None:
    store.load(version, DATA)
    gone = store.remove_passages(version, ["p1", "p3", "unheard-of"])
    # FACTS[2] and [4] had no other passage; [0] has p2 left, [5] is an ontology's.
    assert gone == Removed(facts=2, mentions=3, passages=2)
    reader = store.open(version)
    left = everything(reader, ENTITIES)
    kept = {f for i, f in enumerate(FACTS) if i not in (0, 2, 4, 5)}
    assert left == kept | {
        replace(FACTS[0], passages=frozenset({"p2"})),
        replace(FACTS[5], passages=frozenset()),
    }
    assert reader.passages([PANIC.key], limit=9, deadline_s=SOON) == {PANIC.key: [("p2", 0.9)]}
    assert reader.counts(deadline_s=SOON) == GraphCounts(8, 8, 2, 3)
    reader.close()


def test_removing_all_passages_leaves_what_never_had_one(store: GraphStore, version: str) -> None:
    store.load(version, DATA)
    store.remove_passages(version, list(DATA.passages))
    reader = store.open(version)
    left = everything(reader, ENTITIES)
    assert left == {FACTS[3], FACTS[6], FACTS[7], replace(FACTS[5], passages=frozenset())}
    assert reader.passages([e.key for e in ENTITIES], limit=9, deadline_s=SOON) == {}
    reader.close()


def test_versions_stand_side_by_side(store: GraphStore, version: str) -> None:
    other = f"{version}b"
    small = GraphData(entities=[PANIC, CBT], facts=[fact(PANIC, Relation.SUITED_TO, CBT)])
    store.load(version, DATA)
    assert store.load(other, small) == GraphCounts(2, 1, 0, 0)
    assert {version, other} <= set(store.versions())
    first, second = store.open(version), store.open(other)
    assert everything(first, ENTITIES) == set(FACTS)
    assert everything(second, ENTITIES) == {fact(PANIC, Relation.SUITED_TO, CBT)}
    store.remove_version(other)
    assert other not in store.versions()
    assert everything(first, ENTITIES) == set(FACTS)
    store.remove_version(other)
    first.close()
    second.close()


def test_a_version_that_is_there_is_left_as_it_is(store: GraphStore, version: str) -> None:
    store.load(version, DATA)
    assert store.load(version, GraphData(entities=[], facts=[])) == COUNTS


def test_a_version_that_is_not_there_is_named(store: GraphStore, version: str) -> None:
    with pytest.raises(VersionNotLoadedError):
        store.open(version).counts(deadline_s=SOON)
    with pytest.raises(VersionNotLoadedError):
        store.remove_passages(version, ["p1"])
    assert version not in store.versions()


CONTRADICTIONS = {
    "unknown object": GraphData([PANIC], [fact(PANIC, Relation.IS_A, CBT)]),
    "unknown subject": GraphData([PANIC], [fact(CBT, Relation.IS_A, PANIC)]),
    "unknown passage": GraphData([PANIC, CBT], [fact(PANIC, Relation.IS_A, CBT, passages="p9")]),
    "mention of nothing": GraphData([], [], [Mention("p1", PANIC.key, 1.0)], {"p1": "s"}),
    "mention in nothing": GraphData([PANIC], [], [Mention("p1", PANIC.key, 1.0)]),
    "entity twice": GraphData([PANIC, replace(PANIC, name="panic")], []),
    "no Unicode": GraphData([replace(PANIC, name="\ud800")], []),
}


@pytest.mark.parametrize("data", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_data_that_contradict_themselves_are_refused(
    store: GraphStore, version: str, data: GraphData
) -> None:
    with pytest.raises(GraphDataError):
        store.load(version, data)
    assert version not in store.versions()
    with pytest.raises(VersionNotLoadedError):
        store.open(version).counts(deadline_s=SOON)
    assert store.load(version, DATA) == COUNTS


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = st.sampled_from(ENTITIES)
ANY_FACT = st.builds(
    fact,
    KEYS,
    st.sampled_from([r for r in Relation if r not in (Relation.MENTIONS, Relation.STATED_IN)]),
    KEYS,
    st.sampled_from(Origin),
    st.sets(st.sampled_from(["p1", "p2", "p3"])).map(" ".join),
    line=TEXT,
    qualifier=TEXT,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ANY_FACT, max_size=30, unique_by=lambda fact: fact.identity), st.randoms())
def test_any_graph_reads_the_same_from_every_store(
    store: GraphStore, version: str, facts: list[Fact], chance: random.Random
) -> None:
    facts = [f for f in facts if f.relation is not Relation.SUPERSEDES]
    chance.shuffle(facts)
    store.remove_version(version)
    store.load(version, GraphData(ENTITIES, facts, passages=DATA.passages))
    reader = store.open(version)
    limit = chance.randrange(1, 6)
    for entity in ENTITIES:
        mine = [f for f in facts if entity.key in (f.subject, f.object)]
        mine.sort(key=lambda f: _order(f, entity.key))
        assert nearest(reader, entity.key) == mine
        assert nearest(reader, entity.key, limit) == mine[:limit]
    reader.close()


def _order(fact: Fact, key: str) -> tuple[float, str, str, str, bool]:
    return -fact.strength, fact.relation, fact.other(key), fact.origin, fact.subject != key
