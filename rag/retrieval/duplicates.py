"""Passages that say the same in nearly the same words, so that one of them is enough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from rag.model import Evidence
from rag.retrieval.policy import last_dated

_WORD = re.compile(r"\w+(?:['’.,]\w+)*")
# Share of common words from which two texts count as one; below it, two leaflets on one subject
# begin to look alike. Jaccard resemblance of word sets, after Broder (1997).
_RESEMBLANCE = 0.8
NEGATIONS = frozenset("no not never none without nor cannot neither".split())
NUMBERS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty
    fifty sixty ninety hundred thousand half third quarter""".split()
)


class _Text:
    """A text as a set of its words, cut at white space only: this runs on every candidate."""

    __slots__ = ("lowered", "size", "words")

    def __init__(self, text: str) -> None:
        self.lowered = text.lower()
        self.words = frozenset(self.lowered.split())
        self.size = len(self.words)

    def nearly(self, other: _Text) -> bool:
        """Whether the two texts say the same in nearly the same words."""
        mine, theirs = self.size, other.size
        if mine < _RESEMBLANCE * theirs or theirs < _RESEMBLANCE * mine:
            return False
        common = len(self.words & other.words)
        if common < _RESEMBLANCE * (mine + theirs - common):
            return False
        return _telling(self.lowered) == _telling(other.lowered)


def merged(ranked: Iterable[Evidence], top_k: int) -> tuple[Evidence, ...]:
    """The first `top_k` of `ranked` that differ; of near-duplicates, the best source's stays.

    Best is the higher evidence grade, then the later review or publication, then the better
    rank. It takes the place, and the fused score, of the best ranked of its near-duplicates.
    Texts whose numbers or negations differ ("10 mg" and "20 mg", "do" and "do not") are never
    near-duplicates, however alike the rest is.
    """
    kept: list[tuple[_Text, list[Evidence]]] = []
    for evidence in ranked:
        text = _Text(evidence.passage.text)
        group = next((group for other, group in kept if text.nearly(other)), None)
        if group is not None:
            group.append(evidence)
        elif len(kept) < top_k:
            kept.append((text, [evidence]))
    return tuple(_best(group) for _, group in kept)


def _best(group: list[Evidence]) -> Evidence:
    first = group[0]
    best = min(group, key=lambda evidence: (evidence.source.grade, -last_dated(evidence.source)))
    return replace(best, hit=replace(best.hit, score=first.hit.score))


def _telling(lowered: str) -> frozenset[str]:
    """The words that must not differ at all: numbers and negations."""
    words = frozenset(_WORD.findall(lowered))
    return frozenset(
        word
        for word in words
        if word in NEGATIONS | NUMBERS
        or word.endswith(("n't", "n’t"))
        or any(map(str.isdigit, word))
    )
