"""Where a report would be found: portals by the registry and by what was fetched, and their report columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.corpus.explain_ends import GOOD
from gicrawl.corpus.explain_fetched import moment
from gicrawl.corpus.explain_records import ColumnStanding, PortalStanding

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from gicrawl.archive.stored import Run
    from gicrawl.portals.registry import Portal, Registry

WAY = (Role.ROBOTS, Role.HOME, Role.NAVIGATION, Role.LIST)
"""Pages between a portal's address and its articles."""

_NO_RULES = frozenset({Outcome.NOT_FOUND, Outcome.GONE})
"""Outcomes of robots.txt after which everything is allowed (RFC 9309, 2.3.1.3)."""

_VISITS = f"""
SELECT captures.id, urls.url, circumstances.role, captures.time, captures.outcome, captures.status, captures.error, (
        SELECT json_array(judgement, signature, pages_end) FROM judgements
        WHERE judgements.capture = captures.id ORDER BY {NEWEST_FIRST} LIMIT 1
    ), referrer_url.url, captures.run
FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN urls ON urls.id = captures.url
LEFT JOIN captures AS referrer ON referrer.id = captures.referrer
LEFT JOIN urls AS referrer_url ON referrer_url.id = referrer.url
WHERE captures.circumstances IN (
    SELECT id FROM circumstances WHERE portal IS ? AND role IN (SELECT value FROM json_each(?))
) AND (circumstances.portal IS NOT NULL OR urls.host = ?)
ORDER BY captures.time, captures.uuid
"""  # noqa: S608 - constants

_LINKED = """
SELECT count(DISTINCT url) FROM links WHERE role = 'article' AND page IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A capture of a page of the way."""

    row: int
    url: str
    role: Role
    time: int
    outcome: Outcome
    status: int | None
    error: str | None
    judgement: str | None
    signature: str | None
    pages_end: bool | None
    referrer: str | None
    run: int

    @property
    def trouble(self) -> str | None:
        """What stands in the way: a judgement, else an outcome; None where nothing does."""
        if self.judgement not in {None, Judgement.CONTENT}:
            return self.judgement
        return None if self.outcome in GOOD or self.outcome is Outcome.REDIRECT else self.outcome.value

    @property
    def detail(self) -> str:
        """What is told of it."""
        if self.trouble == Judgement.BLOCKED and self.signature:
            return self.signature
        return self.error or (f"HTTP {self.status}" if self.status is not None else self.trouble or self.outcome.value)


@dataclass(frozen=True, slots=True)
class Place:
    """A portal as captures name it: by its id, or where they name none, by its host."""

    portal: str | None
    host: str | None


def visits_of(connection: sqlite3.Connection, place: Place) -> list[Visit]:
    """Everything ever asked of a portal on the way to its articles, oldest first."""
    rows = connection.execute(_VISITS, (place.portal, json.dumps([role.value for role in WAY]), place.host))
    visits = []
    for row, url, role, time, outcome, status, error, judged, referrer, run in rows:
        judgement, signature, pages_end = (None, None, None) if judged is None else json.loads(judged)
        visits.append(
            Visit(
                row=row,
                url=url,
                role=Role(role),
                time=time,
                outcome=Outcome(outcome),
                status=status,
                error=error,
                judgement=judgement,
                signature=signature,
                pages_end=None if pages_end is None else bool(pages_end),
                referrer=referrer,
                run=run,
            )
        )
    return visits


def first_pages(visits: Iterable[Visit]) -> dict[str, str]:
    """List page → first page of its column: the one that no list page led to."""
    parents: dict[str, str | None] = {}
    for visit in visits:
        if visit.role is Role.LIST:
            parents[visit.url] = visit.referrer or parents.get(visit.url)
    roots = {}
    for page in parents:
        at, seen = page, {page}
        while (above := parents.get(at)) in parents and above is not None and above not in seen:
            at = above
            seen.add(at)
        roots[page] = at
    return roots


def columns_of(connection: sqlite3.Connection, visits: Sequence[Visit]) -> tuple[ColumnStanding, ...]:
    """The report columns of a portal."""
    roots = first_pages(visits)
    columns = []
    for root in sorted(set(roots.values())):
        own = [visit for visit in visits if visit.role is Role.LIST and roots[visit.url] == root]
        newest = {visit.url: visit for visit in own}
        ends = {visit.url: visit.pages_end for visit in own if visit.pages_end is not None}
        trouble = next(((page.url, page.trouble) for page in newest.values() if page.trouble is not None), None)
        layouts = [page.signature for page in own if page.pages_end is not None and page.signature]
        (links,) = connection.execute(_LINKED, (json.dumps([visit.row for visit in own]),)).fetchone()
        columns.append(
            ColumnStanding(
                url=root,
                layout=layouts[-1] if layouts else None,
                pages=len(newest),
                links=links,
                last_read=moment(max(visit.time for visit in own)),
                to_its_end=trouble is None and any(ends.values()),
                trouble=None if trouble is None else " ".join(map(str, trouble)),
            )
        )
    return tuple(columns)


def standing(
    connection: sqlite3.Connection,
    place: Place,
    entry: Portal | None,
    registry: Registry | None,
    runs: Mapping[UUID, Run],
) -> PortalStanding:
    """How a portal stands, by the registry and by what was fetched of it.

    Args:
        connection: of the archive.
        place: whom captures call by this name.
        entry: in the registry, or None.
        registry: the one in use.
        runs: of the archive.
    """
    visits = visits_of(connection, place)
    ways = [visit for visit in visits if visit.role is not Role.ROBOTS]
    robots = next((visit for visit in reversed(visits) if visit.role is Role.ROBOTS), None)
    good = [visit for visit in ways if visit.trouble is None]
    last_good = good[-1].row if good else None
    bad = [visit for visit in ways if visit.trouble is not None and (last_good is None or visit.time > good[-1].time)]
    if not ways and robots is not None:
        bad = [visit for visit in visits if visit.outcome not in _NO_RULES and visit.trouble is not None]
    # One list page that failed is the column's trouble; the portal's is that nothing came of the newest run.
    trouble = bad[-1] if bad and all(visit.run != visits[-1].run for visit in good) else None
    run = None
    if visits:
        (newest,) = connection.execute("SELECT uuid FROM runs WHERE id = ?", (visits[-1].run,)).fetchone()
        run = runs.get(UUID(bytes=newest))
    nowhere = f"http://{place.host}/" if place.host else "-"
    first = next((visit.url for visit in visits if visit.role is not Role.ROBOTS), nowhere)
    return PortalStanding(
        id=place.portal,
        name=None if entry is None else entry.body,
        home=entry.home if entry is not None else first,
        registry=None if entry is None or registry is None else str(registry.path),
        run=None if run is None else run.kind,
        run_id=None if run is None else str(run.id),
        first_visit=moment(visits[0].time) if visits else None,
        last_visit=moment(visits[-1].time) if visits else None,
        answered=moment(good[-1].time) if good else None,
        robots=None if robots is None else _robots(robots),
        trouble=None if trouble is None else trouble.trouble,
        detail=None if trouble is None else trouble.detail,
        since=moment(bad[0].time) if trouble is not None else None,
        columns=columns_of(connection, visits),
    )


def _robots(visit: Visit) -> str:
    return visit.outcome.value + (f" (HTTP {visit.status})" if visit.status is not None else "")


def entry_of(registry: Registry, place: Place) -> Portal | None:
    """The registry's entry for a place: by id, else by the host of its home page or columns."""
    for portal in registry:
        if place.portal is not None and portal.id == place.portal:
            return portal
    if place.portal is not None or place.host is None:
        return None
    return next((portal for portal in registry if place.host in hosts_of(portal)), None)


def hosts_of(portal: Portal) -> set[str]:
    """The hosts a registry entry names."""
    return {host for url in (portal.home, *portal.columns) if (host := urlsplit(url).hostname)}
