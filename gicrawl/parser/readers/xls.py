"""Workbooks of Excel 97-2003 and Kingsoft's .et (XLS), read by calamine.

calamine lays a sheet out as one block from its first cell to its last, so a file of one kilobyte can ask for gigabytes:
where its cells stand is looked up before (MS-XLS 2.5), and what is larger than any report is not given to it. It gets
the stream of the workbook in a file of its own, because it believes what directories say of sizes, too. It tells
values, not how they are shown: a number comes with every digit it has.
"""

from __future__ import annotations

import struct
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.compound import XLS, alone, stream
from gicrawl.parser.readers.containers import ContainerError
from gicrawl.parser.readers.sheets import (
    MOST_CELLS,
    MOST_SLOTS,
    Merge,
    Sheet,
    damaged,
    document_of,
    locked,
    too_large,
)
from gicrawl.parser.readers.xlsx_numbers import general

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.parser.document import Context, Document

NAME: Final = "xls"
LIBRARIES: Final = ("python-calamine",)
MEDIA_TYPES: Final = (XLS,)

_CELL: Final = frozenset(
    [0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x0003, 0x0004]
)
_MULTIPLE: Final = frozenset([0x00BD, 0x00BE])  # several cells of a row; the last column stands at the end
_BEGIN: Final = frozenset([0x0809, 0x0409, 0x0209, 0x0009])
_LOCKED: Final = 0x002F
_SHARED: Final = 0x00FC
_SIZES: Final = frozenset([0x0200, 0x0000])
_TWO_COUNTS: Final = 8
_COLUMNS: Final = 256
_MOST_BYTES: Final = 32 * 1024 * 1024

_Value = int | float | str | bool | time | date | datetime | timedelta


def read(body: bytes, context: Context) -> Document:  # noqa: ARG001 - a workbook says itself how it is encoded
    """Read a workbook.

    Args:
        body: the file.
        context: settles nothing here.

    Returns:
        Grids and paragraphs with places as those of `xlsx`. Nothing raises, whatever the bytes are.
    """
    try:
        book = stream(body, "Workbook", "Book")
        if len(body) > _MOST_BYTES or _slots(book) > MOST_SLOTS:
            return too_large(XLS)
        if _is_locked(book):
            return locked(XLS)
        if _texts(book) > len(book):
            return damaged(XLS, "SST")
        sheets = list(_sheets(alone(_unsized(book))))
    except ContainerError as error:
        return damaged(XLS, str(error))
    if sum(len(sheet.cells) for sheet in sheets) > MOST_CELLS:
        return too_large(XLS)
    return document_of(XLS, sheets)


def _records(book: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, start and length of every record (MS-XLS 2.1.4)."""
    at = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, at + 4, length
        at += 4 + length


def _slots(book: bytes) -> int:
    """Places of all sheets, laid out from their first cell to their last."""
    total = 0
    rows: list[int] = []
    columns: list[int] = []
    for kind, start, length in _records(book):
        if kind in _BEGIN and rows:
            total += (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
            rows, columns = [], []
        elif kind in _CELL and length >= 4 and start + length <= len(book):  # noqa: PLR2004 - row and column
            row, column = struct.unpack_from("<HH", book, start)
            rows.append(row)
            columns.append(column)
            if kind in _MULTIPLE:
                columns.append(struct.unpack_from("<H", book, start + length - 2)[0])
    return total + ((max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if rows else 0)


def _texts(book: bytes) -> int:
    """How many texts the list that cells share says it has (MS-XLS 2.4.265); the library makes room for all at once."""
    counts = [
        struct.unpack_from("<II", book, start)
        for kind, start, length in _records(book)
        if kind == _SHARED and min(length, len(book) - start) >= _TWO_COUNTS
    ]
    return max((count for pair in counts for count in pair), default=0)


def _unsized(book: bytes) -> bytes:
    """The stream without what it says of the size of its sheets (MS-XLS 2.4.90): cells tell that themselves."""
    made = bytearray(book)
    for kind, start, length in _records(book):
        if kind in _SIZES and start + length <= len(book):
            made[start : start + length] = bytes(length)
    return bytes(made)


def _is_locked(book: bytes) -> bool:
    return any(kind == _LOCKED for kind, _, _ in _records(book))


def _sheets(body: bytes) -> Iterator[Sheet]:
    # Loaded only when there is such a workbook to read, as PDFium is.
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(body))
        for about in workbook.sheets_metadata:
            if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
                continue
            found = workbook.get_sheet_by_name(about.name)
            sheet = Sheet(about.name)
            for row, values in enumerate(found.to_python(skip_empty_area=False)):
                for column, value in enumerate(values):
                    if text := _text(value):
                        sheet.cells[row, column] = text
            sheet.merges += [
                Merge(top, left, bottom, right)
                for (top, left), (bottom, right) in found.merged_cell_ranges or ()
                if top <= bottom and left <= right < _COLUMNS
            ]
            yield sheet
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise ContainerError("Workbook") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a broken assertion in Rust becomes; no module exports it
            raise
        raise ContainerError("Workbook") from error


def _text(value: _Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return general(Decimal(str(value)))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value if isinstance(value, str) else str(value)
