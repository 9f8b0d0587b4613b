"""The proving ground: every family's portal is served, its lists are read by hand and held against the manifest."""

from __future__ import annotations

import gzip
import hashlib
import html
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from family_readers import READERS, Visitor

from gicrawl.sample import SampleServer
from gicrawl.sample.manifest import describe
from gicrawl.sample.portals import FAMILIES, UnknownFamilyError, build_families, family_names
from gicrawl.sample.traps import CALENDAR, ENDLESS, SESSION

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = int(os.environ.get("GICRAWL_SAMPLE_SEED", "20260101"))
"""Whoever runs the tests may draw another."""
SOME = ("jpaas", "lonsun")
NAMES = tuple(family.family for family in FAMILIES)


@pytest.fixture(scope="module")
def visitors() -> Iterator[dict[str, Visitor]]:
    with SampleServer(seed=SEED, families=NAMES) as server:
        portals = {portal["family"]: portal for portal in server.manifest()["portals"]}
        yield {
            name: Visitor(server.ports[portal["id"]], portal["charset"]["real"], portal)
            for name, portal in portals.items()
        }


def test_there_is_a_reader_for_each_family() -> None:
    assert set(READERS) == set(NAMES) == set(family_names()) - {"trs", "hanweb"}
    assert len({family.id for family in FAMILIES}) == len({family.place for family in FAMILIES}) == len(FAMILIES)


@pytest.mark.parametrize("family", NAMES)
def test_its_lists_name_every_entry_once_and_in_order(visitors: dict[str, Visitor], family: str) -> None:
    visitor = visitors[family]
    listed = [entry["listed"] for page in visitor.manifest["list_pages"] for entry in page["entries"]]
    assert READERS[family](visitor) == listed
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("family", NAMES)
def test_it_holds_reports_and_near_misses_and_serves_them(visitors: dict[str, Visitor], family: str) -> None:
    visitor = visitors[family]
    manifest = visitor.manifest
    counts = manifest["counts"]
    assert counts["report"] >= 15
    assert sum(counts.get(kind, 0) for kind in ("news", "compilation_notice", "website_report")) >= 10
    assert any(file["path"] for report in manifest["reports"] for file in report["attachments"])
    for entry in [*manifest["reports"], *manifest["near_misses"], *manifest["unreadable"]]:
        assert digest(visitor, entry["path"]) == entry["delivery"]["sha256"]
        if entry["listed"] != entry["path"]:
            assert visitor.ask(entry["listed"])[0] == 301
        for file in entry["attachments"]:
            if file["missing"]:
                assert visitor.ask(file["path"])[0] == 404
            else:
                assert digest(visitor, file["path"]) == file["sha256"]
    missing = [entry for entry in manifest["unavailable"] if entry["kind"] == "missing"]
    assert [visitor.ask(entry["path"])[0] for entry in missing] == [404]


def digest(visitor: Visitor, path: str) -> str:
    status, headers, body = visitor.ask(path)
    assert status == 200, path
    return hashlib.sha256(gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body).hexdigest()


@pytest.mark.parametrize("family", NAMES)
def test_the_column_is_reached_from_the_home_page_by_links(visitors: dict[str, Visitor], family: str) -> None:
    visitor = visitors[family]
    home = visitor.text("/")
    platform = re.search(r'<a href="([^"]*)">政府信息公开</a>', home)
    assert platform is not None
    column = re.search(r'<a href="([^"]*)">[^<]*(?:年报|年度报告)</a>', visitor.text(html.unescape(platform[1])))
    assert column is not None
    assert urljoin(platform[1], html.unescape(column[1])).split("#")[0] == visitor.manifest["column"]


@pytest.mark.parametrize("family", NAMES)
def test_traps_lead_on_for_ever_and_stand_on_no_report(visitors: dict[str, Visitor], family: str) -> None:
    visitor = visitors[family]
    home = visitor.text("/")
    links = [href for href in re.findall(r'href="([^"]+)"', home) if href.startswith((CALENDAR, SESSION, ENDLESS))]
    for link in links:
        at, seen = html.unescape(link), set()
        for _ in range(5):
            assert at not in seen
            seen.add(at)
            page = visitor.text(at)
            own = at.split("?")[0].split(";")[0]
            following = [urljoin(at, href) for href in re.findall(r'href="([^"]+)"', page)]
            at = [href for href in following if href.startswith(own)][0 if own == CALENDAR else -1]
    for report in visitor.manifest["reports"][:3]:
        assert "{{" not in gzip_text(visitor, report["path"])


def gzip_text(visitor: Visitor, path: str) -> str:
    _, headers, body = visitor.ask(path)
    body = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
    return body.decode(visitor.charset, "replace")


def described(seed: int) -> list[dict[str, Any]]:
    portals: Any = describe(build_families(seed, SOME), seed=seed, documents=False)["portals"]
    return list(portals)


def test_the_same_seed_gives_the_same_portals_and_another_seed_others() -> None:
    first = described(5)
    assert first == described(5)
    assert [portal["family"] for portal in first] == list(SOME)
    for one, other in zip(first, described(6), strict=True):
        assert {report["path"] for report in one["reports"]} != {report["path"] for report in other["reports"]}


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(UnknownFamilyError, match="no family dotcom; there are trs, hanweb, "):
        build_families(1, ("ucap", "dotcom"))
