"""Word files by structure: what a reader of the printed page sees is what comes out, each with its place."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from docx_writer import STRICT, box, docx, field_code, p, packed, parts_of, r, sdt, tbl, tc, tr

from gicrawl.parser.document import Context, Document, Grid, Paragraph
from gicrawl.parser.readers import media_type, reader_for
from gicrawl.parser.readers.docx import read

if TYPE_CHECKING:
    from pathlib import Path

DATA = tbl(tr("规章", "1"), tr("规范性文件", "2"))
HEADED = tbl(tr("信息内容", "本年数量"), tr("规章", "1"), tr("规范性文件", "2"))


def parse(body: str, **options: str) -> Document:
    document = read(docx(body, **options), Context())
    assert not document.failed
    return document


def paragraphs(body: str) -> list[str]:
    return [block.text for block in parse(body).blocks if isinstance(block, Paragraph)]


def grid(body: str) -> Grid:
    found = [block for block in parse(body).blocks if isinstance(block, Grid)]
    assert len(found) == 1
    return found[0]


def shape(body: str) -> list[tuple[str, int, int, int, int]]:
    return [(c.text, c.row, c.column, c.rowspan, c.colspan) for c in grid(body).cells]


def codes(body: str) -> list[str]:
    return [code for code, _ in parse(body).problems]


def cell_text(inner: str) -> str:
    return next(c.text for c in grid(tbl(tr("规章", tc(p(inner))), tr("甲", "乙"))).cells if c.column == 1)


def test_blocks_come_in_reading_order_with_their_places() -> None:
    document = parse(p("一") + p() + DATA + p("二") + DATA)
    shown = [(b.text if isinstance(b, Paragraph) else "grid", b.evidence) for b in document.blocks]
    assert shown == [
        ("一", {"paragraph": 0}),
        ("grid", {"table": 0}),
        ("二", {"paragraph": 2}),
        ("grid", {"table": 1}),
    ]
    second = document.blocks[3]
    assert isinstance(second, Grid)
    assert [c.evidence for c in second.cells][-1] == {"table": 1, "row": 1, "cell": 1}


def test_runs_are_joined_without_a_separator() -> None:
    assert cell_text(r("3") + "<w:proofErr/>" + r("4", "<w:b/>") + r("15")) == "3415"


def test_tabs_and_breaks_are_kept_and_indentation_is_not() -> None:
    inner = "<w:r><w:tab/><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:cr/><w:t>丁</w:t></w:r>"
    assert paragraphs(p(inner)) == ["甲\t乙\n丙\n丁"]


def test_blanks_around_a_run_count_only_where_the_file_asks_for_them() -> None:
    run = "<w:r><w:t{}> 2 </w:t></w:r>"
    assert cell_text(r("1") + run.format("") + r("3")) == "123"
    assert cell_text(r("1") + run.format(' xml:space="preserve"') + r("3")) == "1 2 3"


def test_line_ends_of_the_xml_are_no_line_ends_of_the_text() -> None:
    assert paragraphs(p("<w:r><w:t>\n  甲\n乙 \n</w:t></w:r>")) == ["甲 乙"]


@pytest.mark.parametrize("character", ["<w:softHyphen/>", "<w:t>\u00ad</w:t>", "<w:lastRenderedPageBreak/>"])
def test_what_is_not_printed_splits_no_number(character: str) -> None:
    assert cell_text(f"<w:r><w:t>1</w:t>{character}<w:t>2</w:t></w:r>") == "12"


def test_a_hyphen_that_does_not_break_is_a_sign() -> None:
    assert cell_text("<w:r><w:noBreakHyphen/><w:t>15</w:t></w:r>") == "-15"


@pytest.mark.parametrize(
    ("properties", "heading"),
    [
        ('<w:pStyle w:val="a1"/>', True),
        ('<w:pStyle w:val="child"/>', True),
        ('<w:pStyle w:val="named"/>', True),
        ('<w:outlineLvl w:val="2"/>', True),
        ('<w:pStyle w:val="a1"/><w:outlineLvl w:val="9"/>', False),
        ('<w:pStyle w:val="plain"/>', False),
        ('<w:pStyle w:val="nowhere"/>', False),
        ('<w:pStyle w:val="loop"/>', False),
        ("", False),
    ],
)
def test_headings_by_style_or_outline_level(properties: str, heading: bool) -> None:  # noqa: FBT001
    styles = (
        '<w:style w:styleId="a1"><w:name w:val="x"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:styleId="child"><w:name w:val="小标题样"/><w:basedOn w:val="a1"/></w:style>'
        '<w:style w:styleId="named"><w:name w:val="heading 3"/></w:style>'
        '<w:style w:styleId="plain"><w:name w:val="Body Text"/></w:style>'
        '<w:style w:styleId="loop"><w:name w:val="loop"/><w:basedOn w:val="loop"/></w:style>'
    )
    (block,) = parse(p("一、总体情况", properties=properties), styles=styles).blocks
    assert isinstance(block, Paragraph)
    assert block.heading is heading


def test_lines_of_a_table_of_contents_are_no_text() -> None:
    toc = '<w:style w:styleId="t"><w:name w:val="toc 1"/></w:style>'
    listed = p("<w:r><w:t>一、总体情况</w:t><w:tab/><w:t>3</w:t></w:r>", properties='<w:pStyle w:val="t"/>')
    document = parse(listed + p("正文"), styles=toc)
    assert [b.evidence for b in document.blocks] == [{"paragraph": 1}]
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    assert paragraphs(sdt(p("目录"), gallery) + p("正文")) == ["正文"]


def test_spans_and_merges_are_placed() -> None:
    body = tbl(
        tr(tc("项目", span=2), tc("数量", span=2)),
        tr(tc("组", merge="restart"), "甲", "1", "2"),
        tr(tc("", merge="continue"), "乙", tc("3", span=2)),
        tr(tc("别", merge="restart"), "丙", "4", "5"),
    )
    assert shape(body) == [
        ("项目", 0, 0, 1, 2),
        ("数量", 0, 2, 1, 2),
        ("组", 1, 0, 2, 1),
        ("甲", 1, 1, 1, 1),
        ("1", 1, 2, 1, 1),
        ("2", 1, 3, 1, 1),
        ("乙", 2, 1, 1, 1),
        ("3", 2, 2, 1, 2),
        ("别", 3, 0, 1, 1),
        ("丙", 3, 1, 1, 1),
        ("4", 3, 2, 1, 1),
        ("5", 3, 3, 1, 1),
    ]
    assert [c.evidence["cell"] for c in grid(body).cells if c.row == 2] == [1, 2]  # the merged one counts


def test_a_merge_that_continues_nothing_is_a_cell_and_goes_down() -> None:
    body = tbl(tr(tc("1", merge="continue"), "甲"), tr(tc("", merge="continue"), "乙"))
    assert shape(body) == [("1", 0, 0, 2, 1), ("甲", 0, 1, 1, 1), ("乙", 1, 1, 1, 1)]


def test_a_merge_goes_on_only_in_its_own_column() -> None:
    body = tbl(tr(tc("甲", merge="restart"), "1"), tr("乙", tc("2", merge="continue")))
    assert [c[0] for c in shape(body)] == ["甲", "1", "乙", "2"]


def test_old_horizontal_merges_are_spans() -> None:
    merged = tr(tc("甲", properties='<w:hMerge w:val="restart"/>'), tc("", properties="<w:hMerge/>"), tc("9"), tc("8"))
    assert shape(tbl(merged, tr("a", "b", "c", "d")))[:3] == [
        ("甲", 0, 0, 1, 2),
        ("9", 0, 2, 1, 1),
        ("8", 0, 3, 1, 1),
    ]


def test_columns_left_empty_before_a_row_are_no_cells() -> None:
    body = tbl(
        tr("甲", "乙", "丙"),
        tr(tc("1"), properties='<w:gridBefore w:val="2"/>'),
        tr(tc("2"), properties='<w:gridAfter w:val="2"/>'),
    )
    assert shape(body)[3:] == [("1", 1, 2, 1, 1), ("2", 2, 0, 1, 1)]
    assert grid(body).columns == 3


def test_blank_cells_are_cells() -> None:
    body = tbl(tr("甲", tc()), tr(tc("<w:p/>"), "<w:tc/>"))
    assert [c[0] for c in shape(body)] == ["甲", "", "", ""]


def test_paragraphs_of_a_cell_are_lines_and_empty_ones_are_layout() -> None:
    body = tbl(tr(tc(p("三、"), p(), p("本年")), "1"), tr("甲", "2"))
    assert shape(body)[0][0] == "三、\n本年"


def test_a_table_that_holds_one_cell_is_a_frame() -> None:
    document = parse(tbl(tr(tc(p("标题"), DATA, p("落款")))))
    assert [(getattr(b, "text", "grid"), b.evidence) for b in document.blocks] == [
        ("标题", {"paragraph": 0, "inside": "table 0 row 0 cell 0"}),
        ("grid", {"table": 0, "inside": "table 0 row 0 cell 0"}),
        ("落款", {"paragraph": 1, "inside": "table 0 row 0 cell 0"}),
    ]
    inner = document.blocks[1]
    assert isinstance(inner, Grid)
    assert inner.cells[3].evidence == {"table": 0, "row": 1, "cell": 1, "inside": "table 0 row 0 cell 0"}


def test_a_layout_table_of_labels_and_tables_is_read_through() -> None:
    outer = tbl(tr("第一部分", tc(HEADED)), tr("第二部分", tc(HEADED)), tr(tc(span=2)))
    document = parse(outer)
    assert [getattr(b, "text", "grid") for b in document.blocks] == ["第一部分", "grid", "第二部分", "grid"]


def test_two_tables_side_by_side_under_their_headings_are_read_through() -> None:
    document = parse(tbl(tr("左", "右"), tr(tc(HEADED), tc(HEADED))))
    assert [getattr(b, "text", "grid") for b in document.blocks] == ["左", "右", "grid", "grid"]


def test_a_data_table_in_a_data_table_is_a_grid_of_its_own() -> None:
    outer = tbl(tr("项目", "数量", "说明"), tr("甲", "1", tc(HEADED)), tr("乙", "2", ""))
    document = parse(outer)
    first, second = document.blocks
    assert isinstance(first, Grid)
    assert isinstance(second, Grid)
    assert [c.text for c in first.cells] == ["项目", "数量", "说明", "甲", "1", "", "乙", "2", ""]
    assert second.evidence == {"table": 0, "inside": "table 0 row 1 cell 2"}


def test_a_tiny_table_in_a_cell_is_a_way_of_writing_a_number() -> None:
    outer = tbl(tr("项目", "数量"), tr("甲", tc(tbl(tr("12")), "<w:p/>")), tr("乙", tc(tbl(tr("3", "件")))))
    assert [c[0] for c in shape(outer)] == ["项目", "数量", "甲", "12", "乙", "3\n件"]


def test_text_boxes_are_read_once_where_they_are_anchored() -> None:
    document = parse(p(box(p("红头文件") + p("某县政府")), "正文") + p("后文"))
    assert [(b.text, b.evidence) for b in document.blocks if isinstance(b, Paragraph)] == [
        ("正文", {"paragraph": 0}),
        ("红头文件", {"paragraph": 0, "inside": "paragraph 0 box 0"}),
        ("某县政府", {"paragraph": 1, "inside": "paragraph 0 box 0"}),
        ("后文", {"paragraph": 1}),
    ]


def test_a_table_in_a_text_box_is_a_grid() -> None:
    found = grid(p(box(DATA + p())))
    assert found.cells[1].evidence == {"table": 0, "row": 0, "cell": 1, "inside": "paragraph 0 box 0"}


def test_changes_are_read_as_accepted() -> None:
    ins, gone = f"<w:ins>{r('5')}</w:ins>", "<w:del><w:r><w:delText>7</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{r('8')}</w:moveFrom><w:moveTo>{r('6')}</w:moveTo>"
    assert cell_text(r("1") + ins + gone + moved) == "156"


def test_a_deleted_row_is_gone_and_still_counts_in_the_file() -> None:
    body = tbl(tr("甲", "1"), tr("乙", "2", properties="<w:del/>"), tr("丙", "3"))
    found = grid(body)
    assert [(c.text, c.row) for c in found.cells] == [("甲", 0), ("1", 0), ("丙", 1), ("3", 1)]
    assert found.rows == 2
    assert found.cells[3].evidence == {"table": 0, "row": 2, "cell": 1}


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    first = p("某县年度", properties="<w:rPr><w:del/></w:rPr>")
    assert paragraphs(first + p("报告")) == ["某县年度报告"]
    assert paragraphs(first) == ["某县年度"]


def test_content_controls_are_transparent_at_every_level() -> None:
    row = sdt(tr("乙", sdt(tc("2"))))
    body = sdt(p("甲") + sdt(tbl(tr("一", tc(p(sdt(r("1"))))), row)))
    document = parse(body)
    assert [getattr(b, "text", "grid") for b in document.blocks] == ["甲", "grid"]
    assert [c[0] for c in shape(body)] == ["一", "1", "乙", "2"]


def test_the_prompt_of_a_content_control_is_no_text() -> None:
    prompt = sdt(r("单击此处输入数字1"), "<w:showingPlcHdr/>")
    body = tbl(tr("甲", tc(p(prompt))), tr("乙", sdt(tc("单击2"), "<w:showingPlcHdr/>")))
    assert [c[0] for c in shape(body)] == ["甲", "", "乙", ""]


def test_of_a_field_its_result_is_kept() -> None:
    nested = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF </w:instrText></w:r>'
        + field_code("PAGE", "99")
        + f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("7")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert cell_text(field_code("=SUM(LEFT)", "42")) == "42"
    assert cell_text(nested) == "7"
    assert cell_text(f'<w:fldSimple w:instr="X">{r("3")}</w:fldSimple>') == "3"


def test_a_field_that_never_ends_swallows_nothing() -> None:
    assert cell_text(f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{r("16")}') == "16"


def test_notes_and_hidden_text_are_left_out() -> None:
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
    assert cell_text(r("12") + mark + r("9", "<w:vanish/>") + "<w:r><w:commentReference/></w:r>") == "12"
    assert cell_text(r("12", '<w:vanish w:val="0"/>')) == "12"


@pytest.mark.parametrize("standing", ['<w:vertAlign w:val="superscript"/>', "<w:strike/>", "<w:dstrike/>"])
def test_digits_of_different_standing_are_never_one_number(standing: str) -> None:
    assert cell_text(r("12") + r("1", standing)) == "12 1"
    assert cell_text(r("5", standing) + r("6")) == "5 6"
    assert cell_text(r("m") + r("2", standing)) == "m2"


def test_symbols_keep_what_is_known_of_them() -> None:
    symbol = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
    assert cell_text(symbol.format("Symbol", "F037")) == "7"
    assert cell_text(symbol.format("Wingdings", "F037")) == "\uf037"
    assert cell_text(symbol.format("Wingdings", "D800")) == "\ufffd"
    assert cell_text(symbol.format("Wingdings", "zz")) == "\ufffd"


def test_numbering_is_not_invented() -> None:
    numbered = p("申请情况", properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>')
    assert paragraphs(numbered) == ["申请情况"]


def test_formulas_and_ruby_keep_their_base() -> None:
    assert cell_text("<m:oMath><m:r><m:t>27</m:t></m:r></m:oMath>") == "27"
    ruby = f"<w:r><w:ruby><w:rt>{r('zhāng')}</w:rt><w:rubyBase>{r('章')}</w:rubyBase></w:ruby></w:r>"
    assert paragraphs(p(ruby)) == ["章"]


def test_the_title_is_told_only_where_it_is_printed_too() -> None:
    body = p("某县人民政府") + p("2023年政府信息公开工作年度报告")
    assert parse(body, title="某县人民政府2023年政府信息公开工作年度报告").title is not None
    stale = parse(body, title="某县人民政府2022年政府信息公开工作年度报告")
    assert stale.title is None
    assert stale.labels == (("dc:title", "某县人民政府2022年政府信息公开工作年度报告"),)


def test_strict_files_and_unusual_names_read_the_same() -> None:
    usual = parse(p("甲") + DATA)
    assert parse(p("甲") + DATA, space=STRICT) == usual
    assert parse(p("甲") + DATA, main="word/document2.xml") == usual
    shouted = packed({name.upper().replace("/", "\\"): part for name, part in parts_of(p("甲") + DATA).items()})
    assert read(shouted, Context()) == usual


def test_objects_and_pictures_that_may_hold_tables_are_told() -> None:
    sheet = '<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'
    assert codes(p("甲", sheet)) == ["docx_foreign_part"]
    assert codes(p("甲") + "<w:altChunk/>") == ["docx_foreign_part"]
    picture = "<w:r><w:drawing><pic:pic/></w:drawing></w:r>"
    assert codes(p("甲", picture)) == ["pictures_without_tables"]
    assert codes(p("甲", picture) + DATA) == []
    assert codes(p()) == ["no_text"]


def test_absurd_spans_are_told_and_cost_nothing() -> None:
    body = tbl(tr(tc("甲", span=10**9), "1"), tr(tc("乙"), "2", properties='<w:gridBefore w:val="999999999"/>'))
    assert codes(body) == ["docx_table_odd"]
    assert [c[0] for c in shape(body)] == ["甲", "1", "乙", "2"]
    wide = tbl(*[tr(tc("1"))] * 1500, tr(*[tc("2")] * 1500))
    assert codes(wide) == ["docx_table_odd"]
    assert paragraphs(wide) == ["1"] * 1500 + ["2"] * 1500


def test_word_files_are_told_by_their_members() -> None:
    body = docx(p("甲"))
    assert media_type(body).endswith("wordprocessingml.document")
    assert reader_for(body) == "docx"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here to make files with")
def test_what_libreoffice_writes_reads_the_same(tmp_path: Path) -> None:
    body = p("甲") + tbl(tr(tc("项目", span=2)), tr(tc("组", merge="restart"), "1"), tr(tc(merge="continue"), "2"))
    (tmp_path / "own.docx").write_bytes(docx(body))
    made = tmp_path / "made"
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",  # two at once may not share one
            *("--headless", "--convert-to", "docx", "--outdir", str(made), str(tmp_path / "own.docx")),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    ours, theirs = parse(body), read((made / "own.docx").read_bytes(), Context())
    assert theirs.blocks == ours.blocks
