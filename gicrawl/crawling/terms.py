"""What a portal may be asked, and how much of it: its hours, its hosts, and the bounds of one run.

A registry entry declares them; settings have the usual ones. A crawler is a guest at its portal; the crawlers of one
portal share one stay, so that three columns are not three times the bound. What is refused is a capture of its own that
says why: what a bound left out must never look like what is not there.
"""

from __future__ import annotations

import logging
import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.crawling.hosts import Endpoint, RefusedByGuard, endpoint, is_inside
from gicrawl.portals.registry import RegistryError, load
from gicrawl.portals.sites import site
from gicrawl.portals.visiting import Hours

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scrapy.settings import BaseSettings

    from gicrawl.portals.registry import Portal

logger = logging.getLogger("gicrawl.crawling")

_GOV_CN = re.compile(r"(?:.+\.)?gov\.cn")


class NotWithinTerms(RefusedByGuard):
    """The portal may not be asked for this now; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a portal's entry declares about visiting it; None: the usual.

    Attributes:
        hours: when it may be visited.
        relaxed_tls: whether TLS may be relaxed where the strict kind fails, on the portal's own hosts.
        begins: its home page and columns: their sites are its own.
        hosts: further hosts that are its own, `host` or `host:port`.
        delay: seconds between two requests, at least.
        max_pages, max_depth: requests in a run; links from the page it begins at.
        max_bytes, max_seconds: received in a run; spent on it.
    """

    hours: Hours | None = None
    relaxed_tls: bool = False
    begins: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    delay: float | None = None
    max_pages: int | None = None
    max_depth: int | None = None
    max_bytes: int | None = None
    max_seconds: float | None = None


def terms_of(portal: Portal) -> Terms:
    """What a registry entry declares."""
    return Terms(
        hours=None if portal.hours is None else Hours.read(portal.hours),
        relaxed_tls=portal.tls == "relaxed",
        begins=(portal.home, *portal.columns),
        hosts=frozenset(portal.hosts),
        delay=portal.delay,
        max_pages=portal.max_pages,
        max_depth=portal.max_depth,
        max_bytes=None if portal.max_megabytes is None else int(portal.max_megabytes * (1 << 20)),
        max_seconds=None if portal.max_hours is None else portal.max_hours * 3600.0,
    )


def registered(portal: str, settings: BaseSettings) -> Terms:
    """What the registry declares of a portal a spider was given by its id (`scrapy crawl auto -a portal=ID`)."""
    try:
        return terms_of(load(settings.get("GICRAWL_PORTALS") or os.environ.get("GICRAWL_PORTALS")).get(portal))
    except RegistryError as error:  # a spider that needs the entry ends with it; one that was given a URL goes on
        logger.warning("%s; the usual terms hold for %s", error, portal)
        return Terms()


@dataclass(slots=True)
class Stay:
    """What one run has had of one portal.

    Attributes:
        requests: sent, robots.txt and retries included.
        received: bytes of bodies.
        since: `time.monotonic` when the first crawler came.
        said: what ended it or held it up, one line each, each said once.
    """

    requests: int = 0
    received: int = 0
    since: float = field(default_factory=time.monotonic)
    said: list[str] = field(default_factory=list)


class Guest:
    """One crawler at its portal.

    Args:
        name: the portal's id, or the URL the user named.
        terms: what its entry declares.
        stay: what the run has had of the portal, by all its crawlers.
        settings: of the crawler: the usual bounds.
        urls: where it begins.

    Attributes:
        problems: what this crawler was the first to say of the stay, one line each.
    """

    def __init__(self, name: str, terms: Terms, stay: Stay, settings: BaseSettings, urls: Iterable[str]) -> None:
        self.name = name
        self.terms = terms
        self.stay = stay
        self._pages = _bound(terms.max_pages, settings.getint("GICRAWL_MAX_PAGES"))
        self._bytes = _bound(terms.max_bytes, settings.getint("GICRAWL_MAX_BYTES"))
        self._seconds = _bound(terms.max_seconds, settings.getfloat("GICRAWL_MAX_SECONDS"))
        self._depth = _bound(terms.max_depth, settings.getint("GICRAWL_MAX_DEPTH"))
        self._longest_wait = settings.getfloat("GICRAWL_LONGEST_WAIT")
        self.problems: list[str] = []
        begins = (*terms.begins, *urls)
        # Of a host that has no name, every port is the portal's own.
        self._hosts = {host.lower() for host in terms.hosts} | {urlsplit(url).hostname or "" for url in begins}
        self._inside: dict[str, bool] = {}
        self._named = {host.lower() for host in settings.getlist("GICRAWL_NAMED_HOSTS")}
        self._sites = {site(url) for url in begins}

    def tell(self, line: str) -> None:
        """Says what ended the stay or holds it up, once."""
        if line not in self.stay.said:
            self.stay.said.append(line)
            self.problems.append(line)
            logger.warning("%s", line)

    def owns(self, where: Endpoint) -> bool:
        """Whether a host is the portal's own: of its site, or declared."""
        return bool({where.host, where.key} & self._hosts) or site(f"http://{where.header}/") in self._sites

    def refuses(self, where: Endpoint, depth: int) -> str | None:
        """Why a page is none of this portal's, whatever the hour; None where it may be.

        Args:
            where: its host.
            depth: links from the page the crawl began at.
        """
        if self._depth and depth > self._depth:
            return f"{self.name}: {depth} links from where the crawl began, {self._depth} at most (max_depth)"
        if self.may_lead_to(where):
            return None
        return (
            f"{where.host}: neither on the site of {self.name} nor in .gov.cn, so nothing there counts as its own; "
            "declare the host in the registry (hosts) if it is"
        )

    def may_lead_to(self, where: Endpoint) -> bool:
        """Whether a link, frame or redirect of the portal is followed to a host."""
        inside = self._inside.get(where.key)
        if inside is None:
            inside = bool(_GOV_CN.fullmatch(where.host) or self.owns(where) or {where.host, where.key} & self._named)
            inside = inside or is_inside(where.host)  # the guard of addresses has more to say of it
            self._inside[where.key] = inside
        return inside

    def is_elsewhere(self, url: str) -> bool:
        """Whether a URL lies on a foreign host; what is no web address lies nowhere."""
        try:
            return not self.may_lead_to(endpoint(url))
        except RefusedByGuard:
            return False

    def used_up(self) -> str | None:
        """Which bound the stay has come to, or None."""
        stay = self.stay
        if self._pages and stay.requests >= self._pages:
            said = f"{stay.requests} requests made, {self._pages:g} at most (max_pages)"
        elif self._bytes and stay.received >= self._bytes:
            said = f"{stay.received / (1 << 20):.1f} MB received, {self._bytes / (1 << 20):g} at most (max_megabytes)"
        elif self._seconds and time.monotonic() - stay.since >= self._seconds:
            said = f"{self._seconds / 3600:g} hours spent, as many as allowed (max_hours)"
        else:
            return None
        line = f"{self.name}: stopped for this run: {said}"
        self.tell(line)
        return line

    def opens_in(self, now: datetime) -> float:
        """Seconds until the portal may be visited.

        Raises:
            NotWithinTerms: more than a crawl waits for.
        """
        hours = self.terms.hours
        wait = 0.0 if hours is None else hours.opens_in(now)
        if wait > self._longest_wait:
            line = f"{self.name}: closed, it is visited at {hours} (Asia/Shanghai) only"
            self.tell(line)
            raise NotWithinTerms(line)
        return wait

    def is_closed(self, now: datetime) -> bool:
        """Whether nothing more can be had in this run."""
        if self.used_up() is not None:
            return True
        try:
            self.opens_in(now)
        except NotWithinTerms:
            return True
        return False


def _bound(declared: float | None, usual: float) -> float:
    return usual if declared is None else declared


def urls_of(text: str | None) -> list[str]:
    """The URLs of a spider's argument that can be dialled."""
    found = []
    for url in (text or "").split():
        try:
            endpoint(url)
        except RefusedByGuard:
            continue
        found.append(url)
    return found
