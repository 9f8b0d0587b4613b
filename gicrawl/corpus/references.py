"""Whether what the corpus refers to in the archive is there: it names captures by UUID and bodies by SHA-256."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.archive.verify import Finding
from gicrawl.corpus.store import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.archive.store import Archive

_NAMED = (
    ("documents", "capture", "captures", "uuid"),
    ("documents", "seen", "captures", "uuid"),
    ("documents", "body", "bodies", "sha256"),
    ("document_bodies", "capture", "captures", "uuid"),
    ("document_bodies", "body", "bodies", "sha256"),
    ("document_captures", "capture", "captures", "uuid"),
)


def dangling(archive: Archive) -> Iterator[Finding]:
    """Every capture or body that a document names and the archive does not have.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    prepare(archive)
    for table, column, target, name in _NAMED:
        with archive.explaining("following its references"):
            rows = archive.db.conn.execute(
                f"SELECT DISTINCT {column} FROM {table} "  # noqa: S608 - constants
                f"WHERE NOT EXISTS (SELECT 1 FROM {target} WHERE {name} = {table}.{column}) ORDER BY 1"
            ).fetchall()
        for (missing,) in rows:
            message = f"{table} names {missing.hex()} of {target}, which is not there"
            yield Finding("reference", missing.hex(), message)
