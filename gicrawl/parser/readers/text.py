"""Plain text and markdown, in all the ways a table can be flattened into it.

Cells come parted by tabs, by pipes, or one to a line; the shape is told from the file as a whole, and a line without
fields is a paragraph. Every field keeps its character offsets in the decoded file (line ends as they are).
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from gicrawl.parser.charset import decode
from gicrawl.parser.document import Document, Field, Line, Paragraph
from gicrawl.parser.readers import media_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.parser.document import Block, Context

NAME = "text"
LIBRARIES: tuple[str, ...] = ()
MEDIA_TYPES = ("text/plain",)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
_RULE = re.compile(r"[|:\-+=\s]*-{2,}[|:\-+=\s]*")
_PIPES = re.compile(r"[|｜\s]+")
_HEADING = re.compile(r"\s*#{1,6}\s+")
_CELL_LINES = 20  # so many lines of one tab and one cell make it the shape of the file
_CELL_SHARE = 0.8
_CONTINUED = 40  # longest second line of a cell


def read(body: bytes, context: Context) -> Document:
    """Text as lines of fields and paragraphs."""
    decoded = decode(body, context.declared_charset)
    # A byte order mark counts as a character: offsets are those of the file as any UTF-8 decoder shows it.
    text = "\ufeff" + decoded.text if body.startswith(codecs.BOM_UTF8) else decoded.text
    lines = [(match.start(), match.group().rstrip("\r\n")) for match in _LINE.finditer(text) if match.group()]
    tabbed = [line for _, line in lines if "\t" in line]
    single = [line for line in tabbed if line.startswith("\t") and "\t" not in line[1:]]
    stacked = len(single) >= _CELL_LINES and len(single) >= _CELL_SHARE * len(tabbed)
    blocks = tuple(_stacked(lines, text) if stacked else _flat(lines))
    return Document(media_type=media_type(body), charset=decoded.charset, blocks=blocks, problems=decoded.problems)


def _flat(lines: list[tuple[int, str]]) -> Iterator[Block]:
    for start, line in lines:
        if not line or (_RULE.fullmatch(line) and "|" in line) or (line.strip() and _PIPES.fullmatch(line)):
            continue
        if "\t" in line:
            yield Line(tuple(_fields(line, start, "\t")))
        elif line.count("|") + line.count("｜") > 1 and line.lstrip().startswith(("|", "｜")):
            yield Line(tuple(_piped(line, start)))
        else:
            yield from _paragraph(start, line.rstrip().rstrip("|｜"))


def _fields(line: str, start: int, separator: str) -> Iterator[Field]:
    at = start
    parts = line.split(separator)
    for number, part in enumerate(parts):
        yield Field(part, at, explicit=number < len(parts) - 1)
        at += len(part) + len(separator)


def _piped(line: str, start: int) -> Iterator[Field]:
    """Fields between pipes; blanks around them belong to the layout, so an empty one is empty."""
    inner = line.replace("｜", "|").rstrip()
    left = inner.index("|") + 1
    right = len(inner) - 1 if inner.endswith("|") else len(inner)
    for field in _fields(line[left:right].replace("｜", "|"), start + left, "|"):
        bare = field.text.strip()
        yield Field(bare, field.start + (field.text.index(bare) if bare else 0))


def _paragraph(start: int, line: str) -> Iterator[Block]:
    if not line.strip():
        return
    heading = _HEADING.match(line)
    skipped = heading.end() if heading else len(line) - len(line.lstrip())
    text = line[skipped:].rstrip()
    if text:
        place = start + skipped
        yield Paragraph(text, {"start": place, "end": place + len(text)}, heading=heading is not None)


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
