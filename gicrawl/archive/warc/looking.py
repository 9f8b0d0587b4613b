"""What an import has to look up: whether a record is there already, and what a revisit refers to."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from gicrawl.archive.stored import to_microseconds
from gicrawl.archive.warc.foreign import Referred, date_of
from gicrawl.archive.warc.groups import MAIN, capture_uuid
from gicrawl.archive.warc.layout import block_of
from gicrawl.archive.warc.provenance import whole_capture
from gicrawl.archive.warc.reader import unbracketed
from gicrawl.archive.wire import codings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.archive.records import Capture
    from gicrawl.archive.store import Archive
    from gicrawl.archive.warc.groups import Group
    from gicrawl.archive.warc.reader import Record

Asked = TypeVar("Asked")

_PAYLOADS = 100_000
"""Payload digests remembered for revisits that say nothing else of what they refer to."""

_BY_DATE = """
SELECT c.uuid FROM captures AS c WHERE c.url = (SELECT id FROM urls WHERE url = ?) AND c.time >= ? AND c.time < ?
AND c.body IS NOT NULL ORDER BY c.time, c.uuid LIMIT 1
"""
_KEPT = """
SELECT w.header, w.capture IS NULL, b.sha256 FROM warc_records AS w LEFT JOIN bodies AS b ON b.id = w.block
WHERE w.record = ?
"""
_AT_ONCE = 64
_PRESENT = {
    table: "SELECT " + ", ".join([f"EXISTS (SELECT 1 FROM {table} WHERE {column} = ?)"] * _AT_ONCE)  # noqa: S608  # names of ours
    for table, column in (("captures", "uuid"), ("warc_records", "record"))
}
"""Statements that look for many at once: one by one, that takes as long as everything else is looked for together."""


class MissingError(Exception):
    """A record refers to one that is not there (yet); the message is its id or URL."""


class Looking:
    """Looks into the archive, and into what waits to be committed to it."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._waiting: dict[UUID, Capture] = {}
        self._kept: set[str] = set()
        self._payloads: OrderedDict[bytes, UUID] = OrderedDict()
        self._runs: set[UUID] = set()
        self._new: set[UUID] = set()
        self._new_records: set[str] = set()

    def look_ahead(self, groups: Iterable[Group]) -> None:
        """See at once which of what will be asked for next is not there."""
        records = [record for group in groups for record in group.records]
        captures = {capture_uuid(record.id): None for record in records if record.type in MAIN}
        self._new = set(self._absent("captures", list(captures), [one.bytes for one in captures]))
        self._new.difference_update(self._waiting)
        names = list({record.id: None for record in records})
        self._new_records = set(self._absent("warc_records", names, [_written(name) for name in names]))
        self._new_records.difference_update(self._kept)

    def _absent(self, table: str, asked: Sequence[Asked], values: Sequence[object]) -> Iterator[Asked]:
        for at in range(0, len(asked), _AT_ONCE):
            part = values[at : at + _AT_ONCE]
            padding = [None] * (_AT_ONCE - len(part))  # a statement that is always the same is prepared once
            (found,) = self._archive.select("looking for records", _PRESENT[table], [*part, *padding])
            yield from (one for one, there in zip(asked[at : at + _AT_ONCE], found, strict=False) if not there)

    def add(self, capture: Capture) -> None:
        """A capture waits to be committed."""
        self._waiting[capture.id] = capture
        self._new.discard(capture.id)

    def keep(self, record: str) -> None:
        """A record waits to be committed."""
        self._kept.add(record)
        self._new_records.discard(record)

    def committed(self) -> None:
        """Nothing waits any more."""
        self._waiting.clear()
        self._kept.clear()

    def remember_payload(self, main: Record, capture: UUID) -> None:
        """A response said what its payload's digest is."""
        digest = main.get(b"warc-payload-digest")
        if digest is not None and main.type != "revisit":
            self._payloads.setdefault(digest.lower(), capture)
            while len(self._payloads) > _PAYLOADS:
                self._payloads.popitem(last=False)

    def has(self, capture: UUID) -> bool:
        """Whether a capture is there or waits."""
        return capture in self._waiting or (capture not in self._new and self._archive.has(capture))

    def has_run(self, run: UUID) -> bool:
        """Whether a run is there."""
        if run not in self._runs:
            if not self._archive.select("looking for a run", "SELECT 1 FROM runs WHERE uuid = ?", [run.bytes]):
                return False
            self._runs.add(run)
        return True

    def is_waiting(self, capture: UUID) -> bool:
        """Whether a capture is not committed yet."""
        return capture in self._waiting

    def is_kept(self, record: str) -> bool:
        """Whether a record is kept, or waits to be."""
        return record in self._kept or (record not in self._new_records and self._row(record) is not None)

    def is_same_record(self, record: Record) -> bool:
        """Whether a record is the very one that is kept under its id."""
        row = self._row(record.id)
        if row is None or row[0] is None:
            return False
        header: bytes = row[0]
        return header == record.header

    def is_same(self, capture: Capture, main: Record) -> bool:
        """Whether a committed capture is the one that a record tells of."""
        row = self._row(main.id)
        if row is not None and row[0] is not None:
            return self.is_same_record(main)
        there = self._whole(capture.id)
        alike = (there.final_url, there.time, there.outcome) == (capture.final_url, capture.time, capture.outcome)
        return alike and block_of(main.type, there) == block_of(main.type, capture)

    def referred(self, revisit: Record) -> Referred:
        """What a revisit refers to: by its id; by URL and time; by the digest of its payload.

        Raises:
            MissingError: it is not there.
        """
        named = revisit.text(b"warc-refers-to")
        url = revisit.text(b"warc-refers-to-target-uri") or revisit.text(b"warc-target-uri") or ""
        time = date_of(revisit.text(b"warc-refers-to-date"))
        digest = revisit.get(b"warc-payload-digest")
        found: UUID | None = None
        if named is not None and self.has(uuid := capture_uuid(unbracketed(named))):
            found = uuid
        if found is None and time is not None:
            found = self._by_date(unbracketed(url), to_microseconds(time), exact=bool(time.microsecond))
        if found is None and digest is not None:
            found = self._payloads.get(digest.lower())
            found = found if found is not None and self.has(found) else None  # it may have been refused
        if found is None:
            raise MissingError(unbracketed(named or url))
        capture = self._whole(found)
        message = capture.response
        return Referred(
            id=capture.id,
            url=capture.final_url,
            time=capture.time,
            role=capture.role,
            body=capture.body if message is None else message.body,
            coding=() if message is None else codings(message.head),
        )

    def _by_date(self, url: str, time: int, *, exact: bool) -> UUID | None:
        until = time + (1 if exact else timedelta(seconds=1) // timedelta(microseconds=1))
        for capture in self._waiting.values():
            brings = capture.body is not None or (capture.response is not None and capture.response.body)
            if capture.final_url == url and time <= to_microseconds(capture.time) < until and brings:
                return capture.id
        rows = self._archive.select("looking for what a revisit refers to", _BY_DATE, [url, time, until])
        return UUID(bytes=rows[0][0]) if rows else None

    def _whole(self, uuid: UUID) -> Capture:
        if (waiting := self._waiting.get(uuid)) is not None:
            return waiting
        stored = self._archive.capture(uuid)
        message = self._archive.response(uuid)
        body = None
        if message is None and stored.body_sha256 is not None:
            body = self._archive.body(stored.body_sha256)
        return whole_capture(stored, message, body)

    def _row(self, record: str) -> tuple[bytes | None, int, bytes | None] | None:
        rows = self._archive.select("looking for a record", _KEPT, [_written(record)])
        return rows[0] if rows else None


def _written(record: str) -> str:
    return record.encode("utf-8", "backslashreplace").decode()
