import csv
import json
import os
from pathlib import Path

import pytest
from console import Run
from tampering import tamper

REPORTS = 67
"""That the bundled portals have and that can be read."""


def test_without_an_archive_every_command_says_so_in_one_line(gicrawl: Run, tmp_path: Path) -> None:
    for arguments in (
        ("status",),
        ("verify",),
        ("verify", "--content"),
        ("reparse",),
        ("check",),
        ("export", "--format", "csv", "--to", "tables"),
    ):
        done = gicrawl(*arguments)
        assert done.returncode == 3, arguments
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert "archive/gicrawl.db" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_archive_can_be_named_by_the_environment(gicrawl: Run, archive: Path) -> None:
    assert gicrawl("status", GICRAWL_ARCHIVE=str(archive)).stdout == gicrawl("status", "--archive", str(archive)).stdout


def test_status_tells_reports_by_portal_and_year_and_what_stands_between(gicrawl: Run, archive: Path) -> None:
    stock = json.loads(gicrawl("status", "--archive", "a.db", "--format", "json").stdout)
    assert stock["reports"] == REPORTS
    assert stock["unparsed"] == 0
    assert {entry["portal"] for entry in stock["coverage"]} == {"yunping", "lanxi"}
    assert {entry["fate"] for entry in stock["standing"]} >= {"torn", "missing", "denied"}
    text = gicrawl("status", "--archive", archive.name).stdout
    assert f"{REPORTS} reports" in text
    assert "torn 1" in text


def test_a_monitor_hears_of_an_old_run_by_exit_status_3(gicrawl: Run, archive: Path) -> None:
    assert gicrawl("status", "--archive", archive.name, "--max-age", "26h").returncode == 0
    assert gicrawl("status", "--archive", archive.name, "--max-age", "0m").returncode == 3
    assert gicrawl("status", "--archive", archive.name, "--max-age", "soon").returncode == 2


def test_export_writes_the_same_bytes_twice(gicrawl: Run, archive: Path, tmp_path: Path) -> None:
    for form in ("csv", "jsonl"):
        for folder in ("one", "two"):
            done = gicrawl("export", "--archive", archive.name, "--format", form, "--to", folder)
            assert done.returncode == 0, done.stderr
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"reports.csv", "cells.csv", "reports.jsonl", "cells.jsonl"} <= set(files)
    assert [(tmp_path / "one" / f).read_bytes() for f in files] == [(tmp_path / "two" / f).read_bytes() for f in files]
    with (tmp_path / "one/reports.csv").open(encoding="utf-8", newline="") as table:
        assert len(list(csv.DictReader(table))) == REPORTS
    with (tmp_path / "one/cells.csv").open(encoding="utf-8", newline="") as table:
        blank = [row for row in csv.DictReader(table) if row["state"] == "blank"]
    assert blank
    assert {row["value"] for row in blank} == {""}


def test_an_export_that_cannot_be_written_is_told_in_one_line(gicrawl: Run, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = gicrawl("export", "--archive", archive.name, "--format", "csv", "--to", "file/tables")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_check_of_the_archive_names_the_wrong_total(gicrawl: Run, archive: Path) -> None:
    done = gicrawl("check", "--archive", archive.name)
    assert done.returncode == 1
    assert "FAILS" in done.stdout
    assert f"reports checked: {REPORTS}; errors: " in done.stderr
    assert "不成立" in gicrawl("check", "--archive", archive.name, "--lang", "zh").stdout


def test_reparse_has_nothing_to_do_and_all_changes_nothing(gicrawl: Run, archive: Path) -> None:
    before = gicrawl("verify", "--content", "--archive", archive.name).stdout
    assert gicrawl("reparse", "--dry-run", "--archive", archive.name).stdout.startswith("0 documents")
    assert gicrawl("reparse", "--archive", archive.name).stdout == ""
    again = gicrawl("reparse", "--all", "--workers", "1", "--archive", archive.name)
    assert f"report {REPORTS}" in again.stdout.splitlines()
    assert gicrawl("verify", "--content", "--archive", archive.name).stdout == before


@pytest.mark.parametrize(
    ("chosen", "count"), [(("--limit", "3"), 3), (("--sample", "5"), 5), (("--sample", "5", "--limit", "2"), 2)]
)
def test_a_dry_run_counts_what_sample_and_limit_leave(
    gicrawl: Run, archive: Path, chosen: tuple[str, ...], count: int
) -> None:
    done = gicrawl("reparse", "--all", "--dry-run", *chosen, "--archive", archive.name)
    assert done.stdout == f"{count} documents to parse, {count} of them parsed before\n"


def test_verify_names_a_body_that_was_changed(gicrawl: Run, archive: Path) -> None:
    assert gicrawl("verify", "--archive", archive.name).returncode == 0
    tamper(archive, "UPDATE bodies SET data = zeroblob(length(data)) WHERE id = (SELECT min(id) FROM bodies)")
    done = gicrawl("verify", "--archive", archive.name)
    assert done.returncode == 1
    assert done.stdout.startswith("body ")
    assert len(done.stderr.splitlines()) == 1


def test_a_damaged_archive_is_told_in_one_line(gicrawl: Run, archive: Path) -> None:
    os.truncate(archive, archive.stat().st_size // 3)
    for command in (("status",), ("reparse",), ("check",)):
        done = gicrawl(*command, "--archive", archive.name)
        assert done.returncode == 3, command
        assert len(done.stderr.splitlines()) == 1, done.stderr
