"""Tables of a browser's tree: which of them are data, and where their cells stand.

Cells are placed as the HTML Standard's algorithm for forming a table says (WHATWG HTML §4.9.12), with its limits for
spans: `colspan` 1-1000, `rowspan` 0-65534 where 0 reaches to the end of the row group, digits at the start of the
attribute count (`2px` is 2) and anything else is 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from turbohtml import Axis, Element

from gicrawl.parser.document import Grid, GridCell
from gicrawl.parser.readers.html_text import Inside, cell_text, collapse

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPAN: Final = re.compile(r"[ \t\n\f\r]*\+?([0-9]+)")
_MOST_COLUMNS_SPANNED: Final = 1000
_MOST_ROWS_SPANNED: Final = 65534

_MOST_SPANS: Final = 1_000_000
"""Rows times spans reaching into them, in one table; a statutory one has a few dozen. Beyond, they reach no further."""
_PLAUSIBLE_COLUMNS: Final = 64
"""A wider table is so only by absurd spans, which are cut at the last column where a cell begins."""
_LONG_TEXT: Final = 800
"""Characters in one cell that no statutory table has: such a cell holds an article."""
_FEW_CELLS: Final = 8
_TINY_TEXT: Final = 20
_TINY_CELLS: Final = 4
_BAR_CELLS: Final = 3


def containers(tables: Iterable[Element]) -> set[Element]:
    """Tables that hold other tables: layout, to be read through rather than as a grid.

    A tiny table inside a cell (one cell, or a few with hardly any text) is only a way of writing a number and does
    not make the table around it layout.
    """
    outer: set[Element] = set()
    for table in tables:
        around = _table_around(table)
        if around is None or around in outer:
            continue
        if not _is_tiny(table):
            outer.add(around)
    # A table around a container is one as well, even where what lies between is tiny.
    for table in list(outer):
        around = _table_around(table)
        while around is not None and around not in outer:
            outer.add(around)
            around = _table_around(around)
    return outer


def _table_around(table: Element) -> Element | None:
    node = table.parent
    while isinstance(node, Element):
        if node.tag == "table":
            return node
        node = node.parent
    return None


def _is_tiny(table: Element) -> bool:
    cells = len(table.find_all(["td", "th"], limit=_TINY_CELLS + 1))
    return cells <= 1 or (cells <= _TINY_CELLS and len(table.text.strip()) <= _TINY_TEXT)


@dataclass(slots=True)
class _Placing:
    """What the placing of a table's cells needs and what came of it."""

    inside: Inside
    spanning: set[Element]
    cells: list[GridCell] = field(default_factory=list)
    budget: int = _MOST_SPANS


def read_grid(table: Element, inside: Inside, spanning: set[Element]) -> tuple[Grid, bool]:
    """Place the cells of `table`.

    Args:
        table: a table of the tree a browser builds (rows always stand in a row group).
        inside: what the elements of the tree hold.
        spanning: the elements of the tree with a `colspan` or `rowspan`; asking every cell would take longer.

    Returns:
        The grid, with paths of its cells as evidence, and whether spans were cut because there were too many.
    """
    base = table.xpath_path()
    placing = _Placing(inside, spanning)
    caption: str | None = None
    counters: dict[str, int] = {}
    feet: list[tuple[str, Element]] = []
    top = 0
    for child in table.children:
        if not isinstance(child, Element):
            continue
        tag = child.tag
        number = counters[tag] = counters.get(tag, 0) + 1
        if tag == "caption" and caption is None:
            caption = cell_text(child, inside) or None
        elif tag == "tfoot":
            feet.append((f"{base}/tfoot[{number}]", child))  # its rows come last wherever it is written
        elif tag in {"tbody", "thead"}:
            top = _read_group(f"{base}/{tag}[{number}]", child, top, placing)
    for path, foot in feet:
        top = _read_group(path, foot, top, placing)
    cells, columns = _without_absurd_columns(placing.cells)
    return Grid(tuple(cells), top, columns, caption, {"path": base}), placing.budget < 0


def _read_group(path: str, group: Element, top: int, placing: _Placing) -> int:
    """Place the rows of one row group below row `top`; spans end with the group. Returns the next free row."""
    cells, inside, spanning = placing.cells, placing.inside, placing.spanning
    holds, append, make = inside.marked, cells.append, tuple.__new__
    rows = group.find_all("tr", axis=Axis.CHILDREN)
    bottom = top + len(rows)
    carried: list[tuple[int, int, int]] = []  # (first column, column after, first row that is free again), in order
    for row, tr in enumerate(rows, top):
        if carried:
            placing.budget -= len(carried)
            carried = sorted(span for span in carried if span[2] > row) if placing.budget >= 0 else []
        passed = 0  # spans from above that lie left of `column`
        begun: list[tuple[int, int, int]] = []
        column = data_cells = head_cells = 0
        stem = f"{path}/tr[{row - top + 1}]"
        for cell in tr.find_all(["td", "th"], axis=Axis.CHILDREN):
            if cell.tag == "td":
                data_cells += 1
                place = f"{stem}/td[{data_cells}]"
            else:
                head_cells += 1
                place = f"{stem}/th[{head_cells}]"
            while passed < len(carried) and carried[passed][0] <= column:
                column = max(column, carried[passed][1])
                passed += 1
            colspan = rowspan = 1
            if cell in spanning:
                attrs = cell.attrs
                colspan, rowspan = _spans(attrs.get("colspan"), attrs.get("rowspan"), bottom - row)
                if rowspan > 1:
                    begun.append((column, column + colspan, row + rowspan))
            if cell in holds:
                text = cell_text(cell, inside)
            elif not (text := cell.text).isalnum():  # most cells are a number
                text = collapse(text)
            # as the call of a named tuple does it, in a third of its time: a page has hundreds
            append(make(GridCell, (text, row, column, rowspan, colspan, {"path": place})))
            column += colspan
        carried += begun
    return bottom


def _spans(colspan: object, rowspan: object, rows_left: int) -> tuple[int, int]:
    across = _number(colspan)
    down = _number(rowspan)
    columns = 1 if not across else min(across, _MOST_COLUMNS_SPANNED)
    rows = 1 if down is None else rows_left if down == 0 else min(down, _MOST_ROWS_SPANNED, rows_left)
    return columns, rows


def _number(value: object) -> int | None:
    """The HTML Standard's rules for parsing non-negative integers; digits beyond any limit are not converted."""
    if not isinstance(value, str):
        return None
    if value.isascii() and value.isdecimal():
        return int(value[:9])
    match = _SPAN.match(value)
    return None if match is None else int(match[1][:9])


def _without_absurd_columns(cells: list[GridCell]) -> tuple[list[GridCell], int]:
    columns = max([cell.column + cell.colspan for cell in cells], default=0)
    if columns <= _PLAUSIBLE_COLUMNS:
        return cells, columns
    edge = max(cell.column for cell in cells) + 1
    cut = [
        cell
        if cell.column + cell.colspan <= edge
        else GridCell(cell.text, cell.row, cell.column, cell.rowspan, edge - cell.column, cell.evidence)
        for cell in cells
    ]
    return cut, edge


def is_data(grid: Grid) -> bool:
    """Whether a table without tables in it holds data: a frame around an article, a bar or a column of text does not.

    In doubt it does: a lost table is worse than a strange grid.
    """
    cells = grid.cells
    if len(cells) <= 1 or all(cell.column == 0 for cell in cells):
        return False
    if len(cells) <= _FEW_CELLS and any(len(cell.text) > _LONG_TEXT for cell in cells):
        return False
    if grid.rows == 1:
        # A row cut off by a page break is data; a bar of date and source above the article is a line of text.
        words = [text for cell in cells if (text := cell.text.strip("\xa0\u3000 "))]
        return len(words) > _BAR_CELLS or any(word.isdecimal() for word in words)
    return True
