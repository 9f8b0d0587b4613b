"""Parsing whatever in the archive the current parser has not parsed."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from gicrawl.archive.store import open_archive
from gicrawl.bounds.crew import CHUNK
from gicrawl.bounds.limits import Bounds
from gicrawl.corpus.current import current_parsers
from gicrawl.corpus.documents import register, unregistered
from gicrawl.corpus.generations import Recorder
from gicrawl.corpus.pool import Pool
from gicrawl.corpus.selection import Selection
from gicrawl.corpus.store import prepare, write
from gicrawl.corpus.worker import UNTOLD, Engine, Task, Worker, failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.rows import ParseRows

_PAGE = 1000

_Condition: TypeAlias = "tuple[str, list[str | int]]"
"""What a query asks of rows of `documents`, and the values of its question marks."""

_WORK = """
SELECT id, digest, capture, content, context, url, (
    SELECT json_group_array(hex(capture)) FROM (
        SELECT capture FROM document_bodies WHERE document = documents.id ORDER BY position
    )
), EXISTS (SELECT 1 FROM parses WHERE parses.document = documents.id)
FROM documents WHERE id > ? AND id <= ? AND {where} ORDER BY id LIMIT ?
"""
_THERE = """
documents.body NOT IN (SELECT sha256 FROM tombstones) AND documents.id NOT IN (
    SELECT document FROM document_bodies WHERE body IN (SELECT sha256 FROM tombstones)
)
"""
"""Whose bytes were not erased."""
_WANTED = "(SELECT {asked} FROM parses WHERE document = documents.id ORDER BY id DESC LIMIT 1) IS NOT 0"
"""By the latest parse; NULL, and so wanted, where there is none: nobody knows yet whose a document is."""
_PARSED = """
EXISTS (
    SELECT 1 FROM parses JOIN json_each(?) AS current
    ON current.key = parses.reader AND current.value = parses.parser
    WHERE parses.document = documents.id
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A document that waits for the current parser.

    Attributes:
        version: its digest.
        url: where it was found.
        parsed_before: whether an older parser has parsed it.
        task: what a worker is given; None while the document is not registered.
    """

    version: bytes
    url: str
    parsed_before: bool
    task: Task | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReparseSummary:
    """What a re-parse did.

    Attributes:
        documents: documents in the archive.
        new_documents: of these, registered in this run.
        parsed: documents parsed in this run.
        added: parses added; fewer than `parsed` where a parser said again what it had said.
        statuses: (status, documents) of what was parsed, sorted.
        broken: documents that crashed a worker or went over their bounds.
        workers: worker processes; 1 means none but our own.
        seconds: wall time.
    """

    documents: int
    new_documents: int
    parsed: int
    added: int
    statuses: tuple[tuple[str, int], ...]
    broken: int
    workers: int
    seconds: float


def pending(
    archive: Archive,
    *,
    everything: bool = False,
    engine: Engine | None = None,
    selection: Selection | None = None,
) -> Iterator[Work]:
    """Documents that the current version of their reader has not parsed; writes nothing but missing tables.

    Args:
        archive: where to look.
        everything: also those it has parsed.
        engine: the parser; gicrawl's own by default.
        selection: bodies and years, by the latest parse of each document. What it does not tell may yet be found out:
            a document is left out only where something that is known speaks against it.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    prepare(archive)
    chosen = _condition(archive, engine or Engine(), everything=everything, selection=selection or Selection())
    yield from _registered(archive, chosen)
    seen: set[bytes] = set()
    for report in unregistered(archive):
        for found in report.versions:
            if found.digest not in seen and not _known(archive, found.digest):
                seen.add(found.digest)
                yield Work(version=found.digest, url=found.url, parsed_before=False, task=None)


def reparse(
    path: Path,
    *,
    everything: bool = False,
    limit: int | None = None,
    sample: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: Engine | None = None,
    bounds: Bounds | None = None,
    selection: Selection | None = None,
) -> ReparseSummary:
    """Parse what the current parser has not parsed, beside what older ones made of it.

    Killed in the middle it loses one batch at most; run again, it goes on. What is written does not depend on the
    number of workers.

    Args:
        path: the archive's file.
        everything: parse all documents again; a parse is added only where it says something new.
        limit: at most so many documents, oldest first.
        sample: so many documents, chosen by their digest: the same ones each time, spread over all portals.
        workers: processes, by default one a core.
        progress: is told (documents done, documents in all) after each batch.
        engine: the parser; gicrawl's own by default.
        bounds: what one document may take, the usual by default. With one worker and none given all is done in this
            process, and a document that crashes the parser takes it along.
        selection: bodies and years, as in `pending`.

    Raises:
        ArchiveError: the archive cannot be read or written; what was committed before stays.
        WorkersLost: worker processes cannot be started.
        ValueError: `workers` is less than 1.
    """
    began = time.perf_counter()
    engine = engine or Engine()
    count = workers if workers is not None else os.cpu_count() or 1
    if count < 1:
        raise ValueError("a re-parse needs at least one worker")
    with open_archive(path) as archive:
        prepare(archive)
        new = register(archive)
        condition = _condition(archive, engine, everything=everything, selection=selection or Selection())
        tasks, total = _chosen(archive, condition, limit=limit, sample=sample)
        statuses: Counter[str] = Counter()
        added = broken = 0
        pool = Pool(path=path, engine=engine, workers=count, bounds=bounds or Bounds(), chunk=_chunk(total, count))
        recorder = Recorder(archive, engine.version)
        for batch in _parsed(archive, pool, tasks, here=workers == 1 and bounds is None):
            recorder.note(parse.reader for parse in batch)
            added += write(archive, batch)
            statuses.update(parse.status for parse in batch)
            broken += sum(_is_broken(parse) for parse in batch)
            if progress is not None:
                progress(statuses.total(), total)
        (documents,) = archive.db.conn.execute(
            "SELECT count(*) FROM documents WHERE id NOT IN (SELECT document FROM superseded)"
        ).fetchone()
    return ReparseSummary(
        documents=documents,
        new_documents=new,
        parsed=statuses.total(),
        added=added,
        statuses=tuple(sorted(statuses.items())),
        broken=broken,
        workers=count,
        seconds=time.perf_counter() - began,
    )


def _parsed(archive: Archive, pool: Pool, tasks: Iterable[Task], *, here: bool) -> Iterator[list[ParseRows]]:
    if not here:
        yield from pool.run(tasks)
        return
    worker = Worker(archive, pool.engine)
    left = iter(tasks)
    while chunk := list(islice(left, CHUNK)):
        worker.prepare(chunk)
        yield [_unbounded(worker, task) for task in chunk]


def _unbounded(worker: Worker, task: Task) -> ParseRows:
    try:
        return worker.run(task)
    except MemoryError:
        return failed(worker.engine, task, UNTOLD, code="parser_out_of_memory", fields={}, seconds=0.0)


def _chunk(tasks: int, workers: int) -> int:
    """Documents in a chunk: few where there are few, so that every worker gets some."""
    return max(1, min(CHUNK, tasks // (workers * 4)))


def _chosen(
    archive: Archive, condition: _Condition, *, limit: int | None, sample: int | None
) -> tuple[Iterable[Task], int]:
    """The tasks of a re-parse, and how many they are."""
    work = _registered(archive, condition)
    if sample is not None:
        chosen = nsmallest(sample, work, key=lambda w: w.version)
        tasks = [w.task for w in chosen[:limit] if w.task is not None]
        return tasks, len(tasks)
    where, values = condition
    with archive.explaining("counting documents to parse"):
        (total,) = archive.db.conn.execute(f"SELECT count(*) FROM documents WHERE {where}", values).fetchone()  # noqa: S608 - constants
    lazily = (w.task for w in islice(work, limit) if w.task is not None)
    return lazily, total if limit is None else min(total, limit)


def _condition(archive: Archive, engine: Engine, *, everything: bool, selection: Selection) -> _Condition:
    """Which documents are to be parsed."""
    parts: list[str] = ["NOT EXISTS (SELECT 1 FROM superseded WHERE superseded.document = documents.id)", _THERE]
    values: list[str | int] = []
    if not everything:
        parts.append(f"NOT {_PARSED}")
        values.append(current_parsers(archive, engine.version))
    if selection:
        asked, told = selection.sql(unknown=True)
        parts.append(_WANTED.format(asked=asked))
        values += told
    return " AND ".join(parts), values


def _registered(archive: Archive, condition: _Condition) -> Iterator[Work]:
    """Registered documents to parse, oldest first; read page by page, for parses are written meanwhile."""
    where, values = condition
    with archive.explaining("looking for documents to parse"):
        (last,) = archive.db.conn.execute("SELECT max(id) FROM documents").fetchone()
    after = 0
    while last is not None and after < last:
        with archive.explaining("looking for documents to parse"):
            rows = archive.db.conn.execute(_WORK.format(where=where), [after, last, *values, _PAGE]).fetchall()
        if not rows:
            return
        for number, digest, capture, content, context, url, attached, before in rows:
            task = Task(
                document=number,
                capture=UUID(bytes=capture),
                content=content,
                attached=tuple(UUID(hex=capture) for capture in json.loads(attached)),
                context=context,
            )
            yield Work(version=digest, url=url, parsed_before=bool(before), task=task)
        after = rows[-1][0]


def _known(archive: Archive, digest: bytes) -> bool:
    with archive.explaining("looking for a document"):
        row = archive.db.conn.execute("SELECT 1 FROM documents WHERE digest = ?", [digest]).fetchone()
    return row is not None


def _is_broken(parse: ParseRows) -> bool:
    return any(row[0] in {"parser_crashed", "parser_timeout", "parser_over_memory"} for row in parse.problems)
