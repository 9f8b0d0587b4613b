# ruff: noqa: S608  # all SQL here is put together from names of our own
"""Migration m003: rows that had no digest get a seal (`gicrawl.archive.seals`).

Rows that are there already are sealed as they are found: of what became of them before, a seal cannot tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.archive.seals import COLUMN, SEALED, key_of, seal, sealed_values

if TYPE_CHECKING:
    import sqlite3

_ADD = tuple(f"ALTER TABLE {table} ADD COLUMN {COLUMN} BLOB" for table in SEALED)

_FIXED = {
    "bodies_never_change": ("(NEW.id, NEW.sha256, NEW.size, NEW.sniffed_type)", " OR OLD.seal IS NOT NEW.seal"),
    "dictionaries_never_change": ("(NEW.id, NEW.sha256, NEW.site)", " OR OLD.seal IS NOT NEW.seal"),
    "captures_keep_their_run": ("BEFORE UPDATE OF run, time", ", seal"),
}
"""Triggers that name what may not change: after what a seal is to be named, too, and how."""

_AT_ONCE = 1000


def apply(conn: sqlite3.Connection) -> None:
    """The migration, in the transaction that is open."""
    triggers = [
        (name, sql)
        for name, table, sql in conn.execute(
            "SELECT name, tbl_name, sql FROM main.sqlite_schema WHERE type = 'trigger' ORDER BY rowid"
        ).fetchall()
        if table in SEALED
    ]
    for name, _ in triggers:
        conn.execute(f"DROP TRIGGER main.{name}")
    for statement in _ADD:
        conn.execute(statement)
    for table in SEALED:
        _fill(conn, table)
    for name, sql in triggers:
        after, too = _FIXED.get(name, (sql, ""))
        conn.execute(sql.replace(after, after + too))


def _fill(conn: sqlite3.Connection, table: str) -> None:
    """Seal all rows of a table as they are."""
    key = key_of(table)
    number = key[0]
    width = len(SEALED[table])
    conn.execute(f"CREATE TEMP TABLE seals ({', '.join(key)}, made)")
    add = f"INSERT INTO temp.seals VALUES ({', '.join('?' * len(key))}, ?)"
    select = f"SELECT {sealed_values(table)}, {', '.join(f't.{name}' for name in key)} FROM {table} AS t"
    (low, high) = conn.execute(
        f"SELECT coalesce(min({number}), 0), coalesce(max({number}), -1) FROM {table}"
    ).fetchone()
    factory = conn.text_factory
    conn.text_factory = _lenient  # what is no text any more is damage for `verify` to name, and no reason not to open
    try:
        for at in range(low, high + 1, _AT_ONCE):
            found = conn.execute(f"{select} WHERE t.{number} >= ? AND t.{number} < ?", [at, at + _AT_ONCE]).fetchall()
            rows = [(*row[width:], seal(*row[:width])) for row in found]
            conn.executemany(add, [row for row in rows if all(map(_is_storable, row))])
    finally:
        conn.text_factory = factory
    same = " AND ".join(f"t.{name} = s.{name}" for name in key)
    conn.execute(f"UPDATE main.{table} AS t SET {COLUMN} = s.made FROM temp.seals AS s WHERE {same}")
    conn.execute("DROP TABLE temp.seals")


def _lenient(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def _is_storable(value: object) -> bool:
    """A name that is no text any more cannot be asked for; its row stays without a seal, and `verify` names it."""
    return not isinstance(value, str) or value.isascii() or value.encode("utf-8", "replace").decode() == value
