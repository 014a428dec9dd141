"""Whether the evidence is strong enough to answer at all.

A logistic model over four things that can be read off a draft. Its weights and threshold come
from `training/answerability/fit.py`: questions that the corpus answers, against mental-health
questions put to a corpus without that topic and questions about anything else.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib.resources import files

from rag.compose.extractive import Draft

FEATURES = ("best_cosine", "passage_cosine", "words_covered", "heaviest_missing")


@dataclass(frozen=True, slots=True)
class Answerability:
    """P(answerable) of a draft, and the threshold below which the engine abstains."""

    coefficients: tuple[float, ...]
    intercept: float
    threshold: float

    @classmethod
    def shipped(cls) -> Answerability:
        """The weights in the package."""
        text = files("rag.compose").joinpath("answerability.json").read_text("utf-8")
        data = json.loads(text)
        return cls(tuple(data["coefficients"]), data["intercept"], data["threshold"])

    def probability(self, draft: Draft) -> float:
        """0..1; 0 for an empty draft."""
        if not draft.sentences:
            return 0.0
        z = self.intercept + sum(
            weight * getattr(draft, name)
            for weight, name in zip(self.coefficients, FEATURES, strict=True)
        )
        return 1.0 / (1.0 + math.exp(-z))

    def enough(self, draft: Draft) -> bool:
        """Whether to answer."""
        return self.probability(draft) >= self.threshold
