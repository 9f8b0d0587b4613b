"""Keeps a crawl at its portal: on hosts that are its own or the government's, and not deeper than agreed.

A redirect, a frame or a link can lead anywhere. What lies on the portal's own site, on a host its entry declares or in
`.gov.cn` is followed; anything else is put on record with where it lies and why it was not asked for. A mirror on a
foreign host may say what it likes: it never comes to count as the portal's report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.archive.records import Capture, Outcome, Role
from gicrawl.crawling.exchange import common
from gicrawl.crawling.hosts import RefusedByGuard, endpoint
from gicrawl.crawling.lead import CAPTURE, LEAD, Lead
from gicrawl.crawling.session import session_of
from gicrawl.crawling.terms import NotWithinTerms

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler


class BoundsMiddleware:
    """Downloader middleware, before robots.txt: refuses what is none of the portal's, and says so in the archive."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Lets a request through, or not.

        Raises:
            NotWithinTerms: it is not made; the archive says so.
        """
        lead = request.meta.get(LEAD)
        if isinstance(lead, Lead) and lead.role == Role.ROBOTS:
            return  # its redirects may lead to another authority (RFC 9309 section 2.3.1.2)
        try:
            where = endpoint(request.url)
        except RefusedByGuard:
            return  # the handler will say the same, and put it on record
        session = session_of(self._crawler)
        why = session.guests[self._crawler].refuses(where, request.meta.get("depth", 0))
        if why is None:
            return
        capture = Capture(
            **common(self._crawler, session, request),
            time=session.now(),
            outcome=Outcome.REFUSED_BY_GUARD,
            error=why,
        )
        request.meta[CAPTURE] = capture.id
        session.add(capture, self._crawler)
        raise NotWithinTerms(f"{request.url}: {why}")
