"""Values that stand together, and the rows of the form they belong to.

A run is what one printed row shows: values not interrupted by words. Runs are given to rows in one monotone assignment,
so that a label printed below its numbers, two labels over two rows of numbers, or a stray row shifts nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.parser.align.numbers import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.stream import Atom

_MOVED = 1.0  # a run in the stretch of a later row: labels and numbers came apart …
_AGAINST = 1.5  # … or of an earlier one: the number before its label
_FAR = 0.1  # for each row further away
_UNNAMED = 0.7  # a row whose label was not found may take what stands there
_BROKEN = 0.5  # a run that does not fill the row
_SECOND = 0.3  # a run that is not the first after its label
_FOREIGN, _FOREIGN_UNNAMED = 1.0, 9.0  # a run behind words that are no label of the form
_ELSEWHERE = 5.0  # a run whose own label is printed beside it, for any other row
_SKIP_FULL, _SKIP_BROKEN, _SKIP_EMPTY = 4.0, 0.6, 0.05
_SKIP_ROW = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """Values of one printed row.

    Attributes:
        atoms: indices into `Stream.atoms`, empty fields that may be cells included.
        held: how many of them surely are cells.
    """

    atoms: tuple[int, ...]
    held: int
    named: str = ""
    """Han characters printed before it that no label of the form accounts for: a row the form does not have."""
    own: int | None = None
    """The row whose label stands before it in the same printed row."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A run given to a row.

    Attributes:
        run: None where the row got none.
        moved: it does not stand between this row's label and the next one's.
    """

    run: Run | None
    moved: bool


def collect(atoms: Sequence[Atom], first: int, last: int, width: int) -> list[Run]:
    """The runs among `atoms[first:last]`.

    Args:
        atoms: the stream's.
        first: index of the first atom of the table.
        last: index after its last.
        width: columns of the table; a flowing run of a multiple of them is cut into rows.
    """
    runs: list[Run] = []
    open_run: list[int] = []
    row = -2
    for index in range(first, last):
        atom = atoms[index]
        if atom.kind is Kind.NOISE:
            continue
        if atom.kind is Kind.TEXT or (open_run and atom.row != row):
            runs += _close(atoms, open_run, width)
            open_run = []
        if atom.kind is not Kind.TEXT:
            open_run.append(index)
            row = atom.row
    return runs + _close(atoms, open_run, width)


def _close(atoms: Sequence[Atom], run: list[int], width: int) -> list[Run]:
    held = [index for index in run if atoms[index].kind is not Kind.GAP]
    if not run:
        return []
    if atoms[run[0]].row < 0 and len(held) > width and len(held) % width == 0:
        return [Run(tuple(held[at : at + width]), width) for at in range(0, len(held), width)]
    return [Run(tuple(run), len(held))]


def assign(runs: list[Run], labels: list[int | None], width: int) -> list[Assigned]:
    """Give runs to rows, in order.

    Args:
        runs: in reading order.
        labels: for each row of the form, index of the atom its label begins in, or None where it was not found.
        width: columns of the table.
    """
    stretches = _stretches(runs, labels)
    later = [at > 0 and stretches[at - 1] == own for at, own in enumerate(stretches)]
    if stretches == list(range(len(labels))) and all(run.held == width for run in runs):
        return [Assigned(run, moved=False) for run in runs]  # every row whole and in its place
    size, rows = len(runs), len(labels)
    cost = [[0.0] * (size + 1) for _ in range(rows + 1)]
    match = [[0.0] * size for _ in range(rows)]
    for r in range(size - 1, -1, -1):
        cost[rows][r] = cost[rows][r + 1] + _skip(runs[r], width)
    for i in range(rows - 1, -1, -1):
        cost[i][size] = cost[i + 1][size] + _SKIP_ROW
        for r in range(size - 1, -1, -1):
            match[i][r] = _match(runs[r], stretches[r], i, labels, width) + (
                _SECOND if later[r] and runs[r].own is None else 0.0
            )
            cost[i][r] = min(
                cost[i + 1][r + 1] + match[i][r],
                cost[i + 1][r] + _SKIP_ROW,
                cost[i][r + 1] + _skip(runs[r], width),
            )
    out: list[Assigned] = []
    r = 0
    for i in range(rows):
        while r < size and cost[i][r] == cost[i][r + 1] + _skip(runs[r], width):
            r += 1
        if r < size and cost[i][r] == cost[i + 1][r + 1] + match[i][r]:
            moved = runs[r].own != i and (labels[i] is None or stretches[r] != i)
            out.append(Assigned(runs[r], moved=moved))
            r += 1
        else:
            out.append(Assigned(None, moved=False))
    return out


def _stretches(runs: list[Run], labels: list[int | None]) -> list[int]:
    """For each run, the last row whose label begins before it; -1 before the first label."""
    out = []
    for run in runs:
        own = -1
        for row, label in enumerate(labels):
            if label is not None and label <= run.atoms[0]:
                own = row
        out.append(own)
    return out


def _skip(run: Run, width: int) -> float:
    if run.held == 0:
        return _SKIP_EMPTY
    return _SKIP_FULL if run.held == width or len(run.atoms) == width else _SKIP_BROKEN


def _match(run: Run, stretch: int, row: int, labels: list[int | None], width: int) -> float:
    if run.held == 0 and len(run.atoms) < width:
        return _SKIP_ROW + 1.0  # traces of merged cells are no row
    cost = 0.0 if width in (run.held, len(run.atoms)) else _BROKEN
    if run.own is not None:
        return cost if run.own == row else cost + _ELSEWHERE
    if labels[row] is None:
        return cost + _UNNAMED + (_FOREIGN_UNNAMED if run.named else 0.0)
    if run.named:
        cost += _FOREIGN
    if stretch > row:
        return cost + _MOVED + _FAR * (stretch - row)
    if stretch < row:
        return cost + _AGAINST + _FAR * (row - stretch)
    return cost
