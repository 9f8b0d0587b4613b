"""Paragraphs and tables of WordprocessingML as blocks, in reading order.

Where something stands is told by counting: paragraphs and tables of the body each from 0, whatever is wrapped around
them, rows and cells of a table as the file has them (a cell that goes on with the one above counts too). What stands in
a cell or a text box is counted within it and says what it is inside of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid, GridCell, Paragraph
from gicrawl.parser.readers.docx_text import NAMES, Run, flat, relation_of, value_of
from gicrawl.parser.readers.packages import whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element

    from gicrawl.parser.document import Block, Evidence
    from gicrawl.parser.readers.docx_styles import Styles

_MOST_COLUMNS: Final = 63
"""Word's own limit for a table; a span beyond it is damage."""
_MOST_SLOTS: Final = 1_000_000
_LONG_TEXT: Final = 800
"""Characters in one cell that no statutory table has: such a cell holds an article."""
_UNREAD: Final = "\ufffd"
"""A cell that holds a picture and no text is not empty."""
_FEW_CELLS: Final = 8
_TINY_TEXT: Final = 20
_TINY_CELLS: Final = 4
_BAR_CELLS: Final = 3


@dataclass(slots=True)
class _Place:
    """Where blocks are counted: the body, a cell or a text box."""

    inside: str = ""
    paragraphs: int = 0
    tables: int = 0

    def evidence(self, **numbers: int) -> Evidence:
        """The place of something in here."""
        place: Evidence = {**numbers}
        if self.inside:
            place["inside"] = self.inside
        return place

    def within(self, **numbers: int) -> _Place:
        """The place that something in here is for what it holds."""
        own = " ".join(f"{name} {number}" for name, number in numbers.items())
        return _Place(f"{self.inside} {own}".strip())


@dataclass(slots=True)
class _Cell:
    row: int
    column: int
    colspan: int
    evidence: Evidence
    blocks: list[Block]
    rowspan: int = 1

    @property
    def text(self) -> str:
        """Its paragraphs and tiny tables, one a line; other tables in it are blocks of their own."""
        lines = [block.text for block in self.blocks if isinstance(block, Paragraph)]
        if len(lines) < len(self.blocks):
            lines = [line for block in self.blocks for line in _lines(block)]
        if "" in lines:  # where a picture or an object stands
            return "\n".join(line for line in lines if line) or _UNREAD
        return "\n".join(lines)

    @property
    def tables(self) -> list[Block]:
        """Tables in it that are more than a way of writing a number."""
        return [block for block in self.blocks if isinstance(block, Grid) and not _is_tiny(block)]


@dataclass(slots=True)
class _Shape:
    """What a table cell says of the columns and rows it covers."""

    span: int = 1
    continues_above: bool = False
    begins_merge: bool = False
    continues_left: bool = False
    deleted: bool = False


@dataclass(slots=True)
class BlockReader:
    """Reads containers of blocks and counts what it cannot read.

    Attributes:
        shown: pictures: the empty paragraph that stands where each is, and by which relationship it is found.
        objects: the same for objects of other programs, whose text is not in the document itself.
    foreign: parts of other kinds, whose text is not in it either.
        odd_tables: tables with spans that cannot be.
    """

    styles: Styles
    shown: list[tuple[Paragraph, str]] = field(default_factory=list)
    objects: list[tuple[Paragraph, str]] = field(default_factory=list)
    foreign: int = 0
    odd_tables: int = 0

    def read_body(self, body: _Element) -> list[Block]:
        """Blocks of the whole document."""
        return self._read(body, _Place(), muted=False)

    def _read(self, container: _Element, place: _Place, *, muted: bool) -> list[Block]:
        blocks: list[Block] = []
        joined: Run | None = None
        for child, quiet in flat(container, muted=muted):
            name = NAMES[child.tag]
            if name == "p":
                joined = self._read_paragraph(child, place, joined, blocks, muted=quiet)
            elif name == "tbl":
                blocks += self._read_table(child, place, muted=quiet)
            elif name == "altChunk":
                if (relation := relation_of(child)) and not quiet:
                    mark = Paragraph("", place.evidence())
                    self.objects.append((mark, relation))
                    blocks.append(mark)
                else:
                    self.foreign += 1
        if joined is not None and joined.text:
            blocks.append(Paragraph(joined.text, place.evidence(paragraph=place.paragraphs - 1)))
        return blocks

    def _read_paragraph(
        self, paragraph: _Element, place: _Place, joined: Run | None, blocks: list[Block], *, muted: bool
    ) -> Run | None:
        """Append a paragraph and its text boxes; returns it instead where its mark is deleted and it goes on."""
        number = place.paragraphs
        place.paragraphs += 1
        run = joined or Run()
        run.read(paragraph)
        style, ends = self.styles.of(paragraph)
        if not ends:
            return run
        text = run.text
        if text and not muted and not style.contents:
            blocks.append(Paragraph(text, place.evidence(paragraph=number), style.heading))
        for marks, names in ((self.shown, run.pictures), (self.objects, run.embedded)):
            for name in names:
                mark = Paragraph("", place.evidence(paragraph=number))
                marks.append((mark, name))
                blocks.append(mark)
        for box, content in enumerate(run.boxes):
            blocks += self._read(content, place.within(paragraph=number, box=box), muted=muted)
        return None

    def _read_table(self, table: _Element, place: _Place, *, muted: bool) -> list[Block]:
        """The blocks of a table: its grid and those of data tables in it, or what a layout table holds."""
        number = place.tables
        place.tables += 1
        cells, rows = self._read_cells(table, place, number, muted=muted)
        columns = max((cell.column + cell.colspan for cell in cells), default=0)
        if rows * columns > _MOST_SLOTS:
            self.odd_tables += 1
        elif _is_data(cells, rows):
            grid = Grid(
                tuple(GridCell(c.text, c.row, c.column, c.rowspan, c.colspan, c.evidence) for c in cells),
                rows,
                columns,
                _caption(table),
                place.evidence(table=number),
            )
            return [grid, *(block for cell in cells for block in cell.tables)]
        return [block for cell in cells for block in cell.blocks]

    def _read_cells(self, table: _Element, place: _Place, number: int, *, muted: bool) -> tuple[list[_Cell], int]:
        cells: list[_Cell] = []
        above: dict[int, _Cell] = {}  # by its first column: the cell that one below may go on with
        top = 0
        rows = (entry for entry in flat(table, muted=muted) if NAMES[entry[0].tag] == "tr")
        for at_row, (row, quiet) in enumerate(rows):
            column, deleted = _row_start(row)
            if deleted:
                continue
            if column > _MOST_COLUMNS:
                self.odd_tables += 1
                column = 0
            merging: dict[int, _Cell] = {}
            last: _Cell | None = None
            entries = (entry for entry in flat(row, muted=quiet) if NAMES[entry[0].tag] == "tc")
            for at_cell, (element, silent) in enumerate(entries):
                shape = _shape_of(element)
                if shape.deleted:
                    continue
                if shape.span > _MOST_COLUMNS:
                    self.odd_tables += 1
                    shape.span = 1
                held = above.get(column) if shape.continues_above else None
                if held is not None:
                    held.rowspan = top - held.row + 1
                    merging[column] = held
                elif shape.continues_left and last is not None:
                    last.colspan += shape.span
                else:
                    inner = place.within(table=number, row=at_row, cell=at_cell)
                    blocks = self._read(element, inner, muted=silent)
                    evidence = place.evidence(table=number, row=at_row, cell=at_cell)
                    last = _Cell(top, column, shape.span, evidence, blocks)
                    cells.append(last)
                    if shape.begins_merge or shape.continues_above:
                        merging[column] = last
                column += shape.span
            above = merging
            top += 1
        return cells, top


def _row_start(row: _Element) -> tuple[int, bool]:
    """Grid columns left empty before the first cell of a row, and whether the row is deleted."""
    before, deleted = 0, False
    for part in row:
        if NAMES.get(part.tag) != "trPr":
            continue
        for entry in part:
            name = NAMES.get(entry.tag)
            if name == "gridBefore":
                before = whole_number(value_of(entry))
            elif name in {"del", "moveFrom"}:
                deleted = True
    return before, deleted


def _shape_of(cell: _Element) -> _Shape:
    shape = _Shape()
    for part in cell:
        if NAMES.get(part.tag) != "tcPr":
            continue
        for entry in part:
            name = NAMES.get(entry.tag)
            if name == "gridSpan":
                shape.span = max(1, whole_number(value_of(entry), 1))
            elif name == "vMerge":
                shape.begins_merge = value_of(entry) == "restart"
                shape.continues_above = not shape.begins_merge
            elif name == "hMerge":
                shape.continues_left = value_of(entry) != "restart"
            elif name == "cellDel":
                shape.deleted = True
        break
    return shape


def _caption(table: _Element) -> str | None:
    for part in table:
        if NAMES.get(part.tag) == "tblPr":
            return next((value_of(entry) for entry in part if NAMES.get(entry.tag) == "tblCaption"), None)
    return None


def _is_data(cells: list[_Cell], rows: int) -> bool:
    """Whether a table holds data of its own. In doubt it does: a lost table is worse than a strange grid.

    A frame around an article, a column of text and a table whose cells merely hold other tables do not.
    """
    own = [cell for cell in cells if not cell.tables]
    if len(own) < len(cells):  # beside tables only words that have columns of their own count
        own = [cell for cell in own if cell.text]
        if len({cell.row for cell in own}) <= 1:
            return False
    if len(own) <= 1 or len({cell.column for cell in own}) == 1:
        return False
    if len(own) <= _FEW_CELLS and any(len(cell.text) > _LONG_TEXT for cell in own):
        return False
    if rows == 1:
        words = [text for cell in own if (text := cell.text.strip("\xa0\u3000 "))]
        return len(words) > _BAR_CELLS or any(word.isdecimal() for word in words)
    return True


def _is_tiny(table: Grid) -> bool:
    """A table that inside a data table is only a way of writing a number."""
    return len(table.cells) <= _TINY_CELLS and sum(len(cell.text.strip()) for cell in table.cells) <= _TINY_TEXT


def _lines(block: Block) -> list[str]:
    """Text of what stands in a cell."""
    if isinstance(block, Grid):
        return [cell.text for cell in block.cells if cell.text] if _is_tiny(block) else []
    return [block.text]
