"""Plain text: paragraphs between empty lines, list items, and short lines that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rag.ingest.clean import decode, one_line, visible_text
from rag.ingest.draft import Draft
from rag.model import Block, BlockKind
from rag.settings import IngestSettings

_BULLET = re.compile(r"\s*(?:[-*•–▪·]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+(?=\S)")
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,})\s*")
_ENDS_AS_TEXT = re.compile(r"[.,;:!][\"'”’)\]]*$")
_MAX_HEADING_WORDS = 12


def read(data: bytes, path: Path, settings: IngestSettings) -> Draft:
    """The blocks of a text file. The first heading is the title.

    Raises DocumentError for bytes that are not text.
    """
    del settings
    text, warnings = decode(data, path)
    chunks = [chunk for chunk in re.split(r"\n\s*\n", visible_text(text)) if chunk.strip()]
    blocks: list[Block] = []
    for index, chunk in enumerate(chunks):
        heading = _heading(chunk, last=index == len(chunks) - 1)
        if heading:
            level = 2 if any(block.kind is BlockKind.HEADING for block in blocks) else 1
            blocks.append(Block(BlockKind.HEADING, heading, level=level))
        else:
            blocks.extend(_body(chunk))
    return Draft(tuple(blocks), warnings=warnings)


def _heading(chunk: str, *, last: bool) -> str:
    """The heading that the chunk is, or ""."""
    lines = chunk.strip("\n").split("\n")
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]):
        return one_line(lines[0])
    line = one_line(chunk)
    stands_alone = len(lines) == 1 and not last and not _BULLET.match(chunk)
    if not stands_alone or len(line.split()) > _MAX_HEADING_WORDS or _ENDS_AS_TEXT.search(line):
        return ""
    return line if line[:1].isupper() or line[:1].isdigit() else ""


def _body(chunk: str) -> Iterator[Block]:
    """List items and paragraphs of a chunk; a line that is no item goes on with the one before."""
    kind, parts = BlockKind.PARAGRAPH, list[str]()
    for line in chunk.split("\n"):
        if _UNDERLINE.fullmatch(line):
            continue
        bullet = _BULLET.match(line)
        if bullet:
            if parts:
                yield Block(kind, one_line(" ".join(parts)))
            kind, parts = BlockKind.LIST_ITEM, [line[bullet.end() :]]
        else:
            parts.append(line)
    if text := one_line(" ".join(parts)):
        yield Block(kind, text)
