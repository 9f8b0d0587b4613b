"""From characters to text: lines, the text of a cell, the fields of a line, paragraphs.

Blanks are put in only where the print leaves a gap that means one, and never between the digits of a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.parser.readers.pdf_drawing import Box
    from gicrawl.parser.readers.pdf_page import Char

_SAME_LINE: Final = 0.35  # of a character's height: baselines that far apart are of one line
_WORD_GAP: Final = 0.2  # of a character's height between Latin letters
_TEXT_GAP: Final = 1.0  # between others
_NUMBER_GAP: Final = 0.7  # beside a number in running text: wider ones part two fields
_UNKNOWN: Final = "\ufffd"  # as for a character whose font does not tell what it is
_UPON: Final = 0.4  # of the narrower character's width
_FIELD_GAP: Final = 1.8  # between words: wider ones part two fields
_FULL_LINE: Final = 1.7  # of the type's size: a line that ends so near the margin was broken for lack of room
_INDENTED: Final = 0.9  # of the type's size: a line that begins so far right begins a paragraph
_LEADING: Final = 2.6  # of the type's size: lines further apart belong to different paragraphs
_SAME_SIZE: Final = 0.15
_LARGER: Final = 1.2  # times the usual size: a title
_CENTRED: Final = 0.05  # of the page's width
_FIRST_WIDE: Final = "\u2e80"
_HAN_WIDTH: Final = 0.85  # of a character's height
_HANGING: Final = frozenset("，。、；：？！”’）》】")
_LONG_LINE: Final = 10  # characters: shorter ones do not tell the margins
_LEAST_RIGHT: Final = 0.6  # of the page's width: lines that end before are short, all of them
_LINES_TELLING: Final = 8  # a page with fewer long lines does not tell its margins
_NUMERIC: Final = re.compile(r"[+\-]?[0-9０-９][0-9０-９,，.．]*|[0-9０-９,，.．]+")
NUMBER_CHARS: Final = frozenset("0123456789０１２３４５６７８９.,+-/—－%")
_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")


@dataclass(slots=True)
class TextField:
    """Text of a line between two wide gaps."""

    text: str
    x0: float
    x1: float


@dataclass(slots=True)
class TextLine:
    """A printed line of a page.

    Attributes:
        fields: from left to right; one where no wide gap parts it.
        size: of its type in points.
        right: where it ends, not counting a punctuation mark that hangs over the margin.
        box: around it.
        chars: from left to right, where they are known.
        placed: it has a field for each column of its table.
    """

    fields: list[TextField]
    size: float
    box: Box
    right: float
    chars: Sequence[Char] = ()
    placed: bool = False

    @property
    def text(self) -> str:
        """All of it; gaps between fields are one blank."""
        return " ".join(part.text for part in self.fields)


@dataclass(slots=True)
class TextParagraph:
    """Lines that belong together, as they were joined."""

    text: str
    lines: list[TextLine]


def _height(char: Char) -> float:
    return char.bottom - char.top


def _em(row: Sequence[Char]) -> float:
    """Size of a line's type: the width of its Han characters, because fonts of one size differ in height."""
    wide = [char.x1 - char.x0 for char in row if char.text >= _FIRST_WIDE and not char.text.isspace()]
    return median(wide) if wide else _HAN_WIDTH * median(_height(char) for char in row)


def _rows(chars: Iterable[Char]) -> Iterator[list[Char]]:
    """Characters line by line, from left to right; blanks at both ends left out."""
    row: list[Char] = []
    for char in sorted(chars, key=lambda char: (char.base, char.x0)):
        if row and char.base - row[0].base > _SAME_LINE * min(_height(row[0]), _height(char)):
            yield from _trimmed(row)
            row = []
        row.append(char)
    yield from _trimmed(row)


def _trimmed(row: list[Char]) -> Iterator[list[Char]]:
    row.sort(key=lambda char: char.x0)
    first = next((at for at, char in enumerate(row) if not char.text.isspace()), None)
    if first is not None:
        last = next(at for at in range(len(row) - 1, -1, -1) if not row[at].text.isspace())
        yield row[first : last + 1]


def text_of(row: Sequence[Char]) -> str:
    """A line, or a field of one, as text."""
    parts = [row[0].text]
    for before, char in pairwise(row):
        if not before.text.isspace() and not char.text.isspace():
            if char.x0 < before.x1 and _is_upon(before, char):
                parts.append(_UNKNOWN)
            elif _is_gap(before, char):
                parts.append(" ")
        parts.append(char.text)
    return " ".join("".join(parts).split(" "))


def _is_upon(before: Char, char: Char) -> bool:
    """Whether a digit lies on another character, or under one: nobody can tell which of them make a number."""
    width = min(before.x1 - before.x0, char.x1 - char.x0)
    return before.x1 - char.x0 > _UPON * width and (before.text in _DIGITS or char.text in _DIGITS)


def _is_gap(before: Char, char: Char) -> bool:
    gap = (char.x0 - before.x1) / max(min(_height(before), _height(char)), 1.0)
    if before.text in _DIGITS or char.text in _DIGITS:
        return gap > _NUMBER_GAP
    latin = before.text.isascii() and char.text.isascii()
    return gap > (_WORD_GAP if latin else _TEXT_GAP)


def cell_text(chars: Iterable[Char], box: Box) -> str:
    """The text of a cell, its lines parted by line ends.

    A number that was broken because the cell is too narrow for it is one number again: where a cell holds nothing but
    digits and every line but the last leaves no room for one more of them.
    """
    rows = list(_rows(chars))
    if not rows:
        return ""
    lines = [text_of(row) for row in rows]
    if len(lines) > 1 and all(_NUMERIC.fullmatch(line) for line in lines):
        padding = min(row[0].x0 for row in rows) - box[0]
        room = box[2] - max(padding, 0.0)
        if all(row[-1].x1 + (following[0].x1 - following[0].x0) > room for row, following in pairwise(rows)):
            return "".join(lines)
    return "\n".join(lines)


def lines_of(chars: Iterable[Char]) -> list[TextLine]:
    """The lines of what stands outside tables, cut into fields at wide gaps."""
    return [_line(row) for row in _rows(chars)]


def _line(row: list[Char]) -> TextLine:
    size = _em(row)
    fields: list[list[Char]] = [[row[0]]]
    printed = row[0]
    for char in row[1:]:
        if char.text.isspace():
            fields[-1].append(char)
            continue
        numbers = printed.text in NUMBER_CHARS or char.text in NUMBER_CHARS
        if char.x0 - printed.x1 > (_NUMBER_GAP if numbers and _apart(printed, char) else _FIELD_GAP) * size:
            while fields[-1][-1].text.isspace():
                fields[-1].pop()
            fields.append([])
        fields[-1].append(char)
        printed = char
    box = (row[0].x0, min(char.top for char in row), row[-1].x1, max(char.bottom for char in row))
    right = row[-1].x0 if row[-1].text in _HANGING else row[-1].x1
    return TextLine([TextField(text_of(part), part[0].x0, part[-1].x1) for part in fields], size, box, right, row)


def _apart(a: Char, b: Char) -> bool:
    """Two numbers side by side: a gap between them is wide sooner than one between a number and its unit."""
    return a.text in NUMBER_CHARS and b.text in NUMBER_CHARS


def aligned(lines: Sequence[TextLine]) -> list[list[TextField]]:
    """The fields of lines that follow one another, with an empty one where a line has nothing in a column.

    Columns are those of the lines with most fields. A line that does not fit them keeps its fields as they are.
    """
    most = max((len(line.fields) for line in lines if not line.placed), default=0)
    full = [line for line in lines if len(line.fields) == most and not line.placed]
    hulls = [(min(line.fields[at].x0 for line in full), max(line.fields[at].x1 for line in full)) for at in range(most)]
    if len(full) <= 1 or any(a[1] > b[0] for a, b in pairwise(hulls)):
        return [line.fields for line in lines]
    return [line.fields if line.placed else _in_columns(line.fields, hulls) for line in lines]


def _in_columns(fields: list[TextField], hulls: list[tuple[float, float]]) -> list[TextField]:
    if len(fields) == len(hulls):
        return fields
    placed: dict[int, TextField] = {}
    for part in fields:
        over = [at for at, (x0, x1) in enumerate(hulls) if part.x0 < x1 and part.x1 > x0]
        if len(over) != 1 or over[0] in placed:
            return fields
        placed[over[0]] = part
    return [placed.get(at, TextField("", x0, x1)) for at, (x0, x1) in enumerate(hulls)]


class Margins:
    """Where the text of a page begins and ends, and how large it usually is."""

    def __init__(self, lines: Sequence[TextLine], every: Sequence[TextLine], width: float) -> None:
        """Read them from the longer lines of a page; where it has only a few, from those of all pages."""
        long = [line for line in lines if len(line.text) >= _LONG_LINE]
        if len(long) < _LINES_TELLING:
            long = [line for line in every if len(line.text) >= _LONG_LINE]
        self.usual = median(line.size for line in long) if long else 0.0
        text = [line for line in long if line.size < _LARGER * self.usual and len(line.fields) == 1]
        self.left = min((line.box[0] for line in text), default=0.0)
        self.right = max([_LEAST_RIGHT * width, *(line.right for line in text)])
        self.width = width

    def full(self, line: TextLine) -> bool:
        """Whether the line was broken for lack of room."""
        return line.box[2] >= self.right - _FULL_LINE * line.size

    def indented(self, line: TextLine) -> bool:
        """Whether the line begins a paragraph."""
        return line.box[0] > self.left + _INDENTED * line.size

    def title(self, line: TextLine) -> bool:
        """Whether the line is larger than the text and centred."""
        middle = (line.box[0] + line.box[2]) / 2
        centre = self.width / 2
        return line.size >= _LARGER * self.usual > 0 and abs(middle - centre) <= _CENTRED * self.width


def goes_on(before: TextLine, line: TextLine, above: Margins, here: Margins) -> bool:
    """Whether a line continues the paragraph of the line before it, as far as the layout says.

    Args:
        before: the last line of the paragraph so far.
        line: the one after it, on the same page or at the top of the next.
        above: margins of the page of `before`.
        here: margins of the page of `line`.
    """
    if len(before.fields) > 1 or len(line.fields) > 1 or abs(before.size - line.size) > _SAME_SIZE * before.size:
        return False
    if above is here and line.box[1] - before.box[1] > _LEADING * line.size:
        return False
    if above.title(before) or here.title(line):
        return above is here and above.title(before) and here.title(line)
    return above.full(before) and not here.indented(line)


def join(text: str, more: str) -> str:
    """Two lines as one: with a blank only between Latin words."""
    latin = text[-1:].isascii() and more[:1].isascii() and text[-1:].isalpha() and more[:1].isalpha()
    return f"{text} {more}" if latin else text + more
