"""Picks the reader for a file, and turns what it finds into a Document."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from rag.errors import DocumentError, RagError
from rag.ingest.clean import one_line
from rag.ingest.draft import Draft
from rag.ingest.frontmatter import read_side_car
from rag.ingest.lists import without_flattened
from rag.ingest.metadata import make_source
from rag.ingest.noise import without_noise
from rag.ingest.unglue import unglue
from rag.model import Block, BlockKind, Document
from rag.settings import IngestSettings

Reader = Callable[[bytes, Path, IngestSettings], Draft]

# Suffix -> module of this package that holds `read`; loaded only when such a file comes.
_READERS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf.reader",
}
_MIB = 1024 * 1024
_log = logging.getLogger(__name__)


def read(path: Path, settings: IngestSettings) -> Document:
    """See `rag.ingest.parse`."""
    module = _READERS.get(path.suffix.lower())
    if module is None:
        raise DocumentError(
            f"{path}: files of type '{path.suffix}' are not supported. "
            "Give a .md, .txt, .html, .pdf or .docx file."
        )
    data = _bytes_of(path, settings.max_file_mib)
    side_car = read_side_car(path)
    reader: Reader = import_module(f"rag.ingest.{module}").read
    draft = _draft(reader, data, path, settings)
    if side_car and draft.front_matter:
        raise DocumentError(
            f"{path}: has front matter and also a side-car {path.name}.toml. Keep one of them."
        )
    blocks, warnings = draft.blocks, draft.warnings
    if not draft.authored:
        blocks = without_flattened(blocks) if draft.scraped else blocks
        blocks = _mended(without_noise(blocks), scraped=draft.scraped)
        if len(blocks) < len(draft.blocks):
            left_out = len(draft.blocks) - len(blocks)
            warnings += (f"{left_out} blocks left out as navigation, links or repeats",)
    if all(block.kind is BlockKind.HEADING for block in blocks):
        raise DocumentError(f"{path}: nothing in this file can serve as evidence. Is it whole?")
    source = make_source(draft, side_car, path, hashlib.sha256(data).hexdigest())
    return Document(source=source, blocks=blocks, warnings=warnings)


def _draft(reader: Reader, data: bytes, path: Path, settings: IngestSettings) -> Draft:
    """What `reader` makes of a file. One that makes it fail must not end a whole build."""
    try:
        return reader(data, path, settings)
    except RagError:
        raise
    except Exception as error:
        _log.warning("%s: its reader failed", path, exc_info=True)
        raise DocumentError(
            f"{path}: its reader failed ({type(error).__name__}; the log says more). Save it anew, "
            "or in another format."
        ) from error


def _mended(blocks: tuple[Block, ...], *, scraped: bool) -> tuple[Block, ...]:
    """The blocks with lost spaces put back, save where page breaks are counted in characters."""
    texts = unglue([block.text for block in blocks], scraped=scraped)
    return tuple(
        block if block.page_breaks else replace(block, text=one_line(text))
        for block, text in zip(blocks, texts, strict=True)
    )


def _bytes_of(path: Path, max_mib: int) -> bytes:
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise DocumentError(f"{path}: {what}. Give the path of a file.")
        size = path.stat().st_size
        if size > max_mib * _MIB:
            raise DocumentError(
                f"{path}: {size / _MIB:.1f} MiB is over the limit of {max_mib} MiB. "
                "Split it, or raise ingest.max_file_mib."
            )
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror}).") from error
    if not data.strip():
        raise DocumentError(f"{path}: the file is empty.")
    return data
