from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.portals.sites import same_site
from spiders.buried import best_rows
from spiders.clicks import buried_anchors
from spiders.decoding import decode
from spiders.family import Column, families
from spiders.pages import Page, find_date
from spiders.urls import identity, is_article, is_folder, join, shared_segments

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Ends = Callable[[], AbstractContextManager[None]]

TEXT = "<p>政府信息公开 喆镕㙍</p>"


@pytest.mark.parametrize(
    ("body", "header", "charset"),
    [
        (TEXT.encode(), b"text/html; charset=gbk", "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), b"", "utf-8"),
        (TEXT.encode("utf-16-le"), b"", None),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), b"", "utf-16-le"),
        (TEXT.encode("gb18030"), b"", "gb18030"),
        (TEXT.encode("gb18030"), b"text/html; charset=GB2312", "gb18030"),
        (b"<meta charset=gb2312>" + TEXT.encode("gb18030"), b"text/html; charset=ISO-8859-1", "gb18030"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=gbk">' + TEXT.encode("gb18030"), b"", "gb18030"),
        ("<meta charset=big5><p>政府資訊公開</p>".encode("big5"), b"", "big5"),
        (TEXT.encode("gb18030"), b"text/html; charset=nonsense", "gb18030"),
    ],
)
def test_the_charset_that_fits_is_used(body: bytes, header: bytes, charset: str | None) -> None:
    text, used = decode(body, header)
    if charset is not None:
        assert used == charset
        assert "公" in text
        assert "\ufffd" not in text


def test_a_page_torn_inside_a_character_stays_utf_8() -> None:
    text, used = decode(TEXT.encode()[:10])
    assert used == "utf-8"
    assert text == "<p>政府"


def test_links_are_resolved_against_the_base_and_queries_sent_in_the_pages_charset() -> None:
    body = '<base href="/site/"><a href="x.htm">a</a><a href="s?q=公开">b</a><a href=".\\y.htm">c</a>'.encode("gb18030")
    assert [anchor.url for anchor in Page("http://a.gov.cn/b/c.htm", body).anchors] == [
        "http://a.gov.cn/site/x.htm",
        "http://a.gov.cn/site/s?q=%B9%AB%BF%AA",
        "http://a.gov.cn/site/y.htm",
    ]


def test_labels_of_the_site_standard_are_found_in_any_case() -> None:
    page = Page(
        "http://a.gov.cn/", '<meta NAME="columnname" content="政府信息公开年报,"><meta name=X content="">'.encode()
    )
    assert page.meta("ColumnName") == "政府信息公开年报"
    assert page.meta("x") is None
    assert page.says_column()


def test_an_article_is_no_column_though_it_names_one() -> None:
    head = '<meta name="ColumnName" content="政府信息公开年报"><meta name="ArticleTitle" content="某县的报告">'
    assert not Page("http://a.gov.cn/x.htm", head.encode()).says_column()


def test_dates_over_several_lines() -> None:
    assert find_date("2026-\n01-\n3 17:32") == "2026-01-03"
    assert find_date("发布于 2021年1月9日") == "2021-01-09"
    assert find_date("2019年政府信息公开") is None


def test_what_makes_two_urls_one_page() -> None:
    assert identity("https://A.gov.cn/x;jsessionid=1F?b=2&_=0.7") == identity("http://a.gov.cn/x?b=2")
    assert identity("http://a.gov.cn/x/index.html") == identity("http://a.gov.cn/x/")
    assert identity("http://a.gov.cn/x?page=2") != identity("http://a.gov.cn/x?page=3")
    assert identity("http://a.gov.cn/col/col1/index.html?uid=3&pageNum=2") == identity("http://a.gov.cn/col/col1/")


def test_sites() -> None:
    assert same_site("http://tjj.yunping.gov.cn/", "https://www.yunping.gov.cn/x")
    assert not same_site("http://www.lanxi.gov.cn/", "http://www.yunping.gov.cn/")
    assert not same_site("http://127.0.0.1:8001/", "http://127.0.0.1:8002/")
    assert same_site("http://www.example.com/", "http://example.com/")
    assert shared_segments("http://a.gov.cn/x/y/1.htm", "http://a.gov.cn/x/z/2.htm") == 1


def test_documents_and_folders_are_told_apart() -> None:
    for path in ("/x/t20210101_1.html", "/art/2021/1/9/art_1_2.html", "/x/P020.pdf", "/c1/content_55.shtml"):
        assert is_article(f"http://a.gov.cn{path}")
        assert not is_folder(f"http://a.gov.cn{path}")
    for path in ("/x/", "/x/index.html", "/x", "/col/col3/index.html", "/x/list.shtml"):
        assert is_folder(f"http://a.gov.cn{path}")
        assert not is_article(f"http://a.gov.cn{path}")


def test_hrefs_that_lead_nowhere() -> None:
    for href in (
        "",
        "#top",
        "javascript:;",
        "mailto:a@b",
        "{{url}}",
        "http://[x",
        "http://a:port/",
        "data:text/html,x",
    ):
        assert join("http://a.gov.cn/", href) is None


HOSTILE = {
    "anchors": "<a href=x>" * 50_000,
    "comments": "<!-- <a " * 60_000,
    "records": "<datastore>" + "<record><![CDATA[<a href=1>" * 20_000,
    "groups": "<datastore><nextgroup>" * 20_000,
    "scripts": "<script>" + "<a t20210101_1.html " * 20_000,
    "calls": "createPageHTML(1,2," * 30_000,
    "title": f"<a href=/1.html>关于{'印发信息公开' * 30_000}</a>",
    "nesting": "<div>" * 20_000 + "位置" + "<li>" * 20_000,
    "row": "<li>" + "".join(f"<a href=/t20210101_{n}.html>2020年信息公开年报</a>" for n in range(5_000)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_page_made_to_stall_a_crawler_does_not(kind: str, ends: Ends) -> None:
    page = Page("http://a.gov.cn/x/", HOSTILE[kind].encode())
    with ends():
        found = best_rows(page, families())
        if found:
            found[0].onward(page, Column(url=page.url, family=found[0], depth=0, pages=1, fresh=1))
        page.says_column()
        buried_anchors(page)
