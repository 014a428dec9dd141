"""Which stretch of a long evidence a cross-encoder should read: the one that answers the claim.

Used alike when training pairs are made and when a claim is judged, so that the model meets the
same kind of context in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence of the evidence: how many word pieces it takes, and its content stems."""

    tokens: int
    stems: frozenset[str]


def best_window(
    claim: Collection[str], units: Sequence[Unit], budget: int, *, before: int = 1
) -> tuple[int, int]:
    """Start and stop of the run of neighbouring units that holds most of the claim's stems.

    The run takes at most `budget` word pieces (one unit at least, however long), begins with up
    to `before` units of lead-in, and of runs that hold equally much the earliest wins.
    """
    wanted = frozenset(claim)
    shared = [wanted & unit.stems for unit in units]
    best, best_key = (0, 0), (-1, -1)
    held: Counter[str] = Counter()
    stop = used = 0
    for start, unit in enumerate(units):
        while stop < len(units) and (stop == start or used + units[stop].tokens <= budget):
            used += units[stop].tokens
            held.update(shared[stop])
            stop += 1
        key = (len(held), held.total())
        if key > best_key:
            best, best_key = (start, stop), key
        used -= unit.tokens
        held.subtract(shared[start])
        held = +held  # without the stems that have left
    start, stop = best
    return _with_lead_in(units, start, stop, budget, before)


def _with_lead_in(
    units: Sequence[Unit], start: int, stop: int, budget: int, before: int
) -> tuple[int, int]:
    """Moves the start back while the budget allows: what "it" means is often just before."""
    used = sum(unit.tokens for unit in units[start:stop])
    for _ in range(before):
        if start == 0 or used + units[start - 1].tokens > budget:
            break
        start -= 1
        used += units[start].tokens
    return start, stop


def best_units(claim: Collection[str], units: Sequence[Unit], budget: int) -> tuple[int, ...]:
    """Indices, in order, of units picked one by one for the stems of the claim that they add.

    A claim may rest on sentences far apart, which no window holds together. Once every stem is
    held, units that share most with the claim follow, while they fit in `budget` word pieces.
    """
    wanted = frozenset(claim)
    shared = [wanted & unit.stems for unit in units]
    missing = set(wanted)
    # Smallest first: what a unit adds, what it shares, its place. What it adds only ever falls,
    # so the first whose figure is still true is the best: no search through all for each pick.
    queue = [(-len(stems), -len(stems), i) for i, stems in enumerate(shared)]
    heapify(queue)
    picked: list[int] = []
    used = 0
    while queue:
        adds, shares, index = heappop(queue)
        now = -len(missing & shared[index])
        if now != adds:
            heappush(queue, (now, shares, index))
            continue
        if picked and not shared[index]:
            break
        if picked and used + units[index].tokens > budget:
            continue
        picked.append(index)
        used += units[index].tokens
        missing -= shared[index]
    return tuple(sorted(picked))
