"""What a confidence means: raised where sums speak for a claim, lowered where they speak against the whole table.

The placing of a figure gives it a confidence by how it was found. Here the rest of its table has its say, once all is
known: its sums, and how much of it had to be left open. The classes and how often each was wrong are data
(`confidence.toml`), made by calibration and not by hand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.data import read_data
from gicrawl.parser.report import Cell, CheckStatus, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from gicrawl.parser.report import Check, Key

SUREST: Final = 0.99
"""From here on a claim is to be relied on unseen: fewer than one in 10,000 is wrong, see `docs/accuracy.md`."""

# Compared by identity and taken by place: hashing states and asking cells by name would be half the time of all this.
_AMBIGUOUS, _UNREAD, _ABSENT = State.AMBIGUOUS, State.UNREAD, State.ABSENT
_FAIL, _PASS = CheckStatus.FAIL, CheckStatus.PASS
_CLAIMS = frozenset([State.NUMBER, State.BLANK, State.NOT_APPLICABLE])
_STATE = Cell._fields.index("state")
_IDLE = "idle"
_SUMS = ("T3_", "T4_", "LF_", "L14_")
"""Families of checks that are sums within one table."""
_KINDS = {"applications": "applications", "review_litigation": "review", "statistics": "list"}
"""Kinds of tables by their keys; all others are small: a few rows and no sums."""


@dataclass(frozen=True, slots=True)
class _Class:
    """Claims alike in what speaks for them, see `confidence.toml`."""

    least: float
    fits: tuple[frozenset[str], ...]
    confidence: float | None
    highest: float


@dataclass(frozen=True, slots=True)
class _Scale:
    few: float
    some: float
    open: float
    ceiling: float
    classes: tuple[_Class, ...]


@cache
def _scale() -> _Scale:
    found = read_data(__package__, "confidence.toml")
    classes = tuple(
        _Class(
            entry["from"],
            tuple(frozenset(entry[name]) for name in Signs._fields),
            entry.get("confidence"),
            entry.get("highest", 1.0),
        )
        for entry in found["classes"]
    )
    return _Scale(found["few"], found["some"], found["open"], found["ceiling"], classes)


@dataclass(frozen=True, slots=True)
class Support:
    """What the sums of a document say.

    Attributes:
        down: cells in a sum over rows that holds and is not all zeros: it tells one row from another.
        across: the same of sums within one row, which tell its columns from one another.
        fails: cells in a sum that does not hold.
        tables: of each table with such a sum, whether few, some or most of its sums fail.
    """

    down: AbstractSet[Key]
    across: AbstractSet[Key]
    fails: AbstractSet[Key]
    tables: dict[str, str]


def support(checks: Iterable[Check]) -> Support:
    """What sums say of cells and tables; a sum with a blank counts as it would with zeros."""
    down: set[Key] = set()
    across: set[Key] = set()
    fails: set[Key] = set()
    holding: Counter[str] = Counter()
    failing: Counter[str] = Counter()
    for check in checks:
        if check.table is None or not check.id.startswith(_SUMS):
            continue
        if check.status is _FAIL or check.holds_if_blank_is_zero is False:
            failing[check.table] += 1
            fails.update(check.cells)
        elif check.status is _PASS or check.holds_if_blank_is_zero:
            holding[check.table] += 1
            if check.left:
                (across if check.column is None else down).update(check.cells)
    scale = _scale()
    tables = {}
    for table, count in failing.items():
        share = count / (count + holding[table])
        tables[table] = "few" if share <= scale.few else "some" if share <= scale.some else "most"
    return Support(down, across, fails, tables)


def openness(cells: Sequence[Cell]) -> dict[str, str]:
    """Of each table in which cells were left open, whether these are few or many of those it has."""
    left = Counter([cell[0] for cell in cells if cell[_STATE] is _AMBIGUOUS or cell[_STATE] is _UNREAD])
    if not left:
        return {}
    there = Counter([cell[0] for cell in cells if cell[_STATE] is not _ABSENT])
    most = _scale().open
    return {table: "few" if count <= most * there[table] else "many" for table, count in left.items()}


class Signs(NamedTuple):
    """What speaks for a claim, as the classes of `confidence.toml` name it."""

    kind: str
    medium: str
    own: str
    table: str
    open: str


class _Weighing:
    """What is known of the tables of one document when its claims are weighed."""

    def __init__(self, cells: Sequence[Cell], checks: Iterable[Check]) -> None:
        """Ask all its cells and checks."""
        said = support(checks)
        self._tables, self._open = said.tables, openness(cells)
        self.own = dict.fromkeys(said.across, "across")
        self.own.update(dict.fromkeys(said.down, "down"))
        self.own.update(dict.fromkeys(said.fails, "fails"))

    def sign(self, table: str, own: str, *, flat: bool) -> Signs:
        """What speaks for a claim of a table."""
        sums, left = self._tables.get(table, "clean"), self._open.get(table, "none")
        return Signs(_KINDS.get(table, "small"), "flat" if flat else "grid", own, sums, left)


def signs(cells: Sequence[Cell], checks: Iterable[Check]) -> Iterator[Signs | None]:
    """What speaks for each cell, in their order; None for one that claims nothing."""
    known = _Weighing(cells, checks)
    for cell in cells:
        if cell.state in _CLAIMS:
            yield known.sign(cell.table, known.own.get(cell.key, _IDLE), flat="start" in cell.evidence)
        else:
            yield None


def calibrated(cells: Sequence[Cell], checks: Iterable[Check]) -> tuple[Cell, ...]:
    """The cells with the confidence that claims like them have earned.

    Args:
        cells: as they were placed.
        checks: all checks of the document; only sums within a table count.

    Returns:
        The same cells in the same order; only confidences differ, and only of numbers and empty cells.
    """
    if not cells:
        return ()
    known = _Weighing(cells, checks)
    # Attribute by attribute: cell by cell it takes twice as long, and a report has hundreds.
    tables, rows, columns, states, *said, placed, flags, candidates, places = zip(*cells, strict=True)
    sums = map(known.own.get, zip(tables, rows, columns, strict=True), repeat(_IDLE))
    flat = ["start" in place for place in places]
    earned = map(_Earned(known).__getitem__, zip(tables, states, flat, placed, sums, strict=True))
    claims = zip(tables, rows, columns, states, *said, earned, flags, candidates, places, strict=True)
    return tuple(map(tuple.__new__, repeat(Cell), claims))


class _Earned(dict[tuple[str, State, bool, float, str], float]):
    """The confidence of each kind of cell in a document, worked out when the first of them is met: they are few."""

    def __init__(self, known: _Weighing) -> None:
        """Take what is known of the tables."""
        self._known = known

    def __missing__(self, kind: tuple[str, State, bool, float, str]) -> float:
        table, state, flat, placed, sums = kind
        earned = _earned(self._known.sign(table, sums, flat=flat), placed) if state in _CLAIMS else placed
        self[kind] = earned
        return earned


@lru_cache(maxsize=1024)  # a document has few kinds of claims
def _earned(sign: Signs, placed: float) -> float:
    scale = _scale()
    for one in scale.classes:
        if placed >= one.least and all(value in fits for value, fits in zip(sign, one.fits, strict=True)):
            return one.confidence if one.confidence is not None else min(placed, one.highest)
    return min(placed, scale.ceiling)
