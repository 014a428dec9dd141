"""What every encoder offers: text in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Text to L2-normalised float32 vectors.

    A text's vector never depends on the other texts of the same call, so that a rebuild that
    embeds one passage gives the same bytes as one that embeds all.
    """

    name: str
    sha256: str  # over the model's files; two encoders with one hash give the same vectors
    dimensions: int
    max_tokens: int

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Shape (len(texts), dimensions). `progress` is called with the count newly done."""
        ...

    def count_tokens(self, text: str) -> int:
        """Word pieces in `text`, special tokens left out."""
        ...
