"""Text to vectors. `open_encoder` gives the one that the settings name."""

from __future__ import annotations

from pathlib import Path

from rag.encoders.base import Encoder
from rag.settings import EncoderSettings

DEFAULT_FOLDER = Path(__file__).parent / "weights" / "minilm-mental-health-int8"


def open_encoder(settings: EncoderSettings) -> Encoder:
    """The shipped int8 MiniLM for `default`, else a sentence-transformers model by its name.

    Raises:
        EncoderError: a file is missing or changed, or the named model cannot be loaded.
        MissingExtraError: a model is named and the extra `models` is not installed.
    """
    if settings.model == "default":
        from rag.encoders.onnx import OnnxEncoder

        return OnnxEncoder(DEFAULT_FOLDER, settings.threads)
    from rag.encoders.sentence_transformers import SentenceTransformersEncoder

    return SentenceTransformersEncoder(settings.model, settings.threads)
