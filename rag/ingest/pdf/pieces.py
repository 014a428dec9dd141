"""Joins pieces of one line that belong together, and drops footnote marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.pdf.geometry import Box, Piece

BULLET = re.compile(
    r"(?:[•●◦○▪■□▸►▶‣⁃∙·➢➤❖✓✔–—\-*\uf000-\uf0ff]|o(?=\s)|\(?\d{1,2}[.)]|\(?[a-z][.)])"
)
LIST_MARK = re.compile(rf"{BULLET.pattern}\s+")
_FOOTNOTE = re.compile(r"[\d,–*†‡§]+")
_SMALL_TEXT = re.compile(r"[\w,–*†‡§+−-]{1,6}")
_AFTER_WORD = re.compile(r"(?:[A-Za-z]{3,}|[.,;:!?)”’\"])$")
# In units of the font size:
_SAME_LINE = 0.25
_GAP = 1.0
_BULLET_GAP = 4.0
_SMALL_TYPE = 0.75
_SHIFT = (0.1, 0.9)
_TOUCHING = 0.4
_MARK_GAP = 2.0
_MARK_SIDE = (0.2, 0.7)


def join_pieces(pieces: Sequence[Piece], dots: Sequence[Box] = ()) -> list[Piece]:
    """The pieces with those of one word group as one, a list mark before each drawn dot's line."""
    kept = _with_small_type(pieces)
    kept.sort(key=lambda piece: (piece.box.x0, piece.base))
    joined: list[Piece] = []
    for piece in kept:
        at = _continues(piece, joined)
        if at is None:
            joined.append(piece)
        else:
            joined[at] = _join(joined[at], piece)
    marks = [dot for dot in dots if sum(_alike(dot, other) for other in dots) > 1]
    return [_marked(piece, marks) for piece in joined]


def _continues(piece: Piece, joined: Sequence[Piece]) -> int | None:
    """The index of the piece that `piece` goes on from."""
    for at in range(len(joined) - 1, -1, -1):
        left = joined[at]
        size = max(left.size, piece.size)
        gap = piece.box.x0 - left.box.x1
        reach = _BULLET_GAP if is_bullet(left.text) else _GAP
        if abs(piece.base - left.base) <= _SAME_LINE * size and -_GAP * size < gap <= reach * size:
            return at
    return None


def _join(left: Piece, right: Piece) -> Piece:
    gap = right.box.x0 - left.box.x1
    space = " " if gap > 0.1 * right.size or is_bullet(left.text) else ""
    own, other = len(left.text), len(right.text)
    longer = left if own >= other else right
    return Piece(
        text=left.text + space + right.text,
        box=Box(
            left.box.x0,
            min(left.box.top, right.box.top),
            max(left.box.x1, right.box.x1),
            max(left.box.bottom, right.box.bottom),
        ),
        base=longer.base,
        size=longer.size,
        bold=(left.bold * own + right.bold * other) / (own + other),
    )


def is_bullet(text: str) -> bool:
    """Whether the text is a list mark and nothing else."""
    return BULLET.fullmatch(text.strip()) is not None


def _with_small_type(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without footnote marks; other small type joins its word, as in m² and CO₂."""
    usual = [piece for piece in pieces if not _SMALL_TEXT.fullmatch(piece.text)]
    rest = [piece for piece in pieces if _SMALL_TEXT.fullmatch(piece.text)]
    kept = list(usual)
    for small in rest:
        at = next((i for i, word in enumerate(kept) if _sits_on(small, word)), None)
        if at is None:
            kept.append(small)
            continue
        word = kept[at]
        raised = small.base < word.base
        if raised and _FOOTNOTE.fullmatch(small.text) and _AFTER_WORD.search(word.text):
            continue
        box = replace(word.box, x1=small.box.x1)
        kept[at] = replace(word, text=word.text + small.text, box=box)
    return kept


def _sits_on(small: Piece, word: Piece) -> bool:
    """Whether `small` stands raised or lowered right at the end of `word`."""
    shift = abs(word.base - small.base)
    return (
        small.size <= _SMALL_TYPE * word.size
        and _SHIFT[0] * word.size <= shift <= _SHIFT[1] * word.size
        and abs(small.box.x0 - word.box.x1) <= _TOUCHING * word.size
    )


def _alike(dot: Box, other: Box) -> bool:
    """Whether two drawn dots can be marks of one list; itself is one."""
    return abs(dot.x0 - other.x0) < 1 and abs(dot.height - other.height) < 0.5


def _marked(piece: Piece, dots: Sequence[Box]) -> Piece:
    """The piece with "• " before it if a drawn list mark stands to its left."""
    for dot in dots:
        middle = (dot.top + dot.bottom) / 2
        gap = piece.box.x0 - dot.x1
        if (
            piece.box.top < middle < piece.box.bottom
            and _TOUCHING * piece.size < gap <= _MARK_GAP * piece.size
            and _MARK_SIDE[0] * piece.size <= dot.height <= _MARK_SIDE[1] * piece.size
        ):
            box = replace(piece.box, x0=dot.x0)
            return replace(piece, text="• " + piece.text, box=box)
    return piece
