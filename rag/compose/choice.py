"""Which pieces make the answer, and in which order they read well."""

from __future__ import annotations

from collections.abc import Sequence, Set

from rag.compose.facets import Facet
from rag.compose.scoring import FACET_BONUS, Scored
from rag.compose.units import Unit
from rag.verify.words import words

_TOO_ALIKE = 0.86  # cosine above which two sentences say the same
_KEEP_SHARE = 0.76  # a unit below this share of the best unit's score is not worth adding


def choose(scored: Sequence[Scored], asked: frozenset[Facet], most: int) -> list[Scored]:
    """The best units, none said twice; what meets a part of the question not yet met is preferred.

    `most`: sentences in all.
    """
    chosen: list[Scored] = []
    used: set[tuple[str, int]] = set()
    pool = list(scored)
    best_score = max((s.score for s in scored), default=0.0)
    while pool:
        length = sum(len(s.unit.indices) for s in chosen)
        pool = [
            s
            for s in pool
            if s.score >= best_score * _KEEP_SHARE
            and length + len(s.unit.indices) <= most
            and not used & _places(s.unit)
            and _overlap(s, chosen) < _TOO_ALIKE
        ]
        if not pool:
            break
        missing = asked - {facet for s in chosen for facet in s.facets}
        best = max(pool, key=lambda s: s.score + (FACET_BONUS if s.facets & missing else 0.0))
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
    """Sources by their best unit. In a source that unit goes first, for it answers best, then the
    others of its passage; the rest stands as it does there, from what to whom to ask."""
    lead: dict[str, Scored] = {}
    for s in chosen:
        if s.source not in lead or s.score > lead[s.source].score:
            lead[s.source] = s

    def place(s: Scored) -> tuple[float, str, bool, bool, int, tuple[int, ...]]:
        first, passage = lead[s.source], s.unit.evidence.passage
        beside = passage.id == first.unit.evidence.passage.id
        return -first.score, s.source, s is not first, not beside, passage.start, s.unit.indices

    return sorted(chosen, key=place)


def _places(unit: Unit) -> set[tuple[str, int]]:
    return {(unit.evidence.passage.id, index) for index in unit.indices}


def _overlap(candidate: Scored, chosen: Sequence[Scored]) -> float:
    return max((float(candidate.vector @ other.vector) for other in chosen), default=0.0)
