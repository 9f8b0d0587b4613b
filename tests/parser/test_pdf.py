"""PDFs: tables from their lines, text around them, and what cannot be read."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from pdf_writer import HEIGHT, WIDTH, Sheet, advance, pdf

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Document, Grid, Line, Paragraph, Source
from gicrawl.parser.output import message
from gicrawl.parser.readers.ocr_engine import is_here
from gicrawl.parser.readers.pdf import read
from gicrawl.parser.readers.pdf_page import UNKNOWN
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Ends = Callable[[], AbstractContextManager[None]]


def document(*sheets: Sheet) -> Document:
    return read(pdf(*sheets), Context())


def grids(*sheets: Sheet) -> list[Grid]:
    return [block for block in document(*sheets).blocks if isinstance(block, Grid)]


def spans(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in grid.cells]


MERGED = [
    (0, 0, 2, 1, "事项"),
    (0, 1, 1, 2, "数量"),
    (1, 1, 1, 1, "本年"),
    (1, 2, 1, 1, "上年"),
    (2, 0, 1, 1, "办理结\n果"),
    (2, 1, 1, 1, "1045"),
    (2, 2, 1, 1, ""),
]
XS, YS = [80.0, 180, 300, 420], [100.0, 130, 160, 200]


@pytest.mark.parametrize("bars", [False, True])
def test_lines_and_thin_boxes_draw_the_same_merged_cells(bars: bool) -> None:  # noqa: FBT001 - a parameter
    sheet = Sheet()
    sheet.table(XS, YS, MERGED, bars=bars)
    (grid,) = grids(sheet)
    assert spans(grid) == MERGED
    assert (grid.rows, grid.columns) == (3, 3)
    assert grid.cells[5].evidence == {"page": 1, "box": pytest.approx([180, 160, 300, 200], abs=0.6)}


def test_open_sides_and_a_frame_around_the_page_change_nothing() -> None:
    sheet = Sheet()
    sheet.table([20, 575], [20, 820], [(0, 0, 1, 1, "")])
    for x in (180, 300):
        sheet.line(x, 100, x, 160)
    for y in (100, 130, 160):
        sheet.line(80, y, 420, y)
    for row, y in enumerate((112, 142)):
        for column, x in enumerate((82, 182, 302)):
            sheet.text(x, y, f"{row}{column}", 9)
    (grid,) = grids(sheet)
    assert [cell.text for cell in grid.cells] == ["00", "01", "02", "10", "11", "12"]


OVER = [(0, 0, 1, 1, "1"), (0, 1, 1, 1, "2"), (0, 2, 1, 1, "30"), (1, 0, 1, 1, "4"), (1, 1, 1, 1, ""), (1, 2, 1, 1, "")]


@pytest.mark.parametrize(
    ("width", "texts"),
    [
        (595, ["1", "2", "30", "4", "", ""]),  # all of it is on the page
        (420.25, ["1", "2", "30", "4", "", "\ufffd"]),  # its last line is where the page ends
        (400, ["1", "2", "30", "4", "", "\ufffd"]),
        (386, ["1", "2", "3\ufffd", "4", "", "\ufffd"]),  # nobody sees the 0
        (302, ["1", "2\ufffd", "\ufffd", "4", "\ufffd", "\ufffd"]),
    ],
)
def test_what_a_table_has_beyond_the_edge_of_its_page_is_illegible_and_never_blank(
    width: float, texts: list[str]
) -> None:
    sheet = Sheet(width=width)
    sheet.table([80.0, 280, 380, 420], YS[:3], OVER)
    sheet.ops = [op.replace("282.00", "294.00") for op in sheet.ops]  # 2 stands in the middle of its column
    read_in = document(sheet)
    (grid,) = [block for block in read_in.blocks if isinstance(block, Grid)]
    assert [cell.text for cell in grid.cells] == texts
    assert [code for code, _ in read_in.problems] == (["table_over_edge"] if width < 595 else [])


def test_a_page_of_rules_without_a_word_that_run_over_its_edge_says_one_thing() -> None:
    """It failed with two problems: that it has no text, and that a table runs over the edge of its page."""
    sheet = Sheet(width=400)
    sheet.table([80.0, 280, 380, 420], YS[:3], [(*at[:4], "") for at in OVER])
    read_in = document(sheet)
    assert read_in.failed
    assert len(read_in.problems) == 1


def test_the_place_beside_a_narrower_table_that_touches_a_wider_one_is_no_blank_cell() -> None:
    sheet = Sheet()
    sheet.table([80.0, 180, 300, 420], [100.0, 120, 140], [(r, c, 1, 1, f"{r}{c}") for r in (0, 1) for c in range(3)])
    sheet.table([80.0, 180, 300], [140.0, 160, 180], [(r, c, 1, 1, f"{r + 2}{c}") for r in (0, 1) for c in (0, 1)])
    cells = [cell.text for grid in grids(sheet) for cell in grid.cells]
    assert cells == ["00", "01", "02", "10", "11", "12", "20", "21", "30", "31"]


def test_a_table_within_a_cell_keeps_its_own_cells() -> None:
    sheet = Sheet()
    sheet.table([50, 300, 550], [50, 400], [(0, 0, 1, 1, "外"), (0, 1, 1, 1, "")])
    sheet.table([320, 400, 500], [100, 120, 140], [(r, c, 1, 1, f"{r}{c}") for r in (0, 1) for c in (0, 1)])
    found = sorted(grids(sheet), key=lambda grid: grid.rows)
    assert [[cell.text for cell in grid.cells] for grid in found] == [["外", ""], ["00", "01", "10", "11"]]


def shown(turns_shown: int, turns_drawn: int) -> Sheet:
    """A page whose content is drawn turned back by `turns_drawn` quarters and shown turned by `turns_shown`."""
    upright = Sheet()
    upright.text(80, 60, "一、总体情况", 16)
    upright.table(XS, YS, MERGED)
    matrix = {
        0: "1 0 0 1 0 0",
        1: f"0 1 -1 0 {HEIGHT} 0",
        2: f"-1 0 0 -1 {WIDTH} {HEIGHT}",
        3: f"0 -1 1 0 0 {WIDTH}",
    }[turns_drawn]
    size = (HEIGHT, WIDTH) if turns_drawn % 2 else (WIDTH, HEIGHT)
    return Sheet(*size, turned=turns_shown, ops=[f"{matrix} cm", *upright.ops])


@pytest.mark.parametrize("turns", range(4))
def test_a_turned_page_reads_as_it_is_shown(turns: int) -> None:
    assert document(shown(turns, turns)).blocks == document(shown(0, 0)).blocks


@pytest.mark.parametrize("turns", range(1, 4))
def test_text_that_lies_on_the_page_shown_is_read_and_its_place_is_on_that_page(turns: int) -> None:
    lying, upright = document(shown(0, turns)), document(shown(0, 0))
    (a,), (b,) = ([x for x in d.blocks if isinstance(x, Grid)] for d in (lying, upright))
    assert spans(a) == spans(b)
    x0, y0, x1, y1 = b.evidence["box"]
    expected = {
        1: [y0, WIDTH - x1, y1, WIDTH - x0],
        2: [WIDTH - x1, HEIGHT - y1, WIDTH - x0, HEIGHT - y0],
        3: [HEIGHT - y1, x0, HEIGHT - y0, x1],
    }
    assert a.evidence["box"] == pytest.approx(expected[turns], abs=0.2)


HEAD = [(0, 0, 1, 1, "事项"), (0, 1, 1, 1, "数量")]


def halves(*, repeat: bool, cut: bool, tail: str = "的后半") -> list[Sheet]:
    first, second = Sheet(), Sheet()
    first.text(290, 815, "- 1 -")
    second.text(290, 815, "- 2 -")
    xs = [80.0, 200, 400]
    rows = [*HEAD, (1, 0, 1, 1, "甲"), (1, 1, 1, 1, "11"), (2, 0, 1, 1, "很长的事项"), (2, 1, 1, 1, "22")]
    first.table(xs, [700, 720, 740, 790], rows, open_bottom=cut)
    rest = HEAD if repeat else []
    at = len(rest) // 2
    rest = [*rest, (at, 0, 1, 1, tail), (at, 1, 1, 1, "" if cut else "33"), (at + 1, 0, 1, 1, "丁")]
    rest.append((at + 1, 1, 1, 1, "44"))
    second.table([79.0, 199, 399], [60.0 + 20 * n for n in range(at + 3)], rest, open_top=cut)
    return [first, second]


@pytest.mark.parametrize("repeat", [False, True])
def test_a_table_over_a_page_break_is_one_and_has_its_head_once(repeat: bool) -> None:  # noqa: FBT001 - a parameter
    (grid,) = grids(*halves(repeat=repeat, cut=False, tail="丙"))
    assert [cell.text for cell in grid.cells] == [
        "事项",
        "数量",
        "甲",
        "11",
        "很长的事项",
        "22",
        "丙",
        "33",
        "丁",
        "44",
    ]
    assert [cell.row for cell in grid.cells[::2]] == [0, 1, 2, 3, 4]
    assert grid.rows == 5
    assert [cell.evidence["page"] for cell in grid.cells[::2]] == [1, 1, 1, 2, 2]
    assert (grid.evidence["page"], grid.evidence["last_page"]) == (1, 2)


def test_a_cell_that_no_line_closes_at_the_break_is_one_cell() -> None:
    (grid,) = grids(*halves(repeat=False, cut=True))
    assert [cell.text for cell in grid.cells] == ["事项", "数量", "甲", "11", "很长的事项\n的后半", "22", "丁", "44"]
    assert grid.rows == 4
    long = grid.cells[4]
    assert (long.rowspan, long.evidence["page"], long.evidence["last_page"]) == (1, 1, 2)


def closed_halves(first: tuple[str, str], second: tuple[str, str]) -> list[Sheet]:
    """A table whose last row on one page and first row on the next hold these, all of them closed by lines."""
    above, below = Sheet(), Sheet()
    xs = [80.0, 200, 400]
    rows = [*HEAD, (1, 0, 1, 1, "1.甲项"), (1, 1, 1, 1, "11"), (2, 0, 1, 1, first[0]), (2, 1, 1, 1, first[1])]
    above.table(xs, [700, 720, 740, 790], rows)
    rest = [(0, 0, 1, 1, second[0]), (0, 1, 1, 1, second[1]), (1, 0, 1, 1, "3.丁项"), (1, 1, 1, 1, "44")]
    below.table(xs, [60, 80, 100], rest)
    return [above, below]


@pytest.mark.parametrize(("above", "below"), [("22", ""), ("", "22")])
def test_a_row_that_a_break_parts_is_one_though_lines_close_both_parts(above: str, below: str) -> None:
    (grid,) = grids(*closed_halves(("2.很长的事", above), ("项的后半", below)))
    assert [cell.text for cell in grid.cells if cell.row == 2] == ["2.很长的事\n项的后半", "22"]
    assert grid.rows == 4


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2.乙项", "22"), ("3.丙项", "")),
        (("2.乙项", "22"), ("丙项", "33")),
        (("乙项", "22"), ("丙项", "")),
        (("2.乙项", "22"), ("", "33")),
        (("", "22"), ("3.丙项", "33")),
    ],
)
def test_a_row_after_a_break_that_may_be_one_of_its_own_is(first: tuple[str, str], second: tuple[str, str]) -> None:
    (grid,) = grids(*closed_halves(first, second))
    assert [cell.text for cell in grid.cells if cell.row in {2, 3}] == [*first, *second]


@pytest.mark.parametrize(("first", "second"), [(("2.乙项", ""), ("", "22")), (("", "22"), ("2.乙项", ""))])
def test_a_label_and_its_figures_on_two_pages_are_one_row(first: tuple[str, str], second: tuple[str, str]) -> None:
    (grid,) = grids(*closed_halves(first, second))
    assert [cell.text for cell in grid.cells if cell.row == 2] == ["2.乙项", "22"]
    assert grid.rows == 4


def parted(above: list[tuple[int, int, int, int, str]], below: list[tuple[int, int, int, int, str]]) -> list[Grid]:
    """A table of groups, labels and three figures; the row that the break parts, or begins with, on both its sides."""
    first, second = Sheet(), Sheet()
    head = [(0, 0, 1, 2, "事项"), (0, 2, 1, 1, "甲"), (0, 3, 1, 1, "乙"), (0, 4, 1, 1, "计")]
    row = [(1, 0, 2, 1, "（一）前组"), (1, 1, 1, 1, "1.甲项"), *[(1, 2 + at, 1, 1, str(at)) for at in range(3)]]
    first.table([80, 160, 280, 320, 360, 400], [680, 700, 740, 780], [*head, *row, *above])
    rest = [(1, 1, 1, 1, "末项"), *[(1, 2 + at, 1, 1, "9") for at in range(3)]]
    second.table([80, 160, 280, 320, 360, 400], [60, 100, 140], [(0, 0, 2, 1, ""), *below, *rest])
    return grids(first, second)


def test_figures_of_one_row_on_both_sides_of_a_break_are_one_row_and_those_of_two_are_not() -> None:
    values = [(2, 2, 1, 1, "5"), (2, 3, 1, 1, ""), (2, 4, 1, 1, "")]
    (grid,) = parted(
        [(2, 1, 1, 1, ""), *values],
        [(0, 1, 1, 1, "2.乙项"), *[(0, 2 + at, 1, 1, more) for at, more in enumerate(("", "6", "7"))]],
    )
    assert [cell.text for cell in grid.cells if cell.row == 2] == ["2.乙项", "5", "6", "7"]
    (grid,) = parted(
        [(2, 1, 1, 1, ""), *values],
        [(0, 1, 1, 1, "2.乙项"), *[(0, 2 + at, 1, 1, more) for at, more in enumerate(("4", "6", "7"))]],
    )
    assert [cell.text for cell in grid.cells if cell.row == 3 and cell.column] == ["2.乙项", "4", "6", "7"]


def test_a_merged_cell_left_out_on_a_page_does_not_part_its_table() -> None:
    first, second = Sheet(), Sheet()
    xs = [80.0, 120, 200, 240, 280, 320, 360]
    row = [(0, 1, 1, 1, "1.甲项"), *[(0, 2 + at, 1, 1, str(at)) for at in range(4)]]
    first.table(xs, [700, 720], [(0, 0, 1, 1, "办理结果"), *row])
    second.table(xs[1:], [60, 80], [(0, at - 1, 1, 1, text) for _, at, _, _, text in row])
    (grid,) = grids(first, second)
    assert [(cell.row, cell.column) for cell in grid.cells if cell.text == "1.甲项"] == [(0, 1), (1, 1)]


def test_a_head_is_repeated_though_the_page_before_lacks_some_of_the_lines_of_columns() -> None:
    first, second = Sheet(), Sheet()
    head = [(0, 0, 1, 1, "事项"), (0, 1, 1, 1, "数量")]
    first.table([80, 200, 400], [700, 720, 740], [*head, (1, 0, 1, 1, "甲"), (1, 1, 1, 1, "11")])
    below = [(0, 0, 1, 2, "事项"), (0, 2, 1, 1, "数量")]
    rest = [(1, 0, 1, 1, "组"), (1, 1, 1, 1, "乙"), (1, 2, 1, 1, "22")]
    second.table([80, 120, 200, 400], [60, 80, 100], [*below, *rest])
    (grid,) = grids(first, second)
    assert [cell.text for cell in grid.cells] == ["事项", "数量", "甲", "11", "组", "乙", "22"]


def test_two_numbers_on_both_sides_of_a_break_stay_two() -> None:
    first, second = Sheet(), Sheet()
    xs = [80.0, 200, 400]
    first.table(xs, [700, 720, 740], [(0, 0, 1, 2, "表"), (1, 0, 1, 1, "甲"), (1, 1, 1, 1, "11")], open_bottom=True)
    second.table(xs, [60, 80, 100], [(0, 0, 1, 1, "乙"), (0, 1, 1, 1, "22"), (1, 0, 1, 2, "末")], open_top=True)
    (grid,) = grids(first, second)
    assert [(cell.row, cell.text) for cell in grid.cells if cell.column == 1] == [(1, "11"), (2, "22")]


def test_a_merged_cell_beside_whole_rows_spans_the_break() -> None:
    first, second = Sheet(), Sheet()
    for sheet, top, words in ((first, 700, ("合", "11")), (second, 60, ("计", "22"))):
        sheet.table([120, 400], [top, top + 20], [(0, 0, 1, 1, words[1])])
        sheet.line(80, top, 80, top + 20)
        sheet.text(82, top + 10, words[0], 9)
    first.line(80, 700, 120, 700)
    second.line(80, 80, 120, 80)
    (grid,) = grids(first, second)
    assert spans(grid) == [(0, 0, 2, 1, "合\n计"), (0, 1, 1, 1, "11"), (1, 1, 1, 1, "22")]


def test_another_table_or_words_between_end_a_table() -> None:
    first, second, third = Sheet(), Sheet(), Sheet()
    rows = [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "1")]
    first.table([80, 200, 400], [700, 720], rows)
    second.table([80, 240, 300, 520], [60, 80], [*rows, (0, 2, 1, 1, "2")])
    second.text(80, 200, "四、其他情况", 16)
    third.table([80, 240, 300, 520], [60, 80], [*rows, (0, 2, 1, 1, "3")])
    assert [grid.rows for grid in grids(first, second, third)] == [1, 1, 1]


def prose(sheet: Sheet, lines: list[str], top: float = 100, left: float = 80) -> None:
    for at, line in enumerate(lines):
        indent = 32 if line.startswith("\t") else 0
        sheet.text(left + indent, top + 28 * at, line.strip("\t"), 16)


def test_lines_broken_for_lack_of_room_are_one_paragraph_even_over_a_page() -> None:
    first, second = Sheet(), Sheet()
    first.text(165.5, 60, "示例市人民政府二〇二三年", 22)
    first.text(165.5, 90, "政府信息公开工作年度报告", 22)
    prose(
        first,
        ["\t本年度共收到申请一千二百三十四件，全部按", "时办结。", "\t另有依申请公开事项若干，逐一办理，共计1"],
        720,
    )
    second.text(290, 815, "- 2 -")
    prose(second, ["23件，均已办结，无一件逾期，也无一件被纠正", "并如数归档。", "\t其他情况"], 80)
    found = [block for block in document(first, second).blocks if isinstance(block, Paragraph)]
    assert [block.text for block in found] == [
        "示例市人民政府二〇二三年政府信息公开工作年度报告",
        "本年度共收到申请一千二百三十四件，全部按时办结。",
        "另有依申请公开事项若干，逐一办理，共计123件，均已办结，无一件逾期，也无一件被纠正并如数归档。",
        "其他情况",
    ]
    assert (found[2].evidence["page"], found[2].evidence["last_page"]) == (1, 2)


def test_a_flat_character_that_the_file_draws_itself_stands_in_its_line() -> None:
    sheet = Sheet()
    for at, (before, after) in enumerate(
        [("（", "）总体情况良好，公开及时准确有"), ("序推进，全年", "共办结申请四十五件。")]
    ):
        sheet.text(100, 100 + 28 * at, before, 16)
        sheet.stroke(100 + 16 * len(before), 100 + 28 * at, 16)
        sheet.text(116 + 16 * len(before), 100 + 28 * at, after, 16)
    (found,) = document(sheet).blocks
    assert isinstance(found, Paragraph)
    assert found.text == "（一）总体情况良好，公开及时准确有序推进，全年一共办结申请四十五件。"


def test_what_a_browser_prints_at_the_edges_of_pages_is_no_text_and_no_margin() -> None:
    sheets = [Sheet(), Sheet()]
    for number, sheet in enumerate(sheets, 1):
        sheet.text(20, 30, "2024/1/15 上午9:05", 8)
        sheet.text(380, 30, "示例市某局2023年政府信息公开工作年度报告", 8)
        sheet.text(20, 825, "https://www.example.gov.cn/art/2024/1/15/art_1_2.html", 8)
        sheet.text(550, 825, f"{number}/2", 8)
        prose(sheet, 3 * ["\t本年度通过各类渠道公开信息共计一千条，网站发布", f"{number}23条。"], 100)
    first, *others = document(*sheets).blocks
    assert isinstance(first, Line)  # the title, once
    text = "本年度通过各类渠道公开信息共计一千条，网站发布{}23条。"
    found = [block.text for block in others if isinstance(block, Paragraph)]
    assert found == [text.format(number) for number in (1, 2) for _ in range(3)]
    assert len(found) == len(others)


def test_page_numbers_and_running_heads_are_left_out_and_other_numbers_stay() -> None:
    sheets = [Sheet() for _ in range(4)]
    for number, sheet in enumerate(sheets, 1):
        sheet.text(200, 40, "示例市信息公开年报")
        sheet.text(290, 820, str(number + 4))
        prose(sheet, [f"\t第{number}段的文字写在这里。"])
    sheets[3].text(100, 800, "8800")
    text = [block.text for block in document(*sheets).blocks if isinstance(block, Paragraph)]
    assert text == [f"第{n}段的文字写在这里。" for n in range(1, 5)] + ["8800"]


def test_a_running_head_of_two_pages_does_not_part_their_table() -> None:
    sheets = [Sheet(), Sheet()]
    for number, sheet in enumerate(sheets):
        sheet.text(200, 40, "示例市人民政府公报")
        sheet.table(
            XS, [700.0, 730, 760] if number == 0 else [60.0, 90], [(0, c, 1, 1, f"{number}{c}") for c in range(3)]
        )
    blocks = document(*sheets).blocks
    assert [type(block) for block in blocks] == [Paragraph, Grid]  # on the first page it may be the title


def test_a_table_without_lines_comes_as_fields_with_the_empty_ones_in_their_columns() -> None:
    sheet = Sheet()
    rows = [
        ("事项", "本年", "上年", "合计"),
        ("受理", "12", "3", "15"),
        ("办结", "", "7", "7"),
        ("结转", "0", "", "1205"),
    ]
    for at, row in enumerate(rows):
        for x, text in zip((80, 200, 300, 400), row, strict=True):
            if text:
                sheet.text(x - advance(text, 10) / 2, 100 + 20 * at, text)
    lines = [block for block in document(sheet).blocks if isinstance(block, Line)]
    assert [tuple(part.text for part in line.fields) for line in lines] == rows
    assert lines[1].evidence["page"] == 1


HEADS = ("自然人", "企业", "科研", "总计")
PLACES = (300, 350, 400, 450)


def unruled(figures: list[tuple[str, ...]], heads: tuple[str, ...] = HEADS, pitch: float = 24) -> list[list[str]]:
    """The fields of rows of a table that no line rules, its figures under their headings."""
    sheet = Sheet()
    sheet.text(360, 76, "申请人情况")
    for x, head in zip(PLACES, heads, strict=True):
        sheet.text(x - advance(head, 10) / 2, 100, head)
    for number, row in enumerate(figures):
        y = 124 + number * pitch
        if row[0] != "+":
            sheet.text(100, y, f"事项第{'一二三四五六七八九十'[number]}")
        for x, figure in zip(PLACES, row[-4:], strict=True):
            sheet.text(x - advance(figure, 10) / 2, y, figure) if figure else None
    lines = [block for block in document(sheet).blocks if isinstance(block, Line)]
    return [[part.text for part in line.fields] for line in lines if line.fields[0].text.startswith("事项")]


def test_cells_without_figures_of_a_table_without_lines_are_told_by_their_headings() -> None:
    rows: list[tuple[str, ...]] = [
        ("12", "", "", "12"),
        ("", "7", "", "7"),
        *[("3", "4", "", "7")] * 7,
        ("", "", "", "5"),
    ]
    assert [tuple(row[1:]) for row in unruled(rows)] == [*rows[:-1], ("5",)]  # the last one has too few to be sure


def test_columns_that_no_headings_tell_and_numbers_broken_in_their_cells_are_given_no_places() -> None:
    rows: list[tuple[str, ...]] = [("12", "", "", "12"), ("", "7", "", "7"), *[("3", "4", "", "7")] * 8]
    shifted = ("自然人", "", "", "总计")
    assert unruled(rows, shifted)[1] == ["事项第二", "", "7", "7"]  # three columns have figures
    broken: list[tuple[str, ...]] = [*rows[:8], ("17", "", "", "17"), ("+", "5", "", "", "5")]
    assert unruled(broken, pitch=15)[1] == ["事项第二", "7", "7"]


def flush(figures: tuple[str, ...], gap: float = 60, *, right: bool = False) -> list[list[str]]:
    """The rows of a table without lines whose figures stand flush with their headings, and where labels end at them."""
    sheet = Sheet()
    for y, row in enumerate([HEADS, *[figures] * 9]):
        if y:
            sheet.text(PLACES[0] - 40 - (gap if y == 9 else 60), 100 + 24 * y, "很长事项")
        for x, text in zip(PLACES, row, strict=True):
            sheet.text(x + (30 - advance(text, 10)) * right, 100 + 24 * y, text) if text else None
    lines = [block for block in document(sheet).blocks if isinstance(block, Line)]
    return [[part.text for part in line.fields] for line in lines]


@pytest.mark.parametrize("right", [False, True])
def test_headings_flush_with_their_figures_tell_columns_without_any(right: bool) -> None:  # noqa: FBT001 - a parameter
    assert flush(("112", "", "", "5"), right=right)[-1] == ["很长事项", "112", "", "", "5"]
    assert flush(("112", "7", "", "5"), right=right)[-1] == ["很长事项", "112", "7", "", "5"]


def test_a_figure_close_behind_its_label_in_a_table_without_lines_is_that_of_the_first_column() -> None:
    assert flush(("12", "7", "", "5"), gap=0)[-1] == ["很长事项", "12", "7", "", "5"]


def test_figures_of_two_columns_that_touch_each_other_are_given_no_place() -> None:
    sheet = Sheet()
    for y, row in enumerate([("自然", "企业", "科研", "总计"), *[("27926", "42", "", "8")] * 9]):
        sheet.text(100, 100 + 24 * y, "事项" if y else "")
        for x, text in zip((300, 325, 400, 450), row, strict=True):
            sheet.text(x, 100 + 24 * y, text) if text else None
    lines = [block for block in document(sheet).blocks if isinstance(block, Line)]
    assert [part.text for part in lines[-1].fields] == ["事项", "2792642", "8"]


def broken(tail: tuple[str, ...], first: str, pitch: float = 24, leading: float = 12) -> list[list[str]]:
    """The lines of a table without rules whose third row has one more line of these digits under its figures."""
    sheet = Sheet()
    y = 100.0
    for number in range(8):
        for at, row in enumerate((("241", "0", "35", "376"), tail) if number == 2 else [("35", "0", "107", "142")]):
            sheet.text(100, y + at * leading, (f"{number + 1}.事项第一" if at == 0 else first))
            for x, figure in zip(PLACES, row, strict=True):
                sheet.text(x, y + at * leading, figure) if figure else None
        y += pitch
    lines = [block for block in document(sheet).blocks if isinstance(block, Line)]
    return [[part.text for part in line.fields] for line in lines]


def test_a_number_broken_in_a_narrow_cell_of_a_table_without_lines_is_one() -> None:
    third = broken(("7", "", "", "1"), "的后半")[2]
    assert third == ["3.事项第一", "2417", "0", "35", "3761"]
    assert broken(("7", "", "", "1"), "")[2] == third
    assert len(broken(("7", "", "", "1"), "")) == 8


def test_a_number_that_may_be_broken_in_a_table_without_lines_is_open() -> None:
    assert broken(("7", "", "2", "1"), "")[2] == ["3.事项第一", f"241{UNKNOWN}", "0", f"35{UNKNOWN}", f"376{UNKNOWN}"]


def test_rows_of_a_table_without_lines_stay_apart_where_rows_stand_as_close() -> None:
    for rows in (broken(("7", "", "", "1"), "的后半", pitch=13), broken(("7", "4", "2", "1"), "")):
        assert rows[2] == ["3.事项第一", "241", "0", "35", "376"]


def test_a_number_that_may_go_on_behind_a_page_break_is_open() -> None:
    first, second = Sheet(), Sheet()
    for number in range(8):
        first.text(100, 400 + 40 * number, f"{number + 1}.事项")
        for x, figure in zip(PLACES, ("241", "0", "35", "376"), strict=True):
            first.text(x, 400 + 40 * number, figure)
    first.text(100, 693, "的前半")
    second.text(100, 100, "的后半")
    second.text(PLACES[0], 100, "7")
    second.text(PLACES[3], 100, "1")
    rows = [[part.text for part in line.fields] for line in document(first, second).blocks if isinstance(line, Line)]
    assert rows[7] == ["8.事项", f"241{UNKNOWN}", "0", "35", f"376{UNKNOWN}"]
    assert rows[6] == ["7.事项", "241", "0", "35", "376"]


def test_digits_of_one_number_are_never_parted_and_those_of_two_cells_never_joined() -> None:
    sheet = Sheet()
    cells = [(0, column, 1, 1, "") for column in range(4)]
    sheet.table([80, 110, 124, 138, 300], [100, 160], cells)
    for at, digit in enumerate("1234567"):
        sheet.text(150 + 8 * at, 120, digit)
    sheet.text(111, 120, "12")
    sheet.text(126, 120, "34")
    for at, part in enumerate(("12345", "678.5")):
        sheet.text(82, 115 + 14 * at, part, 10)
    (grid,) = grids(sheet)
    assert [cell.text for cell in grid.cells] == ["12345678.5", "12", "34", "1234567"]


def test_a_number_too_wide_for_its_cell_is_not_cut_in_two() -> None:
    sheet = Sheet()
    sheet.table([80, 110, 150, 200], [100, 120], [(0, 0, 1, 1, ""), (0, 1, 1, 1, ""), (0, 2, 1, 1, "7")])
    sheet.text(107.5, 112, "123456", 9)
    sheet.text(151, 112, "89", 9)
    sheet.text(84, 112, "5", 9)
    (grid,) = grids(sheet)
    assert [cell.text for cell in grid.cells][:2] == ["5", "123456"]


def test_a_heading_that_hangs_over_its_rule_onto_a_figure_is_that_of_the_empty_cell_above() -> None:
    sheet = Sheet()
    cells = [(0, 0, 1, 1, "其他"), (0, 1, 1, 1, ""), (1, 0, 1, 1, "3"), (1, 1, 1, 1, "")]
    sheet.table([80, 200, 300], [100, 120, 140], cells)
    sheet.text(202, 126, "总计", 9)
    sheet.text(204, 134, "5", 9)
    (grid,) = grids(sheet)
    assert [cell.text for cell in grid.cells] == ["其他", "总计", "3", "5"]


def test_a_label_that_runs_over_its_right_edge_onto_a_figure_is_whole_and_the_figure_is_one() -> None:
    sheet = Sheet()
    cells = [(0, 0, 1, 1, "其他法律行政法规"), (0, 1, 1, 1, "\n7"), (1, 0, 1, 1, "国家秘密"), (1, 1, 1, 1, "约8件")]
    sheet.table([80, 140, 220], [100, 130, 150], cells)
    (grid,) = grids(sheet)
    assert [cell.text for cell in grid.cells] == ["其他法律行政法规", "7", "国家秘密", "约8件"]


def test_a_row_of_figures_without_lines_between_has_the_columns_of_the_ruled_rows() -> None:
    sheet = Sheet()
    ruled = [
        (row, column, 1, 1, text) for row in (0, 2) for column, text in enumerate(("国家秘密", "1", "2", "3", "6"))
    ]
    sheet.table([80, 140, 180, 220, 260, 300], [100, 120, 140, 160], [*ruled, (1, 0, 1, 5, "商业秘密")])
    for x, figure in ((182, "12"), (222, "0"), (262, "12")):
        sheet.text(x, 110 + 20, figure, 9)
    (grid,) = grids(sheet)
    assert [(cell.column, cell.colspan, cell.text) for cell in grid.cells if cell.row == 1] == [
        (0, 2, "商业秘密"),
        (2, 1, "12"),
        (3, 1, "0"),
        (4, 1, "12"),
    ]


def test_numbers_below_each_other_in_a_wide_cell_stay_apart() -> None:
    sheet = Sheet()
    sheet.table([80, 200, 300], [100, 160], [(0, 0, 1, 1, "甲\n乙"), (0, 1, 1, 1, "12\n34")])
    assert [cell.text for cell in grids(sheet)[0].cells] == ["甲\n乙", "12\n34"]


def test_print_drawn_twice_counts_once_and_a_watermark_not_at_all() -> None:
    sheet = Sheet()
    sheet.table([80, 200, 300], [100, 120], [(0, 0, 1, 1, "合计"), (0, 1, 1, 1, "11")])
    sheet.text(202.3, 110, "11", 9)
    sheet.text(90, 125, "内部资料 2019", 30, angle=30)
    assert [cell.text for cell in grids(sheet)[0].cells] == ["合计", "11"]
    assert len(document(sheet).blocks) == 1


def sealed(words: str, x: float, y: float, red: bool = True) -> list[str]:  # noqa: FBT001, FBT002 - a parameter
    """The cells of a table with something printed over it."""
    sheet = Sheet()
    cells = [(0, 0, 1, 1, "甲项事项"), (0, 1, 1, 1, "384"), (0, 2, 1, 1, ""), (0, 3, 1, 1, "27")]
    sheet.table([80, 140, 180, 220, 260], [100, 120], cells)
    sheet.text(x, y, words, red=red)
    (grid,) = grids(sheet)
    return [cell.text for cell in grid.cells]


def test_a_seal_over_a_table_is_no_part_of_its_figures_and_hides_none() -> None:
    assert sealed("3305", 144, 110) == ["甲项事项", "384", "", "27"]  # on a figure
    assert sealed("审计局", 171, 118) == ["甲项事项", "384", "", "27"]  # on a line of the table
    assert sealed("33052100", 165, 118) == ["甲项事项", "384", UNKNOWN, "27"]  # and on a cell that looks empty
    assert sealed("12", 190, 110) == ["甲项事项", "384", "12", "27"]  # a figure in red


def test_figures_that_lie_on_others_of_their_colour_are_no_numbers() -> None:
    _, figure, *_ = sealed("3305", 144, 110, red=False)
    assert UNKNOWN in figure
    sheet = Sheet()
    sheet.text(80, 100, "全年培训384人次")
    sheet.text(118, 100, "3305")
    (block,) = document(sheet).blocks
    assert isinstance(block, Paragraph)
    assert UNKNOWN in block.text


def failure(body: bytes) -> tuple[Status, list[str], int]:
    report = parse([Source(body)])
    assert all(message(problem, lang) for problem in report.problems for lang in ("en", "zh"))
    return report.identity.status, [problem.code for problem in report.problems], len(report.cells)


UNREADABLE = "no_text_recognised" if is_here() else "needs_ocr"
"""What is said of pages whose text nobody can tell: fonts that are not in the file cannot be looked at either."""


def test_pages_without_text_or_with_fonts_that_say_nothing_are_not_read() -> None:
    mute, drawn = Sheet(), Sheet()
    mute.text(80, 100, "1234567890", font="F2")
    drawn.table(XS, YS, [(row, column, 1, 1, "") for row, column, *_ in MERGED])
    for sheets in ([Sheet()], [Sheet(), drawn], [mute], [mute, mute]):
        assert failure(pdf(*sheets)) == (Status.FAILED, [UNREADABLE], 0)


def test_a_page_that_cannot_be_read_beside_one_that_can_is_named() -> None:
    told, mute = Sheet(), Sheet()
    prose(told, ["\t这一页有文字，可以照常读取。"])
    mute.text(80, 100, "1234567890", font="F2")
    found = document(told, mute, mute)
    assert [block.text for block in found.blocks if isinstance(block, Paragraph)] == ["这一页有文字，可以照常读取。"]
    assert found.problems == ((UNREADABLE, (("pages", "2-3"),)),)
    assert not found.failed


def test_a_few_characters_that_no_font_explains_are_no_digits() -> None:
    sheet = Sheet()
    sheet.table([80, 200, 300], [100, 120], [(0, 0, 1, 1, "合计事项共有"), (0, 1, 1, 1, "")])
    sheet.text(202, 110, "7", font="F2")
    assert grids(sheet)[0].cells[1].text == "\ufffd"


PICTURE = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"


def test_a_scan_of_nothing_is_not_read_and_text_that_another_program_put_behind_it_is_marked() -> None:
    scan, layered = Sheet(ops=[PICTURE]), plain()
    scan.text(290, 820, "- 1 -")
    layered.ops[:0] = [PICTURE, "3 Tr"]
    assert failure(pdf(scan)) == (Status.FAILED, [UNREADABLE], 0)
    found = document(layered)
    assert found.blocks == document(plain()).blocks
    assert found.problems == (("text_of_scan", (("pages", "1"),)),)


def test_text_beside_the_page_is_not_read() -> None:
    sheet = plain()
    sheet.text(-300, 100, "不可见 12345")
    assert document(sheet).blocks == document(plain()).blocks


def plain() -> Sheet:
    sheet = Sheet()
    sheet.text(80, 60, "示例市2023年政府信息公开工作年度报告", 16)
    sheet.table(XS, YS, MERGED)
    return sheet


def test_a_password_is_asked_for_and_one_that_only_forbids_printing_is_not() -> None:
    locked = pdf(plain(), password="a b")  # noqa: S106 - a password for this test alone
    assert failure(locked) == (Status.FAILED, ["pdf_encrypted"], 0)
    assert read(pdf(plain(), password=""), Context()).blocks == document(plain()).blocks


def test_a_file_cut_off_anywhere_is_damaged_and_yields_nothing() -> None:
    body = pdf(plain(), plain())
    end = body.rindex(b"startxref") + len(b"startxref\n")
    for length in range(20, end, 97):
        assert failure(body[:length]) == (Status.FAILED, ["pdf_damaged"], 0), length
    assert read(body[: body.rindex(b"%%EOF")], Context()).blocks == read(body, Context()).blocks
    assert failure(body + b"\n9 0 obj\n<</Type/Page") == (Status.FAILED, ["pdf_damaged"], 0)


def test_a_file_with_a_page_missing_is_damaged_and_nothing_else_is_said_of_it() -> None:
    mute = Sheet()
    mute.text(80, 100, "1234567890", font="F2")
    body = pdf(mute, mute)
    second = body.index(b" 8 0 R]") + 1
    assert failure(body[:second] + b"9" + body[second + 1 :]) == (Status.FAILED, ["pdf_damaged"], 0)


def test_damaged_bytes_never_raise() -> None:
    body = pdf(plain(), *halves(repeat=True, cut=True))
    draw = random.Random(5)
    for _ in range(150):
        hurt = bytearray(body)
        for _ in range(draw.choice([1, 5, 40])):
            hurt[draw.randrange(9, len(hurt))] = draw.randrange(256)
        found = read(bytes(hurt), Context())
        assert found.failed == (not found.blocks) or found.problems == ()


@pytest.mark.parametrize("filters", [1, 2])
def test_a_bomb_of_drawing_instructions_ends(filters: int, ends: Ends) -> None:
    sheet = Sheet(ops=["0 0 m 9 9 l S"] * 6_000_000)
    body = pdf(sheet, filters=filters)
    assert len(body) < 300_000
    with ends():
        assert failure(body) == (Status.FAILED, ["pdf_too_large"], 0)


def test_more_lines_than_any_table_has_are_not_looked_at_and_the_text_is_kept() -> None:
    sheet = plain()
    for at in range(1500):
        sheet.line(10, 3 + at * 3, 500, 3 + at * 3)
    sheet.height = 5000
    found = document(sheet)
    assert ("pdf_too_large", ()) in found.problems
    assert not found.failed
