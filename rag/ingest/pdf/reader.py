"""PDF: pages, columns, headings and lists, read in a child process that cannot hurt this one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rag.errors import DocumentError
from rag.ingest.clean import one_line
from rag.ingest.draft import Draft
from rag.ingest.properties import organisation, packet_field, pdf_date
from rag.model import Block, BlockKind
from rag.settings import IngestSettings

_TAIL_BYTES = 4096  # the end-of-file mark is within these, whatever a mailer added
_HEAD_BYTES = 1024


def read(data: bytes, path: Path, settings: IngestSettings) -> Draft:
    """The blocks of a PDF with their pages.

    Raises DocumentError for what is no PDF, is encrypted, truncated or broken, holds only images
    or no text, has too many pages, or takes too much time or memory.
    """
    if b"%PDF-" not in data[:_HEAD_BYTES]:
        raise DocumentError(f"{path}: this is not a PDF file, whatever its name says.")
    if b"%%EOF" not in data[-_TAIL_BYTES:]:
        raise DocumentError(f"{path}: the PDF is truncated: its end is missing. Fetch it again.")
    result = _run(path, settings)
    if "error" in result:
        raise DocumentError(f"{path}: {_explain(result, settings)}")
    pictures = result["picture_pages"]
    warnings: tuple[str, ...] = ()
    if pictures:
        pages = ", ".join(map(str, pictures))
        warnings = (f"pages without text, only images (run OCR to have their text): {pages}",)
    if hidden := result["hidden"]:
        warnings += (
            f"hidden text left out: {sum(hidden.values())} characters that no reader can see, on "
            f"pages {', '.join(hidden)}",
        )
    return Draft(
        blocks=tuple(_block(item) for item in result["blocks"]),
        title=one_line(result["title"]),
        publisher=packet_field(data, "dc:publisher") or organisation(result["author"]),
        # The text as it stands exists since its last change.
        published=pdf_date(result["changed"]) or pdf_date(result["created"]),
        licence=packet_field(data, "cc:license", "xmpRights:WebStatement", "dc:rights"),
        warnings=warnings,
    )


def _run(path: Path, settings: IngestSettings) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "rag.ingest.pdf.worker",
        str(path.resolve()),
        str(settings.pdf_max_pages),
        str(settings.pdf_memory_mib),
        str(settings.pdf_timeout_s),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=settings.pdf_timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": "time"}
    if done.returncode != 0 or not done.stdout:
        return {"error": "crash"}  # PDFium ends its process where memory runs out
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _explain(result: dict[str, Any], settings: IngestSettings) -> str:
    return {
        "password": "the PDF is encrypted. Save a copy without a password.",
        "broken": "the PDF is broken. Fetch it again, or print it to a new PDF.",
        "pages": f"{result.get('pages')} pages are over the limit of {settings.pdf_max_pages}. "
        "Split it, or raise ingest.pdf_max_pages.",
        "text": "the PDF holds more text than any guideline. Split it.",
        "image_only": "the PDF holds only images of pages. Run OCR on it first (ocrmypdf, say).",
        "no_text": "the PDF holds no text.",
        "hidden": "the PDF holds only text that no reader can see.",
        "time": f"reading took over {settings.pdf_timeout_s:g} s. "
        "Split it, or raise ingest.pdf_timeout_s.",
        "crash": "the PDF made its reader stop: it is broken, or it needs more than "
        f"{settings.pdf_memory_mib} MiB. Print it to a new PDF, or raise ingest.pdf_memory_mib.",
    }[result["error"]]


def _block(item: dict[str, Any]) -> Block:
    return Block(
        kind=BlockKind(item["kind"]),
        text=item["text"],
        level=item["level"],
        page=item["page"],
        page_breaks=tuple((at, page) for at, page in item["page_breaks"]),
    )
