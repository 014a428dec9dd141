"""Short stretches of the licence-checked texts, by hash: what the answers are written from.

The answers of `training/verifier/answers/` were written for this project and name their passages
by these hashes, so that no sentence of the texts stands in the repository.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from rag.sentences import sentence_spans
from training.verifier.sources import Text

# Sets whose passages read like what a search engine finds: encyclopaedia, news, web, abstracts.
SETS = ("cg2c_doc", "wice", "factcheck", "qafeedback", "fm2", "wikibio", "checkcovid", "kqa")
_WORDS = (45, 130)
_SEGMENTS = 8  # of one passage, at most; the first three are those of the first answers
_BLANKS = re.compile(r"\s+")


def key(segment: str) -> str:
    """The name of a segment: 12 hex digits."""
    return hashlib.sha256(segment.encode()).hexdigest()[:12]


def segments(rows: Iterable[dict[str, Any]], texts: Iterable[Text]) -> dict[str, str]:
    """Segments by key: of the passages of `SETS`, and of clinical texts that are not held out."""
    found: dict[str, str] = {}
    for row in rows:
        if row["set"] in SETS:
            passage = _BLANKS.sub(" ", row["passage"]).strip()
            sentences = [passage[start:end] for start, end in sentence_spans(passage)]
            found.update((key(segment), segment) for segment in _cut(sentences))
    for text in texts:
        if not text.held_out:
            found.update((key(segment), segment) for segment in _cut(text.sentences))
    return found


def _cut(sentences: Iterable[str]) -> Iterator[str]:
    """The first segments of whole sentences, each of `_WORDS` words."""
    held: list[str] = []
    words = made = 0
    for sentence in sentences:
        size = len(sentence.split())
        if held and words + size > _WORDS[1]:
            if words >= _WORDS[0]:
                yield " ".join(held)
                made += 1
            held, words = [], 0
        if made == _SEGMENTS:
            return
        held.append(sentence)
        words += size
    if words >= _WORDS[0]:
        yield " ".join(held)
