"""What a run has brought: bodies that say something the archive did not have before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gicrawl.archive.store import Archive

_NEW_CONTENTS = """
WITH fresh AS (
  SELECT coalesce((SELECT d.sha256 FROM digests AS d WHERE d.body = b.id AND d.kind = 'decoded'), b.sha256) AS content
  FROM bodies AS b WHERE b.id > :since
)
SELECT count(DISTINCT content) FROM fresh
WHERE NOT EXISTS (SELECT 1 FROM bodies AS o WHERE o.sha256 = content AND o.id <= :since)
  AND content NOT IN (SELECT sha256 FROM digests WHERE kind = 'decoded' AND body <= :since)
"""


def newest_body(archive: Archive) -> int:
    """Row of the newest body committed; 0 in an empty archive."""
    with archive.explaining("counting bodies"):
        (newest,) = archive.db.conn.execute("SELECT coalesce(max(id), 0) FROM bodies").fetchone()
    return int(newest)


def new_bodies(archive: Archive, since: int) -> int:
    """How many bodies the archive has that say something it did not have before.

    Counted with content-coding undone: a server that compresses writes the time into each answer, and the bytes
    kept are others every night.

    Args:
        archive: with all that is to count committed.
        since: what `newest_body` gave before.
    """
    with archive.explaining("counting bodies"):
        (count,) = archive.db.conn.execute(_NEW_CONTENTS, {"since": since}).fetchone()
    return int(count)
