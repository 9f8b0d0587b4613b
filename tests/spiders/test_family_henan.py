"""The open interface of Henan: JSON on a host of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from made_pages import html, title
from made_walks import ORIGIN, portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/zfxxgk/zfxxgknb/index.html"
API = "/open/api/external"


def test_the_interface_is_read_to_its_total() -> None:
    def answer(asked: dict[str, str]) -> Answer:
        assert (asked["siteId"], asked["channelMarkId"]) == ("88", "x-1")
        start = (int(asked["pageNumber"]) - 1) * 10
        datas = [{"title": title(n), "selfUrl": f"{ORIGIN}/2021/{n}.html"} for n in range(start, min(start + 10, 25))]
        return 200, "application/json", json.dumps({"data": {"total": 25, "datas": datas}}).encode()

    url = f"//searchapi.yunping.gov.cn{API}?siteId=88&channelMarkId=x-1&pageNumber=1&pageSize=10"
    script = f"<script>$.get('{url}')</script>"
    pages: dict[str, Page] = {COLUMN: html(script, "<title>政府信息公开年报</title>"), API: answer}
    site = portal(pages)
    got = walk("auto", site, url=COLUMN)
    assert sorted(got.articles) == sorted(f"/2021/{n}.html" for n in range(25))
    assert got.last == [False, False, False, True]
