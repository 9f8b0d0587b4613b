"""Tables as rows of cells with spans, before markup."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from damage.report import RELATION

if TYPE_CHECKING:
    from random import Random

    from damage.report import Part

REVIEWED = "行政复议"


@dataclass(frozen=True, slots=True)
class Td:
    """A cell of a table."""

    text: str
    rows: int = 1
    columns: int = 1
    value: bool = False


def plain(part: Part) -> list[list[Td]]:
    """The table as the notice prints it."""
    if part.key == "applications":
        return _applications(part)
    if part.key == "review_litigation":
        return _review(part)
    width = len(part.columns) + 1
    out = [[Td(part.title, columns=width)], [Td("信息内容"), *map(Td, part.columns)]]
    return out + [[Td(row.label), *(Td(value, value=True) for value in row.values)] for row in part.rows]


def _applications(part: Part) -> list[list[Td]]:
    depth = 3
    names = part.columns
    inner = len(names) - 2
    out = [
        [Td(RELATION, 3, depth), Td("申请人情况", columns=len(names))],
        [Td(names[0], 2), Td("法人或其他组织", columns=inner), Td(names[-1], 2)],
        [Td(name) for name in names[1:-1]],
    ]
    for row in part.rows:
        line = [Td(text, rows) for text, rows in row.groups]
        line.append(Td(row.label, columns=depth - row.depth))
        out.append(line + [Td(value, value=True) for value in row.values])
    return out


def _review(part: Part) -> list[list[Td]]:
    """Blocks side by side, those of lawsuits under a heading of their own."""
    size = len(part.columns)
    top: list[Td] = []
    second: list[Td] = []
    third: list[Td] = []
    for number, name in enumerate(part.names):
        if name == REVIEWED:
            top.append(Td(name, columns=size))
            second += [Td(column, rows=2) for column in part.columns]
            continue
        if number and part.names[number - 1] != REVIEWED:
            top[-1] = replace(top[-1], columns=top[-1].columns + size)
        else:
            top.append(Td("行政诉讼", columns=size))
        second.append(Td(name, columns=size))
        third += [Td(column) for column in part.columns]
    return [top, second, third, [Td(value, value=True) for row in part.rows for value in row.values]]


def review_on_its_side(part: Part) -> list[list[Td]]:
    out = [[Td("", columns=1), *(Td(name) for name in part.names)]]
    for at, name in enumerate(part.columns):
        out.append([Td(name), *(Td(row.values[at], value=True) for row in part.rows)])
    return out


def review_below(part: Part) -> list[list[Td]]:
    """Three rows of five."""
    out = [[Td(""), *map(Td, part.columns)]]
    return out + [
        [Td(name), *(Td(value, value=True) for value in row.values)]
        for name, row in zip(part.names, part.rows, strict=True)
    ]


def review_in_three(part: Part) -> list[list[list[Td]]]:
    return [
        [
            [Td(name, columns=len(part.columns))],
            [Td(column) for column in part.columns],
            [Td(value, value=True) for value in row.values],
        ]
        for name, row in zip(part.names, part.rows, strict=True)
    ]


def one_table(parts: list[Part], draw: Random, width: int) -> list[list[Td]]:
    """Part 二 in one table on a finer grid: every block spreads over it in its own way."""
    return [
        _spread(line, width, draw) if len(line) > 1 else [replace(line[0], columns=width)]
        for part in parts
        for line in plain(part)
    ]


def _spread(line: list[Td], width: int, draw: Random) -> list[Td]:
    cuts = sorted(draw.sample(range(1, width), len(line) - 1))
    spans = [b - a for a, b in zip([0, *cuts], [*cuts, width], strict=True)]
    return [replace(cell, columns=span) for cell, span in zip(line, spans, strict=True)]


def padded(table: list[list[Td]], draw: Random) -> list[list[Td]]:
    """Short rows filled up with empty cells, as editors do after a row was deleted."""
    width = max(sum(cell.columns for cell in line) for line in table)
    out = []
    for line in table:
        lacking = width - sum(cell.columns for cell in line)
        out.append([*line, *[Td("")] * lacking] if draw.random() < 0.8 else line)
    return out


def split(table: list[list[Td]], at: int, *, repeat: int) -> list[list[list[Td]]]:
    """A table cut by a page break before row `at`: vertical cells begin again, empty or with their text."""
    first, second = table[:at], table[at:]
    carried = []
    for number, line in enumerate(first):
        for place, cell in enumerate(line):
            if cell.rows > at - number and number + cell.rows > at:
                carried.append(replace(cell, text="", rows=number + cell.rows - at))
                first[number] = [*first[number][:place], replace(cell, rows=at - number), *first[number][place + 1 :]]
    if second and carried:
        second[0] = [*carried, *second[0]]
    return [first, [*table[:repeat], *second]]


def flat_rows(table: list[list[Td]], *, traces: bool) -> list[list[Td]]:
    """Rows without spans; `traces`: merged cells leave empty fields."""
    held: dict[int, int] = {}
    out = []
    for line in table:
        flat: list[Td] = []
        queue = list(line)
        column = 0
        taken = dict(held)
        held = {at: left - 1 for at, left in held.items() if left > 1}
        while queue or any(at >= column for at in taken):
            if column in taken:
                if traces:
                    flat.append(Td(""))
                column += 1
                continue
            if not queue:
                column += 1
                continue
            cell = queue.pop(0)
            flat.append(Td(cell.text, value=cell.value))
            for extra in range(cell.columns):
                if cell.rows > 1:
                    held[column + extra] = cell.rows - 1
                if extra and traces:
                    flat.append(Td(""))
            column += cell.columns
        out.append(flat)
    return out
