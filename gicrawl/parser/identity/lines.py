"""The text of a document as the identity sees it: lines as printed, each with its squeezed twin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from gicrawl.parser.document import Grid, Line, Paragraph
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.parser.document import Document

_SEPARATOR = "\0"  # stands in no text and folds to itself
_MARKS = "*#"  # of markdown
_GAP = "    "
_GAPS = re.compile(r"[ \u3000\xa0]{4,}")
_TITLE = re.compile(r"20\d\d\s*年[^。；;]{0,12}信息公开[^。；;]{0,8}(?:报告|年报)[\s*]*$")
"""How a title ends that names its year."""
_SMALL_GRID = 60  # cells: the table above an article that names its issuer and date has fewer


class TextLine(NamedTuple):
    """One line.

    Attributes:
        printed: as it stands in the document, blanks around it gone.
        squeezed: folded, without blanks: what patterns are matched against.
        heading: the document marks it as a heading.
    """

    printed: str
    squeezed: str
    heading: bool


def lines_of(document: Document) -> list[TextLine]:
    """Every line of text in reading order; the rows of small tables are lines too. Made once for a document."""
    if lines_of not in document.kept:
        _keep(document)
    return cast("list[TextLine]", document.kept[lines_of])


def squeezed_blocks(document: Document) -> list[str]:
    """The text of each block, squeezed; empty for tables. Made once for a document, of its lines."""
    if squeezed_blocks not in document.kept:
        _keep(document)
    return cast("list[str]", document.kept[squeezed_blocks])


def _keep(document: Document) -> None:
    found = [(text.replace(_SEPARATOR, " "), heading, at) for text, heading, at in _texts(document)]
    # folded in one go: a call for every line took half the time of the whole identity
    squeezed = squeeze(_SEPARATOR.join([text for text, _, _ in found])).split(_SEPARATOR)
    new = tuple.__new__
    document.kept[lines_of] = [
        new(TextLine, (text.strip().strip(_MARKS).strip(), bare, heading))
        for (text, heading, _), line in zip(found, squeezed, strict=False)
        if (bare := line.strip(_MARKS))
    ]
    blocks = [""] * len(document.blocks)
    for (_, _, at), line in zip(found, squeezed, strict=False):
        if at is not None:
            blocks[at] += line
    document.kept[squeezed_blocks] = blocks


def _is_apart(pieces: list[str]) -> bool:
    """Whether a title stands by itself in one of the columns that a page had side by side: its menu and its article."""
    return len(pieces) > 1 and any("公开" in piece and _TITLE.search(piece) is not None for piece in pieces)


def _texts(document: Document) -> Iterator[tuple[str, bool, int | None]]:
    """Each line as printed, whether it is marked as a heading, and its block; None for that of a table."""
    for at, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            for text in block.text.split("\n"):
                if _GAP in text and _is_apart(pieces := _GAPS.split(text.strip())):
                    yield from ((piece, False, at) for piece in pieces)
                else:
                    yield text, block.heading, at
        elif isinstance(block, Line):
            pieces = [field.text for field in block.fields]
            if _is_apart(pieces):
                yield from ((piece, False, at) for piece in pieces)
            else:
                yield "".join(pieces), False, at
        elif isinstance(block, Grid) and len(block.cells) <= _SMALL_GRID:
            rows: dict[int, list[str]] = {}
            for cell in block.cells:
                rows.setdefault(cell.row, []).append(cell.text.strip())
            for row in rows.values():
                yield " ".join(row), False, None
