"""From placed atoms to the cells of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gicrawl.parser.align.numbers import POINTED, Kind
from gicrawl.parser.align.placing import shown
from gicrawl.parser.report import Cell, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.parser.align.numbers import Value
    from gicrawl.parser.align.placing import Placement
    from gicrawl.parser.align.stream import Atom
    from gicrawl.parser.document import Evidence
    from gicrawl.parser.forms import Label
    from gicrawl.parser.report import Key

PLACEMENT = "placement"
"""Flag of a cell that is left open because more than one value may be its own."""

STATES = {
    Kind.NUMBER: State.NUMBER,
    Kind.BLANK: State.BLANK,
    Kind.GAP: State.BLANK,
    Kind.END: State.BLANK,
    Kind.NOT_APPLICABLE: State.NOT_APPLICABLE,
    Kind.WORD: State.TEXT,
    Kind.ILLEGIBLE: State.ILLEGIBLE,
}
"""What a cell is that holds a value of a kind."""

_FIGURE, _NUMBER = Kind.NUMBER, State.NUMBER  # a member of an enumeration is found ten times as slowly as a name
_ABSENT = 0.8
"""Confidence that a row is not there: its label may be damaged beyond recognition."""
_UNPLACED = 0.5
"""Confidence of a blank that is only inferred: the source shows no field at all there."""

_BARE = 0.85
"""Confidence of the blanks of a row that prints nothing but its label."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The placements left for one row, and how sure they are."""

    options: tuple[Placement, ...]
    confidence: float


class PlainRow(NamedTuple):
    """A row of which all is known but its figures.

    Attributes:
        row: its key.
        sure: the confidence in its cells.
        unsure: and where its figures do not add up.
        fields: of each cell the atom it is and its column, in the order of the form.
    """

    row: str
    sure: float
    unsure: float
    fields: tuple[tuple[int, Label], ...]


def plain_cells(atoms: Sequence[Atom], table: str, rows: Iterable[PlainRow]) -> list[Cell]:
    """The cells of rows in which nothing is open.

    Args:
        atoms: the stream's.
        table: its key.
        rows: in the order of the form.
    """
    out: list[Cell] = []
    new = tuple.__new__
    for row, sure, unsure, fields in rows:
        here = [atoms[index] for index, _ in fields]
        confidence = sure if sure == unsure or adds_up([atom[1] for atom in here]) else unsure
        for atom, (_, column) in zip(here, fields, strict=True):
            raw, value, _, _, _, _, place, _, _, _ = atom
            if value is not None:
                kind, number, unit, flags = value
                if (
                    kind is _FIGURE and unit is None and not flags and number is not None and number >= 0
                ):  # nearly every
                    cell = (table, row, column.key, _NUMBER, number, raw, None, confidence, flags, (), place)
                    out.append(new(Cell, cell))
                    continue
            out.append(printed(atom, table, row, column, confidence))
    return out


def adds_up(values: Iterable[Value | None]) -> bool:
    """Whether the last figure is the sum of the others, what is no number counting nothing."""
    *parts, total = [float(value[1]) if value is not None and value[1] else 0.0 for value in values]
    return sum(parts) == total


def absent(table: str, row: str, column: str) -> Cell:
    """A cell the form has and the document does not."""
    return Cell(table=table, row=row, column=column, state=State.ABSENT, confidence=_ABSENT)


def unread(table: str, row: str, column: str) -> Cell:
    """A cell the document has and we could not read."""
    return Cell(table=table, row=row, column=column, state=State.UNREAD)


def left_open(key: Key, flag: str, candidates: Iterable[tuple[str, Evidence]]) -> Cell:
    """A cell that may hold one of several things, or another's: none of them is its value."""
    table, row, column = key
    return Cell(table, row, column, State.AMBIGUOUS, flags=(flag,), candidates=tuple(candidates))


def empty(table: str, row: str, column: str, place: Evidence) -> Cell:
    """A blank cell of a row of which only the label is printed; it stands where that does."""
    return Cell(table, row, column, State.BLANK, confidence=_BARE, flags=("no_field",), evidence=place)


def doubted(atoms: Sequence[Atom], name: tuple[str, str, Label], index: int | None) -> Cell:
    """A cell of a row whose values may be those of another: what stands there is a candidate."""
    table, row, column = name
    if index is None:
        return unread(table, row, column.key)
    return left_open((table, row, column.key), PLACEMENT, [(atoms[index].raw, atoms[index].evidence)])


def cells_of(
    atoms: Sequence[Atom], table: str, row: str, columns: Iterable[tuple[Label, int]], settled: Settled
) -> Iterator[Cell]:
    """The cells of a row.

    Args:
        atoms: the stream's.
        table: its key.
        row: its key.
        columns: each column of the form, and which column of the placements it is.
        settled: the placements of the row.
    """
    option, confidence = settled.options[0], settled.confidence
    alone = len(settled.options) == 1
    for column, at in columns:
        index = option[at]
        if not alone or index is None:
            yield cell_of(atoms, (table, row, column), at, settled)
        else:
            yield printed(atoms[index], table, row, column, confidence)


def cell_of(atoms: Sequence[Atom], name: tuple[str, str, Label], at: int, settled: Settled) -> Cell:
    """The cell of one column, from the placements of its row.

    Args:
        atoms: the stream's.
        name: key of the table, key of the row, and the column.
        at: which column of the placements.
        settled: all that are possible; where they disagree the cell is ambiguous and names its candidates.
    """
    table, row, column = name
    indices = [option[at] for option in settled.options]
    differ = len({shown(atoms, index) for index in indices}) > 1
    shifting = len(settled.options) > 1 and not all(isinstance(shown(atoms, index), int | float) for index in indices)
    if differ or shifting:
        candidates = {index: atoms[index] for index in indices if index is not None}
        found = ((atom.raw, atom.evidence) for atom in candidates.values())
        return left_open((table, row, column.key), PLACEMENT, found)
    index = indices[0]
    if index is None:
        return _inferred(atoms, name, at, settled)
    return printed(atoms[index], table, row, column, settled.confidence)


def _inferred(atoms: Sequence[Atom], name: tuple[str, str, Label], at: int, settled: Settled) -> Cell:
    """A blank where the source shows no field: it stands where its nearest neighbour does; unread without any."""
    table, row, column = name
    beside = [(abs(at - other), index) for other, index in enumerate(settled.options[0]) if index is not None]
    if not beside:
        return unread(table, row, column.key)
    return Cell(
        table=table,
        row=row,
        column=column.key,
        state=State.BLANK,
        confidence=_UNPLACED,
        flags=("no_field",),
        evidence=atoms[min(beside)[1]].evidence,
    )


def printed(atom: Atom, table: str, row: str, column: Label, confidence: float) -> Cell:
    """The cell of a value that stands there.

    Args:
        atom: the value.
        table: its key.
        row: its key.
        column: of the form.
        confidence: that it is the value of this cell.
    """
    value = atom.value
    assert value is not None
    kind, number, unit, flags = value
    state = _NUMBER
    if kind is not _FIGURE:
        state = STATES[kind]
    elif unit is not None and not column.money:
        state, flags, unit, number = State.TEXT, (*flags, "unit_unexpected"), None, None
    elif POINTED in flags and not column.money:
        state, number = State.ILLEGIBLE, None
    elif number is not None and number < 0 and not column.signed:
        flags = (*flags, "sign_unexpected")
    # as the call of a named tuple does it, in a third of its time: a report has hundreds
    return tuple.__new__(
        Cell, (table, row, column.key, state, number, atom.raw, unit, confidence, flags, (), atom.evidence)
    )
