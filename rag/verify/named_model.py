"""Any cross-encoder or NLI model that the user names, through sentence-transformers."""

from __future__ import annotations

import math

from rag.encoders.text import valid_unicode
from rag.errors import MissingExtraError, VerifierError
from rag.settings import VerifierSettings
from rag.verify.alignment import Analysed, EvidenceText
from rag.verify.windows import Unit, best_units

_MOST_TOKENS = 512  # of a pair; longer evidence is cut to the sentences nearest to the claim
_RESERVED = 8  # special tokens of any family


class NamedModel:
    """Implements `EntailmentModel`. The evidence is the premise, the claim the hypothesis.

    A model with one output is a cross-encoder: its support is the sigmoid of the logit. One with
    several is an NLI model and needs a label that begins with "entail": its support is that
    label's probability. Only safetensors weights are loaded, and no code of the model's own.

    Raises:
        VerifierError: the model cannot be loaded, or none of its labels is entailment.
        MissingExtraError: sentence-transformers is not installed.
    """

    def __init__(self, settings: VerifierSettings) -> None:
        try:
            import torch
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise MissingExtraError(
                f"The verifier '{settings.model}' needs sentence-transformers. Run: "
                "pip install 'plumbline[models]', or set RAG_VERIFIER__MODEL=default."
            ) from error
        torch.set_num_threads(settings.threads)
        try:
            self._model = CrossEncoder(
                settings.model,
                device="cpu",
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # the libraries below raise no common type
            reason = str(error).rstrip(".")
            raise VerifierError(
                f"sentence-transformers cannot load '{settings.model}': {reason}. Name a folder or "
                "a model with safetensors weights; when offline, one that is already downloaded."
            ) from error
        self.name = settings.model
        self.threshold = settings.threshold
        self.doubtful = min(settings.doubtful, settings.threshold)
        labels = self._model.model.config.id2label
        self._entailment = next(
            (int(i) for i, label in labels.items() if label.lower().startswith("entail")), 0
        )
        if len(labels) > 1 and not labels[self._entailment].lower().startswith("entail"):
            raise VerifierError(
                f"'{settings.model}' has the labels {', '.join(labels.values())}, none of them "
                "entailment. Name an NLI model or a cross-encoder with one output."
            )

    def support(self, claim: Analysed, evidence: EvidenceText) -> float:
        """Support in 0..1, as the model gives it."""
        texts = [valid_unicode(sentence.text) for sentence in evidence.sentences]
        sentence = valid_unicode(claim.text)
        room = min(self._model.max_seq_length or _MOST_TOKENS, _MOST_TOKENS) - _RESERVED
        room -= self._count(sentence)
        units = [
            Unit(self._count(text), analysed.stem_set)
            for text, analysed in zip(texts, evidence.sentences, strict=True)
        ]
        if sum(unit.tokens for unit in units) > room:
            texts = [texts[i] for i in best_units(claim.stems, units, max(room, 1))]
        pair = [(" ".join(texts), sentence)]
        logits = [float(x) for x in self._model.predict(pair, convert_to_numpy=True).reshape(-1)]
        if len(logits) == 1:  # sentence-transformers applies the sigmoid itself
            return min(max(logits[0], 0.0), 1.0)
        highest = max(logits)
        weights = [math.exp(logit - highest) for logit in logits]
        return weights[self._entailment] / sum(weights)

    def _count(self, text: str) -> int:
        return len(self._model.tokenizer(text, add_special_tokens=False)["input_ids"])
