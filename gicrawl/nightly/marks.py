"""Where the last night ended: what came after it is new, however many starts it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import Run

KIND = "nightly"
"""Kind of the run that stands for the whole night."""

FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The newest rows at some moment; inner numbers of one archive's file, so they stay in its runs' summaries.

    Attributes:
        captures, bodies, parses: newest row of each table; 0 where it is empty.
    """

    captures: int = 0
    bodies: int = 0
    parses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LastNight:
    """The last nightly run that came to its end.

    Attributes:
        marks: where it ended.
        summary: what it reported; empty before the first.
        since: ids of the runs that began after it did.
    """

    marks: Marks
    summary: Mapping[str, Any]
    since: frozenset[UUID]


def marks_of(archive: Archive) -> Marks:
    """The newest rows now.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with archive.explaining("looking for its newest rows"):
        newest = [
            archive.db.conn.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]  # noqa: S608 - constants
            for table in ("captures", "bodies", "parses")
        ]
    return Marks(captures=newest[0], bodies=newest[1], parses=newest[2])


def last_night(runs: list[Run]) -> LastNight:
    """The last nightly run that came to its end, or that there was none."""
    for place in range(len(runs) - 1, -1, -1):
        run = runs[place]
        if run.kind == KIND and run.status == FINISHED and run.summary is not None:
            after = frozenset(later.id for later in runs[place + 1 :] if later.id != run.id)
            return LastNight(marks=Marks(**run.summary["marks"]), summary=run.summary, since=after - _of(run, runs))
    return LastNight(marks=Marks(), summary={}, since=frozenset(run.id for run in runs))


def _of(night: Run, runs: list[Run]) -> frozenset[UUID]:
    """The runs that were over before that night was: its own crawl, and what others did meanwhile."""
    assert night.finished is not None  # a finished run has an end
    return frozenset(run.id for run in runs if run.finished is not None and run.finished <= night.finished)
