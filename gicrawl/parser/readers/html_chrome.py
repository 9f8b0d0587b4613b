"""What of an HTML page is the site's and not the article's: menus, lists of links, the page's foot.

It is left out only where it can be told: a table or list that is nothing but links, what follows the article where an
element is known to hold it, what follows a line that only feet have. Tables with figures are never left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from gicrawl.parser.data import read_data
from gicrawl.parser.document import Grid, GridCell, Line, Paragraph
from gicrawl.parser.readers.html_text import EMPTY

if TYPE_CHECKING:
    from turbohtml import Element, Node

_TEXT_OF: Final = itemgetter(GridCell._fields.index("text"))
_DIGIT: Final = re.compile(r"[0-9０-９]")
_KNOWN: Final = read_data(__package__, "html_chrome.toml")
_FOOT: Final = re.compile("|".join(_KNOWN["foot"]["patterns"]))
_FOOT_LINE: Final = 120
_MOSTLY: Final = 0.4
"""With so much of its text in links a list is one of links; dates and bullets are the rest."""
_MUCH_OUTSIDE: Final = 0.3
"""With more text than this share of the article after it, the article element does not hold the whole article."""


@dataclass(slots=True)
class Item:
    """A block that is not chrome, and what is known of its surroundings."""

    block: Paragraph | Grid | Line
    inside: bool
    """It stands in an element that is known to hold the article."""


def is_menu(table: Element, grid: Grid) -> bool:
    """A table of links, as menus once were made: every cell with text is a link and none is a number."""
    links = sum([len(link.text.strip(EMPTY)) for link in table.find_all("a")])
    if not links:
        return not any(cell.text.strip(EMPTY) for cell in grid.cells)
    words = sum([len(cell.text.strip(EMPTY)) for cell in grid.cells])
    if not words:
        return True
    return links >= words and not any(cell.text.strip(EMPTY).isdecimal() for cell in grid.cells)


def is_link_list(node: Element, holding: set[Node]) -> bool:
    """A list of links outside the article, on a page whose article is known."""
    if node in holding or node.find(["table", "h1", "ucaptitle"]) is not None:
        return False
    links = sum([len(link.text.strip(EMPTY)) for link in node.find_all("a")])
    return links >= _MOSTLY * len("".join(node.text.split()))


def article_of(items: list[Item]) -> list[Item]:
    """Leave out what follows the article, where it is certainly not part of it."""
    first = next((i for i, item in enumerate(items) if item.inside), None)
    if first is None:
        return items[: _foot(items)]
    last = max(i for i, item in enumerate(items) if item.inside)
    after = items[last + 1 :]
    after = after[: _foot(after, whole=False)]
    if _amount(after) <= _MUCH_OUTSIDE * _amount(items[first : last + 1]):
        after = [item for item in after if _is_data(item.block)]
    return [*items[: last + 1], *after]


def _foot(items: list[Item], *, whole: bool = True) -> int:
    """Index of the first item of the page's foot."""
    data = [i for i, item in enumerate(items) if _is_data(item.block)]
    start = data[-1] + 1 if data else 0
    if whole:
        amounts = [_size(item.block) for item in items]
        total = sum(amounts)
        passed = 0
        for i, amount in enumerate(amounts):
            passed += amount
            if 2 * passed >= total:
                start = max(start, i)
                break
    for i in range(start, len(items)):
        block = items[i].block
        if isinstance(block, Paragraph) and len(block.text) <= _FOOT_LINE and _FOOT.search(block.text):
            return i
    return len(items)


def _amount(items: list[Item]) -> int:
    """Characters of text."""
    return sum([_size(item.block) for item in items])


def _size(block: Paragraph | Grid | Line) -> int:
    if isinstance(block, Grid):
        return sum(map(len, map(_TEXT_OF, block.cells)))
    return len(block.text)


def _is_data(block: Paragraph | Grid | Line) -> bool:
    """Whether a block is a table with figures, or a row of one: of those only the rows of such tables are lines."""
    if isinstance(block, Grid):
        return any(map(_DIGIT.search, map(_TEXT_OF, block.cells)))
    return isinstance(block, Line)
