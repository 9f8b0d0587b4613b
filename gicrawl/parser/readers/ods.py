"""Spreadsheets of LibreOffice (ODS, OpenDocument 1.3 part 3, §9): every sheet that is shown, the text of its cells.

The file keeps what a cell shows beside its value, so no number has to be formatted here.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from lxml import etree

from gicrawl.parser.readers.containers import ODS, ContainerError, LockedError, ZipParts
from gicrawl.parser.readers.packages import whole_number
from gicrawl.parser.readers.sheets import (
    MOST_CELLS,
    Merge,
    Sheet,
    SheetsTooLargeError,
    packed_workbook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from gicrawl.parser.document import Context, Document

NAME: Final = "ods"
LIBRARIES: Final = ("lxml",)
MEDIA_TYPES: Final = (ODS, "application/vnd.oasis.opendocument.spreadsheet-template")

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_MANIFEST: Final = "META-INF/manifest.xml"
_CONTENT: Final = "content.xml"
_MOST_ROWS: Final = 1_048_576
_MOST_COLUMNS: Final = 16_384
_DEEPEST: Final = 40
_HIDDEN: Final = frozenset(["collapse", "filter"])


def read(body: bytes, context: Context) -> Document:  # noqa: ARG001 - a workbook says itself how it is encoded
    """Read a workbook.

    Args:
        body: the file.
        context: settles nothing here.

    Returns:
        Grids and paragraphs with places as those of `xlsx`. Nothing raises, whatever the bytes are.
    """
    return packed_workbook(ODS, lambda: _sheets(ZipParts(body)))


def _sheets(parts: ZipParts) -> list[Sheet]:
    if _MANIFEST in parts and b"encryption-data" in parts.read(_MANIFEST):
        raise LockedError(_CONTENT)
    return _Sheets(parts.read(_CONTENT)).found


class _Sheets:
    """The sheets of `content.xml`, read from its beginning to its end in one go, nothing kept."""

    _sheet: Sheet | None = None

    def __init__(self, content: bytes) -> None:
        self.found: list[Sheet] = []
        self._hidden: set[str] = set()
        self._cells = 0
        self._row = 0
        self._column = 0
        self._depth = 0  # a table within a cell is of no interest
        for event, element in _walk(content):
            tag = element.tag
            if tag == f"{_TABLE}table":
                self._table(element, begins=event == "start")
            elif event == "start":
                continue
            elif tag == f"{_STYLE}style":
                if any(part.get(f"{_TABLE}display") == "false" for part in element):
                    self._hidden.add(element.get(f"{_STYLE}name") or "")
            elif self._sheet is not None and self._depth == 1:
                (self._read_row if tag == f"{_TABLE}table-row" else self._read_column)(self._sheet, element)

    def _table(self, element: _Element, *, begins: bool) -> None:
        self._depth += 1 if begins else -1
        if begins and self._depth == 1:
            self._sheet, self._row, self._column = Sheet(element.get(f"{_TABLE}name") or ""), 0, 0
        elif not self._depth and self._sheet is not None:
            if element.get(f"{_TABLE}style-name") not in self._hidden:
                self.found.append(self._sheet)
            self._sheet = None

    def _read_column(self, sheet: Sheet, element: _Element) -> None:
        repeated = min(_repeated(element, "columns"), _MOST_COLUMNS)
        if element.get(f"{_TABLE}visibility") in _HIDDEN and self._column < _MOST_COLUMNS:
            sheet.hidden_columns.update(range(self._column, self._column + repeated))
        self._column += repeated

    def _read_row(self, sheet: Sheet, row: _Element) -> None:
        texts: list[tuple[int, str, int, int]] = []
        column = 0
        for cell in row:
            repeated = _repeated(cell, "columns")
            if cell.tag == f"{_TABLE}table-cell" and column < _MOST_COLUMNS and (text := _shown(cell)).strip():
                if repeated > _MOST_COLUMNS:
                    raise SheetsTooLargeError(sheet.name)
                high, wide = _spanned(cell, "rows"), _spanned(cell, "columns")
                texts += [(at, text, high, wide) for at in range(column, column + repeated)]
            column += repeated
        times = _repeated(row, "rows")
        hidden = row.get(f"{_TABLE}visibility") in _HIDDEN
        self._cells += len(texts) * times
        if self._cells > MOST_CELLS or self._row > _MOST_ROWS:
            raise SheetsTooLargeError(sheet.name)
        for number in range(self._row, self._row + times) if texts else ():
            if hidden:
                sheet.hidden_rows.add(number)
            for at, text, high, wide in texts:
                sheet.cells[number, at] = text
                if high > 1 or wide > 1:
                    sheet.merges.append(Merge(number, at, number + high - 1, at + wide - 1))
        self._row += times


def _walk(content: bytes) -> Iterator[tuple[str, _Element]]:
    if b"<!DOCTYPE" in content[:4096]:  # no OpenDocument file has one
        raise ContainerError(_CONTENT)
    kinds = [f"{_TABLE}{name}" for name in ("table", "table-row", "table-column")]
    walk = etree.iterparse(
        BytesIO(content),
        events=("start", "end"),
        tag=[*kinds, f"{_STYLE}style"],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in walk:
            yield event, element
            if event == "end" and element.tag != f"{_TABLE}table":
                element.clear()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ContainerError(_CONTENT) from error


def _shown(cell: _Element) -> str:
    """The paragraphs of a cell, one a line; notes and drawings beside it are not of it."""
    return "\n".join(_inline(child, 0) for child in cell if child.tag == f"{_TEXT}p")


def _inline(element: _Element, depth: int) -> str:
    parts = [element.text or ""]
    for child in element:
        tag = child.tag
        if tag == f"{_TEXT}s":
            parts.append(" " * min(whole_number(child.get(f"{_TEXT}c"), 1), 1000))
        elif tag == f"{_TEXT}tab":
            parts.append("\t")
        elif tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif tag not in {f"{_TEXT}ruby-text", f"{_OFFICE}annotation", f"{_TEXT}note"} and depth < _DEEPEST:
            parts.append(_inline(child, depth + 1))
        parts.append(child.tail or "")
    return "".join(parts)


def _repeated(element: _Element, what: str) -> int:
    return max(1, whole_number(element.get(f"{_TABLE}number-{what}-repeated"), 1))


def _spanned(element: _Element, what: str) -> int:
    return max(1, whole_number(element.get(f"{_TABLE}number-{what}-spanned"), 1))
