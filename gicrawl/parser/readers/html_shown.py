"""Where a page shows pictures and other embedded objects, among its text."""

from __future__ import annotations

from typing import Final

from turbohtml import Element, Text, parse

_EMBEDDED: Final = frozenset(["img", "object", "embed", "iframe", "canvas", "svg"])
_UNSHOWN: Final = frozenset(["script", "style", "title", "noscript"])
_ORNAMENT: Final = 60
"""Pixels: what is less wide or high is a bullet or an icon."""


def text_with(mark: str, markup: str) -> str:
    """The text of a page as it stands in it, with a mark for everything it shows that is none.

    Args:
        mark: what to put there.
        markup: the page, decoded.
    """
    texts: list[str] = []
    for node in parse(markup, positions=False).descendants:
        if type(node) is Text:
            if not (isinstance(node.parent, Element) and node.parent.tag in _UNSHOWN):
                texts.append(node.data)
        elif isinstance(node, Element) and node.tag in _EMBEDDED and not _is_ornament(node):
            texts.append(mark)
    return "".join(texts)


def _is_ornament(element: Element) -> bool:
    sizes = (element.attr("width"), element.attr("height"))
    return any(size is not None and size.isdecimal() and int(size) < _ORNAMENT for size in sizes)
