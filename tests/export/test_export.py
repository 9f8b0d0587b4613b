from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from corpus_fakes import ONE, TWO, Filler, page

from gicrawl.archive.records import (
    Capture,
    FileOrigin,
    IndexOrigin,
    OriginKind,
    Outcome,
    Role,
    TimeSource,
    WarcOrigin,
)
from gicrawl.archive.store import open_archive
from gicrawl.corpus.current import reading
from gicrawl.corpus.panel_columns import panel_columns
from gicrawl.corpus.reparse import reparse
from gicrawl.export.columns import Kind
from gicrawl.export.errors import ExportError
from gicrawl.export.formats import formats
from gicrawl.export.run import export
from gicrawl.export.tables import TABLES
from gicrawl.export.tables_bodies import PANEL_KEYS

if TYPE_CHECKING:
    from gicrawl.export.run import ExportSummary

HOST = "http://www.ganquan.gov.cn"
_DAY = datetime(2026, 2, 1, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs" / "tables.md"


@pytest.fixture
def archive_path(filler: Filler) -> Path:
    listing = filler.add(f"{HOST}/nb/", b"<html>", role=Role.LIST)
    filler.add(f"{HOST}/3", page(total=12, issuer='"雁滩"乡,人民政府'), referrer=listing, link_text="年报\n（2023）")
    filler.add(f"{HOST}/2", page(new=5, total=5, year=2022))
    filler.add(f"{HOST}/news", b"<html>news")
    filler.add(f"{HOST}/1", b"raise")
    filler.add(f"{HOST}/0", None, outcome=Outcome.TLS_ERROR, error="certificate has expired")
    reparse(filler.path, engine=ONE, workers=1)
    return filler.path


def _export(path: Path, name: str, to: Path) -> ExportSummary:
    with open_archive(path) as archive:
        return export(archive, name, to)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_format_is_found_and_writes_every_table(archive_path: Path, tmp_path: Path) -> None:
    assert list(formats()) == ["csv", "jsonl", "parquet"]
    for name in formats():
        summary = _export(archive_path, name, tmp_path / name)
        assert [file.table for file in summary.files] == [table.name for table in TABLES]
        assert {path.name for path in (tmp_path / name).iterdir()} == {f"{t.name}.{name}" for t in TABLES}
        records = {file.table: file.records for file in summary.files}
        assert records == {
            "reports": 2,
            "cells": 8,
            "facts": 2,
            "checks": 4,
            "parses": 4,
            "problems": 2,
            "captures": 6,
            "issuers": 2,
            "issuer_changes": 0,
            "panel": 5,
            "panel_states": 5,
            "codebook": len(panel_columns()),
        }


def test_csv_and_json_lines_say_the_same(archive_path: Path, tmp_path: Path) -> None:
    _export(archive_path, "csv", tmp_path)
    _export(archive_path, "jsonl", tmp_path)
    for table in TABLES:
        flat, nested = _csv(tmp_path / f"{table.name}.csv"), _jsonl(tmp_path / f"{table.name}.jsonl")
        assert len(flat) == len(nested)
        for row, line in zip(flat, nested, strict=True):
            for column in table.columns:
                value = line
                for key in column.group or (column.name,):
                    value = None if value is None else value[key]
                assert _read(row[column.name], column.kind) == (None if value == "" else value)


def _read(text: str, kind: Kind) -> object:
    if not text:
        return None
    return text if kind is Kind.TEXT else json.loads(text)


def test_rows_hold_what_was_read(archive_path: Path, tmp_path: Path) -> None:
    _export(archive_path, "jsonl", tmp_path)
    reports = {row["final_url"]: row for row in _jsonl(tmp_path / "reports.jsonl")}
    wrong = reports[f"{HOST}/3"]
    assert wrong["issuer"]["name"] == '"雁滩"乡,人民政府'
    assert (wrong["year"], wrong["forms"], wrong["parser"]) == (2023, {"applications": "form2021"}, "1.0+fake")
    assert wrong["period"] is None
    assert (wrong["portal"], wrong["captured"]) == ("ganquan", "2026-01-05T01:02:05.000000Z")
    assert wrong["renditions"] == [wrong["sha256"]]
    cells = {row["column"]: row for row in _jsonl(tmp_path / "cells.jsonl") if row["report_id"] == wrong["report_id"]}
    assert (cells["total"]["value"], cells["total"]["state"]) == (12, "number")
    assert (cells["other"]["value"], cells["other"]["state"]) == (None, "blank")
    assert cells["research"]["candidates"][1] == {"raw": "5", "evidence": {"start": 3, "end": 4}}
    (check,) = [row for row in _jsonl(tmp_path / "checks.jsonl") if row["status"] == "fail"]
    assert (check["version"], check["id"], check["left"], check["right"]) == (wrong["version"], "T3_ROW_TOTAL", 10, 12)
    assert check["message"]
    statuses = {row["url"].removeprefix(HOST): row["status"] for row in _jsonl(tmp_path / "parses.jsonl")}
    assert statuses == {"/1": "failed", "/2": "report", "/3": "report", "/news": "not_a_report"}
    captures = {row["final_url"].removeprefix(HOST): row for row in _jsonl(tmp_path / "captures.jsonl")}
    assert (captures["/0"]["outcome"], captures["/0"]["error"]) == ("tls_error", "certificate has expired")
    assert captures["/3"]["referrer"] == captures["/nb/"]["id"]


def test_a_blank_is_never_a_zero_in_csv(archive_path: Path, tmp_path: Path) -> None:
    _export(archive_path, "csv", tmp_path)
    blank = [row for row in _csv(tmp_path / "cells.csv") if row["state"] == "blank"]
    assert len(blank) == 2
    assert {(row["value"], row["raw"]) for row in blank} == {("", "")}
    assert b"\r\n" in (tmp_path / "cells.csv").read_bytes()


def test_rows_are_sorted_by_public_ids(archive_path: Path, tmp_path: Path) -> None:
    _export(archive_path, "csv", tmp_path)
    pair = ["issuer_id", "year", "scope"]
    keys = {
        "captures": ["id"],
        "issuers": ["issuer_id"],
        "issuer_changes": ["predecessor", "year", "successor"],
        "panel": pair,
        "panel_states": pair,
        "codebook": ["name"],
        "cells": ["report_id", "version", "table", "row", "column"],
    }
    for table in TABLES:
        names = keys.get(table.name, ["report_id", "version"])
        found = [[row[name] for name in names] for row in _csv(tmp_path / f"{table.name}.csv")]
        assert found == sorted(found)


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_the_same_archive_gives_the_same_bytes(archive_path: Path, tmp_path: Path, name: str) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    _export(archive_path, name, tmp_path / "one")
    _export(archive_path, name, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_only_the_current_parse_is_shown_and_the_older_ones_are_listed(archive_path: Path, tmp_path: Path) -> None:
    reparse(archive_path, engine=TWO, workers=1)
    _export(archive_path, "csv", tmp_path)
    assert {row["parser"] for row in _csv(tmp_path / "cells.csv")} == {"2.0+fake"}
    assert len(_csv(tmp_path / "reports.csv")) == 2
    parses = _csv(tmp_path / "parses.csv")
    assert (
        sorted((row["parser"], row["current"]) for row in parses)
        == [("1.0+fake", "false")] * 4 + [("2.0+fake", "true")] * 4
    )


def test_what_cannot_be_written_leaves_what_was_there(archive_path: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="choose one of csv, jsonl, parquet"):
        _export(archive_path, "papyrus", tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match=r"cannot be written .*--to") as caught:
        _export(archive_path, "csv", blocked)
    assert "\n" not in str(caught.value)
    assert blocked.read_text(encoding="utf-8") == "mine"
    taken = tmp_path / "taken"
    (taken / "issuers.csv").mkdir(parents=True)
    with pytest.raises(ExportError):
        _export(archive_path, "csv", taken)
    assert not [path for path in taken.iterdir() if path.suffix == ".part"]


_FULL = """
import resource, sys
from gicrawl.archive.store import open_archive
from gicrawl.export.errors import ExportError
from gicrawl.export.run import export

with open_archive(sys.argv[1]) as archive:
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
    try:
        export(archive, "csv", sys.argv[2])
    except ExportError as error:
        print(error)
"""


def test_a_full_disk_leaves_the_last_export_whole(archive_path: Path, filler: Filler, tmp_path: Path) -> None:
    to = tmp_path / "out"
    _export(archive_path, "csv", to)
    before = {path.name: path.read_bytes() for path in to.iterdir()}
    for number in range(100, 150):
        filler.add(f"{HOST}/{number}", page(new=number))
    reparse(archive_path, engine=ONE, workers=1)
    command = [sys.executable, "-c", _FULL, str(archive_path), str(to)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert re.fullmatch(r".*/out: the export cannot be written \(File too large\);.*--to\n", said.stdout)
    assert {path.name: path.read_bytes() for path in to.iterdir()} == before


def test_an_export_shows_one_moment(archive_path: Path, filler: Filler, tmp_path: Path) -> None:
    with open_archive(archive_path) as archive, reading(archive):
        filler.add(f"{HOST}/late", page(new=99))
        reparse(archive_path, engine=TWO, workers=1)
        export(archive, "csv", tmp_path)
    assert {row["parser"] for row in _csv(tmp_path / "cells.csv")} == {"1.0+fake"}
    assert len(_csv(tmp_path / "captures.csv")) == 6
    assert {row["current"] for row in _csv(tmp_path / "parses.csv")} == {"true"}


def test_exported_files_are_as_readable_as_any_other(archive_path: Path, tmp_path: Path) -> None:
    _export(archive_path, "csv", tmp_path / "out")
    other = tmp_path / "other"
    other.touch()
    assert (tmp_path / "out" / "cells.csv").stat().st_mode == other.stat().st_mode


def test_the_queries_in_the_docs_answer(archive_path: Path) -> None:
    wrong, received = re.findall(r"```sql\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    with open_archive(archive_path) as archive:
        assert archive.db.execute(wrong).fetchall() == [
            (f"{HOST}/3", '"雁滩"乡,人民政府', 2023, "T3_ROW_TOTAL", "new_received", None, 10, 12)
        ]
        assert [(year, value) for _, year, value, *_ in archive.db.execute(received)] == [(2023, 12), (2022, 5)]


def test_the_docs_tell_every_table_and_column() -> None:
    told: dict[str, list[tuple[str, ...]]] = {}
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## `(\w+)`", line):
            rows = told.setdefault(heading[1], [])
        elif cells := re.match(r"\| `(\w+)` \| (\w+) \| (.*) \| (.*) \|$", line):
            rows.append(cells.groups())
    assert told == {
        table.name: [
            (c.name, c.kind.value, c.meaning, c.unit or "")
            for c in (PANEL_KEYS if table.columns[: len(PANEL_KEYS)] == PANEL_KEYS else table.columns)
        ]
        for table in TABLES
    }


def test_every_capture_says_where_it_comes_from(archive_path: Path, tmp_path: Path) -> None:
    told = FileOrigin(path="nb/1.html", modified=_DAY, time_source=TimeSource.STATED, about=(("url", "http://a.cn/1"),))
    record = WarcOrigin(file="theirs.warc.gz", offset=12, within=0, record="urn:uuid:1")
    row = IndexOrigin(kind=OriginKind.WAYBACK, place="http://web.test/1id_/http://a.cn/3", told=(("digest", "ABC"),))
    with open_archive(archive_path) as archive, archive.writer() as writer:
        run = archive.start_run("import", {}, user_agent="", vantage=None)
        for number, origin in enumerate((told, record, row)):
            url = f"http://a.cn/{number}"
            writer.add(
                Capture(
                    id=uuid4(),
                    run=run,
                    time=_DAY,
                    requested_url=url,
                    final_url=url,
                    hop=0,
                    method=None,
                    outcome=Outcome.OK,
                    role=Role.NAVIGATION,
                    origin=origin,
                    body=b"%d" % number,
                )
            )
    with open_archive(archive_path) as archive:
        export(archive, "jsonl", tmp_path / "out")
    rows = [json.loads(line) for line in (tmp_path / "out" / "captures.jsonl").read_text(encoding="utf-8").splitlines()]
    by_kind = {
        row["origin"]: [row[f"origin_{n}"] for n in ("place", "modified", "time_source", "about")] for row in rows
    }
    assert by_kind == {
        "live": [None, None, None, None],
        "file": ["nb/1.html", "2026-02-01T00:00:00.000000Z", "stated", {"url": "http://a.cn/1"}],
        "warc": ["theirs.warc.gz", None, None, {"offset": 12, "within": 0, "record": "urn:uuid:1"}],
        "wayback": ["http://web.test/1id_/http://a.cn/3", None, None, {"digest": "ABC"}],
    }
    assert all((row["method"] is None) == (row["origin"] != "live") for row in rows)
