"""BM25 over the stems of heading, text and known questions (bm25s, Lucene's variant,
memory-mapped)."""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.index.vectors import Mask

K1 = 0.6
"""How soon a repeated term stops counting. On the tuning half of MedQuAD (1,500 questions over
all 16,407 answers) MRR@10 is 0.463, against 0.438 with bm25s' own 1.5. Lower still gains a little
there (0.472 at 0.3), but those answers are many times longer than our passages."""
B = 0.75
"""How far long passages are marked down, 0..1."""

_WORDS_KEPT = 50_000  # stems kept by their word
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SHORT_PLURAL = re.compile(r"([^\Waeiou\d_]{2,}[aeiou])s")
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")


class Stemming:
    """Text to stems: NFKC, lower case, no English stop words, Snowball English (Porter 2).

    bm25s' own tokenizer is not used: it drops one-letter words ("vitamin C"), cuts "don’t" in
    two, and numbers stems in an order that changes from run to run. Threads may share this.

    >>> Stemming().terms("What helps with panic attacks?")
    ['help', 'panic', 'attack']
    """

    def __init__(self) -> None:
        import Stemmer

        self._stop_words = frozenset(_bm25s().stopwords.STOPWORDS_EN_PLUS)
        self._stemmer = Stemmer.Stemmer("english")
        self._lock = Lock()  # a Stemmer keeps a cache that threads must not share
        self._stem = lru_cache(_WORDS_KEPT)(self._new_stem)

    def terms(self, text: str) -> list[str]:
        """The stems of `text`, in order, repeats kept."""
        lowered = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
        return [self._stem(w) for w in _WORD.findall(lowered) if w not in self._stop_words]

    def _new_stem(self, word: str) -> str:
        with self._lock:
            stem: str = self._stemmer.stemWord(_singular(word))
        return stem


def _singular(word: str) -> str:
    # The stemmer leaves the s of "SSRIs" and "TCAs" on, taking them for words like "gas".
    match = _SHORT_PLURAL.fullmatch(word)
    return match[1] if match else word


def write_lexical(folder: Path, texts: Iterable[str]) -> None:
    """Writes the BM25 index of `texts` (one a passage, by row) into `folder`.

    The same texts give the same bytes. Texts without a single term are allowed.

    Raises:
        OSError: a file could not be written.
    """
    stemming = Stemming()
    rows = [stemming.terms(text) for text in texts]
    stems = sorted({stem for row in rows for stem in row}) or [""]
    vocabulary = {stem: number for number, stem in enumerate(stems)}
    numbered = [[vocabulary[stem] for stem in row] for row in rows]
    index = _bm25s().BM25(k1=K1, b=B, method="lucene", backend="numpy", csc_backend="numpy")
    with np.errstate(invalid="ignore"):  # the mean length is 0 when no text has a term
        index.index((numbered, vocabulary), create_empty_token=False, show_progress=False)
    index.save(folder)


class LexicalIndex:
    """Passages by BM25. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._index = _bm25s().BM25.load(folder, mmap=True, allow_pickle=False, backend="numpy")
        self._stemming = Stemming()
        self._passages: int = self._index.scores["num_docs"]

    def terms(self, text: str) -> list[str]:
        """The stems of `text` as BM25 sees them: in order, repeats kept, stop words out."""
        return self._stemming.terms(text)

    def idf(self, stem: str) -> float:
        """Lucene's inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)) with n of N
        passages holding `stem`; greatest for a stem that none holds."""
        number = self._index.vocab_dict.get(stem)
        holding = 0
        if number is not None:
            bounds = self._index.scores["indptr"]
            holding = int(bounds[number + 1] - bounds[number])
        return math.log(1 + (self._passages - holding + 0.5) / (holding + 0.5))

    def search(self, text: str, top_k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """Up to `top_k` (row, BM25 score), best first, ties by row; scores of 0 are left out.

        Args:
            allowed: one truth value a row; rows that are False use up no place.
        """
        numbers = self._index.get_tokens_ids(self.terms(text))
        if not numbers or top_k < 1:
            return []
        weights = None if allowed is None else allowed.astype(np.float32)
        return _best(self._index.get_scores_from_ids(numbers, weight_mask=weights), top_k)


def _best(scores: npt.NDArray[np.float32], top_k: int) -> list[tuple[int, float]]:
    rows = np.flatnonzero(scores > 0)
    if len(rows) > top_k:
        # All that tie with the last place stay in until the sort, so that the cut is by row
        # and never by the whim of the partition.
        bar = np.partition(scores[rows], -top_k)[-top_k]
        rows = rows[scores[rows] >= bar]
    best = rows[np.lexsort((rows, -scores[rows]))][:top_k]
    return [(int(row), float(scores[row])) for row in best]


def _bm25s() -> Any:
    import bm25s

    # It sets its own logger to DEBUG on import, which would print in any program that logs.
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    return bm25s
