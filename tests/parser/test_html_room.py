"""Cells of web pages that are none: hidden ones, and the room that spreadsheets leave around a table."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Grid, Source
from gicrawl.parser.readers.html import read
from gicrawl.parser.report import State

ROWS = (
    ("第二十条第（一）项",),
    ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
    ("规章", "0", "", "4"),
    ("行政规范性文件", "3", "1", "26"),
    ("第二十条第（五）项",),
    ("信息内容", "本年处理决定数量"),
    ("行政许可", "318"),
    ("第二十条第（八）项",),
    ("信息内容", "本年收费金额（单位：万元）"),
    ("行政事业性收费", ""),
)
WIDTH = 4


def page(before: str = "", after: str = "", between: str = "") -> str:
    """A report with the tables of part two, with more cells before and after those of every row."""
    rows = []
    for row in ROWS:
        *first, last = row
        span = WIDTH - len(first)
        cells = "".join(f"<td>{text}</td>" for text in first) + f"<td colspan={span}>{last}</td>"
        rows.append(f"<tr>{before}{cells}{after}</tr>" + (between if len(row) == 1 else ""))
    return (
        "<h1>青禾县2022年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>二、主动公开政府信息情况</p>"
        f"<table>{''.join(rows)}</table><p>三、收到和处理政府信息公开申请情况</p>"
    )


def cells(markup: str) -> dict[tuple[str, str, str], tuple[State, object]]:
    report = parse([Source(markup.encode())])
    return {
        cell.key: (cell.state, cell.value) for cell in report.cells if cell.key[0] in {"art20_1", "art20_5", "art20_8"}
    }


@pytest.mark.parametrize(
    "more",
    [
        {"after": "<td></td>"},
        {"before": "<td></td>"},
        {"before": "<td></td>", "after": "<td>&nbsp;</td>"},
        {"after": '<td width="0" style="width:0"></td>'},
        {"after": "<td></td>", "between": f"<tr>{'<td></td>' * 12}</tr>"},
        {"after": '<td style="display:none">7</td>'},
        {"before": '<td style="color:red; DISPLAY: none">7</td>'},
        {"after": "<td hidden>7</td>"},
        {"between": f'<tr style="display:none">{"<td>7</td>" * 4}</tr>'},
        {"between": f"<tr hidden>{'<td>7</td>' * 4}</tr>"},
    ],
)
def test_room_and_hidden_cells_are_no_cells(more: dict[str, str]) -> None:
    plain = cells(page())
    assert plain["art20_5", "administrative_licensing", "decisions"] == (State.NUMBER, 318)
    assert plain["art20_1", "regulations", "repealed"] == plain["art20_8", "administrative_fees", "fee_amount_wan"]
    assert cells(page(**more)) == plain


def test_the_places_of_cells_count_those_that_are_not_shown() -> None:
    hidden = '<tr style="display:none"><td>9</td></tr>'
    markup = f"<table>{hidden}<tr><td>甲</td><td hidden>8</td><td>乙</td></tr><tr><td>丙</td><td>3</td></tr></table>"
    (grid,) = read(markup.encode(), Context()).blocks
    assert isinstance(grid, Grid)
    assert [(cell.text, cell.row, cell.column) for cell in grid.cells] == [
        ("甲", 0, 0),
        ("乙", 0, 1),
        ("丙", 1, 0),
        ("3", 1, 1),
    ]
    assert str(grid.cells[1].evidence["path"]).endswith("/tr[2]/td[3]")


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>1.属于国家秘密</td><td>4</td><td></td></tr><tr><td>2.其他法律行政法规禁止公开</td><td>0</td><td></td></tr>",
        "<tr><td>行政许可</td><td></td></tr><tr><td>行政处罚</td><td></td></tr>",
        "<tr><td>（三）不予公开</td><td>1.属于国家秘密</td><td></td><td></td></tr><tr><td>x</td><td>y</td><td></td><td></td></tr>",
    ],
)
def test_columns_of_a_part_of_a_table_that_has_no_head_stay(rows: str) -> None:
    (grid,) = read(f"<table>{rows}</table>".encode(), Context()).blocks
    assert isinstance(grid, Grid)
    assert len(grid.cells) == rows.count("<td")


@pytest.mark.parametrize(
    "hidden",
    [
        '<span style="display:none">9</span>',
        '<span style="font-size:0">9</span>',
        '<font style="font-size:0px;color:#fff">9</font>',
        '<span style="visibility:hidden">9</span>',
        "<b hidden>9</b>",
        '<span style="position:absolute;left:-9999px">9</span>',
        '<span style="top: -999em; position: fixed">9</span>',
        '<span style="position:absolute; clip: rect(0 0 0 0)">9</span>',
        '<span style="position:absolute;width:1px;clip:rect(1px, 1px, 1px, 1px)">9</span>',
        '<i style="position:absolute;clip-path:inset(50%)">9</i>',
        '<span style="display:inline-block;text-indent:-9999px">9</span>',
        '<span style="opacity:0">9</span>',
    ],
)
def test_hidden_words_are_no_part_of_what_stands_beside_them(hidden: str) -> None:
    (grid, text) = read(
        f"<table><tr><td>甲</td><td>{hidden}18</td></tr><tr><td>乙</td><td>7{hidden}</td></tr></table>"
        f"<p>共收到申请{hidden}3件。</p>".encode(),
        Context(),
    ).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["甲", "18", "乙", "7"]
    assert getattr(text, "text", None) == "共收到申请3件。"


@pytest.mark.parametrize("hidden", ['<p style="text-indent:-9999px">9</p>', '<div style="display:none">9</div>'])
def test_a_hidden_line_of_a_cell_is_no_part_of_it(hidden: str) -> None:
    (grid,) = read(f"<table><tr><td>甲</td><td>{hidden}<p>18</p></td></tr></table>".encode(), Context()).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["甲", "18"]
    (text,) = read(f"<div>{hidden}共收到申请</div>".encode(), Context()).blocks[-1:]
    assert getattr(text, "text", None) == "共收到申请"


@pytest.mark.parametrize(
    "shown",
    [
        '<span style="font-size:0.5em">9</span>',
        '<span style="font-size:08px">9</span>',
        '<span style="left:-9999px">9</span>',
        '<span style="position:absolute;left:-2px">9</span>',
        '<span style="position:relative;clip:rect(0 0 0 0)">9</span>',
        '<span style="text-indent:-9999px">9</span>',
        '<span style="opacity:0.5">9</span>',
    ],
)
def test_words_that_are_small_or_moved_a_little_are_not_hidden(shown: str) -> None:
    (text,) = read(f"<p>共收到申请{shown}件。</p>".encode(), Context()).blocks
    assert getattr(text, "text", None) == "共收到申请9件。"


def test_long_hidden_texts_stay() -> None:
    told = "年内主动公开政府信息若干条，均已按时公开。" * 4
    (text,) = read(f'<p><span style="display:none">{told}</span></p>'.encode(), Context()).blocks
    assert getattr(text, "text", None) == told


def test_the_letters_of_a_blank_are_a_blank() -> None:
    (grid, text) = read(
        "<table><tr><td>&amp;nbsp;甲</td><td>0&amp;nbsp;</td></tr><tr><td>乙</td><td>&amp;nbsp;</td></tr></table>"
        "<p>收到申请&amp;nbsp;3件，费用3&amp;4元。</p>".encode(),
        Context(),
    ).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["\xa0甲", "0\xa0", "乙", "\xa0"]
    assert getattr(text, "text", None) == "收到申请\xa03件，费用3&4元。"


APPLICATIONS = (
    "<table><tr><td>一、本年新收政府信息公开申请数量</td><td>{0}</td></tr>"
    "<tr><td>四、结转下年度继续办理</td><td>{0}</td></tr></table>"
)


@pytest.mark.parametrize("mark", ["hidden", 'style="display:none"'])
def test_a_hidden_copy_of_another_report_is_left_out(mark: str) -> None:
    hidden, shown = APPLICATIONS.format(7), APPLICATIONS.format(3)
    told = "全年收到申请7件。" * 30
    page = f"<div><div {mark}><p>{told}</p>{hidden}</div><div><p>全年收到申请3件。</p>{shown}</div></div>"
    text, grid = read(page.encode(), Context()).blocks
    assert getattr(text, "text", None) == "全年收到申请3件。"
    assert isinstance(grid, Grid)
    assert str(grid.evidence["path"]).endswith("/div/div[2]/table")


def test_a_hidden_part_that_stands_nowhere_else_stays() -> None:
    page = f"<div><p>全年收到申请7件。</p><div hidden>{APPLICATIONS.format(7)}</div></div>"
    assert any(isinstance(block, Grid) for block in read(page.encode(), Context()).blocks)
