"""A small writer of Word files for the tests: every structure by its XML, nothing hidden by a library."""

from __future__ import annotations

import io
import re
import zipfile
from base64 import b64encode
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
SPACES = (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEADING = (
    '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 1"/>'
    '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
)


def r(text: str, properties: str = "") -> str:
    """A run."""
    props = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{props}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*content: str, properties: str = "") -> str:
    """A paragraph of runs or other inline XML; plain text is one run."""
    inner = "".join(piece if piece.startswith("<") else r(piece) if piece else "" for piece in content)
    props = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{props}{inner}</w:p>"


def tc(*content: str, span: int = 1, merge: str = "", properties: str = "") -> str:
    """A cell of blocks; plain text is one paragraph. `merge`: `restart` or `continue`."""
    inner = "".join(piece if piece.startswith("<") else p(piece) for piece in content) or p()
    props = properties
    if span != 1:
        props += f'<w:gridSpan w:val="{span}"/>'
    if merge:
        props += '<w:vMerge w:val="restart"/>' if merge == "restart" else "<w:vMerge/>"
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{inner}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    """A row; plain text is a cell."""
    props = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{props}{''.join(cell if cell.startswith('<') else tc(cell) for cell in cells)}</w:tr>"


def tbl(*rows: str) -> str:
    """A table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def sdt(content: str, properties: str = "") -> str:
    """A content control."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def field_code(instruction: str, result: str) -> str:
    """A complex field."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def box(content: str) -> str:
    """A text box as Word writes it: once for itself, once for older versions."""
    held = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{held}</wps:txbx></wps:wsp>'
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{held}</v:textbox></v:shape></w:pict>"
        f"</mc:Fallback></mc:AlternateContent></w:r>"
    )


def document_xml(body: str, space: str = W) -> str:
    """The main part."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{space}"{SPACES}><w:body>{body}'
        "<w:sectPr/></w:body></w:document>"
    )


def packed(parts: dict[str, bytes | str]) -> bytes:
    """A ZIP of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def parts_of(
    body: str, *, styles: str = HEADING, title: str | None = None, space: str = W, main: str = "word/document.xml"
) -> dict[str, bytes | str]:
    """The parts of a Word file."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/{main}" ContentType="{WORD}.document.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{RELATED}/officeDocument" Target="{main}"/></Relationships>'
        ),
        main: document_xml(body, space),
        "word/styles.xml": f'<w:styles xmlns:w="{space}">{styles}</w:styles>',
    }
    if title is not None:
        parts["docProps/core.xml"] = (
            '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></c:coreProperties>'
        )
    return parts


def docx(body: str, **options: str) -> bytes:
    """A Word file."""
    return packed(parts_of(body, **options))  # type: ignore[arg-type]


def flat(parts: Mapping[str, bytes | str]) -> bytes:
    """The parts of a package in one file."""
    out = '<?xml version="1.0" standalone="yes"?>\n<?mso-application progid="Word.Document"?>\n'
    out += '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
    for name, content in parts.items():
        if isinstance(content, str):
            held = f"<pkg:xmlData>{re.sub(r'^<[?].*?[?]>', '', content)}</pkg:xmlData>"
        else:
            held = f"<pkg:binaryData>{b64encode(content).decode()}</pkg:binaryData>"
        out += f'<pkg:part pkg:name="/{name}" pkg:contentType="x/y">{held}</pkg:part>'
    return f"{out}</pkg:package>".encode()


def word_2003(body: str, more: str = "", title: str = "") -> bytes:
    """A document as Word 2003 writes it."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
        'xmlns:aml="http://schemas.microsoft.com/aml/2001/core" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:st1="urn:x:smarttags" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" xml:space="preserve">'
        f"<o:DocumentProperties><o:Title>{title}</o:Title></o:DocumentProperties>{more}"
        '<w:styles><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>'
        f"<w:body><wx:sect>{body.replace('vMerge', 'vmerge')}<w:sectPr/></wx:sect></w:body></w:wordDocument>"
    ).encode()


def related(relation: str, target: str, kind: str = "aFChunk") -> str:
    """Relationships of the main part: one, to a file within."""
    entry = f'<Relationship Id="{relation}" Type="{RELATED}/{kind}" Target="{target}"/>'
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entry}</Relationships>'
    )


def chunked(content: bytes, name: str, body: str = "") -> dict[str, bytes | str]:
    """The parts of a file of which a page is a part."""
    parts = parts_of(f'{p("前")}<w:altChunk xmlns:r="{RELATED}" r:id="c"/>{p("后")}{body}')
    parts["word/_rels/document.xml.rels"] = related("c", name)
    parts[f"word/{name}"] = content
    return parts
