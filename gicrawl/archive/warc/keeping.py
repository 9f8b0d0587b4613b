"""What is written of a record beside the capture it became, and of the runs that gicrawl told in one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gicrawl.archive.records import WarcRecord
from gicrawl.archive.seals import FINISH_RUN, seal
from gicrawl.archive.stored import to_microseconds
from gicrawl.archive.warc.layout import makes

if TYPE_CHECKING:
    from uuid import UUID

    from gicrawl.archive.records import Capture
    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import Run
    from gicrawl.archive.warc.reader import Record

_SHOWN = 200  # characters of a value in a message

_RUN = """
INSERT INTO runs (uuid, kind, arguments, user_agent, vantage, version, started, finished, status, summary, seal)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO NOTHING
"""


def is_own_file(record: Record) -> bool:
    """Our own description of a file says nothing of what is in it."""
    return record.type == "warcinfo" and record.block.startswith(b"software: gicrawl/")


def arrival(record: Record, run: UUID, file: str, capture: UUID | None) -> WarcRecord:
    """That a record came, and from where."""
    return _written(record, run, file, capture, header=None, block=None)


def _written(
    record: Record, run: UUID, file: str, capture: UUID | None, *, header: bytes | None, block: bytes | None
) -> WarcRecord:
    return WarcRecord(
        record=record.id,
        type=record.type.encode("utf-8", "backslashreplace").decode(),
        run=run,
        capture=capture,
        header=header,
        block=block,
        file=file,
        offset=record.place.offset,
        within=record.place.within,
    )


def kept_record(record: Record, run: UUID, file: str, capture: Capture | None, about: UUID | None = None) -> WarcRecord:
    """A record verbatim; its block only where the capture's own bytes do not make it."""
    named = about if capture is None else capture.id
    block = None if capture is not None and makes(capture, record.type, record.block) else record.block
    return _written(record, run, file, named, header=record.header, block=block)


def shown(value: str) -> str:
    """What somebody's file says, fit for a terminal."""
    short = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in short)


def restore_run(archive: Archive, run: Run) -> None:
    """Put a run on record as it was, or how it ended where only its beginning is known; committed at once.

    Raises:
        ArchiveError: the archive took no more.
    """
    finished = None if run.finished is None else to_microseconds(run.finished)
    summary = None if run.summary is None else _json(run.summary)
    told = (run.id.bytes, run.kind, _json(run.arguments), run.user_agent, run.vantage, run.version)
    row = (*told, to_microseconds(run.started), finished, run.status, summary)
    with archive.transaction("restoring a run") as conn:
        conn.execute(_RUN, (*row, seal(*row)))
        if finished is not None:
            conn.execute(FINISH_RUN, (finished, run.status, summary, run.id.bytes))


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
