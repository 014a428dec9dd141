"""Our knowledge graph as a llama-index property graph store, to read: in the index version's own
file, or in the Neo4j server that the settings name. Neither wants APOC."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Self

from llama_index.core.graph_stores.types import (
    TRIPLET_SOURCE_KEY,
    ChunkNode,
    EntityNode,
    LabelledNode,
    Triplet,
)
from llama_index.core.graph_stores.types import Relation as Edge
from llama_index.core.schema import BaseNode

from knowledge_graph.paths import CLINICAL
from knowledge_graph.schema import Entity, Fact, Relation
from knowledge_graph.store import GraphReader
from rag.index.graph_errors import graph_errors
from rag.index.graph_store import close_reader, open_reader
from rag.index.version import IndexVersion
from rag.integrations.llama_index.graph_names import Names
from rag.integrations.llama_index.graph_read_only import ReadOnlyGraphStore
from rag.integrations.llama_index.nodes import passage_node
from rag.retrieval.policy import excluded_sources
from rag.settings import Settings

MOST_FACTS = 200
"""Facts looked at for one entity."""


class PlumblineGraphStore(ReadOnlyGraphStore, AbstractContextManager["PlumblineGraphStore"]):
    """Entities, the facts between them, and the passages that state these.

    A node is called by its name, with its kind behind it where two kinds share the name: "nausea
    (SideEffect)". Only facts that a passage of a source in force states are given, and each comes
    with such a passage, so that retrievers can put its text beside it.

    >>> store = PlumblineGraphStore.open()  # doctest: +SKIP
    >>> index = PropertyGraphIndex.from_existing(store, llm=llm)  # doctest: +SKIP
    """

    def __init__(self, version: IndexVersion, reader: GraphReader, deadline_s: float) -> None:
        """`reader`: the graph of `version`; `deadline_s`: for one call. The store owns both."""
        self._version = version
        self._reader = reader
        self._deadline_s = deadline_s
        self._excluded = excluded_sources(version.sources(), None)
        self.names = Names(version.graph.linker)

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """The active version's graph, in the store that the settings name.

        Raises:
            IndexUnavailableError: nothing is built.
            MissingExtraError, GraphStoreError: the settings name a store that cannot be used.
        """
        settings = settings or Settings()
        version = IndexVersion.open(settings.index_dir, threads=settings.encoder.threads)
        try:
            return cls(version, open_reader(version, settings.graph), settings.graph.timeout_s)
        except BaseException:
            version.close()
            raise

    def get(
        self, properties: dict[str, Any] | None = None, ids: list[str] | None = None
    ) -> list[LabelledNode]:
        """Entities by name or key, and passages by id; without `ids`, none.

        Raises:
            GraphStoreError: the store is down, too slow, or lacks this version.
        """
        passages = self._version.in_force(ids or (), self._excluded)
        keys = [key for i in ids or () if i not in passages for key in self.names.keys(i)]
        found: list[LabelledNode] = list(self._entities(keys).values())
        found += [
            ChunkNode(text=node.get_content(), id_=node.node_id, properties=node.metadata)
            for node in self.get_llama_nodes([i for i in ids or () if i in passages])
        ]
        return [node for node in found if _has(node.properties, properties)]

    def get_triplets(
        self,
        entity_names: list[str] | None = None,
        relation_names: list[str] | None = None,
        properties: dict[str, Any] | None = None,
        ids: list[str] | None = None,
    ) -> list[Triplet]:
        """The facts that touch these entities; `properties` are those of the relation."""
        keys = [key for i in (*(entity_names or ()), *(ids or ())) for key in self.names.keys(i)]
        wanted = CLINICAL if relation_names is None else {*CLINICAL} & {*relation_names}
        facts = self.facts(keys, {Relation(name): 1.0 for name in wanted}, 1, MOST_FACTS)
        return [t for t in self.triplets(facts) if _has(t[1].properties, properties)]

    def get_rel_map(
        self,
        graph_nodes: Sequence[LabelledNode],
        depth: int = 2,
        limit: int = 30,
        ignore_rels: list[str] | None = None,
    ) -> list[Triplet]:
        """Facts within `depth` steps of these nodes, the nearest first."""
        keys = [key for node in graph_nodes for key in self.names.keys(_key(node))]
        left = {relation: 1.0 for relation in CLINICAL if relation not in (ignore_rels or ())}
        return self.triplets(self.facts(keys, left, depth, limit))

    def facts(
        self, keys: Sequence[str], weights: Mapping[Relation, float], depth: int, limit: int
    ) -> list[Fact]:
        """Up to `limit` Facts within `depth` steps of `keys`: the nearest first, then those whose
        type weighs most.

        Raises:
            GraphStoreError: the store is down, too slow, or lacks this version.
        """
        known: dict[tuple[str, ...], Fact] = {}
        edge = list(dict.fromkeys(keys))
        reached = set(edge)
        for _ in range(depth):
            if not edge or not weights or len(known) >= limit:
                break
            with graph_errors():
                found = self._reader.neighbours(
                    edge, relations=weights.keys(), limit=MOST_FACTS, deadline_s=self._deadline_s
                )
            step = [fact for key in edge for fact in found.get(key, ()) if self.stating(fact)]
            step.sort(key=lambda fact: -weights[fact.relation] * fact.strength)
            known |= {fact.identity: fact for fact in step if fact.identity not in known}
            ends = dict.fromkeys(end for fact in step for end in (fact.subject, fact.object))
            edge = [end for end in ends if end not in reached]
            reached.update(edge)
        return list(known.values())[:limit]

    def triplets(self, facts: Sequence[Fact]) -> list[Triplet]:
        """Facts in llama-index's form, in the same order."""
        nodes = self._entities([end for fact in facts for end in (fact.subject, fact.object)])
        made: list[Triplet] = []
        for fact in facts:
            subject, other = nodes[fact.subject], nodes[fact.object]
            passages = self.stating(fact)
            told = subject.model_copy(
                update={"properties": {**subject.properties, TRIPLET_SOURCE_KEY: passages[0]}}
            )
            about = {
                "origin": fact.origin.value,
                "line": fact.line,
                "grade": fact.grade,
                "qualifier": fact.qualifier,
                "passages": passages,
            }
            edge = Edge(
                label=fact.relation.value,
                source_id=subject.id,
                target_id=other.id,
                properties={name: value for name, value in about.items() if value},
            )
            made.append((told, edge, other))
        return made

    def stating(self, fact: Fact) -> list[str]:
        """Ids of the passages that state it, of sources in force, sorted; none for what may not
        ground a sentence."""
        if not fact.grounds:
            return []
        return sorted(self._version.in_force(fact.passages, self._excluded))

    def get_llama_nodes(self, node_ids: list[str]) -> list[BaseNode]:
        """The passages with these ids, in order, those of sources in force."""
        allowed = self._version.in_force(node_ids, self._excluded)
        passages = self._version.passages([i for i in dict.fromkeys(node_ids) if i in allowed])
        return [passage_node(p, self._version.source(p.source_id)) for p in passages]

    async def aget(
        self, properties: dict[str, Any] | None = None, ids: list[str] | None = None
    ) -> list[LabelledNode]:
        """`get`, off the event loop."""
        return await asyncio.to_thread(self.get, properties, ids)

    async def aget_rel_map(
        self,
        graph_nodes: Sequence[LabelledNode],
        depth: int = 2,
        limit: int = 30,
        ignore_rels: list[str] | None = None,
    ) -> list[Triplet]:
        """`get_rel_map`, off the event loop."""
        return await asyncio.to_thread(self.get_rel_map, graph_nodes, depth, limit, ignore_rels)

    async def aget_llama_nodes(self, node_ids: list[str]) -> list[BaseNode]:
        """`get_llama_nodes`, off the event loop."""
        return await asyncio.to_thread(self.get_llama_nodes, node_ids)

    def close(self) -> None:
        """Closes the version and the connections to the server."""
        close_reader(self._reader, self._version)
        self._version.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _entities(self, keys: Collection[str]) -> dict[str, EntityNode]:
        with graph_errors():
            found = self._reader.entities(list(dict.fromkeys(keys)), deadline_s=self._deadline_s)
        return {key: self._node(entity) for key, entity in found.items()}

    def _node(self, entity: Entity) -> EntityNode:
        return EntityNode(
            name=self.names.called(entity),
            label=entity.kind.value,
            properties={"key": entity.key, "synonyms": list(entity.synonyms)},
        )


def _key(node: LabelledNode) -> str:
    return str(node.properties.get("key") or node.id)


def _has(properties: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> bool:
    return all(properties.get(name) == value for name, value in (wanted or {}).items())
