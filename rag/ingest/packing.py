"""Groups sentences into stretches of even size, breaking where a reader would."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

Count = Callable[[str], int]

# What a break costs, on the scale of `_size_cost`. Between paragraphs it is free.
_WITHIN_PARAGRAPH = 0.3
_WITHIN_LIST = 0.5
_WITHIN_ITEM = 1.2
_AFTER_LEAD_IN = 2.0
_SMALL = 4.0  # weight of falling short of the least size
_UNEVEN = 0.3  # weight of straying from the middle of the range

# Where an over-long sentence may be cut, best first.
_CLAUSE_ENDS = tuple(
    re.compile(pattern) for pattern in (r"\n", r"[;:]\s+", r",\s+|\s[–—-]\s", r"\s+")
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or a lead-in with its list, as offsets into a text."""

    start: int
    end: int
    starts_block: bool
    in_item: bool  # of a list


def pack(
    units: Sequence[Unit], text: str, count: Count, least: int, most: int
) -> list[tuple[int, int]]:
    """Offsets of stretches of whole units, each of `most` tokens at most, as even as can be.

    Minimises, by dynamic programming over the break points, the cost of the breaks and of
    stretches that are shorter than `least` or far from the middle of the range. A unit over
    `most` tokens is cut at clause ends first.
    """
    fitting = [piece for unit in units for piece in _fit(unit, text, count, most)]
    if not fitting:
        return []
    sizes = [count(text[unit.start : unit.end]) for unit in fitting]
    best: list[tuple[float, int]] = [(0.0, 0)]  # cost of the first i units, start of the last group
    for stop in range(1, len(fitting) + 1):
        options = []
        size = 0
        for start in range(stop - 1, -1, -1):
            size += sizes[start]
            if size > most and start < stop - 1:
                break
            cost = best[start][0] + _size_cost(size, least, most)
            if start:
                cost += _break_cost(fitting[start - 1], fitting[start], text)
            options.append((cost, start))
        best.append(min(options))
    groups = []
    stop = len(fitting)
    while stop:
        start = best[stop][1]
        groups.append((fitting[start].start, fitting[stop - 1].end))
        stop = start
    return groups[::-1]


def _size_cost(size: int, least: int, most: int) -> float:
    short = max(0.0, (least - size) / least)
    middle = (min(least, most) + most) / 2
    return _SMALL * short**2 + _UNEVEN * ((size - middle) / middle) ** 2


def _break_cost(before: Unit, after: Unit, text: str) -> float:
    if text[before.start : before.end].endswith(":"):
        return _AFTER_LEAD_IN
    if not after.starts_block:
        return _WITHIN_ITEM if after.in_item else _WITHIN_PARAGRAPH
    return _WITHIN_LIST if after.in_item and before.in_item else 0.0


def _fit(unit: Unit, text: str, count: Count, most: int) -> list[Unit]:
    """The unit, or pieces of it that hold `most` tokens at most."""
    if unit.end - unit.start < 2 or count(text[unit.start : unit.end]) <= most:
        return [unit]
    end_of_first, start_of_second = _middle_cut(text, unit.start, unit.end)
    first = replace(unit, end=end_of_first)
    second = replace(unit, start=start_of_second, starts_block=False)
    return _fit(first, text, count, most) + _fit(second, text, count, most)


def _middle_cut(text: str, start: int, end: int) -> tuple[int, int]:
    """The best clause end in the middle half, or anywhere, or the very middle."""
    middle, quarter = (start + end) // 2, (end - start) // 4
    for low, high in ((middle - quarter, middle + quarter), (start + 1, end - 1)):
        for pattern in _CLAUSE_ENDS:
            found = [m for m in pattern.finditer(text, low, high) if start < m.end() < end]
            if found:
                cut = min(found, key=lambda m: abs(m.end() - middle))
                return cut.start() + len(cut[0].rstrip()), cut.end()
    return middle, middle
