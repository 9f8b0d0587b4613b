"""Writing parses into the archive's file. The parent of a re-parse is the only one who calls it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gicrawl.archive.errors import ArchiveNewer
from gicrawl.corpus.rows import HEAD
from gicrawl.corpus.schema import NAMES, migrations

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.rows import ParseRows, Row

_NAMES = ("document", "parser", "content", "reader", "made", "seconds", *HEAD)
_PARSE = (
    f"INSERT INTO parses ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))}) "  # noqa: S608 - constants
    "ON CONFLICT (document, parser, content) DO NOTHING"
)
_CELL = "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DETAILS = {
    "facts": "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "checks": "INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "grids": "INSERT INTO grids VALUES (?, ?, ?, ?, ?)",
    "problems": "INSERT INTO problems VALUES (?, ?, ?, ?)",
}


def prepare(archive: Archive) -> None:
    """Make sure that the archive has today's corpus tables.

    Raises:
        ArchiveNewer: a newer gicrawl has parsed in this archive.
        ArchiveError: the file cannot be written.
    """
    with archive.explaining("looking for the tables of parses"):
        applied = {migration.name for migration in migrations.applied(archive.db)}
    if unknown := sorted(applied - NAMES):
        raise ArchiveNewer(
            f"{archive.path}: a newer gicrawl has parsed in this archive ({', '.join(unknown)}); upgrade gicrawl"
        )
    if applied < NAMES:
        with archive.transaction("adding the tables of parses"):
            migrations.apply(archive.db)


def write(archive: Archive, parses: Iterable[ParseRows]) -> int:
    """Add parses, all in one short transaction.

    A parse that says what an earlier one by the same parser said of the same document is not added again.

    Returns:
        How many were added.

    Raises:
        ArchiveError: nothing of the batch was written.
    """
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with archive.transaction("writing parses") as connection:
        keys = _Keys(connection)
        return sum(_write(connection, keys, parse, made) for parse in parses)


class _Keys:
    """Row numbers of the cells' names; read anew in each transaction, for another process may have added some."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str, str], int] = {
            (table, row, column): number
            for number, table, row, column in connection.execute(
                "SELECT id, table_name, row_name, column_name FROM cell_keys"
            )
        }

    def number(self, key: tuple[str, str, str]) -> int:
        found = self._known.get(key)
        if found is None:
            found = self._connection.execute(
                "INSERT INTO cell_keys (table_name, row_name, column_name) VALUES (?, ?, ?)", key
            ).lastrowid
            assert found is not None  # an INSERT that succeeded has one
            self._known[key] = found
        return found


def _write(connection: sqlite3.Connection, keys: _Keys, parse: ParseRows, made: str) -> bool:
    first: Row = (parse.document, parse.parser, parse.content, parse.reader, made, round(parse.seconds, 6))
    cursor = connection.execute(_PARSE, first + parse.head)
    if not cursor.rowcount:
        return False
    number = cursor.lastrowid
    connection.executemany(_CELL, ((number, keys.number(key), *row) for key, row in parse.cells))
    details = {"facts": parse.facts, "checks": parse.checks, "grids": parse.grids, "problems": parse.problems}
    for table, rows in details.items():
        connection.executemany(_DETAILS[table], ((number, position, *row) for position, row in enumerate(rows)))
    return True
