"""OFD: the same drawing gives the same cells as a PDF, whatever way its characters and lines are written."""

from __future__ import annotations

import pytest
from ofd_writer import HEAD, SPACE, OfdSheet, ofd
from test_pdf_report import draw
from test_tables import figures, form

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Grid, Line, Paragraph, Source
from gicrawl.parser.readers import media_type, reader_for
from gicrawl.parser.readers.ocr_engine import is_here
from gicrawl.parser.readers.ofd import read
from gicrawl.parser.report import Status

UNREADABLE = "no_text_recognised" if is_here() else "needs_ocr"


@pytest.mark.parametrize(("per_char", "grouped", "broken_after"), [(False, False, 5), (True, True, 12)])
def test_every_figure_of_a_report_comes_out(per_char: bool, grouped: bool, broken_after: int) -> None:  # noqa: FBT001 - a parameter
    of = form("form2021")
    values = figures(of, 7)
    sheets = [OfdSheet(per_char=per_char, grouped=grouped) for _ in range(4)]
    draw(sheets, of, dict(values), broken_after)
    body = ofd(*sheets)
    assert media_type(body) == "application/ofd"
    assert reader_for(body) == "ofd+pdf"
    found = parse([Source(body)])
    assert found.status is Status.REPORT
    assert found.identity.year == 2023
    assert {cell.key: cell.value for cell in found.cells} == values
    places = {(cell.evidence["page"], tuple(cell.evidence["box"])) for cell in found.cells}
    assert len(places) == len(found.cells)


def table(sheet: OfdSheet, *, bars: bool = False) -> OfdSheet:
    sheet.table(
        [100, 200, 300],
        [100, 120, 140],
        [(0, 0, 1, 2, "信息内容"), (1, 0, 1, 1, "规章"), (1, 1, 1, 1, "12")],
        bars=bars,
    )
    return sheet


@pytest.mark.parametrize("bars", [False, True])
def test_a_table_has_its_cells_and_their_places_in_points(bars: bool) -> None:  # noqa: FBT001 - a parameter
    (grid,) = read(ofd(table(OfdSheet(), bars=bars)), Context()).blocks
    assert isinstance(grid, Grid)
    assert [(c.text, c.row, c.column, c.colspan) for c in grid.cells] == [
        ("信息内容", 0, 0, 2),
        ("规章", 1, 0, 1),
        ("12", 1, 1, 1),
    ]
    assert grid.cells[2].evidence["page"] == 1
    assert grid.cells[2].evidence["box"] == pytest.approx([200, 120, 300, 140], abs=0.6)


def test_a_page_written_across_is_read_upright_and_its_places_are_those_of_the_page_as_shown() -> None:
    sheet = OfdSheet(width=842, height=595)
    # Written against the clock: what stands right on the sheet as read goes up on the sheet as shown.
    for x0, y0, x1, y1 in ((100, 400, 100, 500), (120, 400, 120, 500), (140, 400, 140, 500)):
        sheet.line(x0, y0, x1, y1)
    for x0, y0, x1, y1 in ((100, 400, 140, 400), (100, 450, 140, 450), (100, 500, 140, 500)):
        sheet.line(x0, y0, x1, y1)
    for x, y, text in ((115, 495, "规章"), (115, 445, "12"), (135, 495, "规范"), (135, 445, "7")):
        sheet.text(x, y, text, angle=90)
    (grid,) = read(ofd(sheet), Context()).blocks
    assert isinstance(grid, Grid)
    assert [(c.text, c.row, c.column) for c in grid.cells] == [
        ("规章", 0, 0),
        ("12", 0, 1),
        ("规范", 1, 0),
        ("7", 1, 1),
    ]
    assert grid.cells[1].evidence["box"] == pytest.approx([100, 400, 120, 450], abs=0.6)


def test_pages_come_with_their_templates_and_composed_drawings() -> None:
    sheet = OfdSheet()
    sheet.ops.append('<ofd:CompositeObject ID="5" ResourceID="77" Boundary="35.278 70.556 50 10"/>')
    page = sheet.xml.replace("<ofd:Content>", '<ofd:Template TemplateID="2" ZOrder="Background"/><ofd:Content>')
    template = OfdSheet()
    template.text(100, 60, "虚构县人民政府文件", 12)
    unit = (
        f'{HEAD}<ofd:Res {SPACE}><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="77" Width="50" Height="10">'
        '<ofd:Content><ofd:TextObject ID="3" Boundary="0 0 50 10" Size="4" Font="1"><ofd:TextCode X="0" Y="5">'
        "共收到申请十件</ofd:TextCode></ofd:TextObject></ofd:Content></ofd:CompositeGraphicUnit>"
        "</ofd:CompositeGraphicUnits></ofd:Res>"
    )
    document = (
        f"{HEAD}<ofd:Document {SPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        '</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:TemplatePage ID="2" BaseLoc="/Doc_0/T.xml"/>'
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
    )
    parts = {
        "Doc_0/Document.xml": document,
        "Doc_0/T.xml": template.xml,
        "Doc_0/PublicRes.xml": unit,
        "Doc_0/Pages/Page_0/Content.xml": page,
    }
    found = read(ofd(OfdSheet(), parts=parts), Context())
    texts = [b.text for b in found.blocks if isinstance(b, Paragraph | Line)]
    assert texts == ["虚构县人民政府文件", "共收到申请十件"]
    assert found.blocks[1].evidence["box"][0] == pytest.approx(100, abs=0.6)


def test_a_page_that_is_a_picture_asks_for_recognition() -> None:
    sheet = OfdSheet()
    sheet.picture(0, 0, 595, 842)
    found = read(ofd(sheet), Context())
    assert found.failed
    assert found.problems == ((UNREADABLE, (("pages", "1"),)),)


def test_text_of_glyphs_without_codes_is_not_believed() -> None:
    sheet = OfdSheet()
    sheet.text(100, 100, "\u00a4" * 30)
    found = read(ofd(sheet), Context())
    assert (found.failed, [code for code, _ in found.problems]) == (True, [UNREADABLE])


def test_leaning_text_is_a_watermark_and_hidden_text_is_not_there() -> None:
    sheet = table(OfdSheet())
    sheet.text(150, 130, "样本样本", 20, angle=45)
    sheet.ops.append(
        '<ofd:TextObject ID="1" Visible="false" Boundary="40 45 50 10" Size="4">'
        '<ofd:TextCode X="0" Y="4">9</ofd:TextCode></ofd:TextObject>'
    )
    (grid,) = read(ofd(sheet), Context()).blocks
    assert isinstance(grid, Grid)
    assert [c.text for c in grid.cells] == ["信息内容", "规章", "12"]


def test_a_declared_title_counts_only_where_it_is_printed() -> None:
    sheet = OfdSheet()
    sheet.text(100, 60, "虚构县2021年政府信息公开工作年度报告", 16)
    assert read(ofd(sheet, title="虚构县2021年政府信息公开工作年度报告"), Context()).title is not None
    other = read(ofd(sheet, title="虚构县2019年政府信息公开工作年度报告"), Context())
    assert other.title is None
    assert other.labels == (("dc:title", "虚构县2019年政府信息公开工作年度报告"),)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"Doc_0/Document.xml": "<broken"}, "ofd_damaged"),
        ({"OFD.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><OFD>&a;</OFD>"}, "ofd_damaged"),
        ({"Doc_0/Pages/Page_0/Content.xml": ""}, "ofd_damaged"),
        ({"Encryptions.xml": "<x/>"}, "docx_encrypted"),
        ({"Doc_0/Document.xml": " " * (33 * 1024 * 1024)}, "ofd_too_large"),
    ],
)
def test_what_cannot_be_read_is_one_problem(parts: dict[str, str], code: str) -> None:
    found = read(ofd(OfdSheet(), parts=parts), Context())
    assert (found.failed, [found_code for found_code, _ in found.problems]) == (True, [code])


def test_units_that_refer_to_themselves_end() -> None:
    unit = (
        f'{HEAD}<ofd:Res {SPACE}><ofd:CompositeGraphicUnit ID="77"><ofd:Content>'
        + '<ofd:CompositeObject ID="1" ResourceID="77" Boundary="0 0 9 9"/>' * 9
        + "</ofd:Content></ofd:CompositeGraphicUnit></ofd:Res>"
    )
    document = (
        f"{HEAD}<ofd:Document {SPACE}><ofd:CommonData><ofd:PublicRes>R.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>"
        '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
    )
    sheet = table(OfdSheet())
    sheet.ops.append('<ofd:CompositeObject ID="5" ResourceID="77" Boundary="0 0 9 9"/>')
    found = read(ofd(sheet, parts={"Doc_0/Document.xml": document, "Doc_0/R.xml": unit}), Context())
    assert any(isinstance(block, Grid) for block in found.blocks)
