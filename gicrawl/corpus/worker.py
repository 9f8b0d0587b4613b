"""What happens to a document in a worker process: bytes out of the archive, through the parser, into rows.

Nothing a document does may stop the others. An exception becomes a failed parse here; a crash or a hang ends the
process, and the parent (`gicrawl.bounds.crew`) knows which document it was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.errors import ArchiveError, ArchiveLocked
from gicrawl.corpus.documents import context_from
from gicrawl.corpus.rows import failure, rows_of
from gicrawl.parser import parse, parser_version, reader_for
from gicrawl.parser.document import Source
from gicrawl.parser.readers import NONE
from gicrawl.parser.readers.office import may_need, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.rows import ParseRows
    from gicrawl.parser.document import Context
    from gicrawl.parser.report import Report

_HEAD = 100
_OFFICE = """
SELECT c.uuid FROM captures AS c JOIN bodies AS b ON b.id = c.body WHERE c.uuid IN ({marks})
AND b.sniffed_type IN ('application/msword', 'application/x-ole-storage', 'application/rtf', 'application/zip')
"""
"""What may be a file for LibreOffice, by its first bytes as the archive told them; most documents are none."""

UNTOLD = NONE
"""Reader a document is put down to when it broke our reading before its reader could be told."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The parser a re-parse works with; its functions are module-level ones, so that they can travel by name."""

    parse: Callable[[Sequence[Source], Context], Report] = parse
    reader_for: Callable[..., str] = reader_for
    version: Callable[[str], str] = parser_version
    prepare: Callable[[Sequence[bytes]], None] = prepare


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

    def run(self, task: Task) -> ParseRows:
        """One document; whatever is wrong with it becomes a failed parse.

        Raises:
            ArchiveLocked: another program held the archive for too long.
            MemoryError: it takes more memory than there is.
        """
        began = time.perf_counter()
        reader = UNTOLD
        try:
            context = context_from(task.context)
            sources = self.sources(task)
            reader = self.engine.reader_for(*(source.body for source in sources))
            report = self.engine.parse(sources, context)
            return rows_of(report, task.document, time.perf_counter() - began)
        except (ArchiveLocked, MemoryError):
            raise  # says nothing of the document: to be tried again, not to be put down as failed
        except ArchiveError as error:
            code, fields = "body_unreadable", {"error": str(error)}
        except Exception as error:  # noqa: BLE001 - the boundary: a document that breaks the parser is a finding
            code, fields = "parser_error", {"error": _one_line(error)}
        return failed(self.engine, task, reader, code=code, fields=fields, seconds=time.perf_counter() - began)

    def prepare(self, tasks: Sequence[Task]) -> None:
        """Have LibreOffice convert those files of a batch that need it in one go: each start of it costs a second.

        Whatever hinders it is said of each of them when its turn comes.
        """
        named = [capture.bytes for task in tasks for capture in (task.capture, *task.attached)]
        bodies = []
        try:
            with self.archive.explaining("looking for files that LibreOffice opens"):
                asked = _OFFICE.format(marks=",".join("?" * len(named)))
                rows = self.archive.db.conn.execute(asked, named).fetchall()
            for (capture,) in rows:
                body = self.archive.content(self.archive.capture(UUID(bytes=capture)))
                if may_need(body[:_HEAD]):
                    bodies.append(body)
            if len(bodies) > 1:
                self.engine.prepare(bodies)
        except (ArchiveError, OSError):
            return

    def sources(self, task: Task) -> list[Source]:
        """The document's bodies.

        Raises:
            ArchiveError: one of them cannot be read.
        """
        captures = (self.archive.capture(capture) for capture in (task.capture, *task.attached))
        return [Source(self.archive.content(capture)) for capture in captures]


def failed(
    engine: Engine, task: Task, reader: str, *, code: str, fields: Mapping[str, str], seconds: float
) -> ParseRows:
    """The parse of a document that the parser could not get through; see `rows.failure`."""
    return failure(
        task.document,
        content=task.content,
        reader=reader,
        parser=engine.version(reader),
        code=code,
        fields=fields,
        seconds=seconds,
    )


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
