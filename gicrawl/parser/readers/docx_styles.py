"""Which paragraphs are headings: by their outline level, or by that or the name of their style."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.readers.docx_text import NAMES, value_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADING: Final = re.compile(r"(?:heading|标题) ?[1-9]|title|标题", re.IGNORECASE)
_CONTENTS: Final = re.compile(r"toc ?[1-9]|.{0,12}目录 ?[1-9]", re.IGNORECASE)
_LEVELS: Final = frozenset("012345678")
"""Outline levels of headings; 9 is body text (ECMA-376 part 1, §17.3.1.20)."""


class Style(NamedTuple):
    """What a paragraph style makes of a paragraph."""

    heading: bool
    contents: bool
    """A line of a table of contents: its numbers are pages."""


PLAIN: Final = Style(heading=False, contents=False)


class Styles:
    """The paragraph styles of a document.

    Args:
        root: of the styles part; None where it has none that can be read.
    """

    def __init__(self, root: _Element | None) -> None:
        self._declared: dict[str, tuple[str, str | None, str | None]] = {}
        self._resolved: dict[str, Style] = {}
        for entry in () if root is None else root:
            if NAMES.get(entry.tag) == "style" and (identity := value_of(entry, "styleId")) is not None:
                self._declared[identity] = _declaration(entry)

    def of(self, paragraph: _Element) -> tuple[Style, bool]:
        """The style of a paragraph, and whether it ends where it ends: a deleted mark joins it to the next."""
        style, ends, level = PLAIN, True, None
        for part in paragraph:
            if NAMES.get(part.tag) != "pPr":
                continue
            for entry in part:
                name = NAMES.get(entry.tag)
                if name == "pStyle":
                    style = self._resolve(value_of(entry) or "")
                elif name == "outlineLvl":
                    level = value_of(entry)
                elif name == "rPr":
                    ends = not any(NAMES.get(mark.tag) in {"del", "moveFrom"} for mark in entry)
            break
        return (style if level is None else style._replace(heading=level in _LEVELS)), ends

    def _resolve(self, identity: str) -> Style:
        known = self._resolved.get(identity)
        if known is None:
            known = self._resolved[identity] = self._look_up(identity)
        return known

    def _look_up(self, identity: str) -> Style:
        seen: set[str] = set()
        contents = heading = False
        current: str | None = identity
        while current is not None and current not in seen and current in self._declared:
            seen.add(current)
            name, level, current = self._declared[current]
            contents = contents or _CONTENTS.fullmatch(name) is not None
            if level is not None:
                heading = level in _LEVELS
                break
            if _HEADING.fullmatch(name):
                heading = True
                break
        return Style(heading and not contents, contents)


def _declaration(style: _Element) -> tuple[str, str | None, str | None]:
    """Name, outline level and the style it is based on."""
    name, level, base = "", None, None
    for part in style:
        kind = NAMES.get(part.tag)
        if kind == "name":
            name = value_of(part) or ""
        elif kind == "basedOn":
            base = value_of(part)
        elif kind == "pPr":
            level = next((value_of(entry) for entry in part if NAMES.get(entry.tag) == "outlineLvl"), None)
    return name, level, base
