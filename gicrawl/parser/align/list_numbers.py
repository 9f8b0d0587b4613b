"""Running numbers of the rows of a list of indicators (序号, 行次, 代码): struck out where no column tells them.

Below a heading of their own in a grid they are told by it; in a flow the number of the next row stands right behind
this row's figure, as if it were one. What rises by one from row to row through a whole list counts the rows, on
whichever side of the labels it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.align.list_labels import GROUP, ROW, UNIT, heading, segment
from gicrawl.parser.align.numbers import EMPTY, Kind
from gicrawl.parser.align.stream import NO_TABLE, han
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.stream import Atom

_CODE: Final = re.compile(r"\s*[A-Za-z]?(\d{1,4})(?:\s*|\s+((?:万)?元)\s*)")
_CURRENCY: Final = 2  # Han characters that may stand behind such a number
_LEADING: Final = re.compile(r"\s*[A-Za-z]?(\d{1,4})\s+(?=[^\s\d、.．)）]|\d{1,2}[、.．)）])")
_TRAILING: Final = re.compile(r"\s+[A-Za-z]?(\d{1,4})(?=\s*$|\s+[\u4e00-\u9fff]{1,2}\s*$)")
"""Before a label, behind it or behind its unit, in one text with them."""
_LEAST: Final = 8
"""Numbers that are enough to tell a numbering from figures."""
_SHARE: Final = 0.8
"""Of the numbers at such a place that belong to it, and of its steps that are of one."""
_SKIPPED: Final = 12
"""Rows whose number may be missing, one after the other."""
_OF_ROWS: Final = frozenset({ROW, GROUP, UNIT})
_IGNORED: Final = frozenset({*EMPTY, Kind.NOISE})


class _Mark(NamedTuple):
    """What may count a row: an atom, or a part of one, of which the rest is the label or its unit."""

    at: int
    number: int
    rest: str = ""


def unnumbered(atoms: Sequence[Atom]) -> Sequence[Atom]:
    """The atoms without the running numbers of rows, those that are atoms as noise; the same ones without any."""
    whole = _whole(atoms)
    met = [at for at, atom in enumerate(atoms) if atom.kind not in _IGNORED]
    before: list[_Mark] = []
    behind_labels: list[_Mark] = []
    behind_words: list[_Mark] = []
    for one, other in pairwise(met):
        if one in whole and atoms[other].kind is Kind.TEXT and not _is_unit(atoms[other]):
            before += [] if _LEADING.match(atoms[other].raw) else [whole[one]]
        if atoms[one].kind is not Kind.TEXT or one in whole:
            continue
        before += _within(_LEADING, one, atoms[one].raw)
        behind_labels += (trailing := _within(_TRAILING, one, atoms[one].raw))
        if other in whole:
            behind_words.append(whole[other])
            behind_labels += [] if trailing or _is_unit(atoms[one]) else [whole[other]]
    struck = {
        mark.at: mark for marks in (before, behind_labels, behind_words) for mark in _numbering(marks) or _of_two(marks)
    }
    struck |= _last(atoms, whole, met, sorted(struck))
    if not struck:
        return atoms
    return [_without(atom, struck[at]) if at in struck else atom for at, atom in enumerate(atoms)]


def _whole(atoms: Sequence[Atom]) -> dict[int, _Mark]:
    """Whole numbers and codes that no heading tells by their column, by the index of their atom."""
    headed = Counter(
        atom.table for atom in atoms if atom.han and atom.table != NO_TABLE and heading(atom.raw) == "code"
    )
    told = {table for table, times in headed.items() if times == 1 or table >= 0}
    found = {
        at: _Mark(at, int(code[1]), code[2] or "")
        for at, atom in enumerate(atoms)
        if atom.kind is not Kind.NOISE
        and len(atom.han) <= _CURRENCY
        and (code := _CODE.fullmatch(fold(atom.raw))) is not None
    }
    crowd = Counter(atoms[at].row for at in found)
    return {at: mark for at, mark in found.items() if atoms[at].table not in told or crowd[atoms[at].row] >= _LEAST}


def _within(place: re.Pattern[str], at: int, text: str) -> list[_Mark]:
    """The number at one end of a text."""
    found = place.search(text) if place is _TRAILING else place.match(text)
    return [_Mark(at, int(found[1]), f"{text[: found.start()]} {text[found.end() :]}".strip())] if found else []


def _without(atom: Atom, mark: _Mark) -> Atom:
    if not mark.rest:
        return atom._replace(kind=Kind.NOISE)
    words = han(mark.rest)
    return atom._replace(raw=mark.rest, value=None, kind=Kind.TEXT, han=words, token=f"{Kind.TEXT.value} {words}")


def _is_unit(atom: Atom) -> bool:
    return {token.role for token in segment(atom.raw)} == {UNIT}


def _numbering(marks: Sequence[_Mark]) -> list[_Mark]:
    """Those of the numbers at one side of labels that count rows; none where they are figures.

    It begins anew with 1 where a part of the list does.
    """
    ends: dict[int, int] = {}  # by the number a run ends with, the place of its end
    length = [1] * len(marks)
    origin = [-1] * len(marks)
    best = -1
    for place, mark in enumerate(marks):
        earlier = [ends[mark.number - step] for step in range(1, _SKIPPED + 1) if mark.number - step in ends]
        if mark.number == 1 and best >= 0:
            earlier.append(best)
        if earlier:
            origin[place] = max(earlier, key=lambda one: (length[one], one))
            length[place] = length[origin[place]] + 1
        if mark.number not in ends or length[place] >= length[ends[mark.number]]:
            ends[mark.number] = place
        if best < 0 or length[place] >= length[best]:
            best = place
    run: list[int] = []
    while best >= 0:
        run.append(best)
        best = origin[best]
    run.reverse()
    if len(run) < _LEAST or len(run) < _SHARE * (run[-1] - run[0] + 1):
        return []
    steps = sum(marks[one].number + 1 == marks[other].number for one, other in pairwise(run))
    return [marks[one] for one in run] if steps >= _SHARE * (len(run) - 1) else []


def _of_two(marks: Sequence[_Mark]) -> list[_Mark]:
    """Those that by turns count the rows of two lists side by side, the second behind the first or anew.

    The first may have a row more.
    """
    best: list[_Mark] = []
    at = 0
    while at + 1 < len(marks):
        left, right = marks[at].number, marks[at + 1].number
        rows = 1
        while (
            at + 2 * rows + 1 < len(marks)
            and marks[at + 2 * rows].number == left + rows
            and marks[at + 2 * rows + 1].number == right + rows
        ):
            rows += 1
        longer = at + 2 * rows < len(marks) and marks[at + 2 * rows].number == left + rows
        ends = {left, left + rows + longer, left + rows}
        if 2 * rows >= max(_LEAST, len(best)) and right in ends:
            best = list(marks[at : at + 2 * rows + longer])
        at += 2 * rows - 1 if rows > 1 else 1
    return best


def _last(
    atoms: Sequence[Atom], whole: dict[int, _Mark], met: Sequence[int], struck: Sequence[int]
) -> dict[int, _Mark]:
    """The number of the last row, where numbers stand behind the figures: no label follows it."""
    if not struck or struck[-1] not in whole:
        return {}
    at = {index: place for place, index in enumerate(met)}
    before, place = at[struck[0]] - 1, at[struck[-1]] + 1
    if before < 0 or not (met[before] in whole or _is_listed(atoms[met[before]])):
        return {}  # the first one stands before its label
    while place < len(met) and met[place] not in whole:
        place += 1
    behind = met[place : place + 2]
    if len(behind) > 1 and behind[-1] in whole and whole[behind[-1]].number == whole[struck[-1]].number + 1:
        return {behind[-1]: whole[behind[-1]]}
    return {}


def _is_listed(atom: Atom) -> bool:
    """Whether a text ends with words of a list's rows."""
    return any(token.role in _OF_ROWS for token in segment(atom.raw)[-1:])
