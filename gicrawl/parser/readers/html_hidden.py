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
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden"
    r"|(?:font-size\s*:\s*0(?:\.0+)?(?:p[xt]|r?em|%)?|opacity\s*:\s*(?:0(?:\.0+)?|\.0+))\s*(?:;|!|$))",
    re.IGNORECASE,
)
_LIFTED: Final = re.compile(r"(?:^|;)\s*position\s*:\s*(?:absolute|fixed)", re.IGNORECASE)
"""What is no part of its line, and may be moved away or cut."""
_FAR: Final = r"-(?:9\d\d|\d{4,})(?:\.\d+)?(?:p[xt]|r?em)"
_AWAY: Final = re.compile(
    rf"(?:^|;)\s*(?:(?:left|top|right|bottom|margin(?:-left|-top)?)\s*:\s*{_FAR}"
    r"|clip\s*:\s*rect\(\s*([01])(?:px)?(?:[\s,]+\1(?:px)?){3}\s*\)|clip-path\s*:\s*inset\(\s*(?:50|100)%)",
    re.IGNORECASE,
)
"""Moved off the screen, or cut to nothing."""
_INDENTED: Final = re.compile(rf"(?:^|;)\s*text-indent\s*:\s*{_FAR}", re.IGNORECASE)
_BOXED: Final = re.compile(r"(?:^|;)\s*display\s*:\s*(?:inline-)?block", re.IGNORECASE)
_HIDING: Final = (
    "display:none",
    "display: none",
    "hidden",
    "font-size:0",
    "font-size: 0",
    "opacity",
    "absolute",
    "fixed",
    "indent:-",
    "indent: -",
)
"""What stands in every style that hides, for a first look at all the styles of a page in one go."""
_ROW_PARTS: Final = frozenset(["td", "th", "tr"])
_INLINE: Final = frozenset(
    ["span", "font", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "big", "a", "label"]
)
_LINES: Final = frozenset(["p", "div"])
_CELLS: Final = frozenset(["td", "th"])
_PARTS: Final = frozenset(["div", "section", "article"])
_ASIDE: Final = frozenset(["noscript", "template"])
_SIGN: Final = "结转下年度"
"""What stands in the table of applications of every report since 2019, and nowhere else in a table."""
_WHOLE: Final = 200
"""Characters beside its tables that make a part a report."""
_FEW: Final = 40
"""Characters: more of them may be what a page shows when somebody asks."""


def without_hidden(tree: Tree) -> set[Element]:
    """Take the words out of a tree that nobody sees among others (`<span style="display:none">9</span>18`).

    Returns:
        The rows and cells of tables that are not shown, which stay in the tree: nothing of them stands on the page, nor
        takes a place in their table.
    """
    gone: set[Element] = set()
    for element in _hiding(tree):
        style = element.attr("style") or ""
        if element.tag in _ROW_PARTS:
            if element.attr("hidden") is not None or _GONE.search(style):
                gone.add(element)
        elif element.tag in _PARTS and _is_hidden(element) and len(element.text) > _FEW:
            if _is_copy(element, tree):
                element.clear()
        elif (
            (element.tag in _INLINE or (element.tag in _LINES and _in_cell(element)))
            and (element.attr("hidden") is not None or _is_unseen(element, style))
            and len(element.text) <= _FEW
            and element.find("img") is None
        ):
            element.clear()  # what stands beside it keeps its place among the elements
    return gone


def _hiding(tree: Tree) -> list[Element]:
    """The elements of a tree that may be hidden: of most pages none, and nothing but their styles is looked at."""
    styled = tree.select("[style]")
    styles = [element.attr("style") or "" for element in styled]
    found = tree.select("[hidden]")
    kinds = set(styles)
    told = "\n".join(kinds).lower()
    if any(word in told for word in _HIDING):
        hiding = {style for style in kinds if any(word in style.lower() for word in _HIDING)}
        found += [element for element, style in zip(styled, styles, strict=True) if style in hiding]
    return found


def _is_unseen(element: Element, style: str) -> bool:
    """Whether a style leaves nothing of the words of an element on the screen."""
    if _UNSEEN.search(style) or (_LIFTED.search(style) and _AWAY.search(style)):
        return True
    # A line alone can be indented, and what is put beside others has none.
    return _INDENTED.search(style) is not None and (element.tag in _LINES or _BOXED.search(style) is not None)


def _in_cell(element: Element) -> bool:
    """Whether a paragraph stands right in the cell of a table: what is hidden there is no larger part of a page."""
    return isinstance(element.parent, Element) and element.parent.tag in _CELLS


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
