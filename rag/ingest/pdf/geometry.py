"""What a page holds, in points from its top left corner, y downwards."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    def holds(self, other: Box, slack: float = 2.0) -> bool:
        """Whether `other` lies within, up to `slack` points."""
        return (
            other.x0 >= self.x0 - slack
            and other.x1 <= self.x1 + slack
            and other.top >= self.top - slack
            and other.bottom <= self.bottom + slack
        )

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return min(self.x1, other.x1) > max(self.x0, other.x0) and min(
            self.bottom, other.bottom
        ) > max(self.top, other.top)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text on one line. `bold` is the share of its characters in a bold font."""

    text: str
    box: Box
    base: float  # y of the baseline
    size: float  # font size in points
    bold: float


@dataclass(frozen=True, slots=True)
class Region:
    """A framed or shaded part of the page, read as a whole."""

    box: Box
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: rows of cells, each cell the pieces within it."""

    box: Box
    rows: tuple[tuple[tuple[Piece, ...], ...], ...]


Item = Piece | Region | Table


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its text, its thin ruled lines, its rectangles, and its drawn list marks.
    `hidden` counts the characters that were left out since nobody can see them."""

    number: int  # 1-based
    width: float
    height: float
    pieces: tuple[Piece, ...]
    rules: tuple[Box, ...]
    frames: tuple[Box, ...]
    dots: tuple[Box, ...]
    hidden: int = 0


def around(items: Iterable[Item]) -> Box:
    """The smallest box that holds every item."""
    boxes = [item.box for item in items]
    return Box(
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )


def pieces_of(items: Iterable[Item]) -> list[Piece]:
    """Every piece of text in the items, however deep."""
    found: list[Piece] = []
    for item in items:
        if isinstance(item, Piece):
            found.append(item)
        elif isinstance(item, Region):
            found += pieces_of(item.items)
        else:
            found += [piece for row in item.rows for cell in row for piece in cell]
    return found


def usual_size(pieces: Sequence[Piece]) -> float:
    """The font size in which most characters are set, in points; 10 for no text."""
    weighted = [piece.size for piece in pieces for _ in range(len(piece.text) // 8 + 1)]
    return statistics.median(weighted) if weighted else 10.0
