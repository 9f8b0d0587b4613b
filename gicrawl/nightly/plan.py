"""Which portals are visited tonight, and which of their pages are asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gicrawl.archive.history import PortalHistory, portal_history
from gicrawl.archive.records import Role
from gicrawl.crawling.visits import Step
from gicrawl.nightly.due import is_due, is_rested

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from gicrawl.archive.history import PageHistory, Visit
    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import Run
    from gicrawl.nightly.due import Rules

CRAWL = "nightly_crawl"
"""Kind of the run in which a nightly run fetches: a part of it, whose end says nothing of the whole."""

_LOOKED_AFTER = frozenset({Role.LIST, Role.ARTICLE, Role.ATTACHMENT, Role.IMAGE})
"""Roles of pages for whose sake a portal is visited. Pages on the way to a column are looked at when something is due
behind them: nobody comes back to one that has been left out of the way since."""

_LEADS_ON = frozenset({Role.HOME, Role.NAVIGATION, Role.LIST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the chosen portals.

    Attributes:
        portals: by id, those never visited left out.
        complete: by portal id, the runs that walked it to the end: run → start.
        dark: runs that reached none of several portals; their visits are left out.
    """

    portals: Mapping[str, PortalHistory]
    complete: Mapping[str, Mapping[UUID, datetime]]
    dark: frozenset[UUID]

    def settled(self, portal: str, page: PageHistory) -> bool:
        """Whether everything the page led to, the last time it was seen, has been asked for as well.

        A run that was killed or ended by the user leaves that open. It is settled by the next one that comes to its
        end, which is shown the page from the archive if it is not due.
        """
        runs = self.complete.get(portal, {})
        return page.run in runs or any(page.time <= started for started in runs.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done tonight.

    Attributes:
        due: ids of the portals to visit.
        resting: ids of those left alone because their last visits failed.
        not_due: ids of those that have nothing to look at.
    """

    due: frozenset[str]
    resting: frozenset[str]
    not_due: frozenset[str]


def learn(archive: Archive, portals: Iterable[str]) -> Known:
    """Read what the archive knows of these portals.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    found = {portal: portal_history(archive, portal) for portal in portals}
    dark = _dark_runs(found.values())
    lit = {
        portal: replace(history, visits=tuple(visit for visit in history.visits if visit.run not in dark))
        for portal, history in found.items()
    }
    return Known(
        portals={portal: history for portal, history in lit.items() if history.pages},
        complete=_complete((run for run in archive.runs() if run.id not in dark), lit),
        dark=frozenset(dark),
    )


def make(known: Known, entries: Mapping[str, Collection[str]], now: datetime, by: Rules) -> Plan:
    """Decide which portals are due.

    Args:
        known: of them.
        entries: portal id → the URLs its walk begins at.
        now: the moment, with a zone.
        by: the rules.
    """
    due, resting = set(), set()
    for portal, urls in entries.items():
        history = known.portals.get(portal)
        if history is None:
            due.add(portal)
        elif not is_rested([visit.time for visit in failing(history.visits)], now, by):
            resting.add(portal)
        elif _wants_a_visit(known, history, urls, now, by):
            due.add(portal)
    return Plan(due=frozenset(due), resting=frozenset(resting), not_due=frozenset(entries) - due - resting)


def stepper(known: Known, now: datetime, by: Rules) -> Callable[[str, PageHistory | None], Step]:
    """The decision about single pages that a crawl of tonight is given; arguments as in `make`."""

    def step(portal: str, page: PageHistory | None) -> Step:
        if page is None or is_due(page, now, by):
            return Step.FETCH
        if page.failures and not known.settled(portal, page):
            return Step.FETCH  # the run ended before it had tried as often as it should
        if page.role is Role.ROBOTS:
            return Step.SHOW  # fetched where it cannot be shown: nothing may be asked for without its rules
        if page.shown is None:
            return Step.LEAVE
        if page.role in _LEADS_ON or not known.settled(portal, page):
            return Step.SHOW
        return Step.LEAVE

    return step


def failing(visits: Sequence[Visit]) -> list[Visit]:
    """The newest visits that failed, oldest first, back to the last one that did not."""
    found: list[Visit] = []
    for visit in reversed(visits):
        if not visit.failed:
            break
        found.append(visit)
    return found[::-1]


def _wants_a_visit(known: Known, history: PortalHistory, entries: Collection[str], now: datetime, by: Rules) -> bool:
    seen = {page.url for page in history.pages}
    if any(url not in seen for url in entries):
        return True  # the registry has learned of another column
    return any(
        (page.url in entries or _is_looked_after(page))
        and (is_due(page, now, by) or not known.settled(history.portal, page))
        for page in history.pages
    )


def _is_looked_after(page: PageHistory) -> bool:
    """Whether the page itself is asked for again; what only a redirect leads to is reached through that."""
    return page.role in _LOOKED_AFTER and not page.hop and not (page.role is Role.LIST and page.missing)


def _dark_runs(found: Iterable[PortalHistory]) -> set[UUID]:
    """Runs that reached none of several portals: there was no network, and that is no portal's fault."""
    tried: Counter[UUID] = Counter()
    reached: set[UUID] = set()
    for history in found:
        tried.update(visit.run for visit in history.visits)
        reached.update(visit.run for visit in history.visits if visit.reached)
    return {run for run, count in tried.items() if count > 1 and run not in reached}


def _complete(runs: Iterable[Run], found: Mapping[str, PortalHistory]) -> dict[str, dict[UUID, datetime]]:
    failed = {(portal, visit.run) for portal, history in found.items() for visit in history.visits if visit.failed}
    complete: dict[str, dict[UUID, datetime]] = {}
    for run in runs:
        if run.kind not in {"crawl", CRAWL} or run.status != "finished" or run.arguments.get("max_pages") is not None:
            continue
        for target in run.arguments.get("targets", ()):
            portal = target.get("portal")
            if portal in found and (portal, run.id) not in failed:
                complete.setdefault(portal, {})[run.id] = run.started
    return complete
