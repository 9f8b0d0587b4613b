"""Writing the tables of an archive into a folder, all of them or none."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from gicrawl.corpus.current import reading
from gicrawl.export.errors import ExportError
from gicrawl.export.formats import Format, formats
from gicrawl.export.tables import TABLES

if TYPE_CHECKING:
    from gicrawl.archive.store import Archive
    from gicrawl.export.tables import Table


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
        seconds: wall time.
    """

    format: str
    directory: Path
    files: tuple[Exported, ...]
    seconds: float


def export(archive: Archive, format_name: str, directory: Path | str) -> ExportSummary:
    """Write every table in one format.

    All tables show one moment of the archive. The files appear together at the end: an export that fails leaves what
    stood there before.

    Args:
        archive: what to export.
        format_name: one of `formats()`.
        directory: where the files go; made when it is not there.

    Raises:
        ExportError: no such format, or the folder cannot be written.
        ArchiveError: the archive cannot be read.
    """
    began = time.perf_counter()
    chosen = formats().get(format_name)
    if chosen is None:
        raise ExportError(f"there is no export format {format_name!r}; choose one of {', '.join(formats())}")
    folder = Path(directory)
    drafts: list[tuple[Exported, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with reading(archive):
            for table in TABLES:
                drafts.append(_draft(archive, table, chosen, folder))  # noqa: PERF401 - a failure needs what was made
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
        seconds=time.perf_counter() - began,
    )


def _draft(archive: Archive, table: Table, chosen: Format, folder: Path) -> tuple[Exported, Path]:
    """Write a table beside its place, so that whoever reads the folder never sees half a file."""
    name = f"{table.name}{chosen.suffix}"
    with NamedTemporaryFile(dir=folder, prefix=f".{name}.", suffix=".part", delete=False) as file:
        draft = Path(file.name)
        try:
            records = chosen.write(table, table.rows(archive), file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
    draft.chmod(0o666 & ~_umask())
    return Exported(table.name, folder / name, records), draft


def _umask() -> int:
    """The mask that files of this process get; temporary files are made for their owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
