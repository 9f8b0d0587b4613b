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
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gicrawl.archive import schema
from gicrawl.archive.bodies import DecodeError, is_same, is_same_dictionary, unpack
from gicrawl.archive.care_schema import ERASED
from gicrawl.archive.dictionaries import DictionaryCache
from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, ArchiveNewer, explaining
from gicrawl.archive.events import EventType, record
from gicrawl.archive.merge_plan import (
    OTHER,
    Group,
    add_children,
    add_map,
    add_rows,
    differing,
    groups,
    unlike,
)
from gicrawl.archive.tombstones import alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import Run

_ROWS = 20_000
"""Rows of a portion."""
_BYTES = 32 << 20
"""Stored bytes of bodies in a portion: as much as may be lost to a kill, and what a writer waits for."""

_GONE = "EXISTS (SELECT 1 FROM main.tombstones AS t WHERE t.sha256 = o.sha256)"
_CHANGED: Mapping[str, Mapping[str, str]] = {
    "bodies": {
        "codec": f"CASE WHEN {_GONE} THEN '{ERASED}' ELSE o.codec END",
        "level": f"CASE WHEN {_GONE} THEN NULL ELSE o.level END",
        "dictionary": f"CASE WHEN {_GONE} THEN NULL "
        "ELSE (SELECT here FROM temp.map_dictionaries WHERE other = o.dictionary) END",
        "data": f"CASE WHEN {_GONE} THEN x'' ELSE o.data END",
    }
}
_ONLY: Mapping[str, str] = {
    "dictionaries": f"NOT {_GONE}",
    "bodies": f"{_GONE} OR o.dictionary IS NULL "
    "OR EXISTS (SELECT 1 FROM temp.map_dictionaries WHERE other = o.dictionary)",
}
_FREE: Mapping[str, tuple[str, ...]] = {
    "runs": ("finished", "status", "summary"),
    "dictionaries": ("site", "data"),
    "bodies": ("codec", "level", "dictionary", "data"),
    "captures": ("run",),
    "warc_records": ("run", "capture", "file", "offset", "within"),
}
"""Columns in which two archives may differ about the same row: see "United archives" in docs/archive.md."""
_FREE_WHERE: Mapping[str, Mapping[str, str]] = {
    "captures": {"time": "EXISTS (SELECT 1 FROM main.origins WHERE capture = m.id AND time_source = 'modified')"}
}
"""Such columns, where a condition on our row `m` holds."""

_FINISH = f"""
UPDATE main.runs SET finished = o.finished, status = o.status, summary = o.summary
FROM {OTHER}.runs AS o JOIN temp.map_runs AS map ON map.other = o.id
WHERE main.runs.id = map.here AND main.runs.finished IS NULL AND o.finished IS NOT NULL
"""
_RUNS = """
JOIN temp.map_runs AS of ON of.other = o.run
JOIN main.runs AS theirs ON theirs.id = of.here,
main.runs AS ours
"""
_EARLIER = "(theirs.started, theirs.uuid) < (ours.started, ours.uuid)"
_FIRST_IMPORT = f"""
UPDATE main.captures SET run = theirs.id, time = o.time
FROM {OTHER}.captures AS o JOIN temp.map_captures AS map ON map.other = o.id {_RUNS}
WHERE o.id > :low AND o.id <= :high AND NOT map.fresh AND main.captures.id = map.here AND ours.id = main.captures.run
  AND {_EARLIER} AND EXISTS (SELECT 1 FROM main.origins WHERE capture = main.captures.id)
  AND EXISTS (SELECT 1 FROM {OTHER}.origins WHERE capture = o.id)
"""
_FIRST_ORIGIN = f"""
UPDATE main.origins SET run = theirs.id, kind = o.kind, place = o.place, modified = o.modified,
  time_source = o.time_source, about = o.about
FROM {OTHER}.origins AS o JOIN temp.map_captures AS map ON map.other = o.capture {_RUNS}
WHERE o.capture > :low AND o.capture <= :high AND NOT map.fresh AND main.origins.capture = map.here
  AND ours.id = main.origins.run AND {_EARLIER}
"""
_FIRST_RECORD = f"""
UPDATE main.warc_records SET run = theirs.id, type = o.type, header = o.header, offset = o.offset, within = o.within,
  capture = (SELECT here FROM temp.map_captures WHERE other = o.capture),
  block = (SELECT here FROM temp.map_bodies WHERE other = o.block),
  file = (SELECT here FROM temp.map_texts WHERE other = o.file)
FROM {OTHER}.warc_records AS o JOIN temp.map_warc_records AS map ON map.other = o.id {_RUNS}
WHERE o.id > :low AND o.id <= :high AND NOT map.fresh AND main.warc_records.id = map.here
  AND ours.id = main.warc_records.run
  AND (o.capture IS NULL, theirs.started, theirs.uuid) < (main.warc_records.capture IS NULL, ours.started, ours.uuid)
"""
_HERE_STILL = f"""
SELECT b.sha256 FROM main.bodies AS b JOIN {OTHER}.tombstones AS t ON t.sha256 = b.sha256 WHERE b.codec <> '{ERASED}'
GROUP BY b.sha256 ORDER BY b.sha256
"""


_SETTLE: Mapping[str, tuple[str, ...]] = {
    "runs": (_FINISH,),
    "captures": (_FIRST_IMPORT, _FIRST_ORIGIN),
    "warc_records": (_FIRST_RECORD,),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know of after a merge.

    Attributes:
        code: `damaged` (a body or dictionary came in as damaged as it was), `healed` (ours was damaged, theirs was
            not), `differs` (both have it and tell otherwise of it; ours stands), `erased_there` (its bytes were erased
            in the other archive and are still in this one, hidden).
        subject: `table key`, the key in hex where it is a digest or a UUID.
    """

    code: str
    subject: str


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


@dataclass(frozen=True, slots=True)
class Rules:
    """How tables of other rooms are united, beyond what their keys say.

    Attributes:
        settle: table → SQL to run after each of its portions (`:low`, `:high`: row numbers of the other's), in order.
        only: table → condition on the other's row `o` that comes in.
        free: table → columns in which two archives may differ about the same row.
    """

    settle: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    free: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
        self._settle = {**_SETTLE, **rules.settle}
        self._only = {**_ONLY, **rules.only}
        self._free = {**_FREE, **rules.free}
        self._added: dict[str, int] = {}
        self._remarks: list[Remark] = []
        self._dictionaries = DictionaryCache(self._dictionary)
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
        self._remarks += [Remark("erased_there", f"bodies {name.hex()}") for (name,) in conn.execute(_HERE_STILL)]
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
            self._drop_unwanted(portion)
        if name == "bodies":
            self._look_at_bodies(portion)
        self._count(name, conn.execute(add_rows(table, _CHANGED.get(name, {}), only), portion))
        if name == "bodies":
            self._bodies_alone(portion)
        for child in group.children:
            self._count(child.name, conn.execute(add_children(child, self._only.get(child.name, "1")), portion))
        self._complete(group, portion)
        if (said := differing(table, self._free.get(name, ()), _FREE_WHERE.get(name, {}))) is not None:
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
        optional = [name for name in optional if name not in _CHANGED.get(table.name, {})]
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

    # Bodies

    def _drop_unwanted(self, portion: dict[str, Any]) -> None:
        """Dictionaries that are erased here have no row here to be named by."""
        conn = self._conn
        conn.execute(
            f"DELETE FROM temp.map_dictionaries WHERE fresh AND other IN "
            f"(SELECT o.id FROM {OTHER}.dictionaries AS o WHERE o.id > :low AND o.id <= :high AND {_GONE})",
            portion,
        )
        for name, data in conn.execute(
            f"SELECT o.sha256, o.data FROM {OTHER}.dictionaries AS o JOIN temp.map_dictionaries AS map "
            "ON map.other = o.id WHERE map.fresh AND o.id > :low AND o.id <= :high",
            portion,
        ):
            if not is_same_dictionary(name, data):
                self._remarks.append(Remark("damaged", f"dictionaries {name.hex()}"))

    def _look_at_bodies(self, portion: dict[str, Any]) -> None:
        """Hold what comes in against its digests, and what both have where one of the two may be damaged."""
        conn = self._conn
        for name, size, codec, data, dictionary in conn.execute(
            f"SELECT o.sha256, o.size, o.codec, o.data, o.dictionary FROM {OTHER}.bodies AS o "
            "JOIN temp.map_bodies AS map ON map.other = o.id "
            f"WHERE map.fresh AND o.id > :low AND o.id <= :high AND NOT {_GONE}",
            portion,
        ):
            if not self._is_body(name, size, codec, data, dictionary):
                self._remarks.append(Remark("damaged", f"bodies {name.hex()}"))
        doubtful = conn.execute(
            f"SELECT m.sha256, m.size, m.codec, m.data, (SELECT data FROM main.dictionaries WHERE id = m.dictionary), "
            "o.id, o.codec, o.data, o.dictionary, o.level, "
            "(SELECT here FROM temp.map_dictionaries WHERE other = o.dictionary) "
            f"FROM {OTHER}.bodies AS o JOIN temp.map_bodies AS map ON map.other = o.id "
            "JOIN main.bodies AS m ON m.id = map.here WHERE NOT map.fresh AND o.id > :low AND o.id <= :high "
            f"AND (m.data IS NOT o.data OR m.codec IS NOT o.codec) AND m.codec <> '{ERASED}' AND o.codec <> '{ERASED}'",
            portion,
        ).fetchall()
        for name, size, codec, data, ours, _, their_codec, theirs, dictionary, level, here in doubtful:
            if is_same(name, size, codec, data, ours):
                continue
            if not self._is_body(name, size, their_codec, theirs, dictionary):
                continue
            form = (their_codec, level, here, theirs)
            if dictionary is not None and here is None:
                form = self._alone(their_codec, theirs, dictionary)
            conn.execute(
                "UPDATE main.bodies SET codec = ?, level = ?, dictionary = ?, data = ? WHERE sha256 = ?", [*form, name]
            )
            self._remarks.append(Remark("healed", f"bodies {name.hex()}"))

    def _bodies_alone(self, portion: dict[str, Any]) -> None:
        """New bodies whose dictionary is erased here: they come in compressed by themselves."""
        conn = self._conn
        rows = conn.execute(
            "SELECT map.here, o.sha256, o.size, o.sniffed_type, o.codec, o.data, o.dictionary "
            f"FROM {OTHER}.bodies AS o JOIN temp.map_bodies AS map ON map.other = o.id "
            "WHERE map.fresh AND o.id > :low AND o.id <= :high AND o.dictionary IS NOT NULL "
            f"AND NOT {_GONE} AND NOT EXISTS (SELECT 1 FROM temp.map_dictionaries WHERE other = o.dictionary)",
            portion,
        ).fetchall()
        for here, name, size, kind, codec, data, dictionary in rows:
            try:
                form = self._alone(codec, data, dictionary)
            except DecodeError:
                form = (codec, None, None, data)
            conn.execute(
                "INSERT INTO main.bodies (id, sha256, size, sniffed_type, codec, level, dictionary, data) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (here, name, size, kind, *form),
            )
        self._added["bodies"] += len(rows)

    def _alone(self, codec: str, data: bytes, dictionary: int) -> tuple[str, int | None, None, bytes]:
        kind, level, small = alone(unpack(codec, data, self._dictionaries.get(dictionary)))
        return kind, level, None, small

    def _is_body(self, name: bytes, size: int, codec: str, data: bytes, dictionary: int | None) -> bool:
        try:
            body = unpack(codec, data, None if dictionary is None else self._dictionaries.get(dictionary))
        except DecodeError:
            return False
        return len(body) == size and sha256(body).digest() == name

    def _dictionary(self, row: int) -> bytes | None:
        found = self._conn.execute(f"SELECT data FROM {OTHER}.dictionaries WHERE id = ?", [row]).fetchone()
        return None if found is None else found[0]


def _said(row: tuple[Any, ...]) -> str:
    return " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in row)
