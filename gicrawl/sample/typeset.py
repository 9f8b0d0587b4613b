"""A report set on sheets of A4: paragraphs, ruled tables, page numbers, and tables that run over the end of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.sample.content import HEADING, RIGHT, TITLE, Line
from gicrawl.sample.fonts import advance
from gicrawl.sample.pdf import HEIGHT, WIDTH, Sheet, pdf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.sample.content import Block
    from gicrawl.sample.tables import Slot, Table

MARGIN = 70.0
_TEXT = 14.0
_TITLE = 18.0
_LEADING = 1.6
_CELL = 10.5
_CELL_LEADING = 14.0
_PADDING = 3.0
_INNER = WIDTH - 2 * MARGIN
_BOTTOM = MARGIN
_TOP = HEIGHT - MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A report as a PDF, and what became of its tables.

    Attributes:
        body: the file.
        pages: how many.
        cut: for each table, at how many places the end of a page cuts it.
    """

    body: bytes
    pages: int
    cut: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell in its grid: what it covers and its text, in lines that fit."""

    row: int
    column: int
    slot: Slot
    lines: tuple[str, ...]

    @property
    def end(self) -> int:
        """The row after its last."""
        return self.row + self.slot.rowspan

    @property
    def needed(self) -> float:
        """Height in points."""
        return len(self.lines) * _CELL_LEADING + 2 * _PADDING


def print_report(blocks: Sequence[Block], *, repeat_header: bool, bars: bool, embedded: bool) -> Printed:
    """Set a report.

    Args:
        blocks: the report; its first title is the file's.
        repeat_header: whether a table that runs on has its header again on the next page.
        bars: borders as thin filled bars, not as stroked rectangles.
        embedded: whether the font lies in the file or is only named.
    """
    setter = _Setter(repeat_header=repeat_header, bars=bars)
    for block in blocks:
        if isinstance(block, Line):
            setter.line(block)
        else:
            setter.table(block)
    title = next(block.text for block in blocks if isinstance(block, Line) and block.kind == TITLE)
    return Printed(body=setter.finished(title, embedded=embedded), pages=len(setter.sheets), cut=tuple(setter.cut))


class _Setter:
    def __init__(self, *, repeat_header: bool, bars: bool) -> None:
        self.sheets = [Sheet()]
        self.cut: list[int] = []
        self._y = _TOP
        self._repeat = repeat_header
        self._bars = bars

    def _turn(self) -> None:
        self.sheets.append(Sheet())
        self._y = _TOP

    def line(self, line: Line) -> None:
        """A paragraph, a heading, the title or the signature."""
        size = _TITLE if line.kind == TITLE else _TEXT
        indent = 0.0 if line.kind in {TITLE, RIGHT} else 2 * size
        for number, text in enumerate(_wrapped(line.text, _INNER, size, indent)):
            if self._y - size * _LEADING < _BOTTOM:
                self._turn()
            self._y -= size * _LEADING
            left = MARGIN + (indent if number == 0 else 0)
            if line.kind == TITLE:
                left = (WIDTH - advance(text, size)) / 2
            elif line.kind == RIGHT:
                left = WIDTH - MARGIN - advance(text, size)
            self.sheets[-1].text(left, self._y + size * 0.3, text, size)
        if line.kind in {TITLE, HEADING}:
            self._y -= size * 0.4

    def table(self, table: Table) -> None:
        """A ruled table; rows stay whole, the table need not."""
        edges = _edges(table)
        cells = _placed(table, edges)
        heights = _heights(cells, len(table.rows))
        header = table.header if self._repeat else 0
        start, cuts = 0, 0
        while start < len(heights):
            again = sum(heights[:header]) if start else 0
            room = self._y - _BOTTOM - again
            end = start
            while end < len(heights) and sum(heights[start : end + 1]) <= room:
                end += 1
            if end < len(heights):
                end = _better_end(cells, heights, start, end)
            if end <= max(start, table.header if not start else 0):  # not even the header and one row
                self._turn()
                continue
            if start and again:
                self._rows(cells, heights, edges, 0, header)
            self._rows(cells, heights, edges, start, end)
            if end < len(heights):
                cuts += 1
                self._turn()
            start = end
        self._y -= _CELL_LEADING
        self.cut.append(cuts)

    def _rows(self, cells: list[_Cell], heights: list[float], edges: list[float], start: int, end: int) -> None:
        """Rows `start` to `end` at the place we are; what spans more is drawn as far as it goes."""
        tops = [self._y - sum(heights[start:row]) for row in range(start, end + 1)]
        sheet = self.sheets[-1]
        for cell in cells:
            first, last = max(cell.row, start), min(cell.end, end)
            if first >= last:
                continue
            left, right = edges[cell.column], edges[cell.column + cell.slot.colspan]
            top, bottom = tops[first - start], tops[last - start]
            (sheet.bars if self._bars else sheet.box)(left, bottom, right, top)
            if not _prints_here(cell, heights, first, last):
                continue
            y = (top + bottom) / 2 + len(cell.lines) * _CELL_LEADING / 2
            for text in cell.lines:
                y -= _CELL_LEADING
                middle = (left + right - advance(text, _CELL)) / 2
                sheet.text(
                    middle if cell.slot.value or cell.slot.rowspan > 1 else left + _PADDING, y + 2.5, text, _CELL
                )
        self._y = tops[-1]

    def finished(self, title: str, *, embedded: bool) -> bytes:
        """The file, every page with its number at the foot."""
        for number, sheet in enumerate(self.sheets, 1):
            foot = f"— {number} —"
            sheet.text((WIDTH - advance(foot, _CELL)) / 2, _BOTTOM / 2, foot, _CELL)
        return pdf(self.sheets, title, embedded=embedded)


def _prints_here(cell: _Cell, heights: list[float], first: int, last: int) -> bool:
    """Whether a cell cut by the end of a page has its text in this part: in the first if it fits, else in the rest."""
    if (first, last) == (cell.row, cell.end):
        return True
    fits = sum(heights[first:last]) >= cell.needed
    if first == cell.row:
        return fits
    return sum(heights[cell.row : first]) < cell.needed and fits


def _better_end(cells: list[_Cell], heights: list[float], start: int, end: int) -> int:
    """The last row at or above `end` where cutting leaves every cell it cuts a part that holds its text."""

    def holds(cell: _Cell, at: int) -> bool:
        if not max(cell.row, start) < at < cell.end:
            return True
        if cell.row < start:  # cut once more: the text stands above already, or must fit in what is left
            return sum(heights[cell.row : start]) >= cell.needed or sum(heights[at : cell.end]) >= cell.needed
        return max(sum(heights[cell.row : at]), sum(heights[at : cell.end])) >= cell.needed

    while end > start and not all(holds(cell, end) for cell in cells):
        end -= 1
    return end


def _edges(table: Table) -> list[float]:
    """Where the columns begin and end, in points."""
    weights = table.weights or (1.0,) * table.width
    edges = [MARGIN]
    for weight in weights:
        edges.append(edges[-1] + _INNER * weight / sum(weights))
    return edges


def _placed(table: Table, edges: list[float]) -> list[_Cell]:
    """The cells where their spans put them, as HTML's table model does."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for number, row in enumerate(table.rows):
        column = 0
        for slot in row:
            while (number, column) in taken:
                column += 1
            taken |= {(number + down, column + right) for down in range(slot.rowspan) for right in range(slot.colspan)}
            width = edges[column + slot.colspan] - edges[column] - 2 * _PADDING
            cells.append(_Cell(number, column, slot, tuple(_wrapped(slot.text, width, _CELL))))
            column += slot.colspan
    return cells


def _heights(cells: list[_Cell], rows: int) -> list[float]:
    """Row heights: what the cells of one row need, then more for those that span and need more."""
    heights = [_CELL_LEADING + 2 * _PADDING] * rows
    for cell in sorted(cells, key=lambda cell: cell.slot.rowspan):
        spanned = range(cell.row, cell.end)
        missing = cell.needed - sum(heights[row] for row in spanned)
        if missing > 0:
            for row in spanned:
                heights[row] += missing / len(spanned)
    return heights


def _wrapped(text: str, width: float, size: float, indent: float = 0.0) -> list[str]:
    """Break a text into lines: between any two Chinese characters, and never within a number that fits on a line."""
    lines: list[str] = []
    line, room = "", width - indent
    for piece in re.findall(r"[!-~]+|.", text):
        pieces = [piece] if advance(piece, size) <= width else list(piece)
        for part in pieces:
            if line and advance(line + part, size) > room + 0.01:
                lines.append(line)
                line, room = "", width
            line += part
    return [*lines, line] if line else lines
