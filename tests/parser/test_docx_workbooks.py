"""Tables that stand in a Word file as workbooks of Excel: read at their place, which names the file they are in."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from docx_writer import RELATED, p, packed, parts_of, tbl, tr
from sheet_writer import Tab, grid, xlsx
from test_docx_reports import TITLE, figures, form, numbers, wanted

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.readers import reader_for
from gicrawl.parser.readers.compound import MAGIC, alone

if TYPE_CHECKING:
    from gicrawl.parser.forms import Table
    from gicrawl.parser.report import Key, Report


def shown(relation: str, program: str = "Excel.Sheet.12") -> str:
    """A paragraph with an object in it, as Word writes it: a picture of it, and where it is."""
    return p(
        f'<w:r><w:object><v:shape id="s"/><o:OLEObject Type="Embed" ProgID="{program}" '
        f'xmlns:r="{RELATED}" r:id="{relation}"/></w:object></w:r>'
    )


def word(body: str, held: dict[str, bytes]) -> bytes:
    """A Word file with other files in it, by relationship: their names are their relationship's."""
    parts = parts_of(body)
    entries = "".join(
        f'<Relationship Id="{name.partition(".")[0]}" Type="{RELATED}/package" Target="embeddings/{name}"/>'
        for name in held
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{space}">{entries}</Relationships>'
    return packed({**parts, **{f"word/embeddings/{name}": content for name, content in held.items()}})


def rows_of(table: Table, values: dict[Key, str]) -> list[list[str]]:
    columns = [column.labels[0] for column in table.columns]
    if table.layout == "blocks":
        wide = [""] * (len(columns) - 1)
        over = ["行政复议", *wide, "未经复议直接起诉", *wide, "复议后起诉", *wide]
        own = [values[table.key, row.key, column.key] for row in table.rows for column in table.columns]
        return [over, columns * 3, own]
    rows = [
        ["", *columns],
        *([r.labels[0], *[values[table.key, r.key, c.key] for c in table.columns]] for r in table.rows),
    ]
    return [[table.headers[0]], *rows] if table.headers else rows


def report_of(values: dict[Key, str]) -> tuple[str, dict[str, bytes]]:
    body, held, section = p(TITLE) + p("一、总体情况"), {}, ""
    for at, table in enumerate(form("form2021").tables):
        if table.section != section:
            section = table.section
            body += p(section)
        body += shown(f"rId{at}")
        held[f"rId{at}.xlsx"] = xlsx(Tab("Sheet1", grid(rows_of(table, values))))
    return body + p("五、存在的主要问题及改进情况") + p("无。"), held


def read(body: str, held: dict[str, bytes]) -> Report:
    return parse([Source(word(body, held), "report.docx")])


def test_tables_in_embedded_workbooks_are_the_tables_of_the_report() -> None:
    values = figures(form("form2021"), 5)
    body, held = report_of(values)
    report = read(body, held)
    assert numbers(report) == wanted(values)
    assert not [problem.code for problem in report.problems if problem.code == "docx_foreign_part"]
    cell = next(cell for cell in report.cells if cell.key == ("applications", "granted", "total"))
    assert cell.evidence["embedded_file"] == "word/embeddings/rId4.xlsx"
    assert {"paragraph", "sheet", "name"} <= set(cell.evidence)


def test_the_sheet_in_front_is_the_one_that_is_shown() -> None:
    values = figures(form("form2021"), 5)
    former = dict.fromkeys(values, "7")
    body, held = report_of(values)
    table = next(t for t in form("form2021").tables if t.key == "applications")
    tabs = Tab("2021", grid(rows_of(table, former))), Tab("2022", grid(rows_of(table, values)))
    assert numbers(read(body, {**held, "rId4.xlsx": in_front(xlsx(*tabs), 1)})) == wanted(values)
    assert numbers(read(body, {**held, "rId4.xlsx": in_front(xlsx(*tabs), 0)})) != wanted(values)


def in_front(book: bytes, number: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    view = f'<bookViews><workbookView activeTab="{number}"/></bookViews><sheets>'.encode()
    return packed({**parts, "xl/workbook.xml": parts["xl/workbook.xml"].replace(b"<sheets>", view)})


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut", alone(b"\x00" * 64), packed({"word/document.xml": "<a/>"})]
)
def test_objects_that_are_no_workbook_are_told(content: bytes) -> None:
    report = read(p(TITLE) + shown("rId1") + p("一、总体情况"), {"rId1.bin": content})
    assert [problem.code for problem in report.problems if problem.code.startswith("docx")] == ["docx_foreign_part"]


def test_a_workbook_within_a_cell_is_told_and_the_cell_is_not_blank() -> None:
    book = xlsx(Tab("Sheet1", grid([["甲", "1"], ["乙", "2"]])))
    table = tbl(tr("", "甲", "乙"), tr("件数", f"<w:tc>{shown('rId1')}</w:tc>", "3"))
    report = read(p(TITLE) + table + p("一、总体情况"), {"rId1.xlsx": book})
    assert [problem.code for problem in report.problems if problem.code.startswith("docx")] == ["docx_foreign_part"]


def test_the_version_of_a_parse_depends_on_the_readers_of_workbooks_too() -> None:
    book = xlsx(Tab("Sheet1", grid([["甲", "1"]])))
    assert set(reader_for(word(shown("rId1"), {"rId1.xlsx": book})).split("+")) == {"docx", "xlsx", "xls"}
    assert reader_for(word(p("甲"), {})) == "docx"


def test_so_does_that_of_a_file_that_becomes_one() -> None:
    old = MAGIC + "WordDocumentObjectPool ".encode("utf-16-le")
    assert set(reader_for(old).split("+")) == {"office", "docx", "xlsx", "xls"}
    assert set(reader_for(MAGIC + "WordDocument".encode("utf-16-le")).split("+")) == {"office", "docx"}
