"""Pages without tables that print every cell as a paragraph: which of their empty paragraphs are empty cells.

A browser shows an empty paragraph as white space, and so do we everywhere else. Only where a page is a column of values
are its empty paragraphs marked in the markup and the page is walked once more, to count them with the values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Paragraph
from gicrawl.parser.readers.blank_cells import blank_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gicrawl.parser.document import Block

_MARK: Final = "\ue000"
_NOTHING: Final = re.compile(
    r"(<(p|div|li|dd)\b[^<>]*>)(?:\s|&nbsp;|&#160;|&#xa0;|<br\s*/?>|</?(?:span|o:p|font|strong|b|em)\b[^<>]*>)*(?=</\2\s*>)",
    re.IGNORECASE,
)
_LEAST: Final = 8
"""Paragraphs of one value each that make it the shape of a page."""
_LONGEST: Final = 12  # characters of a value


def with_blank_cells(blocks: Sequence[Block], markup: str, read: Callable[[str], Iterable[Block]]) -> tuple[Block, ...]:
    """The blocks of a page with its empty cells.

    Args:
        blocks: without them; no tables.
        markup: the page.
        read: makes blocks of markup.
    """
    values = sum(len(block.text) <= _LONGEST and block.text.isdecimal() for block in _paragraphs(blocks))
    if values < _LEAST:
        return tuple(blocks)
    found = list(_paragraphs(read(_NOTHING.sub(rf"\1{_MARK}", markup))))
    blanks = blank_cells([" " if block.text == _MARK else block.text for block in found])
    if not blanks:
        return tuple(blocks)
    return tuple(
        Paragraph(" ", block.evidence) if at in blanks else block
        for at, block in enumerate(found)
        if at in blanks or block.text != _MARK
    )


def _paragraphs(blocks: Iterable[Block]) -> Iterable[Paragraph]:
    return (block for block in blocks if isinstance(block, Paragraph))
