"""What changed between two versions of the parser, document by document.

Nothing is held in memory but the counts: the differences are found anew each time they are asked for, one document
after the other, and a document of which both versions say the same is told by one digest and never opened.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gicrawl.corpus.current import current_parsers, reading
from gicrawl.corpus.diff_records import Difference, Parsed, differences
from gicrawl.corpus.errors import VersionUnknown
from gicrawl.corpus.generations import Generation, generations, named
from gicrawl.corpus.rows import HEAD
from gicrawl.corpus.views import cell_of, checks_of, facts_of, grids_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.selection import Selection
    from gicrawl.parser.report import Cell

_APART = frozenset({"status", "sha256", "media_type", "forms"})
IDENTITY = (*(name for name in HEAD if name not in _APART), "media_type", "reader")
"""Columns of `parses` that are compared one by one."""

_OF_GENERATION = """
SELECT parses.document, max(parses.id) AS parse FROM parses
JOIN json_each(?) AS chosen ON chosen.key = parses.reader AND chosen.value = parses.parser
GROUP BY parses.document
"""
_OF_ANOTHER = """
SELECT parses.document, max(parses.id) AS parse FROM parses
WHERE NOT EXISTS (
    SELECT 1 FROM json_each(?) AS chosen WHERE chosen.key = parses.reader AND chosen.value = parses.parser
)
GROUP BY parses.document
"""
_PAIRS = """
CREATE TEMP TABLE diff_pairs AS
WITH old AS MATERIALIZED ({old}), new AS MATERIALIZED ({new})
SELECT current.document, old.parse AS old, new.parse AS new, was.content IS now.content AS same
FROM temp.current_parses AS current
LEFT JOIN old ON old.document = current.document
LEFT JOIN new ON new.document = current.document
LEFT JOIN parses AS was ON was.id = old.parse
LEFT JOIN parses AS now ON now.id = new.parse
WHERE (old.parse IS NOT NULL OR new.parse IS NOT NULL) AND ({was} OR {now})
"""
_CHANGED = """
SELECT documents.report_id, documents.digest, documents.url, pairs.old, pairs.new, now.issuer_name, now.issuer_printed,
    was.issuer_name, was.issuer_printed, coalesce(now.year, was.year)
FROM temp.diff_pairs AS pairs
JOIN documents ON documents.id = pairs.document
JOIN parses AS was ON was.id = pairs.old
JOIN parses AS now ON now.id = pairs.new
WHERE NOT pairs.same AND pairs.old IS NOT NULL AND pairs.new IS NOT NULL
ORDER BY documents.url, documents.digest
"""
_HEAD = f"SELECT parser, status, forms, {', '.join(IDENTITY)} FROM parses WHERE id = ?"  # noqa: S608 - constants
_ROWS = (
    "SELECT cell_key, value, state, raw, unit, confidence, flags, candidates, evidence, typeof(value) FROM cells "
    "WHERE parse = ? ORDER BY cell_key"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A document of which two versions of the parser say different things.

    Attributes:
        report_id: SHA-256 of the canonical URL, hex.
        version: document digest, hex.
        issuer: by the new parse, else by the old one.
        year: the same.
        old_parser: version that made the old parse.
        new_parser: version that made the new one.
    """

    report_id: str
    version: str
    url: str
    issuer: str | None
    year: int | None
    old_parser: str
    new_parser: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two generations of parses side by side, while `compare` holds the archive still.

    Attributes:
        old: the older one; None for "whatever parsed it before".
        new: the newer one.
        compared: documents that both have parsed.
        only_old: documents that only the old one has parsed.
        only_new: documents that only the new one has parsed.
    """

    old: Generation | None
    new: Generation
    compared: int
    only_old: int
    only_new: int
    connection: Connection = field(repr=False)

    def changed(self) -> Iterator[Changed]:
        """The documents that differ, by URL; read from the archive anew each time."""
        for row in self.connection.execute(_CHANGED):
            report_id, digest, url, old, new, *issuers, year = row
            cells, their_cells = _cells_apart(self.connection, old, new)
            was, now = _parsed(self.connection, old, cells), _parsed(self.connection, new, their_cells)
            found = tuple(differences(was, now))
            if not found:  # the digests differ in what nobody is shown
                continue
            yield Changed(
                report_id=report_id.hex(),
                version=digest.hex(),
                url=url,
                issuer=next((name for name in issuers if name is not None), None),
                year=year,
                old_parser=was.parser,
                new_parser=now.parser,
                differences=found,
            )


@contextmanager
def compare(
    archive: Archive, old: str | None = None, new: str | None = None, selection: Selection | None = None
) -> Iterator[Comparison]:
    """Put two versions of the parser side by side; nothing is written to the archive.

    Args:
        archive: where to look.
        old: a version, or its beginning; it stands for all readers of its time (`gicrawl.corpus.generations`). None:
            for each document, the newest parse by another version than the new one.
        new: the same. None: today's parser, or, where it has parsed nothing here, the last one that did.
        selection: bodies and years; a document is in where one of the two parses says so.

    Raises:
        VersionUnknown: nothing here was parsed by such a version.
        ArchiveError: the archive cannot be read.
    """
    with reading(archive) as connection:
        later = named(connection, new) if new is not None else _latest(archive, connection)
        earlier = None if old is None else named(connection, old)
        asked, values = ("1", []) if not selection else selection.sql("was")
        asked_now = "1" if not selection else selection.sql("now")[0]
        query = _PAIRS.format(
            old=_OF_ANOTHER if earlier is None else _OF_GENERATION, new=_OF_GENERATION, was=asked, now=asked_now
        )
        connection.execute("DROP TABLE IF EXISTS temp.diff_pairs")
        connection.execute(query, [(earlier or later).json, later.json, *values, *values])
        sides = connection.execute(
            "SELECT count(*) FILTER (WHERE new IS NOT NULL AND old IS NOT NULL), "
            "count(*) FILTER (WHERE new IS NULL), count(*) FILTER (WHERE old IS NULL) FROM temp.diff_pairs"
        ).fetchone()
        yield Comparison(
            old=earlier, new=later, compared=sides[0], only_old=sides[1], only_new=sides[2], connection=connection
        )


def between(connection: Connection, old: int, new: int) -> tuple[Difference, ...]:
    """What two parses (row numbers) say differently, of one document or of two versions of a report.

    Args:
        connection: of an archive, within `gicrawl.corpus.current.reading`.
        old: row of `parses`.
        new: row of `parses`.
    """
    cells, their_cells = _cells_apart(connection, old, new)
    return tuple(differences(_parsed(connection, old, cells), _parsed(connection, new, their_cells)))


def _latest(archive: Archive, connection: Connection) -> Generation:
    """Today's parser where it has parsed something here, else the last one that did."""
    today = Generation(json.loads(current_parsers(archive)))
    (used,) = connection.execute(f"SELECT EXISTS ({_OF_GENERATION})", [today.json]).fetchone()
    if used:
        return today
    recorded = generations(connection)
    if not recorded:
        raise VersionUnknown(f"{archive.path}: nothing has been parsed here; run `gicrawl reparse` first")
    return recorded[0]


def _cells_apart(connection: Connection, old: int, new: int) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """The cells of two parses that are not the same in both; the others, nearly all, are never taken apart."""
    sides = [{row[0]: row[1:] for row in connection.execute(_ROWS, [parse])} for parse in (old, new)]
    apart = {key for key in sides[0].keys() | sides[1].keys() if sides[0].get(key) != sides[1].get(key)}
    names = {
        key: connection.execute(
            "SELECT table_name, row_name, column_name FROM cell_keys WHERE id = ?", [key]
        ).fetchone()
        for key in apart
    }
    order = sorted(apart, key=lambda key: names[key])
    was, now = (tuple(cell_of(names[key], side[key][:-1]) for key in order if key in side) for side in sides)
    return was, now


def _parsed(connection: Connection, parse: int, cells: tuple[Cell, ...]) -> Parsed:
    """Everything a parse says, with such of its cells."""
    row = connection.execute(_HEAD, [parse]).fetchone()
    parser, status, forms, *identity = row
    return Parsed(
        parser=parser,
        status=status,
        identity=dict(zip(IDENTITY, identity, strict=True)),
        forms=json.loads(forms),
        cells=cells,
        facts=facts_of(connection, parse),
        checks=checks_of(connection, parse),
        grids=grids_of(connection, parse),
        problems=problems_of(connection, parse),
    )
