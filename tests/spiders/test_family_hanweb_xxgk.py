"""Hanweb 信息公开: tables by POST, with rows of other columns among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from made_pages import html, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/col/col345/index.html"
SEARCH = "/module/xxgk/search.jsp"


def rows(numbers: range) -> str:
    def row(n: int) -> str:
        column = 345 if n % 5 else 999
        return (
            f'<tr class="tr_main_value_odd"><td>{n}</td>'
            f'<td><a href="/art/2021/1/9/art_{column}_{n}.html">{title(n)}</a>'
            "</td><td>2021-01-29</td></tr>"
        )

    return "<table>" + "".join(map(row, numbers)) + "</table><div>共<b>3</b>页</div>"


def search(asked: dict[str, str]) -> Answer:
    assert asked["METHOD"] == "POST"
    assert (asked["infotypeId"], asked["jdid"], asked["area"]) == ("A0212", "12", "002482429")
    start = (int(asked["currpage"]) - 1) * 10
    return 200, "text/html", rows(range(start, min(start + 10, 25))).encode()


def test_rows_of_the_column_are_followed_and_others_are_not() -> None:
    script = f"<script>load('{SEARCH}',{{infotypeId:'A0212',jdid:12,area:'002482429',divid:'div345'}})</script>"
    pages: dict[str, Page] = {COLUMN: html(script, "<title>政府信息公开年报</title>"), SEARCH: search}
    site = portal(pages)
    got = walk("auto", site, url=COLUMN)
    assert sorted(got.articles) == sorted(f"/art/2021/1/9/art_345_{n}.html" for n in range(25) if n % 5)
    assert got.last == [False, False, False, True]
    assert set(got.layouts) == {"hanweb_xxgk"}
    assert site.asked.count(("POST", SEARCH)) == 3
