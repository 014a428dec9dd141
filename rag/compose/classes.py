"""What the graph of an index knows of names: the groups of a medicine, the disorders of a text."""

from __future__ import annotations

from functools import lru_cache

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.schema import Entity, Fact, Kind, Relation, kind_of
from knowledge_graph.store import GraphReader
from rag.compose.named_substances import ClassesOf
from rag.compose.other_topics import DisordersIn, Name, NamesIn
from rag.index.graph import VersionGraph
from rag.verify.words import content_stems, words

_DEADLINE_S = 0.5
_TELLING = frozenset(
    {
        Kind.DISORDER,
        Kind.SYMPTOM,
        Kind.MEDICATION,
        Kind.DRUG_CLASS,
        Kind.THERAPY,
        Kind.INSTRUMENT,
    }
)
_MOST_GROUPS = 20
_UP = 2  # sertraline is an SSRI, and an SSRI is an antidepressant


def classes_of(graph: VersionGraph) -> ClassesOf:
    """Looks groups up in the graph of an index version.

    Only Facts count that a passage states: that trazodone is a "serotonin reuptake inhibitor" in
    an ontology must not let it be answered for as an SSRI.
    """

    @lru_cache(maxsize=512)
    def groups(substance: str) -> tuple[str, ...]:
        keys = [key for span in graph.linker.spans(substance) for key in span.keys]
        level = [key for key in keys if kind_of(key) is Kind.MEDICATION]
        found: dict[str, None] = {}
        try:
            for _ in range(_UP):
                level = _above(graph.reader, level)
                for entity in graph.reader.entities(level, deadline_s=_DEADLINE_S).values():
                    found.update(dict.fromkeys(_spoken(entity)))
        except GraphUnavailableError:
            return ()
        return tuple(found)

    return groups


def disorders_in(graph: VersionGraph) -> DisordersIn:
    """Finds the disorders that a text names, as keys of the graph."""

    @lru_cache(maxsize=4096)
    def found(text: str) -> frozenset[str]:
        spans = graph.linker.spans(text)
        return frozenset(k for span in spans for k in span.keys if kind_of(k) is Kind.DISORDER)

    return found


def names_in(graph: VersionGraph) -> NamesIn:
    """Finds the names of disorders, symptoms, medicines, therapies and questionnaires in a text."""

    @lru_cache(maxsize=4096)
    def found(text: str) -> tuple[Name, ...]:
        names: dict[frozenset[str], Name] = {}
        for span in graph.linker.spans(text):
            if keys := frozenset(key for key in span.keys if kind_of(key) in _TELLING):
                stems = frozenset(content_stems(text[span.start : span.end]))
                names.setdefault(keys, Name(stems, keys))
        return tuple(names.values())

    return found


def _spoken(entity: Entity) -> list[str]:
    """The one-word names of a class, each without the s of its plural."""
    names = [words(name) for name in (entity.name, *entity.synonyms)]
    return [name[0].removesuffix("s") for name in names if len(name) == 1]


def _above(reader: GraphReader, keys: list[str]) -> list[str]:
    found = reader.neighbours(
        keys, relations={Relation.IN_CLASS}, limit=_MOST_GROUPS, deadline_s=_DEADLINE_S
    )
    facts: list[Fact] = [fact for key in keys for fact in found.get(key, ()) if fact.subject == key]
    return sorted({fact.object for fact in facts if fact.grounds})
