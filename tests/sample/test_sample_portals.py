"""What the portals hold: counted here from their pages, held against their manifest."""

from __future__ import annotations

import json
import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from gicrawl.sample.manifest import describe
from gicrawl.sample.portals import DEFAULT_SEED, build_portals

if TYPE_CHECKING:
    from gicrawl.sample.site import Portal

SEEDS = (DEFAULT_SEED, 1, 7, 2024)


@cache
def built(seed: int) -> tuple[list[Portal], dict[str, Any]]:
    portals = build_portals(seed)
    told: dict[str, Any] = json.loads(json.dumps(describe(portals, seed=seed, documents=False)))
    return portals, told


@pytest.mark.parametrize("seed", SEEDS)
def test_each_portal_holds_what_a_real_column_holds(seed: int) -> None:
    portals, told = built(seed)
    for portal, manifest in zip(portals, told["portals"], strict=True):
        counts = manifest["counts"]
        assert counts["report"] >= 30
        assert counts["list_pages"] >= 3
        for kind in ("news", "compilation_notice", "website_report", "picture_explanation", "soft_404"):
            assert counts[kind] >= 1
        assert counts["missing"] == counts["torn"] == 1
        forms = {form for report in manifest["reports"] for form in report["forms"].values()}
        assert forms == {"form2019", "form2021"}
        near = {
            "news",
            "compilation_notice",
            "website_report",
            "picture_explanation",
            "soft_404",
            "other_annual_report",
        }
        crowded = [
            page["path"]
            for page in manifest["list_pages"]
            if sum(e["kind"] in near for e in page["entries"]) > sum(e["kind"] == "report" for e in page["entries"])
        ]
        assert crowded
        assert len({placed.path for placed in portal.placed}) == len(portal.placed)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_defect_is_met_on_a_page_or_in_a_file_and_only_so_often(seed: int) -> None:
    _, told = built(seed)
    reports = [report for portal in told["portals"] for report in portal["reports"]]
    assert sum(report["defect"] == "wrong_total" for report in reports) == 1
    failed = {
        name: [report for report in reports if any((f["id"], f["status"]) == (name, "fail") for f in report["failed"])]
        for name in ("T3_ROW_TOTAL", "N_T3_NEW", "F_FORM_YEAR", "F_NO_NUMBER")
    }
    assert [report["defect"] for report in failed["T3_ROW_TOTAL"]] == ["wrong_total"]
    assert all(report["defect"] == "wrong_total" for report in failed["N_T3_NEW"])  # unless it tells no number
    assert len(failed["F_FORM_YEAR"]) == 2
    assert {report["defect"] for report in failed["F_NO_NUMBER"]} <= {"blank_cells", "strokes"}
    forms = {report["form"]: report["defect"] for report in reports if report["defect"] in {"blank_cells", "strokes"}}
    assert sum(report["defect"] == "blank_cells" for report in reports) == 2
    assert sum(report["defect"] == "strokes" for report in reports) == 2
    assert set(forms) == {"page", "notice_pdf", "notice_docx"}
    assert [report["form"] for report in reports if report["defect"] == "renditions_differ"] == ["page_pdf"]
    assert sum(report["script"] == "hant" for report in reports) == 1
    assert sum(report["layout"] != "tables" for report in reports) == 4
    assert {"tables", "rows", "cells", "pipes"} == {report["layout"] for report in reports}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_decodes_as_its_portal_really_is(seed: int) -> None:
    for portal in built(seed)[0]:
        declared, real = portal.charset
        files = {path for placed in portal.placed for path in placed.attachments}
        for path, page in portal.pages.items():
            if path not in files and page.content_type.startswith("text/html") and page.body and page.status == 200:
                text = page.body.decode(real)
                assert f"charset={declared}" in text
                assert "\ufffd" not in text


def test_the_gb2312_portal_holds_characters_that_gb2312_has_not() -> None:
    portal = built(DEFAULT_SEED)[0][0]
    assert portal.charset == ("gb2312", "gbk")
    beyond = set()
    for placed in portal.placed:
        for character in placed.entry.title:
            try:
                character.encode("gb2312")
            except UnicodeEncodeError:
                beyond.add(character)
    assert beyond & set("堃喆镕瑄")
    with pytest.raises(UnicodeEncodeError):
        portal.pages[portal.column].body.decode("gbk").encode("gb2312")


def test_list_pages_of_the_static_portal_name_every_entry_in_order() -> None:
    portals, told = built(DEFAULT_SEED)
    portal, manifest = portals[0], told["portals"][0]
    found = []
    for number, page in enumerate(manifest["list_pages"]):
        text = portal.pages[page["path"]].body.decode("gbk")
        assert f'createPageHTML({len(manifest["list_pages"])}, {number}, "index", "html")' in text
        rows = re.findall(r'<li><a href="\./([^"]+)"[^>]*?(?: title="([^"]*)")?>([^<]*)</a><span>', text)
        assert [portal.column + href for href, _, _ in rows] == [entry["listed"] for entry in page["entries"]]
        found += rows
    titles = [placed.entry.title for placed in portal.placed]
    assert [unescape(title or text) for _, title, text in found] == titles
    assert any(text.endswith(("…", "...")) for _, _, text in found)


def test_the_datastore_and_its_proxy_give_every_row_once() -> None:
    portal = built(DEFAULT_SEED)[0][1]
    answer = portal.answer
    assert answer is not None
    text = portal.pages[portal.column].body.decode()
    paths = re.findall(r'<record><!\[CDATA\[<li><a href="([^"]+)"', text)
    inlined = len(paths)
    link = re.search(r'<nextgroup><!\[CDATA\[<a href="([^"?]+)\?([^"]+)"', text)
    groups = 1
    while link:
        page = answer("GET", link[1], dict(pair.split("=") for pair in link[2].split("&")))
        assert page is not None
        text = page.body.decode()
        paths += re.findall(r'<record><!\[CDATA\[<li><a href="([^"]+)"', text)
        link = re.search(r'<nextgroup><!\[CDATA\[<a href="([^"?]+)\?([^"]+)"', text)
        groups += 1
    assert paths == [placed.listed for placed in portal.placed]
    assert groups == len(portal.list_pages) >= 3
    query = {
        "columnid": portal.column.split("/")[2][3:],
        "startrecord": str(inlined + 1),
        "endrecord": str(inlined + 5),
    }
    unit = re.search(r"unitid:'(\d+)'", portal.pages[portal.column].body.decode())
    assert unit is not None
    page = answer("POST", "/module/web/jpage/dataproxy.jsp", {**query, "unitid": unit[1]})
    assert page is not None
    assert re.findall(r'<a href="(/art[^"]+)"', page.body.decode()) == paths[inlined : inlined + 5]
    lost = answer("POST", "/module/web/jpage/dataproxy.jsp", query)
    assert lost is not None
    assert b"<record>" not in lost.body


def test_the_column_is_reached_from_the_home_page_by_links() -> None:
    for portal in built(DEFAULT_SEED)[0]:
        real = portal.charset[1]
        home = portal.pages["/"].body.decode(real)
        platform = re.search(r'<a href="\.?(/[^"]*)"[^>]*>政府信息公开</a>', home)
        assert platform is not None
        page = portal.pages[platform[1]]
        path = page.location or platform[1]
        page = portal.pages[path]
        column = re.search(r'<a href="([^"]*)">政府信息公开年报</a>', page.body.decode(real))
        assert column is not None
        assert (path + column[1][2:] if column[1].startswith("./") else column[1]) == portal.column


def test_the_forbidden_decoy_is_listed_and_there() -> None:
    portals, told = built(DEFAULT_SEED)
    decoys = [entry for entry in told["portals"][0]["unavailable"] if entry["kind"] == "robots_denied"]
    assert len(decoys) == 1
    assert any(decoys[0]["path"].startswith(prefix) for prefix in told["portals"][0]["robots"]["disallow"])
    assert decoys[0]["path"] in portals[0].pages
    assert b"Disallow: " in portals[0].pages["/robots.txt"].body
    assert "/robots.txt" not in portals[1].pages


def test_ways_of_delivery_are_all_met() -> None:
    for portal in built(DEFAULT_SEED)[0]:
        pages = [portal.pages[p.path] for p in portal.placed if p.path in portal.pages]
        assert {page.transfer for page in pages} == {"length", "chunked", "close"}
        assert any(page.gzip for page in pages)
        assert any(page.trailer for page in pages)
        assert any(page.etag and page.last_modified for page in pages)
        assert any(not page.etag and not page.last_modified for page in pages)
        assert sum(placed.entry.moved for placed in portal.placed) == 2
        files = [file for placed in portal.placed for file in placed.entry.attachments]
        assert [file.missing for file in files].count(
            True
        ) == 2  # beside a whole page, and where only it has the report


def test_the_seed_decides_everything() -> None:
    first, again, other = (build_portals(seed) for seed in (5, 5, 6))
    for a, b, c in zip(first, again, other, strict=True):
        assert a.pages == b.pages
        assert [p.listed for p in a.placed] == [p.listed for p in b.placed]
        assert a.pages.keys() != c.pages.keys()
    one, two, three = (describe(portals, seed=5, documents=False) for portals in (first, again, other))
    assert one == two != three
