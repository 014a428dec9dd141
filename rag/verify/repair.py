"""The one repair of a sentence that its citation does not support: a passage that does."""

from __future__ import annotations

from collections.abc import Mapping

from rag.model import Verdict
from rag.verify.alignment import Analysed, coverage
from rag.verify.gate import Gate
from rag.verify.opposition import OPPOSES

_TRIED = 4  # passages, those that share most words with the sentence first
_LEAST_SHARED = 0.4  # of the sentence's content words; a passage below it cannot be its source


def supporting_passage(
    gate: Gate, sentence: str, passages: Mapping[str, str], *, before: str = ""
) -> tuple[str, Verdict] | None:
    """Id of the passage that supports the sentence best, and the gate's verdict; None if none does,
    or if one says the opposite.

    `passages` maps ids to texts. Sentences without a claim find none: they need no passage.
    """
    claim = Analysed.of(sentence)
    shares = {i: coverage(claim, gate.analysed((text,))) for i, text in passages.items()}
    likely = sorted(
        (i for i, share in shares.items() if share >= _LEAST_SHARED), key=lambda i: -shares[i]
    )[:_TRIED]
    found: list[tuple[str, Verdict]] = []
    for i in likely:
        verdict = gate.judge(sentence, [passages[i]], before=before)
        if opposed(verdict):
            return None
        if verdict.supported:
            found.append((i, verdict))
    return max(found, key=lambda pair: pair[1].support, default=None)


def opposed(verdict: Verdict) -> bool:
    """Whether the passage says the opposite of the sentence: no other one outweighs it."""
    return any(reason.startswith(OPPOSES) for reason in verdict.reasons)
