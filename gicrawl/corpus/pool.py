"""Parsing in parallel: results in the order of the tasks, whatever becomes of single workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from gicrawl.archive.errors import ArchiveLocked
from gicrawl.archive.store import open_archive
from gicrawl.bounds.crew import CHUNK, Crew, CrewLost
from gicrawl.bounds.limits import Bounds
from gicrawl.corpus.errors import WorkersLost
from gicrawl.corpus.worker import UNTOLD, Engine, Task, Worker, failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from gicrawl.bounds.limits import Stop
    from gicrawl.corpus.rows import ParseRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Parses tasks in worker processes, each document within bounds.

    Attributes:
        path: the archive's file; workers read bodies from it themselves.
        engine: the parser.
        workers: number of processes.
        bounds: what one document may take.
        chunk: documents a worker takes at a time, and results given at a time.
    """

    path: Path
    engine: Engine
    workers: int
    bounds: Bounds = field(default_factory=Bounds)
    chunk: int = CHUNK

    def run(self, tasks: Iterable[Task]) -> Iterator[list[ParseRows]]:
        """Rows of all tasks, a chunk at a time, in order.

        Raises:
            WorkersLost: processes cannot be started, or end without a document to blame.
            ArchiveLocked: another program held the archive for too long.
        """
        # Not forked: a copy of an open SQLite connection damages the archive.
        crew = Crew(craft=Parsing(self.path, self.engine), workers=self.workers, bounds=self.bounds, chunk=self.chunk)
        results = crew.run(tasks)
        try:
            while batch := list(islice(results, self.chunk)):
                yield batch
        except CrewLost:
            raise WorkersLost(
                f"{self.path}: the worker processes end before they parse anything; "
                "look for a lack of memory, or try again with --workers 1"
            ) from None


@dataclass(slots=True)
class Parsing:
    """What a worker does with documents of an archive.

    Attributes:
        path: the archive's file.
        engine: the parser.
    """

    path: Path
    engine: Engine
    _worker: Worker | None = field(default=None, init=False, repr=False)

    def ready(self) -> None:
        """Open the archive."""
        self._worker = Worker(open_archive(self.path), self.engine)

    def prepare(self, tasks: Sequence[Task]) -> None:
        """Convert together what only LibreOffice opens."""
        self._here.prepare(tasks)

    def work(self, task: Task) -> ParseRows:
        """Parse a document."""
        return self._here.run(task)

    def stopped(self, task: Task, stop: Stop) -> ParseRows:
        """A failed parse, of the reader that would have been at work."""
        try:
            reader = self.engine.reader_for(*(source.body for source in self._here.sources(task)))
        except ArchiveLocked:
            raise
        except Exception:  # noqa: BLE001 - the boundary: whatever breaks our reading of a body tells us nothing more
            reader = UNTOLD
        return failed(self.engine, task, reader, code=stop.code, fields=dict(stop.fields), seconds=stop.seconds)

    def lost(self, task: Task, stop: Stop) -> ParseRows:
        """A failed parse of a document that does not even let its reader be told."""
        return failed(self.engine, task, UNTOLD, code=stop.code, fields=dict(stop.fields), seconds=stop.seconds)

    @property
    def _here(self) -> Worker:
        assert self._worker is not None, "asked before it was ready"
        return self._worker
