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
_NEGATIONS = frozenset("no not never none without nor cannot neither".split())


class _Words:
    """The words of a text, and those of them that must not differ at all."""

    __slots__ = ("all", "telling")

    def __init__(self, text: str) -> None:
        self.all = frozenset(_WORD.findall(text.lower()))
        self.telling = frozenset(filter(_tells, self.all))

    def nearly(self, other: _Words) -> bool:
        """Whether the two texts say the same in nearly the same words."""
        few, many = sorted((len(self.all), len(other.all)))
        if self.telling != other.telling or few < _RESEMBLANCE * many:
            return False
        common = len(self.all & other.all)
        return common >= _RESEMBLANCE * (len(self.all) + len(other.all) - common)


def merged(ranked: Iterable[Evidence], top_k: int) -> tuple[Evidence, ...]:
    """The first `top_k` of `ranked` that differ; of near-duplicates, the best source's stays.

    Best is the higher evidence grade, then the later review or publication, then the better
    rank. It takes the place, and the fused score, of the best ranked of its near-duplicates.
    Texts whose numbers or negations differ ("10 mg" and "20 mg", "do" and "do not") are never
    near-duplicates, however alike the rest is.
    """
    kept: list[tuple[_Words, list[Evidence]]] = []
    for evidence in ranked:
        words = _Words(evidence.passage.text)
        group = next((group for other, group in kept if words.nearly(other)), None)
        if group is not None:
            group.append(evidence)
        elif len(kept) < top_k:
            kept.append((words, [evidence]))
    return tuple(_best(group) for _, group in kept)


def _best(group: list[Evidence]) -> Evidence:
    first = group[0]
    best = min(group, key=lambda evidence: (evidence.source.grade, -last_dated(evidence.source)))
    return replace(best, hit=replace(best.hit, score=first.hit.score))


def _tells(word: str) -> bool:
    return word in _NEGATIONS or word.endswith(("n't", "n’t")) or any(map(str.isdigit, word))
