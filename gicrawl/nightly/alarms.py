"""What a person should look at: told when it is new or has got worse, and counted while it stands.

Alarms are derived from the archive every night; what was known already stands in the summary of the last nightly run,
so that a copy of the archive knows it too. A failed identity of a new report is no alarm: the report is printed so.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gicrawl.archive.history import reading_of
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.nightly.due import SHANGHAI
from gicrawl.nightly.plan import failing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gicrawl.archive.history import PageHistory, PortalHistory, Visit
    from gicrawl.archive.store import Archive
    from gicrawl.archive.verify import Finding
    from gicrawl.nightly.news import News

_RANK = {"info": 0, "warning": 1, "error": 2}

_PATIENCE = 2
"""Runs in a row in which a list page answered with an error before we say that it is no list page any more."""


class Standing(StrEnum):
    """What an alarm is to somebody who read the report of the last night."""

    NEW = "new"
    WORSENED = "worsened"
    KNOWN = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something a person should look at.

    Attributes:
        kind: a table of `alarms.toml`, and the message `nightly_alarm_KIND`.
        severity: `info`, `warning` or `error`.
        portal: id in the registry; None where it is about none.
        members: URLs, digests or check places it is about, sorted; one more makes it worse.
        fields: for the message.
    """

    kind: str
    severity: str
    portal: str | None = None
    members: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes it the same alarm tomorrow."""
        return self.kind if self.portal is None else f"{self.kind}:{self.portal}"


def stored(alarm: Alarm) -> dict[str, Any]:
    """An alarm as JSON values; `from_stored` is the way back."""
    return {**asdict(alarm), "members": list(alarm.members)}


def from_stored(values: Mapping[str, Any]) -> Alarm:
    """The alarm behind its JSON values."""
    return Alarm(**{**values, "members": tuple(values["members"])})


def standing(alarm: Alarm, known: Mapping[str, Alarm]) -> Standing:
    """Compare an alarm with those of the last night, by key."""
    before = known.get(alarm.key)
    if before is None:
        return Standing.NEW
    if _RANK[alarm.severity] > _RANK[before.severity] or set(alarm.members) - set(before.members):
        return Standing.WORSENED
    return Standing.KNOWN


def alarms(
    archive: Archive, portals: Iterable[PortalHistory], news: News, damage: Iterable[Finding]
) -> tuple[Alarm, ...]:
    """Every alarm there is tonight, the worst first.

    Args:
        archive: where list pages and their links are looked up.
        portals: what is known of the chosen portals, tonight's visits included.
        news: what the corpus says.
        damage: what a sample of the archive's bytes has shown.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    found = [*_of_archive(news, damage)]
    for portal in portals:
        found += _of_portal(archive, portal, news)
    return tuple(sorted(found, key=lambda alarm: (-_RANK[alarm.severity], alarm.key)))


def is_event(kind: str) -> bool:
    """Whether alarms of this kind belong to one night only."""
    return bool(_kinds()[kind].get("event", False))


def _of_archive(news: News, damage: Iterable[Finding]) -> Iterator[Alarm]:
    found = list(damage)
    if found:
        members = tuple(sorted({f"{finding.code} {finding.subject}" for finding in found}))
        yield _alarm("archive_damaged", members=members, example=found[0].message)
    if news.broken:
        yield _alarm("parser_broke", members=news.broken, example=news.broken[0])
    if news.lost:
        yield _alarm("documents_lost", members=news.lost, example=news.lost[0])
    places = {
        "/".join(part for part in (failed.report.url, check.id, check.table, check.row, check.column) if part)
        for failed in news.failed_checks
        if failed.regressed
        for check in (failed.check,)
    }
    if places:
        yield _alarm("checks_regressed", members=tuple(sorted(places)), example=min(places))


def _of_portal(archive: Archive, portal: PortalHistory, news: News) -> Iterator[Alarm]:
    name = portal.portal
    if portal.visits and portal.visits[-1].blocked:
        yield _alarm("portal_blocked", name, since=_date(failing(portal.visits)[0]))
    elif (down := _unreachable(portal)) is not None:
        yield down
    lists = [page for page in portal.pages if page.role is Role.LIST]
    dead = [page for page in lists if page.good and _is_dead(page)]
    alive = [page for page in lists if not _is_dead(page) and page.outcome is not Outcome.REDIRECT]
    if dead and not alive:
        yield _alarm("column_vanished", name, example=dead[0].url)
    elif alive and _listed_once(archive, name) and not any(_lists(archive, page) for page in alive):
        yield _alarm("column_empty", name, example=alive[0].url)
    gone = tuple(sorted(gone_reports(portal, news)))
    if gone:
        yield _alarm("reports_gone", name, members=gone, example=gone[0])
    withdrawn = tuple(url for at, url in news.withdrawn if at == name)
    if withdrawn:
        yield _alarm("reports_withdrawn", name, members=withdrawn, example=withdrawn[0])


def gone_reports(portal: PortalHistory, news: News) -> set[str]:
    """URLs of reports of a portal that are no longer there."""
    return {
        page.url
        for page in portal.pages
        if page.role is Role.ARTICLE and page.good and page.missing and page.url in news.report_urls
    }


def _unreachable(portal: PortalHistory) -> Alarm | None:
    down = failing(portal.visits)
    nights = {_date(visit) for visit in down}
    rule = _kinds()["portal_unreachable"]
    if len(nights) < rule["nights"]:
        return None
    later = len(nights) >= rule["nights_later"]
    return Alarm(
        kind="portal_unreachable",
        severity=rule["severity_later"] if later else rule["severity"],
        portal=portal.portal,
        fields={"since": min(nights), "nights": str(len(nights))},
    )


def _is_dead(page: PageHistory) -> bool:
    """Whether there is no list where one was; a page that could not be had once says nothing."""
    if page.missing or page.judgement in (Judgement.LAYOUT_UNKNOWN, Judgement.EMPTY):
        return True
    return page.outcome is Outcome.HTTP_ERROR and page.failures >= _PATIENCE


def _lists(archive: Archive, page: PageHistory) -> bool:
    if page.failures or page.shown is None:
        return True  # nobody knows what it lists tonight
    return bool(reading_of(archive, page.shown).links)


_LISTED = """
SELECT EXISTS (
    SELECT 1 FROM captures AS c JOIN links AS l ON l.page = c.id
    WHERE l.role = 'article' AND c.circumstances IN (SELECT id FROM circumstances WHERE portal = ? AND role = 'list')
)
"""


def _listed_once(archive: Archive, portal: str) -> bool:
    with archive.explaining("looking for links"):
        (found,) = archive.db.conn.execute(_LISTED, [portal]).fetchone()
    return bool(found)


def _date(visit: Visit) -> str:
    return visit.time.astimezone(SHANGHAI).date().isoformat()


def _alarm(kind: str, portal: str | None = None, members: tuple[str, ...] = (), **fields: str) -> Alarm:
    return Alarm(kind=kind, severity=_kinds()[kind]["severity"], portal=portal, members=members, fields=fields)


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("alarms.toml").read_text(encoding="utf-8"))
