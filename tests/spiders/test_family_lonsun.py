"""LonSun: pieces of HTML by a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_pages import html, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/public/column/2653?type=3"
LABEL = "/site/label/8888"
HEAD = (
    '<title>政府信息公开年报</title><meta name="SiteId" content="6795">'
    '<meta name="ColumnName" content="政府信息公开年报">'
)


def rows(numbers: range) -> str:
    return (
        '<ul class="xxgk_nav_list">'
        + "".join(
            f'<li><a title="{title(n)}" href="/public/2653/{n + 100}.html">{title(n)[:12]}…</a>'
            '<span class="date">2025-01-20</span></li>'
            for n in numbers
        )
        + "</ul>"
    )


def label(asked: dict[str, str]) -> Answer:
    assert (asked["siteId"], asked["organId"], asked["labelName"]) == ("6795", "2653", "publicInfoList")
    start = (int(asked["pageIndex"]) - 1) * 15
    return 200, "text/html", (rows(range(start, min(start + 15, 38))) + "<script>({pageCount:3})</script>").encode()


@pytest.mark.parametrize("inlined", [0, 15])
@pytest.mark.parametrize("prefix", ["", "/zwgk"])
@pytest.mark.parametrize("printed", [True, False])
def test_every_page_of_the_label_is_read(inlined: int, prefix: str, *, printed: bool) -> None:
    url = f"{prefix}{LABEL}?IsAjax=1&amp;labelName=publicInfoList&amp;siteId=6795"
    url += "&amp;pageSize=15&amp;pageIndex=1&amp;organId=2653&amp;type=3"
    script = (
        f"<a data-url='{url}'></a>" if printed else "<script>load({labelName=publicInfoList, pageCount:3})</script>"
    )
    pages: dict[str, Page] = {
        prefix + COLUMN: html(rows(range(inlined)) + script, HEAD),
        prefix + LABEL: label,
    }
    site = portal(pages)
    got = walk("auto", site, url=prefix + COLUMN)
    assert len(got.articles) == 38
    assert got.last[-1] is True
    assert True not in got.last[:-1]
    asked = [path for path in site.paths() if LABEL in path]
    assert len(asked) == (2 if inlined else 3)
    assert all("type=3" in path for path in asked)
