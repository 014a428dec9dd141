"""Finds ruled tables: lines that cross in a grid, and the text in its cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.ingest.pdf.geometry import Box, Piece, Table, around

_TOUCHING = 4.0  # points by which rules of one table may miss each other
_SAME = 4.0  # points within which two rules are one line
_MIN_CELLS = 4


def find_tables(pieces: Sequence[Piece], rules: Sequence[Box]) -> tuple[list[Table], list[Piece]]:
    """The tables, and the pieces outside them. A grid of fewer than two columns is none."""
    tables: list[Table] = []
    left = list(pieces)
    for grid in _grids(rules):
        table = _table(grid, left)
        if table is not None:
            tables.append(table)
            inside = {id(piece) for row in table.rows for cell in row for piece in cell}
            left = [piece for piece in left if id(piece) not in inside]
    return tables, left


def _grids(rules: Sequence[Box]) -> list[list[Box]]:
    """Rules that touch, directly or through others."""
    grids: list[list[Box]] = []
    for rule in rules:
        wide = Box(
            rule.x0 - _TOUCHING, rule.top - _TOUCHING, rule.x1 + _TOUCHING, rule.bottom + _TOUCHING
        )
        touching = [grid for grid in grids if any(wide.meets(other) for other in grid)]
        grids = [grid for grid in grids if not any(grid is other for other in touching)]
        grids.append([rule, *(other for grid in touching for other in grid)])
    return grids


def _table(grid: Sequence[Box], pieces: Sequence[Piece]) -> Table | None:
    flat = [rule for rule in grid if rule.width >= rule.height]
    upright = [rule for rule in grid if rule.height > rule.width]
    lines = _positions([(rule.top + rule.bottom) / 2 for rule in flat])
    if len(lines) < 3 or len(_positions([rule.x0 for rule in upright])) < 3:
        return None
    box = Box(
        min(rule.x0 for rule in grid),
        lines[0],
        max(rule.x1 for rule in grid),
        lines[-1],
    )
    inside = [piece for piece in pieces if box.holds(piece.box, slack=_SAME)]
    rows = []
    for top, bottom in pairwise(lines):
        middle = (top + bottom) / 2
        edges = _positions(
            [(r.x0 + r.x1) / 2 for r in upright if r.top - _SAME <= middle <= r.bottom + _SAME]
        )
        band = [p for p in inside if top < (p.box.top + p.box.bottom) / 2 <= bottom]
        cells = [
            tuple(p for p in band if x0 < (p.box.x0 + p.box.x1) / 2 <= x1)
            for x0, x1 in pairwise(edges)
        ]
        if any(cells):
            rows.append(tuple(cells))
    placed = [piece for row in rows for cell in row for piece in cell]
    if len(placed) < _MIN_CELLS or len(placed) < len(inside) or max(map(len, rows)) < 2:
        return None
    return Table(around([*placed]), tuple(rows))


def _positions(values: Sequence[float]) -> list[float]:
    """Sorted values, those within `_SAME` points of each other as one."""
    positions: list[float] = []
    for value in sorted(values):
        if not positions or value - positions[-1] > _SAME:
            positions.append(value)
    return positions
