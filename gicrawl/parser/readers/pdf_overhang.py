"""Which cell of a table a character belongs to, where print hangs over the edges of its cell.

Numbers stand close to each other in narrow columns, upright headings run down out of a row that is too low, and labels
that are too long for their cell run over its right edge, onto the figure there.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.pdf_text import NUMBER_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.parser.readers.pdf_grid import Table, TableCell
    from gicrawl.parser.readers.pdf_page import Char

_UP: Final = 0.3  # of a character's height: its middle above the baseline
_HANGING: Final = 0.15  # of a character's height: what begins so far above a rule is cut by it
_OVER: Final = 0.1  # of a character: how far it has to jut out over an edge to be seen to do so
_TOUCHING: Final = 0.12  # of a character's height between digits of one number
_WIDER: Final = 0.15  # of a character's height: by how much gaps within one word differ
_FIGURES: Final = 3  # figures side by side that make a row
_INDENT: Final = 0.6  # of a character's height: what begins nearer to an edge may come from beyond it


def middle_of(char: Char) -> float:
    """The height at which a character is looked for in a table."""
    return char.base - _UP * (char.bottom - char.top)


def filled(table: Table, chars: dict[tuple[int, int], list[Char]]) -> Iterator[tuple[TableCell, list[Char]]]:
    """The cells of a table with their characters.

    Args:
        table: with its rules.
        chars: by the row and column that their middles stand in.
    """
    _draw_in(table, chars)
    held_by = [
        [
            char
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
            for char in chars.get((row, column), ())
        ]
        for cell in table.cells
    ]
    mixed = [number for number, held in enumerate(held_by) if _is_mixed(held)]
    if mixed:
        cell_of = table.cell_numbers()
        for number in mixed:
            cell = table.cells[number]
            _raise(table, held_by, number, cell_of.get((cell.row - 1, cell.column)))
            _draw_back(table, held_by, number, cell_of.get((cell.row, cell.column - 1)))
    for cell, held in zip(table.cells, held_by, strict=True):
        yield from _unmerged(table, cell, held)


def _unmerged(table: Table, cell: TableCell, held: list[Char]) -> Iterator[tuple[TableCell, list[Char]]]:
    """A cell and its characters; cell by cell where it is a row of figures that no line parts, as banded tables have.

    The columns are those that lines of other rows draw. What stands before the first figure stays together.
    """
    columns: dict[int, list[Char]] = {}
    if cell.colspan >= _FIGURES and any(char.text in NUMBER_CHARS for char in held):
        columns = _columns(table, held)
    figures = [
        column
        for column, inside in columns.items()
        if all(char.text in NUMBER_CHARS or char.text.isspace() for char in inside)
    ]
    if len(figures) < _FIGURES or figures[-1] + 1 != cell.column + cell.colspan:
        yield cell, held
        return
    first = figures[0]
    if first > cell.column:
        before = [char for column, inside in columns.items() if column < first for char in inside]
        yield replace(cell, colspan=first - cell.column), before
    for column in range(first, cell.column + cell.colspan):
        yield replace(cell, column=column, colspan=1), columns.get(column, [])


def _columns(table: Table, held: list[Char]) -> dict[int, list[Char]]:
    """The printed characters of a cell by the columns of its table; none where one stands across an edge."""
    columns: dict[int, list[Char]] = {}
    for char in held:
        if char.text.isspace():
            continue
        _, column = table.place((char.x0 + char.x1) / 2, middle_of(char))
        margin = _OVER * (char.x1 - char.x0)
        if char.x0 + margin < table.xs[column] or char.x1 - margin > table.xs[column + 1]:
            return {}
        columns.setdefault(column, []).append(char)
    return dict(sorted(columns.items()))


def _is_mixed(held: list[Char]) -> bool:
    """Whether a cell holds a figure and words."""
    if len(held) < 2:  # noqa: PLR2004
        return False
    figures = [char.text in NUMBER_CHARS for char in held if not char.text.isspace()]
    return any(figures) and not all(figures)


def _raise(table: Table, held_by: list[list[Char]], number: int, above: int | None) -> None:
    """Give words that hang down over the rule below them, onto a figure, back to the empty cell above."""
    cell = table.cells[number]
    if above is None or any(not char.text.isspace() for char in held_by[above]):
        return
    edge = table.ys[cell.row]
    hanging: list[Char] = []
    rest: list[Char] = []
    for char in held_by[number]:
        if not char.text.isspace():
            (hanging if char.top + _HANGING * (char.bottom - char.top) < edge else rest).append(char)
    if not hanging or not rest or not _apart(hanging, rest) or table.cells[above].colspan != cell.colspan:
        return
    held_by[above] += hanging
    held_by[number] = rest


def _apart(words: list[Char], figures: list[Char]) -> bool:
    return all(char.text in NUMBER_CHARS for char in figures) and not any(char.text in NUMBER_CHARS for char in words)


def _draw_back(table: Table, held_by: list[list[Char]], number: int, left: int | None) -> None:
    """Give words that run over the left edge of a cell, onto its figure, back to the cell they come from."""
    words = [char for char in held_by[number] if not char.text.isspace() and char.text not in NUMBER_CHARS]
    if left is None or not words:
        return
    edge = table.xs[table.cells[number].column]
    words.sort(key=lambda char: (char.base, char.x0))
    begins = [at for at, char in enumerate(words) if not at or not _on_line(words[at - 1], char)]
    lines = [words[at:end] for at, end in pairwise([*begins, len(words)])]
    if all(_goes_on(line, held_by[left], edge) for line in lines):
        held_by[left] += words
        held_by[number] = [char for char in held_by[number] if char.text in NUMBER_CHARS]


def _goes_on(words: list[Char], before: list[Char], edge: float) -> bool:
    """Whether words at the left edge of a cell go on with a line of the cell before it, spaced as that is."""
    first, height = words[0], words[0].bottom - words[0].top
    line = sorted(
        (char for char in before if not char.text.isspace() and _on_line(char, first)), key=lambda one: one.x1
    )
    if len(line) < 2 or first.x0 > edge + _INDENT * height:  # noqa: PLR2004 - two have a gap between them
        return False
    return first.x0 - line[-1].x1 <= line[-1].x0 - line[-2].x1 + _WIDER * height


def _on_line(char: Char, other: Char) -> bool:
    return abs(char.base - other.base) <= _OVER * (other.bottom - other.top)


def _draw_in(table: Table, chars: dict[tuple[int, int], list[Char]]) -> None:
    """Give numbers that jut out over the edge of their cell whole to the cell they are centred in.

    Only where an edge runs through a digit: numbers of two cells stand close to each other in narrow columns.
    """
    cell_of: dict[tuple[int, int], int] = {}
    for place, held in list(chars.items()):
        for char in held:
            if char.text not in NUMBER_CHARS:
                continue
            y, margin = middle_of(char), _OVER * (char.x1 - char.x0)
            ends = table.place(char.x0 + margin, y), table.place(char.x1 - margin, y)
            if ends[0] == ends[1]:
                continue
            cell_of = cell_of or table.cell_numbers()
            if cell_of[ends[0]] != cell_of[ends[1]]:
                _gather(table, chars, char, place[0])


def _gather(table: Table, chars: dict[tuple[int, int], list[Char]], pierced: Char, row: int) -> None:
    """Put the run of digits around one of them into one place."""
    beside = [
        (char, place)
        for place, held in chars.items()
        if place[0] == row
        for char in held
        if char.text in NUMBER_CHARS and abs(char.base - pierced.base) <= _OVER * (char.bottom - char.top)
    ]
    beside.sort(key=lambda found: found[0].x0)
    at = next(index for index, (char, _) in enumerate(beside) if char is pierced)
    touching = _TOUCHING * (pierced.bottom - pierced.top)
    first = last = at
    while first > 0 and beside[first][0].x0 - beside[first - 1][0].x1 <= touching:
        first -= 1
    while last + 1 < len(beside) and beside[last + 1][0].x0 - beside[last][0].x1 <= touching:
        last += 1
    run = beside[first : last + 1]
    _, column = table.place((run[0][0].x0 + run[-1][0].x1) / 2, pierced.base)
    for char, place in run:
        if place[1] != column:
            chars[place] = [other for other in chars[place] if other is not char]
            chars[row, column].append(char)
