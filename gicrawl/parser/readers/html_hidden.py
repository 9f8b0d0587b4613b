"""What the mark-up of a page itself hides: rows and cells of tables, and words among others.

What style sheets and scripts hide is not looked at, nor are larger parts: a page may show those when somebody asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from turbohtml import Document as Tree
    from turbohtml import Element

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
    (" hidden", (">", "=", " ")),
    ('"hidden', (">", "=", " ")),
)
"""Words, and how each goes on: looked for one by one, because as a pattern they take longer than parsing the page."""
_ROW_PARTS: Final = frozenset(["td", "th", "tr"])
_INLINE: Final = frozenset(
    ["span", "font", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "big", "a", "label"]
)
_FEW: Final = 40
"""Characters: more of them may be what a page shows when somebody asks."""


def hides(text: str) -> bool:
    """Whether a page may hide anything, by its text: seldom enough to spare the others a closer look."""
    return any(word in text and any(word + end in text for end in ends) for word, ends in _HIDING)


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
            element.extract()
    return gone
