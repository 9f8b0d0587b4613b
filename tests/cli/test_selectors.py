"""The four selectors mean the same in every command."""

import csv
import json
from pathlib import Path

import pytest
from console import Run
from made_reports import made

REGISTRY = """
[[portal]]
id = "yunping"
body = "云坪县人民政府"
level = "county"
kind = "government"
region_code = "990101"
home = "http://www.yunping.example/"

[[portal]]
id = "yunshan"
body = "云山市水利局"
level = "prefecture"
kind = "department"
region_code = "990100"
home = "http://slj.yunshan.example/"
"""


@pytest.fixture
def archive(gicrawl: Run, tmp_path: Path) -> None:
    """Three reports of a department and a page that is none, parsed."""
    (tmp_path / "documents").mkdir()
    for year in (2021, 2022, 2023):
        defect = "wrong_total" if year == 2022 else "none"
        (tmp_path / "documents" / f"{year}.html").write_bytes(made(year=year, defect=defect).html)
    (tmp_path / "documents" / "news.txt").write_text("我县召开政府信息公开工作会议", encoding="utf-8")
    assert gicrawl("import", "files", "documents").returncode == 0
    assert gicrawl("reparse", "--workers", "1").returncode == 0


@pytest.mark.usefixtures("archive")
def test_every_command_keeps_to_the_reports_selected(gicrawl: Run, tmp_path: Path) -> None:
    assert gicrawl("check", "--years", "2022-2023").returncode == 1
    right = gicrawl("check", "--years", "2023")
    assert right.returncode == 0
    assert right.stderr.splitlines()[-1].startswith("reports checked: 1;")
    assert gicrawl("check", "--kind", "government").stderr.startswith("reports checked: 0;")
    assert gicrawl("check", "documents", "--years", "2022").stderr.splitlines()[-1].startswith("reports checked: 1;")

    stock = json.loads(gicrawl("status", "--years", "2021", "--kind", "department", "--format", "json").stdout)
    assert (stock["reports"], [entry["year"] for entry in stock["coverage"]]) == (1, [2021])

    assert gicrawl("export", "--format", "csv", "--to", "tables", "--years", "2021-2022").returncode == 0
    for table in ("reports", "parses"):
        with (tmp_path / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            assert len(list(csv.DictReader(stream))) == 2, table
    with (tmp_path / "tables" / "cells.csv").open(encoding="utf-8", newline="") as stream:
        assert len({row["version"] for row in csv.DictReader(stream)}) == 2

    # The page that is no report names no year: parsing it again may find one.
    waiting = gicrawl("reparse", "--all", "--dry-run", "--years", "2021").stdout
    assert waiting.startswith("2 documents to parse")


def test_portals_are_chosen_by_their_bodies(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "portals.toml").write_text(REGISTRY, encoding="utf-8")

    def hosts(*arguments: str) -> list[str]:
        done = gicrawl("crawl", *arguments, "--dry-run", "--portals", "portals.toml")
        assert done.returncode == 0, done.stderr
        return [line.split()[0] for line in done.stdout.splitlines()]

    assert hosts("--region", "9901") == ["slj.yunshan.example", "www.yunping.example"]
    assert hosts("--region", "9901", "--level", "county") == ["www.yunping.example"]
    assert hosts("--kind", "department") == ["slj.yunshan.example"]
    assert hosts("yunping", "--kind", "department") == ["slj.yunshan.example", "www.yunping.example"]
    nothing = gicrawl("crawl", "--region", "9901", "--level", "township", "--dry-run", "--portals", "portals.toml")
    assert (nothing.returncode, len(nothing.stderr.splitlines())) == (2, 1)
    assert "region 9901, level township" in nothing.stderr


def test_a_selector_that_is_none_is_wrong_usage(gicrawl: Run) -> None:
    for arguments in (
        ("status", "--region", "x"),
        ("check", "--level", "village"),
        ("export", "--format", "csv", "--to", "t", "--years", "2023-2021"),
    ):
        assert gicrawl(*arguments).returncode == 2, arguments
