"""Every curated row stands, by its words, in the document that it names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import corpora
from knowledge_graph.curated import CuratedRow, read_curated
from knowledge_graph.graph import Sources
from knowledge_graph.names import normal
from rag.ingest.reader import read
from rag.sentences import sentence_spans
from rag.settings import IngestSettings


@pytest.fixture(scope="session")
def rows() -> list[CuratedRow]:
    vocabulary = Sources.shipped(corpora.facts_dir()).vocabulary
    return read_curated(corpora.facts_dir(), vocabulary)


def sentences(path: Path) -> list[str]:
    document = read(path, IngestSettings())
    return [
        f" {normal(block.text[first:last])} "
        for block in document.blocks
        for first, last in sentence_spans(block.text)
    ]


def test_there_are_enough(rows: list[CuratedRow]) -> None:
    assert len({(r.fact.identity, r.document) for r in rows}) >= 600


def test_each_statement_stands_in_its_document(rows: list[CuratedRow]) -> None:
    texts = {
        name: sentences(corpora.documents_dir() / f"{name}.md")
        for name in {row.document for row in rows if row.document}
    }
    lost = [
        row.where
        for row in rows
        if row.document
        and not any(
            all(f" {words} " in sentence for words in row.words) for sentence in texts[row.document]
        )
    ]
    assert not lost


def test_the_kinds_of_fact_that_are_asked_for(rows: list[CuratedRow]) -> None:
    counts = Counter(row.fact.relation.value for row in rows)
    assert counts["TREATED_BY"] >= 200
    assert counts["HAS_SIDE_EFFECT"] >= 100
    assert counts["NOT_RECOMMENDED_FOR"] >= 15
    assert counts["SCREENED_BY"] >= 10
    assert sum(row.fact.line == "first" for row in rows) >= 30
