"""What happens to reports before and after they are printed."""
# ruff: noqa: ARG001 - one signature for all, whether they need chance or not

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opencc import OpenCC

from damage.report import Row
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from damage.report import Part, Sheet
    from gicrawl.parser.forms import Table

_TO_TRADITIONAL = OpenCC("s2t")
_HAN = re.compile("[\u4e00-\u9fff]")
_OUTCOMES = ("upheld", "corrected", "other", "pending", "total")
_OTHER = "日曰目口白人入大太夫天未末本木术己已巳"


def _rows(sheet: Sheet) -> list[Row]:
    return [row for part in sheet.parts for row in part.rows]


def _part(sheet: Sheet, key: str) -> Part:
    return next(part for part in sheet.parts if part.key == key)


def _places(label: str) -> list[int]:
    return [at for at, character in enumerate(label) if _HAN.match(character)]


def nothing(sheet: Sheet, draw: Random) -> None:
    """No damage."""


def characters_missing(sheet: Sheet, draw: Random) -> None:
    for row in draw.sample(_rows(sheet), 6):
        for _ in range(draw.choice([1, 1, 2])):
            places = _places(row.label)
            if len(places) > 3:
                at = draw.choice(places)
                row.label = row.label[:at] + row.label[at + 1 :]


def characters_replaced(sheet: Sheet, draw: Random) -> None:
    for row in draw.sample(_rows(sheet), 6):
        for _ in range(draw.choice([1, 1, 2])):
            at = draw.choice(_places(row.label))
            row.label = row.label[:at] + draw.choice(_OTHER) + row.label[at + 1 :]


def labels_truncated(sheet: Sheet, draw: Random) -> None:
    for row in draw.sample(_rows(sheet), 3):
        row.label = row.label[: max(4, len(row.label) // 2)]


def labels_gone(sheet: Sheet, draw: Random) -> None:
    for row in draw.sample(_part(sheet, "applications").rows, draw.randint(1, 3)):
        row.label = ""


def heads_damaged(sheet: Sheet, draw: Random) -> None:
    for part in sheet.parts:
        at = draw.randrange(len(part.columns))
        name = part.columns[at]
        part.columns[at] = name[: max(1, len(name) - 2)]


def heads_gone(sheet: Sheet, draw: Random) -> None:
    for part in sheet.parts:
        if draw.random() < 0.5:
            part.columns = [""] * len(part.columns)


def titles_gone(sheet: Sheet, draw: Random) -> None:
    for part in sheet.parts:
        if part.key != "applications" and draw.random() < 0.5:
            part.title = ""


def headings_gone(sheet: Sheet, draw: Random) -> None:
    for section in draw.sample(sheet.sections, 3):
        section.heading = ""


def headings_renumbered(sheet: Sheet, draw: Random) -> None:
    for section, number in zip(sheet.sections[1:], "一二三四五", strict=True):
        section.heading = number + section.heading[1:]


def headings_reworded(sheet: Sheet, draw: Random) -> None:
    for section, words in zip(
        sheet.sections, ["概述", "主动公开情况", "依申请公开情况", "复议诉讼情况", "问题", "其他"], strict=True
    ):
        section.heading = section.heading[:2] + words


def prose_between(sheet: Sheet, draw: Random) -> None:
    notes = [
        "2021年共办结申请12件，其中予以公开3件、部分公开1件、不予公开0件，结转下年度继续办理2件。",
        "注：本表中本年新收政府信息公开申请数量含上年度结转数量 3 件。",
        "行政复议2件，其中结果维持1件，结果纠正1件；行政诉讼0件。",
        "（一）主动公开政府信息情况。2021年制发规范性文件 5 件，废止 2 件，现行有效 31 件。",
        "（二）收到和处理政府信息公开申请情况。全年收到申请 15 件，上年结转 0 件。",
    ]
    for section in sheet.sections[1:4]:
        section.prose += draw.sample(notes, draw.randint(0, 2))
        section.after += draw.sample(notes, draw.randint(0, 2))


def contents_list(sheet: Sheet, draw: Random) -> None:
    sheet.sections[0].prose[:0] = [f"{section.heading} {at}" for at, section in enumerate(sheet.sections, 1)]


def note_below(sheet: Sheet, draw: Random) -> None:
    for section in sheet.sections:
        if section.parts:
            section.after.insert(0, draw.choice(["注：空白处表示没有。", "说明：以上数据为0的未填写。", "单位：件"]))


def sections_swapped(sheet: Sheet, draw: Random) -> None:
    at = draw.choice([1, 2])
    sheet.sections[at : at + 2] = sheet.sections[at : at + 2][::-1]


def blocks_swapped(sheet: Sheet, draw: Random) -> None:
    draw.shuffle(sheet.sections[1].parts)


def table_twice(sheet: Sheet, draw: Random) -> None:
    section = draw.choice(sheet.sections[1:4])
    section.parts += section.parts


def subtotal_column(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "applications")
    at = draw.choice([6, 6, 1])
    part.columns.insert(at, "小计")
    for row in part.rows:
        numbers = [int(v) if v.isdigit() else 0 for v in row.values[1:6]]
        row.values.insert(at, str(sum(numbers)))


def total_first(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "applications")
    for values in [part.columns, *(row.values for row in part.rows)]:
        values.insert(0, values.pop())


def columns_swapped(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "applications")
    a, b = draw.sample(range(1, 6), 2)
    for values in [part.columns, *(row.values for row in part.rows)]:
        values[a], values[b] = values[b], values[a]


def extra_row(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "applications")
    at = draw.randrange(1, len(part.rows))
    label = draw.choice(["小计", "9.属于其他不予公开情形", "其中：网络申请数量", "6.其他", "合计"])
    values = [str(draw.choice([0, 0, draw.randrange(9)])) for _ in part.columns]
    part.rows.insert(at, Row("", label, values, [], part.rows[at].depth))
    _regroup(part, at, 1)


def rows_missing(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "applications")
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(part.rows))
        gone = part.rows.pop(at)
        kept = [(text, rows - 1) for text, rows in gone.groups if rows > 1]
        if kept:
            part.rows[at].groups[:0] = kept
        _regroup(part, at, -1)


def _regroup(part: Part, at: int, change: int) -> None:
    """The vertical cells above row `at` that reach over it get longer or shorter."""
    for number, row in enumerate(part.rows[:at]):
        row.groups = [(text, rows + change if number + rows > at else rows) for text, rows in row.groups]


def traditional(sheet: Sheet, draw: Random) -> None:
    for section in sheet.sections:
        section.heading = _TO_TRADITIONAL.convert(section.heading)
    for part in sheet.parts:
        part.title = _TO_TRADITIONAL.convert(part.title)
        part.columns = [_TO_TRADITIONAL.convert(column) for column in part.columns]
        for row in part.rows:
            row.label = _TO_TRADITIONAL.convert(row.label)
            row.groups = [(_TO_TRADITIONAL.convert(text), rows) for text, rows in row.groups]


def labels_spaced(sheet: Sheet, draw: Random) -> None:
    blank = draw.choice([" ", "\u3000", "\xa0", "\u2002"])
    for row in _rows(sheet):
        row.label = "".join(c + (blank if draw.random() < 0.2 else "") for c in row.label).strip()


def values_padded(sheet: Sheet, draw: Random) -> None:
    blank = draw.choice(["\xa0", "\u3000"])
    for row in _rows(sheet):
        row.values = [blank + value + blank if value else value for value in row.values]


def full_width_digits(sheet: Sheet, draw: Random) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for row in _rows(sheet):
        row.values = [value.translate(wide) if draw.random() < 0.5 else value for value in row.values]


def values_counted(sheet: Sheet, draw: Random) -> None:
    """A measure word in the cell."""
    for row in _rows(sheet):
        row.values = [value + "件" if value.isdigit() and draw.random() < 0.3 else value for value in row.values]


def values_separated(sheet: Sheet, draw: Random) -> None:
    for row in _rows(sheet):
        row.values = [f"{int(value):,}" if value.isdigit() else value for value in row.values]


def letters_for_zero(sheet: Sheet, draw: Random) -> None:
    for row in _rows(sheet):
        row.values = [draw.choice("Oo〇") if value == "0" and draw.random() < 0.1 else value for value in row.values]


def notes_in_cells(sheet: Sheet, draw: Random) -> None:
    for row in draw.sample(_part(sheet, "applications").rows, 3):
        at = draw.randrange(len(row.values))
        if row.values[at].isdigit():
            row.values[at] += draw.choice(["（含上年1件）", "（其中2件撤回）", "*", "（注1）"])


def _swap(part: Part, a: int, b: int) -> None:
    for values in [part.columns, *(row.values for row in part.rows)]:
        values[a], values[b] = values[b], values[a]


def review_columns_swapped(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "review_litigation")
    _swap(part, *draw.sample(range(len(part.columns)), 2))


def review_blocks_swapped(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "review_litigation")
    a, b = draw.sample(range(3), 2)
    for things in (part.rows, part.names):
        things[a], things[b] = things[b], things[a]


def review_column_missing(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "review_litigation")
    at = draw.randrange(len(part.columns))
    sheet.gone.add((part.key, _OUTCOMES[at]))
    for values in [part.columns, *(row.values for row in part.rows)]:
        del values[at]


def review_column_renamed(sheet: Sheet, draw: Random) -> None:
    part = _part(sheet, "review_litigation")
    at = draw.randrange(1, 4)
    sheet.gone.add((part.key, _OUTCOMES[at]))
    part.columns[at] = draw.choice(["撤回申请", "终止审理", "另案处理"])


def small_columns_swapped(sheet: Sheet, draw: Random) -> None:
    for part in sheet.parts:
        if part.key.startswith("art20") and len(part.columns) > 1:
            _swap(part, *draw.sample(range(len(part.columns)), 2))


def small_rows_swapped(sheet: Sheet, draw: Random) -> None:
    for part in sheet.parts:
        if part.key.startswith("art20"):
            part.rows.reverse()


def small_column_renamed(sheet: Sheet, draw: Random) -> None:
    for part in sheet.parts:
        if part.key.startswith("art20") and len(part.columns) > 1:
            at = draw.randrange(len(part.columns))
            table = next(table for form in load_forms() for table in form.tables if _is(table, part))
            sheet.gone.add((part.key, table.columns[at].key))
            part.columns[at] = draw.choice(["往年遗留数量", "网上办理件数", "占比", "备注"])


def _is(table: Table, part: Part) -> bool:
    return table.key == part.key and [column.labels[0] for column in table.columns] == [
        column.replace("／", "/") for column in part.columns
    ]


def rows_swapped(sheet: Sheet, draw: Random) -> None:
    """Two neighbours of one group, with their labels."""
    rows = _part(sheet, "applications").rows
    inner = [
        at for at in range(1, len(rows)) if rows[at].depth == 2 and not rows[at].groups and not rows[at - 1].groups
    ]
    at = draw.choice([at for at in inner if rows[at - 1].depth == 2])
    rows[at - 1], rows[at] = rows[at], rows[at - 1]


def row_renamed(sheet: Sheet, draw: Random) -> None:
    """One row under words that the form does not have."""
    part = _part(sheet, "applications")
    row = draw.choice([row for row in part.rows if row.depth])
    sheet.gone.add((part.key, row.key))
    row.label = draw.choice(["其它有关情形的答复", "已转交有关部门办理", "申请人自行撤回", "9.另行告知的情形"])


HARMS: list[Callable[[Sheet, Random], None]] = [
    nothing, nothing, nothing, characters_missing, characters_replaced, labels_truncated, labels_gone, heads_damaged,
    heads_gone, titles_gone, headings_gone, headings_renumbered, headings_reworded, prose_between, contents_list,
    note_below, sections_swapped, blocks_swapped, table_twice, subtotal_column, total_first, columns_swapped, extra_row,
    rows_missing, traditional, labels_spaced, values_padded, full_width_digits, values_counted, values_separated,
    letters_for_zero, notes_in_cells, review_columns_swapped, review_blocks_swapped, review_column_missing,
    review_column_renamed, small_columns_swapped, small_rows_swapped, small_column_renamed, rows_swapped, row_renamed,
]  # fmt: skip
UNREADABLE = {"letters_for_zero", "notes_in_cells"}
"""Harms after which a cell need not be read as its figure."""


def page_numbers(text: str, draw: Random) -> str:
    """Page numbers and footers where pages end, inside tables too (text only)."""
    lines = text.split("\n")
    if len(lines) < 9:
        return text
    for at in sorted(draw.sample(range(4, len(lines)), 3), reverse=True):
        lines[at:at] = draw.choice(
            [["3"], ["- 3 -"], ["— 4 —"], ["--4-"], ["第 3 页"], ["", "5", ""], ["3 / 8"], ["\f4"]]
        )
    return "\n".join(lines)


def lines_cut(text: str, draw: Random) -> str:
    """The file ends in the middle."""
    at = draw.randrange(len(text) // 3, len(text))
    return text[: text.rfind("</tr>" if "</tr>" in text else "\n", 0, at)]


def crlf(text: str, draw: Random) -> str:
    return text.replace("\n", "\r\n")


AFTER: list[Callable[[str, Random], str]] = [page_numbers, lines_cut, crlf]
