"""What many captures have in common is stored once: URLs, texts, header blocks, circumstances."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.archive.wire import codings, cut_date

if TYPE_CHECKING:
    import sqlite3
    from uuid import UUID

    from gicrawl.archive.records import Capture

_REMEMBERED = 100_000
"""Entries of each kind kept at hand; when there are more, all are forgotten, and looked up again as they come."""


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
        key = ("runs", run)
        if (known := self._kept.get(key)) is not None:
            return known
        row = self._conn.execute("SELECT id FROM runs WHERE uuid = ?", [run.bytes]).fetchone()
        if row is None:
            return None
        self._kept[key] = row[0]  # runs are committed when they start
        return self._kept[key]

    def url(self, url: str) -> int:
        """Row of a URL."""
        try:
            host = urlsplit(url).hostname
        except ValueError:  # a bracket that closes nothing: whatever a portal prints is kept
            host = None
        return self._id("urls", "url", writable(url), {"host": None if host is None else writable(host)})

    def text(self, text: str | None) -> int | None:
        """Row of a text; None stays None."""
        return None if text is None else self._id("texts", "text", writable(text), {})

    def head(self, data: bytes, gap: int | None = None) -> int:
        """Row of a header block; `gap` is where a Date was cut out."""
        digest = head_digest(data, gap)
        return self._id("heads", "digest", digest, {"data": data, "gap": gap})

    def dated_head(self, head: bytes) -> tuple[int, bytes | None]:
        """Row of a response's head without its Date, and that Date."""
        data, gap, date = cut_date(head)
        return self.head(data, gap), date

    def circumstances(self, capture: Capture) -> int:
        """Row of what a capture shares with others of its kind."""
        values: dict[str, object] = {
            "role": capture.role.value,
            "portal": capture.portal,
            "spider": capture.spider,
            "spider_version": capture.spider_version,
            "method": capture.method,
            "http_version": capture.http_version,
            "robots": capture.robots,
            "ip": capture.ip,
            "certificate": capture.certificate,
            "tls_relaxed": int(capture.tls_relaxed),
            "declared_type": capture.declared_type,
            "declared_charset": capture.declared_charset,
            "used_charset": capture.used_charset,
            "coding": None if capture.response is None else ", ".join(codings(capture.response.head)) or None,
        }
        values = {name: writable(value) if isinstance(value, str) else value for name, value in values.items()}
        printed = json.dumps(values, default=bytes.hex, sort_keys=True)
        return self._id("circumstances", "digest", sha256(printed.encode()).digest(), values)

    def _id(self, table: str, column: str, value: object, others: dict[str, object]) -> int:
        key = (table, value)
        if (known := self._kept.get(key) or self._fresh.get(key)) is not None:  # row numbers begin at 1
            return known
        row = self._conn.execute(f"SELECT id FROM {table} WHERE {column} = ?", [value]).fetchone()  # noqa: S608  # names of ours
        if row is None:
            columns = ", ".join((column, *others))
            marks = ", ".join("?" * (1 + len(others)))
            insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  # names of ours
            self._fresh[key] = _rowid(self._conn.execute(insert, [value, *others.values()]))
        else:
            self._fresh[key] = row[0]
        return self._fresh[key]


def _rowid(inserted: sqlite3.Cursor) -> int:
    assert inserted.lastrowid is not None  # an INSERT that succeeded has one
    return inserted.lastrowid


def head_digest(data: bytes, gap: int | None) -> bytes:
    """Name of a stored header block: SHA-256 over the gap in decimal digits (nothing without one), NUL, the bytes."""
    return sha256(("" if gap is None else str(gap)).encode() + b"\0" + data).digest()


def writable(text: str) -> str:
    r"""A text SQLite can keep: lone surrogates, which no encoding of ours has, become escapes (`\udc80`)."""
    return text.encode("utf-8", "backslashreplace").decode()
