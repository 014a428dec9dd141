"""Turns pages into one flow of lines and tables in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from rag.ingest.clean import one_line
from rag.ingest.pdf.geometry import Box, Item, Page, Piece, Region, Table, around
from rag.ingest.pdf.order import in_columns, in_regions
from rag.ingest.pdf.pieces import LIST_MARK, join_pieces
from rag.ingest.pdf.tables import find_tables

_SAME_LINE = 0.3  # in units of the font size


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in its column. `depth` counts the frames around it."""

    text: str
    box: Box
    base: float
    size: float
    bold: float
    page: int
    column: int  # a number of its own for each column of the document
    column_box: Box
    depth: int


@dataclass(frozen=True, slots=True)
class TableInFlow:
    """A ruled table at its place in the flow."""

    table: Table
    page: int
    depth: int


@dataclass(frozen=True, slots=True)
class FrameStart:
    """The start of a framed part."""


@dataclass(frozen=True, slots=True)
class FrameEnd:
    """The end of a framed part. Amid text, what its headings cover ends here too."""

    amid_text: bool


Element = Line | TableInFlow | FrameStart | FrameEnd


def flow_of(pages: Sequence[Page]) -> list[Element]:
    """Lines, tables and ends of frames of all pages, in reading order."""
    flow: list[Element] = []
    numbers = count()
    for page in pages:
        pieces = join_pieces(page.pieces, page.dots)
        tables, rest = find_tables(pieces, page.rules)
        items: list[Item] = [*tables, *rest]
        whole = Box(0.0, 0.0, page.width, page.height)
        flow.extend(_elements(in_regions(items, page.frames, whole), page.number, 0, numbers))
    return flow


def _elements(
    items: Sequence[Item], page: int, depth: int, numbers: Iterator[int]
) -> Iterator[Element]:
    for column in in_columns(items):
        box, column_id = around(column), next(numbers)
        pending: list[Piece] = []
        for item in column:
            if isinstance(item, Piece):
                if pending and not _same_line(pending[-1], item):
                    yield _line(pending, page, column_id, box, depth)
                    pending = []
                pending.append(item)
                continue
            if pending:
                yield _line(pending, page, column_id, box, depth)
                pending = []
            if isinstance(item, Table):
                yield TableInFlow(item, page, depth)
            elif isinstance(item, Region):
                yield FrameStart()
                yield from _elements(item.items, page, depth + 1, numbers)
                yield FrameEnd(amid_text=len(column) > 1)
        if pending:
            yield _line(pending, page, column_id, box, depth)


def _same_line(before: Piece, item: Piece) -> bool:
    """Whether a piece stands on the line of the one before; a list mark begins its own line."""
    if LIST_MARK.match(item.text):
        return False
    return abs(item.base - before.base) <= _SAME_LINE * item.size


def _line(pieces: list[Piece], page: int, column: int, column_box: Box, depth: int) -> Line:
    pieces = sorted(pieces, key=lambda piece: piece.box.x0)
    longest = max(pieces, key=lambda piece: len(piece.text))
    chars = sum(len(piece.text) for piece in pieces)
    return Line(
        text=one_line(" ".join(piece.text for piece in pieces)),
        box=around(pieces),
        base=longest.base,
        size=longest.size,
        bold=sum(piece.bold * len(piece.text) for piece in pieces) / chars,
        page=page,
        column=column,
        column_box=column_box,
        depth=depth,
    )
