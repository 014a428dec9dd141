"""What the graph says of one entity, as the command line and the service show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_graph.paths import CLINICAL, shortest_path
from knowledge_graph.schema import Entity, Fact, Kind, kind_of
from knowledge_graph.store import GraphReader
from knowledge_graph.wording import relation_words
from rag.errors import NotFoundError
from rag.index.graph_errors import graph_errors
from rag.index.version import IndexVersion

MOST_FACTS = 500
MOST_PASSAGES = 10


@dataclass(frozen=True, slots=True)
class EntityRef:
    """An entity by key and name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A Fact with the names of its ends."""

    subject: EntityRef
    relation: str
    words: str
    """The relation in words, read from subject to object."""
    object: EntityRef
    origin: str
    passages: tuple[str, ...]
    """Ids of the passages that state it, sorted."""
    line: str
    grade: str
    qualifier: str
    source: str


@dataclass(frozen=True, slots=True)
class MentionView:
    """A passage that names the entity, and how much it is about it, 0..1."""

    passage_id: str
    weight: float


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity, the Facts that touch it, strongest first, and the passages most about it."""

    key: str
    kind: str
    id: str
    name: str
    synonyms: tuple[str, ...]
    xrefs: tuple[str, ...]
    facts: tuple[FactView, ...]
    passages: tuple[MentionView, ...]
    index_version: str


def entity_view(reader: GraphReader, key: str, deadline_s: float) -> EntityView:
    """What the graph says of the entity called `key`: "Disorder:DOID:594", or "DOID:594" alone.

    Raises:
        NotFoundError: the graph has no such entity.
        GraphStoreError: the store is down, too slow, or lacks this version.
    """
    with graph_errors():
        entity = _by_key(reader, key, deadline_s)
        facts = reader.neighbours(
            [entity.key], relations=CLINICAL, limit=MOST_FACTS, deadline_s=deadline_s
        ).get(entity.key, [])
        mentions = reader.passages([entity.key], limit=MOST_PASSAGES, deadline_s=deadline_s)
        views = fact_views(reader, facts, deadline_s)
    return EntityView(
        key=entity.key,
        kind=entity.kind.value,
        id=entity.id,
        name=entity.name,
        synonyms=entity.synonyms,
        xrefs=entity.xrefs,
        facts=views,
        passages=tuple(MentionView(*mention) for mention in mentions.get(entity.key, [])),
        index_version=reader.version,
    )


def fact_views(
    reader: GraphReader, facts: Sequence[Fact], deadline_s: float
) -> tuple[FactView, ...]:
    """The Facts with names, in the same order."""
    names = names_of(reader, facts, deadline_s)
    return tuple(
        FactView(
            subject=EntityRef(fact.subject, names[fact.subject]),
            relation=fact.relation.value,
            words=relation_words(fact.relation),
            object=EntityRef(fact.object, names[fact.object]),
            origin=fact.origin.value,
            passages=tuple(sorted(fact.passages)),
            line=fact.line,
            grade=fact.grade,
            qualifier=fact.qualifier,
            source=fact.source,
        )
        for fact in facts
    )


def names_of(reader: GraphReader, facts: Sequence[Fact], deadline_s: float) -> dict[str, str]:
    """Key to name, for every end of `facts`."""
    keys = sorted({key for fact in facts for key in (fact.subject, fact.object)})
    found = reader.entities(keys, deadline_s=deadline_s)
    return {key: found[key].name if key in found else key for key in keys}


def find_entity(version: IndexVersion, reader: GraphReader, words: str, deadline_s: float) -> str:
    """The key of what `words` call it: a key, a canonical id, a name, a synonym or a misspelling.

    Raises:
        NotFoundError: they name nothing, or several things; the message says which.
        GraphStoreError: the store is down, too slow, or lacks this version.
    """
    with graph_errors():
        try:
            return _by_key(reader, words, deadline_s).key
        except NotFoundError:
            links = version.graph.linker.link(words)
            found = reader.entities([link.key for link in links], deadline_s=deadline_s)
    links = [link for link in links if link.key in found]
    best = [link.key for link in links if link.confidence == links[0].confidence]
    if not best:
        raise NotFoundError(
            f"The graph knows nothing called {words!r}: try another name, or a key such as "
            "Disorder:DOID:594"
        )
    if len(best) > 1:
        keys = ", ".join(f"{key} ({found[key].name})" for key in best)
        raise NotFoundError(f"{words!r} names several things; take one of {keys}")
    return best[0]


def path_between(
    reader: GraphReader, start: str, end: str, deadline_s: float
) -> tuple[FactView, ...] | None:
    """The shortest way between two keys; None where there is none of six Facts or fewer.

    Raises:
        GraphStoreError: the store is down, too slow, or lacks this version.
    """
    with graph_errors():
        way = shortest_path(reader, start, end, deadline_s=deadline_s)
        return None if way is None else fact_views(reader, way, deadline_s)


def _by_key(reader: GraphReader, key: str, deadline_s: float) -> Entity:
    try:
        keys = [key] if kind_of(key) else []
    except ValueError:
        keys = [f"{kind.value}:{key}" for kind in Kind]
    found = list(reader.entities(keys, deadline_s=deadline_s).values())
    if not found:
        raise NotFoundError(f"The graph has no entity {key!r}; `rag graph show NAME` finds names")
    if len(found) > 1:
        several = ", ".join(entity.key for entity in found)
        raise NotFoundError(f"{key!r} is the id of several entities; take one of {several}")
    return found[0]
