"""Ordinals of labels that lost the sign behind them: `0 0 4 2 重复申请`, where others are `1.信访举报投诉类申请`.

In a line of many rows such a number stands behind the figures of the row above, as if it were one of them: a row that
is short of a cell seems whole with it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.numbers import Kind, Value
from gicrawl.parser.forms import load_forms
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.stream import Atom

_LABEL: Final = re.compile(r"(\d{1,2})[.、]\s*([\u4e00-\u9fff].*)")
_NUMBERED: Final = re.compile(r"(\d{1,2})\s*[.、]?\s*([\u4e00-\u9fff]{4})")
_BEHIND: Final = re.compile(r"(?:.*\D)?(\d{1,2})[.、)]?", re.DOTALL)
_ENDS: Final = re.compile(r"(\d{1,2})\s*[.、]\s*[\u4e00-\u9fff]{0,2}\s*$")
"""An ordinal at the end of words, a unit behind it perhaps."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
_BEGIN: Final = 4
"""Han characters by which a label is known; others have as many."""
_LEAST: Final = 3
"""Labels printed with their ordinals that make it the way of a document."""
_NOTHING: Final = Value(Kind.NOISE)


def strike_ordinals(atoms: list[Atom], places: Sequence[int]) -> None:
    """Make nothing of the numbers that are ordinals of the labels right behind them.

    Only where no label that the forms number is printed without its ordinal: else the number may be a figure.

    Args:
        atoms: of a document.
        places: indices of those that nothing parts from the next but a lost tie.
    """
    known = _known()
    found = [at for at in places if _numbers(atoms, at, known)]
    if not found:
        return
    signed = 0
    for at, atom in enumerate(atoms):
        if atom.kind is not Kind.TEXT:
            continue
        begin = atom.han[:_BEGIN]
        text = fold(atom.raw).strip()
        signed += sum(int(number) in known.get(words, ()) for number, words in _NUMBERED.findall(text))
        if begin not in known or not text.startswith(begin):
            continue
        before = _BEHIND.fullmatch(fold(atoms[at - 1].raw).strip()) if at else None
        if before is None or int(before[1]) not in known[begin]:
            return
        signed += atoms[at - 1].kind is Kind.TEXT
    if signed >= _LEAST:
        for at in found:
            atoms[at] = atoms[at]._replace(value=_NOTHING, kind=Kind.NOISE, token=f"{Kind.NOISE.value} ")


def _numbers(atoms: Sequence[Atom], at: int, known: dict[str, frozenset[int]]) -> bool:
    """Whether a number may be the ordinal of the label behind it."""
    atom, label = atoms[at], atoms[at + 1]
    if atom.kind is not Kind.NUMBER or label.kind is not Kind.TEXT:
        return False
    raw = atom.raw.strip()
    if (
        not raw.isdecimal()
        or int(raw) not in known.get(label.han[:_BEGIN], ())
        or label.raw.lstrip()[:1] != label.han[:1]
    ):
        return False
    above = next((one.raw for one in reversed(atoms[:at]) if one.kind is Kind.TEXT), "")
    own = _ENDS.search(fold(above))  # of a label wrapped around its figures
    return own is None or int(own[1]) != int(raw)


@cache
def _known() -> dict[str, frozenset[int]]:
    """The ordinals of the forms' labels by their first words."""
    labels = [text for form in load_forms() for table in form.tables for row in table.rows for text in row.labels]
    found: dict[str, set[int]] = {}
    for numbered in filter(None, (_LABEL.match(fold(label)) for label in labels)):
        words = "".join(_HAN.findall(numbered[2]))[:_BEGIN]
        if len(words) == _BEGIN:
            found.setdefault(words, set()).add(int(numbered[1]))
    return {words: frozenset(numbers) for words, numbers in found.items()}
