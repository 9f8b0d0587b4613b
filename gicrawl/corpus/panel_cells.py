"""The cells of a report in the columns of the panel: a value or the reason why there is none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from gicrawl.corpus.panel_columns import YUAN, panel_columns
from gicrawl.corpus.panel_standing import UNREAD_PROBLEMS
from gicrawl.corpus.rows import from_sql
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import State

if TYPE_CHECKING:
    import sqlite3

    from gicrawl.corpus.panel import PanelEntry
    from gicrawl.corpus.panel_columns import PanelColumn
    from gicrawl.parser.report import Number

PanelValue: TypeAlias = "int | Decimal | None"

NO_REPORT: Final = "no_report"
NOT_IN_FORM: Final = "not_in_form"
NO_UNIT: Final = "no_unit"
"""A number is printed, and nothing says whether it is 元 or 万元."""
NO_COUNT: Final = "no_count"
"""A number is printed that is no count: it has decimals, or more digits than a column holds."""
PANEL_STATES: Final = (*(state.value for state in State), NOT_IN_FORM, NO_REPORT, NO_UNIT, NO_COUNT)
"""What a cell of `panel_states` can say; the value is null unless it says `number`."""
DIGITS, PLACES = 28, 6
"""Digits of money in 元, and how many of them stand behind the point."""

_LARGEST: Final = 2**63
_STEP: Final = Decimal(1).scaleb(-PLACES)
_RICHEST: Final = Decimal(1).scaleb(DIGITS - PLACES)
_EXACT: Final = Context(prec=60)
_CELLS = """
SELECT cell_keys.table_name, cell_keys.row_name, cell_keys.column_name, value, state, unit
FROM cells JOIN cell_keys ON cell_keys.id = cells.cell_key WHERE parse = ?
"""


@dataclass(frozen=True, slots=True)
class PanelCells:
    """The cells of a row of the panel, in the order of `panel_columns`.

    Attributes:
        values: null unless the state is `number`.
        states: of `PANEL_STATES`.
        forms: {table: form} of the report; None without one.
        parser: that read it; None without a report.
    """

    values: tuple[PanelValue, ...]
    states: tuple[str, ...]
    forms: dict[str, str] | None
    parser: str | None


def panel_cells(connection: sqlite3.Connection, entry: PanelEntry) -> PanelCells:
    """The cells of a row of the panel.

    Args:
        connection: of the archive, within `gicrawl.corpus.current.reading`.
        entry: the row.
    """
    columns = panel_columns()
    values: list[PanelValue] = [None] * len(columns)
    if entry.report is None:
        state = State.UNREAD.value if entry.report_state == "found_unparsed" else NO_REPORT
        return PanelCells(tuple(values), (state,) * len(columns), None, None)
    parse = entry.report.parse
    (stored, parser, unread) = connection.execute(
        "SELECT forms, parser, EXISTS (SELECT 1 FROM problems WHERE parse = parses.id "
        "AND code IN (SELECT value FROM json_each(?))) FROM parses WHERE id = ?",
        [json.dumps(sorted(UNREAD_PROBLEMS)), parse],
    ).fetchone()
    forms = json.loads(stored)
    states = list(_without_cells(stored, entry.year, unread=bool(unread)))
    places = _places()
    for table, row, column, value, state, unit in connection.execute(_CELLS, [parse]):
        at = places.get((table, row, column))
        if at is None:
            continue  # a cell that today's forms do not have, read by an older parser
        values[at], states[at] = _cell(columns[at], forms.get(table), from_sql(value), state, unit)
    return PanelCells(tuple(values), tuple(states), forms, parser)


def _cell(
    column: PanelColumn, form: str | None, value: Number | None, state: str, unit: str | None
) -> tuple[PanelValue, str]:
    if value is None:
        return None, state
    if column.money:
        factor = YUAN.get(unit or (column.unit_in(form) if form is not None else None) or "")
        if factor is None:
            return None, NO_UNIT
        amount = _EXACT.multiply(Decimal(str(value)), factor)
        return (None, NO_COUNT) if abs(amount) >= _RICHEST else (_EXACT.quantize(amount, _STEP), state)
    if value != int(value) or not -_LARGEST <= value < _LARGEST:
        return None, NO_COUNT
    return int(value), state


@lru_cache(1_000)
def _without_cells(forms: str, year: int, *, unread: bool) -> tuple[str, ...]:
    """What is said of a column of which the parse has no cell.

    Args:
        forms: {table: form} of the report, JSON.
        year: reported on: where no table was read, the forms of that year are asked.
        unread: part of the document was not read.
    """
    told: dict[str, str] = json.loads(forms)
    used = set(told.values()) or _forms_of(year)
    states = []
    for column in panel_columns():
        form = told.get(column.key[0])
        there = form in column.forms if form is not None else bool(used.intersection(column.forms))
        missing = State.UNREAD if unread and form is None else State.ABSENT
        states.append(missing.value if there else NOT_IN_FORM)
    return tuple(states)


def _forms_of(year: int) -> set[str]:
    """The forms made for a year; after the newest one it goes on."""
    forms = load_forms()
    newest = max(form.years[1] for form in forms)
    return {form.id for form in forms if form.years[0] <= min(year, newest) <= form.years[1]}


@lru_cache(1)
def _places() -> dict[tuple[str, str, str], int]:
    return {column.key: at for at, column in enumerate(panel_columns())}
