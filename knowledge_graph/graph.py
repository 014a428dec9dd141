"""One version's graph, built from passages: spine, curated facts, extraction, mentions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import knowledge_graph
from knowledge_graph.curated import ENTITIES, CuratedRow, curated_facts, read_curated
from knowledge_graph.extraction import Extractor, Statement
from knowledge_graph.mentions import MentionFinder, Span
from knowledge_graph.ontologies.spine import read_spine, shipped_folder
from knowledge_graph.passages import PassageText
from knowledge_graph.schema import Fact, GraphData, Mention, Origin, Relation
from knowledge_graph.vocabulary import Vocabulary, read_entities

# What a passage is about shows in its headings first, then in how often it says the name.
_IN_TITLE, _IN_HEADING, _IN_TEXT = 0.4, 0.3, 0.15
_MOST_IN_TEXT = 3
_CODE = (
    "curated extraction graph lexicon mentions names passages patterns relations schema vocabulary"
).split()
Triple = tuple[str, Relation, str]


class Reader(Protocol):
    """Reads statements off a sentence whose names are known."""

    def read(self, sentence: str, spans: Sequence[Span]) -> list[Statement]:
        """What the sentence states."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """What a graph is made from besides passages."""

    vocabulary: Vocabulary
    curated: Sequence[CuratedRow]
    ontology: Sequence[Fact]

    @classmethod
    def shipped(cls, facts_dir: Path) -> Sources:
        """The derived ontologies of the package, and the curated tables in `facts_dir`.

        Raises:
            GraphDataError: a table cannot be read.
        """
        entities, ontology = read_spine()
        vocabulary = Vocabulary(entities, read_entities(facts_dir / ENTITIES))
        return cls(vocabulary, read_curated(facts_dir, vocabulary), ontology)


def sources_sha256(facts_dir: Path) -> str:
    """Hex SHA-256 over everything but the passages that decides what a graph holds: the tables,
    and the code that reads them, so that a change of either makes a new version."""
    digest = hashlib.sha256()
    tables = sorted([*facts_dir.glob("*.csv"), *shipped_folder().glob("*.tsv")])
    code = [files(knowledge_graph).joinpath(f"{name}.py") for name in _CODE]
    for path in (*tables, *code):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build_graph(
    sources: Sources,
    passages: Sequence[PassageText],
    supersedes: Sequence[tuple[str, str]] = (),
    more_readers: Sequence[Reader] = (),
) -> GraphData:
    """The graph of these passages: the same passages give the same graph, in any order.

    Facts and mentions come and go with the passages that carry them; ontology Facts stay.

    Args:
        more_readers: what reads sentences besides the patterns, such as an `LlmReader`.
    """
    finder = MentionFinder(sources.vocabulary.names())
    readers: list[Reader] = [Extractor(finder), *more_readers]
    stated: dict[Triple, set[str]] = defaultdict(set)
    denied: set[tuple[str, Relation, str, str]] = set()
    grades: dict[Triple, str] = {}
    mentions: list[Mention] = []
    ordered = sorted(passages, key=lambda passage: passage.id)
    for passage in ordered:
        spans = [finder.find(sentence) for sentence in passage.sentences]
        mentions += _mentions(passage, spans, finder)
        for sentence, found in zip(passage.sentences, spans, strict=True):
            for statement in [s for reader in readers for s in reader.read(sentence, found)]:
                triple = (statement.subject, statement.relation, statement.object)
                if statement.denied:
                    denied.add((*triple, passage.id))
                    continue
                stated[triple].add(passage.id)
                grades[triple] = min(filter(None, (passage.grade, grades.get(triple))), default="")
    extracted = [
        Fact(*triple, Origin.EXTRACTED, passages=frozenset(ids), grade=grades[triple])
        for triple, stating in sorted(stated.items())
        if (ids := {i for i in stating if (*triple, i) not in denied})
    ]
    curated = curated_facts(sources.curated, ordered)
    return GraphData(
        entities=sources.vocabulary.entities,
        facts=[*curated, *extracted, *sources.ontology],
        mentions=mentions,
        passages={passage.id: passage.source for passage in ordered},
        supersedes=tuple(sorted(supersedes)),
    )


def _mentions(
    passage: PassageText, spans: Sequence[Sequence[Span]], finder: MentionFinder
) -> list[Mention]:
    weights: dict[str, float] = defaultdict(float)
    for level, heading in enumerate(passage.heading):
        for span in finder.find(heading):
            for key in span.keys:
                weights[key] = max(weights[key], _IN_TITLE if level == 0 else _IN_HEADING)
    in_text: dict[str, int] = defaultdict(int)
    for found in spans:
        for span in found:
            for key in span.keys:
                in_text[key] += 1
    for key, count in in_text.items():
        weights[key] += _IN_TEXT * min(count, _MOST_IN_TEXT)
    return [Mention(passage.id, key, round(min(w, 1.0), 4)) for key, w in sorted(weights.items())]
