"""Texts with its number before every line, as editors, `cat -n`, `nl` and `grep -n` print them: without the numbers.

Such a number is no figure of a cell and no ordinal of a label. It is told by its counting alone: every line that holds
something has one, but for the rest of a broken one, each more than the last, and the same signs stand behind it.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from gicrawl.parser.offsets import Shortened, replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_LINES: Final = 10  # fewer that count up may be a list
_STEP: Final = 2  # lines on the average from one number to the next: `grep` leaves empty lines out
_MOST_LEFT_OUT: Final = 6
_MOST_LOOSE: Final = 0.1  # of the lines: the rest of one that an editor has broken has no number
_LINE: Final = re.compile(r"[^\r\n]+")
_NUMBERED: Final = re.compile(
    r"\ufeff?[ \xa0]*[\[(（#]?(?P<number>\d{1,6})(?P<signs>[\])）:：.、|│→\t \xa0]*)(?P<rest>.*)", re.DOTALL
)
_AT_ONCE: Final = re.compile(r"\s*[\[(（#]?\d{1,6}[\])）:：.、|│→\t \xa0]")


def unnumbered(text: str) -> Shortened:
    """The text without the numbers of its lines; as it is where its lines have none.

    Args:
        text: of a file, decoded.
    """
    if _AT_ONCE.match(text, 1 if text.startswith("\ufeff") else 0) is None:
        return Shortened(text, ())
    lines: list[re.Match[str]] = []
    loose = 0
    for line in _LINE.finditer(text):
        found = _NUMBERED.fullmatch(text, *line.span())
        if found is not None and (not lines or 0 < int(found["number"]) - int(lines[-1]["number"]) <= _MOST_LEFT_OUT):
            lines.append(found)
        elif line[0].strip():
            loose += 1
            if loose > _MOST_LOOSE * len(lines) + 1:
                return Shortened(text, ())
    full = [line["signs"] for line in lines if line["rest"]]
    signs = _common(full) if len(full) >= _LEAST_LINES else ""
    if (
        not signs
        or loose > _MOST_LOOSE * len(lines)
        or int(lines[-1]["number"]) - int(lines[0]["number"]) > _STEP * (len(lines) - 1)
    ):
        return Shortened(text, ())
    ends = [line.start("signs") + len(_common([line["signs"], signs])) for line in lines]
    marks = [mark for line, end in zip(lines, ends, strict=True) if (mark := _LINE.fullmatch(text, line.start(), end))]
    return replaced(text, marks, lambda _: "")


def _common(signs: Sequence[str]) -> str:
    """What all of them begin with."""
    return "".join(all_of[0] for all_of in takewhile(lambda all_of: len(set(all_of)) == 1, zip(*signs, strict=False)))
