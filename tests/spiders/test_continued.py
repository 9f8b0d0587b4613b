from __future__ import annotations

import pytest
from made_pages import html, title
from made_walks import portal, walk

from spiders.continued import continued, may_go_on
from spiders.pages import Page

URL = "http://www.linping.gov.cn/gk/nb/2024.html"
PAGERS = {
    "numbers": ('<a href="2024.html">1</a><a href="2024_2.html">2</a><a href="2024_3.html">3</a>', [2, 3]),
    "next and last": ('<a href="2024_2.html">下一页</a><a href="2024_4.html">尾页</a>', [2, 3, 4]),
    "counted from 0": ('<a href="2024_1.html">2</a><a href="2024_2.html">3</a>', [1, 2]),
    "another article": ('<a href="2024_2.html">县财政局</a><a href="2024_77.html">下一页</a>', []),
    "another folder": ('<a href="/xw/2024_2.html">2</a>', []),
}


@pytest.mark.parametrize(("pager", "numbers"), PAGERS.values(), ids=PAGERS.keys())
def test_further_pages_of_an_article(pager: str, numbers: list[int]) -> None:
    body = html(pager).encode()
    assert continued(Page(URL, body)) == [URL.replace(".html", f"_{number}.html") for number in numbers]
    assert may_go_on(URL, body)


def test_an_article_of_one_page_is_soon_seen() -> None:
    assert not may_go_on(URL, html('<a href="2023.html">下一篇</a><a href="/2_2.html">2</a>').encode())


def test_a_report_on_two_pages_is_one_document() -> None:
    pages = {
        "/nb/": html(f'<li><a href="7.html">{title(7)}</a>', "<title>政府信息公开年报</title>"),
        "/nb/7.html": html('<p>一、总体情况</p><a href="7_2.html">2</a>'),
        "/nb/7_2.html": html('<p>三、收到和处理申请情况</p><a href="7.html">1</a>'),
    }
    got = walk("auto", portal(dict(pages)), url="/nb/")
    assert got.leads["/nb/7_2.html"]["role"] == "attachment"
    assert [link["role"] for link in got.links] == ["article", "attachment"]
