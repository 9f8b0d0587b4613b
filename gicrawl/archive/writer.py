"""Writing: captures, judgements and links are buffered and committed together, in one short transaction a batch.

Hashing and compressing happen when a capture is added, outside any transaction, so that a second process that writes
the same archive waits for row inserts only.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from gicrawl.archive.bodies import LEVEL
from gicrawl.archive.capture_rows import CaptureRows
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.inserting import Inserter
from gicrawl.archive.preparing import Preparer
from gicrawl.archive.stored import to_microseconds

if TYPE_CHECKING:
    from types import TracebackType
    from uuid import UUID

    from gicrawl.archive.packing import Body
    from gicrawl.archive.preparing import Prepared
    from gicrawl.archive.records import Capture, Link, Verdict, WarcRecord
    from gicrawl.archive.store import Archive


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
        self._runs: set[UUID] = set()  # that are in the archive
        self._rows = CaptureRows(archive)
        self._preparer = Preparer(archive, level)
        self._inserter = Inserter(archive.db.conn, self._rows)
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
        self._rows.look_for(None if is_new else capture.id, capture.referrer, capture.revisit_of)
        if capture.id.int in self._captures or capture.id.int in self._rows.known:
            raise ArchiveError(f"{self._archive.path}: capture {capture.id} is in the archive already; add it once")
        if capture.run not in self._runs and not self._has_run(capture.run):
            raise ArchiveError(f"{self._archive.path}: capture {capture.id} names run {capture.run}, which never began")
        for relation in (capture.referrer, capture.revisit_of):
            if relation is not None and relation.int not in self._captures and relation.int not in self._rows.known:
                raise self._nameless(relation, f"capture {capture.id}")
        to_microseconds(capture.time)  # a time without a zone is a bug to meet here, not in the middle of a commit
        self._captures[capture.id.int] = self._preparer.capture(capture)
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
        self._records.append((record, None if record.block is None else self._preparer.body(record.block, None)))
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
        for body in [prepared.body for prepared in self._captures.values()] + [block for _, block in self._records]:
            if body is not None and body.form is not None:
                body.form.result()  # nobody waits for zstd within the transaction
        try:
            with self._archive.transaction("writing captures"):
                self._inserter.insert(list(self._captures.values()), self._verdicts, self._links, self._records)
        except BaseException:
            self._inserter.forget_fresh()
            raise
        self._inserter.keep_fresh()
        self._captures.clear()
        self._verdicts.clear()
        self._links.clear()
        self._records.clear()
        self._preparer.committed()
        self._since = None

    def close(self) -> None:
        """Flush, and let the archive have another writer.

        Raises:
            ArchiveError: the flush failed; the writer stays open with what it holds.
        """
        if self._closed:
            return
        self.flush()
        self._preparer.close()
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

    def _has_run(self, run: UUID) -> bool:
        with self._archive.explaining("looking for a run"):
            found = self._inserter.has_run(run)
        if found:
            self._runs.add(run)
        return found

    def _require(self, capture: UUID, who: str) -> None:
        if capture.int not in self._captures and self._rows.find(capture) is None:
            raise self._nameless(capture, who)

    def _nameless(self, capture: UUID, who: str) -> ArchiveError:
        return ArchiveError(f"{self._archive.path}: {who} names capture {capture}, which is not in the archive")
