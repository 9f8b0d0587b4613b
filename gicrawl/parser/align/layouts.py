"""A table as it stands in a document, without its figures: what its layout follows from.

Reports of one portal and one year print the same form with other figures: the same labels, at the same places, numbers
where there were numbers. Which value belongs to which row and column then is the same too. It is found out from the
skeleton alone and kept, so that it is found out once for all documents of that skeleton. Nothing else goes in, so that
what comes out cannot depend on what was read before.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gicrawl.parser.align.numbers import Kind, Value
from gicrawl.parser.align.stream import Atom, Stream

if TYPE_CHECKING:
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.document import Evidence

KEPT = 512
"""Layouts a process keeps; a portal has a handful for each year."""


class Skeleton(NamedTuple):
    """Part of a stream with a table in it: all of it but what the values say.

    Attributes:
        tokens: of each atom.
        lefts: of each atom.
        rights: of each atom.
        rows: of each atom, counted from the first of them; -1 where the atom stands on a line of its own.
        tables: of each atom, grids counted from the first of them.
        reading: of the table, its places counted from the first atom.
        last: number of the atom before which the table ends.
    """

    tokens: tuple[str, ...]
    lefts: tuple[int, ...]
    rights: tuple[int, ...]
    rows: tuple[int, ...]
    tables: tuple[int, ...]
    reading: Reading
    last: int

    def rebuilt(self) -> Stream:
        """The stream again, with nothing in the fields but what they are."""
        atoms = []
        told = zip(self.tokens, self.lefts, self.rights, self.rows, self.tables, strict=True)
        for token, left, right, row, table in told:
            kind, value, han = _meant(token)
            atoms.append(tuple.__new__(Atom, (han, value, row, left, right, table, _NOWHERE, kind, han, token)))
        return Stream(atoms)


_NOWHERE: Evidence = {}


@lru_cache(maxsize=1024)
def _meant(token: str) -> tuple[Kind, Value | None, str]:
    """What an atom is by its token: its kind, a value that says nothing but that, and its Han characters."""
    name, _, han = token.partition(" ")
    kind = Kind(name)
    return kind, None if kind is Kind.TEXT else Value(kind), han


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
    here = reading._replace(score=0.0, origin=reading.origin - atoms.position_after(first))
    _, _, rows, lefts, rights, tables, _, _, _, tokens = zip(*part, strict=True)
    return Skeleton(tokens, lefts, rights, _from_first(rows), _from_first(tables), here, last - first), part


def _from_first(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Numbers of rows or grids, counted from the first; those below 0 number nothing and stay."""
    first = next((number for number in numbers if number >= 0), 0)
    return tuple([number - first if number >= 0 else number for number in numbers]) if first else numbers
