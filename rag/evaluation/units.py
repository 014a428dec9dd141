"""The pool of an evaluation as texts to index, and their vectors, kept between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.encoders.base import Encoder, Vectors
from rag.evaluation.medquad import Pair
from rag.ingest.chunking import passages
from rag.model import Block, BlockKind, Document, Source, sha256_text
from rag.settings import IngestSettings

_TEXTS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Unit:
    """A text that is indexed, and the number of the answer that it is of."""

    text: str
    answer: int


def whole_units(pairs: Sequence[Pair], _encoder: Encoder, *, topic: bool) -> list[Unit]:
    """One unit an answer."""
    return [
        Unit(f"{pair.topic}\n{pair.answer}" if topic and pair.topic else pair.answer, number)
        for number, pair in enumerate(pairs)
    ]


def passage_units(pairs: Sequence[Pair], encoder: Encoder, *, topic: bool) -> list[Unit]:
    """The passages of each answer, cut as the engine cuts a document."""
    settings = IngestSettings()
    units = []
    for number, pair in enumerate(pairs):
        document = _document(pair, topic=topic)
        for passage in passages(document, encoder.count_tokens, settings):
            units.append(Unit(passage.indexed_text, number))
    return units


def cached_vectors(
    texts: Sequence[str],
    encoder: Encoder,
    cache: Path | None,
    stage: Callable[[str, int], Callable[[int], None]],
) -> Vectors:
    """Vectors of `texts`, shape (texts, dimensions); equal texts are encoded once.

    With a `cache` folder they are read from it, or left there for the next run, under a name
    made from the encoder's hash and the texts.
    """
    path = cache / f"{_digest(texts, encoder)}.npy" if cache else None
    if path and path.is_file():
        kept: Vectors = np.load(path, allow_pickle=False)
        return kept
    distinct = list(dict.fromkeys(texts))
    done = stage("Encoding", len(distinct))
    parts = [
        encoder.encode(distinct[first : first + _TEXTS_AT_ONCE], progress=done)
        for first in range(0, len(distinct), _TEXTS_AT_ONCE)
    ]
    rows = {text: row for row, text in enumerate(distinct)}
    vectors: Vectors = np.concatenate(parts)[[rows[text] for text in texts]]
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
    return vectors


def _document(pair: Pair, *, topic: bool) -> Document:
    # A document's title becomes the heading of its passages.
    source = Source(pair.id, pair.topic if topic else "", "MedQuAD", sha256_text(pair.answer))
    return Document(source, (Block(BlockKind.PARAGRAPH, pair.answer),))


def _digest(texts: Sequence[str], encoder: Encoder) -> str:
    digest = hashlib.sha256(encoder.sha256.encode())
    for text in texts:
        digest.update(sha256_text(text).encode())
    return digest.hexdigest()[:24]
