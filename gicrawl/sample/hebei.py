"""The portal in the manner of Hebei: columns, templates and blocks named by ids; a block gives a page of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.site import Page


class HebeiPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "jixi"
    place = "冀汐县"
    family = "hebei"

    def draw(self) -> None:
        """Ids."""
        folder, template, block, platform = (self._id() for _ in range(4))
        self.folder = f"/columns/{folder}"
        self.block = f"{self.folder}/templates/{template}/blocks/{block}"
        self.column = f"{self.folder}/index.html"
        self.platform = f"/columns/{platform}/index.html"

    def _id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128))

    def address(self, day: date) -> str:
        """By month, day and id."""
        return f"{self.folder}/{day:%Y%m}/{day:%d}/{self._id()}.html"

    def list_path(self, number: int) -> str:
        """The column page, then the block."""
        return self.column if number == 0 else f"{self.block}?page={number + 1}&fix=0"

    def lists(self) -> None:
        """Serve the column page with the first rows and the address of the block."""
        gap = self.gap()
        pages = len(self.portal.list_pages)
        first = self.rows(self.portal.list_pages[0][1])
        content = f"""<div id="block"><ul>{first}</ul></div>
<script>var url{gap}={gap}"{self.block}";{gap}var totalPages{gap}={gap}{pages};
function go(n){{$("#block").load(url+"?page="+n+"&fix=0");}}</script>"""
        self.portal.pages[self.column] = self.column_page(content)

    def answer(self, request: Request) -> Page | None:
        """The block: rows of a page, none past the end."""
        if request.path != self.block or request.method != "GET":
            return None
        told = request.parameters.get("page", "1")
        number = int(told) - 1 if told.isdigit() else 0
        there = 0 <= number < len(self.portal.list_pages)
        return self.html(f"<ul>\n{self.rows(self.portal.list_pages[number][1]) if there else ''}</ul>")
