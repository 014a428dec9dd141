"""A graph from passages: same passages, same graph; facts come and go with what states them."""

from __future__ import annotations

from knowledge_graph.graph import Sources, build_graph
from knowledge_graph.passages import PassageText
from knowledge_graph.schema import Fact, Origin, Relation

A = PassageText("a", "clozapine", ("Clozapine",), ("Clozapine can cause constipation.",), "B")
B = PassageText("b", "guide", ("Medicines",), ("Clozapine can cause constipation and fits.",), "A")
C = PassageText("c", "guide", ("Medicines",), ("Clozapine and constipation are two words.",), "A")


def extracted(sources: Sources, *passages: PassageText) -> list[Fact]:
    return [f for f in build_graph(sources, passages).facts if f.origin is Origin.EXTRACTED]


def test_order_does_not_matter(sources: Sources) -> None:
    one, two = build_graph(sources, [A, B, C]), build_graph(sources, [C, B, A])
    assert list(one.facts) == list(two.facts)
    assert list(one.mentions) == list(two.mentions)


def test_a_fact_knows_all_that_state_it_and_nothing_else(sources: Sources) -> None:
    (fact,) = [f for f in extracted(sources, A, B, C) if f.object == "SideEffect:D003248"]
    assert fact.passages == {"a", "b"}
    assert fact.grade == "A"


def test_removing_a_guideline_removes_what_only_it_stated(sources: Sources) -> None:
    assert extracted(sources, A, B, C)
    (left,) = extracted(sources, A)
    assert left.passages == {"a"}
    assert extracted(sources, C) == []


def test_ontology_facts_ground_nothing(sources: Sources) -> None:
    facts = [f for f in build_graph(sources, [A]).facts if f.origin is Origin.ONTOLOGY]
    assert len(facts) > 1000
    assert not any(f.grounds for f in facts)


def test_same_named_entities_of_two_kinds_stay_apart(sources: Sources) -> None:
    sick = PassageText("s", "x", ("X",), ("Lithium can cause nausea.",))
    panic = PassageText("p", "y", ("Y",), ("A panic attack can cause nausea.",))
    found = {(f.relation, f.object) for f in extracted(sources, sick, panic)}
    assert found == {
        (Relation.HAS_SIDE_EFFECT, "SideEffect:D009325"),
        (Relation.HAS_SYMPTOM, "Symptom:D009325"),
    }


def test_a_passage_is_about_what_its_heading_names(sources: Sources) -> None:
    weights = {m.entity: m.weight for m in build_graph(sources, [A]).mentions}
    assert weights["Medication:DB00363"] > weights["SideEffect:D003248"]
