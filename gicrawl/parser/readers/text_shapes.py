"""Shapes of flattened tables that a line alone does not tell: what the lines around it say of its fields.

Each is taken only where the text itself proves it, by counts that agree or by sums; otherwise its lines stay as they
are.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Field, Grid, GridCell, Line, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block

_NUMBER: Final = r"[-+－＋]?[\d０-９]+(?:[.．][\d０-９]+)?"
_VALUE: Final = re.compile(rf"{_NUMBER}|[-—－–/／]{{1,2}}")
_VALUES: Final = re.compile(rf"\s*(?:{_NUMBER}|[-—－–/／]{{1,2}})(?:[ \xa0\u3000]+(?:{_NUMBER}|[-—－–/／]{{1,2}}))*\s*")
_PAGE: Final = re.compile(r"\s*[-—－–]{1,2}\s*[\d０-９]+\s*[-—－–]{1,2}\s*")
"""The number of a page, which may stand within a table: no value."""
_PIECE: Final = re.compile(r"[^\s\u3000]+")
_LEAST_LINES: Final = 20
"""Lines of one value each that make it the shape of a text."""
_COLUMNS: Final = 7
"""Of the table of applications, the only one that converters print in columns cut into blocks."""
_HEADING: Final = re.compile(r"[一二三四五六七八九十]、.{2,40}情况\s*")
_MOST_CUT: Final = 12  # rows of such a block


def shaped(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """What lines hold that only their neighbours explain, by their number; nothing for those that others include.

    Args:
        lines: of a text, each with the offset of its first character.
    """
    return {**_one_by_one(lines), **_parted_by_commas(lines), **_named_values(lines), **_cut_short(lines)}


# One value a line ------------------------------------------------------------------------------------------------


def _one_by_one(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
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
    return above if above is not None and _HEADING.fullmatch(lines[above][1]) else None


def _in_rows(
    lines: Sequence[tuple[int, str]], pieces: Sequence[list[tuple[int, int]]], before: int, begin: int
) -> bool:
    """Whether all values of the part before a block of columns stand in whole rows: else their labels are elsewhere."""
    flows = [0]
    for number in range(begin - 1, -1, -1):
        if number < before and _HEADING.fullmatch(lines[number][1]):
            break
        if pieces[number]:
            flows[-1] += len(pieces[number])
        elif lines[number][1].strip():
            flows.append(0)
    return all(flow % _COLUMNS == 0 for flow in flows)


def _pieces(line: str) -> list[tuple[int, int]]:
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
    for begin in range(max(0, len(groups) - _COLUMNS), len(groups)):
        size = len(groups[begin][1])
        rest = groups[begin:]
        if not 1 < size <= _MOST_CUT or any(len(fields) % size for _, fields in rest):
            continue
        if sum(len(fields) for _, fields in rest) != size * _COLUMNS:
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


# Commas ----------------------------------------------------------------------------------------------------------

_LABEL: Final = 60
_SENTENCE: Final = re.compile(r"[。；！？!?]")
_THOUSANDS: Final = re.compile(r"(?<!\d)(\d{1,3}(?:,\d{3})+)(?!\d)")
_LEAST_ROWS: Final = 3
_MOST_HEADS: Final = 4


class _Cut(NamedTuple):
    """A line cut at its commas."""

    fields: tuple[Field, ...]
    is_row: bool


def _parted_by_commas(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
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
    if any(len(field.text) > _LABEL or _SENTENCE.search(field.text) for field in fields):
        return None
    values = 0
    for field in reversed(fields):
        if field.text and not _VALUE.fullmatch(field.text.replace(",", "")):
            break
        values += 1
    is_row = 0 < values < len(fields) and any(field.text for field in fields[-values:])
    return _Cut(tuple(fields), is_row)


def _agreeing(
    lines: Sequence[tuple[int, str]], run: Sequence[tuple[int, _Cut]]
) -> Iterator[tuple[int, tuple[Field, ...]]]:
    """The fields of each line; where a comma may as well part thousands, only as many as other lines have."""
    open_at = {number for number, _ in run if _THOUSANDS.search(lines[number][1])}
    sizes = Counter(len(cut.fields) for number, cut in run if number not in open_at)
    for number, cut in run:
        if number not in open_at:
            yield number, cut.fields
            continue
        joined = tuple(_joined(lines[number], cut.fields))
        fitting = [fields for fields in (cut.fields, joined) if len(fields) in sizes]
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


# Values with their names ---------------------------------------------------------------------------------------

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


def _named_values(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
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
    match = _NAMED.fullmatch(text)
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
    return all(len(line) <= _GROUP and not _SENTENCE.search(line) for line in between)


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


# Rows without the tabs at their ends ------------------------------------------------------------------------------

_ORDINAL: Final = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d{1,2}\s*[.．、])\s*\S"
)
_LEAST_EMPTY: Final = 3


def _cut_short(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """Rows whose last cells are empty and whose tabs at the end a program took away: empty cells are known then.

    Only where empty cells within rows kept their tabs, no line ends with one, and all rows that reach their last
    column have one width. A label without values is a row of empty cells where it is whole: it and what follows
    begin with their own numbers.
    """
    if any(line.endswith("\t") for _, line in lines):
        return {}
    rows = {number: row for number, (start, line) in enumerate(lines) if (row := _tabbed(start, line)) is not None}
    inner = sum(any(not field.text for field in values) for _, values in rows.values())
    wide = [number for number, (_, values) in rows.items() if len(values) == _COLUMNS]
    if inner < _LEAST_EMPTY or len(wide) < _LEAST_EMPTY:
        return {}
    width = _COLUMNS
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
    words = [at for at, field in enumerate(fields) if field.text.strip() and not _VALUE.fullmatch(field.text.strip())]
    if not words or words[-1] == len(fields) - 1:
        return None
    return fields[: words[-1] + 1], fields[words[-1] + 1 :]


def _is_lone(lines: Sequence[tuple[int, str]], number: int) -> bool:
    """Whether a line is a whole label: what follows it is another row, so that it does not go on there."""
    line = lines[number][1]
    following = lines[number + 1][1] if number + 1 < len(lines) else ""
    own = _ORDINAL.match(line.rsplit("\t", 1)[-1]) is not None and _HEADING.fullmatch(line) is None
    return own and (following.startswith("\t") or _ORDINAL.match(following) is not None)
