"""A language model as the judge, for those who want one. It is asked for one word."""

from __future__ import annotations

from rag.compose.prompts import judge_prompt
from rag.errors import LLMError
from rag.llm.client import LLMClient
from rag.llm.deadline import Deadline
from rag.verify.alignment import Analysed, EvidenceText

_SUPPORT = {"SUPPORTED": 0.95, "UNSUPPORTED": 0.05}
_NO_ANSWER = 0.3  # the model did not say: unsure, which is never released


class LLMJudge:
    """Implements `EntailmentModel` by asking an LLM.

    Only a reply that is the one word counts. Anything else, an error or a time-out is "unsure": no
    word is looked for inside a longer reply, where "not" may stand before it.
    """

    name = "llm-judge"
    threshold = 0.5
    doubtful = 0.25

    def __init__(self, client: LLMClient, timeout_s: float) -> None:
        """`timeout_s` bounds one sentence, retries included."""
        self._client = client
        self._timeout_s = timeout_s

    def support(self, claim: Analysed, evidence: EvidenceText) -> float:
        """0.95, 0.05 or, where the model gives no verdict, 0.3."""
        prompt = judge_prompt(claim.text, evidence.text)
        deadline = Deadline(self._timeout_s)
        try:
            reply = self._client.loop.run(self._client.reply(prompt, deadline))
        except LLMError:
            return _NO_ANSWER
        return _SUPPORT.get(reply.strip().rstrip(".").upper(), _NO_ANSWER)
