from __future__ import annotations

import pytest
from made_pages import html, title
from made_walks import portal, walk

from spiders.pages import Page
from spiders.selecting import chosen_anchors

YEARS = "".join(f'<option value="{year}">{year}年</option>' for year in (2023, 2022))
BODIES = '<option value="">全部</option><option value="7">财政局</option><option value="8">教育局</option>'
CALLED = "<script>function go(y) { location = 'nb.jsp?y=' + y }</script>"
SELECTS = {
    "a form": (
        f"<form action=nb.jsp><input type=hidden name=c value=3><select name=y>{YEARS}</select></form>",
        "c=3&y=",
    ),
    "its other selects stay": (
        f"<form action=nb.jsp><select name=b>{BODIES}</select><select name=y>{YEARS}</select></form>",
        "b=&y=",
    ),
    "a change": (f"<select onchange=\"location.href='nb.jsp?y='+this.value\">{YEARS}</select>", "y="),
    "a change that calls": (
        f'{CALLED}<select onchange="go(this.options[this.selectedIndex].value)">{YEARS}</select>',
        "y=",
    ),
}


@pytest.mark.parametrize(("body", "query"), SELECTS.values(), ids=SELECTS.keys())
def test_a_select_of_years_is_a_menu(body: str, query: str) -> None:
    page = Page("http://www.linping.gov.cn/gk/nb.jsp", html(body).encode())
    assert [(anchor.url.partition("?")[2], anchor.text) for anchor in chosen_anchors(page)] == [
        (f"{query}2023", "2023年"),
        (f"{query}2022", "2022年"),
    ]


def test_selects_of_other_things_are_no_menu() -> None:
    kinds = "".join(f'<option value="{n}">{text}</option>' for n, text in enumerate(("标题", "全文", "2023年")))
    post = f"<form method=post action=nb.jsp><select name=y>{YEARS}</select></form>"
    page = Page(
        "http://www.linping.gov.cn/nb.jsp", html(f"<form><select name=k>{kinds}</select></form>{post}").encode()
    )
    assert chosen_anchors(page) == []


def test_years_of_a_column_that_only_a_select_shows() -> None:
    def column(asked: dict[str, str]) -> str:
        year = int(asked.get("y", "2023"))
        row = f'<li><a href="view.jsp?id={year}">{title(0).replace("2015", str(year))}</a></li>'
        return html(f'<form action="nb.jsp"><select name="y">{YEARS}</select></form>{row}', "<title>年报</title>")

    site = portal({"/": html('<a href="/nb.jsp">政府信息公开年报</a>'), "/nb.jsp": column})
    assert sorted(walk("auto", site).articles) == ["/view.jsp?id=2022", "/view.jsp?id=2023"]
