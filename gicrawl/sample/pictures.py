"""Pictures drawn by hand: a scanned page, a bar chart, the icon of a file kind, a logo.

Stored and not compressed inside, so that the same drawing is the same bytes with every build of zlib.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable


def png(width: int, rows: Iterable[bytes]) -> bytes:
    """Rows of grey values, one byte a pixel, as a PNG."""
    lines = [b"\0" + row for row in rows]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, len(lines), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(lines), 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chart(rng: random.Random) -> bytes:
    """A small picture of random grey bars, 48 by 64 pixels."""
    return png(48, [bytes([rng.randrange(256)]) * 48 for _ in range(64)])


def scanned_page(rng: random.Random, *, table: bool) -> bytes:
    """A page of a report as a scanner sees it: bars where lines of text are, and a ruled table; 420 by 594 pixels."""
    width, height, margin = 420, 594, 40
    page = [bytearray(b"\xff") * width for _ in range(height)]

    def fill(left: int, top: int, right: int, bottom: int) -> None:
        for row in page[top:bottom]:
            row[left:right] = bytes(right - left)

    y = margin
    while y < (height // 3 if table else height - margin):
        fill(margin + (16 if rng.random() < 0.3 else 0), y, width - margin - rng.randrange(120), y + 6)  # noqa: PLR2004 - three lines in ten begin a paragraph
        y += 14
    if table:
        columns = [margin, margin + 140, *range(margin + 170, width - margin, 30), width - margin]
        rows = range(y, height - margin, 18)
        for top in rows:
            fill(margin, top, width - margin, top + 1)
        for left in columns:
            fill(left, y, left + 1, rows[-1] + 1)
        for top in rows[:-1]:
            fill(margin + 4, top + 6, margin + 30 + rng.randrange(100), top + 12)
            for left in columns[1:-1]:
                fill(left + 8, top + 6, left + 14, top + 12)
    return png(width, map(bytes, page))


def logo() -> bytes:
    """The emblem in the frame of every page, 120 by 40 pixels."""
    return png(120, [bytes((x * y) % 251 for x in range(120)) for y in range(40)])


def icon(colour: tuple[int, int, int]) -> bytes:
    """The icon of a file kind as editors put it beside a link: a GIF of one colour, 16 by 16 pixels."""
    side = 16
    header = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes(colour) + b"\xff\xff\xff"
    bits = _Bits()
    for pixel in range(side * side):
        if pixel % 2 == 0:  # a clear code before the table can grow: every code keeps its three bits
            bits.put(4)
        bits.put(0)
    bits.put(5)
    data = bits.bytes()
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    image = b"," + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02" + blocks + b"\0"
    return header + image + b";"


class _Bits:
    """Codes of three bits, the lowest first."""

    def __init__(self) -> None:
        self._value = 0
        self._count = 0

    def put(self, code: int) -> None:
        self._value |= code << self._count
        self._count += 3

    def bytes(self) -> bytes:
        return self._value.to_bytes(-(-self._count // 8), "little")


CHROME: dict[str, Callable[[], bytes]] = {
    "logo.png": logo,
    "icon_pdf.gif": lambda: icon((200, 30, 30)),
    "icon_doc.gif": lambda: icon((30, 60, 200)),
}
"""Pictures that stand on pages of every portal and belong to no report."""
