"""The gate with the shipped encoder and weights."""

from __future__ import annotations

import pytest

from rag.encoders import open_encoder
from rag.settings import EncoderSettings
from rag.verify.gate import Gate
from rag.verify.lexical_embedding import LexicalEmbeddingModel


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate(LexicalEmbeddingModel(open_encoder(EncoderSettings(threads=1))))
