"""Parsing in parallel: results in the order of the tasks, whatever becomes of single workers."""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from gicrawl.corpus.errors import WorkersLost
from gicrawl.corpus.rows import ParseRows, failure
from gicrawl.corpus.worker import IDLE, UNTOLD, Engine, Post, Task, run_alone, run_chunk, take_seat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from multiprocessing.sharedctypes import SynchronizedArray
    from pathlib import Path

CHUNK = 16
"""Documents a worker takes at a time: one at a time costs a third of the speed, more only lengthens transactions."""

SECONDS = 120.0
"""A document that takes longer than this is given up. The largest seen takes a hundredth of it."""

_AHEAD = 2
"""Chunks in flight for each worker, so that none waits while the parent writes."""

_START = 60.0
"""Seconds a fresh process may take to import the parser."""

_PATIENCE = 3
"""Pools that may break in a row without a document to blame before we stop: the fault is then not in a document."""

_SPAWN = multiprocessing.get_context("spawn")  # fork would copy open SQLite connections, which SQLite forbids


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Parses tasks in worker processes.

    Attributes:
        path: the archive's file; workers read bodies from it themselves.
        engine: the parser.
        workers: number of processes.
        seconds: limit for one document.
        chunk: documents a worker takes at a time.
    """

    path: Path
    engine: Engine
    workers: int
    seconds: float = SECONDS
    chunk: int = CHUNK

    def run(self, tasks: Iterable[Task]) -> Iterator[list[ParseRows]]:
        """Rows of all tasks, a chunk at a time, in order; only suspects of a crash come out of turn.

        Raises:
            WorkersLost: processes cannot be started, or end without a document to blame.
        """
        source = iter(tasks)
        waiting: deque[list[Task]] = deque()
        fruitless = 0
        while True:
            slots = _SPAWN.Array("q", self.workers)
            suspects: list[Task] = []
            for done in self._until_broken(source, waiting, slots, suspects):
                fruitless = 0
                yield done
            if not waiting and not suspects:
                return
            fruitless = 0 if suspects else fruitless + 1
            if fruitless >= _PATIENCE:
                raise WorkersLost(
                    f"{self.path}: the worker processes end before they parse anything; "
                    "look for a lack of memory, or try again with --workers 1"
                )
            for task in suspects:
                yield [self.alone(task)]

    def _until_broken(
        self,
        source: Iterator[Task],
        waiting: deque[list[Task]],
        slots: SynchronizedArray[int],
        suspects: list[Task],
    ) -> Iterator[list[ParseRows]]:
        """Results until all is done or the pool breaks; then `waiting` and `suspects` hold what is not."""
        flying: deque[tuple[list[Task], Future[list[ParseRows]]]] = deque()
        post = Post(self.path, self.engine, self.seconds, slots)
        with ProcessPoolExecutor(self.workers, mp_context=_SPAWN, initializer=take_seat, initargs=(post,)) as executor:
            try:
                while True:
                    while len(flying) < self.workers * _AHEAD:
                        tasks = waiting.popleft() if waiting else list(islice(source, self.chunk))
                        if not tasks:
                            break
                        waiting.appendleft(tasks)  # until a worker has them: a broken pool refuses to take any
                        future = executor.submit(run_chunk, tasks)
                        waiting.popleft()
                        flying.append((tasks, future))
                    if not flying:
                        return
                    done = flying[0][1].result()
                    flying.popleft()
                    yield done
            except BrokenProcessPool:
                pass
            finally:
                executor.shutdown(wait=True, cancel_futures=True)
        at = {document for document in slots[:] if document not in (0, IDLE)}
        again: list[list[Task]] = []
        for tasks, future in flying:
            if not future.cancelled() and future.exception() is None:
                yield future.result()
                continue
            suspects.extend(task for task in tasks if task.document in at)
            if rest := [task for task in tasks if task.document not in at]:
                again.append(rest)
        waiting.extendleft(reversed(again))

    def alone(self, task: Task) -> ParseRows:
        """Parse one document in a process of its own, where a crash or a hang is its own fault beyond doubt.

        Raises:
            WorkersLost: the process ends before it reaches the document.
        """
        here, there = _SPAWN.Pipe(duplex=False)
        process = _SPAWN.Process(target=run_alone, args=(there, self.path, self.engine, task), daemon=True)
        process.start()
        there.close()
        try:
            return self._heard(here, process, task)
        finally:
            process.kill()  # says nothing to one that has ended
            process.join()
            here.close()

    def _heard(self, here: Connection, process: SpawnProcess, task: Task) -> ParseRows:
        """The rows of a document parsed alone, or those of a failure."""
        if _next(here, _START) != "ready":
            raise WorkersLost(f"{self.path}: a worker process cannot be started; try again with --workers 1")
        began = time.monotonic()
        reader = UNTOLD
        while True:
            said = _next(here, began + self.seconds - time.monotonic())
            if isinstance(said, ParseRows):
                return said
            if not isinstance(said, str):
                break
            reader = said
        if said is _LATE:
            code, fields = "parser_timeout", {"seconds": f"{self.seconds:g}"}
        else:
            process.join()
            code, fields = "parser_crashed", {"exit": str(process.exitcode)}
        return failure(
            task.document,
            content=task.content,
            reader=reader,
            parser=self.engine.version(reader),
            code=code,
            fields=fields,
            seconds=time.monotonic() - began,
        )


_LATE = object()
_GONE = object()


def _next(connection: Connection, seconds: float) -> object:
    """What the process says next, `_LATE` after some seconds of silence, `_GONE` when it has ended."""
    try:
        return connection.recv() if connection.poll(max(seconds, 0.0)) else _LATE
    except (EOFError, ConnectionResetError):
        return _GONE
