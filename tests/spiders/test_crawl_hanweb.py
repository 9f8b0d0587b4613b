from __future__ import annotations

from typing import TYPE_CHECKING

from made_pages import NEXT, PROXY, hanweb_column, html, store, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from made_portals import Answer, Crawl, Crawled, Page, Serve

COLUMN = "/col/col345/index.html"
XML = "text/xml"


def home() -> str:
    return html('<a href="/col/col1/index.html">政府信息公开</a><a href="/art/2021/1/2/art_9_9.html">会议</a>')


def answer(numbers: range, total: int | None = None) -> Answer:
    group = NEXT if numbers else ""
    return 200, XML, ("<?xml version='1.0' encoding='UTF-8'?>" + store(numbers, total, group)).encode()


def pages(proxy: Callable[[dict[str, str]], Answer], inlined: int = 15, total: int = 37) -> dict[str, Page]:
    return {
        "/": home(),
        "/col/col1/index.html": html(f'<a href="{COLUMN}">政府信息公开年报</a>', "<title>政府信息公开</title>"),
        COLUMN: hanweb_column(range(inlined), total),
        PROXY: proxy,
    }


def numbers(crawled: Crawled) -> list[int]:
    return sorted(int(path.rpartition("_")[2].removesuffix(".html")) for path in crawled.articles)


def by_record(asked: dict[str, str], total: int = 37) -> Answer:
    return answer(range(int(asked["startrecord"]) - 1, min(int(asked["endrecord"]), total)), total)


def test_a_column_of_several_groups_is_found_and_read_to_its_end(serve: Serve, crawl: Crawl) -> None:
    portal = serve(pages(by_record))
    got = crawl("auto", url=portal.origin + "/")
    assert numbers(got) == list(range(37))
    assert got.last == [False, False, True]
    assert got.links[0]["title"] == title(0, "兰溪市")
    assert got.links[0]["date"] == "2021-01-09"
    # home, platform, column, two groups, and the articles
    assert len(portal.asked) == 5 + 37
    assert all(method == "GET" for method, _ in portal.asked)
    assert all("unitid=1234" in path and "columnid=345" in path for path in portal.paths() if path.startswith(PROXY))


def test_a_server_that_answers_only_post_gets_it(serve: Serve, crawl: Crawl) -> None:
    def proxy(asked: dict[str, str]) -> Answer:
        return by_record(asked) if asked["METHOD"] == "POST" and asked["col"] == "1" else (405, "text/html", b"")

    portal = serve(pages(proxy))
    got = crawl("hanweb", url=portal.origin + COLUMN)
    assert numbers(got) == list(range(37))
    assert got.last[-1] is True
    assert [method for method, path in portal.asked if path.startswith(PROXY)] == ["GET", "POST", "POST"]


def test_a_server_that_counts_pages_instead_of_records_is_followed() -> None:
    def proxy(asked: dict[str, str]) -> Answer:
        page = int(asked["page"])
        return answer(range((page - 1) * 5, min(page * 5, 37)), 37)

    got = walk("hanweb", portal(pages(proxy)), url=COLUMN)
    assert numbers(got) == list(range(37))
    assert got.last[-1] is True


def test_an_empty_answer_before_the_declared_total_is_no_end() -> None:
    got = walk("hanweb", portal(pages(lambda _: (200, XML, b"<datastore></datastore>"))), url=COLUMN)
    assert numbers(got) == list(range(15))
    assert True not in got.last


def test_a_column_that_is_wholly_in_its_page_needs_no_more() -> None:
    site = portal(pages(by_record, inlined=9, total=9))
    got = walk("auto", site, url=COLUMN)
    assert numbers(got) == list(range(9))
    assert got.last == [True]
    assert not [path for path in site.paths() if path.startswith(PROXY)]


def test_of_several_lists_on_a_page_the_one_with_reports_is_read() -> None:
    news = "".join(
        f"<record><![CDATA[<a href='/art/2021/1/1/art_7_{n}.html'>县里的新闻第{n}条</a>]]></record>"
        for n in range(1000, 1006)
    )
    block = f'<script type="text/xml"><datastore><recordset>{news}</recordset></datastore></script>'
    made = pages(by_record)
    column = hanweb_column(range(15), 37)
    made[COLUMN] = column.replace('<div id="1234">', block + '<div id="1234">')
    site = portal(made)
    got = walk("auto", site, url=COLUMN)
    assert numbers(got) == list(range(37))
    assert got.last[-1] is True
