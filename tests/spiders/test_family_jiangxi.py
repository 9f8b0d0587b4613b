"""The platform of Jiangxi: a template with false links, a POST, and JSON within JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from made_pages import html, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/ypsthjt/zfxxgknb/index.html"


def column(code: str = "col42150") -> str:
    return html(
        "<div id=div380055></div>"
        "<script type='text/x-handlebars-template'><a href='{{pcUrl}}'>{{showTitle}}</a></script>"
        "<script>function more(){ if(true){ go({a:1}) } }\n"
        f"var params={{current:1,unitid:'380055',webSiteCode:['ypsthjt'],channelCode:['{code}'],perPage:'15',\n"
        "templateContainerId:'div380055',done:function(){ hide() },order:'desc'};\n"
        "loadPageData(params,'380055');</script>",
        '<base href="/ypsthjt/"><title>政府信息公开年报</title>',
    )


def answer(asked: dict[str, str]) -> Answer:
    assert asked["METHOD"] == "POST"
    assert asked["webSiteCode[]"] == "ypsthjt"
    assert asked["channelCode[]"] == "col42150"
    start = (int(asked["current"]) - 1) * int(asked["pageSize"])
    results = [
        {
            "source": {
                "title": title(n),
                "showTitle": f"<em>{title(n)}</em>",
                "pubDate": "2021-01-29 10:00:00",
                "urls": json.dumps(
                    {"pc": f"content/content_{n}.html" if n % 2 else f"/ypsthjt/content/content_{n}.html"}
                ),
            }
        }
        for n in range(start, min(start + 15, 20))
    ]
    return 200, "application/json", json.dumps({"data": {"total": 20, "results": results}}).encode()


def test_the_interface_is_asked_as_the_script_would_and_links_rest_on_the_base() -> None:
    pages: dict[str, Page] = {
        "/": html('<a href="/ypsthjt/zfxxgk/index.html">政府信息公开</a>'),
        "/ypsthjt/zfxxgk/index.html": html(f'<a href="{COLUMN}">政府信息公开年报</a>', "<title>政府信息公开</title>"),
        COLUMN: column(),
        "/queryList": answer,
    }
    site = portal(pages)
    got = walk("auto", site)
    assert sorted(got.articles) == sorted(f"/ypsthjt/content/content_{n}.html" for n in range(20))
    assert got.last == [False, False, True]
    assert [path for path in site.paths() if "queryList" in path] == ["/queryList"] * 2
    assert not [path for path in site.paths() if "{{" in path or "%7B" in path]
    assert got.links[0]["text"] == title(0)
    assert got.links[0]["date"] == "2021-01-29"


def test_several_channels_are_sent_one_by_one() -> None:
    bodies: list[list[tuple[str, str]]] = []

    def record(method: str, target: str, body: bytes) -> Answer:
        if target == "/queryList":
            bodies.append(parse_qsl(body.decode()))
            return 200, "application/json", b'{"data":{"total":0,"results":[]}}'
        return type(site).answer(site, method, target, body)

    site = portal({COLUMN: column("col1','col2")})
    site.__dict__["answer"] = record
    got = walk("auto", site, url=COLUMN)
    assert [value for key, value in bodies[0] if key == "channelCode[]"] == ["col1", "col2"]
    assert len(bodies) == 1
    assert got.last == [False, True]  # an interface that has nothing says so
