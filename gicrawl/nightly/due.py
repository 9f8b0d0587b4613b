"""When a page is to be looked at again: a function of what is known of it, the rules, and the moment."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gicrawl.archive.records import Outcome, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.archive.history import PageHistory

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Where portals, deadlines and seasons have their dates; without summer time since 1991, so that no table is needed."""

_AHEAD = timedelta(days=1)
"""A page seen later than this from now was seen by a clock that was wrong: it is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How many nights lie between two looks at a page.

    Attributes:
        season: in the season of reports.
        otherwise: outside it.
        lively: for a page whose content changed within the last `lively_for` nights; None where that is no matter.
        old: for a page first seen more than `young_for` nights ago; None where that is no matter.
    """

    season: int
    otherwise: int
    lively: int | None = None
    lively_for: int = 0
    old: int | None = None
    young_for: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`rules.toml`; its comments say why each number is what it is.

    Attributes:
        slack: taken off every span.
        season: first and last day, as (month, day).
        spans: by role.
        missing, denied: nights.
        failed, portal: nights after the first, second … failed visit in a row; the last stands for all further ones.
    """

    slack: timedelta
    season: tuple[tuple[int, int], tuple[int, int]]
    spans: Mapping[Role, Span]
    missing: int
    denied: int
    failed: tuple[int, ...]
    portal: tuple[int, ...]


@cache
def rules() -> Rules:
    """The bundled rules."""
    data = tomllib.loads(files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))
    robots = Span(season=data["robots"]["nights"], otherwise=data["robots"]["nights"])
    entry, attachment = Span(**data["entry"]), Span(**data["attachment"])
    return Rules(
        slack=timedelta(hours=data["slack_hours"]),
        season=(_day(data["season"]["first"]), _day(data["season"]["last"])),
        spans={
            Role.ROBOTS: robots,
            Role.HOME: entry,
            Role.NAVIGATION: entry,
            Role.LIST: Span(**data["list"]),
            Role.ARTICLE: Span(**data["article"]),
            Role.ATTACHMENT: attachment,
            Role.IMAGE: attachment,
        },
        missing=data["missing"]["nights"],
        denied=data["denied"]["nights"],
        failed=tuple(data["failed"]["nights"]),
        portal=tuple(data["portal"]["nights"]),
    )


def is_due(page: PageHistory, now: datetime, by: Rules) -> bool:
    """Whether a known page is to be asked for.

    Args:
        page: what is known of it.
        now: the moment, with a zone.
        by: the rules.
    """
    return _has_passed(page.time, nights(page, now, by), now, by)


def nights(page: PageHistory, now: datetime, by: Rules) -> int:
    """How many nights after the newest capture a page is due; arguments as in `is_due`."""
    span = by.spans[page.role]
    if page.role is Role.ROBOTS:
        return 0 if page.failures else span.season  # without its rules nothing else may be asked for
    if page.failures:
        return _growing(by.failed, page.failures)
    if page.outcome is Outcome.ROBOTS_DENIED:
        return by.denied
    return by.missing if page.missing else _of_span(span, page, now, by)


def _of_span(span: Span, page: PageHistory, now: datetime, by: Rules) -> int:
    if span.old is not None and now - page.first > timedelta(days=span.young_for):
        return span.old
    if in_season(now, by):
        return span.season
    if span.lively is not None and page.changed is not None and now - page.changed < timedelta(days=span.lively_for):
        return span.lively
    return span.otherwise


def is_rested(failed: Sequence[datetime], now: datetime, by: Rules) -> bool:
    """Whether a portal may be visited again.

    Args:
        failed: times of its failed visits since the last one that was none, oldest first.
        now: the moment, with a zone.
        by: the rules.
    """
    return not failed or _has_passed(failed[-1], _growing(by.portal, len(failed)), now, by)


def in_season(now: datetime, by: Rules) -> bool:
    """Whether reports are being published these days."""
    day = now.astimezone(SHANGHAI)
    first, last = by.season
    return first <= (day.month, day.day) <= last


def _growing(steps: Sequence[int], failures: int) -> int:
    return steps[min(failures, len(steps)) - 1]


def _has_passed(since: datetime, count: int, now: datetime, by: Rules) -> bool:
    if count == 0 or since - now > _AHEAD:
        return True
    return now - since >= timedelta(days=count) - by.slack


def _day(written: Any) -> tuple[int, int]:  # noqa: ANN401 - TOML gives anything
    month, _, day = str(written).partition("-")
    return int(month), int(day)
