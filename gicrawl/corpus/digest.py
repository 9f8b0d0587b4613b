"""One number for what the archive's documents say."""

from __future__ import annotations

import hashlib
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from gicrawl.corpus.current import reading
from gicrawl.corpus.rows import compact
from gicrawl.corpus.views import cells_of, checks_of, facts_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from gicrawl.archive.store import Archive

_PARSES = """
SELECT documents.body, current.parse FROM temp.current_parses AS current
JOIN documents ON documents.id = current.document
WHERE current.parse IS NOT NULL
ORDER BY documents.body
"""


def corpus_digest(archive: Archive) -> str:
    """SHA-256 over the current cells, facts and checks, keyed by the SHA-256 of the body they were read from.

    Run ids, times, row numbers and the order of work leave no trace: two archives with the same digest say the same
    of the same bodies. A body met in several contexts counts once for each different thing said of it.

    Returns:
        64 hex digits.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    told = hashlib.sha256()
    with reading(archive) as connection:
        rows = connection.execute(_PARSES)
        for body, group in groupby(rows, key=itemgetter(0)):
            for line in sorted({line for _, parse in group for line in _lines(connection, parse)}):
                told.update(f"{body.hex()} {line}\n".encode())
    return told.hexdigest()


def _lines(connection: sqlite3.Connection, parse: int) -> Iterator[str]:
    for cell in cells_of(connection, parse):
        yield compact(
            [
                "cell",
                *cell.key,
                cell.value,
                cell.state,
                cell.raw,
                cell.unit,
                cell.confidence,
                cell.flags,
                cell.candidates,
                cell.evidence,
            ]
        )
    for fact in facts_of(connection, parse):
        yield compact(["fact", fact.key, fact.value, fact.unit, fact.scope, fact.kind, fact.sentence, fact.evidence])
    for check in checks_of(connection, parse):
        place = (check.table, check.row, check.column)
        sides = (check.left, check.right, check.holds_if_blank_is_zero)
        yield compact(["check", check.id, check.status, check.severity, *place, *sides, check.cells])
