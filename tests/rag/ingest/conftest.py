"""Documents made on the spot: PDFs with reportlab, DOCX with python-docx, text as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from rag.ingest import parse
from rag.model import Block, BlockKind, Document, Source
from rag.settings import IngestSettings

SOURCES = Path(__file__).parents[4] / "shared" / "data" / "sources"


@pytest.fixture
def settings() -> IngestSettings:
    return IngestSettings()


@pytest.fixture
def read_text(tmp_path: Path, settings: IngestSettings) -> Callable[..., Document]:
    """Writes text or bytes to a file of the given name and parses it."""

    def read(content: str | bytes, name: str = "page.md", **changes: Any) -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return parse(path, settings.model_copy(update=changes))

    return read


@pytest.fixture
def read_pdf(tmp_path: Path, settings: IngestSettings) -> Callable[..., Document]:
    """Draws a PDF with the given function and parses it. 612 x 792 points, y upwards."""

    def read(draw: Callable[[Canvas], None], **changes: Any) -> Document:
        path = tmp_path / "drawn.pdf"
        canvas = Canvas(str(path), pagesize=(612, 792), encrypt=changes.pop("encrypt", None))
        draw(canvas)
        canvas.save()
        return parse(path, settings.model_copy(update=changes))

    return read


@pytest.fixture
def texts() -> Callable[..., list[str]]:
    """The texts of a document's blocks, of one kind if one is named."""

    def of(document: Document, kind: BlockKind | None = None) -> list[str]:
        return [block.text for block in document.blocks if kind in (None, block.kind)]

    return of


@pytest.fixture
def document() -> Callable[[list[Block]], Document]:
    """A document with the given blocks."""

    def make(blocks: list[Block]) -> Document:
        source = Source(id="made", title="Made", publisher="", sha256="0" * 64, edition="1")
        return Document(source=source, blocks=tuple(blocks))

    return make


def real_files(folder: str, pattern: str) -> list[Any]:
    """Parameters for a test over every real file; one skipped parameter where there are none."""
    paths = sorted((SOURCES / folder).glob(pattern))
    if not paths:
        reason = f"../shared/data/sources/{folder} is not beside this checkout"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(path, id=path.stem) for path in paths]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "brochure" in metafunc.fixturenames:
        metafunc.parametrize("brochure", real_files("nimh-brochures", "*.pdf"))
    if "scraped_page" in metafunc.fixturenames:
        metafunc.parametrize("scraped_page", real_files("us-gov-pages", "*.md"))
