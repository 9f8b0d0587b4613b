"""The panel: for every body, year and scope the calendar expects, what was found, or why nothing was.

A pair can have several reports (one corrected at another address, the page of a portal and that of its parent). The
one published last counts, then the one captured last, then the one with the greatest id; the others are named beside
it. One that was withdrawn counts only where all of them were; its row says `withdrawn` and keeps its figures. A page
that is overwritten every year is one report with versions of several years: each counts for its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from gicrawl.corpus.calendar import SHANGHAI, deadline, deadline_passed, expected_scopes, expected_years, last_due
from gicrawl.corpus.current import reading
from gicrawl.corpus.history_gone import Withdrawals
from gicrawl.corpus.panel_index import Indexed, IssuerReports, is_alone, issuers_with_reports, newest_capture
from gicrawl.corpus.panel_standing import Missing, Place, missing, standing
from gicrawl.corpus.selection import Selection

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.panel_standing import PlaceStanding
    from gicrawl.portals.registry import Portal

VersionChoice = Literal["first", "latest", "at-deadline"]
"""`first` and `latest` by when the archive saw them; `at-deadline`: the one that stood when the report was due."""

REPORT_STATES = ("found", "found_unparsed", "withdrawn", "not_found", "unreachable", "not_visited")
"""`withdrawn`: it was there and was taken away, by the rule of `gicrawl.corpus.withdrawn`."""

_PLACES = 1_000  # kept at hand


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerEntry:
    """A body, as the archive and the registry know it.

    Attributes:
        issuer_id: public id; `gicrawl.corpus.issuers` has the rule.
        name: on its newest report, else in the registry; None where no report names one that could be settled.
        names: every official name, oldest first.
        printed: as printed, each once, sorted.
        level, kind: on its newest report that says so, else in the registry.
        settled: whether its place is certain; where not, another id may be the same body.
        region_codes: (year, code at its end) for the years below; empty for bodies without a code.
        years: on which it reported or should have.
        reports: distinct reports.
        portals: ids of the portals it was found on, or that the registry has for it.
    """

    issuer_id: str
    name: str | None
    names: tuple[str, ...]
    printed: tuple[str, ...]
    level: str | None
    kind: str | None
    settled: bool
    region_codes: tuple[tuple[int, str], ...]
    years: tuple[int, ...]
    reports: int
    portals: tuple[str, ...]

    def region_code(self, year: int) -> str | None:
        """Its code in a year."""
        return dict(self.region_codes).get(year)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelEntry:
    """A body, a year and a scope.

    Attributes:
        issuer: the body.
        name: it had in that year, as far as its reports tell.
        report_state: one of `REPORT_STATES`.
        reason: why nothing was found, or how what was withdrawn was first missed; None for `found`.
        reason_url: the page the reason is about.
        deadline: the last day in time.
        report: the version that counts; None unless `found` or `withdrawn`.
        others: ids of further reports of the pair, sorted.
    """

    issuer: IssuerEntry
    name: str | None
    year: int
    scope: str
    report_state: str
    reason: str | None
    reason_url: str | None
    deadline: date
    report: Indexed | None
    others: tuple[str, ...]


def issuers(
    archive: Archive, registry: Iterable[Portal] = (), selection: Selection | None = None
) -> Iterator[IssuerEntry]:
    """Every body that has reported or is in the registry, by id.

    Args:
        archive: where to look.
        registry: who publishes where.
        selection: only bodies that are in it in any of their years.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    wanted = selection or Selection()
    with reading(archive) as connection:
        moment = newest_capture(connection)
        for known in issuers_with_reports(connection, registry):
            entry = _entry(known, moment)
            if not wanted or any(_is_in(wanted, entry, year) for year in entry.years):
                yield entry


def panel(
    archive: Archive,
    registry: Iterable[Portal] = (),
    selection: Selection | None = None,
    version: VersionChoice = "latest",
) -> Iterator[PanelEntry]:
    """Every expected pair, by issuer, year and scope.

    Args:
        archive: where to look.
        registry: who publishes where, and since when.
        selection: bodies and years.
        version: which version of a report counts.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    wanted = selection or Selection()
    with reading(archive) as connection:
        yield from _entries(connection, tuple(registry), wanted, version)


def of_bodies(
    connection: sqlite3.Connection, registry: Iterable[Portal], asked: Collection[tuple[str, int]]
) -> tuple[PanelEntry, ...]:
    """The rows of the panel for some bodies and years, so that nobody else has to know its rules.

    Args:
        connection: of an archive, within `gicrawl.corpus.current.reading`.
        registry: who publishes where, and since when.
        asked: (issuer_id, year); a pair that is not expected and was not found has no row.
    """
    entries = _entries(connection, tuple(registry), Selection(), "latest", {issuer for issuer, _ in asked})
    return tuple(entry for entry in entries if (entry.issuer.issuer_id, entry.year) in asked)


def _entries(
    connection: sqlite3.Connection,
    portals: Sequence[Portal],
    wanted: Selection,
    version: VersionChoice,
    only: Collection[str] | None = None,
) -> Iterator[PanelEntry]:
    moment = newest_capture(connection)
    shown = _Places(connection, portals)
    for known in issuers_with_reports(connection, portals, only):
        entry = _entry(known, moment)
        scopes = _scopes(known)
        for year in entry.years:
            if not _is_in(wanted, entry, year):
                continue
            for scope in expected_scopes(scopes, year, government=known.body.government or entry.kind == "government"):
                yield _pair(known, entry, (year, scope), version, shown)


def _is_in(wanted: Selection, entry: IssuerEntry, year: int) -> bool:
    return wanted.matches(region_code=entry.region_code(year), level=entry.level, kind=entry.kind, year=year)


class _Places:
    """Standings of places, a bounded number of them kept at hand."""

    def __init__(self, connection: sqlite3.Connection, portals: Sequence[Portal]) -> None:
        self._connection = connection
        self._registered = {portal.id for portal in portals}
        self.moment = newest_capture(connection)
        self._standing = lru_cache(_PLACES)(self._read)
        self.withdrawals = Withdrawals(connection)

    def _read(self, place: Place) -> tuple[PlaceStanding, bool]:
        return standing(self._connection, place), is_alone(self._connection, place)

    def of(self, known: IssuerReports) -> list[tuple[PlaceStanding, bool]]:
        """Where a body publishes, each with whether what names nobody there is its own."""
        own = {portal.id for portal in known.portals}
        places = {Place(one.place.portal, None if one.place.portal else one.place.host) for one in known.reports}
        places |= {Place(portal, None) for portal in own}
        out = []
        for place in sorted(places, key=lambda place: (place.portal or "", place.host or "")):
            if place == Place(None, None):
                continue  # a file of one's own is no place that could show more
            shown, alone = self._standing(place)
            out.append((shown, place.portal in own if place.portal in self._registered else alone))
        return out


def _entry(known: IssuerReports, moment: datetime) -> IssuerEntry:
    reports = sorted(
        known.reports,
        key=lambda one: (-1 if one.year is None else one.year, one.last, one.report_id, one.version),
        reverse=True,
    )
    names = tuple(dict.fromkeys(one.name for one in reversed(reports) if one.name is not None))
    listed = known.portals[0] if known.portals else None
    kind = next((one.kind for one in reports if one.kind), listed.kind if listed is not None else None)
    level = next((one.level for one in reports if one.level), listed.level if listed is not None else None)
    if kind is None and known.body.government:
        kind = "government"
    ended = known.body.lineage.last_year if known.body.lineage is not None else None
    registered = [portal.years for portal in known.portals if portal.years is not None]
    years = expected_years(
        {one.year for one in reports if one.year is not None},
        (min(first for first, _ in registered), max(last for _, last in registered)) if registered else None,
        due=last_due(kind, moment),
        ended=ended,
        listed=listed is not None,
    )
    return IssuerEntry(
        issuer_id=known.body.id,
        name=next((one.name for one in reports if one.name), listed.body if listed is not None else None),
        names=names or ((listed.body,) if listed is not None else ()),
        printed=tuple(sorted({one.printed for one in reports if one.printed})),
        level=level,
        kind=kind,
        settled=known.body.settled,
        region_codes=_codes(known, level, kind, years),
        years=years,
        reports=len({one.report_id for one in reports}),
        portals=tuple(
            sorted({one.place.portal for one in reports if one.place.portal} | {portal.id for portal in known.portals})
        ),
    )


def _codes(
    known: IssuerReports, level: str | None, kind: str | None, years: Sequence[int]
) -> tuple[tuple[int, str], ...]:
    """The code of each year; townships and zones have none of their own."""
    lineage = known.body.lineage
    coded = any(one.region_code is not None for one in known.reports)
    if lineage is None or not (coded or (not known.reports and level != "township" and kind != "development_zone")):
        return ()
    return tuple((year, code) for year in years if (code := lineage.code(year)) is not None)


def _scopes(known: IssuerReports) -> dict[int, set[str]]:
    out: dict[int, set[str]] = {}
    for report in known.reports:
        if report.year is not None:
            out.setdefault(report.year, set()).add(report.scope)
    return out


def _pair(
    known: IssuerReports, entry: IssuerEntry, pair: tuple[int, str], version: VersionChoice, places: _Places
) -> PanelEntry:
    year, scope = pair
    here = [one for one in known.reports if (one.year, one.scope) == pair]
    due = deadline_passed(entry.kind, year)
    chosen = {one.report_id: one for one in _chosen(here, version, due)}
    moment = due if version == "at-deadline" else places.moment
    gone = {
        key: away for key, one in chosen.items() if (away := places.withdrawals.of(key, one.url, moment)) is not None
    }
    best = max(
        chosen.values(),
        key=lambda one: (one.report_id not in gone, one.published or "", one.last, one.report_id),
        default=None,
    )
    if best is not None:
        away = gone.get(best.report_id)
        gap = None if away is None else Missing("withdrawn", away.first.reason, best.url)
    elif here:
        gap = Missing("not_visited", "not_captured_by_the_deadline", min(here, key=lambda one: one.first).url)
    else:
        gap = missing(places.of(known), entry.names, year, due)
    return PanelEntry(
        issuer=entry,
        name=best.name if best is not None else _name(known, entry, year),
        year=year,
        scope=scope,
        report_state="found" if gap is None else gap.state,
        reason=None if gap is None else gap.reason,
        reason_url=None if gap is None else gap.url,
        deadline=deadline(entry.kind, year),
        report=best,
        others=tuple(sorted(chosen.keys() - {best.report_id})) if best is not None else (),
    )


def _chosen(here: Iterable[Indexed], version: VersionChoice, due: datetime) -> Iterator[Indexed]:
    """The version of each report that counts."""
    by_report: dict[str, list[Indexed]] = {}
    for one in here:
        by_report.setdefault(one.report_id, []).append(one)
    for versions in by_report.values():
        oldest = min(versions, key=lambda one: (one.first, one.version))
        if version == "first":
            yield oldest
        elif version == "latest":
            yield max(versions, key=lambda one: (one.last, one.first, one.version))
        elif in_time := [one for one in versions if one.first < due]:
            yield max(in_time, key=lambda one: (one.first, one.version))
        elif oldest.published is not None and oldest.published < due.astimezone(SHANGHAI).date().isoformat():
            yield oldest  # seen later only, but out in time by its own date


def _name(known: IssuerReports, entry: IssuerEntry, year: int) -> str | None:
    """The name in a year without a report: that of the nearest year before, else of the first one after."""
    named = [(one.year, one.name) for one in known.reports if one.year is not None and one.name is not None]
    before = [name for at, name in named if at < year]
    return before[-1] if before else next((name for _, name in named), entry.name)
