"""Numbers of pages in lines of their own, as programs leave them that print the pages of a file: taken out.

Behind a row whose last cells are empty such a number would be a figure of that row. It is told by its counting alone:
the pages of the text end with one, and each is by one more than that of the page before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.offsets import Shortened, replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEED: Final = "\f"
_BREAK: Final = r"(?>\r\n|\n|\r)"
_NUMBER: Final = rf"(?<=[\r\n])[ \t\xa0\u3000]*(?P<number>\d{{1,3}})[ \t\xa0\u3000]*(?:{_BREAK}|\Z)"
_EMPTY: Final = rf"(?:[ \t]*{_BREAK})"
_BEFORE_FEED: Final = re.compile(rf"{_NUMBER}(?={_EMPTY}*(?:\f|\Z))")
_BEFORE_EMPTY: Final = re.compile(rf"{_NUMBER}(?:{_EMPTY}+|\Z)")
_EMPTY_LINES: Final = re.compile(rf"{_BREAK}{_EMPTY}+(?=[^\r\n])")
_FIRST: Final = ("\n1\n\n", "\n1\r\n\r\n")
"""Where the first page ends of a text whose pages an empty line parts."""
_LEAST: Final = 2
_LEAST_EMPTY: Final = 3
"""Numbers that count up, before form feeds and before empty lines."""
_LINES: Final = 10
"""Of a page on the average; fewer are a list."""


def unpaged(text: str) -> Shortened:
    """The text without the numbers of its pages; as it is where it has none.

    Args:
        text: of a file, decoded.
    """
    marks: Sequence[re.Match[str]] = ()
    if _FEED in text:
        marks = list(_BEFORE_FEED.finditer(text))
        feeds = text.rstrip().count(_FEED)
        pages = [text.count(_FEED, 0, mark.start()) for mark in marks] if feeds <= len(marks) <= feeds + 1 else []
        known = len(pages) >= _LEAST
    elif any(first in text for first in _FIRST):
        marks = list(_BEFORE_EMPTY.finditer(text))
        pages = list(range(len(marks)))
        parted = len(marks) - (len(marks) > 0 and marks[-1].end() == len(text))
        known = len(marks) >= _LEAST_EMPTY and len(_EMPTY_LINES.findall(text)) == parted
        known = known and text.count("\n") >= _LINES * len(marks)
    else:
        return Shortened(text, ())
    if known and len({int(mark["number"]) - page for mark, page in zip(marks, pages, strict=True)}) == 1:
        return replaced(text, marks, lambda _: "")
    return Shortened(text, ())
