"""An honest baseline: word overlap and embedding similarity, weighed by logistic regression.

It reads no meaning. It knows whether the claim's words, names and numbers stand in the passage
and whether some sentence there is about the same thing, and its threshold is set so that little
slips through. `training/verifier/fit_lexical.py` makes the weights; `docs/verifier.md` has its
numbers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np

from rag.encoders.base import Encoder, Vectors
from rag.errors import VerifierError
from rag.verify.alignment import Analysed, EvidenceText
from rag.verify.features import NAMES, features

_MOST_COMPARED = 4  # evidence sentences embedded per claim: those that share most words with it
_CACHED_SENTENCES = 4096


class LexicalEmbeddingModel:
    """Implements `EntailmentModel` without a trained network."""

    name = "lexical-embedding"

    def __init__(self, encoder: Encoder) -> None:
        """Raises VerifierError if the shipped weights do not fit this release."""
        text = files("rag.verify").joinpath("weights/lexical_embedding.json").read_text("utf-8")
        weights = json.loads(text)
        if tuple(weights["features"]) != NAMES:
            raise VerifierError(
                "rag/verify/weights/lexical_embedding.json was made for other features: "
                "run training/verifier/fit_lexical.py, or reinstall plumbline"
            )
        self.threshold = float(weights["threshold"])
        self.doubtful = float(weights["doubtful"])
        self._coefficients = np.asarray(weights["coefficients"])
        self._intercept = float(weights["intercept"])
        self._encode = lru_cache(maxsize=_CACHED_SENTENCES)(lambda text: encoder.encode([text])[0])

    def support(self, claim: Analysed, evidence: EvidenceText) -> float:
        """Calibrated probability in 0..1 that the evidence supports the claim."""
        x = features(claim, evidence, self.cosine(claim, evidence))
        return 1.0 / (1.0 + math.exp(-float(self._coefficients @ x + self._intercept)))

    def cosine(self, claim: Analysed, evidence: EvidenceText) -> float:
        """Highest cosine of the claim and the evidence sentences that share most words with it."""
        wanted = claim.stem_set
        closest = sorted(evidence.sentences, key=lambda s: len(wanted & s.stem_set), reverse=True)[
            :_MOST_COMPARED
        ]
        if not closest:
            return 0.0
        return float((self._vectors([s.text for s in closest]) @ self._encode(claim.text)).max())

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._encode(text) for text in texts])
