"""Tables that were printed in another shape than the form's: turned by a quarter, or cut in their width.

What the form sets as seven columns of some twenty rows is wide for a telephone and narrow for a sheet on its side. Some
turn it, applicants down and outcomes across; some print its first columns, and below them its labels again with the
others. Small tables are put side by side in one. All are the tables of the form once their cells are put back; each
keeps the place where it stands in the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.labels import ANCHOR, han_columns
from gicrawl.parser.align.stream import han
from gicrawl.parser.document import Grid
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.parser.document import Block, Document, GridCell

_WIDE: Final = 15  # columns of a turned table at least: a row of the form each
_NARROW: Final = 16  # rows of one at most: its headings, and a column of the form each
_LONG: Final = 15  # rows with the same labels that both pieces of a cut table have at least
_NAMED: Final = 5  # of the form's columns, as labels of rows
_BESIDE: Final = 4  # columns of two tables beside each other at least: a label and a figure each
_ARTICLE: Final = "二十条"
_HEAD: Final = re.compile("第?二十条第[一二三四五六七八九十]{1,2}[项款]?")
"""How the heading of each small table begins, and ends."""
_BETWEEN: Final = 12  # Han characters of what may stand between two pieces: （续表）, 附表三（续）


def reshaped(document: Document) -> Document:
    """A document with the tables of another shape in that of the form; itself where there are none."""
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    if any(_heads(grid) for grid in grids):
        document = _with_pieces(document)
    if any(map(_is_turned, grids)):
        turned = [_turned(one) if isinstance(one, Grid) and _is_turned(one) else one for one in document.blocks]
        document = replace(document, blocks=tuple(turned))
    if sum(grid.rows >= _LONG for grid in grids) > 1:
        return _joined(document)
    return document


@cache
def _names() -> frozenset[str]:
    """The columns of wide tables: 自然人, 商业企业, 科研机构 …, 总计."""
    tables = [table for form in load_forms() for table in form.tables if table.layout == "rows"]
    return frozenset(name for table in tables if len(table.columns) > _NAMED for name in han_columns(table))


def _is_turned(grid: Grid) -> bool:
    """Whether the columns of the form stand below each other and nowhere beside each other."""
    if grid.columns < _WIDE or not _NAMED <= grid.rows <= _NARROW:
        return False
    named = [cell for cell in grid.cells if han(cell.text) in _names()]
    rows = {cell.row for cell in named}
    return len(rows) >= _NAMED and len(rows) == len(named)


def _turned(grid: Grid) -> Grid:
    """A table with its rows as columns."""
    cells = [
        cell._replace(row=cell.column, column=cell.row, rowspan=cell.colspan, colspan=cell.rowspan)
        for cell in grid.cells
    ]
    return _grid(grid, cells)


def _grid(like: Grid, cells: Iterable[GridCell]) -> Grid:
    ordered = tuple(sorted(cells, key=attrgetter("row", "column")))
    return Grid(
        cells=ordered,
        rows=max(cell.row + cell.rowspan for cell in ordered),
        columns=max(cell.column + cell.colspan for cell in ordered),
        caption=like.caption,
        evidence=like.evidence,
        hidden=like.hidden,
    )


def _heads(grid: Grid) -> dict[int, list[int]]:
    """The rows where several small tables begin beside each other, and the columns where they do; mostly none."""
    if grid.columns < _BESIDE:
        return {}
    rows: dict[int, list[int]] = {}
    for cell in grid.cells:
        if _ARTICLE in cell.text and _HEAD.fullmatch(han(cell.text)):
            rows.setdefault(cell.row, []).append(cell.column)
    return rows if any(len(columns) > 1 for columns in rows.values()) else {}


def _with_pieces(document: Document) -> Document:
    """The document with tables that one table has side by side below each other."""
    out: list[Block] = []
    more: list[tuple[int, int]] = []  # before which block, and how many blocks more there are
    for number, block in enumerate(document.blocks):
        pieces = list(_pieces(block, heads)) if isinstance(block, Grid) and (heads := _heads(block)) else [block]
        out += pieces
        more.append((number, len(pieces) - 1))
    pictures = [one._replace(at=one.at + sum(add for at, add in more if at < one.at)) for one in document.pictures]
    return replace(document, blocks=tuple(out), pictures=tuple(pictures))


def _pieces(grid: Grid, heads: dict[int, list[int]]) -> Iterator[Grid]:
    """The tables that stand in one, from the rows where they begin; itself where a cell is of two of them."""
    begins = sorted({0, *heads})
    found = []
    for begin, end in pairwise([*begins, grid.rows]):
        columns = [0, *sorted(heads.get(begin, []))[1:], grid.columns]
        for left, right in pairwise(columns):
            cells = [cell for cell in grid.cells if begin <= cell.row < end and left <= cell.column < right]
            if any(cell.row + cell.rowspan > end or cell.column + cell.colspan > right for cell in cells):
                yield grid
                return
            last = max((cell.row for cell in cells if cell.text.strip()), default=-1)
            kept = [cell for cell in cells if cell.row <= last]
            found.append([cell._replace(row=cell.row - begin, column=cell.column - left) for cell in kept])
    yield from (_grid(grid, cells) for cells in found if cells)


def _joined(document: Document) -> Document:
    """The document with the pieces of cut tables side by side, where the first of them stands."""
    out: list[Block] = []
    first: Grid | None = None  # the last table
    at = 0  # where it stands in `out`
    moved: list[int] = []
    for number, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            if first is not None and (labels := _labels_of(first, block)):
                out[at] = first = _beside(first, block, labels)
                moved.append(number)
                continue
            first, at = block, len(out)
        elif len(han(block.text)) > _BETWEEN:
            first = None
        out.append(block)
    if not moved:
        return document
    pictures = [one._replace(at=one.at - sum(number < one.at for number in moved)) for one in document.pictures]
    return replace(document, blocks=tuple(out), pictures=tuple(pictures))


def _labels_of(first: Grid, second: Grid) -> int:
    """How many columns of labels a second piece of a table repeats; 0 where it is none."""
    if first.rows != second.rows or first.rows < _LONG:
        return 0
    width, long = second.columns, 0
    for one, other in zip(_rows(first), _rows(second), strict=True):
        same = _repeated(one, other)
        if not same or not han(same[0].text):
            return 0
        long += any(len(han(cell.text)) >= ANCHOR for cell in same)
        width = min(width, max(cell.column + cell.colspan for cell in same))
    if long < _LONG or width >= second.columns:
        return 0
    heads = [
        {han(cell.text) for cell in grid.cells if cell.colspan == 1 and cell.column >= width}
        for grid in (first, second)
    ]
    named = [names & _names() for names in heads]
    return width if all(named) and named[0].isdisjoint(named[1]) else 0


def _rows(grid: Grid) -> Sequence[list[GridCell]]:
    """The cells of each row, with those that reach into it from above."""
    ordered = sorted(grid.cells, key=attrgetter("row", "column"))
    own = {row: list(cells) for row, cells in groupby(ordered, key=attrgetter("row"))}
    reaching: list[GridCell] = []
    out = []
    for row in range(grid.rows):
        reaching = [cell for cell in reaching if cell.row + cell.rowspan > row] + own.get(row, [])
        out.append(sorted(reaching, key=attrgetter("column")))
    return out


def _repeated(one: Sequence[GridCell], other: Sequence[GridCell]) -> list[GridCell]:
    """The cells that two rows begin with alike."""
    same = []
    for cell, again in zip(one, other, strict=False):
        if (cell.column, cell.colspan, _said(cell)) != (again.column, again.colspan, _said(again)):
            break
        same.append(again)
    return same


def _said(cell: GridCell) -> str:
    return han(cell.text) or cell.text


def _beside(first: Grid, second: Grid, labels: int) -> Grid:
    """Both pieces as one table; of the second what stands behind its labels."""
    behind = [
        cell._replace(column=cell.column - labels + first.columns) for cell in second.cells if cell.column >= labels
    ]
    return _grid(first, [*first.cells, *behind])
