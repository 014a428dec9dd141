"""Vectors that an earlier version already holds, found by the text that they stand for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.encoders.base import Encoder
from rag.index.passages import PassageStore
from rag.index.sentence_vectors import SentenceVectors
from rag.index.vectors import VectorIndex
from rag.model import Passage

Done = Callable[[int], None]
"""Called with how many more texts have their vector."""


class KnownVectors:
    """Text to vector, for the texts of an earlier version. Keeps a digest a text, not the text."""

    def __init__(self, texts: Iterable[str], vectors: npt.NDArray[Any]) -> None:
        """`vectors`: shape (texts, dimensions), in the order of `texts`."""
        self._rows = {_digest(text): row for row, text in enumerate(texts)}
        self._vectors = vectors

    def row(self, text: str) -> int | None:
        """The row in the earlier version's vectors, or None."""
        return self._rows.get(_digest(text))

    def vectors(self, rows: Sequence[int]) -> npt.NDArray[Any]:
        """Shape (rows, dimensions), the very numbers that were stored."""
        return self._vectors[list(rows)]


def known_passages(folder: Path) -> list[Passage]:
    """The passages of the version in `folder`, whose files were checked."""
    store = PassageStore(folder / "passages.sqlite")
    passages = list(store)
    store.close()
    return passages


def known_vectors(
    folder: Path, passages: Sequence[Passage]
) -> tuple[KnownVectors, KnownVectors, KnownVectors]:
    """The vectors of those passages, of their sentences and of the questions that they answer."""
    counts = [len(passage.sentences) for passage in passages]
    sentences = SentenceVectors(folder / "sentences.npy", counts)
    return (
        KnownVectors(
            (passage.indexed_text for passage in passages),
            VectorIndex(folder / "vectors.faiss").all(),
        ),
        KnownVectors(
            (text for passage in passages for text in passage.sentence_texts()),
            sentences.stored(),
        ),
        KnownVectors(
            (each.text for passage in passages for each in passage.asked),
            VectorIndex(folder / "asked.faiss").all(),
        ),
    )


def embed(
    texts: Sequence[str],
    encoder: Encoder,
    known: KnownVectors | None,
    dtype: type[np.floating[Any]],
    done: Done,
) -> tuple[npt.NDArray[Any], int]:
    """Vectors of `texts`, shape (texts, dimensions), and how many of them were known.

    Equal texts are encoded once. A text's vector is the same bytes whether it comes from an
    earlier version or from the encoder, because a vector depends on nothing but its text.
    """
    vectors = np.empty((len(texts), encoder.dimensions), dtype)
    missing: dict[str, list[int]] = {}
    reused: dict[int, int] = {}
    for position, text in enumerate(texts):
        row = known.row(text) if known is not None else None
        if row is None:
            missing.setdefault(text, []).append(position)
        else:
            reused[position] = row
    if known is not None and reused:
        vectors[list(reused)] = known.vectors(list(reused.values()))
        done(len(reused))
    if missing:
        encoded = encoder.encode(list(missing), progress=done)
        for positions, vector in zip(missing.values(), encoded, strict=True):
            vectors[positions] = vector
        done(len(texts) - len(reused) - len(missing))
    return vectors, len(reused)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
