"""Better compression, same bytes: bodies compressed again with patience, and the file given back its free space.

A body's stored form is replaced only by one that unpacks to the very same bytes: it is unpacked and hashed here, and
once more by the archive's own trigger, before the old form goes. That happens in batches, each in a transaction, and
SQLite's VACUUM is one as well, so a run may be killed at any moment: the next one goes on with what is left.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from gicrawl.archive.bodies import (
    ZSTD,
    DecodeError,
    Dictionary,
    dictionary_content,
    is_same_dictionary,
    squeeze,
    unpack,
)
from gicrawl.archive.cleaning import make_cleaned
from gicrawl.archive.dictionaries import AT_HAND, nearness, sketch_of
from gicrawl.archive.errors import ArchiveError, ArchiveFull
from gicrawl.archive.events import EventType, note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gicrawl.archive.store import Archive

LEVEL = 12
"""zstd's level for compacting: 19 saves 3 % more, and takes twenty times as long (docs/benchmarks)."""

_TRIAL = 3
"""Level at which dictionaries are tried before one is taken."""
_TRIED = 2
_CHUNK = 64
"""Bodies replaced in one transaction: other programs wait for it some milliseconds."""

_SITES = """
CREATE TEMP TABLE IF NOT EXISTS body_sites AS
SELECT c.body AS body, min(u.host) AS site FROM captures AS c JOIN urls AS u ON u.id = c.url
WHERE c.body IS NOT NULL GROUP BY c.body
"""
_WAITING = """
SELECT b.id, s.site FROM bodies AS b LEFT JOIN temp.body_sites AS s ON s.body = b.id
WHERE b.codec = 'zstd' AND b.level < ? ORDER BY s.site, b.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """What compacting did.

    Attributes:
        before, after: bytes of the archive's file, its write-ahead log included.
        looked_at: bodies not yet compressed at this level.
        repacked: bodies that are stored in fewer bytes now.
        cleaned: pages whose cleaned digest was made on the way.
        damaged: SHA-256 (hex) of bodies whose stored bytes do not unpack to them; they were left alone.
        shrunk: whether the file was given back its free space.
    """

    before: int
    after: int
    looked_at: int
    repacked: int
    cleaned: int
    damaged: tuple[str, ...]
    shrunk: bool


@dataclass(frozen=True, slots=True)
class Room:
    """Disk space that compacting needs for a while: bytes needed and bytes free in a folder."""

    folder: Path
    needed: int
    free: int


@dataclass(frozen=True, slots=True)
class _Choice:
    """A dictionary of a site, by its row."""

    row: int
    sketch: frozenset[bytes]
    ready: Dictionary


@dataclass(frozen=True, slots=True)
class _Task:
    """A body to compress again: its row, its bytes, how long its stored form is, and what it may be packed against."""

    row: int
    body: bytes
    stored: int
    dictionary: _Choice | None
    others: tuple[_Choice, ...]


def file_size(archive: Archive) -> int:
    """Bytes of the archive's file and of its write-ahead log."""
    log = archive.path.with_name(archive.path.name + "-wal")
    return archive.path.stat().st_size + (log.stat().st_size if log.exists() else 0)


def room(archive: Archive) -> tuple[Room, ...]:
    """The space VACUUM needs: a copy of the file in SQLite's temporary folder, and another as write-ahead log.

    One folder where both are on one filesystem, two otherwise.
    """
    size = file_size(archive)
    beside = archive.path.resolve().parent
    elsewhere = _temporary()
    if beside.stat().st_dev == elsewhere.stat().st_dev:
        return (Room(beside, 2 * size, shutil.disk_usage(beside).free),)
    return (
        Room(beside, size, shutil.disk_usage(beside).free),
        Room(elsewhere, size, shutil.disk_usage(elsewhere).free),
    )


def compact(
    archive: Archive,
    *,
    level: int = LEVEL,
    shrink: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Compaction:
    """Compress bodies and dictionaries better, make missing cleaned digests, and give free space back.

    An event tells of it, with its figures; of a run that was stopped, that it was (of one that was killed, the next).

    Args:
        archive: an open archive; others may read it, and write between two batches.
        level: zstd's, 1 to 22; what was compressed at this level or a higher one is left alone.
        shrink: rewrite the file without its free space (VACUUM). Without it the space is used by what is stored next.
        progress: told how many bodies of how many are done.

    Raises:
        ArchiveFull: there is no room for it; nothing was changed yet, or what was changed is safe.
        ArchiveError: the archive cannot be read or written.
    """
    if shrink:
        for place in room(archive):
            if place.free < place.needed:
                raise ArchiveFull(
                    f"{archive.path}: compacting needs {place.needed:,} bytes free in {place.folder} for a while, "
                    f"there are {place.free:,}; make room, or leave the file as long as it is with --no-shrink"
                )
    before = file_size(archive)
    try:
        with archive.explaining("looking for what to compress"):
            archive.db.conn.execute(_SITES)
            waiting: list[tuple[int, str | None]] = archive.db.conn.execute(_WAITING, [level]).fetchall()
        repacked, damaged = _repack(archive, waiting, level, progress)
        _repack_dictionaries(archive, level)
        cleaned = make_cleaned(archive)
        if shrink:
            with archive.explaining("giving back its free space"):
                archive.db.conn.execute("VACUUM")
                archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except BaseException as error:
        with suppress(ArchiveError):  # most likely the same that stopped it: a full disk, a lock
            note(archive, EventType.COMPACTION, {"level": level, "stopped": type(error).__name__}, success=False)
        raise
    done = Compaction(
        before=before,
        after=file_size(archive),
        looked_at=len(waiting),
        repacked=repacked,
        cleaned=cleaned,
        damaged=tuple(damaged),
        shrunk=shrink,
    )
    figures = {"before": before, "after": done.after, "bodies": done.looked_at, "repacked": repacked}
    detail = {"level": level, **figures, "cleaned": cleaned, "damaged": len(damaged), "shrunk": shrink}
    note(archive, EventType.COMPACTION, detail, objects=[f"sha256:{name}" for name in damaged])
    return done


def _temporary() -> Path:
    """Where SQLite puts temporary files (sqlite.org/tempfiles.html), as near as one can tell from outside."""
    places = (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp")  # noqa: S108
    found = (Path(place) for place in places if place and os.access(place, os.W_OK | os.X_OK))
    return next(found, Path(tempfile.gettempdir()))


def _repack(
    archive: Archive,
    waiting: Sequence[tuple[int, str | None]],
    level: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[int, list[str]]:
    repacked, damaged = 0, list[str]()
    site: str | None = None
    choices: dict[int, _Choice] = {}
    # zstd leaves the interpreter to others while it works
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        for at in range(0, len(waiting), _CHUNK):
            tasks: list[_Task] = []
            for row, host in waiting[at : at + _CHUNK]:
                if host is not None and host != site:
                    site, choices = host, _choices(archive, host)
                task = _task(archive, row, choices if host is not None else {}, damaged)
                if task is not None:
                    tasks.append(task)
            packed = workers.map(lambda task: _packed(task, level), tasks)
            with archive.transaction("storing bodies compressed again") as conn:
                for task, (small, chosen) in zip(tasks, packed, strict=True):
                    if len(small) < task.stored:
                        conn.execute(
                            "UPDATE bodies SET codec = ?, level = ?, dictionary = ?, data = ? WHERE id = ?",
                            [ZSTD, level, None if chosen is None else chosen.row, small, task.row],
                        )
                        repacked += 1
                    else:  # so that the next run does not try again
                        conn.execute("UPDATE bodies SET level = ? WHERE id = ?", [level, task.row])
            if progress is not None:
                progress(min(at + _CHUNK, len(waiting)), len(waiting))
    return repacked, damaged


def _choices(archive: Archive, site: str) -> dict[int, _Choice]:
    """The dictionaries of a site, the newest ones; a damaged one is no choice."""
    with archive.explaining("looking for dictionaries"):
        rows = archive.db.conn.execute(
            "SELECT id, data FROM dictionaries WHERE site = ? ORDER BY id DESC LIMIT ?", [site, 4 * AT_HAND]
        ).fetchall()
    found: dict[int, _Choice] = {}
    for row, data in rows:
        try:
            content = dictionary_content(data)
        except DecodeError:
            continue
        found[row] = _Choice(row, sketch_of(content), Dictionary(content, is_raw=True))
    return found


def _task(archive: Archive, row: int, choices: dict[int, _Choice], damaged: list[str]) -> _Task | None:
    with archive.explaining("reading a body"):
        name, codec, dictionary, data = archive.db.conn.execute(
            "SELECT sha256, codec, dictionary, data FROM bodies WHERE id = ?", [row]
        ).fetchone()
    try:
        ready = None if dictionary is None else archive.dictionaries.get(dictionary)
        body = unpack(codec, data, ready)
    except DecodeError:
        body = None
    if body is None or sha256(body).digest() != name:
        damaged.append(name.hex())
        return None
    now = None
    if dictionary is not None and ready is not None:
        now = choices.get(dictionary, _Choice(dictionary, frozenset(), ready))
    sketch = sketch_of(body)
    ranked = sorted(
        (one for one in choices.values() if one is not now), key=lambda one: nearness(one.sketch, sketch), reverse=True
    )
    return _Task(row, body, len(data), now, tuple(ranked[:_TRIED]))


def _packed(task: _Task, level: int) -> tuple[bytes, _Choice | None]:
    """The body in as few bytes as one of its dictionaries allows, or none of them."""
    chosen = task.dictionary
    if task.others:
        tries = [one for one in (task.dictionary, *task.others) if one is not None]
        chosen = min(tries, key=lambda one: len(squeeze(task.body, _TRIAL, one.ready)))
    small = squeeze(task.body, level, None if chosen is None else chosen.ready)
    return small, chosen


def _repack_dictionaries(archive: Archive, level: int) -> None:
    """Store dictionaries in fewer bytes; each was made for one site, and there are few of them."""
    with archive.explaining("looking for dictionaries"):
        rows = archive.db.conn.execute("SELECT id FROM dictionaries ORDER BY id").fetchall()
    for (row,) in rows:
        with archive.explaining("reading a dictionary"):
            name, data = archive.db.conn.execute("SELECT sha256, data FROM dictionaries WHERE id = ?", [row]).fetchone()
        if not is_same_dictionary(name, data):
            continue  # damaged: `verify` speaks of it
        small = squeeze(dictionary_content(data), level)
        if len(small) < len(data):
            with archive.transaction("storing a dictionary compressed again") as conn:
                conn.execute("UPDATE dictionaries SET data = ? WHERE id = ?", [small, row])
