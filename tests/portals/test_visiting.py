"""When and how far a portal may be visited: what a registry may say of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gicrawl.portals.registry import load
from gicrawl.portals.visiting import Hours

if TYPE_CHECKING:
    from pathlib import Path


def opens_in(hours: str, shanghai: str) -> float:
    hour, minute, second = map(int, shanghai.split(":"))
    return Hours.read(hours).opens_in(datetime(2026, 11, 22, (hour - 8) % 24, minute, second, tzinfo=UTC))


@pytest.mark.parametrize(
    ("hours", "clock", "seconds"),
    [
        ("22:00-06:00", "22:00:00", 0),
        ("22:00-06:00", "05:59:59", 0),
        ("22:00-06:00", "06:00:00", 16 * 3600),
        ("22:00-06:00", "21:59:30", 30),
        ("08:00-09:00", "09:00:01", 23 * 3600 - 1),
        ("12:00-13:30, 20:00-24:00", "13:30:00", 6.5 * 3600),
        ("12:00-13:30, 20:00-24:00", "23:59:59", 0),
        ("12:00-13:30, 20:00-24:00", "00:00:00", 12 * 3600),
        ("00:00-24:00", "13:00:00", 0),
    ],
)
def test_hours_are_those_of_shanghai(hours: str, clock: str, seconds: float) -> None:
    assert opens_in(hours, clock) == seconds


@pytest.mark.parametrize("printed", ["", "22-6", "22:00", "25:00-06:00", "22:00-24:01", "22:60-06:00", "at night"])
def test_what_are_no_hours(printed: str) -> None:
    with pytest.raises(ValueError, match="the day"):
        Hours.read(printed)


ENTRY = '[[portal]]\nid = "a"\nbody = "云坪县人民政府"\nlevel = "county"\nhome = "http://www.yunping.gov.cn/"\n'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('hours = "at night"', "hours: 'at night' are none"),
        ("hours = 22", "hours: 22 is no text"),
        ('tls = "none"', "tls: 'none' is unknown; use strict or relaxed"),
        ('hosts = "files.example.com"', "hosts: 'files.example.com' is no list"),
        ('hosts = ["http://files.example.com/"]', "is no list of host names"),
        ("max_pages = 0", "max_pages: 0 is no number"),
        ("max_pages = 2.5", "max_pages: 2.5 is no number"),
        ("max_depth = true", "max_depth: True is no number"),
        ("max_hours = -1", "max_hours: -1 is no amount"),
        ('max_megabytes = "much"', "max_megabytes: 'much' is no amount"),
    ],
)
def test_a_wrong_line_costs_its_entry_and_is_told(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "portals.toml"
    other = ENTRY.replace('id = "a"', 'id = "b"')
    path.write_text(f"{ENTRY}{line}\n{other}", encoding="utf-8")
    registry = load(path)
    assert [portal.id for portal in registry] == ["b"]
    (problem,) = registry.problems
    assert said in str(problem)
    assert problem.line == 6


def test_a_table_says_the_same(tmp_path: Path) -> None:
    table, file = tmp_path / "portals.csv", tmp_path / "portals.toml"
    table.write_text(
        "id,body,level,home,hours,tls,hosts,max_pages,max_hours\n"
        "a,云坪县人民政府,county,http://www.yunping.gov.cn/,22:00-06:00,relaxed,a.com b.com:81,7,1.5\n",
        encoding="utf-8",
    )
    more = 'hours = "22:00-06:00"\ntls = "relaxed"\nhosts = ["a.com", "b.com:81"]\nmax_pages = 7\nmax_hours = 1.5\n'
    file.write_text(ENTRY + more, encoding="utf-8")
    assert load(table).problems == load(file).problems == ()
    assert load(table).portals == load(file).portals
