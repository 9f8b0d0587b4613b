"""The font that stands in for every font a PDF names without holding it.

PDFium would look for one on the computer: characters it finds no shape for it leaves out of the text without a word
(so every lone 甲 on a computer without Chinese fonts), and which those are would depend on where a document is parsed.
Text needs no shapes, only the widths in the file and a shape that is not empty: here, one box for all of Unicode.
"""

from __future__ import annotations

import ctypes
import struct
from functools import cache
from typing import Final

from pypdfium2 import raw

_UNITS: Final = 1000
_ASCENT, _DESCENT = 880, -120
_WIDTH: Final = 200  # narrower than any advance: a wider shape would widen the places of narrow characters
_HEIGHT: Final = 700
_GLYPHS: Final = 65_535  # as many as there may be: some files name shapes by number without holding the font
_ALL: Final = (0x20, 0x10FFFF)
_NAME: Final = b"gicrawl box\0"


@cache
def box_font() -> bytes:
    """A TrueType font that shows every character as the same box (`cmap` format 13, many to one), some 2.5 MB."""
    box = struct.pack(">h4hHH", 1, 0, 0, _WIDTH, _HEIGHT, 3, 0) + bytes([1] * 4)
    box += struct.pack(">4h4h", 0, 0, _WIDTH, 0, 0, _HEIGHT, 0, -_HEIGHT)
    box += bytes(-len(box) % 4)
    cmap = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(">HHLLLLLL", 13, 0, 28, 0, 1, *_ALL, 1)
    tables = {
        b"cmap": cmap,
        b"glyf": box * _GLYPHS,
        b"head": struct.pack(
            ">LLLLHHqqhhhhHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _UNITS, 0, 0),
            *(0, _DESCENT, _UNITS, _ASCENT, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(">L3hH3h8hH", 0x10000, _ASCENT, _DESCENT, 0, _UNITS, 0, 0, _WIDTH, 1, *[0] * 7, 1),
        b"hmtx": struct.pack(">H", _UNITS) + bytes(2 * _GLYPHS),
        b"loca": struct.pack(f">{_GLYPHS + 1}L", *range(0, len(box) * (_GLYPHS + 1), len(box))),
        b"maxp": struct.pack(">LHHH11H", 0x10000, _GLYPHS, 4, 1, *[0] * 11),
    }
    head = struct.pack(">LHHHH", 0x10000, len(tables), 64, 2, len(tables) * 16 - 64)
    offset = len(head) + 16 * len(tables)
    directory, data = [head], []
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        directory.append(tag + struct.pack(">LLL", 0, offset, len(table)))  # nobody looks at the sums
        data.append(padded)
        offset += len(padded)
    return b"".join(directory + data)


def _data(_info: object, _font: object, table: int, buffer: int | None, size: int) -> int:
    """Fill in the whole font; single tables are not offered."""
    if table:
        return 0
    font = box_font()
    if buffer and size >= len(font):
        ctypes.memmove(buffer, font, len(font))
    return len(font)


def _name(_info: object, _font: object, buffer: int | None, size: int) -> int:
    if buffer and size >= len(_NAME):
        ctypes.memmove(buffer, _NAME, len(_NAME))
    return len(_NAME)


def _map(*_: object) -> int:
    return 1  # any handle that is not null: there is one font


def _charset(*_: object) -> int:
    return int(raw.FXFONT_DEFAULT_CHARSET)


def _nothing(*_: object) -> None:
    """There is nothing to list and nothing to free."""


@cache
def stand_in() -> object:
    """Have PDFium take the box for every font it does not find in a file, in this process and from now on.

    Returns:
        What PDFium calls back; it must live as long as the process.
    """
    answers = {
        "Release": _nothing,
        "EnumFonts": _nothing,
        "MapFont": _map,
        "GetFont": _map,
        "GetFontData": _data,
        "GetFaceName": _name,
        "GetFontCharset": _charset,
        "DeleteFont": _nothing,
    }
    info = raw.FPDF_SYSFONTINFO()
    info.version = 1
    kinds = dict(info._fields_)
    for name, answer in answers.items():
        setattr(info, name, kinds[name](answer))
    raw.FPDF_SetSystemFontInfo(info)
    return info
