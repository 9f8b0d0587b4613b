"""Parsing loose files: no archive is opened and nothing leaves the machine."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.parser import parse, parser_version, reader_for
from gicrawl.parser.document import Source
from gicrawl.parser.readers import media_type
from gicrawl.parser.readers.office import may_need, prepare
from gicrawl.parser.report import Identity, Problem, Report, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STDIN = "-"
POOL_FROM = 100
"""Fewer files than this are parsed sooner in this process than it takes to start others."""
CHUNK = 8
"""Files a worker is handed at a time: few enough that the first results come soon, enough to hide the hand-over."""
_HEAD = 100


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of one file.

    Attributes:
        source: the name as given.
        report: what the parser says; None where the file could not be read.
        cause: why it could not be read, in the words of the operating system.
        stopped: what stopped the parser; the report is then a bare `failed`.
    """

    source: str
    report: Report | None
    cause: str | None = None
    stopped: Problem | None = None


Batch: TypeAlias = "tuple[str, ...]"


def parse_file(source: str) -> Parsed:
    """Parse one file, `-` being standard input; never raises for anything a file can hold."""
    try:
        body = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
    except OSError as error:
        return Parsed(source, None, error.strerror or str(error))
    try:
        return Parsed(source, parse([Source(body, None if source == STDIN else Path(source).name)]))
    except MemoryError:
        return stopped(source, body, Problem("parser_out_of_memory"))
    except Exception as error:  # noqa: BLE001 - a bug of ours on one document must not cost a user the others; it is told
        return stopped(source, body, Problem("parser_error", (("error", f"{type(error).__name__}: {error}"),)))


def stopped(source: str, body: bytes, problem: Problem) -> Parsed:
    """What is known of a document that stopped the parser."""
    reader = reader_for(body)
    report = Report(
        sha256=hashlib.sha256(body).hexdigest(),
        media_type=media_type(body),
        parser=parser_version(reader),
        reader=reader,
        identity=Identity(status=Status.FAILED),
    )
    return Parsed(source, report, stopped=problem)


def parse_files(sources: Sequence[str], *, workers: int | None = None) -> Iterator[Parsed]:
    """Parse files in the order given, over several processes when there are many.

    Args:
        sources: file names; `-` is standard input.
        workers: processes; None takes as many as there are processors, and one for few files.
    """
    count = workers or ((os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()) or 1)
    if STDIN in sources or count == 1 or len(sources) < (POOL_FROM if workers is None else 2):
        names = iter(sources)
        while batch := tuple(islice(names, CHUNK)):
            _prepare(batch)
            yield from map(parse_file, batch)
    else:
        yield from _parse_pooled(sources, count)


def _parse_batch(batch: Batch) -> list[Parsed]:
    _prepare(batch)
    return [parse_file(source) for source in batch]


def _prepare(batch: Batch) -> None:
    """Have LibreOffice convert those of a batch that need it in one go: each start of it costs a second."""
    bodies = []
    for source in batch:
        if source == STDIN:
            continue
        try:
            with Path(source).open("rb") as file:
                if may_need(head := file.read(_HEAD)):
                    bodies.append(head + file.read())
        except OSError:
            continue  # said when its turn comes
    if len(bodies) > 1:
        try:
            prepare(bodies)
        except OSError:
            return  # as above: what hinders it hinders each of them


def _parse_alone(source: str) -> Parsed:
    """Parse one file in a process of its own: it is among those that killed a worker."""
    with _pool(1) as pool:
        with _undisturbed():
            future = pool.submit(parse_file, source)
        try:
            return future.result()
        except BrokenProcessPool:
            return stopped(source, Path(source).read_bytes(), Problem("parser_crashed"))
        except BaseException:
            _end_workers()
            raise


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Holds interrupts back while worker processes may be started.

    Ctrl-C reaches every process of the terminal, and one line about it is enough: workers are born with it blocked, and
    never see one. In the parent it strikes at the end of the block, not between a worker and whoever looks after it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _parse_pooled(sources: Sequence[str], workers: int) -> Iterator[Parsed]:
    names = iter(sources)
    waiting: deque[tuple[Batch, Future[list[Parsed]]]] = deque()
    pool = _pool(workers)

    def submit(batch: Batch) -> tuple[Batch, Future[list[Parsed]]]:
        try:
            with _undisturbed():
                return batch, pool.submit(_parse_batch, batch)
        except BrokenProcessPool as error:  # a worker died since; found out again when this batch's turn comes
            broken: Future[list[Parsed]] = Future()
            broken.set_exception(error)
            return batch, broken

    try:
        while True:
            while len(waiting) < workers * 4 and (batch := tuple(islice(names, CHUNK))):
                waiting.append(submit(batch))
            if not waiting:
                return
            batch, future = waiting.popleft()
            try:
                yield from future.result()
            except BrokenProcessPool:
                pool.shutdown()
                yield from map(_parse_alone, batch)
                pool = _pool(workers)
                waiting = deque(submit(later) for later, _ in waiting)
    except BaseException:  # an interrupt, or nobody wants the rest: what the workers are at is not waited for
        _end_workers()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_workers() -> None:
    for process in active_children():
        process.kill()
