"""Text that is one sheet: every line has the same number of fields, parted by commas or semicolons (RFC 4180).

What spreadsheet programs and scripts save as CSV. Cells keep their character offsets in the text, empty ones too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.sheets import MOST_CELLS, Sheet

if TYPE_CHECKING:
    from gicrawl.parser.document import Evidence

_LEAST_ROWS: Final = 5
_LEAST_COLUMNS: Final = 3
"""Sentences of one comma each are no table of two columns."""
_END: Final = r"{mark}|\r?\n|\r|\Z"
_FIELD: Final = (
    rf'[ ]*"(?P<quoted>(?:[^"]|"")*+)"[ ]*(?P<after>{_END})'  # by RFC 4180: quotation marks within are doubled
    rf"|(?P<bare>[^{{mark}}\r\n]*)(?P<end>{_END})"
)
_FIELDS: Final = {mark: re.compile(_FIELD.replace("{mark}", mark)) for mark in (",", ";")}


def sheet_of(text: str) -> Sheet | None:
    """The sheet that a whole text is; None where its lines have different numbers of fields."""
    for mark in _FIELDS:
        if text.count(mark) >= (_LEAST_COLUMNS - 1) * _LEAST_ROWS and (sheet := _parted(text, mark)) is not None:
            return sheet
    return None


def _parted(text: str, mark: str) -> Sheet | None:
    cells: dict[tuple[int, int], str] = {}
    places: dict[tuple[int, int], Evidence] = {}
    row, column, columns, rows = 0, 0, None, 0
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text) or column:  # a field behind the last mark may be empty
        match = _FIELDS[mark].match(text, at)
        if match is None or len(places) >= MOST_CELLS:
            return None
        which = "bare" if match["quoted"] is None else "quoted"
        shown = match[which].strip()
        start = match.start(which) + (match[which].index(shown) if shown else 0)
        places[row, column] = {"start": start, "end": start + len(shown)}
        if shown:
            cells[row, column] = shown.replace('""', '"') if which == "quoted" else shown
        at = match.end()
        column += 1
        if (match["end"] if which == "bare" else match["after"]) == mark:
            continue
        if column > 1 or shown:  # an empty line is no row of one empty field
            if columns not in (None, column):
                return None
            columns, rows = column, rows + 1
        row, column = row + 1, 0
    if columns is None or columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        return None
    return Sheet("", cells, places=places)
