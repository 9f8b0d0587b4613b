"""Hosts that are in trouble, or that we trouble: those that block us, refuse us or do not answer are left alone."""

from __future__ import annotations

import logging
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.crawling.hosts import Endpoint
    from gicrawl.crawling.manners import Turnstile

logger = logging.getLogger("gicrawl.crawling")

BLOCK_SECONDS = 24 * 3600.0
"""How long a host that blocks us is left alone, by this run and all that follow it."""

MAX_FAILURES = 6
"""Exchanges in a row without an answer after which a host is left alone for the rest of the run: two URLs with all
their retries. A portal that is down must not cost a time-out for each of its pages."""

MAX_REFUSALS = 12
"""Pages in a row that a host refuses (403 and the like) after which it is left alone for the rest of the run: whatever
stands between us, going on would not be heeding it. Files do not count: a store may be closed and its pages open."""

_BLOCKS = re.compile(r"it blocks us \((.+)\)$")


class HostStopped(IgnoreRequest):
    """We leave this host alone for now; the message says why."""

    @property
    def shield(self) -> str | None:
        """Signature of the block that is the reason, or None."""
        found = _BLOCKS.search(str(self))
        return None if found is None else found[1]


class Trouble:
    """Which hosts a run leaves alone, and what the answers of the others say for and against them.

    Args:
        turnstile: tells later runs and other processes.
        now: tells the time, UTC.
        give_up: ends the crawl where a host cannot be put down.

    Attributes:
        stopped: hosts left alone, with the reason: `host:port`, or the host with all its ports.
    """

    def __init__(
        self, turnstile: Turnstile, now: Callable[[], datetime], give_up: Callable[[OSError], NoReturn]
    ) -> None:
        self._turnstile = turnstile
        self._now = now
        self._give_up = give_up
        self.stopped: dict[str, str] = {}
        self._failures: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()

    def stop(self, host: str, reason: str, *, seconds: float | None = None) -> None:
        """Leaves a host alone; one log line, once.

        Args:
            host: `host:port`, or what `Endpoint.guest_of` calls it.
            reason: why, for people.
            seconds: by this run and others; None: for the rest of this run.

        Raises:
            ArchiveStopped: it cannot be put down.
        """
        if host in self.stopped:
            return
        self.stopped[host] = reason
        logger.warning("%s: left alone %s: %s", host, self._until(seconds), reason)
        if seconds is not None:
            try:
                self._turnstile.leave_alone(host, self._now().timestamp() + seconds, reason)
            except OSError as error:
                self._give_up(error)

    def _until(self, seconds: float | None) -> str:
        if seconds is None:
            return "for the rest of this run"
        return f"until {self._now() + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"

    def why_stopped(self, where: Endpoint) -> str | None:
        """Why a host is left alone, one line, or None."""
        found = self._turnstile.left_alone(where.guest_of, self._now().timestamp())
        if found is None:
            reason = self.stopped.get(where.key) or self.stopped.get(where.guest_of)
            return None if reason is None else f"{where.key}: left alone for the rest of this run: {reason}"
        self.stopped.setdefault(where.guest_of, found.reason)
        until = datetime.fromtimestamp(found.until, UTC)
        return f"{where.guest_of}: left alone until {until:%Y-%m-%d %H:%M} UTC: {found.reason}"

    def note_answer(self, host: str, error: str | None) -> None:
        """Counts answers that did not come; too many in a row stop the host.

        Args:
            host: `host:port`.
            error: why there was none, or None when there was one.
        """
        if error is None:
            self._failures.pop(host, None)
            return
        self._failures[host] += 1
        if self._failures[host] >= MAX_FAILURES:
            self.stop(host, f"{MAX_FAILURES} requests in a row without an answer, the last: {error}")

    def note_page(self, host: str, refused: int | None) -> None:
        """Counts pages that were refused; too many in a row stop the host.

        Args:
            host: what `Endpoint.guest_of` calls it.
            refused: with which status, or None where the page was not.
        """
        if refused is None:
            self._refusals.pop(host, None)
            return
        self._refusals[host] += 1
        if self._refusals[host] >= MAX_REFUSALS:
            self.stop(host, f"{MAX_REFUSALS} pages in a row were refused, the last with HTTP {refused}")
