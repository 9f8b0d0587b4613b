"""What a confidence means: raised where sums speak for a claim, lowered where they speak against the whole table.

The placing of a figure gives it a confidence by how it was found. Here the sums of its table have their say, once all
are known. The classes and how often each was wrong are data (`confidence.toml`), made by calibration and not by hand.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from gicrawl.parser.report import Cell, CheckStatus, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.report import Check, Key

_CLAIMS = {State.NUMBER, State.BLANK, State.NOT_APPLICABLE}
_AT = Cell._fields.index("confidence")
_SUMS = ("T3_", "T4_", "LF_", "L14_")
"""Families of checks that are sums within one table."""


@dataclass(frozen=True, slots=True)
class _Class:
    """Claims alike in what speaks for them, see `confidence.toml`."""

    medium: frozenset[str]
    least: float
    own: frozenset[str]
    table: frozenset[str]
    confidence: float | None
    highest: float


@dataclass(frozen=True, slots=True)
class _Scale:
    few: float
    some: float
    ceiling: float
    classes: tuple[_Class, ...]


@cache
def _scale() -> _Scale:
    text = files("gicrawl.parser").joinpath("confidence.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    classes = tuple(
        _Class(
            frozenset(entry["medium"]),
            entry["from"],
            frozenset(entry["own"]),
            frozenset(entry["table"]),
            entry.get("confidence"),
            entry.get("highest", 1.0),
        )
        for entry in found["classes"]
    )
    return _Scale(found["few"], found["some"], found["ceiling"], classes)


@dataclass(frozen=True, slots=True)
class Support:
    """What the sums of a document say.

    Attributes:
        held: cells in a sum that holds and is not all zeros.
        fails: cells in a sum that does not hold.
        tables: of each table, whether none, few, some or most of its sums fail.
    """

    held: frozenset[Key]
    fails: frozenset[Key]
    tables: dict[str, str]

    def of(self, key: Key) -> str:
        """`fails`, `held` or `idle`."""
        return "fails" if key in self.fails else "held" if key in self.held else "idle"


def support(checks: Iterable[Check]) -> Support:
    """What sums say of cells and tables; a sum with a blank counts as it would with zeros."""
    held: set[Key] = set()
    fails: set[Key] = set()
    holding: Counter[str] = Counter()
    failing: Counter[str] = Counter()
    for check in checks:
        if check.table is None or not check.id.startswith(_SUMS):
            continue
        if check.status is CheckStatus.FAIL or check.holds_if_blank_is_zero is False:
            failing[check.table] += 1
            fails.update(check.cells)
        elif check.status is CheckStatus.PASS or check.holds_if_blank_is_zero:
            holding[check.table] += 1
            if check.left:
                held.update(check.cells)
    scale = _scale()
    tables = {}
    for table, count in failing.items():
        share = count / (count + holding[table])
        tables[table] = "few" if share <= scale.few else "some" if share <= scale.some else "most"
    return Support(frozenset(held), frozenset(fails), tables)


def calibrated(cells: Sequence[Cell], checks: Iterable[Check]) -> tuple[Cell, ...]:
    """The cells with the confidence that claims like them have earned.

    Args:
        cells: as they were placed.
        checks: all checks of the document; only sums within a table count.

    Returns:
        The same cells in the same order; only confidences differ, and only of numbers and empty cells.
    """
    said = support(checks)
    held, fails, tables = said.held, said.fails, said.tables
    out = []
    for cell in cells:
        table, row, column, state, *_ = cell
        if state not in _CLAIMS:
            out.append(cell)
            continue
        key, placed = (table, row, column), cell.confidence
        own = "fails" if key in fails else "held" if key in held else "idle"
        earned = _earned("flat" if "start" in cell.evidence else "grid", placed, own, tables.get(table, "clean"))
        # as `_replace` does it, in a third of its time: a report has hundreds
        out.append(cell if earned == placed else _new(type(cell), (*cell[:_AT], earned, *cell[_AT + 1 :])))
    return tuple(out)


_new = tuple.__new__


@lru_cache(maxsize=1024)  # a document has few kinds of claims
def _earned(medium: str, placed: float, own: str, table: str) -> float:
    scale = _scale()
    for one in scale.classes:
        if medium in one.medium and placed >= one.least and own in one.own and table in one.table:
            return one.confidence if one.confidence is not None else min(placed, one.highest)
    return min(placed, scale.ceiling)
