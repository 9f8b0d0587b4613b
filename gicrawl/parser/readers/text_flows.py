"""Values of a flattened table one to a line, and blocks of them printed column after column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Field, Line, Paragraph
from gicrawl.parser.readers.text_values import COLUMNS, HEADING, NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block

_VALUES: Final = re.compile(rf"\s*(?:{NUMBER}|[-—－–/／]{{1,2}})(?:[ \xa0\u3000]+(?:{NUMBER}|[-—－–/／]{{1,2}}))*\s*")
_SIGNS: Final = frozenset("-+－＋—–/／")
"""What such a line may begin with, but for digits."""
_PAGE: Final = re.compile(r"\s*[-—－–]{1,2}\s*[\d０-９]+\s*[-—－–]{1,2}\s*")
"""The number of a page, which may stand within a table: no value."""
_PIECE: Final = re.compile(r"[^\s\u3000]+")
_LEAST_LINES: Final = 20
"""Lines of one value each that make it the shape of a text."""
_MOST_CUT: Final = 12  # rows of such a block


def one_by_one(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Values that share a line where each has its own, and blocks of them printed column after column.

    `pdftotext` puts what stands close together on one line, and, where the rest of a table has no words between its
    figures, prints it column by column with an empty line between: such a block is rows where they add up.
    """
    pieces = [_pieces(line) for _, line in lines]
    if sum(len(one) == 1 for one in pieces) < _LEAST_LINES:
        return {}
    out: dict[int, list[Block]] = {}
    at = 0
    while at < len(lines):
        if not pieces[at]:
            at += 1
            continue
        stop = at
        while stop < len(lines) and (pieces[stop] or not lines[stop][1].strip()):
            stop += 1
        last = next(number for number in range(stop - 1, -1, -1) if pieces[number])
        out |= _flow(lines, pieces, at, last + 1)
        at = stop
    return out


def _flow(
    lines: Sequence[tuple[int, str]], pieces: Sequence[list[tuple[int, int]]], first: int, last: int
) -> dict[int, list[Block]]:
    """The values between two lines of words."""
    if all(len(one) == 1 for one in pieces[first:last]):
        return {}  # each has a line of its own, and no empty line makes columns of them
    out: dict[int, list[Block]] = {}
    begin, rows = _by_columns(lines, pieces, first, last)
    above = _heading_above(lines, first)
    if rows and not _in_rows(lines, pieces, first if above is None else above, begin):
        begin, rows = last, []
    if any(len(one) == 1 for one in pieces[first:last]):
        for number in range(first, begin):
            if len(pieces[number]) > 1:
                out[number] = [Line((field,)) for field in _fields(lines[number], pieces[number])]
    if rows:
        out |= {number: [] for number in range(begin, last) if pieces[number]}
        out[begin] = [Line(row) for row in rows]
        if above is not None:
            start, line = lines[above]
            out[above] = []
            out[begin].append(Paragraph(line.strip(), {"start": start, "end": start + len(line.rstrip())}))
    return out


def _heading_above(lines: Sequence[tuple[int, str]], at: int) -> int | None:
    """The heading of the next part, where it stands between figures and their labels: its own table comes after it."""
    above = next((number for number in range(at - 1, -1, -1) if lines[number][1].strip()), None)
    return above if above is not None and HEADING.fullmatch(lines[above][1]) else None


def _in_rows(
    lines: Sequence[tuple[int, str]], pieces: Sequence[list[tuple[int, int]]], before: int, begin: int
) -> bool:
    """Whether all values of the part before a block of columns stand in whole rows: else their labels are elsewhere."""
    flows = [0]
    for number in range(begin - 1, -1, -1):
        if number < before and HEADING.fullmatch(lines[number][1]):
            break
        if pieces[number]:
            flows[-1] += len(pieces[number])
        elif lines[number][1].strip():
            flows.append(0)
    return all(flow % COLUMNS == 0 for flow in flows)


def _pieces(line: str) -> list[tuple[int, int]]:
    first = line.lstrip()[:1]
    if not first.isdecimal() and first not in _SIGNS:  # as nearly all lines
        return []
    if _VALUES.fullmatch(line) is None or _PAGE.fullmatch(line) is not None:
        return []
    return [match.span() for match in _PIECE.finditer(line)]


def _fields(line: tuple[int, str], pieces: Sequence[tuple[int, int]]) -> list[Field]:
    return [Field(line[1][left:right], line[0] + left) for left, right in pieces]


def _by_columns(
    lines: Sequence[tuple[int, str]], pieces: Sequence[list[tuple[int, int]]], first: int, last: int
) -> tuple[int, list[tuple[Field, ...]]]:
    """The rows at the end of a flow of values that are printed in columns, and the line they begin at."""
    groups: list[tuple[int, list[Field]]] = []
    for number in range(first, last):
        if not pieces[number]:
            continue
        if number == first or not pieces[number - 1]:
            groups.append((number, []))
        groups[-1][1].extend(_fields(lines[number], pieces[number]))
    for begin in range(max(0, len(groups) - COLUMNS), len(groups)):
        size = len(groups[begin][1])
        rest = groups[begin:]
        if not 1 < size <= _MOST_CUT or any(len(fields) % size for _, fields in rest):
            continue
        if sum(len(fields) for _, fields in rest) != size * COLUMNS:
            continue
        rows: list[list[Field]] = [[] for _ in range(size)]
        for _, fields in rest:
            across = len(fields) // size
            for row in range(size):
                rows[row] += fields[row * across : (row + 1) * across]
        if _add_up(rows):
            return groups[begin][0], [tuple(row) for row in rows]
    return last, []


def _add_up(rows: Sequence[Sequence[Field]]) -> bool:
    """Whether the last value of every row is the sum of the others, of at least two of them more than nothing."""
    told = 0
    for row in rows:
        if any(re.fullmatch(r"\d{1,7}", field.text) is None for field in row):
            return False
        *parts, total = [int(field.text) for field in row]
        if sum(parts) != total:
            return False
        told += sum(part > 0 for part in parts) > 1
    return told > 1
