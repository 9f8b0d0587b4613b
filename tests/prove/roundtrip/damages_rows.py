"""Damages to whole rows, columns and tables."""
# ruff: noqa: ARG001 - one signature for all

from __future__ import annotations

from typing import TYPE_CHECKING

from roundtrip.sheets import Block, Grid, Paragraph, Row, Sheet, Slot

if TYPE_CHECKING:
    from random import Random

_LARGE = {"applications", "list"}
_HEAD = 3
_FULL = 7


def _large(sheet: Sheet) -> list[Grid]:
    return [grid for grid in sheet.grids() if grid.kind in _LARGE]


def _resized(grid: Grid, at: int, change: int) -> None:
    """The cells above row `at` that reach over it get longer or shorter."""
    for number, row in enumerate(grid.rows[:at]):
        for slot in row:
            if number + slot.rows > at:
                slot.rows += change


def removed(grid: Grid, at: int) -> None:
    """A row goes; cells that begin in it and reach on begin in the next."""
    _resized(grid, at, -1)
    gone = grid.rows.pop(at)
    for slot in reversed([slot for slot in gone if slot.rows > 1]):
        slot.rows -= 1
        grid.rows[at].insert(0, slot)


def _inner(grid: Grid) -> list[int]:
    """Rows of values that begin no group."""
    return [
        at
        for at, row in enumerate(grid.rows)
        if any(slot.key for slot in row) and not any(slot.role == "group" for slot in row)
    ]


def rows_missing(sheet: Sheet, draw: Random) -> None:
    for grid in _large(sheet):
        for _ in range(draw.randint(1, 3)):
            removed(
                grid, draw.choice([at for at in range(grid.head, len(grid.rows)) if any(s.key for s in grid.rows[at])])
            )


def short_rows(sheet: Sheet, draw: Random) -> None:
    """Some values of a row are not there, nor a place for them."""
    for grid in sheet.grids():
        lines = [row for row in grid.values() if sum(1 for slot in row if slot.key) > 1]
        for row in draw.sample(lines, min(len(lines), draw.randint(1, 3))):
            values = [slot for slot in row if slot.key]
            for slot in draw.sample(values, draw.randint(1, max(1, len(values) // 3))):
                row[:] = [other for other in row if other is not slot]


def extra_row(sheet: Sheet, draw: Random) -> None:
    for grid in _large(sheet):
        inner = _inner(grid)[1:]
        at = draw.choice(inner)
        _resized(grid, at, 1)
        like = grid.rows[at]
        words = ("其中：外国人申请数", "小计", "9.其他不予公开情形", "合计", "其中：涉及征地拆迁的数量")
        row: Row = []
        for slot in like:
            if slot.key:
                row.append(Slot(str(draw.choice((0, 0, draw.randint(1, 90)))), role="value"))
            else:
                row.append(
                    Slot(draw.choice(words) if slot.role == "label" else slot.text, columns=slot.columns, role="none")
                )
        grid.rows.insert(at, row)


def extra_column(sheet: Sheet, draw: Random) -> None:
    """A subtotal of the organisations, which no form has; in lists, the year before."""
    for grid in _large(sheet):
        if grid.kind == "list":
            for number, row in enumerate(grid.rows):
                text = "上年同期数" if number < grid.head else str(draw.randint(0, 500)) if row[-1].key else ""
                row.insert(2, Slot(text, role="head" if number < grid.head else row[-1].role))
            continue
        if grid.head != _HEAD:
            continue  # its header was taken away before
        grid.rows[0][1].columns += 1
        grid.rows[1][1].columns += 1
        grid.rows[2].append(Slot("小计"))
        for row in grid.values():
            values = [slot for slot in row if slot.key]
            if len(values) != _FULL:
                continue
            counts = [slot.figure.value for slot in values[1:6] if slot.figure and slot.figure.value is not None]
            at = next(n for n, slot in enumerate(row) if slot is values[5])
            row.insert(at + 1, Slot(str(sum(counts)) if counts else "", role="value"))


def header_invented(sheet: Sheet, draw: Random) -> None:
    """A converter that needs one header row and makes it up."""
    for grid in _large(sheet):
        lead = grid.width - _count(grid)
        names = [f"数据{at + 1}" for at in range(_count(grid))]
        grid.rows[: grid.head] = [[Slot("项目", columns=lead), *map(Slot, names)]]
        grid.head = 1


def header_wrong(sheet: Sheet, draw: Random) -> None:
    """The same, with names that are rows and not columns."""
    names = [
        "本年新收件数",
        "上年结转件数",
        "予以公开件数",
        "部分公开件数",
        "不予公开件数",
        "无法提供件数",
        "其他处理件数",
    ]
    for grid in sheet.grids():
        if grid.kind == "applications":
            grid.rows[: grid.head] = [[Slot("项目", columns=grid.width - 7), *map(Slot, names)]]
            grid.head = 1


def _count(grid: Grid) -> int:
    return max(sum(1 for slot in row if slot.role in {"value", "none"}) for row in grid.values())


def group_shredded(sheet: Sheet, draw: Random) -> None:
    """The vertical cell of the results comes apart: a scrap here and there before rows it has nothing to do with."""
    for grid in sheet.grids():
        for number, row in enumerate(list(grid.rows)):
            for slot in row:
                if slot.role == "group" and slot.rows > 6:
                    text, size = slot.text, draw.choice((1, 2, 3, 5))
                    scraps = [text[at : at + size] for at in range(0, len(text), size)]
                    slot.text = "\n".join(scraps[: len(scraps) // 2])
                    below = grid.rows[number + 1 : number + slot.rows - 1]
                    for line, scrap in zip(
                        sorted(draw.sample(range(len(below)), min(len(below), len(scraps) // 2))),
                        scraps[len(scraps) // 2 :],
                        strict=False,
                    ):
                        label = next((s for s in below[line] if s.role in {"label", "group"}), None)
                        if label is not None:
                            label.text = f"{scrap} {label.text}"


def page_breaks(sheet: Sheet, draw: Random) -> None:
    """Tables cut by the end of a page, with its number between, or in the middle of the row's labels."""
    blocks: list[Block] = []
    for block in sheet.blocks:
        if not isinstance(block, Grid) or len(block.rows) < block.head + 4 or draw.random() < 0.3:
            blocks.append(block)
            continue
        at = draw.randint(block.head + 1, len(block.rows) - 1)
        footer = Paragraph(draw.choice(("- 3 -", "— 4 —", "--4--", "5", "第 3 页 共 7 页", "3/7")))
        if draw.random() < 0.15:
            # The table goes on, the footer is a row of it.
            _resized(block, at, 1)
            block.rows.insert(at, [Slot(footer.text, columns=1, role="none")])
            blocks.append(block)
            continue
        blocks += [*_cut(block, at, footer)]
    sheet.blocks = blocks


def _cut(grid: Grid, at: int, footer: Paragraph) -> list[Block]:
    first, second = grid.rows[:at], grid.rows[at:]
    carried: Row = []
    for number, row in enumerate(first):
        for slot in row:
            over = number + slot.rows - at
            if over > 0:
                slot.rows -= over
                carried.append(Slot("", rows=over, columns=slot.columns, role="group"))
    second[0] = [*carried, *second[0]]
    return [Grid(grid.kind, first, grid.head), footer, Grid(grid.kind, second, 0)]


def labels_joined(sheet: Sheet, draw: Random) -> None:
    """Two labels in one cell; the second row of values stands below without one."""
    for grid in _large(sheet):
        inner = [at for at in _inner(grid) if at - 1 in _inner(grid)]
        if not inner:
            continue
        at = draw.choice(inner)
        upper = next(slot for slot in grid.rows[at - 1] if slot.role == "label")
        lower = next(slot for slot in grid.rows[at] if slot.role == "label")
        upper.text, lower.text = f"{upper.text} {lower.text}", ""


def labels_wrapped(sheet: Sheet, draw: Random) -> None:
    """Long labels run over two lines, their values beside the first, the second, or between."""
    for grid in _large(sheet):
        lines: list[Row] = []
        for row in grid.rows:
            label = next((slot for slot in row if slot.role == "label" and len(slot.text) > 9), None)
            if label is None or draw.random() < 0.3 or not any(slot.key for slot in row):
                lines.append(row)
                continue
            cut = draw.randint(4, len(label.text) - 3)
            lead = [slot for slot in row if slot.role == "group"]
            rest = [slot for slot in row if slot.role != "group" and slot is not label]
            head, tail = label.text[:cut], label.text[cut:]
            how = draw.choice(("first", "second", "between"))
            if how == "first":
                label.text = head
                lines += [row, [Slot(tail, role="none")]]
            elif how == "second":
                lines += [[*lead, Slot(head, role="none")], [Slot(tail, role="label"), *rest]]
            else:
                lines += [[*lead, Slot(head, role="none")], rest, [Slot(tail, role="none")]]
        for row in lines:
            for slot in row:
                slot.rows = 1
        grid.rows = lines


def numbers_first(sheet: Sheet, draw: Random) -> None:
    for grid in _large(sheet):
        for row in grid.rows:
            if any(slot.role == "value" for slot in row):
                row.sort(key=lambda slot: slot.role != "value")
            for slot in row:
                slot.rows = 1


ROWS = (
    rows_missing, short_rows, extra_row, extra_column, header_invented, header_wrong, group_shredded, page_breaks,
    labels_joined, labels_wrapped, numbers_first,
)  # fmt: skip
