"""Sheets of text and lines as a PDF, byte by byte.

Written by hand with nothing but strings: the default install stays lean, and a generator that shared a library with the
reader would share its mistakes. The fonts are not in the file: a composite font of the Adobe-GB1 collection under the
predefined CMap UniGB-UTF16-H (ISO 32000-1, 9.7.5.2), which every reader of PDFs knows, so that the characters of the
text are its bytes in UTF-16.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842
"""A4 in points."""
_LATIN = range(0x20, 0x7F)

# Of Adobe-GB1 the CIDs 1 to 95 are the printable Latin characters. The objects are those numbered 3 to 5.
_FONT = tuple(
    """
<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding /UniGB-UTF16-H \
/DescendantFonts [4 0 R] >>
<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000 /W [1 95 500] \
/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>
<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 \
/Descent -120 /CapHeight 880 /StemV 93 >>
""".strip().splitlines()
)


def advance(text: str, size: float) -> float:
    """How wide a text runs, in points: a Chinese character is a square, a Latin one half of it."""
    return sum(size / 2 if ord(character) in _LATIN else size for character in text)


@dataclass(slots=True)
class Sheet:
    """One page: operators in the order they paint. The origin is the lower left corner; lengths are points."""

    operators: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, size: float) -> None:
        """Print a text; `y` is its base line."""
        code = text.encode("utf-16-be").hex()
        self.operators.append(f"BT /F1 {_number(size)} Tf {_number(x)} {_number(y)} Td <{code}> Tj ET")

    def box(self, left: float, bottom: float, right: float, top: float) -> None:
        """The four sides of a cell as one stroked rectangle."""
        sides = (left, bottom, right - left, top - bottom)
        self.operators.append(f"0.5 w {' '.join(map(_number, sides))} re S")

    def bars(self, left: float, bottom: float, right: float, top: float) -> None:
        """The four sides as thin filled bars, as word processors print borders."""
        thin = 0.48
        for x, y, width, height in (
            (left, top, right - left, thin),
            (left, bottom, right - left, thin),
            (left, bottom, thin, top - bottom),
            (right, bottom, thin, top - bottom + thin),
        ):
            self.operators.append(f"{' '.join(map(_number, (x, y, width, height)))} re f")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def pdf(sheets: list[Sheet], title: str) -> bytes:
    """The sheets as a file; the same sheets give the same bytes.

    Args:
        sheets: pages in order.
        title: for the document's information dictionary.
    """
    # Streams stay uncompressed: what a compressor makes differs from one build of zlib to the next.
    first = 7
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(sheets)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>",
        *_FONT,
        f"<< /Title <FEFF{title.encode('utf-16-be').hex().upper()}> /Producer (sample) >>",
    ]
    for number, sheet in enumerate(sheets):
        content = "\n".join(sheet.operators)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {first + 2 * number + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out = bytearray(b"%PDF-1.5\n%\xe4\xbd\xa0\xe5\xa5\xbd\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
