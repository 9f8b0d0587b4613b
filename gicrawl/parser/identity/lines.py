"""The text of a document as the identity sees it: lines as printed, each with its squeezed twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.parser.document import Grid, Line, Paragraph
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.parser.document import Document

_SMALL_GRID = 60  # cells: the table above an article that names its issuer and date has fewer


@dataclass(frozen=True, slots=True)
class TextLine:
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
    """Every line of text in reading order; the rows of small tables are lines too."""
    return [line for line in _lines(document) if line.squeezed]


def _lines(document: Document) -> Iterator[TextLine]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            for text in block.text.split("\n"):
                yield _line(text, heading=block.heading)
        elif isinstance(block, Line):
            yield _line("".join(field.text for field in block.fields), heading=False)
        elif isinstance(block, Grid) and len(block.cells) <= _SMALL_GRID:
            rows: dict[int, list[str]] = {}
            for cell in block.cells:
                rows.setdefault(cell.row, []).append(cell.text.strip())
            for row in rows.values():
                yield _line(" ".join(row), heading=False)


def _line(text: str, *, heading: bool) -> TextLine:
    return TextLine(text.strip().strip("*#").strip(), squeeze(text).strip("*#"), heading)
