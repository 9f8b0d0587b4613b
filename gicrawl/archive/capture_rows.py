"""Which row a capture has: looked up some at a time, and remembered for those that will be named again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from gicrawl.archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gicrawl.archive.store import Archive

_REMEMBERED = 1024
"""Row numbers of captures kept at hand for those that will name them: list pages, mostly. Few, so that a long run takes
no more memory than a short one; what is not at hand comes with the look that each new capture takes anyway."""
_FEW, _MANY = 3, 64
"""Captures looked for by one statement: those that one capture names, and those of a batch."""


def _look(captures: int) -> str:
    return f"SELECT {', '.join(['(SELECT id FROM captures WHERE uuid = ?)'] * captures)}"  # noqa: S608  # names of ours


_FIND_FEW, _FIND_MANY = _look(_FEW), _look(_MANY)


class CaptureRows:
    """Row numbers of the captures of an archive.

    As with `Interner`, what a transaction inserted is remembered only after its commit.

    Attributes:
        known: those at hand, by the capture's UUID as a number, which is hashed ten times as fast.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.known: OrderedDict[int, int] = OrderedDict()
        self._fresh: dict[int, int] = {}

    def look_for(self, *captures: UUID | None) -> None:
        """Have the rows of those of up to three captures that are in the archive at hand, with one look."""
        wanted = [one for one in captures if one is not None and one.int not in self.known]
        if wanted:
            self._look_for(_FIND_FEW, _FEW, wanted)

    def look_for_many(self, captures: Sequence[UUID]) -> None:
        """The like for many, some dozens with one look."""
        for at in range(0, len(captures), _MANY):
            self._look_for(_FIND_MANY, _MANY, captures[at : at + _MANY])

    def _look_for(self, statement: str, places: int, captures: Sequence[UUID]) -> None:
        names = [one.bytes for one in captures] + [None] * (places - len(captures))
        (found,) = self._archive.select("looking for captures", statement, names)
        self.known.update((one.int, row) for one, row in zip(captures, found, strict=False) if row is not None)

    def find(self, capture: UUID) -> int | None:
        """Row of a committed capture; None where there is none."""
        self.look_for(capture)
        return self.known.get(capture.int)

    def resolve(self, capture: UUID) -> int:
        """Row of a capture that is committed, or was inserted in the transaction that is open.

        Raises:
            ArchiveError: it is neither.
        """
        row = self._fresh.get(capture.int)
        if row is None:
            row = self.find(capture)
        if row is None:  # a capture in the buffer that names a later one
            raise ArchiveError(f"{self._archive.path}: capture {capture} is named before it is added; add it first")
        return row

    def inserted(self, capture: UUID, row: int) -> None:
        """A capture was inserted in the transaction that is open."""
        self._fresh[capture.int] = row

    def keep_fresh(self) -> None:
        """The transaction was committed."""
        self.known.update(self._fresh)
        self._fresh.clear()
        while len(self.known) > _REMEMBERED:
            self.known.popitem(last=False)

    def forget_fresh(self) -> None:
        """The transaction was rolled back."""
        self._fresh.clear()
