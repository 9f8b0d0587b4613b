"""The columns of the panel: one for every cell of every form, with a long name, a short one, and what it is called.

Forms of different years share a column where table, row and column are the same. Money is in 元 wherever a unit is
known: printed in the cell, or set by the form.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.forms import Label
    from gicrawl.parser.report import Key

LONGEST: Final = 32
"""Characters of a short name: Stata's limit, the lowest of the common programs."""
YUAN: Final = {"元": Decimal(1), "万元": Decimal(10_000)}
"""Units of money as printed, in 元."""
_WAN: Final = "_wan"
_IN_KEY: Final = re.compile(r"_(?:wan|yuan)$")


@dataclass(frozen=True, slots=True)
class PanelColumn:
    """A column.

    Attributes:
        name: `table__row__column`; of money it ends in `_yuan`.
        short: at most 32 characters, unique.
        key: of its cells.
        labels: the statutory wording of row and column, in the newest form that has it.
        units: by form that has the cell: 元 or 万元 where the form sets it, None where it does not or for counts.
        count_unit: the unit of a count (条, 件), as the newest form that names one prints it; None for money.
        money: whether values are in 元.
    """

    name: str
    short: str
    key: Key
    labels: tuple[str, str]
    units: tuple[tuple[str, str | None], ...]
    count_unit: str | None
    money: bool

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that have the cell."""
        return tuple(form for form, _ in self.units)

    def unit_in(self, form: str) -> str | None:
        """The unit of money that a form sets."""
        return dict(self.units).get(form)


@dataclass(frozen=True, slots=True)
class _Place:
    form: str
    table: str
    row: Label
    column: Label

    @property
    def key(self) -> Key:
        return self.table, self.row.key, self.column.key

    @property
    def unit(self) -> str | None:
        """The unit that the form sets, by its column or its row."""
        if self.column.unit or self.row.unit:
            return self.column.unit or self.row.unit
        return "万元" if self.column.key.endswith(_WAN) or self.row.key.endswith(_WAN) else None

    @property
    def money(self) -> bool:
        return self.row.money or self.column.money or self.unit in YUAN


@cache
def panel_columns() -> tuple[PanelColumn, ...]:
    """Every column, in the order of the newest form that has its table, then of older ones.

    Raises:
        ValueError: two columns have one short name; give one of them an abbreviation in panel_names.toml.
    """
    places: dict[Key, list[_Place]] = {}
    for place in _places():
        places.setdefault(place.key, []).append(place)
    columns = tuple(_column(found) for found in places.values())
    for attribute in ("name", "short"):
        seen: dict[str, PanelColumn] = {}
        for column in columns:
            other = seen.setdefault(getattr(column, attribute), column)
            if other is not column:
                raise ValueError(
                    f"panel_names.toml: {column.key} and {other.key} have the same {attribute} "
                    f"{getattr(column, attribute)!r}; give one of them an abbreviation of its own"
                )
    return columns


def _places() -> Iterable[_Place]:
    """Every cell of every form, the newest form first."""
    for form in sorted(load_forms(), key=lambda form: (form.years, form.id), reverse=True):
        for table in form.tables:
            for row in table.rows:
                for column in table.columns:
                    yield _Place(form.id, table.key, row, column)


def _column(places: list[_Place]) -> PanelColumn:
    newest = places[0]
    money = any(place.money for place in places)
    table, row, column = newest.key
    if money:
        row, column = (_IN_KEY.sub("", part) for part in (row, column))
        column = f"{column}_yuan"
    units = [place.unit for place in places if place.unit is not None]
    return PanelColumn(
        name=f"{table}__{row}__{column}",
        short=short_name(table, row, column),
        key=newest.key,
        labels=(newest.row.labels[0], newest.column.labels[0]),
        units=tuple((place.form, place.unit if place.unit in YUAN else None) for place in reversed(places)),
        count_unit=None if money or not units else units[0],
        money=money,
    )


def short_name(table: str, row: str, column: str) -> str:
    """A name of at most 32 characters that depends on nothing but the three keys, so that new forms change none.

    Words that make it too long are all cut to one length, as many characters as leave it short enough.
    """
    known = _abbreviations()
    parts = (known["tables"].get(table, table), known["rows"].get(row, row), known["columns"].get(column, column))
    name = "_".join(parts)
    for length in range(LONGEST, 0, -1):
        cut = "_".join(word[:length] for word in name.split("_"))
        if len(cut) <= LONGEST:
            return cut
    raise ValueError(f"{name}: too many words; give its row an abbreviation in panel_names.toml")


@cache
def _abbreviations() -> dict[str, dict[str, str]]:
    text = (resources.files(__package__) / "panel_names.toml").read_text(encoding="utf-8")
    data: dict[str, dict[str, str]] = tomllib.loads(text)
    return data
