"""One file to one Document: Markdown, PDF, HTML, DOCX and plain text.

Kept free of heavy imports: the child process that reads a PDF loads this package too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.model import Document
    from rag.settings import IngestSettings


def parse(path: Path, settings: IngestSettings) -> Document:
    """The document in the file `path`, read by its suffix.

    Suffixes: .md, .markdown, .txt, .html, .htm, .docx and .pdf.

    Metadata come from YAML front matter (Markdown) or from a side-car `NAME.ext.toml`; what they
    leave open is taken from the document or its file name. Raises DocumentError, with what to do
    about it, for a file that is missing, too large, empty, of another type, broken, encrypted,
    without text, or with metadata that do not hold.
    """
    from rag.ingest.reader import read

    return read(path, settings)


__all__ = ["parse"]
