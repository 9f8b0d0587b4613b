"""Documents whose whole text stands in one table: title, headings and sentences in rows of their own.

So are workbooks saved as pages, and articles that an editor put into a frame. Rows that hold one text are lines of the
document, as they are in a sheet; what lies between them are its tables.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid, Paragraph
from gicrawl.parser.readers.sheets import Merge, Sheet, SheetsTooLargeError, blocks_of, heads_a_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block, Document

_LITTLE: Final = 300  # characters beside the table of a document whose text stands in it: menus, a date
_LARGE: Final = 60  # cells: the table above an article that names its issuer and date has fewer


def opened(document: Document) -> Document:
    """A document with the rows of text in its one table as paragraphs; itself where its text stands outside.

    Args:
        document: as its reader made it.
    """
    if sum([len(block.text) for block in document.blocks if isinstance(block, Paragraph)]) >= _LITTLE:
        return document
    grids = [block for block in document.blocks if isinstance(block, Grid) and len(block.cells) > _LARGE]
    if len(grids) != 1 or not any(heads_a_part(cell.text) for cell in grids[0].cells):
        return document
    blocks: list[Block] = []
    for block in document.blocks:
        blocks += _taken_apart(block) if block is grids[0] else [block]
    return replace(document, blocks=tuple(blocks))


def _taken_apart(grid: Grid) -> Sequence[Block]:
    sheet = Sheet("")
    for cell in grid.cells:
        sheet.places[cell.row, cell.column] = cell.evidence
        if cell.text.strip():
            sheet.cells[cell.row, cell.column] = cell.text
            if cell.rowspan > 1 or cell.colspan > 1:
                bottom, right = cell.row + cell.rowspan - 1, cell.column + cell.colspan - 1
                sheet.merges.append(Merge(cell.row, cell.column, bottom, right))
    try:
        found = list(blocks_of(sheet))
    except SheetsTooLargeError:
        return [grid]
    return [block._replace(evidence=grid.evidence) if isinstance(block, Grid) else block for block in found]
