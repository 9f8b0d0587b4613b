"""Tables that a page makes of boxes: elements laid out as rows, each with an element for every cell.

Such a table has no spans: a cell that reaches over several rows stands in the first of them only. Its rows are
therefore lines of fields, in which an empty cell is one, and no grid whose columns would be at wrong places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from turbohtml import Element, Text

from gicrawl.parser.document import Field, Line
from gicrawl.parser.readers.html_text import EMPTY, Inside, cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turbohtml import Document as Tree
    from turbohtml import Node

_ROWS: Final = frozenset(["dd", "div", "dl", "li", "ol", "section", "ul"])
_CELLS: Final = frozenset(["dd", "div", "dt", "li", "section"])
_CELL_CLASS: Final = re.compile(r"(?:^|[\s_-])(?:td|th|cell|col|column)(?:$|[\s_\d-])", re.IGNORECASE)
_ROW_STYLE: Final = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid|table-row)", re.IGNORECASE)
_CELL_STYLE: Final = re.compile(
    r"display\s*:\s*(?:inline-block|table-cell|inline-flex|block)|(?:^|;)\s*(?:float|flex|width)\s*:", re.IGNORECASE
)
_FEWEST_CELLS: Final = 2  # a label and a figure
_MOST_CELLS: Final = 20
_LONGEST: Final = 120  # characters of a cell
_FIGURE: Final = re.compile(r"[-+−＋－]?[\d,，]+(?:[.．]\d+)?|[-—－/／]|")
"""What a cell of figures holds, perhaps nothing."""
_LEAST: Final = 8
"""Rows with figures that make a page one of such tables."""
_Cells: TypeAlias = "list[Element]"


def rows_of(tree: Tree) -> dict[Node, _Cells]:
    """The rows of all such tables of a page, each with its cells; nothing where they are few."""
    rows: dict[Node, _Cells] = {}
    around: set[Node] = set()
    figures = 0
    for table in reversed(list(tree.iter_elements(_ROWS))):  # what stands within another comes first
        if table in around:
            continue
        boxes = [node for node in table.children if isinstance(node, Element)]
        found = [(box, cells) for box in boxes if box not in around and (cells := _cells_of(box))]
        if len(found) * 2 < max(len(boxes), 3):
            continue
        told = sum(any(map(_is_figure, cells)) for _, cells in found)
        if told and len({box.tag for box, _ in found}) == 1:
            figures += told
            rows.update(found)
            around.update([table, *table.ancestors])
    if figures < _LEAST:
        return {}
    return rows | _like(tree, rows, around)


def line_of(row: Element, cells: Sequence[Element], inside: Inside) -> Line:
    """A row as a line, with the place of every cell in the text of the row.

    Args:
        row: as found by `rows_of`.
        cells: of it.
        inside: what the elements of its tree hold.
    """
    fields = []
    at = 0
    ours = set(cells)
    for node in row.children:
        text = node.data if isinstance(node, Text) else node.text if isinstance(node, Element) else ""
        if node in ours and isinstance(node, Element):
            fields.append(Field(cell_text(node, inside).strip(EMPTY), at + len(text) - len(text.lstrip(EMPTY))))
        at += len(text)
    return Line(tuple(fields), row.xpath_path())


def _like(tree: Tree, rows: dict[Node, _Cells], around: set[Node]) -> dict[Node, _Cells]:
    """Rows that stand apart and are marked as those of the tables: a header in a box of its own."""
    marks = {(row.tag, row.attr("class"), row.attr("style")) for row in rows if isinstance(row, Element)}
    within = {cell for cells in rows.values() for cell in cells}
    return {
        box: cells
        for box in tree.iter_elements(_ROWS)
        if box not in rows
        and box not in around
        and (box.tag, box.attr("class"), box.attr("style")) in marks
        and within.isdisjoint([box, *box.ancestors])
        and (cells := _cells_of(box))
    }


def _cells_of(row: Element) -> _Cells:
    """The cells of a row; none where it is no row: it holds something else, or too much."""
    if row.tag not in _ROWS:
        return []
    cells = []
    laid_out = _ROW_STYLE.search(row.attr("style") or "") is not None
    for node in row.children:
        if isinstance(node, Text):
            if node.data.strip(EMPTY):
                return []
        elif isinstance(node, Element):
            if node.tag not in _CELLS and not (node.tag == "span" and (laid_out or _is_cell(node))):
                return []
            cells.append(node)
    if not _FEWEST_CELLS <= len(cells) <= _MOST_CELLS or any(len(cell.text) > _LONGEST for cell in cells):
        return []
    return cells


def _is_cell(span: Element) -> bool:
    """Whether an inline element is laid out as a cell."""
    return (
        _CELL_STYLE.search(span.attr("style") or "") is not None
        or _CELL_CLASS.search(str(span.attr("class") or "")) is not None
    )


def _is_figure(cell: Element) -> bool:
    return _FIGURE.fullmatch(cell.text.strip(EMPTY)) is not None
