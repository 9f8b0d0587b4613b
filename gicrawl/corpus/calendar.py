"""What is expected of whom, and when it is due. There is no clock here: an archive knows what its newest capture knew.

Until the report on 2018 the Regulations of 2008 (国务院令第492号, art. 31) had every body publish by 31 March.
Since the report on 2019 those of 2019 (国务院令第711号, art. 49 and 50) have departments publish by 31 January and
governments by 31 March. For townships, zones and others they name no day of their own; the later one is taken, so
that nobody is missed before time. Earlier days set by local notices are not known here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from gicrawl.corpus.issuers_lineage import FIRST_REPORT_YEAR

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""No summer time since 1991."""
REVISED: Final = 2019
"""The first year reported on under the Regulations of 2019."""
EARLY_KINDS: Final = frozenset({"department", "office"})
SCOPES: Final = ("region", "body")
"""Scopes that can be expected; `unknown` can only be found."""


def deadline(kind: str | None, year: int) -> date:
    """The last day on which a report on `year` is in time, in China."""
    early = year >= REVISED and kind in EARLY_KINDS
    return date(year + 1, 1, 31) if early else date(year + 1, 3, 31)


def deadline_passed(kind: str | None, year: int) -> datetime:
    """The first moment after the deadline, UTC."""
    after = deadline(kind, year) + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=SHANGHAI).astimezone(UTC)


def last_due(kind: str | None, moment: datetime) -> int:
    """The newest year whose report was due before a moment.

    Args:
        kind: of the body.
        moment: with its time zone.
    """
    year = moment.astimezone(SHANGHAI).year
    return next(at for at in range(year, year - 3, -1) if deadline_passed(kind, at) <= moment)


def expected_years(
    found: Collection[int], registered: tuple[int, int] | None, *, due: int, ended: int | None, listed: bool
) -> tuple[int, ...]:
    """The years on which a body is expected to have reported, and those on which it did.

    Args:
        found: years of its reports.
        registered: first and last year in the registry, or None.
        due: the newest year due.
        ended: the year in the course of which its division ended; on that year its successor reports.
        listed: whether it is in the registry; of a listed body of which nothing else is known the last year is.

    Returns:
        In order. From the first year found there is no gap to the last one due.
    """
    last = due if ended is None else min(due, ended - 1)
    years = set(found)
    if registered is not None:
        years.update(range(max(registered[0], FIRST_REPORT_YEAR), min(registered[1], last) + 1))
    if found:
        years.update(range(min(found), last + 1))
    elif listed and registered is None and last >= FIRST_REPORT_YEAR:
        years.add(last)
    return tuple(sorted(years))


def expected_scopes(found: Mapping[int, Collection[str]], year: int, *, government: bool) -> tuple[str, ...]:
    """The scopes in which a report on a year is expected or found.

    A government that has reported for its region and for itself on one and the same year is expected to do both
    on every year; every other body has one scope: the one found last, else `region` for a government and `body` for
    others. What was found counts as it is: a report whose scope is unknown may be any.

    Args:
        found: scopes of its reports by year.
        year: asked for.
        government: whether it governs.
    """
    here = set(found.get(year, ()))
    known = {at: set(scopes) & set(SCOPES) for at, scopes in found.items()}
    if any(len(scopes) > 1 for scopes in known.values()):
        usual = set(SCOPES)
    else:
        newest = max((at for at, scopes in known.items() if scopes), default=None)
        usual = ({"region"} if government else {"body"}) if newest is None else known[newest]
    if not here:
        here = usual
    elif "unknown" not in here and len(usual) > 1:
        here |= usual
    return tuple(sorted(here))
