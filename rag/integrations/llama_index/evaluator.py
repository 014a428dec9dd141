"""The gate as a llama-index evaluator of faithfulness: no language model judges."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.evaluation import BaseEvaluator, EvaluationResult
from llama_index.core.prompts.mixin import PromptDictType

from rag.integrations.llama_index.gates import shipped_gate
from rag.integrations.llama_index.judging import judge
from rag.integrations.llama_index.nodes import without_label
from rag.verify.gate import Gate


class GateEvaluator(BaseEvaluator):
    """Whether every sentence of a response is supported by the contexts that it cites.

    `score` is the share of sentences with a claim that are supported; `passing` when all are;
    `feedback` names the others and why. A response without any claim passes with score 1.

    >>> GateEvaluator().evaluate_response(response=engine.query("…")).score  # doctest: +SKIP
    """

    def __init__(self, gate: Gate | None = None) -> None:
        """`gate` None opens the shipped one."""
        self._gate = gate or shipped_gate()

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts_dict: PromptDictType) -> None:
        """There are no prompts."""

    async def aevaluate(
        self,
        query: str | None = None,
        response: str | None = None,
        contexts: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> EvaluationResult:
        """Judges `response` against `contexts`, in which [1] is the first."""
        if response is None or contexts is None:
            missing = "response" if response is None else "contexts"
            return EvaluationResult(
                query=query,
                invalid_result=True,
                invalid_reason=f"{missing} is missing: give the response and its contexts",
            )
        sources = [without_label(context) for context in contexts]
        judged = await asyncio.to_thread(judge, response, sources, self._gate)
        claiming = [j for j in judged if j.says_something]
        failed = [j for j in claiming if not j.kept]
        score = 1.0 - len(failed) / len(claiming) if claiming else 1.0
        return EvaluationResult(
            query=query,
            response=response,
            contexts=contexts,
            passing=not failed,
            score=score,
            feedback="\n".join(f"{j.claim.text} ({'; '.join(j.verdict.reasons)})" for j in failed),
        )
