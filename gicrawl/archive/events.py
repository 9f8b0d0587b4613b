"""What was done to the archive, in the manner of PREMIS 3 (Library of Congress, Data Dictionary, chapter 2, Event).

An event has a type, a time, an agent (this program and its version), an outcome, the objects it was about, and detail.
Events are written in the transaction that does the thing, so that neither is there without the other. What came in is
told by the table of runs already: `events` leaves ingestion to them, and adds what was done to what is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from gicrawl.archive.seals import seal
from gicrawl.archive.stored import from_microseconds, to_microseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from gicrawl.archive.store import Archive


class EventType(StrEnum):
    """What was done; terms of the Library of Congress' eventType vocabulary where it has one."""

    INGESTION = "ingestion"  # something came in: a run
    FIXITY = "fixity check"
    MIGRATION = "migration"  # the schema became today's
    COMPACTION = "compression"
    MERGE = "merging"
    BACKUP = "replication"
    WITHHOLDING = "withholding"
    RELEASE = "release"  # a withholding was taken back
    DELETION = "deletion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was done.

    Attributes:
        id: of an ingestion, the run's.
        time: UTC; of an ingestion, when the run began.
        agent: program and version.
        success: whether it did what it should; a fixity check that finds damage did not.
        objects: what it was about: `sha256:…`, `urn:uuid:…`, `report:…`; empty for the archive as a whole.
        detail: figures and names, as JSON values.
    """

    id: UUID
    type: EventType
    time: datetime
    agent: str
    success: bool
    objects: tuple[str, ...]
    detail: Mapping[str, Any]


def record(
    conn: sqlite3.Connection,
    kind: EventType,
    detail: Mapping[str, object],
    *,
    objects: Iterable[str] = (),
    success: bool = True,
) -> UUID:
    """Write an event, in the transaction that is open. Arguments as in `Event`; returns its id."""
    event = uuid4()
    told = (
        event.bytes,
        kind.value,
        to_microseconds(datetime.now(UTC)),
        f"gicrawl {version('gicrawl')}",
        "success" if success else "failure",
        json.dumps(list(objects), ensure_ascii=False),
        json.dumps(detail, ensure_ascii=False, sort_keys=True),
    )
    conn.execute(
        "INSERT INTO events (uuid, type, time, agent, outcome, objects, detail, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*told, seal(*told)),
    )
    return event


def note(
    archive: Archive,
    kind: EventType,
    detail: Mapping[str, object],
    *,
    objects: Iterable[str] = (),
    success: bool = True,
) -> UUID:
    """Write an event in a transaction of its own.

    Raises:
        ArchiveError: it could not be written.
    """
    with archive.transaction("noting an event") as conn:
        return record(conn, kind, detail, objects=objects, success=success)


def events(archive: Archive) -> list[Event]:
    """Everything that was done, oldest first; runs are ingestions.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with archive.explaining("reading events"):
        rows = archive.db.conn.execute(
            "SELECT uuid, type, time, agent, outcome, objects, detail FROM events ORDER BY time, uuid"
        ).fetchall()
    found = [
        Event(
            id=UUID(bytes=uuid),
            type=EventType(kind),
            time=from_microseconds(time),
            agent=agent,
            success=outcome == "success",
            objects=tuple(json.loads(objects)),
            detail=json.loads(detail),
        )
        for uuid, kind, time, agent, outcome, objects, detail in rows
    ]
    found += [
        Event(
            id=run.id,
            type=EventType.INGESTION,
            time=run.started,
            agent=f"gicrawl {run.version}",
            success=run.finished is not None,
            objects=(f"urn:uuid:{run.id}",),
            detail={"kind": run.kind, "status": run.status},
        )
        for run in archive.runs()
    ]
    return sorted(found, key=lambda event: (event.time, event.id))
