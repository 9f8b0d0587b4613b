"""The Hanweb disclosure module: a form gets a table of rows, among them rows of other columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.site import Attachment, Page, Placed

SEARCH = "/module/xxgk/search.jsp"
_FOREIGN = 2
"""Rows of other columns on each page."""


class XxgkPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "shuyuan"
    place = "沭原县"
    family = "xxgk"

    def draw(self) -> None:
        """Column, area and division."""
        rng = self.rng
        self.column_id = rng.randint(10_000, 89_000)
        self.other_id = self.column_id + rng.randint(5, 60)
        self.next_id = rng.randint(1_000_000, 9_000_000)
        self.division = f"div{rng.randint(100, 90_000)}"
        self.kind = f"A{rng.randint(100, 999):04d}"
        self.area = f"{rng.randint(11_000_000, 14_999_999):09d}"
        self.unit = rng.randint(1, 60)
        self.column = f"/col/col{self.column_id}/index.html"
        self.platform = f"/col/col{self.column_id - rng.randint(3, 90)}/index.html"

    def address(self, day: date) -> str:
        """Day and month are not padded."""
        self.next_id += self.rng.randint(1, 400)
        return f"/art/{day.year}/{day.month}/{day.day}/art_{self.column_id}_{self.next_id}.html"

    def list_path(self, number: int) -> str:
        """Pages of the form, counted from 1."""
        return self.column if number == 0 else f"{SEARCH}#{number + 1}"

    def file_address(self, article: str, file: Attachment) -> str:  # noqa: ARG002 - a store of its own
        """In the store of the old system."""
        return f"/jcms/jcms_files/jcms1/web{self.unit}/site/attach/0/{self.hexa(32)}.{file.suffix}"

    def blocks(self) -> tuple[tuple[str, str], ...]:
        """Columns with other numbers."""
        names = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容")
        return tuple((name, f"/col/col{self.column_id + 1 + step}/index.html") for step, name in enumerate(names))

    def lists(self) -> None:
        """Serve the column page and what the foreign rows lead to."""
        self.foreign = []
        for number in range(_FOREIGN * len(self.portal.list_pages)):
            title = f"{self.place}{2020 + number % 6}年政务公开工作要点"
            path = f"/art/{2020 + number % 6}/4/{number + 1}/art_{self.other_id}_{self.next_id + 7 * number}.html"
            self.portal.pages[path] = self.html(self.plain(title, f'<div id="zoom"><p>　　{title}。</p></div>'))
            self.foreign.append((path, title))
        gap = self.gap()
        asked = (
            f"infotypeId={self.kind}&jdid={self.unit}&area={self.area}&divid={self.division}&vc_title=&vc_number="
            "&sortfield=,compaltedate:0&currpage=1&vc_filenumber=&vc_all=&texttype=&fbtime=-1&standardXxgk=1&isAllList=1"
        )
        content = f"""<div id="{self.division}">{self._table(0)}</div>
<script>function getList(){{{gap}$.ajax({{type:{gap}"POST",url:"{SEARCH}",data:"{asked}",{gap}
success:function(html){{$("#{self.division}").html(html);}}}});}}</script>"""
        self.portal.pages[self.column] = self.column_page(content)

    def _table(self, number: int) -> str:
        placed = self.portal.list_pages[number][1]
        cells = [(self.link(one), f"{one.entry.published:%Y-%m-%d}") for one in placed]
        foreign = self.foreign[number * _FOREIGN : (number + 1) * _FOREIGN]
        cells[1:1] = [(f'<a href="{path}" target="_blank">{title}</a>', "2021-04-02") for path, title in foreign]
        rows = "\n".join(
            f'<tr class="tr_main_value_{"even" if turn % 2 else "odd"}"><td>{turn + 1}</td><td>{link}</td>'
            f"<td>{day}</td></tr>"
            for turn, (link, day) in enumerate(cells)
        )
        pages = len(self.portal.list_pages)
        return f"<table>\n{rows}\n</table><div>共{len(self.portal.placed)}条 第{number + 1}页 共{pages}页</div>"

    def answer(self, request: Request) -> Page | None:
        """The form: a table of one page; past the end there is none."""
        if request.path != SEARCH or request.method != "POST":
            return None
        form = request.parameters
        wanted = {"infotypeId": self.kind, "area": self.area, "divid": self.division}
        known = all(form.get(name) == value for name, value in wanted.items())
        number = int(form["currpage"]) if form.get("currpage", "").isdigit() else 1
        if not known or not 1 <= number <= len(self.portal.list_pages):
            return self.html("<table></table><div>共0条 共0页</div>")
        return self.html(self._table(number - 1))

    def body(self, placed: Placed, files: str) -> str:
        """The text between the marks of the feed."""
        text = f"<!--ZJEG_RSS.content.begin-->{placed.entry.fragment}{files}<!--ZJEG_RSS.content.end-->"
        return f'<div id="zoom">{text}</div>'
