"""Epoint: JSON by POST of JSON; the id of the site in a script of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from made_pages import html, title
from made_portals import Portal
from made_walks import ORIGIN, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/dynamic/zwgk/govInfoPub.html?categorynum=003001003"
REST = "/EWB-FRONT/rest/lightfrontaction/getgovinfolist"
GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"


class Epoint(Portal):
    """A server that reads JSON."""

    wrapped = False
    words = False

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        if target != REST:
            return super().answer(method, target, body)
        self.asked.append((method, target))
        asked: dict[str, Any] = json.loads(body)
        asked = asked.get("params", {}) if self.wrapped else asked
        if asked.get("siteGuid") != GUID or asked.get("categorynum") != "003001003":
            return 200, "application/json", b'{"custom":""}'
        start = asked["pageIndex"] * asked["pageSize"]
        data = [
            {"infourl": f"/zwgk/003001/{n}.html", "realtitle": title(n), "infodate": "2021-01-29"}
            for n in range(start, min(start + asked["pageSize"], 20))
        ]
        custom: object = {"total": 20, "data": data}
        return 200, "application/json", json.dumps({"custom": json.dumps(custom) if self.words else custom}).encode()


def pages(*, inline: bool) -> dict[str, Page]:
    script = f"var siteInfo={{siteGuid:'{GUID}'}};"
    head = "<title>政府信息公开年报</title><script src='/js/webBuilderCommon.js'></script>"
    return {
        COLUMN: html(f"<script>{script}</script>" if inline else "", head),
        "/js/webBuilderCommon.js": (200, "text/javascript", script.encode()),
    }


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize("inline", [True, False])
def test_the_interface_is_asked_as_it_wants_to_be(*, wrapped: bool, words: bool, inline: bool) -> None:
    site = Epoint(pages(inline=inline), origin=ORIGIN)
    site.wrapped, site.words = wrapped, words
    got = walk("auto", site, url=COLUMN)
    assert len(got.articles) == 20
    assert got.last[-1] is True
    assert True not in got.last[:-1]
    # What the server wants is learnt from the first page.
    assert site.paths().count(REST) == (3 if wrapped else 2)
    assert site.paths().count("/js/webBuilderCommon.js") == (0 if inline else 1)


def test_without_the_id_of_the_site_the_column_is_not_called_read() -> None:
    made = pages(inline=False)
    made["/js/webBuilderCommon.js"] = (404, "text/html", b"")
    got = walk("auto", Epoint(made, origin=ORIGIN), url=COLUMN)
    assert got.articles == []
    assert True not in got.last
