"""The sides of the crawl's benchmark, each run in a process of its own that tells what the crawl itself took.

    bare        a Scrapy spider that is handed every URL, obeys robots.txt and throws the answers away
    kept        gicrawl is handed the same URLs: every exchange hashed, compressed, with its provenance, committed
    discovered  gicrawl is given the home page and finds them itself, judges each page and records each link
    chain       gicrawl reads lists and their reports in turn, for watching its memory

All ask one host, one request at a time, without a pause, on the same event loop. What is counted is the process's CPU
time, all threads, from the first request until the archive is closed.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import scrapy
from crawl_memory import resident
from crawl_site import list_path
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.spiderloader import SpiderLoader

from gicrawl.crawling.lead import CAPTURE, LEAD, Lead
from gicrawl.crawling.run import CrawlOptions, Target, crawl
from gicrawl.settings import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Self
    from uuid import UUID

OURS = {"kept": "handed", "discovered": "auto", "chain": "chain"}
LOOPS = {"asyncio": None, "uvloop": "uvloop.Loop"}


class HandedSpider(scrapy.Spider):
    """Asks for each URL of a list once and does nothing with the answer."""

    name = "handed"
    urls: tuple[str, ...] = ()
    url = ""
    portal: str | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Request every URL; the lead is what gicrawl wants to be told."""
        for url in self.urls:
            role = "list" if url.endswith("/") or "/index_" in url else "article"
            yield scrapy.Request(url, meta={LEAD: Lead(role=role, portal=None)})

    def parse(self, response: scrapy.http.Response) -> None:
        """Throw it away."""


class ChainSpider(scrapy.Spider):
    """Reads a list page, then its reports, then the next list page, and notes now and then what memory there is."""

    name = "chain"
    url = ""
    portal: str | None = None
    points: Path
    every = 1
    _links = re.compile(r'<li><a href="([^"]+)"')
    _pager = re.compile(r"createPageHTML\((\d+), (\d+),")
    _done = 0

    async def start(self) -> AsyncIterator[Any]:
        """Request the first list page."""
        yield self._request(list_path(0), "list", self.parse_list, None)

    def _request(self, path: str, role: str, callback: Any, referrer: UUID | None) -> scrapy.Request:  # noqa: ANN401
        lead = Lead(role=role, portal=None, referrer=referrer)
        url = urljoin(HandedSpider.url, path)
        return scrapy.Request(url, callback, meta={LEAD: lead}, priority=-1 if role == "list" else 0)

    def parse_list(self, response: scrapy.http.Response) -> Iterator[scrapy.Request]:
        """Request its reports, and after them the next one."""
        text, capture = response.body.decode(), response.meta[CAPTURE]
        for path in self._links.findall(text):
            yield self._request(path, "article", self.parse, capture)
        count, number = map(int, self._pager.findall(text)[0])
        if number + 1 < count:
            yield self._request(list_path(number + 1), "list", self.parse_list, capture)

    def parse(self, _response: scrapy.http.Response) -> None:
        """Count it."""
        self._done += 1
        if self._done % self.every == 0:
            with self.points.open("a", encoding="ascii") as points:
                points.write(json.dumps([self._done, resident()]) + "\n")


SPIDERS: dict[str, type[scrapy.Spider]] = {spider.name: spider for spider in (HandedSpider, ChainSpider)}


class HandedLoader(SpiderLoader):
    """Knows two spiders more."""

    def load(self, spider_name: str) -> type[scrapy.Spider]:
        """A spider by its name."""
        return SPIDERS.get(spider_name) or super().load(spider_name)


class Clock:
    """Extension: notes the CPU time at which the first spider was opened, right before the first request."""

    began: float | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        clock = cls()
        crawler.signals.connect(clock.spider_opened, signals.spider_opened)
        return clock

    def spider_opened(self) -> None:
        """Called by Scrapy."""
        if Clock.began is None:
            Clock.began = time.process_time()


def bare(loop: str | None, *, reactor: bool) -> None:
    """Crawl with nothing but Scrapy."""
    settings = {
        "ASYNCIO_EVENT_LOOP": loop,
        "TWISTED_REACTOR_ENABLED": reactor,
        "ROBOTSTXT_OBEY": True,
        "USER_AGENT": "gicrawl",
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "INFO",
        "EXTENSIONS": {Clock: 1000},
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(HandedSpider)
    process.start()


def ours(url: str, loop: str | None, archive: Path, family: str) -> None:
    """Crawl into a new archive."""
    settings: dict[str, Any] = {"ASYNCIO_EVENT_LOOP": loop, "SPIDER_LOADER_CLASS": HandedLoader}
    settings["EXTENSIONS"] = {**EXTENSIONS, Clock: 1000}
    settings["GICRAWL_MAX_DEPTH"] = 1_000_000  # the long run is one chain of list pages, longer than any column
    target = Target(url=url, family=family)
    options = CrawlOptions(archive=archive, delay=0.0, settings=settings, contact="bench@example.org")
    done = crawl([target], options)
    (summary,) = done.targets
    if summary.reason != "finished" or summary.errors:
        raise SystemExit(f"the crawl ended badly: {summary.reason} {summary.errors}")


def main() -> None:
    """Run one side and print what it took as JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("side", choices=("bare", "reactorless", *OURS))
    options.add_argument("urls", type=Path, help="JSON list; the first is the home page")
    options.add_argument("--loop", choices=tuple(LOOPS), default="asyncio")
    options.add_argument("--archive", type=Path)
    options.add_argument("--points", type=Path, help="where the chain notes what memory there is")
    options.add_argument("--every", type=int, default=1, help="after so many pages")
    options.add_argument("--profile", type=Path, metavar="FILE", help="write a profile of it")
    chosen = options.parse_args()
    HandedSpider.urls = tuple(json.loads(chosen.urls.read_text(encoding="utf-8")))
    HandedSpider.url = HandedSpider.urls[0]
    ChainSpider.points, ChainSpider.every = chosen.points, chosen.every
    loop = LOOPS[chosen.loop]

    def run() -> None:
        if chosen.side in ("bare", "reactorless"):
            bare(loop, reactor=chosen.side == "bare")
        else:
            ours(HandedSpider.url, loop, chosen.archive, OURS[chosen.side])

    if chosen.profile is None:
        run()
    else:
        import cProfile  # noqa: PLC0415 - only where asked for

        cProfile.runctx("run()", {}, {"run": run}, str(chosen.profile))
    if Clock.began is None:
        raise SystemExit("no spider was opened")
    print(json.dumps({"cpu": time.process_time() - Clock.began, "start": Clock.began}))


if __name__ == "__main__":
    main()
