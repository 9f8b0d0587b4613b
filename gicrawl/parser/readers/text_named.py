"""Rows of flattened text that name each of their values: 予以公开：自然人6，总计6."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Field, Grid, GridCell
from gicrawl.parser.readers.text_values import SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block

_NAMED: Final = re.compile(r"[ \u3000]*(?P<label>[^：:]{1,60}?)[：:][ \u3000]*(?P<pairs>[^：:]*\d.*?)[。；;.]?\s*")
_PAIR: Final = re.compile(
    r"\s*(?P<name>[\u3400-\u9fff（）()]{2,20}?)\s*[：:为]?\s*(?P<value>-?\d+(?:,\d{3})*(?:\.\d+)?|[/／—])"
    r"\s*(?:件|条|个|起|宗|项|份|(?P<money>万元|元))?\s*(?:[，、；,;]|\s|$)"
)
_LEAST_NAMES: Final = 3
_GROUP: Final = 40  # characters of a line that names a group of rows


class _Pairs(NamedTuple):
    """A line as label and named values, with their places in the text."""

    label: Field
    names: tuple[Field, ...]
    values: tuple[Field, ...]


def named_values(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Rows that name each of their values (予以公开：自然人6，总计6): lines that name the same are one table."""
    found = {number: pairs for number, line in enumerate(lines) if (pairs := _pairs(line)) is not None}
    out: dict[int, list[Block]] = {}
    rows: list[int] = []
    for number in [*sorted(found), -1]:
        if rows and (number < 0 or not _goes_on(lines, found, rows[-1], number)):
            if len(rows) > 1:
                members = range(rows[0], rows[-1] + 1)
                out |= {member: [] for member in members}
                out[rows[0]] = [_grid([lines[member] for member in members], [found.get(member) for member in members])]
            rows = []
        rows.append(number)
    return out


def _pairs(line: tuple[int, str]) -> _Pairs | None:
    start, text = line
    match = _NAMED.fullmatch(text) if "：" in text or ":" in text else None
    if match is None:
        return None
    names, values = [], []
    at, end = match.span("pairs")
    while at < end:
        pair = _PAIR.match(text, at, end)
        if pair is None:
            return None
        names.append(Field(pair["name"], start + pair.start("name")))
        stop = pair.end("money") if pair["money"] else pair.end("value")
        values.append(Field(text[pair.start("value") : stop], start + pair.start("value")))
        at = pair.end()
    if len(names) < _LEAST_NAMES or len({name.text for name in names}) < len(names):
        return None
    return _Pairs(Field(match["label"], start + match.start("label")), tuple(names), tuple(values))


def _goes_on(lines: Sequence[tuple[int, str]], found: dict[int, _Pairs], last: int, number: int) -> bool:
    """Whether a line names what the last one named, with nothing between them but names of groups."""
    if [name.text for name in found[last].names] != [name.text for name in found[number].names]:
        return False
    between = [line.strip() for _, line in lines[last + 1 : number]]
    return all(len(line) <= _GROUP and not SENTENCE_END.search(line) for line in between)


def _grid(lines: Sequence[tuple[int, str]], rows: Sequence[_Pairs | None]) -> Grid:
    heads = next(row for row in rows if row is not None).names
    cells = [GridCell(head.text, 0, at, 1, 1, _place(head)) for at, head in enumerate(heads, 1)]
    below = 0
    for (start, line), row in zip(lines, rows, strict=True):
        if row is None:
            if not (text := line.strip()):
                continue
            below += 1
            cells.append(GridCell(text, below, 0, 1, 1, _place(Field(text, start + line.index(text)))))
            continue
        below += 1
        cells.append(GridCell(row.label.text, below, 0, 1, 1, _place(row.label)))
        cells += [GridCell(value.text, below, at, 1, 1, _place(value)) for at, value in enumerate(row.values, 1)]
    place = {"start": lines[0][0], "end": lines[-1][0] + len(lines[-1][1])}
    return Grid(tuple(cells), below + 1, len(heads) + 1, None, dict(place))


def _place(field: Field) -> dict[str, str | int | float | list[float]]:
    return {"start": field.start, "end": field.start + len(field.text)}
