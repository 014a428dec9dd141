"""Literature-mined graphs as researchers publish them: a CSV of triples, each with the paper that
it was read from and the sentence.

The model case is GENA, the nutrition and mental-health graph of Dang et al. (2023), mined from
PubMed abstracts. Columns go by several names (`COLUMNS`); subject, relation and object are needed,
and so are the kinds of both ends, or identifiers and names that the vocabulary knows.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge_graph.errors import GraphDataError
from knowledge_graph.graph import Sources
from knowledge_graph.import_names import KINDS, RELATIONS, plain
from knowledge_graph.schema import Entity, Fact, Kind, Origin, Relation, entity_key, kind_of
from knowledge_graph.vocabulary import Vocabulary

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "subject": ("subject", "subject_name", "head", "source", "entity1", "node1"),
    "relation": ("relation", "predicate", "relationship", "verb", "edge"),
    "object": ("object", "object_name", "tail", "target", "entity2", "node2"),
    "subject_kind": ("subject_kind", "subject_type", "head_type", "source_type", "entity1_type"),
    "object_kind": ("object_kind", "object_type", "tail_type", "target_type", "entity2_type"),
    "subject_id": ("subject_id", "head_id", "source_id", "entity1_id"),
    "object_id": ("object_id", "tail_id", "target_id", "entity2_id"),
    "pmid": ("pmid", "pubmed_id", "pubmed", "article_id"),
    "sentence": ("sentence", "text", "evidence", "context"),
}
"""What a column may be called; case, spaces and "-" do not matter."""
_NEEDED = ("subject", "relation", "object")
_PMID = re.compile(r"(?:pmid:?\s*)?(\d{1,9})(?:\.0)?", re.IGNORECASE)
_UNSURE = re.compile(r"[^a-z0-9]+")
_LONGEST_CELL = 20_000  # characters; a longer one is no sentence
_IDS_BY_NUMBER = re.compile(r"^[A-Za-z_]+:")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a paper: the passage that states imported Facts."""

    source: str
    """"pmid-12345678", or the import's name where the row has no PMID."""
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A graph that was read, and what was left out of it."""

    entities: tuple[Entity, ...]
    """Those that the vocabulary does not have, sorted by key."""
    facts: tuple[Fact, ...]
    """Sorted by identity; each names the ids of its sentences."""
    statements: Mapping[str, Statement]
    """Passage id to sentence, sorted by id."""
    rows: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Why rows were left out, and how many."""


def read_triples(
    path: Path,
    name: str,
    vocabulary: Vocabulary,
    passage_id: Callable[[str, str], str],
    *,
    kinds: Mapping[str, Kind] | None = None,
    relations: Mapping[str, tuple[Relation, bool]] | None = None,
) -> Imported:
    """Reads a CSV or TSV of triples. Rows whose relation or kinds mean nothing here are counted in
    `skipped`, by what they say.

    An end with an identifier that the vocabulary has (as id or cross-reference, in that kind) is
    that entity; one without is the vocabulary's entity of that kind and name; any other is new.

    Args:
        name: of the import; new entities without an identifier get ids that begin with it.
        passage_id: (source id, sentence) to the passage's id.
        kinds, relations: what further words in the table mean; a relation with True is turned
            round ("treats": subject and object change places).

    Raises:
        GraphDataError: the file cannot be read, or lacks a column that is needed.
    """
    reader = _Reader(name, vocabulary, passage_id, {**KINDS, **(kinds or {})})
    meanings = {**RELATIONS, **(relations or {})}
    rows = 0
    for row in _rows(path):
        rows += 1
        reader.take(row, meanings.get(plain(row["relation"])))
    if not reader.facts:
        why = ", ".join(f"{reason} ({count})" for reason, count in reader.skipped.most_common(5))
        raise GraphDataError(f"{path}: none of its {rows} rows can be used: {why or 'it is empty'}")
    return Imported(
        entities=tuple(reader.new[key] for key in sorted(reader.new)),
        facts=tuple(
            Fact(*triple, Origin.IMPORTED, frozenset(ids), source=name)
            for triple, ids in sorted(reader.facts.items())
        ),
        statements={key: reader.statements[key] for key in sorted(reader.statements)},
        rows=rows,
        skipped=dict(reader.skipped.most_common()),
    )


def with_imports(sources: Sources, imports: Sequence[Imported]) -> Sources:
    """What a graph is made from, with these imports: a Fact that two of them have is one Fact."""
    merged: dict[tuple[str, str, str, str], Fact] = {}
    for fact in (fact for one in imports for fact in one.facts):
        there = merged.get(fact.identity)
        if there is not None:
            names = dict.fromkeys((*there.source.split(", "), fact.source))
            passages = there.passages | fact.passages
            fact = replace(fact, passages=passages, source=", ".join(names))
        merged[fact.identity] = fact
    more = [entity for one in imports for entity in one.entities]
    facts = [*sources.ontology, *merged.values()]
    return replace(sources, vocabulary=sources.vocabulary.extended(more), ontology=facts)


class _Reader:
    def __init__(
        self,
        name: str,
        vocabulary: Vocabulary,
        passage_id: Callable[[str, str], str],
        kinds: Mapping[str, Kind],
    ) -> None:
        self._name = name
        self._vocabulary = vocabulary
        self._passage_id = passage_id
        self._kinds = kinds
        self._by_id = _identifiers(vocabulary)
        self.new: dict[str, Entity] = {}
        self.facts: dict[tuple[str, Relation, str], set[str]] = {}
        self.statements: dict[str, Statement] = {}
        self.skipped: Counter[str] = Counter()

    def take(self, row: Mapping[str, str], meaning: tuple[Relation, bool] | None) -> None:
        """One row becomes a Fact, or is counted as skipped."""
        if meaning is None:
            self.skipped[f"relation {row['relation']!r} is none of ours"] += 1
            return
        relation, turned = meaning
        subject, object_ = self._entity(row, "subject"), self._entity(row, "object")
        if subject is None or object_ is None:
            return
        if turned:
            subject, object_ = object_, subject
        if subject == object_:
            self.skipped["both ends are the same"] += 1
            return
        stated = self.facts.setdefault((subject, relation, object_), set())
        if row["sentence"]:
            pmid = _PMID.fullmatch(row["pmid"])
            source = f"pmid-{pmid.group(1)}" if pmid else self._name
            passage = self._passage_id(source, row["sentence"])
            self.statements.setdefault(passage, Statement(source, row["sentence"]))
            stated.add(passage)

    def _entity(self, row: Mapping[str, str], side: str) -> str | None:
        name, identifier = row[side], row[f"{side}_id"]
        word = row[f"{side}_kind"]
        kind = self._kinds.get(plain(word)) if word else None
        if word and kind is None:
            self.skipped[f"kind {word!r} is none of ours"] += 1
            return None
        if not name:
            self.skipped["an end has no name"] += 1
            return None
        known = self._known(name, identifier, kind)
        if known is not None:
            return known
        if kind is None:
            self.skipped["an end has no kind"] += 1
            return None
        canonical = identifier or f"{self._name}:{_UNSURE.sub('-', name.lower()).strip('-')}"
        key = entity_key(kind, canonical)
        self.new.setdefault(key, Entity(kind, canonical, name))
        return key

    def _known(self, name: str, identifier: str, kind: Kind | None) -> str | None:
        if identifier:
            keys = self._by_id.get(identifier.upper(), [])
        else:
            keys = self._vocabulary.named(name)
        fitting = [key for key in keys if kind is None or kind_of(key) is kind]
        return fitting[0] if len(fitting) == 1 or (fitting and kind is None) else None


def _identifiers(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Identifier in capitals, with and without its prefix, to the keys that have it."""
    found: dict[str, list[str]] = {}
    for entity in vocabulary.entities:
        for identifier in (entity.id, *entity.xrefs):
            for form in {identifier.upper(), _IDS_BY_NUMBER.sub("", identifier).upper()}:
                if not form.isdigit():  # a bare number means something else in each database
                    found.setdefault(form, []).append(entity.key)
    return {form: list(dict.fromkeys(keys)) for form, keys in found.items()}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows with the names of `COLUMNS`, cells stripped and with single spaces."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter="\t" if "\t" in head else ",")
            columns = _columns(path, reader.fieldnames or ())
            for row in reader:
                cells = {name: row.get(column) or "" for name, column in columns.items()}
                if any(len(cell) > _LONGEST_CELL for cell in cells.values()):
                    raise GraphDataError(
                        f"{path}:{reader.line_num}: a cell has more than {_LONGEST_CELL} "
                        "characters: is a quotation mark left open?"
                    )
                found = {name: _clean(cell) for name, cell in cells.items()}
                yield {name: found.get(name, "") for name in COLUMNS}
    except OSError as error:
        raise GraphDataError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise GraphDataError(f"{path}: not a CSV in UTF-8 ({error})") from error


def _clean(cell: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in cell).split())


def _columns(path: Path, header: Sequence[str]) -> dict[str, str]:
    there = {plain(column or "").replace(" ", "_"): column for column in header}
    columns = {
        name: next(there[other] for other in others if other in there)
        for name, others in COLUMNS.items()
        if any(other in there for other in others)
    }
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise GraphDataError(
            f"{path}: no column for {missing[0]!r}; it may be called "
            f"{', '.join(COLUMNS[missing[0]])}"
        )
    return columns
