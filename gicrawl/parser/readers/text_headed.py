"""Rows of aligned tables whose cells are told by the headings above them.

Where no row of a table has a value in every column, its values alone do not tell how many columns there are. The
headings do, where each value stands below one of them: wholly or in part below it, and below no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Field
from gicrawl.parser.lines import has_pipe
from gicrawl.parser.readers.text_aligned import CHUNK, FEW, MOST_PUSHED, VALUE, WIDTHS, on_screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADER: Final = 4
"""Lines of the header of a table, at the most."""
_LEAST_COLUMNS: Final = 2
_MOST_COLUMNS: Final = 15
_LONGEST: Final = 400  # characters of a line

Span = tuple[int, int]


class _Line(NamedTuple):
    """A line of text: its chunks between gaps, and how many of them, before its values, are words."""

    at: int
    text: str
    chunks: tuple[Span, ...]
    words: int
    places: dict[int, list[Span]]
    """Where its chunks stand on a screen, as far as that was asked for: counted in each of the ways of `WIDTHS`."""

    @property
    def values(self) -> tuple[Span, ...]:
        """Where its values stand."""
        return self.chunks[self.words :]


def headed_rows(lines: Sequence[tuple[int, str]], known: frozenset[int]) -> dict[int, tuple[Field, ...]]:
    """The rows that only their headings tell, by their number among the lines: their fields, empty ones included.

    Args:
        lines: of a text, each with the offset of its first character.
        known: numbers of the lines that are rows anyhow.
    """
    several = {
        at: _line(at, text)
        for at, (_, text) in enumerate(lines)
        if at not in known and len(text.split(None, 1)) > 1  # most lines are one word
    }
    if not any(line.values for line in several.values()):
        return {}
    found: dict[int, tuple[Field, ...]] = {}
    header: list[_Line] = []
    rows: list[_Line] = []
    for at, (_, text) in enumerate([*lines, (0, "")]):
        line = several.get(at) or _line(at, "" if at in known else text)
        if not line.chunks:
            found |= _table(lines, header, rows)
            header, rows = [], []
        elif line.values:
            rows.append(line)
        elif not rows:
            header = [*header, line][-_HEADER:]
        elif not _is_label(line, rows):
            found |= _table(lines, header, rows)
            header, rows = [line], []
    return found


def _line(at: int, text: str) -> _Line:
    """A line as chunks, values only behind words; without any where it ends a table."""
    parted = len(text) > _LONGEST or "\t" in text or has_pipe(text)
    chunks = () if parted else tuple(match.span() for match in CHUNK.finditer(text))
    if not chunks:
        return _Line(at, text, (), 0, {})
    words = len(chunks)
    while words and VALUE.fullmatch(text[slice(*chunks[words - 1])]):
        words -= 1
    if any(VALUE.fullmatch(text[slice(*chunk)]) for chunk in chunks[:words]) or (words < len(chunks) == 1):
        return _Line(at, text, (), 0, {})
    return _Line(at, text, chunks, words, {})


def _is_label(line: _Line, rows: Sequence[_Line]) -> bool:
    """Whether words stand where those before the values of the rows do: they are a label, or part of one, no header."""
    first = min(_placed(row, 0)[row.words][0] for row in rows)
    return all(place[0] < first for place in _placed(line, 0))


def _table(
    lines: Sequence[tuple[int, str]], header: Sequence[_Line], rows: Sequence[_Line]
) -> dict[int, tuple[Field, ...]]:
    """The fields of rows below one header; none where some value stands below no heading, or below two.

    Nor where places on a screen say another thing than places among the characters.

    Nor where a table that prints its zeros seems empty in its last column: a value may be lost, the others moved up.
    """
    if not header or not rows:
        return {}
    zeros = any(row.text[slice(*value)] == "0" for row in rows for value in row.values)
    ways: list[dict[int, tuple[Field, ...]]] = []
    for measure in range(len(WIDTHS) + 1):
        kept = _unpushed(rows, measure)
        placed = [_placed(row, measure) for row in kept]
        begin = max(
            (places[row.words - 1][1] for row, places in zip(kept, placed, strict=True) if row.words), default=0
        )
        columns = _headings([(line, _placed(line, measure)) for line in header], begin)
        if not _LEAST_COLUMNS <= len(columns) <= _MOST_COLUMNS:
            continue
        found = [_seats(places[row.words :], columns) for row, places in zip(kept, placed, strict=True)]
        short = sum(not seats or seats[-1] < len(columns) - 1 for seats in found)
        if not all(found) or (zeros and 0 < short <= FEW):
            continue
        ways.append(
            {
                row.at: tuple(
                    _fields(row, dict(zip(seats or (), row.values, strict=True)), len(columns), lines[row.at][0])
                )
                for row, seats in zip(kept, found, strict=True)
            }
        )
    if not ways or any(one != ways[0] for one in ways):
        return {}
    return ways[0] if any(not field.text for fields in ways[0].values() for field in fields) else {}


def _unpushed(rows: Sequence[_Line], measure: int) -> Sequence[_Line]:
    """The rows without the few whose label reaches into the first column: it has pushed the values behind it away."""
    placed = [_placed(row, measure) for row in rows]
    first = min(places[row.words][0] for row, places in zip(rows, placed, strict=True))
    kept = [row for row, places in zip(rows, placed, strict=True) if not row.words or places[row.words - 1][1] <= first]
    return kept if len(kept) >= (1 - MOST_PUSHED) * len(rows) else rows


def _placed(line: _Line, measure: int) -> list[Span]:
    """Where the chunks of a line stand on a screen, or among its characters; worked out once, as many ask for it."""
    if measure == len(WIDTHS):
        return list(line.chunks)
    if measure not in line.places:
        line.places[measure] = on_screen(line.text, line.chunks, WIDTHS[measure])
    return line.places[measure]


def _headings(header: Sequence[tuple[_Line, list[Span]]], begin: int) -> list[Span]:
    """The lowest headings, from left to right: those above others, and those above the labels, are of no column."""
    out: list[Span] = []
    for _, places in reversed(header):
        out += [place for place in places if place[0] >= begin and not any(_overlap(place, other) for other in out)]
    return sorted(out)


def _seats(values: Sequence[Span], columns: Sequence[Span]) -> list[int] | None:
    """Which column each value stands in; None where one stands in none or in two, or two in one."""
    out: list[int] = []
    for value in values:
        below = [number for number, column in enumerate(columns) if _overlap(value, column)]
        if len(below) != 1 or below[0] in out:
            return None
        out += below
    return out


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _fields(row: _Line, values: dict[int, Span], columns: int, start: int) -> Iterator[Field]:
    for left, right in row.chunks[: row.words]:
        yield Field(row.text[left:right], start + left)
    end = row.chunks[row.words - 1][1] if row.words else 0
    for at in range(columns):
        if (place := values.get(at)) is None:
            end = min(end + 1, len(row.text))  # an empty cell has a blank of its own, where there is one
            yield Field("", start + end)
        else:
            yield Field(row.text[slice(*place)], start + place[0])
            end = place[1]
