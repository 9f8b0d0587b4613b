"""The cells of every statutory table in a document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, islice, pairwise, takewhile
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from gicrawl.parser.align.blocks import block_cells
from gicrawl.parser.align.cells import PLACEMENT, left_open, unread
from gicrawl.parser.align.labels import ANCHOR, han_columns, wanted_of
from gicrawl.parser.align.list_labels import STATISTICS
from gicrawl.parser.align.lists import list_hints, read_list, seems_listed
from gicrawl.parser.align.missing import perhaps_printed
from gicrawl.parser.align.numbers import NO_FIELD, Kind
from gicrawl.parser.align.readings import Reading, read_labels
from gicrawl.parser.align.rows import row_cells
from gicrawl.parser.align.short_rows import without_short_rows
from gicrawl.parser.align.stream import NO_TABLE, Atom, Stream, han, stream
from gicrawl.parser.document import Grid
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Cell, Problem, RawGrid, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.forms import Form, Table

_TOLD = re.compile(r"[，。；,;]|\d\s*[件起宗]")
"""What stands in sentences and in no label of a side-by-side table."""
_TABLE = itemgetter(Atom._fields.index("table"))
_UNIT = re.compile("单位(万?元)")
_TEXT = Kind.TEXT  # a member of an enumeration is found ten times as slowly as a name
_TELLING_ROW = 3  # figures behind words that make a line a row
_LIST = 12  # rows; the shortest annex has 16, and what is shorter beside later tables sums a report up
_SINCE_2019 = "applications"
"""The table that took the place of the lists."""
_SAID = frozenset({State.NUMBER, State.BLANK, State.NOT_APPLICABLE})
_AGAIN = 0.6  # of the long row labels that stand below a table again where it is printed twice
_PROSE = 4  # Han characters of a text that ends a table once its values have begun


@dataclass(slots=True)
class Tables:
    """What was read of the statutory tables.

    Attributes:
        forms: (table, form) for every table found.
        grids: tables of the document that belong to none of them.
    """

    cells: list[Cell] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    grids: list[RawGrid] = field(default_factory=list)


def read_tables(document: Document, forms: Sequence[Form]) -> Tables:
    """Align a document to the forms.

    Args:
        document: what a reader made of the bytes.
        forms: every known form.
    """
    atoms = stream(document)
    readings = read_labels(atoms, forms)
    out = Tables()
    used: set[int] = set()
    taken: list[tuple[int, int]] = []
    for number, reading in enumerate(readings):
        first = atoms.atom_at(reading.first)
        last = _end(atoms, reading, readings[number + 1 :])
        if reading.table.layout == "blocks":
            floor = readings[number - 1].last if number else 0
            cells, problems = block_cells(atoms, reading, floor, last)
            if not any(cell.state in _SAID for cell in cells):
                cells, problems = _among_sentences(atoms, reading.table, forms) or (cells, problems)
            if _only_told(atoms, reading, cells):
                continue
        else:
            cells, problems = perhaps_printed(atoms, reading, last, *row_cells(atoms, reading, last))
            if reading.unsettled:
                cells = [_open(cell) if cell.state in _SAID else cell for cell in cells]
            problems += _rows_beyond(atoms, reading, last)
            cells = _held_against(cells, _again(atoms, reading, last, forms))
        if (money := _money(reading.table)) and any(cell.column in money for cell in cells):
            cells = _in_unit(cells, money, atoms.han[reading.first : atoms.position_after(last)])
        taken.append((first, last))
        used.update(map(_TABLE, atoms.atoms[first:last]))
        out.cells += cells
        out.problems += problems
        out.forms.append((reading.table.key, reading.form))
    if any(one[1] > two[0] for one, two in pairwise(sorted(taken))):
        out.cells = _each_once(out.cells)
    used |= _add_list(out, atoms, taken)
    out.cells = without_short_rows(out.cells, ends=atoms.ends)
    out.grids = [
        raw_grid(grid)
        for number, grid in enumerate(block for block in document.blocks if isinstance(block, Grid))
        if number not in used
    ]
    return out


def _add_list(out: Tables, atoms: Stream, taken: Sequence[tuple[int, int]]) -> set[int]:
    """Add the list of indicators, if there is one; the grids it was read from that hold nothing else."""
    hints = list_hints(atoms)
    listed = read_list(atoms, taken, hints)
    if listed is None:
        if seems_listed(hints):
            out.problems.append(Problem("table_unread", (("table", STATISTICS),)))
        return set()
    if listed.rows < _LIST and any(table == _SINCE_2019 for table, _ in out.forms):
        out.problems.append(Problem("list_beside_tables", (("count", str(listed.rows)),)))
        return set()
    out.cells += listed.cells
    out.problems += listed.problems
    out.forms.append((STATISTICS, listed.form))
    return listed.tables


def _open(cell: Cell) -> Cell:
    """A cell whose column may be another one's: what stands there is a candidate."""
    return left_open(cell.key, PLACEMENT, [(cell.raw or "", cell.evidence)])


def _again(atoms: Stream, reading: Reading, last: int, forms: Sequence[Form]) -> list[Cell]:
    """The cells of a large table printed a second time in text; those in grids are told apart by their places."""
    table = reading.table
    labels = [wanted.shortest for wanted in wanted_of(table) if wanted.role == "row"]
    labels = [label for label in labels if len(label) >= ANCHOR]
    rest = atoms.position_after(last)
    if len(table.rows) <= ANCHOR or sum(atoms.han.find(label, rest) >= 0 for label in labels) < _AGAIN * len(labels):
        return []
    after = Stream(atoms.atoms[last:])
    readings = read_labels(after, forms)
    for number, other in enumerate(readings):
        if other.table.key == table.key and after.atoms[after.atom_at(other.last - 1)].table < 0:
            return row_cells(after, other, _end(after, other, readings[number + 1 :]))[0]
    return []


def _held_against(cells: list[Cell], again: Sequence[Cell]) -> list[Cell]:
    """The cells, those ambiguous for which another print of their table says something else."""
    if not again:
        return cells
    others = {cell.key: cell for cell in again if cell.state in _SAID}
    out = []
    for cell in cells:
        other = others.get(cell.key)
        if other is None or cell.state not in _SAID or (cell.state, cell.value) == (other.state, other.value):
            out.append(cell)
            continue
        out.append(left_open(cell.key, "table_twice", ((one.raw or "", one.evidence) for one in (cell, other))))
    return out


def _among_sentences(atoms: Stream, table: Table, forms: Sequence[Form]) -> tuple[list[Cell], list[Problem]] | None:
    """The cells of a side-by-side table without the sentences around it, which may name its headings in any order.

    Returns:
        Cells and problems; None where nothing is read this way either.
    """
    plain = Stream([atom for atom in atoms.atoms if atom.kind is not _TEXT or _TOLD.search(atom.raw) is None])
    readings = read_labels(plain, forms)
    for number, reading in enumerate(readings):
        if reading.table.key == table.key:
            floor = readings[number - 1].last if number else 0
            found = block_cells(plain, reading, floor, _end(plain, reading, readings[number + 1 :]))
            return found if any(cell.state in _SAID for cell in found[0]) else None
    return None


@cache
def _money(table: Table) -> dict[str, tuple[re.Pattern[str], str | None]]:
    """For each column of money how its heading prints a unit, and the unit that the form sets."""
    out = {}
    for column in table.columns:
        if column.money:
            words = han(column.labels[0])
            own = _UNIT.search(words)
            heading = re.compile(f"{_UNIT.split(words)[0]}(?:金额)?(?:单位)?为?(万元|元)")
            out[column.key] = (heading, own[1] if own else None)
    return out


def _in_unit(cells: list[Cell], money: dict[str, tuple[re.Pattern[str], str | None]], words: str) -> list[Cell]:
    """Money with the unit that its heading prints, where that is not the form's own (本年收费金额（单位：元）)."""
    found = {column: heading.search(words) for column, (heading, _) in money.items()}
    units = {column: unit[1] for column, unit in found.items() if unit is not None and unit[1] != money[column][1]}
    return [
        cell._replace(unit=units[cell.column])
        if cell.column in units and cell.value is not None and cell.unit is None
        else cell
        for cell in cells
    ]


def _each_once(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of tables that lie within each other, as where a text is read column after column: a figure is of one.

    It is of the one that is surer of it, and of none where several are.
    """
    best: dict[int, float] = {}
    several: set[int] = set()
    for cell in cells:
        if cell.value is not None:
            place = id(cell.evidence)
            if cell.confidence == best.get(place):
                several.add(place)
            elif cell.confidence > best.get(place, -1.0):
                several.discard(place)
                best[place] = cell.confidence
    return [
        cell
        if cell.value is None or (best[id(cell.evidence)] == cell.confidence and id(cell.evidence) not in several)
        else unread(cell.table, cell.row, cell.column)
        for cell in cells
    ]


def _only_told(atoms: Stream, reading: Reading, cells: Sequence[Cell]) -> bool:
    """Whether what proves a table only stands in sentences: 未经复议直接起诉2件，均维持。 is no unread table."""
    if any(cell.state is not State.UNREAD for cell in cells):
        return False
    proofs = [label for label in reading.labels if label is not None and label.end - label.start >= ANCHOR]
    return all(
        _TOLD.search(atoms.atoms[atoms.atom_at(reading.origin + label.start)].raw) is not None for label in proofs
    )


def raw_grid(grid: Grid) -> RawGrid:
    """A table as it stands there."""
    rows = [[""] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell.text
    return RawGrid(caption=grid.caption, rows=tuple(tuple(row) for row in rows), evidence=grid.evidence)


def _end(atoms: Stream, reading: Reading, later: Sequence[Reading]) -> int:
    """Index after the last atom of a table: where words begin again, or the next table."""
    limit = len(atoms.atoms)
    for other in later:
        if other.first >= reading.last:
            limit = min(limit, atoms.atom_at(other.first))
    own = _own(reading.table)
    begun = False
    first = atoms.atom_at(reading.last - 1) + 1
    if reading.table.layout == "rows":
        until = atoms.position_after(limit)
        if (heading := _headings(reading.table).search(atoms.han, reading.last, until)) is not None:
            limit = min(limit, max(first, atoms.atom_at(heading.start())))
    whole = len(reading.table.rows) * len(reading.table.columns) if reading.table.layout == "blocks" else limit
    row, held = -1, 0
    for index, atom in enumerate(atoms.atoms[first:limit], first):
        kind = atom.kind
        if held >= whole and atom.row != row:
            return index  # all of it in one printed row: what follows is the same table of another body, or year
        if atom.row != row:
            row, held = atom.row, 0
        held += row >= 0 and kind is not _TEXT and kind not in NO_FIELD
        if kind is not _TEXT:
            begun = begun or kind not in NO_FIELD
        elif begun and len(words := atom.han) >= _PROSE and words not in own:
            return index
    return limit


def _rows_beyond(atoms: Stream, reading: Reading, last: int) -> list[Problem]:
    """Rows right below a table, in its own grid and with figures of their own, that its form does not have.

    In flattened text they are lines cut as its last one is; where only blanks part fields, with a figure each column.
    """
    grid = atoms.atoms[atoms.atom_at(reading.last - 1)].table
    width = len(reading.table.columns)
    out: list[Problem] = []
    if grid == NO_TABLE and width < _TELLING_ROW:
        return out
    below = takewhile(lambda atom: atom.table == grid and atom.row >= 0, islice(atoms.atoms, last, None))
    for _, row in groupby(below, key=attrgetter("row")):
        label, *fields = row
        if label.kind is not _TEXT or not any(field.kind is Kind.NUMBER for field in fields):
            break
        if grid == NO_TABLE and len(fields) != width:
            break
        if any(field.kind is _TEXT for field in fields):
            break
        out.append(Problem("row_unknown", (("table", reading.table.key), ("row", label.han))))
    return out


@cache
def _headings(table: Table) -> re.Pattern[str]:
    """Long headings of any table, this one too, and of other parts: below one that comes after all rows is another."""
    tables = [other for form in load_forms() for other in form.tables if other.layout != "list"]
    texts = {han(text) for other in tables for text in (*other.headers, *(one.labels[0] for one in other.columns))}
    texts |= {han(other.section.partition("、")[2]) for other in tables if other.section != table.section}
    rows = {han(text) for row in table.rows for text in row.labels} | {han(text) for text in table.groups}
    names = sorted((text for text in texts if len(text) >= ANCHOR and not any(text in row for row in rows)), key=len)
    return re.compile("|".join(map(re.escape, names[::-1])))


@cache
def _own(table: Table) -> frozenset[str]:
    """What a table itself says in words."""
    return frozenset([*(text for wanted in wanted_of(table) for text in wanted.variants), *han_columns(table)])
