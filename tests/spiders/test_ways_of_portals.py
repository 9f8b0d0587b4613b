"""Ways to reports that portals have beside the usual one."""

from __future__ import annotations

from made_pages import html, title
from made_walks import portal, walk

HEAD = "<title>政府信息公开年报</title>"


def test_a_column_below_the_last_of_the_duties_to_publish() -> None:
    pages = {
        "/": html('<a href="/gk/">公开</a>'),
        "/gk/": html('<a href="/gk/fd/">法定主动公开</a>'),
        "/gk/fd/": html('<a href="/gk/fd/jg/">机构职能</a><a href="/gk/fd/qt/">其他法定信息</a>'),
        "/gk/fd/qt/": html('<a href="/gk/fd/qt/a/">人大建议</a><a href="/gk/fd/qt/nb/">信息公开工作年度报告</a>'),
        "/gk/fd/qt/nb/": html(f'<li><a href="1.html">{title(1)}</a>', HEAD),
    }
    assert walk("auto", portal(dict(pages))).articles == ["/gk/fd/qt/nb/1.html"]


def test_a_page_with_the_title_of_a_report_that_lists_those_of_bodies() -> None:
    collected = "派出机构2024年政府信息公开工作年度报告"
    cells = "".join(f'<td><a href="{n}.html">{name}监管局</a></td>' for n, name in enumerate("京津冀晋辽吉"))
    near = '<div><a href="/fgj/">发改局</a><a href="http://czj.yunping.gov.cn/">财政局</a></div>'
    pages = {
        "/nb/": html(f'<li><a href="pc/2024/index.html">{collected}</a><li><a href="1.html">{title(1)}</a>', HEAD),
        "/nb/pc/2024/index.html": html(f"{near}<table><tr>{cells}</tr></table>", f"<title>{collected}</title>"),
        "/nb/1.html": html(
            f"{near}{'<p>一、总体情况。</p>' * 100}<table><tr>{cells}</tr></table>", f"<title>{title(1)}</title>"
        ),
    }
    got = walk("auto", portal(dict(pages)), url="/nb/")
    assert sorted(got.articles) == [
        "/nb/1.html",
        *(f"/nb/pc/2024/{n}.html" for n in range(6)),
        "/nb/pc/2024/index.html",
    ]


def test_bodies_whose_lists_say_nothing_of_themselves() -> None:
    nodes = ",".join(f'{{id:{n},name:"{name}局",url:"/xxgk/{n}/list.html"}}' for n, name in enumerate(NAMES))
    tree = f'<script>var zNodes=[{{id:99,name:"政府信息公开年报"}},{nodes}];</script><p>请选择</p>'
    pages = {"/": html('<a href="/xxgk/">信息公开</a>'), "/xxgk/": html(tree, "<title>信息公开</title>")}
    for n in range(len(NAMES)):
        rows = "".join(
            f'<li><a href="{year}.html">云坪县{NAMES[n]}局{year}年政府信息公开年度报告</a>' for year in YEARS
        )
        pages[f"/xxgk/{n}/list.html"] = html(f"{tree}<ul>{rows}</ul>")
    assert len(walk("auto", portal(dict(pages))).articles) == len(NAMES) * len(YEARS)


NAMES = ["教育", "民政", "水利", "统计", "司法", "财政", "审计", "文旅", "交通", "农业"]
YEARS = (2020, 2021, 2022)


def test_pages_that_marks_and_not_words_turn() -> None:
    rows = [f'<li><a href="/a/{n}">{title(n)}</a>' for n in range(3)]
    first = html(f'{rows[0]}<a class="next page-numbers" href="/nb/page/2/">Older</a>', HEAD)
    second = html(rows[1], f'{HEAD}<link rel="next" href="/nb/page/3/">')
    pages = {"/nb/": first, "/nb/page/2/": second, "/nb/page/3/": html(rows[2], HEAD)}
    got = walk("auto", portal(dict(pages)), url="/nb/")
    assert got.articles == ["/a/0", "/a/1", "/a/2"]
