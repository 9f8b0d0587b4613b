"""Numbers that are broken over two lines because their cell is too narrow, in tables that are drawn without lines.

Where lines enclose it, the cell tells that its digits belong together. Here only the places on the page do: the last
digits stand close under the number they belong to, and no row stands so close under another.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.readers.pdf_text import TextField, lines_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.readers.pdf_page import Char
    from gicrawl.parser.readers.pdf_text import TextLine

_DIGITS: Final = frozenset("0123456789.,")
_VALUES: Final = _DIGITS | frozenset("-/—–")
_UNKNOWN: Final = "\ufffd"
_CLOSE: Final = 1.7  # of the type's size: lines of one cell
_CLOSER: Final = 0.85  # of the least distance between rows
_NEAR: Final = 0.5  # of the type's size: how far the digits may stand out beside the number above them
_PIECE: Final = 0.3  # of the type's size: a gap between two numbers
_FIGURES: Final = 3  # numbers of a row
_LAST: Final = 4  # lines from a row to the end of its page, if its cells go on behind that
_LABEL: Final = re.compile(r"\s*[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．]")
_ROWS: Final = 6  # such rows of a table


class _Number(NamedTuple):
    text: str
    x0: float
    x1: float


def mended(pages: list[list[TextLine]]) -> list[list[TextLine]]:
    """The lines of all pages with every number that is broken over two of them whole in the first, or open there.

    Args:
        pages: their lines outside ruled tables, from top to bottom; those changed are changed in place.
    """
    rows = [[line for line in lines if _may_be_row(line)] for lines in pages]
    if sum(map(len, rows)) < _ROWS:
        return pages
    numbers = {id(line): found for some in rows for line in some if len(found := _numbers(line)) >= _FIGURES}
    rows = [[line for line in some if id(line) in numbers] for some in rows]
    pairs = [
        (row, line, below)
        for some, lines in zip(rows, pages, strict=True)
        for row, line in _close_pairs(some, lines)
        if (below := _under(numbers[id(row)], line))
    ]
    tails = {id(line) for _, line, _ in pairs}
    whole = [[row for row in some if id(row) not in tails] for some in rows]
    pitch = min((_drop(a, b) for some in whole for a, b in pairwise(some)), default=0.0)
    columns = [one for some in whole for row in some for one in numbers[id(row)]]
    for row, below in _over_pages(rows, pages, numbers):
        if len(below) < len(numbers[id(row)]) and all(_is_full(above, columns) for above, _ in below):
            _join(row, below, sure=False)
    gone: set[int] = set()
    for row, line, below in pairs:
        if id(row) in tails or _drop(row, line) > _CLOSER * pitch:
            continue
        sure = len(below) < len(numbers[id(row)]) and all(_is_full(above, columns) for above, _ in below)
        _join(row, below, sure=sure)
        if sure and not _without(line, below):
            gone.add(id(line))
    return [[line for line in lines if id(line) not in gone] for lines in pages]


def _may_be_row(line: TextLine) -> bool:
    return len(line.fields) >= _FIGURES and line.fields[-1].text[-1:] in _VALUES


def _close_pairs(rows: Sequence[TextLine], lines: Sequence[TextLine]) -> list[tuple[TextLine, TextLine]]:
    """Rows with the lines that stand so close under them that they may be of the same cells."""
    at = {id(line): number for number, line in enumerate(lines)} if rows else {}
    return [
        (row, line)
        for row in rows
        for line in lines[at[id(row)] + 1 : at[id(row)] + 3]
        if _is_close(row, line) and line.chars and line.chars[-1].text in _DIGITS
    ]


def _over_pages(
    rows: Sequence[Sequence[TextLine]], pages: Sequence[Sequence[TextLine]], numbers: dict[int, list[_Number]]
) -> Iterator[tuple[TextLine, list[tuple[_Number, _Number]]]]:
    """The last row of a page with the digits that begin the next, in a line of a label that goes on."""
    for (some, lines), (_, after) in pairwise(zip(rows, pages, strict=True)):
        if not some or not after or all(line is not some[-1] for line in lines[-_LAST:]):
            continue
        line = after[0]
        goes_on = line.chars and line.chars[-1].text in _DIGITS and not _LABEL.match(line.text)
        if goes_on and (below := _under(numbers[id(some[-1])], line)):
            yield some[-1], below


def _is_close(above: TextLine, line: TextLine) -> bool:
    return 0 < _drop(above, line) <= _CLOSE * max(above.size, line.size)


def _drop(above: TextLine, line: TextLine) -> float:
    return line.box[3] - above.box[3]


def _under(above: Sequence[_Number], line: TextLine) -> list[tuple[_Number, _Number]]:
    """The numbers of a line, each with the one it stands under; none where there is anything else in their columns."""
    edge = above[0].x0 - _NEAR * line.size
    parts = [char for char in line.chars if char.x0 >= edge and not char.text.isspace()]
    if not parts or any(char.text not in _DIGITS for char in parts):
        return []
    found = []
    for part in _runs(parts, line.size):
        over = [one for one in above if one.x0 - _NEAR * line.size <= part.x0 and part.x1 <= one.x1 + _NEAR * line.size]
        if len(over) != 1 or len(over[0].text) < len(part.text) or len(over[0].text) < 2:  # noqa: PLR2004 - digits
            return []
        found.append((over[0], part))
    return found


def _is_full(number: _Number, others: Sequence[_Number]) -> bool:
    """Whether no number of its column is wider."""
    return all(len(one.text) <= len(number.text) for one in others if one.x0 < number.x1 and number.x0 < one.x1)


def _without(line: TextLine, numbers: Sequence[tuple[_Number, _Number]]) -> bool:
    """Take the numbers from a line; whether words are left of it."""
    rest = lines_of(char for char in line.chars if char.x0 < numbers[0][1].x0)
    if rest:
        line.fields, line.box, line.right, line.chars = rest[0].fields, rest[0].box, rest[0].right, rest[0].chars
    return bool(rest)


def _numbers(line: TextLine) -> list[_Number]:
    """The values at the end of a line."""
    parts: list[Char] = []
    for char in reversed(line.chars):
        if char.text.isspace():
            continue
        if char.text not in _VALUES:
            break
        parts.append(char)
    return _runs(parts[::-1], line.size)


def _runs(chars: Sequence[Char], size: float) -> list[_Number]:
    runs: list[list[Char]] = []
    for char in chars:
        if runs and char.x0 - runs[-1][-1].x1 <= _PIECE * size:
            runs[-1].append(char)
        else:
            runs.append([char])
    return [_Number("".join(char.text for char in run), run[0].x0, run[-1].x1) for run in runs]


def _join(row: TextLine, below: Sequence[tuple[_Number, _Number]], *, sure: bool) -> None:
    """Give the numbers of a row their last digits; a sign that they are open where it is not sure that they are."""
    for above, part in below:
        for at, one in enumerate(row.fields):
            if not one.x0 <= above.x0 < one.x1:
                continue
            label = [char for char in row.chars if one.x0 <= char.x0 < above.x0]
            while label and label[-1].text.isspace():
                label.pop()
            whole = TextField(above.text + (part.text if sure else _UNKNOWN), above.x0, above.x1)
            row.fields[at : at + 1] = [TextField(text_of(label), one.x0, label[-1].x1), whole] if label else [whole]
            break
