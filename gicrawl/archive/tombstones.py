"""What is shown to nobody: withheld, with its bytes kept, or erased, with a tombstone that keeps its digest.

To withhold is to write a line, to release is to write another: the last word counts, and the same two lines united in
any order say the same. Erasing is the one thing that takes bytes out of an archive. What stays is the body's row, with
digest, size and type, and a tombstone that says who erased it, when and why; fixity and union know both.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

from gicrawl.archive.bodies import LEVEL, RAW, ZSTD, DecodeError, squeeze, unpack
from gicrawl.archive.care_schema import ERASED, HIDDEN
from gicrawl.archive.dictionaries import ends
from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, ArchiveLocked
from gicrawl.archive.events import EventType, record
from gicrawl.archive.seals import seal
from gicrawl.archive.stored import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gicrawl.archive.seals import Value
    from gicrawl.archive.store import Archive


class Kind(StrEnum):
    """What is withheld."""

    BODY = "body"  # by the SHA-256 of its bytes
    REPORT = "report"  # by its public id: every version of it, also one that comes in later


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """A body or a report.

    Attributes:
        kind: which of the two.
        digest: SHA-256 of the body's bytes, or the report's public id; 32 bytes.
    """

    kind: Kind
    digest: bytes

    def __str__(self) -> str:
        return f"{self.kind} {self.digest.hex()}"

    @property
    def name(self) -> str:
        """As events name it."""
        return f"{'sha256' if self.kind is Kind.BODY else 'report'}:{self.digest.hex()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Something that is shown to nobody.

    Attributes:
        time: since when, UTC.
        who, why: as they were given.
        erased: whether its bytes were erased; where they were so in another archive, they may still be in this one.
    """

    subject: Subject
    time: datetime
    who: str
    why: str
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasing did.

    Attributes:
        bodies: bodies whose bytes are gone now.
        size: bytes they had.
        repacked: bodies that were compressed against one of them, and now are not.
    """

    bodies: int
    size: int
    repacked: int


def hidden(archive: Archive) -> list[Hidden]:
    """Everything that is shown to nobody, oldest first; mostly nothing.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with archive.explaining("looking for what is withheld"):
        rows = archive.db.conn.execute(
            f"SELECT kind, subject, time, who, why, how FROM ({HIDDEN}) ORDER BY time, kind, subject"  # noqa: S608  # ours
        ).fetchall()
    return [
        Hidden(
            subject=Subject(Kind(kind), subject),
            time=from_microseconds(time),
            who=who,
            why=why,
            erased=how == ERASED,
        )
        for kind, subject, time, who, why, how in rows
    ]


def hidden_bodies(archive: Archive) -> frozenset[bytes]:
    """The SHA-256 of every body that is withheld by itself or erased; errors as in `hidden`.

    Bodies of a withheld report are not among them: which those are, `gicrawl.corpus.withholding` knows.
    """
    return frozenset(one.subject.digest for one in hidden(archive) if one.subject.kind is Kind.BODY)


def withhold(archive: Archive, subjects: Collection[Subject], *, who: str, why: str) -> int:
    """Hide bodies or reports from every export and page; their bytes stay and still verify.

    Args:
        archive: an open archive.
        subjects: what to hide.
        who: does it.
        why: for those who ask later.

    Returns:
        How many were not hidden before.

    Raises:
        ArchiveError: the archive cannot be written.
    """
    return _say(archive, "withhold", EventType.WITHHOLDING, subjects, (who, why))


def release(archive: Archive, subjects: Collection[Subject], *, who: str, why: str) -> int:
    """Show again what was withheld; what was erased stays hidden. Returns and errors as in `withhold`."""
    return _say(archive, "release", EventType.RELEASE, subjects, (who, why))


def _say(archive: Archive, act: str, event: EventType, subjects: Collection[Subject], said: tuple[str, str]) -> int:
    with archive.transaction("noting what is withheld") as conn:
        standing = {
            Subject(Kind(kind), subject)
            for kind, subject in conn.execute(f"SELECT kind, subject FROM ({HIDDEN}) WHERE how <> '{ERASED}'")  # noqa: S608  # ours
        }
        new = [one for one in sorted(set(subjects)) if (one in standing) is (act == "release")]
        now = _now(conn)
        conn.executemany(
            "INSERT INTO withholdings (uuid, act, kind, subject, time, who, why, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_sealed(uuid4().bytes, act, one.kind.value, one.digest, now, *said) for one in new],
        )
        if new:
            detail = {"who": said[0], "why": said[1]}
            record(conn, event, detail, objects=[one.name for one in new])
    return len(new)


def _now(conn: sqlite3.Connection) -> int:
    """The time now, and in any case later than what was said before: a clock may be put back."""
    (last,) = conn.execute("SELECT max(time) FROM withholdings").fetchone()
    now = to_microseconds(datetime.now(UTC))
    return now if last is None else max(now, last + 1)


def erase(
    archive: Archive,
    bodies: Collection[bytes],
    *,
    who: str,
    why: str,
    also: Callable[[sqlite3.Connection], None] | None = None,
) -> Erasure:
    """Take the bytes of bodies out of the archive's file, for good.

    Needs the archive to itself, for a writer may be about to compress a page against one of them. Copies elsewhere
    (backups, archives merged from this one, WARC files, exports) are not touched.

    Args:
        archive: an open archive, without a writer.
        bodies: SHA-256 of each.
        who: does it, for the tombstones.
        why: for the tombstones as well.
        also: what else is to be taken out, in the same transaction, once the tombstones stand.

    Raises:
        ArchiveError: there is no such body, or the archive cannot be written; nothing was erased.
        ArchiveLocked: another program has the archive open.
    """
    with archive.explaining("erasing"):
        _alone(archive)
        try:
            with archive.transaction("erasing") as conn:
                done = _erase(archive, conn, sorted(set(bodies)), (who, why))
                if also is not None:
                    also(conn)
        finally:
            _shared(archive)
    return done


def _alone(archive: Archive) -> None:
    """Take the file for ourselves: leaving WAL mode needs that nobody else has it open (sqlite.org/wal.html)."""
    conn = archive.db.conn
    conn.execute("PRAGMA secure_delete = ON")
    try:
        (mode,) = conn.execute("PRAGMA journal_mode = DELETE").fetchone()
        if mode == "delete":
            conn.execute("PRAGMA locking_mode = EXCLUSIVE")
            return
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
    raise ArchiveLocked(
        f"{archive.path}: another program has the archive open, and erasing needs it alone; wait until it is done"
    )


def _shared(archive: Archive) -> None:
    conn = archive.db.conn
    conn.execute("PRAGMA locking_mode = NORMAL")
    conn.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()  # the lock is given back at the next access
    conn.execute("PRAGMA journal_mode = WAL")


def _erase(archive: Archive, conn: sqlite3.Connection, bodies: list[bytes], said: tuple[str, str]) -> Erasure:
    erased: dict[bytes, int] = {}
    repacked = 0
    dictionaries: set[bytes] = set()
    for name in bodies:
        row = conn.execute("SELECT size, codec, data, dictionary FROM bodies WHERE sha256 = ?", [name]).fetchone()
        if row is None:
            raise ArchiveError(f"{archive.path}: there is no body {name.hex()}; was this digest taken elsewhere?")
        size, codec, data, dictionary = row
        if codec == ERASED:
            continue
        erased[name] = size
        dictionaries.add(name)
        try:
            body = unpack(codec, data, None if dictionary is None else archive.dictionaries.get(dictionary))
            dictionaries.add(sha256(ends(body)).digest())
        except DecodeError:
            continue  # damaged bytes can be erased as well; a dictionary of another name can no longer be told
    time = to_microseconds(datetime.now(UTC))
    for name in sorted(dictionaries):
        repacked += _leave(archive, conn, name, gone=dictionaries)
    kept = {
        name
        for name in dictionaries - erased.keys()
        if conn.execute("SELECT 1 FROM dictionaries WHERE sha256 = ?", [name]).fetchone() is not None
    }
    conn.executemany(
        "INSERT INTO tombstones (uuid, sha256, size, time, who, why, seal) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [_sealed(uuid4().bytes, name, erased.get(name, 0), time, *said) for name in sorted(erased.keys() | kept)],
    )
    conn.executemany(
        "UPDATE bodies SET codec = ?, level = NULL, dictionary = NULL, data = x'' WHERE sha256 = ?",
        [(ERASED, name) for name in erased],
    )
    conn.executemany("DELETE FROM dictionaries WHERE sha256 = ?", [(name,) for name in sorted(erased.keys() | kept)])
    if erased:
        detail = {"who": said[0], "why": said[1], "repacked": repacked}
        record(conn, EventType.DELETION, detail, objects=[Subject(Kind.BODY, name).name for name in sorted(erased)])
    return Erasure(bodies=len(erased), size=sum(erased.values()), repacked=repacked)


def _leave(archive: Archive, conn: sqlite3.Connection, dictionary: bytes, *, gone: set[bytes]) -> int:
    """Compress by itself whatever was compressed against a dictionary that is to go."""
    rows = conn.execute(
        "SELECT b.sha256, b.codec, b.data, b.dictionary FROM bodies AS b JOIN dictionaries AS d ON d.id = b.dictionary "
        "WHERE d.sha256 = ?",
        [dictionary],
    ).fetchall()
    repacked = 0
    for name, codec, data, number in rows:
        if name in gone:
            continue
        try:
            body = unpack(codec, data, archive.dictionaries.get(number))
        except DecodeError as error:
            raise ArchiveDamaged(
                f"{archive.path}: body {name.hex()} is damaged ({error}) and hangs on bytes to be erased; "
                "restore the archive from a backup first"
            ) from error
        conn.execute(
            "UPDATE bodies SET codec = ?, level = ?, dictionary = NULL, data = ? WHERE sha256 = ?", [*alone(body), name]
        )
        repacked += 1
    return repacked


def alone(body: bytes) -> tuple[str, int | None, bytes]:
    """A body as it is stored when it is compressed against nothing: codec, level, data."""
    small = squeeze(body, LEVEL)
    return (ZSTD, LEVEL, small) if len(small) < len(body) else (RAW, None, body)


def _sealed(*values: Value) -> tuple[Value, ...]:
    return (*values, seal(*values))
