"""Strange portals: the same for everybody who draws them, and sound: what they list can be reached from their home."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from gicrawl.sample.manifest import describe
from gicrawl.sample.strangers import build_strangers

if TYPE_CHECKING:
    from gicrawl.sample.site import Portal

COUNT = 4
WORD = re.compile(r"[^\s\"'<>()\\,;]+")


@pytest.fixture(scope="module")
def strangers() -> list[Portal]:
    return build_strangers(11, COUNT)


def digest(portal: Portal) -> str:
    told = hashlib.sha256()
    for path in sorted(portal.pages):
        told.update(path.encode() + portal.pages[path].body)
    return told.hexdigest()


def test_asking_for_more_does_not_change_the_first(strangers: list[Portal]) -> None:
    (first,) = build_strangers(11, 1)
    assert digest(first) == digest(strangers[0])
    assert len({digest(portal) for portal in strangers}) == COUNT


def test_each_has_a_name_of_its_own_and_says_what_is_odd_about_it(strangers: list[Portal]) -> None:
    assert len({portal.host for portal in strangers}) == len({portal.body for portal in strangers}) == COUNT
    told = describe(strangers, seed=11, documents=False)["portals"]
    assert isinstance(told, list)
    assert any(isinstance(portal, dict) and portal["traits"] for portal in told)
    usual = build_strangers(11, 1, odd=0.0)
    assert all(set(portal.traits) <= {"list", "script"} for portal in usual)


def test_the_column_and_its_first_page_are_within_reach(strangers: list[Portal]) -> None:
    for portal in strangers:
        articles = {placed.path for placed in portal.placed}
        reached = {"/"}
        waiting = ["/"]
        while waiting:
            path = waiting.pop()
            page = portal.pages[path]
            if path in articles or not page.content_type.startswith("text/html"):
                continue  # nothing on the way
            text = page.location or page.body.decode(portal.charset[1], "replace")
            for word in WORD.findall(html.unescape(text)):
                for found in {word, word.split("=", 1)[-1], word.split("#")[0]}:
                    to = urlsplit(urljoin(f"http://{portal.host}{path}", found))
                    place = unquote(f"{to.path}?{to.query}" if to.query else to.path)
                    if to.netloc == portal.host and place in portal.pages and place not in reached:
                        reached.add(place)
                        waiting.append(place)
        assert portal.column.split("#")[0] in reached, (portal.id, portal.traits)
        if portal.list_pages[0][0] in portal.pages:
            listed = {placed.listed for placed in portal.list_pages[0][1] if placed.entry.kind != "missing"}
            assert listed <= reached, (portal.id, portal.traits)


def test_truth_is_told_of_every_report(strangers: list[Portal]) -> None:
    for portal in strangers:
        reports = [placed for placed in portal.placed if placed.entry.kind == "report"]
        assert len(reports) >= 15
        assert len({placed.path for placed in portal.placed}) == len(portal.placed)
        for placed in reports:
            assert portal.pages[placed.path].body
            for file, path in zip(placed.entry.attachments, placed.attachments, strict=True):
                assert file.missing or portal.pages[path].body == file.body
