"""When a report counts as withdrawn: the one rule that histories, the panel and the status share.

A report that was shown is absent on a visit where its address answers 404 or 410 (or says so in other words), or where
its column was read to its end and no longer names it. It is withdrawn once it has been absent on at least `VISITS`
visits, the first and the last of them at least `SPAN` apart (but for some hours), with the portal otherwise healthy on
each of them and not one visit between them on which it was there. A visit on which the portal was down, turned us away,
or lost whole rows of pages it still links to says nothing: it neither counts nor breaks the count. A report is restored
when it is there again.

A visit is a run. There is no clock here: all times are those of captures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

VISITS: Final = 3
SPAN: Final = timedelta(days=7)
SLACK: Final = timedelta(hours=6)
"""Taken off the span: a visit of the same hour, seven nights later, comes to a page a little earlier or later."""


class Sight(StrEnum):
    """What one visit saw of a report."""

    SHOWN = "shown"
    MISSING = "missing"  # 404, 410, an error page with status 200, or a redirect to the home page or a list
    UNLISTED = "unlisted"  # its column was read to its end and does not name it
    MOVED = "moved"  # its address leads on to another page
    UNCLEAR = "unclear"  # it was asked for, or would have been, and nobody learned whether it is there


ABSENT: Final = frozenset({Sight.MISSING, Sight.UNLISTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one visit saw of one report.

    Attributes:
        capture: that shows it: of the report's address, or of the list page that does not name it.
        time: of that capture, UTC.
        run: the visit.
        reason: an outcome or judgement, `link_gone`, `redirect_elsewhere`; for what is moved, where to.
        answers: the page was there on this visit, whatever the list says.
        healthy: whether the portal was, apart from this report.
    """

    capture: UUID
    time: datetime
    run: UUID
    sight: Sight
    reason: str
    answers: bool
    healthy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time during which a report was not to be seen.

    Attributes:
        before: the last visit that showed it before.
        first, last: the first and the newest visit that found it absent while the portal was healthy.
        visits: how many such visits.
        confirmed: the visit with which it counts as withdrawn; None while it does not.
        back: the visit that showed it again; None while none did.
    """

    before: Look
    first: Look
    last: Look
    visits: int
    confirmed: Look | None
    back: Look | None

    @property
    def since(self) -> datetime:
        """When it was first seen to be absent."""
        return self.first.time

    def holds_at(self, moment: datetime) -> bool:
        """Whether the report was withdrawn at a moment, by all that is known today."""
        return self.confirmed is not None and self.since <= moment and (self.back is None or self.back.time > moment)


def confirmed(first: Look, last: Look, visits: int) -> bool:
    """Whether so many absent visits, from the first to the last, make a withdrawal."""
    return visits >= VISITS and last.time - first.time >= SPAN - SLACK


@dataclass(slots=True)
class Watch:
    """Follows one report from visit to visit; needs the same little memory however many there are.

    Attributes:
        shown: the newest visit that showed it; None before the first.
        absences: closed ones, and an open one last; those that were never confirmed are kept too.
    """

    shown: Look | None = None
    absences: tuple[Absence, ...] = ()

    @property
    def absent(self) -> Absence | None:
        """The absence that goes on now."""
        return self.absences[-1] if self.absences and self.absences[-1].back is None else None

    def add(self, look: Look) -> None:
        """The next visit, by time."""
        if look.sight in {Sight.SHOWN, Sight.MOVED}:
            self.shown = look
            if self.absent is not None:
                self.absences = (*self.absences[:-1], replace(self.absent, back=look))
        elif look.sight in ABSENT and look.healthy and self.shown is not None:
            self._missed(look, self.shown)

    def _missed(self, look: Look, before: Look) -> None:
        going_on = self.absent
        if going_on is None:
            new = Absence(before=before, first=look, last=look, visits=1, confirmed=None, back=None)
            self.absences = (*self.absences, new)
            return
        visits = going_on.visits + 1
        settled = going_on.confirmed or (look if confirmed(going_on.first, look, visits) else None)
        self.absences = (*self.absences[:-1], replace(going_on, last=look, visits=visits, confirmed=settled))

    def withdrawn_at(self, moment: datetime) -> Absence | None:
        """The absence because of which it counts as withdrawn at a moment; None where it does not."""
        return next((one for one in reversed(self.absences) if one.holds_at(moment)), None)


def watched(looks: Iterable[Look]) -> Watch:
    """A report by all looks at it, in their order."""
    watch = Watch()
    for look in looks:
        watch.add(look)
    return watch
