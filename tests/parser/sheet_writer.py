"""Workbooks made for tests: every structure by its XML, in XLSX (ECMA-376) and ODS (OpenDocument 1.3)."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass
class Tab:
    """A sheet to be: cells by row and column; a tuple is a number and its format code, a string is text."""

    name: str = "表一"
    cells: dict[tuple[int, int], str | tuple[str, str]] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    state: str = "visible"


def grid(rows: list[list[str]], top: int = 0, left: int = 0) -> dict[tuple[int, int], str | tuple[str, str]]:
    return {(top + r, left + c): text for r, row in enumerate(rows) for c, text in enumerate(row) if text}


def packed(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _sheet(tab: Tab, formats: list[str], strings: list[str] | None) -> str:
    rows: dict[int, list[str]] = {row: [] for row in tab.hidden_rows}
    for (row, column), value in sorted(tab.cells.items()):
        place = f"{letters(column)}{row + 1}"
        if isinstance(value, tuple):
            number, code = value
            if code not in formats:
                formats.append(code)
            cell = f'<c r="{place}" s="{formats.index(code)}"><v>{number}</v></c>'
        elif strings is None:
            cell = f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        else:
            strings.append(value)
            cell = f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'
        rows.setdefault(row, []).append(cell)
    hidden = dict.fromkeys(tab.hidden_rows, ' hidden="1"')
    data = "".join(f'<row r="{row + 1}"{hidden.get(row, "")}>{"".join(rows[row])}</row>' for row in sorted(rows))
    columns = "".join(f'<col min="{c + 1}" max="{c + 1}" hidden="1"/>' for c in sorted(tab.hidden_columns))
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in tab.merges)
    return (
        f'<worksheet xmlns="{MAIN}">{f"<cols>{columns}</cols>" if columns else ""}<sheetData>{data}</sheetData>'
        f"{f'<mergeCells>{merges}</mergeCells>' if merges else ''}</worksheet>"
    )


def xlsx_parts(*tabs: Tab, shared: bool = True, from_1904: bool = False) -> dict[str, str | bytes]:
    formats, strings = ["General"], ([] if shared else None)
    sheets = [_sheet(tab, formats, strings) for tab in tabs]
    listed = "".join(
        f'<sheet name={quoteattr(tab.name)} sheetId="{at}" state="{tab.state}" r:id="r{at}"/>'
        for at, tab in enumerate(tabs, 1)
    )
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{RELATED}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at, _ in enumerate(tabs, 1)
    )
    codes = "".join(f'<numFmt numFmtId="{200 + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{200 + at}"/>' for at, _ in enumerate(formats))
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings or [])
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="a" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><workbookPr date1904="{int(from_1904)}"/>'
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "xl/styles.xml": (
            f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>'
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        **{f"xl/worksheets/sheet{at}.xml": sheet for at, sheet in enumerate(sheets, 1)},
    }


def xlsx(*tabs: Tab, shared: bool = True, from_1904: bool = False) -> bytes:
    return packed(xlsx_parts(*tabs, shared=shared, from_1904=from_1904))


def ods(content: str, styles: str = "", **parts: str) -> bytes:
    body = (
        f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": body, **parts})
