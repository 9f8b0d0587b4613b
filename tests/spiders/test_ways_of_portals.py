"""Ways to reports that portals have beside the usual one."""

from __future__ import annotations

import json

from made_pages import html, title
from made_walks import portal, walk

HEAD = "<title>政府信息公开年报</title>"


def test_a_column_below_the_last_of_the_duties_to_publish() -> None:
    pages = {
        "/": html('<a href="/gk/">公开</a>'),
        "/gk/": html('<a href="/gk/fd/">法定主动公开</a>'),
        "/gk/fd/": html('<a href="/gk/fd/jg/">机构职能</a><a href="/gk/fd/qt/">其他法定信息</a>'),
        "/gk/fd/qt/": html('<a href="/gk/fd/qt/a/">人大建议</a><a href="/gk/fd/qt/nb/">信息公开工作年度报告</a>'),
        "/gk/fd/qt/nb/": html(f'<li><a href="1.html">{title(1)}</a>', HEAD),
    }
    assert walk("auto", portal(dict(pages))).articles == ["/gk/fd/qt/nb/1.html"]


def test_a_page_with_the_title_of_a_report_that_lists_those_of_bodies() -> None:
    collected = "派出机构2024年政府信息公开工作年度报告"
    cells = "".join(f'<td><a href="{n}.html">{name}监管局</a></td>' for n, name in enumerate("京津冀晋辽吉"))
    near = '<div><a href="/fgj/">发改局</a><a href="http://czj.yunping.gov.cn/">财政局</a></div>'
    pages = {
        "/nb/": html(f'<li><a href="pc/2024/index.html">{collected}</a><li><a href="1.html">{title(1)}</a>', HEAD),
        "/nb/pc/2024/index.html": html(f"{near}<table><tr>{cells}</tr></table>", f"<title>{collected}</title>"),
        "/nb/1.html": html(
            f"{near}{'<p>一、总体情况。</p>' * 100}<table><tr>{cells}</tr></table>", f"<title>{title(1)}</title>"
        ),
    }
    got = walk("auto", portal(dict(pages)), url="/nb/")
    assert sorted(got.articles) == [
        "/nb/1.html",
        *(f"/nb/pc/2024/{n}.html" for n in range(6)),
        "/nb/pc/2024/index.html",
    ]


def test_bodies_whose_lists_say_nothing_of_themselves() -> None:
    nodes = ",".join(f'{{id:{n},name:"{name}局",url:"/xxgk/{n}/list.html"}}' for n, name in enumerate(NAMES))
    tree = f'<script>var zNodes=[{{id:99,name:"政府信息公开年报"}},{nodes}];</script><p>请选择</p>'
    pages = {"/": html('<a href="/xxgk/">信息公开</a>'), "/xxgk/": html(tree, "<title>信息公开</title>")}
    for n in range(len(NAMES)):
        rows = "".join(
            f'<li><a href="{year}.html">云坪县{NAMES[n]}局{year}年政府信息公开年度报告</a>' for year in YEARS
        )
        pages[f"/xxgk/{n}/list.html"] = html(f"{tree}<ul>{rows}</ul>")
    assert len(walk("auto", portal(dict(pages))).articles) == len(NAMES) * len(YEARS)


NAMES = ["教育", "民政", "水利", "统计", "司法", "财政", "审计", "文旅", "交通", "农业"]
YEARS = (2020, 2021, 2022)


def test_pages_that_marks_and_not_words_turn() -> None:
    rows = [f'<li><a href="/a/{n}">{title(n)}</a>' for n in range(3)]
    first = html(f'{rows[0]}<a class="next page-numbers" href="/nb/page/2/">Older</a>', HEAD)
    second = html(rows[1], f'{HEAD}<link rel="next" href="/nb/page/3/">')
    pages = {"/nb/": first, "/nb/page/2/": second, "/nb/page/3/": html(rows[2], HEAD)}
    got = walk("auto", portal(dict(pages)), url="/nb/")
    assert got.articles == ["/a/0", "/a/1", "/a/2"]


def test_a_class_that_all_buttons_of_a_pager_share_turns_nothing() -> None:
    def nb(number: int) -> str:
        buttons = f'<a class="Next" href="/nb/1.htm">首页</a><a class="Next" href="/nb/{number - 1}.htm">上页</a>'
        onward = f'<a class="Next" href="/nb/{number + 1}.htm">下页</a>' if number < 4 else ""
        return html(f'<li><a href="/a/{number}">{title(number)}</a>{buttons if number > 1 else ""}{onward}', HEAD)

    site = portal({f"/nb/{number}.htm": nb(number) for number in range(1, 5)})
    got = walk("auto", site, url="/nb/1.htm")
    assert got.articles == ["/a/1", "/a/2", "/a/3", "/a/4"]
    assert len(site.asked) == 8


def test_a_list_of_notices_is_turned_where_there_is_no_column() -> None:
    def notices(number: int) -> str:
        news = "".join(f'<li><a href="n{number}{n}.html">关于第{n}批公示的公告</a>' for n in range(5))
        row = f'<li><a href="{number}.html">{title(number)}</a>' if number < 3 else ""
        onward = f'<a href="index_{number + 1}.html">下一页</a>'
        return html(f"<ul>{news}{row}</ul>{onward}", "<title>通知公告</title>")

    pages = {"/": html('<a href="/tzgg/">通知公告</a>'), "/tzgg/": notices(0)}
    pages |= {f"/tzgg/index_{number}.html": notices(number) for number in range(1, 20)}
    site = portal(dict(pages))
    assert sorted(walk("auto", site).articles) == ["/tzgg/0.html", "/tzgg/1.html", "/tzgg/2.html"]
    assert len(site.asked) < 13


def test_platforms_of_bodies_that_a_platform_with_its_column_inside_names() -> None:
    def platform(prefix: str, number: int, links: str = "") -> str:
        tree = f'[{{"id": {number}, "name": "政府信息公开年报", "jump_url": "", "children": []}}]'
        script = f"window._CONFIG = {{ SID: '75500{number}', DOMAIN: 'www.yunping.gov.cn', TREE: {tree} }}"
        articles = (
            f'[{{"id": 1, "title": "{title(number)}", "url": "http://www.yunping.gov.cn{prefix}/a/{number}.html"}}]'
        )
        pages[f"{prefix}/gkmlpt/api/all/{number}"] = (
            f'{{"classify": {{"id": {number}}}, "total": 1, "articles": {articles}}}'
        )
        return html(f"<div id=app></div>{links}<script>{script}; // gkmlpt</script>")

    pages = {"/": html('<a href="/gkmlpt/index">政府信息公开</a>')}
    links = "".join(f'<a href="/b{n}/gkmlpt/index">{name}局</a>' for n, name in enumerate(NAMES[:3]))
    pages["/gkmlpt/index"] = platform("", 2709, links)
    pages |= {f"/b{n}/gkmlpt/index": platform(f"/b{n}", 2700 + n) for n in range(3)}
    site = portal(dict(pages))
    got = walk("auto", site)
    assert sorted(got.articles) == ["/a/2709.html", *(f"/b{n}/a/{2700 + n}.html" for n in range(3))]


def test_a_button_that_appends_rows_in_json() -> None:
    def more(asked: dict[str, str]) -> str:
        number = int(asked["page"])
        row = f'<li><a href="/nb/{number}.html">{title(number)}</a></li>'
        return json.dumps({"code": 0, "html": row, "next": f"/api/news?page={number + 1}", "hasMore": number < 3})

    button = '<a href="javascript:;" data-url="/api/news?page=2">加载更多</a>'
    site = portal({"/nb/": html(f'<li><a href="1.html">{title(1)}</a>{button}', HEAD), "/api/news": more})
    got = walk("auto", site, url="/nb/")
    assert got.articles == ["/nb/1.html", "/nb/2.html", "/nb/3.html"]
    assert got.last[-1]


def test_a_list_in_a_file_beside_its_page() -> None:
    script = '<script>$.ajax({url: "list.xml", dataType: "xml", success: show});</script>'
    items = "".join(
        f"<item><title><![CDATA[{title(n)}]]></title><link>/a/{n}.html</link><pubDate>2021-01-2{n}</pubDate></item>"
        for n in range(3)
    )
    pages = {
        "/": html('<a href="/nb/">政府信息公开年报</a><a href="/tzgg/">通知公告</a>'),
        "/nb/": html(f"<ul id=l></ul>{script}", HEAD),
        "/nb/list.xml": f'<?xml version="1.0" encoding="utf-8"?><items>{items}</items>',
    }
    site = portal(dict(pages))
    got = walk("auto", site)
    assert sorted(got.articles) == ["/a/0.html", "/a/1.html", "/a/2.html"]
    assert "/tzgg/" not in site.paths()


def test_a_page_that_only_scripts_draw_is_said_to_be_unknown() -> None:
    got = walk("auto", portal({"/": html('<div id="app">加载中</div><script src="/static/js/app.1a2b.js"></script>')}))
    assert "<div id=app>" in got.log
    assert got.layouts == [None]
    plain = walk("auto", portal({"/": html("<p>本网站正在维护</p>")}))
    assert "scripts" not in plain.log


def test_sites_of_bodies_that_lead_nowhere_are_given_up_soon() -> None:
    foot = "".join(f'<a href="http://b{n}.yunping.gov.cn/">县{name}局</a>' for n, name in enumerate(NAMES))
    pages = {
        "/": html('<a href="/zfxxgk/">政府信息公开</a>'),
        "/zfxxgk/": html(f'<a href="nb/">公开年报</a>{foot}'),
        "/zfxxgk/nb/": html(f'<li><a href="1.html">{title(1)}</a>{foot}', HEAD),
    }
    site = portal(dict(pages))
    assert walk("auto", site).articles == ["/zfxxgk/nb/1.html"]
    assert len(site.asked) <= 8


def test_a_menu_that_is_an_answer_in_json_and_a_single_body_on_the_way() -> None:
    script = '<div id="nav"></div><script>$.getJSON("/api/menu.json",function(r){draw(r)})</script>'
    menu = json.dumps({"data": [{"name": "新闻", "href": "/xw/"}, {"name": "信息公开平台", "href": "/pt/"}]})
    pages = {
        "/": html(script),
        "/api/menu.json": menu,
        "/pt/": html('<a href="/pt/n1.html">公示公告</a><a href="/pt/zfb/">县政府办</a>', "<title>x</title>"),
        "/pt/zfb/": html('<a href="/nb/">信息公开年报</a>'),
        "/nb/": html(f'<li><a href="1.html">{title(1)}</a>', HEAD),
    }
    assert walk("auto", portal(dict(pages))).articles == ["/nb/1.html"]
