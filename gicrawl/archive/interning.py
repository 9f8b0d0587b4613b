"""What many captures have in common is stored once: URLs, texts, header blocks, circumstances."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.archive.seals import COLUMN, seal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from gicrawl.archive.bodies import Earlier
    from gicrawl.archive.records import Capture

_REMEMBERED = 2048
"""Entries kept at hand; when there are more, all are forgotten, and looked up again as they come, some dozens at once.
URLs are most of them, and are named again soon or never."""

_KINDS = ("run", "url", "text", "head", "dictionary", "circumstances")
_AT_ONCE = 64
"""Values looked up by one statement."""


def _many(table: str, column: str) -> str:
    """A statement that looks for many values; an IN over as many builds a table of them first, and takes longer."""
    return "SELECT " + ", ".join([f"(SELECT id FROM {table} WHERE {column} = ?)"] * _AT_ONCE)  # noqa: S608  # names of ours


_LEARN = {"url": _many("urls", "url"), "text": _many("texts", "text")}

CIRCUMSTANCES = (
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
"""Columns of `circumstances` beside its number and its digest."""


def circumstances_digest(values: Sequence[object]) -> bytes:
    """The SHA-256 over a row of `circumstances`, its values in the order of `CIRCUMSTANCES`."""
    named = dict(zip(CIRCUMSTANCES, values, strict=True))
    return sha256(json.dumps(named, default=bytes.hex, sort_keys=True).encode()).digest()


class Interner:
    """Row numbers of shared values, looked up or inserted in the transaction that is open.

    What a transaction inserted is remembered only after its commit (`keep_fresh`): row numbers of a transaction that
    was rolled back are given out again for something else.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._kept: dict[str, dict[object, int]] = {kind: {} for kind in _KINDS}
        self._fresh: dict[str, dict[object, int]] = {kind: {} for kind in _KINDS}
        self._absent: dict[str, set[str]] = {kind: set() for kind in _LEARN}
        self._digests: dict[object, bytes] = {}  # of heads and circumstances

    def keep_fresh(self) -> None:
        """The transaction was committed."""
        if sum(map(len, self._kept.values())) > _REMEMBERED:
            for kept in self._kept.values():
                kept.clear()
            self._digests.clear()
        for kind, fresh in self._fresh.items():
            self._kept[kind].update(fresh)
        self.forget_fresh()

    def forget_fresh(self) -> None:
        """The transaction was rolled back."""
        for fresh in self._fresh.values():
            fresh.clear()
        for absent in self._absent.values():
            absent.clear()

    def learn(self, urls: Iterable[str], texts: Iterable[str | None]) -> None:
        """Look up what a batch will ask for, many at once: one by one, that takes longer than writing the batch.

        Call it at the start of the transaction, which nobody else's rows come into any more: what is not there then is
        inserted when it is asked for, without another look.
        """
        self._learn("url", urls)
        self._learn("text", texts)

    def _learn(self, kind: str, values: Iterable[str | None]) -> None:
        kept, absent = self._kept[kind], self._absent[kind]
        wanted = {writable(value): value for value in values if value is not None and value not in kept}
        asked = list(wanted)
        for at in range(0, len(asked), _AT_ONCE):
            part = asked[at : at + _AT_ONCE]
            padding = [None] * (_AT_ONCE - len(part))  # a statement that is always the same is prepared once
            rows: tuple[int | None, ...] = self._conn.execute(_LEARN[kind], [*part, *padding]).fetchone()
            for stored, row in zip(part, rows, strict=False):
                if row is None:
                    absent.add(stored)
                else:
                    kept[wanted[stored]] = row

    def run(self, run: UUID) -> int | None:
        """Row of a run, or None: it never began."""
        if (known := self._known("run", run)) is not None:
            return known
        row = self._conn.execute("SELECT id FROM runs WHERE uuid = ?", [run.bytes]).fetchone()
        if row is None:
            return None
        found: int = row[0]
        self._kept["run"][run] = found  # runs are committed when they start
        return found

    def url(self, url: str) -> int:
        """Row of a URL."""
        if (known := self._known("url", url)) is not None:
            return known
        others: dict[str, object] = {"host": host_of(url)}
        return self._remember("url", url, self._learned_row("url", "urls", writable(url), others))

    def text(self, text: str | None) -> int | None:
        """Row of a text; None stays None."""
        if text is None:
            return None
        if (known := self._known("text", text)) is not None:
            return known
        return self._remember("text", text, self._learned_row("text", "texts", writable(text), {}))

    def head(self, data: bytes, gap: str | None = None) -> tuple[int, bytes]:
        """Row and digest of a header block; `gap` is what was cut out of it and where (`gicrawl.archive.heads`)."""
        value = (data, gap)
        digest = self._digests.get(value)
        if digest is not None and (known := self._known("head", value)) is not None:
            return known, digest
        digest = self._digests[value] = head_digest(data, gap)
        row = self._row("heads", "digest", digest, {"data": data, "gap": gap})
        return self._remember("head", value, row), digest

    def dictionary(self, earlier: Earlier) -> int:
        """Row of a dictionary."""
        if (known := self._known("dictionary", earlier.sha256)) is not None:
            return known
        sealed = seal(earlier.sha256, earlier.site)
        others: dict[str, object] = {"site": earlier.site, "data": earlier.data, COLUMN: sealed}
        return self._remember("dictionary", earlier.sha256, self._row("dictionaries", "sha256", earlier.sha256, others))

    def circumstances(self, capture: Capture, applied: Sequence[str]) -> tuple[int, bytes]:
        """Row and digest of what a capture shares with others of its kind; `applied` are its content-codings."""
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
        digest = self._digests.get(values)
        if digest is not None and (known := self._known("circumstances", values)) is not None:
            return known, digest
        stored = [writable(value) if isinstance(value, str) else value for value in values]
        named: dict[str, object] = dict(zip(CIRCUMSTANCES, stored, strict=True))
        digest = self._digests[values] = circumstances_digest(stored)
        row = self._row("circumstances", "digest", digest, named)
        return self._remember("circumstances", values, row), digest

    def _known(self, kind: str, value: object) -> int | None:
        return self._kept[kind].get(value) or self._fresh[kind].get(value)  # row numbers begin at 1

    def _remember(self, kind: str, value: object, row: int) -> int:
        self._fresh[kind][value] = row
        return row

    def _learned_row(self, kind: str, table: str, stored: str, others: dict[str, object]) -> int:
        """As `_row`, without looking for what `learn` has not found; `kind` is the column's name, too."""
        if stored not in self._absent[kind]:
            return self._row(table, kind, stored, others)
        self._absent[kind].remove(stored)
        return self._insert(table, kind, stored, others)

    def _row(self, table: str, column: str, value: object, others: dict[str, object]) -> int:
        """Look a row up by its unique column, or insert it."""
        row = self._conn.execute(f"SELECT id FROM {table} WHERE {column} = ?", [value]).fetchone()  # noqa: S608  # names of ours
        if row is not None:
            found: int = row[0]
            return found
        return self._insert(table, column, value, others)

    def _insert(self, table: str, column: str, value: object, others: dict[str, object]) -> int:
        return _rowid(self._conn.execute(_inserting(table, column, *others), [value, *others.values()]))


@lru_cache(maxsize=16)
def _inserting(table: str, *columns: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608  # names of ours


_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?:/|\Z)")
"""What needs no taking apart: lower case, no port, no user."""


def _rowid(inserted: sqlite3.Cursor) -> int:
    assert inserted.lastrowid is not None  # an INSERT that succeeded has one
    return inserted.lastrowid


@lru_cache(maxsize=1024)  # asked for a URL's body and for its row
def host_of(url: str) -> str | None:
    """The host of a URL as the archive keeps it; None where none can be read from it."""
    if (plain := _PLAIN_HOST.match(url)) is not None:
        return plain[1]
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
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
