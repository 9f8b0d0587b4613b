"""Slips in the tables that are no sums: another year's form, nothing but noughts, cells without the number due."""

from __future__ import annotations

from collections import Counter
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from gicrawl.parser.formal.rules import load_rules, made
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Check, CheckStatus, Severity, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.parser.forms import Form, Table
    from gicrawl.parser.report import Cell, Key

_LIST: Final = "list"
_CHANGE: Final = "items_change"
_STATE, _VALUE = 3, 4
"""Places in a cell: asked of hundreds, by their names at four times the time."""
_TABLE_AND_STATE: Final = itemgetter(0, _STATE)
_NUMBER: Final = State.NUMBER  # a member of an enumeration is found ten times as slowly as a name
_OPEN: Final = frozenset([State.AMBIGUOUS, State.UNREAD, State.ILLEGIBLE])
_NO_NUMBER: Final = frozenset([State.BLANK, State.NOT_APPLICABLE, State.TEXT])


def figure_checks(forms: Mapping[str, str], cells: Mapping[Key, Cell], year: int) -> Iterator[Check]:
    """The checks of what stands in the tables.

    Args:
        forms: form of each table that was found.
        cells: what was read of them.
        year: of the report.
    """
    yield from form_checks(_read_by(forms, cells), year)
    yield from _zeros(cells)
    yield from _no_numbers(forms, cells, year)
    yield from _items(cells)


def _read_by(forms: Mapping[str, str], cells: Mapping[Key, Cell]) -> dict[str, str]:
    """The forms of the tables of which most was read: that of any other is hardly more than a guess."""
    read: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for (table, state), count in Counter(map(_TABLE_AND_STATE, cells.values())).items():
        if state is _NUMBER or state in _NO_NUMBER:
            read[table] += count
        elif state in _OPEN:
            left[table] += count
    return {table: form for table, form in forms.items() if read[table] > left[table]}


def form_checks(forms: Mapping[str, str], year: int) -> tuple[Check, ...]:
    """F_FORM_YEAR: tables that the forms of the year do not have like that.

    Args:
        forms: form of each table that was found.
        year: of the report; where no form is known for it, nothing is said.

    Returns:
        One for each table of other years; one for all where there is none.
    """
    return _form_checks(tuple(forms.items()), year)


@cache
def _form_checks(forms: tuple[tuple[str, str], ...], year: int) -> tuple[Check, ...]:
    checks: list[Check] = []
    compared = False
    for key, name in forms:
        due = [form for form in load_forms() if form.years[0] <= year <= form.years[1]]
        own = next(form for form in load_forms() if form.id == name)
        if own.table(key).layout == _LIST:
            continue
        tables = [table for form in due for table in form.tables if table.key == key and table.layout != _LIST]
        if not tables and not any(_tabled(form) for form in due):
            continue
        alike = any(_shape(table) == _shape(own.table(key)) for table in tables)
        nearest = max(own.years[0], min(year, own.years[1]))
        if not alike:
            checks.append(made("F_FORM_YEAR", nearest, year, table=key))
        compared = True
    return tuple(checks) if checks or not compared else (made("F_FORM_YEAR", year, year),)


def _tabled(form: Form) -> bool:
    return any(table.layout != _LIST for table in form.tables)


def _shape(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(row.key for row in table.rows), tuple(column.key for column in table.columns)


def _zeros(cells: Mapping[Key, Cell]) -> Iterator[Check]:
    numbers = [cell[_VALUE] for cell in cells.values() if cell[_STATE] is _NUMBER]
    other = len(numbers) - numbers.count(0)
    if len(numbers) >= load_rules()["F_ALL_ZEROS"].least and (
        other or not any(cell.state in _OPEN for cell in cells.values())
    ):
        yield made("F_ALL_ZEROS", other, len(numbers), holds=other > 0)


def _no_numbers(forms: Mapping[str, str], cells: Mapping[Key, Cell], year: int) -> Iterator[Check]:
    """F_NO_NUMBER: the notices of 2019 and 2021 ask for a 0 where there was nothing; a blank or a stroke is not it."""
    if year < load_rules()["F_NO_NUMBER"].since:
        return
    empty: dict[str, list[Key]] = {}
    open_ = set()
    for key, cell in cells.items():
        state = cell[_STATE]
        if state is _NUMBER:
            continue
        if state in _NO_NUMBER:
            empty.setdefault(key[0], []).append(key)
        elif state in _OPEN:
            open_.add(key[0])
    read = [table for table in forms if table not in open_]
    for table in read:
        if table in empty:
            yield made("F_NO_NUMBER", len(empty[table]), 0, table=table, cells=tuple(empty[table]))
    if read and not any(table in empty for table in read):
        yield made("F_NO_NUMBER", 0, 0)


def _items(cells: Mapping[Key, Cell]) -> Iterator[Check]:
    """X_ITEMS within one report: no more items can have gone than there were."""
    for key, cell in cells.items():
        if key[2] != _CHANGE or cell.value is None or cell.value >= 0:
            continue
        before = cells.get((*key[:2], "items_last_year"))
        if before is not None and before.value is not None:
            yield Check(
                id="X_ITEMS",
                status=CheckStatus.PASS if -cell.value <= before.value else CheckStatus.FAIL,
                severity=Severity.WARNING,
                table=key[0],
                row=key[1],
                left=-cell.value,
                right=before.value,
                cells=(key, before.key),
            )
