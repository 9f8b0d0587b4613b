"""JSON Lines: one object a line, UTF-8, nested where flat formats are not (`issuer`, `period`)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from gicrawl.export.formats import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gicrawl.export.columns import Record, Table


def write(table: Table, records: Iterable[Record], file: IO[bytes], *, about: Mapping[str, str]) -> int:
    """Write a table; returns the number of records. JSON Lines have no place for `about`."""
    del about
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_number).encode
    count = 0
    for record in records:
        file.write(f"{encode(_nested(table, record))}\n".encode())
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


def _number(value: object) -> int | float:
    """A decimal as JSON has it: with a point only where there is something behind it."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in JSON Lines")
    return int(value) if value == value.to_integral_value() else float(value)


FORMAT = Format("jsonl", ".jsonl", write)
