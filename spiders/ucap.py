"""UCAP (开普, 汇融): static pages whose first rows may stand in a comment, and a JSON search behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from spiders.described import Described
from spiders.description import FOLDER, Description, read
from spiders.family import Column, Onward, Promise
from spiders.portal import PortalSpider
from spiders.trs import script_onward

if TYPE_CHECKING:
    import re

    from spiders.pages import Page

_DATA: Description = read(FOLDER / "code" / "ucap.toml")


class Ucap(Described):
    """Lists of UCAP.

    A column page that says in a script how many pages there are is read page by page; one that leaves its rows to the
    search is asked for there.
    """

    name: ClassVar[str] = "ucap"
    rank: ClassVar[int] = _DATA.rank
    article: ClassVar[re.Pattern[str] | None] = _DATA.article
    description: ClassVar[Description] = _DATA

    def promise(self, page: Page) -> Promise:
        """Say whether the page leaves its rows to the search."""
        return Promise.NOTHING if self.rows(page) else super().promise(page)

    def onward(self, page: Page, column: Column) -> Onward:
        """Follow the script's pager where there is one, else ask the search."""
        if column.step is None or not column.step.values:
            onward = script_onward(page, column) if column.fresh or column.step is not None else None
            if onward is not None:
                return onward
        return super().onward(page, column)


class UcapSpider(PortalSpider):  # noqa: D101  what it says of itself stands in the data file
    __doc__ = _DATA.docstring()

    name = "ucap"
    family = Ucap()
