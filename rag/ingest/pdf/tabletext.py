"""The text of a ruled table: a row at a time, or a column at a time where cells hold lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.pdf.flow import TableInFlow
from rag.ingest.pdf.geometry import Piece
from rag.ingest.pdf.joining import LineJoiner
from rag.ingest.pdf.pieces import LIST_MARK
from rag.ingest.tables import row_texts
from rag.model import BlockKind


@dataclass(frozen=True, slots=True)
class Row:
    """A finished block of a table."""

    text: str
    kind: BlockKind
    page: int


@dataclass(frozen=True, slots=True)
class _Cell:
    texts: tuple[str, ...]
    is_list: bool


def rows_of(element: TableInFlow, joiner: LineJoiner) -> list[Row]:
    """The table's blocks in reading order."""
    cells = [[_cell(pieces, joiner) for pieces in row] for row in element.table.rows]
    if any(cell.is_list for row in cells for cell in row):
        return _by_column(cells, element.page)
    texts = row_texts([[" ".join(cell.texts) for cell in row] for row in cells])
    return [Row(text, BlockKind.TABLE_ROW, element.page) for text in texts]


def _by_column(cells: Sequence[Sequence[_Cell]], page: int) -> list[Row]:
    rows = []
    for column in range(max(len(row) for row in cells)):
        for row in cells:
            if column < len(row):
                kind = BlockKind.LIST_ITEM if row[column].is_list else BlockKind.PARAGRAPH
                rows += [Row(text, kind, page) for text in row[column].texts]
    return rows


def _cell(pieces: Sequence[Piece], joiner: LineJoiner) -> _Cell:
    """The texts in a cell: one for each list item, or one in all."""
    texts: list[str] = []
    is_list = False
    for piece in sorted(pieces, key=lambda piece: (round(piece.base), piece.box.x0)):
        mark = LIST_MARK.match(piece.text)
        is_list = is_list or mark is not None
        if mark or not texts:
            texts.append(piece.text[mark.end() :] if mark else piece.text)
        else:
            texts[-1] = joiner.join(texts[-1], piece.text)
    return _Cell(tuple(texts), is_list)
