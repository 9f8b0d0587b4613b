"""Our table against one made by others, and our resolution against what people read in real documents.

Nothing here names a division: what may differ is told by its kind, and docs/regions.md lists what does.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from gicrawl.regions.resolve import find_in
from gicrawl.regions.table import all_divisions, division, divisions

SHARED = Path(__file__).parents[3] / "shared"
PAGE = Path(__file__).parents[2] / "docs" / "regions.md"
YEARS = range(2008, 2026)
LEVELS = {"省级": "province", "地级": "prefecture", "县级": "county"}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not beside the project (../shared)"),
]


@cache
def rows() -> tuple[dict[str, str], ...]:
    with (SHARED / "areacodes" / "result.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def explained() -> frozenset[str]:
    """Codes in the table of differences of docs/regions.md."""
    _, _, differences = PAGE.read_text(encoding="utf-8").partition("## Differences")
    return frozenset(re.findall(r"^\| ((?:\d{6}(?:, )?)+) ", differences, re.MULTILINE))


def is_explained(code: str) -> bool:
    return any(code in entry.split(", ") for entry in explained())


@cache
def theirs(year: int) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (row["代码"], row["名称"], LEVELS[row["级别"]])
        for row in rows()
        if int(row["启用时间"]) <= year and (not row["变更/弃用时间"] or int(row["变更/弃用时间"]) > year)
    )


@pytest.mark.parametrize("year", YEARS)
def test_codes_names_and_levels_in_force_at_the_end_of_a_year(year: int) -> None:
    ours = {(one.code, one.name, one.level) for one in divisions(year)}
    different = {row for row in ours ^ theirs(year) if not is_explained(row[0])}
    assert not different
    assert len(ours) > 3200


def test_every_county_code_that_ended_or_changed_is_here_with_the_year() -> None:
    changed = [
        (row["代码"], row["名称"], int(row["变更/弃用时间"]))
        for row in rows()
        if row["级别"] == "县级" and row["变更/弃用时间"] and int(row["变更/弃用时间"]) in YEARS
    ]
    ours = {(one.code, one.name, one.last_year) for one in all_divisions()}
    lost = [row for row in changed if row not in ours and not is_explained(row[0])]
    assert not lost
    assert len(changed) == 390


def test_what_an_ended_county_became_is_among_what_they_say() -> None:
    for row in rows():
        if row["级别"] != "县级" or not row["变更/弃用时间"] or int(row["变更/弃用时间"]) not in YEARS:
            continue
        year = int(row["变更/弃用时间"])
        said = set(re.findall(r"\d{6}", row["新代码"]))
        mine = [
            one for one in all_divisions() if (one.code, one.name, one.last_year) == (row["代码"], row["名称"], year)
        ]
        for one in mine:
            for code in one.successors:
                after = division(code, year)
                assert after is not None
                assert {code, after.parent} & (said | {one.code}) or is_explained(one.code), (one, said)


def test_every_issuer_people_have_placed_is_placed_there() -> None:
    placed = 0
    for path in sorted(SHARED.glob("truth/*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if not (truth["issuer"] and truth["year"]):
            continue
        found = find_in(truth["issuer"], year=truth["year"])
        assert found is not None, truth["issuer"]
        assert found.region_code is not None, found
        if truth["region_code"]:
            assert found.region_code == truth["region_code"]
            placed += 1
    assert placed


def test_names_shared_by_several_counties_stay_open_and_only_they() -> None:
    year = 2022  # no county ended in it
    namesakes = Counter(name for _, name, _ in theirs(year))
    for one in divisions(year, level="county"):
        found = find_in(one.name + "人民政府", year=year)
        assert found is not None, one
        assert one in found.resolution.candidates
        if not is_explained(one.code):
            assert (found.region_code is None) == (namesakes[one.name] > 1), one
