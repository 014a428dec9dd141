"""One version's graph, built from passages: spine, curated facts, extraction, mentions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import knowledge_graph
from knowledge_graph.curated import ENTITIES, CuratedRow, curated_facts, read_curated
from knowledge_graph.mentions import MentionFinder
from knowledge_graph.ontologies.spine import read_spine, shipped_folder
from knowledge_graph.passages import PassageText
from knowledge_graph.reading import PassageReader, Reading, StatementReader, Triple
from knowledge_graph.schema import Fact, GraphData, Mention, Origin
from knowledge_graph.vocabulary import Vocabulary, read_entities

_CODE = (
    "curated extraction graph lexicon mentions names passages patterns reading relations schema "
    "vocabulary"
).split()


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
    more_readers: Sequence[StatementReader] = (),
    known: Mapping[str, Reading] | None = None,
) -> GraphData:
    """The graph of these passages: the same passages give the same graph, in any order.

    Facts and mentions come and go with the passages that carry them; ontology Facts stay.

    Args:
        more_readers: what reads sentences besides the patterns, such as an `LlmReader`.
        known: by passage id, what the same sources and readers have read off it before.
    """
    reader = PassageReader(MentionFinder(sources.vocabulary.names()), more_readers)
    known = known or {}
    ordered = sorted(passages, key=lambda passage: passage.id)
    stating: dict[Triple, list[PassageText]] = defaultdict(list)
    mentions: list[Mention] = []
    for passage in ordered:
        reading = known.get(passage.id) or reader.read(passage)
        mentions += [Mention(passage.id, key, weight) for key, weight in reading.mentioned]
        for triple in reading.stated:
            stating[triple].append(passage)
    extracted = [
        Fact(
            *triple,
            Origin.EXTRACTED,
            passages=frozenset(passage.id for passage in found),
            grade=min((passage.grade for passage in found if passage.grade), default=""),
        )
        for triple, found in sorted(stating.items())
    ]
    curated = curated_facts(sources.curated, ordered)
    return GraphData(
        entities=sources.vocabulary.entities,
        facts=[*curated, *extracted, *sources.ontology],
        mentions=mentions,
        passages={passage.id: passage.source for passage in ordered},
        supersedes=tuple(sorted(supersedes)),
    )
