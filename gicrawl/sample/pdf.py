"""Sheets of text and lines as a PDF, byte by byte.

Written by hand with nothing but strings: the default install stays lean, and a generator that shared a library with the
reader would share its mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gicrawl.sample.fonts import EmbeddedFont, Font, NamedFont, stream

WIDTH, HEIGHT = 595, 842
"""A4 in points."""
_THIN = 0.48


@dataclass(slots=True)
class Sheet:
    """One page. The origin is the lower left corner; lengths are points.

    Attributes:
        lines: operators that draw.
        texts: what is printed, in this order, each as (x, base line, text, size).
    """

    lines: list[str] = field(default_factory=list)
    texts: list[tuple[float, float, str, float]] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, size: float) -> None:
        """Print a text; `y` is its base line."""
        self.texts.append((x, y, text, size))

    def box(self, left: float, bottom: float, right: float, top: float) -> None:
        """The four sides of a cell as one stroked rectangle."""
        self.lines.append(f"0.5 w {_numbers(left, bottom, right - left, top - bottom)} re S")

    def bars(self, left: float, bottom: float, right: float, top: float) -> None:
        """The four sides as thin filled bars, as word processors print borders."""
        for sides in (
            (left, top, right - left, _THIN),
            (left, bottom, right - left, _THIN),
            (left, bottom, _THIN, top - bottom),
            (right, bottom, _THIN, top - bottom + _THIN),
        ):
            self.lines.append(f"{_numbers(*sides)} re f")

    def content(self, font: Font) -> bytes:
        """What the page shows, in the order it is painted."""
        shown = [
            f"BT /F1 {_numbers(size)} Tf {_numbers(x, y)} Td <{font.code(text)}> Tj ET"
            for x, y, text, size in self.texts
        ]
        return "\n".join([*self.lines, *shown]).encode("ascii")


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in values)


def pdf(sheets: list[Sheet], title: str, *, embedded: bool) -> bytes:
    """The sheets as a file; the same sheets give the same bytes.

    Args:
        sheets: pages in order.
        title: for the document's information dictionary.
        embedded: whether the font lies in the file or is only named.
    """
    characters = (character for sheet in sheets for _, _, text, _ in sheet.texts for character in text)
    font: Font = EmbeddedFont(characters) if embedded else NamedFont()
    letters = font.objects(4)
    first = 4 + len(letters)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(sheets)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode("ascii"),
        f"<< /Title <FEFF{title.encode('utf-16-be').hex().upper()}> /Producer (sample) >>".encode("ascii"),
        *letters,
    ]
    for number, sheet in enumerate(sheets):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {first + 2 * number + 1} 0 R "
            "/Resources << /Font << /F1 4 0 R >> >> >>"
        )
        objects += [page.encode("ascii"), stream(sheet.content(font))]
    out = bytearray(b"%PDF-1.5\n%\xe4\xbd\xa0\xe5\xa5\xbd\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)
