"""Which captures are documents, and what the parser is told of them.

A document is a main body, attached bodies and the context the parser sees. A page seen twice with the same bytes and
context is one document; its digest is the public id of that version of the report.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.records import Outcome, Role
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.rows import compact
from gicrawl.parser.document import Context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import StoredCapture

ROLES = (Role.ARTICLE,)
"""Captures made for these reasons are documents."""

_BATCH = 500

_NEW = """
SELECT captures.uuid FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
WHERE circumstances.role = ? AND captures.outcome = ? AND captures.complete AND captures.body IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM document_captures WHERE document_captures.capture = captures.uuid)
ORDER BY captures.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document as a capture shows it.

    Attributes:
        digest: version of the report: SHA-256 over content, attached bodies and context, 32 bytes.
        report_id: SHA-256 of the canonical URL of the main body, 32 bytes.
        body: SHA-256 of the main body as received.
        content: SHA-256 of the main body with its content-coding undone; equal to `body` where it has none.
        attached: SHA-256 of attached bodies, in order.
        context: what the parser is told.
        capture: the capture it came from.
    """

    digest: bytes
    report_id: bytes
    body: bytes
    content: bytes
    attached: tuple[bytes, ...]
    context: Context
    capture: UUID


def context_of(capture: StoredCapture) -> Context:
    """What a capture tells the parser: address, declared type and charset, the text of the link that led there."""
    return Context(
        url=capture.final_url,
        declared_type=capture.declared_type,
        declared_charset=capture.declared_charset,
        link_text=capture.link_text,
    )


def context_json(context: Context) -> str:
    """A context as it is stored: canonical JSON; `context_from` is the way back."""
    return compact(
        {
            "declared_charset": context.declared_charset,
            "declared_type": context.declared_type,
            "link_text": context.link_text,
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


def found_in(capture: StoredCapture) -> Found:
    """The document a capture shows.

    Args:
        capture: one with a complete body.

    Raises:
        ValueError: the capture has no body.
    """
    if capture.body_sha256 is None:
        raise ValueError(f"capture {capture.id} has no body")
    context = context_of(capture)
    content = capture.decoded_sha256 or capture.body_sha256
    return Found(
        digest=document_digest(content, (), context),
        report_id=report_id(capture.final_url),
        body=capture.body_sha256,
        content=content,
        attached=(),
        context=context,
        capture=capture.id,
    )


def unregistered(archive: Archive) -> Iterator[Found]:
    """Documents in captures that are not registered yet, oldest capture first."""
    for role in ROLES:
        with archive.explaining("looking for new documents"):
            new = archive.db.conn.execute(_NEW, (role.value, Outcome.OK.value)).fetchall()
        for (uuid,) in new:
            yield found_in(archive.capture(UUID(bytes=uuid)))


def register(archive: Archive) -> int:
    """Give every capture of a document its document; killed half way, the next call goes on.

    Returns:
        How many documents are new.

    Raises:
        ArchiveError: the archive cannot be written.
    """
    added = 0
    batch: list[Found] = []
    for found in unregistered(archive):
        batch.append(found)
        if len(batch) == _BATCH:
            added += _write(archive, batch)
            batch.clear()
    return added + _write(archive, batch)


def _write(archive: Archive, batch: list[Found]) -> int:
    if not batch:
        return 0
    added = 0
    with archive.transaction("registering documents") as connection:
        for found in batch:
            row = connection.execute(
                "INSERT INTO documents (digest, report_id, url, body, content, context, capture) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
                (
                    found.digest,
                    found.report_id,
                    found.context.url,
                    found.body,
                    found.content,
                    context_json(found.context),
                    found.capture.bytes,
                ),
            )
            added += row.rowcount
            connection.execute(
                "INSERT INTO document_captures (capture, document) SELECT ?, id FROM documents WHERE digest = ? "
                "ON CONFLICT (capture) DO NOTHING",
                (found.capture.bytes, found.digest),
            )
            if row.rowcount:
                connection.executemany(
                    "INSERT INTO document_bodies (document, position, body) SELECT id, ?, ? FROM documents "
                    "WHERE digest = ?",
                    [(position, body, found.digest) for position, body in enumerate(found.attached, 1)],
                )
    return added
