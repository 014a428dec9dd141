"""A statement beside Facts: the cited passage decides, a curated Fact elsewhere comes second."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_graph.contradiction import compare
from knowledge_graph.extraction import Statement
from knowledge_graph.schema import Entity, Fact, GraphData, Kind, Origin, Relation
from knowledge_graph.stores.embedded import EmbeddedReader, write

PANIC = Entity(Kind.DISORDER, "DOID:594", "panic disorder")
BENZO = Entity(Kind.DRUG_CLASS, "N0000175694", "benzodiazepines")
GAIN = Entity(Kind.SIDE_EFFECT, "D015430", "weight gain")
TREATS = Statement(PANIC.key, Relation.TREATED_BY, BENZO.key)
NO_GAIN = Statement(BENZO.key, Relation.HAS_SIDE_EFFECT, GAIN.key, denied=True)


def fact(
    relation: Relation, passage: str, origin: Origin = Origin.CURATED, qualifier: str = ""
) -> Fact:
    subject, other = {
        Relation.TREATED_BY: (PANIC, BENZO),
        Relation.NOT_RECOMMENDED_FOR: (BENZO, PANIC),
        Relation.HAS_SIDE_EFFECT: (BENZO, GAIN),
    }[relation]
    return Fact(subject.key, relation, other.key, origin, frozenset({passage}), qualifier=qualifier)


def compared(tmp_path: Path, statement: Statement, *facts: Fact) -> tuple[bool, bool]:
    passages = {p: "s" for f in facts for p in f.passages}
    write(tmp_path, GraphData([PANIC, BENZO, GAIN], facts, passages=passages))
    reader = EmbeddedReader(tmp_path, "v")
    (found,) = compare([statement], {"cited"}, reader, deadline_s=5)
    reader.close()
    return found.agrees is not None, found.contradicts is not None


AGAINST, FOR = Relation.NOT_RECOMMENDED_FOR, Relation.TREATED_BY


@pytest.mark.parametrize(
    ("facts", "agrees", "contradicts"),
    [
        ([fact(FOR, "cited")], True, False),
        ([fact(FOR, "elsewhere")], False, False),
        ([fact(AGAINST, "cited")], False, True),
        ([fact(AGAINST, "elsewhere")], False, True),
        ([fact(AGAINST, "elsewhere", Origin.EXTRACTED)], False, False),
        ([fact(AGAINST, "cited", Origin.EXTRACTED)], False, True),
        ([fact(AGAINST, "cited"), fact(FOR, "cited", Origin.EXTRACTED)], True, False),
        ([fact(AGAINST, "elsewhere"), fact(FOR, "third", Origin.EXTRACTED)], False, False),
        ([fact(AGAINST, "cited", qualifier="children")], False, False),
        ([fact(AGAINST, "cited", Origin.ONTOLOGY)], False, False),
        ([], False, False),
    ],
)
def test_who_is_right(tmp_path: Path, facts: list[Fact], agrees: bool, contradicts: bool) -> None:
    assert compared(tmp_path, TREATS, *facts) == (agrees, contradicts)


def test_a_side_effect_denied(tmp_path: Path) -> None:
    assert compared(tmp_path, NO_GAIN, fact(Relation.HAS_SIDE_EFFECT, "cited")) == (False, True)
