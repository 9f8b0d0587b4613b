"""Values that stand together, and the rows of the form they belong to.

A run is what one printed row shows: values not interrupted by words. Runs are given to rows in one monotone assignment,
so that labels wrapped around their numbers, numbers printed above their labels, two labels over two rows of numbers, or
a stray row shift nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.parser.align.numbers import NO_FIELD, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.stream import Atom

# A member of an enumeration is found ten times as slowly as a name.
_TEXT, _NOISE = Kind.TEXT, Kind.NOISE

Span: TypeAlias = "tuple[int, int]"
"""First and last atom of a label."""


class Place(Enum):
    """Where a run stands, seen from the label of the row it was given to."""

    BESIDE = "beside"  # in the same printed row
    INSIDE = "inside"  # between the pieces of the wrapped label
    AFTER = "after"
    BEFORE = "before"
    DETACHED = "detached"  # other labels stand between
    UNNAMED = "unnamed"  # the label was not found

    __hash__ = object.__hash__  # as that of `Kind`

    @property
    def own(self) -> bool:
        """Whether the place alone says that they belong together."""
        return self in {Place.BESIDE, Place.INSIDE, Place.AFTER}


_COST = {Place.BESIDE: 0.0, Place.INSIDE: 0.0, Place.AFTER: 0.2, Place.BEFORE: 0.35, Place.UNNAMED: 0.7}
_SELDOM = 1.5  # a run before its label, where those of the table stand behind theirs
_MOVED, _AGAINST = 1.0, 1.5  # detached: the label before its numbers, or after them
_FAR = 0.1  # for each label between
_BROKEN = 0.5  # a run that does not fill the row
_SECOND = 0.3  # a run that is not the next to the label
_FOREIGN, _FOREIGN_UNNAMED = 1.0, 9.0  # a run behind words that are no label of the form
_ELSEWHERE = 9.0  # a run whose own label is printed beside it, for any other row
_SKIP_FULL, _SKIP_BROKEN, _SKIP_EMPTY = 4.0, 0.6, 0.05
_SKIP_ROW = 2.0
SUBTOTALS = ("合计", "小计", "共计")
"""Rows that no form has, too short to be told by their length."""
_TURNED = 2.0  # a run after its label, where all others stand before theirs


NO_ROW = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Values of one printed row.

    Attributes:
        atoms: indices into `Stream.atoms`, empty fields that may be cells included.
        held: how many of them surely are cells.
        named: Han characters printed before it that no label of the form accounts for: a row the form does not have.
        own: the row whose label stands before it in the same printed row; `NO_ROW` where that is no label of the form.
        cut: from a longer flow of values: whether they run along the rows or down the columns is not said.
        of: into how many runs that flow was cut.
        turned: the figures of its table stand before their labels.
    """

    atoms: tuple[int, ...]
    held: int
    named: str = ""
    own: int | None = None
    cut: bool = False
    turned: bool = False
    of: int = 1


@dataclass(frozen=True, slots=True)
class Assigned:
    """A run given to a row; both None where the row got none."""

    run: Run | None
    place: Place | None


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
        if atom.kind is _NOISE:
            continue
        if atom.kind is _TEXT or (open_run and atom.row != row):
            runs += _close(atoms, open_run, width)
            open_run = []
        if atom.kind is not _TEXT:
            open_run.append(index)
            row = atom.row
    return runs + _close(atoms, open_run, width)


def _close(atoms: Sequence[Atom], run: list[int], width: int) -> list[Run]:
    held = [index for index in run if atoms[index].kind not in NO_FIELD]
    if not run:
        return []
    if atoms[run[0]].row < 0 and len(held) > width and len(held) % width == 0:
        times = len(held) // width
        return [Run(tuple(held[at : at + width]), width, cut=True, of=times) for at in range(0, len(held), width)]
    return [Run(tuple(run), len(held))]


def assign(runs: list[Run], labels: list[Span | None], width: int) -> list[Assigned]:
    """Give runs to rows, in order.

    Args:
        runs: in reading order.
        labels: for each row of the form, the atoms its label begins and ends in, or None where it was not found.
        width: columns of the table.
    """
    size, rows = len(runs), len(labels)
    if size == rows and all(run.own == row and run.held == width for row, run in enumerate(runs)):
        return [Assigned(run, Place.BESIDE) for run in runs]  # every row whole and beside its label
    starts = sorted({span[0] for span in labels if span is not None})
    seen = [_neighbours(run, starts) for run in runs]
    turned = any(run.turned for run in runs)
    joined = _of_joined(labels, seen, turned=turned)
    if direct := _all_in_place(runs, labels, seen, width):
        return direct
    skips = [_skip(run, width) for run in runs]
    nearest = [at == 0 or seen[at - 1] != own for at, own in enumerate(seen)]
    cost = [[0.0] * (size + 1) for _ in range(rows + 1)]
    match = [[(0.0, Place.DETACHED)] * size for _ in range(rows)]
    for r in range(size - 1, -1, -1):
        cost[rows][r] = cost[rows][r + 1] + skips[r]
    for i in range(rows - 1, -1, -1):
        cost[i][size] = cost[i + 1][size] + _SKIP_ROW
        for r in range(size - 1, -1, -1):
            near = joined[i] == r if i in joined else nearest[r]
            around = seen[r]
            if i in joined and not near:
                around = (around[0], 1 << 60) if turned else (-1, around[1])
            match[i][r] = _match(runs[r], i, labels[i], around, width, nearest=near)
            cost[i][r] = min(cost[i + 1][r + 1] + match[i][r][0], cost[i + 1][r] + _SKIP_ROW, cost[i][r + 1] + skips[r])
    out: list[Assigned] = []
    r = 0
    for i in range(rows):
        while r < size and cost[i][r] == cost[i][r + 1] + skips[r]:
            r += 1
        if r < size and cost[i][r] == cost[i + 1][r + 1] + match[i][r][0]:
            out.append(Assigned(runs[r], match[i][r][1]))
            r += 1
        else:
            out.append(Assigned(None, None))
    return out


def _all_in_place(
    runs: list[Run], labels: list[Span | None], seen: list[tuple[int, int]], width: int
) -> list[Assigned] | None:
    """The assignment where every row has one whole run at its label: most tables, and nothing to weigh."""
    if len(runs) != len(labels):
        return None
    out = []
    for run, label, around in zip(runs, labels, seen, strict=True):
        if label is None or run.held != width or run.own is not None or run.named or run.turned:
            return None
        place = _place(run, label, around)
        if not place.own:
            return None
        out.append(Assigned(run, place))
    return out


def _of_joined(labels: list[Span | None], seen: list[tuple[int, int]], *, turned: bool) -> dict[int, int]:
    """For each label that shares its text with others, the run that is its own behind them; -1 where none is.

    One row of values for each of the labels is theirs in their order. Of fewer, the nearest is that of the last label:
    the rows before it are blank, and printed without a place. Where values stand before their labels (`turned`), the
    nearest before them is that of the first.
    """
    out: dict[int, int] = {}
    for start, rows in joined_rows(labels).items():
        own = [number for number, around in enumerate(seen) if around[turned] == start]
        if len(own) != len(rows):
            none = [-1] * (len(rows) - 1)
            own = [*(own[-1:] or [-1]), *none] if turned else [*none, *(own[:1] or [-1])]
        out.update(zip(rows, own, strict=True))
    return out


def joined_rows(labels: Sequence[Span | None]) -> dict[int, list[int]]:
    """Rows whose labels share one piece of text, by the atom that it begins in."""
    joined: dict[int, list[int]] = {}
    for row, span in enumerate(labels):
        if span is not None:
            joined.setdefault(span[0], []).append(row)
    return {start: rows for start, rows in joined.items() if len(rows) > 1}


def _neighbours(run: Run, starts: list[int]) -> tuple[int, int]:
    """Atoms in which the label before a run and the label after it begin; -1 and a huge number where there is none."""
    first = run.atoms[0]
    before = max((start for start in starts if start <= first), default=-1)
    after = min((start for start in starts if start > first), default=1 << 60)
    return before, after


def _skip(run: Run, width: int) -> float:
    if run.held == 0:
        return _SKIP_EMPTY if run.own is None or run.own == NO_ROW or len(run.atoms) < width else _SKIP_FULL
    if run.named.endswith(SUBTOTALS):
        return _SKIP_BROKEN
    if run.own is not None and run.own >= 0:
        return _SKIP_FULL  # short of a cell, beside its own label
    return _SKIP_FULL if run.held == width or len(run.atoms) == width else _SKIP_BROKEN


def _match(
    run: Run, row: int, label: Span | None, seen: tuple[int, int], width: int, *, nearest: bool
) -> tuple[float, Place]:
    """What it costs to give a run to a row, and how the two stand to each other."""
    if run.held == 0 and len(run.atoms) < width:
        return _SKIP_ROW + 1.0, Place.DETACHED  # traces of merged cells are no row
    cost = 0.0 if width in (run.held, len(run.atoms)) else _BROKEN
    if run.own is not None:
        return (cost, Place.BESIDE) if run.own == row else (cost + _ELSEWHERE, Place.DETACHED)
    if label is None:
        return cost + _COST[Place.UNNAMED] + (_FOREIGN_UNNAMED if run.named else 0.0), Place.UNNAMED
    if run.named:
        cost += _FOREIGN
    place = _place(run, label, seen)
    if place is Place.DETACHED:
        far = _FAR * abs(label[0] - run.atoms[0]) / (abs(label[0] - run.atoms[0]) + width)
        return cost + (_MOVED if label[0] <= run.atoms[0] else _AGAINST) + far, place
    if run.turned and place is Place.AFTER:
        cost += _TURNED
    elif place is Place.BEFORE and not run.turned:
        cost += _SELDOM
    return cost + _COST[place] + (0.0 if nearest or place is Place.INSIDE else _SECOND), place


def _place(run: Run, label: Span, seen: tuple[int, int]) -> Place:
    first, last = label
    if first < run.atoms[0] and run.atoms[-1] < last:
        return Place.INSIDE
    if first == seen[0]:
        return Place.AFTER
    return Place.BEFORE if first == seen[1] else Place.DETACHED
