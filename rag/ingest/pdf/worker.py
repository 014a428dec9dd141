"""The child process that reads one PDF: `python -m rag.ingest.pdf.worker FILE PAGES MIB SECONDS`.

Writes one JSON object to stdout, {"blocks", "title", ...} or {"error"}. It limits its own
memory and CPU time before it opens the file, since PDFs are code that others wrote.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

_MIB = 1024 * 1024
_MAX_CHARS = 50_000_000  # far more text than the longest guideline


def main(arguments: list[str]) -> None:
    """Reads the file named in `arguments` and prints the result as JSON."""
    path, max_pages, memory_mib, seconds = arguments
    _limit(int(memory_mib), float(seconds))
    try:
        result = _read(path, int(max_pages))
    except MemoryError:
        result = {"error": "crash"}
    sys.stdout.write(json.dumps(result))


def _limit(memory_mib: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * _MIB, memory_mib * _MIB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    whole = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))


def _read(path: str, max_pages: int) -> dict[str, Any]:
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    from rag.ingest.pdf.blocks import blocks_of
    from rag.ingest.pdf.chars import has_image, read_page
    from rag.ingest.pdf.flow import flow_of
    from rag.ingest.pdf.furniture import without_furniture

    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        return {"error": "password" if code == raw.FPDF_ERR_PASSWORD else "broken"}
    if len(document) > max_pages:
        return {"error": "pages", "pages": len(document)}
    pages = []
    pictures = []
    chars = 0
    for index in range(len(document)):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            return {"error": "broken"}
        pages.append(read_page(page, index + 1))
        chars += sum(len(piece.text) for piece in pages[-1].pieces)
        if not pages[-1].pieces and has_image(page):
            pictures.append(index + 1)
        page.close()
        if chars > _MAX_CHARS:
            return {"error": "text"}
    hidden = {page.number: page.hidden for page in pages if page.hidden}
    if not chars and hidden:
        return {"error": "hidden"}
    if not chars:
        return {"error": "image_only" if pictures else "no_text"}
    blocks, title = blocks_of(flow_of(without_furniture(pages)))
    return {
        "blocks": [asdict(block) for block in blocks],
        "title": title or (document.get_metadata_value("Title") or "").strip(),
        "picture_pages": pictures,
        "hidden": hidden,
        "author": document.get_metadata_value("Author") or "",
        "changed": document.get_metadata_value("ModDate") or "",
        "created": document.get_metadata_value("CreationDate") or "",
    }


if __name__ == "__main__":
    main(sys.argv[1:])
