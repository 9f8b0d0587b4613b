"""What happens to a document in a worker process: bytes out of the archive, through the parser, into rows.

Nothing a document does may stop the others. An exception becomes a failed parse here; a crash or a hang ends the
process, and the parent (`gicrawl.corpus.pool`) sees from the slots which document it was.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gicrawl.archive.errors import ArchiveError, ArchiveLocked
from gicrawl.archive.store import open_archive
from gicrawl.corpus.documents import context_from
from gicrawl.corpus.rows import failure, rows_of
from gicrawl.parser import parse, parser_version, reader_for
from gicrawl.parser.document import Source
from gicrawl.parser.readers import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.sharedctypes import SynchronizedArray
    from uuid import UUID

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.rows import ParseRows
    from gicrawl.parser.document import Context
    from gicrawl.parser.report import Report

IDLE = -1
"""In a slot: this worker is between documents."""

UNTOLD = NONE
"""Reader a document is put down to when it broke our reading before its reader could be told."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The parser a re-parse works with; its functions are module-level ones, so that they can travel by name."""

    parse: Callable[[Sequence[Source], Context], Report] = parse
    reader_for: Callable[..., str] = reader_for
    version: Callable[[str], str] = parser_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A document to be parsed.

    Attributes:
        document: its row number.
        capture: where its main body is read from.
        content: SHA-256 of its main body, decoded.
        attached: where its attached bodies are read from, in order.
        context: stored JSON of its context.
    """

    document: int
    capture: UUID
    content: bytes
    attached: tuple[UUID, ...]
    context: str


@dataclass(slots=True)
class Worker:
    """Parses documents of one archive."""

    archive: Archive
    engine: Engine
    told: Callable[[str], None] = field(default=lambda _: None)
    """Is called with the reader's name before the parser starts."""

    def run(self, task: Task) -> ParseRows:
        """One document; whatever is wrong with it becomes a failed parse.

        Raises:
            ArchiveLocked: another program held the archive for too long.
        """
        began = time.perf_counter()
        reader = UNTOLD
        try:
            context = context_from(task.context)
            sources = self._sources(task)
            reader = self.engine.reader_for(*(source.body for source in sources))
            self.told(reader)
            report = self.engine.parse(sources, context)
            return rows_of(report, task.document, time.perf_counter() - began)
        except ArchiveLocked:
            raise  # says nothing of the document: to be tried again, not to be put down as failed
        except ArchiveError as error:
            code, fields = "body_unreadable", {"error": str(error)}
        except MemoryError:
            code, fields = "parser_out_of_memory", {}
        except Exception as error:  # noqa: BLE001 - the boundary: a document that breaks the parser is a finding
            code, fields = "parser_error", {"error": _one_line(error)}
        return failure(
            task.document,
            content=task.content,
            reader=reader,
            parser=self.engine.version(reader),
            code=code,
            fields=fields,
            seconds=time.perf_counter() - began,
        )

    def _sources(self, task: Task) -> list[Source]:
        captures = (self.archive.capture(capture) for capture in (task.capture, *task.attached))
        return [Source(self.archive.content(capture)) for capture in captures]


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@dataclass(frozen=True, slots=True)
class Post:
    """What a worker of the pool needs to know; travels to it once.

    Attributes:
        path: the archive's file.
        engine: the parser.
        seconds: after this long on one document the worker ends itself.
        slots: row number of the document each worker is at.
    """

    path: Path
    engine: Engine
    seconds: float
    slots: SynchronizedArray[int]


@dataclass(slots=True)
class _Seat:
    worker: Worker
    post: Post
    slot: int


_seats: list[_Seat] = []
"""The one seat of this process; a list because a pool's initialiser can only leave things in its module."""


def take_seat(post: Post) -> None:
    """Initialise a worker process of the pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with post.slots.get_lock():
        slot = next(i for i, at in enumerate(post.slots[:]) if at == 0)
        post.slots[slot] = IDLE
    _seats.append(_Seat(Worker(open_archive(post.path), post.engine), post, slot))


def run_chunk(tasks: Sequence[Task]) -> list[ParseRows]:
    """Parse some documents in a worker of the pool."""
    seat = _seats[0]
    done = []
    with Path(os.devnull).open("w", encoding="ascii") as nowhere:
        for task in tasks:
            seat.post.slots[seat.slot] = task.document
            faulthandler.dump_traceback_later(seat.post.seconds, exit=True, file=nowhere)  # even inside C code
            try:
                done.append(seat.worker.run(task))
            finally:
                faulthandler.cancel_dump_traceback_later()
    seat.post.slots[seat.slot] = IDLE
    return done


def run_alone(connection: Connection, path: Path, engine: Engine, task: Task) -> None:
    """Parse one suspect in a process of its own; says `ready`, then the reader's name, then the rows."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with open_archive(path) as archive:
        connection.send("ready")
        rows = Worker(archive, engine, connection.send).run(task)
    connection.send(rows)
    connection.close()


def _end_with_parent() -> None:
    """End this process when its parent is gone: workers of a killed parent would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
