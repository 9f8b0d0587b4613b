"""Parsing loose files: no archive is opened and nothing leaves the machine."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from gicrawl.bounds.crew import Crew
from gicrawl.bounds.limits import Bounds
from gicrawl.messages import text
from gicrawl.parser import parse, parser_version, reader_for
from gicrawl.parser.document import Source
from gicrawl.parser.readers import NONE, media_type
from gicrawl.parser.readers.office import may_need, prepare
from gicrawl.parser.report import Identity, Problem, Report, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gicrawl.bounds.limits import Stop

Made = TypeVar("Made")

STDIN = "-"
POOL_FROM = 20
"""Fewer files than this are given to one worker: another one's imports take longer than it would help."""
CHUNK = 8
"""Files a worker is handed at a time: few enough that the first results come soon, enough to hide the hand-over."""
_HEAD = 100
_SHARE = 4
"""Part of the memory bound that a body from a pipe may fill: no file can be told from its length there."""
_UNKNOWN = "application/octet-stream"


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

    def why(self, lang: str) -> str | None:
        """What stopped the parser, in a sentence."""
        return None if self.stopped is None else text(self.stopped.code, lang, **dict(self.stopped.fields))


@dataclass(frozen=True, slots=True)
class Loose:
    """A file to be parsed.

    Attributes:
        source: the name as given; `-` is standard input.
        body: what came out of a pipe, which only one process can read.
        cause: why nothing did.
    """

    source: str
    body: bytes | None = None
    cause: str | None = None

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            OSError: there are none.
        """
        return Path(self.source).read_bytes() if self.body is None else self.body


@dataclass(frozen=True, slots=True)
class Parsing(Generic[Made]):
    """What a worker does with loose files.

    Attributes:
        finish: makes of what became of a file what is wanted; only that travels back. A function with a name of its
            own, or a `partial` of one.
    """

    finish: Callable[[Parsed], Made]

    def ready(self) -> None:
        """Nothing to be done."""

    def prepare(self, files: Sequence[Loose]) -> None:
        """Have LibreOffice convert those of a batch that need it in one go: each start of it costs a second."""
        bodies = []
        for given in files:
            if given.body is not None or given.cause is not None:
                continue
            try:
                with Path(given.source).open("rb") as file:
                    if may_need(head := file.read(_HEAD)):
                        bodies.append(head + file.read())
            except OSError:
                continue  # said when its turn comes
        if len(bodies) > 1:
            try:
                prepare(bodies)
            except OSError:
                return  # as above: what hinders it hinders each of them

    def work(self, given: Loose) -> Made:
        """Parse one file; raises nothing but MemoryError for anything it can hold."""
        return self.finish(_parsed(given))

    def stopped(self, given: Loose, stop: Stop) -> Made:
        """What is known of a document that went over its bounds."""
        return self.finish(_stopped(given, Problem(stop.code, stop.fields)))

    def lost(self, given: Loose, stop: Stop) -> Made:
        """The same where even telling its kind went over them."""
        try:
            if given.body is None:
                with Path(given.source).open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            else:
                sha256 = hashlib.sha256(given.body).hexdigest()
        except OSError as error:
            return self.finish(_unread(given.source, error))
        return self.finish(_bare(given.source, sha256, _UNKNOWN, NONE, Problem(stop.code, stop.fields)))


def whole(parsed: Parsed) -> Parsed:
    """What became of a file, as it is."""
    return parsed


def parse_files(
    sources: Sequence[str],
    *,
    workers: int | None = None,
    bounds: Bounds | None = None,
    finish: Callable[[Parsed], Made],
) -> Iterator[Made]:
    """Parse files in the order given, in processes of their own, each file within bounds.

    Args:
        sources: file names; `-` is standard input.
        workers: processes; None takes as many as there are processors, and one for few files.
        bounds: what one file may take.
        finish: see `Parsing`.

    Raises:
        CrewLost: worker processes cannot be started.
    """
    bounds = bounds or Bounds()
    count = workers or ((os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()) or 1)
    if workers is None and len(sources) < POOL_FROM:
        count = 1
    chunk = max(1, min(CHUNK, len(sources) // count))
    crew = Crew(
        craft=Parsing(finish), workers=min(count, max(1, len(sources))), bounds=bounds, chunk=chunk, forked=True
    )
    return crew.run(_given(source, bounds.memory // _SHARE) for source in sources)


def _given(source: str, most: int) -> Loose:
    """The file, with its bytes where it is a pipe: workers have none of our open files."""
    if source != STDIN:
        try:
            if not _is_stream(Path(source)):
                return Loose(source)
        except OSError:
            return Loose(source)  # said when its turn comes
    try:
        if source == STDIN:
            body = sys.stdin.buffer.read(most + 1)
        else:
            with Path(source).open("rb") as file:
                body = file.read(most + 1)
    except OSError as error:
        return Loose(source, cause=error.strerror or str(error))
    return Loose(source, cause=os.strerror(errno.EFBIG)) if len(body) > most else Loose(source, body)


def _is_stream(path: Path) -> bool:
    return path.is_fifo() or path.is_char_device() or path.is_socket()


def _parsed(given: Loose) -> Parsed:
    if given.cause is not None:
        return Parsed(given.source, None, given.cause)
    try:
        body = given.read()
    except OSError as error:
        return _unread(given.source, error)
    try:
        name = None if given.source == STDIN else Path(given.source).name
        return Parsed(given.source, parse([Source(body, name)]))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug of ours on one document must not cost a user the others; it is told
        return _stopped(given, Problem("parser_error", (("error", f"{type(error).__name__}: {error}"),)))


def _unread(source: str, error: OSError) -> Parsed:
    return Parsed(source, None, error.strerror or str(error))


def _stopped(given: Loose, problem: Problem) -> Parsed:
    try:
        body = given.read()
    except OSError as error:
        return _unread(given.source, error)
    return _bare(given.source, hashlib.sha256(body).hexdigest(), media_type(body), reader_for(body), problem)


def _bare(source: str, sha256: str, kind: str, reader: str, problem: Problem) -> Parsed:
    """What is known of a document that stopped the parser."""
    report = Report(
        sha256=sha256,
        media_type=kind,
        parser=parser_version(reader),
        reader=reader,
        identity=Identity(status=Status.FAILED),
    )
    return Parsed(source, report, stopped=problem)
