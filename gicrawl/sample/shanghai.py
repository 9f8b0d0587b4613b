"""The portal in the manner of Shanghai: columns and articles below numbers that begin with nw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.paged import PagedPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.site import Placed


class ShanghaiPortal(PagedPortal):
    """Builds the portal page by page."""

    id = "hudu"
    place = "沪渎区"
    family = "shanghai"

    def draw(self) -> None:
        """The numbers of column and articles, which differ."""
        rng = self.rng
        self.number = rng.randint(30_000, 49_000)
        self.articles = rng.randint(12_000, 29_000)
        self.column = f"/nw{self.number}/index.html"
        self.platform = f"/nw{self.number - rng.randint(3, 90)}/index.html"
        self.editor = rng.choice(('id="ivs_content"', 'class="Article_content"'))

    def address(self, day: date) -> str:
        """By day and hash."""
        return f"/nw{self.articles}/{day:%Y%m%d}/{self.hexa(32)}.html"

    def page_path(self, number: int) -> str:
        """The second page is 2."""
        return f"/nw{self.number}/index_{number + 1}.html"

    def pager(self, number: int, last: int) -> str:
        """Links, and the count in a script."""
        return f"{self.links(number, last)}<script>var totalPage{self.gap()}={self.gap()}{last + 1};</script>"

    def body(self, placed: Placed, files: str) -> str:
        """The text in the frame of its editor."""
        return f"<div {self.editor}>\n{placed.entry.fragment}{files}</div>"
