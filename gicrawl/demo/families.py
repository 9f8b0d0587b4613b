"""The proving ground family by family: what was found of what is there, and what it cost its portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gicrawl.demo.compare import Comparison
    from gicrawl.sample import SampleRecord

_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyResult:
    """One family's portal.

    Attributes:
        reports_there, reports_found: reports that can be had, and those archived and parsed as reports.
        parsed_wrongly: pages parsed as reports that are none.
        files_there, files_found: files and pictures of its reports that are there, and those fetched.
        requests: everything the portal was asked, robots.txt and lists included, by its own record.
    """

    family: str
    portal: str
    reports_there: int
    reports_found: int
    parsed_wrongly: int
    files_there: int
    files_found: int
    requests: int

    @property
    def cost(self) -> float | None:
        """Requests for each report or file found; None where none was found."""
        found = self.reports_found + self.files_found
        return self.requests / found if found else None


def by_family(comparison: Comparison, record: SampleRecord) -> tuple[FamilyResult, ...]:
    """Put together what the comparison and the portals' own record say of each family.

    Args:
        comparison: found against there.
        record: what the sample server told when it stopped.
    """
    told = {portal.portal: portal for portal in comparison.portals}
    out = []
    for portal in record.manifest["portals"]:
        own = [request for request in record.requests if request.portal == portal["id"]]
        had = {request.target for request in own if request.status == _OK}
        entries = (*portal["reports"], *portal["unreadable"])
        files = {file["path"] for entry in entries for file in entry["attachments"] if not file["missing"]}
        result = told[portal["id"]]
        out.append(
            FamilyResult(
                family=portal["family"],
                portal=portal["id"],
                reports_there=result.reports_there,
                reports_found=result.reports_found,
                parsed_wrongly=result.parsed_wrongly,
                files_there=len(files),
                files_found=len(files & had),
                requests=len(own),
            )
        )
    return tuple(out)
