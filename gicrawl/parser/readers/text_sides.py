"""Two lists with a running number each, side by side in lines that nothing but blanks parts: one below the other.

The number before the right list stands right behind the figures of the left one, as if it were one of them. It is told
by its heading, which stands twice in the line above, and by its counting: in every row by as much above the left one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from gicrawl.parser.lines import has_pipe, is_rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_Line: TypeAlias = "tuple[int, str]"
_HEADS: Final = re.compile(r"\s*(?:序\s*号|行\s*次|行\s*号|编\s*号|代\s*码)\s+")
_LAST: Final = "号次码"
_LABEL: Final = r"(?=(?:\d{1,2}\s*[.．、]\s*)?[^\d\s.．、,，])"
_LEFT: Final = re.compile(rf"\s*(\d{{1,3}})\s+{_LABEL}")
_RIGHT: Final = re.compile(rf"(?<=\s)(\d{{1,3}})\s+{_LABEL}")
_LEAST: Final = 5
"""Rows of both that make them lists."""


class _Cut(NamedTuple):
    """Where in a line the left row begins and ends, and the right one begins: behind their numbers."""

    left: int
    end: int
    right: int


def below_each_other(lines: list[_Line]) -> list[_Line]:
    """The lines with the rows of the right list behind those of the left one, both without their numbers.

    They are as they were where nothing is certain of two such lists.

    Args:
        lines: of a text, each with the offset of its first character.
    """
    for at, (_, line) in enumerate(lines):
        if any(line.count(character) > 1 for character in _LAST) and (head := _head(line)) is not None:
            cuts = _cuts(lines, at + 1)
            if cuts:
                return _parted(lines, {at: head} | cuts)
    return lines


def _head(line: str) -> _Cut | None:
    """A header that has its first heading twice, and nothing but blanks between its headings."""
    if "\t" in line or has_pipe(line) or _HEADS.match(line) is None:
        return None
    first, *others = _HEADS.finditer(line)
    words = "".join(first[0].split())
    again = [one for one in others if "".join(one[0].split()) == words]
    return _Cut(first.end(), again[0].start(), again[0].end()) if len(again) == 1 else None


def _cuts(lines: Sequence[_Line], first: int) -> dict[int, _Cut]:
    """Where the rows of both lists stand in each line; nothing where that is not certain."""
    rows = _numbered(lines, first)
    if len(rows) < _LEAST:
        return {}
    at, number, begin = rows[0]
    steps = {int(one[1]) - number for one in _RIGHT.finditer(lines[at][1], begin)}
    tried = [cuts for step in steps if (cuts := _at_step(lines, rows, step))]
    return tried[0] if len(tried) == 1 else {}


def _numbered(lines: Sequence[_Line], first: int) -> list[tuple[int, int, int]]:
    """The lines that count up, each with its number and where the label behind it begins."""
    rows: list[tuple[int, int, int]] = []
    for at in range(first, len(lines)):
        line = lines[at][1]
        if not line.strip() or is_rule(line):
            continue
        found = _LEFT.match(line)
        if found is None or (rows and int(found[1]) != rows[-1][1] + 1):
            break
        rows.append((at, int(found[1]), found.end()))
    return rows


def _at_step(lines: Sequence[_Line], rows: Sequence[tuple[int, int, int]], step: int) -> dict[int, _Cut]:
    """The rows whose right numbers are by a step above the left ones: all of them but perhaps the last left one."""
    cuts: dict[int, _Cut] = {}
    for at, number, begin in rows:
        line = lines[at][1]
        found = [one for one in _RIGHT.finditer(line, begin) if int(one[1]) == number + step]
        if len(found) == 1:
            cuts[at] = _Cut(begin, found[0].start(), found[0].end())
        elif found or at != rows[-1][0]:
            return {}
        else:
            cuts[at] = _Cut(begin, len(line), len(line))
    return cuts


def _parted(lines: list[_Line], cuts: Mapping[int, _Cut]) -> list[_Line]:
    """The lines up to the last of the lists, the right rows behind them, then the other lines."""
    left = [
        (start + cut.left, line[cut.left : cut.end]) if (cut := cuts.get(at)) else (start, line)
        for at, (start, line) in enumerate(lines)
    ]
    right = [(lines[at][0] + cut.right, lines[at][1][cut.right :]) for at, cut in cuts.items()]
    last = max(cuts) + 1
    return [*left[:last], *right, *left[last:]]
