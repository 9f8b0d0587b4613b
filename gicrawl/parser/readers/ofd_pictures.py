"""Pages of an OFD file that are pictures: what they show is put together again and read (GB/T 33190-2016, chapter 10).

A picture fills the unit square, which its matrix places on the page; that is drawn once more here, in the dots of the
finest picture on it, so that a scan is looked at as it was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np

from gicrawl.parser.readers.ocr_image import frames
from gicrawl.parser.readers.ocr_page import Place
from gicrawl.parser.readers.ocr_turned import read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Evidence
    from gicrawl.parser.readers.ocr_image import Grey
    from gicrawl.parser.readers.ocr_page import Seen
    from gicrawl.parser.readers.pdf_drawing import Box, Matrix

_POINTS: Final = 72 / 25.4  # points in a millimetre
_COARSEST: Final = 150 / 25.4  # dots in a millimetre
_FINEST: Final = 300 / 25.4
_MOST_DOTS: Final = 24_000_000  # of a page: A3 at 300 dots an inch has 17 million
_WHITE: Final = 255


class Shown(NamedTuple):
    """A picture on a page.

    Attributes:
        body: its file.
        matrix: from the unit square to millimetres of the page.
    """

    body: bytes
    matrix: Matrix


def look_at(pictures: Sequence[Shown], number: int, width: float, height: float) -> Seen | None:
    """Read a page that is made of pictures; None where nothing legible is on it.

    Args:
        pictures: in the order they are drawn in.
        number: of the page, 1-based.
        width: of the page in millimetres.
        height: of the page in millimetres.
    """
    decoded = [(grey, shown.matrix) for shown in pictures for grey in frames(shown.body, 1)[0]]
    if not decoded:
        return None
    dots = min(max(_COARSEST, *(_dots(grey, matrix) for grey, matrix in decoded)), _FINEST)
    dots = min(dots, (_MOST_DOTS / (width * height)) ** 0.5)
    page = np.full((max(round(height * dots), 1), max(round(width * dots), 1)), _WHITE, np.uint8)
    for grey, matrix in decoded:
        _draw(page, grey, matrix, dots)
    points = _POINTS / dots

    def place(box: Box) -> Evidence:
        return {"page": number, "box": [round(value * points, 1) for value in box]}

    return read_picture(page, Place(number, points, place))


def _dots(grey: Grey, matrix: Matrix) -> float:
    """Dots in a millimetre, the finer way."""
    a, b, c, d, _, _ = matrix
    across, down = (a * a + b * b) ** 0.5, (c * c + d * d) ** 0.5
    height, width = grey.shape
    return max(width / across if across > 0 else 0.0, height / down if down > 0 else 0.0)


def _draw(page: Grey, grey: Grey, matrix: Matrix, dots: float) -> None:
    """Lay a picture over a page."""
    a, b, c, d, e, f = (value * dots for value in matrix)
    height, width = grey.shape
    placed = np.array([[a / width, c / height, e], [b / width, d / height, f]])
    if not np.isfinite(placed).all() or abs(a * d - b * c) < 1:
        return
    size = page.shape[1], page.shape[0]
    shrunk = min(((a * a + b * b) ** 0.5) / width, ((c * c + d * d) ** 0.5) / height)
    if shrunk < 1 / 2:  # dots that fall between those that are kept would be lost
        small = cv2.resize(
            grey, (max(round(width * shrunk), 1), max(round(height * shrunk), 1)), interpolation=cv2.INTER_AREA
        )
        placed[:, 0] *= width / small.shape[1]
        placed[:, 1] *= height / small.shape[0]
        grey = small.astype(np.uint8)
    over = cv2.warpAffine(grey, placed, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=_WHITE)
    covered = cv2.warpAffine(np.ones_like(grey), placed, size, flags=cv2.INTER_NEAREST, borderValue=0)
    np.copyto(page, over.astype(np.uint8), where=covered.astype(bool))
