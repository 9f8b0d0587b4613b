"""Rows of flattened text that have lost the tabs at their ends, or whose cells two tabs part each time."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Field, Line
from gicrawl.parser.readers.text_values import COLUMNS, HEADING, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.parser.document import Block

_ORDINAL: Final = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d{1,2}\s*[.．、])\s*\S"
)
_LEAST_EMPTY: Final = 3
_LEAST_PARTED: Final = 20
"""Places where two tabs stand that make it the way of a text."""
_TABS: Final = re.compile(r"\t+")
_FIGURE: Final = re.compile(r"[-+－＋]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?|[-—－–/／]{1,2}")
_JOINED: Final = re.compile(
    rf"\s*(?P<value>{_FIGURE.pattern})?\s+(?=\S)(?![亿万元件条个人项次])(?P<words>.*[\u3400-\u9fff].*)"
)
"""The last value of a row, or none, and the first words of the next."""
_WORD: Final = re.compile(r"[\u3400-\u9fff]")
_WORDS: Final = re.compile(r"[\u3400-\u9fff]{2}")
_MANY: Final = 20
_LEAST_JOINED: Final = 2
_LEAST_TABS, _MOST_TABS = 2, 40  # of a row
_LEAST_EVEN: Final = 3
"""Rows of one width that make a table."""
_MOST_EVEN: Final = 0.6
"""Of them, that end with a figure or an empty cell: others are headings."""
_BREAK: Final = Field("", -1)
"""Where a row ends within a line."""


def cut_short(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Rows whose last cells are empty and whose tabs at the end a program took away: empty cells are known then.

    Only where empty cells within rows kept their tabs, no line ends with one, and all rows that reach their last
    column have one width. A label without values is a row of empty cells where it is whole: it and what follows
    begin with their own numbers.
    """
    if any(line.endswith("\t") for _, line in lines) or sum("\t\t" in line for _, line in lines) < _LEAST_EMPTY:
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
            end, ended = start + len(line), width - len(values)
            fields = (*labels, *values, *[Field("", end)] * ended)
            out[number] = [Line(fields, ended=ended if values else 0)]
    return out


def parted_by_two(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Rows of a text whose cells are never parted by one tab, and never by three: an extractor puts two.

    Rows may stand in one line, with a blank or a bar between the last value of one and the first label of the next.
    """
    runs = [len(run) for _, line in lines if "\t" in line for run in _TABS.findall(line)]
    if len(runs) < _LEAST_PARTED or any(run % 2 for run in runs):
        return {}
    tabbed = {number: _tabs(start, line)[::2] for number, (start, line) in enumerate(lines) if "\t" in line}
    return {
        number: _all_rows([piece for one in fields for piece in _at_bars(one)]) for number, fields in tabbed.items()
    }


def several_in_one_line(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Rows of a line that holds several, their line ends made blanks or bars: as they were before.

    A line of many fields, some of them a value and the words of a label, or anything with a bar in between.
    """
    out: dict[int, list[Block]] = {}
    for number, (start, line) in enumerate(lines):
        if line.count("\t") < _MANY:
            continue
        fields = [piece for field in _tabs(start, line) for piece in _at_bars(field)]
        joins = sum(map(_is_join, fields, fields[1:])) + sum(one is _BREAK for one in fields)
        if joins >= _LEAST_JOINED:
            out[number] = _even_rows(fields) or _all_rows(fields)
    return out


def _even_rows(fields: Sequence[Field]) -> list[Block]:
    """The rows of a line in which a blank comes again and again after as many tabs: there a line has ended.

    Empty cells at the ends of rows are known then, too. Nothing where no such table is in it.
    """
    cuts = {at: cut for at, field in enumerate(fields) if (cut := _cut(field)) is not None}
    rows: list[Block] = []
    done, begin = 0, Field("", -1)
    for chain in _chains(cuts):
        if chain[0] >= done:  # else one table ends where the next begins
            rows += _rows([*([begin] if done else []), *fields[done : chain[0]], cuts[chain[0]][0]])
        rows += [Line((cuts[at][1], *fields[at + 1 : end], cuts[end][0])) for at, end in pairwise(chain)]
        done, begin = chain[-1] + 1, cuts[chain[-1]][1]
    return [*rows, *_rows([begin, *fields[done:]])] if rows else []


def _chains(cuts: Mapping[int, tuple[Field, Field]]) -> Iterator[list[int]]:
    """Fields in which line ends may stand, as many tabs from one to the next, and no figure before a blank between."""
    ends = [at for at, (before, _) in cuts.items() if _closes(before)]
    tried: set[tuple[int, int]] = set()
    done = -1
    for first in cuts:
        if first < done:
            continue
        after = bisect(ends, first)
        following = min(ends[after], first + _MOST_TABS) if after < len(ends) else first
        for step in range(_LEAST_TABS, following - first + 1):
            if (first, step) in tried:
                continue
            chain = [first]
            while (at := chain[-1] + step) in cuts and bisect(ends, chain[-1]) == bisect_left(ends, at):
                chain.append(at)
            tried.update((at, step) for at in chain)
            if len(chain) > _LEAST_EVEN and len(set(chain).intersection(ends)) >= _MOST_EVEN * len(chain):
                yield chain
                done = chain[-1]
                break


def _cut(field: Field) -> tuple[Field, Field] | None:
    """What stands before and behind the blank where a line ended: behind the last figure of a row, or all its words."""
    places = [at for at, character in enumerate(field.text) if character.isspace()]
    if not places:
        return None
    at = places[0] if _closes(Field(field.text[: places[0]], field.start)) else places[-1]
    return Field(field.text[:at], field.start), Field(field.text[at + 1 :], field.start + at + 1)


def _closes(field: Field) -> bool:
    """Whether the last cell of a row is a figure, or empty."""
    return not field.text or _FIGURE.fullmatch(field.text) is not None


def _is_join(before: Field, field: Field) -> bool:
    """Whether a value and the words of the next row are one field, or words stand behind a blank after values."""
    joined = _JOINED.fullmatch(field.text)
    return joined is not None and (
        joined["value"] is not None or not before.text or bool(_FIGURE.fullmatch(before.text))
    )


def _at_bars(field: Field) -> list[Field]:
    """A field without the bars that part rows within it, a break for each of them."""
    out: list[Field] = []
    at = 0
    for piece in field.text.split("|"):
        bare = piece.strip(" ")
        out += [_BREAK] if out else []
        out.append(Field(bare, field.start + at + piece.index(bare)) if "|" in field.text else field)
        at += len(piece) + 1
    return out


def _all_rows(fields: Sequence[Field]) -> list[Block]:
    return [row for part in _parts(fields) for row in _rows(part)]


def _parts(fields: Sequence[Field]) -> Iterator[list[Field]]:
    for broken, part in groupby(fields, lambda field: field is _BREAK):
        if not broken:
            yield list(part)


def _rows(fields: Sequence[Field]) -> Iterator[Line]:
    """The rows of fields that follow one another: words behind values begin the next."""
    row: list[Field] = []
    figures = 0
    for at, field in enumerate(fields):
        joined = _JOINED.fullmatch(field.text)
        if joined and (joined["value"] or (row and field.text[0].isspace())):
            end = joined.end("value") if joined["value"] else 0
            yield Line((*row, Field(field.text[:end].lstrip(), field.start + max(joined.start("value"), 0))))
            row, figures = [Field(joined["words"], field.start + joined.start("words"))], 0
            continue
        if (figures and _WORDS.search(field.text)) or _is_line_end(fields[at:], figures):
            yield Line(tuple(row))
            row, figures = [], 0
            if field.text.isspace():
                continue
        row.append(field)
        figures += _FIGURE.fullmatch(field.text.strip()) is not None
    yield Line(tuple(row))


def _is_line_end(fields: Sequence[Field], figures: int) -> bool:
    """Whether the first is a blank between two tabs behind a whole row, or before words: a line has ended there."""
    after = next((field.text for field in fields[1:] if field.text.strip()), "")
    return fields[0].text.isspace() and (figures >= COLUMNS or _WORD.search(after) is not None)


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
