"""What is written, as rows: inserted within the transaction that a writer holds open, each row sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.archive.heads import Elsewhere, cut_request, cut_response
from gicrawl.archive.interning import Interner, writable
from gicrawl.archive.origins import origin_row
from gicrawl.archive.reading import is_complete
from gicrawl.archive.seals import seal
from gicrawl.archive.stored import to_microseconds
from gicrawl.archive.wire import request_line

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from uuid import UUID

    from gicrawl.archive.capture_rows import CaptureRows
    from gicrawl.archive.packing import Body
    from gicrawl.archive.preparing import Prepared
    from gicrawl.archive.records import Capture, Link, Verdict, WarcRecord, WireMessage

_NOTHING = (None, None)
"""Row and digest of a head that is none."""

_CAPTURE = """
INSERT INTO captures (id, uuid, run, time, url, requested_url, hop, outcome, error, status, circumstances, request_line,
  request_head, request_body, interim, head, head_date, framing, surplus, complete, body, etag, last_modified, referrer,
  link_text, revisit_of, elapsed, seal)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_BODY = """
INSERT INTO bodies (sha256, size, sniffed_type, codec, level, dictionary, data, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (sha256) DO NOTHING
"""
_DIGEST = """
INSERT INTO digests (body, kind, rule, sha256, size, sniffed_type, seal) VALUES (?, 'decoded', ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""
_JUDGEMENT = """
INSERT INTO judgements (capture, judgement, signature, rule, pages_end, made, seal) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ORIGIN = """
INSERT INTO origins (run, capture, kind, place, modified, time_source, about, seal)
SELECT run, ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM captures WHERE id = ?1
"""
_RECORD = """
INSERT INTO warc_records (record, type, run, capture, header, block, file, offset, within, seal)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record) DO NOTHING
"""
_LINK = """
INSERT INTO links (page, position, url, text, title, date, role, seal) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
WHERE NOT EXISTS (SELECT 1 FROM links WHERE page = ?1 AND position = ?2 AND url = ?3 AND role = ?7)
"""
"""An import that goes on where another was killed, or runs beside it, says the same of a page again."""


class Inserter:
    """Inserts what a writer has buffered; what is shared is inserted once.

    Args:
        conn: the archive's connection; a transaction is open whenever something is inserted.
        captures: the rows of captures.
    """

    def __init__(self, conn: sqlite3.Connection, captures: CaptureRows) -> None:
        self._conn = conn
        self._rows = captures
        self._interner = Interner(conn)

    def has_run(self, run: UUID) -> bool:
        """Whether a run is in the archive."""
        return self._interner.run(run) is not None

    def keep_fresh(self) -> None:
        """The transaction was committed."""
        self._interner.keep_fresh()
        self._rows.keep_fresh()

    def forget_fresh(self) -> None:
        """The transaction was rolled back: row numbers that it gave out are given out again for something else."""
        self._interner.forget_fresh()
        self._rows.forget_fresh()

    def insert(
        self,
        captures: Sequence[Prepared],
        verdicts: Sequence[Verdict],
        links: Sequence[Link],
        records: Sequence[tuple[WarcRecord, Body | None]],
    ) -> None:
        """Insert a batch.

        Raises:
            ArchiveError: something in it names a capture that was not added before.
        """
        self._learn([prepared.capture for prepared in captures], links)
        self._captures(captures)
        self._conn.executemany(_JUDGEMENT, [self._judgement(verdict) for verdict in verdicts])
        self._conn.executemany(_LINK, [self._link(link) for link in links])
        self._conn.executemany(_RECORD, [self._record(*kept) for kept in records])

    def _learn(self, captures: Sequence[Capture], links: Sequence[Link]) -> None:
        """Have the rows of what the batch shares with earlier ones at hand."""
        urls = [capture.final_url for capture in captures]
        urls += [capture.requested_url for capture in captures if capture.requested_url != capture.final_url]
        texts = [text for one in captures for text in (one.etag, one.last_modified, one.link_text)]
        urls += [link.url for link in links]
        texts += [text for link in links for text in (link.text, link.title)]
        self._interner.learn(urls, texts)

    def _captures(self, prepared: Sequence[Prepared]) -> None:
        """Insert captures; their rows follow the last one as SQLite would number them."""
        captures: list[tuple[object, ...]] = []
        origins: list[tuple[object, ...]] = []
        (row,) = self._conn.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()
        self._rows.look_for_many([one.capture.id for one in prepared if one.capture.origin is not None])
        for one in prepared:
            capture = one.capture
            if capture.origin is not None and capture.id.int in self._rows.known:
                continue  # imports are named by what they are: another process has just brought the same
            row += 1
            captures.append((row, *self._values(one)))
            self._rows.inserted(capture.id, row)
            if capture.origin is not None:
                told = origin_row(capture.origin)
                origins.append((row, *told, seal(capture.id.bytes, capture.run.bytes, *told)))
        self._conn.executemany(_CAPTURE, captures)
        self._conn.executemany(_ORIGIN, origins)

    def _values(self, prepared: Prepared) -> tuple[object, ...]:
        """The columns of a capture, from `uuid` on."""
        capture, body, intern = prepared.capture, prepared.body, self._interner
        message = capture.response
        line, request_head = _split_request(capture)
        elsewhere = Elsewhere(
            length=None if body is None else body.size, etag=capture.etag, modified=capture.last_modified
        )
        head, gap, head_date = (None, None, None) if message is None else cut_response(message.head, elsewhere)
        asked = _NOTHING if request_head is None else intern.head(*cut_request(request_head, elsewhere))
        answered = _NOTHING if head is None else intern.head(head, gap)
        requested = None if capture.requested_url == capture.final_url else capture.requested_url
        circumstances = intern.circumstances(capture, prepared.codings)
        time, outcome = to_microseconds(capture.time), capture.outcome.value
        error = None if capture.error is None else writable(capture.error)
        interim, framing, surplus = _around(message)
        whole = is_complete(capture)
        complete = None if whole is None else int(whole)
        elapsed = None if capture.elapsed is None else float(capture.elapsed)
        request_body = capture.request_body or None
        sealed = seal(
            capture.id.bytes,
            capture.run.bytes,
            time,
            writable(capture.final_url),
            _writable(requested),
            capture.hop,
            outcome,
            error,
            capture.status,
            circumstances[1],
            line,
            asked[1],
            request_body,
            interim,
            answered[1],
            head_date,
            framing,
            surplus,
            complete,
            None if body is None else body.sha256,
            _writable(capture.etag),
            _writable(capture.last_modified),
            None if capture.referrer is None else capture.referrer.bytes,
            _writable(capture.link_text),
            None if capture.revisit_of is None else capture.revisit_of.bytes,
            elapsed,
        )
        return (
            capture.id.bytes,
            intern.run(capture.run),
            time,
            intern.url(capture.final_url),
            None if requested is None else intern.url(requested),
            capture.hop,
            outcome,
            error,
            capture.status,
            circumstances[0],
            line,
            asked[0],
            request_body,
            interim,
            answered[0],
            head_date,
            framing,
            surplus,
            complete,
            None if body is None else self._write_body(prepared, body),
            intern.text(capture.etag),
            intern.text(capture.last_modified),
            None if capture.referrer is None else self._rows.resolve(capture.referrer),
            intern.text(capture.link_text),
            None if capture.revisit_of is None else self._rows.resolve(capture.revisit_of),
            elapsed,
            sealed,
        )

    def _write_body(self, prepared: Prepared, body: Body) -> int:
        row = self._body_row(body)
        if prepared.decoded is not None:
            rule = ", ".join(prepared.codings)
            decoded = prepared.decoded
            told = (rule, decoded.sha256, decoded.size, decoded.sniffed_type)
            self._conn.execute(_DIGEST, (row, *told, seal(body.sha256, "decoded", *told)))
        return row

    def _body_row(self, body: Body) -> int:
        if body.form is not None:
            form = body.form.result()
            dictionary = None if form.dictionary is None else self._interner.dictionary(form.dictionary)
            told = (body.sha256, body.size, body.sniffed_type)
            cursor = self._conn.execute(_BODY, (*told, form.codec, form.level, dictionary, form.data, seal(*told)))
            row = cursor.lastrowid if cursor.rowcount == 1 else None
        else:
            row = None
        if row is None:  # it was there before
            (row,) = self._conn.execute("SELECT id FROM bodies WHERE sha256 = ?", [body.sha256]).fetchone()
        return int(row)

    def _judgement(self, verdict: Verdict) -> tuple[object, ...]:
        row = self._rows.resolve(verdict.capture)
        assert verdict.made is not None  # `judge` sees to it
        ends = None if verdict.pages_end is None else int(verdict.pages_end)
        made = to_microseconds(verdict.made)
        told = (verdict.judgement.value, _writable(verdict.signature), verdict.rule, ends, made)
        return (row, *told, seal(verdict.capture.bytes, *told))

    def _link(self, link: Link) -> tuple[object, ...]:
        intern = self._interner
        page = self._rows.resolve(link.page)
        date = _writable(link.date)
        said = (writable(link.url), writable(link.text), _writable(link.title), date, link.role.value)
        texts = intern.text(link.text), intern.text(link.title)
        sealed = seal(link.page.bytes, link.position, *said)
        return (page, link.position, intern.url(link.url), *texts, date, link.role.value, sealed)

    def _record(self, record: WarcRecord, block: Body | None) -> tuple[object, ...]:
        intern = self._interner
        name = writable(record.record)
        capture = None if record.capture is None else record.capture.bytes
        shared = (None if block is None else block.sha256, writable(record.file))
        place = (record.offset, record.within)
        return (
            name,
            record.type,
            intern.run(record.run),
            None if record.capture is None else self._rows.resolve(record.capture),
            record.header,
            None if block is None else self._body_row(block),
            intern.text(record.file),
            *place,
            seal(name, record.type, record.run.bytes, capture, record.header, *shared, *place),
        )


def _writable(text: str | None) -> str | None:
    return None if text is None else writable(text)


def _around(message: WireMessage | None) -> tuple[bytes | None, bytes | None, bytes | None]:
    """What surrounds head and body in a message: interim, framing, surplus; None for nothing."""
    return (
        (None, None, None) if message is None else (message.interim or None, message.framing, message.surplus or None)
    )


def _split_request(capture: Capture) -> tuple[bytes | None, bytes | None]:
    """Request line (None where it is the ordinary one) and header block; both None where nothing was sent."""
    if not capture.request_head or capture.method is None:
        return None, None
    end = capture.request_head.find(b"\n") + 1 or len(capture.request_head)
    line, rest = capture.request_head[:end], capture.request_head[end:]
    return (None if line == request_line(capture.method, capture.final_url) else line), rest
