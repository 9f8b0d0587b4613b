"""Statutory tables that stand in a report and that nobody read: their cells are `unread`, and a problem says why.

A picture is taken for a part's table where it stands between the heading of that part and the next, and the table was
read in no file of the document. So are lines there that are no sentences, hold labels of the table and figures, and of
which no table could be made. Which form it is nobody knows; its cells are those of the form of its year, and claim
nothing but that something is there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.cells import unread
from gicrawl.parser.align.labels import han_columns
from gicrawl.parser.align.stream import han
from gicrawl.parser.charset import decode
from gicrawl.parser.document import Grid
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Problem
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.align.tables import Tables
    from gicrawl.parser.document import Document, Source
    from gicrawl.parser.forms import Table
    from gicrawl.parser.report import Cell
    from gicrawl.parser.several.renditions import Part

_SHOWN: Final = "\ufffc"  # U+FFFC, object replacement character
"""Stands in a text where a picture or another embedded object is shown."""
_PAGE: Final = "text/html"
_TEXTS: Final = ("text/plain", "text/markdown")
_IN_TEXT: Final = re.compile(r"!\[[^\]\n]{0,80}\]\([^)\n]{1,300}\)|<img\b[^>\n]{1,400}>", re.IGNORECASE)
"""A picture in markdown."""
_PARTS: Final = re.compile(r"[一二三四五六七][、.:,](?=[^。;,]{0,28}(?:情况|问题|事项))")
"""Headings of the statutory parts, squeezed."""
_HEADINGS: Final = {
    "art20_": re.compile(r"二[、.:,]主动公开"),
    "applications": re.compile(r"三[、.:,](?:收到和?处理|[^。;,]{0,6}申请)"),
    "review_litigation": re.compile(r"四[、.:,][^。;]{0,20}(?:复议|诉讼)"),
}
"""The heading of the part that a table, or all tables whose names begin so, stand in."""
_KEY: Final = attrgetter("key")
_FIGURE: Final = re.compile(r"\d+")
_SENTENCE: Final = re.compile(r"[。，；]")
_FIGURES: Final = 5
_LABELS: Final = 4


def with_unseen(tables: Tables, parts: Sequence[Part], sources: Sequence[Source], year: int | None) -> Tables:
    """The tables of a report, and `unread` cells of those that it shows as pictures.

    Args:
        tables: of all its files.
        parts: its files, read.
        sources: as they came, by the number of their part.
        year: of the report.
    """
    lacking = _lacking(tables, year)
    printed = [table for table in lacking if any(_is_printed(_together(table, lacking), part) for part in parts)]
    if printed:
        tables = _with(tables, printed, *(Problem("table_unread", (("table", table.key),)) for table in printed))
        lacking = [table for table in lacking if table not in printed]
    if not lacking or any(part.document is not None and part.document.readings for part in parts):
        return tables  # what was recognised in pictures says itself what it lacks
    pictured = {name for part in parts for name in _pictured(part, sources[part.number].body)}
    shown = [table for table in lacking if _part(table.key) in pictured]
    if not shown:
        return tables
    return _with(tables, shown, Problem("table_in_picture", (("tables", ", ".join(map(_KEY, shown))),)))


def _with(tables: Tables, lacking: Sequence[Table], *problems: Problem) -> Tables:
    return replace(
        tables,
        cells=[*tables.cells, *(cell for table in lacking for cell in _cells(table))],
        problems=[*tables.problems, *problems],
    )


def _lacking(tables: Tables, year: int | None) -> list[Table]:
    """The statutory tables of the year of which nothing was read; of part 二 only where none of its tables was."""
    known = [form for form in load_forms() if any(table.key in _HEADINGS for table in form.tables)]
    in_force = [form for form in known if year is not None and form.years[0] <= year]
    if not in_force:
        return []
    read = {_part(table) for table, _ in tables.forms}
    form = max(in_force, key=lambda form: form.years)
    return [table for table in form.tables if _part(table.key) not in read]


def _part(table: str) -> str:
    return next((name for name in _HEADINGS if table.startswith(name)), table)


def _cells(table: Table) -> Iterator[Cell]:
    return (unread(table.key, row.key, column.key) for row in table.rows for column in table.columns)


def _together(table: Table, lacking: Sequence[Table]) -> list[Table]:
    """The tables that stand in the same part of a report as one of them."""
    return [other for other in lacking if _part(other.key) == _part(table.key)]


def _is_printed(tables: Sequence[Table], part: Part) -> bool:
    """Whether lines that are no sentences hold several labels and figures of the tables of a part below its heading."""
    if part.document is None:
        return False
    lines = list(_lines_of_part(part.document, _HEADINGS[_part(tables[0].key)]))
    words = "".join(map(han, lines))
    labels = {han(row.labels[0]) for table in tables for row in table.rows}.union(*map(han_columns, tables))
    figures = sum(len(_FIGURE.findall(line)) for line in lines)
    return figures >= _FIGURES and sum(label in words for label in labels) >= _LABELS


def _lines_of_part(document: Document, heading: re.Pattern[str]) -> Iterator[str]:
    """The lines between the heading of a part and the next that are no sentences."""
    within = False
    for block in document.blocks:
        if isinstance(block, Grid):
            texts = [cell.text for cell in block.cells] if within else []
        else:
            texts = block.text.split("\n")
        for text in texts:
            if not isinstance(block, Grid) and _PARTS.match(line := squeeze(text)):
                within = heading.match(line) is not None
            elif within and not _SENTENCE.search(text):
                yield text


def _pictured(part: Part, body: bytes) -> set[str]:
    """The parts of a report between whose heading and the next a file shows a picture."""
    if part.document is None:
        return set()
    text = squeeze(_marked(part.document, body))
    if _SHOWN not in text:
        return set()
    starts = [match.start() for match in _PARTS.finditer(text)]
    shown = [text[start:end] for start, end in pairwise([*starts, len(text)]) if _SHOWN in text[start:end]]
    return {name for name, heading in _HEADINGS.items() if any(heading.match(piece) for piece in shown)}


def _marked(document: Document, body: bytes) -> str:
    """What a file says, with a mark for each picture it shows."""
    if document.media_type == _PAGE:
        from gicrawl.parser.readers.html_shown import text_with  # noqa: PLC0415 - few reports lack a table

        return text_with(_SHOWN, decode(body, document.charset).text)
    if document.media_type in _TEXTS:
        return _IN_TEXT.sub(_SHOWN, decode(body).text)
    texts = [
        "\n".join(cell.text for cell in block.cells) if isinstance(block, Grid) else block.text
        for block in document.blocks
    ]
    for picture in reversed(document.pictures):
        texts.insert(picture.at, _SHOWN)
    return "\n".join(texts)
