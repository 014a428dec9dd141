"""Our hybrid retrieval as a llama-index retriever."""

from __future__ import annotations

import asyncio
import datetime as dt

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.engine import Engine
from rag.integrations.llama_index.nodes import evidence_node


class PlumblineRetriever(BaseRetriever):
    """Passages of sources in force, best first: all arms of the engine, fused.

    Each node carries its passage's id, source, heading, grade, date and hash.

    >>> retriever = PlumblineRetriever(engine, top_k=4)  # doctest: +SKIP
    >>> RetrieverQueryEngine.from_args(retriever, llm=llm)  # doctest: +SKIP
    """

    def __init__(
        self,
        engine: Engine,
        *,
        top_k: int | None = None,
        as_of: dt.date | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """`top_k` None: the engine's setting. `as_of`: the day whose sources count, None today."""
        self._engine = engine
        self._top_k = top_k
        self._as_of = as_of
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._engine.retrieve(query_bundle.query_str, top_k=self._top_k, as_of=self._as_of)
        return [evidence_node(evidence) for evidence in found.evidence]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)
