"""Static lists of no known software: rows with report titles and a pager that any reader could follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from spiders.buried import with_buried
from spiders.family import Column, Family, Onward, Row
from spiders.pagers import usual_onward
from spiders.portal import PortalSpider
from spiders.vocabulary import TitleSays

if TYPE_CHECKING:
    from spiders.pages import Page


class Static(Family):
    """A list nobody else claims, where titles of reports are really seen."""

    name: ClassVar[str] = "static"
    rank: ClassVar[int] = 1000

    def recognises(self, page: Page) -> str | None:
        """Return the first report title among the page's links."""
        return next((row.title or row.text for row in self.rows(page) if row.says is TitleSays.REPORT), None)

    def rows(self, page: Page) -> list[Row]:
        """Return the rows of the page's links, or those that a script would show."""
        return with_buried(page, super().rows(page))

    def onward(self, page: Page, column: Column) -> Onward:
        """Follow the printed pager, or the usual names of further pages where only a total is printed."""
        return usual_onward(page, column)


class StaticSpider(PortalSpider):
    """Reads lists of no known software, and is the last resort of `auto`.

    Recognised by:
        At least one link whose title is certainly a report's; without one nothing is claimed.
    Lists:
        Links of the page whose titles could be reports, or whose URLs look like articles near the page's own path.
    Paging:
        The link 下一页, numbered links, or the usual names of further pages where a script declares how many there are.
    Articles:
        Any.
    Caveats:
        A pager that only a script can follow leaves the column unread behind page 1, and not read to its end.
    History:
        2026-11: written.
    """

    name = "static"
    family = Static()
