"""Tables as MediaWiki writes them: `{|`, `|-` before every row, a cell a line behind `|` or `!`, `|}`.

See https://www.mediawiki.org/wiki/Help:Tables. A table within a cell of another is read as lines of that cell.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid, GridCell
from gicrawl.parser.readers.text_tables import SPAN, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE: Final = re.compile(r"^[ \t:]*\{\|[^\r\n]*$.*?^[ \t]*\|\}", re.MULTILINE | re.DOTALL)
_LINE: Final = re.compile(r"[^\r\n]+")
_CELL: Final = re.compile(r"[ \t]*([|!])")
_ROW: Final = re.compile(r"[ \t]*\|-+(?!\d)")
"""A figure below zero may stand close to its bar."""
_CAPTION: Final = re.compile(r"[ \t]*\|\+")
_ATTRIBUTES: Final = re.compile(r"[^|\[\]{}=]*=[^|\[\]{}]*\|(?!\|)")
_EDGE: Final = re.compile(r"(?:\s|'{2,5})*")
_MOST: Final = 64
"""Columns, or rows that a cell covers."""

Piece = tuple[str, int, int]


def wiki_tables(text: str) -> list[Table]:
    """The tables of a text in the signs of MediaWiki, in order."""
    if "{|" not in text or "|}" not in text:
        return []
    return [Table(found.start(), found.end(), _grid(text, found)) for found in _TABLE.finditer(text)]


def _grid(text: str, found: re.Match[str]) -> Grid:
    cells: list[GridCell] = []
    taken: set[tuple[int, int]] = set()
    row, column, columns, rows = 0, 0, 0, 0
    for name, start, end in _pieces(text, found):
        if name == "row":
            row, column = (row + 1, 0) if column else (row, 0)
            continue
        attributes = _ATTRIBUTES.match(text, start, end)
        begin = attributes.end() if attributes else start
        spans = {which.lower(): int(number) for which, number in SPAN.findall(attributes[0] if attributes else "")}
        across, down = (max(1, min(spans.get(which, 1), _MOST)) for which in ("col", "row"))
        while (row, column) in taken:
            column += 1
        taken.update((row + below, column + right) for below in range(down) for right in range(across))
        begin, stop = _bare(text, begin, end)
        shown = "\n".join(line.strip() for line in text[begin:stop].split("\n"))
        cells.append(GridCell(shown, row, column, down, across, {"start": begin, "end": stop}))
        column += across
        columns, rows = max(columns, column), row + 1
    kept = tuple(cell._replace(rowspan=min(cell.rowspan, rows - cell.row)) for cell in cells)
    return Grid(kept, rows, columns, None, {"start": found.start(), "end": found.end()})


def _pieces(text: str, found: re.Match[str]) -> Iterator[Piece]:
    """Rows as they begin, and cells; a line that begins neither goes on with the cell above."""
    open_cell: Piece | None = None
    _, *lines = _LINE.finditer(text, found.start(), found.end())
    for line in lines:
        row, cell = _ROW.match(line[0]), _CELL.match(line[0])
        if row is None and cell is None:
            open_cell = open_cell and (open_cell[0], open_cell[1], line.end())
            continue
        if open_cell is not None:
            yield open_cell
        open_cell = None
        if row is not None:
            yield "row", line.start(), line.end()
        elif cell is not None and line is not lines[-1] and _CAPTION.match(line[0]) is None:
            parts = re.split(r"\|\||!!" if cell[1] == "!" else r"\|\|", line[0][cell.end() :])
            places = accumulate((len(part) + len("||") for part in parts), initial=line.start() + cell.end())
            *whole, open_cell = [("cell", at, at + len(part)) for at, part in zip(places, parts, strict=False)]
            yield from whole


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of what a cell prints, without blanks and marks of bold and slanted letters at its ends."""
    edge = _EDGE.match(text, start, end)
    start = edge.end() if edge else start
    bare = text[start:end]
    while bare and (shorter := bare.rstrip().removesuffix("'''").removesuffix("''")) != bare:
        bare = shorter
    return start, start + len(bare)
