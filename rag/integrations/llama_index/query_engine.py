"""The whole engine, triage and gate included, as a llama-index query engine."""

from __future__ import annotations

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index_instrumentation import get_dispatcher

from rag.engine import Engine
from rag.integrations.llama_index.events import AnswerCheckedEvent
from rag.integrations.llama_index.nodes import evidence_node, passage_node
from rag.jsonable import plain
from rag.model import Answer

_dispatcher = get_dispatcher(__name__)


class PlumblineQueryEngine(BaseQueryEngine):
    """Answers as `Engine.ask` does: crisis triage first, and no sentence leaves unchecked.

    The response's `source_nodes` are the cited passages in the order of their numbers, so [2] is
    the second node. `metadata["plumbline"]` is the whole Answer as JSON types: its status, each
    sentence with its verdict, what was dropped and why.

    >>> PlumblineQueryEngine(engine).query("How is OCD treated?")  # doctest: +SKIP
    """

    def __init__(
        self,
        engine: Engine,
        *,
        country: str | None = None,
        audience: str = "public",
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """`country` (ISO 3166-1 alpha-2) chooses crisis lines; `audience`: see `rag.audience`."""
        self._engine = engine
        self._country = country
        self._audience = audience
        super().__init__(callback_manager=callback_manager)

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The evidence for a question, without an answer."""
        found = self._engine.retrieve(query_bundle.query_str)
        return [evidence_node(evidence) for evidence in found.evidence]

    def _query(self, query_bundle: QueryBundle) -> Response:
        return self._response(
            self._engine.ask(query_bundle.query_str, country=self._country, audience=self._audience)
        )

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return self._response(
            await self._engine.aask(
                query_bundle.query_str, country=self._country, audience=self._audience
            )
        )

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _response(self, answer: Answer) -> Response:
        _dispatcher.event(
            AnswerCheckedEvent(
                query=answer.question,
                status=answer.status.value,
                kept=len(answer.sentences),
                dropped=len(answer.dropped),
            )
        )
        return Response(
            response=answer.text,
            source_nodes=self._cited(answer),
            metadata={"plumbline": plain(answer)},
        )

    def _cited(self, answer: Answer) -> list[NodeWithScore]:
        nodes = []
        for citation in answer.citations:
            passage = self._engine.passage(citation.passage_id)
            node = passage_node(passage, self._engine.source(passage.source_id))
            support = max(
                (s.verdict.support for s in answer.sentences if citation.number in s.citations),
                default=None,
            )
            nodes.append(NodeWithScore(node=node, score=support))
        return nodes
