"""Curated facts: rows of `corpora/facts/*.csv`, each naming the passage or source that states it.

A row names a document of ours, a heading, and words that must stand in one sentence there
("Clomipramine|OCD"). Ids of passages change with every edit of a document, so they are resolved
at each build; a row whose words are nowhere in the index states nothing and makes no Fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_graph.errors import GraphDataError
from knowledge_graph.names import normal
from knowledge_graph.passages import PassageText
from knowledge_graph.schema import Fact, Origin, Relation
from knowledge_graph.vocabulary import Vocabulary, csv_rows

ENTITIES = "entities.csv"
_COLUMNS = (
    "subject",
    "relation",
    "object",
    "line",
    "qualifier",
    "document",
    "heading",
    "words",
    "source",
)


@dataclass(frozen=True, slots=True)
class CuratedRow:
    """One row: a statement, and where it stands."""

    fact: Fact
    document: str
    heading: str
    words: tuple[str, ...]
    """Normal forms of what must stand in one sentence."""
    where: str
    """File and line, for messages."""


def read_curated(folder: Path, vocabulary: Vocabulary) -> list[CuratedRow]:
    """All rows of the CSV files in `folder`, except the table of entities.

    Raises:
        GraphDataError: a file cannot be read; a row names an unknown relation or entity, or
            neither words of a document nor a source.
    """
    return [
        _row(row, f"{path.name}:{line}", vocabulary)
        for path in sorted(folder.glob("*.csv"))
        if path.name != ENTITIES
        for line, row in csv_rows(path, _COLUMNS)
    ]


def _row(row: dict[str, str], where: str, vocabulary: Vocabulary) -> CuratedRow:
    try:
        relation = Relation(row["relation"])
    except ValueError:
        raise GraphDataError(f"{where}: no relation {row['relation']!r}") from None
    subject = vocabulary.subject(row["subject"], relation)
    other = vocabulary.object(row["object"], relation)
    if subject is None or other is None:
        unknown = row["subject"] if subject is None else row["object"]
        raise GraphDataError(
            f"{where}: {unknown!r} names nothing that {relation.value} can join: add it to "
            f"{ENTITIES}, or mend the name"
        )
    words = tuple(filter(None, map(normal, row["words"].split("|"))))
    if not (row["document"] and words) and not row["source"]:
        raise GraphDataError(f"{where}: name a document and words of it, or a source")
    fact = Fact(
        subject,
        relation,
        other,
        Origin.CURATED,
        line=row["line"],
        qualifier=row["qualifier"],
        source=row["source"],
    )
    return CuratedRow(fact, row["document"], row["heading"], words, where)


def curated_facts(rows: Sequence[CuratedRow], passages: Iterable[PassageText]) -> list[Fact]:
    """The rows as Facts with the passages that state them; rows of one statement are one Fact.

    Of several rows the first gives line and qualifier. A row that only a document states makes
    no Fact where that document, or its sentence, is not among `passages`.
    """
    by_document: dict[str, list[_Searched]] = defaultdict(list)
    documents = {row.document for row in rows}
    for passage in passages:
        if passage.document in documents:
            by_document[passage.document].append(_searched(passage))
    merged: dict[tuple[str, ...], Fact] = {}
    for row in rows:
        stating = _stating(row, by_document.get(row.document, ()))
        if not stating and not row.fact.source:
            continue
        there = merged.get(row.fact.identity, row.fact)
        grades = [p.grade for p in stating if p.grade] + ([there.grade] if there.grade else [])
        merged[row.fact.identity] = Fact(
            there.subject,
            there.relation,
            there.object,
            there.origin,
            passages=there.passages | {passage.id for passage in stating},
            line=there.line or row.fact.line,
            grade=min(grades, default=""),
            qualifier=there.qualifier or row.fact.qualifier,
            source=there.source or row.fact.source,
        )
    return [merged[identity] for identity in sorted(merged)]


@dataclass(frozen=True, slots=True)
class _Searched:
    """A passage, and the normal form of its sentences, together and apart."""

    passage: PassageText
    text: str
    sentences: tuple[str, ...]


def _searched(passage: PassageText) -> _Searched:
    sentences = tuple(f" {normal(sentence)} " for sentence in passage.sentences)
    return _Searched(passage, "".join(sentences), sentences)


def _stating(row: CuratedRow, passages: Sequence[_Searched]) -> list[PassageText]:
    words = [f" {word} " for word in row.words]
    found = [
        one.passage
        for one in passages
        if _within(one.text, words) and any(_within(s, words) for s in one.sentences)
    ]
    below = [passage for passage in found if row.heading in passage.heading]
    return below or found


def _within(padded: str, words: Sequence[str]) -> bool:
    return bool(words) and all(word in padded for word in words)
