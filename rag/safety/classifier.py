"""A small model for what the rules have no pattern for. Optional: triage works without it.

It reads one message as the encoder's vector and its words and word pairs, and says which concern
it resembles, if any. Plain Python, so that nothing heavy is imported here; the caller hands in
the encoder. `weights/CARD.md` says how it was made and what it misses.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import mul
from pathlib import Path
from typing import Protocol, Self

from rag.errors import CorpusError
from rag.safety.normalise import BREAK

WEIGHTS = Path(__file__).parent / "weights"
WORD_BUCKETS = 2**15
_WHOLE = 60  # a message of this many words or fewer is also judged as a whole
_PART = 12  # longer ones are judged in parts of whole sentences, about this long
_SENTENCE = 50  # a longer sentence is cut; the pieces overlap by half a part
_ENDS = 32  # of a very long message the first and the last parts are judged; rules read it all


class Rows(Protocol):
    """What an encoder gives: a matrix that turns into lists of numbers."""

    def tolist(self) -> list[list[float]]: ...


class TextEncoder(Protocol):
    """The part of `rag.encoders.Encoder` that is used here."""

    @property
    def sha256(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Rows: ...


class Classifier:
    """Which concern a message resembles. Never a score: only yes or no, and the concern."""

    def __init__(self, encoder: TextEncoder, folder: Path = WEIGHTS) -> None:
        """Raises CorpusError when the weights are missing, changed or made for another encoder."""
        manifest, numbers = _checked(folder)
        if encoder.sha256 != manifest.encoder_sha256:
            raise CorpusError("The triage classifier was made for another encoder; it is not used.")
        self._encoder = encoder
        self._categories = manifest.categories
        self._threshold = manifest.threshold
        take = _Reader(numbers)
        self._bias = take.row(1)[0]
        self._signs = take.row(manifest.rank)
        self._directions = [take.row(manifest.dimensions) for _ in range(manifest.rank)]
        self._words = take.row(WORD_BUCKETS)
        self._category_bias = take.row(len(self._categories))
        self._category_rows = [take.row(manifest.dimensions) for _ in self._categories]

    @classmethod
    def fitting(cls, encoder: TextEncoder) -> Self | None:
        """The shipped classifier, or None when it cannot serve: then the rules stand alone."""
        try:
            return cls(encoder)
        except CorpusError:
            return None

    def concern(self, words: Sequence[str]) -> str | None:
        """The concern of one message, given as `rag.safety.normalise.tokens` returns it."""
        found = list(parts(words))
        if not found:
            return None
        vectors = self._encoder.encode([" ".join(part) for part in found]).tolist()
        best = max(
            ((self._margin(part, v), v) for part, v in zip(found, vectors, strict=True)),
            key=lambda pair: pair[0],
        )
        return self._category(best[1]) if best[0] > self._threshold else None

    def _margin(self, words: Sequence[str], vector: Sequence[float]) -> float:
        shape = sum(
            sign * _dot(row, vector) ** 2
            for sign, row in zip(self._signs, self._directions, strict=True)
        )
        buckets = word_buckets(words)
        wording = sum(self._words[bucket] for bucket in buckets) / math.sqrt(len(buckets))
        return shape + wording + self._bias

    def _category(self, vector: Sequence[float]) -> str:
        likeness = [
            _dot(row, vector) + bias
            for row, bias in zip(self._category_rows, self._category_bias, strict=True)
        ]
        return self._categories[likeness.index(max(likeness))]


def word_buckets(words: Sequence[str]) -> set[int]:
    """The places of the words and neighbouring word pairs in the table of weights."""
    grams = [*words, *(f"{first} {second}" for first, second in pairwise(words))]
    return {zlib.crc32(gram.encode("utf-8", "replace")) % WORD_BUCKETS for gram in grams}


def parts(words: Sequence[str]) -> Iterator[list[str]]:
    """What is judged: a short message whole, and the parts of one that is not very short."""
    words = without_outer_breaks(words)
    if words and len(words) <= _WHOLE:
        yield list(words)
    if len(words) > _PART:
        pieces = [piece for piece in map(without_outer_breaks, _together(words)) if piece]
        yield from pieces if len(pieces) <= 2 * _ENDS else pieces[:_ENDS] + pieces[-_ENDS:]


def without_outer_breaks(words: Sequence[str]) -> list[str]:
    """A full stop at the end, or none, makes no difference."""
    kept = [index for index, word in enumerate(words) if word != BREAK]
    return list(words[kept[0] : kept[-1] + 1]) if kept else []


def _together(words: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for start, end in _sentences(words):
        if part and len(part) + end - start > _PART:
            yield part
            part = []
        part.extend(words[start:end])
    yield part


def _sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence; one that is too long comes in overlapping pieces."""
    start = 0
    for index, word in enumerate(words):
        if word == BREAK or index - start >= _SENTENCE:
            yield start, index + 1
            start = index + 1 if word == BREAK else index + 1 - _PART // 2
    if start < len(words):
        yield start, len(words)


def _dot(row: Sequence[float], vector: Sequence[float]) -> float:
    return sum(map(mul, row, vector), 0.0)


class _Reader:
    def __init__(self, numbers: Sequence[float]) -> None:
        self._numbers, self._at = numbers, 0

    def row(self, size: int) -> list[float]:
        self._at += size
        return list(self._numbers[self._at - size : self._at])


@dataclass(frozen=True, slots=True)
class _Manifest:
    encoder_sha256: str
    dimensions: int
    rank: int
    categories: list[str]
    threshold: float


def _checked(folder: Path) -> tuple[_Manifest, tuple[float, ...]]:
    """The manifest and the numbers of `head.bin`, whose SHA-256 the manifest holds."""
    try:
        raw = json.loads((folder / "manifest.json").read_bytes())
        manifest = _Manifest(**{name: raw[name] for name in _Manifest.__slots__})
        content = (folder / "head.bin").read_bytes()
        if hashlib.sha256(content).hexdigest() != raw["sha256"]:
            raise CorpusError(f"{folder / 'head.bin'} is not the file that its manifest names.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"Cannot read the triage classifier in {folder}: {error}") from error
    return manifest, struct.unpack(f"<{len(content) // 2}e", content)
