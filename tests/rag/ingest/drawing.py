"""Draws the pages that tests of PDF read, and counts their words."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

LEADING = 13


def count_tokens(text: str) -> int:
    """About as many as the encoder counts."""
    return round(len(text.split()) * 1.3)


def write(
    canvas: Canvas, x: float, y: float, *lines: str, size: float = 10, bold: bool = False
) -> float:
    """Writes lines downwards from (x, y); returns the y of the line after the last."""
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= LEADING * size / 10
    return y


def prose(word: str, count: int) -> list[str]:
    """Full lines of about one column, each with a number that tells its place."""
    return [f"{word} {n} is a line of text that fills the column." for n in range(count)]


def body(canvas: Canvas, pages: int = 1, first: int = 0) -> None:
    for page in range(first, first + pages):
        write(canvas, 72, 600, *prose(f"Page{page}", 12))
        canvas.showPage()
