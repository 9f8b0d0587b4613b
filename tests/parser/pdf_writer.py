"""PDFs made for tests, a few bytes each: text in a standard Chinese font that nobody embeds, lines, pages.

Coordinates are points from the upper left corner, as a reader of the page sees them.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000"
    "/W[1 95 500 814 939 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6"
    "/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)
UNMAPPED = (  # codes that say nothing: Identity-H, no ToUnicode, no known character collection
    "<</Type/Font/Subtype/Type0/BaseFont/Mystery/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
    "/BaseFont/Mystery/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/FontDescriptor"
    "<</Type/FontDescriptor/FontName/Mystery/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 880/Descent -120"
    "/CapHeight 880/StemV 93>>>>]>>"
)
DRAWN = (  # a font of one glyph, 一, that the file draws itself: its box is that of its ink
    "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 1/LastChar 1"
    "/Widths[1000]/Encoding<</Differences[1/g]>>/CharProcs<</g 6 0 R>>/ToUnicode 7 0 R/Resources<<>>>>"
)
STROKE = "1000 0 50 350 950 450 d1 50 350 900 100 re f"
MEANT = "1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <01> <4E00> endbfchar"


def advance(text: str, size: float) -> float:
    return sum(size / 2 if char.isascii() else size for char in text)


@dataclass
class Sheet:
    """A page to be; `turned` counts clockwise quarter turns a viewer is told to make (`/Rotate`)."""

    width: float = WIDTH
    height: float = HEIGHT
    turned: int = 0
    ops: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, size: float = 10, *, font: str = "F1", angle: float = 0, red: bool = False
    ) -> None:
        """Text whose baseline begins at (x, y)."""
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        codes = text.encode("utf-16-be").hex()
        place = f"{c:.4f} {s:.4f} {-s:.4f} {c:.4f} {x:.2f} {self.height - y:.2f}"
        colour = "1 0 0 rg" if red else "0 g"
        self.ops.append(f"BT {colour} /{font} {size} Tf {place} Tm <{codes}> Tj ET")

    def stroke(self, x: float, y: float, size: float = 10) -> None:
        """一, in a font whose glyphs the file draws itself."""
        self.ops.append(f"BT /F3 {size} Tf 1 0 0 1 {x:.2f} {self.height - y:.2f} Tm <01> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.ops.append(f"0.5 w {x0:.2f} {self.height - y0:.2f} m {x1:.2f} {self.height - y1:.2f} l S")

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A filled box, which is how office programs draw lines."""
        self.ops.append(f"{x0:.2f} {self.height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f")

    def table(
        self,
        xs: list[float],
        ys: list[float],
        cells: list[tuple[int, int, int, int, str]],
        *,
        open_top: bool = False,
        open_bottom: bool = False,
        size: float = 9,
        bars: bool = False,
    ) -> None:
        """Cells (row, column, rowspan, colspan, text with line ends), each with its own four edges."""
        for row, column, down, across, text in cells:
            x0, y0, x1, y1 = xs[column], ys[row], xs[column + across], ys[row + down]
            edges = [(x0, y0, x0, y1), (x1, y0, x1, y1)]
            if not (open_top and row == 0):
                edges.append((x0, y0, x1, y0))
            if not (open_bottom and row + down == len(ys) - 1):
                edges.append((x0, y1, x1, y1))
            for a, b, c, d in edges:
                if bars:
                    self.bar(a - 0.25, b - 0.25, c + 0.25, d + 0.25)
                else:
                    self.line(a, b, c, d)
            for at, part in enumerate(text.split("\n")):
                self.text(x0 + 2, y0 + size + 1 + at * (size + 2), part, size)

    def picture(self, box: tuple[float, float, float, float], grey: bytes, size: tuple[int, int]) -> None:
        """A picture of greys, row by row; `size` is its width and height in pixels."""
        (x0, y0, x1, y1), (width, height) = box, size
        data = zlib.compress(grey, 9).hex()
        head = f"/W {width} /H {height} /CS /G /BPC 8 /F [/AHx /Fl]"
        place = f"{x1 - x0:.2f} 0 0 {y1 - y0:.2f} {x0:.2f} {self.height - y1:.2f}"
        self.ops.append(f"q {place} cm BI {head} ID {data}> EI Q")

    def content(self) -> bytes:
        return "\n".join(self.ops).encode()


def rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def pdf(*sheets: Sheet, password: str | None = None, filters: int = 1) -> bytes:
    """The file; with a password (which may be empty) its streams are encrypted (ISO 32000-1, 7.6.2, revision 2)."""
    objects: list[bytes] = [b"", b"", FONT.encode(), UNMAPPED.encode()]
    drawn = any("/F3" in op for sheet in sheets for op in sheet.ops)
    objects += [DRAWN.encode()] * drawn
    objects += drawn * [f"<</Length {len(one)}>>stream\n{one}\nendstream".encode() for one in (STROKE, MEANT)]
    kids = []
    owner, key = b"", b""
    if password is not None:
        padded = (password.encode() + PADDING)[:32]
        owner = rc4(hashlib.md5(PADDING).digest()[:5], padded)  # noqa: S324 - what the format asks for
        key = hashlib.md5(padded + owner + (-4).to_bytes(4, "little", signed=True) + b"id").digest()[:5]  # noqa: S324
    for sheet in sheets:
        forms = " ".join(f"/X{at} {len(objects) + 1 + at} 0 R" for at in range(len(sheet.forms)))
        resources = f"<</Font<</F1 3 0 R/F2 4 0 R{drawn * '/F3 5 0 R'}>>/XObject<<{forms}>>>>"
        objects += [
            f"<</Type/XObject/Subtype/Form/BBox[0 0 {WIDTH} {HEIGHT}]/Resources {resources}/Length {len(form)}>>"
            f"stream\n{form}\nendstream".encode()
            for form in sheet.forms
        ]
        data = sheet.content()
        for _ in range(filters):
            data = zlib.compress(data, 9)
        number = len(objects) + 1
        if key:
            salted = hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()  # noqa: S324
            data = rc4(salted[:10], data)
        names = " ".join(["/FlateDecode"] * filters)
        objects.append(f"<</Length {len(data)}/Filter[{names}]>>stream\n".encode() + data + b"\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {sheet.width} {sheet.height}]/Rotate {sheet.turned * 90}"
            f"/Resources {resources}/Contents {number} 0 R>>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    locked = ""
    if password is not None:
        user = rc4(key, PADDING)
        locked = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{owner.hex()}>/U<{user.hex()}>>>/ID[<6964><6964>]"
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R{locked}>>\nstartxref\n{start}\n%%EOF\n"
    return bytes(out) + trailer.encode()
