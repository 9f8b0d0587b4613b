"""Tables whose columns are places on the line, as programs print pages that keep their layout.

Places are counted as a terminal counts them, where wide characters take two, or one for each character, as converters
of PDF do: whichever puts the values of a table into columns. Where a row has nothing at the place of a column, its cell
is empty; that is only said of rows with some value, because a label alone may be half of one that was broken.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CHUNK: Final = re.compile(r"[^\s\u3000]+(?:[ \xa0][^\s\u3000]+)*")
VALUE: Final = re.compile(
    r"[-+－＋]?[\d０-９][\d０-９,.，．]*(?:%|万?元|人?次|[件条个人项])?(?:[（(][^（()）]{1,20}[）)])?|[-—－–/／]{1,2}|无"
)
_GAP: Final = re.compile(r"\S(?:[ \xa0]{2,}|\u3000)[ \xa0\u3000]*\S")
_LONGEST: Final = 400  # characters of a row
_LABEL: Final = 40  # characters of half a label
_MOST_BETWEEN: Final = 5  # lines between two rows of one table, blank ones not counted
_MOST_ROWS: Final = 400  # of what may be one table; the longest list has eighty
_MOST_SPLITS: Final = 8
_LEAST_ROWS: Final = 3
_LEAST_SHARE: Final = 0.4  # of the rows have a value in a column
FEW: Final = 3
"""Rows without a last value that are no habit: where zeros are printed, one may be lost, and the others moved up."""
SUMMED: Final = 7
"""Columns of the table whose sums tell of each row whether its values have moved."""
MOST_PUSHED: Final = 0.2
"""Rows whose long label has pushed their values away, at the most."""
_NEAR: Final = 4  # places between a label and a value that it has pushed away, at the most
_UNITS: Final = "条件次人篇个元份项"
_UNIT: Final = re.compile(rf"(?:[ \xa0]{{2,}}|\u3000)[ \xa0\u3000]*((?:人|件|万)?[{_UNITS}])$")
_LEAST_FULL: Final = 2
"""Rows that have a value in every column: fewer tell nothing of how many columns there are."""
_WIDE: Final = frozenset("WF")


class _Chunk(NamedTuple):
    """Text between gaps, and its place in the line."""

    text: str
    start: int
    end: int


class _Row(NamedTuple):
    """A line with labels and values behind them, and how many other lines, blank ones too, part it from the last."""

    at: int
    line: str
    labels: list[_Chunk]
    values: list[_Chunk]
    places: tuple[list[tuple[int, int]], ...]
    """Of the last label and the values, counted in each of the ways of `WIDTHS`, and last in characters."""
    gap: int


def aligned_rows(lines: Sequence[tuple[int, str]]) -> dict[int, tuple[Field, ...]]:
    """The rows of aligned tables, by their number among the lines: their fields, empty ones included.

    Args:
        lines: of a text, each with the offset of its first character.
    """
    gaps = {at for at, (_, line) in enumerate(lines) if _has_gap(line)}
    if len(gaps) < _LEAST_ROWS:
        return {}
    found: dict[int, tuple[Field, ...]] = {}
    rows: list[_Row] = []
    gap = 0
    for at, (_, line) in enumerate(lines):
        row = _row(at, line, at - rows[-1].at - 1 if rows else 0) if at in gaps else None
        if row is not None:
            if gap > _MOST_BETWEEN or len(rows) >= _MOST_ROWS:
                found |= _tables(lines, rows)
                rows = []
            rows.append(row)
            gap = 0
        elif (text := line.strip()) and not _unit_of(text):
            gap += 1 if len(text) <= _LABEL else _MOST_BETWEEN + 1
    return found | _tables(lines, rows)


def _has_gap(line: str) -> bool:
    """Whether a line is short enough for a row and has a gap; most are one word, which is seen sooner."""
    return len(line) <= _LONGEST and len(line.split(None, 1)) > 1 and _GAP.search(line) is not None


def _row(at: int, line: str, gap: int) -> _Row | None:
    """A line with a gap as a row of a table; None where it is none."""
    chunks = [_Chunk(match.group(), match.start(), match.end()) for match in CHUNK.finditer(line)]
    first = len(chunks)
    while first > 0 and VALUE.fullmatch(chunks[first - 1].text):
        first -= 1
    if not 0 < first < len(chunks):
        return None
    spans = [(one.start, one.end) for one in chunks[first - 1 :]]
    places = (*(on_screen(line, spans, width) for width in WIDTHS), spans)
    return _Row(at, line, chunks[:first], chunks[first:], places, gap)


def _tables(
    lines: Sequence[tuple[int, str]], rows: Sequence[_Row], splits: int = _MOST_SPLITS
) -> dict[int, tuple[Field, ...]]:
    """The fields of rows that follow one another: of one table, or of several with other lines between them."""
    if len(rows) < _LEAST_ROWS:
        return {}
    for width in range(len(WIDTHS) + 1):
        if found := _table(lines, rows, width):
            return found
    widest = max(range(1, len(rows)), key=lambda at: rows[at].gap)
    if not rows[widest].gap or not splits:
        return {}
    return _tables(lines, rows[:widest], splits - 1) | _tables(lines, rows[widest:], splits - 1)


def _table(lines: Sequence[tuple[int, str]], rows: Sequence[_Row], width: int) -> dict[int, tuple[Field, ...]]:
    """The fields of rows of one table; none where their places do not tell columns."""
    every, rows = rows, _unpushed(rows, width)
    columns = _columns([place for row in rows for place in row.places[width][1:]], _LEAST_SHARE * len(rows))
    if not columns or _is_packed(rows):
        return {}
    found: dict[int, tuple[Field, ...]] = {}
    full = 0
    short: list[int] = []
    for row in rows:
        (_, label), *places = row.places[width]
        numbers = [next(at for at, (left, right) in enumerate(columns) if left <= place < right) for place, _ in places]
        if len(set(numbers)) < len(numbers) or label > columns[0][0]:
            return {}
        full += len(numbers) == len(columns)
        if numbers[-1] < len(columns) - 1:
            short.append(row.at)
        values = dict(zip(numbers, row.values, strict=True))
        found[row.at] = tuple(_fields(row, values, len(columns), lines[row.at][0]))
    if full < _LEAST_FULL:
        return {}
    printed = any(value.text == "0" for row in rows for value in row.values)
    if len(columns) < SUMMED and len(short) <= FEW and printed:
        found = {at: fields for at, fields in found.items() if at not in short}
    edges = _edges(rows, width, columns) if len(rows) < len(every) else []
    for row in every if edges else ():
        known = row.at in found or row.at in short or row.places[width][0][0] >= columns[0][0] - 1
        if not known and (seats := _pushed(row, width, edges)):  # words that begin in a column are a value's, misread
            found[row.at] = tuple(_fields(row, seats, len(columns), lines[row.at][0]))
    return found | _empty_rows(lines, rows, width, len(columns))


def _unpushed(rows: Sequence[_Row], width: int) -> Sequence[_Row]:
    """The rows without the few whose label reaches into the first column: it has pushed the values behind it away."""
    first = min(row.places[width][1][0] for row in rows)
    pushed = sum(row.places[width][0][1] > first for row in rows)
    if not 0 < pushed <= MOST_PUSHED * len(rows):
        return rows
    return [row for row in rows if row.places[width][0][1] <= first]


def _edges(rows: Sequence[_Row], width: int, columns: Sequence[tuple[int, int]]) -> list[tuple[int | None, int | None]]:
    """Where all values of a column begin, or where all of them end."""
    places = [place for row in rows for place in row.places[width][1:]]
    inside = [[place for place in places if left <= place[0] < right] for left, right in columns]
    sides = [[{place[side] for place in each} for side in (0, 1)] for each in inside]
    return [(min(left) if len(left) == 1 else None, min(right) if len(right) == 1 else None) for left, right in sides]


def _pushed(row: _Row, width: int, edges: Sequence[tuple[int | None, int | None]]) -> dict[int, _Chunk]:
    """The columns of values that a long label has pushed away; none where which of them are empty stands nowhere.

    Those it has pushed follow one another at one distance. Where one stands at the place of its column again, those
    before it are of the columns before that: of which, is certain where they are as many. Where none was pushed, none
    stands below the label.
    """
    (_, label), *places = row.places[width]
    gaps = [left - right for (_, right), (left, _) in pairwise([(0, label), *places])]
    first = 0 if gaps[0] > _NEAR else next((at for at, gap in enumerate(gaps) if gap > gaps[0]), len(gaps))
    seats = [
        next((at for at, (begin, end) in enumerate(edges) if left == begin or right == end), -1)
        for left, right in places[first:]
    ]
    numbers = [*range(first), *seats]
    if (first and min(seats, default=len(edges)) != first) or -1 in seats or sorted(set(numbers)) != numbers:
        return {}
    return dict(zip(numbers, row.values, strict=True))


def _unit_of(text: str) -> re.Match[str] | None:
    """The unit that a line ends with, behind a gap."""
    return _UNIT.search(text) if text[-1] in _UNITS else None


def _empty_rows(
    lines: Sequence[tuple[int, str]], rows: Sequence[_Row], width: int, columns: int
) -> dict[int, tuple[Field, ...]]:
    """The rows of a list that print a label and its unit, at the place of units, and no value."""
    if any(row.labels[-1].text[-1] not in _UNITS for row in rows):
        return {}
    place = min(row.places[width][0][0] for row in rows)
    if any(row.places[width][0][0] != place for row in rows):
        return {}
    out: dict[int, tuple[Field, ...]] = {}
    valued = {row.at for row in rows}
    for numbers in (range(rows[0].at - 1, -1, -1), range(rows[0].at + 1, len(lines))):
        strange = 0
        for at in numbers:
            start, line = lines[at]
            unit = _unit_of(text) if (text := line.rstrip()) and len(text) <= _LONGEST else None
            spans = [(unit.start(1), unit.end(1))] if unit else []
            if spans and (on_screen(line, spans, WIDTHS[width]) if width < len(WIDTHS) else spans)[0][0] == place:
                labels = [_Chunk(match.group(), match.start(), match.end()) for match in CHUNK.finditer(line)]
                out[at] = tuple(_fields(_Row(at, line, labels, [], (), 0), {}, columns, start))
            strange = 0 if at in valued or at in out else strange + bool(text)
            if strange > _MOST_BETWEEN:
                break
    return out


def _is_packed(rows: Sequence[_Row]) -> bool:
    """Whether values follow one another at one distance throughout: a value that is missing then leaves no gap."""
    gaps = {b.start - a.end for row in rows for a, b in pairwise(row.values)}
    return len(gaps) == 1 and len({len(row.values) for row in rows}) > 1


def _columns(places: Sequence[tuple[int, int]], least: float) -> list[tuple[int, int]]:
    """Where values stand above each other; none where a column has few, as one has that is no column of the form."""
    columns: list[list[int]] = []
    for left, right in sorted(places):
        if columns and left < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], right)
            columns[-1][2] += 1
        else:
            columns.append([left, right, 1])
    if any(count < max(_LEAST_FULL, least) for *_, count in columns):
        return []
    return [(left, right) for left, right, _ in columns]


def _fields(row: _Row, values: dict[int, _Chunk], columns: int, start: int) -> Iterator[Field]:
    for label in row.labels:
        yield Field(label.text, start + label.start)
    end = row.labels[-1].end
    for at in range(columns):
        value = values.get(at)
        if value is None:
            end = min(end + 1, len(row.line))  # an empty cell has a blank of its own, where there is one
            yield Field("", start + end)
        else:
            yield Field(value.text, start + value.start)
            end = value.end


def on_screen(line: str, spans: Sequence[tuple[int, int]], width: dict[str, int]) -> list[tuple[int, int]]:
    """Where stretches of a line stand on a screen."""
    reached = list(accumulate(map(width.__getitem__, line), initial=0))
    return [(reached[start], reached[end]) for start, end in spans]


class _Width(dict[str, int]):
    """How many places a character takes: asked once for each, and kept for all texts."""

    def __init__(self, width: Callable[[str], int]) -> None:
        """Take what tells it."""
        super().__init__()
        self._width = width

    def __missing__(self, char: str) -> int:
        """Ask for a character that was not met yet."""
        self[char] = self._width(char)
        return self[char]


def _shown_in_china(char: str) -> int:
    """In a terminal that makes whatever is not ASCII wide: quotation marks, circles."""
    return 1 if char.isascii() or char == "\xa0" else 2


def _shown(char: str) -> int:
    """In a terminal."""
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1


WIDTHS: Final = (_Width(_shown_in_china), _Width(_shown))
