"""Tables that run over the right edge of their page, as those of web pages do that are printed as they are.

What lies beyond the edge nobody sees, and most programs leave it out of the file: an empty cell there is no blank one,
and a number that ends at the edge may go on behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.pdf_page import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.readers.pdf_drawing import Box, Rule
    from gicrawl.parser.readers.pdf_page import Char

_AT_EDGE: Final = 2.0  # points: what ends so near the edge of its page ends for want of it
_CLOSED: Final = 3.0  # points between the edge of a table and the line that closes it
_SEEN: Final = 0.5  # points: a line so near the edge of the page is where the page cuts the table
_ROOM: Final = 0.6  # of a character's height: with so much room behind it a number is whole


def runs_over(box: Box, width: float, vertical: Sequence[Rule]) -> bool:
    """Whether a table goes on beyond the right edge of its page, or ends there without a line.

    Args:
        box: of the table.
        width: of the page as read.
        vertical: lines down.
    """
    right = box[2]
    if right < width - _AT_EDGE:
        return False
    return not any(abs(rule.at - right) <= _CLOSED and rule.at <= width - _SEEN for rule in vertical)


def as_seen(text: str, held: Sequence[Char], box: Box, width: float) -> str:
    """The text of a cell of such a table, with a sign for what cannot be seen of it.

    Args:
        text: of it.
        held: its characters.
        box: of it.
        width: of the page as read.
    """
    if box[2] < width - _AT_EDGE:
        return text
    printed = [char for char in held if not char.text.isspace()]
    if printed and all(width - char.x1 > _ROOM * (char.bottom - char.top) for char in printed):
        return text
    return text + UNKNOWN
