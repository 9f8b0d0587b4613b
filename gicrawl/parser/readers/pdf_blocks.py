"""From pages taken apart to the blocks of a document: tables and paragraphs joined over page breaks.

The pages may be of a PDF, or pictures that were read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from gicrawl.parser.document import Field, Line, Paragraph
from gicrawl.parser.readers.pdf_broken import mended
from gicrawl.parser.readers.pdf_columns import tell_columns
from gicrawl.parser.readers.pdf_join import Part, rejoin, where_it_ends, without_furniture
from gicrawl.parser.readers.pdf_text import Margins, TextLine, aligned, goes_on, join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block, Evidence
    from gicrawl.parser.readers.pdf_drawing import Box


class Leaf(Protocol):
    """A page, whatever it was read from; lengths in points."""

    @property
    def number(self) -> int:
        """1-based."""

    @property
    def width(self) -> float:
        """Of the page as read."""

    @property
    def height(self) -> float:
        """Of the page as read."""

    def evidence(self, box: Box) -> Evidence:
        """Where a box of the page as read stands in the source."""


@dataclass(slots=True)
class Sheet:
    """A page taken apart: its tables as parts, with the heights they begin at, and the lines around them.

    `over_edge` says that one of the tables runs over the right edge of the page.
    """

    page: Leaf
    tables: list[tuple[float, Part]]
    lines: list[TextLine]
    margins: Margins = field(init=False)
    over_edge: bool = False


def blocks_of(sheets: Sequence[Sheet]) -> Iterator[Block]:
    """What stands on pages that follow one another, in reading order, what their breaks cut put together."""
    kept = mended(without_furniture([(sheet.page, sheet.lines) for sheet in sheets]))
    items: list[tuple[Sheet, Part | TextLine]] = []
    widths: dict[int, list[TextLine]] = defaultdict(list)
    tell_columns([line for lines in kept for line in lines])
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


def _table_lines(items: list[tuple[Sheet, Part | TextLine]], at: int) -> tuple[list[Line], int]:
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


def _paragraph(items: list[tuple[Sheet, Part | TextLine]], at: int) -> tuple[Paragraph, int]:
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
        evidence |= where_it_ends(beyond)
    return Paragraph(text, evidence), at
