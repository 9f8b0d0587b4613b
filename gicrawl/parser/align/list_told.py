"""Lists of indicators printed as lines of 指标：数字 or 指标 数字 单位: their atoms as rows of a label and its figure.

Departments printed the annex so, a paragraph an indicator. Sentences look like it too, so only many such lines with
labels that a form has are a list.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.list_labels import ROW, UNIT, segment
from gicrawl.parser.align.numbers import Kind, read_value
from gicrawl.parser.align.stream import NO_TABLE, han

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.stream import Atom

_LINE: Final = re.compile(
    r"\s*(?P<label>\S.{1,80}?)(?:\s*[:：]\s*|\s+)(?P<figure>\d[\d,.]*)\s*"
    r"(?P<unit>[\u4e00-\u9fff]{0,2})\s*[。；;，,]?\s*"
)
_SHAPE = NO_TABLE - 3  # of fields beside each other
_LINES = 8  # such lines that are a list


def told_as_rows(atoms: Sequence[Atom]) -> list[Atom]:
    """The atoms, lines of a label and its figure parted into fields; none where there are too few of them."""
    lines = {
        index: line
        for index, (atom, after) in enumerate(zip_longest(atoms, atoms[1:]))
        if atom.kind is Kind.TEXT
        and (after is None or after.kind is not Kind.NUMBER)  # else the number in the line is none of its figures
        and (line := _LINE.fullmatch(atom.raw)) is not None
        and _is_unit(line["unit"])
    }
    known = [index for index, line in lines.items() if _is_row(line["label"])]
    if len(known) < _LINES:
        return []
    out: list[Atom] = []
    for index, atom in enumerate(atoms):
        listed = index in lines and known[0] <= index <= known[-1]
        out += _parts(atom, lines[index], index) if listed else [atom]
    return out


def _is_row(label: str) -> bool:
    roles = [token.role for token in segment(label)]
    return roles in ([ROW], [ROW, UNIT])


def _is_unit(words: str) -> bool:
    return not words or [token.role for token in segment(words)] == [UNIT]


def _parts(atom: Atom, line: re.Match[str], number: int) -> list[Atom]:
    """Label, figure and unit of a line, in a row of their own."""
    out = []
    for at, name in enumerate(("label", "figure", "unit")):
        start, end = line.span(name)
        if start == end:
            continue
        value = read_value(line[name]) if name == "figure" else None
        begin = atom.evidence.get("start")
        place = {"start": begin + start, "end": begin + end} if isinstance(begin, int) else {}
        kind = Kind.TEXT if value is None else value.kind
        words = han(line[name])
        out.append(
            atom._replace(
                raw=line[name],
                value=value,
                row=number,
                left=at,
                right=at + 1,
                table=_SHAPE,
                evidence={**atom.evidence, **place},
                kind=kind,
                han=words,
                token=f"{kind.value} {words}",
            )
        )
    return out
