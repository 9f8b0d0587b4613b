"""What all crawlers of a process share while they fill one archive: its writer, its run, the turnstile, the guard.

Scrapy's components are made anew for each crawler, a portal each. One archive has one writer in a process, though,
and a host has one turn whoever asks. So the first crawler opens the session of its archive and the last one closes it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakKeyDictionary

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
from gicrawl.crawling.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from gicrawl.archive.records import Capture, Link, Verdict
    from gicrawl.archive.writer import Writer

logger = logging.getLogger("gicrawl.crawling")

VERSION = version("gicrawl")
"""Of the installed distribution; goes into every capture and the user agent."""

FLUSH_SECONDS = 1.0
"""How long a capture may wait to be committed."""

_CACHE = 4 << 10
"""KiB of the archive's file kept at hand: a crawl waits for portals, and is to take no more memory late than early."""

_JUDGED = 4096
"""Judgements kept at hand: the spider that reads a page says what it thinks of it right after we did."""

_ATTACHED = frozenset({Role.ATTACHMENT, Role.IMAGE})
_ANSWERED = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})


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
        trouble: hosts left alone, and why.
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
        self.stays: dict[object, Stay] = {}
        self.guests: dict[Crawler, Guest] = {}
        self.relaxed: set[str] = set()
        self.walks: dict[tuple[str | None, str | None], Walk] = {}
        self.now: Callable[[], datetime] = settings.get("GICRAWL_CLOCK") or _now
        self.trouble = Trouble(self.turnstile, self.now, self.give_up)
        self.failure: str | None = None
        self.crawlers: dict[Crawler, Tally] = {}
        self._judged: dict[UUID, Judgement] = {}  # what is not plainly content, the newest
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
            if len(self._judged) > _JUDGED:
                del self._judged[next(iter(self._judged))]
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
            "stopped_hosts": self.trouble.stopped,
            "bounds": [line for stay in self.stays.values() for line in stay.said],
        }


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
