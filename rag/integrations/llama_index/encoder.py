"""Any llama-index embedding as our encoder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.utils import get_tokenizer

from rag.encoders.base import Vectors
from rag.encoders.text import valid_unicode
from rag.errors import EncoderError
from rag.model import sha256_text

_BATCH = 64
# Embedding services cut longer texts; passages are cut well below this.
_MAX_TOKENS = 512


class EmbeddingEncoder:
    """Implements `Encoder` with a `BaseEmbedding`. Questions and passages get its text embedding.

    `sha256` covers the embedding's class, its model's name and its dimensions: a provider that
    changes a model without changing its name cannot be noticed.

    Raises:
        EncoderError: the embedding gives no vectors.

    >>> EmbeddingEncoder(PlumblineEmbedding()).dimensions  # doctest: +SKIP
    384
    """

    def __init__(self, embedding: BaseEmbedding) -> None:
        self._embedding = embedding
        self._tokenize = get_tokenizer()
        self.name = f"{type(embedding).__name__}/{embedding.model_name}"
        self.max_tokens = _MAX_TOKENS
        self.dimensions = len(self._vectors(["A short sentence."])[0])
        self.sha256 = sha256_text(json.dumps([self.name, self.dimensions]))

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimensions).

        Raises:
            EncoderError: the embedding failed, or gave vectors of another length or no numbers.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [valid_unicode(text) for text in texts[start : start + _BATCH]]
            vectors[start : start + len(batch)] = self._checked(self._vectors(batch))
            if progress:
                progress(len(batch))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.maximum(lengths, np.finfo(np.float32).tiny)
        return vectors

    def count_tokens(self, text: str) -> int:
        """Tokens as llama-index counts them."""
        return len(self._tokenize(valid_unicode(text)))

    def _vectors(self, texts: list[str]) -> list[list[float]]:
        try:
            return self._embedding.get_text_embedding_batch(texts)
        except Exception as error:  # an embedding may be anyone's, and may raise anything
            raise EncoderError(
                f"The embedding {self.name} failed ({type(error).__name__}: {error}): check its "
                "address, key and model name"
            ) from error

    def _checked(self, vectors: list[list[float]]) -> Vectors:
        try:
            made = np.asarray(vectors, dtype=np.float32).reshape(len(vectors), self.dimensions)
        except ValueError:
            made = np.full((1, self.dimensions), np.nan, dtype=np.float32)
        if not np.isfinite(made).all():
            raise EncoderError(
                f"The embedding {self.name} gave vectors that cannot be used: every vector needs "
                f"{self.dimensions} finite numbers"
            )
        return made
