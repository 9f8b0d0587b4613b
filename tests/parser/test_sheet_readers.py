"""Workbooks: what a person sees on the sheets, with places a person finds again."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from sheet_writer import Tab, grid, ods, packed, xlsx, xlsx_parts
from test_tables import figures, form

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Document, Grid, Paragraph, Source
from gicrawl.parser.readers import media_type, reader_for, readers
from gicrawl.parser.readers.xlsx_numbers import shown
from gicrawl.parser.report import State, Status

TABLE = [["项目", "本年", "上年"], ["一、新收", "12", "-"], ["二、结转", "", "0"]]
TITLE = "虚构县人民政府2021年政府信息公开工作年度报告"


def read(body: bytes) -> Document:
    return readers()[reader_for(body)].read(body, Context())


def table_of(document: Document) -> list[list[str]]:
    (found,) = [block for block in document.blocks if isinstance(block, Grid)]
    rows = [[""] * found.columns for _ in range(found.rows)]
    for cell in found.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


@pytest.mark.parametrize("shared", [True, False])
def test_a_table_with_a_title_over_it_and_a_sentence_below(shared: bool) -> None:  # noqa: FBT001 - a parameter
    cells = grid(
        [[TITLE], *TABLE, ["注：本表统计期限为2021年1月1日至12月31日，由虚构县人民政府办公室负责解释并对外公布。" * 2]]
    )
    document = read(xlsx(Tab(cells=cells, merges=["A1:C1"]), shared=shared))
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Paragraph, Grid, Paragraph]
    assert document.blocks[0].evidence == {"sheet": "表一", "row": 0, "column": 0, "name": "A1"}
    assert table_of(document) == TABLE
    found = document.blocks[1]
    assert isinstance(found, Grid)
    assert found.evidence == {"sheet": "表一", "area": "A2:C4"}
    assert found.cells[4].evidence["name"] == "B3"


def test_lines_above_a_table_need_no_merging_to_be_a_title_and_a_heading() -> None:
    document = read(xlsx(Tab(cells=grid([[TITLE], ["一、总体情况"], *TABLE, ["三、其他"]]))))
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == [TITLE, "一、总体情况"]
    assert table_of(document) == [*TABLE, ["三、其他", "", ""]]


def test_a_label_at_the_top_of_a_table_further_down_is_no_title() -> None:
    document = read(xlsx(Tab(cells=grid([[TITLE], [], ["一、新收"], ["二、结转", "3", "4"]]))))
    assert table_of(document) == [["一、新收", "", ""], ["二、结转", "3", "4"]]


def test_tables_part_at_empty_rows_and_at_headings_over_the_whole_width() -> None:
    cells = grid([*TABLE, [], *TABLE, ["三、收到和处理政府信息公开申请情况"], *TABLE])
    document = read(xlsx(Tab(cells=cells, merges=["A8:C8"])))
    assert [type(block) for block in document.blocks] == [Grid, Grid, Paragraph, Grid]


def test_a_label_without_numbers_stays_in_its_table() -> None:
    document = read(xlsx(Tab(cells=grid([TABLE[0], ["一、新收"], ["二、结转", "3", "4"], ["三、其他"]]))))
    assert table_of(document) == [TABLE[0], ["一、新收", "", ""], ["二、结转", "3", "4"], ["三、其他", "", ""]]


def test_merged_cells_have_their_spans() -> None:
    cells = grid([["组", "项目", "数"], ["", "甲", "1"], ["", "乙", "2"]])
    cells[1, 0] = "三、办理结果"
    (found,) = read(xlsx(Tab(cells=cells, merges=["A2:A3"]))).blocks
    assert isinstance(found, Grid)
    merged = next(cell for cell in found.cells if cell.text == "三、办理结果")
    assert (merged.rowspan, merged.colspan) == (2, 1)
    assert sum(cell.rowspan * cell.colspan for cell in found.cells) == 9


def test_columns_that_show_nothing_are_no_columns() -> None:
    cells = grid([["项目", "", "数"], ["甲", "", "1"], ["乙", "", ""]])
    document = read(xlsx(Tab(cells=cells | {(1, 16_000): "远"}, merges=["A1:B1"])))
    assert table_of(document) == [["项目", "数", ""], ["甲", "1", "远"], ["乙", "", ""]]


def test_hidden_rows_columns_and_sheets_are_not_seen() -> None:
    tab = Tab(cells=grid([["项目", "算", "数"], ["甲", "7", "1"], ["草稿", "8", "9"], ["乙", "7", "2"]]))
    tab.hidden_rows, tab.hidden_columns = {2}, {1}
    other = Tab(name="旧表", cells=grid(TABLE), state="hidden")
    assert table_of(read(xlsx(tab, other))) == [["项目", "数"], ["甲", "1"], ["乙", "2"]]


@pytest.mark.parametrize(
    ("stored", "code", "printed"),
    [
        ("1234.5", "General", "1234.5"),
        ("0.1", "General", "0.1"),
        ("0.30000000000000004", "General", "0.3"),
        ("12", "0", "12"),
        ("1234.5", "0", "1235"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-3", "0_ ", "-3"),
        ("-1234", "#,##0;[Red]-#,##0", "-1,234"),
        ("0", '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        ("38", '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "38"),
        ("3987.75", '0.00"万元"', "3987.75万元"),
        ("0.25", "0%", "25%"),
        ("7", "0\\件", "7件"),
        ("5", "[$-804]0", "5"),
        ("44561", 'yyyy"年"m"月"d"日"', "2021年12月31日"),
        ("44561", "yyyy/m/d", "2021/12/31"),
        ("1000000", "0,", "1000000"),
        ("5", "[>3]0.0", "5"),
        ("1E+3", "General", "1000"),
        ("abc", "0", "abc"),
    ],
)
def test_a_number_is_what_the_sheet_shows(stored: str, code: str, printed: str) -> None:
    assert shown(stored, code) == printed
    assert table_of(read(xlsx(Tab(cells={(0, 0): "甲", (0, 1): (stored, code), (1, 0): "乙"}))))[0][1] == printed


def test_dates_of_a_workbook_that_counts_from_1904() -> None:
    cells: dict[tuple[int, int], str | tuple[str, str]] = {(0, 0): "甲", (0, 1): ("43099", "yyyy/m/d"), (1, 0): "乙"}
    assert table_of(read(xlsx(Tab(cells=cells), from_1904=True)))[0][1] == "2021/12/31"


@pytest.mark.parametrize("blanks", [False, True])
def test_every_figure_of_a_report_comes_out(blanks: bool) -> None:  # noqa: FBT001 - a parameter
    of = form("form2021")
    values: dict[tuple[str, str, str], int | None] = dict(figures(of, 3))
    if blanks:
        values |= {key: None for at, key in enumerate(sorted(values)) if at % 5 == 0}
    rows: list[list[str]] = [[TITLE], []]
    titles = {
        "applications": "三、收到和处理政府信息公开申请情况",
        "review_litigation": "四、政府信息公开行政复议、行政诉讼情况",
    }
    rows.append(["二、主动公开政府信息情况"])
    for table in of.tables:
        if table.key in titles:
            rows += [[], [titles[table.key]]]
        if table.key == "review_litigation":
            rows.append([column.labels[0] for _ in table.rows for column in table.columns])
            rows.append([_printed(values[table.key, row.key, c.key]) for row in table.rows for c in table.columns])
            continue
        head = table.headers[0] if table.key.startswith("art20") else "申请人情况"
        rows += [[head], ["信息内容", *(column.labels[0] for column in table.columns)]]
        for row in table.rows:
            rows.append([row.labels[0], *(_printed(values[table.key, row.key, c.key]) for c in table.columns)])
    found = parse([Source(xlsx(Tab(cells=grid(rows), merges=["A1:I1", "A3:I3"])))])
    assert found.status is Status.REPORT
    assert found.identity.year == 2021
    read_back = {cell.key: cell.value for cell in found.cells if cell.state in {State.NUMBER, State.BLANK}}
    part = {key: value for key, value in values.items() if key[0] != "review_litigation"}
    assert {key: value for key, value in read_back.items() if key[0] != "review_litigation"} == part
    assert all("name" in cell.evidence for cell in found.cells if cell.state is State.NUMBER)


def test_a_sheet_of_nothing_but_the_table_has_no_line_of_text_and_is_read_all_the_same() -> None:
    of = form("form2021").table("applications")
    rows = [["", *(column.labels[0] for column in of.columns)]]
    rows += [[row.labels[0], *("1" for _ in of.columns)] for row in of.rows]
    found = parse([Source(xlsx(Tab(cells=grid(rows))))])
    assert len(found.cells) >= len(of.rows) * len(of.columns) or found.status is not Status.REPORT


def _printed(value: int | None) -> str:
    return "" if value is None else str(value)


CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>"


def ods_row(*texts: str, attributes: str = "") -> str:
    cells = "".join(CELL.format(text) if text else "<table:table-cell/>" for text in texts)
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def test_an_ods_shows_texts_repeats_spans_and_hides() -> None:
    styles = '<style:style style:name="t2"><style:table-properties table:display="false"/></style:style>'
    content = (
        '<table:table table:name="表一">'
        '<table:table-row><table:table-cell table:number-columns-spanned="3">'
        "<text:p>标<text:span>题</text:span></text:p>"
        "<office:annotation><text:p>批注</text:p></office:annotation></table:table-cell>"
        '<table:covered-table-cell table:number-columns-repeated="2"/></table:table-row>'
        + ods_row("项目", "数", "备注")
        + "<table:table-row><table:table-cell><text:p>甲</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="2"><text:p>0</text:p></table:table-cell></table:table-row>'
        + ods_row("藏", "1", "2", attributes='table:visibility="collapse"')
        + ods_row("乙", "", "", attributes='table:number-rows-repeated="2"')
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row></table:table>'
        f'<table:table table:name="旧" table:style-name="t2">{ods_row("旧", "1")}</table:table>'
    )
    body = ods(content, styles)
    assert media_type(body) == "application/vnd.oasis.opendocument.spreadsheet"
    document = read(body)
    assert isinstance(document.blocks[0], Paragraph)
    assert document.blocks[0].text == "标题"
    assert table_of(document) == [["项目", "数", "备注"], ["甲", "0", "0"], ["乙", "", ""], ["乙", "", ""]]


MANY = '<table:table-row table:number-rows-repeated="90000">' + CELL.format("1") * 9 + "</table:table-row>"
FAR = xlsx_parts(Tab(cells={(0, 0): "甲", (1_000_000, 16_000): "1"}, merges=["A1:XFD1048576"]))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (ods(f'<table:table table:name="a">{MANY}</table:table>'), "sheet_too_large"),
        (ods("<table:table"), "sheet_damaged"),
        (ods("", **{"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "docx_encrypted"),
        (packed(FAR), "sheet_too_large"),
        (packed({**FAR, "xl/worksheets/sheet1.xml": "<worksheet><row"}), "sheet_damaged"),
        (packed({**FAR, "xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>'}), "sheet_damaged"),
        (packed({**FAR, "xl/worksheets/sheet1.xml": b" " * (33 << 20)}), "sheet_too_large"),
    ],
)
def test_what_cannot_be_read_is_one_problem(body: bytes, code: str) -> None:
    found = read(body)
    assert (found.failed, [found_code for found_code, _ in found.problems]) == (True, [code])
    assert parse([Source(body)]).status is Status.FAILED


def test_merges_that_cover_the_whole_sheet_a_thousand_times_end() -> None:
    tab = Tab(cells=grid([[str(n)] * 10 for n in range(600)]), merges=[f"A{n}:XFD1048576" for n in range(1, 600)])
    assert read(xlsx(tab)).problems == (("sheet_too_large", (("limit", "200000"),)),)


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE file of one stream: header, allocation table, directory, content (MS-CFB)."""
    content = stream.ljust(max(4096, -len(stream) % 512 + len(stream)), b"\0")
    sectors = len(content) // 512
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    for at in range(1, 109):
        struct.pack_into("<I", header, 76 + 4 * at, 0xFFFFFFFF)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    entries = b""
    for label, kind, child, start, size in (
        ("Root Entry", 5, 1, 0xFFFFFFFE, 0),
        (name, 2, 0xFFFFFFFF, 2, len(content)),
    ):
        text = label.encode("utf-16-le") + b"\0\0"
        entry = bytearray(128)
        entry[: len(text)] = text
        struct.pack_into("<HBB", entry, 64, len(text), kind, 1)
        struct.pack_into("<III", entry, 68, 0xFFFFFFFF, 0xFFFFFFFF, child)
        struct.pack_into("<II", entry, 116, start, size)
        entries += bytes(entry)
    return bytes(header) + fat + entries.ljust(512, b"\0") + content


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_an_xls_that_spreads_two_cells_over_the_whole_sheet_is_not_laid_out() -> None:
    cells = b"".join(
        record(0x0203, struct.pack("<HHHd", row, column, 0, 1.0)) for row, column in ((0, 0), (65_535, 255))
    )
    body = ole(record(0x0809, b"\0" * 16) + cells + record(0x000A, b""))
    assert media_type(body) == "application/vnd.ms-excel"
    assert read(body).problems == (("sheet_too_large", (("limit", "200000"),)),)


def test_what_an_xls_says_of_sizes_is_not_believed() -> None:
    whole = (Path(__file__).parent / "data" / "report.xls").read_bytes()
    plain = read(whole).blocks
    dimensions = whole.index(struct.pack("<HHII", 0x0200, 14, 0, 69)) + 4
    huge = whole[:dimensions] + struct.pack("<II", 0, 0x7FFFFFFF) + whole[dimensions + 8 :]
    stream_size = whole.index("Workbook".encode("utf-16-le")) + 120
    garbage = whole[: stream_size + 4] + b"\xff\x7f" + whole[stream_size + 6 :]  # nobody reads it in this version
    assert read(huge).blocks == read(garbage).blocks == plain
    texts = whole.index(struct.pack("<HH", 0x00FC, 3153)) + 8
    assert read(whole[:texts] + b"\xff\xff\xff\x7e" + whole[texts + 4 :]).failed


def test_an_xls_of_noise_is_damaged_and_one_under_a_password_says_so() -> None:
    assert read(ole(b"noise" * 999)).problems == (("sheet_damaged", (("part", "Workbook"),)),)
    locked = record(0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + record(0x002F, b"\0" * 6)
    assert read(ole(locked)).problems == (("docx_encrypted", ()),)


def test_a_formula_that_nobody_has_computed_is_not_empty() -> None:
    parts = xlsx_parts(Tab(cells=grid([["项目", "本年", "上年"], ["新收", "12", "7"], ["总计", "19", ""]])))
    name = next(name for name in parts if "sheet1" in name)
    sheet = parts[name] if isinstance(parts[name], str) else parts[name].decode()
    written = re.sub(r'<c r="B3"[^>]*>.*?</c>', '<c r="B3"><f>B2+C2</f></c>', sheet)
    assert written != sheet
    document = read(packed({**parts, name: written}))
    assert table_of(document)[-1] == ["总计", "\ufffd", ""]  # a script wrote it: no blank, and no number either
