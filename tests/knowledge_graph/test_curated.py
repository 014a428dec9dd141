"""Curated rows become Facts with exactly the passages that state them."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_graph.curated import curated_facts, read_curated
from knowledge_graph.errors import GraphDataError
from knowledge_graph.passages import PassageText
from knowledge_graph.vocabulary import Vocabulary

HEAD = "subject,relation,object,line,qualifier,document,heading,words,source\n"
ROW = "panic disorder,TREATED_BY,SSRIs,first,,panic,Medicines,panic|SSRI,\n"
SAYS = "SSRI antidepressants are the first medicine for panic."


def passage(
    name: str, *sentences: str, document: str = "panic", heading: str = "Medicines"
) -> PassageText:
    return PassageText(name, document, ("Panic", heading), sentences, "A")


def facts(
    tmp_path: Path, vocabulary: Vocabulary, rows: str, *passages: PassageText
) -> list[frozenset[str]]:
    (tmp_path / "rows.csv").write_text(HEAD + rows, encoding="utf-8")
    return [f.passages for f in curated_facts(read_curated(tmp_path, vocabulary), passages)]


def test_only_the_passage_that_states_it(tmp_path: Path, vocabulary: Vocabulary) -> None:
    one, two = passage("p1", SAYS), passage("p2", "SSRIs help.", "Panic is common.")
    assert facts(tmp_path, vocabulary, ROW, one, two) == [frozenset({"p1"})]


def test_the_words_must_stand_in_one_sentence(tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert facts(tmp_path, vocabulary, ROW, passage("p2", "SSRIs help.", "Panic is common.")) == []


def test_another_document_with_the_words_states_nothing(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    assert facts(tmp_path, vocabulary, ROW, passage("p1", SAYS, document="phobias")) == []


def test_an_edition_of_the_document_counts(tmp_path: Path, vocabulary: Vocabulary) -> None:
    found = facts(tmp_path, vocabulary, ROW, passage("p1", SAYS, document="panic@2026-11"))
    assert found == [frozenset({"p1"})]


def test_a_heading_that_is_gone_does_not_lose_the_row(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    moved = passage("p1", SAYS, heading="Tablets")
    assert facts(tmp_path, vocabulary, ROW, moved) == [frozenset({"p1"})]


def test_two_rows_of_one_statement_are_one_fact(tmp_path: Path, vocabulary: Vocabulary) -> None:
    other = ROW.replace(",panic,Medicines,", ",phobias,Medicines,")
    one, two = passage("p1", SAYS), passage("p2", SAYS, document="phobias")
    assert facts(tmp_path, vocabulary, ROW + other, one, two) == [frozenset({"p1", "p2"})]
    assert facts(tmp_path, vocabulary, ROW + other, two) == [frozenset({"p2"})]


def test_a_row_with_a_source_alone_grounds_nothing(tmp_path: Path, vocabulary: Vocabulary) -> None:
    row = "bulimia,TREATED_BY,fluoxetine,,,,,,https://medlineplus.gov/druginfo/meds/a689006.html\n"
    (tmp_path / "rows.csv").write_text(HEAD + row, encoding="utf-8")
    (fact,) = curated_facts(read_curated(tmp_path, vocabulary), [])
    assert not fact.passages
    assert not fact.grounds


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("panic disorder,CURES,SSRIs,,,panic,,panic,\n", "no relation 'CURES'"),
        ("panic disorder,TREATED_BY,moonlight,,,panic,,panic,\n", "'moonlight' names nothing"),
        ("panic disorder,TREATED_BY,SSRIs,,,,,,\n", "name a document and words"),
        ("panic disorder,TREATED_BY,SSRIs,,,panic,,panic,,more,cells\n", "more cells"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, vocabulary: Vocabulary, row: str, message: str) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + row, encoding="utf-8")
    with pytest.raises(GraphDataError, match=message):
        read_curated(tmp_path, vocabulary)
