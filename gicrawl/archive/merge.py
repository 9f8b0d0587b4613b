# ruff: noqa: S608  # SQL is put together from names of our own schema; values are always bound
"""Union: everything another archive holds, added to this one.

What is the same is told by UUIDs, digests and content (`gicrawl.archive.merge_plan`), so that nothing can conflict,
the order of merging does not matter, and merging again adds nothing. The other archive is only read. Rows come in
portions, each in one transaction with all that belongs to it: killed at any moment, the union goes on when it is run
again, and a crawl may write in between.

Every body is unpacked and held against its SHA-256 on its way. Damage travels along, so that nothing else of its
capture is lost and `verify` says of both archives the same; where one of two copies is sound, that one stands.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gicrawl.archive import schema
from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, ArchiveNewer, explaining
from gicrawl.archive.events import EventType, record
from gicrawl.archive.merge_bodies import Bodies, Remark
from gicrawl.archive.merge_plan import OTHER, Group, add_children, add_map, add_rows, differing, groups, unlike
from gicrawl.archive.merge_rules import CHANGED, FREE, FREE_WHERE, HERE_STILL, ONLY, SETTLE, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import Run

_ROWS = 20_000
"""Rows of a portion."""
_BYTES = 32 << 20
"""Stored bytes of bodies in a portion: as much as may be lost to a kill, and what a writer waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came in from one archive.

    Attributes:
        other: its file.
        added: table → rows that were not here.
        remarks: in the order they were met.
    """

    other: Path
    added: Mapping[str, int]
    remarks: tuple[Remark, ...]


def merge(
    archive: Archive,
    other: Path,
    rules: Rules | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Merged:
    """Add everything another archive holds.

    Args:
        archive: an open archive without a writer; rooms that keep tables in it have made them.
        other: file of the other one; left as it is.
        rules: for tables of other rooms.
        progress: is told (rows done, of how many).

    Raises:
        ArchiveMissing: there is no archive at `other`.
        ArchiveNewer: a newer gicrawl wrote it.
        ArchiveError: an older one did, or it is this archive, or one of the two cannot be read or written. What came in
            before stays; merge again.
    """
    with _attached(archive, other), explaining(archive.path, f"merging {other}"):
        try:
            return _Merge(archive, other, rules or Rules(), progress).run()
        except ArchiveDamaged as error:
            if isinstance(error.__cause__, sqlite3.Error) and _is_sound(archive):
                raise ArchiveDamaged(
                    f"{other}: the archive is damaged ({error.__cause__}); what came in before is whole. "
                    "Restore it from a backup and merge again"
                ) from error
            raise


def own_runs(archive: Archive) -> list[Run]:
    """The runs that worked in this very file, newest last: row numbers they noted hold here.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with archive.explaining("looking for its own runs"):
        merged = {
            row[0]
            for row in archive.db.conn.execute("SELECT uuid FROM runs JOIN merged_runs ON merged_runs.run = runs.id")
        }
    return [run for run in archive.runs() if run.id.bytes not in merged]


@contextmanager
def _attached(archive: Archive, other: Path) -> Iterator[None]:
    """Attach the other archive for reading, and leave no file beside it that was not there."""
    if not other.is_file():
        raise ArchiveMissing(f"{other}: there is no archive here; name one that a gicrawl has filled")
    if other.samefile(archive.path):
        raise ArchiveError(f"{other}: this is the archive to be filled itself; name another one")
    beside = [other.with_name(other.name + end) for end in ("-wal", "-shm")]
    unused = not any(path.exists() for path in beside)
    uri = other.absolute().as_uri()
    conn = archive.db.conn
    with explaining(other, "opening it"):
        try:
            conn.execute(f"ATTACH ? AS {OTHER}", [f"{uri}?mode=ro"])
            _check(archive, other)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or not unused:
                _detach(conn)
                raise
            _detach(conn)  # a folder we may not write, nobody else has it open: on such a medium it cannot change
            conn.execute(f"ATTACH ? AS {OTHER}", [f"{uri}?mode=ro&immutable=1"])
            _check(archive, other)
        except BaseException:
            _detach(conn)
            raise
    try:
        yield
    finally:
        _detach(conn)
        if unused and any(path.exists() for path in beside) and os.access(other, os.W_OK):
            with suppress(sqlite3.Error):  # the last to close a file clears what readers need beside it
                last = sqlite3.connect(f"{uri}?mode=rw", uri=True)
                last.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
                last.close()


def _detach(conn: sqlite3.Connection) -> None:
    if any(name == OTHER for _, name, _ in conn.execute("PRAGMA database_list")):
        conn.execute(f"DETACH {OTHER}")


def _check(archive: Archive, other: Path) -> None:
    """Whether the other file is an archive of the same schema."""
    conn = archive.db.conn
    (application,) = conn.execute(f"PRAGMA {OTHER}.application_id").fetchone()
    if application != schema.APPLICATION_ID:
        raise ArchiveDamaged(f"{other}: this SQLite file is not a gicrawl archive; name one that is")
    sql = "SELECT migration_set, name FROM {}._sqlite_migrations ORDER BY migration_set, name"
    mine, theirs = (set(conn.execute(sql.format(name))) for name in ("main", OTHER))
    if newer := sorted(theirs - mine):
        raise ArchiveNewer(f"{other}: a newer gicrawl wrote this archive (it knows {newer[-1][1]}); update gicrawl")
    sets = {kind for kind, _ in theirs}
    if older := sorted(name for kind, name in mine - theirs if kind in sets):
        raise ArchiveError(
            f"{other}: an older gicrawl wrote this archive (it lacks {older[0]}), and merging never changes it; "
            "copy it, bring the copy forward with `gicrawl status --archive COPY`, and merge that"
        )
    if tables := unlike(conn):
        raise ArchiveError(
            f"{other}: its table {tables[0]} is made otherwise than ours: one of the two was written by a gicrawl "
            "between releases; export it as WARC with the one that wrote it, and import that"
        )


def _is_sound(archive: Archive) -> bool:
    with suppress(sqlite3.Error):
        return bool(archive.db.conn.execute("PRAGMA main.quick_check(1)").fetchone() == ("ok",))
    return False


class _Merge:
    """One union under way."""

    def __init__(
        self, archive: Archive, other: Path, rules: Rules, progress: Callable[[int, int], None] | None
    ) -> None:
        self._archive, self._other, self._progress = archive, other, progress
        self._conn: sqlite3.Connection = archive.db.conn
        self._settle = {**SETTLE, **rules.settle}
        self._only = {**ONLY, **rules.only}
        self._free = {**FREE, **rules.free}
        self._added: dict[str, int] = {}
        self._bodies = Bodies(self._conn)
        self._remarks = self._bodies.remarks
        self._mapped: dict[str, int] = {}

    def run(self) -> Merged:
        conn = self._conn
        plan = {group.table.name: group for group in groups(conn)}
        conn.execute("BEGIN")  # one moment of the other: what comes into it later is not named by what we take
        try:
            ends = {
                name: conn.execute(f"SELECT coalesce(max(id), 0) FROM {OTHER}.{name}").fetchone()[0] for name in plan
            }
        finally:
            conn.execute("ROLLBACK")
        for name in plan:
            conn.execute(f"DROP TABLE IF EXISTS temp.map_{name}")
            columns = "other INTEGER PRIMARY KEY, here INTEGER NOT NULL, fresh INTEGER NOT NULL"
            conn.execute(f"CREATE TEMP TABLE map_{name} ({columns})")
        self._tombstones(plan.pop("tombstones"), ends.pop("tombstones"))
        done, total = 0, sum(ends.values())
        for name, group in plan.items():
            for low, high in self._portions(name, ends[name]):
                with self._archive.transaction(f"merging {self._other}"):
                    if name == "bodies":  # somebody may be packing the other's bodies anew
                        self._portion(plan["dictionaries"], self._mapped.get("dictionaries", 0), None)
                    self._portion(group, low, high)
                done += high - low
                if self._progress is not None:
                    self._progress(done, total)
        self._remarks += [Remark("erased_there", f"bodies {name.hex()}") for (name,) in conn.execute(HERE_STILL)]
        self._note()
        for name in ("tombstones", *plan):
            conn.execute(f"DROP TABLE temp.map_{name}")
        return Merged(other=self._other, added=dict(self._added), remarks=tuple(self._remarks))

    def _tombstones(self, group: Group, end: int) -> None:
        """First of all, so that nothing erased comes back."""
        with self._archive.transaction(f"merging {self._other}"):
            self._portion(group, 0, end)

    def _note(self) -> None:
        """Put the union on record; one that found nothing new is none."""
        damaged = any(remark.code in {"damaged", "differs"} for remark in self._remarks)
        if not any(self._added.values()) and not any(remark.code == "healed" for remark in self._remarks):
            return
        detail: dict[str, object] = {
            "archive": self._other.name,
            "added": {name: count for name, count in sorted(self._added.items()) if count},
            "remarks": len(self._remarks),
        }
        with self._archive.transaction("noting the merge") as conn:
            record(conn, EventType.MERGE, detail, success=not damaged)

    def _portions(self, name: str, end: int) -> Iterator[tuple[int, int]]:
        low = 0
        if name == "bodies":
            held = 0
            sizes = self._conn.execute("SELECT id, length(data) FROM other.bodies WHERE id <= ? ORDER BY id", [end])
            for row, size in sizes.fetchall():
                held += size
                if held >= _BYTES:
                    yield low, row
                    low, held = row, 0
        else:
            while end - low > _ROWS:
                yield low, low + _ROWS
                low += _ROWS
        if end > low:
            yield low, end

    def _portion(self, group: Group, low: int, high: int | None) -> None:
        """Rows of one table and those that tell more of them, in the transaction that is open."""
        conn, table = self._conn, group.table
        name = table.name
        if high is None:
            (high,) = conn.execute(f"SELECT coalesce(max(id), 0) FROM {OTHER}.{name}").fetchone()
        (base,) = conn.execute(f"SELECT coalesce(max(id), 0) FROM main.{name}").fetchone()
        portion: dict[str, Any] = {"low": low, "high": high}
        conn.execute(add_map(table), portion | {"base": base})
        only = self._only.get(name, "1")
        if name == "dictionaries":
            self._bodies.drop_unwanted(portion)
        if name == "bodies":
            self._bodies.look_at(portion)
        self._count(name, conn.execute(add_rows(table, CHANGED.get(name, {}), only), portion))
        if name == "bodies":
            self._added[name] += self._bodies.add_alone(portion)
        for child in group.children:
            self._count(child.name, conn.execute(add_children(child, self._only.get(child.name, "1")), portion))
        self._complete(group, portion)
        if (said := differing(table, self._free.get(name, ()), FREE_WHERE.get(name, {}))) is not None:
            self._remarks += [Remark("differs", f"{name} {_said(row)}") for row in conn.execute(said, portion)]
        if name == "runs":
            conn.execute("INSERT OR IGNORE INTO merged_runs (run) SELECT here FROM temp.map_runs WHERE fresh")
        for rule in self._settle.get(name, ()):
            conn.execute(rule, portion if ":low" in rule else {})
        self._mapped[name] = high

    def _count(self, table: str, cursor: sqlite3.Cursor) -> None:
        self._added[table] = self._added.get(table, 0) + cursor.rowcount

    def _complete(self, group: Group, portion: dict[str, Any]) -> None:
        """Whether everything the new rows refer to is here: a reference that leads nowhere would be lost in silence."""
        table = group.table
        optional = [name for name, nullable in table.columns if nullable and name in table.references]
        optional = [name for name in optional if name not in CHANGED.get(table.name, {})]
        if not optional:
            return
        lost = " OR ".join(f"(o.{name} IS NOT NULL AND {table.here(name)} IS NULL)" for name in optional)
        row = self._conn.execute(
            f"SELECT {', '.join(f'o.{name}' for name in table.key)} FROM {OTHER}.{table.name} AS o "
            f"JOIN temp.map_{table.name} AS map ON map.other = o.id "
            f"WHERE map.fresh AND o.id > :low AND o.id <= :high AND ({lost}) LIMIT 1",
            portion,
        ).fetchone()
        if row is not None:
            raise ArchiveDamaged(
                f"{self._other}: the archive is damaged: {table.name} {_said(row)} names a row that is not there; "
                "restore it from a backup and merge again"
            )


def _said(row: tuple[Any, ...]) -> str:
    return " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in row)
