# ruff: noqa: S608  # SQL is put together from names of our own schema; values are always bound
"""Seals: a short digest in each row, over what the row says, so that no bit of it can change unnoticed.

Bodies, heads, dictionaries and circumstances are named by digests over their bytes. What stands in a capture's own row
(its time, its status, the Date of the response), and in rows of runs, judgements, links, events and so on, has a seal:
the first 8 bytes of the SHA-256 over the row as a JSON array without white space, in ASCII, its values in the order of
`SEALED`. Texts are strings, numbers numbers, bytes strings of hexadecimal digits. In place of a row number, which
differs from file to file, stands what the row is called in any archive: a UUID, a digest, a URL, a text. So a seal goes
along when archives are united, and says of the row in any of them whether it is still what was written down.

A seal is fixity, no signature: whoever can write the file can seal what he likes.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

Value = str | int | float | bytes | None
"""What stands in a column, as the sqlite3 module tells of it; truth is 1 and falsehood 0."""

SIZE = 8
"""Bytes of a seal: a changed row passes for what it was once in 2**64 times."""

COLUMN = "seal"

NAMED: Mapping[str, str] = {
    "runs": "uuid",
    "captures": "uuid",
    "urls": "url",
    "texts": "text",
    "heads": "digest",
    "circumstances": "digest",
    "bodies": "sha256",
}
"""Table → the column that says, in whatever archive, which of its rows is meant."""

SEALED: Mapping[str, tuple[tuple[str, str | None], ...]] = {
    "runs": (
        *(("uuid", None), ("kind", None), ("arguments", None), ("user_agent", None), ("vantage", None)),
        *(("version", None), ("started", None), ("finished", None), ("status", None), ("summary", None)),
    ),
    "captures": (
        *(("uuid", None), ("run", "runs"), ("time", None), ("url", "urls"), ("requested_url", "urls"), ("hop", None)),
        *(("outcome", None), ("error", None), ("status", None), ("circumstances", "circumstances")),
        *(("request_line", None), ("request_head", "heads"), ("request_body", None), ("interim", None)),
        *(("head", "heads"), ("head_date", None), ("framing", None), ("surplus", None), ("complete", None)),
        *(("body", "bodies"), ("etag", "texts"), ("last_modified", "texts"), ("referrer", "captures")),
        *(("link_text", "texts"), ("revisit_of", "captures"), ("elapsed", None)),
    ),
    "origins": (
        *(("capture", "captures"), ("run", "runs"), ("kind", None), ("place", None), ("modified", None)),
        *(("time_source", None), ("about", None)),
    ),
    "warc_records": (
        *(("record", None), ("type", None), ("run", "runs"), ("capture", "captures"), ("header", None)),
        *(("block", "bodies"), ("file", "texts"), ("offset", None), ("within", None)),
    ),
    "judgements": (
        *(("capture", "captures"), ("judgement", None), ("signature", None), ("rule", None), ("pages_end", None)),
        ("made", None),
    ),
    "links": (
        *(("page", "captures"), ("position", None), ("url", "urls"), ("text", "texts"), ("title", "texts")),
        *(("date", None), ("role", None)),
    ),
    "bodies": (("sha256", None), ("size", None), ("sniffed_type", None)),
    "digests": (
        *(("body", "bodies"), ("kind", None), ("rule", None), ("sha256", None), ("size", None)),
        ("sniffed_type", None),
    ),
    "dictionaries": (("sha256", None), ("site", None)),
    "events": (
        *(("uuid", None), ("type", None), ("time", None), ("agent", None), ("outcome", None), ("objects", None)),
        ("detail", None),
    ),
    "withholdings": (
        *(("uuid", None), ("act", None), ("kind", None), ("subject", None), ("time", None), ("who", None)),
        ("why", None),
    ),
    "tombstones": (*(("uuid", None), ("sha256", None), ("size", None), ("time", None), ("who", None), ("why", None)),),
}
"""Table → what its seal is taken over, in order: (column, table whose row number it holds). Of a body and a dictionary
left out is how they are stored, which may change. What stands here is part of the schema: another order or another
column needs a migration that seals anew."""

KEYS: Mapping[str, tuple[str, ...]] = {"origins": ("capture",), "digests": ("body", "kind", "rule")}
"""Table → columns that number its rows in this file, where that is not `id`."""

_encode = json.JSONEncoder(default=bytes.hex, separators=(",", ":"), check_circular=False).encode


def seal(*values: Value) -> bytes:
    """The seal of a row, its values in the order of `SEALED`."""
    return sha256(_encode(values).encode()).digest()[:SIZE]


def key_of(table: str) -> tuple[str, ...]:
    """The columns that number the rows of a table in this file."""
    return KEYS.get(table, ("id",))


def sealed_values(table: str, row: str = "t", *, schema: str = "main", instead: Mapping[str, str] | None = None) -> str:
    """SQL for the values that the seal of a row is taken over, separated by commas.

    Args:
        table: one of `SEALED`.
        row: how the row is called in the statement around it.
        schema: the database that the tables are in.
        instead: column → SQL of what it is to hold instead.
    """
    found = []
    for column, of in SEALED[table]:
        held = (instead or {}).get(column, f"{row}.{column}")
        found.append(held if of is None else f"(SELECT n.{NAMED[of]} FROM {schema}.{of} AS n WHERE n.id = {held})")
    return ", ".join(found)


def is_sealed(table: str, row: str, *, schema: str = "main") -> str:
    """SQL for "this row says what it said when it was sealed"; needs `register`."""
    return f"({row}.{COLUMN} IS gicrawl_seal({sealed_values(table, row, schema=schema)}))"


FINISH_RUN = f"""
UPDATE runs SET finished = ?1, status = ?2, summary = ?3, seal = CASE WHEN {is_sealed("runs", "runs")}
  THEN gicrawl_seal({sealed_values("runs", "runs", instead={"finished": "?1", "status": "?2", "summary": "?3"})})
  ELSE seal END
WHERE uuid = ?4 AND finished IS NULL
"""
"""Notes how a run ended: when, how, what it reported; which run. A row that is damaged stays so."""


def register(conn: sqlite3.Connection) -> None:
    """Give a connection the function `gicrawl_seal`."""
    conn.create_function("gicrawl_seal", -1, seal, deterministic=True)


def columns(table: str) -> Sequence[str]:
    """The names of the values that the seal of a row is taken over."""
    return [column for column, _ in SEALED[table]]
