from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_pages import html, platform, title, trs_home, trs_list, trs_row
from made_walks import portal, walk

if TYPE_CHECKING:
    from made_portals import Crawl, Crawled, Page, Serve

COLUMN = "/zfxxgk/zfxxgknb/"


def portal_pages(pagers: list[str], per_page: int = 4, extra: str = "") -> dict[str, Page]:
    pages: dict[str, Page] = {"/": trs_home("/zfxxgk/"), "/zfxxgk/": platform("zfxxgknb/")}
    for number, pager in enumerate(pagers):
        path = COLUMN if number == 0 else f"{COLUMN}index_{number}.html"
        pages[path] = trs_list(range(number * per_page, (number + 1) * per_page), pager, extra)
    return pages


def reports(count: int) -> set[str]:
    return {row.split('"')[1].removeprefix(".") for row in map(trs_row, range(count))}


def found(crawled: Crawled) -> set[str]:
    return {path.removeprefix("/zfxxgk/zfxxgknb") for path in crawled.articles}


def test_a_three_page_column_is_found_from_the_home_page_and_read_to_its_end(serve: Serve, crawl: Crawl) -> None:
    portal = serve(portal_pages([f'createPageHTML(3, {n}, "index", "html");' for n in range(3)]))
    got = crawl("auto", url=portal.origin + "/", portal="yunping")
    assert found(got) == reports(12)
    assert got.last == [False, False, True]
    assert set(got.layouts) == {"navigation", "trs"}
    # home, platform, three list pages, twelve articles: nothing was asked in vain
    assert len(portal.asked) == 17
    lead = got.leads["/zfxxgk/zfxxgknb/"]
    assert (lead["role"], lead["link_text"], lead["portal"]) == ("list", "政府信息公开年报", "yunping")
    article = got.leads["/zfxxgk/zfxxgknb/202101/t20210115_40000.html"]
    assert (article["role"], article["link_text"]) == ("article", title(0))
    assert len(got.links) == 12
    assert got.links[0]["date"] == "2021-01-15"
    assert got.links[0]["title"] == title(0)


def test_the_column_itself_can_be_named() -> None:
    site = portal(portal_pages([f'createPageHTML(2, {n}, "index", "html");' for n in range(2)]))
    got = walk("trs", site, url=COLUMN)
    assert found(got) == reports(8)
    assert got.last == [False, True]
    assert "/" not in site.paths()


INLINE = """var currentPage = {n};//所在页
var countPage = 3//共多少页
document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\">下一页</a>");"""


@pytest.mark.parametrize(
    "call",
    [
        'createPageHTML(9, 3, {n}, "index", "html");',
        'createPageHTML(3, {n}, "index");',
        "function createPageHTML(count, now, name, ext){{}} createPage(3,{n},'index','html')",
        INLINE,
    ],
)
def test_every_order_of_arguments_leads_to_the_same_pages(call: str) -> None:
    site = portal(portal_pages([call.format(n=n) for n in range(3)], per_page=3))
    got = walk("trs", site, url=COLUMN)
    assert found(got) == reports(9)
    assert got.last == [False, False, True]


def test_six_arguments_with_a_div_number_their_pages_from_one() -> None:
    pages = portal_pages([f"createPageHTML('page_div',3, {n + 1},'list','shtml',12);" for n in range(3)])
    pages[COLUMN + "list_2.shtml"] = pages.pop(COLUMN + "index_1.html")
    pages[COLUMN + "list_3.shtml"] = pages.pop(COLUMN + "index_2.html")
    site = portal(pages)
    got = walk("trs", site, url=COLUMN)
    assert found(got) == reports(12)
    assert got.last == [False, False, True]


def test_a_missing_list_page_is_stepped_over_and_the_column_not_called_complete() -> None:
    pages = portal_pages([f'createPageHTML(3, {n}, "index", "html");' for n in range(3)])
    del pages[COLUMN + "index_1.html"]
    got = walk("trs", portal(pages), url=COLUMN)
    assert found(got) == reports(4) | (reports(12) - reports(8))
    assert got.last == [False, False]
    assert "index_1.html could not be read (HTTP 404)" in got.log


def test_a_stub_before_the_declared_end_is_no_end() -> None:
    pages = portal_pages([f'createPageHTML(9, {n}, "index", "html");' for n in range(2)])
    pages[COLUMN + "index_2.html"] = "<html><body>" + " " * 280 + "</body></html>"
    site = portal(pages)
    got = walk("trs", site, url=COLUMN)
    assert found(got) == reports(8)
    assert got.last == [False, False, False]
    assert COLUMN + "index_3.html" not in site.paths()


def test_near_misses_are_told_by_their_titles() -> None:
    neighbours = {
        "关于编制2020年政府信息公开工作年度报告的通知": False,
        "2020年政府网站工作年度报表": False,
        "云坪县水利局2019年度财务年报": False,
        "县委召开经济工作会议": False,
        "云坪县2020年法治政府建设年度报告": False,
        "一图读懂云坪县2020年政府信息公开工作年度报告": True,
        "关于印发云坪县2020年政府信息公开工作年度报告的通知": True,
        "云坪县中小企业局2017年信息公开年报": True,
        "2014年度报告": True,
    }
    extra = "".join(
        f'<li><a href="./201905/t20190501_{n}.html">{name}</a><span>2019-05-01</span></li>'
        for n, name in enumerate(neighbours)
    )
    site = portal(portal_pages(['createPageHTML(1, 0, "index", "html");'], per_page=2, extra=extra))
    got = walk("auto", site)
    fetched = {int(path.rpartition("_")[2].removesuffix(".html")) for path in got.articles if "/201905/" in path}
    assert fetched == {n for n, wanted in enumerate(neighbours.values()) if wanted}
    assert got.last == [True]


def test_rows_written_by_scripts_are_read() -> None:
    line = """<li><script>var url="./202102/t20210214_{}.shtml"; var title="{}";
document.writeln("2021-02-1{} 17:32")</script>"""
    rows = "".join(line.format(n, title(n), n) for n in range(3))
    row = f'<li><a href="./202102/t20210215_7.html" title="{title(7)}">短</a><span>2021-02-15</span></li>'
    written = f"document.write('{row}');"
    page = html(f"<ul>{rows}</ul><script>{written}</script>", "<title>政府信息公开年报</title>")
    got = walk("trs", portal({COLUMN: page}), url=COLUMN)
    assert {link["url"].rpartition("/")[2]: link["date"] for link in got.links} == {
        "t20210214_0.shtml": "2021-02-10",
        "t20210214_1.shtml": "2021-02-11",
        "t20210214_2.shtml": "2021-02-12",
        "t20210215_7.html": "2021-02-15",
    }
    assert {link["title"] or link["text"] for link in got.links} == {title(n) for n in (0, 1, 2, 7)}


def test_a_page_declared_gb2312_with_rarer_characters_is_read() -> None:
    page = trs_list(range(3), 'createPageHTML(1, 0, "index", "html");').replace("charset=utf-8", "charset=gb2312")
    page = page.replace("云坪县", "喆镕县")
    got = walk("auto", portal({COLUMN: (200, "text/html", page.encode("gb18030"))}), url=COLUMN)
    assert got.links[0]["title"] == title(0, "喆镕县")
    assert len(got.articles) == 3


def test_session_ids_do_not_make_new_articles() -> None:
    pages = portal_pages([f'createPageHTML(2, {n}, "index", "html");' for n in range(2)])
    for n, path in enumerate((COLUMN, COLUMN + "index_1.html")):
        row = f'<li><a href="./202001/t20200101_5.html;jsessionid=A{n}">{title(5)}</a></li>'
        pages[path] = str(pages[path]).replace("</ul>", row + "</ul>")
    site = portal(pages)
    walk("trs", site, url=COLUMN)
    asked = [path for path in site.paths() if "t20200101_5" in path]
    assert asked == ["/zfxxgk/zfxxgknb/202001/t20200101_5.html;jsessionid=A0"]


def test_max_pages_bounds_the_requests_and_the_column_is_not_called_complete() -> None:
    site = portal(portal_pages([f'createPageHTML(3, {n}, "index", "html");' for n in range(3)]))
    got = walk("auto", site, max_pages="5")
    assert len(site.asked) == 5
    assert got.last
    assert True not in got.last
    assert "stopped after 5 requests" in got.log


def test_only_the_years_asked_for() -> None:
    site = portal(portal_pages(['createPageHTML(1, 0, "index", "html");'], per_page=30))
    got = walk("auto", site, url=COLUMN, years="2016-2016")
    assert len(got.articles) == 10
    assert len(got.links) == 30
