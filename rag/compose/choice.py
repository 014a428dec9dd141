"""Which pieces make the answer, and in which order they read well."""

from __future__ import annotations

from collections.abc import Sequence, Set

from rag.compose.facets import Facet
from rag.compose.scoring import FACET_BONUS, Scored
from rag.compose.units import Unit
from rag.verify.words import words

# Maximal marginal relevance (Carbonell & Goldstein 1998): what a cosine with a sentence already
# chosen costs, above the cosine that any two sentences on one topic have.
_REDUNDANCY = 0.35
_SAME_TOPIC = 0.6
_TOO_ALIKE = 0.86  # cosine above which two sentences say the same
_KEEP_SHARE = 0.81  # a unit below this share of the best unit's score is not worth adding
_KEEP_SHARE_ELSEWHERE = 0.87  # the same in a source that has no part in the answer yet
_CLEARLY_NEARER = 0.08  # cosine by which a sentence outweighs the section that was asked for
_FEWEST = 2
_KEEP_SHARE_OF_FIRST = 0.68  # the same for the first two, since one sentence rarely is an answer


def choose(scored: Sequence[Scored], asked: frozenset[Facet], most: int) -> list[Scored]:
    """Greedy maximal marginal relevance; a part of the question not yet met goes first.

    `most`: sentences in all.
    """
    if not scored:
        return []
    best_score = max(s.score for s in scored)
    chosen: list[Scored] = []
    pool = list(scored)
    used: set[tuple[str, int]] = set()
    while pool:
        length = sum(len(s.unit.indices) for s in chosen)
        sources = {s.source for s in chosen}
        missing = asked - {facet for s in chosen for facet in s.facets}
        pool = [
            s
            for s in pool
            if s.score >= best_score * _share(s, sources, length)
            and length + len(s.unit.indices) <= most
            and not used & _places(s.unit)
            and _overlap(s, chosen) < _TOO_ALIKE
        ]
        if not pool:
            break
        best = max(
            pool,
            key=lambda s: _novel(s, chosen) + (FACET_BONUS if s.facets & missing else 0.0),
        )
        if _novel(best, chosen) < best_score * _share(best, sources, length):
            break
        chosen.append(best)
        used |= _places(best.unit)
    return chosen


def introduced(
    scored: Sequence[Scored], asked: frozenset[Facet], most: int, brands: Set[str]
) -> list[Scored]:
    """Chosen and in reading order; the sentence that says what a brand of the question is goes
    first, since the rest speaks of the substance."""
    namely = [s for s in scored if brands and not brands.isdisjoint(words(" ".join(s.unit.texts)))]
    others = [s for s in scored if s not in namely]
    if not namely or not others:
        return in_reading_order(choose(scored, asked, most))
    first = max(namely, key=lambda s: s.score)
    rest = choose(others, asked, most - len(first.unit.indices))
    return [first, *in_reading_order(rest)]


def in_reading_order(chosen: Sequence[Scored]) -> list[Scored]:
    """Sources by their best unit. In a source, the passage nearest to the question goes first where
    it is clearly nearer than the part asked for, then that part; the rest stands as it does there,
    from what to whom to ask."""
    best: dict[str, float] = {}
    leads: dict[str, Scored] = {}
    for s in chosen:
        best[s.source] = max(best.get(s.source, 0.0), s.score)
        if s.source not in leads or _nearness(s) > _nearness(leads[s.source]):
            leads[s.source] = s

    def place(s: Scored) -> tuple[float, str, bool, bool, int, tuple[int, ...]]:
        passage = s.unit.evidence.passage
        leading = passage.id == leads[s.source].unit.evidence.passage.id
        return -best[s.source], s.source, not leading, not s.facets, passage.start, s.unit.indices

    return sorted(chosen, key=place)


def _nearness(scored: Scored) -> float:
    return scored.cosine + (_CLEARLY_NEARER if scored.facets else 0.0)


def _share(scored: Scored, sources: set[str], length: int) -> float:
    if length < _FEWEST:
        return _KEEP_SHARE_OF_FIRST
    return _KEEP_SHARE if scored.source in sources else _KEEP_SHARE_ELSEWHERE


def _places(unit: Unit) -> set[tuple[str, int]]:
    return {(unit.evidence.passage.id, index) for index in unit.indices}


def _overlap(candidate: Scored, chosen: Sequence[Scored]) -> float:
    return max((float(candidate.vector @ other.vector) for other in chosen), default=0.0)


def _novel(candidate: Scored, chosen: Sequence[Scored]) -> float:
    return candidate.score - _REDUNDANCY * max(0.0, _overlap(candidate, chosen) - _SAME_TOPIC)
