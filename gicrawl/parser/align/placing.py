"""The values of one row → its columns.

Where a row shows as many values as it has columns, they are those. Otherwise positions decide (those of the rows that
are whole), then the row's own sum. What is still open stays open: a column in which all placements agree
has its value, the others are ambiguous.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, islice, pairwise
from math import comb
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.parser.align.numbers import EMPTY, NO_FIELD, Kind
from gicrawl.parser.align.stream import NO_TABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.columns import Columns
    from gicrawl.parser.align.runs import Run
    from gicrawl.parser.align.stream import Atom
    from gicrawl.parser.forms import Label

Placement: TypeAlias = "tuple[int | None, ...]"
"""For each column the index of its atom, or None: nothing is printed there."""

Profile: TypeAlias = "tuple[tuple[int, int], ...]"
"""For each column the positions (left, right) it covers."""

_MAX_PLACEMENTS = 400
_SURPLUS = 1  # values that flow, more than a row has columns, of which we still try to tell which is no cell
_MOST_FIELDS = 400  # of a printed row; the widest form has 15 columns


def profile_of(atoms: Sequence[Atom], runs: Sequence[Run], width: int) -> dict[int, Profile]:
    """The usual positions of the columns, for each grid or shape of line, from the rows that are whole."""
    votes: dict[int, Counter[Profile]] = {}
    for run in runs:
        whole = [index for index in run.atoms if atoms[index].kind not in NO_FIELD]
        if len(whole) == width and atoms[whole[0]].table != NO_TABLE:
            spans = tuple((atoms[index].left, atoms[index].right) for index in whole)
            votes.setdefault(atoms[whole[0]].table, Counter())[spans] += 1
    return {
        table: best[0][0]
        for table, counter in votes.items()
        if (best := counter.most_common(1)) and best[0][1] * 2 > counter.total()
    }


def placements(
    atoms: Sequence[Atom], run: Run, width: int, profile: Profile | None, columns: Columns
) -> list[Placement] | None:
    """Every way the run may fill the columns; one where nothing is open, empty where it fits in no way.

    None where it has more fields than columns: which of them are no cells, the figures have a say in.

    Args:
        atoms: the stream's.
        run: values of one printed row.
        width: columns of the table.
        profile: positions of the columns where they are known for this kind of row.
        columns: what else is known of them.
    """
    fields = run.atoms
    held = tuple(index for index in fields if atoms[index].kind not in NO_FIELD)
    if columns.extra and (profile or columns.surplus is None):
        placed = _by_position(atoms, fields, profile, extra=True) if profile else None
        return [placed] if placed else []
    if columns.surplus is not None or columns.wider:
        return _one_left_out(atoms, fields if len(held) <= width else held, columns, width)
    if len(held) == width:
        return [held]
    if not profile and 0 < len(held) < len(fields) and _is_shorter(atoms, fields, width, columns):
        fields = held
    elif len(fields) == width:
        merged = columns.traced and not profile and held and atoms[fields[0]].kind is Kind.GAP
        return [fields, *_spread(held, width)] if merged else [fields]
    if profile and (placed := _by_position(atoms, fields, profile)):
        return [placed]
    return None if len(fields) > width else _spread(fields, width)


def _is_shorter(atoms: Sequence[Atom], fields: Sequence[int], width: int, columns: Columns) -> bool:
    """Whether a line has fewer fields than others of its table, beside its label: one is gone, and the others moved.

    One that begins with all its values and ends with its label lacks fields behind that.
    """
    lead = atoms[fields[0]]
    if lead.left == 0 and len(fields) == width and atoms[fields[-1] + 1 : fields[-1] + 2]:
        behind = atoms[fields[-1] + 1]
        if behind.kind is Kind.TEXT and behind.row == lead.row:
            return False
    return lead.table < NO_TABLE and any(
        shape < lead.table and (len(fields) > width or profile[0][0] == lead.left)
        for shape, profile in columns.profiles.items()
    )


def _one_left_out(atoms: Sequence[Atom], fields: Sequence[int], columns: Columns, width: int) -> list[Placement]:
    """The fields without the one of a column that the form does not have; without each of them where none is named.

    Nothing where one is missing: a row that seems whole is short of a cell, and which? The last may hold words.
    """
    surplus = columns.surplus
    perhaps_traced = surplus is not None and not columns.untraced and atoms[fields[0]].kind is Kind.GAP
    if surplus == width == len(fields) and not perhaps_traced and _ends_in_words(atoms, fields):
        return [tuple(fields)]
    if len(fields) != width + 1 or perhaps_traced:
        return []
    out = range(width + 1) if surplus is None else (surplus,)
    return [(*fields[:at], *fields[at + 1 :]) for at in out]


def _ends_in_words(atoms: Sequence[Atom], fields: Sequence[int]) -> bool:
    """Whether one field stands behind others in their printed row, and it is words: a remark."""
    lead = atoms[fields[0]]
    here = [atom for atom in atoms[fields[-1] + 1 : fields[-1] + 3] if lead.row >= 0 and atom.row == lead.row]
    return lead.table != NO_TABLE and len(here) == 1 and here[0].kind is Kind.TEXT


def _spread(fields: Sequence[int], width: int) -> list[Placement]:
    """Fields in their order over more columns than there are of them, in every way."""
    return [
        tuple(fields[columns.index(column)] if column in columns else None for column in range(width))
        for columns in islice(combinations(range(width), len(fields)), _MAX_PLACEMENTS)
    ]


def printed_twice(atoms: Sequence[Atom], fields: Sequence[int], profile: Profile) -> tuple[tuple[int, int], ...]:
    """Neighbours of one kind under one heading: a merged cell, printed once for each column of it."""
    columns = [_column(atoms, index, profile) for index in fields]
    return tuple(
        (one, other)
        for (one, left), (other, right) in pairwise(zip(fields, columns, strict=True))
        if left is not None and left == right and atoms[one].kind is atoms[other].kind
    )


def _column(atoms: Sequence[Atom], index: int, profile: Profile) -> int | None:
    """In which column a field stands."""
    middle = (atoms[index].left + atoms[index].right) / 2
    return next((at for at, (left, right) in enumerate(profile) if left <= middle < right), None)


def under_headings(atoms: Sequence[Atom], fields: Sequence[int], profile: Profile) -> bool:
    """Whether each field covers one column and no part of another; several columns only where all fields are empty."""
    if any(atoms[index].kind not in EMPTY for index in fields):
        return all((atoms[index].left, atoms[index].right) in profile for index in fields)
    borders = {border for span in profile for border in span}
    return all(atoms[index].left in borders and atoms[index].right in borders for index in fields)


def _by_position(
    atoms: Sequence[Atom], fields: Sequence[int], profile: Profile, *, extra: bool = False
) -> Placement | None:
    """Each field under the column it stands in; None where two values stand in one, or one in none (if not `extra`)."""
    placed: list[int | None] = [None] * len(profile)
    for index in fields:
        column = _column(atoms, index, profile)
        empty = atoms[index].kind in EMPTY
        held = None if column is None else placed[column]
        if column is None or (held is not None and atoms[held].kind not in EMPTY):
            if empty or (extra and column is None):
                continue
            return None
        if held is None or not empty:
            placed[column] = index
    return tuple(placed)


def without_surplus(atoms: Sequence[Atom], fields: Sequence[int], width: int) -> tuple[Placement, ...]:
    """More fields than columns: some gaps, blanks or the values at either end are no cells of the row.

    Returns:
        Every placement, each that shows the same once; empty where there are none, or more than can be looked at: the
        first few of them would all begin alike, and what they agree in would be taken for certain.
    """
    surplus = len(fields) - width
    lead = atoms[fields[0]]
    most = width if lead.row >= 0 and lead.table == NO_TABLE else width + _SURPLUS
    held = [index for index in fields if atoms[index].kind not in NO_FIELD]
    if (lead.row < 0 or lead.table == NO_TABLE) and len(held) > most:
        return ()  # two rows, figures with blanks among their digits, or what is none: the figures cannot tell
    if sum(atoms[index].kind not in EMPTY for index in fields) > width + _SURPLUS:
        return ()  # another table's row
    numbers = [at for at, index in enumerate(fields) if atoms[index].kind not in EMPTY]
    empty = [at for at, index in enumerate(fields) if atoms[index].kind in EMPTY]
    droppable = sorted({*empty, *numbers[:1], *numbers[-1:]})
    if len(fields) > _MOST_FIELDS or comb(len(droppable), surplus) > _MAX_PLACEMENTS:
        return ()
    out: dict[tuple[object, ...], Placement] = {}
    for dropped in combinations(droppable, surplus):
        placed = tuple(index for at, index in enumerate(fields) if at not in dropped)
        out.setdefault(tuple(shown(atoms, index) for index in placed), placed)
    return tuple(out.values())


def moved_up(
    atoms: Sequence[Atom], columns: Sequence[Label], option: Placement, order: tuple[int, ...], *, sums: bool, few: bool
) -> tuple[Placement, ...]:
    """Other placements of a row whose line ends early, for which its figures speak: a cell is gone, the rest moved.

    Where the last column is a sum, the last figure may be it (of noughts only where few rows of the table end early: it
    is no habit); elsewhere a figure stands where none of its kind can.
    """
    width = len(option)
    shown_here = tuple(index for index in option if index is not None and atoms[index].kind is not Kind.END)
    every = [one for one in _spread(shown_here, width) if one[:-1] != option[:-1]]
    if sums:
        last = order.index(width - 1)
        *parts, total = [number for index in shown_here if isinstance(number := shown(atoms, index), int | float)] or [
            0
        ]
        moved = total >= sum(parts) and (total > 0 or few)
        return tuple(one for one in every if one[last] is not None) if moved else ()
    return () if fits(atoms, columns, option, order) else tuple(every)


def fits(atoms: Sequence[Atom], columns: Sequence[Label], option: Placement, order: tuple[int, ...]) -> bool:
    """Whether each figure of a placement may be one of its column."""
    return all(index is None or _fits(atoms[index], columns[at]) for index, at in zip(option, order, strict=True))


def _fits(atom: Atom, column: Label) -> bool:
    """Whether a figure may be one of a column: no count is below zero or broken."""
    number = None if atom.value is None else atom.value.number
    return number is None or column.money or (number == int(number) and (number >= 0 or column.signed))


def shown(atoms: Sequence[Atom], index: int | None) -> object:
    """What a placement puts into a column, for telling placements apart: the number, or that there is none."""
    if index is None:
        return None
    value = atoms[index].value
    assert value is not None
    return value.number if value.kind is Kind.NUMBER else None if value.kind in EMPTY else value.kind


def one_column_less(
    atoms: Sequence[Atom], options: Sequence[Sequence[Placement]], order: tuple[int, ...]
) -> Sequence[int]:
    """Which printed column is none of the form's, where every row has one too many: without it most rows add up.

    Args:
        atoms: the stream's.
        options: of each row its placements without the first column, without the second and so on.
        order: of the columns.

    Returns:
        The columns that may be it; all of them where without none of them most rows add up.
    """
    every = range(len(order) + 1)
    broken = [sum(not adds_up(atoms, each[at], order) for each in options) for at in every]
    return [at for at in every if broken[at] == min(broken)] if min(broken) * 2 <= len(options) else every


def figures(atoms: Sequence[Atom], option: Placement, order: tuple[int, ...]) -> list[float]:
    """The numbers of a placement in the order of the form, what is no number counting nothing."""
    out = [0.0] * len(order)
    for index, column in zip(option, order, strict=True):
        if index is not None and (value := atoms[index].value) is not None and value.number:
            out[column] = float(value.number)
    return out


def adds_up(atoms: Sequence[Atom], option: Placement, order: tuple[int, ...]) -> bool:
    """Whether the last column is the sum of the others: only ever used to choose and to weigh."""
    *parts, total = figures(atoms, option, order)
    return sum(parts) == total
