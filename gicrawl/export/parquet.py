"""Apache Parquet, with pyarrow (Apache-2.0; the extra `parquet`): types of their own, and what columns mean inside.

Counts are 64-bit integers that may be null and money is a decimal, so that no reader makes a NaN or a rounded number of
either. Lists and objects are JSON text, as in CSV. Files carry the meaning and unit of every column, and who made them.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import islice
from typing import IO, TYPE_CHECKING, Final

from gicrawl.corpus.panel_cells import DIGITS, PLACES
from gicrawl.corpus.rows import compact
from gicrawl.export.columns import Kind
from gicrawl.export.errors import ExportError
from gicrawl.export.formats import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from gicrawl.export.columns import Column, Record, Table

_BATCH: Final = 1_000  # records made into Arrow at a time: Python's objects are large, Arrow's are not
_VALUES: Final = 8_000_000  # values a row group, so that writing 500 columns takes as little memory as writing five
_LARGEST_GROUP: Final = 100_000  # records


def require() -> None:
    """Say what is missing.

    Raises:
        ExportError: pyarrow is not installed.
    """
    if find_spec("pyarrow") is None:
        raise ExportError("Parquet files need pyarrow, which is not installed; pip install 'gicrawl[parquet]'")


def write(table: Table, records: Iterable[Record], file: IO[bytes], *, about: Mapping[str, str]) -> int:
    """Write a table; returns the number of records."""
    import pyarrow as pa  # noqa: PLC0415 - an extra: whoever exports CSV need not have it
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([_field(column) for column in table.columns], metadata={**about, "description": table.meaning})
    group = min(_LARGEST_GROUP, max(_BATCH, _VALUES // len(table.columns)))
    left = iter(records)
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batches := _batches(schema, table.columns, islice(left, group)):
            rows = pa.Table.from_batches(batches, schema)
            writer.write_table(rows, row_group_size=group)
            count += rows.num_rows
    return count


def _batches(schema: pa.Schema, columns: Sequence[Column], records: Iterable[Record]) -> list[pa.RecordBatch]:
    import pyarrow as pa  # noqa: PLC0415

    left = iter(records)
    out = []
    while some := list(islice(left, _BATCH)):
        arrays = [
            pa.array(_values(column.kind, values), type=field.type)
            for column, field, values in zip(columns, schema, zip(*some, strict=True), strict=True)
        ]
        out.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return out


def _field(column: Column) -> pa.Field[pa.DataType]:
    import pyarrow as pa  # noqa: PLC0415

    types = {
        Kind.TEXT: pa.string(),
        Kind.JSON: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.DECIMAL: pa.decimal128(DIGITS, PLACES),
        Kind.BOOLEAN: pa.bool_(),
    }
    told = {"kind": column.kind.value, "description": column.meaning} | ({"unit": column.unit} if column.unit else {})
    return pa.field(column.name, types[column.kind], metadata=told)


def _values(kind: Kind, values: Sequence[object]) -> Sequence[object]:
    """Values as Arrow takes them."""
    if kind is Kind.JSON:
        return [None if value is None else compact(value) for value in values]
    if kind is Kind.NUMBER:  # a figure of forty digits is no 64-bit integer on the way
        return [value if value is None else float(value) for value in values]  # type: ignore[arg-type]
    return values


FORMAT = Format("parquet", ".parquet", write, require)
