"""Rows of flattened text whose cells are parted by commas, among lines that are none."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Field, Line
from gicrawl.parser.readers.text_values import SENTENCE_END, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block

_LABEL: Final = 60
_THOUSANDS: Final = re.compile(r"(?<!\d)([1-9]\d{0,2}(?:,\d{3})+)(?!\d)")
_LEAST_ROWS: Final = 3
_MOST_HEADS: Final = 4
_LEAST_BARE: Final = 5
"""Values of a row without a label; the narrowest block of part 四."""


class _Cut(NamedTuple):
    """A line cut at its commas."""

    fields: tuple[Field, ...]
    is_row: bool


def parted_by_commas(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Rows whose cells are parted by commas (CSV), where the text has nothing else that parts them."""
    if any("\t" in line or "|" in line for _, line in lines):
        return {}
    cuts = [_cut(line) if "," in line[1] else None for line in lines]
    if sum(cut is not None and cut.is_row for cut in cuts) < _LEAST_ROWS:
        return {}
    out: dict[int, list[Block]] = {}
    at = 0
    while at < len(cuts):
        stop = at
        while stop < len(cuts) and cuts[stop] is not None:
            stop += 1
        run = [(number, cut) for number, cut in enumerate(cuts[at:stop], at) if cut is not None]
        rows = [number for number, cut in run if cut.is_row]
        if rows:
            first, last = rows[0] - _MOST_HEADS, rows[-1]
            kept = [(number, cut) for number, cut in run if first <= number <= last]
            out |= {number: [Line(fields)] for number, fields in _agreeing(lines, kept)}
        at = max(stop, at + 1)
    return out


def _cut(line: tuple[int, str]) -> _Cut | None:
    """A line of short fields; None for a sentence."""
    start, text = line
    fields: list[Field] = []
    at = 0
    while at <= len(text):
        quoted = re.compile(r'\s*"([^"]*)"\s*(?=,|$)').match(text, at)
        if quoted:
            fields.append(Field(quoted[1], start + quoted.start(1)))
            at = quoted.end() + 1
            continue
        stop = text.find(",", at)
        stop = len(text) if stop < 0 else stop
        bare = text[at:stop].strip()
        fields.append(Field(bare, start + (text.index(bare, at) if bare else at)))
        at = stop + 1
    if any(len(field.text) > _LABEL or SENTENCE_END.search(field.text) for field in fields):
        return None
    values = _values(fields)
    is_row = (0 < values < len(fields) or values >= _LEAST_BARE) and any(field.text for field in fields[-values:])
    return _Cut(tuple(fields), is_row)


def _values(fields: Sequence[Field]) -> int:
    """How many values stand at the end of a line, empty ones included."""
    return sum(
        1
        for _ in takewhile(
            lambda field: not field.text or VALUE.fullmatch(field.text.replace(",", "")) is not None, reversed(fields)
        )
    )


def _agreeing(
    lines: Sequence[tuple[int, str]], run: Sequence[tuple[int, _Cut]]
) -> Iterator[tuple[int, tuple[Field, ...]]]:
    """The fields of each line; where a comma may as well part thousands, only as many as other lines have.

    Lines of as many fields may have more labels and fewer values: these are counted by themselves, too.
    """
    open_at = {number for number, _ in run if _THOUSANDS.search(lines[number][1])}
    told = [cut.fields for number, cut in run if number not in open_at]
    sizes, shapes = set(map(len, told)), {(len(fields), _values(fields)) for fields in told}
    for number, cut in run:
        if number not in open_at:
            yield number, cut.fields
            continue
        joined = tuple(_joined(lines[number], cut.fields))
        fitting = [fields for fields in (cut.fields, joined) if len(fields) in sizes]
        if len(fitting) > 1:
            fitting = [fields for fields in fitting if (len(fields), _values(fields)) in shapes]
        if len(fitting) == 1:
            yield number, fitting[0]


def _joined(line: tuple[int, str], fields: Sequence[Field]) -> Iterator[Field]:
    """The fields with thousands in one."""
    start, text = line
    spans = [match.span(1) for match in _THOUSANDS.finditer(text)]
    for field in fields:
        at = field.start - start
        inside = next((span for span in spans if span[0] <= at < span[1]), None)
        if inside is None:
            yield field
        elif inside[0] == at:
            yield Field(text[inside[0] : inside[1]], start + at)
