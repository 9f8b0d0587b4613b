"""Texts cut at a fixed width, in the middle of words and numbers: whole again.

Programs that cut so (`fold`, mail, web archives' text files) leave lines that are all as long as the longest one, but
for those at which the text itself ended its line. Such a line end is no mark; its neighbours are one word.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.lines import PIPES
from gicrawl.parser.offsets import Shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LINE: Final = re.compile(r"([^\r\n]*)(\r\n|\n|\r|$)")
_LEAST_WIDTH: Final = 30  # columns; shorter lines are as long as each other by chance
_LEAST_FULL: Final = 6
_DIGITS: Final = re.compile(r"[\d.,]*\d\s*")
_PAGE: Final = 2  # digits of the number of a page
_LEAST_CERTAIN: Final = 2  # full lines are enough where each of them goes on for certain
_LEAST_CUT: Final = 0.2
"""Of the full lines, those cut between two characters of Chinese, or two bars: rows of padded tables end otherwise."""
_MOST_RESTS: Final = 0.7  # of the rests of rows, those without words: headings are cut too
_FIGURES: Final = re.compile(r"\s*(?:(?:[-+]?[\d.,]+|[-—/]|人次|万?元|[件条个次项篇人])(?:\s+|$))+")
_PADDED: Final = "   "
"""Stands in the rows of an aligned table, all of one width too."""
_ENDS: Final = frozenset("。；：！？;:")
"""What a paragraph ends with that fills its last line by chance."""
_BEGINS: Final = re.compile(r"\s|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、]")
_ORDINAL: Final = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、])\s*(?!\d)"
)
_WIDE: Final = re.compile(
    r"[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]+"
)
"""Runs of characters that Unicode calls wide or full width, but for the rarest (UAX 11)."""


def unwrapped(text: str) -> Shortened:
    """The text with its cut lines joined; as it is where it is not cut at a width."""
    bare = text.split("\n") if "\r" not in text else [match[1] for match in _LINE.finditer(text)]
    longest = max(bare, key=len)
    full: frozenset[int] = frozenset()
    for width_of in (len, _columns):
        least = width_of(longest) - 1
        if sum(2 * len(line) >= least for line in bare) < _LEAST_FULL:  # a line takes two columns a character at most
            break
        full = max(full, _full(bare, width_of), key=len)
    return _joined([(match[1], match[2]) for match in _LINE.finditer(text)], full) if full else Shortened(text, ())


def _columns(line: str) -> int:
    """Columns that a line takes on a screen, where a character of Chinese takes two."""
    return len(line) + sum(map(len, _WIDE.findall(line)))


def _full(lines: Sequence[str], width_of: Callable[[str], int]) -> frozenset[int]:
    """Numbers of the lines that are cut at the width of the text; none where it has no width."""
    widths = [width_of(line) for line in lines]
    width = max(widths)
    if width < _LEAST_WIDTH:
        return frozenset()
    full = [
        at
        for at, (line, after) in enumerate(pairwise(lines))
        if after and (widths[at] == width or (widths[at] == width - 1 and width_of(after[0]) > 1))
    ]
    if _are_cut(lines, full):
        return frozenset(at for at in full if not _has_ended(lines[at], lines[at + 1]))
    return _cut_numbers(lines, full)


def _are_cut(lines: Sequence[str], full: Sequence[int]) -> bool:
    """Whether lines that are all as wide as the widest have been cut there."""
    several = len({lines[at] for at in full})
    if several < _LEAST_FULL:
        return several >= _LEAST_CERTAIN and all(_goes_on(lines[at], lines[at + 1]) for at in full)
    padded = [at for at in full if _PADDED in lines[at] and not lines[at].startswith(PIPES)]
    if len(padded) * 2 > len(full):
        return _have_rests(lines, padded, frozenset(full))
    return sum(_is_within(lines[at], lines[at + 1]) for at in full) >= _LEAST_CUT * len(full)


def _cut_numbers(lines: Sequence[str], full: Sequence[int]) -> frozenset[int]:
    """Those full lines whose last number is, or goes on, alone in the next line, where that is no number of a page."""
    cut = [at for at in full if _ends_open(lines[at]) and at + 1 not in full and _DIGITS.fullmatch(lines[at + 1])]
    rests = [lines[at + 1].rstrip() for at in cut]
    pages = [int(rest) for rest in rests if rest.isdigit() and len(rest) <= _PAGE]
    paged = len(pages) == len(rests) and all(one < other for one, other in pairwise(pages))
    return frozenset(() if paged else cut)


def _ends_open(line: str) -> bool:
    """Whether a line ends in a number that may go on, or before a field."""
    return line[-1].isdigit() or line[-1] == "\t"


def _is_within(line: str, after: str) -> bool:
    """Whether a line ends between two characters of Chinese, or within a row that begins and ends with a bar."""
    if (_is_han(line[-1]) and _is_han(after[0])) or (line[-1] == "\t" and _FIGURES.fullmatch(after)):
        return True
    row = line.startswith(PIPES) and not line.rstrip().endswith(PIPES)
    return row and after.rstrip().endswith(PIPES) and not after.startswith(PIPES)


def _has_ended(line: str, after: str) -> bool:
    """Whether a line fills the width by chance: its sentence, or its row of figures, ends there and another begins."""
    if line[-1] in _ENDS:
        return _BEGINS.match(after) is not None
    if line.rstrip().endswith(PIPES):
        return after.startswith(PIPES)
    if not line[-1].isdigit() or _FIGURES.fullmatch(after):
        return False
    return _ORDINAL.match(after) is not None or (_PADDED in line and _is_han(after[0]))


def _goes_on(line: str, after: str) -> bool:
    """Whether what follows can be nothing but the rest of a line: of its number, its row, or its sentence."""
    if _is_within(line, after) or (_FIGURES.fullmatch(after) and (_ends_open(line) or _PADDED in line)):
        return True
    return _PADDED not in line and "，" in line and line[-1] not in _ENDS and not _BEGINS.match(after)


def _have_rests(lines: Sequence[str], padded: Sequence[int], full: frozenset[int]) -> bool:
    """Whether full rows of aligned tables have gone on: figures alone, and fewer than fill a line, stand below them.

    In a table that is as wide as its text a row of figures alone would be full too.
    """
    rests = [lines[at + 1] for at in padded if at + 1 not in full]
    figures = sum(_FIGURES.fullmatch(rest) is not None for rest in rests)
    return figures >= _LEAST_FULL and figures >= _MOST_RESTS * len(rests)


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _joined(lines: Sequence[tuple[str, str]], full: frozenset[int]) -> Shortened:
    parts: list[str] = []
    cuts: list[tuple[int, int]] = []
    length = lost = 0
    for at, (line, end) in enumerate(lines):
        parts.append(line)
        length += len(line)
        if at in full:
            lost += len(end)
            cuts.append((length, lost))
        else:
            parts.append(end)
            length += len(end)
    return Shortened("".join(parts), tuple(cuts))
