"""What was found against what is there, cell by cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gicrawl.archive.records import Outcome
from gicrawl.corpus.accounting import Fate, addresses
from gicrawl.corpus.views import parsed_reports
from gicrawl.demo.attached import Attached, compare_attached
from gicrawl.demo.places import path_of
from gicrawl.parser.report import CheckStatus, State, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.views import ParsedReport
    from gicrawl.parser.report import Key
    from gicrawl.sample import SampleRecord

EXPECTED_FATES = {
    "missing": (Fate.MISSING,),
    "soft_404": (Fate.MISSING, Fate.NOT_A_REPORT),
    "torn": (Fate.TORN,),
    "robots_denied": (Fate.DENIED, Fate.NOT_VISITED),
}
"""What the archive must say of a listed article that cannot be had, by the manifest's kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check that does not simply hold.

    Attributes:
        source: URL of the report.
        place: key of the row or column it is about.
    """

    source: str
    issuer: str | None
    year: int | None
    id: str
    status: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalResult:
    """Found against there, for one portal.

    Attributes:
        reports_there: reports that are listed and can be had.
        reports_found: of these, archived and parsed as reports.
        near_misses: listed articles that are none.
        parsed_wrongly: pages parsed as reports that are none.
        unavailable: listed articles that cannot be had (missing, torn, forbidden).
        accounted: of these, those of which the archive says why.
        forbidden: requests for what robots.txt forbids.
    """

    portal: str
    reports_there: int
    reports_found: int
    near_misses: int
    parsed_wrongly: int
    unavailable: int
    accounted: int
    forbidden: int

    @property
    def exact(self) -> bool:
        """Whether nothing is missing and nothing too much."""
        return (
            self.reports_found == self.reports_there
            and self.accounted == self.unavailable
            and not self.parsed_wrongly
            and not self.forbidden
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What became of one file that was served as an article.

    Attributes:
        archived: whether the archive holds exactly its bytes.
        status: of its parse; None where there is none.
        read: numbers read.
        checks: checks by outcome.
    """

    file: str
    archived: bool
    status: str | None
    issuer: str | None
    year: int | None
    read: int
    checks: Mapping[str, int]

    @property
    def exact(self) -> bool:
        """Whether it was crawled, archived and parsed."""
        return self.archived and self.status in {Status.REPORT, Status.NOT_A_REPORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Found against there.

    Attributes:
        cells: of the reports found: `there`, `exact`, `missed` (printed, not read), `wrong` (another number or state)
            and `extra` (numbers in cells the report does not have).
        labels: reports whose issuer or year is another than printed.
        checks: checks by outcome.
        findings: checks that fail or cannot be assessed.
        unexpected: findings that do not follow from what is printed, and those that follow and were not made.
        attached: what became of the files and pictures of reports.
        files: what became of each file, where the user gave a folder; nothing else is known of them.
    """

    portals: tuple[PortalResult, ...]
    cells: Mapping[str, int]
    labels: int
    checks: Mapping[str, int]
    findings: tuple[Finding, ...]
    unexpected: int
    attached: Attached
    files: tuple[FileResult, ...]

    @property
    def exact(self) -> bool:
        """Whether the findings are exactly what is there."""
        if self.files:
            return all(file.exact for file in self.files)
        return (
            all(portal.exact for portal in self.portals)
            and self.cells["exact"] == self.cells["there"]
            and self.attached.exact
            and not (self.cells["extra"] or self.labels or self.unexpected)
        )


def compare(archive: Archive, record: SampleRecord) -> Comparison:
    """Hold an archive against the manifest of the portals it was crawled from.

    Args:
        archive: crawled and parsed.
        record: what the sample server told when it stopped.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    portals = record.manifest["portals"]
    found = {_place(report): report for report in parsed_reports(archive, statuses=tuple(Status))}
    fates = {(address.portal, path_of(address.url)): address.fate for address in addresses(archive)}
    cells: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    findings: list[Finding] = []
    labels = unexpected = 0
    for truth in (report for portal in portals for report in portal["reports"]):
        report = found.get((truth["portal"], truth["path"]))
        if report is None or report.row.status is not Status.REPORT:
            continue
        cells.update(_cells(truth, report))
        labels += (report.row.issuer.name, report.row.year) != (truth["issuer"], truth["year"])
        checks.update(check.status.value for check in report.checks)
        made = list(_findings(report))
        findings += made
        expected = {(f["id"], f["status"], f["place"]) for f in truth["failed"]}
        unexpected += len(expected ^ {(f.id, f.status, f.place) for f in made})
    return Comparison(
        portals=tuple(_portal(portal, found, fates, record) for portal in portals),
        cells={name: cells[name] for name in ("there", "exact", "missed", "wrong", "extra")},
        labels=labels,
        checks={status.value: checks[status.value] for status in CheckStatus},
        findings=tuple(findings),
        unexpected=unexpected,
        attached=compare_attached(archive, portals, found),
        files=tuple(file for portal in portals for file in _files(archive, portal, found)),
    )


def _portal(
    portal: Mapping[str, Any],
    found: Mapping[tuple[str | None, str], ParsedReport],
    fates: Mapping[tuple[str | None, str], Fate],
    record: SampleRecord,
) -> PortalResult:
    name = portal["id"]
    there = {report["path"] for report in portal["reports"]}
    reports = {path for (owner, path), r in found.items() if owner == name and r.row.status is Status.REPORT}
    served = {file["path"] for file in portal["files"]}  # of the user's own files nobody knows what they are
    unreadable = {entry["path"] for entry in portal["unreadable"]}  # reports, whatever can be read of them
    damaged = {
        entry["path"] for entry in portal["damaged"]
    }  # reports too, and what had to become of them is told apart
    forbidden = tuple(portal["robots"]["disallow"])
    return PortalResult(
        portal=name,
        reports_there=len(there),
        reports_found=len(there & reports),
        near_misses=len(portal["near_misses"]),
        parsed_wrongly=len(reports - there - served - unreadable - damaged),
        unavailable=len(portal["unavailable"]),
        accounted=sum(
            fates.get((name, entry["path"])) in EXPECTED_FATES[entry["kind"]] for entry in portal["unavailable"]
        ),
        forbidden=sum(r.portal == name and r.target.startswith(forbidden) for r in record.requests) if forbidden else 0,
    )


def _cells(truth: Mapping[str, Any], report: ParsedReport) -> Counter[str]:
    """One report's cells, counted by what became of them."""
    counts: Counter[str] = Counter()
    read = {cell.key: cell for cell in report.cells}
    there = dict(_flat(truth["cells"]))
    states = dict(_flat(truth["states"]))
    candidates = dict(_flat(truth["candidates"]))
    for key, value in there.items():
        cell = read.get(key)
        state = State.ABSENT if cell is None else cell.state
        counts["there"] += 1
        as_printed = cell is not None and state == states.get(key, State.NUMBER) and cell.value == value
        if as_printed and cell is not None and key in candidates:
            as_printed = [raw for raw, _ in cell.candidates] == candidates[key]
        if as_printed:
            counts["exact"] += 1
        else:
            counts["wrong" if state is State.NUMBER else "missed"] += 1
    counts["extra"] = sum(cell.state is State.NUMBER and key not in there for key, cell in read.items())
    return counts


def _flat(tree: Mapping[str, Any]) -> Iterator[tuple[Key, Any]]:
    for table, rows in tree.items():
        for row, columns in rows.items():
            for column, value in columns.items():
                yield (table, row, column), value


def _findings(report: ParsedReport) -> Iterator[Finding]:
    for check in report.checks:
        if check.status is CheckStatus.PASS:
            continue
        yield Finding(
            source=report.row.final_url,
            issuer=report.row.issuer.name,
            year=report.row.year,
            id=check.id,
            status=check.status.value,
            place=check.row or check.column or check.table or "",
        )


def _files(
    archive: Archive, portal: Mapping[str, Any], found: Mapping[tuple[str | None, str], ParsedReport]
) -> Iterator[FileResult]:
    if not portal["files"]:
        return
    kept = {
        capture.decoded_sha256 or capture.body_sha256
        for capture in archive.captures(portal=portal["id"], outcome=Outcome.OK)
    }
    for file in portal["files"]:
        report = found.get((portal["id"], file["path"]))
        yield FileResult(
            file=file["file"],
            archived=bytes.fromhex(file["sha256"]) in kept,
            status=None if report is None else report.row.status.value,
            issuer=None if report is None else report.row.issuer.name,
            year=None if report is None else report.row.year,
            read=0 if report is None else sum(cell.state is State.NUMBER for cell in report.cells),
            checks=Counter() if report is None else Counter(check.status.value for check in report.checks),
        )


def _place(report: ParsedReport) -> tuple[str | None, str]:
    return report.row.portal, path_of(report.row.final_url)
