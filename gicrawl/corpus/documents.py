"""Which captures are documents, and what the parser is told of them.

A document is a main body, attached bodies and the context the parser sees. A page seen twice with the same bytes and
context is one document; its digest is the public id of that version of the report. Documents are derived from the
archive (`gicrawl.corpus.timeline` says how) and registered once; one that turns out to have been seen half, because a
file attached to it was still to come, is superseded.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gicrawl.archive.records import Role
from gicrawl.corpus.observing import Mark, end_of, fetches_of, touched, visits_of
from gicrawl.corpus.rows import compact
from gicrawl.corpus.timeline import states
from gicrawl.parser.document import Context

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from uuid import UUID

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.timeline import State

ROLES = (Role.ARTICLE,)
"""Captures made for these reasons are main bodies of documents."""

_BATCH = 200  # reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document as the archive shows it.

    Attributes:
        digest: version of the report: SHA-256 over content, attached bodies and context, 32 bytes.
        report_id: SHA-256 of the canonical URL of the main body, 32 bytes.
        url: of the main body, as it stands in the archive.
        body: SHA-256 of the main body as received.
        content: SHA-256 of the main body with its content-coding undone; equal to `body` where it has none.
        attached: (SHA-256 as received, capture) of attached bodies, in order.
        context: what the parser is told.
        capture: the capture the main body came from.
        seen: the first visit that showed this version.
        visits: captures that brought the main body while the report was in this state.
    """

    digest: bytes
    report_id: bytes
    url: str
    body: bytes
    content: bytes
    attached: tuple[tuple[bytes, UUID], ...]
    context: Context
    capture: UUID
    seen: UUID
    visits: tuple[UUID, ...]


def context_json(context: Context) -> str:
    """A context as it is stored: canonical JSON; `context_from` is the way back."""
    return compact(
        {
            "declared_charset": context.declared_charset,
            "declared_type": context.declared_type,
            "link_text": context.link_text,
            "missing": context.missing,
            "site_labels": context.site_labels,
            "url": context.url,
        }
    )


def context_from(stored: str) -> Context:
    """The context behind its JSON."""
    values = json.loads(stored)
    values["site_labels"] = tuple((name, label) for name, label in values["site_labels"])
    return Context(**values)


def document_digest(content: bytes, attached: tuple[bytes, ...], context: Context) -> bytes:
    """The version of a report: SHA-256 over what the parser sees of it and nothing else.

    The digests are those of decoded bodies, so that a server that compresses tonight makes no new version.
    """
    told = hashlib.sha256(content)
    for body in attached:
        told.update(body)
    told.update(context_json(context).encode())
    return told.digest()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every version of one report there is evidence of, oldest first, each once."""

    report_id: bytes
    versions: tuple[Found, ...]


def timeline(archive: Archive, report: bytes, urls: set[str]) -> Timeline:
    """The versions of a report, from everything the archive has of it.

    Args:
        archive: where to look.
        report: its id.
        urls: addresses of its page; those of registered documents are added.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with archive.explaining("looking for documents"):
        rows = archive.db.conn.execute("SELECT DISTINCT url FROM documents WHERE report_id = ?", [report]).fetchall()
    visits = visits_of(archive, urls | {url for (url,) in rows})
    attached = {url for visit in visits for url, _ in visit.page.links}
    fetches = {url: fetches_of(archive, url) for url in sorted(attached)}
    versions: dict[bytes, Found] = {}
    for state in states(visits, fetches):
        found = _found(report, state)
        before = versions.get(found.digest)
        versions[found.digest] = found if before is None else replace(before, visits=(*before.visits, *found.visits))
    return Timeline(report, tuple(versions.values()))


def _found(report: bytes, state: State) -> Found:
    page = state.page
    context = replace(page.context, missing=state.missing)
    contents = []
    attached = []
    for fetch in state.attached:
        assert fetch.content is not None  # only what was had is attached
        assert fetch.body is not None
        contents.append(fetch.content)
        attached.append((fetch.body, fetch.capture))
    return Found(
        digest=document_digest(page.content, tuple(contents), context),
        report_id=report,
        url=page.url,
        body=page.body,
        content=page.content,
        attached=tuple(attached),
        context=context,
        capture=page.capture,
        seen=state.seen,
        visits=state.visits,
    )


def unregistered(archive: Archive) -> Iterator[Timeline]:
    """Timelines of the reports of which something new came in since documents were last registered."""
    for report, urls in touched(archive, _mark(archive)).items():
        yield timeline(archive, report, urls)


def _mark(archive: Archive) -> Mark:
    with archive.explaining("looking for new documents"):
        row = archive.db.conn.execute("SELECT captures, links FROM registered").fetchone()
    return Mark() if row is None else Mark(*row)


def register(archive: Archive) -> int:
    """Give every capture of a document its document; killed half way, the next call does it again.

    Returns:
        How many documents are new.

    Raises:
        ArchiveError: the archive cannot be written.
    """
    added = 0
    end = end_of(archive)
    if end == _mark(archive):
        return 0
    batch: list[Timeline] = []
    for found in unregistered(archive):
        batch.append(found)
        if len(batch) == _BATCH:
            added += _write(archive, batch)
            batch.clear()
    return added + _write(archive, batch, end)


def _write(archive: Archive, batch: list[Timeline], end: Mark | None = None) -> int:
    added = 0
    with archive.transaction("registering documents") as connection:
        for found in batch:
            added += sum(_register(connection, version) for version in found.versions)
            _leave_out(connection, found)
            _supersede(connection, found)
        if end is not None:
            connection.execute(
                "INSERT INTO registered (id, captures, links) VALUES (1, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET captures = excluded.captures, links = excluded.links",
                (end.captures, end.links),
            )
    return added


def _register(connection: sqlite3.Connection, found: Found) -> bool:
    """Write one document, unless it is there; say whether it is new."""
    row = connection.execute(
        "INSERT INTO documents (digest, report_id, url, body, content, context, capture, seen) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
        (
            found.digest,
            found.report_id,
            found.url,
            found.body,
            found.content,
            context_json(found.context),
            found.capture.bytes,
            found.seen.bytes,
        ),
    )
    new = row.rowcount > 0
    (number,) = connection.execute("SELECT id FROM documents WHERE digest = ?", [found.digest]).fetchone()
    if not new:
        _see_earlier(connection, number, found)
    connection.executemany(
        "INSERT INTO document_captures (capture, document) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(capture.bytes, number) for capture in found.visits],
    )
    if new:
        connection.executemany(
            "INSERT INTO document_bodies (document, position, body, capture) VALUES (?, ?, ?, ?)",
            [(number, position, body, capture.bytes) for position, (body, capture) in enumerate(found.attached, 1)],
        )
    return new


def _see_earlier(connection: sqlite3.Connection, number: int, found: Found) -> None:
    """Say of a known document by which captures it is first seen, by all that is known now."""
    connection.execute(
        "UPDATE documents SET body = ?1, capture = ?2, seen = ?3 "
        "WHERE id = ?4 AND (body, capture, seen) <> (?1, ?2, ?3)",
        (found.body, found.capture.bytes, found.seen.bytes, number),
    )
    connection.executemany(
        "UPDATE document_bodies SET body = ?1, capture = ?2 "
        "WHERE document = ?3 AND position = ?4 AND (body, capture) <> (?1, ?2)",
        [(body, capture.bytes, number, position) for position, (body, capture) in enumerate(found.attached, 1)],
    )


def _leave_out(connection: sqlite3.Connection, found: Timeline) -> None:
    """Take back of each document the captures that, by all that is known now, show another one."""
    shown = {version.digest: {capture.bytes for capture in version.visits} for version in found.versions}
    rows = connection.execute(
        "SELECT documents.digest, document_captures.capture, documents.id FROM documents "
        "JOIN document_captures ON document_captures.document = documents.id WHERE documents.report_id = ?",
        [found.report_id],
    ).fetchall()
    connection.executemany(
        "DELETE FROM document_captures WHERE capture = ? AND document = ?",
        [(capture, number) for digest, capture, number in rows if capture not in shown.get(digest, ())],
    )


def _supersede(connection: sqlite3.Connection, found: Timeline) -> None:
    """Leave out what the whole of the evidence does not show, and take back what it does."""
    standing = {version.digest for version in found.versions}
    for number, digest, out in connection.execute(
        "SELECT id, digest, EXISTS (SELECT 1 FROM superseded WHERE document = documents.id) FROM documents "
        "WHERE report_id = ?",
        [found.report_id],
    ).fetchall():
        if (digest not in standing) and not out:
            connection.execute("INSERT INTO superseded (document) VALUES (?)", [number])
        elif digest in standing and out:
            connection.execute("DELETE FROM superseded WHERE document = ?", [number])
