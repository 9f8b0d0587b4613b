"""Takes what belongs together in a WARC file into the archive: what we wrote as it was, other people's as theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.folder import Remark
from gicrawl.archive.warc.foreign import capture_of, is_capture
from gicrawl.archive.warc.groups import Group, capture_uuid, own_line
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from gicrawl.archive.records import Capture, WarcRecord
    from gicrawl.archive.store import Archive
    from gicrawl.archive.warc.reader import Record
    from gicrawl.archive.writer import Writer

KIND = "import"
"""Kind of the run that imports."""


class RefusedError(Exception):
    """A group is left out: the code of the message for people, and its fields."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class Taker:
    """Takes groups of records, and counts what came of them.

    Args:
        archive: where they go.
        paths: the files they come from.
        tell: is called with what a person should look at.

    Attributes:
        new, kept, known, refused, run: as in `WarcImported`; who refuses a group that this raised at counts it there.
    """

    def __init__(self, archive: Archive, paths: Sequence[Path], tell: Callable[[Remark], None]) -> None:
        self._archive = archive
        self._paths = paths
        self._tell = tell
        self._looking = Looking(archive)
        self.new = self.kept = self.known = self.refused = 0
        self.run: UUID | None = None

    def look_ahead(self, groups: Iterable[Group]) -> None:
        """Look up together what the next groups need of the archive."""
        self._looking.look_ahead(groups)

    def flush(self, writer: Writer) -> None:
        """Commit what was taken."""
        writer.flush()
        self._looking.committed()

    def finish(self, status: str) -> None:
        """Put on record how the import ended, if it began: if anything was new."""
        if self.run is not None:
            counts = {"new": self.new, "kept": self.kept, "known": self.known, "refused": self.refused}
            self._archive.finish_run(self.run, status, counts)

    def refuse(self, file: str, first: Record, code: str, **fields: str) -> None:
        """Count and tell a group that was left out."""
        self.refused += 1
        self._remark(file, first, code, warning=False, **fields)

    def take(self, writer: Writer, file: str, group: Group, *, last: bool) -> None:
        """Take a group.

        Args:
            writer: of the archive.
            file: the name of the file it is in.
            group: its records.
            last: nothing more will come: what it refers to and is not there stays away.

        Raises:
            MissingError: it refers to what is not there yet.
            ProvenanceError: what a gicrawl says of it in it is none of ours.
            RefusedError: it is left out for another reason.
        """
        if all(is_own_file(record) for record in group.records):
            return
        for record in group.records:
            if not record.id:
                raise RefusedError("warc_damaged", cause="it has no WARC-Record-ID")
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
        run = (self.run or _NO_RUN) if self._looking.has(capture_uuid(main.id)) else self._started()
        capture = capture_of(group, main, run, file, referred)
        if capture is None:
            raise RefusedError("warc_damaged", cause="it does not say when or of what it is")
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
        self.flush(writer)
        if not self._looking.is_same_record(record):
            self.refused += 1
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
        self.new += 1

    def _is_there(self, writer: Writer, capture: Capture, main: Record) -> bool:
        """Whether a capture is in the archive already.

        Raises:
            RefusedError: another one with its id is.
        """
        if not self._looking.has(capture.id):
            return False
        if self._looking.is_waiting(capture.id):
            self.flush(writer)
        if not self._looking.is_same(capture, main):
            raise RefusedError("warc_duplicate", record=main.id)
        self.known += 1
        return True

    def _keep(self, writer: Writer, file: str, record: Record) -> None:
        """A record of which no capture is made."""
        if self._looking.is_kept(record.id):
            self.flush(writer)
            if not self._looking.is_same_record(record):
                raise RefusedError("warc_duplicate", record=record.id)
            self.known += 1
            return
        about = record.text(b"warc-refers-to") or record.text(b"warc-concurrent-to")
        capture = None if about is None else capture_uuid(about.strip("<>"))
        if capture is not None and not self._looking.has(capture):
            capture = None
        writer.keep(kept_record(record, self._started(), file, None, about=capture))
        self._looking.keep(record.id)
        self.kept += 1

    def _started(self) -> UUID:
        if self.run is None:
            arguments = {"from": "warc", "files": [str(path) for path in self._paths]}
            self.run = self._archive.start_run(KIND, arguments, user_agent="", vantage=None)
        return self.run

    def _remark(self, file: str, at: Record, code: str, *, warning: bool, **fields: str) -> None:
        told = {"file": file, "offset": str(at.place), **fields}
        self._tell(Remark(code, tuple((name, shown(value)) for name, value in told.items()), warning))


_NO_RUN = UUID(int=0)
