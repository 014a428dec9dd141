"""PDF files that are refused, and pages without text."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from rag.errors import DocumentError
from rag.model import Document
from tests.rag.ingest.drawing import body

Read = Callable[..., Document]
Texts = Callable[..., list[str]]


def test_a_password_is_refused_and_its_absence_is_not(read_pdf: Read) -> None:
    with pytest.raises(DocumentError, match=r"encrypted\. Save a copy without a password"):
        read_pdf(body, encrypt=StandardEncryption("secret", "owner"))
    assert read_pdf(body, encrypt=StandardEncryption("", "owner")).blocks


def picture(canvas: Canvas) -> None:
    scan = Image.new("RGB", (60, 80), (240, 240, 240))
    canvas.drawImage(ImageReader(scan), 0, 0, 612, 792)
    canvas.showPage()


def test_images_of_pages_need_ocr_first(read_pdf: Read) -> None:
    with pytest.raises(DocumentError, match=r"only images of pages\. Run OCR"):
        read_pdf(lambda canvas: [picture(canvas) for _ in range(2)])


def test_a_scanned_page_among_others_is_a_warning(read_pdf: Read) -> None:
    def draw(canvas: Canvas) -> None:
        body(canvas)
        picture(canvas)
        body(canvas, first=1)

    assert read_pdf(draw).warnings == (
        "pages without text, only images (run OCR to have their text): 2",
    )


def test_a_page_without_anything(read_pdf: Read) -> None:
    with pytest.raises(DocumentError, match="holds no text"):
        read_pdf(lambda canvas: canvas.showPage())


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def test_half_a_file_is_refused(read_text: Read) -> None:
    whole = drawn(lambda canvas: body(canvas, 20))
    with pytest.raises(DocumentError, match="truncated"):
        read_text(whole[: len(whole) // 2], name="half.pdf")


def test_a_broken_file_is_refused(read_text: Read) -> None:
    whole = drawn(body)
    broken = whole[:9] + bytes(reversed(whole[9:-30])) + b"\n%%EOF\n"
    with pytest.raises(DocumentError, match="broken"):
        read_text(broken, name="broken.pdf")


def test_ten_thousand_pages_are_refused_at_once(read_text: Read) -> None:
    vast = drawn(lambda canvas: [canvas.showPage() for _ in range(10_000)])
    with pytest.raises(DocumentError, match="10000 pages are over the limit of 2000"):
        read_text(vast, name="vast.pdf", pdf_timeout_s=30)


def test_the_page_limit_itself_is_accepted(read_pdf: Read) -> None:
    assert read_pdf(lambda canvas: body(canvas, 3), pdf_max_pages=3).blocks
    with pytest.raises(DocumentError, match=r"3 pages are over the limit of 2\."):
        read_pdf(lambda canvas: body(canvas, 3), pdf_max_pages=2)


def test_a_slow_file_is_stopped(read_pdf: Read) -> None:
    with pytest.raises(DocumentError, match=r"took over 0\.02 s. .*pdf_timeout_s"):
        read_pdf(lambda canvas: body(canvas, 50), pdf_timeout_s=0.02)


def swollen() -> bytes:
    """A small PDF whose one page unpacks to some 200 MB of drawing orders."""
    orders = zlib.compress(b"BT /F1 9 Tf 72 700 Td (Sleep well and rest) Tj ET " * 4_000_000, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(orders), orders),
    ]
    data = b"%PDF-1.4\n"
    offsets = []
    for number, item in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(data)
    data += b"xref\n0 5\n0000000000 65535 f \n" + table
    return data + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def test_a_file_that_swells_is_stopped(read_text: Read) -> None:
    with pytest.raises(DocumentError, match="needs more than 256 MiB"):
        read_text(swollen(), name="swollen.pdf", pdf_memory_mib=256)
