"""Columns of tables that are drawn without lines: figures below each other, and the headings that stand over them.

A page may rule its tables across only, or shade their rows, or draw nothing. A row with an empty cell then has a field
less than the others, and only its places on the page tell which.
"""

from __future__ import annotations

import re
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.readers.pdf_text import TextField, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.readers.pdf_page import Char
    from gicrawl.parser.readers.pdf_text import TextLine

_FIGURE: Final = re.compile(r"[-+]?\d[\d,.]*|[-/—]")
_AT_END: Final = re.compile(r"(?<=\s)[-+]?\d[\d,.]*$")
_ROW: Final = 2  # figures that a row has at least to tell its columns
_ROWS: Final = 8  # rows of a table whose columns are told
_LEAST: Final = 3  # columns of one
_MOST: Final = 12  # columns; what has more is a table of a single row
_ABOVE: Final = 12  # lines of headings at most
_PIECE: Final = 0.25  # of the type's size: a gap between two headings
_CLOSE: Final = 1.7  # of the type's size: lines of one cell
_LEFT: Final = 2.0  # of the type's size: how far left of the figures their heading may begin
_NEAR: Final = 0.5  # of the type's size: how far the middles of what stands in one column are apart
_FLUSH: Final = 0.5  # as much of that is how far their edges are, where they are flush
_TITLE: Final = re.compile(r"[一二三四五六七八九十]{1,2}、")


class Column(NamedTuple):
    """What a column covers from left to right."""

    x0: float
    x1: float

    @property
    def middle(self) -> float:
        """Of its figures, or its heading."""
        return (self.x0 + self.x1) / 2


def tell_columns(lines: Sequence[TextLine]) -> None:
    """Give the rows of tables without lines an empty field for each cell that has nothing.

    Only where headings tell all columns: a row that lacks some is of no use where nobody knows which.

    Args:
        lines: of all pages, in reading order; rows are changed.
    """
    found = [_figures(line) if len(line.fields) > 1 and line.chars else [] for line in lines]
    if sum(_ROW <= len(figures) <= _MOST for figures in found) < _ROWS:
        return
    middle = (min(line.box[0] for line in lines) + max(line.box[2] for line in lines)) / 2
    heads = [at for at, line in enumerate(lines) if not found[at] and line.fields[-1].x0 > middle]
    for begin, end in pairwise([-1, *heads, len(lines)]):
        telling = [at for at in range(begin + 1, end) if _ROW <= len(found[at]) <= _MOST]
        if len(telling) < _ROWS:
            continue
        first, last = telling[0], telling[-1]
        columns = _headed([one for at in telling for one in found[at]], _above(lines, begin + 1))
        rows = [at for at in range(first, last + 1) if found[at]]
        if any(
            _is_broken(a, b) for a, b in pairwise(line for line in lines[first : last + 2] if _ends_in_figure(line))
        ):
            continue
        if columns and any(len(found[at]) < len(columns) for at in rows):
            for at in rows:
                _place(lines[at], found[at], columns)


def _ends_in_figure(line: TextLine) -> bool:
    return _FIGURE.fullmatch(line.fields[-1].text) is not None


def _is_broken(above: TextLine, line: TextLine) -> bool:
    """Whether a line may hold the last digits of numbers too wide for their cells: figures, close below others."""
    close = 0 < line.box[1] - above.box[1] < _CLOSE * max(above.size, line.size)
    return close and all(_FIGURE.fullmatch(part.text) for part in line.fields)


def _figures(line: TextLine) -> list[TextField]:
    """The figures at the end of a line, that of a label that leaves no wide gap before it too."""
    found: list[TextField] = []
    for part in reversed(line.fields):
        if _FIGURE.fullmatch(part.text):
            found.append(part)
            continue
        if (match := _AT_END.search(part.text)) and found:
            printed = [char for char in line.chars if part.x0 <= char.x0 < part.x1 and not char.text.isspace()]
            number = printed[len(printed) - len(match.group()) :]
            found.append(TextField(match.group(), number[0].x0, number[-1].x1))
        break
    return found[::-1]


def _columns(figures: Sequence[TextField]) -> list[Column]:
    """What figures below each other cover."""
    out: list[Column] = []
    for one in sorted(figures, key=lambda one: one.x0):
        if out and one.x0 < out[-1].x1:
            out[-1] = Column(out[-1].x0, max(out[-1].x1, one.x1))
        else:
            out.append(Column(one.x0, one.x1))
    return out


def _headed(figures: Sequence[TextField], above: Sequence[TextLine]) -> list[Column]:
    """The columns of figures, and those between them that have a heading and no figure at all.

    Args:
        figures: of all rows.
        above: lines before the first of them.

    Returns:
        None of them where not every column of figures has a heading of its own right over it.
    """
    columns = _columns(figures)
    if not above or not _ROW <= len(columns) <= _MOST:
        return []
    near = _NEAR * above[-1].size
    left = columns[0].x0 - _LEFT * above[-1].size
    heads = _heads([[piece for piece in _pieces(line) if piece.x0 > left] for line in reversed(above)])
    own = _over(columns, heads, near)
    if not own or any(
        sum(column.x0 + near < head.x1 and head.x0 < column.x1 - near for head in heads) > 1 for column in columns
    ):
        return []  # figures of two columns that touch each other
    whole = sorted([*columns, *(head for head in heads if head not in own and head.x0 > columns[0].x1)])
    return whole if len(whole) >= _LEAST and all(b.x0 > a.x1 for a, b in pairwise(whole)) else []


def _over(columns: Sequence[Column], heads: Sequence[Column], near: float) -> set[Column]:
    """The headings that stand over columns, each over one: in its middle, or all of them flush left, or flush right."""
    for places in (attrgetter("middle"), attrgetter("x0"), attrgetter("x1")):
        over = [[head for head in heads if abs(places(head) - places(column)) <= near] for column in columns]
        if all(len(found) == 1 for found in over):
            return {found[0] for found in over}
        near *= _FLUSH
    return set()


def _heads(lines: Sequence[Sequence[Column]]) -> list[Column]:
    """What stands over one column each, without the headings of several.

    Args:
        lines: words of the lines of headings, the lowest line first.
    """
    heads: list[Column] = []
    for pieces in lines:
        for piece in pieces:
            under = [head for head in heads if head.x0 < piece.x1 and piece.x0 < head.x1]
            if not under:
                heads.append(piece)
            elif len(under) == 1:
                heads.remove(under[0])
                heads.append(Column(min(under[0].x0, piece.x0), max(under[0].x1, piece.x1)))
    return sorted(heads)


def _above(lines: Sequence[TextLine], end: int) -> Sequence[TextLine]:
    """The headings of a table: the lines down to the last that is one, without those of the table above it."""
    top = end
    while top > max(0, end - _ABOVE) and not (_ends_in_figure(lines[top - 1]) or _TITLE.match(lines[top - 1].text)):
        top -= 1
    return lines[top:end]


def _pieces(line: TextLine) -> list[Column]:
    """The words of a line of headings, which a narrow gap parts."""
    out: list[Column] = []
    last: Char | None = None
    for char in line.chars:
        if char.text.isspace():
            continue
        if last is not None and char.x0 - last.x1 <= _PIECE * line.size:
            out[-1] = Column(out[-1].x0, char.x1)
        else:
            out.append(Column(char.x0, char.x1))
        last = char
    return out


def _place(line: TextLine, figures: Sequence[TextField], columns: Sequence[Column]) -> None:
    """Give a row a field for its label and one for each column, where its figures stand in them."""
    placed: dict[int, TextField] = {}
    for one in figures:
        at = [at for at, column in enumerate(columns) if one.x0 < column.x1 and one.x1 > column.x0]
        if len(at) != 1 or at[0] in placed:
            return
        placed[at[0]] = one
    first = figures[0].x0
    label = [char for char in line.chars if char.x0 < first]
    while label and label[-1].text.isspace():
        label.pop()
    stuck: list[Char] = []  # a figure of the first column that stands close behind the label
    while label and 0 not in placed and label[-1].text.isdigit() and label[-1].x1 > columns[0].x0:
        stuck.insert(0, label.pop())
    if stuck:
        placed[0] = TextField(text_of(stuck), stuck[0].x0, stuck[-1].x1)
    if label and (label[-1].text.isdigit() or label[-1].x1 > (stuck[0].x0 if stuck else columns[0].x1)):
        return
    text = text_of(label) if label else ""
    left = TextField(text, line.box[0], label[-1].x1 if label else line.box[0])
    cells = [placed.get(at, TextField("", column.x0, column.x1)) for at, column in enumerate(columns)]
    line.fields = [left, *cells]
    line.placed = True
