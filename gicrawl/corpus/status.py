"""Coverage and health for people: what is there, what is missing, and what stands between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.corpus.accounting import SETTLED, Fate, addresses
from gicrawl.corpus.current import reading
from gicrawl.corpus.history_gone import Withdrawals
from gicrawl.corpus.panel_index import newest_capture
from gicrawl.corpus.reparse import pending
from gicrawl.corpus.selection import Selection
from gicrawl.corpus.views import checks_of, reports
from gicrawl.parser.report import CheckStatus, Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Reports of one portal and year.

    Attributes:
        portal: id in the registry; None for URLs the user named.
        year: the year reported on; None where the parser could not tell.
        reports: distinct reports, however many versions each has.
        wrong: of these, with at least one failed check of severity `error` in any version.
    """

    portal: str | None
    year: int | None
    reports: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Article URLs of one portal with the same fate, none of which gave a report.

    Attributes:
        fate: a value of `gicrawl.corpus.accounting.Fate`.
        urls: how many.
        example: the first of them.
    """

    portal: str | None
    fate: str
    urls: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """A run as people want to hear of it; times in UTC, ISO 8601; `status` is None while it runs or when killed."""

    id: str
    kind: str
    started: str
    finished: str | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of an archive; `dataclasses.asdict` of it is ready for JSON.

    Attributes:
        archive: its file.
        captures: fetches of any kind.
        bodies: distinct bodies.
        documents: documents (a page version in its context).
        reports: distinct reports.
        versions: report versions.
        withdrawn: distinct reports that were taken away, by the rule of `gicrawl.corpus.withdrawn`.
        near_misses: article URLs that were read and are no report.
        failed: article URLs whose document could not be read.
        unparsed: documents that the current parser has not parsed.
        checks: (pass, fail, not_assessable → how many) over all current report versions.
        coverage: by portal and year.
        standing: what stands between us and a report, by portal.
        parsers: parser version → current parses by it.
        last_run: the newest run.
        last_success: when the newest run that ended with status `finished` did so.
    """

    archive: str
    captures: int
    bodies: int
    documents: int
    reports: int
    versions: int
    withdrawn: int
    near_misses: int
    failed: int
    unparsed: int
    checks: dict[str, int]
    coverage: tuple[Coverage, ...]
    standing: tuple[Standing, ...]
    parsers: dict[str, int]
    last_run: LastRun | None
    last_success: str | None


SUCCESS = "finished"
"""Status of a run that did what it was asked to."""

PARTS = frozenset({"nightly_crawl", "import"})
"""Kinds of runs whose end does not say that the portals have been looked after: a part of a night, an import."""


def status(archive: Archive, portals: Collection[str] | None = None, selection: Selection | None = None) -> Status:
    """Take stock.

    Args:
        archive: of what.
        portals: ids to keep where no report tells whose it is: pages that are none, that cannot be read, that stand
            between us and a report; None means all.
        selection: bodies and years to keep among the reports. A portal publishes for others, too, so that reports go
            by their issuers.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    chosen = selection or Selection()
    unparsed = sum(1 for _ in pending(archive, selection=chosen))
    with reading(archive) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - constants
            for table in ("captures", "bodies", "documents")
        ]
        parsers = connection.execute(
            "SELECT parser, count(*) FROM temp.current_parses AS current JOIN parses ON parses.id = current.parse "
            "GROUP BY parser ORDER BY parser"
        ).fetchall()
        wanted = None if portals is None else set(portals)
        seen: dict[tuple[str | None, int | None], dict[str, bool]] = {}
        checks: Counter[str] = Counter()
        versions = 0
        withdrawals, moment = Withdrawals(connection), newest_capture(connection)
        gone = set()
        for report in reports(archive):
            if not chosen.has_issuer(report.issuer, report.year):
                continue
            versions += 1
            made = checks_of(connection, report.parse)
            checks.update(check.status.value for check in made)
            wrong = any(c.status is CheckStatus.FAIL and c.severity is Severity.ERROR for c in made)
            cell = seen.setdefault((report.portal, report.year), {})
            if withdrawals.of(report.report_id, report.final_url, moment) is not None:
                gone.add(report.report_id)
            cell[report.report_id] = wrong or cell.get(report.report_id, False)
        found = [a for a in addresses(archive) if wanted is None or a.portal in wanted]
    runs = [run for run in archive.runs() if run.kind not in PARTS]
    return Status(
        archive=str(archive.path),
        captures=counts[0],
        bodies=counts[1],
        documents=counts[2],
        reports=len({report for cell in seen.values() for report in cell}),
        versions=versions,
        withdrawn=len(gone),
        near_misses=sum(address.fate is Fate.NOT_A_REPORT for address in found),
        failed=sum(address.fate is Fate.FAILED for address in found),
        unparsed=unparsed,
        checks={outcome.value: checks[outcome.value] for outcome in CheckStatus},
        coverage=tuple(
            Coverage(portal=portal, year=year, reports=len(cell), wrong=sum(cell.values()))
            for (portal, year), cell in sorted(seen.items(), key=lambda item: _sortable(*item[0]))
        ),
        standing=_standing([(a.portal, a.fate, a.url) for a in found if a.fate not in SETTLED]),
        parsers=dict(parsers),
        last_run=_last_run(runs),
        last_success=next(
            (run.finished.isoformat() for run in reversed(runs) if run.finished and run.status == SUCCESS), None
        ),
    )


def _standing(found: list[tuple[str | None, Fate, str]]) -> tuple[Standing, ...]:
    groups: dict[tuple[str | None, Fate], list[str]] = {}
    for portal, fate, url in found:
        groups.setdefault((portal, fate), []).append(url)
    order = sorted(groups, key=lambda key: (*_sortable(key[0], None), key[1]))
    return tuple(
        Standing(portal=portal, fate=fate.value, urls=len(groups[portal, fate]), example=min(groups[portal, fate]))
        for portal, fate in order
    )


def _last_run(runs: list[Run]) -> LastRun | None:
    if not runs:
        return None
    run = runs[-1]
    return LastRun(
        id=str(run.id),
        kind=run.kind,
        started=run.started.isoformat(),
        finished=None if run.finished is None else run.finished.isoformat(),
        status=run.status,
    )


def _sortable(portal: str | None, year: int | None) -> tuple[bool, str, bool, int]:
    """Portals by id and years by number, the unknown ones last."""
    return portal is None, "" if portal is None else portal, year is None, -1 if year is None else year
