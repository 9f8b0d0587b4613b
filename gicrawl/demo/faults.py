"""Faults switched on: what had to become of each, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gicrawl.archive.records import Judgement, Outcome
from gicrawl.corpus.views import parsed_reports
from gicrawl.demo.places import path_of
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import StoredCapture
    from gicrawl.demo.compare import Comparison
    from gicrawl.portals.registry import Registry
    from gicrawl.sample import SampleRecord

REPORT = "report"
"""Expected where a fault must not cost the report, or any report of the portal."""
NOTHING = "nothing"
LINE = "broken_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultResult:
    """One fault.

    Attributes:
        portal: where it is; `registry` for the broken line of the registry file.
        name: of the fault.
        path: of the article that has it; None where the whole portal does.
        expected: what may become of it.
        came: what became of it.
        requests: how often the portal was asked, where the fault bounds that; else None.
        most_requests: that bound.
    """

    portal: str
    name: str
    path: str | None
    expected: tuple[str, ...]
    came: str
    requests: int | None = None
    most_requests: int | None = None

    @property
    def as_expected(self) -> bool:
        """Whether what came may come."""
        within = self.requests is None or self.most_requests is None or self.requests <= self.most_requests
        return self.came in self.expected and within


def compare_faults(archive: Archive, record: SampleRecord, comparison: Comparison) -> tuple[FaultResult, ...]:
    """Hold what became of every fault against what had to.

    Args:
        archive: crawled and parsed.
        record: what the sample server told when it stopped.
        comparison: found against there.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    parsed = {
        (report.row.portal, path_of(report.row.final_url)): report.row.status
        for report in parsed_reports(archive, statuses=tuple(Status))
    }
    whole = {portal.portal: portal.exact for portal in comparison.portals}
    results = []
    for portal in record.manifest["portals"]:
        if not portal["ills"]:
            continue
        name = portal["id"]
        captures = list(archive.captures(portal=name))
        asked = sum(request.portal == name for request in record.requests)
        for ill in portal["ills"]:
            expected = tuple(ill["expected"])
            if ill["path"] is None:
                came = _of_portal(captures, expected, exact=whole[name])
            else:
                came = _of_article(captures, ill["path"], parsed.get((name, ill["path"])))
            results.append(_result(name, ill, expected, came, asked))
    return tuple(results)


def _result(name: str, ill: Mapping[str, Any], expected: tuple[str, ...], came: str, asked: int) -> FaultResult:
    bounded = ill["most_requests"] is not None
    return FaultResult(
        portal=name,
        name=ill["name"],
        path=ill["path"],
        expected=expected,
        came=came,
        requests=asked if bounded else None,
        most_requests=ill["most_requests"],
    )


def _of_portal(captures: list[StoredCapture], expected: tuple[str, ...], *, exact: bool) -> str:
    """Whether all reports were found, or else the first thing that was expected, or the last that was said."""
    if expected == (REPORT,):
        return REPORT if exact else "reports missing"
    words = [_word(capture) for capture in captures]
    return next((word for word in words if word in expected), words[-1] if words else NOTHING)


def _of_article(captures: list[StoredCapture], path: str, status: Status | None) -> str:
    if status is Status.REPORT:
        return REPORT
    own = [capture for capture in captures if path_of(capture.requested_url) == path]
    if not own:
        return NOTHING
    word = _word(own[-1])
    return status.value if word == Outcome.OK.value and status is not None else word


def _word(capture: StoredCapture) -> str:
    """What a capture says of itself: its judgement where that says more than that something came, else its outcome."""
    if capture.judgement not in {None, Judgement.CONTENT} and capture.judgement is not None:
        return capture.judgement.value
    return capture.outcome.value


def broken_line(registry: Registry, portals: int) -> FaultResult:
    """Whether the broken line of the registry file was told and cost no other entry.

    Args:
        registry: as it was read.
        portals: how many right entries there are.
    """
    told = len(registry.problems) == 1 and len(registry) == portals
    return FaultResult(
        portal="registry",
        name=LINE,
        path=None,
        expected=("told",),
        came="told" if told else f"{len(registry.problems)} problems, {len(registry)} entries",
    )
