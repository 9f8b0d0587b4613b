"""Traps that lie beside the way to the reports: a calendar, session ids, paging without an end, template links.

Nothing behind them is a report. Each leads on for ever to whoever follows it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance

if TYPE_CHECKING:
    import random

CALENDAR, SESSION, ENDLESS = "/rlcx/index.html", "/zwdt/list.html", "/zwdt/more.jsp"
KINDS = ("calendar", "session", "endless", "template")
_OFTEN = 0.6
_DECEMBER = 12


class Traps:
    """The traps of one portal; each kind is there more often than not."""

    def __init__(self, rng: random.Random) -> None:
        self.kinds = tuple(kind for kind in KINDS if chance(rng, _OFTEN))

    def markup(self) -> str:
        """The links into them, as they stand beside lists."""
        parts = {
            "calendar": f'<p><a href="{CALENDAR}?year=2026&month=1">日历检索</a></p>',
            "session": f'<p><a href="{SESSION};jsessionid={_session("first")}">更多动态</a></p>',
            "endless": f'<p><a href="{ENDLESS}?page=1">更多年度报告解读</a></p>',
            "template": '<ul style="display:none"><li v-for="item in list"><a href="{{item.url}}">{{item.title}}</a>'
            '</li></ul>\n<script type="text/x-handlebars-template"><li><a href="{{pcUrl}}">{{title}}</a></li></script>',
        }
        return "\n".join(parts[kind] for kind in self.kinds)

    def answer(self, path: str, parameters: dict[str, str]) -> tuple[str, str] | None:
        """Title and content of a page of a trap; None where the path leads into none."""
        if path == CALENDAR:
            year, month = (_number(parameters.get(name)) for name in ("year", "month"))
            steps = ((year, month - 1) if month > 1 else (year - 1, _DECEMBER), (year, month % _DECEMBER + 1))
            links = [f'<a href="?year={y}&month={m}">{y}年{m}月</a>' for y, m in steps]
            days = "".join(f'<a href="?year={year}&month={month}&day={day}">{day}</a>' for day in range(1, 29))
            return "日历检索", f"<div>{' '.join(links)}</div><div>{days}</div><p>当日没有信息公开年度报告。</p>"
        if path.startswith(f"{SESSION};jsessionid="):
            links = [
                f'<a href="{SESSION};jsessionid={_session(path + name)}">{name}</a>' for name in ("上一页", "下一页")
            ]
            return "政务动态", f"<ul><li>全县春季造林工作全面铺开</li></ul>{' '.join(links)}"
        if path == ENDLESS:
            page = _number(parameters.get("page"))
            return "解读", f'<ul><li>年度报告解读之{page}</li></ul><a href="{ENDLESS}?page={page + 1}">下一页</a>'
        return None


def _session(told: str) -> str:
    return hashlib.md5(told.encode(), usedforsecurity=False).hexdigest().upper()


def _number(text: str | None) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,6}", text) else 1
