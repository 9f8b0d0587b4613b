"""What many captures have in common is stored once: URLs, texts, header blocks, circumstances."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from uuid import UUID

    from gicrawl.archive.bodies import Earlier
    from gicrawl.archive.records import Capture

_REMEMBERED = 100_000
"""Entries kept at hand; when there are more, all are forgotten, and looked up again as they come."""

_CIRCUMSTANCES = (
    "role",
    "portal",
    "spider",
    "spider_version",
    "method",
    "http_version",
    "robots",
    "ip",
    "certificate",
    "tls_relaxed",
    "declared_type",
    "declared_charset",
    "used_charset",
    "coding",
)


class Interner:
    """Row numbers of shared values, looked up or inserted in the transaction that is open.

    What a transaction inserted is remembered only after its commit (`keep_fresh`): row numbers of a transaction that
    was rolled back are given out again for something else.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._kept: dict[tuple[str, object], int] = {}
        self._fresh: dict[tuple[str, object], int] = {}

    def keep_fresh(self) -> None:
        """The transaction was committed."""
        if len(self._kept) > _REMEMBERED:
            self._kept.clear()
        self._kept.update(self._fresh)
        self._fresh.clear()

    def forget_fresh(self) -> None:
        """The transaction was rolled back."""
        self._fresh.clear()

    def run(self, run: UUID) -> int | None:
        """Row of a run, or None: it never began."""
        if (known := self._known("run", run)) is not None:
            return known
        row = self._conn.execute("SELECT id FROM runs WHERE uuid = ?", [run.bytes]).fetchone()
        if row is None:
            return None
        found: int = row[0]
        self._kept["run", run] = found  # runs are committed when they start
        return found

    def url(self, url: str) -> int:
        """Row of a URL."""
        if (known := self._known("url", url)) is not None:
            return known
        others: dict[str, object] = {"host": host_of(url)}
        return self._remember("url", url, self._row("urls", "url", writable(url), others))

    def text(self, text: str | None) -> int | None:
        """Row of a text; None stays None."""
        if text is None:
            return None
        if (known := self._known("text", text)) is not None:
            return known
        return self._remember("text", text, self._row("texts", "text", writable(text), {}))

    def head(self, data: bytes, gap: str | None = None) -> int:
        """Row of a header block; `gap` is what was cut out of it and where (`gicrawl.archive.heads`)."""
        if (known := self._known("head", (data, gap))) is not None:
            return known
        row = self._row("heads", "digest", head_digest(data, gap), {"data": data, "gap": gap})
        return self._remember("head", (data, gap), row)

    def dictionary(self, earlier: Earlier) -> int:
        """Row of a dictionary."""
        if (known := self._known("dictionary", earlier.sha256)) is not None:
            return known
        others: dict[str, object] = {"site": earlier.site, "data": earlier.data}
        return self._remember("dictionary", earlier.sha256, self._row("dictionaries", "sha256", earlier.sha256, others))

    def circumstances(self, capture: Capture, applied: Sequence[str]) -> int:
        """Row of what a capture shares with others of its kind; `applied` are its content-codings."""
        values = (
            capture.role.value,
            capture.portal,
            capture.spider,
            capture.spider_version,
            capture.method,
            capture.http_version,
            capture.robots,
            capture.ip,
            capture.certificate,
            int(capture.tls_relaxed),
            capture.declared_type,
            capture.declared_charset,
            capture.used_charset,
            ", ".join(applied) or None,
        )
        if (known := self._known("circumstances", values)) is not None:
            return known
        named: dict[str, object] = {
            name: writable(value) if isinstance(value, str) else value
            for name, value in zip(_CIRCUMSTANCES, values, strict=True)
        }
        digest = sha256(json.dumps(named, default=bytes.hex, sort_keys=True).encode()).digest()
        return self._remember("circumstances", values, self._row("circumstances", "digest", digest, named))

    def _known(self, kind: str, value: object) -> int | None:
        key = (kind, value)
        return self._kept.get(key) or self._fresh.get(key)  # row numbers begin at 1

    def _remember(self, kind: str, value: object, row: int) -> int:
        self._fresh[kind, value] = row
        return row

    def _row(self, table: str, column: str, value: object, others: dict[str, object]) -> int:
        """Look a row up by its unique column, or insert it."""
        row = self._conn.execute(f"SELECT id FROM {table} WHERE {column} = ?", [value]).fetchone()  # noqa: S608  # names of ours
        if row is not None:
            found: int = row[0]
            return found
        columns = ", ".join((column, *others))
        marks = ", ".join("?" * (1 + len(others)))
        insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  # names of ours
        return _rowid(self._conn.execute(insert, [value, *others.values()]))


def _rowid(inserted: sqlite3.Cursor) -> int:
    assert inserted.lastrowid is not None  # an INSERT that succeeded has one
    return inserted.lastrowid


@lru_cache(maxsize=1024)  # asked for a URL's body and for its row
def host_of(url: str) -> str | None:
    """The host of a URL as the archive keeps it; None where none can be read from it."""
    try:
        host = urlsplit(url).hostname
    except ValueError:  # a bracket that closes nothing: whatever a portal prints is kept
        return None
    return None if host is None else writable(host)


def head_digest(data: bytes, gap: str | None) -> bytes:
    """Name of a stored header block: SHA-256 over its gaps (nothing without any), NUL, the bytes."""
    return sha256((gap or "").encode() + b"\0" + data).digest()


def writable(text: str) -> str:
    r"""A text SQLite can keep: lone surrogates, which no encoding of ours has, become escapes (`\udc80`)."""
    return text.encode("utf-8", "backslashreplace").decode()
