"""The gate. `open_gate` puts it together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.encoders.base import Encoder
    from rag.settings import LLMSettings, VerifierSettings
    from rag.verify.entailment import EntailmentModel
    from rag.verify.gate import Gate
    from rag.verify.lexical_embedding import LexicalEmbeddingModel


def open_gate(encoder: Encoder, settings: VerifierSettings, llm: LLMSettings | None = None) -> Gate:
    """The gate with the model that the settings name behind it; `llm` is for the model "llm".

    Raises:
        VerifierError: a model's files are missing, changed, or do not fit this release.
        MissingExtraError: a model is named and the extra `models` is not installed.
    """
    from rag.verify.gate import Gate

    return Gate(open_model(encoder, settings, llm))


def open_model(
    encoder: Encoder, settings: VerifierSettings, llm: LLMSettings | None = None
) -> EntailmentModel:
    """The entailment model alone. Raises as `open_gate` does."""
    if settings.model == "llm":
        return _judge(llm)
    if settings.model in ("default", "lexical"):
        from rag.verify.lexical_embedding import LexicalEmbeddingModel

        lexical = LexicalEmbeddingModel(encoder)
        return lexical if settings.model == "lexical" else _shipped(lexical, settings.threads)
    from rag.verify.named_model import NamedModel

    return NamedModel(settings)


def _shipped(lexical: LexicalEmbeddingModel, threads: int) -> EntailmentModel:
    from rag.verify.combined import WEIGHTS_NAME, CombinedModel
    from rag.verify.cross_encoder import DEFAULT_FOLDER, CrossEncoderModel

    cross_encoder = CrossEncoderModel(DEFAULT_FOLDER, threads)
    return CombinedModel(lexical, cross_encoder, DEFAULT_FOLDER / WEIGHTS_NAME)


def _judge(llm: LLMSettings | None) -> EntailmentModel:
    from rag.errors import SettingsError

    if llm is None or not llm.configured:
        raise SettingsError("RAG_VERIFIER__MODEL=llm needs RAG_LLM__PROVIDER and RAG_LLM__MODEL")
    from rag.llm.client import LLMClient
    from rag.llm.opening import open_llm
    from rag.verify.llm_judge import LLMJudge

    return LLMJudge(LLMClient(open_llm(llm), llm), llm.timeout_s)
