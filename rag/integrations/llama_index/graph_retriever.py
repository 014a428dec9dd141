"""Finds the entities of a question in our graph without a language model."""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.indices.property_graph import BasePGRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from knowledge_graph.intent import relation_weights
from rag.integrations.llama_index.graph_store import PlumblineGraphStore


class PlumblineGraphRetriever(BasePGRetriever):
    """Facts about what a question names, those of the type that it asks after first, each with the
    passage that states it.

    >>> PropertyGraphIndex.from_existing(store, llm=llm).as_retriever(  # doctest: +SKIP
    ...     sub_retrievers=[PlumblineGraphRetriever(store)]
    ... )
    """

    def __init__(
        self,
        graph_store: PlumblineGraphStore,
        *,
        path_depth: int = 1,
        limit: int = 10,
        include_text: bool = True,
        **kwargs: Any,
    ) -> None:
        """`path_depth`: steps from what the question names; `limit`: facts in all."""
        super().__init__(graph_store, include_text=include_text, **kwargs)
        self._store = graph_store
        self._depth = path_depth
        self._limit = limit

    def retrieve_from_graph(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Facts with the score of their type, 0..1."""
        weights = relation_weights(query_bundle.query_str)
        keys = self._store.names.keys(query_bundle.query_str)
        facts = self._store.facts(keys, weights, self._depth, self._limit)
        scores = [weights[fact.relation] * fact.strength for fact in facts]
        return self._get_nodes_with_score(self._store.triplets(facts), scores)

    async def aretrieve_from_graph(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """`retrieve_from_graph`, off the event loop."""
        return await asyncio.to_thread(self.retrieve_from_graph, query_bundle)
