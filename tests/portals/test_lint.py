from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gicrawl.portals.lint import Finding, instantiate, lint
from gicrawl.portals.registry import Portal, load
from gicrawl.portals.sites import site

if TYPE_CHECKING:
    from collections.abc import Iterable

GOOD = Portal(
    id="miyi",
    body="米易县人民政府",
    level="county",
    kind="government",
    region_code="510421",
    home="http://www.miyi.gov.cn/",
    columns=("http://xxgk.miyi.gov.cn/nb/",),
    years=(2008, 2024),
    source="invented for this test",
)
FAMILIES = {"auto", "trs", "hanweb"}


def codes(*portals: Portal) -> list[tuple[str, str]]:
    return [(finding.severity, finding.code) for finding in lint(portals, FAMILIES, year=2026)]


def test_what_fits_is_left_alone() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"family": "trss"}, [("error", "family_unknown")]),
        ({"region_code": "519999"}, [("error", "region_unknown")]),
        ({"region_code": "510400"}, [("error", "region_level")]),
        ({"level": "prefecture"}, [("error", "region_level")]),
        ({"level": "national"}, [("error", "region_of_nation")]),
        ({"region_code": None}, [("warning", "region_missing")]),
        ({"region_code": "510422", "body": "盐边县人民政府"}, []),
        ({"region_code": "510422"}, [("error", "body_elsewhere")]),
        ({"body": "莆田市统计局", "kind": "department"}, [("error", "body_elsewhere")]),
        ({"body": "攀枝花市米易县人民政府"}, []),
        ({"body": "米易县财政局", "kind": "department"}, []),
        ({"body": "莲花乡人民政府", "level": "township", "region_code": "510421"}, []),
        ({"body": "攀莲镇人民政府", "level": "township", "region_code": "510421100"}, []),
        (
            {"body": "莲花乡人民政府", "level": "township", "region_code": "510421999"},
            [("warning", "township_unknown")],
        ),
        ({"body": "莲花乡人民政府", "region_code": "510421203"}, [("error", "region_level")]),
        ({"columns": ("http://www.elsewhere.gov.cn/nb/",)}, [("error", "column_elsewhere")]),
        ({"columns": ("http://a.miyi.gov.cn/", "http://a.miyi.gov.cn/")}, [("error", "column_twice")]),
        ({"home": "http://www.miyi.com/", "columns": ()}, [("warning", "host_foreign")]),
        ({"source": None}, [("warning", "source_missing")]),
        ({"years": (1998, 2024)}, [("warning", "years_odd")]),
        ({"years": (2008, 2044)}, [("warning", "years_odd")]),
    ],
)
def test_what_does_not_fit_is_named(wrong: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert codes(replace(GOOD, **wrong)) == expected  # type: ignore[arg-type]


def test_a_code_that_ended_is_named_with_what_came_after_it() -> None:
    (finding,) = lint(
        [replace(GOOD, body="汤旺河区人民政府", region_code="230712")],
        FAMILIES,
        year=2026,
    )
    assert (finding.severity, finding.code) == ("warning", "region_ended")
    assert finding.fields["year"] == 2019
    assert "230723" in str(finding.fields["successors"])


def test_zones_have_the_code_of_the_city_they_lie_in() -> None:
    zone = replace(
        GOOD, body="攀枝花钒钛高新技术产业开发区管理委员会", kind="development_zone", region_code="510400", columns=()
    )
    assert codes(zone) == []


def test_what_would_be_fetched_twice_is_named_with_the_other() -> None:
    again = replace(GOOD, id="again", body="米易县教育局", kind="department")
    (finding,) = lint([GOOD, again], FAMILIES, year=2026)
    assert (finding.portal, finding.code, finding.fields["other"]) == ("again", "column_twice", "miyi")
    bare = replace(GOOD, columns=())
    other = replace(again, columns=(), home="https://miyi.gov.cn/")
    assert codes(bare, other) == [("error", "home_twice")]
    assert codes(GOOD, replace(GOOD, id="new", columns=("http://www.miyi.gov.cn/new/",))) == [("error", "body_twice")]
    assert codes(replace(GOOD, status="moved"), replace(GOOD, id="new")) == []


def test_the_bundled_registry_has_nothing_to_find_and_names_its_sources() -> None:
    registry = load()
    assert list(lint(registry.portals, FAMILIES, year=2026)) == []
    assert {portal.status for portal in registry} == {"unverified"}
    assert all(portal.source for portal in registry)
    provinces = [portal for portal in registry if portal.level == "province" and portal.kind == "government"]
    assert len({portal.region_code for portal in provinces}) == 31
    assert not any("." in portal.id for portal in registry)  # what has a dot is taken for a URL on the command line


def test_every_spider_is_made_and_what_breaks_is_said() -> None:
    made: list[tuple[str, str]] = []

    def works(*, url: str, portal: str) -> object:
        made.append((url, portal))
        return object()

    def breaks(*, url: str, portal: str) -> object:
        raise ValueError(f"no column\nin {url} of {portal}")

    portals = [GOOD, replace(GOOD, id="other", family="trs", columns=()), replace(GOOD, id="none", family="gone")]
    found: Iterable[Finding] = instantiate({"auto": works, "trs": breaks}, portals)
    (finding,) = found
    assert (finding.portal, finding.code) == ("other", "spider_broken")
    assert finding.fields["error"] == "no column in http://www.miyi.gov.cn/ of other"
    assert made == [("http://xxgk.miyi.gov.cn/nb/", "miyi")]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://tjj.putian.gov.cn/x", "putian.gov.cn"),
        ("https://www.gov.cn/", "www.gov.cn"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://localhost/", "localhost"),
        ("http://a.b.example.org/", "example.org"),
    ],
)
def test_departments_are_of_the_site_of_their_portal(url: str, expected: str) -> None:
    assert site(url) == expected
