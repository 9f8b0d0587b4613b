"""The figures of one row of a list → its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import PLACEMENT, STATES, left_open, unread
from gicrawl.parser.align.list_labels import STATISTICS, UNIT, VALUES, segment
from gicrawl.parser.align.numbers import EMPTY, NO_FIELD, POINTED, Kind
from gicrawl.parser.align.stream import NO_TABLE
from gicrawl.parser.report import Cell, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.parser.align.list_entries import Entry, Header
    from gicrawl.parser.align.stream import Atom
    from gicrawl.parser.forms import Label

_MONEY = ("元", "万元")
_TWO = 2  # columns of figures
_GAPPED = 0.95  # some fields are only gaps
_ENDS = 0.85  # its line ends before its last column
_AMONG_BLANKS = 0.92  # blank fields stand between the figures, and nothing says of which column


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a row.

    Attributes:
        columns: the columns of figures the list has.
        placed: for each column whose figure is known, its atom.
        open: atoms that may stand in any of the columns.
        confidence: how sure the placing is.
    """

    columns: tuple[str, ...]
    placed: tuple[tuple[str, int], ...]
    open: tuple[int, ...]
    confidence: float = 1.0

    @property
    def short(self) -> bool:
        """Whether a column has no figure."""
        return len(self.placed) < len(self.columns)


def figures_of(
    atoms: Sequence[Atom], entry: Entry, header: Header | None, usual: int, *, counted: bool, rising: bool
) -> Figures:
    """Give the values of an entry to the columns.

    Args:
        atoms: the stream's.
        entry: of the row.
        header: it stands under.
        usual: how many values most rows of the list have, for a list without header.
        counted: running numbers of rows are struck out where they flow.
        rising: of two figures the second is nowhere the smaller: it may be of all years, the first of this one.
    """
    if header is None:
        if usual == _TWO and not rising:  # this year and all years, last year and this one: nothing says which
            return Figures(("annual", "cumulative"), (), tuple(entry.values))
        return _counted(atoms, entry.values, {1: ("value",), _TWO: ("annual", "cumulative")}.get(usual, ()))
    placed = header.table != NO_TABLE and entry.row >= 0 and _same_shape(atoms, entry, header)
    known = placed or _lacks_group(atoms, entry, header)
    roles = _named(
        tuple(role for role in header.roles if not known or role != "unknown"), flows=header.table == NO_TABLE
    )
    if not roles:
        return Figures((), (), ())
    values = entry.values
    if placed:
        block = header.block(atoms[entry.texts[-1]].left) if entry.texts else 0
        own = [index for index in values if header.block(atoms[index].left) == block]
        return _positioned(atoms, own, header, roles)
    return _counted(atoms, values, tuple(role for role in roles if role != "code") if counted else roles)


def _named(roles: tuple[str, ...], *, flows: bool) -> tuple[str, ...]:
    """The columns as the list's keys: one column of figures is `value`, two are `annual` and `cumulative`.

    Nothing where they are others: two years side by side, departments side by side. In headings that flow a column of
    others keeps its place among them, and only a row that has them all is whole.
    """
    figures = [role for role in roles if role in VALUES]
    if ("unknown" in roles and not flows) or len(figures) > 2 or len(set(figures)) < len(figures):  # noqa: PLR2004 - as said above
        return ()
    if len(figures) == 1:
        return tuple("value" if role == "annual" else role for role in roles)
    if "cumulative" not in figures:
        return ()
    return tuple("annual" if role == "value" else role for role in roles)


def _same_shape(atoms: Sequence[Atom], entry: Entry, header: Header) -> bool:
    """Whether positions of the header are positions of the row: the same grid, or one of as many columns."""
    if entry.table == header.table:
        return True
    if entry.table < 0 or header.table < 0:
        return False
    return max((atoms[index].right for index in entry.values), default=0) == header.width


def _lacks_group(atoms: Sequence[Atom], entry: Entry, header: Header) -> bool:
    """Whether a row lacks nothing but the first cell: that of a group, which is written beside its first row alone.

    The row begins with its label then, its unit follows where the list has one, and all its figures do.
    """
    heads = [one.role for one in header.headings]
    if header.table == NO_TABLE or entry.row < 0 or heads[:2] != ["unknown", "name"] or "unknown" in heads[1:]:
        return False
    words = [atoms[index] for index in entry.texts if atoms[index].row == entry.row]
    fields = sorted([*words, *[atoms[index] for index in entry.values]], key=lambda atom: atom.left)
    texts = [head for head in heads[1:] if head not in VALUES]
    if [atom.left for atom in fields] != list(range(header.width - 1)) or len(words) != len(texts):
        return False
    units = [segment(atom.raw) for atom in words[1:]]
    return texts[1:] in ([], ["unit_head"]) and all(len(one) == 1 and one[0].role == UNIT for one in units)


def _positioned(atoms: Sequence[Atom], values: Sequence[int], header: Header, roles: tuple[str, ...]) -> Figures:
    """Each value in the column under whose heading it stands."""
    columns = tuple(role for role in roles if role in VALUES)
    single = "value" if columns == ("value",) else None
    placed: dict[str, int] = {}
    open_: list[int] = []
    for index in values:
        middle = (atoms[index].left + atoms[index].right) / 2
        role = next((one.role for one in header.headings if one.left <= middle < one.right), None)
        if role not in VALUES:
            continue
        column = single or ("annual" if role == "value" else role)
        if column in placed and (atoms[index].kind not in EMPTY or atoms[placed[column]].kind not in EMPTY):
            open_ += [placed[column], index]
        placed.setdefault(column, index)
    if not open_ and _lacks_cells(atoms, values, header, placed, columns):
        open_ = [index for index in values if atoms[index].kind not in EMPTY]
        if not open_ and len(placed) < len(columns):
            return Figures(columns, (), ())  # a blank, and which of the cells it is nothing says
    if open_:
        return Figures(columns, (), tuple(open_))
    return Figures(columns, tuple(placed.items()), ())


def _lacks_cells(
    atoms: Sequence[Atom], values: Sequence[int], header: Header, placed: Mapping[str, int], columns: tuple[str, ...]
) -> bool:
    """Whether a row ends before its header does, so that what stands in it may have moved to the left.

    Where every column has its figure nothing can have moved out of them.
    """
    if len(placed) < len(columns):
        return bool(placed) and len(columns) > 1
    if sum(one.role == "name" for one in header.headings) > 1:
        return False  # lists side by side: the next one follows
    ends = max((atoms[index].right for index in values), default=header.width)
    return ends < header.width and any(atoms[index].kind in EMPTY for index in placed.values())


def loses_heading(atoms: Sequence[Atom], entry: Entry, header: Header) -> bool:
    """Whether figures stand below the scrap of a heading, or below none: one of two columns of figures is not named."""
    if header.table == NO_TABLE or entry.row < 0 or not _same_shape(atoms, entry, header):
        return False
    if sum(role in VALUES for role in header.roles) != 1:
        return False
    whole = [one for one in header.headings if not one.scrap]
    return any(
        atoms[index].kind not in EMPTY
        and not any(one.left <= (atoms[index].left + atoms[index].right) / 2 < one.right for one in whole)
        for index in entry.values
    )


def _counted(atoms: Sequence[Atom], values: Sequence[int], roles: tuple[str, ...]) -> Figures:
    """As many values as columns: in their order. Otherwise any of them may stand anywhere."""
    columns = tuple(role for role in roles if role in VALUES)
    if not columns:
        return Figures((), (), ())
    held = [index for index in values if atoms[index].kind not in NO_FIELD]
    full = [index for index in values if atoms[index].kind not in EMPTY]
    for found, confidence in ((held, 1.0), (list(values), _GAPPED), (full, _AMONG_BLANKS)):
        if any(atoms[index].kind is Kind.END for index in found):
            confidence = min(confidence, _ENDS)  # noqa: PLW2901 - what stands in the row may have moved to the left
        if len(found) == len(roles):
            placed = tuple((role, index) for role, index in zip(roles, found, strict=True) if role in VALUES)
            return Figures(columns, placed, (), confidence)
    return Figures(columns, (), tuple(full))


def cell_of(atoms: Sequence[Atom], row: Label, column: str, figures: Figures, *, confidence: float, unit: str) -> Cell:
    """The cell of one column of a row.

    Args:
        atoms: the stream's.
        row: of the form.
        column: its key.
        figures: of the row.
        confidence: in its label and place.
        unit: printed beside the row.
    """
    index = dict(figures.placed).get(column)
    if index is not None:
        return _printed(atoms[index], row, column, confidence, unit)
    if figures.open:
        found = ((atoms[at].raw, atoms[at].evidence) for at in figures.open)
        return left_open((STATISTICS, row.key, column), PLACEMENT, found)
    return unread(STATISTICS, row.key, column)


def _printed(atom: Atom, row: Label, column: str, confidence: float, unit: str) -> Cell:
    """A cell whose place is known. Its unit is what stands with the number, or beside the row if not the form's."""
    value = atom.value
    assert value is not None
    state, number, flags, printed = STATES[value.kind], value.number, value.flags, value.unit
    if printed is not None and not row.money:
        state, number, flags, printed = State.TEXT, None, (*flags, "unit_unexpected"), None
    elif POINTED in flags and not row.money:
        state = State.ILLEGIBLE
    elif number is not None and number < 0:
        flags = (*flags, "sign_unexpected")
    if state is State.NUMBER and row.money and printed is None and unit in _MONEY and unit != row.unit:
        printed = unit
    return Cell(
        table=STATISTICS,
        row=row.key,
        column=column,
        state=state,
        value=number if state is State.NUMBER else None,
        raw=atom.raw,
        unit=printed,
        confidence=confidence,
        flags=flags,
        evidence=atom.evidence,
    )
