"""A report as a Word file: a ZIP of XML parts (ECMA-376), written by hand so that the default install stays lean.

Parts are stored, not compressed: what a compressor makes differs from one build of zlib to the next, and the samples
are the same bytes everywhere.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from gicrawl.sample.content import HEADING, RIGHT, TITLE, Line
from gicrawl.sample.drawing import chance

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from gicrawl.sample.content import Block
    from gicrawl.sample.tables import Slot, Table

_SPACE = "http://schemas.openxmlformats.org"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_WIDE = 9000
"""Width of a table in twentieths of a point."""

_TYPES = f"""{_HEAD}<Types xmlns="{_SPACE}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
</Types>
"""
_PACKAGE = f"""{_HEAD}<Relationships xmlns="{_SPACE}/package/2006/relationships">
<Relationship Id="rId1" Type="{_SPACE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>
"""
_DOCUMENT = f"""{_HEAD}<Relationships xmlns="{_SPACE}/package/2006/relationships">
<Relationship Id="rId1" Type="{_SPACE}/officeDocument/2006/relationships/styles" Target="styles.xml"/>
</Relationships>
"""
_STYLES = f"""{_HEAD}<w:styles xmlns:w="{_SPACE}/wordprocessingml/2006/main">
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/>
<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="table" w:styleId="a3"><w:name w:val="Table Grid"/></w:style>
</w:styles>
"""


def word_file(rng: random.Random, blocks: Sequence[Block]) -> bytes:
    """Write a report as DOCX.

    Args:
        rng: decides where runs are cut, as the word processor does after every edit; the same state gives the same
            bytes.
        blocks: the report.
    """
    body = "\n".join(
        _paragraph(rng, block.text, block.kind) if isinstance(block, Line) else _table(rng, block) for block in blocks
    )
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    document = (
        f'{_HEAD}<w:document xmlns:w="{_SPACE}/wordprocessingml/2006/main"><w:body>\n{body}\n{page}\n</w:body>'
        "</w:document>\n"
    )
    parts = (
        ("[Content_Types].xml", _TYPES),
        ("_rels/.rels", _PACKAGE),
        ("word/document.xml", document),
        ("word/_rels/document.xml.rels", _DOCUMENT),
        ("word/styles.xml", _STYLES),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, text in parts:
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.create_system = _UNIX
            package.writestr(info, text.encode())
    return out.getvalue()


def _runs(rng: random.Random, text: str, properties: str = "") -> str:
    """Runs of text, cut anywhere, also within a number."""
    pieces = [text]
    if len(text) > 1 and chance(rng, 0.35):  # a third of the lines has been edited
        at = rng.randint(1, len(text) - 1)
        pieces = [text[:at], text[at:]]
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return "".join(f'<w:r>{look}<w:t xml:space="preserve">{escape(piece)}</w:t></w:r>' for piece in pieces if piece)


def _paragraph(rng: random.Random, text: str, kind: str) -> str:
    if kind == TITLE:
        look, bold = '<w:pPr><w:jc w:val="center"/></w:pPr>', "<w:b/>"
    elif kind == HEADING:
        look, bold = '<w:pPr><w:pStyle w:val="1"/></w:pPr>', "<w:b/>"
    elif kind == RIGHT:
        look, bold = '<w:pPr><w:jc w:val="right"/></w:pPr>', ""
    else:
        look, bold = '<w:pPr><w:ind w:firstLineChars="200" w:firstLine="640"/></w:pPr>', ""
    return f"<w:p>{look}{_runs(rng, text, bold)}</w:p>"


def _table(rng: random.Random, table: Table) -> str:
    """A table in Word's model: a span to the right is one cell, a span downwards a chain of cells; the first speaks."""
    weights = table.weights or (1.0,) * table.width
    widths = [int(_WIDE * weight / sum(weights)) for weight in weights]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    below: dict[int, tuple[int, Slot]] = {}  # column: (rows still to come, the cell that spans them)
    rows = []
    for number, row in enumerate(table.rows):
        cells = []
        column = 0
        waiting = iter(row)
        while column < table.width:
            if column in below:
                left, slot = below.pop(column)
                cells.append(_cell(rng, slot, widths, column, merge="<w:vMerge/>"))
                if left > 1:
                    below[column] = (left - 1, slot)
            else:
                slot = next(waiting)
                merge = '<w:vMerge w:val="restart"/>' if slot.rowspan > 1 else ""
                cells.append(_cell(rng, slot, widths, column, merge=merge))
                if slot.rowspan > 1:
                    below[column] = (slot.rowspan - 1, slot)
            column += slot.colspan
        again = "<w:tblHeader/>" if number < table.header else ""
        rows.append(f"<w:tr><w:trPr><w:cantSplit/>{again}</w:trPr>{''.join(cells)}</w:tr>")
    look = f'<w:tblPr><w:tblStyle w:val="a3"/><w:tblW w:w="{_WIDE}" w:type="dxa"/></w:tblPr>'
    # Two tables in a row would be one to Word: a paragraph keeps them apart.
    return f"<w:tbl>{look}<w:tblGrid>{grid}</w:tblGrid>\n" + "\n".join(rows) + "</w:tbl><w:p/>"


def _cell(rng: random.Random, slot: Slot, widths: list[int], column: int, *, merge: str) -> str:
    wide = sum(widths[column : column + slot.colspan])
    span = f'<w:gridSpan w:val="{slot.colspan}"/>' if slot.colspan > 1 else ""
    text = "" if merge == "<w:vMerge/>" else slot.text
    inner = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{_runs(rng, text)}</w:p>' if text else "<w:p/>"
    return f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{span}{merge}</w:tcPr>{inner}</w:tc>'
