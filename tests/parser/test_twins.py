"""A large table that stands in a report twice with other figures: one of them is the report's, or none is certain."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.report import Report, State

TAB = "\t"
TITLE = "云岭县人民政府2023年政府信息公开工作年度报告"


def table(first: int) -> str:
    """The table of applications, its figures counted from one on."""
    form = next(form for form in load_forms() if form.id == "form2021")
    applications = next(one for one in form.tables if one.key == "applications")
    head = "".join(f"<td>{column.labels[0]}</td>" for column in applications.columns)
    rows = "".join(
        f"<tr><td>{row.labels[0]}</td>{''.join(f'<td>{first + at}</td>' for at in range(7))}</tr>"
        for row in applications.rows
    )
    return f"<table><tr><td>申请人情况</td>{head}</tr>{rows}</table>"


def read(*pieces: str, title: str = TITLE) -> Report:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{''.join(pieces)}</body></html>"
    return parse([Source(page.encode())])


def first_of(report: Report) -> int | float | None:
    return next(cell.value for cell in report.cells if cell.key == ("applications", "new_received", "natural_person"))


@pytest.mark.parametrize(
    "pieces",
    [
        ("<p>2022年：</p>", table(100), "<p>2023年：</p>", table(300)),
        ("<p>（2023年度）</p>", table(300), "<p>附：2022年同期数据</p>", table(100)),
        ("<p>（一）县本级</p>", table(100), "<p>（二）全县汇总</p>", table(300)),
        ("<p>三、收到和处理政府信息公开申请情况</p>", table(300), "<p>县政府办公室本级</p>", table(100)),
        (f'<div style="display: none">{table(100)}</div>', "<p>三、申请情况</p>", table(300)),
    ],
)
def test_the_line_above_and_what_is_shown_tell_which_table_counts(pieces: tuple[str, ...]) -> None:
    report = read(*pieces)
    assert first_of(report) == 300
    assert all(cell.value is None or cell.value >= 300 for cell in report.cells)
    assert len(report.grids) == 1  # the other one is kept as it stands there


@pytest.mark.parametrize(
    ("annex", "counts"),
    [
        ("附：云岭县人民政府办公室2023年政府信息公开数据", 300),
        ("附件2：东山镇2023年统计表", 300),
        ("附件：全县汇总数据", 100),  # a government's report is of all below it
        ("附近群众可到现场查阅", None),
    ],
)
def test_an_annex_behind_the_report_does_not_say_its_tables_anew(annex: str, counts: int | None) -> None:
    last = "<p>五、存在的主要问题及改进情况</p><p>见前。</p><p>六、其他需要报告的事项</p><p>无。</p>"
    report = read("<p>三、申请情况</p>", table(300), last, f"<p>{annex}</p>", table(100))
    assert first_of(report) == counts
    alone = read("<p>一、总体情况</p>", last, f"<p>{annex}</p>", table(300))
    assert first_of(alone) == 300  # the only tables there are


def test_the_year_above_one_print_says_nothing_against_another_without() -> None:
    report = read("<p>三、申请情况</p>", table(100), "<p>2023年数据</p>", table(300))
    assert first_of(report) is None


def test_where_nothing_tells_nothing_is_given() -> None:
    report = read("<p>三、申请情况</p>", table(100), "<p>续表</p>", table(300))
    states = {cell.state for cell in report.cells if cell.table == "applications"}
    assert states == {State.AMBIGUOUS}
    assert "table_twice" in {problem.code for problem in report.problems}
    cell = next(cell for cell in report.cells if cell.key == ("applications", "new_received", "natural_person"))
    assert {raw for raw, _ in cell.candidates} == {"100", "300"}


def test_a_department_may_mean_itself_or_all_below_it() -> None:
    title = "云岭县教育局2023年政府信息公开工作年度报告"
    report = read("<p>（一）局本级</p>", table(100), "<p>（二）全系统汇总</p>", table(300), title=title)
    assert first_of(report) is None


def test_a_department_may_mean_either_in_text_too() -> None:
    title = "云岭县教育局2023年政府信息公开工作年度报告"
    tables = f"（一）局本级\n{text_of(100, TAB)}\n（二）全系统汇总\n{text_of(300, TAB)}\n"
    report = parse([Source(f"{title}\n三、收到和处理政府信息公开申请情况\n{tables}".encode())])
    assert {cell.state for cell in report.cells if cell.table == "applications"} == {State.AMBIGUOUS}
    assert "table_twice" in {problem.code for problem in report.problems}


def test_copies_that_say_the_same_are_one_table() -> None:
    assert first_of(read("<p>三、申请情况</p>", table(300), "<p>手机版</p>", table(300))) == 300


def text_of(first: int, mark: str) -> str:
    """The same table as lines."""
    form = next(form for form in load_forms() if form.id == "form2021")
    applications = next(one for one in form.tables if one.key == "applications")
    head = mark.join(["申请人情况", *(column.labels[0] for column in applications.columns)])
    rows = (mark.join([row.labels[0], *(str(first + at) for at in range(7))]) for row in applications.rows)
    return "\n".join([head, *rows])


@pytest.mark.parametrize("mark", ["\t", " "])
@pytest.mark.parametrize(("theirs", "ours"), [("2022年：", "2023年："), ("（一）县本级", "（二）全县汇总")])
def test_lines_that_say_whose_figures_follow_count_in_text_too(mark: str, theirs: str, ours: str) -> None:
    small = f"第二十条第（五）项\n信息内容{mark}本年处理决定数量\n行政许可{mark}7\n"
    part = "四、政府信息公开行政复议、行政诉讼情况\n没有。\n"
    for order in ((theirs, 100, ours, 300), (ours, 300, theirs, 100)):
        first, one, second, two = order
        tables = f"{first}\n{text_of(one, mark)}\n{second}\n{text_of(two, mark)}\n"
        text = f"{TITLE}\n二、主动公开政府信息情况\n{small}三、收到和处理政府信息公开申请情况\n{tables}{part}"
        report = parse([Source(text.encode())])
        assert first_of(report) == 300
        licences = next(cell for cell in report.cells if cell.row == "administrative_licensing")
        assert licences.value == 7  # what stands before either is the report's own


@pytest.mark.parametrize("mark", ["\t", " ", " | "])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("（一）2023年收到和处理申请情况\n", "（二）2022年收到和处理申请情况（供对比）"),
        ("", "附表：2022年统计数据"),
        ("", "上年度收到和处理申请情况："),
    ],
)
def test_a_line_above_the_second_print_in_text_tells_that_it_is_of_last_year(ours: str, theirs: str, mark: str) -> None:
    tables = f"{ours}{text_of(300, mark)}\n\n{theirs}\n\n{text_of(100, mark)}\n"
    rest = "四、政府信息公开行政复议、行政诉讼情况\n没有。\n五、存在的主要问题及改进情况\n见前。\n"
    report = parse([Source(f"{TITLE}\n三、收到和处理政府信息公开申请情况\n{tables}{rest}".encode())])
    assert first_of(report) == 300
    assert {cell.state for cell in report.cells if cell.table == "applications"} == {State.NUMBER}


@pytest.mark.parametrize("mark", ["\t", "|"])
def test_the_empty_table_of_a_sample_behind_the_report_says_nothing(mark: str) -> None:
    own, empty = text_of(300, mark), text_of(300, mark)
    for figure in range(300, 307):
        empty = empty.replace(str(figure), "")
    last = "五、存在的主要问题及改进情况\n见前。\n六、其他需要报告的事项\n无。\n附件：申请情况统计表（样表）"
    report = parse([Source(f"{TITLE}\n三、收到和处理政府信息公开申请情况\n{own}\n{last}\n{empty}\n".encode())])
    assert first_of(report) == 300
    assert {cell.state for cell in report.cells if cell.table == "applications"} == {State.NUMBER}


@pytest.mark.parametrize("mark", ["", TAB])
def test_an_overview_beside_the_tables_is_no_annex_of_former_years(mark: str) -> None:
    """Seen in part 一 of reports since 2021, with labels of the lists until 2018; 53 other rows were absent."""
    figures = {"主动公开政府信息数": 747, "收到申请数": 12, "申请答复数": 11, "行政复议数量": 2, "行政诉讼数量": 1}
    rows = [("指标", "单位", "数量"), *((label, "件", str(count)) for label, count in figures.items())]
    if mark:
        overview, tables = "\n".join(mark.join(row) for row in rows), text_of(300, mark)
        report = parse([Source(f"{TITLE}\n一、总体情况\n{overview}\n三、申请情况\n{tables}\n".encode())])
    else:
        overview = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        report = read("<p>一、总体情况</p>", f"<table>{overview}</table>", "<p>三、申请情况</p>", table(300))
        assert ["747" in str(grid) for grid in report.grids] == [True]
    assert {cell.table for cell in report.cells} == {"applications"}
    assert first_of(report) == 300
    assert "list_beside_tables" in {problem.code for problem in report.problems}
