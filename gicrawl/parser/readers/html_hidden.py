"""What the mark-up of a page itself hides: rows and cells of tables, and words among others.

What style sheets and scripts hide is not looked at, nor are larger parts, but for copies of what the page shows: it may
show those when somebody asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from turbohtml import Element

if TYPE_CHECKING:
    from turbohtml import Document as Tree

_GONE: Final = re.compile(r"(?:^|;)\s*display\s*:\s*none", re.IGNORECASE)
_UNSEEN: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0+)?(?:p[xt]|r?em|%)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
_HIDING: Final = (
    ("display", (":none", ": none")),
    ("DISPLAY", (":none", ": none")),
    ("visibility", (":hidden", ": hidden")),
    ("font-size", (":0", ": 0")),
)
"""Words, and how each goes on: looked for one by one, because as a pattern they take longer than parsing the page."""
_ROW_PARTS: Final = frozenset(["td", "th", "tr"])
_INLINE: Final = frozenset(
    ["span", "font", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "big", "a", "label"]
)
_PARTS: Final = frozenset(["div", "section", "article"])
_ASIDE: Final = frozenset(["noscript", "template"])
_SIGN: Final = "结转下年度"
"""What stands in the table of applications of every report since 2019, and nowhere else in a table."""
_WHOLE: Final = 200
"""Characters beside its tables that make a part a report."""
_FEW: Final = 40
"""Characters: more of them may be what a page shows when somebody asks."""


def hides(tree: Tree, text: str) -> bool:
    """Whether a page may hide anything, by a tree and the text of it: seldom enough to spare others a closer look."""
    if any(word in text and any(word + end in text for end in ends) for word, ends in _HIDING):
        return True
    return tree.select_one("[hidden]") is not None


def without_hidden(tree: Tree) -> set[Element]:
    """Take the words out of a tree that nobody sees among others (`<span style="display:none">9</span>18`).

    Returns:
        The rows and cells of tables that are not shown, which stay in the tree: nothing of them stands on the page, nor
        takes a place in their table.
    """
    gone: set[Element] = set()
    for element in tree.select('[style*="none" i], [style*="hidden" i], [style*="font-size" i], [hidden]'):
        style = element.attr("style") or ""
        if element.tag in _ROW_PARTS:
            if element.attr("hidden") is not None or _GONE.search(style):
                gone.add(element)
        elif (
            element.tag in _INLINE
            and (element.attr("hidden") is not None or _UNSEEN.search(style))
            and len(element.text) <= _FEW
            and element.find("img") is None
        ):
            element.clear()  # what stands beside it keeps its place among the elements
        elif element.tag in _PARTS and _is_hidden(element) and _is_copy(element, tree):
            element.clear()
    return gone


def _is_hidden(element: Element) -> bool:
    return element.attr("hidden") is not None or _GONE.search(element.attr("style") or "") is not None


def _is_copy(element: Element, tree: Tree) -> bool:
    """Whether a hidden part is a whole report, and the page shows one elsewhere; a table alone is told by its twin."""
    tables = element.find_all("table")
    prose = len(element.text) - sum(len(table.text) for table in tables)
    if prose < _WHOLE or not any(_SIGN in table.text for table in tables):
        return False
    return any(_SIGN in table.text and _is_shown(table) for table in tree.find_all("table"))


def _is_shown(table: Element) -> bool:
    node: object = table
    while isinstance(node, Element):
        if node.tag in _ASIDE or _is_hidden(node):
            return False
        node = node.parent
    return True
