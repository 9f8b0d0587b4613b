"""Divisions through their renamings: which rows of the regions table are one place, and what became of it.

A division goes on in the row that followed it and has its code (renamed, or put below another parent), else in the one
that has its name, else in its only successor where that one followed nobody else. Every other change ends it: it was
merged into a successor, or split into several.

Only what was in force in 2008 or later counts, the first year that was ever reported on (Regulations 2008): that part
of the table has been checked, and a correction of earlier years shall change no id.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from gicrawl.regions.table import Division, all_divisions, with_code

FIRST_REPORT_YEAR: Final = 2008

ChangeKind = Literal["renamed", "upgraded", "merged", "split"]

_RANKS: Final = (("地区", "盟"), ("州",), ("市",), ("区",), ("县", "旗"))
"""Names that end alike have one rank: 自治县 and 县, 盟 and 地区."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """A place, whatever it was called.

    Attributes:
        root: code of its first division in force in 2008 or later; no two lineages share one.
        divisions: its rows of the regions table, oldest first.
    """

    root: str
    divisions: tuple[Division, ...]

    def code(self, year: int) -> str | None:
        """Its code at the end of a year, or, where it ended in that year, before its end; None when there was none."""
        return next((one.code for one in reversed(self.divisions) if one.at_end_of(year)), None) or next(
            (one.code for one in self.divisions if one.last_year == year), None
        )

    @property
    def last_year(self) -> int | None:
        """The year in the course of which it ended; None where it still is."""
        return self.divisions[-1].last_year


@dataclass(frozen=True, slots=True)
class RegionChange:
    """What became of a division.

    Attributes:
        predecessor, successor: roots of their lineages; equal for `renamed` and `upgraded`.
        before, after: the divisions.
        year: in the course of which it happened.
        kind: `upgraded` is another rank (a county that became a city or a district, a prefecture that became a city).
    """

    predecessor: str
    successor: str
    before: Division
    after: Division
    year: int
    kind: ChangeKind


@cache
def lineages() -> dict[str, Lineage]:
    """Every lineage by its root."""
    following = _continuations()
    continued = set(following.values())
    out: dict[str, Lineage] = {}
    for division in _rows():
        if division in continued:
            continue
        chain = [division]
        while (after := following.get(chain[-1])) is not None:
            chain.append(after)
        if division.code in out:
            raise ValueError(f"divisions.csv: {division.code} began twice since {FIRST_REPORT_YEAR}")
        out[division.code] = Lineage(division.code, tuple(chain))
    return out


@cache
def _by_division() -> dict[Division, Lineage]:
    return {division: lineage for lineage in lineages().values() for division in lineage.divisions}


def lineage_of(code: str, year: int) -> Lineage | None:
    """The lineage a code belonged to in a year; None where it stood for nothing."""
    known = _by_division()
    return next((known[one] for one in with_code(code, max(year, FIRST_REPORT_YEAR)) if one in known), None)


@cache
def region_changes() -> tuple[RegionChange, ...]:
    """Every renaming, upgrade, merger and split since 2008, by year and codes.

    A new code or another parent under the same name is none: `Lineage.code` tells it.
    """
    known = _by_division()
    out = []
    for before, after in _links():
        assert before.last_year is not None
        kind = _kind(before, after)
        if kind is not None:
            pair = (known[before].root, known[after].root)
            out.append(RegionChange(*pair, before, after, before.last_year, kind))
    return tuple(sorted(out, key=lambda one: (one.year, one.before.code, one.after.code, one.after.name)))


def _kind(before: Division, after: Division) -> ChangeKind | None:
    if not _goes_on(before, after):
        return "split" if len(before.successors) > 1 else "merged"
    if (before.level, _rank(before)) != (after.level, _rank(after)):
        return "upgraded"
    return None if before.name == after.name else "renamed"


def _rank(division: Division) -> int | None:
    return next((at for at, endings in enumerate(_RANKS) if division.name.endswith(endings)), None)


@cache
def _rows() -> tuple[Division, ...]:
    """What was in force in 2008 or later, by code and first year."""
    return tuple(one for one in all_divisions() if one.last_year is None or one.last_year >= FIRST_REPORT_YEAR)


@cache
def _links() -> tuple[tuple[Division, Division], ...]:
    """(ended, successor) row by row."""
    out = []
    for division in _rows():
        if division.last_year is None:
            continue
        for code in division.successors:
            heirs = [one for one in with_code(code, division.last_year) if one != division]
            heirs += [one for one in with_code(code, division.last_year + 1) if one not in heirs and one != division]
            heirs = [one for one in heirs if one.last_year is None or one.last_year > division.last_year]
            if heirs:
                out.append((division, heirs[0]))
    return tuple(out)


@cache
def _predecessors() -> dict[Division, tuple[Division, ...]]:
    """Who a division followed when it began."""
    out: dict[Division, list[Division]] = {}
    for before, after in _links():
        assert before.last_year is not None
        if after.first_year >= before.last_year:
            out.setdefault(after, []).append(before)
    return {after: tuple(found) for after, found in out.items()}


@cache
def _continuations() -> dict[Division, Division]:
    """Ended row → the row in which the same place goes on."""
    out: dict[Division, Division] = {}
    for after, followed in _predecessors().items():
        same = [one for one in followed if one.code == after.code] or [
            one for one in followed if one.name == after.name
        ]
        alone = [one for one in followed if len(followed) == len(one.successors) == 1]
        for before in (same or alone)[:1]:
            rival = out.get(before)
            if rival is None or (rival.code != before.code and after.code == before.code):
                out[before] = after
    return out


def _goes_on(before: Division, after: Division) -> bool:
    return _continuations().get(before) == after
