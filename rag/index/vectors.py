"""Vectors of passages, or of questions that they answer, in FAISS: exact inner product over unit
vectors, so a score is a cosine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.encoders.base import Vectors

Mask = npt.NDArray[np.bool_]


def write_vectors(path: Path, vectors: Vectors) -> None:
    """Writes unit vectors, shape (rows, dimensions), as a FAISS index.

    Raises:
        OSError: the file could not be written.
    """
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    # Written by Python rather than by FAISS, so that a full disk is an OSError with a number.
    with path.open("wb") as stream:
        stream.write(faiss.serialize_index(index).data)


class VectorIndex:
    """Nearest rows by cosine. Threads may share it.

    The file is memory-mapped: its pages are shared between processes and given back under
    memory pressure. Check the file's hash before opening it here.
    """

    def __init__(self, path: Path) -> None:
        import faiss

        self._faiss: Any = faiss
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)

    def search(
        self, vector: Vectors, top_k: int, allowed: Mask | None = None
    ) -> list[tuple[int, float]]:
        """Up to `top_k` (row, cosine), best first, ties by row.

        Args:
            vector: shape (dimensions,), unit length.
            allowed: one truth value a row; rows that are False use up no place.
        """
        found = min(top_k, self._index.ntotal if allowed is None else int(allowed.sum()))
        if found == 0:
            return []
        parameters = None
        if allowed is not None:
            bitmap = np.packbits(allowed, bitorder="little")
            selector = self._faiss.IDSelectorBitmap(bitmap)
            parameters = self._faiss.SearchParameters(sel=selector)
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        scores, rows = self._index.search(query, found, params=parameters)
        pairs = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def all(self) -> Vectors:
        """Every vector by row, shape (rows, dimensions). A copy."""
        return self.rows(0, self._index.ntotal)

    def rows(self, first: int, count: int) -> Vectors:
        """`count` vectors from row `first` on, shape (count, dimensions). A copy."""
        vectors: Vectors = self._index.reconstruct_n(first, count)
        return vectors
