"""What all crawlers of a process share while they fill one archive: its writer, its run, the turnstile, the guard.

Scrapy's components are made anew for each crawler, a portal each. One archive has one writer in a process, though,
and a host has one turn whoever asks. So the first crawler opens the session of its archive and the last one closes it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakKeyDictionary

from scrapy.exceptions import IgnoreRequest

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.crawling.ending import CrawlOver, Ending
from gicrawl.crawling.hosts import Hosts, endpoint
from gicrawl.crawling.judge import prevails
from gicrawl.crawling.manners import Turnstile
from gicrawl.crawling.rules import RobotsCache
from gicrawl.crawling.tally import Tally, Walk, together
from gicrawl.crawling.terms import Guest, Stay, Terms, registered, urls_of
from gicrawl.crawling.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from gicrawl.archive.records import Capture, Link, Verdict
    from gicrawl.archive.writer import Writer
    from gicrawl.crawling.hosts import Endpoint

logger = logging.getLogger("gicrawl.crawling")

VERSION = version("gicrawl")
"""Of the installed distribution; goes into every capture and the user agent."""

FLUSH_SECONDS = 1.0
"""How long a capture may wait to be committed."""

BLOCK_SECONDS = 24 * 3600.0
"""How long a host that blocks us is left alone, by this run and all that follow it."""

MAX_FAILURES = 6
"""Exchanges in a row without an answer after which a host is left alone for the rest of the run: two URLs with all
their retries. A portal that is down must not cost a time-out for each of its pages."""


MAX_REFUSALS = 12
"""Pages in a row that a host refuses (403 and the like) after which it is left alone for the rest of the run: whatever
stands between us, going on would not be heeding it. Files do not count: a store may be closed and its pages open."""

_CACHE = 4 << 10
"""KiB of the archive's file kept at hand: a crawl waits for portals, and is to take no more memory late than early."""

_ATTACHED = frozenset({Role.ATTACHMENT, Role.IMAGE})
_ANSWERED = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})


_BLOCKS = re.compile(r"it blocks us \((.+)\)$")


class HostStopped(IgnoreRequest):
    """We leave this host alone for now; the message says why."""

    @property
    def shield(self) -> str | None:
        """Signature of the block that is the reason, or None."""
        found = _BLOCKS.search(str(self))
        return None if found is None else found[1]


class ArchiveStopped(CrawlOver):
    """The archive takes no more, so nothing more is fetched."""


class Session:
    """The shared state of one archive's crawl; made by `open_session`.

    Attributes:
        archive: open for reading and writing.
        run: id of the run all captures belong to.
        turnstile: one visitor at a time to each host.
        hosts: resolver and guard.
        robots: rules by origin.
        ending: whether the user has ended the crawl.
        stopped: hosts left alone, with the reason: `host:port`, or the host with all its ports.
        stays: what the run has had of each portal, and of each URL that is none's.
        guests: by crawler.
        relaxed: endpoints (`host:port`) where strict TLS has failed and relaxed TLS is declared.
        walks: by portal id, and by host for what has none.
        now: tells the time of captures, UTC.
        failure: why the archive takes no more, one line, or None.
    """

    def __init__(self, settings: BaseSettings, kind: str, arguments: dict[str, object]) -> None:
        self.path = archive_path(settings)
        self.hosts = Hosts(
            settings.getdict("GICRAWL_ADDRESSES"),
            closed=settings.getbool("GICRAWL_CLOSED"),
            named=settings.getlist("GICRAWL_NAMED_HOSTS"),
            contact=settings.get("GICRAWL_CONTACT"),
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.archive = open_archive(self.path, create=True, cache=_CACHE)
        throttled = settings.getbool("AUTOTHROTTLE_ENABLED")
        throttle = Throttle(settings.getfloat("AUTOTHROTTLE_MAX_DELAY") if throttled else 0.0)
        self.turnstile = Turnstile(Path(f"{self.path}.hosts"), throttle)
        self.robots = RobotsCache()
        self.ending = Ending()
        self.stopped: dict[str, str] = {}
        self.stays: dict[object, Stay] = {}
        self.guests: dict[Crawler, Guest] = {}
        self.relaxed: set[str] = set()
        self.walks: dict[tuple[str | None, str | None], Walk] = {}
        self.now: Callable[[], datetime] = settings.get("GICRAWL_CLOCK") or _now
        self.failure: str | None = None
        self.crawlers: dict[Crawler, Tally] = {}
        self._failures: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._judged: dict[UUID, Judgement] = {}  # what is not plainly content: few
        self._timer: asyncio.Task[None] | None = None
        self._status = "finished"
        self._holders = 0
        try:
            self.run: UUID = self.archive.start_run(
                kind, arguments, user_agent=settings["USER_AGENT"], vantage=settings.get("GICRAWL_VANTAGE")
            )
            self._writer: Writer = self.archive.writer(seconds=FLUSH_SECONDS)
        except BaseException:
            self.archive.close()
            raise

    # Writing. An archive that fails stops every crawler of the session once, with one line.

    def add(self, capture: Capture, crawler: Crawler) -> None:
        """Hands a capture to the archive.

        Raises:
            ArchiveStopped: the archive takes no more.
        """
        tally = self.crawlers[crawler]
        tally.requests += bool(capture.request_head)
        tally.captures[capture.outcome.value] += 1
        if capture.role in _ATTACHED and capture.outcome in _ANSWERED:
            tally.attachments_fetched += 1
        self._write(lambda: self._writer.add(capture))

    def judge(self, verdict: Verdict) -> bool:
        """Hands a judgement to the archive, unless a stronger one on the capture stands; errors as in `add`.

        Returns:
            Whether it was taken.
        """
        if not prevails(verdict.judgement, self._judged.get(verdict.capture)):
            return False
        self._write(lambda: self._writer.judge(verdict))
        if verdict.judgement is not Judgement.CONTENT:
            self._judged[verdict.capture] = verdict.judgement
        return True

    def link(self, link: Link) -> None:
        """Hands a link to the archive; errors as in `add`."""
        self._write(lambda: self._writer.link(link))

    def flush(self) -> None:
        """Commits what is buffered; errors as in `add`."""
        self._write(self._writer.flush)

    def _write(self, action: Callable[[], None]) -> None:
        if self.failure is not None:
            raise ArchiveStopped(self.failure)
        try:
            action()
        except ArchiveError as error:
            self._fail(error)
            raise ArchiveStopped(str(error)) from error

    def give_up(self, error: OSError) -> NoReturn:
        """Ends the crawl where a host's turn cannot be taken: without it nobody may be visited.

        Raises:
            ArchiveStopped: always.
        """
        place, cause = error.filename or self.archive.path, error.strerror or str(error)
        found = ArchiveError(f"{place}: {cause}; make room or give access, and start again")
        self._fail(found)
        raise ArchiveStopped(str(found)) from error

    def _fail(self, error: ArchiveError) -> None:
        self.failure = str(error)
        logger.error("%s", error)
        for crawler in self.crawlers:
            if crawler.engine.running:
                task = asyncio.ensure_future(crawler.engine.close_spider_async(reason="archive_error"))
                _background(task)

    async def _flush_on_time(self) -> None:
        while self.failure is None:
            await asyncio.sleep(FLUSH_SECONDS / 2)
            if self._writer.due():
                try:
                    self._writer.flush()
                except ArchiveError as error:
                    self._fail(error)

    # Hosts that are in trouble.

    def stop_host(self, host: str, reason: str, *, seconds: float | None = None) -> None:
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
        logger.warning("%s: left alone %s: %s", host, self.until(seconds), reason)
        if seconds is not None:
            try:
                self.turnstile.leave_alone(host, self.now().timestamp() + seconds, reason)
            except OSError as error:
                self.give_up(error)

    def until(self, seconds: float | None) -> str:
        """Until when a host is left alone, in words."""
        if seconds is None:
            return "for the rest of this run"
        return f"until {self.now() + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"

    def why_stopped(self, where: Endpoint) -> str | None:
        """Why a host is left alone, one line, or None."""
        found = self.turnstile.left_alone(where.guest_of, self.now().timestamp())
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
            self._failures[host] = 0
            return
        self._failures[host] += 1
        if self._failures[host] >= MAX_FAILURES:
            self.stop_host(host, f"{MAX_FAILURES} requests in a row without an answer, the last: {error}")

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
            self.stop_host(host, f"{MAX_REFUSALS} pages in a row were refused, the last with HTTP {refused}")

    # Life: opened by the first holder, closed by the last.

    def enter(self, crawler: Crawler) -> Tally:
        """Lets a crawler in; needs a running event loop."""
        tally = self.crawlers.setdefault(crawler, Tally())
        self.guests[crawler] = self._guest(crawler)
        _OF_CRAWLER[crawler] = self
        self.hold()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().create_task(self._flush_on_time())
        return tally

    def _guest(self, crawler: Crawler) -> Guest:
        spider = crawler.spider
        portal, url = getattr(spider, "portal", None), getattr(spider, "url", None)
        terms = crawler.settings.get("GICRAWL_TERMS")
        if terms is None:
            terms = registered(portal, crawler.settings) if portal else Terms()
        urls = urls_of(url)
        if portal:
            for one in (*urls, *terms.begins, *(f"http://{host}/" for host in terms.hosts)):
                self.hosts.declare(endpoint(one))
        stay = self.stays.setdefault(portal or crawler, Stay())
        return Guest(portal or url or "?", terms, stay, crawler.settings, urls)

    def hold(self) -> None:
        """Keeps the session open until `release`."""
        self._holders += 1

    def abandon(self) -> None:
        """Forgets all holders but the one who calls: crawlers that were cut short never let go themselves."""
        self._holders = 1

    def newest_body(self) -> int:
        """Row of the newest body committed; 0 in an empty archive."""
        with self.archive.explaining("counting bodies"):
            (newest,) = self.archive.db.conn.execute("SELECT coalesce(max(id), 0) FROM bodies").fetchone()
        return int(newest)

    def count_new(self, since: int) -> int:
        """How many bodies the archive has that say something it did not have before.

        Counted with content-coding undone: a server that compresses writes the time into each answer, and the bytes
        kept are others every night.

        Args:
            since: what `newest_body` gave before.
        """
        with suppress(ArchiveStopped):
            self.flush()
        with self.archive.explaining("counting bodies"):
            (count,) = self.archive.db.conn.execute(_NEW_CONTENTS, {"since": since}).fetchone()
        return int(count)

    def release(self, status: str | None = None) -> None:
        """Lets go; the last to do so flushes, ends the run and closes the archive.

        Args:
            status: how the holder ended, if not well; the run ends with the last such word.

        Raises:
            ArchiveError: the last flush failed: what was not written is said.
        """
        if status is not None:
            self._status = status
        self._holders -= 1
        if self._holders > 0:
            return
        del _OPEN[self.path]
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._close()
        finally:
            self.archive.close()

    def _close(self) -> None:
        pending = self._writer.pending
        try:
            self._writer.close()
            self.archive.finish_run(self.run, self._status if self.failure is None else "failed", self.totals())
        except ArchiveError as error:
            lost = f" ({pending} captures, links and judgements fetched since the last commit are not in it)"
            self.failure = f"{error}{lost if pending else ''}"
            logger.error("%s", self.failure)  # noqa: TRY400 - for people: a line, no traceback

    def totals(self) -> dict[str, Any]:
        """What all crawlers did together, as JSON values."""
        return {
            **together(self.crawlers.values()),
            "stopped_hosts": self.stopped,
            "bounds": [line for stay in self.stays.values() for line in stay.said],
        }


_NEW_CONTENTS = """
WITH fresh AS (
  SELECT coalesce((SELECT d.sha256 FROM digests AS d WHERE d.body = b.id AND d.kind = 'decoded'), b.sha256) AS content
  FROM bodies AS b WHERE b.id > :since
)
SELECT count(DISTINCT content) FROM fresh
WHERE NOT EXISTS (SELECT 1 FROM bodies AS o WHERE o.sha256 = content AND o.id <= :since)
  AND content NOT IN (SELECT sha256 FROM digests WHERE kind = 'decoded' AND body <= :since)
"""


def _now() -> datetime:
    return datetime.now(UTC)


_OPEN: dict[Path, Session] = {}
_OF_CRAWLER: WeakKeyDictionary[Crawler, Session] = WeakKeyDictionary()
_BACKGROUND: set[asyncio.Future[Any]] = set()


def _background(task: asyncio.Future[Any]) -> None:
    _BACKGROUND.add(task)  # the event loop itself keeps no reference
    task.add_done_callback(_BACKGROUND.discard)


def archive_path(settings: BaseSettings) -> Path:
    """Where the archive of these settings lies, absolute."""
    return Path(settings["GICRAWL_ARCHIVE"]).expanduser().resolve()


def open_session(settings: BaseSettings, *, kind: str, arguments: dict[str, object]) -> Session:
    """The session of the archive these settings name: the open one, or a new one.

    Args:
        settings: of the crawler that asks.
        kind: of the run, should one have to be started: `crawl`.
        arguments: of that run, JSON values.

    Raises:
        ArchiveError: the archive cannot be opened for writing.
        AddressError: an entry of `GICRAWL_ADDRESSES` is wrong.
    """
    path = archive_path(settings)
    if path not in _OPEN:
        _OPEN[path] = Session(settings, kind, arguments)
    return _OPEN[path]


def session_of(crawler: Crawler) -> Session:
    """The session a crawler has entered (its item pipeline does that when the spider opens)."""
    return _OF_CRAWLER[crawler]
