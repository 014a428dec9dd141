"""The gate. `open_gate` puts it together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.encoders.base import Encoder
    from rag.settings import VerifierSettings
    from rag.verify.entailment import EntailmentModel
    from rag.verify.gate import Gate


def open_gate(encoder: Encoder, settings: VerifierSettings) -> Gate:
    """The gate with the model that the settings name behind it.

    Raises:
        VerifierError: a model's files are missing, changed, or do not fit this release.
        MissingExtraError: a model is named and the extra `models` is not installed.
    """
    from rag.verify.gate import Gate

    return Gate(open_model(encoder, settings))


def open_model(encoder: Encoder, settings: VerifierSettings) -> EntailmentModel:
    """The entailment model alone. Raises as `open_gate` does."""
    if settings.model in ("default", "lexical"):
        from rag.verify.lexical_embedding import LexicalEmbeddingModel

        return LexicalEmbeddingModel(encoder)
    from rag.verify.named_model import NamedModel

    return NamedModel(settings)
