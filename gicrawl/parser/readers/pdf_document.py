"""All pages of a PDF put together: the only module that opens one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pypdfium2
from pypdfium2 import raw

from gicrawl.parser.document import Field, GridCell, Line, Paragraph
from gicrawl.parser.readers.pdf_fonts import stand_in
from gicrawl.parser.readers.pdf_grid import find_tables
from gicrawl.parser.readers.pdf_join import Part, rejoin, without_furniture
from gicrawl.parser.readers.pdf_page import read_page
from gicrawl.parser.readers.pdf_text import NUMBER_CHARS, Margins, TextLine, aligned, cell_text, goes_on, join, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block, Evidence
    from gicrawl.parser.readers.pdf_grid import Table
    from gicrawl.parser.readers.pdf_page import Char, Page

Problems = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_MOST_PAGES: Final = 500
_MOST_CHARS: Final = 400_000
_MOST_LINES: Final = 400_000  # parts of drawings, in the whole document
_FEW_CHARS: Final = 10  # a scan may carry a stamp or a page number as text
_UNREADABLE: Final = 0.2  # share of characters whose fonts do not tell what they are
_OVER: Final = 0.1  # of a character: how far it has to jut out over an edge to be seen to do so
_TOUCHING: Final = 0.12  # of a character's height between digits of one number
_UP: Final = 0.3  # of a character's height: its middle above the baseline


@dataclass(slots=True)
class _Sheet:
    """A page taken apart: its tables as parts, the lines around them."""

    page: Page
    tables: list[tuple[float, Part]]
    lines: list[TextLine]
    margins: Margins = field(init=False)


def read_document(body: bytes) -> tuple[tuple[Block, ...], Problems, bool]:
    """The blocks of a PDF in reading order, what is wrong with it, and whether that leaves nothing to read."""
    stand_in()
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        return (), (("pdf_encrypted" if locked else "pdf_damaged", ()),), True
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> tuple[tuple[Block, ...], Problems, bool]:
    pages, damaged, cut = _pages(document)
    unread = [page.number for page in pages if _is_unreadable(page)]
    sheets, crowded = _sheets([page for page in pages if page.number not in unread])
    cut = cut or crowded
    scanned = [sheet.page.number for sheet in sheets if sheet.page.scanned]
    empty = not any(sheet.page.chars for sheet in sheets)
    if empty and not damaged:
        unread = unread or [page.number for page in pages]
    found: list[tuple[bool, str, list[int]]] = [
        (damaged, "pdf_damaged", []),
        (bool(unread), "needs_ocr", unread),
        (bool(scanned), "text_of_scan", scanned),
        (cut, "pdf_too_large", []),
    ]
    problems = tuple((code, (("pages", _listed(numbers)),) if numbers else ()) for true, code, numbers in found if true)
    if empty or damaged:
        return (), problems, True
    return tuple(_blocks(sheets)), problems, False


def laid_out(pages: Sequence[Page]) -> tuple[tuple[Block, ...], bool]:
    """The blocks of pages whose characters and lines are known, whatever file they are of; whether lines were left."""
    sheets, crowded = _sheets(pages)
    return tuple(_blocks(sheets)), crowded


def _sheets(pages: Sequence[Page]) -> tuple[list[_Sheet], bool]:
    taken = [_taken_apart(page) for page in pages]
    return [sheet for sheet, _ in taken], any(crowded for _, crowded in taken)


def _pages(document: pypdfium2.PdfDocument) -> tuple[list[Page], bool, bool]:
    """The pages, each closed as soon as it is read; whether one is damaged, and whether there are more than is read."""
    pages: list[Page] = []
    damaged = not len(document)
    chars, lines = _MOST_CHARS, _MOST_LINES
    for index in range(min(len(document), _MOST_PAGES)):
        try:
            handle = document[index]
        except pypdfium2.PdfiumError:
            damaged = True
            continue
        try:
            page = read_page(handle, index + 1, chars, lines)
        except pypdfium2.PdfiumError:
            damaged = True
            continue
        finally:
            handle.close()
        pages.append(page)
        chars -= len(page.chars)
        lines -= len(page.horizontal) + len(page.vertical)
        if page.cut:
            return pages, damaged, True
    return pages, damaged, len(document) > _MOST_PAGES


def _is_unreadable(page: Page) -> bool:
    """Whether a page has to be looked at: a picture of text, or fonts that do not tell which characters they draw."""
    return page.unknown > _UNREADABLE or (len(page.chars) < _FEW_CHARS and page.pictures)


def _listed(pages: list[int]) -> str:
    """Page numbers for people: 1, 3-5."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)


def _taken_apart(page: Page) -> tuple[_Sheet, bool]:
    tables, crowded = find_tables(page.horizontal, page.vertical)
    inside: list[dict[tuple[int, int], list[Char]]] = [defaultdict(list) for _ in tables]
    outside: list[Char] = []
    for char in page.chars:
        x, y = (char.x0 + char.x1) / 2, char.base - _UP * (char.bottom - char.top)
        for at, table in enumerate(tables):
            if table.holds(x, y):
                inside[at][table.place(x, y)].append(char)
                break
        else:
            outside.append(char)
    for table, chars in zip(tables, inside, strict=True):
        _draw_in(table, chars)
    parts = [
        (table.ys[0], _part(page, table, chars))
        for table, chars in zip(tables, inside, strict=True)
        if any(chars.values())
    ]
    parts.sort(key=lambda found: found[0])
    return _Sheet(page, parts, lines_of(outside)), crowded


def _draw_in(table: Table, chars: dict[tuple[int, int], list[Char]]) -> None:
    """Give numbers that jut out over the edge of their cell whole to the cell they are centred in.

    Only where an edge runs through a digit: numbers of two cells stand close to each other in narrow columns.
    """
    cell_of: dict[tuple[int, int], int] = {}
    for place, held in list(chars.items()):
        for char in held:
            if char.text not in NUMBER_CHARS:
                continue
            y, margin = char.base - _UP * (char.bottom - char.top), _OVER * (char.x1 - char.x0)
            ends = table.place(char.x0 + margin, y), table.place(char.x1 - margin, y)
            if ends[0] == ends[1]:
                continue
            cell_of = cell_of or table.cell_numbers()
            if cell_of[ends[0]] != cell_of[ends[1]]:
                _gather(table, chars, char, place[0])


def _gather(table: Table, chars: dict[tuple[int, int], list[Char]], pierced: Char, row: int) -> None:
    """Put the run of digits around one of them into one place."""
    beside = [
        (char, place)
        for place, held in chars.items()
        if place[0] == row
        for char in held
        if char.text in NUMBER_CHARS and abs(char.base - pierced.base) <= _OVER * (char.bottom - char.top)
    ]
    beside.sort(key=lambda found: found[0].x0)
    at = next(index for index, (char, _) in enumerate(beside) if char is pierced)
    touching = _TOUCHING * (pierced.bottom - pierced.top)
    first = last = at
    while first > 0 and beside[first][0].x0 - beside[first - 1][0].x1 <= touching:
        first -= 1
    while last + 1 < len(beside) and beside[last + 1][0].x0 - beside[last][0].x1 <= touching:
        last += 1
    run = beside[first : last + 1]
    _, column = table.place((run[0][0].x0 + run[-1][0].x1) / 2, pierced.base)
    for char, place in run:
        if place[1] != column:
            chars[place] = [other for other in chars[place] if other is not char]
            chars[row, column].append(char)


def _part(page: Page, table: Table, chars: dict[tuple[int, int], list[Char]]) -> Part:
    cells = []
    for cell in table.cells:
        held = [
            char
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
            for char in chars.get((row, column), ())
        ]
        box = table.cell_box(cell)
        evidence = page.evidence(box)
        cells.append(GridCell(cell_text(held, box), cell.row, cell.column, cell.rowspan, cell.colspan, evidence))
    rows = len(table.ys) - 1
    return Part(
        xs=table.xs,
        rows=rows,
        cells=cells,
        open_above=frozenset(
            (cell.column, cell.column + cell.colspan) for cell in table.cells if cell.row == 0 and not cell.closed_above
        ),
        open_below=frozenset(
            (cell.column, cell.column + cell.colspan)
            for cell in table.cells
            if cell.row + cell.rowspan == rows and not cell.closed_below
        ),
        evidence=page.evidence(table.box),
    )


def _blocks(sheets: list[_Sheet]) -> Iterator[Block]:
    kept = without_furniture([(sheet.page, sheet.lines) for sheet in sheets])
    items: list[tuple[_Sheet, Part | TextLine]] = []
    widths: dict[int, list[TextLine]] = defaultdict(list)
    for sheet, lines in zip(sheets, kept, strict=True):
        widths[round(sheet.page.width)] += lines
    for sheet, lines in zip(sheets, kept, strict=True):
        sheet.margins = Margins(lines, widths[round(sheet.page.width)], sheet.page.width)
        placed: list[tuple[float, Part | TextLine]] = [*sheet.tables, *((line.box[1], line) for line in lines)]
        placed.sort(key=lambda item: item[0])
        items += [(sheet, item) for _, item in placed]
    at = 0
    while at < len(items):
        sheet, item = items[at]
        if isinstance(item, Part):
            at += 1
            while at < len(items) and items[at - 1][0] is not items[at][0]:
                following = items[at][1]
                joined = rejoin(item, following) if isinstance(following, Part) else None
                if joined is None:
                    break
                item, at = joined, at + 1
            yield item.grid()
        elif len(item.fields) > 1:
            run, at = _table_lines(items, at)
            yield from run
        else:
            paragraph, at = _paragraph(items, at)
            yield paragraph


def _table_lines(items: list[tuple[_Sheet, Part | TextLine]], at: int) -> tuple[list[Line], int]:
    """Lines of several fields that follow one another."""
    lines: list[TextLine] = []
    places: list[Evidence] = []
    while at < len(items):
        sheet, item = items[at]
        if isinstance(item, Part) or len(item.fields) == 1:
            break
        lines.append(item)
        places.append(sheet.page.evidence(item.box))
        at += 1
    found = []
    for fields, place in zip(aligned(lines), places, strict=True):
        start, made = 0, []
        for part in fields:
            made.append(Field(part.text, start))
            start += len(part.text) + 1
        found.append(Line(tuple(made), evidence=place))
    return found, at


def _paragraph(items: list[tuple[_Sheet, Part | TextLine]], at: int) -> tuple[Paragraph, int]:
    """A line and those that go on with it, over page breaks too."""
    sheet, first = items[at]
    assert isinstance(first, TextLine)
    text, last, place = first.text, first, sheet
    boxes = {sheet.page.number: first.box}
    pages = [sheet.page]
    at += 1
    while at < len(items):
        here, item = items[at]
        if isinstance(item, Part) or not goes_on(last, item, place.margins, here.margins):
            break
        text, last, place = join(text, item.text), item, here
        if here.page.number in boxes:
            x0, y0, x1, y1 = boxes[here.page.number]
            a, b, c, d = item.box
            boxes[here.page.number] = (min(x0, a), min(y0, b), max(x1, c), max(y1, d))
        else:
            boxes[here.page.number] = item.box
            pages.append(here.page)
        at += 1
    evidence = pages[0].evidence(boxes[pages[0].number])
    if len(pages) > 1:
        beyond = pages[-1].evidence(boxes[pages[-1].number])
        evidence |= {"last_page": beyond["page"], "last_box": beyond["box"]}
    return Paragraph(text, evidence), at
