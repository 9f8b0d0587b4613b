"""A page as a picture: its tables cell by cell between their ruling lines, the text around them line by line.

The result is made of the same parts as a page of a PDF, in points, so that what page breaks cut is joined alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gicrawl.parser.document import GridCell, Reading
from gicrawl.parser.readers.ocr_engine import recognise
from gicrawl.parser.readers.ocr_image import straightened
from gicrawl.parser.readers.ocr_rules import find_rules, type_size
from gicrawl.parser.readers.ocr_text import cut_out, fields_in, is_bar, lines_in, stroke_in, without_dust
from gicrawl.parser.readers.pdf_blocks import Sheet
from gicrawl.parser.readers.pdf_drawing import Rule
from gicrawl.parser.readers.pdf_grid import find_tables
from gicrawl.parser.readers.pdf_join import Part
from gicrawl.parser.readers.pdf_text import TextField, TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gicrawl.parser.document import Evidence
    from gicrawl.parser.readers.ocr_engine import Read
    from gicrawl.parser.readers.ocr_image import Grey, Ink, Straight
    from gicrawl.parser.readers.ocr_text import Box
    from gicrawl.parser.readers.pdf_grid import Table

UNREAD: Final = "\ufffd"
"""What stands for print that nothing was made of: no number, and no blank."""

_HEIGHT_OF_INK: Final = 0.86  # of the type's size
_VIEWS: Final = ((0.16, 0.3), (0.38, 0.6))
"""White around a line, as shares of its height: above and below, beside. Figures may be looked at both ways."""
_FIGURE: Final = re.compile(r"[-+−–—－一/／\d.,，。·oOQDlI丨〇○◯元万件\s]{1,14}")
"""What may be a figure; the letters are digits as the recogniser takes them for."""
_CERTAIN: Final = 0.999  # looked at once
_STROKE: Final = 0.9  # a stroke for nothing, told by its shape
_HAN_STROKES: Final = frozenset("一丿")
_LEGIBLE: Final = 0.3  # probability below which a character was not recognised at all
_LEAST_TYPE: Final = 8.0  # pixels: Han characters of fewer cannot be told apart
_PAGE: Final = 595.0  # points: the width of A4
_SMALL: Final = 5.0  # points: type of a page is no smaller,
_LARGE: Final = 20.0  # and most of it no larger
_USUAL: Final = 10.5
_MOST_FIELDS: Final = 1500  # in a picture; a page of the smallest type has some hundred lines
_TRIED: Final = 16  # words
_STACKED: Final = 3  # lines
_INSET: Final = 1  # pixels of a cell beside its ruling lines
_LEAST_INK: Final = 0.16  # of the type's size: a mark smaller both ways is a point or dirt, and no figure
_CRUMBS: Final = 0.3  # of the type's size
_DARK: Final = 0.6  # of white: the ground of a cell that is printed in white

Problem = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands in its source.

    Attributes:
        number: of the page, 1-based.
        scale: points of a pixel; None where the source does not tell.
        evidence: the place of a box in pixels of the picture as it was given.
    """

    number: int
    scale: float | None
    evidence: Callable[[tuple[float, float, float, float]], Evidence]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as read: the picture turned straight, in points."""

    number: int
    width: float
    height: float
    _picture: Straight
    _place: Place
    _scale: float

    def evidence(self, box: tuple[float, float, float, float]) -> Evidence:
        """Where a box of the page as read stands in the source."""
        x0, y0, x1, y1 = (value / self._scale for value in box)
        return self._place.evidence(self._picture.original((x0, y0, x1, y1)))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a page.

    Attributes:
        readings: how sure what stands in its cells is, by their evidence.
        legible: how sure the words on it are, on average, 0 to 1: low where the page lies on its side.
    """

    page: SeenPage
    sheet: Sheet
    readings: tuple[tuple[Evidence, Reading], ...]
    legible: float


def read_upright(grey: Grey, place: Place) -> Seen | None:
    """Read a page that stands upright within ten degrees.

    Args:
        grey: the picture.
        place: where it stands.

    Returns:
        None where nothing legible is on it.
    """
    picture = straightened(grey)
    size = type_size(picture.ink)
    if size is None or size < _LEAST_TYPE:
        return None
    across, down, ink = find_rules(picture.ink, size)
    if sum(len(line) for line in fields_in(without_dust(ink, size), size)) > _MOST_FIELDS:
        return None  # a photograph, or dirt: each would cost as much as a word
    seen = _Sight(picture, ink, size, place).read(across, down)
    legible = any(cell.text.strip(UNREAD) for _, part in seen.sheet.tables for cell in part.cells)
    return seen if legible or seen.sheet.lines else None


def legibility(grey: Grey) -> float:
    """How sure the longest words of a page are on average, 0 to 1: to find out which way it lies."""
    picture = straightened(grey)
    size = type_size(picture.ink)
    if size is None:
        return 0.0
    _, _, ink = find_rules(picture.ink, size)
    ink = without_dust(ink, size)
    boxes = [box for line in fields_in(ink, size) for box in line if not is_bar(ink, box, size)]
    boxes.sort(key=lambda box: box[0] - box[2])
    ruled = np.zeros_like(ink)
    reads = recognise([cut_out(picture.grey, ruled, box, *_VIEWS[0]) for box in boxes[:_TRIED]])
    return sum(read.mean if len(read.glyphs) > 1 else 0.0 for read in reads) / len(reads) if reads else 0.0


def _scale_of(width: int, size: float) -> float:
    """Points of a pixel, for a picture that does not tell: that of a page of A4, unless its type were absurd then."""
    scale = _PAGE / width
    return scale if _SMALL <= size * scale <= _LARGE else _USUAL / size


class _Sight:
    """A picture being read."""

    def __init__(self, picture: Straight, ink: Ink, size: float, place: Place) -> None:
        height, width = picture.grey.shape
        self._picture = picture
        self._ruled = (picture.ink & (1 - ink)).astype(np.uint8)
        self._ink = without_dust(ink, size)
        self._size = size
        self._scale = scale = place.scale or _scale_of(width, size)
        self._page = SeenPage(place.number, width * scale, height * scale, picture, place, scale)
        self._readings: list[tuple[Evidence, Reading]] = []
        self._words: list[float] = []

    def read(self, across: Iterable[Rule], down: Iterable[Rule]) -> Seen:
        found, _ = find_tables(self._scaled(across), self._scaled(down))
        tables = []
        for table in found:
            part = self._table(table)
            if part is not None:
                tables.append((table.ys[0], part))
            self._wipe(table)
        tables.sort(key=lambda placed: placed[0])
        sheet = Sheet(self._page, tables, self._lines())
        legible = sum(self._words) / len(self._words) if self._words else 1.0
        return Seen(self._page, sheet, tuple(self._readings), legible)

    def _scaled(self, rules: Iterable[Rule]) -> list[Rule]:
        k = self._scale
        return [Rule(rule.at * k, rule.start * k, rule.end * k) for rule in rules]

    def _pixels(self, box: Sequence[float]) -> Box:
        x0, y0, x1, y1 = (value / self._scale for value in box)
        height, width = self._ink.shape
        return max(round(x0), 0), max(round(y0), 0), min(round(x1), width), min(round(y1), height)

    def _table(self, table: Table) -> Part | None:
        """A table cell by cell; None where nothing is printed in it."""
        x0, y0, x1, y1 = self._pixels(table.box)
        region = self._ink[y0:y1, x0:x1]
        if not region.any():
            return None
        size = type_size(region) or self._size
        boxes = [self._pixels(table.cell_box(cell)) for cell in table.cells]
        held = [self._pieces(box, size) for box in boxes]
        texts = _recognised([piece for pieces in held for piece in pieces], self._cut)
        cells, at = [], 0
        for cell, box, pieces in zip(table.cells, boxes, held, strict=True):
            text, reading = _text_of(texts[at : at + len(pieces)])
            self._words += _words(texts[at : at + len(pieces)])
            at += len(pieces)
            if len(pieces) == 1 and text not in _HAN_STROKES and (stroke := stroke_in(self._ink, pieces[0], size)):
                text, reading = stroke, Reading(_STROKE)
            if not pieces and self._is_dirty(box, size):
                text, reading = UNREAD, Reading(0.0)
            if cell.beside and not text:
                continue
            evidence = self._page.evidence(table.cell_box(cell))
            self._readings.append((evidence, reading))
            cells.append(GridCell(text, cell.row, cell.column, cell.rowspan, cell.colspan, evidence))
            self._ink[box[1] : box[3], box[0] : box[2]] = 0
        rows = len(table.ys) - 1
        return Part(
            # Scanned pages lie a little aside of each other: columns are counted from the table's own edge.
            xs=[x - table.xs[0] for x in table.xs],
            rows=rows,
            cells=cells,
            open_above=frozenset(
                (cell.column, cell.column + cell.colspan)
                for cell in table.cells
                if cell.row == 0 and not cell.closed_above
            ),
            open_below=frozenset(
                (cell.column, cell.column + cell.colspan)
                for cell in table.cells
                if cell.row + cell.rowspan == rows and not cell.closed_below
            ),
            evidence=self._page.evidence(table.box),
        )

    def _wipe(self, table: Table) -> None:
        """Take away what lines leave of themselves around a table: flat crumbs, which are no text."""
        reach = _CRUMBS * self._size * self._scale
        x0, y0, x1, y1 = table.box
        a, b, c, d = self._pixels((x0 - reach, y0 - reach, x1 + reach, y1 + reach))
        around = self._ink[b:d, a:c]
        for top, bottom in ((0, round(2 * reach / self._scale)), (d - b - round(2 * reach / self._scale), d - b)):
            strip = around[max(top, 0) : bottom]
            rows = np.flatnonzero(strip.any(axis=1))
            if len(rows) and rows[-1] - rows[0] < reach / self._scale:
                strip[:] = 0

    def _pieces(self, box: Box, size: float) -> list[Box]:
        x0, y0, x1, y1 = box
        x0, y0, x1, y1 = x0 + _INSET, y0 + _INSET, x1 - _INSET, y1 - _INSET
        if x1 <= x0 or y1 <= y0:
            return []
        region = np.ascontiguousarray(self._ink[y0:y1, x0:x1])
        least = _LEAST_INK * size
        return [
            (x0 + a, y0 + b, x0 + c, y0 + d)
            for a, b, c, d in lines_in(region, size)
            if (c - a >= least or d - b >= least) and not is_bar(region, (a, b, c, d), size)
        ]

    def _is_dirty(self, box: Box, size: float) -> bool:
        """Whether a cell without a line of text holds something all the same: it is not called blank then."""
        x0, y0, x1, y1 = box
        inner = self._picture.grey[y0 + _INSET : y1 - _INSET, x0 + _INSET : x1 - _INSET]
        if not inner.size:
            return False
        if float(np.median(inner)) < _DARK * 255:
            return True  # white on dark, or blackened
        return int(self._ink[y0:y1, x0:x1].sum()) > (_LEAST_INK * size) ** 2

    def _cut(self, box: Box, above: float, beside: float) -> Grey:
        return cut_out(self._picture.grey, self._ruled, box, above, beside)

    def _lines(self) -> list[TextLine]:
        """What stands around the tables."""
        k = self._scale
        found = [
            line
            for line in fields_in(self._ink, self._size)
            if not all(is_bar(self._ink, box, self._size) for box in line)
        ]
        told = recognise([self._cut(box, *_VIEWS[0]) for line in found for box in line])
        self._words += [read.mean for read in told if len(read.glyphs) != 1]
        reads, lines = iter(told), []
        for line in found:
            fields = []
            for box in line:
                text = next(reads).text
                if text:
                    fields.append(TextField(text, box[0] * k, box[2] * k))
            if not fields:
                continue
            top, bottom = min(box[1] for box in line), max(box[3] for box in line)
            around = (fields[0].x0, top * k, fields[-1].x1, bottom * k)
            size = max((bottom - top) / _HEIGHT_OF_INK, 1.0) * k
            lines.append(TextLine(fields, size, around, fields[-1].x1))
        return lines


def _recognised(boxes: Sequence[Box], cut: Callable[[Box, float, float], Grey]) -> list[tuple[Read, ...]]:
    """Every line in one view, what may be a figure and is not certain in a second one."""
    first = recognise([cut(box, *_VIEWS[0]) for box in boxes])
    figures = [
        at for at, read in enumerate(first) if not read.text or (read.sure < _CERTAIN and _FIGURE.fullmatch(read.text))
    ]
    again = dict(zip(figures, recognise([cut(boxes[at], *_VIEWS[1]) for at in figures]), strict=True))
    return [(read.as_figure(), again[at].as_figure()) if at in again else (read,) for at, read in enumerate(first)]


def _words(lines: Sequence[tuple[Read, ...]]) -> list[float]:
    """How sure the words of a cell are; characters below each other are none, as words are that lie on their side."""
    if len(lines) >= _STACKED and all(len(views[0].glyphs) <= 1 for views in lines):
        return [0.0]
    return [views[0].mean for views in lines if len(views[0].glyphs) > 1]


def _text_of(lines: Sequence[tuple[Read, ...]]) -> tuple[str, Reading]:
    """The text of a cell and how sure it is."""
    if not lines:
        return "", Reading(1.0)
    texts, sure, others = [], 1.0, []
    for views in lines:
        best = max(views, key=lambda read: read.sure)
        text = best.text if best.text and best.sure >= _LEGIBLE else UNREAD
        texts.append(text)
        said = {read.text for read in views}
        if len(said) == 1:
            doubt = 1.0
            for read in views:
                doubt *= 1.0 - read.sure
            sure = min(sure, 1.0 - doubt)
        else:
            sure = 0.0
            others += [read.text for read in views if read.text]
    return "\n".join(texts), Reading(sure, tuple(dict.fromkeys(others)) if len(lines) == 1 else ())
