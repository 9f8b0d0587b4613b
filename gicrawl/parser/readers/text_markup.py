"""Markup that a converter left in the lines of a text: what is shown without it. Tables stay for `text_tables`."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from gicrawl.parser.lines import fields_of
from gicrawl.parser.offsets import Shortened, replaced
from gicrawl.parser.readers.text_boxes import drawn_tables
from gicrawl.parser.readers.text_tables import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_STYLE: Final = r"\[(?=[^\[\]\r\n]*\]\{[^{}\r\n]*\})|\]\{[^{}\r\n]*\}"
"""What pandoc writes around a stretch of text with a style of its own: `[1618]{lang="EN-US"}`."""
_MARK: Final = re.compile(rf"{_TAG.pattern}|{_STYLE}|&(?:[A-Za-z]{{2,8}}|#\d{{1,6}}|#[xX][0-9A-Fa-f]{{1,5}});")
_STYLED: Final = re.compile(rf"{_TAG.pattern}|{_STYLE}")
_LINE_END: Final = re.compile(r"<br\b", re.IGNORECASE)
_LINE: Final = re.compile(r"[^\r\n]+")


def unmarked(text: str) -> Shortened:
    """The text without the tags, styles and entities of its lines.

    Lines of tags alone stay, and so do line ends within fields: a blank between two figures says another thing.
    """
    if "<" not in text and "]{" not in text:
        return Shortened(text, ())
    return replaced(text, _marks(text), lambda mark: _shown(mark[0]))


def _marks(text: str) -> Iterator[re.Match[str]]:
    """Marks of the lines that have some, outside of tables."""
    tables = [match.span() for match in TABLE.finditer(text)]
    tables += [(table.start, table.end) for table in drawn_tables(text)]  # whose bars stand below one another
    for line in _LINE.finditer(text):
        if not _is_marked(line[0]) or any(start < line.end() and line.start() < end for start, end in tables):
            continue
        several = len(fields_of(line[0], 0)) > 1
        marks = _MARK.finditer(text, line.start(), line.end())
        yield from (mark for mark in marks if not (several and _LINE_END.match(mark[0])))


def _is_marked(line: str) -> bool:
    """Whether a line has a tag or style in it and shows something."""
    return ("<" in line or "]{" in line) and (bare := _STYLED.sub("", line)) != line and bool(bare.strip())


def _shown(mark: str) -> str:
    if mark.startswith("&"):
        return unescape(mark)
    return " " if _LINE_END.match(mark) else ""
