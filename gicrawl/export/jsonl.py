"""JSON Lines: one object a line, UTF-8, nested where flat formats are not (`issuer`, `period`)."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from gicrawl.export.formats import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.export.tables import Record, Table


def write(table: Table, records: Iterable[Record], file: IO[bytes]) -> int:
    """Write a table; returns the number of records."""
    count = 0
    for record in records:
        line = json.dumps(_nested(table, record), ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
        file.write(f"{line}\n".encode())
        count += 1
    return count


def _nested(table: Table, record: Record) -> dict[str, Any]:
    """The record as an object; a group whose values are all null is null itself."""
    row: dict[str, Any] = {}
    for column, value in zip(table.columns, record, strict=True):
        if column.group is None:
            row[column.name] = value
        else:
            outer, inner = column.group
            row.setdefault(outer, {})[inner] = value
    for outer in {column.group[0] for column in table.columns if column.group is not None}:
        if all(value is None for value in row[outer].values()):
            row[outer] = None
    return row


FORMAT = Format("jsonl", ".jsonl", write)
