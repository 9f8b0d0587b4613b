"""What HTML elements do to the text around them, and text as a reader of the page sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from turbohtml import Element, Text

from gicrawl.parser.document import Grid, Paragraph

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from turbohtml import Node

    from gicrawl.parser.document import Block

INLINE, BLOCK, SKIP, BREAK, TABLE, LINK, HEADING, VERBATIM, RAISED, FILLED = range(10)
_BLOCKS: Final = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form header hgroup hr html legend li main menu nav ol p search section summary ul ucapcontent"
)
PARTS: Final = frozenset(["caption", "tbody", "td", "tfoot", "th", "thead", "tr"])
"""Parts of tables: blocks as well, always descended into and therefore never surveyed, which halves the survey."""
_SKIPPED: Final = (
    "audio button canvas datalist embed head iframe map math noscript object script select style svg template textarea "
    "title video"
)
ROLES: Final = {
    **dict.fromkeys([*_BLOCKS.split(), *PARTS], BLOCK),
    **dict.fromkeys(_SKIPPED.split(), SKIP),
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6", "ucaptitle"], HEADING),
    **dict.fromkeys(["pre", "listing", "xmp", "plaintext"], VERBATIM),
    "br": BREAK,
    "table": TABLE,
    "a": LINK,
    "sup": RAISED,
    **dict.fromkeys(["del", "s", "strike"], SKIP),  # struck out: nobody states it any more
    "input": FILLED,
}
"""What an element does to the text around it; elements not named, among them those nobody ever defined, are inline."""
SPECIAL: Final = frozenset(ROLES) - PARTS
UNSHOWN: Final = frozenset([SKIP, FILLED])
"""What is passed over; a field of a form counts in a table that is filled in by it."""
_WRITTEN_IN: Final = frozenset([None, "", "text", "number"])
JOINED: Final = frozenset([INLINE, LINK, RAISED])
_NOT_ALONE: Final = frozenset(
    tag for tag, role in ROLES.items() if role in {SKIP, VERBATIM, BREAK, TABLE, RAISED, FILLED}
)

LINE_END: Final = "\0"
"""Stands for a line end until white space is collapsed; the HTML Standard lets no NUL into the tree."""
SPACE: Final = " \t\n\r\f"
EMPTY: Final = " \t\n\r\f\xa0\u3000\u200b\ufeff\0"
_MARK: Final = re.compile(r"\s*(?:注\s*)?\d{1,2}\s*")
_RUN_OF_SPACE: Final = re.compile(r"[ \t\n\r\f]+")


def collapse(text: str) -> str:
    """White space as a browser shows it; line ends where `LINE_END` stands. A tab alone between words stays a tab."""
    text = text.strip(SPACE)
    if "\n" in text or "  " in text or "\r" in text or "\f" in text:
        text = _RUN_OF_SPACE.sub(_one_space, text)
    if LINE_END in text:
        text = "\n".join(line.strip(SPACE) for line in text.split(LINE_END)).strip("\n")
    return text


def _one_space(match: re.Match[str]) -> str:
    found = match[0]
    return "\t" if "\t" in found and "\n" not in found and "\r" not in found else " "


def without_escapes(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks with a blank where an editor that escaped its own markup again left the letters `&nbsp;`."""
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Grid):
            cells = tuple([cell._replace(text=_with_blanks(cell.text)) for cell in block.cells])
            kept.append(block._replace(cells=cells))
        elif isinstance(block, Paragraph):
            kept.append(block._replace(text=_with_blanks(block.text)))
        else:
            kept.append(block)
    return tuple(kept)


def _with_blanks(text: str) -> str:
    return text.replace("&nbsp;", "\xa0").strip(SPACE) if "&nbsp;" in text else text


def raised(text: str, before: str) -> str:
    """A raised figure behind a number is the mark of a note and no digit of it: `30<sup>1</sup>` is `30[1]`. So is 注1.

    Args:
        text: what is raised.
        before: the text it follows.
    """
    return f"[{text.strip()}]" if before[-1:].isdigit() and _MARK.fullmatch(text) else text


class Inside(NamedTuple):
    """What elements hold that is more than text and inline elements.

    Attributes:
        marked: elements with a `SPECIAL` element somewhere in them, each with the first one.
        several: those of them with more than one.
    """

    marked: Mapping[Node, Element]
    several: Container[Node]


def cell_text(cell: Element, inside: Inside) -> str:
    """Text of a table cell: inline elements joined without a separator, blocks and `<br>` on lines of their own.

    Args:
        cell: the cell.
        inside: what the elements of its tree hold.
    """
    text = cell.text
    special = inside.marked.get(cell)
    if special is None:
        return text if text.isalnum() else collapse(text)  # most cells are a number
    if cell not in inside.several and special.tag not in _NOT_ALONE:
        # Nearly every cell holds one paragraph and white space: that needs no line ends.
        text = text.strip(SPACE)
        paragraph = special.text
        if paragraph == text or paragraph.strip(SPACE) == text:
            return text if text.isalnum() else collapse(text)
    return _lines(cell, inside.marked)


def _lines(cell: Element, marked: Mapping[Node, Element]) -> str:  # noqa: C901, PLR0912 - the small sister of `_walk`
    """Text of an element with several blocks in it."""
    run: list[str] = []
    stack: list[tuple[Iterator[Node], bool]] = []
    nodes = iter(cell.children)
    is_block = False
    while True:
        descend: Element | None = None
        for node in nodes:
            if type(node) is Text:
                run.append(node.data)
            elif type(node) is Element:
                tag = node.tag
                role = ROLES.get(tag, INLINE)
                if role in UNSHOWN:
                    if role == FILLED and node.attr("type") in _WRITTEN_IN:
                        run.append(node.attr("value") or "")
                    continue
                if role not in JOINED:
                    run.append(LINE_END)
                if node in marked or tag in PARTS or role == TABLE:
                    descend = node
                    stack.append((nodes, is_block))
                    is_block = role not in JOINED
                    break
                if role == RAISED:
                    run.append(raised(node.text, run[-1] if run else ""))
                elif role != BREAK:
                    run.append(node.text)
                    if role not in JOINED:
                        run.append(LINE_END)
        if descend is not None:
            nodes = iter(descend.children)
            continue
        if is_block:
            run.append(LINE_END)
        if not stack:
            break
        nodes, is_block = stack.pop()
    lines = collapse("".join(run))
    return "\n".join(line for line in lines.split("\n") if line) if "\n\n" in lines else lines
