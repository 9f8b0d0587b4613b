"""What is drawn on a page of a PDF beside text: straight lines, and how much of it pictures take.

Lines come as strokes, as thin filled boxes and as thin pictures, in the page itself or in forms within it. Here is
also how boxes turn with a page; everything is in points.
"""

from __future__ import annotations

import ctypes
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pypdfium2

_THIN: Final = 3.0  # points: a filled rectangle as thin as that is a line
_STRAIGHT: Final = 0.8  # points a line may lean
_SHORTEST: Final = 0.5
_DEEPEST: Final = 8  # forms within forms that are searched for lines

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1; y grows downwards except in user space."""


class Rule(NamedTuple):
    """A straight line: at `at` from `start` to `end`; x and y for vertical ones, y and x for horizontal ones."""

    at: float
    start: float
    end: float


def turned(box: Box, bounds: Box, turns: int) -> Box:
    """A box in user space on the page turned clockwise by quarter turns, y downwards."""
    x0, y0, x1, y1 = box
    left, bottom, right, top = bounds
    if turns == 0:
        return x0 - left, top - y1, x1 - left, top - y0
    if turns == 1:
        return y0 - bottom, x0 - left, y1 - bottom, x1 - left
    if turns == 2:  # noqa: PLR2004 - quarter turns
        return right - x1, y0 - bottom, right - x0, y1 - bottom
    return top - y1, right - x1, top - y0, right - x0


def turned_back(box: Box, bounds: Box, turns: int) -> Box:
    """The inverse of `turned`."""
    x0, y0, x1, y1 = box
    left, bottom, right, top = bounds
    if turns == 0:
        return x0 + left, top - y1, x1 + left, top - y0
    if turns == 1:
        return y0 + left, x0 + bottom, y1 + left, x1 + bottom
    if turns == 2:  # noqa: PLR2004 - quarter turns
        return right - x1, y0 + bottom, right - x0, y1 + bottom
    return right - y1, top - x1, right - y0, top - x0


Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


class Drawing:
    """The lines and pictures of a page, in user space."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._boxes: list[Box] = []
        self.pictured = 0.0
        self.shown: list[Box] = []
        self.texts = 0
        self.invisible = 0
        self.curves = 0
        self.colours: set[tuple[int, int, int, int]] = set()
        """Of the print; no more than two of them."""
        self._parts = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()

    @property
    def cut(self) -> bool:
        """There is more than was read."""
        return self._left < 0

    def read(self, page: pypdfium2.PdfPage) -> None:
        """Read all objects of a page."""
        for index in range(raw.FPDFPage_CountObjects(page)):
            if self._left < 0:
                return
            handle = raw.FPDFPage_GetObject(page, index)
            if raw.FPDFPageObj_GetType(handle) != raw.FPDF_PAGEOBJ_TEXT:  # most of a page is text
                self._object(handle, _IDENTITY, 0)
            else:
                self.texts += 1
                self.invisible += raw.FPDFTextObj_GetTextRenderMode(handle) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
                self._colour(handle)

    def _colour(self, handle: object) -> None:
        if len(self.colours) > 1:
            return
        red, green, blue, alpha = self._parts
        raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha)
        self.colours.add((red.value, green.value, blue.value, alpha.value))

    def _object(self, handle: object, outer: Matrix, depth: int) -> None:
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            self._colour(handle)
            return
        self._left -= 1
        matrix = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(handle, matrix)
        own = _times((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._path(handle, own)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = box_around([transformed(own, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))])
            self.pictured += (box[2] - box[0]) * (box[3] - box[1])
            self.shown.append(box)
            self._boxes += filled(box)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            for index in range(raw.FPDFFormObj_CountObjects(handle)):
                if self._left < 0:
                    return
                self._object(raw.FPDFFormObj_GetObject(handle, index), own, depth + 1)

    def _path(self, handle: object, matrix: Matrix) -> None:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(handle, mode, stroke)
        if not mode.value and not stroke.value:
            return
        for points, straight in self._subpaths(handle, matrix):
            if stroke.value and straight:
                self._boxes += stroked(points)
            elif mode.value and straight:
                self._boxes += filled(box_around(points))
            if not straight:
                self.curves += 1

    def _subpaths(self, handle: object, matrix: Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
        """The parts of a path: their points, and whether all are joined by straight lines."""
        x, y = ctypes.c_float(), ctypes.c_float()
        points: list[tuple[float, float]] = []
        straight = True
        for index in range(raw.FPDFPath_CountSegments(handle)):
            self._left -= 1
            if self._left < 0:
                return
            segment = raw.FPDFPath_GetPathSegment(handle, index)
            kind = raw.FPDFPathSegment_GetType(segment)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                if len(points) > 1:
                    yield points, straight
                points, straight = [], True
            elif kind != raw.FPDF_SEGMENT_LINETO:
                straight = False
            points.append(transformed(matrix, x.value, y.value))
            if raw.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if len(points) > 1:
            yield points, straight

    def rules(self, bounds: Box, turns: int) -> tuple[list[Rule], list[Rule]]:
        """The horizontal and the vertical lines on the page as read."""
        return rules_of(self._boxes, bounds, turns)


def stroked(points: Sequence[tuple[float, float]]) -> Iterator[Box]:
    """The upright and level lines of a drawn path."""
    for (x0, y0), (x1, y1) in pairwise(points):
        if abs(x1 - x0) <= _STRAIGHT or abs(y1 - y0) <= _STRAIGHT:
            yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def filled(box: Box) -> Iterator[Box]:
    """A filled box: a line where it is thin."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if min(width, height) > _THIN or max(width, height) < _SHORTEST:
        return
    if width >= height:
        yield x0, (y0 + y1) / 2, x1, (y0 + y1) / 2
    if height >= width:
        yield (x0 + x1) / 2, y0, (x0 + x1) / 2, y1


def rules_of(boxes: Iterable[Box], bounds: Box, turns: int) -> tuple[list[Rule], list[Rule]]:
    """Thin boxes in user space as the horizontal and the vertical lines on the page turned by quarter turns."""
    horizontal, vertical = [], []
    for box in boxes:
        x0, y0, x1, y1 = turned(box, bounds, turns)
        if not math.isfinite(x0 + y0 + x1 + y1):
            continue
        if x1 - x0 >= y1 - y0:
            horizontal.append(Rule((y0 + y1) / 2, x0, x1))
        else:
            vertical.append(Rule((x0 + x1) / 2, y0, y1))
    return horizontal, vertical


def transformed(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a matrix (a, b, c, d, e, f; PDF 32000-1, 8.3.3) takes a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def box_around(points: list[tuple[float, float]]) -> Box:
    """The smallest upright box that holds the points; there is at least one."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
