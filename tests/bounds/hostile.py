"""Files made to take all time or all memory, each small itself; all of them invented here."""
# ruff: noqa: E501 - package parts read best on the one line they are

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TITLE = "甘泉县2023年政府信息公开工作年度报告"
_LAUGHS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE lolz [<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>\n"
)
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
_RELATION = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
_OFFICE = "application/vnd.openxmlformats-officedocument."


def _zip(members: Mapping[str, bytes | str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return out.getvalue()


def _docx(document: str) -> bytes:
    kind = f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}wordprocessingml.document.main+xml"/>'
    return _zip(
        {
            "[Content_Types].xml": _TYPES.format(overrides=kind),
            "_rels/.rels": _RELATION.format(kind="officeDocument", target="word/document.xml"),
            "word/document.xml": document,
        }
    )


def _body(inner: str) -> str:
    return f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{inner}</w:body></w:document>'


def laughing_docx() -> bytes:
    """Entities that unfold to ten billion characters."""
    return _docx(_LAUGHS + _body("<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>"))


def laughing_xlsx() -> bytes:
    """The same in a sheet."""
    sheet = f'{_LAUGHS}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData></worksheet>'
    book = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
    kinds = f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}spreadsheetml.worksheet+xml"/>'
    return _zip(
        {
            "[Content_Types].xml": _TYPES.format(overrides=kinds),
            "_rels/.rels": _RELATION.format(kind="officeDocument", target="xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": _RELATION.format(kind="worksheet", target="worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def laughing_ofd() -> bytes:
    """The same in a page of OFD."""
    ofd = "http://www.ofdspec.org/2016"
    return _zip(
        {
            "OFD.xml": f'<ofd:OFD xmlns:ofd="{ofd}" DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
            "Doc_0/Document.xml": f'<ofd:Document xmlns:ofd="{ofd}"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/0.xml"/></ofd:Pages></ofd:Document>',
            "Doc_0/Pages/0.xml": f'{_LAUGHS}<ofd:Page xmlns:ofd="{ofd}"><ofd:Content><ofd:Layer ID="2"><ofd:TextObject ID="3" Boundary="10 10 100 5" Font="1" Size="4"><ofd:TextCode X="0" Y="4">&a9;</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>',
        }
    )


def zip_bomb() -> bytes:
    """A page of ninety megabytes of zeros, more than archives may unpack to."""
    out = BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        made.open("report.html", "w", force_zip64=True) as f,
    ):
        for _ in range(90):
            f.write(bytes(1 << 20))
    return out.getvalue()


def docx_bomb() -> bytes:
    """A Word file with fifty megabytes of blanks in its styles, more than its parts may unpack to."""
    out = BytesIO(_docx(_body("")))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        made.open("word/styles.xml", "w") as f,
    ):
        f.write(b"<a>")
        for _ in range(50):
            f.write(b" " * (1 << 20))
        f.write(b"</a>")
    return out.getvalue()


def nested_zips() -> bytes:
    """Archives in archives, ten of them in each of six layers."""
    body = _zip({"report.txt": _TITLE})
    for _ in range(6):
        body = _zip({f"{n}.zip": body for n in range(10)})
    return body


def million_cells() -> bytes:
    """A table of a million cells with numbers in them."""
    row = "<tr>" + "<td>12</td>" * 100 + "</tr>"
    return f"<html><body><h1>{_TITLE}</h1><table>{row * 10_000}</table></body></html>".encode()


def nested_tables() -> bytes:
    """Five thousand tables, each in the one before."""
    return f"<html><body><h1>{_TITLE}</h1>{'<table><tr><td>1' * 5_000}</body></html>".encode()


def wide_spans() -> bytes:
    """Cells that say they cover a thousand columns and sixty thousand rows."""
    cell = '<td colspan="1000" rowspan="65534">1</td>'
    return f"<html><body><h1>{_TITLE}</h1><table>{f'<tr>{cell * 50}</tr>' * 50}</table></body></html>".encode()


def many_pages() -> bytes:
    """Ten thousand pages that all draw the same words."""
    kids = 10_000
    drawn = zlib.compress(b"BT /F1 12 Tf 72 700 Td (1 2 3) Tj ET")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (kids, b" ".join(b"%d 0 R" % (5 + n) for n in range(kids))),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
            for _ in range(kids)
        ),
    ]
    return _pdf(objects)


def looping_pages() -> bytes:
    """A page tree whose branches lead back to its root."""
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1000000 /Kids [3 0 R 3 0 R 2 0 R] /Parent 3 0 R >>",
            b"<< /Type /Pages /Count 1000000 /Kids [2 0 R 2 0 R 3 0 R] /Parent 2 0 R >>",
        ]
    )


def _pdf(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(out)


def long_line() -> bytes:
    """Eight megabytes of brackets, digits and blanks without a line end: what patterns stumble over."""
    return (_TITLE + "（1 " * 1_000_000 + "0" * 4_000_000).encode()


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "laughing.docx": laughing_docx,
    "laughing.xlsx": laughing_xlsx,
    "laughing.ofd": laughing_ofd,
    "bomb.zip": zip_bomb,
    "bomb.docx": docx_bomb,
    "nested.zip": nested_zips,
    "million.html": million_cells,
    "nested.html": nested_tables,
    "spans.html": wide_spans,
    "pages.pdf": many_pages,
    "loop.pdf": looping_pages,
    "line.txt": long_line,
}
