"""Rows of a form that a table seems not to have: absent only where nothing of the table is left that they may be.

A row printed under words that no form has is there, and its label is all that is unknown. So no row is absent while
words that nothing accounts for stand where it belongs: between the labels above and below it, or right below the table.
Nor is one whose own label stands anywhere else in the table, or in whose place more figures stand than one row has.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import unread
from gicrawl.parser.align.labels import han_columns, wanted_of
from gicrawl.parser.align.naming import unclaimed
from gicrawl.parser.align.numbers import NO_FIELD, Kind
from gicrawl.parser.align.runs import SUBTOTALS
from gicrawl.parser.align.stream import han
from gicrawl.parser.report import Problem, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.labels import Found
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.stream import Stream
    from gicrawl.parser.forms import Table
    from gicrawl.parser.report import Cell

_WORDS = 2  # Han characters that may be a label: fewer are an ordinal, or a scrap of one
_NAMED = 3  # Han characters of a label that other words hardly hold: 七总计
_PIECES = 3  # fields that a label and the group above it fill
_LONGEST = 40  # Han characters of a label; more are a sentence
_TEXT, _NUMBER = Kind.TEXT, Kind.NUMBER


def perhaps_printed(
    atoms: Stream, reading: Reading, last: int, cells: list[Cell], problems: list[Problem]
) -> tuple[list[Cell], list[Problem]]:
    """The cells of a table that ends before atom `last`, unread those that are not surely absent, with its problems."""
    gone = {cell.row for cell in cells if cell.state is State.ABSENT}
    if not gone:
        return cells, problems
    table = reading.table
    labels = reading.placed()
    claimed = sorted((label.start, label.end) for label in labels.labels if label is not None)
    begin = max((label.end for label in labels.found("column") if label is not None), default=labels.first)
    end = atoms.position_after(last)
    below = _goes_on(atoms, last)
    found = labels.found("row")
    doubted = []
    free = unclaimed(atoms.han, begin, end, claimed)
    names = [wanted.variants for wanted in wanted_of(table) if wanted.role == "row"]
    for at, row in enumerate(table.rows):
        if row.key not in gone:
            continue
        if any(len(name) >= _NAMED and name in free for name in names[at]):
            doubted.append(row)
            continue
        start, stop = _place(found, at, begin, end)
        words = _strange(unclaimed(atoms.han, start, stop, claimed), table)
        usual = len(table.columns) if any(found[:at]) else 0
        if len(words) >= _WORDS or _figures(atoms, start, stop, last) > usual or (below and not any(found[at + 1 :])):
            doubted.append(row)
    keys = {row.key for row in doubted}
    cells = [unread(*cell.key) if cell.row in keys else cell for cell in cells]
    unknown = [Problem("row_unread", (("table", table.key), ("row", row.labels[0]))) for row in doubted]
    return cells, problems + unknown


def _place(found: Sequence[Found | None], at: int, begin: int, end: int) -> tuple[int, int]:
    """Where a row belongs: between the rows of the form around it, or anywhere where these stand in another order."""
    above = next((label.end for label in reversed(found[:at]) if label is not None), begin)
    below = next((label.start for label in found[at + 1 :] if label is not None), end)
    return (above, below) if above <= below else (begin, end)


def _figures(atoms: Stream, start: int, stop: int, last: int) -> int:
    """How many figures stand between two positions of a table that ends before atom `last`."""
    first = atoms.atom_at(start - 1) + 1 if start else 0
    end = atoms.atom_at(stop) if stop < len(atoms.han) else last
    return sum(atom.kind is _NUMBER for atom in atoms.atoms[first : min(end, last)])


def _strange(words: str, table: Table) -> str:
    """Words without those that a table says of itself around its rows."""
    rest = _known(table).sub("", words)
    return "" if set("".join(table.groups)).issuperset(rest) else rest


@cache
def _known(table: Table) -> re.Pattern[str]:
    own = {text for wanted in wanted_of(table) if wanted.role != "row" for text in wanted.variants}
    own |= {*han_columns(table), *SUBTOTALS, *map(han, table.groups)}
    return re.compile("|".join(sorted(map(re.escape, own), key=len, reverse=True)) + "|[一二三四五六七八九十]")


def _goes_on(atoms: Stream, last: int) -> bool:
    """Whether the words behind a table have figures beside them, as a row of it that is not known has."""
    behind = list(islice(atoms.atoms, last, last + _PIECES + 1))
    words = list(takewhile(lambda atom: atom.kind is _TEXT, behind))
    if not words or len(words) == len(behind) or sum(len(atom.han) for atom in words) > _LONGEST:
        return False
    return behind[len(words)].kind not in NO_FIELD
