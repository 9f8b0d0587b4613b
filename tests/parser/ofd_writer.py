"""OFD files made for tests (GB/T 33190-2016): what `pdf_writer` draws, drawn on pages of millimetres.

Coordinates given are points from the upper left corner, as those of `pdf_writer`.
"""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pdf_writer import Sheet

MM = 25.4 / 72
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def mm(value: float) -> str:
    return f"{value * MM:.3f}"


@dataclass
class OfdSheet(Sheet):
    """A page to be.

    Attributes:
        per_char: every character of a text is given its place, instead of one step that is repeated.
        grouped: objects stand in a block within the layer.
    """

    per_char: bool = False
    grouped: bool = False

    def text(self, x: float, y: float, text: str, size: float = 10, *, font: str = "F1", angle: float = 0) -> None:
        """Text whose baseline begins at (x, y); `angle` counts against the clock, in degrees."""
        del font
        steps = [size / 2 if char.isascii() else size for char in text[:-1]]
        delta = ""
        if steps and (self.per_char or len(set(steps)) > 1):
            delta = f' DeltaX="{" ".join(mm(step) for step in steps)}"'
        elif steps:
            delta = f' DeltaX="g {len(steps)} {mm(steps[0])}"'
        width = sum(steps) + size
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turned = f' CTM="{c:.5f} {-s:.5f} {s:.5f} {c:.5f} 0 0"' if angle else ""
        # The frame begins at the baseline's start where the text is turned, and one size above it where it is not.
        rise = 0.0 if angle else size
        self.ops.append(
            f'<ofd:TextObject ID="{len(self.ops) + 10}" Boundary="{mm(x)} {mm(y - rise)} {mm(width)} {mm(size * 1.2)}"'
            f' Font="3" Size="{mm(size)}"{turned}>'
            f'<ofd:TextCode X="0" Y="{mm(rise)}"{delta}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.ops.append(
            f'<ofd:PathObject ID="{len(self.ops) + 10}" LineWidth="0.2"'
            f' Boundary="{mm(x0)} {mm(y0)} {mm(x1 - x0 + 0.5)} {mm(y1 - y0 + 0.5)}">'
            f"<ofd:AbbreviatedData>M 0 0 L {mm(x1 - x0)} {mm(y1 - y0)}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> None:
        w, h = mm(x1 - x0), mm(y1 - y0)
        self.ops.append(
            f'<ofd:PathObject ID="{len(self.ops) + 10}" Stroke="false" Fill="true"'
            f' Boundary="{mm(x0)} {mm(y0)} {w} {h}">'
            f"<ofd:AbbreviatedData>M 0 0 L {w} 0 L {w} {h} L 0 {h} C</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.ops.append(
            f'<ofd:ImageObject ID="{len(self.ops) + 10}" ResourceID="9" CTM="{mm(x1 - x0)} 0 0 {mm(y1 - y0)} 0 0"'
            f' Boundary="{mm(x0)} {mm(y0)} {mm(x1 - x0)} {mm(y1 - y0)}"/>'
        )

    @property
    def xml(self) -> str:
        drawn = "".join(self.ops)
        if self.grouped:
            drawn = f'<ofd:PageBlock ID="8">{drawn}</ofd:PageBlock>'
        return (
            f"{HEAD}<ofd:Page {SPACE}><ofd:Area><ofd:PhysicalBox>0 0 {mm(self.width)} {mm(self.height)}"
            f'</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="7">{drawn}</ofd:Layer></ofd:Content></ofd:Page>'
        )


def ofd(*sheets: OfdSheet, title: str = "", parts: dict[str, str] | None = None) -> bytes:
    """The file; `parts` adds or replaces some of its members."""
    pages = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at, _ in enumerate(sheets))
    members = {
        "OFD.xml": (
            f'{HEAD}<ofd:OFD {SPACE} Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID>'
            f"<ofd:Title>{escape(title)}</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
            "</ofd:DocBody></ofd:OFD>"
        ),
        "Doc_0/Document.xml": (
            f"{HEAD}<ofd:Document {SPACE}><ofd:CommonData><ofd:MaxUnitID>9999</ofd:MaxUnitID><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
            f"<ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
        ),
        **{f"Doc_0/Pages/Page_{at}/Content.xml": sheet.xml for at, sheet in enumerate(sheets)},
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()
