"""A SQLite VFS that writes down what SQLite asks of the disk, below everyday code.

It is laid over the VFS that Python's own `sqlite3` module uses, in the SQLite library this module is linked against,
and becomes that library's default: whatever opens a database afterwards in this process is recorded, unchanged,
`ATTACH`, `VACUUM` and backups included. (apsw, the usual way to write a VFS in Python, brings a SQLite library of its
own: the `sqlite3` module, and so our writer, never sees a VFS registered there.)

Only `xOpen` and `xDelete` of the VFS and `xWrite`, `xTruncate`, `xSync` and `xClose` of its files pass through here
(sqlite.org/c3ref/vfs.html, sqlite.org/c3ref/io_methods.html); all else goes straight to the VFS below.
"""

from __future__ import annotations

import ctypes
import re
import sqlite3
from ctypes import (
    CFUNCTYPE,
    POINTER,
    byref,
    c_char_p,
    c_int,
    c_int64,
    c_void_p,
    cast,
    memmove,
    pointer,
    sizeof,
    string_at,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

_NAMED = 0x100 | 0x800 | 0x4000 | 0x80000
"""Files with a name that outlives the connection: database, journal, super-journal, write-ahead log."""
_JOURNALS = 0x800 | 0x4000 | 0x80000
_CREATE = 0x4


@dataclass(frozen=True, slots=True)
class Created:
    """A file that was not there got its name in a directory."""

    path: str


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes at an offset of a file."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    """A file's new size."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """A file's content is on the disk when this returns."""

    path: str


@dataclass(frozen=True, slots=True)
class NamesSynced:
    """The names of a directory are on the disk when this returns."""

    folder: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A file's name was taken out of its directory."""

    path: str


@dataclass(frozen=True, slots=True)
class Told:
    """What was acknowledged to another process."""

    line: str


Act: TypeAlias = Created | Written | Truncated | Synced | NamesSynced | Deleted | Told

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_CLOSE = CFUNCTYPE(c_int, c_void_p)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 14),  # xAccess … xNextSystemCall, as of version 3 of the structure
    )


class _Methods(ctypes.Structure):
    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),  # xFileSize … xUnfetch, as of version 3 of the structure
    )


_VERSION = 3
"""Of both structures as they are above."""


class NoLibraryError(Exception):
    """The SQLite library behind Python's `sqlite3` module cannot be reached: it is built into Python itself."""


def library() -> Any:  # noqa: ANN401 - ctypes makes the types of a library at run time
    """The SQLite library that Python's `sqlite3` module uses, and no other copy of it.

    Raises:
        NoLibraryError: see there.
    """
    sqlite3.connect(":memory:").close()
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    found = sorted(set(re.findall(r"(/\S*libsqlite3\.so\S*)", maps)))
    if len(found) != 1:
        raise NoLibraryError(f"libsqlite3 is loaded {len(found)} times: {found}")
    loaded = ctypes.CDLL(found[0])
    loaded.sqlite3_vfs_find.restype = POINTER(_Vfs)
    loaded.sqlite3_vfs_find.argtypes = [c_char_p]
    loaded.sqlite3_vfs_register.argtypes = [POINTER(_Vfs), c_int]
    return loaded


class Recorder:
    """Records from now on, in this process, for ever: use it in a process of its own.

    Attributes:
        acts: in the order SQLite asked for them.
        broken: what went wrong in a callback, which cannot raise through SQLite.

    Raises:
        NoLibraryError: SQLite cannot be reached.
    """

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.broken: list[BaseException] = []
        self._paths: dict[int, tuple[str, bool]] = {}
        self._wrapped: dict[int, tuple[_Methods, _Methods]] = {}
        self._files: dict[int, _Methods] = {}
        self._callbacks: list[Any] = []
        loaded = library()
        below = loaded.sqlite3_vfs_find(None).contents
        if below.version < _VERSION:
            raise NoLibraryError(f"SQLite's VFS is of version {below.version}")
        self._below_open = _OPEN(below.open)
        self._below_delete = _DELETE(below.delete)
        self._vfs = _Vfs()
        memmove(byref(self._vfs), byref(below), sizeof(_Vfs))
        self._vfs.name = b"recording"
        self._vfs.next = None
        self._vfs.open = self._keep(_OPEN(self._open))
        self._vfs.delete = self._keep(_DELETE(self._delete))
        if loaded.sqlite3_vfs_register(pointer(self._vfs), 1) != 0:
            raise NoLibraryError("SQLite refuses to register another VFS")

    def tell(self, line: str) -> None:
        """Note that something was acknowledged."""
        self.acts.append(Told(line))

    def _keep(self, callback: Any) -> int | None:  # noqa: ANN401 - a function type made by ctypes
        self._callbacks.append(callback)
        return cast(callback, c_void_p).value

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:  # noqa: ANN401 - a C pointer
        try:
            path = None if name is None or not flags & _NAMED else string_at(name).decode()
            fresh = path is not None and bool(flags & _CREATE) and not Path(path).exists()
            code = int(self._below_open(vfs, name, file, flags, out))
            if code == 0 and path is not None:
                if fresh:
                    self.acts.append(Created(path))
                # unixOpen: the first sync of a journal that was made syncs the names of its directory, too
                self._paths[file] = (path, fresh and bool(flags & _JOURNALS))
                self._wrap(file)
        except BaseException as error:  # noqa: BLE001 - SQLite must not be left without an answer
            self.broken.append(error)
            return 10  # SQLITE_IOERR
        return code

    def _wrap(self, file: int) -> None:
        slot = cast(file, POINTER(c_void_p))
        at = slot[0]
        assert at is not None  # an open file has methods
        if at not in self._wrapped:
            below = _Methods.from_address(at)
            if below.version < _VERSION:
                raise NoLibraryError(f"SQLite's file methods are of version {below.version}")
            own = _Methods()
            memmove(byref(own), at, sizeof(_Methods))
            own.close = self._keep(_CLOSE(self._close))
            own.write = self._keep(_WRITE(self._write))
            own.truncate = self._keep(_TRUNCATE(self._truncate))
            own.sync = self._keep(_SYNC(self._sync))
            self._wrapped[at] = (own, below)
        own, self._files[file] = self._wrapped[at]
        slot[0] = ctypes.addressof(own)

    def _write(self, file: int, data: int, length: int, offset: int) -> int:
        code = int(_WRITE(self._files[file].write)(file, data, length, offset))
        self.acts.append(Written(self._paths[file][0], offset, string_at(data, length)))
        return code

    def _truncate(self, file: int, size: int) -> int:
        self.acts.append(Truncated(self._paths[file][0], size))
        return int(_TRUNCATE(self._files[file].truncate)(file, size))

    def _sync(self, file: int, flags: int) -> int:
        code = int(_SYNC(self._files[file].sync)(file, flags))
        path, names_too = self._paths[file]
        self.acts.append(Synced(path))
        if names_too:
            self.acts.append(NamesSynced(str(Path(path).parent)))
            self._paths[file] = (path, False)
        return code

    def _close(self, file: int) -> int:
        self._paths.pop(file)
        return int(_CLOSE(self._files.pop(file).close)(file))

    def _delete(self, vfs: int, name: bytes, names_too: int) -> int:
        path = name.decode()
        there = Path(path).exists()
        code = int(self._below_delete(vfs, name, names_too))
        if there and code == 0:
            self.acts.append(Deleted(path))
            if names_too:
                self.acts.append(NamesSynced(str(Path(path).parent)))
        return code
