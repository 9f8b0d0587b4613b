"""A history as records; `dataclasses.asdict` of them is ready for JSON.

Times are UTC, ISO 8601; captures are UUIDs, digests hex. Everything that is said has a capture or two behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gicrawl.corpus.diff_records import Difference
    from gicrawl.corpus.explain_records import Candidate


class What(StrEnum):
    """What happened to a report at an address. Codes are stable; `messages.toml` has the sentences."""

    FIRST_SEEN = "first_seen"
    CHANGED = "changed"  # another version: `Change.kind` says in what
    UNCLEAR = "unclear"  # visits on which nobody could learn whether it was there
    ABSENT = "absent"  # visits on which it was not there, too few or too close together for a withdrawal
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"  # there again after a withdrawal
    BACK = "back"  # there again after an absence that was none
    MOVED = "moved"


class ChangeKind(StrEnum):
    """In what two versions of a report differ."""

    REPORT = "report"  # in what was read of it: status, whose, figures, sentences with figures
    TEXT = "text"  # in its text or files, and in nothing that is read of it
    UNPARSED = "unparsed"  # in its text or files; one of the two was not parsed, so nobody knows in what
    CHROME = "chrome"  # only the page around it: counters, dates, related links (the cleaned digests are equal)
    CONTEXT = "context"  # not a byte: the link that leads to it, the type or charset its server declares


class State(StrEnum):
    """How a report stands at an address, or altogether."""

    THERE = "there"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    UNCLEAR = "unclear"  # the newest visits could not tell
    UNVISITED = "unvisited"  # never asked for by ourselves: only imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A moment, and the capture that vouches for it."""

    time: str
    capture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different from the version before.

    Attributes:
        page, files: whether the page's bytes, or the attached ones, are others.
        counts: kind of difference → how many, where both versions were parsed.
        differences: each of them, those of evidence and confidence left out.
        parsers: that read the two versions; a difference may be theirs where they are not equal.
    """

    kind: ChangeKind
    page: bool
    files: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    parsers: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A distinct version of a report at an address.

    Attributes:
        number: from 1, in the order first seen.
        version: document digest.
        body: SHA-256 of the main body as received; `attached` of the files, in order.
        first, last: the first and the newest capture that showed it.
        status: of its current parse; None where it has none.
        title, issuer, year, scope, published: by that parse.
    """

    number: int
    version: str
    body: str
    attached: tuple[str, ...]
    first: Seen
    last: Seen
    status: str | None
    title: str | None
    issuer: str | None
    year: int | None
    scope: str | None
    published: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at an address.

    Attributes:
        seen: when we learned of it.
        version: number of the version it is about, or None.
        evidence: further captures behind it, oldest first: all visits of an absence, for a change what it was before.
        visits: how many visits say so, where it takes several.
        reason: outcome or judgement, `link_gone`, …; for what moved `redirect`, `bytes`, `content` or `figures`.
        target: where it moved to.
        answers: of an absence: whether its page still answers, so that only the link to it is gone.
        change: what a new version changed.
    """

    what: What
    seen: Seen
    version: int | None = None
    evidence: tuple[Seen, ...] = ()
    visits: int | None = None
    reason: str | None = None
    target: str | None = None
    answers: bool | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A report at one address.

    Attributes:
        state: today, that is by the newest visits.
        first_seen, last_seen: captures that showed it, imported ones too.
        not_yet: the newest list page, read to the end of the column, that did not name it before it was first seen.
        visits: of our own, that tell anything of it.
    """

    url: str
    report_id: str
    portal: str | None
    state: State
    first_seen: Seen
    last_seen: Seen
    not_yet: Seen | None
    visits: int
    versions: tuple[Version, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """When a report came out, against the legal date.

    Attributes:
        due: the last day in time (ISO date, Asia/Shanghai).
        date: as the report or its page says, and `source` where; None where nobody says.
        verdict: `in_time`, `late`, `late_seen` (whatever it says: its column was read to its end after that day and
            did not have it), or `unknown`.
        days: late by its own date; None otherwise.
        not_yet: the list page behind `late_seen`.
    """

    due: str
    date: str | None
    source: str | None
    verdict: str
    days: int | None
    not_yet: Seen | None
    first_seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class LogicalReport:
    """The report of a body on a year, in one scope, wherever and in however many versions it was published.

    Attributes:
        state: `there` at any of its addresses, else the best of theirs.
        versions: (report_id, number) of the versions that are this report's, by time.
    """

    issuer_id: str
    issuer: str | None
    year: int
    scope: str
    state: State
    published: Published
    versions: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All of it.

    Attributes:
        known_as: how what was asked for was recognised, as in `gicrawl.corpus.explain_records.Explanation`; `withheld`
            where all that was seen there is.
        candidates: who fits, where several do.
    """

    archive: str
    asked: str
    year: int | None
    known_as: str
    candidates: tuple[Candidate, ...] = ()
    reports: tuple[LogicalReport, ...] = ()
    addresses: tuple[Address, ...] = ()
