"""One night: crawl what is due, parse what is new, check, report.

Every phase goes on from what the archive knows, so a night may be killed at any moment and started again; what is new
is what came after the last night that told its report to the end.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gicrawl import settings
from gicrawl.archive.care import on_record
from gicrawl.archive.cleaning import make_cleaned
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.merge import own_runs
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify
from gicrawl.bounds.limits import Bounds
from gicrawl.corpus.reparse import reparse
from gicrawl.corpus.store import prepare
from gicrawl.crawling.run import CrawlOptions, crawl
from gicrawl.crawling.session import VERSION
from gicrawl.nightly.alarms import Alarm, Standing, alarms, from_stored, is_event, standing, stored
from gicrawl.nightly.due import SHANGHAI, rules
from gicrawl.nightly.lock import held
from gicrawl.nightly.marks import FINISHED, KIND, LastNight, Marks, last_night, marks_of
from gicrawl.nightly.news import News, news
from gicrawl.nightly.plan import CRAWL, Known, learn, make, stepper

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from gicrawl.archive.store import Archive
    from gicrawl.crawling.run import CrawlSummary, Target

SAMPLE = 200
"""Bodies, heads and captures held against their digests each night: some seconds, and a damaged disk rarely damages
one body only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightOptions:
    """What to do tonight.

    Attributes:
        archive: path of the archive; made if it is missing.
        contact, delay, years: as in `gicrawl.crawling.run.CrawlOptions`.
        workers: processes that parse; None for one a core.
        bounds: what one document may take of time and memory.
        others: ids of registered portals left out tonight; what was known of them goes on being known.
    """

    archive: Path
    contact: str | None = None
    delay: float | None = None
    years: tuple[int, int] | None = None
    workers: int | None = None
    bounds: Bounds = field(default_factory=Bounds)
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night has to say. Everything is counted from the end of the last night, however many starts it took.

    Attributes:
        time: when it began, UTC.
        visited: ids of portals that were visited; `failed` are those of them where nothing could be learned.
        not_due: how many portals had nothing to look at; `resting` how many were left alone after failed visits.
        requests: exchanges in which a request was sent.
        bodies: new bodies.
        alarms: each with what it is to somebody who read the last report.
        ended: alarms of the last night that stand no more.
        dark: whether none of several portals could be reached: there was no network.
        problems: portal and one line each, of crawls that broke and of portals whose hours are others.
    """

    time: datetime
    visited: tuple[str, ...]
    failed: tuple[str, ...]
    not_due: int
    resting: int
    requests: int
    bodies: int
    news: News
    alarms: tuple[tuple[Alarm, Standing], ...]
    ended: tuple[Alarm, ...]
    dark: bool
    problems: tuple[tuple[str, str], ...]

    @property
    def is_alarming(self) -> bool:
        """Whether something is new or has got worse."""
        return any(how is not Standing.KNOWN for _, how in self.alarms)


def nightly(
    targets: Sequence[Target],
    options: NightOptions,
    *,
    tell: Callable[[Night], None],
    begin: Callable[[str], None] = lambda _: None,
    now: datetime | None = None,
) -> Night:
    """Do the work of a night.

    To be called from the main thread of a process whose asyncio loop is not running.

    Args:
        targets: where the walks of the chosen portals begin.
        options: what to do.
        tell: is given the report before the night is put down as done: a report that was told to nobody is told again.
        begin: is told each phase: `crawl`, `parse`, `check`, `report`.
        now: the moment that decides what is due; the clock's by default.

    Raises:
        AlreadyRunning: another nightly run of this archive is at work; nothing was done.
        ContactMissing: a portal lies beyond loopback and no contact is configured.
        ArchiveError, CorpusError: the archive takes no more, or no worker can be started; what was done is kept.
        KeyboardInterrupt: the user ended it; what was done is kept.
    """
    moment = now or datetime.now(UTC)
    with held(options.archive, datetime.now(UTC)), open_archive(options.archive, create=True) as archive:
        prepare(archive)
        run = archive.start_run(KIND, _arguments(targets, options), user_agent=f"gicrawl/{VERSION}", vantage=None)
        try:
            night, marks = _work(archive, targets, options, begin, moment)
            begin("report")
            tell(night)
            archive.finish_run(run, "failed" if night.dark else FINISHED, _summary(night, marks))
        except BaseException as error:
            with suppress(ArchiveError):  # it may be the archive that fails
                archive.finish_run(run, "interrupted" if isinstance(error, KeyboardInterrupt) else "failed", {})
            raise
        return night


def _work(
    archive: Archive,
    targets: Sequence[Target],
    options: NightOptions,
    begin: Callable[[str], None],
    moment: datetime,
) -> tuple[Night, Marks]:
    portals = {target.portal: [t.url for t in targets if t.portal == target.portal] for target in targets}
    entries = {portal: urls for portal, urls in portals.items() if portal is not None}
    known = learn(archive, entries)
    plan = make(known, entries, moment, rules())
    problems: tuple[tuple[str, str], ...] = ()
    crawled: UUID | None = None
    due, closed = _open_now([target for target in targets if target.portal in plan.due], moment)
    if due:
        begin("crawl")
        summary = _crawl(due, options, known, moment)
        crawled = summary.run
        problems = tuple((one.target.portal or one.target.url, line) for one in summary.targets for line in one.errors)
        known = learn(archive, entries)
    problems += tuple(closed.items())
    begin("parse")
    reparse(options.archive, workers=options.workers, bounds=options.bounds)
    make_cleaned(archive)
    begin("check")
    last = last_night(own_runs(archive))
    marks = marks_of(archive)  # what comes in while we look is tomorrow's
    before = {alarm.key: alarm for alarm in map(from_stored, last.summary.get("alarms", ()))}
    said = news(archive, last.marks)
    today = moment.toordinal()
    damage = on_record(archive, verify(archive, sample=SAMPLE, day=today), sample=SAMPLE, day=today)
    found = alarms(archive, known.portals.values(), said, damage)
    carried = tuple(alarm for alarm in before.values() if alarm.portal in options.others)
    keys = {alarm.key for alarm in (*found, *carried)}
    visited = _visited(known, last)
    requests, bodies = _counts(archive, last)
    night = Night(
        time=moment,
        visited=tuple(sorted(visited)),
        failed=tuple(sorted(portal for portal, failed in visited.items() if failed)),
        not_due=len(plan.not_due - set(visited)),
        resting=len(plan.resting - set(visited)),
        requests=requests,
        bodies=bodies,
        news=said,
        alarms=tuple((alarm, standing(alarm, before)) for alarm in (*found, *carried)),
        ended=tuple(a for a in before.values() if a.key not in keys and not is_event(a.kind)),
        dark=crawled in known.dark,
        problems=problems,
    )
    return night, marks


def _open_now(due: list[Target], moment: datetime) -> tuple[list[Target], dict[str, str]]:
    """Leave out the portals that are visited at other hours than this: nobody was there, so nothing failed.

    Returns:
        Those that are open or open soon enough to be waited for, and for each of the others a line that says so.
    """
    wait = settings.GICRAWL_LONGEST_WAIT
    closed = {
        target.portal or target.url: f"not visited: its hours are {target.terms.hours} (Asia/Shanghai)"
        for target in due
        if target.terms.hours is not None and target.terms.hours.opens_in(moment) > wait
    }
    return [target for target in due if (target.portal or target.url) not in closed], closed


def _crawl(due: list[Target], options: NightOptions, known: Known, moment: datetime) -> CrawlSummary:
    summary = crawl(
        due,
        CrawlOptions(
            archive=options.archive,
            contact=options.contact,
            delay=options.delay,
            years=options.years,
            kind=CRAWL,
            step=stepper(known, moment, rules()),
        ),
    )
    if summary.archive_error is not None:
        raise ArchiveError(summary.archive_error)
    if summary.interrupted:
        raise KeyboardInterrupt
    return summary


def _visited(known: Known, last: LastNight) -> dict[str, bool]:
    """The portals visited since the last night: id → whether the newest visit failed."""
    found = {}
    for portal, history in known.portals.items():
        visits = [visit for visit in history.visits if visit.run in last.since]
        if visits:
            found[portal] = visits[-1].failed
    return found


def _counts(archive: Archive, last: LastNight) -> tuple[int, int]:
    with archive.explaining("counting captures"):
        (requests,) = archive.db.conn.execute(
            "SELECT count(*) FROM captures WHERE id > ? AND request_head IS NOT NULL", [last.marks.captures]
        ).fetchone()
        (bodies,) = archive.db.conn.execute("SELECT count(*) FROM bodies WHERE id > ?", [last.marks.bodies]).fetchone()
    return int(requests), int(bodies)


def _arguments(targets: Sequence[Target], options: NightOptions) -> dict[str, object]:
    return {
        "portals": sorted({target.portal for target in targets if target.portal is not None}),
        "delay": options.delay,
        "years": options.years,
        "workers": options.workers,
    }


def _summary(night: Night, marks: Marks) -> dict[str, object]:
    """What the next night builds on, and what a reader of the archive may want to know."""
    return {
        "date": night.time.astimezone(SHANGHAI).date().isoformat(),
        "marks": asdict(marks),
        "alarms": [stored(alarm) for alarm, _ in night.alarms],
        "visited": len(night.visited),
        "failed": list(night.failed),
        "requests": night.requests,
        "bodies": night.bodies,
        "new": len(night.news.new),
        "changed": len(night.news.changed),
        "failed_checks": len(night.news.failed_checks),
    }
