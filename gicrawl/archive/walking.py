"""Walking through an archive's captures, whatever is written meanwhile, and past those that cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gicrawl.archive import reading
from gicrawl.archive.errors import ArchiveDamaged, damaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.archive.records import Outcome, Role
    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import StoredCapture

_UUID = 16
_CHUNK = 500
"""Captures read at once: no read transaction stays open between two chunks."""


def walk(
    archive: Archive, *, portal: str | None, role: Role | None, outcome: Outcome | None, run: UUID | None
) -> Iterator[StoredCapture]:
    """Committed captures, as `Archive.captures` has them."""
    ids = _numbers(archive, portal=portal, role=role, outcome=outcome, run=run)
    lost: list[tuple[int, ArchiveDamaged]] = []
    for at in range(0, len(ids), _CHUNK):
        chunk = ids[at : at + _CHUNK]
        try:
            found = _rows(archive, chunk)
        except ArchiveDamaged:  # one of them is: each by itself
            found = {}
        for number in chunk:
            try:
                row = found[number] if number in found else _whole_row(archive, number)
                capture = reading.made(archive.path, reading.stored_capture, row)
            except ArchiveDamaged as error:
                lost.append((number, error))
                continue
            yield capture
    if lost:
        raise _lost(archive, lost) from lost[0][1]


def _numbers(
    archive: Archive, *, portal: str | None, role: Role | None, outcome: Outcome | None, run: UUID | None
) -> list[int]:
    """The row numbers of the captures that are wanted, the newest last."""
    wanted: list[tuple[str, object]] = []
    if portal is not None:
        wanted.append(("o.portal = ?", portal))
    if role is not None:
        wanted.append(("o.role = ?", role.value))
    if outcome is not None:
        wanted.append(("c.outcome = ?", outcome.value))
    if run is not None:
        wanted.append(("c.run = (SELECT id FROM runs WHERE uuid = ?)", run.bytes))
    where = " AND ".join(condition for condition, _ in wanted) or "1"
    joined = "" if portal is None and role is None else "JOIN circumstances AS o ON o.id = c.circumstances "
    rows = archive.select(
        "reading",
        f"SELECT c.id FROM captures AS c {joined}WHERE {where} ORDER BY c.time, c.id",  # noqa: S608  # names of ours
        [value for _, value in wanted],
    )
    return [row[0] for row in rows]


def _rows(archive: Archive, numbers: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    wanted = reading.CAPTURES + "WHERE c.id IN (SELECT value FROM json_each(?))"  # noqa: S608  # names of ours
    return {row[0]: row for row in archive.select("reading", wanted, [json.dumps(numbers)])}


def _whole_row(archive: Archive, number: int) -> tuple[Any, ...]:
    """A capture that is there, with all it refers to."""
    found = _rows(archive, [number]).get(number)
    if found is None:
        raise damaged(archive.path, "reading", "a capture names a row that is not there")
    return found


def _lost(archive: Archive, lost: list[tuple[int, ArchiveDamaged]]) -> ArchiveDamaged:
    number, error = lost[0]
    rows = archive.select("reading", "SELECT uuid FROM captures WHERE id = ?", [number])
    name = str(UUID(bytes=rows[0][0])) if rows and len(rows[0][0]) == _UUID else f"in row {number}"
    more = f", nor can {len(lost) - 1} more" if len(lost) > 1 else ""
    return ArchiveDamaged(
        f"{archive.path}: capture {name} cannot be read{more}; `gicrawl verify` names what is damaged ({error})"
    )
