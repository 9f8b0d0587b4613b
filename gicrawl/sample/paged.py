"""Families whose list pages are files: how the pages are named and what the pager says is all they differ in."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from gicrawl.sample.family import FamilyPortal

if TYPE_CHECKING:
    from gicrawl.sample.site import Page


class PagedPortal(FamilyPortal):
    """A portal with a page for each part of the list."""

    def list_path(self, number: int) -> str:
        """The column page, then pages beside it."""
        return self.column if number == 0 else self.page_path(number)

    @abstractmethod
    def page_path(self, number: int) -> str:
        """Where list page `number` is, counted from 0; never 0."""

    @abstractmethod
    def pager(self, number: int, last: int) -> str:
        """What stands below the list on page `number`; `last` is the number of the last one."""

    def frame(self, rows: str) -> str:
        """The list around its rows."""
        return f'<ul class="list">{self.gap()}{rows}\n</ul>'

    def links(self, number: int, last: int) -> str:
        """An ordinary pager of links."""
        steps = (("首页", 0), ("上一页", max(0, number - 1)), ("下一页", min(last, number + 1)), ("尾页", last))
        return " ".join(f'<a href="{self.list_path(to)}">{name}</a>' for name, to in steps)

    def list_page(self, number: int) -> Page:
        """One list page."""
        placed = self.portal.list_pages[number][1]
        last = len(self.portal.list_pages) - 1
        pager = f'<div class="page">{self.pager(number, last)}</div>'
        return self.column_page(f"{self.frame(self.rows(placed))}\n{pager}")

    def lists(self) -> None:
        """Serve them."""
        for number, (path, _) in enumerate(self.portal.list_pages):
            self.portal.pages[path] = self.list_page(number)
