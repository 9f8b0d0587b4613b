"""The divisions of province, prefecture and county level, with the years their codes were valid: 1980 to 2026.

The table is `divisions.csv`, written out of public packages by `docs/regions_table/write_table.py`; docs/regions.md
tells where each fact is from, and how far it has been checked. It is read once, when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

Level = Literal["province", "prefecture", "county"]
FIRST_YEAR: Final = 1980
"""The first year the table knows; a division with this first year may be older."""
_COLUMNS: Final = 6
_CODE, _NAME = 0, 1


@dataclass(frozen=True, slots=True)
class Division:
    """A code of GB/T 2260 while it stood for one name below one parent.

    A renamed division is two of them with the same code; one that got a new code is two with different codes.

    Attributes:
        code: six digits (140981).
        name: official name in Simplified script (原平市).
        level: follows from the code, and so tells the two kinds of 市 apart.
        parent: code of the division it lies in, None for provinces. Counties and county-level cities that no prefecture
            stands above (济源市) have their province.
        first_year: the first year at whose end this was in force.
        last_year: the year in the course of which it ended, or None. In that year both it and what followed it may be
            found in reports.
        successors: codes of those who took over; its own where only its name changed. Of several, none comes first.
    """

    code: str
    name: str
    level: Level
    parent: str | None
    first_year: int
    last_year: int | None
    successors: tuple[str, ...]

    def in_force(self, year: int) -> bool:
        """Whether it was in force at any time of a year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def at_end_of(self, year: int) -> bool:
        """Whether it was in force on the last day of a year, for which that year's report is written."""
        return self.first_year <= year and (self.last_year is None or year < self.last_year)


def level_of_code(code: str) -> Level:
    """The level a code stands for (GB/T 2260: two digits each for province, prefecture and county)."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


@cache
def _lines() -> tuple[str, ...]:
    text = (resources.files(__package__) / "divisions.csv").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))[1:]


@cache
def _lines_by(column: int) -> dict[str, tuple[str, ...]]:
    """Lines by one of their first two fields: a division becomes an object only when somebody asks for it."""
    out: dict[str, list[str]] = {}
    for line in _lines():
        out.setdefault(line.split(",", 2)[column], []).append(line)
    return {key: tuple(lines) for key, lines in out.items()}


@cache
def _read(line: str) -> Division:
    fields = line.split(",")
    if len(fields) != _COLUMNS:
        raise ValueError(f"divisions.csv: not {_COLUMNS} fields in {line!r}")
    code, name, parent, first, last, successors = fields
    return Division(
        code=code,
        name=name,
        level=level_of_code(code),
        parent=parent or None,
        first_year=int(first),
        last_year=int(last) if last else None,
        successors=tuple(successors.split()),
    )


@cache
def all_divisions() -> tuple[Division, ...]:
    """The whole table, sorted by code and first year."""
    return tuple(_read(line) for line in _lines())


def names() -> tuple[str, ...]:
    """Every official name there has been."""
    return tuple(_lines_by(_NAME))


def with_name(name: str) -> tuple[Division, ...]:
    """Whoever has had an official name, in any year, by code."""
    return tuple(_read(line) for line in _lines_by(_NAME).get(name, ()))


def with_code(code: str, year: int) -> tuple[Division, ...]:
    """Whatever a code stood for in a year, the one in force at its end first; two where it changed in that year."""
    found = [one for line in _lines_by(_CODE).get(code, ()) if (one := _read(line)).in_force(year)]
    return tuple(sorted(found, key=lambda one: not one.at_end_of(year)))


def division(code: str, year: int) -> Division | None:
    """What a code stood for at the end of a year, or, where it ended in that year, before its end.

    Returns:
        None for a code that was not valid in that year, or never.
    """
    return next(iter(with_code(code, year)), None)


def divisions(year: int, *, level: Level | None = None) -> tuple[Division, ...]:
    """All divisions in force at the end of a year, by code."""
    return tuple(one for one in all_divisions() if one.at_end_of(year) and level in {None, one.level})


def above(one: Division, year: int) -> tuple[Division, ...]:
    """The divisions it lay in, the nearest first; under both names where one of them was renamed in that year."""
    if one.parent is None:
        return ()
    parents = with_code(one.parent, year)
    return (*parents, *above(parents[0], year)) if parents else ()
