"""What the headings of a side-by-side table say of its values: which block, which column.

Position alone would read a table with another order of columns, or without one of them, wrongly and surely. Where cells
have a place, each value asks the headings above it and beside it; where they flow, the order of the headings is that of
the values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from gicrawl.parser.align.numbers import EMPTY, NO_FIELD, Kind
from gicrawl.parser.align.stream import NO_TABLE, han

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.runs import Run
    from gicrawl.parser.align.stream import Atom, Stream
    from gicrawl.parser.forms import Table

Spot: TypeAlias = "tuple[int, int]"
"""Row and column of the form, by number."""

ABOVE: Final = -1
"""Stands for a name above several blocks, 行政诉讼."""
_SCRAP: Final = 2  # Han characters of a damaged heading that may still name its column
_WORD, _STRANGE = 4, 3  # of so many characters, so many that are in no heading make one that the form does not have


@dataclass(frozen=True, slots=True)
class Heads:
    """The names of a table: of its columns, of its blocks, and of what only stands above blocks (行政诉讼).

    And of block and column together, where a header of one row has both in each of its cells (行政复议结果维持).
    """

    columns: dict[str, int]
    blocks: dict[str, int]
    above: frozenset[str]
    both: dict[str, Spot]

    @property
    def known(self) -> str:
        """All of them as one text, parted: what a scrap of a heading is a part of."""
        return "|".join((*self.columns, *self.blocks, *self.above))


@cache
def heads_of(table: Table) -> Heads:
    """The headings of a form's table, as Han characters."""
    columns = {han(text): at for at, column in enumerate(table.columns) for text in column.labels}
    blocks = {han(text): at for at, row in enumerate(table.rows) for text in row.labels}
    above = frozenset({han(text) for text in table.headers} - set(blocks))
    both = {
        name: (row, at)
        for before in ("", *above)
        for block, row in blocks.items()
        for column, at in columns.items()
        for name in (before + block + column, column + before + block)
    }
    return Heads(columns, blocks, above, both)


@cache
def parts_of(table: Table) -> tuple[str, ...]:
    """What may stand above the part that a table is in, as Han characters."""
    return tuple(han(words) for words in (table.section, *table.headed))


@dataclass(frozen=True, slots=True)
class Named:
    """Values by what the headings say of them.

    Attributes:
        spots: atom of each cell that is named without doubt.
        unnamed: atoms of values for which a heading is missing or not known.
        damaged: a heading is known by a part of it only.
    """

    spots: dict[Spot, int]
    unnamed: tuple[int, ...]
    damaged: bool


def by_place(atoms: Stream, table: Table, head: int, runs: Sequence[Run]) -> Named | None:
    """The values under and beside the headings of their own grid, or of lines of the same shape.

    Part 四 may be two grids, of reviews and of suits: what a further one names is taken where all of it is named.

    Args:
        atoms: the stream.
        table: of the form.
        head: first atom in which a heading may stand.
        runs: values that may be the table's.

    Returns:
        None where places say nothing, or two values claim one cell.
    """
    named: Named | None = None
    for place, values in _values(atoms, table, runs).items():
        more = _in_one_place(atoms, heads_of(table), head, place, values)
        if (more is None or more.unnamed) and 0 < len(fewer := _without_empty_rows(atoms, values)) < len(values):
            again = _in_one_place(atoms, heads_of(table), head, place, fewer)
            more = again if again is not None and not again.unnamed else more
        if named is None:
            named = more
            if named is None:
                return None
        elif more is not None and not more.unnamed and named.spots.keys().isdisjoint(more.spots):
            named = Named(named.spots | more.spots, named.unnamed, named.damaged or more.damaged)
    return named


def _without_empty_rows(atoms: Stream, values: Sequence[int]) -> list[int]:
    """The values without rows of nothing but empty cells, such as Word leaves at the end of a table."""
    held = {atoms.atoms[index].row for index in values if atoms.atoms[index].kind not in EMPTY}
    return [index for index in values if atoms.atoms[index].row in held]


def _in_one_place(atoms: Stream, heads: Heads, head: int, place: int, values: Sequence[int]) -> Named | None:
    """The values of one grid, or of lines of one shape, under and beside its headings."""
    labels = [
        (atom, text)
        for atom in atoms.atoms[head : values[-1]]
        if atom.kind is Kind.TEXT and atom.table == place and (text := atom.han)
    ]
    values = [index for index in values if not _is_margin(atoms.atoms[index], labels)]
    if _ends_early([atoms.atoms[index] for index in values], labels, heads):
        return None
    spots: dict[Spot, int] = {}
    unnamed: list[int] = []
    damaged = False
    for index in values:
        atom = atoms.atoms[index]
        column, whole = _column(atom, labels, heads)
        block = _block(atom, labels, heads)
        if column is None or block is None:
            unnamed.append(index)
        elif (block, column) in spots:
            return None
        else:
            damaged = damaged or not whole
            spots[block, column] = index
    return Named(spots, tuple(unnamed), damaged) if spots else None


def _is_margin(value: Atom, labels: Sequence[tuple[Atom, str]]) -> bool:
    """Whether an empty cell stands before or behind all that is printed: in a column left over by an editor."""
    return value.kind is Kind.BLANK and (
        all(value.right <= atom.left for atom, _ in labels) or all(atom.right <= value.left for atom, _ in labels)
    )


def _ends_early(values: Sequence[Atom], labels: Sequence[tuple[Atom, str]], heads: Heads) -> bool:
    """Whether a row of values ends before its headings do: it lacks cells, and the others moved to the left."""
    names = {*heads.columns, *heads.blocks, *heads.above, *heads.both}
    reach = max((atom.right for atom, text in labels if text in names), default=0)
    ends: dict[int, int] = {}
    for atom in values:
        ends[atom.row] = max(ends.get(atom.row, 0), atom.right)
    return any(end < reach for end in ends.values())


def _values(atoms: Stream, table: Table, runs: Sequence[Run]) -> dict[int, list[int]]:
    """The values that have a place: of each grid by itself, or in lines of one shape."""
    width, sizes = len(table.columns) * len(table.rows), (len(table.columns), len(table.rows))
    out: dict[int, list[int]] = {}
    for run in runs:
        place = atoms.atoms[run.atoms[0]].table
        first = next(iter(out), place)
        if place == NO_TABLE or (place != first and min(place, first) < 0):
            continue
        held = [index for index in run.atoms if atoms.atoms[index].kind not in NO_FIELD]
        whole = place >= 0 or len(held) == width or (len(held) in sizes and len(run.atoms) != width)
        out.setdefault(place, []).extend(held if whole else run.atoms)
    return out


def _column(value: Atom, labels: Sequence[tuple[Atom, str]], heads: Heads) -> tuple[int | None, bool]:
    """The column a value stands in, and whether its heading is whole."""
    middle = (value.left + value.right) / 2
    beside = [(atom.left, text) for atom, text in labels if atom.row == value.row and atom.right <= value.left]
    above = [(atom.row, text) for atom, text in labels if atom.row < value.row and atom.left <= middle < atom.right]
    for _, text in (*sorted(beside, reverse=True), *sorted(above, reverse=True)):
        if text in heads.columns:
            return heads.columns[text], True
        if text in heads.both:
            return heads.both[text][1], True
        if text in heads.blocks or text in heads.above:
            continue
        parts = {column for name, column in heads.columns.items() if len(text) >= _SCRAP and text in name}
        return (parts.pop() if len(parts) == 1 else None), False
    return None, False


def _block(value: Atom, labels: Sequence[tuple[Atom, str]], heads: Heads) -> int | None:
    """The block a value stands in: named in its row, or by the last name above that begins at or before its place.

    Nothing where words that are no heading of a column stand between that name and the value: the scrap of another's.
    """
    for atom, text in labels:
        if atom.row == value.row and atom.right <= value.left and text in heads.blocks:
            return heads.blocks[text]
        if text in heads.both and atom.row < value.row and atom.left <= value.left < atom.right:
            return heads.both[text][0]
    names = [
        (atom.left, atom.row, text)
        for atom, text in labels
        if atom.row < value.row and atom.left <= value.left and (text in heads.blocks or text in heads.above)
    ]
    if not names:
        return None
    left, row, name = max(names)
    if any(
        atom.row == row and left < atom.left <= value.left and not any(text in column for column in heads.columns)
        for atom, text in labels
    ):
        return None
    return heads.blocks.get(name)


@dataclass(frozen=True, slots=True)
class Flow:
    """What stands in words between two runs of values that flow.

    Attributes:
        columns: columns named, in order.
        blocks: blocks named, in order; `ABOVE` for a name of several.
        leading: how many of these blocks are named before the first column.
        strange: words that are no heading of the table stand there too.
        both: block and column of each of the columns, where the name of a block stands right before each.
    """

    columns: tuple[int, ...]
    blocks: tuple[int, ...]
    leading: int
    strange: bool
    both: tuple[Spot, ...] = ()


def in_flow(atoms: Stream, table: Table, start: int, stop: int) -> Flow:
    """The headings in a stretch of `Stream.han`."""
    heads = heads_of(table)
    columns: list[int] = []
    blocks: list[int] = []
    both: list[Spot] = []
    rest: list[str] = []
    leading, before, at = 0, 0, start
    for match in _names(table).finditer(atoms.han, start, stop):
        rest.append(atoms.han[at : match.start()])
        at = match.end()
        if match.group() in heads.columns:
            columns.append(heads.columns[match.group()])
            both += [(block, columns[-1]) for block in blocks[before:] if block != ABOVE]
            before = len(blocks)
        elif match.group() in heads.blocks:
            blocks.append(heads.blocks[match.group()])
        else:
            blocks.append(ABOVE)
        leading = leading if columns else len(blocks)
    rest.append(atoms.han[at:stop])
    strange = any(_is_strange(words, heads.known) for words in rest)
    return Flow(tuple(columns), tuple(blocks), leading, strange, tuple(both) if len(both) == len(columns) else ())


def begin(han_text: str, table: Table, start: int) -> int:
    """Where the names of blocks begin that stand right before the first column heading.

    Each once, or for each of the columns below it.
    """
    heads = heads_of(table)
    left = {*heads.blocks, *heads.above}
    while name := next((name for name in left if han_text.endswith(name, 0, start)), None):
        while han_text.endswith(name, 0, start):
            start -= len(name)
        left.remove(name)
    return start


def _is_strange(words: str, known: str) -> bool:
    """Whether words are more than the scraps of headings that a converter leaves."""
    foreign = [character not in known for character in words]
    return any(sum(foreign[at : at + _WORD]) >= _STRANGE for at in range(len(foreign)))


@cache
def _names(table: Table) -> re.Pattern[str]:
    heads = heads_of(table)
    names = sorted((*heads.columns, *heads.blocks, *heads.above), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))


def is_part_of_cycle(named: Sequence[int], size: int, times: int) -> bool:
    """Whether numbers are 0, 1 … size-1, so many times over, with some of them left out."""
    at = -1
    for number in named:
        step = (number - at - 1) % size + 1
        at += step
    return at < size * times
