"""Asks for what earlier runs found and nothing leads to any more: a report taken off its list is still looked after.

A crawl always begins where the user says, at the home page if that is it, although the column is known from an earlier
run: the way there shows other columns as well, and a run that was killed before it had asked for them must not lose
them for good. Two archives are the same by content however often the crawl that filled one of them was killed. So what
is known is asked for in the end, when the walk is done, and only what the walk has not asked for. That is also what
remains of a portal whose home page leads nowhere tonight: its known lists are read, and new reports found on them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.records import Outcome, Role
from gicrawl.crawling.hosts import RefusedByGuard, endpoint
from gicrawl.crawling.lead import Lead
from gicrawl.crawling.rules import UNREACHABLE
from gicrawl.crawling.session import Session, session_of
from gicrawl.crawling.tally import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from gicrawl.archive.stored import KnownPage

logger = logging.getLogger("gicrawl.crawling")

_ROUNDS = (frozenset({Role.LIST, Role.ARTICLE}), frozenset({Role.ATTACHMENT, Role.IMAGE}))
"""Files wait for the articles: most of them are linked by a report that was asked for again, and then have that to
refer to."""

_GONE = (Outcome.NOT_FOUND, Outcome.GONE)


@runtime_checkable
class Revisitor(Protocol):
    """A spider that can ask for a known page again; others are left to their walk."""

    url: str
    portal: str | None

    def revisit(self, url: str, lead: Lead) -> Request | None:
        """The request for a page, or None where it is not wanted."""


class Revisits:
    """Extension that gives a spider the known pages of its portal once the spider has nothing left to do.

    Known are the list pages, articles, files and pictures that the archive has for the portal; for a URL the user
    named, those fetched without a portal from the same host, or from where that URL redirects to. Left out are targets
    of redirects (the page that leads there is known itself), list pages and files that were gone already the last
    time, and hosts that do not answer or are left alone in this run. What is asked for, it is asked for once, the
    longest unseen first.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._walk: Walk | None = None
        self._entry: str | None = None
        self._hosts: set[str] = set()
        self._rounds: list[frozenset[Role]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy."""
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.request_scheduled, signals.request_scheduled)
        crawler.signals.connect(extension.spider_idle, signals.spider_idle)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    def spider_opened(self, spider: Spider) -> None:
        """Called by Scrapy before the first request."""
        if not isinstance(spider, Revisitor):
            return
        walks = session_of(self._crawler).walks
        key = (spider.portal, None if spider.portal is not None else _host(spider.url))
        self._walk = walks.setdefault(key, Walk())
        self._walk.walking.add(self._crawler)

    def request_scheduled(self, request: Request) -> None:
        """Called by Scrapy for every request of the spider, redirects included."""
        if self._walk is None or request.method != "GET":
            return
        if request.url.startswith("http://"):  # Scrapy has worked out its fingerprint already, and kept it
            self._walk.asked.add(self._crawler.request_fingerprinter.fingerprint(request))
        else:
            self._walk.asked.add(self._fingerprint(request.url))
        if self._entry is None:
            self._entry = request.url
        if self._entry in (request.url, *request.meta.get("redirect_urls", ())[:1]):
            host = _host(request.url)
            if host is not None:
                self._hosts.add(host)

    def spider_closed(self) -> None:
        """Called by Scrapy at the end, however it came."""
        if self._walk is not None:
            self._walk.walking.discard(self._crawler)

    def spider_idle(self, spider: Spider) -> None:
        """Called by Scrapy when nothing is left to do.

        Raises:
            DontCloseSpider: there is now.
        """
        walk = self._walk
        if walk is None:
            return
        if self._crawler in walk.walking:
            walk.walking.remove(self._crawler)
            if walk.walking:
                return  # another column of this portal is still being read; the last one looks after the rest
            self._rounds = list(_ROUNDS)
        assert isinstance(spider, Revisitor)  # else it has no walk
        while self._rounds:
            self._ask(walk, spider, self._rounds.pop(0))

    def _ask(self, walk: Walk, spider: Revisitor, roles: frozenset[Role]) -> None:
        session = session_of(self._crawler)
        tally = session.crawlers[self._crawler]
        if session.guests[self._crawler].is_closed(session.now()):
            self._rounds.clear()
            return
        try:
            known = self._known(session, walk, spider.portal, roles)
        except ArchiveError as error:
            logger.error("%s", error)  # noqa: TRY400 - for people: a line, no traceback
            tally.problems.append(str(error))
            self._rounds.clear()
            return
        requests = list(_requests(spider, known))
        tally.revisits += len(requests)
        for request in reversed(requests):  # of one priority, Scrapy's queue gives out the last first
            self._crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _known(self, session: Session, walk: Walk, portal: str | None, roles: frozenset[Role]) -> list[KnownPage]:
        """What is to be asked for again: lists before articles, the longest unseen first."""
        found: list[KnownPage] = []
        seen: set[bytes] = set()
        for page in session.archive.known(portal, tuple(Role)):  # newest first: of two session ids the later one
            if page.role not in roles or page.hop:
                continue
            if page.role is not Role.ARTICLE and page.outcome in _GONE:
                continue  # what comes back is linked again; pagers and articles also lead to what never was
            fingerprint = self._fingerprint(page.url)
            if fingerprint not in walk.asked and fingerprint not in seen and self._may_answer(session, page, portal):
                seen.add(fingerprint)
                found.append(page)
        return sorted(found, key=lambda page: (page.role is not Role.LIST, page.time))

    def _may_answer(self, session: Session, page: KnownPage, portal: str | None) -> bool:
        try:
            where = endpoint(page.url)
        except RefusedByGuard:
            return False
        if (portal is None and where.key not in self._hosts) or session.trouble.why_stopped(where) is not None:
            return False
        rules = session.robots.get(f"{'https' if where.tls else 'http'}://{where.header}")
        return rules is None or rules.state != UNREACHABLE

    def _fingerprint(self, url: str) -> bytes:
        """What makes two URLs the same page for this spider, whatever the scheme: portals move to https."""
        scheme, _, rest = url.partition("://")
        request = Request(f"http://{rest}" if scheme == "https" else url)
        fingerprint: bytes = self._crawler.request_fingerprinter.fingerprint(request)
        return fingerprint


def _requests(spider: Revisitor, known: list[KnownPage]) -> Iterator[Request]:
    for page in known:
        request = spider.revisit(page.url, Lead(role=page.role.value, portal=page.portal, link_text=page.link_text))
        if request is not None:
            yield request


def _host(url: str) -> str | None:
    try:
        return endpoint(url).key
    except RefusedByGuard:
        return None
