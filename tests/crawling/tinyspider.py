"""A spider that fetches what it is told: enough to drive everything between Scrapy and the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import scrapy

from gicrawl.crawling.lead import LEAD, Lead, PageRead, ReportLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure


class TinySpider(scrapy.Spider):
    """Follows every link of a page whose text is not empty; `url` may hold several, separated by blanks."""

    name = "tiny"

    def __init__(self, url: str, portal: str | None = None, **kwargs: str) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.portal = portal
        self.seen: list[str] = []

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.url.split():
            yield scrapy.Request(
                url,
                meta={LEAD: Lead(role="list", portal=self.portal)},
                headers={"Referer": "http://127.0.0.1/"},
                errback=self.failed,
            )

    def parse(self, response: Response) -> Iterator[object]:
        capture = response.meta["capture"]
        flags = ",".join(response.flags)
        self.crawler.stats.inc_value(f"tiny/{response.status} {flags}".strip())
        rows = response.css("a[href]") if hasattr(response, "text") else []
        for position, link in enumerate(rows):
            url, text = response.urljoin(link.attrib["href"]), link.xpath("string()").get()
            yield ReportLink(page=capture, url=url, text=text, title=None, date=None, position=position)
            lead = Lead(role="article", portal=self.portal, referrer=capture, link_text=text)
            yield scrapy.Request(url, meta={LEAD: lead}, callback=self.article, errback=self.failed)
        yield PageRead(
            page=capture, portal=self.portal, role="list", layout="tiny" if rows else None, rows=len(rows), last=True
        )

    def article(self, response: Response) -> Iterator[object] | None:
        self.crawler.stats.inc_value(f"tiny/{response.status} {','.join(response.flags)}".strip())

    def failed(self, failure: Failure) -> None:
        self.crawler.stats.inc_value(f"tiny/failed {type(failure.value).__name__}")


class ChainSpider(TinySpider):
    """Follows the links of every page it comes to."""

    name = "chain"

    def article(self, response: Response) -> Iterator[object]:
        yield from self.parse(response)
