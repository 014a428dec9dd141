"""The gate: a sentence passes only if the passages that it cites support it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from rag.model import Outcome, Verdict
from rag.verify.alignment import Analysed, EvidenceText, align
from rag.verify.checks import contradictions, medicines_agree
from rag.verify.context import leans_on_what_precedes
from rag.verify.entailment import EntailmentModel
from rag.verify.language import is_english
from rag.verify.no_claim import no_claim
from rag.verify.opposition import clause_denied, denied_elsewhere
from rag.verify.verbatim import is_verbatim

# A claim that a certain check refutes keeps this share of its score, so that support still
# orders such claims among themselves and always stays below any threshold in use.
_REFUTED_SHARE = 0.25


class GateMode(StrEnum):
    """Which parts of the gate judge. Answers use `all`; the others are there to be measured."""

    OFF = "off"
    DETERMINISTIC = "deterministic"
    MODEL = "model"
    ALL = "all"


class Gate:
    """Certain checks first, the model second. Judges a sentence against what it cites, only."""

    def __init__(self, model: EntailmentModel, mode: GateMode = GateMode.ALL) -> None:
        """`model` decides where no certain check does."""
        self.model = model
        self.mode = mode
        # Neighbouring sentences of an answer cite the same passages: analyse those once.
        self.analysed = lru_cache(maxsize=256)(EvidenceText.of)

    def judge(self, sentence: str, cited: Sequence[str], *, before: str = "") -> Verdict:
        """The verdict on `sentence` given the texts of the passages that it cites.

        Several passages count as one text: a sentence that cites two may rest on both. `before` is
        the sentence before it, which says what "it" or "they" means, or the line above a list of
        which it is an item.
        """
        if self.mode is GateMode.OFF:
            return Verdict(Outcome.SUPPORTED, 1.0, (), "off")
        claim = Analysed.of(sentence)
        if not claim.words:
            return _refused("empty: the sentence says nothing")
        kind = no_claim(claim)
        if kind:
            return Verdict(Outcome.SUPPORTED, 1.0, (), kind)
        if not is_english(claim.words, sentence):
            return _unsure("language: only English sentences can be checked")
        passages = tuple(passage for passage in cited if passage.strip())
        if not passages:
            return _refused("citation: no passage is cited")
        if any(is_verbatim(sentence, passage) for passage in passages):
            return Verdict(Outcome.SUPPORTED, 1.0, (), "verbatim")
        evidence = self.analysed(passages)
        aligned = align(claim, evidence)
        if aligned is None:
            return _unsure("content: nothing in the sentence can be checked")
        leans = before.endswith(":") or leans_on_what_precedes(claim, before)
        whole = Analysed.of(f"{before} {sentence}") if leans else None
        refuted: tuple[str, ...] = ()
        if self.mode is not GateMode.MODEL:
            refuted = contradictions(claim, evidence, aligned) or clause_denied(claim, evidence)
            if whole and not refuted:
                other = medicines_agree(whole, evidence, aligned)
                refuted = (other,) if other else ()
            if self.mode is GateMode.DETERMINISTIC:
                return _by_checks(refuted)
        support = self.model.support(claim, evidence)
        if whole:
            support = min(support, self.model.support(whole, evidence))
        if refuted:
            support = round(support * _REFUTED_SHARE, 4)
            return Verdict(Outcome.NOT_SUPPORTED, support, refuted, "checks")
        return self._by_model(support)

    def veto(self, sentence: str, cited: Sequence[str], others: Sequence[str]) -> str | None:
        """Why a passage that `sentence` does not cite certainly denies it, or nothing.

        For sentences that passed: the cited passages may be silent where another speaks.
        """
        if self.mode in (GateMode.OFF, GateMode.MODEL):
            return None
        claim = Analysed.of(sentence)
        evidence = self.analysed(tuple(passage for passage in cited if passage.strip()))
        rest = [self.analysed((passage,)) for passage in others if passage.strip()]
        return denied_elsewhere(claim, evidence, rest)

    def _by_model(self, support: float) -> Verdict:
        shown = round(support, 4)
        if support >= self.model.threshold:
            return Verdict(Outcome.SUPPORTED, shown, (), self.model.name)
        reason = (
            f"support: the cited passage does not clearly say this "
            f"({support:.2f}, {self.model.threshold:.2f} needed)"
        )
        doubtful = support >= self.model.doubtful
        outcome = Outcome.UNSURE if doubtful else Outcome.NOT_SUPPORTED
        return Verdict(outcome, shown, (reason,), self.model.name)


def _refused(reason: str) -> Verdict:
    return Verdict(Outcome.NOT_SUPPORTED, 0.0, (reason,), "checks")


def _unsure(reason: str) -> Verdict:
    return Verdict(Outcome.UNSURE, 0.0, (reason,), "checks")


def _by_checks(refuted: tuple[str, ...]) -> Verdict:
    if refuted:
        return Verdict(Outcome.NOT_SUPPORTED, 0.0, refuted, "checks")
    return Verdict(Outcome.SUPPORTED, 1.0, (), "checks")
