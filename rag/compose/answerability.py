"""Whether the evidence is strong enough to answer at all.

A logistic model over what can be read off a draft and off the question. Its weights and threshold
come from `training/answerability/fit.py`: questions that the corpus answers, against mental-health
questions put to a corpus without that topic and questions about anything else.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Self

import numpy as np

from rag.compose.extractive import Draft
from rag.encoders.base import Vectors

DRAFT_FEATURES = (
    "best_cosine",
    "passage_cosine",
    "words_covered",
    "heaviest_missing",
    "headed",
    "bare_missing",
    "named",
)
_LINES = ("intercept", "threshold", "sure_from")


@dataclass(frozen=True, slots=True)
class Domain:
    """How much a question, by its vector, sounds like one about mental health.

    A story ("my husband came back from deployment a different person") shares few words with the
    passages that answer it. That it is a worry about somebody's mind shows in its meaning.
    """

    weights: Vectors  # (d,)
    intercept: float

    def logit(self, vector: Vectors) -> float:
        """Above 0: more like a question on mental health than on anything else."""
        return float(self.weights @ vector) + self.intercept


@dataclass(frozen=True, slots=True)
class Answerability:
    """P(answerable) of a draft, the threshold below which the engine abstains, and the one from
    which it answers without a caveat."""

    coefficients: tuple[float, ...]
    intercept: float
    threshold: float
    sure_from: float
    domain: Domain | None = None
    domain_weight: float = 0.0

    @classmethod
    def shipped(cls, encoder_sha256: str) -> Self:
        """The weights in the package. Without the domain where `encoder_sha256` is not of the
        encoder that they were fitted with, since its vectors mean something else."""
        text = files("rag.compose").joinpath("answerability.json").read_text("utf-8")
        return cls.of(json.loads(text), encoder_sha256)

    @classmethod
    def of(cls, data: dict[str, Any], encoder_sha256: str) -> Self:
        """From the parsed file."""
        plain = data["any_encoder"]
        if data["encoder_sha256"] != encoder_sha256:
            return cls(tuple(plain["coefficients"]), **{name: plain[name] for name in _LINES})
        own, told = data["with_domain"], data["domain"]
        domain = Domain(np.asarray(told["weights"], dtype=np.float32), told["intercept"])
        *coefficients, weight = own["coefficients"]
        lines = {name: own[name] for name in _LINES}
        return cls(tuple(coefficients), domain=domain, domain_weight=weight, **lines)

    def probability(self, draft: Draft, vector: Vectors) -> float:
        """0..1; 0 for an empty draft. `vector`: (d,) of the question."""
        if not draft.sentences:
            return 0.0
        z = self.intercept + sum(
            weight * getattr(draft, name)
            for weight, name in zip(self.coefficients, DRAFT_FEATURES, strict=True)
        )
        if self.domain:
            z += self.domain_weight * self.domain.logit(vector)
        return 1.0 / (1.0 + math.exp(-z))

    def enough(self, draft: Draft, vector: Vectors) -> bool:
        """Whether to answer."""
        return self.probability(draft, vector) >= self.threshold
