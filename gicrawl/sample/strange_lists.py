"""What lists of strange portals are made of: addresses of articles, rows, dates, names of pages, pagers. Data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence
    from datetime import date

ARTICLES = (
    ("{folder}{day:%Y%m}/t{day:%Y%m%d}_{id}.html", 5),
    ("{folder}{day:%Y%m}/t{day:%Y%m%d}_{id}.shtml", 1),
    ("/art/{day.year}/{day.month}/{day.day}/art_{short}_{id}.html", 2),
    ("/art/{day.year}/art_{hexa}.html", 1),
    ("{folder}{day:%Y-%m}/{day:%d}/content_{id}.html", 2),
    ("{folder}{day:%Y%m}/{hexa}.shtml", 2),
    ("{folder}{day:%Y%m%d}/{hexa}/c.html", 1),
    ("/web/zfxxgk/{day:%Y%m%d%H%M%S}{short}/index.shtml", 1),
    ("{folder}{id}/index.html", 2),
    ("/c{short}/{day:%Y%m}/c{short}{id}/content.shtml", 1),
    ("/portal/article/index.html?id={id}", 1),
    ("/zwgk/p1/{id}.html", 1),
    ("/fabu/xiangqing/{id}", 1),
    ("{folder}{day:%Y-%m-%d}/{id}.html", 1),
    ("/safe/{day:%Y}/{day:%m%d}/{id}.html", 1),
    ("{folder}{day:%Y%m%d}/{id}.html", 2),
    ("{folder}{day.year}/{day.month}/{day.day}/{hexa}.shtml", 1),
    ("/info/{short}/{id}.htm", 2),
    ("/content.jsp?urltype=news.NewsContentUrl&wbtreeid={short}&wbnewsid={id}", 1),
    ("/ShowArticle.asp?ArticleID={id}", 1),
    ("/zwgk/{id}.jhtml", 1),
    ("/n{short}/n{short}/c{id}/content.html", 1),
    ("/article/detail/{id}", 1),
    ("/nd.jsp?id={id}", 1),
)
"""Addresses of articles with weights: the dialects that are seen, and ASP as older sites have it."""

FILES = (
    ("{folder}P0{day:%Y%m%d}{id}0012345.{suffix}", 3),
    ("{folder}{hexa}.{suffix}", 2),
    ("/attach/0/{hexa}.{suffix}", 1),
    ("{folder}files/{hexa}.{suffix}", 1),
    ("/protect/P0{day:%Y%m}/P0{day:%Y%m%d}/P0{id}.{suffix}", 1),
    ("/uploadfile/{day:%Y/%m%d}/{id}.{suffix}", 1),
    ("/group1/M00/0A/1F/{hexa}.{suffix}", 1),
    ("/module/download/downfile.jsp?classid=0&filename={hexa}.{suffix}", 1),
    ("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=10{short}&wbfileid={id}", 1),
    ("/upload/{day:%Y}/{day.year}年年报{id}.{suffix}", 1),
)
"""Addresses of attached files with weights."""

DATES = (
    ("%Y-%m-%d", 8),
    ("[%Y-%m-%d]", 3),
    ("(%Y-%m-%d)", 1),
    ("%Y/%m/%d", 1),
    ("%Y.%m.%d", 1),
    ("%Y年%m月%d日", 1),
    ("%m-%d", 1),
    ("%Y-\n%m-\n%d", 1),
    ("", 1),
)

ROWS = (
    (('<ul class="list">', "<li>{link}<span>{day}</span></li>", "</ul>"), 6),
    (('<ul class="newslist">', '<li><span class="rq">{day}</span>{link}</li>', "</ul>"), 2),
    (("<ul>", "<li><i></i>{link}<em>{day}</em>", "</ul>"), 1),
    (("<dl>", "<dd><b>·</b>{link}<span>{day}</span></dd>", "</dl>"), 1),
    (
        (
            '<table id="list">',
            '<tr><td class="xh">{number}</td><td align="left">{link}</td><td>{day}</td></tr>',
            "</table>",
        ),
        2,
    ),
    (
        (
            "<table><tr><th>标题</th><th>发布机构</th><th>发布日期</th></tr>",
            "<tr><td>{link}</td><td>{source}</td><td nowrap>{day}</td></tr>",
            "</table>",
        ),
        2,
    ),
    (("", '<div class="item"><div class="tit">{link}</div><div class="time">{day}</div></div>', ""), 2),
    (("", '<div class="news"><h3>{link}</h3><p>{title}摘要</p><span>发布时间：{day}</span></div>', ""), 1),
    (('<table><tr><td class="nr">', "·{link} <font color=gray>{day}</font><br>", "</td></tr></table>"), 1),
    (("", '<a href="{href}" title="{title}"><p class="t">{text}</p><p class="d">{day}</p></a>', ""), 1),
    (
        (
            '<ul class="clicks">',
            '<li onclick="window.open(\'{href}\')" title="{title}">{text}<span>{day}</span></li>',
            "</ul>",
        ),
        1,
    ),
    (("", '<div class="li" data-href="{href}" title="{title}"><em>{day}</em>{text}</div>', ""), 1),
    (
        (
            "<ul>",
            '<li><a href="javascript:void(0);" onclick="openInfo(\'{href}\')" title="{title}">{text}</a>{day}</li>',
            "</ul>",
        ),
        1,
    ),
)
"""((before, row, after), weight); rows name link or href, text and title, day, source and number."""

CARRIERS = (
    ("page", 10),
    ("comment", 1),
    ("frame", 2),
    ("written", 1),
    ("variables", 1),
    ("link_variable", 1),
    ("array", 1),
    ("records", 1),
)
"""What holds the rows of a list page with weights: the page, a comment, a frame, strings or variables of a script."""


@dataclass(frozen=True, slots=True)
class Names:
    """How the pages of a list are named.

    Attributes:
        first: name of the first page.
        further: of the others; `n` counts the first as 0, `k` as 1, `down` from the end.
        pagers: pagers that fit these names.
        weight: how often.
    """

    first: str
    further: str
    pagers: tuple[str, ...]
    weight: int


_ANY = ("links", "arrows", "numbers", "select", "pictures")
NAMES = (
    Names("index.html", "index_{n}.html", ("create", "create5", "chongqing", "count", *_ANY, "go", "said"), 6),
    Names("index.shtml", "index_{n}.shtml", ("create", "create5", "count", "links"), 2),
    Names("{stem}.html", "{stem}_{n}.html", ("create", "count", *_ANY, "go"), 2),
    Names("index_{id}.html", "index_{id}_{n}.html", ("create", "links", "numbers"), 1),
    Names("{stem}.shtml", "{stem}_{k}.shtml", ("ucap", *_ANY, "go", "said"), 3),
    Names("index.html", "{k}.html", (*_ANY, "go"), 1),
    Names("index.html", "index_{k}.html", (*_ANY, "go", "said"), 2),
    Names("list-1.html", "list-{k}.html", (*_ANY, "go"), 1),
    Names("column-index-1.shtml", "column-index-{k}.shtml", (*_ANY, "go"), 1),
    Names("index.html", "list/index_pc_{k}.html", ("links", "numbers", "go"), 1),
    Names("{stem}.htm", "{stem}/{down}.htm", ("links", "arrows", "numbers"), 1),
    Names("{stem}.jsp?{query}", "{stem}.jsp?{query}&{parameter}={k}", (*_ANY, "go", "said"), 2),
    Names("{stem}.aspx?{query}&{parameter}=1", "{stem}.aspx?{query}&{parameter}={k}", (*_ANY, "go"), 1),
    Names("list", "list/{k}", ("links", "numbers"), 1),
)
STEMS = ("list", "xxgk_list", "zwgklist", "nblist", "zfxxgknb", "common_list", "gknb")
PARAMETERS = ("page", "pageNo", "pageNum", "pageIndex", "PageIndex", "currPage", "cur_page", "pn", "p", "PAGENUM")
NEXT = ("下一页", "下页", "后一页", "下一页&gt;", "下一页>>", "[下一页]", "下 一 页", "下一页 »")
_TOTALS = ("totalPage", "pageCount", "countPage", "contenpage", "pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """What a pager needs to know.

    Attributes:
        names: hrefs of all pages in order.
        here: number of this page, from 0.
        rows: rows of the whole list.
        stem, extension: of the file names.
        pattern: href of page `{k}` (from 1) or `{n}` (from 0), for scripts.
    """

    names: tuple[str, ...]
    here: int
    rows: int
    stem: str
    extension: str
    pattern: str


def pager(kind: str, rng: random.Random, told: Pager) -> str:
    """Write a pager of a kind; `rng` draws its wording."""
    return _PAGERS[kind](rng, told)


def _gap(rng: random.Random) -> str:
    return rng.choice(("", " ", "  ", "\n\t"))


def _create(rng: random.Random, told: Pager) -> str:
    gap = _gap(rng)
    quote = rng.choice(('"', "'"))
    names = f"{quote}{told.stem}{quote},{gap}{quote}{told.extension}{quote}"
    return f"<script>{gap}createPageHTML({len(told.names)},{gap}{told.here},{gap}{names});</script>"


def _create5(rng: random.Random, told: Pager) -> str:
    gap = _gap(rng)
    counts = f"{told.rows},{gap}{len(told.names)},{gap}{told.here}"
    return f'<script>createPageHTML({gap}{counts},{gap}"{told.stem}","{told.extension}"{gap})</script>'


def _chongqing(rng: random.Random, told: Pager) -> str:
    return f'<script>createPage({len(told.names)},{_gap(rng)}{told.here},"{told.stem}","{told.extension}");</script>'


def _ucap(rng: random.Random, told: Pager) -> str:
    gap = _gap(rng)
    names = f"'{told.stem}',{gap}'{told.extension}'"
    counts = f"{len(told.names)},{gap}{told.here + 1}"
    return f"<div id=\"page_div\"></div><script>createPageHTML('page_div',{counts},{names},{told.rows});</script>"


def _count(rng: random.Random, told: Pager) -> str:
    gap = _gap(rng)
    return f"""<script>var currentPage{gap}={gap}{told.here};//所在页从0开始
var prevPage = currentPage-1//上一页
var countPage{gap}={gap}{len(told.names)}//共多少页
var endPage=countPage-1;
if(countPage>1&&currentPage!=(countPage-1))
document.write("<a href=\\"{told.stem}"+"_"+(currentPage+1)+"."+"{told.extension}\\">下一页</a>");</script>"""


def _links(rng: random.Random, told: Pager) -> str:
    last = len(told.names) - 1
    word = rng.choice(NEXT)
    parts = [f'<a href="{told.names[0]}">首页</a>']
    if told.here:
        parts.append(f'<a href="{told.names[told.here - 1]}">上一页</a>')
    if told.here < last:
        parts.append(f'<a class="next" href="{told.names[told.here + 1]}">{word}</a>')
    else:
        parts.append(rng.choice((f"<span>{word}</span>", f'<a href="javascript:;">{word}</a>', "")))
    parts.append(f'<a href="{told.names[last]}">尾页</a>')
    return " ".join(parts)


def _arrows(_rng: random.Random, told: Pager) -> str:
    window = "".join(f'<a href="{name}">{number + 1}</a>' for number, name in enumerate(told.names))
    onward = f'<a href="{told.names[told.here + 1]}">&gt;</a>' if told.here + 1 < len(told.names) else ""
    return f'<div class="pagination">{window}{onward}</div>'


def _numbers(_rng: random.Random, told: Pager) -> str:
    parts = []
    for number, name in enumerate(told.names):
        if number == told.here:
            parts.append(f'<span class="current">{number + 1}</span>')
        elif abs(number - told.here) < 3 or number in {0, len(told.names) - 1}:  # noqa: PLR2004 - a window
            parts.append(f'<a href="{name}">{number + 1}</a>')
    return f'<div class="fy">{"".join(parts)}</div>'


def _select(_rng: random.Random, told: Pager) -> str:
    options = "".join(
        f'<option value="{name}"{" selected" if number == told.here else ""}>{number + 1}</option>'
        for number, name in enumerate(told.names)
    )
    return f'转到<select onchange="location.href=this.value">{options}</select>页 共{len(told.names)}页'


def _pictures(_rng: random.Random, told: Pager) -> str:
    if told.here + 1 >= len(told.names):
        return '<img src="/images/logo.png" alt="下一页">'
    return f'<a href="{told.names[told.here + 1]}"><img src="/images/logo.png" alt="下一页"></a>'


def _go(rng: random.Random, told: Pager) -> str:
    gap = _gap(rng)
    total = rng.choice(_TOTALS)
    before, mark, after = told.pattern.partition("{k}")
    number = "n"
    if not mark:
        before, _, after = told.pattern.partition("{n}")
        number = "(n-1)"
    first = f'if(n==1){{location.href="{told.names[0]}";return}}'
    turn = f'function goPage(n){gap}{{{first}{gap}location.href="{before}"+{number}+"{after}"}}'
    buttons = '<a href="javascript:goPage(cur-1)">上一页</a> <a href="javascript:goPage(cur+1)">下一页</a>'
    return f"<script>var cur={told.here + 1};var {total}{gap}={gap}{len(told.names)};{turn}</script>{buttons}"


def _said(_rng: random.Random, told: Pager) -> str:
    words = f"共{told.rows}条 第{told.here + 1}页/共{len(told.names)}页"
    return f'<div id="pg">{words}</div><script src="/js/pager.js"></script>'


_PAGERS: dict[str, Callable[[random.Random, Pager], str]] = {
    "create": _create,
    "create5": _create5,
    "chongqing": _chongqing,
    "ucap": _ucap,
    "count": _count,
    "links": _links,
    "arrows": _arrows,
    "numbers": _numbers,
    "select": _select,
    "pictures": _pictures,
    "go": _go,
    "said": _said,
}


def shown_day(day: date, form: str) -> str:
    """A date as a list prints it; empty where it prints none."""
    return f"{day:{form}}" if form else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a script says of a row: the address as it is written, title and day."""

    address: str
    title: str
    day: date


def carried(kind: str, rows: str, told: Sequence[Told], gap: str) -> str:
    """Put rows into what holds them.

    Args:
        kind: one of `CARRIERS`.
        rows: as markup, one a line.
        told: the same, for scripts.
        gap: white space of scripts.
    """
    return _CARRIED[kind](rows, told, gap) if kind in _CARRIED else rows


def _records(rows: str, _told: Sequence[Told], _gap: str) -> str:
    records = "".join(f"<record><![CDATA[{row}]]></record>" for row in rows.split("</li>\n"))
    store = f"<datastore><recordset>{records}</recordset></datastore>"
    return f'<div><script type="text/xml">{store}</script></div>'


def _written(rows: str, _told: Sequence[Told], _gap: str) -> str:
    lines = "".join(f"document.write('{row}');\n" for row in rows.replace("-\n", "-").split("\n") if "'" not in row)
    return f"<script>{lines}</script>"


def _variables(_rows: str, told: Sequence[Told], gap: str) -> str:
    return "".join(
        f'<li><script>var url{gap}={gap}"{one.address}";{gap}var title="{one.title}";'
        f'document.writeln("{one.day:%Y-%m-%d} 17:32");</script></li>\n'
        for one in told
    )


def _link_variable(_rows: str, told: Sequence[Told], gap: str) -> str:
    return "".join(
        f"<li><script>var strLink{gap}={gap}'{one.address}';"
        f"document.write('<a href=\"'+strLink+'\">');</script>{one.title}</li>\n"
        for one in told
    )


def _array(_rows: str, told: Sequence[Told], gap: str) -> str:
    items = ",".join(
        f'{{"title":{gap}"{one.title}","url":"{one.address}","date":"{one.day:%Y-%m-%d}"}}' for one in told
    )
    return f"<script>var listData{gap}={gap}[{items}];</script>"


_CARRIED: dict[str, Callable[[str, Sequence[Told], str], str]] = {
    "comment": lambda rows, _told, gap: f"<!--{gap}{rows}-->",
    "records": _records,
    "written": _written,
    "variables": _variables,
    "link_variable": _link_variable,
    "array": _array,
}
