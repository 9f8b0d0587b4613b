"""Pages of a PDF that have to be looked at: drawn by PDFium and read as pictures."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING, Final, cast

import pypdfium2
from pypdfium2 import raw

from gicrawl.parser.readers.ocr_page import Place
from gicrawl.parser.readers.ocr_turned import read_picture
from gicrawl.parser.readers.pdf_drawing import turned

if TYPE_CHECKING:
    from gicrawl.parser.document import Evidence, Frame
    from gicrawl.parser.readers.ocr_image import Grey
    from gicrawl.parser.readers.ocr_page import Seen
    from gicrawl.parser.readers.pdf_drawing import Box

_DPI: Final = 200
"""Pixels an inch a page is drawn with: type of 9 points is 25 pixels high, which is what the recogniser sees best."""
_MOST_PIXELS: Final = 12_000_000  # of a drawn page: A3 at 200 dpi has 8 million
_POINTS: Final = 72  # to the inch
_STAMPED: Final = 10  # characters in fonts that the file does not hold: a page number, the date of a stamp


def look_at(page: pypdfium2.PdfPage, number: int) -> Seen | None:
    """Read an open page as it is shown; None where it holds nothing legible."""
    width, height = page.get_size()
    if not (width >= 1 and height >= 1):
        return None
    missing = _without_shape(page)
    if len(missing) >= _STAMPED:
        return None  # nobody knows how this text looks: what is drawn for it here stands for any font (`pdf_fonts`)
    scale = min(_DPI / _POINTS, math.sqrt(_MOST_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)[:, :, 0].copy()
    finally:
        bitmap.close()
    bounds, turns = page.get_bbox(), page.get_rotation() // 90 % 4
    for box in missing:
        x0, y0, x1, y1 = (value * scale for value in turned(box, bounds, turns))
        grey[max(int(y0) - 1, 0) : int(y1) + 2, max(int(x0) - 1, 0) : int(x1) + 2] = 255

    def place(box: Box) -> Evidence:
        return {"page": number, "box": [round(value / scale, 1) for value in box]}

    return read_picture(grey, Place(number, 1 / scale, place))


def framed(body: bytes, frame: Frame) -> Grey | None:
    """What a page shows within a frame, drawn as finely as a page that is looked at; None where it cannot be drawn.

    Args:
        body: a PDF, which was read before.
        frame: on one of its pages.
    """
    x0, y0, x1, y1 = frame.box
    document = pypdfium2.PdfDocument(body)
    try:
        page = document[frame.page - 1]
        width, height = page.get_size()
        scale = min(_DPI / _POINTS, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
        margins = (max(x0, 0.0), max(height - y1, 0.0), max(width - x1, 0.0), max(y0, 0.0))
        bitmap = page.render(scale=scale, crop=margins, grayscale=True)
        try:
            grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)[:, :, 0].copy()
        finally:
            bitmap.close()
            page.close()
    except (pypdfium2.PdfiumError, ValueError):
        return None
    finally:
        document.close()
    return cast("Grey", grey)


def _without_shape(page: pypdfium2.PdfPage) -> list[Box]:
    """Boxes of characters, in user space, whose font is not in the file."""
    textpage = page.get_textpage()
    found = []
    loose = raw.FS_RECTF()
    try:
        for index in range(textpage.count_chars()):
            drawn = raw.FPDFText_GetTextObject(textpage, index)
            if not drawn or raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(drawn)) != 0:
                continue
            if raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(loose)):
                found.append((loose.left, loose.bottom, loose.right, loose.top))
            if len(found) >= _STAMPED:
                break
    finally:
        textpage.close()
    return found
