"""Table rows as text that can stand alone: each cell with the name of its column."""

from __future__ import annotations

from collections.abc import Sequence


def row_texts(rows: Sequence[Sequence[str]]) -> list[str]:
    """One text a row, the first row being the header; empty cells and rows are left out.

    >>> row_texts([["Medicine", "Taken"], ["Sertraline", "once a day"]])
    ['Medicine: Sertraline; Taken: once a day']
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if len(filled) < 2:
        return ["; ".join(cell for cell in row if cell) for row in filled]
    header, *body = filled
    return [_row_text(header, row) for row in body]


def _row_text(header: Sequence[str], row: Sequence[str]) -> str:
    if len(row) == 1 < len(header):
        return row[0].strip()  # a cell across all columns belongs to none of them
    cells = []
    for column, cell in enumerate(row):
        name = header[column].strip().rstrip(":") if column < len(header) else ""
        if cell.strip():
            cells.append(f"{name}: {cell.strip()}" if name else cell.strip())
    return "; ".join(cells)
