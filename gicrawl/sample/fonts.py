"""The two kinds of fonts in the PDFs of offices: one that is only named, and one that lies in the file as a subset.

The named one is a composite font of the Adobe-GB1 collection under the predefined CMap UniGB-UTF16-H (ISO 32000-1,
9.7.5.2), which every reader of PDFs knows: its codes are UTF-16. The embedded one is a TrueType font made here, whose
glyphs are plain boxes; its codes are numbers of glyphs, and only its ToUnicode map says which characters they are
(9.10.3), as in what word processors export.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

LATIN = range(0x20, 0x7F)
_EM = 1000
_HALF = 500


def advance(text: str, size: float) -> float:
    """How wide a text runs, in points: a Chinese character is a square, a Latin one half of it."""
    return sum(size / 2 if ord(character) in LATIN else size for character in text)


def stream(content: bytes, entries: str = "") -> bytes:
    """A stream object; not compressed: what a compressor makes differs from one build of zlib to the next."""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries.encode("ascii"), len(content), content)


class Font(Protocol):
    """A font as a PDF needs it."""

    def code(self, text: str) -> str:
        """The text in the codes of this font, as hexadecimal digits."""
        ...

    def objects(self, first: int) -> list[bytes]:
        """The font's objects, the font itself first; they will be numbered from `first`."""
        ...


class NamedFont:
    """STSong-Light, which a reader has or stands something else in for."""

    def code(self, text: str) -> str:
        """UTF-16, big-endian."""
        # PDFium passes over a text whose box has no width, as a single character of a font it cannot find has.
        alone = len(text) == 1 and ord(text) not in LATIN
        return (text + " " if alone else text).encode("utf-16-be").hex()

    def objects(self, first: int) -> list[bytes]:
        """Font, descendant, descriptor. Of Adobe-GB1 the CIDs 1 to 95 are the printable Latin characters."""
        texts = (
            (
                f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding /UniGB-UTF16-H "
                f"/DescendantFonts [{first + 1} 0 R] >>"
            ),
            (
                f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor {first + 2} 0 R "
                "/DW 1000 /W [1 95 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
            ),
            (
                "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle "
                "0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            ),
        )
        return [text.encode("ascii") for text in texts]


class EmbeddedFont:
    """A subset of exactly the characters a document uses, numbered in the order of Unicode from 1.

    Args:
        characters: what is printed with it.
    """

    def __init__(self, characters: Iterable[str]) -> None:
        self._glyphs = {character: number for number, character in enumerate(sorted(set(characters)), 1)}

    def code(self, text: str) -> str:
        """Numbers of glyphs, two bytes each."""
        return "".join(f"{self._glyphs[character]:04x}" for character in text)

    def objects(self, first: int) -> list[bytes]:
        """Font, descendant, descriptor, font file, ToUnicode map."""
        name = "SAMPLE+Boxes"
        widths = " ".join(str(self._width(character)) for character in self._glyphs)
        texts = (
            (
                f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
                f"/DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 4} 0 R >>"
            ),
            (
                f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /FontDescriptor {first + 2} 0 R /DW 1000 "
                f"/W [1 [{widths}]] /CIDToGIDMap /Identity "
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
            ),
            (
                f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0 "
                f"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 /FontFile2 {first + 3} 0 R >>"
            ),
        )
        file = self._file()
        return [
            *(text.encode("ascii") for text in texts),
            stream(file, f"/Length1 {len(file)} "),
            stream(self._to_unicode()),
        ]

    @staticmethod
    def _width(character: str) -> int:
        return _HALF if ord(character) in LATIN else _EM

    def _to_unicode(self) -> bytes:
        pairs = [
            f"<{number:04x}> <{character.encode('utf-16-be').hex()}>" for character, number in self._glyphs.items()
        ]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]  # at most 100 in a block
        middle = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
        text = f"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{middle}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
        return text.encode("ascii")

    def _file(self) -> bytes:
        """The font as TrueType: every glyph is a box as wide as its character; a space has no outline."""
        outlines = [_box(_EM)]
        outlines += [b"" if character == " " else _box(self._width(character)) for character in self._glyphs]
        widths = [_EM, *(self._width(character) for character in self._glyphs)]
        places = [0]
        for outline in outlines:
            places.append(places[-1] + len(outline))
        count = len(outlines)
        tables = {
            b"glyf": b"".join(outlines),
            b"head": struct.pack(
                ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _EM, 0, 0, 0, -120, _EM, 880, 0, 8, 2, 1, 0
            ),
            b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 880, -120, 0, _EM, 0, 0, _EM, 1, *(0,) * 7, count),
            b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in widths),
            b"loca": b"".join(struct.pack(">I", place) for place in places),
            b"maxp": struct.pack(">I14H", 0x10000, count, 4, 1, 0, 0, 2, *(0,) * 8),
        }
        return _packed(tables)


def _box(width: int) -> bytes:
    """A glyph of one contour with four points on it, in words of four bytes."""
    left, right, bottom, top = 60, width - 60, -80, 820
    steps = struct.pack(">4h4h", left, 0, right - left, 0, bottom, top - bottom, 0, bottom - top)
    return struct.pack(">hhhhhHH", 1, left, bottom, right, top, 3, 0) + b"\1" * 4 + steps + b"\0\0"


def _packed(tables: dict[bytes, bytes]) -> bytes:
    """Tables as a font file, each from a multiple of four bytes on."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    at = len(header) + 16 * count
    directory, data = b"", b""
    for tag, table in sorted(tables.items()):
        padded = table + b"\0" * (-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", checksum, at + len(data), len(table))
        data += padded
    return header + directory + data
