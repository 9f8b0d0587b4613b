"""Part 四: its headings say which value is which, whatever their order."""

from __future__ import annotations

import pytest
from damage.judging import LAYOUTS, case, judge

from gicrawl.parser.align.block_heads import is_part_of_cycle
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.report import State

REVIEW = "review_litigation"
PLACED = [
    "html_plain",
    "html_word",
    "html_review_below",
    "html_review_in_three",
    "html_review_on_its_side",
    "markdown",
]
OUTCOMES = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
FORM = next(form for form in load_forms() if form.id == "form2021")
FIGURES = [1, 2, 3, 4, 10, 5, 6, 7, 8, 26, 9, 11, 12, 13, 45]


@pytest.mark.parametrize(
    "harm", ["review_columns_swapped", "review_blocks_swapped", "review_column_missing", "review_column_renamed"]
)
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_no_figure_is_surely_that_of_another_heading(layout: str, harm: str) -> None:
    for seed in (3, 4):
        assert [error for error in judge(case(seed, layout, harm)).sure if error[1][0] == REVIEW] == []


@pytest.mark.parametrize("harm", ["review_columns_swapped", "review_blocks_swapped"])
@pytest.mark.parametrize("layout", PLACED)
def test_figures_in_cells_move_with_their_headings(layout: str, harm: str) -> None:
    verdict = judge(case(5, layout, harm, style="zeros"))
    assert verdict.counts["missed"] + verdict.counts["wrong"] + verdict.counts["false_zero"] == 0


@pytest.mark.parametrize("layout", ["tsv", "pdf_words", "one_a_line", "html_flattened_p"])
def test_columns_in_another_order_are_read_from_flowing_text(layout: str) -> None:
    verdict = judge(case(5, layout, "review_columns_swapped", style="zeros"))
    assert verdict.counts["missed"] + verdict.counts["wrong"] + verdict.counts["false_zero"] == 0


def page(second: list[str], last: list[str] = OUTCOMES) -> bytes:
    """A table of part 四 whose second and third block have their columns as given."""
    heads = "".join(f"<td rowspan=2>{name}</td>" for name in OUTCOMES)
    heads += "<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td>"
    third = "".join(f"<td>{name}</td>" for name in (*second, *last))
    values = "".join(f"<td>{value}</td>" for value in range(1, 16))
    return (
        "<h1>云岭县2021年政府信息公开工作年度报告</h1><p>四、政府信息公开行政复议、行政诉讼情况</p>"
        f"<table><tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr><tr>{heads}</tr>"
        f"<tr>{third}</tr><tr>{values}</tr></table>"
    ).encode()


def read(body: bytes) -> dict[tuple[str, str], tuple[State, object, float]]:
    report = parse([Source(b'<meta charset="utf-8">' + body)])
    return {(cell.row, cell.column): (cell.state, cell.value, cell.confidence) for cell in report.cells}


def test_one_block_may_have_an_order_of_its_own() -> None:
    cells = read(page([OUTCOMES[1], OUTCOMES[0], *OUTCOMES[2:]]))
    assert cells["litigation_direct", "upheld"][1] == 7
    assert cells["litigation_direct", "corrected"][1] == 6
    assert cells["review", "upheld"][1] == 1
    assert cells["litigation_after_review", "total"][1] == 15


def test_a_heading_the_form_does_not_have_makes_its_column_doubtful_and_no_other() -> None:
    cells = read(page([OUTCOMES[0], "依法撤销", *OUTCOMES[2:]]))
    assert cells["litigation_direct", "corrected"][2] < 0.9
    assert cells["litigation_direct", "other"][1] == 8
    assert cells["litigation_direct", "other"][2] > cells["litigation_direct", "corrected"][2]


def test_a_heading_printed_twice_is_believed_of_neither_column() -> None:
    cells = read(page([OUTCOMES[0], OUTCOMES[0], *OUTCOMES[2:]]))
    for column in ("upheld", "corrected"):
        state, value, confidence = cells["litigation_direct", column]
        assert state is not State.NUMBER or confidence < 0.9, value


@pytest.mark.parametrize("block", [0, 1, 2])
def test_a_heading_doubled_among_those_that_flow_moves_no_figure(block: int) -> None:
    names = [list(OUTCOMES) for _ in range(3)]
    names[block][:1] *= 2
    lines = [[*names[0], "未经复议直接起诉", "复议后起诉"], names[1], names[2], FIGURES]
    text = "\n".join(str(field) for line in lines for field in line)
    cells = read(
        f"云岭县2021年政府信息公开工作年度报告\n四、行政复议、行政诉讼情况\n行政复议\n行政诉讼\n{text}".encode()
    )
    assert [cell[1] for cell in cells.values() if cell[0] is State.NUMBER] in (FIGURES, [])


@pytest.mark.parametrize("margin", [("<tr><td></td>", "</tr>"), ("<tr>", "<td></td></tr>")])
def test_an_empty_column_before_or_behind_the_table_is_none_of_it(margin: tuple[str, str]) -> None:
    body = page(OUTCOMES).decode()
    framed = body.replace("<tr>", margin[0]).replace("</tr>", margin[1])
    assert read(framed.encode()) == read(body.encode())


def test_reviews_and_suits_in_two_tables_are_all_read() -> None:
    outcomes, values = ("".join(f"<td>{cell}</td>" for cell in cells) for cells in (OUTCOMES, range(1, 6)))
    suits, more = ("".join(f"<td>{cell}</td>" for cell in cells) for cells in (OUTCOMES + OUTCOMES, range(6, 16)))
    cells = read(
        "<h1>云岭县2021年政府信息公开工作年度报告</h1><p>四、政府信息公开行政复议、行政诉讼情况</p>"
        f"<table><tr><td colspan=5>行政复议</td></tr><tr>{outcomes}</tr><tr>{values}</tr></table>"
        "<table><tr><td colspan=10>行政诉讼</td></tr><tr><td colspan=5>未经复议直接起诉</td>"
        f"<td colspan=5>复议后起诉</td></tr><tr>{suits}</tr><tr>{more}</tr></table>".encode()
    )
    assert [cells[row][1] for row in cells] == list(range(1, 16))


def flowing(*lines: list[str] | list[int]) -> dict[tuple[str, str], tuple[State, object, float]]:
    text = ["云岭县2021年政府信息公开工作年度报告", "四、政府信息公开行政复议、行政诉讼情况", "行政复议\t行政诉讼"]
    report = parse([Source("\n".join([*text, *("\t".join(map(str, line)) for line in lines)]).encode())])
    return {(cell.row, cell.column): (cell.state, cell.value, cell.confidence) for cell in report.cells}


def test_headings_that_a_converter_prints_again_below_those_they_are_merged_with_are_counted_once() -> None:
    cells = flowing([*OUTCOMES, "未经复议直接起诉", "复议后起诉"], OUTCOMES * 3, FIGURES)
    assert [cells[row][1] for row in cells] == FIGURES


def test_blocks_that_do_not_add_up_are_left_open_where_nothing_else_says_which_value_is_whose() -> None:
    cells = flowing(OUTCOMES, ["未经复议直接起诉", "复议后起诉", "备注说明"], FIGURES[::-1])
    assert {state for state, _, _ in cells.values()} == {State.AMBIGUOUS}


@pytest.mark.parametrize(
    ("named", "is_part"),
    [((), True), ((0, 1, 2, 0, 1, 2), True), ((2, 2), True), ((1, 2, 0), True), ((2, 1, 0), False), ((0, 0, 0), False)],
)
def test_a_part_of_a_cycle_leaves_numbers_out_and_moves_none(named: tuple[int, ...], is_part: bool) -> None:  # noqa: FBT001 - a plain fact
    assert is_part_of_cycle(named, 3, 2) is is_part


def test_a_table_within_another_whose_last_rows_come_later_is_read() -> None:
    form = next(form for form in load_forms() if form.id == "form2021")
    applications = next(table for table in form.tables if table.key == "applications")
    labels = [row.labels[0] for row in applications.rows]
    columns = "".join(f"<td>{column.labels[0]}</td>" for column in applications.columns)
    rows = "".join(f"<tr><td>{label}</td>" + "<td>0</td>" * 7 + "</tr>" for label in labels[:-4])
    above = f"<p>三、收到和处理政府信息公开申请情况</p><table><tr><td></td>{columns}</tr>{rows}</table>"
    torn_off = "".join(f"<p>{label}</p>" for label in labels[-4:])
    title, heading, review = page(OUTCOMES).decode().partition("<p>四、")
    unnamed = review.partition("</p>")[2]
    assert heading
    cells = read((title + above + unnamed + torn_off).encode())
    review_rows = ("review", "litigation_direct", "litigation_after_review")
    assert [value for (row, _), (_, value, _) in cells.items() if row in review_rows] == list(range(1, 16))
    assert cells["new_received", "total"][1] == 0


def nameless(*blocks: tuple[str, int], parting: str = "") -> list[tuple[tuple[str, str], object, float]]:
    """What is read of a table of part 四 that names no kind of suit: names and widths of what it does name."""
    width = sum(size for _, size in blocks)
    names, heads = [f"<td colspan={size}>{name}</td>" for name, size in blocks], OUTCOMES * (width // 5)
    values = [str(value) for value in FIGURES[:width]]
    if parting:
        table = "\n".join([parting.join(name for name, _ in blocks), parting.join(heads), parting.join(values)])
        body = f"云岭县2021年政府信息公开工作年度报告\n四、行政复议、行政诉讼情况\n{table}\n五、存在的主要问题\n"
    else:
        rows = [names, *([f"<td>{text}</td>" for text in row] for row in (heads, values))]
        table = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
        body = f"<h1>云岭县2021年政府信息公开工作年度报告</h1><p>四、行政复议、行政诉讼</p><table>{table}</table>"
    cells = parse([Source(body.encode())]).cells
    return [(cell.key[1:], cell.value, cell.confidence) for cell in cells if cell.state is State.NUMBER]


@pytest.mark.parametrize("parting", ["", "\t", "|"])
def test_without_names_of_suits_their_order_is_presumed_and_never_sure(parting: str) -> None:
    found = nameless(("行政复议", 5), ("行政诉讼", 10), parting=parting)
    assert [value for _, value, _ in found] == FIGURES
    assert all(confidence < 0.9 for (row, _), _, confidence in found if row != "review")


@pytest.mark.parametrize("parting", ["", "\t", "|"])
def test_suits_that_are_not_told_apart_are_left_unread(parting: str) -> None:
    found = nameless(("行政复议", 5), ("行政诉讼", 5), parting=parting)
    assert {row for (row, _), _, _ in found} <= {"review"}
    assert [value for _, value, _ in found] in (FIGURES[:5], [] if parting else None)


@pytest.mark.parametrize("parting", ["", "\t", "|"])
@pytest.mark.parametrize("blocks", [(("行政诉讼", 10), ("行政复议", 5)), (("行政诉讼", 5), ("行政复议", 5))])
def test_suits_before_the_review_are_not_taken_for_it(blocks: tuple[tuple[str, int], ...], parting: str) -> None:
    width = sum(size for _, size in blocks)
    found = [value for (row, _), value, _ in nameless(*blocks, parting=parting) if row == "review"]
    assert found in ([], FIGURES[width - 5 : width])


def test_an_empty_row_at_the_end_of_an_upright_table_is_none_of_it() -> None:
    names = ("行政复议", "未经复议直接起诉", "复议后起诉")
    lines = [
        (f"<td rowspan=5>{name}</td>" if not at else "") + f"<td>{outcome}</td><td>{block * 5 + at}</td>"
        for block, name in enumerate(names)
        for at, outcome in enumerate(OUTCOMES)
    ]
    rows = "".join(f"<tr>{line}</tr>" for line in [*lines, "<td></td>" * 3])
    cells = read(
        "<h1>云岭县2021年政府信息公开工作年度报告</h1><p>四、政府信息公开行政复议、行政诉讼情况</p>"
        f"<table>{rows}</table>".encode()
    )
    assert [cells[row][1] for row in cells] == list(range(15))


def test_a_row_with_as_many_figures_as_a_block_has_columns_keeps_its_blanks() -> None:
    """Five figures of fifteen fields are no block of their own: the ten others are blank, not absent."""
    values = ["", "", "", "", "", "", "39", "", "7", "46", "2", "", "", "", "2"]
    heads = [*OUTCOMES, "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4]
    rows = [["行政复议", *[""] * 4, "行政诉讼", *[""] * 9], heads, [*[""] * 5, *OUTCOMES, *OUTCOMES], values]
    lines = ["|" + "|".join(f" {field} " for field in row) + "|" for row in rows]
    table = "\n".join([lines[0], "|" + " --- |" * 15, *lines[1:]])
    text = f"# 云岭县2023年政府信息公开工作年度报告\n\n四、政府信息公开行政复议、行政诉讼情况\n\n{table}\n"
    cells = [cell for cell in parse([Source(text.encode(), "report.md")]).cells if cell.table == REVIEW]
    assert [cell.raw if cell.state is State.NUMBER else "" for cell in cells] == values
    assert {cell.state for cell in cells} == {State.NUMBER, State.BLANK}


@pytest.mark.parametrize("parting", ["\t", " ", "\n"])
@pytest.mark.parametrize("order", [range(5), (1, 0, 2, 3, 4)])
def test_outcomes_printed_one_below_the_other_are_read_from_lines(parting: str, order: tuple[int, ...]) -> None:
    heads = parting.join(["情形", "行政复议", "行政诉讼未经复议直接起诉", "行政诉讼复议后起诉"])
    lines = [parting.join([OUTCOMES[at], *(str(FIGURES[block * 5 + at]) for block in range(3))]) for at in order]
    title, part = "云岭县人民政府2021年政府信息公开工作年度报告", "四、政府信息公开行政复议、行政诉讼情况"
    cells = parse([Source("\n".join([title, part, heads, *lines]).encode())]).cells
    assert [cell.value for cell in cells if cell.table == REVIEW] == FIGURES


@pytest.mark.parametrize("scrap", ["诉", "复议后", ""])
def test_no_figure_below_the_scrap_of_a_block_is_that_of_the_block_before_it(scrap: str) -> None:
    body = page(["结果", "结果纠正", "果", "尚未审结", "计"], ["结果维持", "正", "其他", "结", "总计"]).replace(
        "复议后起诉".encode(), scrap.encode()
    )
    figures = {cell.key[1:]: cell.value for cell in parse([Source(body)]).cells if cell.table == REVIEW}
    truth = {
        (row, column.key): row_at * 5 + at + 1
        for row_at, row in enumerate(("review", "litigation_direct", "litigation_after_review"))
        for at, column in enumerate(FORM.table(REVIEW).columns)
    }
    assert {key: value for key, value in figures.items() if value is not None}.items() <= truth.items()


BLOCKS = ["行政复议", "未经复议直接起诉", "复议后起诉"]
ROWS = ["review", "litigation_direct", "litigation_after_review"]
SUITS = ["行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼-复议后起诉"]
UPRIGHT = [*(["行政复议"] * 5), *(["行政诉讼"] * 10)]
EACH = [block for block in BLOCKS for _ in OUTCOMES]
HEADERS = {
    "both": [[block + outcome for block in SUITS for outcome in OUTCOMES]],
    "outcome_first": [[f"{outcome}（{block}）" for block in BLOCKS for outcome in OUTCOMES]],
    "merged_filled": [UPRIGHT, EACH, OUTCOMES * 3],
    "blocks_filled": [EACH, OUTCOMES * 3],
    "twice": [["行政复议", "行政诉讼", *BLOCKS[1:]], OUTCOMES * 3] * 2,
}


@pytest.mark.parametrize("parting", ["html", "\t", "\n", " "])
@pytest.mark.parametrize("header", HEADERS)
def test_a_header_of_one_row_or_with_its_merged_cells_filled_names_all_its_columns(header: str, parting: str) -> None:
    lines = [*HEADERS[header], [str(figure) for figure in FIGURES]]
    title, heading = "云岭县2021年政府信息公开工作年度报告", "四、政府信息公开行政复议、行政诉讼情况"
    if parting == "html":
        rows = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in line)}</tr>" for line in lines)
        body = f'<meta charset="utf-8"><h1>{title}</h1><p>{heading}</p><table>{rows}</table>'
    else:
        body = "\n".join([title, heading, *(parting.join(line) for line in lines)])
    cells = {(cell.row, cell.column): cell for cell in parse([Source(body.encode())]).cells if cell.table == REVIEW}
    columns = [column.key for column in FORM.table(REVIEW).columns]
    assert [cells[row, column].value for row in ROWS for column in columns] == FIGURES
    assert min(cell.confidence for cell in cells.values()) > 0.9


def test_of_headings_in_one_row_those_of_a_block_may_stand_before_those_of_the_first() -> None:
    heads = [block + outcome for block in ("未经复议直接起诉", "行政复议", "复议后起诉") for outcome in OUTCOMES]
    cells = flowing(heads, FIGURES)
    assert [cells["litigation_direct", column][1] for column in ("upheld", "total")] == [1, 10]
    assert [cells["review", column][1] for column in ("upheld", "total")] == [5, 26]


@pytest.mark.parametrize("parting", ["\t", " | "])
def test_a_figure_in_a_line_of_its_own_makes_no_cell_absent_or_empty(parting: str) -> None:
    names = [row.labels[0] for row in FORM.table(REVIEW).rows]
    pairs = [(name, outcome) for name in names for outcome in OUTCOMES]
    beside = [[*pair, str(value)] for pair, value in zip(pairs, FIGURES, strict=True)]
    joined = [[name + outcome for name, outcome in pairs], [str(value) for value in FIGURES]]
    blocks = [[name, *map(str, FIGURES[5 * at : 5 * at + 5])] for at, name in enumerate(names)]
    heads = [[names[0], *[""] * 4, "行政诉讼", *[""] * 9], [*[""] * 5, names[1], *[""] * 4, names[2], *[""] * 4]]
    upright = [["", *OUTCOMES[1:]], [str(FIGURES[0])], [names[0], *blocks[0][2:]], *blocks[1:]]
    empty = [["", *OUTCOMES[1:], *OUTCOMES, *OUTCOMES], [str(FIGURES[0])], ["", *map(str, FIGURES[1:])]]
    for lines in (
        [*([piece] for piece in beside[0]), *beside[1:]],
        [piece for line in joined for piece in (line[:1], line[1:])],
        [OUTCOMES[:1], *upright],
        [*heads, OUTCOMES[:1], *empty],
    ):
        printed = "\n".join(parting.join(line) for line in lines)
        part = f"四、政府信息公开行政复议、行政诉讼情况\n{printed}\n五、存在的主要问题\n"
        report = parse([Source(f"云岭县2021年政府信息公开工作年度报告\n{part}".encode())])
        found = [cell for cell in report.cells if cell.table == REVIEW]
        claimed = [cell.value for cell in found if cell.state not in {State.UNREAD, State.AMBIGUOUS}]
        assert len(found) == len(FIGURES)
        assert claimed in (FIGURES, FIGURES[1:])


def test_cells_run_together_between_bars_leave_all_others_open() -> None:
    heads = "| 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 " * 3 + "|"
    names = "| 行政复议 |  |  |  |  | 未经复议直接起诉 |  |  |  |  | 复议后起诉 |  |  |  |  |"
    row = "| 20 | 0 0 | 0 | 20 |  | 0 | 0 | 0 | 0 |  | 0 0 | 0 |  | 7 | 7 |"
    text = "四、政府信息公开行政复议、行政诉讼情况\n" + "\n".join([names, "| - " * 15 + "|", heads, row]) + "\n"
    report = parse([Source(f"甲县财政局2022年政府信息公开工作年度报告\n{text}五、存在的主要问题\n".encode())])
    states = {one.state for one in report.cells if one.table == "review_litigation"}
    assert states
    assert states.isdisjoint({State.NUMBER, State.BLANK})


@pytest.mark.parametrize(
    "heading",
    [
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "四、政府信息公开行政复议和行政诉讼情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    ],
)
def test_a_small_table_before_the_heading_of_part_four_has_no_say(heading: str) -> None:
    small = "<table><tr><td>申请渠道</td><td>网络</td><td>信函</td><td>当面</td><td>总计</td></tr>"
    small += "<tr><td>数量</td><td>20</td><td>5</td><td>1</td><td>26</td></tr></table>"
    body = page(OUTCOMES).replace(
        "<p>四、政府信息公开行政复议、行政诉讼情况</p>".encode(), f"{small}<p>{heading}</p>".encode()
    )
    assert small.encode() in body
    cells = read(body)
    assert [cells["review", column][:2] for column in ("upheld", "total")] == [(State.NUMBER, 1), (State.NUMBER, 5)]
    assert cells["litigation_after_review", "total"][:2] == (State.NUMBER, 15)
