"""What annexes of 2008-2018 print beside plain rows: units of money, columns of others, repeated labels."""

from __future__ import annotations

import html

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import Table, load_forms
from gicrawl.parser.report import Cell, Report, State, Status

TITLE = "青禾市2016年政府信息公开工作年度报告"
PROSE = "年内各级各部门主动公开政府信息，收到公开申请，均已按期答复，未收取费用，具体数据见附表。"
SECTIONS = ("一、概述", "二、主动公开政府信息情况", "三、依申请公开政府信息情况", "四、问题和改进", "五、附表")
HEAD = ["统计指标", "单位", "统计数"]
ROWS = [
    ["收到申请数", "件", "12"],
    ["1.当面申请数", "件", "5"],
    ["2.传真申请数", "件", "0"],
    ["3.网络申请数", "件", "7"],
    ["申请答复数", "件", "12"],
]


def table(lines: list[list[str]]) -> str:
    cells = ("".join(f"<td>{html.escape(field)}</td>" for field in line) for line in lines)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def page(body: str, title: str = TITLE) -> bytes:
    text = "".join(f"<p>{heading}</p><p>{PROSE * 3}</p>" for heading in SECTIONS)
    return f"<html><head><meta charset=utf-8></head><body><h1>{title}</h1>{text}{body}</body></html>".encode()


def read(lines: list[list[str]]) -> Report:
    return parse([Source(page(table(lines)))])


def cell(report: Report, row: str, column: str = "value") -> Cell:
    return next(cell for cell in report.cells if cell.key == ("statistics", row, column))


def form2014() -> Table:
    return next(form for form in load_forms() if form.id == "form2014").table("statistics")


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems}


@pytest.mark.parametrize(
    ("label", "unit", "printed", "value", "expected"),
    [
        ("七、依申请公开信息收取的费用", "万元", "1.25", 1.25, None),
        ("七、依申请公开信息收取的费用", "元", "12500", 12500, "元"),
        ("七、依申请公开信息收取的费用", "", "12500元", 12500, "元"),
        ("七、依申请公开信息收取的费用", "", "1.25 万元", 1.25, "万元"),
        ("七、依申请公开信息收取的费用（元）", "", "12500", 12500, "元"),
        ("七、依申请公开信息收取的费用（元）", "元", "12500", 12500, "元"),
        ("七、依申请公开信息收取的费用", "", "12500", 12500, None),
    ],
)
def test_the_unit_of_money_is_said_where_it_is_not_that_of_the_form(
    label: str, unit: str, printed: str, value: float, expected: str | None
) -> None:
    found = cell(read([HEAD, *ROWS, [label, unit, printed]]), "request_fees_wan")
    assert (found.value, found.unit, found.state) == (value, expected, State.NUMBER)


def test_money_where_nothing_is_paid_is_kept_as_text() -> None:
    found = cell(read([HEAD, *ROWS, ["六、举报投诉数量", "件", "3万元"]]), "complaints")
    assert (found.state, found.value) == (State.TEXT, None)


REVIEW = [["四、行政复议数量", "件", "9"], ["（一）维持具体行政行为数", "件", "5"], ["（二）被依法纠错数", "件", "4"]]
SUITS = [["五、行政诉讼数量", "件", "3"], ["（一）维持具体行政行为数", "件", "2"], ["（二）被依法纠错数", "件", "1"]]


@pytest.mark.parametrize("lines", [REVIEW + SUITS, SUITS + REVIEW], ids=["as_in_the_form", "turned"])
def test_rows_of_the_same_label_are_told_apart_by_the_row_above(lines: list[list[str]]) -> None:
    report = read([HEAD, *ROWS, *lines])
    found = [cell(report, row).value for row in ("review_upheld", "review_corrected", "litigation_corrected")]
    assert found == [5, 4, 1]


def test_a_repeated_label_below_an_unknown_row_is_no_row_at_all() -> None:
    report = read([HEAD, *ROWS, ["四、其他争议数", "件", "9"], *REVIEW[1:], *SUITS])
    assert cell(report, "review_corrected").state is not State.NUMBER
    assert cell(report, "litigation_corrected").value == 1


def test_groups_in_a_merged_cell_beside_their_rows_are_no_labels() -> None:
    lines = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in ROWS[1:])
    first = "<tr><td rowspan=5>依申请公开</td><td>收到申请数</td><td>件</td><td>12</td></tr>"
    head = "<tr><td colspan=2>统计指标</td><td>单位</td><td>统计数</td></tr>"
    report = parse([Source(page(f"<table>{head}{first}{lines}</table>"))])
    assert [cell(report, row).value for row in ("requests_received", "requests_online", "replies_total")] == [12, 7, 12]


def test_columns_of_departments_are_left_as_a_grid() -> None:
    lines = [["统计指标", "单位", "区政府", "区直", "乡镇街道"], *([a, b, c, "1", "2"] for a, b, c in ROWS)]
    report = read(lines)
    assert not [cell for cell in report.cells if cell.state is State.NUMBER]
    assert "table_unread" in codes(report) or not report.forms
    assert report.grids[0].rows[1] == ("收到申请数", "件", "12", "1", "2")


@pytest.mark.parametrize(
    ("years", "expected"),
    [(["2015年", "2016年"], 4), (["2016年", "2015年"], 12), (["2016年", "2016年"], None), (["上年", "本年"], None)],
)
def test_of_two_years_side_by_side_the_named_one_is_read(years: list[str], expected: int | None) -> None:
    report = read([["指标名称", "单位", *years, "同比增减"], *([a, b, c, "4", "-2"] for a, b, c in ROWS)])
    found = [cell.value for cell in report.cells if cell.row == "requests_received" and cell.state is State.NUMBER]
    assert found == ([] if expected is None else [expected])
    assert ("table_unread" in codes(report)) is (expected is None)


def test_a_figure_before_its_unit_is_read_from_text() -> None:
    lines = [*ROWS, *REVIEW, *SUITS]
    head = [TITLE, *(line for part in SECTIONS for line in (part, PROSE * 3)), "统计指标 统计数 单位"]
    report = parse([Source("\n".join([*head, *(f"{a} {c} {b}" for a, b, c in lines)]).encode())])
    assert [cell(report, row).value for row in ("requests_online", "litigation_corrected")] == [7, 1]


def test_a_paragraph_an_indicator_is_a_list_that_is_not_sure() -> None:
    lines = [*ROWS, *REVIEW, *SUITS]
    report = parse([Source(page("".join(f"<p>{label}：{figure}{unit}</p>" for label, unit, figure in lines)))])
    found = {cell.row: (cell.value, cell.confidence < 0.9) for cell in report.cells if cell.state is State.NUMBER}
    assert [found[row] for row in ("requests_received", "requests_online", "litigation_corrected")] == [
        (12, True),
        (7, True),
        (1, True),
    ]
    few = "".join(f"<p>{label}：{figure}{unit}</p>" for label, unit, figure in lines[:5])
    assert not parse([Source(page(few))]).cells


def test_rows_of_no_form_are_said_and_their_table_is_kept() -> None:
    report = read([HEAD, *ROWS, ["应急管理信息数", "条", "44"]])
    assert cell(report, "requests_online").value == 7
    assert "row_unknown" in codes(report)
    assert report.grids[0].rows[-1] == ("应急管理信息数", "条", "44")


def test_the_same_row_twice_with_different_figures_is_open() -> None:
    found = cell(read([HEAD, *ROWS, ["六、举报投诉数量", "件", "3"], ["六、举报投诉数量", "件", "4"]]), "complaints")
    assert found.state is State.AMBIGUOUS
    assert [raw for raw, _ in found.candidates] == ["3", "4"]


def test_what_is_no_number_is_not_one() -> None:
    lines = [["六、举报投诉数量", "件", "/"], ["制发规范性文件总数", "件", "无"], ["三、接受培训人员数", "人次", " "]]
    report = read([HEAD, *ROWS, *lines])
    states = [cell(report, row).state for row in ("complaints", "normative_documents_issued", "trainees")]
    assert states == [State.NOT_APPLICABLE, State.TEXT, State.BLANK]


def test_figures_of_a_period_are_not_sure_to_be_those_of_the_year() -> None:
    report = read([["指标名称", "单位", "本期实际", "本年累计"], *([a, b, c, "40"] for a, b, c in ROWS)])
    found = cell(report, "requests_received", "annual")
    assert found.value == 12
    assert found.confidence < 0.9


def test_without_a_header_nothing_is_sure() -> None:
    found = cell(read(ROWS), "requests_online")
    assert found.value == 7
    assert found.confidence < 0.9


WEBSITE = [
    ["网站名称", "青禾市人民政府门户网站", ""],
    ["信息发布总数", "条", "812"],
    ["回应公众关注热点或重大舆情数量", "次", "6"],
    ["参与政府网站在线访谈次数", "次", "2"],
    ["收到留言数量", "条", "71"],
    ["办结留言数量", "条", "70"],
]


def test_the_annual_table_of_a_website_is_no_report() -> None:
    titled = parse([Source(page(table(WEBSITE), "青禾市人民政府网站工作年度报表（2018年度）"))])
    assert (titled.status, titled.cells) == (Status.NOT_A_REPORT, ())
    bare = parse([Source(table(WEBSITE).encode())])
    assert (bare.status, bare.cells) == (Status.NOT_A_REPORT, ())


def test_a_notice_with_the_empty_form_is_no_report() -> None:
    notice = "关于做好2016年政府信息公开工作年度报告编制工作的通知"
    report = parse([Source(page(table([HEAD, *([a, b, ""] for a, b, _ in ROWS)]), notice))])
    assert (report.status, report.cells) == (Status.NOT_A_REPORT, ())


def test_the_empty_form_has_blanks_and_no_zeros() -> None:
    report = parse([Source(page(table([HEAD, *([a, b, ""] for a, b, _ in ROWS)]), "政府信息公开情况统计表（样表）"))])
    assert {cell.state for cell in report.cells} <= {State.BLANK, State.ABSENT}


def bare(title: str) -> Report:
    return parse([Source(f"<meta charset=utf-8><h1>{title}</h1>{table([HEAD, *ROWS])}".encode())])


def test_an_annex_published_by_itself_has_its_issuer_and_year() -> None:
    report = bare("青禾县教育局2016年度政府信息公开情况统计表")
    assert report.status is Status.REPORT
    assert report.identity.issuer is not None
    assert (report.identity.issuer.name, report.identity.year) == ("青禾县教育局", 2016)
    assert cell(report, "requests_online").value == 7


@pytest.mark.parametrize(
    "title",
    [
        "青禾县2016年第一季度政府信息公开情况统计表",
        "青禾县2016年上半年政府信息公开情况统计表",
        "青禾县2016年1月政府信息公开情况统计表",
        "青禾县2016年1-9月政府信息公开情况统计表",
        "关于报送2016年度政府信息公开情况统计表的通知",
        "2016年度政府信息公开情况统计表填报说明",
    ],
)
def test_annexes_of_part_of_a_year_and_words_about_them_are_no_reports(title: str) -> None:
    report = bare(title)
    assert (report.status, report.cells) == (Status.NOT_A_REPORT, ())


def test_a_column_more_beside_the_figures_is_left_out() -> None:
    report = read([["统计指标", "单位", "统计数", "同比增长"], *([a, b, c, "4"] for a, b, c in ROWS)])
    assert [cell(report, row).value for row in ("requests_received", "requests_online")] == [12, 7]


def test_a_year_alone_heads_a_column() -> None:
    report = read([["指标", "单位", "2016", "历年累计"], *([a, b, c, "40"] for a, b, c in ROWS)])
    found = [cell(report, "requests_online", column).value for column in ("annual", "cumulative")]
    assert found == [7, 40]
    assert "row_unknown" not in codes(report)


REFUSALS = [["2.同意公开数", "件", "6"], ["3.同意部分公开数", "件", "2"], ["4.不予公开数", "件", "4"]]


@pytest.mark.parametrize("lines", [[HEAD, *ROWS, *REFUSALS], [["指标", "单位", "2012年"], *ROWS, *REFUSALS]])
def test_not_disclosed_below_the_replies_is_a_reply_and_no_class_of_documents(lines: list[list[str]]) -> None:
    report = read(lines)
    found = {cell.row: cell.value for cell in report.cells if cell.state is State.NUMBER}
    assert found["reply_denied"] == 4
    assert "classified_not_disclosed" not in found


def test_a_short_label_is_told_by_the_row_right_above_it() -> None:
    short = [["（一）维持", "件", "5"], ["（二）纠错", "件", "3"], ["（三）其他", "件", "1"]]
    report = read([HEAD, *ROWS, REVIEW[0], *short, ["应急管理信息数", "条", "44"], ["其他", "条", "40"]])
    assert [cell(report, row).value for row in ("review_upheld", "review_corrected", "review_other")] == [5, 3, 1]


def test_a_row_of_no_known_label_may_be_one_that_stands_beside_it() -> None:
    report = read([HEAD, *ROWS, *REVIEW[:2], ["（二）变更或者责令履行的", "件", "4"], *SUITS])
    assert cell(report, "review_corrected").state is State.UNREAD


def test_a_heading_with_a_sum_of_its_own_is_a_row() -> None:
    first = "<tr><td rowspan=3>四、行政复议数量</td><td>合计</td><td>件</td><td>9</td></tr>"
    rest = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in REVIEW[1:])
    before = table([HEAD, *ROWS]).removesuffix("</table>")
    before = "".join(part.replace("<td>", "<td colspan=2>", 1) + "</tr>" for part in before.split("</tr>")[:-1])
    report = parse([Source(page(f"{before}{first}{rest}</table>"))])
    assert [cell(report, row).value for row in ("review_total", "review_upheld", "review_corrected")] == [9, 5, 4]


def test_a_list_that_cannot_be_read_is_said() -> None:
    labels = [row.labels[0] for row in form2014().rows]
    report = parse(
        [
            Source(
                page("<table><tr><td>" + "<br>".join(labels) + "</td><td>" + "<br>".join("135") + "</td></tr></table>")
            )
        ]
    )
    assert "table_unread" in codes(report)


def test_fees_under_the_label_of_an_older_form_are_those_of_the_form_around_them() -> None:
    report = read([HEAD, *ROWS, *REVIEW, *SUITS, ["七、收取费用总额", "万元", "1.3"]])
    fees = [(cell.row, cell.value) for cell in report.cells if "fee" in cell.row and cell.value is not None]
    assert fees == [("request_fees_wan", 1.3)]


CUT = ["（一）主动公开政府信息数（", "不同渠道和方式公开相同信息计1条）"]


@pytest.mark.parametrize(
    "lines",
    [
        [[CUT[0], "", ""], [CUT[1], "条", "710"]],
        [[CUT[0], "条", "710"], [CUT[1], "", ""]],
        [["（一）主动公开政府", "", ""], ["信息数（不同渠道和方式", "条", "710"], ["公开相同信息计1条）", "", ""]],
    ],
    ids=["below", "above", "between"],
)
def test_a_label_cut_over_rows_has_the_figure_beside_any_of_them(lines: list[list[str]]) -> None:
    found = cell(read([HEAD, *lines, *ROWS]), "proactive_total")
    assert (found.state, found.value) == (State.NUMBER, 710)


def test_a_row_above_a_figure_that_no_label_has_is_not_called_blank() -> None:
    lines = [["（一）主动公开政府信息数", "", ""], ["按同一口径统计所得", "条", "710"]]
    assert cell(read([HEAD, *lines, *ROWS]), "proactive_total").state is State.UNREAD


def test_dashes_beside_a_heading_that_flows_are_no_figures_before_their_labels() -> None:
    flow = [HEAD, ["三、依申请公开情况", "——", "——"], *ROWS, ["四、行政复议数量", "件", "9"]]
    text = "\n".join(
        [TITLE, *(line for part in SECTIONS for line in (part, PROSE * 3)), *(field for line in flow for field in line)]
    )
    report = parse([Source(text.encode())])
    assert [cell(report, row).value for row in ("requests_received", "requests_online", "review_total")] == [12, 7, 9]


def test_the_first_row_of_a_list_in_one_line_is_read() -> None:
    words = [TITLE, *(line for part in SECTIONS for line in (part, PROSE)), "政府信息公开情况统计表", *HEAD]
    words += [field for line in [["（一）主动公开政府信息数", "条", "35"], *ROWS, *REVIEW, *SUITS] for field in line]
    words += [field for row in form2014().rows[43:54] for field in (row.labels[0], row.unit, "3")]
    report = parse([Source(" ".join(words).encode())])
    assert [cell(report, row).value for row in ("proactive_total", "requests_received", "review_total")] == [35, 12, 9]


def test_lines_below_a_row_of_text_are_the_rest_of_its_label() -> None:
    lines = [
        "统计指标             单位      统计数",
        "收到申请数           件        12",
        "1.当面申请           件        5",
    ]
    lines += ["数", "申请答复数           件        12", "五、行政诉讼数量     件        3"]
    lines += ["（一）维持具体行政行   件        2", "为或者驳回原告诉讼", "请求数"]
    lines += ["（二）被依法纠错数   件        1"]
    head = [TITLE, *(line for part in SECTIONS for line in (part, PROSE * 3))]
    report = parse([Source("\n".join([*head, *lines]).encode())])
    rows = ("requests_in_person", "replies_total", "litigation_total", "litigation_upheld", "litigation_corrected")
    assert [cell(report, row).value for row in rows] == [5, 12, 3, 2, 1]


def test_figures_of_departments_below_one_heading_are_told_from_their_sum() -> None:
    head = "<tr><td rowspan=2>统计指标</td><td rowspan=2>单位</td><td colspan=3>统计数</td></tr>"
    below = "<tr><td>县直部门</td><td>合计</td><td>乡镇</td></tr>"
    rows = "".join(
        f"<tr><td>{label}</td><td>{unit}</td><td>1</td><td>{n}</td><td>3</td></tr>" for label, unit, n in ROWS
    )
    report = parse([Source(page(f"<table>{head}{below}{rows}</table>"))])
    assert [cell(report, row).value for row in ("requests_received", "requests_in_person")] == [12, 5]


def test_paragraphs_of_a_label_its_unit_and_a_figure_are_rows() -> None:
    lines = [(row.labels[0], row.unit) for row in form2014().rows[:12]]
    text = "<br/>".join(f"{label}（{unit}）：{at}" for at, (label, unit) in enumerate(lines))
    report = parse([Source(page(f"<p>附件：政府信息公开情况统计表</p><p>{text}</p>"))])
    assert [cell(report, row.key).value for row in form2014().rows[:12]] == list(range(12))


@pytest.mark.parametrize(
    ("above", "key"), [("处理政府信息公开的实际支出", "special_budget"), ("1.专职人员数", "budget_wan")]
)
def test_a_label_of_two_forms_is_of_the_one_that_the_list_follows(above: str, key: str) -> None:
    others = (
        ["行政申诉数", "复制费（软盘）", "网上咨询数"]
        if key == "special_budget"
        else ["收到申请数", "申请答复数", "2.兼职人员数"]
    )
    lines = [HEAD, *([label, "件", "1"] for label in [*others, above]), ["政府信息公开专项经费", "元", "50000"]]
    found = [one.row for one in read(lines).cells if one.value == 50000]
    assert found == [key]


TURNED = [[row.labels[0], row.unit or "件", str(at * 3)] for at, row in enumerate(form2014().rows[20:34])]


@pytest.mark.parametrize("mark", ["\t", " | ", "\n"])
def test_figures_before_their_labels_are_of_these(mark: str) -> None:
    lines = [HEAD, *([figure, label, unit] for label, unit, figure in TURNED)]
    text = "\n".join([TITLE, *SECTIONS, *(mark.join(line) for line in lines), "二〇一七年三月"])
    report = parse([Source(text.encode())])
    assert [cell(report, row.key).value for row in form2014().rows[20:34]] == [int(figure) for *_, figure in TURNED]


@pytest.mark.parametrize("mark", ["\t", " | "])
def test_numbers_of_rows_before_their_labels_are_no_figures(mark: str) -> None:
    lines = [["序号", *HEAD], *([str(at), *line[:2], ""] for at, line in enumerate(TURNED, 1))]
    text = "\n".join([TITLE, *SECTIONS, *(mark.join(line) for line in lines), "二〇一七年三月"])
    assert [one for one in parse([Source(text.encode())]).cells if one.value is not None] == []


def test_a_row_that_leaves_its_blank_to_the_scrap_below_it_says_nothing_of_the_columns() -> None:
    above = [["主动公开信息数", "条", "7"], ["现场接待人数", "人次", "3"], ["1.当面申请数", "条", ""]]
    below = [["行政诉讼数", "件", "10"], ["复制费(光盘)", "元", ""], ["复制费(", "元", "2"]]
    report = parse([Source(page(table([HEAD, *above]) + table(below)))])
    assert cell(report, "litigation_total").value == 10
    assert cell(report, "fees_copy_disc").state is State.UNREAD


@pytest.mark.parametrize("pairs", [[1, 2], [2]])
def test_two_columns_of_figures_without_headings_are_no_single_column(pairs: list[int]) -> None:
    lines = [
        [label, unit, *(["7", "7"] if at in pairs else ["", number])] for at, (label, unit, number) in enumerate(ROWS)
    ]
    cells = read([["指标", "单位", "度", "历年"], *lines]).cells
    assert not [one for one in cells if one.column == "value" and one.state is State.NUMBER]


@pytest.mark.parametrize("at", [3, 6, 9])
def test_a_row_of_no_known_label_may_be_one_that_belongs_where_it_stands(at: int) -> None:
    rows = form2014().rows
    lines = [[row.labels[0], "件", str(number * 37 % 101)] for number, row in enumerate(rows)]
    lines[at][0] = "按惯例办结的事项"
    assert cell(read([HEAD, *lines]), rows[at].key).state is not State.ABSENT
    del lines[at]
    assert cell(read([HEAD, *lines]), rows[at].key).state is State.ABSENT


def test_a_row_whose_label_stands_above_the_first_figure_is_not_absent() -> None:
    rows = form2014().rows
    lines = [[row.labels[0], "件", str(number * 37 % 101) if number > 1 else ""] for number, row in enumerate(rows)]
    assert cell(read([HEAD, *lines]), rows[0].key).state is not State.ABSENT


GROUPED = [
    ["类别", "统计指标", "单位", "本年度", "历年累计"],
    ["依申请公开", "收到申请数", "件", "12", "40"],
    ["1.当面申请数", "件", "5", "21"],
    ["2.传真申请数", "件", "0", "3"],
    ["3.网络申请数", "件", "7", "16"],
    ["答复", "申请答复数", "件", "12", "39"],
]


def in_fields(lines: list[list[str]], *, piped: bool = False) -> Report:
    """The report as a text whose rows are fields."""
    told = [f"| {' | '.join(line)} |" if piped else "\t".join(line) for line in lines]
    if piped:
        told.insert(1, f"|{' --- |' * len(lines[0])}")
    text = "\n\n".join([TITLE, *(f"{heading}\n\n{PROSE * 3}" for heading in SECTIONS), "\n".join(told)])
    return parse([Source(text.encode())])


@pytest.mark.parametrize("piped", [False, True])
@pytest.mark.parametrize("unit", [True, False])
def test_rows_without_the_cell_of_their_group_are_read_beside_it(piped: bool, unit: bool) -> None:  # noqa: FBT001
    lines = GROUPED if unit else [[field for field in line if field not in {"单位", "件"}] for line in GROUPED]
    report = in_fields(lines, piped=piped)
    for row, (year, all_years) in {
        "requests_received": (12, 40),
        "requests_in_person": (5, 21),
        "requests_fax": (0, 3),
        "requests_online": (7, 16),
        "replies_total": (12, 39),
    }.items():
        assert (cell(report, row, "annual").value, cell(report, row, "cumulative").value) == (year, all_years)


@pytest.mark.parametrize(
    "line", [["1.当面申请数", "件", "5"], ["1.当面申请数", "5", "21", "8"], ["1.当面申请数", "5", "", "21"]]
)
def test_rows_that_lack_more_than_the_cell_of_their_group_stay_open(line: list[str]) -> None:
    report = in_fields([line if one[0] == "1.当面申请数" else one for one in GROUPED])
    assert cell(report, "requests_in_person", "annual").state is not State.NUMBER
    assert cell(report, "requests_in_person", "cumulative").state is not State.NUMBER
    assert cell(report, "requests_online", "cumulative").value == 16


@pytest.mark.parametrize("above", [True, False])
def test_figures_in_a_row_without_words_leave_the_label_beside_them_open(above: bool) -> None:  # noqa: FBT001 - a case
    lines = [["| 统计指标 | 单位 | 统计数 |"], ["| - | - | - |"]]
    for label, unit, figure in ROWS:
        parted = [f"|  |  | {figure} |", f"| {label} | {unit} |  |"]
        whole = [f"| {label} | {unit} | {figure} |"]
        lines.append(whole if label != "2.传真申请数" else parted if above else parted[::-1])
    prose = "".join(f"{heading}\n{PROSE * 3}\n" for heading in SECTIONS)
    text = f"{TITLE}\n{prose}" + "\n".join(line for each in lines for line in each) + "\n"
    report = parse([Source(text.encode())])
    assert cell(report, "requests_fax").state in {State.AMBIGUOUS, State.UNREAD}
    assert cell(report, "requests_in_person").value == int(ROWS[1][2])


def by_parts(*heads: str) -> Report:
    rows = [[*line, *["3"] * (len(heads) - 1)] for line in ROWS]
    return read([["统计指标", "单位", *heads], *rows])


def test_of_the_parts_of_a_region_side_by_side_their_sum_is_read() -> None:
    for heads in (("合计", "区本级", "乡镇街道"), ("合 计", "市本级", "各区县", "市直部门")):
        report = by_parts(*heads)
        assert [cell(report, row).value for row in ("requests_received", "requests_online")] == [12, 7]
    for heads in (("区本级", "乡镇街道", "县直部门"), ("合计", "区本级", "合计"), ("2015年", "2016年", "合计")):
        assert all(one.state is not State.NUMBER or one.value == 3 for one in by_parts(*heads).cells)
