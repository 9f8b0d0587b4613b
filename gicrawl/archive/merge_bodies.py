# ruff: noqa: S608  # SQL is put together from names of our own schema; values are always bound
"""Bodies and dictionaries on their way from one archive into another: each is held against its SHA-256.

Damage travels along and is told; where one of two copies is sound, that one stands. What is erased here stays out.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gicrawl.archive.bodies import DecodeError, is_same, is_same_dictionary, unpack
from gicrawl.archive.care_schema import ERASED
from gicrawl.archive.dictionaries import DictionaryCache
from gicrawl.archive.merge_plan import OTHER
from gicrawl.archive.merge_rules import GONE
from gicrawl.archive.tombstones import alone

if TYPE_CHECKING:
    import sqlite3


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


class Bodies:
    """Looks at the bodies and dictionaries of one union.

    Attributes:
        remarks: what a person should know of them, in the order they were met.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._dictionaries = DictionaryCache(self._dictionary)
        self.remarks: list[Remark] = []

    def drop_unwanted(self, portion: dict[str, Any]) -> None:
        """Dictionaries that are erased here have no row here to be named by."""
        conn = self._conn
        conn.execute(
            f"DELETE FROM temp.map_dictionaries WHERE fresh AND other IN "
            f"(SELECT o.id FROM {OTHER}.dictionaries AS o WHERE o.id > :low AND o.id <= :high AND {GONE})",
            portion,
        )
        for name, data in conn.execute(
            f"SELECT o.sha256, o.data FROM {OTHER}.dictionaries AS o JOIN temp.map_dictionaries AS map "
            "ON map.other = o.id WHERE map.fresh AND o.id > :low AND o.id <= :high",
            portion,
        ):
            if not is_same_dictionary(name, data):
                self.remarks.append(Remark("damaged", f"dictionaries {name.hex()}"))

    def look_at(self, portion: dict[str, Any]) -> None:
        """Hold what comes in against its digests, and what both have where one of the two may be damaged."""
        conn = self._conn
        for name, size, codec, data, dictionary in conn.execute(
            f"SELECT o.sha256, o.size, o.codec, o.data, o.dictionary FROM {OTHER}.bodies AS o "
            "JOIN temp.map_bodies AS map ON map.other = o.id "
            f"WHERE map.fresh AND o.id > :low AND o.id <= :high AND NOT {GONE}",
            portion,
        ):
            if not self._is_body(name, size, codec, data, dictionary):
                self.remarks.append(Remark("damaged", f"bodies {name.hex()}"))
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
            self.remarks.append(Remark("healed", f"bodies {name.hex()}"))

    def add_alone(self, portion: dict[str, Any]) -> int:
        """New bodies whose dictionary is erased here: they come in compressed by themselves. Returns how many."""
        conn = self._conn
        rows = conn.execute(
            "SELECT map.here, o.sha256, o.size, o.sniffed_type, o.seal, o.codec, o.data, o.dictionary "
            f"FROM {OTHER}.bodies AS o JOIN temp.map_bodies AS map ON map.other = o.id "
            "WHERE map.fresh AND o.id > :low AND o.id <= :high AND o.dictionary IS NOT NULL "
            f"AND NOT {GONE} AND NOT EXISTS (SELECT 1 FROM temp.map_dictionaries WHERE other = o.dictionary)",
            portion,
        ).fetchall()
        for here, name, size, kind, sealed, codec, data, dictionary in rows:
            try:
                form = self._alone(codec, data, dictionary)
            except DecodeError:
                form = (codec, None, None, data)
            conn.execute(
                "INSERT INTO main.bodies (id, sha256, size, sniffed_type, seal, codec, level, dictionary, data) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (here, name, size, kind, sealed, *form),
            )
        return len(rows)

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
