# the module is named after its format, and nothing here imports relatively
"""CSV after RFC 4180: UTF-8, a header, CRLF line ends, nothing between two commas where there is no value.

A blank cell and an absent one both have no value: the column `state` beside it tells which. Lists and objects are
JSON.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import IO, TYPE_CHECKING

from gicrawl.corpus.rows import compact
from gicrawl.export.columns import Kind
from gicrawl.export.formats import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gicrawl.export.columns import Record, Table


def write(table: Table, records: Iterable[Record], file: IO[bytes], *, about: Mapping[str, str]) -> int:
    """Write a table with its header; returns the number of records. CSV has no place for `about`."""
    del about
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([column.name for column in table.columns])
    kinds = [column.kind for column in table.columns]
    count = 0
    for record in records:
        writer.writerow([_field(kind, value) for kind, value in zip(kinds, record, strict=True)])
        count += 1
    text.flush()
    text.detach()
    return count


def _field(kind: Kind, value: object) -> object:
    if value is None:
        return ""
    if kind is Kind.JSON:
        return compact(value)
    if kind is Kind.DECIMAL:
        assert isinstance(value, Decimal)
        return f"{value.normalize():f}"
    if kind is Kind.BOOLEAN:
        return "true" if value else "false"
    return value


FORMAT = Format("csv", ".csv", write)
