"""Tables written as HTML within text and markdown, as recognisers and converters of pages write them.

The file stays a text: cells keep their character offsets in it, without the markup around what they print.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Field, Grid, GridCell, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.parser.document import Block

TABLE: Final = re.compile(
    # begins with a plain sign, and goes from one `<` to the next: character by character it takes ten times as long
    r"<(?:html>\s*<)?(?:body>\s*<)?table\b[^<]*+(?:<(?!table\b|/table\s*>)[^<]*+)*+</table\s*>"
    r"(?:\s*</body>)?(?:\s*</html>)?",
    re.IGNORECASE,
)
_PART: Final = re.compile(r"<(/?)(tr|td|th|caption|table)\b([^<>]*)>", re.IGNORECASE)
_LINE_END: Final = re.compile(r"<br\s*/?>|</(?:p|div|li)\s*>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_EDGE: Final = re.compile(r"\s+|<[^<>]*>|&nbsp;")
SPAN: Final = re.compile(r"\b(col|row)span\s*=\s*[\"']?\s*(\d{1,3})", re.IGNORECASE)
_OF_A_PAGE: Final = re.compile(r"<(?:!doctype|head|meta|title|script|style|link|frameset)\b", re.IGNORECASE)
_HEAD_OF_A_PAGE: Final = re.compile(r"<(?:!doctype|head|meta|title|frameset)\b", re.IGNORECASE)
"""What no converter to markdown leaves; it may leave scripts and styles."""
_BLOCK: Final = re.compile(r"<(?:p|div|span|h[1-6]|article|ucap\w*|body|html)\b", re.IGNORECASE)
_MARKDOWN: Final = re.compile(
    r"^(?:#{1,6} +\S|\{\|[^\n{}();]*$|\*\*[^*\n]{1,80}\*\*[ ]*$|\|(?: *:?-{3,}:? *\|){2,})"
    r"|\[[^\]\n]{1,80}\]\((?:[/.#]|\w+:)[^)\s]*\)",
    re.MULTILINE,
)
"""A heading, a line in bold, the line below the heads of a table, a link: as markdown has them. MediaWiki's tables."""
_SIGNS_OF_MARKDOWN: Final = ("# ", "{|", "**", "---", "](")
"""One of them stands in each of these."""
_LARGEST: Final = 2_000_000
"""Characters; what is larger and has markup is a page, or a table of millions of cells: a look at it takes seconds."""
_LEAST_LINES: Final = 10
_MOST_TAGGED: Final = 0.1
"""Share of the lines around tables that have markup in a text; of a page's source nearly all have."""
_SEVERAL: Final = 2
_MOST_COLUMNS: Final = 64
_MOST_ROWS: Final = 2000
_MOST_SPANNED: Final = 100_000


class Table(NamedTuple):
    """A table of a text and where its markup begins and ends."""

    start: int
    end: int
    grid: Grid


def is_text(body: str) -> bool:
    """Whether something with markup in it is a text with tables rather than a page.

    It has headings, bold lines or links as markdown has them, or hardly a line with markup, whatever a converter left
    in it; or it begins as a text does, and tables are all the markup there is. What only pages have makes it one.
    """
    if len(body) > _LARGEST or _HEAD_OF_A_PAGE.search(body):
        return False
    # one character is found a hundred times as quickly as two, and most of them stand nowhere in a page
    if any(sign[0] in body and sign in body for sign in _SIGNS_OF_MARKDOWN) and _MARKDOWN.search(body):
        return True
    if _OF_A_PAGE.search(body):
        return False
    around = TABLE.sub("", body)
    lines = [line for line in around.splitlines() if line.strip()]
    if len(lines) >= _LEAST_LINES:
        tagged = (line for line in lines if _TAG.search(line))
        if next(islice(tagged, int(_MOST_TAGGED * len(lines)), None), None) is None:  # of a page they soon are too many
            return True
    return not body.lstrip().startswith("<") and around != body and _BLOCK.search(around) is None


def tables_of(text: str) -> list[Table]:
    """The tables of a text, in order."""
    if "<t" not in text and "<T" not in text:
        return []
    return [Table(match.start(), match.end(), _grid(text, match)) for match in TABLE.finditer(text)]


def without_lost_spans(grid: Grid) -> Iterator[Block]:
    """A table, or its rows as lines where it has lost what its cells cover: a column is then no matter of counting.

    So it has where no cell covers another place and rows of several cells differ in number.
    """
    if any(cell.rowspan > 1 or cell.colspan > 1 for cell in grid.cells):
        yield grid
        return
    rows: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(cell)
    if len({len(row) for row in rows.values()} - {1}) < _SEVERAL:
        yield grid
        return
    for row in rows.values():
        yield Line(tuple(Field(cell.text, _start(cell)) for cell in row))


def _start(cell: GridCell) -> int:
    start = cell.evidence["start"]
    return start if isinstance(start, int) else 0


def _grid(text: str, found: re.Match[str]) -> Grid:
    cells: list[GridCell] = []
    taken: set[tuple[int, int]] = set()
    row, column, columns, rows = -1, 0, 0, 0
    caption: str | None = None
    for name, attributes, begin, stop in _pieces(text, found):
        if name == "tr":
            row, column = row + 1, 0
            continue
        if name == "caption":
            caption = _shown(text[begin:stop]) or None
            continue
        row = max(row, 0)  # a cell before any row
        spans = {which.lower(): int(number) for which, number in SPAN.findall(attributes)}
        across, down = (max(1, min(spans.get(which, 1), _MOST_COLUMNS)) for which in ("col", "row"))
        while (row, column) in taken:
            column += 1
        if row >= _MOST_ROWS or column >= _MOST_COLUMNS:
            continue
        if down > 1 and len(taken) < _MOST_SPANNED:
            taken.update((row + below, column + right) for below in range(1, down) for right in range(across))
        start, end = _bare(text, begin, stop)
        cells.append(GridCell(_shown(text[start:end]), row, column, down, across, {"start": start, "end": end}))
        column += across
        columns, rows = max(columns, column), row + 1
    kept = tuple(cell if cell.row + cell.rowspan <= rows else cell._replace(rowspan=rows - cell.row) for cell in cells)
    return Grid(kept, rows, columns, caption, {"start": found.start(), "end": found.end()})


def _pieces(text: str, found: re.Match[str]) -> Iterator[tuple[str, str, int, int]]:
    """Rows as they begin, cells and captions with the place of what they hold; closing tags are often missing."""
    open_at: tuple[str, str, int] | None = None
    for part in _PART.finditer(text, found.start(), found.end()):
        closing, name = part[1], part[2].lower()
        if open_at is not None:
            yield *open_at, part.start()
            open_at = None
        if closing:
            continue
        if name == "tr":
            yield name, "", part.end(), part.end()
        elif name != "table":
            open_at = (name, part[3], part.end())


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of what is shown, without white space and markup at its ends; empty at `start` where nothing is."""
    while start < end and (edge := _EDGE.match(text, start, end)):
        start = edge.end()
    while start < end:
        if text[end - 1].isspace():
            end -= 1
        elif text[end - 1] == ">" and (tag := text.rfind("<", start, end)) >= 0 and ">" not in text[tag : end - 1]:
            end = tag
        elif text.endswith("&nbsp;", start, end):
            end -= len("&nbsp;")
        else:
            break
    return start, end


def _shown(markup: str) -> str:
    lines = _TAG.sub("", _LINE_END.sub("\n", re.sub(r"\s*\n\s*", " ", markup)))
    return "\n".join(line.strip(" \t") for line in unescape(lines).split("\n") if line.strip(" \t"))
