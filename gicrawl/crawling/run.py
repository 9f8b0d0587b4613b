"""Crawls any number of portals in this process into one archive."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.misc import load_object

from gicrawl.crawling.gain import new_bodies, newest_body
from gicrawl.crawling.hosts import endpoint, is_loopback
from gicrawl.crawling.interrupts import Interrupts, Stop
from gicrawl.crawling.session import ArchiveStopped, Session, open_session
from gicrawl.crawling.tally import Tally
from gicrawl.crawling.terms import Terms
from gicrawl.crawling.visits import plan_visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from gicrawl.archive.history import PageHistory
    from gicrawl.crawling.visits import Step

_REACHABLE = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://[^\s/]+\.\S+")
"""A mail address or a web page: what a portal's operator can do something with."""

logger = logging.getLogger("gicrawl.crawling")

SETTINGS_MODULE = "gicrawl.settings"

AUTO = "auto"
"""The spider that asks all the others."""


class ContactMissing(Exception):  # noqa: N818 - says what is missing, like the archive's errors
    """A crawl beyond loopback needs a contact address that portals' operators can write to."""


class FamilyUnknown(Exception):  # noqa: N818 - as the one above
    """A portal's entry names a family that no spider reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A portal to crawl.

    Attributes:
        url: its home page or report column.
        portal: id in the registry, or None for a URL the user typed.
        family: name of the spider; `auto` finds out.
        address: `127.0.0.1:port` to dial for the URL's host instead of asking the DNS (sample portals).
        delay: seconds between two requests to one of its hosts, where the registry asks for other than the usual.
        terms: what else its entry declares about visiting it.
    """

    url: str
    portal: str | None = None
    family: str = AUTO
    address: str | None = None
    delay: float | None = None
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """How to crawl.

    Attributes:
        archive: path of the archive; made if it is missing.
        contact: e-mail address or URL; goes into the user agent.
        user_agent: replaces the usual one altogether.
        vantage: label of the place it runs from.
        delay: seconds between two requests to one host; None for the settings' (2 s).
        max_pages: bound on the pages of each portal, given to the spider.
        full: send no conditional headers.
        years: first and last year of interest, given to the spider.
        named_hosts: `host` or `host:port` that may be private or on an unusual port.
        closed: nothing exists but the targets' addresses.
        kind: of the run in the archive.
        step: decides about each page of a registered portal, known (its history) or not (None), whether it is asked
            for; None asks for all of them.
        clock: tells the time of captures (UTC); None for the computer's. Pauses between requests are always real.
        settings: further Scrapy settings.
    """

    archive: Path
    contact: str | None = None
    user_agent: str | None = None
    vantage: str | None = None
    delay: float | None = None
    max_pages: int | None = None
    full: bool = False
    years: tuple[int, int] | None = None
    named_hosts: Sequence[str] = ()
    closed: bool = False
    kind: str = "crawl"
    step: Callable[[str, PageHistory | None], Step] | None = None
    clock: Callable[[], datetime] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSummary:
    """What a crawl of one target did.

    Attributes:
        requests: exchanges in which a request was sent.
        captures: by outcome.
        links: report links found on list pages.
        attachments: files and pictures found in articles, those on other sites, which are not asked for, too.
        attachments_fetched: how many answered, with a file or by saying that it has not changed.
        list_pages: list pages read on the walk.
        elsewhere: reports on foreign hosts, whose links were kept and not followed.
        layout_unknown: pages no family recognised.
        revisits: known pages asked for to which nothing led in this run.
        seconds: from its start to its end.
        reason: why it ended; `finished` when there was nothing left to do.
        errors: one line each.
    """

    target: Target
    requests: int
    captures: Mapping[str, int]
    links: int
    attachments: int
    attachments_fetched: int
    list_pages: int
    layout_unknown: int
    revisits: int
    seconds: float
    reason: str
    errors: tuple[str, ...]
    elsewhere: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSummary:
    """What a crawl did.

    Attributes:
        run: its id in the archive.
        targets: in the order given.
        stopped_hosts: hosts left alone before the end, with the reason.
        bodies_new: bodies the archive did not have before, however the server compressed them.
        interrupted: whether the user ended it (SIGINT, SIGTERM).
        archive_error: why the archive took no more, one line, or None.
    """

    run: UUID
    targets: tuple[TargetSummary, ...]
    stopped_hosts: Mapping[str, str]
    bodies_new: int
    seconds: float
    interrupted: bool
    archive_error: str | None


def crawl(targets: Sequence[Target], options: CrawlOptions) -> CrawlSummary:
    """Crawls all targets at once, each with a crawler of its own, until all are done or the user ends it.

    To be called from the main thread of a process whose asyncio loop is not running; may be called again.

    Raises:
        ContactMissing: a target lies beyond loopback and no contact is configured.
        FamilyUnknown: no spider is called what a target's entry says.
        ArchiveError: the archive cannot be opened for writing.
        AddressError: a target's address is not one of loopback.
    """
    settings = _settings(targets, options)
    if not options.closed:
        _require_contact(targets, settings.get("GICRAWL_CONTACT"))
    _require_families(targets, settings)
    start = time.monotonic()
    with Interrupts() as interrupts:
        session = open_session(settings, kind=options.kind, arguments=_arguments(targets, options))
        session.hold()
        if options.step is not None:
            plan_visits(session, options.step)
        before = newest_body(session.archive)
        watches = [_Watch(target, start) for target in targets]
        try:
            if not interrupts.heard:
                with _loop(settings) as loop:
                    process = AsyncCrawlerProcess(settings)
                    for watch in watches:
                        watch.begin(process, options)
                    with interrupts.told_to(loop, Stop(session.ending, [watch.running() for watch in watches])):
                        process.start(install_signal_handlers=False)
        finally:
            with suppress(ArchiveStopped):
                session.flush()
            new = new_bodies(session.archive, before)
            session.abandon()  # crawlers that were cut short still hold it
            session.release("interrupted" if interrupts.heard else None)
        return CrawlSummary(
            run=session.run,
            targets=tuple(watch.summary(session) for watch in watches),
            stopped_hosts=dict(session.trouble.stopped),
            bodies_new=new,
            seconds=time.monotonic() - start,
            interrupted=interrupts.heard > 0,
            archive_error=session.failure,
        )


class _Watch:
    """One target being crawled."""

    def __init__(self, target: Target, start: float) -> None:
        self.target = target
        self._start = self._end = start
        self._crawler: Crawler | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, process: AsyncCrawlerProcess, options: CrawlOptions) -> None:
        settings = process.settings.copy()
        if self.target.delay is not None:
            settings.set(
                "DOWNLOAD_DELAY", max(self.target.delay, settings.getfloat("DOWNLOAD_DELAY")), priority="cmdline"
            )
        settings.set("GICRAWL_TERMS", self.target.terms, priority="cmdline")
        arguments: dict[str, Any] = {"url": self.target.url, "portal": self.target.portal}
        if self.target.terms.hosts:
            arguments["hosts"] = " ".join(sorted(self.target.terms.hosts))
        if options.max_pages is not None:
            arguments["max_pages"] = options.max_pages
        if options.years is not None:
            arguments["years"] = "{}-{}".format(*options.years)
        self._crawler = Crawler(process.spider_loader.load(self.target.family), settings)
        self._task = process.crawl(self._crawler, **arguments)
        self._task.add_done_callback(self._ended)

    def running(self) -> tuple[Crawler, asyncio.Task[None]]:
        """The crawler and its task, once begun."""
        assert self._crawler is not None
        assert self._task is not None
        return self._crawler, self._task

    def _ended(self, _task: asyncio.Task[None]) -> None:
        self._end = time.monotonic()

    def summary(self, session: Session) -> TargetSummary:
        errors: list[str] = []
        reason = "failed"
        if self._task is not None and self._task.done() and not self._task.cancelled():
            failure = self._task.exception()
            if failure is not None:
                errors.append(f"{self.target.url}: {' '.join(str(failure).split()) or type(failure).__name__}")
        tally = Tally()
        if self._crawler is not None:
            tally = session.crawlers.get(self._crawler, tally)
            reason = tally.reason or reason
            guest = session.guests.get(self._crawler)
            errors += [] if guest is None else guest.problems
        return TargetSummary(
            target=self.target,
            requests=tally.requests,
            captures=dict(sorted(tally.captures.items())),
            links=tally.links,
            attachments=len(tally.attachments),
            attachments_fetched=tally.attachments_fetched,
            list_pages=tally.list_pages,
            layout_unknown=tally.layout_unknown,
            revisits=tally.revisits,
            seconds=self._end - self._start,
            reason=reason,
            errors=(*tally.problems, *errors),
            elsewhere=len(tally.elsewhere),
        )


def _settings(targets: Sequence[Target], options: CrawlOptions) -> Settings:
    settings = Settings()
    settings.setmodule(SETTINGS_MODULE, priority="project")
    chosen: dict[str, Any] = {
        "GICRAWL_ARCHIVE": str(options.archive),
        "GICRAWL_FULL": options.full,
        "GICRAWL_CLOSED": options.closed,
        "LOG_INSTALL_ROOT_HANDLER": False,  # what is logged where is the caller's business
        "GICRAWL_NAMED_HOSTS": list(options.named_hosts),
        "GICRAWL_ADDRESSES": {
            endpoint(target.url).host: target.address for target in targets if target.address is not None
        },
    }
    if options.contact is not None:
        chosen["GICRAWL_CONTACT"] = options.contact
        chosen["USER_AGENT"] = with_contact(settings["USER_AGENT"], options.contact)
    if options.user_agent is not None:
        chosen["USER_AGENT"] = options.user_agent
    if options.vantage is not None:
        chosen["GICRAWL_VANTAGE"] = options.vantage
    if options.delay is not None:
        chosen["DOWNLOAD_DELAY"] = options.delay
    if options.clock is not None:
        chosen["GICRAWL_CLOCK"] = options.clock
    settings.setdict({**chosen, **options.settings}, priority="cmdline")
    return settings


def with_contact(user_agent: str, contact: str) -> str:
    """The usual user agent with a contact as its first comment: `gicrawl/1.0 (+mail@example.org; …)`."""
    product, _, comment = user_agent.partition(" (")
    parts = [part for part in comment.rstrip(")").split("; ") if part and not part.startswith("+")]
    return f"{product} ({'; '.join(['+' + contact, *parts])})"


def _require_contact(targets: Sequence[Target], contact: str | None) -> None:
    if contact and _REACHABLE.fullmatch(contact):
        return
    for target in targets:
        if target.address is None and not is_loopback(endpoint(target.url).host):
            what = f"{contact!r} is no address" if contact else "no contact address is configured"
            raise ContactMissing(
                f"{target.url}: {what}, so nothing beyond this machine is fetched; set GICRAWL_CONTACT (or --contact) "
                "to a mail address or web page where a portal's operator can reach you"
            )


def _require_families(targets: Sequence[Target], settings: Settings) -> None:
    if all(target.family == AUTO for target in targets):
        return  # the crawl looks for all spiders once more, which takes a third of a second
    loader = get_spider_loader(settings)
    for target in targets:
        try:
            loader.load(target.family)
        except KeyError as error:
            raise FamilyUnknown(
                f"{target.portal or target.url}: there is no spider {target.family} for it; make its family auto, or "
                f"one of {', '.join(sorted(loader.list()))}"
            ) from error


def _arguments(targets: Sequence[Target], options: CrawlOptions) -> dict[str, object]:
    return {
        "targets": [{"url": target.url, "portal": target.portal, "family": target.family} for target in targets],
        "delay": options.delay,
        "max_pages": options.max_pages,
        "full": options.full,
        "years": options.years,
        "closed": options.closed,
    }


@contextmanager
def _loop(settings: Settings) -> Iterator[asyncio.AbstractEventLoop]:
    """A current event loop of the right class: Scrapy would make an ordinary one first and leave it open."""
    path = settings["ASYNCIO_EVENT_LOOP"]
    loop: asyncio.AbstractEventLoop = load_object(path)() if path else asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()  # Scrapy has, unless it never came to run
