"""What a robots.txt says to us (RFC 9309), told apart from what it fails to say.

Scrapy's own middleware lets everything through when robots.txt cannot be fetched; the RFC says the opposite
(section 2.3.1.4: unreachable means complete disallow), and so do we.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protego import Protego

if TYPE_CHECKING:
    import asyncio

PRODUCT = "gicrawl"
"""Our product token (RFC 9309 section 2.2.1)."""

ALLOWED = "allowed"
ABSENT = "absent"
UNREACHABLE = "unreachable"
DENIED = "denied"

DAY = 24 * 3600.0
"""Seconds a robots.txt may be used without asking again (section 2.4)."""

SOON = 600.0
"""Seconds until an unreachable robots.txt may be asked for again."""

MAX_REDIRECTS = 5
"""Redirects followed to find a robots.txt (section 2.3.1.2)."""

_MAX_BYTES = 512 * 1024  # section 2.5 asks for at least 500 KiB
_RATE_LIMITED = 429


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one origin.

    Attributes:
        state: `allowed` where there are rules to look up, `absent` (everything goes) or `unreachable` (nothing does).
        rules: None unless the state is `allowed`.
        expires: `time.monotonic` after which they are to be fetched again.
    """

    state: str
    rules: Protego | None
    expires: float

    def verdict(self, url: str) -> str:
        """`allowed`, `absent`, `unreachable` or `denied` for a URL."""
        if self.rules is not None and not self.rules.can_fetch(url, PRODUCT):
            return DENIED
        return self.state

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The site maps it names, as printed (`Sitemap:` lines belong to no group of rules)."""
        return () if self.rules is None else tuple(self.rules.sitemaps)

    @property
    def delay(self) -> float | None:
        """Crawl-delay for us in seconds, or what a Request-rate comes to, where one is asked for: the longer one."""
        if self.rules is None:
            return None
        asked = self.rules.crawl_delay(PRODUCT)
        rate = self.rules.request_rate(PRODUCT)
        if rate is None or not rate.requests:
            return asked
        return max(asked or 0.0, rate.seconds / rate.requests)


def absent() -> RobotsRules:
    """No robots.txt: everything may be fetched."""
    return RobotsRules(ABSENT, None, time.monotonic() + DAY)


def unreachable() -> RobotsRules:
    """Nobody knows what robots.txt says: nothing may be fetched for now."""
    return RobotsRules(UNREACHABLE, None, time.monotonic() + SOON)


def read_robots(status: int, body: bytes) -> RobotsRules:
    """Reads the answer to a request for robots.txt, redirects followed.

    Args:
        status: of the last answer. 4xx is absent, but for 429, which says as little as a 5xx.
        body: decoded.
    """
    if status == _RATE_LIMITED or status >= 500:  # noqa: PLR2004 - the 5xx class
        return unreachable()
    if not 200 <= status < 300:  # noqa: PLR2004 - the 2xx class
        return absent()
    text = body[:_MAX_BYTES].decode("utf-8-sig", "replace")
    if text.lstrip().startswith("<"):  # a soft 404: many portals answer any path with a page
        return absent()
    return RobotsRules(ALLOWED, Protego.parse(text), time.monotonic() + DAY)


@dataclass(slots=True)
class RobotsCache:
    """Rules by origin (`scheme://host:port`), shared by all crawlers of a process.

    Attributes:
        known: rules that have been fetched.
        coming: fetches under way, so that an origin is asked once.
    """

    known: dict[str, RobotsRules] = field(default_factory=dict)
    coming: dict[str, asyncio.Future[RobotsRules]] = field(default_factory=dict)

    def get(self, origin: str) -> RobotsRules | None:
        """Rules that are known and not too old."""
        found = self.known.get(origin)
        return found if found is not None and found.expires > time.monotonic() else None
