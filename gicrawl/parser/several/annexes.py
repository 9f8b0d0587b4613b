"""Tables that an annex behind the report prints once more with other figures: those of its office, of a body below it.

What stands under the report's own headings is the report's. An annex that alone has the tables is read as ever, and so
is one that says it sums up all below the body (`twins`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.tables import raw_grid
from gicrawl.parser.document import Grid
from gicrawl.parser.identity.lines import squeezed_blocks
from gicrawl.parser.pictures.recognised import tables_of
from gicrawl.parser.report import State
from gicrawl.parser.several.twins import SUM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.report import Cell
    from gicrawl.parser.several.renditions import Part

_LINE: Final = 60  # characters
_LAST_PART: Final = re.compile(r"[五六]、.{2,36}")
_ANNEX: Final = re.compile(r"附(?:[件表录]|[0-9一二三四五][:、.]|:)(?:.*(?<!。))?")


def without_annex(part: Part) -> Part:
    """A file whose annex does not say anew what its report has said.

    Args:
        part: the file, read as a whole.

    Returns:
        The part itself where no annex stands behind it that has all of its tables in the report as well.
    """
    document = part.document
    if document is None or not part.has_cells or part.undecided:
        return part
    lines = squeezed_blocks(document)
    at = _annex(lines)
    if at is None or SUM.search(lines[at]):
        return part  # of the last `twins` knows whether it or the body's own is the report's
    annex = tables_of(_cut(document, at, len(lines)))
    own = tables_of(_cut(document, 0, at))
    repeated = _with_figures(annex.cells) or {cell.table for cell in annex.cells}  # those of a sample are empty
    if not repeated or not repeated <= _with_figures(own.cells):
        return part
    own.grids += [raw_grid(block) for block in document.blocks[at:] if isinstance(block, Grid)]
    return replace(part, document=_cut(document, 0, at), tables=own)


def _annex(lines: Sequence[str]) -> int | None:
    """Where the line stands that begins an annex behind the last parts of the report."""
    last_parts = False
    for at, line in enumerate(lines):
        if len(line) <= _LINE:
            if last_parts and line.startswith("附") and _ANNEX.fullmatch(line):
                return at
            last_parts = last_parts or _LAST_PART.fullmatch(line) is not None
    return None


def _cut(document: Document, start: int, stop: int) -> Document:
    return replace(document, blocks=document.blocks[start:stop])


def _with_figures(cells: Sequence[Cell]) -> set[str]:
    return {cell.table for cell in cells if cell.state is State.NUMBER}
