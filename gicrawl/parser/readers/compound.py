"""OLE compound files (MS-CFB): which streams lie at their top tells what kind of document they are.

The chains of sectors of a hostile file may run in circles or out of the file: every sector is followed once.
"""

from __future__ import annotations

import struct
from array import array
from typing import Final, NamedTuple

from gicrawl.parser.readers.containers import ContainerError

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE: Final = "application/x-ole-storage"
DOC: Final = "application/msword"
"""Word 97-2003, and Kingsoft's .wps, which is the same format under another name."""
XLS: Final = "application/vnd.ms-excel"
"""Excel 97-2003, and Kingsoft's .et."""
ENCRYPTED: Final = "application/encrypted"
"""An Office document under a password: an OLE file that holds nothing but the encrypted package (MS-OFFCRYPTO 2.3)."""

_KINDS: Final = (
    ("EncryptedPackage", ENCRYPTED),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("MatOST", "application/vnd.ms-works"),
    ("HwpSummaryInformation", "application/x-hwp"),
    ("\x05HwpSummaryInformation", "application/x-hwp"),
)
_HEADER: Final = 512
_ENTRY: Final = 128
_LISTED: Final = 109  # sectors of the allocation table that the header itself lists
_MOST_ENTRIES: Final = 20_000
_NONE: Final = 0xFFFFFFFF
_LAST_SECTOR: Final = 0xFFFFFFFA
_ROOT: Final = 5  # type of the first entry
_SMALL: Final = 4096  # bytes: shorter streams lie in sectors of 64 bytes within the stream of the first entry
_SMALL_SECTOR: Final = 64
_WORD: Final = 4
_LARGE: Final = 4096  # bytes of a sector of version 4
_END: Final = 0xFFFFFFFE
_TABLE: Final = 0xFFFFFFFD


class _Entry(NamedTuple):
    """An entry of the directory (MS-CFB 2.6): a stream or a storage."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


def ole_kind(body: bytes) -> str:
    """Media type of an OLE file; `application/x-ole-storage` where it is of no document we know."""
    try:
        names = {entry.name for entry in _File(body).top()}
    except ContainerError:  # damaged: the names of its streams may still stand in it
        return next((kind for name, kind in _KINDS if name.encode("utf-16-le") in body), OLE)
    return next((kind for name, kind in _KINDS if name in names), OLE)


def stream(body: bytes, *names: str) -> bytes:
    """Content of the first stream at the top of the file that has one of these names.

    Raises:
        ContainerError: there is none, or the file is damaged.
    """
    file = _File(body)
    entries = {entry.name: entry for entry in file.top()}
    entry = next((entries[name] for name in names if name in entries), None)
    if entry is None:
        raise ContainerError(names[0])
    return file.content(entry)


def alone(content: bytes) -> bytes:
    """A file of nothing but the stream `Workbook` (MS-CFB, version 4), whatever else was in the one it comes from.

    Libraries make room for as much as a directory says before they look whether there is so much.
    """
    content = content.ljust(_SMALL, b"\0")
    pieces = -(-len(content) // _LARGE)
    tables = -(-(pieces + 1) // (_LARGE // _WORD - 1))
    first = tables + 1
    numbers = [*range(first + 1, first + pieces), _END]
    table = array("I", [_TABLE] * tables + [_END, *numbers])
    table.extend([_NONE] * (tables * _LARGE // _WORD - len(table)))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII", MAGIC, 0x3E, 4, 0xFFFE, 12, 6, 1, tables, tables, 0, _SMALL, _END, 0, _END, 0, 0
    )
    listed = array("I", [*range(tables), *([_NONE] * (_LISTED - tables))])
    head = head[:76] + listed.tobytes()
    # Short streams, of which there is none, would lie in that of the root; calamine wants it to begin somewhere.
    root = _named("Root Entry", _ROOT, child=1, start=first, size=0)
    book = _named("Workbook", 2, child=_NONE, start=first, size=len(content))
    directory = root + book + _named("", 0, child=_NONE, start=0, size=0) * (_LARGE // _ENTRY - 2)
    return head.ljust(_LARGE, b"\0") + table.tobytes() + directory + content.ljust(pieces * _LARGE, b"\0")


def _named(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    """An entry of a directory."""
    text = name.encode("utf-16-le")
    length = len(text) + 2 if text else 0
    return struct.pack("<64sHBBIII36xIQ", text, length, kind, 1, _NONE, _NONE, child, start, size)


class _File:
    """The sectors of a file, and its directory."""

    def __init__(self, body: bytes) -> None:
        if len(body) < _HEADER:
            raise ContainerError("OLE")
        (power,) = struct.unpack_from("<H", body, 30)
        if power not in {9, 12}:
            raise ContainerError("OLE")
        self._body, self._size = body, 1 << power
        self._table = self._allocation()
        self._entries = list(map(_entry, _pieces(self._chain(struct.unpack_from("<I", body, 48)[0]))))
        if not self._entries or self._entries[0].kind != _ROOT:
            raise ContainerError("OLE")

    def top(self) -> list[_Entry]:
        """Entries at the top of the file; those of embedded documents are not among them."""
        found, seen = [], set()
        waiting = [self._entries[0].child]
        while waiting:
            number = waiting.pop()
            if number == _NONE or number in seen:
                continue
            seen.add(number)
            if number >= len(self._entries):
                raise ContainerError("OLE")
            entry = self._entries[number]
            found.append(entry)
            waiting += [entry.left, entry.right]
        return found

    def content(self, entry: _Entry) -> bytes:
        """What a stream holds."""
        if entry.size >= _SMALL:
            return self._chain(entry.start)[: entry.size]
        start, _ = struct.unpack_from("<II", self._body, 60)
        table = array("I", _whole(self._chain(start))) if start < _LAST_SECTOR else array("I")
        small = self._chain(self._entries[0].start)
        pieces, seen, at = [], set(), entry.start
        while at < _LAST_SECTOR:
            if at in seen or at >= len(table):
                raise ContainerError(entry.name)
            seen.add(at)
            pieces.append(small[at * _SMALL_SECTOR : (at + 1) * _SMALL_SECTOR])
            at = table[at]
        return b"".join(pieces)[: entry.size]

    def _allocation(self) -> array[int]:
        """Which sector follows which: listed in the header, and for large files in sectors of their own."""
        listed = array("I", self._body[76 : 76 + _WORD * _LISTED])
        (more,) = struct.unpack_from("<I", self._body, 68)
        seen = set()
        while more < _LAST_SECTOR:
            if more in seen:
                raise ContainerError("OLE")
            seen.add(more)
            sector = array("I", _whole(self._sector(more)))
            listed += sector[:-1]
            more = sector[-1]
        table = array("I")
        for number in listed:
            if number < _LAST_SECTOR and len(table) * self._size // _WORD <= len(self._body):
                table.frombytes(_whole(self._sector(number)))
        return table

    def _chain(self, at: int) -> bytes:
        pieces, seen = [], set()
        while at < _LAST_SECTOR:
            if at in seen or at >= len(self._table):
                raise ContainerError("OLE")
            seen.add(at)
            pieces.append(self._sector(at))
            at = self._table[at]
        return b"".join(pieces)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._body):
            raise ContainerError("OLE")
        return self._body[start : start + self._size]


def _whole(sector: bytes) -> bytes:
    return sector[: len(sector) // _WORD * _WORD]


def _pieces(directory: bytes) -> list[bytes]:
    ends = range(_ENTRY, min(len(directory), _MOST_ENTRIES * _ENTRY) + 1, _ENTRY)
    return [directory[end - _ENTRY : end] for end in ends]


def _entry(piece: bytes) -> _Entry:
    length, kind = struct.unpack_from("<HB", piece, 64)
    left, right, child = struct.unpack_from("<III", piece, 68)
    start, size = struct.unpack_from("<II", piece, 116)
    name = piece[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, kind, left, right, child, start, size)
