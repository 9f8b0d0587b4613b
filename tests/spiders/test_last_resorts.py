from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from made_pages import html, title
from made_walks import portal, walk

from gicrawl.crawling.rules import read_robots
from spiders.pages import Page
from spiders.searching import WORDS, searched

RESULTS = f'<li><a href="/d/1.html">{title(1)}</a></li><li><a href="/d/2.html">政府网站工作年度报表</a></li>'


def test_a_search_form_of_the_home_page_is_asked_when_nothing_else_leads_on() -> None:
    form = (
        '<form action="/search" method="get"><input name="keyword"><input type="hidden" name="siteId" value="3"></form>'
    )
    home, more = html(form), html(RESULTS + '<a href="/search?page=2">下一页</a>')
    further = html(f'<li><a href="/d/3.html">{title(3)}</a></li><a href="/search?page=3">下一页</a>')
    site = portal({"/": home, "/search": more, "/search?page=2": further, "/search?page=3": further})
    got = walk("auto", site)
    assert got.articles == ["/d/1.html", "/d/3.html"]
    assert [path.partition("?")[0] for path in site.paths()].count("/search") == 2
    assert "own search found 2 reports" in got.log


def test_a_portal_with_a_column_is_not_searched() -> None:
    home = html('<form action="/search"><input name="q"></form><a href="/nb/">政府信息公开年报</a>')
    site = portal({"/": home, "/nb/": html(f'<li><a href="1.html">{title(1)}</a>', "<title>政府信息公开年报</title>")})
    assert walk("auto", site).articles == ["/nb/1.html"]
    assert not [path for path in site.paths() if path.startswith("/search")]


@pytest.mark.parametrize(
    "form",
    [
        '<form action="/search" method="post"><input name="q"></form>',
        '<form action="http://www.elsewhere.com/search"><input name="q"></form>',
        '<form action="/login"><input name="user"><input type="password" name="p"></form>',
        '<form action="/search"><input type="hidden" name="q"></form>',
    ],
)
def test_other_forms_are_left_alone(form: str) -> None:
    assert searched(Page("http://www.yunping.gov.cn/", html(form).encode())) is None


def test_words_are_sent_in_the_charset_of_the_page() -> None:
    body = '<form action="so.asp"><input name="站内" type="text"><input type=submit value="搜索">搜索</form>'.encode(
        "gbk"
    )
    url = searched(Page("http://www.yunping.gov.cn/", body))
    assert url is not None
    assert dict(parse_qsl(urlsplit(url).query, encoding="gbk"))["站内"] == WORDS


def test_site_maps_that_robots_names_are_known_and_lead_on() -> None:
    rules = read_robots(
        200, b"User-agent: *\nDisallow: /x/\nSitemap: http://www.yunping.gov.cn/map/sitemap_index.xml\n"
    )
    assert rules.sitemaps == ("http://www.yunping.gov.cn/map/sitemap_index.xml",)
    nested = "<sitemapindex><sitemap><loc>http://www.yunping.gov.cn/sitemap-2.xml</loc></sitemap></sitemapindex>"
    listed = "<urlset><url><loc>http://www.yunping.gov.cn/a/zfxxgknb/</loc></url></urlset>"
    column = html(f'<li><a href="1.html">{title(1)}</a>', "<title>政府信息公开年报</title>")
    site = portal({"/": html(""), "/sitemap.xml": nested, "/sitemap-2.xml": listed, "/a/zfxxgknb/": column})
    assert walk("auto", site).articles == ["/a/zfxxgknb/1.html"]
