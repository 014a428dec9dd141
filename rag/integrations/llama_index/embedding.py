"""The shipped encoder as a llama-index embedding: no download, no service, no torch."""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding
from llama_index.core.bridge.pydantic import PrivateAttr

from rag.encoders import open_encoder
from rag.encoders.base import Encoder
from rag.settings import EncoderSettings


class PlumblineEmbedding(BaseEmbedding):
    """The shipped encoder (all-MiniLM-L6-v2, tuned, in int8), unit vectors of 384 dimensions.

    >>> VectorStoreIndex(nodes, embed_model=PlumblineEmbedding())  # doctest: +SKIP
    """

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder | None = None, **options: Any) -> None:
        """`encoder` None opens the shipped one. `options` are BaseEmbedding's own.

        Raises:
            EncoderError: the shipped files are missing or changed.
        """
        encoder = encoder or open_encoder(EncoderSettings())
        super().__init__(model_name=encoder.name, **options)
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        """Class name."""
        return "PlumblineEmbedding"

    def _get_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        return [vector.tolist() for vector in self._encoder.encode(texts)]

    def _get_text_embedding(self, text: str) -> Embedding:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> Embedding:
        return self._get_text_embedding(query)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)

    async def _aget_text_embedding(self, text: str) -> Embedding:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return await asyncio.to_thread(self._get_query_embedding, query)
