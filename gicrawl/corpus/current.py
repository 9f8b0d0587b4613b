"""Which parse of a document counts today."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gicrawl.archive.care_schema import HIDDEN
from gicrawl.corpus.store import prepare
from gicrawl.parser import parser_version

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.selection import Selection

_PARSE = """(
    SELECT parses.id FROM parses
    WHERE parses.document = documents.id
    ORDER BY EXISTS (
        SELECT 1 FROM json_each(:parsers) AS current
        WHERE current.key = parses.reader AND current.value = parses.parser
    ) DESC, parses.made DESC, parses.parser DESC, parses.content DESC
    LIMIT 1
)"""
_HIDDEN = f"""
CREATE TEMP TABLE hidden_documents AS
WITH hidden AS MATERIALIZED ({HIDDEN}),
    bodies AS MATERIALIZED (SELECT subject FROM hidden WHERE kind = 'body')
SELECT documents.id AS document, {_PARSE} AS parse FROM documents
WHERE (
    documents.report_id IN (SELECT subject FROM hidden WHERE kind = 'report') OR documents.body IN bodies
    OR documents.id IN (SELECT document FROM document_bodies WHERE body IN bodies)
) AND NOT EXISTS (SELECT 1 FROM superseded WHERE superseded.document = documents.id)
"""  # noqa: S608 - constants
_CURRENT = f"""
CREATE TEMP TABLE current_parses AS
SELECT documents.id AS document, {_PARSE} AS parse
FROM documents
WHERE NOT EXISTS (SELECT 1 FROM superseded WHERE superseded.document = documents.id)
    AND documents.id NOT IN (SELECT document FROM temp.hidden_documents)
"""  # noqa: S608 - constants

_EVERY_TOO = "CREATE TEMP VIEW every_current AS SELECT document, parse FROM current_parses"
_EVERY = """
CREATE TEMP TABLE every_current AS SELECT document, parse FROM current_parses;
CREATE UNIQUE INDEX temp.every_current_by_document ON every_current (document)
"""
_LEAVE_OUT = """
DELETE FROM temp.current_parses
WHERE NOT EXISTS (SELECT 1 FROM parses WHERE parses.id = current_parses.parse AND {condition})
"""


def current_parsers(archive: Archive, version: Callable[[str], str] = parser_version) -> str:
    """Today's version of each reader that has parsed something here, as a JSON object.

    A reader that today's parser no longer knows is left out: its parses are all old ones.
    """
    with archive.explaining("looking for parser versions"):
        readers = [reader for (reader,) in archive.db.conn.execute("SELECT DISTINCT reader FROM parses")]
    versions = {}
    for reader in readers:
        try:
            versions[reader] = version(reader)
        except (KeyError, ValueError):
            continue
    return json.dumps(versions)


@contextmanager
def reading(archive: Archive, selection: Selection | None = None) -> Iterator[sqlite3.Connection]:
    """Read the current parses, all from one moment, whatever others write meanwhile.

    Inside the block the connection has a temporary table `current_parses (document, parse)`: of each document the
    newest parse by the current version of its reader, else the newest there is; NULL where it was never parsed. What
    a selection leaves out of it is still in `every_current`, for whoever has to know what else there is. What is
    withheld, or was erased, is in neither, but in a table of its own, `hidden_documents`, of the same columns. Blocks
    may stand inside each other.

    Args:
        archive: where to read.
        selection: bodies and years; what is read inside the block is only of documents whose current parse tells of
            one of them. Blocks inside see the same.

    Raises:
        ArchiveError: the archive cannot be read.
        ValueError: a selection for a block inside another one.
    """
    connection = archive.db.conn
    if connection.in_transaction:
        if selection:
            raise ValueError("a selection belongs to the outermost block: what is read inside it is one moment")
        yield connection
        return
    prepare(archive)
    with archive.explaining("reading parses"):
        parsers = current_parsers(archive)
        connection.execute("BEGIN")
        try:
            connection.execute(_HIDDEN, {"parsers": parsers})
            connection.execute("CREATE UNIQUE INDEX temp.hidden_by_document ON hidden_documents (document)")
            connection.execute(_CURRENT, {"parsers": parsers})
            if not selection:
                connection.execute(_EVERY_TOO)
            else:
                for statement in _EVERY.split(";"):
                    connection.execute(statement)
                condition, values = selection.sql()
                connection.execute(_LEAVE_OUT.format(condition=condition), values)
            connection.execute("CREATE UNIQUE INDEX temp.current_by_document ON current_parses (document)")
            yield connection
        finally:
            connection.execute("ROLLBACK")
