"""Tables drawn with characters: `+---+` of markdown and reStructuredText, `├──┼──┤` of terminal browsers.

Rules say where rows end and bars where columns do, so that a cell may have several lines, and cover several rows or
columns. Places are counted as a terminal counts them, or by characters, whichever puts the bars below one another.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Grid, GridCell
from gicrawl.parser.readers.text_aligned import WIDTHS, on_screen
from gicrawl.parser.readers.text_tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Evidence

_CROSSINGS: Final = frozenset("+┼┬┴├┤┌┐└┘╋┳┻┣┫┏┓┗┛╬╦╩╠╣╔╗╚╝╪╫╤╧╞╡")
_BARS: Final = frozenset("|│┃║┆┊") | _CROSSINGS
_STROKES: Final = frozenset("-=─━═") | _CROSSINGS
_BEGINS: Final = re.compile(r"^[ \t]*(?:\+(?:[-=]{3,}\+)+|[┌╔┏├╠┣][─━═┬┳╦┼]{3,}.*)[ \t]*$", re.MULTILINE)
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
_INSIDE: Final = re.compile(r"[ \t]*[|│┃║┆┊+┼├┤┌┐└┘┣┫┏┓┗┛╠╣╔╗╚╝╞╡].*[|│┃║┆┊+┼├┤┌┐└┘┣┫┏┓┗┛╠╣╔╗╚╝╞╡][ \t]*")
_MARKUP: Final = re.compile(r"\[(?=[^\[\]]*\]\{)|\]\{[^{}]*\}|</?[A-Za-z][^<>]*>", re.DOTALL)
"""The style of a stretch of text that pandoc keeps, and tags."""
_SEVERAL: Final = re.compile(r"^(?:.*\S {2,})?-?\d[\d,.]*\n(?:.*\n)*(?:.*\S {2,})?-?\d[\d,.]*$", re.MULTILINE)
"""Two lines of a cell that are values, or end in one behind a gap."""
_BARS_AND_STROKES: Final = _BARS | _STROKES
_LEAST_RULE: Final = 2  # places from bar to bar
_LONGEST_CELL: Final = 4  # the same of a cell that holds strokes, as those without a figure do
_LEAST_LINES: Final = 5
_MOST_LINES: Final = 12
_LONGEST_LABEL: Final = 80
"""Of a cell that holds a label, however narrow: one with more of both lays out a page."""


class _Canvas(NamedTuple):
    """The lines of a drawn table, and for each the character that stands at every place of the screen.

    Attributes:
        lines: with the offset of each.
        shown: characters by place; a wide one stands at both of its own.
        chars: for each place, which character of the line it is.
    """

    lines: Sequence[tuple[int, str]]
    shown: list[str]
    chars: list[list[int]]


def drawn_tables(text: str) -> list[Table]:
    """The drawn tables of a text, in order."""
    if _BEGINS.search(text) is None:
        return []
    lines = [(match.start(), match.group().rstrip("\r\n")) for match in _LINE.finditer(text) if match.group()]
    out: list[Table] = []
    at = 0
    while at < len(lines):
        stop = at
        if _BEGINS.fullmatch(lines[at][1]):
            while stop < len(lines) and _INSIDE.fullmatch(lines[stop][1]):
                stop += 1
        if stop - at >= _LEAST_LINES and (grid := _grid(lines[at:stop])) is not None:
            out.append(Table(lines[at][0], lines[stop - 1][0] + len(lines[stop - 1][1]), grid))
        at = max(stop, at + 1)
    return out


def _grid(lines: Sequence[tuple[int, str]]) -> Grid | None:
    """The table, or None where its bars do not stand below one another."""
    for width in (*WIDTHS, None):
        canvas = _canvas(lines, width)
        if len({len(line) for line in canvas.shown}) == 1 and (grid := _cut(canvas)) is not None:
            return grid
    return None


def _canvas(lines: Sequence[tuple[int, str]], width: dict[str, int] | None) -> _Canvas:
    shown, index = [], []
    for _, line in lines:
        text = line.rstrip()
        places = [] if width is None else on_screen(text, [(at, at + 1) for at in range(len(text))], width)
        sizes = [1] * len(text) if width is None else [right - left for left, right in places]
        shown.append("".join(char * size for char, size in zip(text, sizes, strict=True)))
        index.append([at for at, size in enumerate(sizes) for _ in range(size)])
    return _Canvas(lines, shown, index)


def _cut(canvas: _Canvas) -> Grid | None:
    """The cells between the bars and the rules."""
    shown = canvas.shown
    bars = sorted(
        {at for line in shown for at, char in enumerate(line) if char in _CROSSINGS and _is_rule_at(line, at)}
    )
    columns = list(pairwise(bars))
    rules = [at for at, line in enumerate(shown) if any(_ruled(line, *column) for column in columns)]
    rows = list(pairwise(rules))
    if not rows or not columns or rules[0] != 0 or rules[-1] != len(shown) - 1:
        return None
    cells: list[GridCell] = []
    taken: set[tuple[int, int]] = set()
    for row in range(len(rows)):
        for column in range(len(columns)):
            if (row, column) in taken:
                continue
            across = column + 1
            while across < len(columns) and not _barred(shown, rows[row], columns[across][0]):
                across += 1
            down = row + 1
            while down < len(rows) and not any(_ruled(shown[rows[down][0]], *one) for one in columns[column:across]):
                down += 1
            taken.update((below, right) for below in range(row, down) for right in range(column, across))
            place = (rows[row][0] + 1, rows[down - 1][1], columns[column][0] + 1, columns[across - 1][1])
            text, start, end = _text(canvas, *place)
            if (text.count("\n") >= _MOST_LINES and len(text) > _LONGEST_LABEL) or _SEVERAL.search(text):
                return None  # rules do not part the rows of this table, or it only lays out a page
            where: Evidence = {"start": start, "end": end}
            cells.append(GridCell(text, row, column, down - row, across - column, where))
    start, end = canvas.lines[0][0], canvas.lines[-1][0] + len(canvas.lines[-1][1])
    return Grid(tuple(cells), len(rows), len(columns), None, {"start": start, "end": end})


def _is_rule_at(line: str, at: int) -> bool:
    """Whether a crossing is one: a plus among words is none."""
    return line[at - 1 : at] in _STROKES or line[at + 1 : at + 2] in _STROKES or line[at] != "+"


def _ruled(line: str, left: int, right: int) -> bool:
    """Whether a rule goes through a column, from bar to bar: it may end there, but a cell of strokes is no rule."""
    if right - left < _LEAST_RULE or not _STROKES.issuperset(line[left + 1 : right]):
        return False
    ends = line[left] + line[right]
    return _BARS_AND_STROKES.issuperset(ends) and (right - left > _LONGEST_CELL or not _STROKES.isdisjoint(ends))


def _barred(shown: Sequence[str], row: tuple[int, int], at: int) -> bool:
    """Whether a bar parts two cells of a row in all of its lines."""
    return all(line[at] in _BARS for line in shown[row[0] + 1 : row[1]])


def _text(canvas: _Canvas, top: int, bottom: int, left: int, right: int) -> tuple[str, int, int]:
    """What a cell prints, and where that begins and ends in the file."""
    found: list[tuple[str, int]] = []
    for number in range(top, bottom):
        offset, line = canvas.lines[number]
        begin, stop = canvas.chars[number][left], canvas.chars[number][right - 1] + 1
        piece = line[begin:stop]
        if (bare := piece.strip()) and not _STROKES.issuperset(bare):
            found.append((bare, offset + begin + piece.index(bare)))
    if not found:
        start = canvas.lines[top][0] + canvas.chars[top][left]
        return "", start, start
    text = _MARKUP.sub("", "\n".join(bare for bare, _ in found)).strip()
    for bare, start in found:
        shown = _MARKUP.sub(lambda mark: " " * len(mark[0]), bare)
        if text in shown:  # all it prints stands in one line, with its style around it
            return text, start + shown.index(text), start + shown.index(text) + len(text)
    return text, found[0][1], found[-1][1] + len(found[-1][0])
