"""Every version of a report that was ever seen, what changed between them, and whether it is still there.

By address and by report: a report is what a body has to say on a year in one scope, and may have been published at
several addresses, one after the other or beside each other. Everything is read from one moment of the archive and
nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from gicrawl.corpus.calendar import SHANGHAI, deadline, deadline_passed
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.explain import opened, recognised, whom
from gicrawl.corpus.explain_fetched import closure, spellings
from gicrawl.corpus.explain_records import Candidate
from gicrawl.corpus.history_changes import Stretch, change, same_report, seen, stretches, versions
from gicrawl.corpus.history_records import Address, Event, History, LogicalReport, Published, State
from gicrawl.corpus.history_story import of_looks, of_versions, state_of
from gicrawl.corpus.history_visits import PortalWatch, watch_place
from gicrawl.corpus.panel import of_bodies
from gicrawl.corpus.panel_index import issuers_with_reports, reports_at
from gicrawl.corpus.panel_standing import places_of
from gicrawl.corpus.withdrawn import watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.explain import Desk
    from gicrawl.corpus.panel_index import Indexed
    from gicrawl.corpus.panel_standing import Place
    from gicrawl.corpus.withdrawn import Look
    from gicrawl.portals.registry import Registry

_Pair = tuple[str, int, str]
"""Issuer, year and scope."""
_MOST: Final = 20
"""Candidates told at most."""
_STANDING: Final = (State.THERE, State.UNCLEAR, State.UNVISITED, State.MOVED, State.ABSENT, State.WITHDRAWN)
"""The state of a report at several addresses is the first of these that one of them is in."""


def history_of_address(archive: Archive, asked: str, registry: Registry) -> History:
    """The history behind an address, and of the same report wherever else it was.

    Args:
        archive: where to look.
        asked: URL of a report as asked for, as redirected, in another spelling, or of a file attached to it; or the
            path or name of an imported file.
        registry: of portals; it settles by when a report was due.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with opened(archive, registry) as desk:
        known_as, urls = recognised(desk, asked)
        base = History(archive=str(archive.path), asked=asked, year=None, known_as=known_as if urls else "nothing")
        if len(urls) > 1:
            return replace(
                base, candidates=tuple(Candidate(name=url, detail=known_as, ask=url) for url in urls[:_MOST])
            )
        if not urls:
            return base
        known, _ = closure(desk.connection, dict(spellings(desk.connection, urls[0])))
        pages: dict[bytes, set[str]] = defaultdict(set)
        for url in known.values():
            pages[report_id(url)].add(url)
        pairs = {
            (one.issuer, one.year, one.scope)
            for report in pages
            for one in reports_at(desk.connection, report)
            if one.year is not None
        }
        return _told(desk, base, pages, pairs)


def history_of_issuer(archive: Archive, asked: str, year: int, registry: Registry) -> History:
    """The history of the reports of a body on a year.

    Args:
        archive: where to look.
        asked: a name (official, printed, in either script, without 人民政府), a region code of six digits, or an
            `issuer_id`.
        year: the reports are about.
        registry: of portals.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with opened(archive, registry) as desk:
        base = History(archive=str(archive.path), asked=asked, year=year, known_as="issuer")
        meant = whom(desk, asked, year)
        if meant.several:
            return replace(base, candidates=meant.several[:_MOST])
        pairs = {
            (one.issuer, year, one.scope)
            for known in issuers_with_reports(desk.connection, registry, meant.issuers)
            for one in known.reports
            if one.year == year
        }
        if not pairs:
            return replace(base, known_as="nothing")
        return _told(desk, base, {}, pairs)


def _told(desk: Desk, base: History, pages: Mapping[bytes, set[str]], pairs: set[_Pair]) -> History:
    mates: dict[_Pair, list[Indexed]] = {pair: [] for pair in sorted(pairs, key=str)}
    for known in issuers_with_reports(desk.connection, desk.registry, {issuer for issuer, _, _ in pairs}):
        for one in known.reports:
            if one.year is not None and (pair := (one.issuer, one.year, one.scope)) in mates:
                mates[pair].append(one)
    urls: dict[bytes, set[str]] = {report: set(own) for report, own in pages.items()}
    for one in (one for own in mates.values() for one in own):
        urls.setdefault(bytes.fromhex(one.report_id), set()).add(one.url)
    found = _addresses(desk, urls)
    if urls and not found and any(stretches(desk.archive, report, own) for report, own in urls.items()):
        return replace(base, known_as="withheld")
    found = _with_moves(desk, found, mates)
    addresses = {report: _address(desk, one) for report, one in found.items()}
    return replace(
        base,
        addresses=tuple(sorted(addresses.values(), key=lambda one: (one.first_seen.time, one.url))),
        reports=tuple(_logical(desk, pair, own, addresses) for pair, own in mates.items()),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """An address with all that is known of it; `moved` is (address, why, first look of the absence)."""

    report: bytes
    url: str
    place: Place | None
    shown: tuple[Stretch, ...]
    looks: tuple[Look, ...]
    not_yet: Look | None
    moved: tuple[str, str, Look] | None = None


def _addresses(desk: Desk, urls: Mapping[bytes, set[str]]) -> dict[bytes, _Page]:
    """The addresses that ever showed anything that is not withheld."""
    shown = {
        report: tuple(one for one in stretches(desk.archive, report, own) if one.found.capture.bytes not in desk.hidden)
        for report, own in urls.items()
    }
    shown = {report: own for report, own in shown.items() if own}
    places = {report: places_of(desk.connection, urls[report]) for report in shown}
    wanted: dict[Place, set[bytes]] = defaultdict(set)
    for report, asked in places.items():
        for place in asked:
            wanted[place].add(report)
    watches: dict[Place, PortalWatch] = {
        place: watch_place(desk.connection, place, reports) for place, reports in wanted.items()
    }
    pages = {}
    for report, own in shown.items():
        here = [watches[place] for place in places[report]]
        looks = sorted((look for one in here for look in one.looks.get(report, ())), key=lambda look: look.time)
        before = [one.unlisted_before[report] for one in here if report in one.unlisted_before]
        first = own[0].captures[0][0]
        before = [look for look in before if seen(look.time, look.capture).time < seen(first, look.capture).time]
        pages[report] = _Page(
            report=report,
            url=own[-1].found.url,
            place=places[report][0] if places[report] else None,
            shown=own,
            looks=tuple(looks),
            not_yet=max(before, key=lambda look: look.time, default=None),
        )
    return pages


def _with_moves(desk: Desk, pages: dict[bytes, _Page], mates: Mapping[_Pair, Sequence[Indexed]]) -> dict[bytes, _Page]:
    """Find what is gone at one address and came up at another: the same report, first seen there afterwards."""
    moved = dict(pages)
    for own in mates.values():
        group = [pages[report] for report in {bytes.fromhex(one.report_id) for one in own} if report in pages]
        for page in group:
            absent = watched(page.looks).absent
            if absent is None:
                continue
            last = page.shown[-1].captures[-1][0]
            for other in sorted(group, key=lambda one: (one.shown[0].captures[0][0], one.url)):
                same_visit = bool(other.looks) and other.looks[0].run == absent.before.run
                if other.shown[0].captures[0][0] <= last or same_visit:
                    continue  # it stood there beside this one
                why = same_report(desk.archive, page.shown[-1].found, other.shown[0].found)
                if why is not None:
                    moved[page.report] = replace(page, moved=(other.url, why, absent.first))
                    break
    return moved


def _address(desk: Desk, page: _Page) -> Address:
    made = versions(desk.connection, page.shown)
    numbers = {one.version: one.number for one in made}
    begins = [(seen(*one.captures[0]), seen(*one.captures[-1]), numbers[one.found.digest.hex()]) for one in page.shown]
    changes = {
        place: change(desk.archive, page.shown[place - 1].found, page.shown[place].found)
        for place in range(1, len(page.shown))
    }
    moved = {} if page.moved is None else {page.moved[2]: (page.moved[0], page.moved[1], None)}
    events: list[Event] = [*of_versions(begins, changes), *of_looks(page.looks, moved)]
    return Address(
        url=page.url,
        report_id=page.report.hex(),
        portal=None if page.place is None else page.place.portal,
        state=state_of(page.looks, moved=page.moved is not None),
        first_seen=begins[0][0],
        last_seen=begins[-1][1],
        not_yet=None if page.not_yet is None else seen(page.not_yet.time, page.not_yet.capture),
        visits=len(page.looks),
        versions=made,
        events=tuple(sorted(events, key=lambda event: event.seen.time)),
    )


def _logical(desk: Desk, pair: _Pair, own: Sequence[Indexed], addresses: Mapping[bytes, Address]) -> LogicalReport:
    issuer, year, scope = pair
    here = [addresses[report] for report in {bytes.fromhex(one.report_id) for one in own} if report in addresses]
    rows = of_bodies(desk.connection, desk.registry, {(issuer, year)})
    row = next((entry for entry in rows if entry.scope == scope), None)
    kind = None if row is None else row.issuer.kind
    by_version = {one.version: (address.report_id, one) for address in here for one in address.versions}
    kept = sorted(
        (by_version[one.version] for one in own if one.version in by_version), key=lambda one: (one[1].first.time, one)
    )
    return LogicalReport(
        issuer_id=issuer,
        issuer=next((one.name or one.printed for one in reversed(own)), None),
        year=year,
        scope=scope,
        state=min((address.state for address in here), key=_STANDING.index, default=State.UNVISITED),
        published=_published(kind, year, own, here),
        versions=tuple((report, one.number) for report, one in kept),
    )


def _published(kind: str | None, year: int, own: Sequence[Indexed], here: Iterable[Address]) -> Published:
    """Whether it came out in time: by what was seen before the day, else by its own date, else by who looked."""
    due, passed = deadline(kind, year), deadline_passed(kind, year)
    first = min(here, key=lambda one: (one.first_seen.time, one.url))
    dated = min((one for one in own if one.published is not None), key=lambda one: str(one.published), default=None)
    said = None if dated is None or dated.published is None else dated.published
    missed = first.not_yet is not None and _moment(first.not_yet.time) >= passed
    days = None
    if _moment(first.first_seen.time) < passed:
        verdict = "in_time"
    elif said is not None and said > due.isoformat():
        verdict, days = "late", (date.fromisoformat(said) - due).days
    elif missed:
        verdict = "late_seen"
    else:
        verdict = "unknown" if said is None else "in_time"
    return Published(
        due=due.isoformat(),
        date=said,
        source=None if dated is None else dated.published_source,
        verdict=verdict,
        days=days,
        not_yet=first.not_yet if verdict == "late_seen" else None,
        first_seen=first.first_seen,
    )


def _moment(time: str) -> datetime:
    return datetime.fromisoformat(time).astimezone(SHANGHAI)
