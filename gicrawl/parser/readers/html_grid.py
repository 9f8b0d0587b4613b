"""Tables of a browser's tree: which of them are data, and where their cells stand.

Cells are placed as the HTML Standard's algorithm for forming a table says (WHATWG HTML §4.9.12), with its limits for
spans: `colspan` 1-1000, `rowspan` 0-65534 where 0 reaches to the end of the row group, digits at the start of the
attribute count (`2px` is 2) and anything else is 1.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from turbohtml import Axis, Element

from gicrawl.parser.document import Grid, GridCell
from gicrawl.parser.readers.html_text import SPACE, Inside, cell_text, collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
_USUAL_SPANS: Final = {str(number): number for number in range(1, 33)}
_LARGE: Final = 60  # cells: a smaller table has no twin that would have to be told from it
_HIDING: Final = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_NO_ROW: Final = "-"
_BLANK: Final = "\xa0\u3000 "
_FIGURE: Final = re.compile(r"\s*[-+−]?\d")
_USUAL_CELLS: Final = 1000
"""Cells up to which the places of a table are kept for the next one that is cut like it."""


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


class _Places(NamedTuple):
    """Where the cells of a table stand.

    Attributes:
        paths: within the table, of each cell in the order they are written, but those of a foot last.
        cells: rows, columns, rows covered and columns covered, each of all cells in that order.
        cut: there were too many spans, and some of them were cut.
    """

    paths: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    rows: int
    columns: int
    cut: bool


_Group: TypeAlias = "tuple[str, tuple[str, ...]]"
"""A row group: its path within the table, and for each of its rows its cells, `d` or `h` for each; those that are not
shown are `D` and `H`, a row that is not shown is `-`."""
_Span: TypeAlias = "tuple[int, int, int | None]"
"""Number of a cell, how many columns it covers, and what its `rowspan` says."""


def read_grid(table: Element, inside: Inside, spanning: set[Element], gone: set[Element]) -> tuple[Grid, bool]:
    """Place the cells of `table`.

    Args:
        table: a table of the tree a browser builds (rows always stand in a row group).
        inside: what the elements of the tree hold.
        spanning: the elements of the tree with a `colspan` or `rowspan`; asking every cell would take longer.
        gone: the rows and cells of the tree that are not shown.

    Returns:
        The grid, with paths of its cells as evidence, and whether spans were cut because there were too many.
    """
    caption, groups = _groups(table, inside)
    elements: list[Element] = []
    shapes: list[_Group] = []
    only_data = table.find("th") is None
    for path, group in groups:
        rows: list[str] = []
        for row in group.find_all("tr", axis=Axis.CHILDREN):
            if only_data:
                cells = row.find_all("td", axis=Axis.CHILDREN)
                rows.append("d" * len(cells))
            else:
                cells = row.find_all(["td", "th"], axis=Axis.CHILDREN)
                rows.append("".join(["d" if cell.tag == "td" else "h" for cell in cells]))
            if gone:
                rows[-1], cells = _shown(row, rows[-1], cells, gone)
            elements += cells
        shapes.append((path, tuple(rows)))
    spans = [
        (number, _columns(cell.attr("colspan")), _number(cell.attr("rowspan")))
        for number, cell in enumerate(elements)
        if cell in spanning
    ]
    place = _placed_once if len(elements) <= _USUAL_CELLS else _placed
    places = place(tuple(shapes), tuple(spans))
    base = table.xpath_path()
    evidence = [{"path": base + path} for path in places.paths]
    told = zip(_texts(elements, inside), *places.cells, evidence, strict=True)
    # as the call of a named tuple does it, in a fifth of its time: a page has hundreds
    grid = tuple(map(tuple.__new__, repeat(GridCell), told))
    hidden = len(grid) >= _LARGE and _is_hidden(table)
    height = places.rows
    last = elements[-1].parent if elements else None
    if isinstance(last, Element) and last.attr("height") == "0":
        grid, height = _without_ruler(grid, height)
    width = places.columns
    if grid and (_has_room(grid[0]) or _has_room(grid[-1])):
        grid, width = _without_room(grid, width)
    return Grid(grid, height, width, caption, {"path": base}, hidden), places.cut


def _shown(row: Element, tags: str, cells: list[Element], gone: set[Element]) -> tuple[str, list[Element]]:
    """The cells of a row that are shown, and what is left of the row."""
    if row in gone:
        return _NO_ROW, []
    told = "".join([tag.upper() if cell in gone else tag for tag, cell in zip(tags, cells, strict=True)])
    return told, [cell for cell in cells if cell not in gone]


def _has_room(cell: GridCell) -> bool:
    return cell.colspan == 1 and not cell.text.strip(_BLANK)


def _without_room(cells: tuple[GridCell, ...], columns: int) -> tuple[tuple[GridCell, ...], int]:
    """A table without a first or last column that has neither a head nor anything else in any row.

    Spreadsheets leave such columns around a table that is pasted from them: room, not cells without a number. A part of
    a table may have columns without a number too; it has no head, words beside words that end where the table does.
    """
    filled = [cell for cell in cells if cell.text.strip(_BLANK)]
    first = min([cell.column for cell in filled], default=0)
    end = max([cell.column + cell.colspan for cell in filled], default=columns)
    rows = {cell.row for cell in filled}
    reach = max([cell.column + cell.colspan for cell in cells if cell.row in rows], default=columns)
    last = [cell for cell in filled if cell.column + cell.colspan == end and not _FIGURE.match(cell.text)]
    headed = any(other.row == cell.row and other.column < cell.column for cell in last for other in filled)
    if first > 1 or reach > end + 1 or not headed:
        return cells, columns
    kept = []
    for cell in cells:
        left, right = max(cell.column, first), min(cell.column + cell.colspan, end)
        if left < right:
            kept.append(cell._replace(column=left - first, colspan=right - left))
    return tuple(kept), end - first


def _without_ruler(cells: tuple[GridCell, ...], rows: int) -> tuple[tuple[GridCell, ...], int]:
    """A table without the last row that Word writes for other browsers to measure its columns by, of no height."""
    above = tuple(cell for cell in cells if cell.row < rows - 1)
    ruler = cells[len(above) :]
    if any(cell.text.strip("\xa0 ") for cell in ruler) or any(cell.row + cell.rowspan >= rows for cell in above):
        return cells, rows
    return above, rows - 1


def _is_hidden(table: Element) -> bool:
    """Whether its own mark-up says that a table is not shown; what style sheets say is not looked at."""
    node: object = table
    while isinstance(node, Element):
        if node.attr("hidden") is not None or _HIDING.search(str(node.attr("style") or "")):
            return True
        node = node.parent
    return False


def _groups(table: Element, inside: Inside) -> tuple[str | None, list[tuple[str, Element]]]:
    """The caption of a table and its row groups with their paths; a foot comes last wherever it stands."""
    caption: str | None = None
    counters: dict[str, int] = {}
    groups: list[tuple[str, Element]] = []
    feet: list[tuple[str, Element]] = []
    for child in table.children:
        if not isinstance(child, Element):
            continue
        tag = child.tag
        number = counters[tag] = counters.get(tag, 0) + 1
        if tag == "caption" and caption is None:
            caption = cell_text(child, inside) or None
        elif tag == "tfoot":
            feet.append((f"/tfoot[{number}]", child))
        elif tag in {"tbody", "thead"}:
            groups.append((f"/{tag}[{number}]", child))
    return caption, groups + feet


def _texts(cells: Sequence[Element], inside: Inside) -> Iterator[str]:
    """The text of each cell."""
    special, several = inside.marked.get, inside.several
    for cell in cells:
        text, within = cell.text, special(cell)
        if within is not None:
            text = text.strip(SPACE)
            # Cells pasted from Word hold one paragraph, and nothing but white space around it.
            if cell in several or within.tag != "p" or within.text != text:
                yield cell_text(cell, inside)
                continue
        yield text if text.isalnum() else collapse(text)  # most cells are a number


def _placed(groups: tuple[_Group, ...], spans: tuple[_Span, ...]) -> _Places:
    """Where cells stand, by their rows and those of them that cover several columns or rows."""
    cells: list[tuple[str, int, int, int, int]] = []
    covering = {number: (across, down) for number, across, down in spans}
    budget = _MOST_SPANS
    top = 0
    for path, rows in groups:
        carried: list[tuple[int, int, int]] = []  # (first column, column after, first row free again), in order
        shown = [(number, tags) for number, tags in enumerate(rows, 1) if tags != _NO_ROW]
        bottom = top + len(shown)
        for row, (numbered, tags) in enumerate(shown, top):
            if carried:
                budget -= len(carried)
                carried = sorted(span for span in carried if span[2] > row) if budget >= 0 else []
            passed = 0  # spans from above that lie left of `column`
            begun: list[tuple[int, int, int]] = []
            column = 0
            counters = {"d": 0, "h": 0}
            for kind in tags:
                tag = kind.lower()
                counters[tag] += 1
                if kind != tag:
                    continue
                while passed < len(carried) and carried[passed][0] <= column:
                    column = max(column, carried[passed][1])
                    passed += 1
                across, down = covering.get(len(cells), (1, 1))
                down = _rows(down, bottom - row)
                if down > 1:
                    begun.append((column, column + across, row + down))
                cells.append((f"{path}/tr[{numbered}]/t{tag}[{counters[tag]}]", row, column, down, across))
                column += across
            carried += begun
        top = bottom
    columns = max([column + across for _, _, column, _, across in cells], default=0)
    if columns > _PLAUSIBLE_COLUMNS:
        columns = max(column for _, _, column, _, _ in cells) + 1
        cells = [(path, row, at, down, min(across, columns - at)) for path, row, at, down, across in cells]
    paths, *others = zip(*cells, strict=True) if cells else ((), (), (), (), ())
    return _Places(paths, tuple(others), top, columns, budget < 0)


_placed_once = lru_cache(maxsize=128)(_placed)
"""The same, kept: the tables of a form are cut alike in many documents."""


def _columns(colspan: object) -> int:
    across = _number(colspan)
    return 1 if not across else min(across, _MOST_COLUMNS_SPANNED)


def _rows(down: int | None, left: int) -> int:
    return 1 if down is None else left if down == 0 else min(down, _MOST_ROWS_SPANNED, left)


def _number(value: object) -> int | None:
    """The HTML Standard's rules for parsing non-negative integers; digits beyond any limit are not converted."""
    if not isinstance(value, str):
        return None
    if value in _USUAL_SPANS:
        return _USUAL_SPANS[value]
    if value.isascii() and value.isdecimal():
        return int(value[:9])
    match = _SPAN.match(value)
    return None if match is None else int(match[1][:9])


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
        blanks = len(cells) - len(words)  # a label and nothing behind it: the last row of a table, left empty
        return max(len(words), blanks if words else 0) > _BAR_CELLS or any(word.isdecimal() for word in words)
    return True
