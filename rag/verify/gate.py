"""The gate: a sentence passes only if the passages that it cites support it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.model import Verdict
from rag.verify.alignment import Analysed, EvidenceText, align
from rag.verify.checks import contradictions
from rag.verify.entailment import EntailmentModel
from rag.verify.no_claim import no_claim
from rag.verify.verbatim import is_verbatim

# A claim that a certain check refutes keeps this share of its score, so that support still
# orders such claims among themselves and always stays below any threshold in use.
_REFUTED_SHARE = 0.25


class Gate:
    """Certain checks first, the model second. Judges a sentence against what it cites, only."""

    def __init__(self, model: EntailmentModel) -> None:
        """`model` decides where no certain check does."""
        self.model = model
        # Neighbouring sentences of an answer cite the same passages: analyse those once.
        self._analyse = lru_cache(maxsize=64)(EvidenceText.of)

    def judge(self, sentence: str, cited: Sequence[str]) -> Verdict:
        """The verdict on `sentence` given the texts of the passages that it cites.

        Several passages count as one text: a sentence that cites two may rest on both.
        """
        claim = Analysed.of(sentence)
        if not claim.words:
            return Verdict(False, 0.0, ("empty: the sentence says nothing",), "checks")
        kind = no_claim(claim)
        if kind:
            return Verdict(True, 1.0, (), kind)
        passages = tuple(passage for passage in cited if passage.strip())
        if not passages:
            return Verdict(False, 0.0, ("citation: no passage is cited",), "checks")
        if any(is_verbatim(sentence, passage) for passage in passages):
            return Verdict(True, 1.0, (), "verbatim")
        evidence = self._analyse(passages)
        aligned = align(claim, evidence)
        if aligned is None:
            return Verdict(
                False, 0.0, ("content: nothing in the sentence can be checked",), "checks"
            )
        support = self.model.support(claim, evidence)
        refuted = contradictions(claim, evidence, aligned)
        if refuted:
            return Verdict(False, round(support * _REFUTED_SHARE, 4), refuted, "checks")
        if support < self.model.threshold:
            reason = (
                f"support: the cited passage does not clearly say this "
                f"({support:.2f}, {self.model.threshold:.2f} needed)"
            )
            return Verdict(False, round(support, 4), (reason,), self.model.name)
        return Verdict(True, round(support, 4), (), self.model.name)
