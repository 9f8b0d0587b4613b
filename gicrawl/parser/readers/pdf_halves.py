"""Rows that a page break parts although lines close both parts, as word processors and browsers draw them.

The words of a row's label stand on one side of the break and its figures on the other, or some of each on both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gicrawl.parser.document import GridCell

Span = tuple[int, int]
"""Column, column after."""

_ORDINAL: Final = re.compile(r"[)）]?[（(]?[一二三四五六七八九十\d]{1,2}(?:[)）、.．,，]|$)")
"""The number that a label begins with; its last bracket may hang over into the next cell, or stand behind the break."""
_VALUE: Final = re.compile(r"[-+]?[\d.,]+\s*[万元件条项个次份]{0,2}|[-/—–－]*")


def row_in_two(above: Mapping[Span, GridCell], below: Mapping[Span, GridCell]) -> set[Span] | None:
    """The cells that a break parts, where what stands on both sides of it is one row; None where it is two.

    It is one where no column has a value on both sides, and the label either stands on one side alone, which lacks
    values that the other has, or goes on without the number that every label of the table begins with.

    Args:
        above: the cells that end the table on one page.
        below: those that begin it on the next.
    """
    values = _values(above, below)
    if not values or any(above[span].text and below[span].text for span in values):
        return None
    over = any(above[span].text for span in values)
    under = any(below[span].text for span in values)
    begin = min(values)[0]
    label, rest = _label(above, begin), _label(below, begin)
    if not (over or under) or label is None or rest is None or not _fit(above, below, begin):
        return None
    if label.text and rest.text:
        one = _is_label(label) and not _is_label(rest)
    elif label.text:
        one = under
    else:
        one = bool(rest.text) and over
    return above.keys() & below.keys() if one else None


def _values(above: Mapping[Span, GridCell], below: Mapping[Span, GridCell]) -> set[Span]:
    """The columns at the right that hold nothing but values on both sides."""
    found: set[Span] = set()
    for span in sorted(above.keys() | below.keys(), reverse=True):
        if span not in above or span not in below:
            break
        if not (_VALUE.fullmatch(above[span].text) and _VALUE.fullmatch(below[span].text)):
            break
        found.add(span)
    return found if any(span[1] <= min(found, default=(0, 0))[0] for span in above) else set()


def _label(cells: Mapping[Span, GridCell], end: int) -> GridCell | None:
    return next((cell for span, cell in cells.items() if span[1] == end), None)


def _fit(above: Mapping[Span, GridCell], below: Mapping[Span, GridCell], begin: int) -> bool:
    """Whether the labels of the row and of the groups it belongs to can be of one row."""
    for span, cell in below.items():
        if span[1] >= begin or not cell.text:
            continue
        other = above.get(span)
        if other is None:  # under cells of other widths, which have to be empty
            if any(a < span[1] and span[0] < b and one.text for (a, b), one in above.items() if b <= begin):
                return False
        elif _is_label(cell) if other.text else other.rowspan > 1:  # another group begins
            return False
    return True


def without_place(cells: list[GridCell], row: int) -> list[GridCell]:
    """The cells of a table without those of a row joined from two that are empty and stand in the place of others."""
    here = [cell for cell in cells if cell.row <= row < cell.row + cell.rowspan]
    idle = {
        id(cell)
        for cell in here
        if not cell.text
        and any(
            other is not cell
            and other.column < cell.column + cell.colspan
            and cell.column < other.column + other.colspan
            for other in here
        )
    }
    return [cell for cell in cells if id(cell) not in idle]


def _is_label(cell: GridCell) -> bool:
    return _ORDINAL.match("".join(cell.text.split())) is not None
