# SQL is put together from constants of ours; values are always bound
"""The archive: one SQLite file that holds every capture and body, and lets none of them be changed.

    with open_archive(path, create=True) as archive:
        run = archive.start_run("crawl", {"portals": ["ruogan"]}, user_agent="gicrawl/0.1", vantage=None)
        with archive.writer() as writer:
            writer.add(capture)
        archive.finish_run(run, "finished", {"captures": 1})

One `Archive` belongs to one thread. Several processes may have the same file open, readers and writers.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

from gicrawl.archive import reading
from gicrawl.archive.bodies import LEVEL, DecodeError, decode, unpack
from gicrawl.archive.care_schema import ERASED
from gicrawl.archive.dictionaries import DictionaryCache
from gicrawl.archive.errors import (
    NO_ROOM,
    ArchiveDamaged,
    ArchiveErased,
    ArchiveError,
    damaged,
    explained,
    explaining,
)
from gicrawl.archive.opening import BUSY, CACHE, open_database
from gicrawl.archive.records import Outcome
from gicrawl.archive.seals import FINISH_RUN, seal
from gicrawl.archive.stored import to_microseconds
from gicrawl.archive.walking import walk
from gicrawl.archive.wire import codings, remake
from gicrawl.archive.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlite_utils import Database

    from gicrawl.archive.records import Role, WireMessage
    from gicrawl.archive.stored import KnownPage, Run, StoredCapture


def open_archive(path: str | Path, *, create: bool = False, busy: float = BUSY, cache: int = CACHE) -> Archive:
    """Open the archive at a path; use it in a `with` statement, or close it.

    An archive of an older gicrawl is brought to today's schema first.

    Args:
        path: the SQLite file.
        create: make the file and its folder where they are missing.
        busy: seconds to wait while another process writes.
        cache: KiB of the file kept in memory at most.

    Raises:
        ArchiveMissing: there is none, and `create` is not set.
        ArchiveNewer: a newer gicrawl wrote it.
        ArchiveDamaged: the file is something else, or damaged.
        ArchiveLocked: another program held it for longer than `busy`.
        ArchiveFull: there is no room to make it.
        ArchiveError: it may not be opened or made.
    """
    path = Path(path)
    return Archive(path, open_database(path, create=create, busy=busy, cache=cache))


class Archive:
    """An open archive; `open_archive` makes it.

    Attributes:
        path: its file.
        db: the database, for rooms that keep tables of their own in it (in a migration set of their own).
        dictionaries: what bodies were compressed against, by row.
    """

    def __init__(self, path: Path, db: Database) -> None:
        self.path = path
        self.db = db
        self.dictionaries = DictionaryCache(self._dictionary)
        self._writer: Writer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. A writer still open keeps what it has not flushed: close it first."""
        self.db.close()

    def explaining(self, doing: str) -> AbstractContextManager[None]:
        """A block whose SQLite errors become `ArchiveError`s; `doing` is a verb phrase for the message."""
        return explaining(self.path, doing)

    @contextmanager
    def transaction(self, doing: str) -> Iterator[sqlite3.Connection]:
        """A block in one transaction that takes the write lock at its start; rolled back when the block raises.

        Raises:
            ArchiveError: see `gicrawl.archive.errors`; nothing of the block was written.
        """
        conn = self.db.conn
        with self.explaining(doing):
            conn.execute("BEGIN IMMEDIATE")
            try:
                yield conn
                conn.execute("COMMIT")
            except BaseException:
                if conn.in_transaction:  # a full disk may have rolled it back already
                    conn.execute("ROLLBACK")
                raise

    # Runs

    def start_run(self, kind: str, arguments: Mapping[str, object], *, user_agent: str, vantage: str | None) -> UUID:
        """Record that a command begins; committed at once. See `Run` for the arguments."""
        run = uuid4()
        values = (run.bytes, kind, _json(arguments), user_agent, vantage, version("gicrawl"), _now())
        with self.transaction("starting a run") as conn:
            conn.execute(
                "INSERT INTO runs (uuid, kind, arguments, user_agent, vantage, version, started, seal) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, seal(*values, None, None, None)),
            )
        return run

    def finish_run(self, run: UUID, status: str, summary: Mapping[str, object]) -> None:
        """Record how a run ended; committed at once.

        Raises:
            ArchiveError: no such run, or it is finished already.
        """
        with self.transaction("finishing a run") as conn:
            changed = conn.execute(FINISH_RUN, (_now(), status, _json(summary), run.bytes)).rowcount
        if not changed:
            raise ArchiveError(f"{self.path}: run {run} never began or is finished already; a run is finished once")

    def runs(self) -> list[Run]:
        """All runs, newest last."""
        return [reading.made(self.path, reading.run, row) for row in self._all(f"{reading.RUNS} ORDER BY id")]

    def run(self, run: UUID) -> Run:
        """A run by its public id.

        Raises:
            ArchiveError: there is none.
            ArchiveDamaged: its row is not what was written.
        """
        rows = self._all(f"{reading.RUNS} WHERE uuid = ?", run.bytes)
        if not rows:
            raise ArchiveError(f"{self.path}: there is no run {run}; is it in another archive?")
        return reading.made(self.path, reading.run, rows[0])

    # Writing

    def writer(self, *, batch: int = 100, seconds: float = 1.0, level: int = LEVEL) -> Writer:
        """The writer of this archive.

        Args:
            batch: captures, judgements and links committed together.
            seconds: how long something may wait for its batch to fill.
            level: zstd's level for bodies.

        Raises:
            ArchiveError: another writer of this object is open.
        """
        if self._writer is not None:
            raise ArchiveError(f"{self.path}: a writer is open already; one process has one writer")
        self._writer = Writer(self, batch=batch, seconds=seconds, level=level)
        return self._writer

    def writer_closed(self, writer: Writer) -> None:
        """Called by a writer that has flushed for the last time."""
        if self._writer is writer:
            self._writer = None

    # Reading

    def latest(self, url: str) -> StoredCapture | None:
        """The newest GET of exactly this URL (`final_url`) that brought a whole body with outcome `ok`, or None.

        What waits in this archive's writer counts too.
        """
        rows = self._all(
            reading.CAPTURES + "WHERE u.url = ? AND c.outcome = 'ok' AND c.complete = 1 AND c.body IS NOT NULL "
            "AND o.method = 'GET' ORDER BY c.time DESC, c.id DESC LIMIT 1",
            url,
        )
        found = [reading.made(self.path, reading.stored_capture, row) for row in rows]
        if self._writer is not None:
            found += [
                reading.buffered_capture(prepared, verdict)
                for prepared, verdict in self._writer.buffered()
                if _is_whole(prepared.capture.response)
                and prepared.body is not None
                and prepared.capture.final_url == url
                and prepared.capture.outcome is Outcome.OK
                and prepared.capture.method == "GET"
            ]
        return max(found, key=lambda capture: capture.time, default=None)

    def has(self, capture: UUID) -> bool:
        """Whether a capture is committed."""
        return bool(self._all("SELECT 1 FROM captures WHERE uuid = ?", capture.bytes))

    def capture(self, capture: UUID) -> StoredCapture:
        """A capture by its public id.

        Raises:
            ArchiveError: there is none (or it still waits in a writer).
            ArchiveDamaged: its row, or one that it names, is not what was written.
        """
        rows = self._all(reading.CAPTURES + "WHERE c.uuid = ?", capture.bytes)
        if not rows:
            if self.has(capture):
                raise damaged(self.path, "reading", f"capture {capture} names a row that is not there")
            raise self._no_capture(capture)
        return reading.made(self.path, reading.stored_capture, rows[0])

    def captures(
        self,
        *,
        portal: str | None = None,
        role: Role | None = None,
        outcome: Outcome | None = None,
        run: UUID | None = None,
    ) -> Iterator[StoredCapture]:
        """Committed captures, newest last; None means any. Captures committed after the first is read do not appear.

        Raises:
            ArchiveDamaged: some cannot be read; it is raised when all others have been told.
        """
        return walk(self, portal=portal, role=role, outcome=outcome, run=run)

    def known(self, portal: str | None, roles: Collection[Role]) -> list[KnownPage]:
        """The pages earlier visits asked for by GET, each URL once, newest first.

        Args:
            portal: as in `Capture.portal`: id in the registry, None for what was crawled by URL.
            roles: what is wanted.
        """
        rows = self._all(reading.KNOWN, portal, json.dumps(sorted(roles)))
        return [reading.made(self.path, reading.known_page, row) for row in rows]

    def body(self, sha256: bytes) -> bytes:
        """A body as received, by the SHA-256 of its bytes (32 bytes).

        Raises:
            ArchiveError: there is none.
            ArchiveErased: its bytes were erased.
            ArchiveDamaged: what is stored cannot be unpacked.
        """
        rows = self._all("SELECT codec, data, dictionary FROM bodies WHERE sha256 = ?", sha256)
        if not rows:
            raise ArchiveError(f"{self.path}: there is no body {sha256.hex()}; was this digest taken elsewhere?")
        return self._unpack(rows[0], sha256)

    def content(self, capture: StoredCapture) -> bytes:
        """The body of a capture with content-coding undone: what a browser would show.

        Raises:
            ArchiveError: the capture has no body, or it cannot be decoded.
        """
        if capture.body_sha256 is None:
            raise ArchiveError(f"{self.path}: capture {capture.id} of {capture.final_url} has no body")
        try:
            return decode(self.body(capture.body_sha256), codings(capture.head))
        except DecodeError as error:
            raise ArchiveError(
                f"{self.path}: the body of capture {capture.id} of {capture.final_url} cannot be decoded ({error}); "
                "its bytes are kept as received"
            ) from error

    def response(self, capture: UUID) -> WireMessage | None:
        """The response of a capture as it came over the wire, taken apart; None where none came. Errors: see `wire`."""
        rows = self._all(reading.RESPONSE, capture.bytes)
        if not rows:
            raise self._no_capture(capture)
        (row,) = rows
        body = b"" if row[10] is None else self._unpack(row[4:7], row[10])
        return reading.made(self.path, lambda row: reading.message(row, body), row)

    def wire(self, capture: UUID) -> bytes:
        """The bytes the server sent, exactly; nothing where there was no response.

        Raises:
            ArchiveError: there is no such capture.
            ArchiveDamaged: its body cannot be unpacked.
        """
        message = self.response(capture)
        return b"" if message is None else remake(message)

    def request(self, capture: UUID) -> bytes:
        """The bytes sent to the server, head and body; nothing where none were. Errors as in `capture`."""
        stored = self.capture(capture)
        return stored.request_head + stored.request_body

    def select(self, doing: str, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of a SELECT, for the rooms that have one of their own; `doing` is a verb phrase for the message.

        Raises:
            ArchiveError: see `gicrawl.archive.errors`.
        """
        try:  # as `explaining` does, whose block takes a fifth of a look-up's time
            return self.db.conn.execute(sql, values).fetchall()
        except MemoryError as error:
            raise damaged(self.path, doing, NO_ROOM) from error
        except sqlite3.Error as error:
            found = explained(error, self.path, doing)
            if found is None:
                raise
            raise found from error

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.select("reading", sql, values)

    def _dictionary(self, row: int) -> bytes | None:
        rows = self._all("SELECT data FROM dictionaries WHERE id = ?", row)
        return rows[0][0] if rows else None

    def _unpack(self, stored: Sequence[Any], sha256: bytes) -> bytes:
        codec, data, dictionary = stored
        if codec == ERASED:
            raise ArchiveErased(
                f"{self.path}: the bytes of body {sha256.hex()} were erased; `gicrawl withhold --list` says by whom"
            )
        try:
            return unpack(codec, data, None if dictionary is None else self.dictionaries.get(dictionary))
        except DecodeError as error:
            raise ArchiveDamaged(
                f"{self.path}: body {sha256.hex()} is damaged ({error}); restore the archive from a backup"
            ) from error

    def _no_capture(self, capture: UUID) -> ArchiveError:
        return ArchiveError(f"{self.path}: there is no capture {capture}; is it in another archive?")


def _is_whole(message: WireMessage | None) -> bool:
    return message is not None and message.complete


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _now() -> int:
    return to_microseconds(datetime.now(UTC))
