from __future__ import annotations

from made_pages import html, title
from made_walks import portal, walk

HEAD = "<title>政府信息公开年报</title>"


def test_tabs_of_a_column_by_kinds_of_bodies() -> None:
    names = ["市政府", "市级部门", "县（市、区）"]
    tabs = "".join(f'<a href="/col/col{n}/index.html">{name}</a>' for n, name in enumerate(names))
    home = html('<a href="/col/col9/index.html">政府信息公开年报</a><a href="/col/col8/index.html">乡镇</a>')
    pages = {"/": home, "/col/col9/index.html": html(f'{tabs}<a href="/col/col8/index.html">乡镇</a>', HEAD)}
    for n in range(3):
        pages[f"/col/col{n}/index.html"] = html(f'<li><a href="/s/{n}.html">{title(n)}</a>', "<title>年报</title>")
    site = portal(dict(pages))
    assert len(walk("auto", site).articles) == 3
    assert "/col/col8/index.html" not in site.paths()


def test_platforms_of_bodies_that_a_platform_names() -> None:
    links = "".join(f'<a href="http://{host}.yunping.gov.cn/xxgk/{host}/">市{name}</a>' for host, name in HOSTS.items())
    pages = {
        "/": html('<a href="/zfxxgk/">政府信息公开</a>'),
        "/zfxxgk/": html(f'<a href="nb/">政府信息公开年报</a>{links}'),
        "/zfxxgk/nb/": html(f'<li><a href="1.html">{title(1)}</a>', HEAD),
    }
    for n, host in enumerate(HOSTS):
        pages[f"/xxgk/{host}/"] = html('<a href="nb/">公开年报</a>')
        pages[f"/xxgk/{host}/nb/"] = html(f'<li><a href="{n}.html">{title(n)}</a>', HEAD)
    assert len(walk("auto", portal(dict(pages))).articles) == 4


HOSTS = {"czj": "财政局", "jyj": "教育局", "mzj": "民政局"}


def test_years_below_a_heading_that_names_the_column() -> None:
    years = "".join(f'<li><a href="/c/{year}/list.shtml">{year}</a></li>' for year in (2022, 2023))
    block = f'<li><b>政府信息公开年报</b><ul>{years}</ul></li><li><a href="/c/2021/">2021</a></li>'
    pages = {"/": html('<a href="/zfxxgk/">政府信息公开</a>'), "/zfxxgk/": html(f"<ul>{block}</ul>")}
    for n, year in enumerate((2022, 2023)):
        pages[f"/c/{year}/list.shtml"] = html(f'<li><a href="{n}.html">{title(n)}</a>', f"<title>{year}</title>")
    site = portal(dict(pages))
    assert len(walk("auto", site).articles) == 2
    assert "/c/2021/" not in site.paths()


def test_bodies_without_reports_are_given_up() -> None:
    bodies = "".join(f'<a href="/zfxxgk/b{n}/">县{n}局</a>' for n in range(60))
    pages = {"/": html('<a href="/zfxxgk/">政府信息公开</a>'), "/zfxxgk/": html(f'<a href="nb/">公开年报</a>{bodies}')}
    pages["/zfxxgk/nb/"] = html(f'<li><a href="1.html">{title(1)}</a>', HEAD)
    pages |= {f"/zfxxgk/b{n}/": html("<p>无</p>") for n in range(60)}
    site = portal(dict(pages))
    assert len(walk("auto", site).articles) == 1
    assert len(site.asked) < 15


def test_a_table_of_bodies_and_years() -> None:
    head = "<tr><th>单位名称</th><th>2023年</th><th>2022年</th></tr>"
    cells = "".join(
        f"<tr><td>云坪县{name}</td>"
        + "".join(f'<td><a href="./202401/t20240118_{n}{m}.html">查看</a></td>' for m in range(2))
        + "</tr>"
        for n, name in enumerate(("财政局", "教育局"))
    )
    got = walk("auto", portal({"/nb/": html(f"<table>{head}{cells}</table>", HEAD)}), url="/nb/")
    assert len(got.articles) == 4
    assert got.links[0]["title"] == "云坪县财政局 2023年"


def test_titles_cut_off_without_a_sign_of_it() -> None:
    cut = ["云坪县人民政府2023年政府信", "云坪县教育局2022年度政府信息公", "云坪县财政局2021年"]
    rows = "".join(f'<li><a href="/a/{n}.html">{text}</a></li>' for n, text in enumerate(cut))
    near = (
        '<li><a href="/a/7.html">云坪县2021年部门决算</a></li><li><a href="/a/8.html">云坪县2022年政府工作报告</a></li>'
    )
    got = walk("auto", portal({"/nb/": html(f"<ul>{rows}{near}</ul>", HEAD)}), url="/nb/")
    assert got.articles == ["/a/0.html", "/a/1.html", "/a/2.html"]


def test_kinds_of_bodies_within_a_year_whatever_they_are_called() -> None:
    kinds = {"qzf": "区政府", "zxjd": "镇街道", "qt": "双拥共建单位们"}
    links = "".join(f'<h3><a href="./{slug}/">{name}</a></h3>' for slug, name in kinds.items())
    pages = {"/": html('<a href="/nb/">政府信息公开年报</a>'), "/nb/": html('<a href="./nb2024/">2024年</a>', HEAD)}
    pages["/nb/nb2024/"] = html(f'{links}<a href="/qt/">其他</a>', "<title>2024</title>")
    for n, slug in enumerate(kinds):
        pages[f"/nb/nb2024/{slug}/"] = html(f'<li><a href="./{n}.html">{title(n)}</a>', "<title>年报</title>")
    site = portal(dict(pages))
    assert len(walk("auto", site).articles) == 3
    assert "/qt/" not in site.paths()


def test_columns_of_bodies_whose_directories_are_parts_of_an_empty_column() -> None:
    units = "".join(
        f'<li><a href="/public/column/{n}?type=4">县{name}</a>' for n, name in enumerate(("财政局", "教育局"))
    )

    def page(number: int, body: str = "") -> str:
        named = f'<a href="/public/column/{number}?type=3&action=list">政府信息公开年报</a>'
        return html(f"{named}<ul>{units}</ul>{body}", "<title>信息公开</title>")

    pages = {"/": html('<a href="/public/column/9?type=4">政府信息公开</a>'), "/public/column/9?type=4": page(9)}
    pages["/public/column/9?type=3&action=list"] = page(9)
    for n in range(2):
        pages[f"/public/column/{n}?type=4"] = page(n)
        row = f'<li><a href="/public/{n}/{n}7.html">{title(n)}</a>'
        pages[f"/public/column/{n}?type=3&action=list"] = page(n, row)
    assert walk("auto", portal(dict(pages))).articles == ["/public/0/07.html", "/public/1/17.html"]


def test_a_column_that_is_nothing_but_names_of_bodies_whose_lists_lie_elsewhere() -> None:
    names = ["市政府", "市财政局", "市教育局"]
    links = "".join(f'<li><a href="/dept{n}/list.html">{name}</a></li>' for n, name in enumerate(names))
    foot = '<a href="/dept9/list.html">审计局</a>'
    pages = {"/": html(f'<a href="/gk/nb/">信息公开年报</a>{foot}'), "/gk/nb/": html(f"{links}{foot}", HEAD)}
    for n, name in enumerate(names):
        pages[f"/dept{n}/list.html"] = html(f'<li><a href="/art/{n}.html">{title(n)}</a>', f"<title>{name}</title>")
    site = portal(dict(pages))
    assert walk("auto", site).articles == [f"/art/{n}.html" for n in range(3)]
    assert "/dept9/list.html" not in site.paths()


def test_a_platform_at_the_root_of_its_host_that_is_nothing_but_names_of_bodies() -> None:
    host = "http://xxgk.yunping.gov.cn"
    links = "".join(f'<a href="{host}/pt/{n}/">{name}</a>' for n, name in enumerate(("市政府", "市财政局", "市教育局")))
    pages = {
        "/": html(f'<a href="{host}/index.html">政府信息公开</a>'),
        "/index.html": html(links, "<title>某市</title>"),
    }
    for n in range(3):
        pages[f"/pt/{n}/"] = html('<a href="nb/">公开年报</a>')
        pages[f"/pt/{n}/nb/"] = html(f'<li><a href="{n}.html">{title(n)}</a>', HEAD)
    assert len(walk("auto", portal(dict(pages))).articles) == 3
