"""What earlier visits to a portal tell of its pages: when each was seen, changed, failed; what a visit builds on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.stored import from_microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from gicrawl.archive.store import Archive

SHOWS = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECT, Outcome.NOT_FOUND, Outcome.GONE})
"""Outcomes that say what there is at a URL: a page, a way on, or nothing."""

FAILS = frozenset(
    {
        Outcome.HTTP_ERROR,
        Outcome.RATE_LIMITED,
        Outcome.TRUNCATED,
        Outcome.TOO_LARGE,
        Outcome.DNS_ERROR,
        Outcome.TLS_ERROR,
        Outcome.NETWORK_ERROR,
        Outcome.REFUSED_BY_GUARD,
    }
)
"""Outcomes that leave open what there is; `refused_by_guard` is also said of a host left alone for a whole run."""

_SILENT = frozenset({Outcome.DNS_ERROR, Outcome.TLS_ERROR, Outcome.NETWORK_ERROR, Outcome.REFUSED_BY_GUARD})
_UNREACHABLE = "unreachable"  # the verdict on robots.txt that keeps us away for now


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHistory:
    """All visits to one page of a portal.

    Attributes:
        method: `GET` or `POST`; with `body` and `url` it says which page is meant.
        body: of the request.
        role: why, the last time.
        hop: of the newest capture: more than 0 means that a redirect leads here.
        first, time: of the first and the newest capture, UTC.
        outcome: of the newest capture.
        judgement: the newest on the newest capture.
        run: that made the newest capture.
        changed: when the content was last seen to be other than before; None while there was but one.
        failures: runs in a row, up to the newest capture, in which nobody learned what there is.
        good: whether content was ever seen here.
        shown: the newest capture that says what there is, or None; a page that blocks us says nothing.
    """

    url: str
    method: str
    body: bytes
    role: Role
    hop: int
    first: datetime
    time: datetime
    outcome: Outcome
    judgement: Judgement | None
    run: UUID
    changed: datetime | None
    failures: int
    good: bool
    shown: UUID | None

    @property
    def missing(self) -> bool:
        """Whether the newest capture says that there is nothing, in whatever words."""
        return self.outcome in {Outcome.NOT_FOUND, Outcome.GONE} or self.judgement is Judgement.SOFT_404


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one run met at a portal.

    Attributes:
        time: of its first capture there, UTC.
        reached: whether the portal answered.
        blocked: whether it turned us away.
    """

    run: UUID
    time: datetime
    reached: bool
    blocked: bool

    @property
    def failed(self) -> bool:
        """Whether nothing could be learned there."""
        return self.blocked or not self.reached


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalHistory:
    """All that is known of a portal: its pages, in the order first seen, and the visits to it, oldest first."""

    portal: str
    pages: tuple[PageHistory, ...]
    visits: tuple[Visit, ...]


_CAPTURES = f"""
SELECT c.uuid, r.uuid, c.time, u.url, o.method, c.request_body, c.hop, o.role, c.outcome, o.robots,
  coalesce(d.sha256, b.sha256),
  (SELECT judgement FROM judgements WHERE capture = c.id ORDER BY {NEWEST_FIRST} LIMIT 1)
FROM captures AS c
JOIN runs AS r ON r.id = c.run
JOIN urls AS u ON u.id = c.url
JOIN circumstances AS o ON o.id = c.circumstances
LEFT JOIN bodies AS b ON b.id = c.body
LEFT JOIN digests AS d ON d.body = c.body AND d.kind = 'decoded' AND d.rule = o.coding
WHERE c.circumstances IN (SELECT id FROM circumstances WHERE portal = ? AND method IS NOT NULL)
ORDER BY c.time, c.id
"""  # noqa: S608  # names of ours


def portal_history(archive: Archive, portal: str) -> PortalHistory:
    """What the archive knows of a portal from asking it; what was imported is nobody's visit.

    Args:
        archive: where to look.
        portal: id in the registry.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    pages: dict[tuple[str, str, bytes], _Page] = {}
    visits: dict[bytes, _Visit] = {}
    with archive.explaining("reading the history of a portal"):
        for row in archive.db.conn.execute(_CAPTURES, [portal]):
            seen = _Seen(row)
            key = (seen.method, seen.url, seen.body)
            page = pages.get(key)
            if page is None:
                page = pages[key] = _Page(seen)
            page.add(seen)
            visits.setdefault(seen.run, _Visit(seen)).add(seen)
    return PortalHistory(
        portal=portal,
        pages=tuple(page.history() for page in pages.values()),
        visits=tuple(visit.history() for visit in visits.values() if visit.asked),
    )


class _Seen:
    """A row of `_CAPTURES`."""

    __slots__ = (
        "body",
        "content",
        "hop",
        "judgement",
        "method",
        "outcome",
        "robots",
        "role",
        "run",
        "time",
        "url",
        "uuid",
    )

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.uuid, self.run, self.time, self.url, self.method, body, self.hop, role, outcome, self.robots = row[:10]
        self.content: bytes | None = row[10]
        self.body: bytes = b"" if body is None else body
        self.role = Role(role)
        self.outcome = Outcome(outcome)
        self.judgement = None if row[11] is None else Judgement(row[11])

    @property
    def blocked(self) -> bool:
        return self.judgement is Judgement.BLOCKED

    @property
    def fails(self) -> bool:
        return self.blocked or self.outcome in FAILS or (self.robots == _UNREACHABLE)


class _Page:
    __slots__ = ("changed", "content", "failed_in", "first", "good", "last", "shown")

    def __init__(self, first: _Seen) -> None:
        self.first = self.last = first
        self.content: bytes | None = None
        self.changed: int | None = None
        self.failed_in: set[bytes] = set()
        self.good = False
        self.shown: _Seen | None = None

    def add(self, seen: _Seen) -> None:
        self.last = seen
        if seen.fails:
            self.failed_in.add(seen.run)
            return
        self.failed_in.clear()
        if seen.outcome not in SHOWS:
            return
        self.shown = seen
        if seen.outcome is Outcome.OK and seen.judgement in (None, Judgement.CONTENT):
            self.good = True
            if self.content is not None and seen.content != self.content:
                self.changed = seen.time
            self.content = seen.content

    def history(self) -> PageHistory:
        last, shown = self.last, self.shown
        return PageHistory(
            url=last.url,
            method=last.method,
            body=last.body,
            role=last.role,
            hop=last.hop,
            first=from_microseconds(self.first.time),
            time=from_microseconds(last.time),
            outcome=last.outcome,
            judgement=last.judgement,
            run=UUID(bytes=last.run),
            changed=None if self.changed is None else from_microseconds(self.changed),
            failures=len(self.failed_in),
            good=self.good,
            shown=None if shown is None else UUID(bytes=shown.uuid),
        )


class _Visit:
    __slots__ = ("asked", "blocked", "reached", "run", "time")

    def __init__(self, first: _Seen) -> None:
        self.run, self.time = first.run, first.time
        self.asked = self.reached = self.blocked = False

    def add(self, seen: _Seen) -> None:
        self.blocked |= seen.blocked
        if seen.role is Role.ROBOTS:
            self.reached |= seen.outcome in SHOWS
            return
        self.asked = True
        if seen.outcome is Outcome.ROBOTS_DENIED:
            self.reached |= seen.robots != _UNREACHABLE
        else:
            self.reached |= seen.outcome not in _SILENT

    def history(self) -> Visit:
        return Visit(
            run=UUID(bytes=self.run), time=from_microseconds(self.time), reached=self.reached, blocked=self.blocked
        )


_STANDING = f"""
SELECT judgement, signature, rule, pages_end FROM judgements
WHERE capture = (SELECT id FROM captures WHERE uuid = ?) ORDER BY {NEWEST_FIRST} LIMIT 1
"""  # noqa: S608  # names of ours

_LINKS = """
SELECT l.position, u.url FROM links AS l JOIN urls AS u ON u.id = l.url
WHERE l.page = (SELECT id FROM captures WHERE uuid = ?)
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a page when it was read.

    Attributes:
        verdict: judgement, signature, rule and `pages_end` of the newest judgement, or None.
        links: position and URL of each link found on it.
    """

    verdict: tuple[Judgement, str | None, str, bool | None] | None
    links: frozenset[tuple[int, str]]


def reading_of(archive: Archive, capture: UUID) -> Reading:
    """What is on record of a capture's page beside its bytes.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with archive.explaining("reading what was made of a page"):
        row = archive.db.conn.execute(_STANDING, [capture.bytes]).fetchone()
        links = archive.db.conn.execute(_LINKS, [capture.bytes]).fetchall()
    verdict = None if row is None else (Judgement(row[0]), row[1], row[2], None if row[3] is None else bool(row[3]))
    return Reading(verdict, frozenset((position, url) for position, url in links))
