from __future__ import annotations

import csv
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_graph.errors import GraphDataError
from knowledge_graph.graph import Sources, build_graph
from knowledge_graph.imports import Imported, Statement, read_triples, with_imports
from knowledge_graph.schema import Entity, Kind, Origin, Relation
from knowledge_graph.stores.embedded_write import write
from knowledge_graph.vocabulary import Vocabulary

PANIC = Entity(Kind.DISORDER, "DOID:594", "panic disorder", ("panic",), ("MESH:D016584",))
LOW = Entity(Kind.SYMPTOM, "low-mood", "low mood")
LOW_DISORDER = Entity(Kind.DISORDER, "low", "low mood")
VOCABULARY = Vocabulary([PANIC], [LOW, LOW_DISORDER])
HEADER = "Subject,Relation,Object,Subject type,Object type,Subject_ID,Object_ID,PMID,Sentence\n"


def passage_id(source: str, sentence: str) -> str:
    return f"{source}/{sentence[:12]}"


def read(folder: Path, rows: str, header: str = HEADER, **more: object) -> Imported:
    path = folder / "table.csv"
    path.write_text(header + rows, encoding="utf-8")
    return read_triples(path, "mined", VOCABULARY, passage_id, **more)  # type: ignore[arg-type]


def test_a_row_becomes_a_fact_with_its_sentence(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'omega-3,treats,panic disorder,Nutrient,Disease,MESH:D015525,,123,"One, two\nthree."\n',
    )
    omega = Entity(Kind.SELF_HELP, "MESH:D015525", "omega-3")
    assert found.entities == (omega,)
    (fact,) = found.facts
    assert (fact.subject, fact.relation, fact.object) == (
        PANIC.key,
        Relation.TREATED_BY,
        omega.key,
    )
    assert (fact.origin, fact.source, fact.grounds) == (Origin.IMPORTED, "mined", False)
    (passage,) = fact.passages
    assert found.statements == {passage: Statement("pmid-123", "One, two three.")}


def test_an_identifier_goes_before_a_name_and_the_kind_decides(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "x,IS_A,low mood,,Disorder,D016584,,,\n"
        "Panic,comorbid,low mood,Disorder,Disorder,,,,\n"
        "panic disorder,has symptom,low mood,disease,symptom,MESH:D016584,,,\n"
        "panic disorder,has symptom,low mood,symptom,symptom,,,,\n",
    )
    new = "Symptom:mined:panic-disorder"
    assert [entity.key for entity in found.entities] == [new]
    assert {(f.subject, f.relation, f.object) for f in found.facts} == {
        (PANIC.key, Relation.IS_A, LOW_DISORDER.key),
        (PANIC.key, Relation.COMORBID_WITH, LOW_DISORDER.key),
        (PANIC.key, Relation.HAS_SYMPTOM, LOW.key),
        (new, Relation.HAS_SYMPTOM, LOW.key),
    }
    assert all(not fact.passages for fact in found.facts)


def test_the_same_triple_from_two_papers_is_one_fact_with_two_sentences(tmp_path: Path) -> None:
    row = "fish,reduces,panic disorder,food,disease,,,"
    found = read(tmp_path, f"{row}1,First.\n{row}2.0,Second.\n{row}PMID: 3,Third.\n{row}x,Last.\n")
    (fact,) = found.facts
    assert fact.relation is Relation.PROTECTS_AGAINST
    assert {statement.source for statement in found.statements.values()} == {
        "pmid-1",
        "pmid-2",
        "pmid-3",
        "mined",
    }
    assert fact.passages == set(found.statements)


def test_what_means_nothing_here_is_counted_and_can_be_given_a_meaning(tmp_path: Path) -> None:
    rows = (
        "fish,associated with,panic disorder,food,disease,,,1,S.\n"
        "gene,causes,panic disorder,gene,disease,,,1,S.\n"
        "fish,treats,,food,disease,,,1,S.\n"
        "fish,treats,nobody knows,food,,,,1,S.\n"
        "panic,is a,panic disorder,disease,disease,,,1,S.\n"
        "fish,prevents,panic disorder,food,disease,,,1,S.\n"
    )
    found = read(tmp_path, rows)
    assert (found.rows, len(found.facts)) == (6, 1)
    assert found.skipped == {
        "relation 'associated with' is none of ours": 1,
        "kind 'gene' is none of ours": 1,
        "an end has no name": 1,
        "an end has no kind": 1,
        "both ends are the same": 1,
    }
    more = read(
        tmp_path,
        rows,
        kinds={"gene": Kind.RISK_FACTOR},
        relations={"associated with": (Relation.TREATED_BY, True)},
    )
    assert len(more.facts) == 3


BAD = {
    "empty": ("", ""),
    "no rows": (HEADER, ""),
    "no column": ("subject,object\n", "a,b\n"),
    "nothing usable": (HEADER, "a,b,c,d,e,f,g,h,i\n"),
    "open quotation": (HEADER, 'fish,treats,"panic' + "x\n" * 30_000),
}


@pytest.mark.parametrize(("header", "rows"), BAD.values(), ids=BAD.keys())
def test_a_table_that_cannot_be_used_is_named(tmp_path: Path, header: str, rows: str) -> None:
    with pytest.raises(GraphDataError, match=r"table\.csv"):
        read(tmp_path, rows, header)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(HEADER.encode() + b"\xff\xfe,treats,panic\n")
    with pytest.raises(GraphDataError, match="UTF-8"):
        read_triples(path, "mined", VOCABULARY, passage_id)
    with pytest.raises(GraphDataError, match=r"none\.csv"):
        read_triples(tmp_path / "none.csv", "mined", VOCABULARY, passage_id)


def test_tabs_a_byte_order_mark_and_other_headers_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text(
        "\ufeffhead\tpredicate\ttail\thead-type\ttail_type\tpubmed_id\tevidence\n"
        "fish\tprevents\tpanic\tfood\tdisease\t7\tIt does.\n",
        encoding="utf-8",
    )
    found = read_triples(path, "mined", VOCABULARY, passage_id)
    assert len(found.facts) == 1
    assert [s.source for s in found.statements.values()] == ["pmid-7"]


def test_two_imports_join_what_the_graph_is_made_from(tmp_path: Path) -> None:
    row = "fish,prevents,panic disorder,food,disease,MESH:F,,"
    first, second = read(tmp_path, f"{row}1,One.\n"), read(tmp_path, f"{row}2,Two.\n")
    sources = with_imports(Sources(VOCABULARY, (), ()), [first, second])
    (fact,) = build_graph(sources, []).facts
    assert len(fact.passages) == 2
    # A name that our own entities have stays theirs.
    assert sources.vocabulary.named("low mood") == VOCABULARY.named("low mood")
    assert sources.vocabulary.named("fish") == ["SelfHelp:MESH:F"]


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5))
def test_any_cells_are_read_or_refused_and_can_be_stored(
    tmp_path: Path, cells: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["subject", "relation", "object", "subject_kind", "object_kind", "text"])
        writer.writerows([a, "prevents", b, "food", "disease", c] for a, b, c in cells)
    try:
        found = read_triples(path, "mined", VOCABULARY, passage_id)
    except GraphDataError:
        return
    data = build_graph(with_imports(Sources(VOCABULARY, (), ()), [found]), [])
    named = {key: statement.source for key, statement in found.statements.items()}
    with tempfile.TemporaryDirectory() as folder:
        counts = write(Path(folder), replace(data, passages=named))
    assert counts.facts == len(found.facts) > 0
