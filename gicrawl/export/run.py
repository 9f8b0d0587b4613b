"""Writing the tables of an archive into a folder, all of them or none."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING

from gicrawl.corpus.current import reading
from gicrawl.export.columns import Wanted
from gicrawl.export.errors import ExportError, Lost
from gicrawl.export.formats import formats
from gicrawl.export.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.archive.store import Archive


@dataclass(frozen=True, slots=True)
class Exported:
    """One file: its table, where it is, and how many records it holds."""

    table: str
    path: Path
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSummary:
    """What an export wrote.

    Attributes:
        format: its name.
        directory: where the files are.
        files: one a table, in the order of the tables.
        lost: captures that are damaged, which are left out.
        seconds: wall time.
    """

    format: str
    directory: Path
    files: tuple[Exported, ...]
    lost: tuple[Lost, ...]
    seconds: float


def export(archive: Archive, format_name: str, directory: Path | str, wanted: Wanted | None = None) -> ExportSummary:
    """Write every table in one format.

    All tables show one moment of the archive. The files appear together at the end: an export that fails leaves what
    stood there before.

    Args:
        archive: what to export.
        format_name: one of `formats()`.
        directory: where the files go; made when it is not there.
        wanted: bodies, years, registry and versions. Inside a block of `reading` its selection must be that of the
            block.

    Raises:
        ExportError: no such format, something it needs is not installed, or the folder cannot be written.
        ArchiveError: the archive cannot be read.
    """
    began = time.perf_counter()
    chosen = formats().get(format_name)
    if chosen is None:
        raise ExportError(f"there is no export format {format_name!r}; choose one of {', '.join(formats())}")
    chosen.require()
    lost: list[Lost] = []
    wanted = replace(wanted or Wanted(), lose=lost.append)
    folder = Path(directory)
    drafts: list[tuple[Exported, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with reading(archive, None if archive.db.conn.in_transaction else wanted.selection):
            about = _about(archive, wanted)
            for table in TABLES:
                write = partial(chosen.write, table, table.rows(archive, wanted), about=about)
                path, draft, records = _draft(folder / f"{table.name}{chosen.suffix}", write)
                drafts.append((Exported(table.name, path, records), draft))
        for exported, draft in drafts:
            draft.replace(exported.path)
    except OSError as error:
        cause = error.strerror or str(error)
        raise ExportError(
            f"{folder}: the export cannot be written ({cause}); name a folder of yours with room in it, with --to"
        ) from error
    finally:
        for _, draft in drafts:
            draft.unlink(missing_ok=True)
    return ExportSummary(
        format=chosen.name,
        directory=folder,
        files=tuple(exported for exported, _ in drafts),
        lost=tuple(lost),
        seconds=time.perf_counter() - began,
    )


def _about(archive: Archive, wanted: Wanted) -> dict[str, str]:
    """What is said of all tables, in formats that have a place for it: who made them, of what, and which part."""
    parsers = archive.db.conn.execute(
        "SELECT DISTINCT parsers.parser FROM temp.current_parses AS current "
        "JOIN parses AS parsers ON parsers.id = current.parse ORDER BY parsers.parser"
    )
    return {
        "gicrawl.version": version("gicrawl"),
        "gicrawl.parsers": json.dumps([parser for (parser,) in parsers]),
        "gicrawl.selection": json.dumps(asdict(wanted.selection)),
        "gicrawl.panel_version": wanted.version,
    }


def _draft(path: Path, write: Callable[[IO[bytes]], int]) -> tuple[Path, Path, int]:
    """Write a file beside its place, so that whoever reads the folder never sees half of one.

    Returns:
        The place, the file beside it, and the number of its records.
    """
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as file:
        draft = Path(file.name)
        try:
            records = write(file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
    draft.chmod(0o666 & ~_umask())
    return path, draft, records


def _umask() -> int:
    """The mask that files of this process get; temporary files are made for their owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
