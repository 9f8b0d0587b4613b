"""What became of the bodies an archive knows, as far as the regions table tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.corpus.current import reading
from gicrawl.corpus.issuers import body_id
from gicrawl.corpus.issuers_lineage import region_changes
from gicrawl.corpus.panel import issuers
from gicrawl.corpus.panel_index import issuers_with_reports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.issuers import Body
    from gicrawl.corpus.issuers_lineage import RegionChange
    from gicrawl.corpus.selection import Selection
    from gicrawl.portals.registry import Portal


@dataclass(frozen=True, slots=True)
class IssuerChange:
    """What became of a body.

    Attributes:
        predecessor, successor: issuer ids; equal where the body goes on under another name or rank.
        change: of their divisions.
    """

    predecessor: str
    successor: str
    change: RegionChange


def issuer_changes(
    archive: Archive, registry: Iterable[Portal] = (), selection: Selection | None = None
) -> list[IssuerChange]:
    """Renamings, upgrades, mergers and splits of the divisions of known bodies, by predecessor, year and successor.

    Where a division ended, its government is followed by that of its successor, whether or not a report of either was
    found; any other body only by a body of the same name there that is known, too.

    Args:
        archive: where to look.
        registry: who publishes where.
        selection: only changes from or to a body that is in it.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    portals = tuple(registry)
    with reading(archive) as connection:
        bodies = {known.body.id: known.body for known in issuers_with_reports(connection, portals)}
        wanted = {entry.issuer_id for entry in issuers(archive, portals, selection)} if selection else bodies.keys()
    by_root: dict[str, list[RegionChange]] = {}
    for change in region_changes():
        for root in {change.predecessor, change.successor}:
            by_root.setdefault(root, []).append(change)
    found = {
        (one.predecessor, one.change.year, one.successor, one.change.kind): one
        for body in bodies.values()
        if body.lineage is not None
        for change in by_root.get(body.lineage.root, ())
        for one in _of(body, change, bodies.keys())
        if one.predecessor in wanted or one.successor in wanted
    }
    return [found[key] for key in sorted(found)]


def _of(body: Body, change: RegionChange, known: Collection[str]) -> Iterator[IssuerChange]:
    ids = (body_id(change.predecessor, body.rest), body_id(change.successor, body.rest))
    if change.predecessor == change.successor or body.government or all(one in known for one in ids):
        yield IssuerChange(*ids, change)
