"""Tells headings from text by size and weight, and ranks them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rag.ingest.pdf.flow import Element, Line
from rag.ingest.pdf.pieces import BULLET

_LARGER = 1.15  # times the body's size
_TITLE = 1.4
_TITLE_PART = 0.55  # a subtitle is at least this large beside the title
_ALL_BOLD = 0.95
_MAX_HEADING_WORDS = 25
_MAX_BOLD_WORDS = 14
_MAX_BOLD_LINES = 2
_ENDS_AS_TEXT = re.compile(r"[.:;,!][\"”’)]?$")
_ADDRESS = re.compile(r"[./@]\w")
_PARAGRAPH_GAP = 1.2  # times the usual leading
_DEFAULT_LEADING = 1.2  # times the font size
_SAME_SIZE = 0.06  # share by which sizes of one rank may differ


class Styles:
    """What is usual in one document: body size, leading, and the rank of each heading style."""

    def __init__(self, flow: Sequence[Element]) -> None:
        lines = [element for element in flow if isinstance(element, Line)]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[line.size] += len(line.text)
        self.body_size = sizes.most_common(1)[0][0] if sizes else 10.0
        self._leading = _leadings(lines)

    def leading(self, size: float) -> float:
        """Usual points from one baseline to the next at that font size."""
        return self._leading.get(round(size), _DEFAULT_LEADING * size)

    def is_large(self, line: Line) -> bool:
        """Whether the line is set larger than the text."""
        return line.size >= _LARGER * self.body_size and any(c.isalpha() for c in line.text)

    def is_bold(self, line: Line) -> bool:
        """Whether the whole line is bold, no smaller than the text, and no list item."""
        return (
            line.bold >= _ALL_BOLD
            and line.size >= 0.95 * self.body_size
            and not BULLET.match(line.text)
            and any(c.isalpha() for c in line.text)
        )

    def follows(self, before: Line, after: Line) -> bool:
        """Whether `after` is the next line of the same paragraph, as far as spacing tells."""
        step = after.base - before.base
        return (
            before.column == after.column
            and before.page == after.page
            and 0 < step <= _PARAGRAPH_GAP * self.leading(max(before.size, after.size))
        )

    def same(self, one: Line, other: Line) -> bool:
        """Whether two lines are in one style."""
        return abs(one.size - other.size) <= _SAME_SIZE * max(one.size, other.size) and (
            one.bold >= _ALL_BOLD
        ) == (other.bold >= _ALL_BOLD)

    def is_heading(self, group: Sequence[Line], text: str, after: Line | None) -> bool:
        """Whether lines in one style, joined as `text`, are a heading over what comes `after`."""
        words = len(text.split())
        if words == 1 and _ADDRESS.search(text):
            return False
        if not text[:1].isalnum() and text[:1] not in "“\"'‘(¿":
            return False
        if self.is_large(group[0]):
            return words <= _MAX_HEADING_WORDS and not (words >= 12 and text.endswith("."))
        if len(group) > _MAX_BOLD_LINES or words > _MAX_BOLD_WORDS or _ENDS_AS_TEXT.search(text):
            return False
        runs_on = after is not None and self.follows(group[-1], after) and after.text[:1].islower()
        return not runs_on and not text[:1].islower()

    def title_size(self, sizes: Iterable[float]) -> float:
        """The least size of a line of the title, given the heading sizes of the first page."""
        most = max(sizes, default=0.0)
        if most < _TITLE * self.body_size:
            return float("inf")
        return max(_TITLE_PART * most, _TITLE * self.body_size)


def rank(styles: Iterable[tuple[float, bool]]) -> dict[tuple[float, bool], int]:
    """Heading level from 2 for each (size, bold), larger and bolder first."""
    levels: dict[tuple[float, bool], int] = {}
    level, last = 1, (float("inf"), True)
    for style in sorted(set(styles), key=lambda s: (-s[0], not s[1])):
        close = last[0] - style[0] <= _SAME_SIZE * style[0]
        if not (close and last[1] == style[1]):
            level += 1
            last = style
        levels[style] = min(level, 6)
    return levels


def _leadings(lines: Sequence[Line]) -> dict[int, float]:
    steps: dict[int, Counter[float]] = {}
    for before, after in pairwise(lines):
        step = after.base - before.base
        together = before.column == after.column and before.page == after.page
        if together and round(before.size) == round(after.size) and 0 < step < 3 * after.size:
            steps.setdefault(round(after.size), Counter())[round(step, 1)] += 1
    return {size: _usual(counts) for size, counts in steps.items()}


def _usual(counts: Counter[float]) -> float:
    """The commonest step; the smaller of two that are about as common, which is within text."""
    most = counts.most_common(1)[0][1]
    return min(step for step, count in counts.items() if count >= 0.5 * most)
