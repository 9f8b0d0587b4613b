"""robots.txt as RFC 9309 says, in place of Scrapy's own middleware, which allows on error.

A robots.txt is fetched like everything else (turnstile, guard, archive). What it says is kept at each capture it let
through, and a request it forbids is a capture of its own: nothing sent, and the reason why there is no page.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from gicrawl.archive.records import Capture, Outcome, Role
from gicrawl.crawling.ending import CrawlOver
from gicrawl.crawling.exchange import ROBOTS, common
from gicrawl.crawling.hosts import endpoint
from gicrawl.crawling.lead import CAPTURE, LEAD, SITEMAPS, Lead
from gicrawl.crawling.rules import DENIED, MAX_REDIRECTS, UNREACHABLE, RobotsRules, absent, read_robots, unreachable
from gicrawl.crawling.session import session_of
from gicrawl.crawling.visits import NOT_DUE

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger("gicrawl.crawling")

_PRIORITY = 1000
_RETRIES = 1
_NO_ANSWER = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)


class RobotsDenied(IgnoreRequest):
    """robots.txt forbids this URL, or could not be fetched so that nobody knows."""


class RobotsMiddleware:
    """Downloader middleware: lets through what robots.txt allows."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Waits for the origin's rules and applies them.

        Raises:
            RobotsDenied: the request is not made; the archive says so.
        """
        lead = request.meta.get(LEAD)
        if isinstance(lead, Lead) and lead.role == Role.ROBOTS:
            return
        try:
            rules = await self._rules(request)
        except IgnoreRequest:
            return  # the guard refused robots.txt and will refuse this one too, which is then on record
        verdict = rules.verdict(request.url)
        request.meta[ROBOTS] = verdict
        if rules.sitemaps:
            request.meta[SITEMAPS] = rules.sitemaps
        if verdict not in (DENIED, UNREACHABLE):
            return
        why = (
            "robots.txt forbids it"
            if verdict == DENIED
            else "robots.txt cannot be reached, so nothing may be fetched for now"
        )
        session = session_of(self._crawler)
        capture = Capture(
            **common(self._crawler, session, request),
            time=session.now(),
            outcome=Outcome.ROBOTS_DENIED,
            error=why,
        )
        request.meta[CAPTURE] = capture.id
        session.add(capture, self._crawler)
        raise RobotsDenied(f"{request.url}: {why}")

    async def _rules(self, request: Request) -> RobotsRules:
        where = endpoint(request.url)
        origin = f"{'https' if where.tls else 'http'}://{where.header}"
        cache = session_of(self._crawler).robots
        known = cache.get(origin)
        if known is not None:
            return known
        coming = cache.coming.get(origin)
        if coming is not None:
            return await asyncio.shield(coming)
        coming = cache.coming[origin] = asyncio.get_running_loop().create_future()
        try:
            rules = await self._fetch(f"{origin}/robots.txt", request)
        except BaseException as error:
            if isinstance(error, Exception):
                coming.set_exception(error)
                coming.exception()  # whoever waits gets it too; nobody may be waiting
            else:
                coming.cancel()
            raise
        else:
            cache.known[origin] = rules
            coming.set_result(rules)
        finally:
            del cache.coming[origin]
        if rules.delay is not None:
            session_of(self._crawler).turnstile.slow_down(where.guest_of, rules.delay)
        if rules.state == UNREACHABLE:
            logger.warning("%s: robots.txt cannot be reached; nothing is fetched from there for now", where.key)
        return rules

    async def _fetch(self, url: str, request: Request) -> RobotsRules:
        """Fetches a robots.txt through the engine, following redirects ourselves: other origins' rules do not apply."""
        lead = request.meta.get(LEAD)
        portal = lead.portal if isinstance(lead, Lead) else None
        trail: list[str] = []
        while len(trail) <= MAX_REDIRECTS:
            try:
                response = await self._crawler.engine.download_async(_robots_request(url, trail, portal))
            except _NO_ANSWER:
                return unreachable()
            except CrawlOver:
                raise  # says nothing about the host
            except IgnoreRequest:
                if not trail:
                    raise  # whatever refused robots.txt refuses the page as well
                return unreachable()  # it redirects to where we do not go
            target = _target(response)
            if target is None:
                rules = read_robots(response.status, response.body)
                return replace(rules, expires=rules.expires - self._age(response))
            trail.append(url)
            url = target
        return absent()

    def _age(self, response: Response) -> float:
        """Seconds since this robots.txt was asked for: one from the archive is used for what is left of its day."""
        if NOT_DUE not in response.flags:
            return 0.0
        session = session_of(self._crawler)
        return max(0.0, (session.now() - session.archive.capture(response.meta[CAPTURE]).time).total_seconds())


def _robots_request(url: str, trail: list[str], portal: str | None) -> Request:
    return Request(
        url,
        callback=NO_CALLBACK,
        priority=_PRIORITY,
        dont_filter=True,
        meta={
            LEAD: Lead(role=Role.ROBOTS, portal=portal),
            "dont_redirect": True,
            "max_retry_times": _RETRIES,
            "redirect_urls": list(trail),
        },
    )


def _target(response: Response) -> str | None:
    location = response.headers.get("Location")
    if not 300 <= response.status < 400 or location is None:  # noqa: PLR2004 - the 3xx class
        return None
    return urljoin(response.url, location.decode("utf-8", "replace"))
