"""What spiders yield goes into the archive: links as links, pages read as judgements.

As an item pipeline it also lets the crawler into the archive's session before the first request and out of it after
the last, so that `scrapy crawl` archives exactly as `gicrawl crawl` does.
"""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from scrapy import signals
from scrapy.exceptions import CloseSpider, DropItem

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.records import Judgement, Link, Role, Verdict
from gicrawl.crawling.hosts import AddressError, RefusedByGuard, endpoint
from gicrawl.crawling.lead import PageRead, ReportLink
from gicrawl.crawling.session import VERSION, ArchiveStopped, Session, open_session
from gicrawl.crawling.tally import Tally
from gicrawl.crawling.visits import is_on_record, judge

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger("gicrawl.crawling")


class ArchivePipeline:
    """Item pipeline and the crawler's ticket to the session.

    Closes the spider, with one line in the log, where the archive cannot be opened or written.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._session: Session | None = None
        self._tally = Tally()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    async def open_spider(self) -> None:
        """Opens the archive, or joins the crawlers that have it open.

        Raises:
            CloseSpider: it cannot be opened.
        """
        spider = self._crawler.spider
        assert spider is not None  # Scrapy opens pipelines after making the spider
        arguments = {
            "spider": spider.name,
            "url": getattr(spider, "url", None),
            "portal": getattr(spider, "portal", None),
        }
        try:
            self._session = open_session(self._crawler.settings, kind="crawl", arguments=arguments)
        except (ArchiveError, AddressError) as error:
            logger.error("%s", error)  # noqa: TRY400 - for people: a line, no traceback
            raise CloseSpider("archive_error") from error
        if arguments["url"] and not arguments["portal"]:
            self._name(str(arguments["url"]))
        self._tally = self._session.enter(self._crawler)

    def _name(self, url: str) -> None:
        """A URL given by the user without a portal names its host: it may be on loopback and on any port."""
        assert self._session is not None
        try:
            self._session.hosts.name(endpoint(url))
        except RefusedByGuard as error:
            logger.error("%s", error)  # noqa: TRY400 - for people: a line, no traceback

    def spider_closed(self, reason: str) -> None:
        """Called by Scrapy after the last item, before the engine stops."""
        self._tally.reason = reason
        if self._session is not None:
            session, self._session = self._session, None
            guest = session.guests.get(self._crawler)
            if guest is not None and getattr(self._crawler.spider, "cut_short", False):
                guest.stay.said.append(f"{guest.name}: stopped at the number of pages asked for (--max-pages)")
            session.release(None if reason == "finished" else reason)

    async def process_item(self, item: object) -> object:
        """Writes an item.

        Raises:
            DropItem: the archive takes no more.
            TypeError: nobody has said what this item is.
        """
        if self._session is None:
            raise DropItem("no archive is open")
        try:
            match item:
                case ReportLink():
                    self._link(self._session, item)
                case PageRead():
                    self._page(self._session, item)
                case _:
                    raise TypeError(f"spiders yield requests, ReportLink and PageRead, not {type(item).__name__}")
        except ArchiveStopped as error:
            raise DropItem(str(error), log_level="DEBUG") from error
        return item

    def _link(self, session: Session, item: ReportLink) -> None:
        role = Role(item.role)
        if role is Role.ARTICLE:
            self._tally.links += 1
            if session.guests[self._crawler].is_elsewhere(item.url):
                self._tally.elsewhere.add(item.url)
        else:
            self._tally.attachments.add(sha256(item.url.encode("utf-8", "surrogatepass")).digest())
        link = Link(
            page=item.page,
            url=urldefrag(item.url).url,
            text=item.text,
            title=item.title,
            date=item.date,
            position=item.position,
            role=role,
        )
        if not is_on_record(session, link):
            session.link(link)

    def _page(self, session: Session, item: PageRead) -> None:
        verdict = Verdict(
            capture=item.page,
            judgement=Judgement.LAYOUT_UNKNOWN if item.layout is None else Judgement.CONTENT,
            signature=item.layout,
            rule=f"spiders {VERSION}",
            pages_end=item.last,
        )
        if not judge(session, verdict):
            return  # no page of a list, whatever it looked like
        if item.layout is None:
            self._tally.layout_unknown += 1
        if item.role == "list" and not item.revisit:
            self._tally.list_pages += 1
