"""Takes away what pages repeat in their margins: running heads, feet and page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.pdf.geometry import Page, Piece, usual_size

_MARGIN = 0.12  # share of the page's height, at the top and at the bottom
_SAME_HEIGHT = 6.0  # points by which a running head may move from page to page
_PAGE_NUMBER = re.compile(
    r"(?:page\s*|p\.\s*|[-–—|]\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*[-–—|])?",
    re.IGNORECASE,
)
_APART = 2.0  # font sizes between a page number and other text of its line
_NOT_LARGER = 1.05  # times the usual size: "Week 1" and "Week 2" in larger type are headings
_DIGITS = re.compile(r"\d+")


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """The pages without running heads, running feet and page numbers."""
    where: dict[tuple[str, bool], dict[int, float]] = defaultdict(dict)
    body_size = usual_size([piece for page in pages for piece in page.pieces])
    for page in pages:
        for piece in page.pieces:
            side = _margin_side(piece, page)
            if side is not None:
                where[_mark(piece, body_size), side][page.number] = piece.base
    needed = 2 if len(pages) <= 3 else 3
    repeated = {
        key
        for key, heights in where.items()
        if len(heights) >= needed and _steady(list(heights.values()), needed)
    }
    return [_without(page, repeated, body_size) for page in pages]


def _mark(piece: Piece, body_size: float) -> str:
    """The text by which pages are compared: numbers count only in type larger than the text."""
    text = piece.text.casefold()
    return _DIGITS.sub("#", text) if piece.size <= _NOT_LARGER * body_size else text


def _without(page: Page, repeated: set[tuple[str, bool]], body_size: float) -> Page:
    kept = []
    for piece in page.pieces:
        side = _margin_side(piece, page)
        if side is not None and (
            (_mark(piece, body_size), side) in repeated
            or (_PAGE_NUMBER.fullmatch(piece.text.strip()) and _is_outermost(piece, page, side))
        ):
            continue
        kept.append(piece)
    return replace(page, pieces=tuple(kept))


def _margin_side(piece: Piece, page: Page) -> bool | None:
    """True at the top of the page, False at its bottom, None in between."""
    if piece.box.bottom <= _MARGIN * page.height:
        return True
    if piece.box.top >= (1 - _MARGIN) * page.height:
        return False
    return None


def _steady(heights: Sequence[float], needed: int) -> bool:
    """Whether enough of the heights are nearly the same."""
    return any(sum(abs(h - other) <= _SAME_HEIGHT for other in heights) >= needed for h in heights)


def _is_outermost(piece: Piece, page: Page, top: bool) -> bool:
    """Whether the piece stands alone on the first or last line of the page."""
    others = [other for other in page.pieces if other is not piece]
    if any(_beside(piece, other) for other in others):
        return False
    if top:
        return all(piece.base <= other.base + piece.size for other in others)
    return all(piece.base >= other.base - piece.size for other in others)


def _beside(piece: Piece, other: Piece) -> bool:
    gap = max(piece.box.x0 - other.box.x1, other.box.x0 - piece.box.x1)
    return abs(piece.base - other.base) < other.size and gap < _APART * other.size
