"""What of two archives is the same row, read from the schema itself, and the SQL that adds what is missing.

Rows are joined by small integers that differ from file to file, so a row is told by its key: a UUID, a digest, a text,
or all it says. References are followed through temporary tables that hold, for each row of the other archive, its
number here. Everything is done by SQLite in bulk; a table that somebody adds to the schema is united without a word
said about it here, as long as its references are declared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from gicrawl.archive.seals import COLUMN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

OTHER = "other"
"""Name under which the other archive is attached."""

LOCAL = frozenset({"merged_runs", "document_captures", "superseded", "registered"})
"""Bookkeeping of one file that says nothing about another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that both archives have.

    Attributes:
        columns: (name, whether it may be NULL) of each but the row's number.
        key: columns that say which row it is.
        references: column → table whose row number it holds.
        numbered: whether its rows have numbers that others refer to.
        parent: (column, table) of the rows it tells more of; they come in together. None where it stands by itself.
    """

    name: str
    columns: tuple[tuple[str, bool], ...]
    key: tuple[str, ...]
    references: Mapping[str, str]
    numbered: bool
    parent: tuple[str, str] | None

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns but the number."""
        return tuple(name for name, _ in self.columns)

    @property
    def keyed(self) -> bool:
        """Whether anything but the whole row says which it is."""
        return len(self.key) < len([name for name in self.names if name != COLUMN])

    def here(self, column: str) -> str:
        """SQL for what a column of the other's row `o` is in this archive."""
        if (table := self.references.get(column)) is None:
            return f"o.{column}"
        return f"(SELECT here FROM temp.map_{table} WHERE other = o.{column})"  # noqa: S608  # names of our schema

    def same(self) -> str:
        """SQL for "row `m` of ours is row `o` of the other"."""
        nullable = dict(self.columns)
        return " AND ".join(f"m.{name} {'IS' if nullable[name] else '='} {self.here(name)}" for name in self.key)


@dataclass(frozen=True, slots=True)
class Group:
    """A numbered table and those that tell more of its rows."""

    table: Table
    children: tuple[Table, ...] = field(default=())


def groups(conn: sqlite3.Connection) -> list[Group]:
    """What is to be united, each after everything it refers to.

    Args:
        conn: of this archive, with the other attached as `other`.
    """
    shared = [name for name in _tables(conn, OTHER) if name in set(_tables(conn, "main")) - LOCAL]
    foreign = {name: _foreign_keys(conn, name) for name in shared}
    named = {target for own, found in foreign.items() for target in found.values() if target != own}
    tables = {name: _table(conn, name, foreign[name], referred=name in named) for name in shared}
    children: dict[str, list[Table]] = {}
    for table in tables.values():
        if table.parent is not None:
            children.setdefault(table.parent[1], []).append(table)
    order: TopologicalSorter[str] = TopologicalSorter()
    for table in tables.values():
        if table.parent is None:
            family = [table, *children.get(table.name, ())]
            needs = {target for one in family for target in one.references.values()} - {table.name}
            order.add(table.name, *sorted(needs))
    return [Group(tables[name], tuple(children.get(name, ()))) for name in order.static_order()]


def unlike(conn: sqlite3.Connection) -> list[str]:
    """Tables of both that are not made alike; none, unless somebody changed a schema without a migration."""
    mine = _tables(conn, "main")
    return [
        name
        for name in _tables(conn, OTHER)
        if name in mine and _columns(conn, "main", name) != _columns(conn, OTHER, name)
    ]


def add_map(table: Table) -> str:
    """SQL that finds, for rows `:low < id <= :high` of the other, their numbers here; new ones follow `:base`."""
    return f"""
        INSERT INTO temp.map_{table.name} (other, here, fresh)
        SELECT id, coalesce(found, :base + row_number() OVER (PARTITION BY found IS NULL ORDER BY id)), found IS NULL
        FROM (
          SELECT o.id, (SELECT m.id FROM main.{table.name} AS m WHERE {table.same()}) AS found
          FROM {OTHER}.{table.name} AS o WHERE o.id > :low AND o.id <= :high
        )
    """  # noqa: S608  # names of our schema


def add_rows(table: Table, changed: Mapping[str, str], only: str = "1") -> str:
    """SQL that adds the new ones among those rows.

    Args:
        table: a numbered one.
        changed: column → SQL for it, where it is not taken over as it is.
        only: condition on the other's row `o`.
    """
    values = ", ".join(changed.get(name, table.here(name)) for name in table.names)
    return f"""
        INSERT INTO main.{table.name} (id, {", ".join(table.names)})
        SELECT map.here, {values} FROM {OTHER}.{table.name} AS o JOIN temp.map_{table.name} AS map ON map.other = o.id
        WHERE map.fresh AND o.id > :low AND o.id <= :high AND ({only}) ORDER BY o.id
    """  # noqa: S608  # names of our schema


def add_children(table: Table, only: str = "1") -> str:
    """SQL that adds what is not here of what the other tells more of those rows."""
    assert table.parent is not None  # asked for children only
    column, _ = table.parent
    values = [table.here(name) for name in table.names]
    once = "" if table.keyed or not table.numbered else f"GROUP BY {', '.join(values)} ORDER BY min(o.id)"
    return f"""
        INSERT INTO main.{table.name} ({", ".join(table.names)})
        SELECT {", ".join(values)} FROM {OTHER}.{table.name} AS o
        WHERE o.{column} > :low AND o.{column} <= :high AND ({only})
          AND NOT EXISTS (SELECT 1 FROM main.{table.name} AS m WHERE {table.same()})
        {once}
    """  # noqa: S608  # names of our schema


def differing(table: Table, free: Iterable[str], free_where: Mapping[str, str]) -> str | None:
    """SQL for the keys of rows that both have and tell otherwise of; None where nothing can differ.

    Args:
        table: a numbered one.
        free: columns that may differ.
        free_where: column → condition on our row `m` under which it may differ.
    """
    fixed = [name for name in table.names if name not in {*table.key, *free, COLUMN}]
    if not fixed:
        return None
    apart = {name: f"m.{name} IS NOT {table.here(name)}" for name in fixed}
    said = " OR ".join(
        f"({one} AND NOT {free_where[name]})" if name in free_where else one for name, one in apart.items()
    )
    return f"""
        SELECT {", ".join(f"o.{name}" for name in table.key)} FROM {OTHER}.{table.name} AS o
        JOIN temp.map_{table.name} AS map ON map.other = o.id JOIN main.{table.name} AS m ON m.id = map.here
        WHERE NOT map.fresh AND o.id > :low AND o.id <= :high AND ({said})
    """  # noqa: S608  # names of our schema


def _tables(conn: sqlite3.Connection, schema: str) -> list[str]:
    rows = conn.execute(
        f"SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sqlite%' ORDER BY name"  # noqa: S608  # ours
    )
    return [name for (name,) in rows]


def _columns(conn: sqlite3.Connection, schema: str, table: str) -> list[tuple[object, ...]]:
    return conn.execute(f"PRAGMA {schema}.table_info({table})").fetchall()


def _foreign_keys(conn: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[3]: row[2] for row in conn.execute(f"PRAGMA main.foreign_key_list({table})")}


def _table(conn: sqlite3.Connection, name: str, references: dict[str, str], *, referred: bool) -> Table:
    info = conn.execute(f"PRAGMA main.table_info({name})").fetchall()
    numbered = any(column == "id" for _, column, *_ in info)
    columns = tuple((column, not notnull and not place) for _, column, _, notnull, _, place in info if column != "id")
    key = _key(conn, name, info) or tuple(column for column, _ in columns if column != COLUMN)
    of = next((column for column, _ in columns if column in references and column in key), None)
    return Table(
        name=name,
        columns=columns,
        key=key,
        references=references,
        numbered=numbered,
        parent=None if referred or of is None else (of, references[of]),
    )


def _key(conn: sqlite3.Connection, name: str, info: list[tuple[object, ...]]) -> tuple[str, ...]:
    """The columns of its first unique constraint, else of its primary key when that is not the row's number."""
    unique = [row[1] for row in conn.execute(f"PRAGMA main.index_list({name})") if row[3] == "u"]
    if unique:
        return tuple(row[2] for row in conn.execute(f"PRAGMA main.index_info({unique[-1]})"))
    primary = sorted((row[5], row[1]) for row in info if row[5])
    return tuple(str(column) for _, column in primary if column != "id")
