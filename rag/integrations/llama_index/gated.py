"""The gate around somebody else's query engine: the one-line upgrade of a llama-index pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import (
    RESPONSE_TYPE,
    AsyncStreamingResponse,
    PydanticResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index_instrumentation import get_dispatcher

from rag.errors import SettingsError
from rag.integrations.llama_index.events import AnswerCheckedEvent
from rag.integrations.llama_index.gates import shipped_gate
from rag.integrations.llama_index.judging import Judged, judge, kept_text
from rag.integrations.llama_index.nodes import source_text
from rag.jsonable import plain
from rag.model import Status
from rag.verify.gate import Gate

_dispatcher = get_dispatcher(__name__)

ABSTENTION = (
    "I can't answer that from the sources that were found, and I won't guess. Asking in other "
    "words, or asking a professional, may help."
)
# Of the sentences that claim something, the share that must pass: fewer no longer answer.
LEAST_KEPT = 1 / 3

Unsupported = Literal["drop", "report"]


def gated(
    engine: BaseQueryEngine,
    *,
    gate: Gate | None = None,
    unsupported: Unsupported = "drop",
    least_kept: float = LEAST_KEPT,
) -> GatedQueryEngine:
    """`engine`, whose answers are checked against its own source nodes before anybody sees them.

    Args:
        gate: the judge; None opens the shipped one.
        unsupported: "drop" leaves out sentences that their sources do not support; "report"
            returns the answer as it stands and says in its metadata which they are.
        least_kept: the share (0..1) of sentences with a claim that must pass, else it abstains.

    Raises:
        SettingsError: an argument has a value that cannot work.

    >>> gated(CitationQueryEngine.from_args(index)).query("…")  # doctest: +SKIP
    """
    return GatedQueryEngine(engine, gate or shipped_gate(), unsupported, least_kept)


class GatedQueryEngine(BaseQueryEngine):
    """Judges each sentence of another engine's answer; use `gated`.

    A sentence that cites [2] is judged against the second source node, one without a citation
    against all of them together. `metadata["plumbline"]` holds `status` (answered, partial,
    abstained), each sentence with its verdict, and what was dropped and why.
    """

    def __init__(
        self, engine: BaseQueryEngine, gate: Gate, unsupported: Unsupported, least_kept: float
    ) -> None:
        if unsupported not in ("drop", "report") or not 0.0 <= least_kept <= 1.0:
            raise SettingsError(
                f"gated(): unsupported={unsupported!r} must be 'drop' or 'report', and "
                f"least_kept={least_kept!r} a share from 0 to 1"
            )
        self._engine = engine
        self._gate = gate
        self._drop = unsupported == "drop"
        self._least_kept = least_kept
        super().__init__(callback_manager=engine.callback_manager)

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The wrapped engine's nodes."""
        return self._engine.retrieve(query_bundle)

    def synthesize(
        self,
        query_bundle: QueryBundle,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
    ) -> RESPONSE_TYPE:
        """The wrapped engine's answer over `nodes`, checked."""
        made = self._engine.synthesize(query_bundle, nodes, additional_source_nodes)
        return self._checked(query_bundle, _read(made))

    async def asynthesize(
        self,
        query_bundle: QueryBundle,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
    ) -> RESPONSE_TYPE:
        """`synthesize` for asynchronous callers."""
        made = await self._engine.asynthesize(query_bundle, nodes, additional_source_nodes)
        return await asyncio.to_thread(self._checked, query_bundle, await _aread(made))

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._checked(query_bundle, _read(self._engine.query(query_bundle)))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        made = await _aread(await self._engine.aquery(query_bundle))
        return await asyncio.to_thread(self._checked, query_bundle, made)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {"engine": self._engine}

    def _checked(self, query: QueryBundle, made: Response) -> Response:
        answer = made.response or ""
        judged = judge(answer, [source_text(n.node) for n in made.source_nodes], self._gate)
        status = self._status(judged)
        if not self._drop or _only_refusals(judged):
            text = answer
        else:
            text = ABSTENTION if status is Status.ABSTAINED else kept_text(answer, judged)
        dropped = [j for j in judged if not j.kept]
        _dispatcher.event(
            AnswerCheckedEvent(
                query=query.query_str,
                status=status.value,
                kept=len(judged) - len(dropped),
                dropped=len(dropped),
            )
        )
        metadata = {**(made.metadata or {}), "plumbline": _report(status, judged)}
        return Response(response=text, source_nodes=made.source_nodes, metadata=metadata)

    def _status(self, judged: Sequence[Judged]) -> Status:
        claiming = [j for j in judged if j.says_something]
        kept = sum(j.kept for j in claiming)
        if not kept or kept < self._least_kept * len(claiming):
            return Status.ABSTAINED
        return Status.ANSWERED if kept == len(claiming) else Status.PARTIAL


def _only_refusals(judged: Sequence[Judged]) -> bool:
    """Whether the engine itself already said that it cannot answer, and nothing else."""
    return bool(judged) and not any(j.says_something for j in judged)


def _report(status: Status, judged: Sequence[Judged]) -> dict[str, Any]:
    sentences = [
        {
            "text": j.claim.text,
            "citations": list(j.claim.cites),
            "verdict": plain(j.verdict),
        }
        for j in judged
    ]
    return {
        "status": status.value,
        "sentences": [s for s, j in zip(sentences, judged, strict=True) if j.kept],
        "dropped": [s for s, j in zip(sentences, judged, strict=True) if not j.kept],
    }


def _read(response: RESPONSE_TYPE) -> Response:
    """The whole answer: a stream is read to its end, since only whole sentences can be judged."""
    if isinstance(response, AsyncStreamingResponse):
        raise SettingsError(
            "gated(): the wrapped engine gave an asynchronous stream to a synchronous call; use "
            "aquery(), or streaming=False"
        )
    if isinstance(response, StreamingResponse | PydanticResponse):
        return response.get_response()
    return response


async def _aread(response: RESPONSE_TYPE) -> Response:
    if isinstance(response, AsyncStreamingResponse):
        return await response.get_response()
    return await asyncio.to_thread(_read, response)
