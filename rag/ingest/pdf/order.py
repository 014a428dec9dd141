"""Reading order: columns from left to right, each from top to bottom.

A recursive X-Y cut (Nagy and Seth 1984) over text, frames and tables, with two changes for
brochures: a wide empty band is cut before a gutter, and headings that span columns part them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.ingest.pdf.geometry import Box, Item, Piece, Region, around, pieces_of, usual_size

# In units of the usual font size:
_BAND = 2.6  # an empty band this high parts the page
_GUTTER = 0.8
_MIN_COLUMN = 5.0  # a narrower column is a label, not a column
_MIN_LINES = 2  # on each side of a gutter that headings cross
_MAX_CROSSING = 0.5  # share of lines that may cross a gutter as headings do
_LABEL_CHARS = 15  # mean length of a line of labels


def in_columns(items: Sequence[Item]) -> list[list[Item]]:
    """The items as columns in reading order, each column sorted from top to bottom."""
    if not items:
        return []
    unit = usual_size(pieces_of(items))
    return _cut(list(items), unit)


def _cut(items: list[Item], unit: float) -> list[list[Item]]:
    bands = _bands(items, _BAND * unit)
    if len(bands) > 1:
        return [column for band in bands for column in _cut(band, unit)]
    gutter = _widest_gap(items, unit)
    if gutter is not None:
        left = [item for item in items if item.box.x1 <= gutter]
        right = [item for item in items if item.box.x1 > gutter]
        return _cut(left, unit) + _cut(right, unit)
    crossing = _gutter_under_headings(items, unit)
    if crossing is not None:
        parts = _between_headings(items, crossing)
        if len(parts) > 1:
            return [column for part in parts for column in _cut(part, unit)]
    return [sorted(items, key=lambda item: (round(item.box.top), item.box.x0))]


def _bands(items: Sequence[Item], gap: float) -> list[list[Item]]:
    """The items parted at every empty band of at least `gap` points."""
    bands: list[list[Item]] = []
    reach = 0.0
    for item in sorted(items, key=lambda item: item.box.top):
        if not bands or item.box.top - reach >= gap:
            bands.append([])
            reach = item.box.bottom
        bands[-1].append(item)
        reach = max(reach, item.box.bottom)
    return bands


def _widest_gap(items: Sequence[Item], unit: float) -> float | None:
    """The middle of the widest gutter that no item crosses."""
    best, middle = _GUTTER * unit, None
    reach: float | None = None
    for item in sorted(items, key=lambda item: item.box.x0):
        if reach is not None and item.box.x0 - reach > best:
            candidate = (item.box.x0 + reach) / 2
            if _parts_columns(items, candidate, unit):
                best, middle = item.box.x0 - reach, candidate
        reach = item.box.x1 if reach is None else max(reach, item.box.x1)
    return middle


def _parts_columns(items: Sequence[Item], x: float, unit: float) -> bool:
    """Whether both sides hold text to read down; labels before a text are read across."""
    left = [item for item in items if item.box.x1 <= x]
    right = [item for item in items if item.box.x0 >= x]
    if around(left).width < _MIN_COLUMN * unit or around(right).width < _MIN_COLUMN * unit:
        return False
    labels = [item for item in left if isinstance(item, Piece)]
    if len(labels) < len(left) or len(left) < _MIN_LINES:
        return True
    short = sum(len(piece.text) for piece in labels) <= _LABEL_CHARS * len(labels)
    beside = all(any(_level(piece, other) for other in right) for piece in labels)
    return not (short and beside)


def _level(piece: Piece, other: Item) -> bool:
    return isinstance(other, Piece) and abs(piece.base - other.base) <= 0.25 * piece.size


def _gutter_under_headings(items: Sequence[Item], unit: float) -> float | None:
    """Where a gutter would be but for a few items, above or below the columns, that cross it."""
    edges = sorted({item.box.x0 for item in items})
    whole = around(items)
    best: tuple[int, float] | None = None
    for edge in edges:
        x = edge - _GUTTER * unit / 2
        crossing = [item for item in items if item.box.x0 < x < item.box.x1]
        left = [item for item in items if item.box.x1 <= x]
        right = [item for item in items if item.box.x0 >= x]
        if len(crossing) > _MAX_CROSSING * len(items):
            continue
        if min(_lines(left), _lines(right)) < _MIN_LINES:
            continue
        if min(x - whole.x0, whole.x1 - x) < _MIN_COLUMN * unit:
            continue
        if any(_beside(item, other) for item in crossing for other in (*left, *right)):
            continue
        if best is None or len(crossing) < best[0]:
            best = (len(crossing), x)
    return best[1] if best else None


def _lines(items: Sequence[Item]) -> int:
    return sum(1 if isinstance(item, Piece) else len(pieces_of([item])) for item in items)


def _beside(item: Item, other: Item) -> bool:
    shared = min(item.box.bottom, other.box.bottom) - max(item.box.top, other.box.top)
    return shared > 0.5 * min(item.box.height, other.box.height)


def _between_headings(items: Sequence[Item], x: float) -> list[list[Item]]:
    """Runs of items, from the top, that all cross `x` or all keep to a side of it."""
    crosses: Callable[[Item], bool] = lambda item: item.box.x0 < x < item.box.x1  # noqa: E731
    parts: list[list[Item]] = []
    for item in sorted(items, key=lambda item: item.box.top):
        if not parts or crosses(parts[-1][-1]) != crosses(item):
            parts.append([])
        parts[-1].append(item)
    return parts


def in_regions(items: Sequence[Item], frames: Sequence[Box], page: Box) -> list[Item]:
    """The items with those inside a frame gathered into a Region, frames within frames too."""
    usable = [frame for frame in frames if frame.area <= 0.7 * page.area]
    usable.sort(key=lambda frame: frame.area)
    found = list(items)
    for frame in usable:
        inside = [item for item in found if frame.holds(item.box)]
        cut_through = any(frame.meets(item.box) and not frame.holds(item.box) for item in found)
        if cut_through or len(inside) < 2 or len(inside) == len(found):
            continue
        found = [item for item in found if not any(item is other for other in inside)]
        found.append(Region(around(inside), tuple(inside)))
    return found
