"""The gate. `open_gate` puts it together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.encoders.base import Encoder
    from rag.verify.gate import Gate


def open_gate(encoder: Encoder) -> Gate:
    """The gate with the model that this release ships behind it.

    Raises:
        VerifierError: the model's weights do not fit this release.
    """
    from rag.verify.gate import Gate
    from rag.verify.lexical_embedding import LexicalEmbeddingModel

    return Gate(LexicalEmbeddingModel(encoder))
