"""truecms: markup in XML in JSON in a call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from made_pages import html, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/ntyp/zfxxgknb/zfxxgknb.html"
SERVER = "/tcms/messageController/getMessage.do"


def server(asked: dict[str, str]) -> Answer:
    assert asked["columnId"] == "a8c1"
    first, last = int(asked["startrecord"]), min(int(asked["endrecord"]), 25)
    records = "".join(
        f"<record><![CDATA[<a href='/ntyp/content/{n}.html' title='{title(n)}'>{title(n)[:9]}…</a>"
        "<b>2021-01-29</b>]]></record>"
        for n in range(first - 1, last)
    )
    store = f"<datastore><totalrecord>25</totalrecord><recordset>{records}</recordset></datastore>"
    return 200, "text/javascript", f"{asked['callback']}({json.dumps({'result': store}, ensure_ascii=False)});".encode()


@pytest.mark.parametrize("query", ["", "?columnId=a8c1&startrecord=1&endrecord=10&perpage=10&callback=jQuery1"])
def test_records_are_read_to_their_total(query: str) -> None:
    script = f"<script>$.getJSON('{SERVER}{query}',{{columnId:'a8c1',perpage:10}},show)</script>"
    pages: dict[str, Page] = {COLUMN: html(script, "<title>政府信息公开年报</title>"), SERVER: server}
    site = portal(pages)
    got = walk("auto", site, url=COLUMN)
    assert sorted(got.articles) == sorted(f"/ntyp/content/{n}.html" for n in range(25))
    assert got.last == [False, False, False, True]
    assert len(site.asked) == 4 + 25
    assert {link["date"] for link in got.links} == {"2021-01-29"}
