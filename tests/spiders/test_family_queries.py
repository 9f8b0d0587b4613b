"""Families whose lists go on by one parameter of a URL they print: info/iList.jsp, VSB, Hebei."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_pages import html, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from made_portals import Answer, Page

HEAD = "<title>政府信息公开年报</title>"
COLUMN_ID = "0a1b2c3d-1111-2222-3333-0123456789ab"


def rows(page: int, url: Callable[[int], str]) -> str:
    numbers = range((page - 1) * 10, min(page * 10, 25))
    return "".join(f'<li><a href="{url(n)}">{title(n)}</a><span>2021-01-29</span></li>' for n in numbers)


def article(n: int) -> str:
    return f"/zwgk/a/b/{n}.htm"


@pytest.mark.parametrize("said", ["共<b>3</b>页", ""])
def test_ilist(said: str) -> None:
    def page(asked: dict[str, str]) -> str:
        assert asked["node_id"] == "GKyp"
        return html(f"<ul>{rows(int(asked.get('cur_page', '1')), article)}</ul>{said}", HEAD)

    site = portal({"/info/iList.jsp": page})
    got = walk("auto", site, url="/info/iList.jsp?node_id=GKyp&cat_id=15971")
    assert sorted(got.articles) == sorted(map(article, range(25)))
    assert got.last[-1] is True
    assert len(site.asked) == (3 if said else 4) + 25
    assert set(got.layouts) == {"ilist"}


def test_vsb_by_its_query() -> None:
    def url(n: int) -> str:
        return f"content.jsp?urltype=news.NewsContentUrl&wbtreeid=1269&wbnewsid={n}"

    def page(asked: dict[str, str]) -> str:
        query = "?totalpage=3&amp;PAGENUM=2&amp;urltype=tree.TreeTempUrl&amp;wbtreeid=1269"
        return html(f"<ul>{rows(int(asked.get('PAGENUM', '1')), url)}</ul><a href='{query}'>2</a>", HEAD)

    site = portal({"/xxgk/list.jsp": page})
    got = walk("auto", site, url="/xxgk/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1269")
    assert len(got.articles) == 25
    assert got.last == [False, False, True]
    assert set(got.layouts) == {"vsb"}


def test_vsb_counting_down() -> None:
    def url(n: int) -> str:
        return f"/info/1034/{n}.htm"

    pages: dict[str, Page] = {
        "/xxgk/nb.htm": html(f"<ul>{rows(1, url)}</ul><a href='nb/2.htm'>下页</a><a href='nb/1.htm'>尾页</a>", HEAD),
        "/xxgk/nb/2.htm": html(f"<ul>{rows(2, url)}</ul><a href='../nb.htm'>上页</a><a href='1.htm'>下页</a>", HEAD),
        "/xxgk/nb/1.htm": html(f"<ul>{rows(3, url)}</ul><a href='2.htm'>上页</a><span>下页</span>", HEAD),
    }
    pages = {path: f"{page}<div id=vsb_content_501></div>" for path, page in pages.items()}
    got = walk("auto", portal(pages), url="/xxgk/nb.htm")
    assert len(got.articles) == 25
    assert got.last == [False, False, True]
    assert set(got.layouts) == {"vsb"}


@pytest.mark.parametrize("inlined", [True, False])
def test_hebei_by_blocks(*, inlined: bool) -> None:
    def url(n: int) -> str:
        return f"/columns/{COLUMN_ID}/202101/29/{n:08x}-1111-2222-3333-0123456789ab.html"

    block = f"/columns/{COLUMN_ID}/templates/{COLUMN_ID}/blocks/{COLUMN_ID}"

    def answer(asked: dict[str, str]) -> Answer:
        return 200, "text/html", f"<ul>{rows(int(asked['page']), url)}</ul>".encode()

    column = f"/columns/{COLUMN_ID}/index.html"
    script = f"<script>load('{block}?page=1&fix=0')</script>"
    site = portal({column: html((rows(1, url) if inlined else "") + script, HEAD), block: answer})
    got = walk("auto", site, url=column)
    assert len(got.articles) == 25
    assert len([path for path in site.paths() if path.startswith(block)]) == 4
    assert got.last[-1] is True
