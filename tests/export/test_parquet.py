from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from panel_samples import BUREAU, CITY, HOST, Looking

from gicrawl.archive.store import open_archive
from gicrawl.corpus.panel_columns import panel_columns
from gicrawl.export.columns import Wanted
from gicrawl.export.run import export
from gicrawl.export.tables import TABLES

PANDAS = Path(sys.prefix) / "pandas"
"""Where `make test` puts it, apart: sqlite-utils imports pandas wherever it finds it, a second for every process."""

NEW = "applications__new_received__total"
IN = "applications__carried_in__total"
FEES = "art20_8__administrative_fees__fee_amount_yuan"


@pytest.fixture
def looking(tmp_path: Path) -> Looking:
    looking = Looking(tmp_path / "gicrawl.db")
    looking.column()
    forms = {"applications": "form2021", "art20_8": "form2021"}
    for number, said in enumerate((CITY, BUREAU)):
        for year in (2021, 2023, 2024):
            cells = {
                NEW.replace("__", " "): ["number", year + number],
                IN.replace("__", " "): ["number", 0] if year > 2021 else ["blank"],
                "art20_8 administrative_fees fee_amount_wan": ["number", 0.1 + number],
            }
            looking.report(f"{HOST}/{number}/{year}", said=said | {"year": year, "forms": forms, "cells": cells})
    looking.read()
    return looking


@pytest.fixture
def folder(looking: Looking, tmp_path: Path) -> Path:
    to = tmp_path / "out"
    with open_archive(looking.path) as archive:
        export(archive, "parquet", to, Wanted())
        export(archive, "csv", to, Wanted())
    return to


def _query(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


_SUMS = """
import json, sys
import pandas
table = pandas.read_parquet(sys.argv[1], dtype_backend="pyarrow")
wanted = json.load(sys.stdin)
json.dump({n: str(table[n].dropna().sum()) if table[n].count() else None for n in wanted}, sys.stdout)
"""


def _by_pandas(path: Path, columns: list[str]) -> dict[str, Decimal | None]:
    if not PANDAS.exists() and find_spec("pandas") is None:
        pytest.skip("pandas is not installed: `make test` does that")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _SUMS, path],
        input=json.dumps(columns),
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(PANDAS)},
    )
    return {name: None if told is None else Decimal(told) for name, told in json.loads(done.stdout).items()}


def test_pandas_polars_and_duckdb_read_the_same_sums(folder: Path) -> None:
    path = folder / "panel.parquet"
    polars = pl.read_parquet(path)
    columns = [column.name for column in panel_columns()]
    ((*sums,),) = _query(f"SELECT {', '.join(f'sum({name})' for name in columns)} FROM '{path}'")  # noqa: S608
    by_duckdb = dict(zip(columns, sums, strict=True))
    by_pandas = _by_pandas(path, columns)
    for name in columns:
        read = {None if by_duckdb[name] is None else Decimal(by_duckdb[name])}
        read.add(None if polars[name].count() == 0 else Decimal(polars[name].sum()))
        told = by_pandas[name]
        read.add(None if told is None else told.quantize(Decimal("0.000001")))
        assert len(read) == 1, name
    assert by_duckdb[NEW] == 2 * (2021 + 2023 + 2024) + 3
    assert by_duckdb[FEES] == Decimal(36_000)
    assert by_duckdb[IN] == 0


def test_a_missing_number_is_a_null_and_a_zero_is_not(folder: Path) -> None:
    rows = _query(f"""
        SELECT p.year, p.report_state, p.{NEW}, p.{IN}, s.{NEW}, s.{IN}, s.{FEES},
            s.applications__other_processing__total
        FROM '{folder}/panel.parquet' AS p JOIN '{folder}/panel_states.parquet' AS s USING (issuer_id, year, scope)
        WHERE p.issuer_kind = 'government' ORDER BY ALL
    """)  # noqa: S608
    assert rows == [
        (2021, "found", 2021, None, "number", "blank", "number", "not_in_form"),
        (2022, "not_found", None, None, *["no_report"] * 4),
        (2023, "found", 2023, 0, "number", "number", "number", "not_in_form"),
        (2024, "found", 2024, 0, "number", "number", "number", "not_in_form"),
        (2025, "not_found", None, None, *["no_report"] * 4),
    ]


def test_types_say_what_a_column_holds(folder: Path) -> None:
    schema = pq.read_schema(folder / "panel.parquet")
    assert {str(schema.field(column.name).type) for column in panel_columns() if not column.money} == {"int64"}
    assert {str(schema.field(column.name).type) for column in panel_columns() if column.money} == {"decimal128(28, 6)"}
    assert str(pq.read_schema(folder / "cells.parquet").field("value").type) == "double"
    assert {str(field.type) for field in pq.read_schema(folder / "panel_states.parquet")} == {"string", "int64"}


def test_a_file_says_who_made_it_and_what_its_columns_mean(folder: Path) -> None:
    for table in TABLES:
        schema = pq.read_schema(folder / f"{table.name}.parquet")
        assert [field.name for field in schema] == [column.name for column in table.columns]
        assert json.loads(schema.metadata[b"gicrawl.parsers"]) == ["1.0+fake"]
        assert schema.metadata[b"description"].decode() == table.meaning
        for field, column in zip(schema, table.columns, strict=True):
            assert field.metadata[b"description"].decode() == column.meaning
            assert field.metadata.get(b"unit", b"").decode() == (column.unit or "")


def test_parquet_and_csv_say_the_same(folder: Path) -> None:
    for table in TABLES:
        parquet = pq.read_table(folder / f"{table.name}.parquet").to_pylist()
        flat = pl.read_csv(folder / f"{table.name}.csv", infer_schema=False).to_dicts()
        assert [{name: _text(value) for name, value in row.items()} for row in parquet] == [
            {name: None if value is None else _text(value) for name, value in row.items()} for row in flat
        ]


def _text(value: Any) -> str | None:  # noqa: ANN401 - whatever Arrow has
    """A value without the spelling its format gave it."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return f"{float(value):.6f}"
    try:
        return f"{float(value):.6f}"
    except ValueError:
        return str(value)


_WITHOUT = """
import sys
sys.modules["pyarrow"] = None  # as if it were not installed
from gicrawl.cli import cli
cli()
"""


def test_without_the_extra_one_line_says_how_to_get_it(looking: Looking, tmp_path: Path) -> None:
    to = tmp_path / "none"
    command = ["export", "--format", "parquet", "--to", str(to), "--archive", str(looking.path), "--lang", "en"]
    said = subprocess.run([sys.executable, "-c", _WITHOUT, *command], capture_output=True, text=True, check=False)
    assert said.returncode == 3, said.stderr
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert "pip install 'gicrawl[parquet]'" in said.stderr
    assert not to.exists()
