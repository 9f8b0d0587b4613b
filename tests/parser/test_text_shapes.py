"""Shapes of text that the lines around a line tell: each from a text that some converter or program wrote so."""

from __future__ import annotations

import time
from csv import writer
from io import StringIO

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Grid, Line, Paragraph, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers.text import read
from gicrawl.parser.report import State


def _rows(text: str) -> list[list[str] | str]:
    out: list[list[str] | str] = []
    for block in read(text.encode(), Context()).blocks:
        if isinstance(block, Line):
            out.append([field.text for field in block.fields])
        elif isinstance(block, Paragraph):
            out.append(block.text)
        else:
            assert isinstance(block, Grid)
            rows = [[""] * block.columns for _ in range(block.rows)]
            for cell in block.cells:
                rows[cell.row][cell.column] = cell.text
            out += rows
    return out


_SINGLE = "\n".join(f"规章{at}\n{at}" for at in range(20)) + "\n"


def test_values_that_share_a_line_where_each_has_its_own_are_parted() -> None:
    rows = _rows(_SINGLE + "予以公开\n52\n8\n0\n0\n1\n2 63\n")
    assert rows[-2:] == [["2"], ["63"]]


def test_a_row_of_values_is_not_parted_where_rows_have_lines() -> None:
    assert _rows("予以公开\n52 8 0 0 1 2 63\n部分公开\n1 0 0 0 0 0 1\n")[1] == "52 8 0 0 1 2 63"


def test_columns_one_after_the_other_are_rows_where_these_add_up() -> None:
    printed = (
        "三、申请情况\n其他\n"
        "四、复议情况\n\n7\n243\n2\n\n4\n59\n2\n\n0\n0\n0\n\n0\n0\n0\n\n0\n5\n1\n\n0\n4\n0\n\n11\n311\n5\n\n行政复议\n"
    )
    assert _rows(_SINGLE + printed)[-5:] == [
        ["7", "4", "0", "0", "0", "0", "11"],
        ["243", "59", "0", "0", "5", "4", "311"],
        ["2", "2", "0", "0", "1", "0", "5"],
        "四、复议情况",  # what stands above it belongs to the labels before it
        "行政复议",
    ]


def test_columns_behind_scattered_values_stay_as_they_are() -> None:
    columns = "7\n243\n\n4\n59\n\n0\n0\n\n0\n0\n\n0\n5\n\n0\n4\n\n11\n311\n"
    whole = "三、申请情况\n予以公开\n1\n0\n0\n0\n0\n0\n1\n其他\n"
    assert _rows(_SINGLE + whole + columns)[-1] == ["243", "59", "0", "0", "5", "4", "311"]
    scattered = "三、申请情况\n予以公开\n28\n0\n4\n其他\n"  # which labels are whose nobody knows then
    assert _rows(_SINGLE + scattered + columns)[-1] == "311"


def test_columns_that_do_not_add_up_stay_as_they_are() -> None:
    printed = "三、申请情况\n7\n243\n2\n\n4\n59\n2\n\n0\n0\n0\n\n0\n0\n0\n\n0\n5\n1\n\n0\n4\n0\n\n11\n312\n5\n"
    assert _rows(_SINGLE + printed)[-1] == "5"


def test_commas_between_cells_part_them() -> None:
    text = "信息内容,本年制发件数,本年废止件数\n规章,0,\n行政规范性文件,8,2\n行政许可,3,4\n"
    assert _rows(text) == [
        ["信息内容", "本年制发件数", "本年废止件数"],
        ["规章", "0", ""],
        ["行政规范性文件", "8", "2"],
        ["行政许可", "3", "4"],
    ]


def test_a_comma_that_may_part_thousands_follows_the_other_rows() -> None:
    heads = "信息内容,处理决定数量\n行政处罚,5\n行政强制,6\n"
    assert ["行政许可", "72,994"] in _rows(heads + "行政许可,72,994\n行政征收,7\n")
    both = "甲,乙,丙\n子,1,2\n丑,3\n寅,4,5\n"  # rows of three and of two: 1,234 may be one or two
    assert "卯,1,234" in _rows(both + "卯,1,234\n")


def test_commas_of_sentences_part_nothing() -> None:
    text = "2023年,我局公开信息,共12\n全年,无收费,共3\n其中,网站,共4\n主要是以下几个方面的工作取得了进展。\n"
    assert all(isinstance(row, str) for row in _rows(text))


def test_values_with_their_names_are_a_table() -> None:
    text = "（一）公开：自然人6，商业企业3，总计9。\n（三）不予公开\n1.国家秘密：自然人1件，商业企业0件，总计1件。\n"
    assert _rows(text) == [
        ["", "自然人", "商业企业", "总计"],
        ["（一）公开", "6", "3", "9"],
        ["（三）不予公开", "", "", ""],
        ["1.国家秘密", "1", "0", "1"],
    ]


def test_prose_that_names_other_things_each_time_is_no_table() -> None:
    text = "申请：当面1件，信函2件，网络3件。\n答复：公开1件，部分公开2件，不予公开3件。\n"
    assert all(isinstance(row, str) for row in _rows(text))


_TRIMMED = (
    "一、新收\t7\t1\t\t\t3\t\t11\n二、结转\n三、结果\t（一）予以公开\t1\t\t\t\t2\t\t3\n\t1.属于国家秘密\n"
    "\t3.重复申请\t\t1\n\t2.其他法律行政法规\n禁止公开\t\t1\t\t\t\t\t1\n四、结转下年\n五、存在的问题\n"
)


def test_tabs_taken_away_at_the_end_leave_empty_cells() -> None:
    rows = _rows(_TRIMMED)
    assert rows[1] == ["二、结转", *[""] * 7]
    assert rows[3] == ["", "1.属于国家秘密", *[""] * 7]
    assert rows[4] == ["", "3.重复申请", "", "1", *[""] * 5]
    assert rows[5] == ["", "2.其他法律行政法规"]  # its label goes on below
    assert rows[7] == ["四、结转下年", *[""] * 7]


def test_tabs_that_were_kept_leave_a_label_alone() -> None:
    assert _rows(_TRIMMED + "六、\t\n")[1] == "二、结转"


def test_every_field_of_a_shape_stands_where_it_says() -> None:
    for text in (_TRIMMED, _SINGLE + "1\n2 3\n", '规章,0,"1,318"\n甲,1,2\n乙,3,4\n'):
        for block in read(text.encode(), Context()).blocks:
            if isinstance(block, Line):
                assert all(text[one.start : one.start + len(one.text)] == one.text for one in block.fields)


def test_a_report_with_commas_is_read_with_its_places() -> None:
    text = (
        "岚溪市商务局2023年政府信息公开工作年度报告\n第二十条第（一）项\n信息内容,本年制发件数,本年废止件数,现行有效件数\n"
        "规章,0,0,0\n行政规范性文件,8,2,25\n第二十条第（五）项\n信息内容,本年处理决定数量\n行政许可,72994\n"
    )
    cells = {cell.key: cell for cell in parse([Source(text.encode())]).cells if cell.value is not None}
    cell = cells["art20_1", "normative_documents", "in_force"]
    assert cell.value == 25
    start, end = cell.evidence["start"], cell.evidence["end"]
    assert (start, end) == (text.index("25\n"), text.index("25\n") + 2)


def test_a_text_whose_lines_all_have_as_many_commas_is_a_sheet() -> None:
    rows = [
        ["岚溪市商务局2023年政府信息公开工作年度报告", "", "", "", ""],
        ["四、政府信息公开行政复议、行政诉讼情况", "", "", "", ""],
        ["行政复议", "", "", "", ""],
        ["结果\n维持", "结果纠正", "其他结果", "尚未审结", "总计"],
        ["2", "0", "", "1", "1,003"],
    ]
    for mark in (",", ";"):
        written = StringIO()
        writer(written, delimiter=mark).writerows(rows)
        text = written.getvalue()
        grid = next(block for block in read(text.encode(), Context()).blocks if isinstance(block, Grid))
        assert [cell.text for cell in grid.cells if cell.row == grid.rows - 1] == rows[-1]
        for cell in grid.cells:
            assert text[cell.evidence["start"] : cell.evidence["end"]].split() == cell.text.split()


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("行政处罚,169,0,837", ["行政处罚", "169", "0", "837"]),
        ("三、本年度办理结果,（一）予以公开,3,41,425", ["三、本年度办理结果", "（一）予以公开", "3", "41", "425"]),
        ("行政强制,97,1,230,5", ["行政强制", "97", "1,230", "5"]),
    ],
)
def test_commas_part_thousands_only_where_the_row_has_no_other_shape(line: str, fields: list[str]) -> None:
    others = [
        "行政许可,1,2,3",
        "行政收费,4,5,6",
        "（二）部分公开,1,0,1",
        "其他,（三）不予公开,1,0,1",
        "其他,（四）无法提供,7,8,9",
    ]
    rows = _rows("\n".join([*others[:3], line, *others[3:]]))
    assert rows[3] == fields


def test_a_row_of_figures_without_a_label_is_one_between_commas() -> None:
    text = "规章,0,0\n行政规范性文件,8,2\n行政许可,3\n行政复议,,,,,行政诉讼\n2,0,0,1,3\n五、问题"
    assert ["2", "0", "0", "1", "3"] in _rows(text)


def test_parts_of_a_sheet_that_nobody_merged_are_text() -> None:
    rows = [
        ["二、主动公开政府信息情况", "", ""],
        ["信息内容", "本年制发件数", "现行有效件数"],
        ["规章", "0", "1"],
        ["五、存在的主要问题及改进情况", "", ""],
        ["解读偏少。", "", ""],
        ["六、其他需要报告的事项", "", ""],
        ["无。", "", ""],
    ]
    blocks = read("\n".join(",".join(row) for row in rows).encode(), Context()).blocks
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [rows[at][0] for at in (0, 3, 4, 5, 6)]


@pytest.mark.parametrize("between", ["\n", " ", " | "])
def test_two_tabs_between_all_cells_part_them_and_leave_no_empty_ones(between: str) -> None:
    rows = [
        "第二十条第（五）项",
        "信息内容\t\t本年处理决定数量",
        "行政许可\t\t1944",
        "第二十条第（六）项",
        "信息内容\t\t本年处理决定数量",
        *(f"{label}\t\t{value}" for label, value in (("行政处罚", "1189"), ("行政强制", "22"))),
        "一、本年新收政府信息公开申请数量" + "\t\t3" * 6 + "\t\t18",
        "二、上年结转政府信息公开申请数量" + "\t\t0" * 7,
        "四、结转下年度继续办理" + "\t\t0" * 7,
    ]
    text = "甲县财政局2022年政府信息公开工作年度报告\n" + between.join(rows)
    cells = parse([Source(text.encode())]).cells
    assert [cell.value for cell in cells if cell.column == "decisions"] == [1944, 1189, 22]


@pytest.mark.parametrize(("ends", "between"), [("", " | "), ("", " "), ("\t", " "), ("\t", " \t")])
def test_rows_of_tabs_in_one_line_are_cut_where_they_were(ends: str, between: str) -> None:
    table = next(
        table for form in load_forms() if form.id == "form2021" for table in form.tables if table.key == "applications"
    )
    lines = [
        "申请人情况\t\t\t\t\t\t",
        "自然人\t法人或其他组织\t\t\t\t\t总计",
        "\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他",
    ]
    figures = {row.key: [at, 0, 3, 0, 1, 2, at + 6] for at, row in enumerate(table.rows)}
    lines += ["\t".join([row.labels[0], *map(str, figures[row.key])]) for row in table.rows]
    text = "甲县财政局2022年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n"
    text += between.join(line + ends for line in lines) + "\n2023年1月8日"
    cells = parse([Source(text.encode())]).cells
    found = {row: [cell.value for cell in cells if cell.row == row] for row in figures}
    assert {row: values for row, values in found.items() if values != figures[row]} == {}
    assert all(str(cell.value) == text[cell.evidence["start"] : cell.evidence["end"]] for cell in cells if cell.value)


@pytest.mark.parametrize("wide", ["", "\t"])
def test_rows_of_tabs_in_one_line_keep_the_empty_cells_at_their_ends(wide: str) -> None:
    form = next(form for form in load_forms() if form.id == "form2021")
    printed = (
        ["5", "", "0", "0", "", "0", "5"],
        ["0", "0", "0", "0", "4", "0", ""],
        ["3", "0", "0", "2", "9", "1", "15"],
    )
    rows = form.table("applications").rows
    lines = ["第二十条第（一）项\t\t\t", "信息内容\t本年制发件数\t本年废止件数\t现行有效件数", "规章\t\t\t0"]
    lines += ["行政规范性文件\t\t1\t16", "第二十条第（六）项\t", "信息内容\t本年处理决定数量"]
    lines += ["行政处罚\t", "行政强制\t17"]
    lines += [wide + "\t".join(("", row.labels[0], "", *printed[at % 3])) for at, row in enumerate(rows)]
    text = " ".join(["松河县水利局2022年政府信息公开工作年度报告 二、主动公开政府信息情况", *lines])
    cells = parse([Source(f"{text} 五、存在的主要问题".encode())]).cells
    for at, row in enumerate(rows[:-1]):
        found = [cell for cell in cells if cell.row == row.key]
        assert [cell.value for cell in found] == [int(figure) if figure else None for figure in printed[at % 3]]
        assert all(cell.state in {State.NUMBER, State.BLANK} for cell in found)
    first = {cell.row: cell.value for cell in cells if cell.column in {"in_force", "decisions"}}
    assert first.items() >= {"regulations": 0, "normative_documents": 16, "administrative_coercion": 17}.items()


def test_blanks_among_many_tabs_cost_no_more_than_they_are() -> None:
    began = time.perf_counter()
    parse([Source(("政府信息公开工作年度报告 本年\t" + "1 公开\t申请\t" * 20_000).encode())])
    assert time.perf_counter() - began < 10
