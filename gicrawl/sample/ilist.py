"""The portal in the manner of iList.jsp: a list by query, in GBK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.site import Page

LIST = "/info/iList.jsp"


class IListPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "mianxi"
    place = "绵溪县"
    family = "ilist"
    charset = ("gb2312", "gbk")

    def draw(self) -> None:
        """Node and category."""
        rng = self.rng
        self.node = f"GK{rng.choice(('mzs', 'mxx', 'zax', 'cjz'))}"
        self.category = str(rng.randint(10_000, 39_000))
        self.folder = f"/zwgk/{rng.choice(('zfxxgknb', 'ndbg', 'gkzl'))}/{rng.choice(('nb', 'gknb', 'szf'))}"
        self.next_id = rng.randint(20_000, 400_000)
        self.column = f"{LIST}?node_id={self.node}&cat_id={self.category}"
        self.platform = f"/zwgk/{self.node}/index.htm"

    def address(self, day: date) -> str:  # noqa: ARG002 - numbers alone
        """By number in two folders."""
        self.next_id += self.rng.randint(1, 400)
        return f"{self.folder}/{self.next_id}.htm"

    def list_path(self, number: int) -> str:
        """By query, counted from 1."""
        return self.column if number == 0 else f"{self.column}&cur_page={number + 1}"

    def lists(self) -> None:
        """The first page, asked for without a number."""
        self._pages = [self._list(number) for number in range(len(self.portal.list_pages))]
        self.portal.pages[self.column] = self._pages[0]

    def _list(self, number: int) -> Page:
        last = len(self.portal.list_pages)
        ahead = min(last, number + 2)
        pager = f"""<div class="pages">共{len(self.portal.placed)}条 第{number + 1}/{last}页
<a href="{self.column}&cur_page=1">首页</a> <a href="{self.column}&cur_page={max(1, number)}">上一页</a>
<a href="{self.column}&cur_page={ahead}">下一页</a> <a href="{self.column}&cur_page={last}">尾页</a></div>"""
        return self.column_page(f"<ul>{self.gap()}{self.rows(self.portal.list_pages[number][1])}</ul>{pager}")

    def answer(self, request: Request) -> Page | None:
        """The list: past its end the last page comes once more."""
        if request.path != LIST or request.method != "GET":
            return None
        query = request.parameters
        if (query.get("node_id"), query.get("cat_id")) != (self.node, self.category):
            return None
        number = int(query["cur_page"]) if query.get("cur_page", "").isdigit() else 1
        return self._pages[min(max(1, number), len(self._pages)) - 1]
