"""Tables that were printed in another shape than the form's: turned by a quarter, or cut in their width.

What the form sets as seven columns of some twenty rows is wide for a telephone and narrow for a sheet on its side. Some
turn it, applicants down and outcomes across; some print its first columns, and below them its labels again with the
others. Both are the table of the form once their cells are put back; each keeps the place where it stands in the file.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.labels import ANCHOR, han_columns
from gicrawl.parser.align.stream import han
from gicrawl.parser.document import Grid
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.document import Block, Document, GridCell

_WIDE: Final = 15  # columns of a turned table at least: a row of the form each
_NARROW: Final = 16  # rows of one at most: its headings, and a column of the form each
_LONG: Final = 15  # rows with the same labels that both pieces of a cut table have at least
_NAMED: Final = 5  # of the form's columns, as labels of rows
_BETWEEN: Final = 12  # Han characters of what may stand between two pieces: （续表）, 附表三（续）


def reshaped(document: Document) -> Document:
    """A document with the tables of another shape in that of the form; itself where there are none."""
    grids = [block for block in document.blocks if isinstance(block, Grid)]
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
