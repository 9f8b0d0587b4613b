"""What a glance at an article's bytes passes over must be what the whole page, once read, has no file in."""

from __future__ import annotations

import pytest
from scrapy.http import HtmlResponse

from spiders.attachments import attached
from spiders.glance import Glance
from spiders.pages import Page

URL = "http://www.example.gov.cn/zfxxgk/nb/202401/t20240109_1.html"
MENU = (
    '<a href="/zwgk/">政务公开</a><A HREF="/index.html">首页</A><a href=../../gk/>公开</a>'
    '<img src="/images/banner_top.jpg"><li onclick="location.href=\'/zmhd/\'">互动</li>'
    '<script>var a="/x/y.js";</script>'
)
NEXT = '<a href="t20240109_2.html">上一篇：某局年度报告</a>'


def _page(content: str = "", menu: str = MENU, title: str = "某局2023年政府信息公开工作年度报告") -> str:
    text = f"<div class=TRS_Editor>正文{content}</div>"
    return f"<html><head><title>{title}</title></head><body>{menu}{text}{NEXT}</body></html>"


def _read(glance: Glance, html: str, charset: str = "utf-8", link_text: str | None = None) -> tuple[bool, int]:
    """Whether the page has to be read, and what there is on it; it is learned from as the spiders do."""
    body = html.encode(charset)
    doubts = glance.doubts(URL, body, link_text)
    found = attached(Page.of(HtmlResponse(URL, body=body, headers={"Content-Type": "text/html"})), link_text)
    if doubts is not None and not found:
        glance.learn(doubts)
    return doubts is None or bool(doubts), len(found)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_a_menu_is_read_once(charset: str) -> None:
    glance = Glance()
    assert _read(glance, _page(), charset) == (True, 0)  # a picture and a click: nobody knows yet
    assert _read(glance, _page(), charset) == (False, 0)
    assert _read(glance, _page('<a href="/art/7.html">相关</a>'), charset) == (False, 0)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "content",
    [
        '<a href="./P020240109.pdf">报告</a>',
        "<A class=x HREF=./P020240109.DOC>报告</A>",
        '<a href="/download?id=7">附件下载</a>',
        '<a href="/show/7">某局2023年政府信息公开工作年度报告</a>',
        '<a href="fj.html">附件1</a>',
        '<a title="附件：情况表" href="fj.html">情况表</a>',
        '<a href="fj.html">&#38468;件1</a>',
        '<a href="/preview.html?file=/upload/1.pdf">查看</a>',
        "<a href=\"javascript:show('/upload/1.pdf')\">查看</a>",
        "<span onClick=\"show('/upload/1.pdf')\">查看</span>",
        '<p data-url="/upload/1.pdf">查看</p>',
        '<img src="/upload/202401/1.jpg">',
        '<IMG data-original="/upload/202401/1.jpg">',
        '<iframe src="/upload/1.pdf"></iframe>',
        '<embed src="/upload/1.pdf">',
        '<object data="/upload/1.pdf"></object>',
        '<script>show("/upload/1.pdf");</script>',
        '<a name=top>到<a href="/upload/1.pdf">报告</a>',
    ],
)
def test_what_has_a_file_is_read(content: str, charset: str) -> None:
    glance = Glance()
    for _ in range(2):
        _read(glance, _page(), charset)
    assert _read(glance, _page(content), charset) == (True, 1)


def test_a_picture_of_the_menu_counts_where_it_stands_in_the_text_too() -> None:
    glance = Glance()
    for _ in range(2):
        _read(glance, _page())
    assert _read(glance, _page('<img src="/images/banner_top.jpg">'))[0]


def test_an_address_that_says_nothing_counts_where_it_is_called_like_the_article() -> None:
    glance = Glance()
    content = '<a href="/show?id=7">某局2023年政府信息公开工作年度报告</a>'
    other = "某局2022年政府信息公开工作年度报告"
    assert _read(glance, _page(content, title=other)) == (True, 0)
    assert _read(glance, _page(content, title=other)) == (False, 0)
    assert _read(glance, _page(content)) == (True, 1)
    assert _read(glance, _page(content, title="某局"), link_text="某局2023年政府信息公开工作年度报告") == (True, 1)


def test_a_page_that_moves_its_links_or_is_in_another_charset_is_read() -> None:
    glance = Glance()
    for _ in range(2):
        assert _read(glance, _page('<base href="/x/">'))[0]
        assert _read(glance, _page(), "utf-16")[0]
        assert glance.doubts(URL, b'<meta charset="big5">', None) is None
