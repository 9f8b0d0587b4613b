# ruff: noqa: S608  # SQL is put together from names of our own schema; values are always bound
"""What is settled by rule when two archives are united: see "United archives" in docs/archive.md.

Rows are the same where their keys are (`gicrawl.archive.merge_plan`); here stands which columns of such a row may
differ, and what then becomes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gicrawl.archive.care_schema import ERASED
from gicrawl.archive.merge_plan import OTHER
from gicrawl.archive.seals import COLUMN, is_sealed, sealed_values

if TYPE_CHECKING:
    from collections.abc import Mapping

GONE = "EXISTS (SELECT 1 FROM main.tombstones AS t WHERE t.sha256 = o.sha256)"
"""The other's row `o` is of a body that was erased in one of the two."""
CHANGED: Mapping[str, Mapping[str, str]] = {
    "bodies": {
        "codec": f"CASE WHEN {GONE} THEN '{ERASED}' ELSE o.codec END",
        "level": f"CASE WHEN {GONE} THEN NULL ELSE o.level END",
        "dictionary": f"CASE WHEN {GONE} THEN NULL "
        "ELSE (SELECT here FROM temp.map_dictionaries WHERE other = o.dictionary) END",
        "data": f"CASE WHEN {GONE} THEN x'' ELSE o.data END",
    }
}
"""Columns that are not taken over as they are."""
ONLY: Mapping[str, str] = {
    "dictionaries": f"NOT {GONE}",
    "bodies": f"{GONE} OR o.dictionary IS NULL "
    "OR EXISTS (SELECT 1 FROM temp.map_dictionaries WHERE other = o.dictionary)",
}
"""Condition on the other's row `o` that comes in."""
FREE: Mapping[str, tuple[str, ...]] = {
    "runs": ("finished", "status", "summary"),
    "dictionaries": ("site", "data"),
    "bodies": ("codec", "level", "dictionary", "data"),
    "captures": ("run",),
    "warc_records": ("run", "capture", "file", "offset", "within"),
}
"""Columns in which two archives may differ about the same row."""
FREE_WHERE: Mapping[str, Mapping[str, str]] = {
    "captures": {"time": "EXISTS (SELECT 1 FROM main.origins WHERE capture = m.id AND time_source = 'modified')"}
}
"""Such columns, where a condition on our row `m` holds."""


def _sealed(table: str, **changed: str) -> str:
    """SQL for the seal of our row `m` with some columns changed; one that is damaged in either archive stays so."""
    sound = f"{is_sealed(table, 'm')} AND {is_sealed(table, 'o', schema=OTHER)}"
    return f"CASE WHEN {sound} THEN gicrawl_seal({sealed_values(table, 'm', instead=changed)}) ELSE m.{COLUMN} END"


_FINISH = f"""
UPDATE main.runs AS m SET finished = o.finished, status = o.status, summary = o.summary,
  seal = {_sealed("runs", finished="o.finished", status="o.status", summary="o.summary")}
FROM {OTHER}.runs AS o JOIN temp.map_runs AS map ON map.other = o.id
WHERE m.id = map.here AND m.finished IS NULL AND o.finished IS NOT NULL
"""
_RUNS = """
JOIN temp.map_runs AS of ON of.other = o.run
JOIN main.runs AS theirs ON theirs.id = of.here,
main.runs AS ours
"""
_EARLIER = "(theirs.started, theirs.uuid) < (ours.started, ours.uuid)"
_FIRST_IMPORT = f"""
UPDATE main.captures AS m SET run = theirs.id, time = o.time,
  seal = {_sealed("captures", run="theirs.id", time="o.time")}
FROM {OTHER}.captures AS o JOIN temp.map_captures AS map ON map.other = o.id {_RUNS}
WHERE o.id > :low AND o.id <= :high AND NOT map.fresh AND m.id = map.here AND ours.id = m.run
  AND {_EARLIER} AND EXISTS (SELECT 1 FROM main.origins WHERE capture = m.id)
  AND EXISTS (SELECT 1 FROM {OTHER}.origins WHERE capture = o.id)
"""
_FIRST_ORIGIN = f"""
UPDATE main.origins SET run = theirs.id, kind = o.kind, place = o.place, modified = o.modified,
  time_source = o.time_source, about = o.about, seal = o.seal
FROM {OTHER}.origins AS o JOIN temp.map_captures AS map ON map.other = o.capture {_RUNS}
WHERE o.capture > :low AND o.capture <= :high AND NOT map.fresh AND main.origins.capture = map.here
  AND ours.id = main.origins.run AND {_EARLIER}
"""
_FIRST_RECORD = f"""
UPDATE main.warc_records SET run = theirs.id, type = o.type, header = o.header, offset = o.offset, within = o.within,
  seal = o.seal, capture = (SELECT here FROM temp.map_captures WHERE other = o.capture),
  block = (SELECT here FROM temp.map_bodies WHERE other = o.block),
  file = (SELECT here FROM temp.map_texts WHERE other = o.file)
FROM {OTHER}.warc_records AS o JOIN temp.map_warc_records AS map ON map.other = o.id {_RUNS}
WHERE o.id > :low AND o.id <= :high AND NOT map.fresh AND main.warc_records.id = map.here
  AND ours.id = main.warc_records.run
  AND (o.capture IS NULL, theirs.started, theirs.uuid) < (main.warc_records.capture IS NULL, ours.started, ours.uuid)
"""
HERE_STILL = f"""
SELECT b.sha256 FROM main.bodies AS b JOIN {OTHER}.tombstones AS t ON t.sha256 = b.sha256 WHERE b.codec <> '{ERASED}'
GROUP BY b.sha256 ORDER BY b.sha256
"""


SETTLE: Mapping[str, tuple[str, ...]] = {
    "runs": (_FINISH,),
    "captures": (_FIRST_IMPORT, _FIRST_ORIGIN),
    "warc_records": (_FIRST_RECORD,),
}
"""SQL that runs after each portion of a table (`:low`, `:high`: row numbers of the other's), in order."""


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
