"""Links written in two places: clicks that call functions of the page, rows that a script gives addresses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from made_pages import html, title
from made_walks import portal, walk

from spiders.clicks import buried_anchors, clicked_anchors
from spiders.pagers import declared_total
from spiders.pages import Page

if TYPE_CHECKING:
    from made_portals import Answer

COLUMN = "/gk/nb/index.html"
HEAD = "<title>政府信息公开年报</title>"
OPEN = 'function openInfo(c, i) { var path = "/show"; window.open(path + "?cid=" + c + "&id=" + i); }'

CLICKS = {
    "two arguments": ("<p onclick=\"openInfo('77', '401')\">年报</p>", OPEN, "/show?cid=77&id=401"),
    "an address of code": ('<a href="javascript:openInfo(77,401)">年报</a>', OPEN, "/show?cid=77&id=401"),
    "through another function": (
        "<p onclick=\"go('401')\">年报</p>",
        "var base='/d/'; const go = (i) => { jump(base, i) }; function jump(b, i) { location.href = b + i + '.html' }",
        "/d/401.html",
    ),
    "the element itself": (
        '<p data-id="401" onclick="go(this)">年报</p>',
        "function go(one) { location.href = `/d/${one.dataset.id}.html` }",
        "/d/401.html",
    ),
    "less one": ("<p onclick=\"go('402')\">年报</p>", "function go(n){location='/d/'+(n-1)+'.html'}", "/d/401.html"),
    "behind another place for the first": (
        '<p onclick="go(401)">年报</p>',
        "function go(n){ if (n == 1) { location.href = '/d/'; return } location.href = '/d/' + n + '.html' }",
        "/d/401.html",
    ),
    "a handler for many": (
        '<ul id="l"><li class="one" data-id="401">年报</li></ul>',
        "$('#l').on('click', '.one', function () { var id = $(this).attr('data-id'); window.open('/d/' + id); });",
        "/d/401",
    ),
    "a handler that fills the page": (
        '<li id="nb">年报</li>',
        '$("#nb").click(function(){ $("#right").load("/block/nb.html"); });',
        "/block/nb.html",
    ),
    "a handler without jQuery": (
        '<li id="nb">年报</li>',
        "document.getElementById('nb').addEventListener('click', () => { location.href = '/nb/' })",
        "/nb/",
    ),
}


def page(body: str, script: str) -> Page:
    return Page(f"http://www.linping.gov.cn{COLUMN}", html(f"{body}<script>{script}</script>", HEAD).encode())


@pytest.mark.parametrize(("body", "script", "path"), CLICKS.values(), ids=CLICKS.keys())
def test_a_click_that_calls_a_function_leads_where_the_function_goes(body: str, script: str, path: str) -> None:
    found = clicked_anchors(page(body, script))
    assert [(anchor.url, anchor.text) for anchor in found] == [(f"http://www.linping.gov.cn{path}", "年报")]


@pytest.mark.parametrize(
    "script",
    [
        "function go(i) { window.open('/d/' + secret(i)) }",
        "function go(i) { location.href = '/d/' + window.chosen }",
        "function go(i) { $('#shown').toggle(i) }",
        "function other(i) { location.href = '/d/' + i }",
        "function go(i) { go(i) }",
    ],
)
def test_an_address_with_an_unknown_part_is_none(script: str) -> None:
    assert clicked_anchors(page("<p onclick=\"go('401')\">年报</p>", script)) == []


def test_a_menu_that_a_function_writes_is_read_and_its_markup_is_not() -> None:
    script = 'function add(t,u){document.write("<a href="+u+">"+t+"</a>");} add("信息公开","gk/gk.htm");'
    found = buried_anchors(page("", script))
    assert [(anchor.url, anchor.text) for anchor in found] == [
        ("http://www.linping.gov.cn/gk/nb/gk/gk.htm", "信息公开")
    ]


WRITERS = {
    "put together": """h += '<li><a href="/show.do?id=' + one.infoId + '" title="">' + one.infoTitle + '</a>';""",
    "a template": """h += `<li><a href="/show.do?id=${one.infoId}">${one.infoTitle}</a></li>`;""",
    "a click": """h += "<li onclick=\\"show('" + one.infoId + "')\\">" + one.infoTitle + "</li>";
        function show(id) { window.open("/show.do?id=" + id) }""",
    "a page of templates": """var t = '<a href="/show.do?id={{ one.infoId }}">{{ one.infoTitle }}</a>';""",
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS.keys())
def test_rows_with_only_an_id_have_the_address_that_the_script_writes(writer: str) -> None:
    def answer(asked: dict[str, str]) -> Answer:
        start = 3 * int(asked["page"]) - 3
        rows = [{"infoId": 90 + n, "infoTitle": title(n), "deptId": 3} for n in range(start, min(6, start + 3))]
        return 200, "application/json", json.dumps({"total": 6, "rows": rows}).encode()

    ask = '$.post("/list.do",{channelId:"c3",page:1,rows:3},function(d){ draw(d.rows) },"json");'
    menu = """m += '<a href="/channel/' + one.deptId + '/">' + one.deptName + "</a>";"""
    column = html(f"<ul></ul><script>{ask}{menu}{writer}</script>", HEAD)
    got = walk("auto", portal({COLUMN: column, "/list.do": answer}), url=COLUMN)
    assert sorted(got.articles) == [f"/show.do?id={90 + n}" for n in range(6)]


def test_a_program_is_asked_once_for_each_call_of_the_function_that_asks_it() -> None:
    """Years that a click chooses: asked without one, such programs answer nothing."""

    def answer(asked: dict[str, str]) -> Answer:
        year = int(asked["year"])
        rows = [{"url": f"/show/{year}/{n}.html", "title": title(n)} for n in range(3)] if asked["page"] == "1" else []
        return 200, "application/json", json.dumps({"list": rows}).encode()

    years = "".join(f"<li onclick=\"getYear('{year}')\">{year}年</li>" for year in (2024, 2023, 2022))
    script = (
        'function getYear(y){ $.post("/gk/query",{year:y,page:1,rows:50},function(d){ draw(d) }); } getYear("2024");'
    )
    column = html(f"<ul>{years}</ul><script>{script}</script>", HEAD)
    got = walk("auto", portal({COLUMN: column, "/gk/query": answer}), url=COLUMN)
    assert sorted(got.articles) == [f"/show/{year}/{n}.html" for year in (2022, 2023, 2024) for n in range(3)]


@pytest.mark.parametrize("name", ["data-src", "tagname", "data-page-url", "_url"])
def test_an_address_in_whatever_attribute_is_where_a_click_leads(name: str) -> None:
    found = clicked_anchors(page(f'<li {name}="./nb/index.html">年报</li><img {name}="./late.png">', ""))
    assert [anchor.url for anchor in found] == ["http://www.linping.gov.cn/gk/nb/nb/index.html"]


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        ("laypage.render({ elem: 'page', count: 36, limit: 10, curr: 1, jump: function(obj){} })", 4),
        ("$('#page').pagination({totalData:31,showData:10,callback:function(api){}})", 4),
        ("kkpager.generPageHtml({pno:1,total:4,totalRecords:36,hrefFormer:'list'})", 4),
        ("new Page({id:'p',total:7,callback:p=>go(p)})", 7),
        ('var pagination_script_config = { total: 3, current: 0, pagename: "nb", pageext: "html" };', 3),
        ("pagination_script_config.total = 5;", 5),
        ("chart.render({total: 9})", None),
    ],
)
def test_a_pager_says_in_its_options_how_many_pages_there_are(options: str, pages: int | None) -> None:
    assert declared_total(page("", options)) == pages
