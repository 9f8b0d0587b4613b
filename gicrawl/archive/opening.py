"""Opening an archive's file, or making it: the connection with all that is set on it, and today's schema."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlite_utils import Database

from gicrawl.archive import schema
from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, ArchiveNewer, explaining
from gicrawl.archive.events import EventType, record
from gicrawl.archive.folders import make_folder, sync_folder

if TYPE_CHECKING:
    from pathlib import Path

BUSY = 30.0
"""Seconds to wait for another process to finish its batch, which takes it some milliseconds."""

CACHE = 64 << 10
"""KiB of pages kept in memory at most. UUIDs fall anywhere in their index: that of a million captures has to fit, or
each new capture reads and writes a page of its own (SQLite's default is 2 MB)."""

_LOG = 4000
"""Pages after which the write-ahead log goes into the file: 16 MB. Pages that several batches change go there once."""


def open_database(path: Path, *, create: bool, busy: float, cache: int) -> Database:
    """The database of an archive, brought to today's schema; arguments and errors as `open_archive` has them."""
    if create:
        try:
            make_folder(path.parent)
        except OSError as error:
            raise ArchiveError(f"{path}: its folder cannot be made ({error.strerror}); name another place") from error
    elif not path.exists():
        raise ArchiveMissing(
            f"{path}: there is no archive here; `gicrawl crawl` makes one, or name yours with --archive"
        )
    if path.is_dir():
        raise ArchiveError(f"{path}: this is a folder; name the archive's file with --archive")
    fresh = not path.exists()
    with explaining(path, "opening it"):
        place = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"  # URIs, so that others can be attached
        conn = sqlite3.connect(place, timeout=busy, isolation_level=None, uri=True)
        try:
            schema.register(conn)
            db = Database(conn, execute_plugins=False)
            _check_and_prepare(db, path, create=create, busy=busy, cache=cache)
        except BaseException:
            conn.close()
            raise
    if fresh:
        with suppress(OSError):  # a folder that may be written and not read: the file is there all the same
            sync_folder(path.parent)
    return db


def _check_and_prepare(db: Database, path: Path, *, create: bool, busy: float, cache: int) -> None:
    conn = db.conn
    (application,) = conn.execute("PRAGMA application_id").fetchone()
    (objects,) = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if objects and application != schema.APPLICATION_ID:
        raise ArchiveDamaged(f"{path}: this SQLite file is not a gicrawl archive; name another one with --archive")
    if not objects and not create:
        raise ArchiveMissing(f"{path}: the file is empty, it holds no archive yet; `gicrawl crawl` makes one")
    if newer := schema.unknown(db):
        raise ArchiveNewer(
            f"{path}: a newer gicrawl wrote this archive (it knows {newer[-1]}, this one does not); update gicrawl"
        )
    _retry_while_busy(conn, "PRAGMA journal_mode = WAL", busy)
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute(f"PRAGMA cache_size = -{cache}")
    conn.execute(f"PRAGMA wal_autocheckpoint = {_LOG}")
    if not schema.is_current(db):
        conn.execute("BEGIN IMMEDIATE")  # of two processes that make an archive, the second finds it made
        try:
            before = [migration.name for migration in schema.migrations.applied(db)]
            schema.prepare(db)
            if before:
                after = [migration.name for migration in schema.migrations.applied(db)]
                record(conn, EventType.MIGRATION, {"from": before[-1], "to": after[-1]})
            conn.execute("COMMIT")
        except BaseException:
            conn.rollback()
            raise


def _retry_while_busy(conn: sqlite3.Connection, statement: str, busy: float) -> None:
    """Changing the journal mode does not wait by itself (sqlite.org/wal.html): two processes may start at once."""
    end = time.monotonic() + busy
    while True:
        try:
            conn.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return
