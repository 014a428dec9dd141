"""Takes away what pages repeat in their margins: running heads, feet and page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.pdf.geometry import Page, Piece

_MARGIN = 0.12  # share of the page's height, at the top and at the bottom
_SAME_HEIGHT = 6.0  # points by which a running head may move from page to page
_PAGE_NUMBER = re.compile(
    r"(?:page\s*|p\.\s*|[-–—|]\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*[-–—|])?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """The pages without running heads, running feet and page numbers."""
    where: dict[tuple[str, bool], dict[int, float]] = defaultdict(dict)
    for page in pages:
        for piece in page.pieces:
            side = _margin_side(piece, page)
            if side is not None:
                where[_DIGITS.sub("#", piece.text.casefold()), side][page.number] = piece.base
    needed = 2 if len(pages) <= 3 else 3
    repeated = {
        key
        for key, heights in where.items()
        if len(heights) >= needed and _steady(list(heights.values()), needed)
    }
    return [_without(page, repeated) for page in pages]


def _without(page: Page, repeated: set[tuple[str, bool]]) -> Page:
    kept = []
    for piece in page.pieces:
        side = _margin_side(piece, page)
        if side is not None and (
            (_DIGITS.sub("#", piece.text.casefold()), side) in repeated
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
    others = [other.base for other in page.pieces if other is not piece]
    if top:
        return all(piece.base <= base + piece.size for base in others)
    return all(piece.base >= base - piece.size for base in others)
