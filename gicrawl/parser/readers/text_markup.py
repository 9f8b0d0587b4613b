"""Markup that a converter left in the lines of a text: what is shown without it. Tables stay for `text_tables`."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from gicrawl.parser.lines import fields_of
from gicrawl.parser.offsets import Shortened, replaced
from gicrawl.parser.readers.text_tables import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_MARK: Final = re.compile(rf"{_TAG.pattern}|&(?:[A-Za-z]{{2,8}}|#\d{{1,6}}|#[xX][0-9A-Fa-f]{{1,5}});")
_LINE_END: Final = re.compile(r"<br\b", re.IGNORECASE)
_LINE: Final = re.compile(r"[^\r\n]+")


def unmarked(text: str) -> Shortened:
    """The text without the tags and entities of its lines; lines of several fields, and of tags alone, as they are."""
    if "<" not in text:
        return Shortened(text, ())
    return replaced(text, _marks(text), lambda mark: _shown(mark[0]))


def _marks(text: str) -> Iterator[re.Match[str]]:
    """Tags and entities of the lines that have some, outside of tables."""
    tables = [match.span() for match in TABLE.finditer(text)]
    for line in _LINE.finditer(text):
        if _is_marked(line[0]) and not any(start < line.end() and line.start() < end for start, end in tables):
            yield from _MARK.finditer(text, line.start(), line.end())


def _is_marked(line: str) -> bool:
    """Whether a line has a tag in it, is not divided into fields, and shows something."""
    return "<" in line and (bare := _TAG.sub("", line)) != line and bool(bare.strip()) and len(fields_of(line, 0)) == 1


def _shown(mark: str) -> str:
    if mark.startswith("&"):
        return unescape(mark)
    return " " if _LINE_END.match(mark) else ""
