"""The interface of whatever says how far a passage supports a sentence."""

from __future__ import annotations

from typing import Protocol

from rag.verify.alignment import Analysed, EvidenceText


class EntailmentModel(Protocol):
    """Scores one claim against the passages that it cites, taken together."""

    name: str
    threshold: float  # the support from which a claim counts as supported
    doubtful: float  # the support below which it counts as not supported; between: unsure

    def support(self, claim: Analysed, evidence: EvidenceText) -> float:
        """Calibrated support in 0..1."""
        ...
