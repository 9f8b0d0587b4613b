"""Pages for the archive's benchmark: sites of unlike templates whose chrome changes from page to page, from a seed.

A template is drawn, not written: markup dialect, vocabulary of classes, navigation, sidebars, scripts, footer, charset
and how reports are pasted into it. Of each, the date, the visitors' counter, tokens and related links differ on every
page, and the whole chrome is drawn anew twice (a redesign). The reports come from the sample portals' own generator.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from gicrawl.sample import ReportSpec, generate_report
from gicrawl.sample.issuers import Issuer

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES, PAGES, REDESIGNS = 20, 50, 2
_TOWNS = "云松柳溪石青金白龙凤安平永新东西南北上下清明山水河湖林泉竹梅"
# fmt: off
_WORDS = [
    "main", "wrap", "box", "nav", "menu", "list", "item", "head", "foot", "side", "left", "right", "top", "bottom",
    "con", "cont", "content", "article", "zoom", "title", "txt", "info", "date", "src", "share", "print", "banner",
    "logo", "link", "friend", "search", "crumb", "pos", "bg", "clearfix", "row", "col", "panel", "tab", "hd", "bd",
    "ft", "inner",
]
_FOOT = ("主办", "承办", "技术支持", "地址", "电话")
_TOPICS = [
    "政务公开", "信息公开", "机构职能", "政策文件", "规划计划", "财政预决算", "重大项目", "行政许可", "应急管理",
    "人事任免", "建议提案", "民生实事", "互动交流", "办事服务", "通知公告", "部门动态", "乡镇街道", "专题专栏",
    "数据开放", "领导之窗", "政府公报", "会议公开", "督查督办", "招标采购", "国资国企", "优化营商环境",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page of a site.

    Attributes:
        template: number of its site.
        design: 0 before the first redesign, then 1 and 2.
        url: its address.
        body: its bytes, in the site's charset.
    """

    template: int
    design: int
    url: str
    charset: str
    title: str
    body: bytes


class Template:
    """The chrome of one site in one design."""

    def __init__(self, chosen: random.Random, host: str, charset: str) -> None:
        self.host, self.charset = host, charset
        self.dialect = chosen.choice(("table", "div", "html5"))
        words = chosen.sample(_WORDS, 18)
        self.names = [f"{chosen.choice(words)}{chosen.choice(('', '-', '_'))}{chosen.choice(words)}" for _ in range(40)]
        folder = chosen.choice(("images", "template", "res", "public/static", "uiFramework"))
        files = [
            f"/{folder}/{chosen.choice(words)}{chosen.randrange(99)}.{kind}" for kind in ("css", "css", "js", "js")
        ]
        self.head = "".join(
            f'<link rel="stylesheet" type="text/css" href="{file}"/>\n'
            if file.endswith("css")
            else f'<script type="text/javascript" src="{file}"></script>\n'
            for file in files
        )
        self.head += f"<style>{self._style(chosen)}</style>\n<script>{self._script(chosen)}</script>\n"
        self.nav = self._links(chosen, chosen.randrange(8, 26), "nav")
        self.side = "".join(self._links(chosen, chosen.randrange(4, 12), "side") for _ in range(chosen.randrange(4)))
        self.foot = self._foot(chosen)
        self.counter = chosen.choice(("浏览次数：{n}", "阅读：{n}次", "点击数:<b>{n}</b>", "访问量：[ {n} ]"))
        self.dated = chosen.choice(("今天是{d}", "{d} 星期三", "发布时间：{d}", "日期：{d} 10:2{n:.1}"))
        self.paste = chosen.choice(("plain", "editor", "word", "old"))

    def _name(self, chosen: random.Random) -> str:
        return chosen.choice(self.names)

    def _style(self, chosen: random.Random) -> str:
        rules = []
        for _ in range(chosen.randrange(5, 60)):
            size, colour = chosen.randrange(10, 400), chosen.randrange(1 << 24)
            rules.append(f".{self._name(chosen)}{{width:{size}px;color:#{colour:06x};float:left}}")
        return "\n".join(rules)

    def _script(self, chosen: random.Random) -> str:
        parts = []
        for _ in range(chosen.randrange(3, 40)):
            name = f"{chosen.choice(_WORDS)}{chosen.randrange(1 << 20):x}"
            parts.append(f"function {name}(a,b){{var c=document.getElementById('{self._name(chosen)}');if(c)c.h=a+b;}}")
        return "\n".join(parts)

    def _links(self, chosen: random.Random, count: int, kind: str) -> str:
        block, item = self._name(chosen), self._name(chosen)
        lines = []
        for _ in range(count):
            path, text = f"/{chosen.randrange(1 << 24):x}/", chosen.choice(_TOPICS)
            if self.dialect == "table":
                lines.append(f'<td class="{item}"><a href="{path}" target="_blank">{text}</a></td>')
            else:
                lines.append(f'<li class="{item}"><a href="{path}" title="{text}">{text}</a></li>')
        outer = {"table": "table", "div": "div", "html5": "nav" if kind == "nav" else "aside"}[self.dialect]
        inner = "tr" if self.dialect == "table" else "ul"
        return f'<{outer} class="{block}"><{inner}>' + "\n".join(lines) + f"</{inner}></{outer}>\n"

    def _foot(self, chosen: random.Random) -> str:
        code = "".join(chosen.choices("0123456789", k=10))
        outer = "footer" if self.dialect == "html5" else "div"
        lines = "".join(
            f"<p>{chosen.choice(_FOOT)}：{''.join(chosen.choices(_TOWNS, k=12))}</p>\n"
            for _ in range(chosen.randrange(2, 9))
        )
        return f'<{outer} class="{self._name(chosen)}">{lines}<p>网站标识码：{code}</p></{outer}>\n</body>\n</html>\n'

    def page(self, chosen: random.Random, number: int, title: str, content: str) -> str:
        """The report in this chrome, with what differs on every page."""
        token = f"{chosen.getrandbits(256):064x}"
        day = f"{chosen.randrange(2015, 2026)}-{chosen.randrange(1, 13):02}-{chosen.randrange(1, 29):02}"
        counter = self.counter.format(n=chosen.randrange(10, 90_000))
        dated = self.dated.format(d=day, n=str(chosen.randrange(10)))
        related = "\n".join(
            f'<li><a href="/art/{chosen.randrange(1 << 20)}.html">{town(chosen)}{chosen.choice(_TOPICS)}年度报告</a>'
            f"<span>{chosen.randrange(1, 13):02}-{chosen.randrange(1, 29):02}</span></li>"
            for _ in range(chosen.randrange(5, 11))
        )
        cell = ("<table width=100%><tr><td>", "</td></tr></table>") if self.dialect == "table" else ("<div>", "</div>")
        return (
            "<!DOCTYPE html>\n<html>\n<head>\n"
            f'<meta http-equiv="Content-Type" content="text/html; charset={self.charset}"/>\n'
            f'<meta name="ArticleTitle" content="{title}"/>\n<meta name="PubDate" content="{day}"/>\n'
            f'<meta name="csrf-token" content="{token}"/>\n<title>{title}</title>\n{self.head}</head>\n<body>\n'
            f'<div class="{self.names[0]}">{dated}</div>\n{self.nav}{self.side}{cell[0]}\n'
            f'<h1 class="{self.names[1]}">{title}</h1>\n<p class="{self.names[2]}"><span>{day}</span> {counter}</p>\n'
            f'<div id="{self.names[3]}">{content}</div>{cell[1]}\n'
            f'<div class="{self.names[4]}"><ul>{related}</ul></div>\n'
            f'<script>var pageId={number},t="{token[:32]}";</script>\n{self.foot}'
        )


def town(chosen: random.Random) -> str:
    """A county that is nowhere."""
    return "".join(chosen.sample(_TOWNS, 2)) + chosen.choice("县市区")


def pages(seed: int = 4, *, templates: int = TEMPLATES, pages: int = PAGES) -> Iterator[Drawn]:
    """The pages of all sites, site by site, each site's oldest design first; the same for the same seed."""
    for template in range(templates):
        chosen = random.Random(seed * 1000 + template)
        host = f"www.{'abcdefghijklmnopqrstuvwxyz'[template % 26]}{template}xian.gov.cn"
        charset = chosen.choice(("utf-8", "utf-8", "gb2312"))
        design = -1
        for number in range(pages):
            if (now := number * (REDESIGNS + 1) // pages) != design:
                design, site = now, Template(chosen, host, charset)
            name, year = town(chosen), chosen.randrange(2014, 2025)
            issuer = Issuer(f"{name}人民政府", name, "county", "government", "county", f"{name}政府办公室")
            spec = ReportSpec(issuer=issuer, year=year, published=date(year + 1, 1, 9), paste=site.paste)
            report = generate_report(chosen, spec)
            content = report.html.decode().partition("<body>")[2].partition("</body>")[0]
            title = f"{issuer.name}{year}年政府信息公开工作年度报告"
            body = site.page(chosen, number, title, content).encode("gb18030" if charset == "gb2312" else "utf-8")
            url = f"http://{host}/zwgk/nb/{year}/t{year}0109_{chosen.randrange(10**6)}.html"
            yield Drawn(template, design, url, charset, title, body)
