"""A table as it stands in a document, without its figures: what its layout follows from.

Reports of one portal and one year print the same form with other figures: the same labels, at the same places, numbers
where there were numbers. Which value belongs to which row and column then is the same too. It is found out from the
skeleton alone and kept, so that it is found out once for all documents of that skeleton. Nothing else goes in, so that
what comes out cannot depend on what was read before.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from gicrawl.parser.align.labels import Found, wanted_of
from gicrawl.parser.align.numbers import Kind, Value
from gicrawl.parser.align.readings import Reading
from gicrawl.parser.align.stream import Atom, Stream

if TYPE_CHECKING:
    from gicrawl.parser.forms import Table

KEPT = 512
"""Layouts a process keeps; a portal has a handful for each year."""
_LINES = itemgetter(Atom._fields.index("token"), *(Atom._fields.index(name) for name in ("left", "right", "table")))
_ROW = itemgetter(Atom._fields.index("row"))


class Skeleton(NamedTuple):
    """Part of a stream with a table in it: all of it but what the values say.

    Attributes:
        atoms: (token, left, right, table) of each atom.
        rows: of each atom, counted from the first of them; -1 where the atom stands on a line of its own.
        form: id of the form.
        table: of the form.
        labels: for each of `wanted_of(table)` start, end and similarity, or None.
        span: where the reading begins and ends.
        last: number of the atom before which the table ends.
    """

    atoms: tuple[tuple[str, int, int, int], ...]
    rows: tuple[int, ...]
    form: str
    table: Table
    labels: tuple[tuple[int, int, float] | None, ...]
    span: tuple[int, int]
    last: int

    def rebuilt(self) -> tuple[Stream, Reading]:
        """The stream and the reading again, with nothing in the fields but what they are."""
        atoms = []
        for (token, left, right, table), row in zip(self.atoms, self.rows, strict=True):
            kind, han = _meant(token)
            value = None if kind is Kind.TEXT else Value(kind)
            atoms.append(Atom(han, value, row, left, right, table, {}, kind, han, token))
        labels = tuple(
            None if label is None else Found(wanted, *label)
            for wanted, label in zip(wanted_of(self.table), self.labels, strict=True)
        )
        return Stream(atoms), Reading(self.form, self.table, labels, 0.0, *self.span)


@cache
def _kinds() -> dict[str, Kind]:
    return {kind.value: kind for kind in Kind}


def _meant(token: str) -> tuple[Kind, str]:
    kind, _, han = token.partition(" ")
    return _kinds()[kind], han


def skeleton(atoms: Stream, reading: Reading, first: int, last: int) -> tuple[Skeleton, list[Atom]]:
    """The skeleton of a table and the atoms it is that of.

    Args:
        atoms: the stream.
        reading: of the table.
        first: atom that its headings and labels do not begin before.
        last: atom it ends before.
    """
    whole = atoms.atoms
    row = whole[first].row
    if row >= 0:
        while first and whole[first - 1].row == row:
            first -= 1  # of a printed row all fields count
    part = whole[first : max(last, atoms.atom_at(reading.last - 1) + 1)]
    rows = list(map(_ROW, part))
    above = next((row for row in rows if row >= 0), 0)
    shift = atoms.position_after(first)
    return Skeleton(
        tuple(map(_LINES, part)),
        tuple([row - above if row >= 0 else row for row in rows]),
        reading.form,
        reading.table,
        tuple(
            [
                None if label is None else (label.start - shift, label.end - shift, label.similarity)
                for label in reading.labels
            ]
        ),
        (reading.first - shift, reading.last - shift),
        last - first,
    ), part
