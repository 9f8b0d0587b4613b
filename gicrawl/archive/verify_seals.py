# ruff: noqa: S608  # SQL is put together from names of our own schema; values are always bound
"""Whether rows say what they said when they were sealed (`gicrawl.archive.seals`), and if not, what they said then.

A seal is so short only because nobody forges it; it is long enough to try every single bit of a row: where one flipped
bit is all that happened, the finding says which value it was and what stood there.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.seals import COLUMN, SEALED, SIZE, Value, columns, key_of, seal, sealed_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.archive.store import Archive

_TRIES = 50
"""Rows of a table whose lost bit is looked for in vain; each takes some hundredths of a second."""
_LONGEST = 2000
"""Bytes of a value that are tried."""
_SHOWN = 60
"""Characters of a value that are shown."""

_DIGEST = 32
_UUID = 16

_UUIDS = frozenset({*("runs", "captures", "events", "withholdings", "tombstones"), *("origins", "judgements", "links")})
"""Tables whose rows begin with a UUID: their own, or that of their capture."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that does not say what it said, or cannot be read.

    Attributes:
        subject, message, code: as in a `Finding`.
        named: digests in the row, in hex: where one of them is damaged itself, that says it all.
    """

    subject: str
    message: str
    code: str = "seal"
    named: frozenset[str] = frozenset()


def broken_seals(archive: Archive, low: bytes, high: bytes) -> Iterator[Broken]:
    """Rows that are not as they were sealed, table by table.

    Args:
        archive: an open archive.
        low: look at rows whose seal is at least this; one without a seal is always looked at.
        high: and less than this.
    """
    for table in SEALED:
        yield from _Looking(archive, table).broken(low, high)


class _Looking:
    """Looks at the rows of one table."""

    def __init__(self, archive: Archive, table: str) -> None:
        self._archive, self._table = archive, table
        self._left = _TRIES
        self._known: dict[tuple[int, Value], Value] = {}
        self._told: dict[tuple[int, Value], int] = {}

    def broken(self, low: bytes, high: bytes) -> Iterator[Broken]:
        table, key = self._table, key_of(self._table)
        keys = ", ".join(f"t.{name}" for name in key)
        values = f"SELECT {keys}, t.{COLUMN}, {sealed_values(table)} FROM {table} AS t"
        wanted = f"(t.{COLUMN} IS NULL OR t.{COLUMN} >= ? AND t.{COLUMN} < ?)"
        wrong: list[tuple[Any, ...]] = []
        try:
            with self._archive.explaining("verifying seals"):
                for row in self._archive.db.conn.execute(f"{values} WHERE {wanted}", [low, high]):
                    if row[len(key)] != seal(*row[len(key) + 1 :]):
                        wrong.append(row)  # noqa: PERF401 - what was found before an error counts
        except ArchiveError:
            yield from self._one_by_one(f"{values} WHERE {' AND '.join(f't.{name} = ?' for name in key)}", keys)
            return
        for row in wrong:
            yield from self._broken(row[len(key)], row[len(key) + 1 :])
        yield from self._more()

    def _one_by_one(self, sql: str, keys: str) -> Iterator[Broken]:
        """As `broken` where some row cannot be read: each by itself, all of them."""
        table, key = self._table, key_of(self._table)
        try:
            with self._archive.explaining(f"listing {table}"):
                rows = self._archive.db.conn.execute(f"SELECT {keys} FROM {table} AS t").fetchall()
        except ArchiveError as error:
            yield Broken(table, str(error))
            return
        for one in rows:
            try:
                with self._archive.explaining("verifying a seal"):
                    row = self._archive.db.conn.execute(sql, one).fetchone()
            except ArchiveError as error:
                yield self._unreadable(one, error)
                continue
            if row is not None and row[len(key)] != seal(*row[len(key) + 1 :]):
                yield from self._broken(row[len(key)], row[len(key) + 1 :])
        yield from self._more()

    def _unreadable(self, key: Sequence[Value], error: ArchiveError) -> Broken:
        table = self._table
        place = f"{table} row {' '.join(map(str, key))}"
        if table == "captures":
            with suppress(ArchiveError), self._archive.explaining("naming it"):
                (uuid,) = self._archive.db.conn.execute("SELECT uuid FROM captures WHERE id = ?", key).fetchone()
                place = f"capture {name_of(uuid, is_uuid=True)}"
        return Broken(place.removeprefix("capture "), f"{place} cannot be read: {error}", "structure")

    def _broken(self, sealed: bytes | None, values: Sequence[Value]) -> Iterator[Broken]:
        subject, name = _named(self._table, values)
        digests = frozenset(one.hex() for one in values if isinstance(one, bytes) and len(one) == _DIGEST)
        if sealed is None:
            yield Broken(subject, f"{name} has no seal: no gicrawl wrote it", named=digests)
            return
        if _apart(sealed, seal(*values)) == 1:
            yield Broken(subject, f"{name} is as it was, one bit of its seal is not", named=digests)
            return
        if (found := self._change(sealed, values)) is None:
            yield Broken(subject, f"{name} is not what was written down: its row has changed", named=digests)
            return
        at, before = found
        column, shared = SEALED[self._table][at]
        if shared is not None:
            self._told[at, values[at]] = self._told.get((at, values[at]), 0) + 1
        if shared is None or self._told[at, values[at]] == 1:  # what many rows share is told once
            said = f"its {column} was {_shown(before)} and is {_shown(values[at])}"
            yield Broken(subject, f"{name} is not what was written down: {said}", named=digests)

    def _more(self) -> Iterator[Broken]:
        for (at, value), count in self._told.items():
            if count > 1:
                said = f"{count - 1} more of {self._table} say {_shown(value)} as {columns(self._table)[at]}"
                yield Broken(self._table, f"{said} where they said {_shown(self._known[at, value])}")

    def _change(self, sealed: bytes, values: Sequence[Value]) -> tuple[int, Value] | None:
        """The value of which one bit was flipped, and what it was."""
        for at, value in enumerate(values):
            if (at, value) in self._known and _with(values, at, self._known[at, value]) == sealed:
                return at, self._known[at, value]
        if not self._left:
            return None
        for at, value in enumerate(values):
            for other in _flipped(value):
                if _with(values, at, other) == sealed:
                    self._known[at, value] = other
                    return at, other
        self._left -= 1
        return None


def _with(values: Sequence[Value], at: int, other: Value) -> bytes:
    return seal(*values[:at], other, *values[at + 1 :])


def _flipped(value: Value) -> Iterator[Value]:
    """Whatever a value can have been before one of its bits was flipped."""
    if isinstance(value, int):
        for bit in range(63):
            yield value ^ (1 << bit)
        yield value ^ -(1 << 63)
    elif isinstance(value, float):
        for raw in _one_bit(struct.pack(">d", value)):
            yield float(struct.unpack(">d", raw)[0])
    elif isinstance(value, bytes):
        yield from _one_bit(value)
    elif isinstance(value, str):
        for raw in _one_bit(value.encode("utf-8", "surrogateescape")):
            try:
                yield raw.decode()
            except UnicodeDecodeError:
                continue


def _one_bit(raw: bytes) -> Iterator[bytes]:
    for at in range(min(len(raw), _LONGEST)):
        for bit in range(8):
            yield b"%b%c%b" % (raw[:at], raw[at] ^ (1 << bit), raw[at + 1 :])


def _apart(one: bytes, other: bytes) -> int:
    """How many bits two seals differ in; more than there are where one is no seal."""
    if len(one) != SIZE:
        return SIZE * 8 + 1
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def _shown(value: Value) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "backslashreplace")
    text = " ".join(str(value).split()) if value is not None else "empty"
    text = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _named(table: str, values: Sequence[Value]) -> tuple[str, str]:
    """Of whom a finding is, and what the row is called in a sentence."""
    said = dict(zip(columns(table), values, strict=True))
    name = name_of(values[0], is_uuid=table in _UUIDS)
    match table:
        case "captures":
            told = f"capture {name} of {_shown(said['url'])}"
        case "origins":
            told = f"the origin of capture {name}"
        case "judgements":
            told = f"a judgement on capture {name} ({_shown(said['judgement'])}, rule {_shown(said['rule'])})"
        case "links":
            told = f"a link of page {name} (position {_shown(said['position'])}, to {_shown(said['url'])})"
        case "digests":
            told = f"the {_shown(said['kind'])} digest of body {name}"
        case "warc_records":
            told = f"WARC record {_shown(name)}"
        case _:
            told = f"{_SINGULAR[table]} {name}"
    return name, told


def name_of(value: Value, *, is_uuid: bool) -> str:
    """A UUID or digest as people see it; whatever else stands there as it is."""
    if not isinstance(value, bytes):
        return str(value)
    return str(UUID(bytes=value)) if is_uuid and len(value) == _UUID else value.hex()


_SINGULAR = {
    "runs": "run",
    "bodies": "body",
    "dictionaries": "dictionary",
    "events": "event",
    "withholdings": "withholding",
    "tombstones": "tombstone",
}
