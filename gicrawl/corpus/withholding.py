"""What hiding a body or a report means for everything made of it.

The archive hides bodies by digest and reports by their public id (`gicrawl.archive.tombstones`); only here is it known
which pages and files make up a report. Documents that are hidden are left out by `gicrawl.corpus.current.reading`,
which whatever is shown is read through; captures are by `hidden_captures`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from gicrawl.archive import tombstones
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.tombstones import Erasure, Kind, Subject, hidden
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.schema import DETAILS, ERASED_PARSES
from gicrawl.corpus.store import prepare

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from gicrawl.archive.store import Archive

_DIGEST = re.compile(r"(?:sha256:|report:)?([0-9a-f]{64})", re.IGNORECASE)

_OF_URL = """
SELECT DISTINCT urls.url, circumstances.role, bodies.sha256 FROM captures
JOIN urls ON urls.id = captures.url
JOIN circumstances ON circumstances.id = captures.circumstances
LEFT JOIN bodies ON bodies.id = captures.body
WHERE captures.id IN (
    SELECT captures.id FROM captures JOIN urls ON urls.id = captures.url WHERE urls.url = :url
    UNION SELECT captures.id FROM captures JOIN urls ON urls.id = captures.requested_url WHERE urls.url = :url
) AND captures.outcome != 'redirect'
"""
_OF_REPORT = """
SELECT body FROM documents WHERE report_id = :report
UNION SELECT document_bodies.body FROM document_bodies JOIN documents ON documents.id = document_bodies.document
WHERE documents.report_id = :report
"""
_PAGES = """
SELECT captures.id FROM captures
WHERE captures.url IN (SELECT value FROM json_each(:urls))
    OR captures.requested_url IN (SELECT value FROM json_each(:urls))
"""
_HIDDEN = f"""
WITH pages AS MATERIALIZED ({_PAGES}),
files AS MATERIALIZED (
    SELECT DISTINCT url FROM links WHERE page IN pages AND role IN ('attachment', 'image')
),
gone AS MATERIALIZED (
    SELECT id FROM pages
    UNION SELECT id FROM captures WHERE url IN files OR requested_url IN files
    UNION SELECT captures.id FROM captures JOIN bodies ON bodies.id = captures.body
    WHERE lower(hex(bodies.sha256)) IN (SELECT value FROM json_each(:bodies))
)
SELECT uuid FROM captures WHERE id IN gone OR revisit_of IN gone
"""  # noqa: S608 - constants


def meant(archive: Archive, asked: str) -> tuple[Subject, ...]:
    """What a user means.

    Args:
        archive: where to look.
        asked: the SHA-256 of a body, the public id of a report or of one of its versions, or a URL: of a report, as
            asked for or as redirected, or of anything else, and then every body that came from there.

    Raises:
        ArchiveError: nothing here is called so.
    """
    prepare(archive)
    with archive.explaining("looking for what is to be withheld"):
        conn = archive.db.conn
        found = _by_digest(conn, bytes.fromhex(name[1])) if (name := _DIGEST.fullmatch(asked)) else _by_url(conn, asked)
    if not found:
        raise ArchiveError(
            f"{archive.path}: nothing here is called {asked}; give a URL as it stands in the archive, the id of a "
            "report, or the SHA-256 of a body"
        )
    return found


def _by_digest(conn: sqlite3.Connection, digest: bytes) -> tuple[Subject, ...]:
    if conn.execute("SELECT 1 FROM bodies WHERE sha256 = ?", [digest]).fetchone() is not None:
        return (Subject(Kind.BODY, digest),)
    row = conn.execute("SELECT report_id FROM documents WHERE report_id = ?1 OR digest = ?1", [digest]).fetchone()
    return () if row is None else (Subject(Kind.REPORT, row[0]),)


def _by_url(conn: sqlite3.Connection, url: str) -> tuple[Subject, ...]:
    rows = conn.execute(_OF_URL, {"url": url}).fetchall()
    reports = {report_id(at) for at, role, _ in rows if role == "article"}
    known = report_id(url)
    if conn.execute("SELECT 1 FROM documents WHERE report_id = ?", [known]).fetchone() is not None:
        reports.add(known)
    if reports:
        return tuple(Subject(Kind.REPORT, one) for one in sorted(reports))
    return tuple(Subject(Kind.BODY, one) for one in sorted({body for _, _, body in rows if body is not None}))


def bodies_of(archive: Archive, subjects: Collection[Subject]) -> list[bytes]:
    """The bodies behind bodies and reports, each once: of a report all versions, with their attached files.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    found: set[bytes] = set()
    with archive.explaining("looking for bodies"):
        for one in subjects:
            if one.kind is Kind.BODY:
                found.add(one.digest)
            else:
                found.update(body for (body,) in archive.db.conn.execute(_OF_REPORT, {"report": one.digest}))
    return sorted(found)


def erase(archive: Archive, bodies: Collection[bytes], *, who: str, why: str) -> Erasure:
    """Erase bodies, and what was read of them: see `gicrawl.archive.tombstones.erase`.

    Which documents there were stays on record, with issuer, year and title.

    Raises:
        ArchiveError: as there.
    """

    def forget(conn: sqlite3.Connection) -> None:
        gone = [parse for (parse,) in conn.execute(ERASED_PARSES)]
        for table in DETAILS:
            conn.executemany(f"DELETE FROM {table} WHERE parse = ?", [(parse,) for parse in gone])  # noqa: S608 - constants

    prepare(archive)
    return tombstones.erase(archive, bodies, who=who, why=why, also=forget)


def hidden_captures(archive: Archive) -> frozenset[bytes]:
    """UUIDs of the captures that are shown to nobody, 16 bytes each; mostly none.

    They are those of a hidden body, of a hidden report's page under any of its addresses, of the files attached to it,
    and what says that one of these still holds.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    subjects = [one.subject for one in hidden(archive)]
    if not subjects:
        return frozenset()
    reports = {one.digest for one in subjects if one.kind is Kind.REPORT}
    bodies = [one.digest.hex() for one in subjects if one.kind is Kind.BODY]
    with archive.explaining("looking for what is withheld"):
        conn = archive.db.conn
        urls = (
            [row for row, url in conn.execute("SELECT id, url FROM urls") if report_id(url) in reports]
            if reports
            else []
        )
        rows = conn.execute(_HIDDEN, {"urls": json.dumps(urls), "bodies": json.dumps(bodies)})
        return frozenset(uuid for (uuid,) in rows)
