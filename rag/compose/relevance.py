"""How well a sentence answers a question: a small network over vectors that are there anyway.

Words and cosines say that a sentence is on the topic of a question; they do not say that it
answers it. "How long does it take" is answered by a duration, "is it normal" by a sentence that
says so. The network has learnt that from the questions beside the shipped documents, each with the
sentences that answer it. `weights/CARD.md` says how it was made and what it is worth.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

import numpy as np

from rag.encoders.base import Vectors
from rag.errors import CorpusError

_FOLDER = "weights"
_NUMBERS, _MANIFEST = "relevance.npz", "relevance.json"


@dataclass(frozen=True, slots=True)
class Net:
    """One network. `q`, `s`, `p`: (d, k) and a bias below; `hidden`: (features, h) and a bias
    below; `out`: (h,); `direct`: (2,), what the two cosines count beside it."""

    q: Vectors
    s: Vectors
    p: Vectors
    hidden: Vectors
    out: Vectors
    direct: Vectors

    def scores(self, question: Vectors, sentences: Vectors, passages: Vectors) -> Vectors:
        """(n,), higher is better; only the differences within one question mean something."""
        cosines = np.stack([sentences @ question, passages @ question], axis=1)
        asked = np.broadcast_to(_linear(question[None], self.q), (len(sentences), self.q.shape[1]))
        said, beside = _linear(sentences, self.s), _linear(passages, self.p)
        features = [asked, asked * said, said, asked * beside, beside, said * beside, cosines]
        inner = _linear(np.concatenate(features, axis=1), self.hidden).clip(min=np.float32(0))
        return (inner @ self.out + cosines @ self.direct).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Relevance:
    """The mean of a few networks that were trained alike from other beginnings."""

    nets: tuple[Net, ...]

    @classmethod
    def shipped(cls, encoder_sha256: str) -> Self | None:
        """The weights in the package; None where `encoder_sha256` is not of the encoder that they
        were made with, since its vectors mean something else.

        Raises:
            CorpusError: the weights are missing or changed.
        """
        folder = files("rag.compose").joinpath(_FOLDER)
        try:
            manifest = json.loads(folder.joinpath(_MANIFEST).read_bytes())
            if manifest["encoder_sha256"] != encoder_sha256:
                return None
            content = folder.joinpath(_NUMBERS).read_bytes()
            if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
                raise CorpusError(
                    f"The weights in {folder} are not those that their manifest names. Install "
                    "the package again."
                )
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                return cls.of(arrays)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorpusError(
                f"Cannot read the weights in {folder}: {error}. Install the package again."
            ) from error

    @classmethod
    def of(cls, arrays: Mapping[str, Vectors]) -> Self:
        """From arrays whose names are a field of `Net` and the number of the network."""
        count = sum(name.startswith("out") for name in arrays)
        fields = Net.__slots__
        return cls(
            tuple(
                Net(*(np.asarray(arrays[f"{name}{number}"], np.float32) for name in fields))
                for number in range(count)
            )
        )

    def scores(self, question: Vectors, sentences: Vectors, passages: Vectors) -> Vectors:
        """(n,) for a question (d,) and sentences (n, d), each with its passage's vector (n, d)."""
        found = [net.scores(question, sentences, passages) for net in self.nets]
        return np.mean(found, axis=0, dtype=np.float32)  # type: ignore[no-any-return]


def _linear(rows: Vectors, weights: Vectors) -> Vectors:
    """(n, k) of rows (n, d) and weights (d + 1, k), whose last row is the bias."""
    return rows @ weights[:-1] + weights[-1]  # type: ignore[no-any-return]
