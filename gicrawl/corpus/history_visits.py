"""Reads from the archive what each visit to a portal saw of its reports, one visit after the other.

Only our own visits tell that something is not there: what was imported says when a page was seen, never that a portal
was asked and had nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final
from uuid import UUID

from gicrawl.archive import reading as archived
from gicrawl.archive.history import FAILS
from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.stored import from_microseconds
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.explain_fetched import location
from gicrawl.corpus.history_columns import Columns, ListPage
from gicrawl.corpus.panel_standing import of_place, prepare
from gicrawl.corpus.withdrawn import Look, Sight, Watch

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from gicrawl.corpus.panel_standing import Place

_ROLES: Final = (Role.HOME, Role.NAVIGATION, Role.LIST, Role.ARTICLE)
_WAY: Final = frozenset({Role.HOME, Role.NAVIGATION, Role.LIST})
_SHOWS: Final = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})
_GONE: Final = frozenset({Outcome.NOT_FOUND, Outcome.GONE})
_HALF: Final = 3
"""So many reports that are still linked and missing at once, and more than half of them, are the portal's trouble."""

_CAPTURES = f"""
SELECT captures.id, captures.uuid, runs.uuid, captures.time, urls.url, asked.url, circumstances.role, captures.outcome,
    (
        SELECT json_array(judgement, pages_end) FROM judgements
        WHERE judgements.capture = captures.id ORDER BY {NEWEST_FIRST} LIMIT 1
    ), (
        SELECT json_array(judgement, pages_end) FROM judgements
        WHERE judgements.capture = captures.revisit_of ORDER BY {NEWEST_FIRST} LIMIT 1
    ), referrer_url.url, captures.request_body, coalesce(captures.body, held.body), captures.revisit_of,
    min(captures.time) OVER (PARTITION BY captures.run) AS began
FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN runs ON runs.id = captures.run
JOIN urls ON urls.id = captures.url
LEFT JOIN urls AS asked ON asked.id = captures.requested_url
LEFT JOIN captures AS held ON held.id = captures.revisit_of
LEFT JOIN captures AS referrer ON referrer.id = captures.referrer
LEFT JOIN urls AS referrer_url ON referrer_url.id = referrer.url
WHERE {{place}} AND circumstances.method IS NOT NULL
ORDER BY began, runs.uuid, captures.time, captures.uuid
"""  # noqa: S608 - constants

_LINKS = """
SELECT urls.url FROM links JOIN urls ON urls.id = links.url
WHERE links.page = ? AND links.role = 'article' ORDER BY links.position, urls.url
"""

_id = lru_cache(maxsize=100_000)(report_id)


@dataclass(frozen=True, slots=True)
class Step:
    """A capture of a visit; `target` is where a redirect points, None for all others."""

    row: int
    capture: UUID
    run: UUID
    time: int
    url: str
    asked: str
    role: Role
    outcome: Outcome
    judgement: str | None
    pages_end: bool | None
    referrer: str | None
    key: tuple[str, bytes]
    body: int | None
    revisit_of: int | None
    target: str | None

    @property
    def shows(self) -> bool:
        """Whether the page was there and is one of its own."""
        return self.outcome in _SHOWS and self.judgement in {None, Judgement.CONTENT}

    @property
    def missing(self) -> bool:
        """Whether there is nothing at this address, in whatever words."""
        return self.outcome in _GONE or self.judgement == Judgement.SOFT_404

    @property
    def reason(self) -> str:
        """What it says: a judgement other than content, else the outcome."""
        return self.judgement if self.judgement not in {None, Judgement.CONTENT} else self.outcome.value


@dataclass(slots=True)
class PortalWatch:
    """All reports of a place, followed visit by visit.

    Attributes:
        wanted: reports whose looks are kept one by one; of the others only what `Watch` keeps.
        reports: by report_id.
        looks: of those wanted.
        unlisted_before: report → the newest visit, before it was first shown, on which its column was read to its end
            without it.
    """

    wanted: Collection[bytes]
    reports: dict[bytes, Watch] = field(default_factory=dict)
    looks: dict[bytes, list[Look]] = field(default_factory=dict)
    unlisted_before: dict[bytes, Look] = field(default_factory=dict)
    _columns: Columns = field(default_factory=Columns)
    _aliases: dict[bytes, set[bytes]] = field(default_factory=dict)
    _way: set[bytes] = field(default_factory=set)
    _complete: Look | None = None

    def visit(self, steps: Sequence[Step], lists: Iterable[ListPage]) -> None:
        """The next visit: everything asked of the place in one run, and the list pages among it with their links."""
        self._way |= {_id(step.url) for step in steps if step.role in _WAY}
        told = self._told(steps)
        read = self._columns.visit(lists, self._aliases)
        known = {report for report in told if report in self.reports}
        stale = [one for one in known if told[one][0] is Sight.MISSING and one in read.linked and self._stands(one)]
        fine = sum(step.shows for step in steps)
        failing = sum(step.outcome in FAILS or step.judgement == Judgement.BLOCKED for step in steps)
        well = fine > failing and not (len(stale) >= _HALF and 2 * len(stale) > len(known))
        well = well and not any(step.judgement == Judgement.BLOCKED for step in steps)
        for report in {*self.reports, *told}:
            look = self._look(report, told, read.absent, steps, healthy=well)
            if look is not None:
                self._add(report, look)
        if read.complete is not None and well:
            self._complete = _unlisted(read.complete, "not_listed", answers=False, healthy=True)

    def _stands(self, report: bytes) -> bool:
        """Whether it is not counted as withdrawn already."""
        absent = self.reports[report].absent
        return absent is None or absent.confirmed is None

    def _add(self, report: bytes, look: Look) -> None:
        if report not in self.reports:
            if look.sight not in {Sight.SHOWN, Sight.MOVED}:
                return  # what was never there cannot be taken away
            self.reports[report] = Watch()
            if self._complete is not None:
                self.unlisted_before[report] = self._complete
        self.reports[report].add(look)
        if report in self.wanted:
            self.looks.setdefault(report, []).append(look)

    def _look(
        self,
        report: bytes,
        told: Mapping[bytes, tuple[Sight, str, Step]],
        absent: Mapping[bytes, ListPage],
        steps: Sequence[Step],
        *,
        healthy: bool,
    ) -> Look | None:
        sight, reason, step = told.get(report, (None, "", None))
        answers = sight is Sight.SHOWN
        page = absent.get(report)
        if page is not None and sight in {None, Sight.SHOWN, Sight.UNCLEAR}:
            return _unlisted(page, "link_gone", answers=answers, healthy=healthy)
        if sight is None or step is None:
            if healthy or report not in self.wanted:
                return None  # it was not due
            worst = next((one for one in steps if not one.shows and one.outcome is not Outcome.REDIRECT), steps[0])
            sight, reason, step = Sight.UNCLEAR, worst.reason, worst
        return Look(
            capture=step.capture,
            time=from_microseconds(step.time),
            run=step.run,
            sight=sight,
            reason=reason,
            answers=answers,
            healthy=healthy,
        )

    def _told(self, steps: Sequence[Step]) -> dict[bytes, tuple[Sight, str, Step]]:
        """What the addresses that were asked for say, each by its last answer."""
        ends = {step.asked: step for step in steps if step.role is Role.ARTICLE}
        last = {_id(step.url): step for step in steps}
        told = {}
        for step in steps:
            if step.role is not Role.ARTICLE:
                continue
            end = ends[step.asked]
            if step.outcome is Outcome.REDIRECT and end is step:
                # Nobody follows a redirect to where the same visit has been already.
                end = last.get(_id(step.target), step) if step.target is not None else step
            if step.outcome is Outcome.REDIRECT and end is not step:
                told[_id(step.url)] = self._led(end, step)
            else:
                told[_id(step.url)] = (_sight(step), step.reason, step)
            if end.shows and step.url != end.url and _id(end.url) not in self._way:
                self._aliases.setdefault(_id(step.url), set()).add(_id(end.url))
        return told

    def _led(self, end: Step, step: Step) -> tuple[Sight, str, Step]:
        """What a redirect comes to."""
        if _id(end.url) == _id(step.url):
            return _sight(end), end.reason, end
        if not end.shows:
            return _sight(end), end.reason, end
        if _id(end.url) in self._way:
            return Sight.MISSING, "redirect_elsewhere", step
        return Sight.MOVED, end.url, step


def _unlisted(page: ListPage, reason: str, *, answers: bool, healthy: bool) -> Look:
    return Look(
        capture=page.capture,
        time=from_microseconds(page.time),
        run=page.run,
        sight=Sight.UNLISTED,
        reason=reason,
        answers=answers,
        healthy=healthy,
    )


def _sight(step: Step) -> Sight:
    if step.shows:
        return Sight.SHOWN
    return Sight.MISSING if step.missing else Sight.UNCLEAR


def watch_place(connection: sqlite3.Connection, place: Place, wanted: Collection[bytes] = ()) -> PortalWatch:
    """Follow all reports of a place through all visits to it.

    Args:
        connection: of an archive, within `gicrawl.corpus.current.reading`.
        place: a portal, or a host of URLs the user named.
        wanted: reports whose looks are kept one by one.
    """
    prepare(connection)
    watch = PortalWatch(wanted)
    known: dict[tuple[str, int | None], tuple[bytes, ...]] = {}
    query = _CAPTURES.format(place=of_place(place))
    values = {"portal": place.portal, "host": place.host, "roles": json.dumps(_ROLES)}
    for _, visit in groupby(_steps(connection, query, values), attrgetter("run")):
        steps = list(visit)
        watch.visit(steps, [_list_page(connection, step, known) for step in steps if step.role is Role.LIST])
    return watch


def _steps(connection: sqlite3.Connection, query: str, values: Mapping[str, str | None]) -> Iterator[Step]:
    for row in connection.execute(query, values):
        judged = row[8] if row[8] is not None else (row[9] if row[7] == Outcome.NOT_MODIFIED else None)
        judgement, pages_end = (None, None) if judged is None else json.loads(judged)
        yield Step(
            row=row[0],
            capture=UUID(bytes=row[1]),
            run=UUID(bytes=row[2]),
            time=row[3],
            url=row[4],
            asked=row[4] if row[5] is None else row[5],
            role=Role(row[6]),
            outcome=Outcome(row[7]),
            judgement=judgement,
            pages_end=None if pages_end is None else bool(pages_end),
            referrer=row[10],
            key=(row[4], b"" if row[11] is None else bytes(row[11])),
            body=row[12],
            revisit_of=row[13],
            target=_target(connection, row[0]) if row[7] == Outcome.REDIRECT else None,
        )


def _target(connection: sqlite3.Connection, capture: int) -> str | None:
    row = connection.execute(f"{archived.CAPTURES} WHERE c.id = ?", [capture]).fetchone()
    return location(archived.stored_capture(row))


def _list_page(
    connection: sqlite3.Connection, step: Step, known: dict[tuple[str, int | None], tuple[bytes, ...]]
) -> ListPage:
    """A list page of a visit, with the reports it links to; an unchanged page has the links it had."""
    links: tuple[bytes, ...] = ()
    if step.shows:
        rows = [step.row] if step.revisit_of is None else [step.row, step.revisit_of]
        found = (tuple(_id(url) for (url,) in connection.execute(_LINKS, [row])) for row in rows)
        links = next((own for own in found if own), ()) or known.get((step.url, step.body), ())
        known[step.url, step.body] = links
    return ListPage(
        capture=step.capture,
        run=step.run,
        time=step.time,
        key=step.key,
        referrer=step.referrer,
        shows=step.shows and step.pages_end is not None,
        missing=step.missing,
        pages_end=bool(step.pages_end),
        links=links,
    )
