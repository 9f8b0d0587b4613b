"""How a crawl ends before it is done: what only waits is let go at once, what is under way gets a moment."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GRACE = 2.0
"""Seconds an exchange may go on once the user has ended the crawl; what has come until then is kept as torn."""


class CrawlOver(IgnoreRequest):
    """Nothing more is fetched, whatever it is; why has been said once. No failure of the page that was asked for."""


class CrawlEnded(CrawlOver):
    """The user ended the crawl before this was done."""


class Ending:
    """Whether the user has ended the crawl, and what must hear of it; to be used within one event loop.

    Attributes:
        asked: whether the end has been asked for.
    """

    def __init__(self) -> None:
        self.asked = False
        self._limits: dict[asyncio.Timeout, float] = {}

    @asynccontextmanager
    async def limit(self, grace: float) -> AsyncIterator[None]:
        """Lets the block take as long as it needs, but only so long once the end is asked for.

        Args:
            grace: seconds from then on.

        Raises:
            CrawlEnded: the block was cut short.
        """
        try:
            async with asyncio.timeout(grace if self.asked else None) as limit:
                self._limits[limit] = grace
                try:
                    yield
                finally:
                    del self._limits[limit]
        except TimeoutError as error:
            if not limit.expired():
                raise  # the block's own
            raise CrawlEnded("the crawl was ended") from error

    def ask(self) -> None:
        """Ends what is limited, each after its grace; asked again, at once."""
        now = asyncio.get_running_loop().time()
        for limit, grace in self._limits.items():
            if not limit.expired():
                limit.reschedule(now if self.asked else now + grace)
        self.asked = True
