"""Reads a page's characters, rules and frames with PDFium."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from rag.ingest.pdf.geometry import Box, Page, Piece
from rag.ingest.pdf.visible import SMALLEST_SIZE, Drawn

HYPHEN_AT_BREAK = "\u2010"  # PDFium marks a hyphen that ends a line; so do we
_LINE_END_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
_SPACES = frozenset({0x09, 0x20, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000})
_BREAKS = frozenset({0x0A, 0x0D})
_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
# In units of the font size:
_SAME_LINE = 0.3
_WORD_GAP = 0.2  # a gap without a space character that is one
_PIECE_GAP = 1.0  # a gap that may be a gutter
_STEP_BACK = 0.5  # kerning; the letters that a ligature stands for share one box
_RULE_POINTS = 3.0  # a path thinner than this is a line
_MIN_RULE_POINTS = 8.0
_FRAME_POINTS = (60.0, 24.0)  # least width and height of a rectangle that frames text
_DOT_POINTS = (1.5, 9.0)  # least and greatest side of a drawn list mark
_LETTERS_TRIED = 6  # of a text object, to tell whether it can be seen
_FRAME_SEGMENTS = 10  # a rectangle, perhaps with its corners cut or rounded


@dataclass(slots=True)
class _Style:
    size: float
    bold: bool
    upright: bool
    base: float
    seen: bool


@dataclass(slots=True)
class _Open:
    """A piece in the making."""

    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    last_x0: float
    text: list[str] = field(default_factory=list)
    sizes: dict[float, int] = field(default_factory=dict)
    bold: int = 0

    def close(self) -> Piece:
        text = "".join(self.text)
        size = max(self.sizes, key=lambda s: (self.sizes[s], s))
        share = self.bold / max(sum(self.sizes.values()), 1)
        return Piece(text, Box(self.x0, self.top, self.x1, self.bottom), self.base, size, share)


class _Turn:
    """Maps a point of the file to a point as shown: the page's box and rotation."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        left, bottom, right, top = page.get_cropbox()
        self.left, self.bottom = left, bottom
        self.file_width, self.file_height = right - left, top - bottom
        self.quarter = (page.get_rotation() // 90) % 4
        sides = (self.file_width, self.file_height)
        self.width, self.height = sides if self.quarter % 2 == 0 else sides[::-1]

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        return (
            (x, self.file_height - y),
            (y, x),
            (self.file_width - x, y),
            (self.file_height - y, self.file_width - x),
        )[self.quarter]

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        (ax, ay), (bx, by) = self.point(x0, y0), self.point(x1, y1)
        return Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def runs_right(self, a: float, b: float) -> bool:
        """Whether text with that direction in the file reads from left to right as shown."""
        across = (a, b, -a, -b)[self.quarter]
        down = (b, a, b, a)[self.quarter]
        return across > 0 and abs(down) < 0.1 * across


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """Text, rules and frames of a page. Text that does not read left to right is left out, and
    so is text that nobody can see; its characters are counted in `hidden`."""
    turn = _Turn(page)
    drawn = Drawn(page, turn.width, turn.height)
    hidden: list[int] = []
    textpage = page.get_textpage()
    try:
        pieces = tuple(_pieces(textpage, turn, drawn, hidden))
    finally:
        textpage.close()
    return Page(number, turn.width, turn.height, pieces, *_paths(page, turn), len(hidden))


def _pieces(
    textpage: pdfium.PdfTextPage, turn: _Turn, drawn: Drawn, hidden: list[int]
) -> Iterator[Piece]:
    styles: dict[int, _Style] = {}
    fonts: dict[int, bool] = {}
    rect = raw.FS_RECTF()
    current: _Open | None = None
    spaced = False
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code in _SPACES or code in _BREAKS or code == 0:
            spaced = True
            continue
        handle = raw.FPDFText_GetTextObject(textpage, index)
        if not handle or not raw.FPDFText_GetLooseCharBox(textpage, index, rect):
            continue
        address = ctypes.addressof(handle.contents)
        if address not in styles:
            styles[address] = _style(textpage, index, handle, turn, fonts)
            styles[address].seen = styles[address].size >= SMALLEST_SIZE and _is_seen(
                textpage, index, address, turn, drawn
            )
        style = styles[address]
        if not style.seen:
            hidden.append(index)
            continue
        box = turn.box(rect.left, rect.bottom, rect.right, rect.top)
        if not style.upright or box.x1 < 0 or box.x0 > turn.width:
            continue
        if not -style.size <= box.top <= turn.height:
            continue
        gap = box.x0 - current.x1 if current else 0.0
        if current and not (
            abs(style.base - current.base) <= _SAME_LINE * style.size
            and box.x0 >= current.last_x0 - _STEP_BACK * style.size
            and gap <= _PIECE_GAP * style.size
        ):
            yield current.close()
            current = None
        if current is None:
            current = _Open(box.x0, box.top, box.x1, box.bottom, style.base, box.x0)
        elif spaced or gap > _WORD_GAP * style.size:
            current.text.append(" ")
        spaced = False
        current.text.append(HYPHEN_AT_BREAK if code in _LINE_END_HYPHENS else chr(code))
        current.x1, current.last_x0 = max(current.x1, box.x1), box.x0
        current.top, current.bottom = min(current.top, box.top), max(current.bottom, box.bottom)
        current.sizes[style.size] = current.sizes.get(style.size, 0) + 1
        current.bold += style.bold
    if current:
        yield current.close()


def _style(
    textpage: pdfium.PdfTextPage, index: int, handle: object, turn: _Turn, fonts: dict[int, bool]
) -> _Style:
    points, matrix = ctypes.c_float(), raw.FS_MATRIX()
    raw.FPDFTextObj_GetFontSize(handle, points)
    raw.FPDFPageObj_GetMatrix(handle, matrix)
    scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    font = raw.FPDFTextObj_GetFont(handle)
    address = ctypes.addressof(font.contents) if font else 0
    if address not in fonts:
        fonts[address] = bool(font) and _is_bold(font)
    return _Style(
        size=round(points.value * scale, 1) or 1.0,
        bold=fonts[address],
        upright=turn.runs_right(matrix.a, matrix.b),
        base=turn.point(x.value, y.value)[1],
        seen=True,
    )


def _is_seen(
    textpage: pdfium.PdfTextPage, index: int, address: int, turn: _Turn, drawn: Drawn
) -> bool:
    """Whether any of the first letters of a text object leaves a trace on the page. Letters off
    the page are none of this check's business."""
    rect = raw.FS_RECTF()
    for place in range(index, index + _LETTERS_TRIED):
        handle = raw.FPDFText_GetTextObject(textpage, place)
        if not handle or ctypes.addressof(handle.contents) != address:
            break
        code = raw.FPDFText_GetUnicode(textpage, place)
        if code in _SPACES or not raw.FPDFText_GetLooseCharBox(textpage, place, rect):
            continue
        box = turn.box(rect.left, rect.bottom, rect.right, rect.top)
        outside = box.x1 < 0 or box.x0 > turn.width or box.bottom < 0 or box.top > turn.height
        if outside or drawn.shows(box):
            return True
    return False


def _is_bold(font: object) -> bool:
    name = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(font, name, len(name))
    if name.value:
        return bool(_BOLD.search(name.value.decode("utf-8", errors="replace")))
    return bool(raw.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT)


def _paths(
    page: pdfium.PdfPage, turn: _Turn
) -> tuple[tuple[Box, ...], tuple[Box, ...], tuple[Box, ...]]:
    """Rules, frames and dots among the page's drawings."""
    rules: list[Box] = []
    frames: list[Box] = []
    dots: list[Box] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        box = turn.box(*item.get_bounds())
        least, most = sorted((box.width, box.height))
        if _DOT_POINTS[0] <= least and most <= min(_DOT_POINTS[1], 1.5 * least):
            dots.append(box)
        elif raw.FPDFPath_CountSegments(item) > _FRAME_SEGMENTS:
            continue
        elif least <= _RULE_POINTS:
            if most >= _MIN_RULE_POINTS:
                rules.append(box)
        elif box.width >= _FRAME_POINTS[0] and box.height >= _FRAME_POINTS[1]:
            frames.append(box)
    return tuple(rules), tuple(frames), tuple(dots)


def has_image(page: pdfium.PdfPage) -> bool:
    """Whether the page shows a picture."""
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
