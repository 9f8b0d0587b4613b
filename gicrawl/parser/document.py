"""A document as the parser sees it: the same few blocks whatever the file kind was.

A reader (`gicrawl.parser.readers`) turns bytes into a `Document`; everything after it works on `Document` only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

Evidence: TypeAlias = "dict[str, str | int | float | list[float]]"
"""Where something stands in the source, precisely enough to highlight it; its keys depend on the reader.

Text and markdown: `start`, `end` (character offsets in the decoded file). HTML: `path` (an XPath of the table cell or
paragraph in the tree a browser builds) and, where only part of it is meant, `start` and `end` in its text content
(without words that its mark-up hides).
PDF: `page` (1-based) and `box` ([x0, y0, x1, y1] in points from the upper left corner of the page as shown), for what
goes on over a page break `last_page` and `last_box`, and for part of a line `start` and `end` in its text. Pictures:
the same in pixels of the picture as stored.
What stands in a picture within another file has that picture's place, its name in the file as `picture`, and `page` and
`box` in it.
DOCX: `paragraph`, or `table`, `row` and `cell`, counted from 0 in the order of the file; for what stands in a cell or a
text box, counted from 0 within it, with that place as `inside`, outermost first (`table 0 row 1 cell 2`). What stands
in a workbook embedded there has the name of its file as `embedded_file`, and its place in that.
Markup that a page carries as a string: `embedded`, the XPath of the node it stands in (`/`: the file is JSON), and
`embedded_start`, `embedded_end`, its place in the text of that; `path` is then one in the tree made of the string.
What stands in an attached body of the document also has `attachment`, the body's number from 1.
"""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a document beside its bytes. It may settle charset and issuer; it never changes a cell."""

    url: str | None = None
    declared_type: str | None = None
    declared_charset: str | None = None
    link_text: str | None = None
    site_labels: tuple[tuple[str, str], ...] = ()
    """Meta labels of the site standard seen with the capture, e.g. (("SiteIDCode", "3503000001"),)."""
    missing: int = 0
    """How many attached files the page links to that could not be had."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a document: the main body or an attached one."""

    body: bytes
    name: str | None = None
    """File name as given; its suffix is a hint for the reader, never more."""


class Field(NamedTuple):
    """One field of a line: text between tabs, pipes or line ends, as printed, with its place."""

    text: str
    start: int
    """Offset of `text` in the whole decoded text of the document (text files) or of its block (HTML)."""


_NOWHERE: Final[Evidence] = {}
"""Evidence of what stands nowhere; shared, and like all evidence never written to."""


class Line(NamedTuple):
    """A line of flattened text. A named tuple for the same reason as `GridCell`, like all blocks."""

    fields: tuple[Field, ...]
    path: str | None = None
    """Element path of the block the line stands in, for HTML without tables."""
    evidence: Evidence = _NOWHERE
    """Where the whole line stands, for formats whose places are no character offsets in a file."""
    ended: int = 0
    """How many of its last fields are empty because it ends before other lines of its table do."""

    @property
    def text(self) -> str:
        """The line as printed, fields joined by tabs."""
        return "\t".join(f.text for f in self.fields)


class GridCell(NamedTuple):
    """A cell of a table with the columns and rows it covers.

    A named tuple and no dataclass because a page has hundreds of them: making frozen dataclasses took a tenth of the
    time of a whole parse.
    """

    text: str
    row: int
    column: int
    rowspan: int
    colspan: int
    evidence: Evidence


class Grid(NamedTuple):
    """A table whose cells the file itself delimits (HTML, DOCX, ruling lines)."""

    cells: tuple[GridCell, ...]
    rows: int
    columns: int
    caption: str | None = None
    evidence: Evidence = _NOWHERE
    hidden: bool = False
    """It is large, and the page does not show it."""


class Paragraph(NamedTuple):
    """Running text."""

    text: str
    evidence: Evidence = _NOWHERE
    heading: bool = False
    """The file marks it as a heading."""


Block: TypeAlias = "Paragraph | Grid | Line"


class Frame(NamedTuple):
    """Where a picture stands upright on a page, in points from the upper left corner of the page as shown.

    Attributes:
        page: its number, 1-based.
        box: left, top, right, bottom.
    """

    page: int
    box: tuple[float, float, float, float]


class Picture(NamedTuple):
    """A picture within a file of another kind. It is looked at only where a table is missing that it may hold.

    Attributes:
        at: how many blocks stand before it.
        evidence: where it stands; `picture` is its name.
        body: its file; of a picture on a page of a PDF that file, from which its frame is drawn.
        frame: on a page of a file that is made of pages; what is read in it has its place on that page.
    """

    at: int
    evidence: Evidence
    body: bytes
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How sure it is what stands in a cell, where that was recognised in a picture.

    Attributes:
        sure: 0 to 1, by the recogniser alone.
        others: what else it may be, the likeliest first; several looks at it that disagree, among them.
    """

    sure: float
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of the bytes.

    Attributes:
        media_type: what the bytes are, by their content.
        charset: what they were decoded with; None for binary formats.
        blocks: the content in reading order, site chrome left out as far as the reader can tell.
        title: the title the file or page itself declares, e.g. `<title>`, as printed.
        labels: labels the file carries about itself, e.g. HTML meta, lower-cased names, first one wins.
        problems: (code, fields) of what the reader met and did not understand.
        failed: nothing could be read, and a problem says why; the document is `failed`, never `not_a_report`.
        kept: what was made of it once, by what made it; no part of what it says.
        readings: (evidence, reading) of every cell of a table that was recognised in a picture.
        pictures: those in it that were not looked at, in reading order.
        cuts: (offset, characters left out before it) of a text read without what means nothing in it, of line ends and
            markup apart: the last left out first, as the offsets of the blocks count.
    """

    media_type: str
    charset: str | None
    blocks: tuple[Block, ...]
    title: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    failed: bool = False
    kept: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)
    readings: tuple[tuple[Evidence, Reading], ...] = ()
    pictures: tuple[Picture, ...] = ()
    cuts: tuple[tuple[tuple[int, int], ...], ...] = ()


def refused(media_type: str, code: str, *fields: tuple[str, str]) -> Document:
    """A file of which nothing could be read.

    Args:
        media_type: what the bytes are.
        code: of the one problem that says why, as `problems.toml` lists them.
        fields: what its sentence names.
    """
    return Document(media_type, None, (), problems=((code, fields),), failed=True)
