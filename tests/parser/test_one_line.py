"""Reports in one line, or whose empty cells left nothing: whose the figures are that stand between labels."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Cell, State

TABLE = next(form for form in load_forms() if form.id == "form2021").table("applications")
HEAD = (
    "松河县水利局2022年政府信息公开工作年度报告 三、收到和处理政府信息公开申请情况 申请人情况 自然人 法人或其他组织 "
    "总计 商业企业 科研机构 社会公益组织 法律服务机构 其他"
)
GROUPS = {"granted": 0, "denied_state_secret": 1, "unable_not_held": 2, "not_processed_petition": 3}
CLAIMS = {State.NUMBER, State.BLANK, State.NOT_APPLICABLE}


def cells(changed: dict[str, str], gap: str = " ", without: frozenset[str] = frozenset()) -> dict[str, list[Cell]]:
    """The cells of a table of noughts, whose given rows are printed otherwise: `label|figures`, rows parted by gaps."""
    rows = [HEAD]
    for row in TABLE.rows:
        if row.key in without:
            continue
        label, _, figures = changed.get(row.key, f"{row.labels[0]}|0 0 0 0 0 0 0").partition("|")
        group = TABLE.groups[GROUPS[row.key]] if row.key in GROUPS else ""
        rows.append(" ".join(filter(None, (group, label, figures))))
    text = gap.join([*rows, "五、政府信息公开工作存在的主要问题及改进情况 部分栏目更新不够及时。"])
    report = parse([Source(text.encode())])
    found: dict[str, list[Cell]] = {}
    for cell in report.cells:
        found.setdefault(cell.row, []).append(cell)
    return found


def test_an_ordinal_that_lost_its_sign_fills_no_cell_of_the_row_before() -> None:
    repeated = {
        "not_processed_petition": "1.信访举报投诉类申请|0 31 0 0 4 35",
        "not_processed_repeat": "2 重复申请|0 0 0 0 0 0 0",
        "not_processed_publication": "3 要求提供公开出版物|6 0 0 0 0 0 6",
    }
    found = cells(repeated)
    assert not any(cell.value == 2 for cell in found["not_processed_petition"])
    assert [cell.value for cell in found["not_processed_repeat"]] == [0] * 7
    assert [cell.value for cell in found["not_processed_publication"]] == [6, 0, 0, 0, 0, 0, 6]


def test_a_figure_is_no_ordinal_where_labels_have_none() -> None:
    bare = {row.key: f"{row.labels[0][2:]}|0 0 2 0 0 0 2" for row in TABLE.rows if row.labels[0][1] == "."}
    found = cells(bare)
    assert [cell.value for cell in found["not_processed_petition"]] == [0, 0, 2, 0, 0, 0, 2]


def test_a_figure_is_no_ordinal_where_the_label_around_it_has_its_own() -> None:
    found = cells({"not_processed_repeat": "2.|0 1 0 0 0 1 2 重复申请"})
    assert [cell.value for cell in found["not_processed_repeat"]] in ([0, 1, 0, 0, 0, 1, 2], [None] * 7)


@pytest.mark.parametrize("added", ["其中：涉及征地拆迁的数量", "9.其他不予公开情形", "小计"])
def test_an_empty_row_has_no_figures_of_a_row_behind_it_that_no_form_has(added: str) -> None:
    found = cells({"denied_internal_affairs": f"5.属于三类内部事务信息 {added}|0 30 0 0 0 0 30"})
    assert not any(cell.state in CLAIMS for cell in found["denied_internal_affairs"])


def test_an_empty_row_before_a_group_has_no_figures_of_its_first_row_whose_label_is_gone() -> None:
    found = cells({"denied_administrative_query": "8.属于行政查询事项|", "unable_not_held": "|2 2"})
    assert not any(cell.state in CLAIMS for cell in found["denied_administrative_query"])


@pytest.mark.parametrize(
    ("figures", "granted"), [("3 3 2 2", "4 4"), ("4 1 5 2 0 0 2", ""), ("5 0 0 0 0 0 5", ""), ("2 2", "4 4")]
)
def test_figures_of_two_rows_are_not_one_row_where_the_label_between_them_is_gone(figures: str, granted: str) -> None:
    short = {"granted": f"（一）予以公开|{granted}", "denied_enforcement_file": f"7.属于行政执法案卷|{figures}"}
    found = cells(short, without=frozenset({"denied_administrative_query"}))
    assert not any(cell.state in CLAIMS for cell in found["denied_enforcement_file"])


def test_a_whole_row_before_one_that_is_not_printed_keeps_its_figures_where_no_row_is_empty() -> None:
    rows = {"granted": "（一）予以公开|4 4", "denied_enforcement_file": "7.属于行政执法案卷|5 0 0 0 0 0 5"}
    found = cells(rows, without=frozenset({"denied_administrative_query"}))
    assert [cell.value for cell in found["denied_enforcement_file"]] == [5, 0, 0, 0, 0, 0, 5]


def test_figures_alone_in_a_line_are_not_those_of_the_empty_row_above() -> None:
    short = {
        "denied_enforcement_file": "7.属于行政执法案卷|",
        "denied_administrative_query": "|1 1 2",
        "granted": "（一）予以公开|4 4",
    }
    found = cells(short, gap="\n")
    assert not any(cell.state in CLAIMS for cell in found["denied_enforcement_file"])


@pytest.mark.parametrize("gap", [" ", "\n"])
def test_figures_before_the_first_label_known_are_of_the_row_above_it(gap: str) -> None:
    lost = {
        "new_received": "|5 0 0 0 0 0 5",
        "carried_in": "二、上年结转政府信息公开申请数量|1 0 0 0 0 0 1",
        "carried_out": "四、结转下年度继续办理|3 3",
    }
    found = cells(lost, gap=gap)
    assert [cell.value for cell in found["carried_in"]] == [1, 0, 0, 0, 0, 0, 1]


def test_a_row_short_of_a_cell_keeps_its_figures_where_whole_ones_stand_above_its_label() -> None:
    title = "松河县水利局2019年政府信息公开工作年度报告\n二、主动公开政府信息情况\n第二十条第（五）项\n"
    head = "信息内容 上一年项目数量 本年增/减 处理决定数量\n"
    report = parse([Source(f"{title}{head}2 392 7\n其他对外管理服务事项 11 -364\n".encode())])
    found = [cell for cell in report.cells if cell.row == "other_external_services"]
    assert not any(cell.value in {2, 392, 7} for cell in found)


def test_a_sign_of_a_sentence_is_no_figure_of_part_four() -> None:
    blocks = "结果 维持 结果 纠正 其他 结果 尚未 审结 总计"
    words = "行政复议 行政诉讼 {0} 未经 复议 直接 起诉 复议 后 起诉 {0} {0} 0 2 2 0 4 0 0 0 0 0 0 0 2 2"
    part = f"四 、 政府 信息 公开 行政复议 、 行政诉讼 情况 {words.format(blocks)}"
    rest = (
        "五 、 存在 的 主要 问题 及 改进 情况 2022 年 ， 工作 取得 成效 ， 但 还 存在 不足 ： 一是 意识 有待 提高 。 "
    )
    rest += "2023 年 ， 将 重点 做好 以下 3 项 工作 ： 1 . 加强 培训 ； 2 . 丰富 解读 形式 ； 3 . 提升 办理 质量 。"
    others = " ".join(f"{row.labels[0]} 0 0 0 0 0 0 0" for row in TABLE.rows)
    report = parse([Source(f"{HEAD} {others} {part} {rest}".encode())])
    found = [cell for cell in report.cells if cell.table == "review_litigation"]
    assert len(found) == 15
    assert not any(cell.state is State.ILLEGIBLE for cell in found)
    assert not any(cell.row == "litigation_after_review" and cell.value == 2 for cell in found)


@pytest.mark.parametrize("gap", [" ", "\n", "\n\n"])
def test_figures_above_the_first_label_and_none_below_the_last_may_be_those_of_the_label_behind(gap: str) -> None:
    figures = {"new_received": "2 1 3", "carried_in": "5 5", "granted": "1 1", "denied_internal_affairs": "7 7"}
    pieces = HEAD.split()
    for row in TABLE.rows:
        pieces += [*figures.get(row.key, "").split(), row.labels[0]]
    text = gap.join([*pieces, "五、政府信息公开工作存在的主要问题及改进情况", "部分栏目更新不够及时。"])
    report = parse([Source(text.encode())])
    claimed = {cell.row: cell.value for cell in report.cells if cell.value is not None}
    assert claimed.items() <= {"new_received": 3, "carried_in": 5, "granted": 1, "denied_internal_affairs": 7}.items()
