"""Sheets of workbooks as blocks: what is a table in them, what a line of text above or below it.

A sheet is one endless table; a report in it has a title over the whole width, sentences in merged cells, and tables
between empty rows. The file kinds (`xlsx`, `xls`, `ods`) only say what stands in which cell.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Document, Grid, GridCell, Paragraph, refused
from gicrawl.parser.readers.containers import ContainerError, LockedError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gicrawl.parser.document import Block, Evidence

MOST_CELLS: Final = 200_000
"""Cells with something in them, in a whole workbook; a report has some three hundred."""
MOST_SLOTS: Final = 1_000_000
"""Places of one table, the empty ones counted."""

_HEADING: Final = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])")
_PART: Final = re.compile(
    r"\s*[一二三四五六七]、\s*(?:总体情况|概述|主动公开政府信息|收到和处理政府信息|.{0,16}行政复议、行政诉讼|存在的?(?:主要)?问题|其[他它]需要)"
)
"""The heading of a part of the report: what follows it is text until a row has several cells."""
_LONG: Final = 40  # characters of a lone cell that make it a sentence
_LETTERS: Final = 26


class SheetsTooLargeError(Exception):
    """More cells than any report has."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells shown as one: rows and columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet as a person sees it.

    Attributes:
        name: on its tab.
        cells: text by row and column, both from 0; only cells that hold something.
        merges: cells shown as one.
        hidden_rows: rows nobody sees.
        hidden_columns: the same for columns.
        places: where each cell stands, empty ones too, for files that are text; else its row and column say it.
    """

    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    places: dict[tuple[int, int], Evidence] = field(default_factory=dict)


@dataclass(slots=True)
class _Region:
    """Rows that follow one another without an empty one between them."""

    sheet: Sheet
    cells: dict[tuple[int, int], str]
    merges: dict[tuple[int, int], Merge]
    rows: list[int]
    columns: list[int]
    joined: set[int]
    """Rows that a merged area above goes on into."""
    spoken: set[int]
    """Rows of the headings of parts and of the text below them, though nobody merged them over the width."""
    head: int
    """Row before which nothing but lines of text can stand; only at the top of a sheet there are such rows."""


def document_of(media_type: str, sheets: Sequence[Sheet], labels: tuple[tuple[str, str], ...] = ()) -> Document:
    """A workbook as a document.

    Args:
        media_type: of the workbook.
        sheets: those that are shown, in order.
        labels: properties of the file.
    """
    try:
        blocks = tuple(block for sheet in sheets for block in blocks_of(sheet))
    except SheetsTooLargeError:
        return too_large(media_type)
    problems: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = () if blocks else (("no_text", ()),)
    return Document(media_type, None, blocks, labels=labels, problems=problems)


def packed_workbook(media_type: str, sheets: Callable[[], Iterable[Sheet]]) -> Document:
    """A workbook in a ZIP container as a document, or the problem that its reading ended with.

    Args:
        media_type: of the workbook.
        sheets: reads those that are shown, in order.
    """
    try:
        return document_of(media_type, list(sheets()))
    except LockedError:
        return locked(media_type)
    except (TooLargeError, SheetsTooLargeError):
        return too_large(media_type)
    except ContainerError as error:
        return damaged(media_type, str(error))


def too_large(media_type: str) -> Document:
    """A workbook that is not read."""
    return refused(media_type, "sheet_too_large", ("limit", str(MOST_CELLS)))


def locked(media_type: str) -> Document:
    """A workbook under a password."""
    return refused(media_type, "docx_encrypted")


def damaged(media_type: str, part: str) -> Document:
    """A workbook that cannot be read."""
    return refused(media_type, "sheet_damaged", ("part", part))


def reference(row: int, column: int) -> str:
    """The name of a cell as spreadsheet programs show it, e.g. `C5` for row 4, column 2."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def heads_a_part(text: str) -> bool:
    """Whether a cell is the heading of a part of a report, and no row of a table."""
    return _PART.match(text) is not None


def blocks_of(sheet: Sheet) -> Iterator[Block]:
    """Grids and paragraphs of a sheet, in reading order.

    Raises:
        SheetsTooLargeError: a table has too many places.
    """
    for region in _regions(sheet):
        yield from _blocks(region)


def _regions(sheet: Sheet) -> Iterator[_Region]:
    cells = {
        place: text
        for place, text in sheet.cells.items()
        if place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_columns and text.strip()
    }
    if not cells:
        return
    filled = {row for row, _ in cells}
    lowest, rightmost = max(filled), max(column for _, column in cells)
    merges = {}
    covered = 0
    for merge in sheet.merges:
        # What a merged area shows stands in its upper left cell; where that is empty, nobody sees the area.
        if (merge.top, merge.left) in cells:
            cut = Merge(merge.top, merge.left, min(merge.bottom, lowest), min(merge.right, rightmost))
            covered += (cut.bottom - cut.top + 1) * (cut.right - cut.left + 1)
            if covered > MOST_SLOTS:
                raise SheetsTooLargeError(sheet.name)
            merges[cut.top, cut.left] = cut
            filled.update(range(cut.top, cut.bottom + 1))
    rows = sorted(row for row in filled if row not in sheet.hidden_rows)
    run: list[int] = []
    for row in rows:
        if run and any(between not in sheet.hidden_rows for between in range(run[-1] + 1, min(row, run[-1] + 999))):
            yield _region(sheet, cells, merges, run, top=run[0] == rows[0])
            run = []
        run.append(row)
    if run:
        yield _region(sheet, cells, merges, run, top=run[0] == rows[0])


def _region(
    sheet: Sheet, cells: dict[tuple[int, int], str], merges: dict[tuple[int, int], Merge], rows: list[int], *, top: bool
) -> _Region:
    within = set(rows)
    own = {place: text for place, text in cells.items() if place[0] in within}
    areas = {place: merge for place, merge in merges.items() if place[0] in within}
    # A column that shows nothing in any row has no head either: it is room between others, or behind all of them.
    columns = sorted({column for _, column in own})
    if len(columns) * len(rows) > MOST_SLOTS:
        raise SheetsTooLargeError(sheet.name)
    joined = {row for merge in areas.values() for row in range(merge.top + 1, merge.bottom + 1)}
    several = {row for row, column in own if column != columns[0]}
    head = next((row for row in rows if row in several), rows[0])
    return _Region(sheet, own, areas, rows, columns, joined, _spoken(own, rows, columns[0]), head if top else rows[0])


def _spoken(cells: dict[tuple[int, int], str], rows: list[int], first: int) -> set[int]:
    filled = Counter(row for row, _ in cells)
    found: set[int] = set()
    speaks = False
    for row in rows:
        alone = filled[row] == 1 and (row, first) in cells
        speaks = alone and (speaks or _PART.match(cells[row, first]) is not None)
        if speaks:
            found.add(row)
    return found


def _blocks(region: _Region) -> Iterator[Block]:
    """Lines of text above, between and below tables are paragraphs; all other rows are of a table."""
    lone = {row: column for row in region.rows if (column := _lone(region, row)) is not None}
    tabular = [row for row in region.rows if row not in lone]
    first, last = (tabular[0], tabular[-1]) if tabular else (region.rows[-1], region.rows[0])
    table: list[int] = []
    for row in region.rows:
        column = lone.get(row)
        of_table = first < row < last and row not in region.spoken
        if column is None or (of_table and not _HEADING.match(region.cells[row, column])):
            table.append(row)
            continue
        if table:
            yield _grid(region, table)
            table = []
        text = region.cells[row, column].strip()
        yield Paragraph(text, _place(region.sheet, row, column), heading=len(text) < _LONG)
    if table:
        yield _grid(region, table)


def _lone(region: _Region, row: int) -> int | None:
    """Column of the only text of a row that is no row of a table: over the whole width, too long, or above any."""
    columns = [column for column in region.columns if (row, column) in region.cells]
    if len(columns) != 1 or row in region.joined:
        return None
    column = columns[0]
    merge = region.merges.get((row, column), Merge(row, column, row, column))
    if merge.left <= region.columns[0] and merge.right >= region.columns[-1]:
        return column
    if merge.bottom != row:
        return None
    # Above the first row of several cells there is no row of a table: a title that nobody merged over the width.
    return column if row < region.head or row in region.spoken or len(region.cells[row, column]) >= _LONG else None


def _grid(region: _Region, rows: list[int]) -> Grid:
    row_of, column_of = {row: at for at, row in enumerate(rows)}, {c: at for at, c in enumerate(region.columns)}
    covered: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for row in rows:
        for column in region.columns:
            if (row, column) in covered or (region.sheet.places and (row, column) not in region.sheet.places):
                continue
            merge = region.merges.get((row, column), Merge(row, column, row, column))
            high = [r for r in range(row, merge.bottom + 1) if r in row_of]
            wide = [c for c in range(column, merge.right + 1) if c in column_of]
            covered.update((r, c) for r in high for c in wide)
            cells.append(
                GridCell(
                    text=region.cells.get((row, column), ""),
                    row=row_of[row],
                    column=column_of[column],
                    rowspan=len(high),
                    colspan=len(wide),
                    evidence=_place(region.sheet, row, column),
                )
            )
    area = _area(region.sheet, (rows[0], region.columns[0]), (rows[-1], region.columns[-1]))
    return Grid(tuple(cells), len(rows), len(region.columns), None, area)


def _place(sheet: Sheet, row: int, column: int) -> Evidence:
    if sheet.places:
        return dict(sheet.places[row, column])
    return {"sheet": sheet.name, "row": row, "column": column, "name": reference(row, column)}


def _area(sheet: Sheet, first: tuple[int, int], last: tuple[int, int]) -> Evidence:
    if sheet.places:
        start, end = sheet.places.get(first, {}), sheet.places.get(last, {})
        return {"start": start["start"], "end": end["end"]} if "start" in start and "end" in end else {}
    return {"sheet": sheet.name, "area": f"{reference(*first)}:{reference(*last)}"}
