"""Annexes of 2008-2018 in every layout: each figure under its own row and column, or silence."""

from __future__ import annotations

import html
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from docx_writer import docx, p, tbl, tr
from pdf_writer import Sheet, pdf

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.parser.report import Cell, Key

FORMS = {form.id: form for form in load_forms() if form.tables[0].layout == "list"}
TITLE = "青禾市2013年政府信息公开工作年度报告"
PROSE = "年内各级各部门主动公开政府信息，收到公开申请，均已按期答复，未收取费用，具体数据见附表。"
HEADS = {"value": ["统计数"], "two": ["2013年度", "历年累计"]}
SURE = 0.9


@dataclass(frozen=True)
class Row:
    """A printed row: label, unit, and what stands in its cells (None: nothing)."""

    key: str
    label: str
    unit: str
    cells: tuple[str | None, ...]


def rows_of(name: str, columns: str, seed: int, *, blanks: float = 0.0) -> list[Row]:
    """Any figures under the labels of a form, with its headings between them."""
    draw = random.Random(seed)
    table = FORMS[name].tables[0]
    out = []
    for row in table.rows:
        groups = [group for group in table.groups if row.key == FIRST_BELOW.get(group)]
        out += [Row("", group, "", (None,) * len(HEADS[columns])) for group in groups]
        annual = draw.choice([0, 0, draw.randrange(1, 90), draw.randrange(100, 40000)])
        shown = [annual] if columns == "value" else [annual, annual + draw.choice([0, draw.randrange(90000)])]
        cells = tuple(None if draw.random() < blanks else str(number) for number in shown)
        out.append(Row(row.key, row.labels[0], row.unit, cells))
    return out


FIRST_BELOW = {
    "一、主动公开情况": "proactive_total",
    "（二）通过不同渠道和方式公开政府信息的情况": "channel_gazette",
    "二、回应解读情况": "responses_total",
    "（二）通过不同渠道和方式回应解读的情况": "press_conferences",
    "三、依申请公开情况": "requests_received",
    "八、机构建设和保障经费情况": "dedicated_offices",
    "九、政府信息公开会议和培训情况": "meetings",
}


def truth_of(rows: list[Row]) -> dict[Key, int | None]:
    out: dict[Key, int | None] = {}
    for row in rows:
        if row.key:
            names = ("value",) if len(row.cells) == 1 else ("annual", "cumulative")
            out |= {
                ("statistics", row.key, name): None if cell is None else int(cell)
                for name, cell in zip(names, row.cells, strict=True)
            }
    return out


def head_of(rows: list[Row]) -> list[str]:
    return HEADS["value" if len(rows[0].cells) == 1 else "two"]


def fields_of(rows: list[Row]) -> list[list[str]]:
    head = ["指标名称", "计量单位", *head_of(rows)]
    return [head, *([row.label, row.unit, *(cell or "" for cell in row.cells)] for row in rows)]


def page(body: str) -> bytes:
    return f"<html><head><meta charset=utf-8></head><body><h1>{TITLE}</h1><p>{PROSE}</p>{body}</body></html>".encode()


def html_table(lines: list[list[str]]) -> str:
    cells = ("".join(f"<td><p>{html.escape(field) or '&nbsp;'}</p></td>" for field in line) for line in lines)
    return f"<table border=1>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def one_table(rows: list[Row]) -> bytes:
    return page(html_table(fields_of(rows)))


def without_units(rows: list[Row]) -> bytes:
    return page(html_table([[line[0], *line[2:]] for line in fields_of(rows)]))


def with_codes(rows: list[Row]) -> bytes:
    head, *lines = fields_of(rows)
    coded = [[line[0], line[1], f"{at:02}", *line[2:]] for at, line in enumerate(lines, 1)]
    return page(html_table([[*head[:2], "代码", *head[2:]], *coded]))


def numbered(rows: list[Row]) -> bytes:
    head, *lines = fields_of(rows)
    return page(html_table([["序号", *head], *([str(at), *line] for at, line in enumerate(lines, 1))]))


def with_remarks(rows: list[Row]) -> bytes:
    head, *lines = fields_of(rows)
    return page(html_table([[*head, "备注"], *([*line, ""] for line in lines)]))


def side_by_side(rows: list[Row]) -> bytes:
    head, *lines = fields_of(rows)
    half = (len(lines) + 1) // 2
    right = [*lines[half:], *([[""] * len(head)] * (half * 2 - len(lines)))]
    return page(html_table([head + head, *(a + b for a, b in zip(lines[:half], right, strict=True))]))


def several_tables(rows: list[Row]) -> bytes:
    head, *lines = fields_of(rows)
    third = len(lines) // 3
    parts = (lines[:third], lines[third : 2 * third], lines[2 * third :])
    return page("<p>续表</p>".join(html_table([head, *part]) for part in parts))


def cut_by_a_page(rows: list[Row]) -> bytes:
    head, *lines = fields_of(rows)
    return page(html_table([head, *lines[:8]]) + "<p>— 7 —</p>" + html_table(lines[8:]))


def piped(rows: list[Row]) -> bytes:
    return text("\n".join("| " + " | ".join(line) + " |" for line in fields_of(rows)))


def tabbed(rows: list[Row]) -> bytes:
    return text("\n".join("\t".join(line) for line in fields_of(rows)))


def in_columns(rows: list[Row]) -> bytes:
    return text("\n".join("   ".join(field for field in line if field) for line in fields_of(rows)))


def one_a_line(rows: list[Row]) -> bytes:
    return text("\n".join(field for line in fields_of(rows) for field in line if field))


def runs_of_a_word_processor(rows: list[Row]) -> bytes:
    """One field a line, and within the labels a new line at every change of script."""
    out = []
    for line in fields_of(rows):
        for field in line:
            for mark in ("其中", "：", "1.", "2.", "3.", "2013", "（", "）", "(", ")"):
                field = field.replace(mark, f"\n{mark}\n")  # noqa: PLW2901 - worked on in steps
            out += [piece for piece in field.split("\n") if piece]
    return text("\n".join(out))


def word(rows: list[Row]) -> bytes:
    return docx(p(TITLE) + p(PROSE) + tbl(*(tr(*line) for line in fields_of(rows))))


def printed(rows: list[Row], *, ruled: bool) -> bytes:
    """Pages of thirty rows, the header on the first only; labels of more than one line."""
    xs = [60.0, 330.0, 390.0, 460.0, 530.0][: len(fields_of(rows)[0]) + 1]
    sheets = []
    lines = fields_of(rows)
    for start in range(0, len(lines), 30):
        sheet = Sheet()
        if start == 0:
            sheet.text(80, 60, TITLE, 18)
            sheet.text(92, 90, PROSE[:40], 10)
        cells = []
        ys = [110.0]
        for number, line in enumerate(lines[start : start + 30]):
            label = [line[0][at : at + 29] for at in range(0, len(line[0]), 29)]
            cells += [
                (number, column, 1, 1, "\n".join(label) if column == 0 else field) for column, field in enumerate(line)
            ]
            ys.append(ys[-1] + 6 + 11 * len(label))
        if ruled:
            sheet.table(xs, ys, cells, size=9)
        else:
            for row, column, _, _, field in cells:
                for at, piece in enumerate(field.split("\n")):
                    sheet.text(xs[column] + 2, ys[row] + 10 + 11 * at, piece, 9)
        sheets.append(sheet)
    return pdf(*sheets)


def ruled_pages(rows: list[Row]) -> bytes:
    return printed(rows, ruled=True)


def pages_without_lines(rows: list[Row]) -> bytes:
    return printed(rows, ruled=False)


def text(body: str) -> bytes:
    return f"{TITLE}\n{PROSE}\n七、附表\n{body}\n青禾市人民政府办公室\n2014年2月20日\n".encode()


GRIDS: dict[str, Callable[[list[Row]], bytes]] = {
    layout.__name__: layout
    for layout in (
        one_table,
        without_units,
        with_codes,
        numbered,
        with_remarks,
        side_by_side,
        several_tables,
        cut_by_a_page,
        piped,
        tabbed,
        word,
        ruled_pages,
    )
}
FLOWS: dict[str, Callable[[list[Row]], bytes]] = {
    layout.__name__: layout for layout in (in_columns, one_a_line, runs_of_a_word_processor, pages_without_lines)
}
CASES = [(form, columns) for form in FORMS for columns in HEADS if not (form == "form2014" and columns == "two")]


def cells_of(body: bytes) -> dict[Key, Cell]:
    return {cell.key: cell for cell in parse([Source(body)]).cells}


def sure(wrong: list[tuple[Key, object, object]], cells: dict[Key, Cell]) -> list[tuple[Key, object, object]]:
    return [entry for entry in wrong if cells[entry[0]].confidence >= SURE]


def false_figures(cells: dict[Key, Cell], truth: dict[Key, int | None]) -> list[tuple[Key, object, object]]:
    """Cells that say what does not stand there: another number, a number for a blank, a blank for a number."""
    blank = {State.BLANK, State.NOT_APPLICABLE}
    return [
        (key, cell.value if cell.value is not None else cell.state.value, truth.get(key, "(no cell)"))
        for key, cell in cells.items()
        if (cell.state is State.NUMBER and cell.value != truth.get(key))
        or (cell.state in blank and truth.get(key, "(no cell)") is not None)
        or (cell.state is State.ABSENT and truth.get(key) is not None)
    ]


def right(cells: dict[Key, Cell], truth: dict[Key, int | None]) -> int:
    return sum(
        key in cells
        and (cells[key].value == value if value is not None else cells[key].state is State.BLANK)
        and cells[key].confidence >= SURE
        for key, value in truth.items()
    )


@pytest.mark.parametrize("layout", GRIDS.values(), ids=GRIDS.keys())
@pytest.mark.parametrize(("form", "columns"), CASES)
def test_every_figure_of_a_table_stands_under_its_row(
    form: str, columns: str, layout: Callable[[list[Row]], bytes]
) -> None:
    for seed in range(2):
        rows = rows_of(form, columns, seed, blanks=0.2)
        truth = truth_of(rows)
        cells = cells_of(layout(rows))
        assert false_figures(cells, truth) == []
        assert right(cells, truth) == len(truth)


@pytest.mark.parametrize("layout", FLOWS.values(), ids=FLOWS.keys())
@pytest.mark.parametrize(("form", "columns"), CASES)
def test_flattened_lists_are_read_too(form: str, columns: str, layout: Callable[[list[Row]], bytes]) -> None:
    for seed in range(2):
        rows = rows_of(form, columns, seed)
        truth = truth_of(rows)
        cells = cells_of(layout(rows))
        assert false_figures(cells, truth) == []
        assert right(cells, truth) == len(truth)


def lines_dropped_that_repeat(rows: list[Row]) -> bytes:
    """As an archiver's text files have it: a line equal to the one before it is gone, and so are blank cells."""
    out: list[str] = []
    for line in fields_of(rows):
        out += [field for field in line if field]
    return text("\n".join(line for at, line in enumerate(out) if at == 0 or line != out[at - 1]))


def values_above_their_labels(rows: list[Row]) -> bytes:
    head, *lines = fields_of(rows)
    return text("\n".join([*head, *(field for line in lines for field in (*line[2:], *line[:2]) if field)]))


def column_after_column(rows: list[Row]) -> bytes:
    return text("\n".join(field for column in zip(*fields_of(rows), strict=True) for field in column if field))


LOSSES: dict[str, Callable[[list[Row]], bytes]] = {
    layout.__name__: layout
    for layout in (
        lines_dropped_that_repeat,
        values_above_their_labels,
        column_after_column,
        in_columns,
        one_a_line,
        runs_of_a_word_processor,
    )
}


@pytest.mark.parametrize("layout", LOSSES.values(), ids=LOSSES.keys())
@pytest.mark.parametrize(("form", "columns"), CASES)
def test_lists_that_lost_their_blanks_are_right_or_silent(
    form: str, columns: str, layout: Callable[[list[Row]], bytes]
) -> None:
    for seed in range(2):
        rows = rows_of(form, columns, seed, blanks=0.3)
        cells = cells_of(layout(rows))
        wrong = false_figures(cells, truth_of(rows))
        assert sure(wrong, cells) == []
        assert layout is values_above_their_labels or wrong == []


def slipped(row: Row, draw: random.Random) -> Row:
    """A label with one Chinese character lost, doubled or read as another."""
    at = draw.choice([at for at, char in enumerate(row.label) if char >= "\u4e00"])
    harm = draw.choice(["", row.label[at] * 2, "口"])
    return replace(row, label=row.label[:at] + harm + row.label[at + 1 :])


def harmed(rows: list[Row], draw: random.Random) -> list[Row]:
    """Rows left out, of other annexes, in another order, with damaged labels."""
    out = [row if draw.random() > 0.2 else slipped(row, draw) for row in rows if draw.random() > 0.15]
    if draw.random() < 0.5:
        strange = tuple(str(draw.randrange(900)) for _ in rows[0].cells)
        out.insert(draw.randrange(len(out)), Row("", draw.choice(STRANGE), "条", strange))
    if draw.random() < 0.5:
        at = draw.randrange(len(out) - 1)
        out[at], out[at + 1] = out[at + 1], out[at]
    return out


STRANGE = (
    "财政预算决算和“三公”经费信息数",
    "其中：乡镇街道主动公开信息数",
    "主动公开机构领导人事信息数",
    "非同意公开答复数",
    "2.应急管理信息数",
    "其他",
)


@pytest.mark.parametrize("layout", (GRIDS | FLOWS | LOSSES).values(), ids=(GRIDS | FLOWS | LOSSES).keys())
@pytest.mark.parametrize(("form", "columns"), CASES)
def test_harmed_lists_are_never_sure_and_wrong(form: str, columns: str, layout: Callable[[list[Row]], bytes]) -> None:
    for seed in range(2):
        draw = random.Random(seed)
        rows = harmed(rows_of(form, columns, seed, blanks=0.1), draw)
        cells = cells_of(layout(rows))
        wrong = false_figures(cells, truth_of(rows))
        assert sure(wrong, cells) == []
        assert layout is values_above_their_labels or wrong == []


def test_a_list_that_names_one_column_of_figures_and_prints_two_is_not_read_by_it() -> None:
    lines = ["指标名称 计量单位 2013年度 计", "主动公开信息数 条 32", "其中：1.政府网站 条 1 5", "2.政府公报 条 7 8"]
    lines += [
        "受理政府信息公开申请总数 条 2 9",
        "其中：1.当面申请数 条 1",
        "2.传真申请数 条 1",
        "3.电子邮件申请数 条 1",
    ]
    text = "甲县财政局2013年政府信息公开工作年度报告\n" + "\n".join(lines) + "\n"
    assert not [cell for cell in parse([Source(text.encode())]).cells if cell.state.value == "number"]
