"""The table of divisions: sound in itself, and some changes everybody can look up."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gicrawl.regions.provinces import provinces
from gicrawl.regions.table import above, all_divisions, division, divisions, level_of_code, with_code

YEARS = range(2008, 2026)


def test_stretches_of_a_code_follow_each_other_without_overlap() -> None:
    before = None
    for one in all_divisions():
        assert len(one.code) == 6
        assert one.code.isdigit()
        assert one.level == level_of_code(one.code)
        assert one.last_year is None or one.first_year < one.last_year
        if before is not None and before.code == one.code:
            assert before.last_year is not None
            assert before.last_year <= one.first_year, one
        before = one


@pytest.mark.parametrize("year", YEARS)
def test_every_division_lies_in_one_of_the_same_year_up_to_a_province(year: int) -> None:
    for one in divisions(year):
        chain = above(one, year)
        assert (chain[-1] if chain else one).level == "province", one
        assert [higher.code[:2] for higher in chain] == [one.code[:2]] * len(chain)
        if one.level == "province":
            assert one.parent is None


def test_whatever_ended_since_2008_has_successors_of_its_level_in_force_at_the_end_of_that_year() -> None:
    ended = [one for one in all_divisions() if one.last_year is not None and one.last_year >= 2008]
    assert sum(one.level == "county" for one in ended) > 380
    for one in ended:
        assert one.last_year is not None
        assert one.successors, one
        for code in one.successors:
            next_one = division(code, one.last_year)
            assert next_one is not None, (one, code)
            assert next_one.at_end_of(one.last_year), (one, code)
            # What becomes a new prefecture without counties moves up a level.
            assert next_one.level == one.level or next_one.first_year == one.last_year, one


def test_the_provinces_are_those_of_the_other_table() -> None:
    names = {one.name for one in divisions(2020, level="province")}
    assert names == {province.name for province in provinces()} | {"台湾省", "香港特别行政区", "澳门特别行政区"}


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("230712", 2018, "汤旺河区"),
        ("230712", 2019, "汤旺河区"),  # ended in the course of that year
        ("230712", 2020, None),
        ("230723", 2018, None),
        ("230723", 2019, "汤旺县"),
        ("420600", 2009, "襄樊市"),
        ("420600", 2010, "襄阳市"),  # renamed in that year: the name at its end first
        ("341400", 2010, "巢湖市"),
        ("340181", 2012, "巢湖市"),
        ("110103", 2010, "崇文区"),
        ("999999", 2010, None),
    ],
)
def test_a_code_stands_for_the_name_of_that_year(code: str, year: int, name: str | None) -> None:
    found = division(code, year)
    assert (found and found.name) == name


def test_a_renamed_division_has_both_names_in_that_year() -> None:
    assert [one.name for one in with_code("420600", 2010)] == ["襄阳市", "襄樊市"]
    assert with_code("420600", 2010)[1].successors == ("420600",)


def test_what_is_divided_has_several_successors() -> None:
    old = division("421302", 2009)
    assert old is not None
    assert old.successors == ("421303", "421321")


def test_parents_follow_the_year() -> None:
    before, after = division("341421", 2010), division("340124", 2011)
    assert before is not None
    assert after is not None
    assert [one.name for one in above(before, 2010)] == ["巢湖市", "安徽省"]
    assert [one.name for one in above(after, 2011)] == ["合肥市", "安徽省"]


def test_what_no_prefecture_stands_above_lies_in_its_province() -> None:
    jiyuan = division("419001", 2020)
    assert jiyuan is not None
    assert (jiyuan.level, jiyuan.parent) == ("county", "410000")


def test_the_table_is_read_only_when_asked_for() -> None:
    told = "import gicrawl.regions.resolve, gicrawl.regions.table as t; print(t._lines.cache_info().misses)"
    assert subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout == "0\n"
