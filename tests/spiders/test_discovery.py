from __future__ import annotations

import pytest
from made_pages import html, title, trs_home, trs_list
from made_walks import portal, walk

COLUMN = "/zfxxgk/zfxxgknb/"
ONE_PAGE = 'createPageHTML(1, 0, "index", "html");'


def rows(numbers: range, folder: str = "./") -> str:
    return "".join(f'<li><a href="{folder}{n}.html">{title(n)}</a> 2021-01-0{n % 9 + 1}</li>' for n in numbers)


@pytest.mark.parametrize(
    "home",
    [
        f'<a href="{COLUMN}"><img src="a.png" alt="政府信息公开年报"></a>',
        f'<a href="{COLUMN}"><img src="nb.png"></a>',
        f'<a href="{COLUMN}">【信息公开年度报告】</a>',
        f'<a href="{COLUMN}">信息公開年報</a>',
        f'<map><area href="{COLUMN}" alt="政府信息公开年报"></map>',
        f"<a href=\"javascript:window.open('{COLUMN}')\">政府信息公开年报</a>",
        f"<div onclick=\"location.href='{COLUMN}'\">政府信息公开年报</div>",
        f"<script>document.write('<a href=\\\"{COLUMN}\\\">政府信息公开年报</a>')</script>",
        f'<!-- <a href="{COLUMN}">政府信息公开年报</a> -->',
        f'<iframe src="{COLUMN}"></iframe>',
        f'<script>window.location.href="{COLUMN}"</script>',
        '<a href="/xxgk/">政务公开</a>',
        '<a href="/a/"><b>政府</b><b>信息公开</b></a>',
    ],
)
def test_whatever_way_a_home_page_points_to_its_column(home: str) -> None:
    way = html(f'<a href="{COLUMN}">公开年报</a>', "<title>政府信息公开</title>")
    site = portal({"/": html(home), COLUMN: trs_list(range(5), ONE_PAGE), "/xxgk/": way, "/a/": way})
    got = walk("auto", site)
    assert len(got.articles) == 5
    assert got.last == [True]
    assert None not in got.layouts


def test_the_yearly_papers_of_others_are_not_tried() -> None:
    home = trs_home("/zfxxgk/")
    others = ["政府网站工作年度报表", "企业年报公示", "财政决算年度报告", "统计年报", "法治政府建设年度报告"]
    links = "".join(f'<a href="/o/{n}/">{name}</a>' for n, name in enumerate(others))
    platform = html(f'{links}<a href="zfxxgknb/">政府信息公开年报</a>')
    site = portal({"/": home, "/zfxxgk/": platform, COLUMN: trs_list(range(4), ONE_PAGE)})
    got = walk("auto", site)
    assert len(got.articles) == 4
    assert not [path for path in site.paths() if path.startswith("/o/")]
    assert len(site.asked) == 3 + 4


def test_a_home_page_with_a_report_in_its_news_is_not_taken_for_the_column() -> None:
    news = "".join(f'<a href="{COLUMN}202101/t20210115_{40000 + n}.html">{title(n)}</a>' for n in range(4))
    site = portal({"/": trs_home("/zfxxgk/zfxxgknb/") + news, COLUMN: trs_list(range(12), ONE_PAGE)})
    got = walk("auto", site)
    assert len(got.articles) == 12
    assert [page["role"] for page in got.pages] == ["home", "list"]


def test_without_a_column_the_reports_met_on_the_way_are_fetched_and_the_page_is_layout_unknown() -> None:
    site = portal({"/": html(f'<a href="/n/1.html">{title(1)}</a><a href="/n/2.html">县领导调研春耕生产工作</a>')})
    got = walk("auto", site)
    assert got.articles == ["/n/1.html"]
    assert got.layouts == [None]
    assert "no report column found" in got.log


def test_a_column_nobody_recognises_is_layout_unknown_and_nothing_is_guessed() -> None:
    app = html('<div id="app"></div><script src="/app.js"></script>', "<title>政府信息公开年报</title>")
    got = walk("auto", portal({"/": trs_home(COLUMN), COLUMN: app}))
    assert got.layouts == ["navigation", None]
    assert got.articles == []


def test_the_search_is_bounded() -> None:
    def way(n: int) -> str:
        return html("".join(f'<a href="/w{n}{i}/">政府信息公开</a>' for i in range(9)), "<title>公开</title>")

    pages = {"/": way(0)} | {f"/w{n}{i}/": way(n * 10 + i) for n in range(100) for i in range(9)}
    site = portal(dict(pages))
    walk("auto", site)
    assert len(site.asked) <= 13 + 1  # the site map, as a last resort


def test_one_column_a_year_and_one_a_kind_of_body() -> None:
    years = {2019: range(10), 2020: range(10, 20)}
    menu = "".join(f'<a href="{COLUMN}gk{year}/">{year}年</a>' for year in years)
    pages = {
        "/": trs_home(COLUMN),
        COLUMN: html(menu + '<a href="bm/">部门</a><a href="/bm/">部门</a>', "<title>政府信息公开年报</title>"),
        f"{COLUMN}bm/": html(f"<ul>{rows(range(20, 23))}</ul>", "<title>部门</title>"),
    }
    for year, numbers in years.items():
        pages[f"{COLUMN}gk{year}/"] = html(f"<ul>{rows(numbers)}</ul>", f"<title>{year}年</title>")
    site = portal(dict(pages))
    got = walk("auto", site)
    assert len(got.articles) == 23
    assert got.last == [True, True, True]
    assert "/bm/" not in site.paths()
    assert None not in got.layouts


def test_lists_of_bodies_that_a_program_beside_the_column_makes() -> None:
    menu = "".join(
        f'<a href="bm{n}/list.jsp?lm=8&type=2">云坪县{name}</a>' for n, name in enumerate(["财政局", "教育局"])
    )
    menu += '<a href="zb.jsp?bm=9">沙井镇人民政府</a><a href="/tz.jsp?id=1">县教育局</a>'
    pages = {
        "/": trs_home(COLUMN),
        COLUMN: html(menu, "<title>政府信息公开年报</title>"),
        f"{COLUMN}bm0/list.jsp?lm=8&type=2": html(f"<ul>{rows(range(3))}</ul>", "<title>财政局</title>"),
        f"{COLUMN}bm1/list.jsp?lm=8&type=2": html(f"<ul>{rows(range(3, 6))}</ul>", "<title>教育局</title>"),
        f"{COLUMN}zb.jsp?bm=9": html(f"<ul>{rows(range(6, 8))}</ul>", "<title>沙井镇</title>"),
    }
    site = portal(dict(pages))
    articles = walk("auto", site).articles
    assert len([path for path in articles if path.endswith(".html")]) == 8
    assert "/tz.jsp?id=1" not in site.paths()


def test_bodies_and_years_that_are_reports_and_not_lists_of_them() -> None:
    # 2023年 lists bodies by their names alone; the office has one page a year; the town one page that is its report.
    file = '<p>附件：<a href="a.pdf">云坪县民政局2022年政府信息公开工作年度报告.pdf</a></p>'
    own = html("<p>一、总体情况</p>" + file, "<title>云坪县民政局2022年政府信息公开工作年度报告</title>")
    pages = {
        "/": trs_home(COLUMN),
        COLUMN: html(
            '<a href="2023/">2023年</a><a href="bgs/">县政府办公室</a><a href="mzj.html">县民政局</a>',
            "<title>政府信息公开年报</title>",
        ),
        f"{COLUMN}2023/": html(
            '<li><a href="t20240105_1.html">云坪县财政局</a><li><a href="2.html">云坪县教育局</a>',
            "<title>2023年</title>",
        ),
        f"{COLUMN}bgs/": html(
            '<a href="21.html">2021年</a><a href="20.html">2020年度报告</a>', "<title>办公室</title>"
        ),
        f"{COLUMN}mzj.html": own,
    } | {f"{COLUMN}{path}": own for path in ("2023/t20240105_1.html", "2023/2.html", "bgs/21.html", "bgs/20.html")}
    site = portal(dict(pages))
    got = walk("auto", site)
    assert {path for path in got.articles if path.endswith(".html")} == {
        path for path in pages if path.endswith(".html")
    }
    assert len(site.asked) == 2 + 2 + 5 + 3  # the files of one folder are one file


def test_a_column_that_is_its_only_report() -> None:
    own = html('<p>一、总体情况</p><a href="/">首页</a>', "<title>云坪县民政局2022年政府信息公开工作年度报告</title>")
    site = portal({"/": html('<a href="/nb.html">政府信息公开年报</a>'), "/nb.html": own})
    got = walk("auto", site)
    assert got.articles == ["/nb.html"]
    assert None not in got.layouts


def test_a_year_named_like_a_report_turns_out_to_be_a_list() -> None:
    column = html('<a href="2020/">2020年政府信息公开工作年度报告</a>', "<title>政府信息公开年报</title>")
    year = html(f"<ul>{rows(range(4))}</ul>", "<title>云坪县</title>")
    site = portal({COLUMN: column, f"{COLUMN}2020/": year})
    got = walk("auto", site, url=COLUMN)
    assert {path for path in got.articles if path.endswith(".html")} == {f"{COLUMN}2020/{n}.html" for n in range(4)}


def test_a_column_named_by_a_page_already_read_is_read_once_more() -> None:
    # The page calls itself nothing; only the platform page knows that it is the column.
    first = html(f'<a href="/zfxxgk/">政府信息公开</a><ul>{rows(range(2), "/n/")}</ul>')
    site = portal({"/l/7.htm": first, "/zfxxgk/": html('<a href="/l/7.htm">政府信息公开年报</a>')})
    got = walk("auto", site, url="/l/7.htm")
    assert len(got.articles) == 2
    assert got.pages[-1]["role"] == "list"


def test_departments_on_hosts_of_their_own_are_fetched_and_strangers_only_recorded() -> None:
    links = (
        f'<li><a href="http://sjj.yunping.gov.cn/1.html">{title(1)}</a></li>'
        f'<li><a href="http://www.elsewhere.com.cn/2.html">{title(2)}</a></li><li><a href="3.html">{title(3)}</a></li>'
    )
    got = walk("auto", portal({COLUMN: html(f"<ul>{links}</ul>", "<title>政府信息公开年报</title>")}), url=COLUMN)
    assert got.articles == ["/1.html", f"{COLUMN}3.html"]
    assert len(got.links) == 3


@pytest.mark.parametrize("listed", [True, False])
def test_a_column_that_no_link_names_is_looked_for_in_the_site_map_and_beside_the_blocks(*, listed: bool) -> None:
    blocks = '<li><a href="k0/">政府信息公开指南</a><li><a href="k1/">政府信息公开制度</a><li><b>政府信息公开年报</b>'
    pages = {"/": html('<a href="/zfxxgk/">政府信息公开</a>'), "/zfxxgk/": html(blocks)}
    pages["/zfxxgk/k0/"] = pages["/zfxxgk/k1/"] = html("<p>指南</p>")
    column = "/xxgk/x/gknb/" if listed else COLUMN
    pages[column] = trs_list(range(5), ONE_PAGE)
    if listed:
        pages["/sitemap.xml"] = f"<urlset><url><loc>http://www.yunping.gov.cn{column}</loc></url></urlset>"
    site = portal(dict(pages))
    got = walk("auto", site)
    assert len(got.articles) == 5
    assert len(site.asked) <= 6 + 5


def test_departments_with_platforms_of_their_own_are_read_while_they_have_reports() -> None:
    bodies = [
        f"云坪县{name}局" for name in ("教育", "民政", "水利", "统计", "司法", "财政", "审计", "商务", "林业", "医保")
    ]
    links = "".join(f'<li><a href="/bm/d{n}/">{name}</a>' for n, name in enumerate(bodies))
    way = f'<a href="{COLUMN}">政府信息公开年报</a><a href="/bm/">部门信息公开</a>'
    pages = {"/": html('<a href="/zfxxgk/">政府信息公开</a>'), "/zfxxgk/": html(way), "/bm/": html(f"<ul>{links}</ul>")}
    pages[COLUMN] = trs_list(range(3), ONE_PAGE)
    for n, name in enumerate(bodies):
        pages[f"/bm/d{n}/"] = html('<a href="nb/">政府信息公开年报</a>', f"<title>{name}政府信息公开</title>")
        pages[f"/bm/d{n}/nb/"] = html(f"<ul>{rows(range(n, n + 2))}</ul>", "<title>政府信息公开年报</title>")
    site = portal(dict(pages))
    got = walk("auto", site)
    assert len(got.articles) == 3 + 2 * len(bodies)
    assert len(site.asked) <= 4 + 3 + 4 * len(bodies)


@pytest.mark.parametrize(
    ("borrowing", "piece"),
    [
        ('<script>$(function(){$("#head").load("/common/head.html");});</script>', "/common/head.html"),
        ('<script>$("#side").load("common/head.html #nav")</script>', "/common/head.html"),
        ('<!--#include virtual="/common/head.html"-->', "/common/head.html"),
        ('<script src="/js/jquery.min.js"></script><script src="/js/menu.js"></script>', "/js/menu.js"),
    ],
)
def test_a_menu_that_stands_in_a_piece_of_its_own_is_fetched_where_nothing_else_leads_on(
    borrowing: str, piece: str
) -> None:
    link = f'<a href="{COLUMN}">政府信息公开年报</a>'
    served = f"document.write('{link}');" if piece.endswith(".js") else link
    site = portal({"/": html(borrowing), piece: served, COLUMN: trs_list(range(5), ONE_PAGE)})
    got = walk("auto", site)
    assert len(got.articles) == 5
    assert "/js/jquery.min.js" not in site.paths()


def test_a_home_page_that_shows_its_own_index_in_a_frame_is_read() -> None:
    frames = '<frameset rows="80,*"><frame src="/top.html"><frame name="main" src="/index.html"></frameset>'
    link = html(f'<a href="{COLUMN}">政府信息公开年报</a>')
    site = portal({"/": frames, "/top.html": html("<h1>欢迎</h1>"), "/index.html": link})
    site.pages[COLUMN] = trs_list(range(5), ONE_PAGE)
    assert len(walk("auto", site).articles) == 5


def test_a_sister_of_the_blocks_that_only_the_site_map_knows_is_tried() -> None:
    blocks = "".join(f'<a href="/zfxxgk/{n}/">{name}</a>' for n, name in enumerate(["信息公开指南", "信息公开制度"]))
    listed = ["/zfxxgk/0/", "/zfxxgk/c104231/list/", "/news/7/"]
    site_map = "".join(f"<url><loc>http://www.yunping.gov.cn{path}</loc></url>" for path in listed)
    site = portal({"/": html(blocks), "/sitemap.xml": (200, "text/xml", f"<urlset>{site_map}</urlset>".encode())})
    site.pages["/zfxxgk/c104231/list/"] = trs_list(range(5), ONE_PAGE)
    assert len(walk("auto", site).articles) == 5
    assert "/news/7/" not in site.paths()


def test_a_portal_that_is_down_ends_in_one_line() -> None:
    got = walk("auto", portal({}))
    assert got.pages == []
    assert "http://www.yunping.gov.cn/ could not be read (HTTP 404)" in got.log


def test_a_moved_portal_is_followed() -> None:
    site = portal({"/": (301, "text/html", b"http://zyk.yunping.gov.cn/home/"), "/home/": trs_home(COLUMN)})
    site.pages[COLUMN] = trs_list(range(3), ONE_PAGE)
    assert len(walk("auto", site).articles) == 3


def test_scripts_templates_and_endless_urls_are_no_links() -> None:
    traps = (
        f'<a href="{{{{pcUrl}}}}">{title(1)}</a><a href="javascript:void(0)">{title(2)}</a>'
        f'<a href="/{"x/" * 300}1.html">{title(3)}</a><a href="http://[bad/4.html">{title(4)}</a>'
        f'<a href="5.html">{title(5)}</a>'
    )
    got = walk("auto", portal({COLUMN: html(traps, "<title>政府信息公开年报</title>")}), url=COLUMN)
    assert got.articles == [f"{COLUMN}5.html"]
    assert len(got.links) == 1
