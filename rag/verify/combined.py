"""One groundedness score from what words show and what a cross-encoder reads.

Word overlap, absent names and numbers, embedding similarity and what the cross-encoder says of the
sentence and of each word, weighed by logistic regression. `training/verifier/fit_combined.py` makes
the weights and `MODEL_CARD.md` beside them has the numbers.
"""

from __future__ import annotations

import json
import math
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.errors import VerifierError
from rag.verify.alignment import Analysed, EvidenceText
from rag.verify.cross_encoder import CrossEncoderModel, Reading
from rag.verify.features import NAMES as LEXICAL_NAMES
from rag.verify.features import features as lexical_features
from rag.verify.lexical_embedding import LexicalEmbeddingModel
from rag.verify.parts import weakest_part
from rag.verify.windows import Unit, best_units, best_window

NAMES: tuple[str, ...] = (
    *LEXICAL_NAMES,
    "weakest_part",  # the same share, of the part of the claim that has least
    # "whole": a reading of the evidence, or of its sentences nearest to the claim that fit in one
    # run; "focus": one of the best short stretch of it.
    *(f"{text}_{said.name}" for text in ("whole", "focus") for said in fields(Reading)),
)
_FOCUS_TOKENS = 96
WEIGHTS_NAME = "combination.json"  # stands in the cross-encoder's folder


class CombinedModel:
    """Implements `EntailmentModel` with a trained cross-encoder. Safe in several threads.

    `weights` is a JSON file: features, coefficients, intercept, threshold, and the hash of the
    cross-encoder that they were fitted for.

    Raises:
        VerifierError: the weights are missing, or were fitted for another model.
    """

    name = "groundedness"

    def __init__(
        self, lexical: LexicalEmbeddingModel, cross_encoder: CrossEncoderModel, weights: Path
    ) -> None:
        try:
            fitted = json.loads(weights.read_text("utf-8"))
        except OSError as error:
            raise VerifierError(
                f"Cannot read {weights}: {error.strerror}. "
                "Run training/verifier/fit_combined.py for this model."
            ) from error
        if tuple(fitted["features"]) != NAMES or fitted["model"] != cross_encoder.sha256:
            raise VerifierError(
                f"{weights} was fitted for another model. "
                "Run training/verifier/fit_combined.py for this one."
            )
        self.threshold = float(fitted["threshold"])
        self.doubtful = float(fitted["doubtful"])
        self._coefficients = np.asarray(fitted["coefficients"])
        self._intercept = float(fitted["intercept"])
        self._lexical = lexical
        self._cross_encoder = cross_encoder

    def support(self, claim: Analysed, evidence: EvidenceText) -> float:
        """Calibrated probability in 0..1 that the evidence supports the claim."""
        x = combined_features(claim, evidence, self._lexical, self._cross_encoder)
        return 1.0 / (1.0 + math.exp(-float(self._coefficients @ x + self._intercept)))


def combined_features(
    claim: Analysed,
    evidence: EvidenceText,
    lexical: LexicalEmbeddingModel,
    cross_encoder: CrossEncoderModel,
) -> npt.NDArray[np.float64]:
    """Shape (len(NAMES),)."""
    cosine = lexical.cosine(claim, evidence) if claim.stems else 0.0
    read = [astuple(reading) for reading in _readings(claim, evidence, cross_encoder)]
    part = weakest_part(claim, evidence)[0]
    return np.concatenate([lexical_features(claim, evidence, cosine), (part, *read[0], *read[1])])


def _readings(
    claim: Analysed, evidence: EvidenceText, cross_encoder: CrossEncoderModel
) -> tuple[Reading, Reading]:
    """Of the whole evidence and of its best short stretch; one run when they are one."""
    texts = [sentence.text for sentence in evidence.sentences]
    units = [
        Unit(cross_encoder.count_tokens(sentence.text), sentence.stem_set)
        for sentence in evidence.sentences
    ]
    picked = best_units(claim.stems, units, cross_encoder.room(claim.text))
    fits = sum(unit.tokens for unit in units) <= cross_encoder.room(claim.text)
    whole = texts if fits else [texts[i] for i in picked]
    focus = texts[slice(*best_window(claim.stems, units, _FOCUS_TOKENS))]
    first = cross_encoder.read(claim.text, whole)
    return first, first if focus == whole else cross_encoder.read(claim.text, focus)
