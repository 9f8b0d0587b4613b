"""One page of a PDF as PDFium sees it: characters and straight lines, turned so that the text stands upright.

Everything here is in points (1/72 inch). A page has three frames: user space (origin below left, as the file has it),
the page as shown (cropped, turned by `/Rotate`, origin above left: what evidence is given in), and the page as read
(origin above left, turned until most characters stand upright: what the rest of the reader works in).
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2

    from gicrawl.parser.document import Evidence

UNKNOWN: Final = "\ufffd"
"""Stands for a character whose font does not tell what it is: never a digit, whatever its code is."""

_THIN: Final = 3.0  # points: a filled rectangle as thin as that is a line
_STRAIGHT: Final = 0.8  # points a line may lean
_SHORTEST: Final = 0.5
_UPRIGHT: Final = 0.1  # radians from a quarter turn
_DEEPEST: Final = 8  # forms within forms that are searched for lines
_PICTURE: Final = 0.3  # share of the page a picture covers to be a scan
_PRINTED_TWICE: Final = 0.25  # of a character's width: how far a copy drawn to look bold is shifted
_TILE: Final = 16  # points: characters are compared with those of the same square
_GENERATED: Final = frozenset(" \r\n\t\x02-\ufffe")  # what PDFium adds for layout, among what is printed

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1; y grows downwards except in user space."""


class Char(NamedTuple):
    """A printed character in the page as read.

    Attributes:
        text: one character.
        x0: left.
        x1: right.
        top: upper edge of its font's box.
        base: its baseline.
        bottom: lower edge.
    """

    text: str
    x0: float
    x1: float
    top: float
    base: float
    bottom: float


class Rule(NamedTuple):
    """A straight line: at `at` from `start` to `end`; x and y for vertical ones, y and x for horizontal ones."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds.

    Attributes:
        number: 1-based.
        width: of the page as read.
        height: of the page as read.
        chars: printed characters, blanks included, in the order of the file; at most as many as asked for.
        horizontal: lines across.
        vertical: lines down.
        unknown: characters whose font does not tell what they are, as a share of all.
        pictures: pictures or drawings take so much of the page that text may be in them.
        cut: the page holds more characters or lines than asked for.
    """

    number: int
    width: float
    height: float
    chars: tuple[Char, ...]
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]
    unknown: float
    pictures: bool
    cut: bool
    _bounds: Box
    _turns_read: int
    _turns_shown: int

    def evidence(self, box: Box) -> Evidence:
        """Where a box of the page as read stands on the page as shown."""
        if self._turns_read != self._turns_shown:
            box = _turned(_turned_back(box, self._bounds, self._turns_read), self._bounds, self._turns_shown)
        return {"page": self.number, "box": [round(value, 1) for value in box]}


def read_page(page: pypdfium2.PdfPage, number: int, most_chars: int, most_lines: int) -> Page:
    """Read one page.

    Args:
        page: open.
        number: 1-based.
        most_chars: read no more characters.
        most_lines: read no more lines and parts of drawings.
    """
    bounds = page.get_bbox()
    textpage = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(textpage)
        found = list(_characters(textpage, min(count, most_chars)))
    finally:
        textpage.close()
    angles = Counter(turns for _, _, _, turns, _ in found if turns is not None)
    turns_read = angles.most_common(1)[0][0] if angles else page.get_rotation() // 90 % 4
    chars = _once(_upright(found, bounds, turns_read))
    drawing = _Drawing(most_lines)
    drawing.read(page)
    horizontal, vertical = drawing.rules(bounds, turns_read)
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    area = width * height
    return Page(
        number=number,
        width=height if turns_read % 2 else width,
        height=width if turns_read % 2 else height,
        chars=tuple(chars),
        horizontal=tuple(horizontal),
        vertical=tuple(vertical),
        unknown=sum(known is False for *_, known in found) / len(found) if found else 0.0,
        pictures=drawing.pictured > _PICTURE * area or drawing.curves > len(found),
        cut=count > most_chars or drawing.cut,
        _bounds=bounds,
        _turns_read=turns_read,
        _turns_shown=page.get_rotation() // 90 % 4,
    )


def _turned(box: Box, bounds: Box, turns: int) -> Box:
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


def _turned_back(box: Box, bounds: Box, turns: int) -> Box:
    """The inverse of `_turned`."""
    x0, y0, x1, y1 = box
    left, bottom, right, top = bounds
    if turns == 0:
        return x0 + left, top - y1, x1 + left, top - y0
    if turns == 1:
        return y0 + left, x0 + bottom, y1 + left, x1 + bottom
    if turns == 2:  # noqa: PLR2004 - quarter turns
        return right - x1, y0 + bottom, right - x0, y1 + bottom
    return right - y1, top - x1, right - y0, top - x0


_Found = tuple[str, Box, tuple[float, float], "int | None", bool]
"""Character, box in user space, origin, quarter turns (None where it leans), whether its font tells what it is."""


def _characters(textpage: pypdfium2.PdfTextPage, count: int) -> Iterator[_Found]:
    handle = textpage.raw
    loose = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    get_unicode, get_box, get_origin = (
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_GetCharOrigin,
    )
    generated, unmapped, get_angle = (
        raw.FPDFText_IsGenerated,
        raw.FPDFText_HasUnicodeMapError,
        raw.FPDFText_GetCharAngle,
    )
    for index in range(count):
        code = get_unicode(handle, index)
        text = chr(code)
        if text in _GENERATED and generated(handle, index) == 1:
            continue
        if not get_box(handle, index, loose) or not get_origin(handle, index, x, y):
            continue
        known = unmapped(handle, index) != 1 and code > 0 and not _is_private(code)
        angle = get_angle(handle, index) / (math.pi / 2)
        turns = round(angle) % 4 if abs(angle - round(angle)) < _UPRIGHT else None
        box = (loose.left, loose.bottom, loose.right, loose.top)
        yield text if known else UNKNOWN, box, (x.value, y.value), turns, known


def _is_private(code: int) -> bool:
    return 0xE000 <= code <= 0xF8FF or 0xD800 <= code <= 0xDFFF or code == 0xFFFD or code >= 0xF0000  # noqa: PLR2004 - Unicode's ranges


def _upright(found: list[_Found], bounds: Box, turns: int) -> Iterator[Char]:
    """The characters on the page as read; leaning ones are watermarks."""
    for text, box, (x, y), own, _ in found:
        if own is None:
            continue
        x0, y0, x1, y1 = _turned(box, bounds, turns)
        _, base, _, _ = _turned((x, y, x, y), bounds, turns)
        if not (math.isfinite(x0 + x1 + y0 + y1) and y1 > y0):
            continue
        if own != turns or not y0 <= base <= y1 + (y1 - y0):
            base = y1
        yield Char(text, x0, x1, y0, base, y1)


def _once(chars: Iterator[Char]) -> Iterator[Char]:
    """Every character once: some are drawn twice, a little shifted, to look bold."""
    seen: dict[tuple[str, int, int], list[Char]] = {}
    for char in chars:
        if char.text.isspace():
            yield char
            continue
        text, x, y = char.text, char.x0, char.base
        reach = _PRINTED_TWICE * max(char.x1 - x, 1.0)
        columns = {int((x - reach) // _TILE), int((x + reach) // _TILE)}
        rows = {int((y - reach) // _TILE), int((y + reach) // _TILE)}
        near = [other for a in columns for b in rows if (text, a, b) in seen for other in seen[text, a, b]]
        if near and any(abs(other.x0 - x) <= reach and abs(other.base - y) <= reach for other in near):
            continue
        seen.setdefault((text, int(x // _TILE), int(y // _TILE)), []).append(char)
        yield char


_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Final[_Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


class _Drawing:
    """The lines and pictures of a page, in user space."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._boxes: list[Box] = []
        self.pictured = 0.0
        self.curves = 0

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

    def _object(self, handle: object, outer: _Matrix, depth: int) -> None:
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            return
        self._left -= 1
        matrix = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(handle, matrix)
        own = _times((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._path(handle, own)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = _around([_at(own, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))])
            self.pictured += (box[2] - box[0]) * (box[3] - box[1])
            self._filled(box)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            for index in range(raw.FPDFFormObj_CountObjects(handle)):
                if self._left < 0:
                    return
                self._object(raw.FPDFFormObj_GetObject(handle, index), own, depth + 1)

    def _path(self, handle: object, matrix: _Matrix) -> None:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(handle, mode, stroke)
        if not mode.value and not stroke.value:
            return
        for points, straight in self._subpaths(handle, matrix):
            if stroke.value and straight:
                for (x0, y0), (x1, y1) in pairwise(points):
                    if abs(x1 - x0) <= _STRAIGHT or abs(y1 - y0) <= _STRAIGHT:
                        self._boxes.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
            elif mode.value and straight:
                self._filled(_around(points))
            if not straight:
                self.curves += 1

    def _subpaths(self, handle: object, matrix: _Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
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
            points.append(_at(matrix, x.value, y.value))
            if raw.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if len(points) > 1:
            yield points, straight

    def _filled(self, box: Box) -> None:
        """A filled box: a line where it is thin."""
        x0, y0, x1, y1 = box
        width, height = x1 - x0, y1 - y0
        if min(width, height) > _THIN or max(width, height) < _SHORTEST:
            return
        if width >= height:
            self._boxes.append((x0, (y0 + y1) / 2, x1, (y0 + y1) / 2))
        if height >= width:
            self._boxes.append(((x0 + x1) / 2, y0, (x0 + x1) / 2, y1))

    def rules(self, bounds: Box, turns: int) -> tuple[list[Rule], list[Rule]]:
        """The horizontal and the vertical lines on the page as read."""
        horizontal, vertical = [], []
        for box in self._boxes:
            x0, y0, x1, y1 = _turned(box, bounds, turns)
            if not math.isfinite(x0 + y0 + x1 + y1):
                continue
            if x1 - x0 >= y1 - y0:
                horizontal.append(Rule((y0 + y1) / 2, x0, x1))
            else:
                vertical.append(Rule((x0 + x1) / 2, y0, y1))
        return horizontal, vertical


def _at(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _around(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
