"""The half of llama-index's graph stores that changes or queries: a store to read refuses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from llama_index.core.graph_stores.types import LabelledNode, PropertyGraphStore
from llama_index.core.graph_stores.types import Relation as Edge
from llama_index.core.vector_stores.types import VectorStoreQuery

from rag.errors import GraphStoreError

_READ_ONLY = (
    "This graph is read only: facts come and go with their documents. Change those, run "
    "`rag build`, and `rag graph push` for Neo4j"
)


class ReadOnlyGraphStore(PropertyGraphStore):
    """A store whose facts come and go with their documents, and with nothing else."""

    supports_structured_queries = False
    supports_vector_queries = False

    def upsert_nodes(self, nodes: Sequence[LabelledNode]) -> NoReturn:
        """Raises GraphStoreError: the graph is read only."""
        raise GraphStoreError(_READ_ONLY)

    def upsert_relations(self, relations: list[Edge]) -> NoReturn:
        """Raises GraphStoreError: the graph is read only."""
        raise GraphStoreError(_READ_ONLY)

    def delete(
        self,
        entity_names: list[str] | None = None,
        relation_names: list[str] | None = None,
        properties: dict[str, Any] | None = None,
        ids: list[str] | None = None,
    ) -> NoReturn:
        """Raises GraphStoreError: the graph is read only."""
        raise GraphStoreError(_READ_ONLY)

    def structured_query(self, query: str, param_map: dict[str, Any] | None = None) -> NoReturn:
        """Raises GraphStoreError: no Cypher from outside reaches the store."""
        raise GraphStoreError("This store takes no queries in Cypher: ask with a sub-retriever")

    def vector_query(self, query: VectorStoreQuery, **kwargs: Any) -> NoReturn:
        """Raises GraphStoreError: entities have no vectors."""
        raise GraphStoreError("Entities have no vectors: use PlumblineGraphRetriever")
