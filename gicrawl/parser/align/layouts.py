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

from gicrawl.parser.align.numbers import Kind, Value
from gicrawl.parser.align.stream import Atom, Stream

if TYPE_CHECKING:
    from gicrawl.parser.align.readings import Reading

KEPT = 512
"""Layouts a process keeps; a portal has a handful for each year."""
_LINES = itemgetter(Atom._fields.index("token"), *(Atom._fields.index(name) for name in ("left", "right", "table")))
_ROW = itemgetter(Atom._fields.index("row"))


class Skeleton(NamedTuple):
    """Part of a stream with a table in it: all of it but what the values say.

    Attributes:
        atoms: (token, left, right, table) of each atom.
        rows: of each atom, counted from the first of them; -1 where the atom stands on a line of its own.
        reading: of the table, its places counted from the first atom.
        last: number of the atom before which the table ends.
    """

    atoms: tuple[tuple[str, int, int, int], ...]
    rows: tuple[int, ...]
    reading: Reading
    last: int

    def rebuilt(self) -> Stream:
        """The stream again, with nothing in the fields but what they are."""
        atoms = []
        for (token, left, right, table), row in zip(self.atoms, self.rows, strict=True):
            kind, han = _meant(token)
            value = None if kind is Kind.TEXT else Value(kind)
            atoms.append(Atom(han, value, row, left, right, table, {}, kind, han, token))
        return Stream(atoms)


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
    here = reading._replace(score=0.0, origin=reading.origin - atoms.position_after(first))
    places = tuple([row - above if row >= 0 else row for row in rows])
    return Skeleton(tuple(map(_LINES, part)), places, here, last - first), part
