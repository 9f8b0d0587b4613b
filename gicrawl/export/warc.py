"""WARC files of everything the archive holds, in the order it was captured, and a CDXJ index beside them.

The same archive gives the same bytes. What is in the files stands in docs/warc.md.
"""

from __future__ import annotations

import os
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.changed import changed_runs, not_as_written
from gicrawl.archive.errors import ArchiveDamaged
from gicrawl.archive.stored import from_microseconds
from gicrawl.archive.tombstones import hidden_bodies
from gicrawl.archive.warc.layout import run_record, warcinfo
from gicrawl.corpus.current import reading
from gicrawl.corpus.withholding import hidden_captures
from gicrawl.export.errors import ExportError, Lost
from gicrawl.export.warc_captures import Captures
from gicrawl.export.warc_index import index_line, write_sorted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from gicrawl.archive.store import Archive
    from gicrawl.archive.warc.layout import Written
    from gicrawl.export.warc_captures import Exchange

MOST_BYTES = 1_000_000_000
"""Bytes after which a file is full; IIPC's guidelines advise 1 GB."""

_END = 253_402_300_799_999_999
"""The last microsecond of the year 9999: later than that a flipped bit has been."""

_LEVEL = 6
_MEMBER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Header of a gzip member (RFC 1952 §2.3) that says nothing of when and where it was made."""


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A file that was written, and how many records (of an index: lines) it has."""

    path: Path
    records: int


@dataclass(frozen=True, slots=True)
class WarcSummary:
    """What an export wrote.

    Attributes:
        files: the WARC files and, last, the index.
        captures: how many are in them.
        withheld: captures left out, because what they brought is withheld or was erased.
        lost: what is damaged, and was left out.
        seconds: wall time.
    """

    files: tuple[WarcFile, ...]
    captures: int
    withheld: int
    lost: tuple[Lost, ...]
    seconds: float


def export_warc(
    archive: Archive,
    directory: Path | str,
    *,
    most_bytes: int = MOST_BYTES,
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> WarcSummary:
    """Write every capture, and every record that was imported, into `DIRECTORY/gicrawl-00000.warc.gz` and so on.

    The files appear together at the end, and those of an earlier export go: one that fails leaves them.

    Args:
        archive: what to export.
        directory: where the files go; made when it is not there.
        most_bytes: no file begins another capture when it is as large as this.
        advance: is told how many captures are done, of how many.

    Raises:
        ExportError: the folder cannot be written.
        ArchiveError: the archive cannot be read.
    """
    began = time.perf_counter()
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with reading(archive), _Files(folder, _newest(archive), most_bytes) as files:
            exporter = _Exporter(archive, files)
            exporter.run(advance)
            written = files.finish()
    except OSError as error:
        cause = error.strerror or str(error)
        raise ExportError(
            f"{folder}: the export cannot be written ({cause}); name a folder of yours with room in it, with --to"
        ) from error
    lost = tuple(exporter.lost)
    return WarcSummary(written, exporter.captures, exporter.withheld, lost, time.perf_counter() - began)


def _newest(archive: Archive) -> datetime:
    """When the archive last changed, as far as its captures tell: the time of the files."""
    with archive.explaining("looking for the newest capture"):
        (newest,) = archive.db.conn.execute(
            "SELECT max(time) FROM captures WHERE time BETWEEN 0 AND ?", [_END]
        ).fetchone()
    return from_microseconds(0 if newest is None else newest)


class _Exporter:
    def __init__(self, archive: Archive, files: _Files) -> None:
        self._archive = archive
        self._files = files
        self._source = Captures(archive, hidden_bodies(archive))
        self._changed_runs = changed_runs(archive)
        self._told: set[UUID] = set()
        self.captures = self.withheld = 0
        self.lost: list[Lost] = []

    def run(self, advance: Callable[[int, int], None]) -> None:
        rows = self._rows("SELECT uuid FROM captures ORDER BY time, uuid")
        hidden = hidden_captures(self._archive)
        order = [UUID(bytes=uuid) for (uuid,) in rows if uuid not in hidden]
        self.withheld += len(rows) - len(order)
        for done, uuid in enumerate(order, 1):
            try:
                exchange = self._source.exchange(uuid)
            except ArchiveDamaged as error:
                self.lost.append(Lost(f"capture {uuid}", str(error)))
                continue
            if exchange is None:
                self.withheld += 1
            else:
                self._write(exchange)
                self.captures += 1
            advance(done, len(order))
        for record in self._source.unattached():
            if isinstance(record, Lost):
                self.lost.append(record)
            else:
                self._files.write(record)

    def _rows(self, sql: str) -> list[tuple[bytes]]:
        with self._archive.explaining("reading captures"):
            return self._archive.db.conn.execute(sql).fetchall()

    def _write(self, exchange: Exchange) -> None:
        self._files.turn()
        run = exchange.capture.run
        if run not in self._told:
            self._told.add(run)
            self._write_run(run)
        for record in exchange.records:
            place = self._files.write(record)
            if record is exchange.main:
                self._files.index(
                    index_line(
                        exchange.capture.final_url,
                        exchange.capture.time,
                        mime="warc/revisit" if record.type == "revisit" else exchange.capture.declared_type or "unk",
                        status=exchange.capture.status,
                        digest=exchange.digest,
                        place=place,
                    )
                )

    def _write_run(self, run: UUID) -> None:
        try:
            if run.bytes in self._changed_runs:
                raise not_as_written(self._archive.path, f"run {run}")  # told as the others are
            self._files.write(run_record(self._archive.run(run)))
        except ArchiveDamaged as error:
            self.lost.append(Lost(f"run {run}", str(error)))


class _Files:
    """The files of an export: drafts beside their places until all of them are whole."""

    def __init__(self, folder: Path, made: datetime, most_bytes: int) -> None:
        self._folder = folder
        self._made = made
        self._most = most_bytes
        self._drafts: list[tuple[Path, Path, int]] = []
        self._file: IO[bytes] | None = None
        self._name = ""
        self._at = self._records = 0
        self._lines = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 - closed with the others

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lines.close()
        if self._file is not None:
            self._file.close()
            with suppress(OSError):
                Path(self._file.name).unlink(missing_ok=True)
        for draft, _, _ in self._drafts:
            draft.unlink(missing_ok=True)

    def turn(self) -> None:
        """Before another capture: go on in a new file where this one is full."""
        if self._file is None or self._at >= self._most:
            self._close()
            self._open()

    def write(self, record: Written) -> tuple[str, int, int]:
        """Write a record; returns where it is: file, offset, length."""
        if self._file is None:
            self._open()
        assert self._file is not None
        member = _member(record.header + record.block + b"\r\n\r\n")
        self._file.write(member)
        place = (self._name, self._at, len(member))
        self._at += len(member)
        self._records += 1
        return place

    def index(self, line: str) -> None:
        """Take a line of the index."""
        self._lines.write(line)

    def finish(self) -> tuple[WarcFile, ...]:
        """Put all files into their places, the index last; files of an earlier export go."""
        if self._file is None and not self._drafts:
            self._open()
        self._close()
        self._lines.seek(0)
        index = self._folder / "gicrawl.cdxj"
        with NamedTemporaryFile(dir=self._folder, prefix=".gicrawl.", suffix=".part", delete=False) as file:
            self._drafts.append((Path(file.name), index, 0))
            count = write_sorted(iter(self._lines), file)
            self._drafts[-1] = (Path(file.name), index, count)
            _settle(file)
        kept = {path for _, path, _ in self._drafts}
        for draft, path, _ in self._drafts:
            draft.replace(path)
        for old in self._folder.glob("gicrawl-[0-9]*.warc.gz"):
            if old not in kept:
                old.unlink()
        return tuple(WarcFile(path, records) for _, path, records in self._drafts)

    def _open(self) -> None:
        self._name = f"gicrawl-{len(self._drafts):05d}.warc.gz"
        self._file = NamedTemporaryFile(  # noqa: SIM115 - closed by `_close`
            dir=self._folder, prefix=f".{self._name}.", suffix=".part", delete=False
        )
        self._at = self._records = 0
        self.write(warcinfo(self._name, self._made, version("gicrawl")))

    def _close(self) -> None:
        if self._file is None:
            return
        _settle(self._file)
        self._file.close()
        self._drafts.append((Path(self._file.name), self._folder / self._name, self._records))
        self._file = None


def _settle(file: IO[bytes]) -> None:
    """On disk, and readable by whoever may read files of this user."""
    file.flush()
    os.fsync(file.fileno())
    mask = os.umask(0)
    os.umask(mask)
    os.fchmod(file.fileno(), 0o666 & ~mask)


def _member(data: bytes) -> bytes:
    """A gzip member; Python's own would say which system made it."""
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    check = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((_MEMBER, engine.compress(data), engine.flush(), check))
