"""The VSB-like portal: list pages counted down, or a list by query; articles by number or by query."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance
from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from datetime import date

    from gicrawl.sample.site import Attachment, Entry, Placed

_DOWNLOAD = "/system/_content/download.jsp"


class VsbPortal(FamilyPortal):
    """Builds the portal page by page."""

    id = "lanshi"
    place = "岚石县"
    family = "vsb"

    def draw(self) -> None:
        """The number of the tree, and which of the two ways lists and articles are named."""
        rng = self.rng
        self.tree = rng.randint(1_010, 2_900)
        self.owner = rng.randint(1_000_000_000, 1_999_999_999)
        self.next_id = rng.randint(2_000, 60_000)
        self.static = chance(rng, 0.5)
        self.named = chance(rng, 0.7)
        self.frame = rng.choice(("", "_2", "_501", "_1033"))
        self.slug = rng.choice(("nb", "zfxxgknb", "gknb"))
        self.column = f"/xxgk/{self.slug}.htm" if self.static else self._query("")
        self.platform = "/xxgk.htm"
        self.pages_there = 0

    def _query(self, paging: str) -> str:
        return f"/list.jsp?{paging}urltype=tree.TreeTempUrl&wbtreeid={self.tree}"

    def address(self, day: date) -> str:  # noqa: ARG002 - numbers alone
        """By number below the tree, or by query."""
        self.next_id += self.rng.randint(1, 40)
        if self.named:
            return f"/info/{self.tree}/{self.next_id}.htm"
        return f"/content.jsp?urltype=news.NewsContentUrl&wbtreeid={self.tree}&wbnewsid={self.next_id}"

    def groups(self, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
        """How many pages there are must be known before one is named."""
        cut = self.cut(entries)
        self.pages_there = len(cut)
        return [(self.list_path(number), rows) for number, rows in enumerate(cut)]

    def list_path(self, number: int) -> str:
        """After the first page, static pages count down: the oldest is 1 and keeps its address for ever."""
        if number == 0:
            return self.column
        if self.static:
            return f"/xxgk/{self.slug}/{self.pages_there - number}.htm"
        return self._query(f"totalpage={self.pages_there}&PAGENUM={number + 1}&")

    def file_address(self, article: str, file: Attachment) -> str:
        """Pictures lie in a folder, files are handed out by a program."""
        if file.picture:
            return f"/__local/{self.hexa(32)}.{file.suffix}"
        self.next_id += 1
        return f"{_DOWNLOAD}?urltype=news.DownloadAttachUrl&owner={self.owner}&wbfileid={self.next_id + len(article)}"

    def body(self, placed: Placed, files: str) -> str:
        """The text in two frames, one with a suffix that varies."""
        return f"""<form name="_newscontent_fromname"><div id="vsb_content{self.frame}">
<div class="v_news_content">
{placed.entry.fragment}</div></div>{files}</form>"""

    def href(self, placed: Placed) -> str:
        """Relative to the list where it is static; the ampersand is written as such now and then."""
        return escape(placed.listed) if chance(self.rng, 0.5) else placed.listed

    def lists(self) -> None:
        """Serve the pages, each with links to its neighbours and the last."""
        last = len(self.portal.list_pages) - 1
        for number, (path, placed) in enumerate(self.portal.list_pages):
            steps = (("首页", 0), ("上页", max(0, number - 1)), ("下页", min(last, number + 1)), ("尾页", last))
            links = " ".join(
                f'<a href="{escape(self.list_path(to))}" class="Next">{name}</a>'
                if to != number
                else f'<span class="NextDisabled">{name}</span>'
                for name, to in steps
            )
            content = f"""<ul>{self.gap()}{self.rows(placed)}</ul>
<div class="pb_sys">共{len(self.portal.placed)}条&nbsp;&nbsp;{number + 1}/{last + 1}&nbsp;{links}</div>"""
            self.portal.pages[path] = self.column_page(content)
