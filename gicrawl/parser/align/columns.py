"""The columns of a table: the order they are printed in, and the positions they cover.

The form's order is taken for granted only where the document's own headings do not say otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.placing import profile_of
from gicrawl.parser.align.runs import SUBTOTALS
from gicrawl.parser.align.stream import NO_TABLE, han

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.align.placing import Profile
    from gicrawl.parser.align.runs import Run
    from gicrawl.parser.align.stream import Atom, Stream
    from gicrawl.parser.forms import Table


_NOTE = re.compile("(?:单位)?(?:[件人家个条次项]|万?元)$|(?:截至|截止|不?含|包括).*$")
_HEADING = 12  # Han characters of the heading of a column
_WIDER = 2  # rows of one value too many that make a column which the form does not have
_MOST = 0.8  # of the rows
_LEVEL = 2  # columns that have their headings above those of all others
_FLOWS = -1
_BROKEN = 2  # characters of a heading that begins no other
_SEVERAL = 3  # known headings in a row that make it a header


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of a table are printed.

    Attributes:
        order: for each printed column, which column of the form it is.
        profiles: positions of the printed columns, for each grid (or shape of line).
        headed: the headings were found; without them the order is only presumed.
        extra: the header has a column that the form does not have.
        surplus: the printed column that the form does not have, where the headings say which it is.
        turned: where the headings stand in another order and nothing tells whether the values follow it: the orders
            that they may have beside the form's.
        traced: merged labels leave gaps before the values of some rows.
        untraced: they leave none before those of the widest labels.
        wider: nearly all rows have one field more than there are columns, and no heading says which is none of them.
    """

    order: tuple[int, ...]
    profiles: dict[int, Profile]
    headed: bool
    extra: bool
    turned: tuple[tuple[int, ...], ...] = ()
    traced: bool = False
    untraced: bool = False
    surplus: int | None = None
    wider: bool = False


def columns_of(atoms: Stream, table: Table, head: tuple[int, int], stop: int, runs: Sequence[Run]) -> Columns:
    """Read the header of a table.

    Args:
        atoms: the stream.
        table: of the form.
        head: first atom of the header and first atom after it.
        stop: position in `Stream.han` where the first row label begins, perhaps in the same piece of text.
        runs: the rows below it.
    """
    width = len(table.columns)
    usual = tuple(range(width))
    profiles = profile_of(atoms.atoms, runs, width)
    heading = [atom for atom in atoms.atoms[head[0] : head[1]] if atom.kind is Kind.TEXT and atom.row >= 0]
    found = _headings(heading, table)
    if found is None:
        turned = _in_another_order(atoms, table, head)
        if not turned and all_wider(runs, width) and (surplus := _surplus(_printed(heading, table), table)) is not None:
            return Columns(usual, {}, headed=False, extra=False, surplus=surplus)
        extra = _has_stray(heading, table)
        flowing = [(_FLOWS, words) for words in _parted(_flowing(atoms, head, stop), table)]
        wider = sum(len(run.atoms) > width for run in runs) >= _WIDER
        surplus = _surplus(flowing, table) if not (extra or turned) else None
        if surplus is not None and not wider:  # rows that seem whole are short of a cell
            extra, surplus = any(words.endswith(SUBTOTALS) and words not in _names(table) for _, words in flowing), None
        return Columns(usual, {} if extra else profiles, headed=False, extra=extra, turned=turned, surplus=surplus)
    printed = sorted(range(width), key=lambda column: found[column].left)
    if found[0].table < 0 and width >= _SEVERAL and printed == [0, width - 1, *range(1, width - 1)]:
        # a header of two levels in one line: the first and the last heading stand above those between them
        return Columns(usual, profiles, headed=False, extra=False)
    place = found[printed[0]].table
    spans = tuple((found[column].left, found[column].right) for column in printed)
    overlapping = any(a[1] > b[0] for a, b in pairwise(spans))
    in_levels = printed != list(usual) and _in_levels(heading, found.values())
    if in_levels and not (overlapping and place < 0):  # lines without fields for merged cells: their places differ
        covered = _covered(atoms.atoms[head[0] : head[1]], found.values())
        if not covered:
            words = _in_another_order(atoms, table, head)  # whose order a hole does not change
            turned = words if covered is None and place >= 0 else (tuple(printed),)
            return Columns(usual, profiles, headed=False, extra=False, turned=turned)
    if overlapping:  # as where a row group cuts a header in two
        turned = _in_another_order(atoms, table, head)
        return Columns(usual, profiles, headed=False, extra=False, turned=turned)
    strays = {
        (atom.left, atom.right)
        for atom in heading
        if atom.table == place
        and spans[0][0] < atom.left
        and all(not left <= atom.left < right for left, right in spans)
    }
    extra = any(left < spans[-1][0] or place >= 0 for left, _ in strays)
    surplus = sum(span < min(strays) for span in spans) if extra and len(strays) == 1 else None
    whole = {} if extra else profiles  # rows that seem whole beside an extra column are short of one
    if place < NO_TABLE and any(right - left > 1 for left, right in spans):
        whole = {}  # merged headings: a row that seems whole may hold a merged cell twice and lack another
    return Columns(tuple(printed), {place: spans} | whole, headed=True, extra=extra, surplus=surplus)


def lacks_column(atoms: Stream, table: Table, head: tuple[int, int], runs: Sequence[Run]) -> bool:
    """Whether a column of the form is not printed: all headings but one are there, and most rows have a value less."""
    width = len(table.columns)
    if width <= _SEVERAL:
        return False
    named = {_names(table).get(atom.han) for atom in atoms.atoms[head[0] : head[1]] if atom.kind is Kind.TEXT}
    short = sum(run.held == width - 1 for run in runs)
    return len(named - {None}) == width - 1 and short * 2 > len(runs)


def _in_levels(header: Sequence[Atom], headings: Iterable[Atom]) -> bool:
    """Whether headings take several rows; a merged one may be printed in each of its rows."""
    ours = {(atom.table, atom.left, atom.han): atom.row for atom in headings}
    rows = {atom.row for atom in header if (atom.table, atom.left, atom.han) in ours}
    return len({*rows, *ours.values()}) > 1


def _covered(header: Sequence[Atom], headings: Iterable[Atom]) -> bool | None:
    """Whether words stand above each heading not in the first row of its table; None where no cell does.

    A cell merged over a column or row too few moves the headings below or beside it: where it should reach, the header
    has a hole.
    """
    words = True
    for heading in headings:
        rows = [atom for atom in header if atom.table == heading.table and atom.row < heading.row]
        nearest = max((atom.row for atom in rows), default=-1)
        above = [atom for atom in rows if atom.row == nearest and atom.left <= heading.left < atom.right]
        if rows and not above:
            return None
        words = words and (not rows or any(atom.kind is Kind.TEXT for atom in above))
    return words


def _names(table: Table) -> dict[str, int]:
    """The headings of the columns, in every wording."""
    return {han(label): column for column, entry in enumerate(table.columns) for label in entry.labels}


def _headings(heading: Sequence[Atom], table: Table) -> dict[int, Atom] | None:
    """The heading of every column, all in one grid or in lines of one shape; the last one where one is repeated.

    A header takes several rows; only where they share their columns do positions in them mean anything.
    """
    names = _names(table)
    places: dict[int, dict[int, Atom]] = {}
    for atom in heading:
        if atom.table != NO_TABLE and (column := names.get(_named(atom, names))) is not None:
            place = places.setdefault(atom.table, {})
            before = place.get(column)
            if before is not None and (before.row, before.right) == (atom.row, atom.left):
                place[column] = atom._replace(left=before.left)  # a merged heading, printed once for each column of it
            else:
                place[column] = atom
    return next((found for found in reversed(places.values()) if len(found) == len(table.columns)), None)


def _named(atom: Atom, known: Iterable[str]) -> str:
    """What a heading says: a unit or date in brackets (件, 截至2023年底) is no part of a name known without it."""
    if atom.han in known or (note := _NOTE.search(atom.han, 2)) is None:
        return atom.han
    return bare if (bare := atom.han[: note.start()]) in known else atom.han


def _in_another_order(atoms: Stream, table: Table, head: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
    """The orders that headings found once each may mean, where they stand in another than the form's; else nothing.

    A header of two levels prints the first and the last heading above the others: only the order of those between them
    counts. Where the last stands before the first, it may be the first column, or above. Headings not found keep their
    places among those between.
    """
    text = atoms.han[atoms.position_after(head[0]) : atoms.position_after(head[1])]
    names = [han(column.labels[0]) for column in table.columns]
    for label in table.headers:
        text = text.replace(han(label), "|")
    at = [text.find(name) if text.count(name) == 1 else -1 for name in names]
    if len(names) <= _SEVERAL:
        return ()
    between = range(1, len(names) - 1)
    found = iter(sorted((column for column in between if at[column] >= 0), key=at.__getitem__))
    inner = [next(found) if at[column] >= 0 else column for column in between]
    last = len(names) - 1
    orders = [(0, *inner, last)]
    if at[0] < 0 and text.count(names[0][:_BROKEN]) == 1:
        at[0] = text.find(names[0][:_BROKEN])  # its rest is in the next line
    if min(at[0], at[-1]) >= 0 and at[-1] < at[0]:
        orders.append((last, 0, *inner))
    return tuple(order for order in orders if order != tuple(range(len(names))))


def _has_stray(heading: Sequence[Atom], table: Table) -> bool:
    """Whether among the headings of one printed row stands one that the form does not have (小计, 其中…)."""
    known = [han(label) for entry in table.columns for label in entry.labels]
    known += [han(label) for label in table.headers]
    rows: dict[int, list[str]] = {}
    for atom in heading:
        rows.setdefault(atom.row, []).append(_named(atom, known))
    for texts in rows.values():
        ours = [at for at, text in enumerate(texts) if text in known]
        if len(ours) >= _SEVERAL and any(
            len(text) > 1 and not any(text in label for label in known) for text in texts[ours[0] :]
        ):
            return True
    return False


def _flowing(atoms: Stream, head: tuple[int, int], stop: int) -> list[str]:
    """Texts of a header that have no place: lines of their own, and what stands before the first row label."""
    lines = [atom.han for atom in atoms.atoms[head[0] : head[1]] if atom.kind is Kind.TEXT and atom.row < 0]
    begin = atoms.position_after(head[1])
    return [*lines, atoms.han[begin:stop]] if begin < stop else lines


def _parted(lines: Sequence[str], table: Table) -> list[str]:
    """The headings of lines that hold several of them, and what stands between these."""
    known = [*_names(table), *(han(label) for label in (*table.headers, *table.groups))]
    pattern = re.compile("(" + "|".join(sorted(map(re.escape, known), key=len, reverse=True)) + ")")
    return [piece for line in lines for piece in pattern.split(line) if piece]


def all_wider(runs: Sequence[Run], width: int) -> bool:
    """Whether nearly all rows have one field more than the form has columns."""
    wider = sum(len(run.atoms) == width + 1 for run in runs)
    return wider >= _WIDER and wider > _MOST * len(runs)


def _printed(heading: Sequence[Atom], table: Table) -> list[tuple[int, str]]:
    """The headings of a header in printed rows, each with its row."""
    names = _names(table)
    return [(atom.row, _named(atom, names)) for atom in heading]


def _surplus(heading: Sequence[tuple[int, str]], table: Table) -> int | None:
    """Which of the columns printed the form does not have, from the headings and their rows, `_FLOWS` without any.

    In a header of two levels the first and the last column of the form stand before all others: a heading behind them
    may be the next column of either level, which only its row tells.
    """
    names = _names(table)
    ours = [at for at, (_, text) in enumerate(heading) if text in names]
    if len({names[heading[at][1]] for at in ours}) < len(table.columns):
        return None
    known = [han(label) for label in (*table.headers, *table.groups)]
    above = {row for row, text in heading[: ours[0]] if row != _FLOWS and text in known}
    strange = [
        at
        for at, (row, text) in enumerate(heading)
        if text not in names
        and (at > ours[0] or (row in above and heading[at - 1][1] in known))
        and (text.endswith(SUBTOTALS) or (at < ours[-1] and 1 < len(text) <= _HEADING))
        and not any(text in label for label in (*known, *names))
    ]
    return _place(heading, ours, strange[0], table) if len(strange) == 1 else None


def _place(heading: Sequence[tuple[int, str]], ours: Sequence[int], strange: int, table: Table) -> int | None:
    """The column below a strange heading, counted among those printed."""
    width, names = len(table.columns), _names(table)
    before = sum(at < strange for at in ours)
    two_levels = [names[heading[at][1]] for at in ours[:_LEVEL]] == [0, width - 1]
    if not before:
        return width  # beside the heading above all columns
    if not two_levels or before != _LEVEL:
        return before - two_levels
    row, beside, below = (heading[at][0] for at in (strange, ours[1], ours[_LEVEL]))
    if beside == below or row not in {beside, below}:
        return None
    return width if row == beside else 1
