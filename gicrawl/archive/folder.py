"""A folder somebody collected: which files it holds, and their bytes, whatever else lies there."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should look at, for the messages of the command line.

    Attributes:
        code: what it is.
        fields: (name, value) of what the sentence says: the file or line first.
        warning: whether nothing was left out because of it.
    """

    code: str
    fields: tuple[tuple[str, str], ...]
    warning: bool = False


class RefusedError(Exception):
    """A file that is not taken; `remark` says why."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code)
        self.remark = remark


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder.

    Attributes:
        files: paths relative to it, with slashes, sorted folder by folder.
        remarks: what was not taken, and why.
    """

    files: tuple[str, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file's bytes, and when it was last written (UTC)."""

    body: bytes
    modified: datetime


def listing(folder: Path, left_out: Collection[Path] = ()) -> Listing:
    """The files of a folder and of those within it; hidden ones are left out without a word.

    Links to folders are not followed: what they lead to is imported where it lies, and no link can lead in circles.
    A link to a file is taken where that file lies in the folder, too.

    Args:
        folder: an existing folder.
        left_out: files that are no documents (the list that describes them, the archive itself).

    Raises:
        OSError: the folder itself cannot be read.
    """
    root = Path(os.path.realpath(folder))
    skipped = {os.path.realpath(path) for path in left_out}
    files: list[str] = []
    remarks: list[Remark] = []
    waiting = _within(root, "")
    while waiting:
        place, name = waiting.pop()
        try:
            if stat.S_ISDIR(place.lstat().st_mode):
                waiting += _within(place, name)
                continue
            remark = _obstacle(place, name, root)
        except OSError as error:
            remark = unreadable(name, error)
        if remark is not None:
            remarks.append(remark)
        elif os.path.realpath(place) not in skipped:
            files.append(name)
    return Listing(tuple(files), tuple(remarks))


def _within(place: Path, name: str) -> list[tuple[Path, str]]:
    """What lies in a folder, last first, so that a stack gives it back in order."""
    names = sorted(entry for entry in os.listdir(place) if not entry.startswith("."))  # noqa: PTH208 - names are asked for
    return [(place / entry, f"{name}/{entry}" if name else entry) for entry in reversed(names)]


def _obstacle(place: Path, name: str, root: Path) -> Remark | None:
    """Why an entry is not taken; None where it is.

    Raises:
        OSError: it cannot be looked at.
    """
    mode = place.lstat().st_mode
    if stat.S_ISLNK(mode):
        target = Path(os.path.realpath(place, strict=True))
        if not target.is_relative_to(root):
            return _remark("import_link_outside", name, target=str(target))
        if target.is_dir():
            return _remark("import_link_folder", name)
        mode = target.stat().st_mode
    return None if stat.S_ISREG(mode) else _remark("import_no_file", name)


def read_file(folder: Path, name: str, most_bytes: int) -> FileRead:
    """Read a file that `listing` found.

    Args:
        folder: the folder listed.
        name: relative path.
        most_bytes: larger files are refused.

    Raises:
        RefusedError: it cannot be read, is empty, too large, or no ordinary file any more.
    """
    try:
        # Without waiting: a pipe put there since would wait for its writer for ever.
        handle = os.open(os.path.realpath(folder / name), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        with open(handle, "rb") as file:  # noqa: PTH123 - a handle
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise RefusedError(_remark("import_no_file", name))
            body = b"" if found.st_size > most_bytes else file.read(most_bytes + 1)
    except OSError as error:
        raise RefusedError(unreadable(name, error)) from error
    size = max(found.st_size, len(body))
    if size > most_bytes:
        raise RefusedError(_remark("import_too_large", name, size=_megabytes(size), limit=_megabytes(most_bytes)))
    if not body:
        raise RefusedError(_remark("import_empty", name))
    try:
        modified = _EPOCH + timedelta(microseconds=found.st_mtime_ns // 1000)
    except OverflowError as error:
        refused = OSError(errno.EOVERFLOW, "its time of modification is no date")
        raise RefusedError(unreadable(name, refused)) from error
    return FileRead(body, modified)


def unreadable(name: str, error: OSError) -> Remark:
    """A file or folder the operating system refuses."""
    return _remark("import_unreadable", name, cause=error.strerror or str(error))


def _remark(code: str, name: str, **fields: str) -> Remark:
    return Remark(code, (("file", name), *fields.items()))


def _megabytes(count: int) -> str:
    return f"{count / (1 << 20):.0f} MB"
