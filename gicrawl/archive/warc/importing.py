"""Bringing WARC files into the archive: our own captures as they were, everybody else's as captures of theirs.

What we wrote is restored from the metadata beside it. What others wrote becomes a capture where it is one, with the
place it came from; every record of theirs is kept verbatim as well, so that it leaves as it came. Records are known by
their ids: a second import adds nothing, and one that was killed goes on where it was.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.folder import Remark
from gicrawl.archive.warc.ahead import read_ahead
from gicrawl.archive.warc.foreign import capture_of, is_capture
from gicrawl.archive.warc.groups import Group, capture_uuid, grouped, own_line
from gicrawl.archive.warc.keeping import arrival, is_own_file, kept_record, restore_run, shown
from gicrawl.archive.warc.layout import Earlier, records_of
from gicrawl.archive.warc.looking import Looking, MissingError
from gicrawl.archive.warc.provenance import (
    CAPTURE_FIELD,
    RUN_FIELD,
    Known,
    ProvenanceError,
    restored,
    told_capture,
    told_run,
)
from gicrawl.archive.warc.reader import MAX_BLOCK, Damage, Reader, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from gicrawl.archive.records import Capture, WarcRecord
    from gicrawl.archive.store import Archive
    from gicrawl.archive.writer import Writer

KIND = "import"
"""Kind of the run that imports."""

_BATCH = 400
_BATCH_BYTES = 32 << 20
_AHEAD = 64
"""Exchanges read before the first of them is taken: what they need from the archive is looked up together."""
_AHEAD_BYTES = 4 << 20
_LEVEL = 3
"""zstd's level, below that of a crawl, which waits for portals and has the time: an import is bound by it, and `gicrawl
compact` makes up for it."""


@dataclass(frozen=True, slots=True)
class WarcImported:
    """What an import did.

    Attributes:
        new: captures that are in the archive now and were not before.
        kept: records that are kept beside them and were not before, of which no capture is made.
        known: records that were there already.
        refused: what was left out, each told in a remark.
        run: of the import; None where nothing was new.
    """

    new: int
    kept: int
    known: int
    refused: int
    run: UUID | None


@dataclass(frozen=True, slots=True)
class _Later:
    """A group that needs what has not come yet: where it is, and how many records it has."""

    path: Path
    first: Record
    count: int


class _RefusedError(Exception):
    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


def import_warc(
    archive: Archive,
    paths: Sequence[Path],
    *,
    tell: Callable[[Remark], None],
    advance: Callable[[int, int], None] = lambda _done, _all: None,
    most_bytes: int = MAX_BLOCK,
) -> WarcImported:
    """Import WARC files, in any order: what refers to records of a later file waits for them.

    Args:
        archive: where they go.
        paths: the files; compressed as gzip or zstd, or not.
        tell: is called with what a person should look at, as it is met.
        advance: is told how many bytes of the files are done, of how many.
        most_bytes: larger blocks are refused.

    Raises:
        ArchiveError: the archive took no more; what was committed stays.
        OSError: a file cannot be read.
    """
    return _Importer(archive, paths, tell, most_bytes).run(advance)


class _Importer:
    """One import."""

    def __init__(
        self, archive: Archive, paths: Sequence[Path], tell: Callable[[Remark], None], most_bytes: int
    ) -> None:
        self._archive = archive
        self._paths = paths
        self._tell = tell
        self._most_bytes = most_bytes
        self._new = self._kept = self._known = self._refused = 0
        self._run: UUID | None = None
        self._looking = Looking(archive)
        self._later: list[_Later] = []
        self._bytes = 0

    def run(self, advance: Callable[[int, int], None]) -> WarcImported:
        status = "failed"
        try:
            # a group is committed as one
            with self._archive.writer(batch=1 << 30, seconds=1e9, level=_LEVEL) as writer:
                self._read(writer, advance)
                self._retry(writer)
            status = "finished"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            with suppress(*(() if status == "finished" else (ArchiveError,))):  # told already: the disk is full
                self._finish(status)
        return WarcImported(self._new, self._kept, self._known, self._refused, self._run)

    def _finish(self, status: str) -> None:
        if self._run is not None:
            counts = {"new": self._new, "kept": self._kept, "known": self._known, "refused": self._refused}
            self._archive.finish_run(self._run, status, counts)

    def _read(self, writer: Writer, advance: Callable[[int, int], None]) -> None:
        sizes = [path.stat().st_size for path in self._paths]
        for number, path in enumerate(self._paths):
            with path.open("rb") as file, read_ahead(self._records(file), _weight) as records:
                for group in self._looked_for(grouped(records)):
                    if isinstance(group, Damage):
                        self._damage(path, group)
                    else:
                        self._take(writer, path, group, again=True)
                        advance(sum(sizes[:number]) + group.records[0].place.offset, sum(sizes))
            advance(sum(sizes[: number + 1]), sum(sizes))

    def _looked_for(self, found: Iterable[Group | Damage]) -> Iterator[Group | Damage]:
        """The same, after what is to be looked up for some dozens has been looked up together."""
        ahead: list[Group | Damage] = []
        size = 0
        for item in found:
            ahead.append(item)
            size += sum(len(record.block) for record in item.records) if isinstance(item, Group) else 0
            if len(ahead) >= _AHEAD or size > _AHEAD_BYTES:
                yield from self._looked(ahead)
                ahead, size = [], 0
        yield from self._looked(ahead)

    def _looked(self, ahead: list[Group | Damage]) -> list[Group | Damage]:
        self._looking.look_ahead(item for item in ahead if isinstance(item, Group))
        return ahead

    def _records(self, file: BinaryIO) -> Iterator[Record | Damage]:
        return iter(Reader(file, most_bytes=self._most_bytes))

    def _retry(self, writer: Writer) -> None:
        """Take what waited for something, until nothing more comes of it; say what it lacks of the rest."""
        more = True
        while self._later:
            waiting, self._later = self._later, []
            for later in waiting:
                with later.path.open("rb") as file:
                    found = islice(Reader(file, most_bytes=self._most_bytes).at(later.first.place), later.count)
                    for group in grouped(found):
                        if isinstance(group, Group):
                            self._take(writer, later.path, group, again=more)
            more = more and len(self._later) < len(waiting)

    # One group

    def _take(self, writer: Writer, path: Path, group: Group, *, again: bool) -> None:
        try:
            self._group(writer, path.name, group, last=not again)
        except MissingError as error:
            if again:
                first = replace(group.records[0], block=b"")  # its place is what is needed of it
                self._later.append(_Later(path, first, len(group.records)))
            else:
                self._refuse(path, group.records[0], "warc_unresolved", record=str(error))
        except ProvenanceError as error:
            self._refuse(path, group.records[0], "warc_metadata", cause=str(error))
        except _RefusedError as error:
            self._refuse(path, group.records[0], error.code, **error.fields)
        self._bytes += sum(len(record.block) for record in group.records)
        if writer.pending >= _BATCH or self._bytes > _BATCH_BYTES:
            self._flush(writer)

    def _flush(self, writer: Writer) -> None:
        writer.flush()
        self._looking.committed()
        self._bytes = 0

    def _group(self, writer: Writer, file: str, group: Group, *, last: bool) -> None:
        if all(is_own_file(record) for record in group.records):
            return
        for record in group.records:
            if not record.id:
                raise _RefusedError("warc_damaged", cause="it has no WARC-Record-ID")
        run = own_line(group.records[0], RUN_FIELD)
        if run is not None:
            restore_run(self._archive, told_run(run, capture_uuid(group.records[0].id)))
        elif group.ours is not None:
            self._own(writer, file, group, group.ours, last=last)
        elif is_capture(group.main):
            self._foreign(writer, file, group, last=last)
        else:
            for record in group.records:
                self._keep(writer, file, record)

    def _own(self, writer: Writer, file: str, group: Group, ours: Record, *, last: bool) -> None:
        """A capture that a gicrawl wrote out, restored as it was."""
        main = group.main or group.request or ours
        uuid = capture_uuid(main.id)
        if ours is not main and main.id not in ours.concurrent:
            raise ProvenanceError("it is about another record than the one before it")
        line = own_line(ours, CAPTURE_FIELD)
        assert line is not None  # that is what makes it ours
        told = told_capture(line)
        if group.main is None and "response" in told:
            raise ProvenanceError("the record with the response is not beside it")
        earlier, body = None, None
        if main.type == "revisit":
            referred = self._looking.referred(main)
            earlier, body = Earlier(referred.id, referred.url, referred.time), referred.body
            if "revisit_of" in told:
                body = b""
        known = restored(
            told,
            uuid,
            request=b"" if group.request is None else group.request.block,
            response=main.block if "response" in told else None,
            body=main.block if main.type == "resource" else body,
            in_block=main.type != "revisit",
        )
        self._looking.remember_payload(main, uuid)
        if self._is_there(writer, known.capture, main):
            return
        run = self._started()
        known = replace(known, capture=self._without_lost(known.capture, file, main, last=last))
        expected = {record.id: record for record in records_of(known, earlier)}
        kept = []
        for record in group.records:
            ours_too = expected.get(record.id)
            if ours_too is None or (ours_too.header, ours_too.block) != (record.header, record.block):
                kept.append(kept_record(record, run, file, known.capture))
            elif record is main:
                kept.append(arrival(record, run, file, uuid))
        self._add(writer, known, kept)

    def _without_lost(self, capture: Capture, file: str, main: Record, *, last: bool) -> Capture:
        """A capture whose run or referrer never came is still a capture."""
        lost = [
            (name, str(other))
            for name, other in (("referrer", capture.referrer), ("revisit_of", capture.revisit_of))
            if other is not None and not self._looking.has(other)
        ]
        if not self._looking.has_run(capture.run):
            lost.append(("run", str(capture.run)))
        if lost and not last:
            raise MissingError(lost[0][1])
        for name, other in lost:
            self._remark(file, main, "warc_relation_lost", warning=True, relation=name, missing=other)
        names = {name for name, _ in lost}
        return replace(
            capture,
            run=self._started() if "run" in names else capture.run,
            referrer=None if "referrer" in names else capture.referrer,
            revisit_of=None if "revisit_of" in names else capture.revisit_of,
        )

    def _foreign(self, writer: Writer, file: str, group: Group, *, last: bool) -> None:
        main = group.main
        assert main is not None  # `is_capture` says so
        referred = None
        if main.type == "revisit":
            try:
                referred = self._looking.referred(main)
            except MissingError:
                if last and not self._looking.is_kept(main.id):
                    for record in group.records:
                        self._keep(writer, file, record)
                raise
        run = (self._run or _NO_RUN) if self._looking.has(capture_uuid(main.id)) else self._started()
        capture = capture_of(group, main, run, file, referred)
        if capture is None:
            raise _RefusedError("warc_damaged", cause="it does not say when or of what it is")
        self._looking.remember_payload(main, capture.id)
        there = self._is_there(writer, capture, main)
        beside = [record for record in group.records if record is not main and self._is_news(writer, file, record)]
        if there:
            for record in beside:
                self._keep(writer, file, record)
            return
        self._add(
            writer, Known(capture=capture), [kept_record(record, run, file, capture) for record in (main, *beside)]
        )

    def _is_news(self, writer: Writer, file: str, record: Record) -> bool:
        """Whether a record beside a main one is not kept yet; one that contradicts what is kept is told."""
        if not self._looking.is_kept(record.id):
            return True
        self._flush(writer)
        if not self._looking.is_same_record(record):
            self._refused += 1
            self._remark(file, record, "warc_duplicate", warning=False, record=record.id)
        return False

    def _add(self, writer: Writer, known: Known, kept: Iterable[WarcRecord]) -> None:
        writer.add(known.capture, is_new=True)
        self._looking.add(known.capture)
        for verdict in known.verdicts:
            writer.judge(verdict)
        for link in known.links:
            writer.link(link)
        for record in kept:
            writer.keep(record)
            self._looking.keep(record.record)
        self._new += 1

    def _is_there(self, writer: Writer, capture: Capture, main: Record) -> bool:
        """Whether a capture is in the archive already.

        Raises:
            _RefusedError: another one with its id is.
        """
        if not self._looking.has(capture.id):
            return False
        if self._looking.is_waiting(capture.id):
            self._flush(writer)
        if not self._looking.is_same(capture, main):
            raise _RefusedError("warc_duplicate", record=main.id)
        self._known += 1
        return True

    def _keep(self, writer: Writer, file: str, record: Record) -> None:
        """A record of which no capture is made."""
        if self._looking.is_kept(record.id):
            self._flush(writer)
            if not self._looking.is_same_record(record):
                raise _RefusedError("warc_duplicate", record=record.id)
            self._known += 1
            return
        about = record.text(b"warc-refers-to") or record.text(b"warc-concurrent-to")
        capture = None if about is None else capture_uuid(about.strip("<>"))
        if capture is not None and not self._looking.has(capture):
            capture = None
        writer.keep(kept_record(record, self._started(), file, None, about=capture))
        self._looking.keep(record.id)
        self._kept += 1

    # Runs

    def _started(self) -> UUID:
        if self._run is None:
            arguments = {"from": "warc", "files": [str(path) for path in self._paths]}
            self._run = self._archive.start_run(KIND, arguments, user_agent="", vantage=None)
        return self._run

    # Remarks

    def _damage(self, path: Path, damage: Damage) -> None:
        self._refused += 1
        fields = (("file", str(path)), ("offset", str(damage.place)), ("cause", damage.cause))
        self._tell(Remark(damage.code, fields))

    def _refuse(self, path: Path, first: Record, code: str, **fields: str) -> None:
        self._refused += 1
        self._remark(str(path), first, code, warning=False, **fields)

    def _remark(self, file: str, at: Record, code: str, *, warning: bool, **fields: str) -> None:
        told = {"file": file, "offset": str(at.place), **fields}
        self._tell(Remark(code, tuple((name, shown(value)) for name, value in told.items()), warning))


def _weight(item: Record | Damage) -> int:
    return len(item.block) if isinstance(item, Record) else 0


_NO_RUN = UUID(int=0)
