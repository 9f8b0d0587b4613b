"""Care for what is stored: checks that are put on record, and copies made while others write."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, explaining
from gicrawl.archive.events import EventType, note
from gicrawl.archive.folders import make_folder, sync_folder
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from gicrawl.archive.store import Archive
    from gicrawl.archive.verify import Finding

_NAMED = 20
"""Damaged things named in the event of a check; all of them are told to whoever asked."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made and verified: where it is, and its bytes on disk."""

    path: Path
    size: int


def on_record(archive: Archive, findings: Iterable[Finding], **detail: object) -> Iterator[Finding]:
    """The findings of a check, and an event about it once they have all been looked at.

    Args:
        archive: that was checked.
        findings: of `gicrawl.archive.verify.verify`.
        detail: how it was checked.
    """
    found: list[str] = []
    count = 0
    for finding in findings:
        count += 1
        if len(found) < _NAMED:
            found.append(f"{finding.code} {finding.subject}")
        yield finding
    with suppress(ArchiveError):  # a damaged archive, or a full disk, can be checked as well
        note(archive, EventType.FIXITY, {**detail, "findings": count}, objects=found, success=not count)


def backup(archive: Archive, to: Path, *, replace: bool = False, progress: Callable[[], None] | None = None) -> Backup:
    """Copy an archive while others write it, and verify the copy before it gets its name.

    The copy shows one moment: SQLite reads it in one transaction (sqlite.org/backup.html), and in WAL mode no writer
    waits for that. A backup that fails, or is killed, leaves what stood at `to` before.

    Args:
        archive: an open archive.
        to: the new file.
        replace: overwrite an older backup there.
        progress: is called when the copy is made and is to be verified.

    Raises:
        ArchiveError: there is something at `to` that may not be overwritten, or it cannot be written.
        ArchiveFull: there is no room for it.
        ArchiveDamaged: the copy, and so most likely the archive, is damaged.
    """
    if to.exists():
        if to.samefile(archive.path):
            raise ArchiveError(f"{to}: this is the archive itself; name another file with --to")
        if not replace:
            raise ArchiveError(f"{to}: there is a file already; name another one, or overwrite it with --replace")
    draft = to.with_name(f".{to.name}.part")
    try:
        _copy(archive, draft)
        if progress is not None:
            progress()
        with open_archive(draft) as copy:
            wrong = next(verify(copy), None)
        if wrong is not None:
            raise ArchiveDamaged(
                f"{archive.path}: its copy is damaged ({wrong.message}), and was not kept; see `gicrawl verify`"
            )
        size = draft.stat().st_size
        draft.replace(to)
        sync_folder(to.parent)
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)
    note(archive, EventType.BACKUP, {"to": str(to), "bytes": size})
    return Backup(to, size)


def _copy(archive: Archive, draft: Path) -> None:
    with explaining(draft, "writing the backup"):
        make_folder(draft.parent)
        draft.unlink(missing_ok=True)
        target = sqlite3.connect(f"{draft.absolute().as_uri()}?mode=rwc", uri=True)
        try:
            archive.db.conn.backup(target)  # in one step: in several, each write of another process begins it anew
        finally:
            target.close()
    with draft.open("rb") as file:
        os.fsync(file.fileno())
