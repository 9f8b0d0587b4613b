"""Findings as a workbook for the desk: one row a finding, filtered and frozen, the same bytes each time."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from gicrawl.cli.findings import label as label_of
from gicrawl.cli.findings import place_of, said, standing
from gicrawl.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.cli.findings import Examined
    from gicrawl.parser.report import Check

COLUMNS = (
    ("source", 28),
    ("issuer", 22),
    ("year", 7),
    ("check", 18),
    ("severity", 9),
    ("status", 11),
    ("table", 30),
    ("row", 30),
    ("column", 14),
    ("left", 10),
    ("right", 10),
    ("said", 48),
    ("printed", 48),
    ("where", 28),
)
"""Columns of the sheet with their widths in characters."""
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no time zone, and says the same whenever it is made


class NoSheetWriterError(Exception):
    """The extra that writes workbooks is not installed."""


def workbook(documents: Iterable[Examined], lang: str) -> bytes:
    """The findings of some documents as an XLSX file.

    Args:
        documents: examined, in the order of the rows; what passes has no row.
        lang: of heads and sentences.

    Raises:
        NoSheetWriterError: XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise NoSheetWriterError from error
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet(text("sheet_name", lang))
    bold = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, text(f"sheet_{name}", lang), bold)
    row = 0
    for document in documents:
        for check in document.findings:
            row += 1
            for column, value in enumerate(_row(document, check, lang)):
                if isinstance(value, str):
                    sheet.write_string(row, column, value, wrap)
                elif value is not None:
                    sheet.write_number(row, column, value, wrap)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row, len(COLUMNS) - 1)
    book.close()
    return out.getvalue()


def _row(document: Examined, check: Check, lang: str) -> tuple[str | float | None, ...]:
    names = (("table", check.table), ("row", check.row), ("column", check.column))
    return (
        document.source,
        document.issuer,
        document.year,
        check.id,
        text(f"severity_{check.severity}", lang),
        text(f"outcome_{check.status}", lang),
        *(None if key is None else label_of(kind, key, check.table) for kind, key in names),
        check.left,
        check.right,
        said(check, lang),
        standing(document, check, lang) or None,
        place_of(document, check, lang) or None,
    )
