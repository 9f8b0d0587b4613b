from __future__ import annotations

import pytest
from corpus_fakes import ONE, TWO, Filler, page

from gicrawl.archive.store import open_archive
from gicrawl.corpus.current import reading
from gicrawl.corpus.reparse import pending, reparse
from gicrawl.corpus.selection import Selection
from gicrawl.corpus.status import status
from gicrawl.corpus.views import parses, reports
from gicrawl.portals.registry import Portal
from gicrawl.regions.codes import region_prefix

HOST = "http://www.ganquan.gov.cn/nb"
COUNTY = {"region_code": "610627", "level": "county", "kind": "government"}


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("61", "61"),
        ("610000", "61"),
        ("6106", "6106"),
        ("610600", "6106"),
        ("610627", "610627"),
        ("610627100", "610627100"),
        ("610627100000", "610627100"),
        ("610627100203", "610627100203"),
    ],
)
def test_a_code_stands_for_all_below_it(code: str, prefix: str) -> None:
    assert region_prefix(code) == prefix


@pytest.mark.parametrize("code", ["", "6", "610", "0", "000000", "061", "61062", "陕西", "61-", "6106271"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no division code"):
        Selection(region=code)


def test_years_run_forward() -> None:
    with pytest.raises(ValueError, match="earlier year"):
        Selection(years=(2023, 2021))


def test_an_empty_selection_is_false_and_takes_everything() -> None:
    nothing = Selection()
    assert not nothing
    assert nothing.matches(region_code=None, level=None, kind=None)
    assert nothing.has_issuer(None, None)


@pytest.mark.parametrize(
    ("selection", "known", "possible"),
    [
        (Selection(region="61"), (True, False, False), (True, False, True)),
        (Selection(region="610600"), (True, False, False), (True, False, True)),
        (Selection(region="62"), (False, True, False), (False, True, True)),
        (Selection(level="county"), (True, False, False), (True, False, True)),
        (Selection(kind="department"), (False, True, False), (False, True, True)),
        (Selection(years=(2021, 2023)), (True, False, False), (True, False, True)),
        (Selection(region="61", years=(2020, 2020)), (False, False, False), (False, False, True)),
    ],
)
def test_what_is_not_known_is_in_only_where_it_may_be_found_out(
    selection: Selection, known: tuple[bool, ...], possible: tuple[bool, ...]
) -> None:
    bodies = (
        (COUNTY, 2022),
        ({"region_code": "620100", "level": "prefecture", "kind": "department"}, 2024),
        ({"region_code": None, "level": None, "kind": None}, None),
    )
    assert selection
    assert tuple(selection.matches(**body, year=year) for body, year in bodies) == known
    assert tuple(selection.may_match(**body, year=year) for body, year in bodies) == possible


def test_portals_are_chosen_by_the_body_that_publishes_there() -> None:
    county = Portal(id="a", body="甘泉县人民政府", home="http://a/", **COUNTY)
    unknown = Portal(id="b", body="某局", level="county", home="http://b/")
    registry = (county, unknown)
    assert Selection(region="6106", years=(1999, 1999)).portals(registry) == (county,)
    assert Selection(level="county").portals(registry) == registry
    assert Selection(kind="government").portals(registry) == (county,)


def test_what_is_read_under_a_selection_is_of_these_reports_only(filler: Filler) -> None:
    for year in (2021, 2022, 2023):
        filler.add(f"{HOST}/{year}", page(year=year))
    filler.add(f"{HOST}/news", b"<html>news")
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        with reading(archive, Selection(years=(2022, 2023))):
            assert sorted(row.year or 0 for row in reports(archive)) == [2022, 2023]
            assert len(list(parses(archive))) == 2
        with reading(archive, Selection(kind="department")):
            assert list(reports(archive)) == []
        with reading(archive):
            assert len(list(parses(archive))) == 4
            with pytest.raises(ValueError, match="outermost"), reading(archive, Selection(kind="office")):
                pass
        some = status(archive, None, Selection(years=(2021, 2021)))
        assert (some.reports, some.near_misses) == (1, 1)


def test_a_reparse_leaves_out_only_what_is_known_to_be_elsewhere(filler: Filler) -> None:
    for year in (2021, 2022):
        filler.add(f"{HOST}/{year}", page(year=year))
    filler.add(f"{HOST}/news", b"<html>news")
    reparse(filler.path, engine=ONE, workers=1)
    filler.add(f"{HOST}/new", page(year=2021, new=3))
    wanted = Selection(years=(2022, 2022), level="county")
    with open_archive(filler.path) as archive:
        waiting = {work.url for work in pending(archive, engine=TWO, selection=wanted)}
    assert waiting == {f"{HOST}/{name}" for name in ("2022", "news", "new")}
    assert reparse(filler.path, engine=TWO, workers=1, selection=wanted).parsed == 3
    with open_archive(filler.path) as archive:
        assert {p.url for p in parses(archive) if p.parser == "1.0+fake" and p.current} == {f"{HOST}/2021"}
