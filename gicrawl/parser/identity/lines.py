"""The text of a document as the identity sees it: lines as printed, each with its squeezed twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from gicrawl.parser.document import Grid, Line, Paragraph
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.parser.document import Document

_SEPARATOR = "\0"  # stands in no text and folds to itself
_MARKS = "*#"  # of markdown
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
        document.kept[lines_of] = _lines(document)
    return cast("list[TextLine]", document.kept[lines_of])


def _lines(document: Document) -> list[TextLine]:
    found = [(text.replace(_SEPARATOR, " "), heading) for text, heading in _texts(document)]
    # folded in one go: a call for every line took half the time of the whole identity
    squeezed = squeeze(_SEPARATOR.join([text for text, _ in found])).split(_SEPARATOR)
    new = tuple.__new__
    return [
        new(TextLine, (text.strip().strip(_MARKS).strip(), bare, heading))
        for (text, heading), line in zip(found, squeezed, strict=False)
        if (bare := line.strip(_MARKS))
    ]


def _texts(document: Document) -> Iterator[tuple[str, bool]]:
    """Each line as printed, and whether it is marked as a heading."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            for text in block.text.split("\n"):
                yield text, block.heading
        elif isinstance(block, Line):
            yield "".join([field.text for field in block.fields]), False
        elif isinstance(block, Grid) and len(block.cells) <= _SMALL_GRID:
            rows: dict[int, list[str]] = {}
            for cell in block.cells:
                rows.setdefault(cell.row, []).append(cell.text.strip())
            for row in rows.values():
                yield " ".join(row), False
