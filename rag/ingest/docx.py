"""DOCX: headings by style, paragraphs, lists and tables, without hidden or deleted text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from rag.errors import DocumentError
from rag.ingest.clean import one_line
from rag.ingest.draft import Draft
from rag.ingest.properties import organisation, sensible
from rag.ingest.tables import row_texts
from rag.model import Block, BlockKind
from rag.settings import IngestSettings

_MIB = 1024 * 1024
_UNPACKED_TIMES = 10  # a DOCX may unpack to this many times ingest.max_file_mib
_MAX_PARTS = 10_000
_OLE = b"\xd0\xcf\x11\xe0"  # old .doc files, and .docx files under a password
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_TYPED_BULLET = re.compile(r"[•●▪◦–*-]\s+")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNSEEN = (qn("w:del"), qn("w:moveFrom"), _FALLBACK)
_BOXES = qn("w:txbxContent")
_APP, _CORE = "docProps/app.xml", "docProps/core.xml"
_COMPANY = re.compile(r"<Company>([^<]{1,300})</Company>")
_LANGUAGE = r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"


def read(data: bytes, path: Path, settings: IngestSettings) -> Draft:
    """The blocks of a Word document, tracked changes taken as accepted.

    Raises DocumentError for what is no DOCX, is under a password, is broken, or unpacks to far
    more than it holds.
    """
    _check_package(data, path, settings)
    try:
        document = Document(io.BytesIO(data))
        blocks = tuple(_blocks(document.element.body, document))
        properties = _properties(document, data)
    except Exception as error:  # python-docx lets many kinds through for broken packages
        raise DocumentError(
            f"{path}: the DOCX is broken. Open it in a word processor and save it again."
        ) from error
    titles = [b.text for b in blocks if b.kind is BlockKind.HEADING and b.level == 1]
    hidden = sum(
        len("".join(run.itertext()).split())
        for run in document.element.body.iter(qn("w:r"))
        if _is_hidden(run)
    )
    warnings = (f"hidden text left out: {hidden} words that no reader can see",) if hidden else ()
    return replace(
        properties,
        warnings=warnings,
        blocks=blocks,
        title=titles[0] if titles else properties.title,
    )


def _properties(document: Any, data: bytes) -> Draft:
    """What the package states about itself; its publisher is the organisation to which the
    program that wrote it was registered."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = set(package.namelist())
        app = package.read(_APP).decode("utf-8", "replace") if _APP in parts else ""
    company = _COMPANY.search(app)
    publisher = one_line(unescape(company[1])) if company else ""
    if _CORE not in parts:  # python-docx would make one up, with today's date
        return Draft((), publisher=publisher)
    core = document.core_properties
    changed = core.modified or core.created
    return Draft(
        (),
        title=one_line(core.title or ""),
        publisher=publisher or organisation(core.author or ""),
        published=sensible(changed.date() if changed else None),
        language=core.language if re.fullmatch(_LANGUAGE, core.language or "") else "",
    )


def _check_package(data: bytes, path: Path, settings: IngestSettings) -> None:
    if data.startswith(_OLE):
        raise DocumentError(
            f"{path}: this is an old .doc file or a .docx under a password. "
            "Save it as .docx without a password."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DocumentError(f"{path}: this is not a whole DOCX file. Fetch it again.") from error
    if not any(part.filename == "word/document.xml" for part in parts):
        raise DocumentError(f"{path}: this is not a Word document, whatever its name says.")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _UNPACKED_TIMES * settings.max_file_mib * _MIB or len(parts) > _MAX_PARTS:
        raise DocumentError(
            f"{path}: unpacks to {unpacked // _MIB} MiB in {len(parts)} parts, which no guideline "
            "needs. If you trust it, raise ingest.max_file_mib."
        )


def _blocks(container: Any, document: Any) -> Iterator[Block]:
    """Blocks of a body, table cell or text box, in order."""
    for child in container:
        if child.tag == qn("w:p"):
            block = _paragraph(child, document)
            if block:
                yield block
            for box in child.iter(_BOXES):
                if not _within(box, child, (_FALLBACK,)):
                    yield from _blocks(box, document)
        elif child.tag == qn("w:tbl"):
            yield from _table(child, document)
        elif child.tag == qn("w:sdt"):
            content = child.find(qn("w:sdtContent"))
            if content is not None:
                yield from _blocks(content, document)


def _paragraph(element: Any, document: Any) -> Block | None:
    text = _text(element)
    if not text:
        return None
    style = Paragraph(element, document._body).style
    level = _heading_level(style)
    if level:
        return Block(BlockKind.HEADING, text, level=level)
    typed = _TYPED_BULLET.match(text)
    if typed or _is_numbered(element, style):
        return Block(BlockKind.LIST_ITEM, text[typed.end() :] if typed else text)
    return Block(BlockKind.PARAGRAPH, text)


def _is_hidden(run: Any) -> bool:
    """Marked as hidden, or white where nothing behind it is of another colour."""
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    if properties.find(qn("w:vanish")) is not None:
        return True
    colour = properties.find(qn("w:color"))
    if colour is None or (colour.get(qn("w:val")) or "").upper() != "FFFFFF":
        return False
    behind = [properties, *(own for parent in run.iterancestors() for own in parent[:1])]
    return not any(_is_coloured(own) for own in behind)


def _is_coloured(properties: Any) -> bool:
    shade, mark = properties.find(qn("w:shd")), properties.find(qn("w:highlight"))
    fill = (shade.get(qn("w:fill")) or "" if shade is not None else "").lower()
    return mark is not None or fill not in ("", "auto", "ffffff")


def _text(element: Any) -> str:
    """The paragraph's visible text: no deleted, moved or hidden runs, no text boxes."""
    pieces: list[str] = []
    for run in element.iter(qn("w:r")):
        if _is_hidden(run) or _within(run, element, (*_UNSEEN, _BOXES)):
            continue
        for part in run:
            if part.tag == qn("w:t"):
                pieces.append(part.text or "")
            elif part.tag in (qn("w:tab"), qn("w:br"), qn("w:cr")):
                pieces.append(" ")
            elif part.tag == qn("w:noBreakHyphen"):
                pieces.append("-")
    return one_line("".join(pieces))


def _within(element: Any, top: Any, tags: tuple[str, ...]) -> bool:
    for ancestor in element.iterancestors():
        if ancestor is top:
            return False
        if ancestor.tag in tags:
            return True
    return False


def _heading_level(style: Any) -> int:
    """1 for a title, N + 1 for "Heading N" and styles based on it, 0 for other styles."""
    while style is not None:
        name = str(style.name or "")
        if name == "Title":
            return 1
        match = _HEADING.fullmatch(name)
        if match:
            return min(int(match[1]) + 1, 6)
        style = style.base_style
    return 0


def _is_numbered(element: Any, style: Any) -> bool:
    properties = [element.pPr]
    while style is not None:
        properties.append(style.element.find(qn("w:pPr")))
        style = style.base_style
    for found in properties:
        number = found.find(f"{qn('w:numPr')}/{qn('w:numId')}") if found is not None else None
        if number is not None:
            return bool(number.get(qn("w:val")) != "0")
    return False


def _table(table: Any, document: Any) -> Iterator[Block]:
    rows = [list(row.findall(qn("w:tc"))) for row in table.findall(qn("w:tr"))]
    if max((len(row) for row in rows), default=0) < 2:  # a frame around text
        for row in rows:
            for cell in row:
                yield from _blocks(cell, document)
        return
    above: list[str] = []
    texts: list[list[str]] = []
    for row in rows:
        cells: list[str] = []
        for cell in row:
            properties = cell.tcPr
            merged = properties.find(qn("w:vMerge")) if properties is not None else None
            goes_on = merged is not None and merged.get(qn("w:val")) != "restart"
            at = len(cells)
            text = " ".join(filter(None, (_text(p) for p in cell.iter(qn("w:p")))))
            cells.append(above[at] if goes_on and at < len(above) else text)
            if len(row) > 1:
                cells += [""] * (cell.grid_span - 1)
        texts.append(cells)
        above = cells
    yield from (Block(BlockKind.TABLE_ROW, text) for text in row_texts(texts))
