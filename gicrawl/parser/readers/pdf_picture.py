"""Pages of a PDF that have to be looked at: drawn by PDFium and read as pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.ocr_page import Place, read_picture

if TYPE_CHECKING:
    import pypdfium2

    from gicrawl.parser.document import Evidence
    from gicrawl.parser.readers.ocr_page import Seen

_DPI: Final = 200
"""Pixels an inch a page is drawn with: type of 9 points is 25 pixels high, which is what the recogniser sees best."""
_MOST_PIXELS: Final = 12_000_000  # of a drawn page: A3 at 200 dpi has 8 million
_POINTS: Final = 72  # to the inch


def look_at(page: pypdfium2.PdfPage, number: int) -> Seen | None:
    """Read an open page as it is shown; None where it holds nothing legible."""
    width, height = page.get_size()
    if not (width >= 1 and height >= 1):
        return None
    scale = min(_DPI / _POINTS, math.sqrt(_MOST_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)[:, :, 0].copy()
    finally:
        bitmap.close()

    def place(box: tuple[float, float, float, float]) -> Evidence:
        return {"page": number, "box": [round(value / scale, 1) for value in box]}

    return read_picture(grey, Place(number, 1 / scale, place))
