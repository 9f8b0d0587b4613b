"""From rows to records: the one SELECT that puts a capture together again, and what it says of captures in a buffer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from gicrawl.archive.errors import damaged
from gicrawl.archive.heads import Elsewhere, paste
from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.origins import origin_of
from gicrawl.archive.records import Judgement, Outcome, Role, WireMessage
from gicrawl.archive.stored import KnownPage, Run, StoredCapture, from_microseconds
from gicrawl.archive.wire import request_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gicrawl.archive.preparing import Prepared
    from gicrawl.archive.records import Capture, Verdict

Made = TypeVar("Made")

_DANGLING = """c.body IS NOT NULL AND b.id IS NULL OR c.head IS NOT NULL AND a.id IS NULL
  OR c.etag IS NOT NULL AND e.id IS NULL OR c.last_modified IS NOT NULL AND m.id IS NULL"""
"""SQL for "it names a row that is not there"."""

CAPTURES = f"""
SELECT c.id, c.uuid, r.uuid, c.time, q.url, u.url, c.hop, o.method, c.outcome, o.role, c.error, c.status,
  o.http_version, c.request_line, h.data, c.request_body, o.ip, o.certificate, o.tls_relaxed, o.declared_type,
  o.declared_charset, o.used_charset, e.text, m.text, o.portal, o.spider, o.spider_version, f.uuid, t.text, o.robots,
  v.uuid, c.elapsed, a.data, a.gap, c.head_date, c.complete, b.sha256, b.size, coalesce(d.sniffed_type, b.sniffed_type),
  d.sha256, j.judgement, j.pages_end, g.kind, g.place, g.modified, g.time_source, g.about,
  h.gap, {_DANGLING} OR c.request_head IS NOT NULL AND h.id IS NULL OR c.link_text IS NOT NULL AND t.id IS NULL
  OR c.requested_url IS NOT NULL AND q.id IS NULL OR c.referrer IS NOT NULL AND f.id IS NULL
  OR c.revisit_of IS NOT NULL AND v.id IS NULL
FROM captures AS c
JOIN runs AS r ON r.id = c.run
JOIN urls AS u ON u.id = c.url
JOIN circumstances AS o ON o.id = c.circumstances
LEFT JOIN urls AS q ON q.id = c.requested_url
LEFT JOIN heads AS h ON h.id = c.request_head
LEFT JOIN heads AS a ON a.id = c.head
LEFT JOIN bodies AS b ON b.id = c.body
LEFT JOIN digests AS d ON d.body = c.body AND d.kind = 'decoded' AND d.rule = o.coding
LEFT JOIN texts AS e ON e.id = c.etag
LEFT JOIN texts AS m ON m.id = c.last_modified
LEFT JOIN texts AS t ON t.id = c.link_text
LEFT JOIN captures AS f ON f.id = c.referrer
LEFT JOIN captures AS v ON v.id = c.revisit_of
LEFT JOIN judgements AS j ON j.id = (SELECT id FROM judgements WHERE capture = c.id ORDER BY {NEWEST_FIRST} LIMIT 1)
LEFT JOIN origins AS g ON g.capture = c.id
"""  # noqa: S608  # names of ours
"""Columns in the order `stored_capture` reads them."""

_NOT_THERE = "capture {} names a row that is not there"

KNOWN = f"""
WITH ranked AS (
  SELECT c.id, c.url, o.role, c.hop, o.portal, c.time, c.uuid, c.outcome,
    row_number() OVER (PARTITION BY c.url ORDER BY c.time DESC, c.id DESC) AS place
  FROM captures AS c JOIN circumstances AS o ON o.id = c.circumstances
  WHERE c.circumstances IN (
    SELECT id FROM circumstances
    WHERE method = 'GET' AND portal IS ? AND role IN (SELECT value FROM json_each(?))
  )
)
SELECT u.url, k.role, k.hop, k.portal,
  (SELECT t.text FROM captures AS n JOIN texts AS t ON t.id = n.link_text WHERE n.url = k.url
   ORDER BY n.time DESC, n.id DESC LIMIT 1),
  k.uuid, k.outcome, (SELECT judgement FROM judgements WHERE capture = k.id ORDER BY {NEWEST_FIRST} LIMIT 1), k.time
FROM ranked AS k JOIN urls AS u ON u.id = k.url
WHERE k.place = 1
ORDER BY k.time DESC, k.id DESC
"""  # noqa: S608  # names of ours

RUNS = """
SELECT uuid, kind, arguments, user_agent, vantage, version, started, finished, status, summary FROM runs
"""

RESPONSE = f"""
SELECT c.interim, a.data, a.gap, c.head_date, b.codec, b.data, b.dictionary, c.framing, c.surplus, c.complete, b.sha256,
  b.size, e.text, m.text, {_DANGLING}
FROM captures AS c
LEFT JOIN heads AS a ON a.id = c.head
LEFT JOIN bodies AS b ON b.id = c.body
LEFT JOIN texts AS e ON e.id = c.etag
LEFT JOIN texts AS m ON m.id = c.last_modified
WHERE c.uuid = ?
"""  # noqa: S608  # names of ours
"""Columns in the order `Archive.response` reads them."""


def made(path: Path, make: Callable[[tuple[Any, ...]], Made], row: tuple[Any, ...]) -> Made:
    """Make something of a row of the archive at `path`.

    Raises:
        ArchiveDamaged: it cannot be made; a flipped bit may have made an outcome of it that there is none of.
    """
    try:
        return make(row)
    except (ValueError, TypeError, OverflowError) as error:
        raise damaged(path, "reading", error) from error


def stored_capture(row: tuple[Any, ...]) -> StoredCapture:
    """A row of `CAPTURES`.

    Raises:
        ValueError: it is none that was ever written.
    """
    if row[48]:
        raise ValueError(_NOT_THERE.format(UUID(bytes=row[1])))
    method, url = row[7], row[5]
    elsewhere = Elsewhere(row[34], row[37], row[22], row[23])
    return StoredCapture(
        id=UUID(bytes=row[1]),
        run=UUID(bytes=row[2]),
        time=from_microseconds(row[3]),
        requested_url=url if row[4] is None else row[4],
        final_url=url,
        hop=row[6],
        method=method,
        outcome=Outcome(row[8]),
        role=Role(row[9]),
        error=row[10],
        status=row[11],
        http_version=row[12],
        request_head=request_head(
            row[13], None if row[14] is None else paste(row[14], row[47], elsewhere), method, url
        ),
        request_body=b"" if row[15] is None else row[15],
        ip=row[16],
        certificate=row[17],
        tls_relaxed=bool(row[18]),
        declared_type=row[19],
        declared_charset=row[20],
        used_charset=row[21],
        etag=row[22],
        last_modified=row[23],
        portal=row[24],
        spider=row[25],
        spider_version=row[26],
        referrer=_uuid(row[27]),
        link_text=row[28],
        robots=row[29],
        revisit_of=_uuid(row[30]),
        elapsed=row[31],
        origin=origin_of(*row[42:47]),
        head=b"" if row[32] is None else paste(row[32], row[33], elsewhere),
        complete=_bool(row[35]),
        body_sha256=row[36],
        body_size=row[37],
        sniffed_type=row[38],
        decoded_sha256=row[39],
        judgement=None if row[40] is None else Judgement(row[40]),
        pages_end=_bool(row[41]),
    )


def is_complete(capture: Capture) -> bool | None:
    """Whether all of it came: of a file all did, of a message what its framing says, None without either."""
    if capture.response is None:
        return None if capture.body is None else True
    return capture.response.complete


def request_head(line: bytes | None, rest: bytes | None, method: str | None, url: str) -> bytes:
    """The request's head as sent; nothing where nothing was sent, the ordinary request line where none is stored."""
    if rest is None or method is None:
        return b""
    return (request_line(method, url) if line is None else line) + rest


def buffered_capture(prepared: Prepared, verdict: Verdict | None) -> StoredCapture:
    """A capture that waits in the writer, as it will be told of once it is committed."""
    capture, body, decoded = prepared.capture, prepared.body, prepared.decoded
    message = capture.response
    sniffed = decoded or body
    return StoredCapture(
        id=capture.id,
        run=capture.run,
        time=capture.time,
        requested_url=capture.requested_url,
        final_url=capture.final_url,
        hop=capture.hop,
        method=capture.method,
        outcome=capture.outcome,
        role=capture.role,
        error=capture.error,
        status=capture.status,
        http_version=capture.http_version,
        request_head=capture.request_head,
        request_body=capture.request_body,
        ip=capture.ip,
        certificate=capture.certificate,
        tls_relaxed=capture.tls_relaxed,
        declared_type=capture.declared_type,
        declared_charset=capture.declared_charset,
        used_charset=capture.used_charset,
        etag=capture.etag,
        last_modified=capture.last_modified,
        portal=capture.portal,
        spider=capture.spider,
        spider_version=capture.spider_version,
        referrer=capture.referrer,
        link_text=capture.link_text,
        robots=capture.robots,
        revisit_of=capture.revisit_of,
        elapsed=capture.elapsed,
        origin=capture.origin,
        head=b"" if message is None else message.head,
        complete=is_complete(capture),
        body_sha256=None if body is None else body.sha256,
        body_size=None if body is None else body.size,
        sniffed_type=None if sniffed is None else sniffed.sniffed_type,
        decoded_sha256=None if decoded is None else decoded.sha256,
        judgement=None if verdict is None else verdict.judgement,
        pages_end=None if verdict is None else verdict.pages_end,
    )


def known_page(row: tuple[Any, ...]) -> KnownPage:
    """A row of `KNOWN`."""
    return KnownPage(
        url=row[0],
        role=Role(row[1]),
        hop=row[2],
        portal=row[3],
        link_text=row[4],
        capture=UUID(bytes=row[5]),
        outcome=Outcome(row[6]),
        judgement=None if row[7] is None else Judgement(row[7]),
        time=from_microseconds(row[8]),
    )


def run(row: tuple[Any, ...]) -> Run:
    """A row of `RUNS`."""
    return Run(
        id=UUID(bytes=row[0]),
        kind=row[1],
        arguments=json.loads(row[2]),
        user_agent=row[3],
        vantage=row[4],
        version=row[5],
        started=from_microseconds(row[6]),
        finished=None if row[7] is None else from_microseconds(row[7]),
        status=row[8],
        summary=None if row[9] is None else json.loads(row[9]),
    )


def message(row: tuple[Any, ...], body: bytes) -> WireMessage | None:
    """A row of `RESPONSE` with its body unpacked. Raises ValueError where it is none that was ever written."""
    if row[14]:
        raise ValueError(_NOT_THERE.format("of this response"))
    if row[1] is None:
        return None
    return WireMessage(
        interim=b"" if row[0] is None else row[0],
        head=paste(row[1], row[2], Elsewhere(row[3], *row[11:14])),
        body=body,
        framing=row[7],
        surplus=b"" if row[8] is None else row[8],
        complete=bool(row[9]),
    )


def _uuid(stored: bytes | None) -> UUID | None:
    return None if stored is None else UUID(bytes=stored)


def _bool(stored: int | None) -> bool | None:
    return None if stored is None else bool(stored)
