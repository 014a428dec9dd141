"""Whether a reader can see a text: where it stands, the drawn page must show more than one shade.

White on white, transparent or invisible text, and text that something opaque covers, leaves its
place uniform. Text under a scanned picture (OCR puts it there) does not, and stays.
"""

from __future__ import annotations

import pypdfium2 as pdfium

from rag.ingest.pdf.geometry import Box

_LONGEST_SIDE = 1600  # pixels
_LEAST_CONTRAST = 16  # of 255: below it no eye tells two shades apart
SMALLEST_SIZE = 2.0  # points; no reader can make out less


class Drawn:
    """A page as it is shown, in shades of grey."""

    def __init__(self, page: pdfium.PdfPage, width: float, height: float) -> None:
        """`width` and `height`: of the page as shown, in points."""
        self._scale = min(1.0, _LONGEST_SIDE / max(width, height, 1.0))
        bitmap = page.render(scale=self._scale, grayscale=True)
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride
        self._pixels = bytes(bitmap.buffer)
        bitmap.close()

    def shows(self, box: Box) -> bool:
        """Whether there is more than one shade in the box."""
        left, right = self._span(box.x0, box.x1, self._width)
        top, bottom = self._span(box.top, box.bottom, self._height)
        least, most = 255, 0
        for row in range(top, bottom):
            shades = self._pixels[row * self._stride + left : row * self._stride + right]
            if shades:
                least, most = min(least, min(shades)), max(most, max(shades))
                if most - least >= _LEAST_CONTRAST:
                    return True
        return False

    def _span(self, start: float, end: float, most: int) -> tuple[int, int]:
        first, last = int(start * self._scale) - 1, int(end * self._scale) + 2
        return max(0, first), max(0, min(most, last))
