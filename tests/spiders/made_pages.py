"""Small pages of invented portals, in the shape of the families."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BODIES = ["教育局", "民政局", "水利局", "统计局", "司法局", "财政局", "城关镇", "柳河乡", "审计局", "文旅局"]


def title(number: int, county: str = "云坪县") -> str:
    return f"{county}{BODIES[number % len(BODIES)]}{2015 + number // len(BODIES)}年政府信息公开工作年度报告"


def html(body: str, head: str = "<title>云坪县人民政府</title>") -> str:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def trs_row(number: int) -> str:
    full = title(number)
    name = f"./2021{number % 12 + 1:02}/t2021{number % 12 + 1:02}15_{40000 + number}.html"
    return f'<li><a href="{name}" title="{full}">{full[:14]}…</a><span>2021-{number % 12 + 1:02}-15</span></li>'


def trs_list(numbers: Iterable[int], pager: str, extra: str = "") -> str:
    rows = "".join(trs_row(number) for number in numbers)
    return html(
        f'<div class=place>您现在的位置：<a href="/">首页</a> &gt; <a href="../">政府信息公开</a> &gt; '
        f'<a href="./">政府信息公开年报</a></div><ul class="list">{rows}{extra}</ul>'
        f"<div class=page><script>{pager}</script></div>"
        '<div><a href="/xwzx/202101/t20210101_9.html">县领导调研春耕</a></div>',
    )


def trs_home(column: str) -> str:
    return html(
        '<a href="/">首页</a><a href="/xwzx/">新闻</a><a href="/xwzx/202101/t20210101_9.html">县领导调研春耕</a>'
        f'<a href="javascript:void(0)">登录</a><a href="{column}">政府信息公开</a><a href="/wzdt/">网站地图</a>'
    )


def platform(column: str) -> str:
    return html(
        '<ul><li><a href="/zfxxgk/zfxxgkzn/">政府信息公开指南</a>'
        '<li><a href="/zfxxgk/zfxxgkzd/">政府信息公开制度</a>'
        '<li><a href="/zfxxgk/fdzdgknr/">法定主动公开内容</a>'
        f'<li><a href="/zfxxgk/wznb/">政府网站工作年度报表</a><li><a href="{column}">政府信息公开年报</a></ul>',
        "<title>政府信息公开_云坪县人民政府</title>",
    )


def record(number: int) -> str:
    full = title(number, "兰溪市")
    href = f"/art/2021/{number % 12 + 1}/9/art_345_{number}.html"
    return (
        f"<record><![CDATA[<li><a href=\"{href}\" title='{full}'>{full[:12]}...</a>"
        f"<span>2021-\n{number % 12 + 1:02}-\n09</span></li>]]></record>"
    )


PROXY = "/module/web/jpage/dataproxy.jsp"
NEXT = (
    f'<nextgroup><![CDATA[<a href="{PROXY}?page=1&appid=1&webid=12&path=/&columnid=345&unitid=1234'
    '&webname=兰溪市人民政府&permissiontype=0"></a>]]></nextgroup>'
)


def store(numbers: Iterable[int], total: int | None, group: str = NEXT) -> str:
    declared = "" if total is None else f"<totalrecord>{total}</totalrecord>"
    records = "".join(record(number) for number in numbers)
    return f"<datastore>{declared}{group}<recordset>{records}</recordset></datastore>"


def hanweb_column(numbers: Iterable[int], total: int | None, per_page: int = 5) -> str:
    return html(
        '<div>当前位置：<a href="/">首页</a> &gt; <a href="/col/col1/index.html">政府信息公开</a> &gt; '
        "政府信息公开年报</div>"
        f'<div id="1234"><script type="text/xml">{store(numbers, None)}</script></div>'
        f"<script>$('#1234').jpage({{totalRecord:{total},perPage:{per_page},groupSize:3}})</script>",
        "<title>兰溪市人民政府 政府信息公开年报</title>",
    )
