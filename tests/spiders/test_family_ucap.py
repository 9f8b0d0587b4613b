"""UCAP: rows in a comment, static pages, one column a year, and the search in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from made_pages import html, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/yp/c107269/zwgklist.shtml"
HEAD = '<title>政府信息公开年报</title><meta name="ColumnName" content="政府信息公开年报">'


def url(number: int) -> str:
    return f"/yp/c110634/2021{number % 12 + 1:02}/{174240000 + number}.shtml"


def rows(numbers: range) -> str:
    return "".join(
        f'<li><a target="_blank" href="{url(n)}" title="{title(n)}">{title(n)[:12]}…</a><b>2021-01-17</b></li>'
        for n in numbers
    )


def listed(numbers: range, pages: int, *, hidden: bool) -> str:
    inner = rows(numbers) + f"<script>createPageHTML('page_div',{pages}, 1,'zwgklist','shtml',25);</script>"
    return html(f'<ul class="list">{f"<!-- {inner}-->" if hidden else inner}</ul>', HEAD)


@pytest.mark.parametrize("spider", ["auto", "ucap"])
@pytest.mark.parametrize("hidden", [True, False])
def test_pages_are_numbered_from_two_and_rows_in_comments_count(spider: str, *, hidden: bool) -> None:
    pages: dict[str, Page] = {
        COLUMN: listed(range(10), 3, hidden=hidden),
        COLUMN.replace(".", "_2."): listed(range(10, 20), 3, hidden=hidden),
        COLUMN.replace(".", "_3."): listed(range(20, 25), 3, hidden=hidden),
    }
    site = portal(pages)
    got = walk(spider, site, url=COLUMN)
    assert sorted(got.articles) == sorted(url(n) for n in range(25))
    assert got.last == [False, False, True]
    assert set(got.layouts) == {"ucap"}
    assert len(site.asked) == 3 + 25
    assert {link["date"] for link in got.links} == {"2021-01-17"}


def test_one_column_a_year_is_read_whole_from_the_home_page() -> None:
    years = range(2019, 2023)
    menu = "".join(f'<li id="erji_c25{year}"><a href="/yp/c25{year}/zwgklist.shtml">{year}</a></li>' for year in years)
    pages: dict[str, Page] = {
        "/": html('<a href="/yp/c100/zfxxgk.shtml">政府信息公开</a><a href="/yp/c100001/xw.shtml">新闻</a>'),
        "/yp/c100/zfxxgk.shtml": html(
            f'<a href="/yp/c200001/zfxxgkzn.shtml">政府信息公开指南</a><a href="{COLUMN}">政府信息公开年报</a>',
            "<title>政府信息公开</title>",
        ),
        COLUMN: html(f'<ul id="nb_list">{menu}</ul>', HEAD),
    }
    for place, year in enumerate(years):
        numbers = range(place * 3, place * 3 + 3)
        inner = rows(numbers) + "<script>createPageHTML('page_div',1, 1,'zwgklist','shtml',3);</script>"
        pages[f"/yp/c25{year}/zwgklist.shtml"] = html(
            f'<ul id="nb_list">{menu}</ul><ul><!-- {inner} --></ul>', f"<title>{year}</title>"
        )
    got = walk("auto", portal(pages))
    assert sorted(got.articles) == sorted(url(n) for n in range(12))
    assert got.last.count(True) == len(years)


def test_rows_that_only_the_search_has_are_asked_for_until_its_total() -> None:
    def search(asked: dict[str, str]) -> Answer:
        start = (int(asked["page"]) - 1) * 20
        results = [
            {
                "title": title(n),
                "subTitle": "",
                "url": f"//www.yunping.gov.cn{url(n)}",
                "publishedTimeStr": "2021-01-24 17:18:49",
            }
            for n in range(start, min(start + 20, 45))
        ]
        body = {"data": {"total": 45, "page": int(asked["page"]), "rows": 20, "results": results}}
        assert asked["_isJson"] == "true"
        return 200, "application/json", json.dumps(body).encode()

    api = "/common/search/5f0a"
    pages: dict[str, Page] = {
        COLUMN: html(f"<ul id=list></ul><script>$.get('{api}?_isAgg=true&_pageSize=20&page=1',show)</script>", HEAD),
        api: search,
    }
    site = portal(pages)
    got = walk("auto", site, url=COLUMN)
    assert sorted(got.articles) == sorted(url(n) for n in range(45))
    assert got.last == [False, False, False, True]
    assert len([path for path in site.paths() if path.startswith(api)]) == 3
    assert got.links[0]["date"] == "2021-01-24"
