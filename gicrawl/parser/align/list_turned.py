"""Lists of indicators whose figures are printed before their labels: their atoms with the figures behind them.

In a flow both orders look alike but at their ends: figures between the header and the first label, and none behind the
last one, say that all stand before theirs. In printed rows every row says so itself; running numbers are no figures.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.list_labels import GROUP, NOTE, ROW, UNIT, VALUES, heading, segment
from gicrawl.parser.align.numbers import EMPTY, NO_FIELD, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.stream import Atom

_LEAST: Final = 8
"""Labels of a list that are enough to tell its order."""
_SHARE: Final = 0.8
"""Of the labels, with as many figures before them as there are headings."""
_WRAPPED: Final = 8  # atoms a label may be wrapped over
_GROUPS: Final = frozenset({GROUP})
_BEHIND: Final = frozenset({UNIT, NOTE})


def turned(atoms: Sequence[Atom]) -> list[Atom]:
    """The atoms with the figures of a list behind their labels; none where they stand there already."""
    return _in_rows(atoms) or _in_flow(atoms)


def _in_rows(atoms: Sequence[Atom]) -> list[Atom]:
    rows = [
        list(row) for _, row in groupby(atoms, key=lambda atom: (atom.row, atom.table if atom.row >= 0 else id(atom)))
    ]
    before = [row for row in rows if _is_turned(row)]
    if len(before) < _LEAST or any(_has_figures_behind(row) for row in rows) or _are_numbers_of_rows(before):
        return []
    at = {id(row) for row in before}
    return [atom for row in rows for atom in (_turned_row(row) if id(row) in at else row)]


def _is_turned(row: Sequence[Atom]) -> bool:
    """Whether a printed row has values, then a label that a list has, and no value behind it."""
    if row[0].row < 0 or row[0].kind is Kind.TEXT:
        return False
    words = [at for at, atom in enumerate(row) if atom.kind is Kind.TEXT]
    return (
        bool(words)
        and all(atom.kind in {Kind.TEXT, *NO_FIELD} for atom in row[words[0] :])
        and any(atom.kind not in EMPTY for atom in row[: words[0]])
        and _is_label("\n".join(row[at].raw for at in words))
    )


def _has_figures_behind(row: Sequence[Atom]) -> bool:
    """Whether figures stand behind a label in a printed row, as in most lists."""
    if row[0].row < 0:
        return False
    labels = [at for at, atom in enumerate(row) if atom.kind is Kind.TEXT and _is_label(atom.raw)]
    return bool(labels) and any(atom.kind is Kind.NUMBER for atom in row[labels[0] :])


def _are_numbers_of_rows(rows: Sequence[Sequence[Atom]]) -> bool:
    firsts = [row[0].value.number for row in rows if row[0].value is not None and row[0].value.number is not None]
    return sum(one + 1 == other for one, other in pairwise(firsts)) * 2 > len(firsts)


def _turned_row(row: Sequence[Atom]) -> list[Atom]:
    """The fields of a row, those of values last, in the places of the row."""
    values = [atom for atom in row if atom.kind is not Kind.TEXT]
    order = [*(atom for atom in row if atom.kind is Kind.TEXT), *values]
    return [atom._replace(left=place.left, right=place.right) for atom, place in zip(order, row, strict=True)]


def _in_flow(atoms: Sequence[Atom]) -> list[Atom]:
    begin, width = _first_figures(atoms)
    if not width:
        return []
    labels = [at for at in range(begin, len(atoms)) if atoms[at].kind is Kind.TEXT and _is_label(atoms[at].raw)]
    if len(labels) < _LEAST or _has_value(atoms, _behind_label(atoms, labels[-1])):
        return []
    runs = [_run_before(atoms, at, begin) for at in labels]
    if sum(len(run) >= width for run in runs) < _SHARE * len(labels) or len(runs[0]) != width:
        return []
    moved = {index: at for at, run in zip(labels, runs, strict=True) for index in run[-width:]}
    out: list[Atom] = []
    waiting: list[Atom] = []
    after = -1
    for index, atom in enumerate(atoms):
        if index == after:
            out += waiting
            waiting, after = [], -1
        if index in moved:
            waiting.append(atom)
            after = _behind_label(atoms, moved[index])
        else:
            out.append(atom)
    return [*out, *waiting]


def _first_figures(atoms: Sequence[Atom]) -> tuple[int, int]:
    """The first value that flows behind headings of figures, and how many of these there are; 0 without any.

    The name of a part may stand between, with blanks of its own.
    """
    width, named = 0, False
    for index, atom in enumerate(atoms):
        if atom.row >= 0:
            width = 0
        elif atom.kind is not Kind.TEXT:
            if width and atom.kind is not Kind.NOISE and not (named and atom.kind in EMPTY):
                return index, width
        elif heading(atom.raw) in VALUES:
            width, named = (1 if named else width + 1), False
        elif width and _only(atom.raw, _GROUPS):
            named = True
        else:
            width = 0
    return 0, 0


def _behind_label(atoms: Sequence[Atom], at: int) -> int:
    """The atom behind a label and its unit."""
    end = at + 1
    while end < len(atoms) and atoms[end].kind is Kind.TEXT and _only(atoms[end].raw, _BEHIND):
        end += 1
    return end


def _has_value(atoms: Sequence[Atom], at: int) -> bool:
    return at < len(atoms) and atoms[at].row < 0 and atoms[at].kind not in {Kind.TEXT, Kind.NOISE}


def _run_before(atoms: Sequence[Atom], at: int, begin: int) -> list[int]:
    """The values right before a label."""
    first = at
    while first > begin and _has_value(atoms, first - 1):
        first -= 1
    return list(range(first, at))


def _is_label(text: str) -> bool:
    roles = [token.role for token in segment(text)]
    return roles[:1] == [ROW] and _BEHIND.issuperset(roles[1:])


def _only(text: str, roles: frozenset[str]) -> bool:
    tokens = segment(text)
    return bool(tokens) and all(token.role in roles for token in tokens)
