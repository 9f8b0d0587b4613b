"""Invented figures of one report, cell by cell, as printed and as they are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import State

if TYPE_CHECKING:
    from random import Random

    from gicrawl.parser.forms import Form, Table
    from gicrawl.parser.report import Key, Number

FORMS = ("form2019", "form2021", "hybrid")
STYLES = ("zeros", "blank_zeros", "some_blank", "blank_rows", "strokes")


@dataclass(frozen=True, slots=True)
class Truth:
    """What stands in a cell."""

    raw: str
    state: State
    value: Number | None = None


def number(value: Number, raw: str | None = None) -> Truth:
    return Truth(raw if raw is not None else str(value), State.NUMBER, value)


BLANK = Truth("", State.BLANK)
STROKE = Truth("/", State.NOT_APPLICABLE)


def form(name: str) -> Form:
    return next(form for form in load_forms() if form.id == name)


def tables_of(name: str) -> list[Table]:
    """The tables of a form; the hybrid has the part 二 of 2021 and the applications of 2019, as seen in the wild."""
    if name != "hybrid":
        return list(form(name).tables)
    new = form("form2021")
    return [form("form2019").table(table.key) if table.key == "applications" else table for table in new.tables]


def _some(draw: Random, size: int, busy: float) -> int:
    return 0 if draw.random() > busy else draw.choice([1, 1, 2, 3, 5, 8, draw.randrange(1, 60), draw.randrange(size)])


def _applications(draw: Random, table: Table) -> dict[str, list[int]]:
    """Rows that satisfy every identity."""
    busy = draw.choice([0.05, 0.15, 0.4, 0.9])
    size = draw.choice([20, 400, 4000])
    special = {"new_received", "carried_in", "results_total", "carried_out"}
    rows = {row.key: [_some(draw, size, busy) for _ in range(6)] for row in table.rows if row.key not in special}
    sums = [sum(column) for column in zip(*rows.values(), strict=True)]
    left = [_some(draw, 30, busy) for _ in range(6)]
    before = [
        draw.randint(0, total + later) if draw.random() < busy else 0 for total, later in zip(sums, left, strict=True)
    ]
    rows |= {"results_total": sums, "carried_out": left, "carried_in": before}
    rows["new_received"] = [a + b - c for a, b, c in zip(sums, left, before, strict=True)]
    return {row.key: [*rows[row.key], sum(rows[row.key])] for row in table.rows}


def _part_two(draw: Random, key: str, column: str) -> Truth:
    value = draw.choice([0, 0, 0, draw.randrange(30), draw.randrange(20000)])
    if column == "items_change":
        value = draw.choice([0, 0, 1, -1]) * draw.randrange(1, 700)
        return number(value, f"{value:+d}" if value and draw.random() < 0.7 else None)
    if column == "procurement_amount":
        amount = draw.choice([value, round(value * draw.random(), 2), 0])
        return number(amount, f"{amount}{draw.choice(['', '万', '万元', '元', ' 万'])}" if amount else "0")
    if column == "fee_amount_wan":
        amount = draw.choice([0, round(draw.random() * 90000, draw.randrange(1, 5)), value])
        return number(amount)
    if key == "art20_1" and draw.random() < 0.05 and value:
        return number(value, f"{value}（其中修订{value // 2}件）")
    return number(value)


def _broken(draw: Random, values: dict[Key, Truth]) -> None:
    """One to three totals the issuer got wrong."""
    totals = [key for key in values if key[0] == "applications" and (key[2] == "total" or key[1] == "results_total")]
    for key in draw.sample(totals, draw.randint(1, 3)):
        values[key] = number(draw.choice([0, draw.randrange(50)]))


def _styled(draw: Random, values: dict[Key, Truth], style: str) -> None:
    zeros = [key for key, truth in values.items() if truth.value == 0]
    if style == "blank_zeros":
        values |= dict.fromkeys(zeros, BLANK)
    elif style == "some_blank":
        values |= dict.fromkeys(draw.sample(zeros, len(zeros) // draw.randint(2, 8)), BLANK)
        values |= dict.fromkeys(draw.sample(sorted(values), draw.randint(0, 4)), BLANK)
    elif style == "blank_rows":
        rows = sorted({key[:2] for key in zeros if key[0] == "applications"})
        chosen = draw.sample(rows, min(len(rows), draw.randint(1, 18)))
        values |= {key: BLANK for key in values if key[:2] in chosen and values[key].value == 0}
    elif style == "strokes":
        values |= dict.fromkeys(zeros, STROKE)


def figures(draw: Random, name: str, style: str, *, broken: bool) -> dict[Key, Truth]:
    """The cells of a report.

    Args:
        draw: the source of chance.
        name: one of `FORMS`.
        style: what is printed for nothing, one of `STYLES`.
        broken: whether the issuer's totals are wrong in places.
    """
    values: dict[Key, Truth] = {}
    for table in tables_of(name):
        if table.key == "applications":
            rows = _applications(draw, table)
            values |= {
                (table.key, row, column.key): number(value)
                for row, line in rows.items()
                for column, value in zip(table.columns, line, strict=True)
            }
        elif table.layout == "blocks":
            for row in table.rows:
                counts = [_some(draw, 40, draw.choice([0.05, 0.3, 0.8])) for _ in range(4)]
                printed = [*counts, sum(counts)]
                values |= {(table.key, row.key, c.key): number(n) for c, n in zip(table.columns, printed, strict=True)}
        else:
            values |= {
                (table.key, row.key, column.key): _part_two(draw, table.key, column.key)
                for row in table.rows
                for column in table.columns
            }
    if broken:
        _broken(draw, values)
    _styled(draw, values, style)
    return values
