"""Rows of flattened text that have lost the tabs at their ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Field, Line
from gicrawl.parser.readers.text_values import COLUMNS, HEADING, VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block

_ORDINAL: Final = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d{1,2}\s*[.．、])\s*\S"
)
_LEAST_EMPTY: Final = 3


def cut_short(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Rows whose last cells are empty and whose tabs at the end a program took away: empty cells are known then.

    Only where empty cells within rows kept their tabs, no line ends with one, and all rows that reach their last
    column have one width. A label without values is a row of empty cells where it is whole: it and what follows
    begin with their own numbers.
    """
    if any(line.endswith("\t") for _, line in lines):
        return {}
    rows = {number: row for number, (start, line) in enumerate(lines) if (row := _tabbed(start, line)) is not None}
    inner = sum(any(not field.text for field in values) for _, values in rows.values())
    wide = [number for number, (_, values) in rows.items() if len(values) == COLUMNS]
    if inner < _LEAST_EMPTY or len(wide) < _LEAST_EMPTY:
        return {}
    width = COLUMNS
    if any(len(values) > width for number, (_, values) in rows.items() if wide[0] <= number <= wide[-1]):
        return {}
    out: dict[int, list[Block]] = {}
    stop = wide[-1] + 1
    while stop < len(lines) and _is_lone(lines, stop):
        stop += 1
    for number in range(wide[0], stop):
        start, line = lines[number]
        if number in rows:
            labels, values = rows[number]
        elif _is_lone(lines, number):
            labels, values = _tabs(start, line), []
        else:
            continue
        if len(values) < width:
            end = start + len(line)
            out[number] = [Line((*labels, *values, *[Field("", end)] * (width - len(values))))]
    return out


def _tabs(start: int, line: str) -> list[Field]:
    out = []
    for part in line.split("\t"):
        out.append(Field(part, start))
        start += len(part) + 1
    return out


def _tabbed(start: int, line: str) -> tuple[list[Field], list[Field]] | None:
    """Labels and values of a row, empty ones between included; None where it has no value."""
    if "\t" not in line:
        return None
    fields = _tabs(start, line)
    words = [at for at, field in enumerate(fields) if field.text.strip() and not VALUE.fullmatch(field.text.strip())]
    if not words or words[-1] == len(fields) - 1:
        return None
    return fields[: words[-1] + 1], fields[words[-1] + 1 :]


def _is_lone(lines: Sequence[tuple[int, str]], number: int) -> bool:
    """Whether a line is a whole label: what follows it is another row, so that it does not go on there."""
    line = lines[number][1]
    following = lines[number + 1][1] if number + 1 < len(lines) else ""
    own = _ORDINAL.match(line.rsplit("\t", 1)[-1]) is not None and HEADING.fullmatch(line) is None
    return own and (following.startswith("\t") or _ORDINAL.match(following) is not None)
