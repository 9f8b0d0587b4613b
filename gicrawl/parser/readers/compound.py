"""OLE compound files (MS-CFB): which streams lie at their top tells what kind of document they are.

Only the list of streams is read, never their content. The chains of sectors of a hostile file may run in circles or out
of the file: every sector is followed once, and the list is bounded.
"""

from __future__ import annotations

import struct
from typing import Final

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


def ole_kind(body: bytes) -> str:
    """Media type of an OLE file; `application/x-ole-storage` where it is of no document we know."""
    try:
        streams = top_streams(body)
    except ContainerError:  # damaged: the names of its streams may still stand in it
        return next((kind for name, kind in _KINDS if name.encode("utf-16-le") in body), OLE)
    return next((kind for name, kind in _KINDS if name in streams), OLE)


def top_streams(body: bytes) -> frozenset[str]:
    """Names of the streams and storages at the top of the file; those of embedded documents are not among them.

    Raises:
        ContainerError: the list is damaged.
    """
    entries = _entries(body)
    if not entries or entries[0][1] != _ROOT:
        raise ContainerError("OLE")
    names = set()
    seen = set()
    waiting = [entries[0][4]]
    while waiting:
        number = waiting.pop()
        if number == _NONE or number in seen:
            continue
        seen.add(number)
        if number >= len(entries):
            raise ContainerError("OLE")
        name, _, left, right, _ = entries[number]
        names.add(name)
        waiting += [left, right]
    return frozenset(names)


def _entries(body: bytes) -> list[tuple[str, int, int, int, int]]:
    """The directory: name, type, left and right sibling and first child of every entry (MS-CFB 2.6)."""
    if len(body) < _HEADER:
        raise ContainerError("OLE")
    (power,) = struct.unpack_from("<H", body, 30)
    if power not in {9, 12}:
        raise ContainerError("OLE")
    size = 1 << power
    (at,) = struct.unpack_from("<I", body, 48)
    found: list[tuple[str, int, int, int, int]] = []
    seen = set()
    while at < _LAST_SECTOR:
        start = (at + 1) * size
        if at in seen or start >= len(body) or len(found) > _MOST_ENTRIES:
            raise ContainerError("OLE")
        seen.add(at)
        for place in range(start, min(start + size, len(body) - _ENTRY + 1), _ENTRY):
            length, kind = struct.unpack_from("<HB", body, place + 64)
            left, right, child = struct.unpack_from("<III", body, place + 68)
            name = body[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            found.append((name, kind, left, right, child))
        at = _following(body, at, size)
    return found


def _following(body: bytes, sector: int, size: int) -> int:
    """The sector after one, by the allocation table. Only its first 109 sectors are known: 6.8 MB of 512-byte sectors.

    The list of streams stands near the head of a file or near its end; where its chain is described further on, the
    file counts as one whose list cannot be read, and the names in it decide.
    """
    index, within = divmod(sector, size // 4)
    if index >= _LISTED:
        raise ContainerError("OLE")
    (table,) = struct.unpack_from("<I", body, 76 + 4 * index)
    place = (table + 1) * size + 4 * within
    if table >= _LAST_SECTOR or place + 4 > len(body):
        raise ContainerError("OLE")
    following: int = struct.unpack_from("<I", body, place)[0]
    return following
