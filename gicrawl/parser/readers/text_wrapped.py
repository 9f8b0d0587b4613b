"""Texts cut at a fixed width, in the middle of words and numbers: whole again.

Programs that cut so (`fold`, mail, web archives' text files) leave lines that are all as long as the longest one, but
for those at which the text itself ended its line. Such a line end is no mark; its neighbours are one word.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.offsets import Shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LINE: Final = re.compile(r"([^\r\n]*)(\r\n|\n|\r|$)")
_LEAST_WIDTH: Final = 30  # columns; shorter lines are as long as each other by chance
_LEAST_FULL: Final = 6
_LEAST_CUT: Final = 0.2
"""Of the full lines, those that are cut between two characters of Chinese: rows of padded tables end with figures."""
_PADDED: Final = "   "
"""Stands in the rows of an aligned table, all of one width too."""
_ENDS: Final = frozenset("。；：！？;:")
"""What a paragraph ends with that fills its last line by chance."""
_BEGINS: Final = re.compile(r"\s|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、]")
_WIDE: Final = re.compile(
    r"[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]"
)
"""Characters that Unicode calls wide or full width, but for the rarest (UAX 11)."""


def unwrapped(text: str) -> Shortened:
    """The text with its cut lines joined; as it is where it is not cut at a width."""
    bare = text.split("\n") if "\r" not in text else [match[1] for match in _LINE.finditer(text)]
    longest = max(bare, key=len)
    for width_of in (len, _columns):
        least = width_of(longest) - 1
        if sum(2 * len(line) >= least for line in bare) < _LEAST_FULL:  # a line takes two columns a character at most
            return Shortened(text, ())
        if full := _full(bare, width_of):
            return _joined([(match[1], match[2]) for match in _LINE.finditer(text)], full)
    return Shortened(text, ())


def _columns(line: str) -> int:
    """Columns that a line takes on a screen, where a character of Chinese takes two."""
    return len(line) + len(_WIDE.findall(line))


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
    if len({lines[at] for at in full}) < _LEAST_FULL or sum(_PADDED in lines[at] for at in full) * 2 > len(full):
        return frozenset()
    if sum(_is_han(lines[at][-1]) and _is_han(lines[at + 1][0]) for at in full) < _LEAST_CUT * len(full):
        return frozenset()
    return frozenset(at for at in full if lines[at][-1] not in _ENDS or not _BEGINS.match(lines[at + 1]))


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
