# ruff: noqa: S608  # SQL is put together from names of our own schema; values are always bound
"""Which captures and runs are no longer what was written down, told at once for those who are about to show them all.

`gicrawl verify` says of each what is wrong with it. Here it is enough that something is, at a fifth of what reading a
capture takes. Rows that cannot be read at all are not among them: whoever reads them is told.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, damaged
from gicrawl.archive.interning import CIRCUMSTANCES, circumstances_digest, head_digest
from gicrawl.archive.seals import is_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Any

    from gicrawl.archive.store import Archive

_SAYING = {
    "captures": "id IN {bad}",
    "bodies": "body IN {bad}",
    "origins": "id IN (SELECT capture FROM origins WHERE capture IN {bad})",
    "judgements": "id IN (SELECT capture FROM judgements WHERE id IN {bad})",
    "links": "id IN (SELECT page FROM links WHERE id IN {bad})",
    "warc_records": "id IN (SELECT capture FROM warc_records WHERE id IN {bad})",
    "heads": "head IN {bad} OR request_head IN {bad}",
    "circumstances": "circumstances IN {bad}",
}
"""Table → the captures of which its rows `bad` say something."""
_BAD = "(SELECT value FROM json_each(?1))"

CAPTURE_ROWS = ("captures", "bodies", "origins", "judgements")
"""The sealed tables that say what a capture is, as tables of captures show it."""
BESIDE_ROWS = ("links", "warc_records")
"""The sealed tables of what is kept beside it."""


def changed_captures(archive: Archive, tables: Iterable[str]) -> frozenset[bytes]:
    """UUIDs of the captures that are not what was written down, 16 bytes each; mostly none.

    Args:
        archive: where to look.
        tables: those whose rows are held against their seals, of `CAPTURE_ROWS` and `BESIDE_ROWS`. Header blocks and
            circumstances are held against their digests in any case.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    bad = {table: _unlike_their_seals(archive, table) for table in tables}
    bad["heads"] = _unlike(archive, "heads", "digest, data, gap", lambda row: head_digest(*row[1:]) == row[0])
    bad["circumstances"] = _unlike(
        archive,
        "circumstances",
        f"digest, {', '.join(CIRCUMSTANCES)}",
        lambda row: circumstances_digest(row[1:]) == row[0],
    )
    found: set[bytes] = set()
    for table, rows in bad.items():
        if rows:
            wanted = f"SELECT uuid FROM captures WHERE {_SAYING[table].format(bad=_BAD)}"
            found.update(uuid for (uuid,) in archive.select("looking for captures", wanted, [json.dumps(rows)]))
    return frozenset(found)


def changed_runs(archive: Archive) -> frozenset[bytes]:
    """UUIDs of the runs that are not what was written down; errors as in `changed_captures`."""
    rows = _unlike_their_seals(archive, "runs")
    if not rows:
        return frozenset()
    found = archive.select("looking for runs", f"SELECT uuid FROM runs WHERE id IN {_BAD}", [json.dumps(rows)])
    return frozenset(uuid for (uuid,) in found)


def not_as_written(path: Path, what: str) -> ArchiveDamaged:
    """What to say of a capture or run that is not what was written down."""
    return damaged(path, "reading", f"{what} is not what was written down; `gicrawl verify` says what has changed")


def _unlike_their_seals(archive: Archive, table: str) -> list[int]:
    sql = f"SELECT t.rowid FROM {table} AS t WHERE NOT {is_sealed(table, 't')}"
    try:
        return [row for (row,) in archive.select("holding rows against their seals", sql, [])]
    except ArchiveError:  # one that cannot be read: each by itself
        return _one_by_one(archive, table, lambda row: bool(archive.select("reading", f"{sql} AND t.rowid = ?", [row])))


def _unlike(archive: Archive, table: str, columns: str, is_sound: Callable[[tuple[Any, ...]], bool]) -> list[int]:
    sql = f"SELECT id, {columns} FROM {table}"
    try:
        with archive.explaining(f"reading {table}"):  # one after the other: there may be many
            return [number for number, *values in archive.db.conn.execute(sql) if not is_sound(tuple(values))]
    except (ArchiveError, TypeError, ValueError):

        def differs(number: int) -> bool:
            ((_, *values),) = archive.select("reading", f"{sql} WHERE id = ?", [number])
            try:
                return not is_sound(tuple(values))
            except (TypeError, ValueError):
                return True

        return _one_by_one(archive, table, differs)


def _one_by_one(archive: Archive, table: str, differs: Callable[[int], bool]) -> list[int]:
    found = []
    for (row,) in archive.select(f"listing {table}", f"SELECT rowid FROM {table}", []):
        try:
            if differs(row):
                found.append(row)
        except ArchiveError:
            continue  # it says so itself to whoever reads it
    return found
