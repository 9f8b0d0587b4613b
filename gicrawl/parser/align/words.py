"""Digits and signs that belong to the words beside them, where a text lost what kept them together.

Pages pasted from Word give digits a run of their own; a program that ends a line, or a field, at each run leaves `1`,
`.属于国家秘密` and `（不同渠道公开相同信息计`, `1`, `条）`. None of them is a value.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.numbers import Kind, Value
from gicrawl.parser.align.ordinals import strike_ordinals
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from gicrawl.parser.align.stream import Atom

_SIGNS: Final = re.compile(r"\(?\d{0,2}[()、.．]")
_CLOSING: Final = frozenset("、.．)")
_CLOSES: Final = re.compile(r"[、.．)](?!\d)")
_CLOSES_BRACKET: Final = re.compile(r"[^\s\d()]{0,2}\)")
_CUT_DECIMAL: Final = re.compile(r"(?:.*\s)?\d*\.", re.DOTALL)
_ILLEGIBLE: Final = Value(Kind.ILLEGIBLE)
_PIECES: Final = 3
"""Atoms on one side of a number that a label may be cut into."""
_ORDINAL: Final = 2  # digits
_CROWDED: Final = 24
"""Atoms in one row, of lines that hold a whole table: no printed row has as many."""
_DIGITS: Final = frozenset({Kind.NUMBER, Kind.ILLEGIBLE})


def tell_words(atoms: list[Atom]) -> None:
    """Make text of the atoms that are none but for lost ties, and open numbers whose first digits were cut off."""
    tied = _tied(atoms)
    for is_of_words in (_is_ordinal, _is_within):
        for index in tied:
            atom = atoms[index]
            if atom.kind in _DIGITS and is_of_words(atoms, index):
                atoms[index] = atom._replace(value=None, kind=Kind.TEXT, token=f"{Kind.TEXT.value} {atom.han}")
    for index in tied:  # what stands on both sides of a point alone is the same number
        if atoms[index].raw.endswith(".") and _CUT_DECIMAL.fullmatch(atoms[index].raw):
            for at in (index - 1, index + 1):
                if at >= 0 and atoms[index + 1].kind in _DIGITS and atoms[at].kind is Kind.NUMBER:
                    token = f"{Kind.ILLEGIBLE.value} {atoms[at].han}"
                    atoms[at] = atoms[at]._replace(value=_ILLEGIBLE, kind=Kind.ILLEGIBLE, token=token)
    strike_ordinals(atoms, tied)


def _tied(atoms: list[Atom]) -> list[int]:
    """Which atoms nothing but a lost tie need part from the next, the last first.

    Both have lines of their own, or are fields of a line of many rows.
    """
    rows = [atom.row for atom in atoms]
    crowd = Counter([atom.row for atom in atoms if atom.table < 0])
    crowded = {row for row, count in crowd.items() if row >= 0 and count >= _CROWDED}
    return [
        index
        for index in range(len(rows) - 2, -1, -1)
        if (rows[index + 1] < 0 if rows[index] < 0 else rows[index] in crowded and _is_beside(atoms, index))
    ]


def _is_beside(atoms: list[Atom], index: int) -> bool:
    """Whether the next atom is a field of the same line."""
    return atoms[index].table < 0 and atoms[index].row == atoms[index + 1].row


def _is_ordinal(atoms: list[Atom], index: int) -> bool:
    """Whether digits and signs number the label behind them, or close what does."""
    before, atom, after = atoms[index - 1], atoms[index], atoms[index + 1]
    raw, following = fold(atom.raw).strip(), fold(after.raw).strip() if after.kind is Kind.TEXT else ""
    if atom.kind is Kind.ILLEGIBLE and _SIGNS.fullmatch(raw):
        return following != "" or (index > 0 and before.kind is Kind.TEXT and raw in _CLOSING)
    return raw.isdigit() and len(raw) <= _ORDINAL and _CLOSES.match(following) is not None


def _is_within(atoms: list[Atom], index: int) -> bool:
    """Whether a bracket, or a quotation, that opens before a number closes right behind it."""
    raw = atoms[index].raw.strip()
    if index == 0 or atoms[index - 1].kind is not Kind.TEXT or not raw.isdigit() or len(raw) > _ORDINAL:
        return False  # a figure behind another one, as most are
    before = _words(atoms, range(index - 1, -1, -1))
    if before.rfind("“") > before.rfind("”"):
        return _words(atoms, range(index + 1, len(atoms))).startswith("”")
    plain = fold(before)
    if plain.rfind("(") <= plain.rfind(")"):
        return False
    return _CLOSES_BRACKET.match(fold(_words(atoms, range(index + 1, len(atoms))))) is not None


def _words(atoms: list[Atom], places: range) -> str:
    """The text at one side of a number, in the order printed."""
    pieces = [atoms[at].raw.strip() for at in takewhile(lambda at: atoms[at].kind is Kind.TEXT, places[:_PIECES])]
    return "".join(pieces if places.step > 0 else reversed(pieces))
