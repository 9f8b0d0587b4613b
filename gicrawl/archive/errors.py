"""What can go wrong with the archive, in words for people.

SQLite's own errors never leave this room: `explaining` turns each into an `ArchiveError` whose message is one line
that says what happened, to which file, and what to do.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gicrawl.archive.altered import altered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class ArchiveError(Exception):
    """The archive could not do its work; the message is one line with cause and remedy."""


class ArchiveMissing(ArchiveError):  # noqa: N818  # says what is wrong; the base says it is an error
    """There is no archive at this place."""


class ArchiveNewer(ArchiveError):  # noqa: N818  # says what is wrong; the base says it is an error
    """A newer gicrawl wrote this archive."""


class ArchiveDamaged(ArchiveError):  # noqa: N818  # says what is wrong; the base says it is an error
    """The file is not an archive, or parts of it cannot be read."""


class ArchiveErased(ArchiveError):  # noqa: N818  # says what is wrong; the base says it is an error
    """The bytes asked for were erased on purpose; a tombstone says by whom and why."""


class ArchiveLocked(ArchiveError):  # noqa: N818  # says what is wrong; the base says it is an error
    """Another program holds the archive for longer than we wait."""


class ArchiveFull(ArchiveError):  # noqa: N818  # says what is wrong; the base says it is an error
    """The disk took no more bytes. What was committed is safe, what was not stays buffered in the writer."""


_PRIMARY = 0xFF
"""SQLite puts the primary result code into the low byte of an extended one (sqlite.org/rescode.html)."""

_NO_TEXT = "Could not decode to UTF-8"
"""How the sqlite3 module says that bytes of a text are none any more; SQLite itself takes no offence at them."""

NO_ROOM = "a row claims to hold more than fits into memory"
"""What is said of SQLite's SQLITE_NOMEM, which the sqlite3 module raises as a MemoryError: a bit was flipped in the
length of a value."""

_FUNCTION_FAILED = "user-defined function raised exception"

_WRITE_FAILED = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,  # EFBIG, EDQUOT and failing media; ENOSPC is SQLITE_FULL
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMOPEN,
    }
)


def explained(error: sqlite3.Error, path: Path, doing: str) -> ArchiveError | None:
    """The error for people behind one of SQLite's, or None for one that only a bug of ours can cause.

    Args:
        error: what the sqlite3 module raised.
        path: the archive's file.
        doing: what we were about, as a verb phrase: `writing captures`.
    """
    code: int | None = getattr(error, "sqlite_errorcode", None)  # the module's own ProgrammingErrors have none
    if code is None:
        return damaged(path, doing, error) if str(error).startswith(_NO_TEXT) else None
    match code & _PRIMARY:
        case sqlite3.SQLITE_FULL:
            found: ArchiveError = _full(path, doing)
        case sqlite3.SQLITE_IOERR if code in _WRITE_FAILED:
            found = _full(path, doing)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            found = ArchiveLocked(
                f"{path}: another program held the archive locked while {doing}; "
                "wait until it is done (or close it) and try again"
            )
        case sqlite3.SQLITE_NOTADB:
            found = ArchiveDamaged(f"{path}: this file is not a gicrawl archive; name another one with --archive")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_IOERR:
            found = damaged(path, doing, error)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            found = ArchiveError(
                f"{path}: the archive cannot be opened for writing ({error}); "
                "check that the file and its folder are yours to write"
            )
        case _:
            cause = _cause(error, code, path, doing)
            return None if cause is None else damaged(path, doing, cause)
    return found


def _cause(error: sqlite3.Error, code: int, path: Path, doing: str) -> str | None:
    """The damage behind an error that SQLite does not take for one."""
    if code == sqlite3.SQLITE_TOOBIG and not doing.startswith("writing"):  # what is too big was never written
        return str(error)
    if code != sqlite3.SQLITE_ERROR:
        return None
    if str(error).startswith(_FUNCTION_FAILED):  # ours fail of nothing else
        return "a row is no text any more"
    return altered(path)


def damaged(path: Path, doing: str, cause: object) -> ArchiveDamaged:
    """What to say of bytes that say what was never written.

    Args:
        path: the archive's file.
        doing: what we were about, as in `explained`.
        cause: how it was noticed; one line is made of it.
    """
    return ArchiveDamaged(
        f"{path}: the archive is damaged (found while {doing}: {' '.join(str(cause).split())}); "
        "restore it from a backup, or save what is left with `sqlite3 FILE .recover`"
    )


def _full(path: Path, doing: str) -> ArchiveFull:
    return ArchiveFull(
        f"{path}: the disk took no more bytes while {doing}; make room and start again, what was stored is safe"
    )


@contextmanager
def explaining(path: Path, doing: str) -> Iterator[None]:
    """Turn SQLite's errors inside the block into `ArchiveError`s; a bug of ours passes as it is."""
    try:
        yield
    except sqlite3.Error as error:
        found = explained(error, path, doing)
        if found is None:
            raise
        raise found from error
    except MemoryError as error:
        raise damaged(path, doing, NO_ROOM) from error
    except UnicodeDecodeError as error:  # SQLite quotes a damaged schema in its message, and Python cannot read that
        raise damaged(path, doing, "its schema is no text any more") from error
