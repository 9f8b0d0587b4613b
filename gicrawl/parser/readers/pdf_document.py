"""All pages of a PDF put together: the only module that opens one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pypdfium2
from pypdfium2 import raw

from gicrawl.parser.document import Document, Frame, GridCell, Picture
from gicrawl.parser.readers.ocr_engine import is_here
from gicrawl.parser.readers.pdf_blocks import Sheet, blocks_of
from gicrawl.parser.readers.pdf_edge import as_seen, runs_over
from gicrawl.parser.readers.pdf_fonts import stand_in
from gicrawl.parser.readers.pdf_grid import find_tables
from gicrawl.parser.readers.pdf_join import Part
from gicrawl.parser.readers.pdf_overhang import filled, middle_of
from gicrawl.parser.readers.pdf_page import UNKNOWN, read_page
from gicrawl.parser.readers.pdf_text import NUMBER_CHARS, cell_text, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block, Evidence, Reading
    from gicrawl.parser.readers.ocr_page import Seen
    from gicrawl.parser.readers.pdf_grid import Table
    from gicrawl.parser.readers.pdf_page import Char, Page

Problems = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_MOST_PAGES: Final = 500
_MOST_CHARS: Final = 400_000
_MOST_LINES: Final = 400_000  # parts of drawings, in the whole document
MOST_SEEN: Final = 60
"""Pages of a document that are read as pictures, each of which takes seconds."""


@dataclass(slots=True)
class _Pages:
    """All pages that were read, by their text layer or as pictures."""

    read: list[Page]
    seen: list[Seen]
    needing: list[int]
    """Numbers of those that have to be looked at, and nobody can: the extra is not installed."""
    silent: list[int]
    """Numbers of those that were looked at, and hold nothing legible."""
    beyond: list[int]
    """Numbers of those that were not looked at, because there are too many."""
    damaged: bool = False
    cut: bool = False


def read_document(body: bytes) -> Document:
    """The blocks of a PDF in reading order, and what is wrong with it."""
    stand_in()
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        return _made(problems=(("pdf_encrypted" if locked else "pdf_damaged", ()),), failed=True)
    try:
        return _read(document, body)
    finally:
        document.close()


def _made(
    blocks: tuple[Block, ...] = (),
    problems: Problems = (),
    readings: tuple[tuple[Evidence, Reading], ...] = (),
    pictures: tuple[Picture, ...] = (),
    *,
    failed: bool = False,
) -> Document:
    return Document(
        "application/pdf", None, blocks, problems=problems, failed=failed, readings=readings, pictures=pictures
    )


def _read(document: pypdfium2.PdfDocument, body: bytes) -> Document:
    pages = _pages(document)
    sheets, crowded = _sheets(pages.read)
    scanned = [page.number for page in pages.read if page.scanned]
    empty = not pages.seen and not any(page.chars for page in pages.read)
    over = [sheet.page.number for sheet in sheets if sheet.over_edge and not empty]  # rules alone are no table
    needing, silent = pages.needing, pages.silent
    if empty and not pages.damaged and not (needing or silent or pages.beyond):
        blank = [page.number for page in pages.read]
        needing, silent = ([], blank) if is_here() else (blank, [])
    problems = problems_of_pages(
        (pages.damaged, "pdf_damaged", []),
        (bool(needing), "needs_ocr", needing),
        (bool(pages.seen), "text_recognised", [seen.page.number for seen in pages.seen]),
        (bool(silent), "no_text_recognised", silent),
        (bool(pages.beyond), "ocr_too_long", pages.beyond),
        (bool(scanned), "text_of_scan", scanned),
        (bool(over), "table_over_edge", over),
        (pages.cut or crowded, "pdf_too_large", []),
    )
    if pages.damaged:  # what its other pages lack is not worth a word: it has to be had again
        return _made(problems=problems[:1], failed=True)
    if empty:
        return _made(problems=problems, failed=True)
    sheets += [seen.sheet for seen in pages.seen]
    sheets.sort(key=lambda sheet: sheet.page.number)
    readings = tuple(reading for seen in pages.seen for reading in seen.readings)
    blocks = tuple(blocks_of(sheets))
    return _made(blocks, problems, readings, tuple(pictures_among(blocks, pages.read, body)))


def pictures_among(blocks: Sequence[Block], pages: Sequence[Page], body: bytes) -> Iterator[Picture]:
    """The pictures on pages that have text too, each in the place it has among the blocks.

    Args:
        blocks: of the whole file.
        pages: of it.
        body: the file.
    """
    for page in pages:
        for number, box in enumerate(() if page.scanned else page.shown, 1):
            frame = Frame(page.number, box)
            evidence: Evidence = {**on_page(frame), "picture": f"page {page.number} picture {number}"}
            yield Picture(place_among(blocks, frame), evidence, body, frame)


def on_page(frame: Frame) -> Evidence:
    """The place of a picture."""
    return {"page": frame.page, "box": [round(value, 1) for value in frame.box]}


def place_among(blocks: Sequence[Block], frame: Frame) -> int:
    """How many blocks begin above a picture."""
    below = (frame.page, frame.box[1])
    return next((at for at, block in enumerate(blocks) if _begins(block.evidence) > below), len(blocks))


def _begins(evidence: Evidence) -> tuple[float, float]:
    page, box = evidence.get("page"), evidence.get("box")
    return (page if isinstance(page, int) else 0, box[1] if isinstance(box, list) else 0.0)


def laid_out(pages: Sequence[Page], seen: Sequence[Seen] = ()) -> tuple[tuple[Block, ...], bool]:
    """The blocks of pages whose characters and lines are known, whatever file they are of; whether lines were left.

    Args:
        pages: in their order.
        seen: others of the same file, which were read as pictures.
    """
    sheets, crowded = _sheets(pages)
    sheets += [one.sheet for one in seen]
    sheets.sort(key=lambda sheet: sheet.page.number)
    return tuple(blocks_of(sheets)), crowded


def _sheets(pages: Sequence[Page]) -> tuple[list[Sheet], bool]:
    taken = [_taken_apart(page) for page in pages]
    return [sheet for sheet, _ in taken], any(crowded for _, crowded in taken)


def _pages(document: pypdfium2.PdfDocument) -> _Pages:
    """The pages, each closed as soon as it is read."""
    pages = _Pages([], [], [], [], [], damaged=not len(document))
    chars, lines = _MOST_CHARS, _MOST_LINES
    for index in range(min(len(document), _MOST_PAGES)):
        try:
            handle = document[index]
        except pypdfium2.PdfiumError:
            pages.damaged = True
            continue
        try:
            page = read_page(handle, index + 1, chars, lines)
            if page.is_unreadable:
                _look(handle, page, pages)
            else:
                pages.read.append(page)
        except pypdfium2.PdfiumError:
            pages.damaged = True
            continue
        finally:
            handle.close()
        chars -= len(page.chars)
        lines -= len(page.horizontal) + len(page.vertical)
        if page.cut:
            pages.cut = True
            return pages
    pages.cut = len(document) > _MOST_PAGES
    return pages


def _look(handle: pypdfium2.PdfPage, page: Page, pages: _Pages) -> None:
    """Read a page as a picture, if that can be done."""
    if not is_here():
        pages.needing.append(page.number)
        return
    if len(pages.seen) + len(pages.silent) >= MOST_SEEN:
        pages.beyond.append(page.number)
        return
    # Who has no scan shall not wait for what reads it.
    from gicrawl.parser.readers.pdf_picture import look_at  # noqa: PLC0415

    seen = look_at(handle, page.number)
    if seen is None:
        pages.silent.append(page.number)
    else:
        pages.seen.append(seen)


def problems_of_pages(*found: tuple[bool, str, list[int]]) -> Problems:
    """What is to be said of some pages of a file, or of all.

    Args:
        found: whether it is so, the code of the problem, and which pages it is about; none for the whole file.
    """
    return tuple((code, (("pages", _listed(pages)),) if pages else ()) for true, code, pages in found if true)


def _listed(pages: list[int]) -> str:
    """Page numbers for people: 1, 3-5."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)


def _taken_apart(page: Page) -> tuple[Sheet, bool]:
    tables, crowded = find_tables(page.horizontal, page.vertical)
    inside: list[dict[tuple[int, int], list[Char]]] = [defaultdict(list) for _ in tables]
    outside: list[Char] = []
    for char in page.chars:
        x, y = (char.x0 + char.x1) / 2, middle_of(char)
        for at, table in enumerate(tables):
            if table.holds(x, y):
                inside[at][table.place(x, y)].append(char)
                break
        else:
            outside.append(char)
    parts = [
        (table.ys[0], _part(page, table, chars))
        for table, chars in zip(tables, inside, strict=True)
        if any(chars.values())
    ]
    parts.sort(key=lambda found: found[0])
    over = any(runs_over(table.box, page.width, page.vertical) for table in tables)
    return Sheet(page, parts, lines_of(outside), over_edge=over), crowded


def _part(page: Page, table: Table, chars: dict[tuple[int, int], list[Char]]) -> Part:
    over = runs_over(table.box, page.width, page.vertical)
    below = {
        table.place((char.x0 + char.x1) / 2, middle_of(char))
        for char in page.stamps
        if char.text in NUMBER_CHARS and table.holds((char.x0 + char.x1) / 2, middle_of(char))
    }
    cells = []
    for cell, held in filled(table, chars):
        box = table.cell_box(cell)
        text = cell_text(held, box)
        if over:
            text = as_seen(text, held, box, page.width)
        if cell.beside and not text:
            continue
        if not text and any(cell.covers(*place) for place in below):
            text = UNKNOWN  # who knows whether it was the stamp's
        cells.append(GridCell(text, cell.row, cell.column, cell.rowspan, cell.colspan, page.evidence(box)))
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
