"""A printer of DOCX files of its own: the bare XML of ISO/IEC 29500, without any library."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from roundtrip.sheets import Grid, Row, Sheet, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_TYPES = (
    f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relation'
    'ships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/office'
    'Document" Target="word/document.xml"/></Relationships>'
)


def _paragraph(text: str) -> str:
    runs = (
        "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")) if text else ""
    )
    return f"<w:p><w:r>{runs}</w:r></w:p>" if runs else "<w:p/>"


def _cell(text: str, columns: int, merge: str) -> str:
    properties = (f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else "") + merge
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraph(text)}</w:tc>"


def _table(rows: Iterable[Row], width: int) -> str:
    held: dict[int, tuple[int, int]] = {}
    """By column: how many rows a cell still reaches down, and how many columns it covers."""
    lines = []
    for row in rows:
        cells, column, queue = [], 0, list(row)
        below: dict[int, tuple[int, int]] = {}
        while queue or any(at >= column for at in held):
            if column in held:
                left, columns = held[column]
                cells.append(_cell("", columns, "<w:vMerge/>"))
                if left > 1:
                    below[column] = (left - 1, columns)
                column += columns
                continue
            slot = queue.pop(0) if queue else Slot("")
            cells.append(_cell(slot.text, slot.columns, '<w:vMerge w:val="restart"/>' if slot.rows > 1 else ""))
            if slot.rows > 1:
                below[column] = (slot.rows - 1, slot.columns)
            column += slot.columns
        held = below
        lines.append("<w:tr>" + "".join(cells) + "</w:tr>")
    grid = "<w:gridCol/>" * width
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl><w:p/>"


def docx_plain(sheet: Sheet) -> bytes:
    """The report as a DOCX file."""
    body = [_paragraph(sheet.title)]
    body += [_table(b.rows, b.width) if isinstance(b, Grid) else _paragraph(b.text) for b in sheet.blocks]
    document = f'{_XML}<w:document xmlns:w="{_W}"><w:body>{"".join(body)}</w:body></w:document>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", document),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return held.getvalue()
