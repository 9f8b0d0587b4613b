"""Where lines of text are on a straight picture, and the pictures of them that the recogniser is shown.

Lengths are in pixels here; a box is x0, y0, x1, y1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gicrawl.parser.readers.ocr_image import Grey, Ink

    Places = NDArray[np.intp]

Box = tuple[int, int, int, int]

_DUST: Final = 0.07  # of the type's size: marks no wider and higher are dust
_LINE: Final = 1.2  # times the type's size: parts of one line, as the strokes of 二, are within so much
_TOUCHING: Final = 1.9  # higher: lines that touch, or things side by side that are no lines of one text
_HIGHEST: Final = 5.0  # higher ones are pictures, stamps and frames
_GAP: Final = 1.7  # wider gaps part two fields of a line
_BAR: Final = 0.8  # share of ink in a box that is no writing but a bar
_WIDE_BAR: Final = 2.0  # times the type's size, at least; a dash is as wide, and flat
_HIGH_BAR: Final = 0.4
_FLAT: Final = 0.28  # of the type's size: a dash is no higher
_DASH: Final = (0.2, 1.3)  # of the type's size: the widths of a dash
_OBLONG: Final = 1.8  # times as wide as high; points and the strokes of dust are not
_TALL: Final = 0.55  # of the type's size: a stroke for nothing is as high as a figure
_THIN: Final = 0.34  # of its height: no row of a stroke is wider, as the top of a 7 is
_SLANT: Final = 0.28  # to the side for each pixel down: a 1 stands upright, or leans by a fifth
_STRAIGHT: Final = 0.97  # correlation of its middle with the height
_EDGE: Final = 2  # pixels around ink that its print fades out over
_PAPER: Final = 95  # percentile


def without_dust(ink: Ink, size: float) -> Ink:
    """The ink without marks that are smaller than any point of a text."""
    least = max(1.0, _DUST * size)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    keep = (stats[:, cv2.CC_STAT_WIDTH] > least) | (stats[:, cv2.CC_STAT_HEIGHT] > least)
    keep[0] = False
    return np.asarray(keep[labels], np.uint8)


def lines_in(ink: Ink, size: float) -> Iterator[Box]:
    """Lines of a narrow region, as a cell is: from above to below, each whole."""
    for top, bottom in _bands(ink, size):
        columns = np.flatnonzero(ink[top:bottom].any(axis=0))
        yield int(columns[0]), top, int(columns[-1]) + 1, bottom


def fields_in(ink: Ink, size: float) -> Iterator[list[Box]]:
    """Lines of running text, cut into fields at wide gaps; what is too high to be one is taken apart or left out."""
    for top, bottom in _bands(ink, size):
        boxes = [(x0, top, x1, bottom) for x0, x1 in _fields(ink[top:bottom], size)]
        if bottom - top <= _TOUCHING * size:
            yield [_tight(ink, box) for box in boxes]
            continue
        if len(boxes) == 1:
            if bottom - top <= _HIGHEST * size:
                yield [_tight(ink, boxes[0])]
            continue
        for x0, _, x1, _ in boxes:
            for line in fields_in(np.ascontiguousarray(ink[top:bottom, x0:x1]), size):
                yield [(x0 + a, top + b, x0 + c, top + d) for a, b, c, d in line]


def _bands(ink: Ink, size: float) -> list[tuple[int, int]]:
    """Rows of ink parted by white, those together that make up one line."""
    bands: list[tuple[int, int]] = []
    for top, bottom in _runs(np.asarray(ink.any(axis=1)), 1):
        if bands and bottom - bands[-1][0] <= _LINE * size:
            bands[-1] = bands[-1][0], bottom
        else:
            bands.append((top, bottom))
    return bands


def _fields(ink: Ink, size: float) -> list[tuple[int, int]]:
    return _runs(np.asarray(ink.any(axis=0)), max(round(_GAP * size), 1))


def _runs(filled: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    at = np.flatnonzero(filled)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) > gap)
    starts, ends = [int(at[0]), *(int(at[b + 1]) for b in breaks)], [*(int(at[b]) + 1 for b in breaks), int(at[-1]) + 1]
    return list(zip(starts, ends, strict=True))


def _tight(ink: Ink, box: Box) -> Box:
    x0, y0, x1, y1 = box
    rows = np.flatnonzero(ink[y0:y1, x0:x1].any(axis=1))
    return x0, y0 + int(rows[0]), x1, y0 + int(rows[-1]) + 1


def is_bar(ink: Ink, box: Box, size: float) -> bool:
    """Whether a line is blackened: redacted, or a drawing."""
    x0, y0, x1, y1 = box
    return x1 - x0 > _WIDE_BAR * size and y1 - y0 > _HIGH_BAR * size and float(ink[y0:y1, x0:x1].mean()) > _BAR


def stroke_in(ink: Ink, box: Box, size: float) -> str:
    """`-` or `/` where that is all a box holds, by its shape; else empty. A recogniser of words takes it for a figure.

    Args:
        ink: of the page.
        box: of one line of a cell.
        size: of the type.
    """
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    part = np.ascontiguousarray(ink[y0:y1, x0:x1])
    if cv2.connectedComponents(part, connectivity=8)[0] != 2:  # noqa: PLR2004 - the paper and one mark
        return ""
    if height <= _FLAT * size and _DASH[0] * size <= width <= _DASH[1] * size and width >= _OBLONG * height:
        return "-"
    if height < _TALL * size or width < _SLANT * height:
        return ""
    at = np.arange(width)
    inked = part.sum(axis=1)
    if not inked.all() or int(inked.max()) > _THIN * height:
        return ""
    middles = (part * at).sum(axis=1) / inked
    rows = np.arange(height)
    slope = float(np.polyfit(rows, middles, 1)[0])
    return "/" if slope <= -_SLANT and float(np.corrcoef(rows, middles)[0, 1]) <= -_STRAIGHT else ""


def cut_out(grey: Grey, ruled: Ink, box: Box, above: float, beside: float) -> Grey:
    """The picture of a line on white paper.

    Args:
        grey: the whole picture.
        ruled: 1 where a ruling line is drawn: it is no part of the text beside it.
        box: of the ink.
        above: white above and below, as a share of the height of the ink.
        beside: the same for both sides.
    """
    height, width = grey.shape
    x0, y0, x1, y1 = box
    a, b = max(x0 - _EDGE, 0), max(y0 - _EDGE, 0)
    c, d = min(x1 + _EDGE, width), min(y1 + _EDGE, height)
    part = grey[b:d, a:c].astype(np.float32)
    paper = max(float(np.percentile(part, _PAPER)), 1.0)
    part = np.minimum(part * (255.0 / paper), 255.0)
    part[ruled[b:d, a:c] > 0] = 255.0
    tall, wide = round(above * (y1 - y0)), round(beside * (y1 - y0))
    return np.pad(part.astype(np.uint8), ((tall, tall), (wide, wide)), constant_values=255)
