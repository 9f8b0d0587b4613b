"""Walks a spider through an imitation portal without a socket: Scrapy's requests and responses, our engine."""

from __future__ import annotations

import asyncio
import dataclasses
import heapq
import json
import logging
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from made_portals import Crawled, Portal
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from gicrawl.crawling.ending import CrawlEnded
from spiders.urls import PortalFingerprinter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from made_portals import Page

    from spiders.portal import PortalSpider

LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
ORIGIN = "http://www.yunping.gov.cn"


def portal(pages: dict[str, Page], origin: str = ORIGIN) -> Portal:
    return Portal(pages, origin=origin)


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class _Engine:
    def __init__(self, spider: PortalSpider, site: Portal, over_after: int | None) -> None:
        self.spider = spider
        self.site = site
        self._left = over_after
        self.items: list[Any] = []
        self.requests: list[Request] = []
        self._queue: list[tuple[int, int, Request]] = []
        self._seen: set[bytes] = set()
        self._fingerprints = PortalFingerprinter()

    def take(self, results: Iterable[Any]) -> None:
        for result in results:
            if not isinstance(result, Request):
                self.items.append(result)
                continue
            fingerprint = self._fingerprints.fingerprint(result)
            if result.dont_filter or fingerprint not in self._seen:
                if not result.dont_filter:  # as Scrapy's scheduler
                    self._seen.add(fingerprint)
                heapq.heappush(self._queue, (-result.priority, len(self.requests), result))
                self.requests.append(result)

    def run(self) -> None:
        async def started() -> list[Any]:
            return [request async for request in self.spider.start()]

        self.take(asyncio.run(started()))
        while self._queue:
            request = heapq.heappop(self._queue)[2]
            if self._left == 0:
                self._fail(request, CrawlEnded("www.yunping.gov.cn: the crawl was ended"))
                continue
            if self._left is not None:
                self._left -= 1
            self._exchange(request)

    def _exchange(self, request: Request) -> None:
        url = request.url
        for _ in range(5):
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            status, content_type, body = self.site.answer(request.method, target, request.body)
            if status not in {301, 302}:
                break
            url = urljoin(url, body.decode())
        response = HtmlResponse(url, status=status, headers={"Content-Type": content_type}, body=body, request=request)
        if status < 300:
            self.take(request.callback(response, **request.cb_kwargs) or ())
            return
        self._fail(request, HttpError(response))

    def _fail(self, request: Request, error: Exception) -> None:
        failure = Failure(error)
        failure.request = request  # as Scrapy does
        self.take(request.errback(failure) or () if request.errback else ())


def walk(spider: str, site: Portal, over_after: int | None = None, **arguments: str) -> Crawled:
    """Crawl `site` with the spider of this name, from `arguments["url"]` (a path) or its home page.

    The user ends the crawl after so many exchanges as `over_after` says.
    """
    arguments["url"] = urljoin(site.origin, arguments.get("url", "/"))
    made = cast("type[PortalSpider]", LOADER.load(spider))(**arguments)
    lines = _Lines()
    log = logging.getLogger(made.name)
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    engine = _Engine(made, site, over_after)
    try:
        engine.run()
    finally:
        log.removeHandler(lines)
    leads = {}
    for request in engine.requests:
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        leads[path] = {"path": path, "method": request.method, **dataclasses.asdict(request.meta["lead"])}
    items = [
        (type(item).__name__, json.loads(json.dumps(dataclasses.asdict(item), default=str))) for item in engine.items
    ]
    return Crawled(
        links=[item for kind, item in items if kind == "ReportLink"],
        pages=[item for kind, item in items if kind == "PageRead"],
        articles=[path for path, lead in leads.items() if lead["role"] == "article"],
        leads=leads,
        log="\n".join(lines.lines),
    )
