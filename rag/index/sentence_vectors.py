"""A vector for every sentence of every passage: float16 on disk, memory-mapped, made at build time.

A sentence's vector is of its own text alone (no heading, no neighbours), so equal sentences have
equal vectors wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.encoders.base import Vectors

Halves = npt.NDArray[np.float16]


def write_sentence_vectors(
    path: Path, chunks: Iterable[Halves], count: int, dimensions: int
) -> None:
    """Writes `count` vectors, given in chunks of shape (any, dimensions), as a .npy file.

    Chunks are written one after the other, so that memory does not grow with the corpus. A
    memory-mapped write would not do: on a full disk it ends the process with SIGBUS.

    Raises:
        OSError: the file could not be written.
    """
    header = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(np.float16)),
        "fortran_order": False,
        "shape": (count, dimensions),
    }
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, header)
        for chunk in chunks:
            stream.write(np.ascontiguousarray(chunk, dtype=np.float16).tobytes())


class SentenceVectors:
    """Sentence vectors by passage row. Threads may share it."""

    def __init__(self, path: Path, counts: Sequence[int]) -> None:
        """`counts`: sentences in each passage, by row."""
        self._vectors: Halves = np.load(path, mmap_mode="r", allow_pickle=False)
        self._starts = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))

    def of_row(self, row: int) -> Vectors:
        """float32, shape (sentences, dimensions), unit length, in the order of the sentences."""
        first, last = self._starts[row], self._starts[row + 1]
        vectors = self._vectors[first:last].astype(np.float32)
        # Halving the precision moved each length by up to one part in two thousand.
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.maximum(lengths, np.finfo(np.float16).tiny)
        return vectors

    def stored(self) -> Halves:
        """Every sentence vector as it is on the disk, shape (sentences, dimensions)."""
        return self._vectors
