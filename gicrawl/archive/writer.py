"""Writing: captures, judgements and links are buffered and committed together, in one short transaction a batch.

Hashing and compressing happen when a capture is added, outside any transaction, so that a second process that writes
the same archive waits for row inserts only.
"""

from __future__ import annotations

import sqlite3
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from gicrawl.archive.bodies import LEVEL, Decoded, Earlier, describe_decoded
from gicrawl.archive.dictionaries import AT_HAND
from gicrawl.archive.errors import ArchiveError, explained
from gicrawl.archive.heads import Elsewhere, cut_request, cut_response
from gicrawl.archive.interning import Interner, host_of, writable
from gicrawl.archive.origins import origin_row
from gicrawl.archive.packing import Body, Packer
from gicrawl.archive.reading import is_complete
from gicrawl.archive.seals import seal
from gicrawl.archive.stored import to_microseconds
from gicrawl.archive.wire import codings, request_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from uuid import UUID

    from gicrawl.archive.records import Capture, Link, Verdict, WarcRecord, WireMessage
    from gicrawl.archive.store import Archive

_NOTHING = (None, None)
"""Row and digest of a head that is none."""
_BODILESS = frozenset({204, 304})
_REMEMBERED = 8192
"""Row numbers of captures kept at hand for those that will name them: list pages and re-visited pages, mostly."""

_CAPTURE = """
INSERT INTO captures (id, uuid, run, time, url, requested_url, hop, outcome, error, status, circumstances, request_line,
  request_head, request_body, interim, head, head_date, framing, surplus, complete, body, etag, last_modified, referrer,
  link_text, revisit_of, elapsed, seal)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FOUND = """
SELECT (SELECT id FROM captures WHERE uuid = ?), (SELECT id FROM captures WHERE uuid = ?),
  (SELECT id FROM captures WHERE uuid = ?)
"""
_AT_ONCE = 64
_FOUND_MANY = f"SELECT {', '.join(['(SELECT id FROM captures WHERE uuid = ?)'] * _AT_ONCE)}"  # noqa: S608  # names of ours
_STORED = "SELECT size, sniffed_type FROM bodies WHERE sha256 = ?"
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A capture ready to be written.

    Attributes:
        body: its body, hashed and on its way to be compressed; None where it has none.
        codings: content-codings of the response.
        decoded: what the body says decoded; None without content-coding or where that failed.
    """

    capture: Capture
    body: Body | None
    codings: tuple[str, ...]
    decoded: Decoded | None


class Writer:
    """The one writer of an archive in this process; `Archive.writer` makes it.

    `add` commits by itself when a batch is full or old; the owner's timer asks `due` so that a slow crawl does not
    leave captures unwritten. Whatever fails stays buffered: nothing is written by half, nothing is lost while the
    process lives. Leaving the `with` block flushes.
    """

    def __init__(self, archive: Archive, *, batch: int, seconds: float, level: int = LEVEL) -> None:
        self._archive = archive
        self._batch = batch
        self._seconds = seconds
        self._captures: OrderedDict[int, Prepared] = OrderedDict()  # by the UUID as a number: hashed ten times as fast
        self._verdicts: list[Verdict] = []
        self._links: list[Link] = []
        self._records: list[tuple[WarcRecord, Body | None]] = []
        self._since: float | None = None
        self._rows: OrderedDict[int, int] = OrderedDict()
        self._runs: set[UUID] = set()  # that are in the archive
        self._interner = Interner(archive.db.conn)
        self._packer = Packer(self._dictionaries, level)
        self._packing: dict[bytes, Body] = {}
        self._closed = False
        self._judged: datetime | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def pending(self) -> int:
        """How many captures, judgements, links and WARC records wait to be committed."""
        return len(self._captures) + len(self._verdicts) + len(self._links) + len(self._records)

    def add(self, capture: Capture, *, is_new: bool = False) -> None:
        """Take a capture; commits when the batch is full or old.

        Args:
            capture: what to take.
            is_new: the caller has looked whether it is in the archive already, and it was not.

        Raises:
            ArchiveError: the capture contradicts the archive (its id is taken; its run, referrer or the capture it
                revisits is not there), and it is not taken; or a commit failed, and everything stays buffered.
        """
        self._refuse_if_closed()
        self._look_for(None if is_new else capture.id, capture.referrer, capture.revisit_of)
        if capture.id.int in self._captures or capture.id.int in self._rows:
            raise ArchiveError(f"{self._archive.path}: capture {capture.id} is in the archive already; add it once")
        if capture.run not in self._runs and not self._has_run(capture.run):
            raise ArchiveError(f"{self._archive.path}: capture {capture.id} names run {capture.run}, which never began")
        for relation in (capture.referrer, capture.revisit_of):
            if relation is not None and relation.int not in self._captures and relation.int not in self._rows:
                raise self._nameless(relation, f"capture {capture.id}")
        to_microseconds(capture.time)  # a time without a zone is a bug to meet here, not in the middle of a commit
        self._captures[capture.id.int] = self._prepare(capture)
        self._buffered()

    def judge(self, verdict: Verdict) -> None:
        """Take a judgement on a capture that is in the archive or in the buffer; errors as in `add`."""
        self._refuse_if_closed()
        self._require(verdict.capture, "a judgement")
        self._verdicts.append(replace(verdict, made=self._now()) if verdict.made is None else verdict)
        self._buffered()

    def link(self, link: Link) -> None:
        """Take a link found on a page that is in the archive or in the buffer; errors as in `add`."""
        self._refuse_if_closed()
        self._require(link.page, "a link")
        self._links.append(link)
        self._buffered()

    def keep(self, record: WarcRecord) -> None:
        """Take a record of an imported WARC file; one whose id is kept already changes nothing. Errors as in `add`."""
        self._refuse_if_closed()
        if record.capture is not None:
            self._require(record.capture, "a WARC record")
        self._records.append((record, None if record.block is None else self._pack(record.block, None)))
        self._buffered()

    def _now(self) -> datetime:
        """The time now, and in any case later than last time: of two judgements the later one counts."""
        now = datetime.now(UTC)
        if self._judged is not None:
            now = max(now, self._judged + timedelta(microseconds=1))
        self._judged = now
        return now

    def due(self) -> bool:
        """Whether something has waited longer than it should: call `flush`."""
        return self._since is not None and time.monotonic() - self._since >= self._seconds

    def flush(self) -> None:
        """Commit what is buffered, all of it or nothing.

        Raises:
            ArchiveError: nothing of it was written, all of it stays buffered.
        """
        if not self.pending:
            return
        rows: dict[int, int] = {}
        for body in [prepared.body for prepared in self._captures.values()] + [block for _, block in self._records]:
            if body is not None and body.form is not None:
                body.form.result()  # nobody waits for zstd within the transaction
        try:
            with self._archive.transaction("writing captures") as conn:
                self._learn()
                self._write(conn, rows)
                conn.executemany(_JUDGEMENT, [self._judgement(verdict, rows) for verdict in self._verdicts])
                conn.executemany(_LINK, [self._link(link, rows) for link in self._links])
                conn.executemany(_RECORD, [self._record(conn, *kept, rows) for kept in self._records])
        except BaseException:
            self._interner.forget_fresh()
            raise
        self._interner.keep_fresh()
        self._rows.update(rows)
        while len(self._rows) > _REMEMBERED:
            self._rows.popitem(last=False)
        self._captures.clear()
        self._verdicts.clear()
        self._links.clear()
        self._records.clear()
        self._packing.clear()
        self._since = None

    def close(self) -> None:
        """Flush, and let the archive have another writer.

        Raises:
            ArchiveError: the flush failed; the writer stays open with what it holds.
        """
        if self._closed:
            return
        self.flush()
        self._packer.close()
        self._closed = True
        self._archive.writer_closed(self)

    def buffered(self) -> list[tuple[Prepared, Verdict | None]]:
        """The captures not yet committed, oldest first, each with its newest judgement."""
        newest = {verdict.capture: verdict for verdict in self._verdicts}
        return [(prepared, newest.get(prepared.capture.id)) for prepared in self._captures.values()]

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ArchiveError(f"{self._archive.path}: this writer is closed; ask the archive for another")

    def _buffered(self) -> None:
        if self._since is None:
            self._since = time.monotonic()
        if self.pending >= self._batch or self.due():
            self.flush()

    def _prepare(self, capture: Capture) -> Prepared:
        message = capture.response
        if capture.body is not None:
            return Prepared(capture, self._pack(capture.body, None), (), None)
        applied = () if message is None else codings(message.head)
        if message is None or (not message.body and (capture.status in _BODILESS or not message.complete)):
            return Prepared(capture, None, applied, None)
        body = self._pack(message.body, host_of(capture.final_url))
        decoded = describe_decoded(message.body, applied) if applied and message.body else None
        return Prepared(capture, body, applied, decoded)

    def _pack(self, body: bytes, host: str | None) -> Body:
        digest = sha256(body).digest()
        there = self._packing.get(digest) or self._stored(digest)
        if there is None:
            there = self._packing[digest] = self._packer.pack(body, digest, host)
        return there

    def _has_run(self, run: UUID) -> bool:
        with self._archive.explaining("looking for a run"):
            found = self._interner.run(run) is not None
        if found:
            self._runs.add(run)
        return found

    def _stored(self, digest: bytes) -> Body | None:
        """A body that is stored already: it need not be compressed again."""
        row = self._one("looking for a body", _STORED, [digest])
        return None if row is None else Body(digest, row[0], row[1], None)

    def _dictionaries(self, host: str) -> list[Earlier]:
        """The newest dictionaries of a host."""
        with self._archive.explaining("looking for dictionaries"):
            rows = self._archive.db.conn.execute(
                "SELECT sha256, site, data FROM dictionaries WHERE site = ? ORDER BY id DESC LIMIT ?", [host, AT_HAND]
            ).fetchall()
        return [Earlier(*row) for row in rows]

    def _look_for(self, *captures: UUID | None) -> None:
        """Remember the rows of those of up to three captures that are in the archive, with one look."""
        known = self._rows
        wanted = [one for one in captures if one is not None and one.int not in known]
        if not wanted:
            return
        names = [one.bytes for one in wanted] + [None] * (3 - len(wanted))
        found = self._one("looking for a capture", _FOUND, names)
        for one, row in zip(wanted, found, strict=False):
            if row is not None:
                known[one.int] = row

    def _look_for_many(self, captures: Sequence[UUID]) -> None:
        """The like for many, some dozens with one look."""
        for at in range(0, len(captures), _AT_ONCE):
            part = captures[at : at + _AT_ONCE]
            names = [one.bytes for one in part] + [None] * (_AT_ONCE - len(part))
            found = self._one("looking for captures", _FOUND_MANY, names)
            self._rows.update((one.int, row) for one, row in zip(part, found, strict=False) if row is not None)

    def _one(self, doing: str, statement: str, values: Sequence[object]) -> Any:  # noqa: ANN401 - SQLite's word for it
        """One row; errors as `explaining` has them, whose block takes a fifth of a look-up's time."""
        try:
            return self._archive.db.conn.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            told = explained(error, self._archive.path, doing)
            if told is None:
                raise
            raise told from error

    def _row(self, capture: UUID) -> int | None:
        self._look_for(capture)
        return self._rows.get(capture.int)

    def _require(self, capture: UUID, who: str) -> None:
        if capture.int not in self._captures and self._row(capture) is None:
            raise self._nameless(capture, who)

    def _nameless(self, capture: UUID, who: str) -> ArchiveError:
        return ArchiveError(f"{self._archive.path}: {who} names capture {capture}, which is not in the archive")

    def _resolve(self, capture: UUID, rows: dict[int, int]) -> int:
        row = rows.get(capture.int)
        if row is None:
            row = self._row(capture)
        if row is None:  # a capture in the buffer that names a later one
            raise ArchiveError(f"{self._archive.path}: capture {capture} is named before it is added; add it first")
        return row

    def _learn(self) -> None:
        """Have the rows of what the batch shares with earlier ones at hand."""
        captures = [prepared.capture for prepared in self._captures.values()]
        urls = [capture.final_url for capture in captures]
        urls += [capture.requested_url for capture in captures if capture.requested_url != capture.final_url]
        texts = [text for one in captures for text in (one.etag, one.last_modified, one.link_text)]
        urls += [link.url for link in self._links]
        texts += [text for link in self._links for text in (link.text, link.title)]
        self._interner.learn(urls, texts)

    def _write(self, conn: sqlite3.Connection, rows: dict[int, int]) -> None:
        """Insert the captures, and put their rows into `rows`; they follow the last one as SQLite would number them."""
        captures: list[tuple[object, ...]] = []
        origins: list[tuple[object, ...]] = []
        (row,) = conn.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()
        imported = [one.capture.id for one in self._captures.values() if one.capture.origin is not None]
        self._look_for_many(imported)
        for prepared in self._captures.values():
            capture = prepared.capture
            if capture.origin is not None and (there := self._rows.get(capture.id.int)) is not None:
                # imports are named by what they are: another process has just brought the same
                rows[capture.id.int] = there
                continue
            row += 1
            captures.append((row, *self._values(conn, prepared, rows)))
            rows[capture.id.int] = row
            if capture.origin is not None:
                told = origin_row(capture.origin)
                origins.append((row, *told, seal(capture.id.bytes, capture.run.bytes, *told)))
        conn.executemany(_CAPTURE, captures)
        conn.executemany(_ORIGIN, origins)

    def _values(self, conn: sqlite3.Connection, prepared: Prepared, rows: dict[int, int]) -> tuple[object, ...]:
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
            None if body is None else self._write_body(conn, prepared, body),
            intern.text(capture.etag),
            intern.text(capture.last_modified),
            None if capture.referrer is None else self._resolve(capture.referrer, rows),
            intern.text(capture.link_text),
            None if capture.revisit_of is None else self._resolve(capture.revisit_of, rows),
            elapsed,
            sealed,
        )

    def _write_body(self, conn: sqlite3.Connection, prepared: Prepared, body: Body) -> int:
        row = self._body_row(conn, body)
        if prepared.decoded is not None:
            rule = ", ".join(prepared.codings)
            decoded = prepared.decoded
            told = (rule, decoded.sha256, decoded.size, decoded.sniffed_type)
            conn.execute(_DIGEST, (row, *told, seal(body.sha256, "decoded", *told)))
        return row

    def _body_row(self, conn: sqlite3.Connection, body: Body) -> int:
        if body.form is not None:
            form = body.form.result()
            dictionary = None if form.dictionary is None else self._interner.dictionary(form.dictionary)
            told = (body.sha256, body.size, body.sniffed_type)
            cursor = conn.execute(_BODY, (*told, form.codec, form.level, dictionary, form.data, seal(*told)))
            row = cursor.lastrowid if cursor.rowcount == 1 else None
        else:
            row = None
        if row is None:  # it was there before
            (row,) = conn.execute("SELECT id FROM bodies WHERE sha256 = ?", [body.sha256]).fetchone()
        return int(row)

    def _judgement(self, verdict: Verdict, rows: dict[int, int]) -> tuple[object, ...]:
        row = self._resolve(verdict.capture, rows)
        assert verdict.made is not None  # `judge` sees to it
        ends = None if verdict.pages_end is None else int(verdict.pages_end)
        made = to_microseconds(verdict.made)
        told = (verdict.judgement.value, _writable(verdict.signature), verdict.rule, ends, made)
        return (row, *told, seal(verdict.capture.bytes, *told))

    def _link(self, link: Link, rows: dict[int, int]) -> tuple[object, ...]:
        intern = self._interner
        page = self._resolve(link.page, rows)
        date = _writable(link.date)
        said = (writable(link.url), writable(link.text), _writable(link.title), date, link.role.value)
        texts = intern.text(link.text), intern.text(link.title)
        sealed = seal(link.page.bytes, link.position, *said)
        return (page, link.position, intern.url(link.url), *texts, date, link.role.value, sealed)

    def _record(
        self, conn: sqlite3.Connection, record: WarcRecord, block: Body | None, rows: dict[int, int]
    ) -> tuple[object, ...]:
        intern = self._interner
        name = writable(record.record)
        capture = None if record.capture is None else record.capture.bytes
        shared = (None if block is None else block.sha256, writable(record.file))
        place = (record.offset, record.within)
        return (
            name,
            record.type,
            intern.run(record.run),
            None if record.capture is None else self._resolve(record.capture, rows),
            record.header,
            None if block is None else self._body_row(conn, block),
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
