"""The Hanweb portal of the later kind: further rows from a gateway, told of by the pager in something like JSON."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.site import Attachment, Page, Placed

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_TAG = "分页列表"


class JpaasPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "xiqiao"
    place = "溪桥县"
    family = "jpaas"

    def draw(self) -> None:
        """Ids of web, page and template, and how the gateway wraps its answer."""
        rng = self.rng
        self.column_id = rng.randint(1_229_000_000, 1_229_999_999)
        self.web = str(rng.randint(100, 4_000))
        self.template = self.hexa(32)
        self.wrapped = chance(rng, 0.5)
        self.inlined = chance(rng, 0.5)
        self.editor = rng.choice(('id="zoom"', 'class="art-con"', 'class="zc_article_con"'))
        self.column = f"/col/col{self.column_id}/index.html"
        self.platform = f"/col/col{self.column_id - rng.randint(3, 90)}/index.html"

    def address(self, day: date) -> str:
        """Every article has a hash for a name."""
        return f"/art/{day.year}/art_{self.hexa(32)}.html"

    def list_path(self, number: int) -> str:
        """The column page, then the gateway."""
        return self.column if number == 0 and self.inlined else f"{UNIT}#{number + 1}"

    def file_address(self, article: str, file: Attachment) -> str:  # noqa: ARG002 - a store of its own
        """Beside the pictures, by hash."""
        folder = "picture" if file.picture else "attach"
        return f"/{folder}/0/{self.hexa(32)}.{file.suffix}"

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of its editor."""
        return f"<div {self.editor}>\n{placed.entry.fragment}{files}</div>"

    def blocks(self) -> tuple[tuple[str, str], ...]:
        """Columns with other numbers."""
        names = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容")
        return tuple((name, f"/col/col{self.column_id + 1 + step}/index.html") for step, name in enumerate(names))

    def lists(self) -> None:
        """Serve the column page: its pager says how to ask on."""
        query = f"{{'webId':'{self.web}','pageId':'{self.column_id}','tagId':'{_TAG}','tplSetId':'{self.template}'}}"
        total = len(self.portal.placed)
        rows = f"<ul>{self.rows(self.portal.list_pages[0][1])}</ul>" if self.inlined else ""
        quoted = query if chance(self.rng, 0.5) else escape(query)
        content = f"""<div class="list_box">{rows}</div>
<div class="pagination"{self.gap() or " "}count="{total}" rows="{self.size}" pageNo="1" unitUrl="{UNIT}"
 queryData="{quoted}"></div>"""
        self.portal.pages[self.column] = self.column_page(content)

    def answer(self, request: Request) -> Page | None:
        """The gateway: it heeds the number inside `paramJson` and no other."""
        if request.path != UNIT or request.method != "GET":
            return None
        query = request.parameters
        wanted = {
            "parseType": "bulidstatic",
            "webId": self.web,
            "tplSetId": self.template,
            "pageType": "column",
            "tagId": _TAG,
            "pageId": str(self.column_id),
        }
        markup = ""
        if all(query.get(name) == value for name, value in wanted.items()):
            number, size = _page(query.get("paramJson", "{}"), self.size)
            placed = self.portal.placed[(number - 1) * size : number * size]
            markup = f"<ul>\n{self.rows(placed)}\n</ul>" if placed else "<ul></ul>"
        return self.json({"code": 200, "success": True, "data": {"html": markup} if self.wrapped else markup})


def _page(told: str, size: int) -> tuple[int, int]:
    """Number and size of the page asked for; the first where nothing sensible is asked."""
    try:
        asked = json.loads(told)
        return max(1, int(asked.get("pageNo", 1))), max(1, min(int(asked.get("pageSize", size)), 100))
    except (ValueError, TypeError, AttributeError):
        return 1, size
