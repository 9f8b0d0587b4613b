"""Rows whose lines end early: whether their last cells are empty, or a cell is gone and those behind it moved up.

An office that leaves cells empty leaves some of them between figures, and some at the end of a row. What it does not
leave empty is the sum of what it prints, nor what has come together since, of something that there was this year.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.cells import PLACEMENT, left_open
from gicrawl.parser.align.stream import ENDS
from gicrawl.parser.report import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gicrawl.parser.report import Cell

_FEW: Final = 3
"""Rows of a table that may end early without being a habit."""
_SHARE: Final = 0.2
"""Of the rows of a table, that may lack the sum of what they print."""
_NARROW: Final = 3
"""Columns of tables in which any may be empty in any row."""
_NUMBER, _BLANK, _STROKE = State.NUMBER, State.BLANK, State.NOT_APPLICABLE
_SAID: Final = frozenset({_NUMBER, _BLANK, _STROKE})
_SUMS: Final = frozenset({"total", "cumulative"})
"""Last columns in which no less can stand than in those before them."""

_Row = tuple[str, str]


def without_short_rows(cells: list[Cell], *, ends: bool) -> list[Cell]:
    """The cells, open those of rows whose lines end early, where cells of them are gone rather than empty.

    Rows that end early by the dozen are a habit.

    Args:
        cells: of a document.
        ends: lines of it do end early.
    """
    if not ends:
        return cells
    rows: dict[_Row, list[Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.table, cell.row), []).append(cell)
    short = {
        row: each
        for row, each in rows.items()
        if any(ENDS in cell.flags for cell in each) and any(cell.state in {_NUMBER, _STROKE} for cell in each)
    }
    gone = _gone(cells, rows, short)
    if not gone:
        return cells
    out: list[Cell] = []
    for cell in cells:
        if (cell.table, cell.row) in gone and cell.state in _SAID:
            said = ((one.raw, one.evidence) for one in rows[cell.table, cell.row] if one.raw and ENDS not in one.flags)
            out.append(left_open(cell.key, PLACEMENT, said))
        else:
            out.append(cell)
    return out


def _gone(cells: Sequence[Cell], rows: dict[_Row, list[Cell]], short: dict[_Row, list[Cell]]) -> set[_Row]:
    """The rows of which a cell is gone."""
    often = Counter(table for table, _ in rows)
    gone = _few([row for row, each in short.items() if _lacks_sum(each)], often)
    if not any(cell.state is _BLANK and ENDS not in cell.flags for cell in cells):
        gone |= _few(short)
    holed = {row[0] for row, each in rows.items() if _has_hole(each)}
    return gone | _few([row for row, each in short.items() if row[0] not in holed and _is_deep(each)])


def _few(rows: Iterable[_Row], of: Mapping[str, int] | None = None) -> set[_Row]:
    """Those rows of which their table has few, of so many as it has."""
    rows = list(rows)
    often = Counter(table for table, _ in rows)
    return {row for row in rows if often[row[0]] <= max(_FEW, _SHARE * of[row[0]] if of else 0)}


def _is_deep(row: Sequence[Cell]) -> bool:
    """Whether a row of a wide table lacks more than its sum."""
    return len(row) > _NARROW and sum(ENDS in cell.flags for cell in row) > 1


def _has_hole(row: Sequence[Cell]) -> bool:
    """Whether a cell between or before figures is empty."""
    empty = [at for at, cell in enumerate(row) if cell.state is _BLANK and ENDS not in cell.flags]
    return bool(empty) and any(cell.state in {_NUMBER, _STROKE} for cell in row[empty[0] :])


def _lacks_sum(row: Sequence[Cell]) -> bool:
    """Whether a row has figures above nought and no sum of them, unless its sum alone can be what is gone."""
    last = row[-1]
    figures = [cell.value for cell in row if cell.value]
    if last.column not in _SUMS or ENDS not in last.flags or not figures:
        return False
    return _is_deep(row) or figures[-1] >= sum(figures[:-1])
