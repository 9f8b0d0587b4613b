"""Plain text and markdown, in all the ways a table can be flattened into it.

Cells come parted by tabs, by pipes, or one to a line; the shape is told from the file as a whole, and a line without
fields is a paragraph. Every field keeps its character offsets in the decoded file (line ends as they are).
"""

from __future__ import annotations

import codecs
import re
from itertools import accumulate, takewhile, zip_longest
from typing import TYPE_CHECKING

from gicrawl.parser.charset import decode
from gicrawl.parser.document import Document, Field, Line, Paragraph
from gicrawl.parser.lines import bars_are_rare, fields_of, is_rule
from gicrawl.parser.readers import media_type
from gicrawl.parser.readers.blank_cells import blank_cells
from gicrawl.parser.readers.sheets import blocks_of
from gicrawl.parser.readers.text_aligned import VALUE, aligned_rows
from gicrawl.parser.readers.text_boxes import drawn_tables
from gicrawl.parser.readers.text_headed import headed_rows
from gicrawl.parser.readers.text_json import out_of_strings
from gicrawl.parser.readers.text_markup import unmarked
from gicrawl.parser.readers.text_numbered import unnumbered
from gicrawl.parser.readers.text_pages import unpaged
from gicrawl.parser.readers.text_shapes import shaped
from gicrawl.parser.readers.text_sheet import sheet_of
from gicrawl.parser.readers.text_sides import below_each_other
from gicrawl.parser.readers.text_signs import in_usual_signs
from gicrawl.parser.readers.text_tables import Table, tables_of, without_lost_spans
from gicrawl.parser.readers.text_wiki import wiki_tables
from gicrawl.parser.readers.text_wrapped import unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block, Context, Evidence
    from gicrawl.parser.offsets import Cuts

NAME = "text"
LIBRARIES: tuple[str, ...] = ()
MEDIA_TYPES = ("text/plain",)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
_HEADING = re.compile(r"\s*(?:#{1,6}|={1,6}|h[1-6]\.)\s+")
"""Of markdown; of MediaWiki, DokuWiki and AsciiDoc; of Textile and Jira."""
_MARKED = ("=", "h")
_TAGS = re.compile(r"\s*(?:</?[A-Za-z][^<>]*>\s*)+")
_CELL_LINES = 20  # so many lines of one tab and one cell make it the shape of the file
_CELL_SHARE = 0.8
_SHORT = 12  # characters of a line with one figure
_CLINGS = re.compile(r"\s*(?:[|｜]\d+|\d+[|｜])\s*")
_CONTINUED = 40  # longest second line of a cell


def read(body: bytes, context: Context) -> Document:
    """Text as lines of fields and paragraphs."""
    decoded = decode(body, context.declared_charset)
    # A byte order mark counts as a character: offsets are those of the file as any UTF-8 decoder shows it.
    text = "\ufeff" + decoded.text if body.startswith(codecs.BOM_UTF8) else decoded.text
    whole = out_of_strings(text)
    bare = unnumbered(whole.text)
    paged = unpaged(bare.text)
    sheet = sheet_of(paged.text)
    blocks, layers = _as_text(paged.text) if sheet is None else (tuple(blocks_of(sheet)), ())
    cuts = tuple(layer for layer in (*layers, paged.cuts, bare.cuts, whole.cuts) if layer)
    return Document(media_type(body), decoded.charset, blocks, problems=decoded.problems, cuts=cuts)


def _as_text(text: str) -> tuple[tuple[Block, ...], tuple[Cuts, ...]]:
    usual = in_usual_signs(text)
    whole = unwrapped(usual.text)
    plain = unmarked(whole.text)
    return tuple(_blocks(plain.text)), (plain.cuts, whole.cuts, usual.cuts)


def _blocks(text: str) -> Iterator[Block]:
    written = _written(text)
    lines = list(_lines(text, 0, written[0].start if written else len(text)))
    if written:
        yield from _flat(lines)
        for table, following in zip_longest(written, written[1:]):
            yield from without_lost_spans(table.grid)
            yield from _flat(list(_lines(text, table.end, following.start if following else len(text))))
        return
    tabbed = [line for _, line in lines if "\t" in line]
    single = [line for line in tabbed if line.startswith("\t") and "\t" not in line[1:]]
    stacked = len(single) >= _CELL_LINES and len(single) >= _CELL_SHARE * len(tabbed)
    yield from _stacked(lines, text) if stacked else _flat(lines)


def _written(text: str) -> list[Table]:
    """The tables that a text delimits itself, in order: those with markup, and those drawn beside them."""
    marked, drawn = tables_of(text) or wiki_tables(text), drawn_tables(text)
    if not marked or not drawn:
        return marked or drawn
    apart = [one for one in drawn if not any(one.start < other.end and other.start < one.end for other in marked)]
    return sorted([*marked, *apart], key=lambda table: table.start)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    if "\r" in text:
        return (
            (match.start(), match.group().rstrip("\r\n")) for match in _LINE.finditer(text, start, end) if match.group()
        )
    lines = text[start:end].split("\n")
    if not lines[-1]:
        lines.pop()  # nothing stands behind the last line end
    return zip(accumulate([len(line) + 1 for line in lines], initial=start), lines, strict=False)


def _flat(lines: list[tuple[int, str]]) -> Iterator[Block]:
    lines = below_each_other(lines)
    blanks = blank_cells([line for _, line in lines])
    rows = aligned_rows(lines)
    rows |= headed_rows(lines, frozenset(rows))
    shapes = shaped(lines)
    for at, (start, line) in enumerate(lines):
        if at in shapes:
            yield from shapes[at]
            continue
        if at in rows:
            yield Line(rows[at], ended=_ended(rows[at]))
            continue
        if at in blanks:
            yield Line((Field(line[: len(line) - len(line.lstrip())], start),))
            continue
        if is_rule(line):
            continue
        fields = fields_of(line, start)
        if len(fields) > 1:
            yield Line(fields)
        elif len(line) <= _SHORT and _CLINGS.fullmatch(line) and bars_are_rare(one for _, one in lines):
            yield Line((Field(line, start),))  # a 1 that was misread
        else:
            yield from _paragraph(fields[0].start, fields[0].text)


def _ended(fields: Sequence[Field]) -> int:
    """How many fields a line has ended before; none where its one value is empty, and nothing can have moved."""
    empty = len(list(takewhile(lambda field: not field.text, reversed(fields))))
    return empty if empty > 1 or VALUE.fullmatch(fields[-1 - empty].text) else 0


def _paragraph(start: int, line: str) -> tuple[Paragraph, ...]:
    """A line as a paragraph, where it has words."""
    if not line.strip():
        return ()
    if "<" in line and _TAGS.fullmatch(line):
        return ()  # what a converter left of a page
    heading = _HEADING.match(line) if "#" in line or line.startswith(_MARKED) else None
    skipped = heading.end() if heading else len(line) - len(line.lstrip())
    text = (line[skipped:].rstrip("= ") if heading and "=" in heading[0] else line[skipped:]).rstrip()
    place = start + skipped
    where: Evidence = {"start": place, "end": place + len(text)}
    return (Paragraph(text, where, heading is not None),) if text else ()


def _stacked(lines: list[tuple[int, str]], text: str) -> Iterator[Block]:
    """One cell a line, each behind a tab; an empty line ends the row, a line without a tab goes on with its cell."""
    row: list[tuple[int, int]] = []
    for start, line in lines:
        if line.startswith("\t"):
            row.append((start + 1, start + len(line)))
        elif row and line.strip() and len(line) <= _CONTINUED and not line.startswith(("\xa0", "\u3000")):
            row[-1] = (row[-1][0], start + len(line))
        else:
            yield from _row(row, text)
            row = []
            yield from _paragraph(start, line)
    yield from _row(row, text)


def _row(row: list[tuple[int, int]], text: str) -> Iterator[Line]:
    if row:
        yield Line(tuple(Field(text[a:b], a) for a, b in row))
