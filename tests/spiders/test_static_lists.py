from __future__ import annotations

import pytest
from made_pages import html, title
from made_walks import portal, walk

from spiders.family import make_row
from spiders.vocabulary import TitleSays

COLUMN = "/gk/nb/list.html"
HEAD = "<title>政府信息公开年报</title>"


def page(number: int, pager: str, per_page: int = 3) -> str:
    rows = ""
    for n in range(number * per_page, (number + 1) * per_page):
        link = f"<a href='/show.asp?id={n}'>"
        cells = f"{title(n)}</td><td>{link}查看</a>" if n % 2 else f"{link}{title(n)}</a></td><td>"
        rows += f"<tr><td>{n}</td><td>{cells}</td><td>2021年1月{n + 1}日</td></tr>"
    return html(f"<table>{rows}</table>{pager}", HEAD)


def column(pagers: list[str], names: list[str]) -> dict[str, str]:
    return {name: page(number, pager) for number, (name, pager) in enumerate(zip(names, pagers, strict=True))}


LAST = '<a href="list.html">上一页</a><span>下一页</span>'


@pytest.mark.parametrize(
    ("pagers", "names"),
    [
        (['<a href="list_2.html">下一页&gt;&gt;</a>', '<a href="list_3.html">下一页</a>', LAST], ["_2", "_3"]),
        (['<a href="list_2.html">2</a><a href="list_3.html">3</a>'] * 3, ["_2", "_3"]),
        (
            ['<a href="?page=2">下一頁</a>', '<a href="?page=3">下一頁</a>', '<a href="?page=3">下一頁</a>'],
            ["?2", "?3"],
        ),
        (["<script>var totalPage = 3;</script>"] * 3, ["_1", "_2"]),
        (["<script>var totalPage = 3;</script>"] * 3, ["_2", "_3"]),
        (["共3页 <a href='javascript:go(2)'>下一页</a>"] * 3, ["?2", "?3"]),
    ],
)
def test_every_usual_pager_leads_to_the_end(pagers: list[str], names: list[str]) -> None:
    files = [f"{COLUMN}?page={name[1:]}" if name[0] == "?" else COLUMN.replace(".", f"{name}.") for name in names]
    got = walk("auto", portal(dict(column(pagers, [COLUMN, *files]))), url=COLUMN)
    assert len(got.articles) == 9
    assert got.last[-1] is True
    assert True not in got.last[:-1]
    assert {page["layout"] for page in got.pages} == {"static"}


@pytest.mark.parametrize(
    ("first", "further", "pager"),
    [
        (
            "list-1.html",
            "list-{n}.html",
            "<script>var n=9;function go(p){{location.href='list-'+p+'.html'}}</script>{go}",
        ),
        ("column-index-1.shtml", "column-index-{n}.shtml", "{go}"),
        ("a.htm", "p{n}.htm", '<script>function go(p){{var s="p";window.location.href=s+p+".htm"}}</script>{go}'),
        ("a.htm", "a-{m}.htm", '<script>function go(p){{location.replace("a-"+(p-1)+".htm");}}</script>{go}'),
        ("a.htm", "a-{n}.htm", "<script>function go(p){{location=`a-${{p}}.htm`}}</script>{go}"),
        (
            "l.asp?id=3",
            "l.asp?id=3&nr={n}&page={n}",
            "<script>var u='l.asp?id=3';function go(p){{location=u+'&nr='+p+'&page='+p}}</script>{go}",
        ),
        ("a.htm", "z{n}.htm", "<script>var cur={m};function next(){{location.href='z'+(cur+2)+'.htm'}}</script>{go}"),
        ("a.htm", "a/{n}.htm", "<script>function go(p){{location.href='/gk/nb/a/'+parseInt(p)+'.htm'}}</script>{go}"),
    ],
)
def test_pages_that_a_script_spells_out_are_turned(first: str, further: str, pager: str) -> None:
    folder, go = "/gk/nb/", "<a href='javascript:go({})'>下一页</a>"
    names = [first, *(further.format(n=n, m=n - 1) for n in (2, 3))]
    pages = {
        folder + name: page(n - 1, pager.format(n=n, m=n - 1, go=go.format(n + 1)) if n < 3 else LAST)
        for n, name in enumerate(names, 1)
    }
    site = portal(dict(pages))
    got = walk("auto", site, url=folder + first)
    assert len(got.articles) == 9
    assert got.last[-1] is True
    assert len(site.asked) <= 12 + 3


def test_pages_whose_script_puts_a_number_between_name_and_page() -> None:
    script = (
        "<script>var currentPage = {};var countPage = 3;"
        'function p(n){{ location.href = n==0 ? "index.shtml" : "index_4412_"+n+".shtml"; }}</script>'
    )
    names = ["index.shtml", "index_4412_1.shtml", "index_4412_2.shtml"]
    pages = {
        f"/nb/{name}": html(f'<li><a href="{n}.html">{title(n)}</a>{script.format(n)}') for n, name in enumerate(names)
    }
    site = portal(dict(pages))
    assert walk("auto", site, url="/nb/index.shtml").articles == ["/nb/0.html", "/nb/1.html", "/nb/2.html"]
    assert "/nb/index_1.shtml" not in site.paths()


def test_pages_counted_from_one_by_name_and_next_in_english() -> None:
    script = '<script>createPageHTML(2,{},"index_pc","html")</script>'
    pages = {
        "/nb/index_pc_1.html": html(f'<li><a href="1.html">{title(1)}</a>{script.format(1)}'),
        "/nb/index_pc_2.html": html(f'<li><a href="2.html">{title(2)}</a>{script.format(2)}'),
        "/tabid/7/Default.aspx": html(
            f'<li><a href="/a/3.html">{title(3)}</a><a href="/tabid/7/i/2/Default.aspx">Next</a>'
        ),
        "/tabid/7/i/2/Default.aspx": html(f'<li><a href="/a/4.html">{title(4)}</a>'),
    }
    site = portal(dict(pages))
    assert walk("auto", site, url="/nb/index_pc_1.html").articles == ["/nb/1.html", "/nb/2.html"]
    assert walk("auto", site, url="/tabid/7/Default.aspx").articles == ["/a/3.html", "/a/4.html"]


def test_pages_that_a_widget_counts_and_turns() -> None:
    widget = (
        "<script>laypage.render({elem:'p',count:9,limit:3,jump:function(o,f){if(!f)"
        "location.href='l?cid=7&page='+o.curr}})</script>"
    )
    names = ["/nb/l?cid=7", "/nb/l?cid=7&page=2", "/nb/l?cid=7&page=3"]
    got = walk("auto", portal(dict(column([widget] * 3, names))), url=names[0])
    assert len(got.articles) == 9
    assert got.last == [False, False, True]


def test_the_title_in_another_cell_of_the_row_counts() -> None:
    got = walk("auto", portal({COLUMN: page(0, "")}), url=COLUMN)
    row = next(link for link in got.links if link["text"] == "查看")
    assert title(1) in row["title"]
    assert row["date"] == "2021-01-02"


def test_a_pager_only_a_script_can_follow_is_guessed_a_few_times_and_then_left() -> None:
    site = portal({COLUMN: page(0, "<a href='javascript:next()'>下一页</a>")})
    got = walk("auto", site, url=COLUMN)
    assert len(got.articles) == 3
    assert not any(got.last)
    assert len(site.asked) <= 1 + 3 + 5


@pytest.mark.parametrize("name", ["list_1.html", "list_2.html", "index_1.html", "list.html?page=2"])
def test_the_usual_names_of_page_two_are_tried_where_only_a_script_turns(name: str) -> None:
    turn = "<a href='javascript:next()'>下一页</a>"
    pages = {
        COLUMN: page(0, turn),
        f"/gk/nb/{name}": page(3, "<a href='/'>首页</a><a href='../'>上一页</a><span>下一页</span>"),
    }
    got = walk("auto", portal(dict(pages)), url=COLUMN)
    assert len(got.articles) == 6
    assert got.last[-1] is True


def test_a_page_turned_by_sending_a_form() -> None:
    def served(asked: dict[str, str]) -> str:
        turned = asked.get("__EVENTARGUMENT") == "2" and asked.get("__VIEWSTATE") == "dDw"
        return page(
            3 if turned else 0,
            '<form method=post action="list.html"><input type=hidden name=__VIEWSTATE value=dDw></form>'
            + ("" if turned else "<a href=\"javascript:__doPostBack('Pager','2')\">下一页</a>"),
        )

    got = walk("auto", portal({COLUMN: served}), url=COLUMN)
    assert len(got.articles) == 6
    assert got.last == [False, True]


def test_a_server_that_gives_the_same_page_for_ever_is_left() -> None:
    site = portal(
        {COLUMN: page(0, '<a href="?page=2">下一页</a>'), f"{COLUMN}?page=2": page(0, '<a href="?page=3">下一页</a>')}
    )
    got = walk("auto", site, url=COLUMN)
    assert got.last == [False, False]
    assert f"{COLUMN}?page=3" not in site.paths()


def test_a_list_page_that_leads_to_the_home_page_is_a_hole() -> None:
    pages = {
        COLUMN: page(0, '<a href="list_2.html">下一页</a>'),
        COLUMN.replace(".", "_2."): (302, "text/html", b"/"),
        "/": page(7, ""),
    }
    got = walk("auto", portal(dict(pages)), url=COLUMN)
    assert len(got.articles) == 3
    assert got.last == [False]
    assert "leads to the home page" in got.log


def test_a_list_of_other_things_is_not_claimed() -> None:
    news = "".join(f'<li><a href="{n}.html">县领导第{n}次调研</a></li>' for n in range(9))
    got = walk("auto", portal({COLUMN: html(news, HEAD)}), url=COLUMN)
    assert got.layouts == [None]
    assert got.articles == []


def test_a_title_far_into_the_white_space_and_a_date_behind_an_abstract_are_read() -> None:
    rows = f'<li><a href="/1.htm">{" " * 900}{title(1)}\n{" " * 900}</a><p>{"摘要" * 300}</p><i>2021-03-04</i></li>'
    got = walk("auto", portal({COLUMN: html(rows, HEAD)}), url=COLUMN)
    assert [(link["text"], link["date"]) for link in got.links] == [(title(1), "2021-03-04")]


def test_a_cut_off_title_before_the_date_of_its_row_is_a_cut_off_title() -> None:
    """Links that hold the whole row show the date behind the title, and the title attribute is cut as well."""
    for cut in ("云坪县喆溪乡人民政府2025年度政府信息公开年…", "2023年云坪县市场监督管理局政府信息公开工作…"):
        row = make_row("http://www.yunping.gov.cn/show.asp?id=1", f"{cut}2026-02-09", cut, None)
        assert row.says is not TitleSays.OTHER


def test_a_paging_without_end_that_writes_sessions_into_its_links_ends_when_a_page_comes_again() -> None:
    def list_page(number: int) -> str:
        first = 3 * min(number, 3)
        rows = "".join(
            f'<li><a href="/xxgk/{row}.html?sid={100 * number + row}">{title(row)}</a></li>'
            for row in range(first, first + 3)
        )
        return html(f'<ul>{rows}</ul><a href="/xxgk/nb?page={number + 1}&r={number}">下一页</a>')

    pages = {f"/xxgk/nb?page={number + 1}&r={number}": list_page(number + 1) for number in range(1, 40)}
    site = portal({"/xxgk/nb": list_page(1), **pages})
    walk("static", site, url="/xxgk/nb")
    assert [path for path in site.paths() if "/nb?" in path] == [f"/xxgk/nb?page={n + 1}&r={n}" for n in (1, 2, 3)]
