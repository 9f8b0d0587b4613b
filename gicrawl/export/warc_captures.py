"""From rows of the archive to the records of a WARC file."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gicrawl.archive.changed import BESIDE_ROWS, CAPTURE_ROWS, changed_captures, not_as_written
from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, damaged
from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WarcOrigin
from gicrawl.archive.stored import from_microseconds
from gicrawl.archive.warc.groups import capture_uuid
from gicrawl.archive.warc.layout import (
    Earlier,
    Written,
    block_of,
    conversion,
    has_plain_payload,
    records_of,
    sha256_field,
)
from gicrawl.archive.warc.provenance import Known, whole_capture
from gicrawl.archive.warc.reader import fields_of
from gicrawl.archive.wire import codings
from gicrawl.export.errors import Lost
from gicrawl.export.warc_texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from gicrawl.archive.store import Archive

_MAIN = frozenset({"response", "revisit", "resource"})

_VERDICTS = """
SELECT DISTINCT judgement, signature, rule, pages_end, made FROM judgements
WHERE capture = (SELECT id FROM captures WHERE uuid = ?) ORDER BY made, rule, judgement, signature, pages_end
"""
_LINKS = """
SELECT l.position, u.url, t.text, i.text, l.date, l.role FROM links AS l JOIN urls AS u ON u.id = l.url
JOIN texts AS t ON t.id = l.text LEFT JOIN texts AS i ON i.id = l.title
WHERE l.page = (SELECT id FROM captures WHERE uuid = ?) ORDER BY l.position, l.role, u.url
"""
_KEPT = """
SELECT w.record, w.type, w.header, b.sha256 FROM warc_records AS w LEFT JOIN bodies AS b ON b.id = w.block
WHERE w.header IS NOT NULL AND {condition} ORDER BY w.record
"""
_BESIDE = _KEPT.format(condition="w.capture = (SELECT id FROM captures WHERE uuid = ?)")
_NAMED = _KEPT.format(condition="w.record = ?")
_UNATTACHED = _KEPT.format(condition="w.capture IS NULL").replace(
    "ORDER BY w.record", "ORDER BY w.type = 'warcinfo', w.record"
)
"""Descriptions of files come last: readers take what follows one for part of that file."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A capture as records.

    Attributes:
        capture: with its bytes.
        records: in the order they are written.
        main: which of them the index names; None where nothing was found.
        digest: of its payload, as in the record.
    """

    capture: Capture
    records: tuple[Written, ...]
    main: Written | None
    digest: str | None


class Captures:
    """Makes records of captures, asked for in the order they are written.

    Args:
        archive: inside a block of `reading`.
        hidden: bodies that are not to be shown.
    """

    def __init__(self, archive: Archive, hidden: frozenset[bytes]) -> None:
        self._archive = archive
        self._hidden = hidden
        self._texts = Texts(archive)
        self._originals: dict[tuple[bytes, tuple[str, ...]], UUID] = {}
        (kept,) = archive.db.conn.execute("SELECT EXISTS (SELECT 1 FROM warc_records)").fetchone()
        self._any_kept = bool(kept)
        self._changed = changed_captures(archive, CAPTURE_ROWS + BESIDE_ROWS)

    def exchange(self, uuid: UUID) -> Exchange | None:
        """The records of a capture; None where its body is not to be shown.

        Raises:
            ArchiveDamaged: it is not what was written, or cannot be read.
        """
        if uuid.bytes in self._changed:
            raise not_as_written(self._archive.path, f"capture {uuid}")
        try:
            with self._archive.explaining("reading a capture"):
                return self._exchange(uuid)
        except ArchiveError as error:
            if type(error) is ArchiveError:  # something it names is not there
                raise damaged(self._archive.path, "reading a capture", error) from error
            raise

    def _exchange(self, uuid: UUID) -> Exchange | None:
        stored = self._archive.capture(uuid)
        if stored.body_sha256 in self._hidden:
            return None
        message = self._archive.response(uuid)
        body = None
        if message is None and stored.body_sha256 is not None:
            body = self._archive.body(stored.body_sha256)
        self._hold(stored.body_sha256, body if message is None else message.body)
        capture = whole_capture(stored, message, body)
        known = Known(capture=capture, verdicts=self._verdicts(uuid), links=self._links(uuid))
        kept = self._kept(capture)
        main = next((record for record in kept if record.type in _MAIN), None)
        earlier = self._earlier(capture, stored.body_sha256) if main is None else _referred(main, capture)
        made = records_of(known, earlier)
        records = _with_kept(made, kept, main)
        text = self._texts.of(capture)
        shown = next((record for record in records if record.type in _MAIN), None)
        if shown is not None and shown.type == "response" and stored.body_sha256 is not None:
            self._remember(capture, stored.body_sha256)
        written = {record.id for record in records}
        if text is not None and (converted := conversion(capture, *text)).id not in written:
            records.append(converted)
        return Exchange(capture, tuple(records), shown, _digest(shown, capture))

    def _hold(self, digest: bytes | None, body: bytes | None) -> None:
        """What is not compressed has no checksum to fail."""
        if digest is not None and body is not None and sha256(body).digest() != digest:
            raise damaged(self._archive.path, "reading a body", f"the SHA-256 of body {digest.hex()} is another")

    def unattached(self) -> Iterator[Written | Lost]:
        """Imported records that belong to no capture; of one that is damaged, that it is."""
        for row in self._archive.db.conn.execute(_UNATTACHED).fetchall() if self._any_kept else ():
            if row[3] in self._hidden:
                continue
            try:
                record = self._written(row, None)
            except ArchiveError as error:
                yield Lost(f"record {row[0]}", str(error))
                continue
            if record.type not in _MAIN or not self._archive.has(capture_uuid(record.id)):
                yield record

    def _verdicts(self, uuid: UUID) -> tuple[Verdict, ...]:
        return tuple(
            Verdict(
                capture=uuid,
                judgement=Judgement(judged),
                signature=signature,
                rule=rule,
                pages_end=None if end is None else bool(end),
                made=from_microseconds(made),
            )
            for judged, signature, rule, end, made in self._archive.db.conn.execute(_VERDICTS, [uuid.bytes])
        )

    def _links(self, uuid: UUID) -> tuple[Link, ...]:
        return tuple(
            Link(page=uuid, position=at, url=url, text=text, title=title, date=date, role=Role(role))
            for at, url, text, title, date, role in self._archive.db.conn.execute(_LINKS, [uuid.bytes])
        )

    def _kept(self, capture: Capture) -> list[Written]:
        """Records of this capture that are kept verbatim."""
        if not self._any_kept:
            return []
        rows = self._archive.db.conn.execute(_BESIDE, [capture.id.bytes]).fetchall()
        if isinstance(capture.origin, WarcOrigin) and not any(row[0] == capture.origin.record for row in rows):
            rows += self._archive.db.conn.execute(_NAMED, [capture.origin.record]).fetchall()
        return [self._written(row, capture) for row in rows if row[3] not in self._hidden]

    def _written(self, row: tuple[Any, ...], capture: Capture | None) -> Written:
        record, kind, header, body = row
        made = None if capture is None else block_of(kind, capture)
        block = made if body is None else self._archive.body(body)
        assert block is not None  # the import saw to it that one of the two has it
        return Written(kind, record, header, block)

    def _earlier(self, capture: Capture, body: bytes | None) -> Earlier | None:
        """For a capture that is written as a revisit, what it refers to."""
        message = capture.response
        if message is None or message.framing is not None:
            return None
        if capture.outcome is Outcome.NOT_MODIFIED:
            return None if capture.revisit_of is None or message.body else self._told(capture.revisit_of)
        if body is None or not message.body or not message.complete:
            return None
        original = self._originals.get((body, codings(message.head)))
        return None if original is None else self._told(original)

    def _told(self, uuid: UUID) -> Earlier | None:
        try:
            stored = self._archive.capture(uuid)
        except ArchiveDamaged:  # it is told of in its own place; this one is whole without it
            return None
        return Earlier(stored.id, stored.final_url, stored.time)

    def _remember(self, capture: Capture, body: bytes) -> None:
        """Later captures with the same body, coded the same, are written as revisits of this one.

        Not where tools disagree about its payload (chunked framing, odd heads): they would not find it again.
        """
        message = capture.response
        if message is not None and message.complete and message.body and has_plain_payload(message):
            self._originals.setdefault((body, codings(message.head)), capture.id)


def _referred(main: Written, capture: Capture) -> Earlier | None:
    """For metadata beside a foreign record: whether the body stands in its block."""
    return Earlier(capture.id, capture.final_url, capture.time) if main.type == "revisit" else None


def _with_kept(made: list[Written], kept: list[Written], main: Written | None) -> list[Written]:
    """The records of a capture, those that are kept verbatim in place of what we would write."""
    by_id = {record.id: record for record in kept}
    records: list[Written] = []
    asked = any(record.type == "request" for record in kept)
    for record in made:
        if record.id in by_id:
            records.append(by_id.pop(record.id))
        elif record.type in _MAIN and main is not None:
            records.append(by_id.pop(main.id))
        elif not (record.type == "request" and asked):
            records.append(record)
    return [*records, *by_id.values()]


def _digest(main: Written | None, capture: Capture) -> str | None:
    if main is None:
        return None
    for name, value in fields_of(main.header):
        if name == b"warc-payload-digest":
            return value.decode("latin-1")
    body = capture.body if capture.response is None else capture.response.body
    return sha256_field(body) if body else None
