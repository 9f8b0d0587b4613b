"""Tables whose rows are printed one below the other: their cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import PlainRow, Settled, absent, cells_of, doubted, empty, plain_cells, unread
from gicrawl.parser.align.columns import Columns, all_wider, columns_of, lacks_column
from gicrawl.parser.align.layouts import KEPT, Skeleton, skeleton
from gicrawl.parser.align.naming import SMALL, after_header, begins_longer, figures_first, strange_headings, with_names
from gicrawl.parser.align.numbers import NO_FIELD, Kind
from gicrawl.parser.align.ordering import adrift_rows, bare_rows, names_itself, out_of_order, printed_again
from gicrawl.parser.align.placing import (
    adds_up,
    figures,
    moved_up,
    one_column_less,
    placements,
    printed_twice,
    shown,
    under_headings,
    without_surplus,
)
from gicrawl.parser.align.runs import Assigned, Place, Run, assign, collect
from gicrawl.parser.align.stream import NO_TABLE, Stream
from gicrawl.parser.report import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.labels import Found
    from gicrawl.parser.align.placing import Placement
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.stream import Atom
    from gicrawl.parser.forms import Table
    from gicrawl.parser.report import Cell

_FEW = 3  # rows that flow as one: more may be printed column by column
_MANY = 3  # rows that must break their sum before the columns are doubted
_WIDER = 2  # rows of one value too many that make a column which the form does not have
_READABLE = 0.8  # similarity from which a damaged heading still says so
_APPLICATIONS = "applications"
_FRAME = ("new_received", "carried_in", "results_total", "carried_out")

# Confidence, by what speaks for a value. Below 0.9 nobody should rely on it unseen.
_GRID, _BESIDE, _FLOWING = 0.99, 0.97, 0.97
_POSITION = 0.95  # some cells of the row are only gaps
_HELD = 0.92  # labels and numbers came apart, but the columns of the whole table add up
_SEVERAL = 0.85  # several placements fitted, and the row's own sum chose
_LOOSE = 0.75  # labels and numbers came apart, and nothing confirms the order


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the form with what was found of it.

    Attributes:
        similarity: of its label; None where that was not found.
        run: the values given to it; None where it got none.
        place: of the run, seen from the label.
        options: its placements; None where the figures have a say in which there are.
        confidence: in them, before the figures are asked.
        doubted: the order of the rows tells nothing of this one.
        asks: it is trusted more where the columns of the whole table add up.
        twice: fields that must say the same: a merged cell, printed once for each column of it.
        adrift: neither its label nor the number of rows around it says that these values are its own.
        bare: atom that ends its label, where nothing else is printed of it.
        ends: its line ends before its last column: a cell may be empty, or gone and the others moved.
    """

    similarity: float | None
    run: Run | None
    place: Place | None
    options: tuple[Placement, ...] | None
    confidence: float
    doubted: bool
    asks: bool
    twice: tuple[tuple[int, int], ...] = ()
    adrift: bool = False
    bare: int | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which values of a table belong where, as far as its skeleton tells.

    Attributes:
        rows: of the form, in its order; none where `plain` has them.
        order: for each printed column, which column of the form it is.
        seats: for each column of the form, which printed column it is.
        headed: every column has its heading.
        turned: orders that the values may have beside this one.
        presumed: the order of the columns is only presumed, and nothing else tells.
        extra: the header has a column that the form does not have.
        wider: the placements of its rows leave out one printed column each, the first, the second and so on.
        strays: what is printed before whole rows of values that no row of the form got.
        plain: its rows, where every one stands whole beside its label; None where something is to be weighed.
    """

    rows: tuple[_Row, ...]
    order: tuple[int, ...]
    seats: tuple[int, ...]
    headed: bool
    turned: tuple[tuple[int, ...], ...]
    presumed: bool
    extra: bool
    wider: bool
    strays: tuple[str, ...]
    plain: tuple[PlainRow, ...] | None = None


def row_cells(atoms: Stream, reading: Reading, last: int) -> tuple[list[Cell], list[Problem]]:
    """Cells of a table that ends before atom `last`, with the problems of reading it."""
    bones, part = skeleton(atoms, reading, atoms.atom_at(reading.first), last)
    layout = _kept(bones)
    if layout.plain is not None:
        return plain_cells(part, reading.table.key, layout.plain), []
    if part[-1] is atoms.atoms[-1]:  # what stood behind a label there nobody knows: the file may have been cut off
        rows = (replace(row, bare=None) if row.bare == len(part) - 1 else row for row in layout.rows)
        layout = replace(layout, rows=tuple(rows))
    return _cells(part, reading.table, layout)


@lru_cache(maxsize=KEPT)
def _kept(bones: Skeleton) -> _Layout:
    layout = _layout(bones)
    plain = _plain(bones.reading.table, layout)
    return layout if plain is None else replace(layout, rows=(), plain=plain)


def _plain(table: Table, layout: _Layout) -> tuple[PlainRow, ...] | None:
    """The rows of a table of which nothing is open: what `_cells` would find out of them without its figures.

    All that the figures have a say in is whether a row adds up.
    """
    sums = table.key == _APPLICATIONS
    width = len(layout.order)
    if (
        layout.strays
        or layout.turned
        or layout.wider
        or (sums and not layout.headed)
        or sorted(layout.order) != list(range(width))
    ):
        return None
    out = []
    for row, entry in zip(layout.rows, table.rows, strict=True):
        option = row.options[0] if row.options is not None and len(row.options) == 1 else ()
        fields = [index for seat in layout.seats for index in option[seat : seat + 1] if index is not None]
        if (
            row.run is None
            or row.similarity is None
            or row.asks
            or row.twice
            or row.adrift
            or row.ends
            or len(fields) != width
        ):
            return None
        settled = Settled(row.options or (), _POSITION if row.run.held != width else row.confidence)
        weighed = _weighed(row, settled, tidy=True, confirmed=False)
        assert weighed is not None  # its label stands beside it
        sure = min(weighed.confidence, _SEVERAL if row.doubted or layout.presumed else 1.0)
        unsure = min(sure, _POSITION if row.confidence == _GRID else _HELD) if sums else sure
        out.append(PlainRow(entry.key, sure, unsure, tuple(zip(fields, table.columns, strict=True))))
    return tuple(out)


def _layout(bones: Skeleton) -> _Layout:
    atoms, reading = bones.rebuilt(), bones.reading.placed()
    table = reading.table
    claimed = [(label.start, label.end) for label in reading.labels if label is not None]
    found = [None if label is None or begins_longer(atoms, label, claimed) else label for label in reading.found("row")]
    if not any(found):
        found = reading.found("row")
    labels = [None if label is None else (atoms.atom_at(label.start), atoms.atom_at(label.end - 1)) for label in found]
    width = len(table.columns)
    first = min(span[0] for span in labels if span is not None)
    head = (_first_of_row(atoms, atoms.atom_at(reading.first)), first)
    begin = min(label.start for label in found if label is not None)
    runs = collect(atoms.atoms, after_header(atoms, reading, first), bones.last, width)
    runs = with_names(atoms, reading, runs, turned=figures_first(atoms, runs, labels, width))
    columns = replace(
        columns_of(atoms, table, head, begin, runs), traced=any(_traced(atoms, run, width) for run in runs)
    )
    if columns.surplus is None and not (columns.headed or columns.extra) and all_wider(runs, width):
        wider = table.key == _APPLICATIONS and sum(run.held > width for run in runs) >= _WIDER
        columns = replace(columns, wider=wider, profiles={} if wider else columns.profiles)
    if sum(run.held == width + 1 and _is_cut(atoms, run) for run in runs) >= _WIDER:
        columns = replace(columns, extra=True, profiles={})  # rows that seem whole are short of a cell
    if not columns.headed and lacks_column(atoms, table, head, runs):
        columns = replace(columns, extra=True, profiles={}, surplus=None)  # a trace of a merged label fills them
    assigned = assign(runs, labels, width)
    moved = out_of_order(atoms, reading, bones.last)
    rows = [
        _laid(atoms, label, each, columns, doubted=at in moved and not names_itself(at, each))
        for at, (label, each) in enumerate(zip(found, assigned, strict=True))
    ]
    adrift = adrift_rows(runs, assigned, labels, width)
    strange = len(table.rows) <= SMALL and not columns.headed and strange_headings(atoms, reading, begin)
    if strange:  # more columns than those that were understood, perhaps: nothing says which value is whose
        adrift |= {at for at, row in enumerate(rows) if row.run is not None and _flows(atoms, row.run)}
    rows = [replace(row, adrift=True) if at in adrift else row for at, row in enumerate(rows)]
    for at, pairs in printed_again(runs).items():
        rows[at] = replace(rows[at], twice=(*rows[at].twice, *pairs))
    for at in bare_rows(atoms, found, assigned, runs, width):
        label = labels[at]
        rows[at] = replace(rows[at], bare=None if label is None else label[1])
    given = {id(each.run) for each in assigned}
    headed = columns.headed or all(label and label.similarity >= _READABLE for label in reading.found("column"))
    return _Layout(
        rows=tuple(rows),
        order=columns.order,
        seats=tuple(sorted(range(width), key=columns.order.__getitem__)),
        headed=columns.headed,
        turned=columns.turned,
        presumed=bool(columns.turned) or columns.wider or strange or (not headed and len(table.rows) <= SMALL),
        extra=columns.extra,
        wider=columns.wider,
        strays=tuple(run.named for run in runs if _is_row(run, width) and id(run) not in given),
    )


def _first_of_row(atoms: Stream, at: int) -> int:
    """The first field of the printed row that an atom is in: 总计 may stand before all other headings."""
    row = atoms.atoms[at].row
    while at and row >= 0 and atoms.atoms[at - 1].row == row:
        at -= 1
    return at


def _flows(atoms: Stream, run: Run) -> bool:
    return atoms.atoms[run.atoms[0]].row < 0


def _is_row(run: Run, width: int) -> bool:
    """Whether a run is a printed row of values, some of which may be empty."""
    return run.held == width or (run.held > 0 and len(run.atoms) == width)


def _laid(atoms: Stream, label: Found | None, each: Assigned, columns: Columns, *, doubted: bool) -> _Row:
    """A row with its placements."""
    similarity = None if label is None else label.similarity
    run, place = each.run, each.place
    if run is None or place is None:
        return _Row(similarity, None, None, (), 0.0, doubted, asks=False)
    width = len(columns.order)
    run = _within(atoms, run, width)
    lead = atoms.atoms[run.atoms[0]]
    profile = columns.profiles.get(lead.table)
    if profile and lead.table < NO_TABLE and _label_reaches(atoms, run, profile[0][0]):
        profile = None  # a line of the same length, but with more of its fields taken by labels
    if profile and atoms.atoms[run.atoms[-1]].right <= profile[-1][0]:
        profile = None  # a row that ends early: what stands in it may have moved to the left
    if profile and lead.table >= 0 and len(run.atoms) < width and not under_headings(atoms.atoms, run.atoms, profile):
        profile = None  # fewer cells than columns, and of other widths: none stands under its heading
    twice = printed_twice(atoms.atoms, run.atoms, profile) if profile and len(run.atoms) > width else ()
    if twice:
        again = {other for _, other in twice}
        kept = tuple(index for index in run.atoms if index not in again)
        run = replace(run, atoms=kept, held=sum(atoms.atoms[index].kind not in NO_FIELD for index in kept))
    options = placements(atoms.atoms, run, width, profile, columns)
    confidence = _GRID if lead.table >= 0 else _BESIDE if place is Place.BESIDE else _FLOWING
    asks = place is not Place.BESIDE or run.cut
    found = None if options is None else tuple(options)
    ends = any(atoms.atoms[index].kind is Kind.END for index in run.atoms)
    return _Row(similarity, run, place, found, confidence, doubted, asks, twice, ends=ends)


def _within(atoms: Stream, run: Run, width: int) -> Run:
    """The run without the ends of its line beyond the columns of its table: another table of the page is wider."""
    fields = run.atoms
    while len(fields) > width and atoms.atoms[fields[-1]].kind is Kind.END:
        fields = fields[:-1]
    return run if fields is run.atoms else replace(run, atoms=fields)


def _turned(atoms: Sequence[Atom], table: Table, layout: _Layout) -> list[_Row]:
    """The rows with their placements in each order of columns that is possible, all as places of the form's columns.

    Of a table with sums these are the orders in which most rows add up.
    """
    orders = [tuple(range(len(layout.order))), *layout.turned]
    if table.key == _APPLICATIONS:
        options = [row.options for row in layout.rows if row.options]
        broken = [
            sum(not any(adds_up(atoms, option, order) for option in each) for each in options) for order in orders
        ]
        orders = [order for order, rows in zip(orders, broken, strict=True) if rows == min(broken)]
    seats = [sorted(range(len(order)), key=order.__getitem__) for order in orders]
    return [
        replace(row, options=tuple(tuple(option[seat] for seat in each) for each in seats for option in row.options))
        if row.options
        else row
        for row in layout.rows
    ]


def _cells(atoms: list[Atom], table: Table, layout: _Layout) -> tuple[list[Cell], list[Problem]]:
    problems = [Problem("row_unknown", (("table", table.key), ("row", named))) for named in layout.strays]
    laid = _turned(atoms, table, layout) if layout.turned else layout.rows
    if layout.wider:
        left = one_column_less(atoms, [row.options for row in laid if row.options], layout.order)
        laid = [replace(row, options=tuple(row.options[at] for at in left)) if row.options else row for row in laid]
    rows = [None if row.run is None else _settle(atoms, table, row, row.run, layout) for row in laid]
    tidy = not layout.strays and all(
        settled or row.bare is not None
        for settled, row in zip(rows, layout.rows, strict=True)
        if row.similarity is not None
    )
    asked = any(row.asks for row in layout.rows)
    confirmed = asked and _confirmed(atoms, table, layout, rows)
    ceiling = _SEVERAL if layout.presumed or _sums_break(atoms, table, layout, rows) else 1.0
    cells: list[Cell] = []
    for row, placed, entry in zip(layout.rows, rows, table.rows, strict=True):
        settled = None if placed is None else _weighed(row, placed, tidy=tidy, confirmed=confirmed)
        if settled is None and row.bare is not None:
            place = atoms[row.bare].evidence
            cells += [empty(table.key, entry.key, column.key, place) for column in table.columns]
            continue
        if settled is None:
            gone = row.similarity is None and row.run is None and not layout.strays
            if placed is not None and len(placed.options) == 1:
                seated = zip(table.columns, layout.seats, strict=True)
                cells += [
                    doubted(atoms, (table.key, entry.key, column), placed.options[0][at]) for column, at in seated
                ]
            else:
                make = absent if gone else unread
                cells += [make(table.key, entry.key, column.key) for column in table.columns]
            if not gone:
                problems.append(Problem("row_unread", (("table", table.key), ("row", entry.labels[0]))))
            continue
        if ceiling < settled.confidence:
            settled = Settled(settled.options, ceiling)
        cells += cells_of(atoms, table.key, entry.key, zip(table.columns, layout.seats, strict=True), settled)
    return cells, problems


def _weighed(row: _Row, settled: Settled, *, tidy: bool, confirmed: bool) -> Settled | None:
    """The placement of a row with what the rest of the table says for or against it; None to leave it unread."""
    place, run = row.place, row.run
    assert place is not None
    assert run is not None
    confidence = settled.confidence
    if row.adrift or (place is Place.UNNAMED and not (tidy or confirmed)):
        return None
    if run.cut and not confirmed and (run.of > _FEW or not place.own):
        return None  # whether they run along the rows or down the columns nothing tells
    if not place.own or run.cut:
        confidence = min(confidence, _HELD if confirmed else _LOOSE)
    elif place is not Place.BESIDE and not (tidy or confirmed):
        confidence = min(confidence, _SEVERAL)
    if row.similarity is not None and row.similarity < 1:
        confidence = min(confidence, 0.8 + 0.15 * row.similarity)
    return settled if confidence == settled.confidence else Settled(settled.options, confidence)


def _settle(atoms: Sequence[Atom], table: Table, row: _Row, run: Run, layout: _Layout) -> Settled | None:
    """The placements of one row that its figures allow, or None when its values fit its columns in no way."""
    width = len(layout.order)
    options = without_surplus(atoms, run.atoms, width) if row.options is None else row.options
    if not options or any(shown(atoms, one) != shown(atoms, other) for one, other in row.twice):
        return None
    sums = table.key == _APPLICATIONS
    only = len(options) == 1
    if sums and not only:
        options = tuple(option for option in options if adds_up(atoms, option, layout.order)) or options
    confidence = row.confidence
    if run.held != width:
        confidence = _POSITION if only else _SEVERAL
    if sums and not adds_up(atoms, options[0], layout.order):
        confidence = min(confidence, _POSITION if atoms[run.atoms[0]].table >= 0 else _HELD)
    if row.doubted or row.ends:
        confidence = min(confidence, _SEVERAL)
    if row.ends and only:
        few = sum(one.ends for one in layout.rows) <= _FEW
        options = (options[0], *moved_up(atoms, table.columns, options[0], layout.order, sums=sums, few=few))
    return Settled(options, confidence)


def _is_cut(atoms: Stream, run: Run) -> bool:
    """Whether a run was cut out of a line at blanks: an empty cell leaves nothing there."""
    return atoms.atoms[run.atoms[0]].table == NO_TABLE and atoms.atoms[run.atoms[0]].row >= 0


def _traced(atoms: Stream, run: Run, width: int) -> bool:
    """Whether a gap stands before a row that fills its columns without it."""
    return len(run.atoms) > width and run.held == width and atoms.atoms[run.atoms[0]].kind is Kind.GAP


def _label_reaches(atoms: Stream, run: Run, left: int) -> bool:
    """Whether words stand at or right of a position in the printed row of a run."""
    first = run.atoms[0]
    row = atoms.atoms[first].row
    return any(
        atom.row == row and atom.kind is Kind.TEXT and atom.left >= left
        for atom in atoms.atoms[max(0, first - 4) : first]
    )


def _sums_break(atoms: Sequence[Atom], table: Table, layout: _Layout, rows: Sequence[Settled | None]) -> bool:
    """Whether most rows with figures do not add up: then their columns are not what they are taken for."""
    if table.key != _APPLICATIONS or layout.headed:
        return False
    options = [settled.options[0] for settled in rows if settled is not None]
    filled = [option for option in options if any(figures(atoms, option, layout.order))]
    broken = sum(not adds_up(atoms, option, layout.order) for option in filled)
    return broken >= _MANY and broken * 2 > len(filled)


def _confirmed(atoms: Sequence[Atom], table: Table, layout: _Layout, rows: Sequence[Settled | None]) -> bool:
    """Whether the columns add up as the form says, in all columns but one at the most.

    Row sums say nothing of which row is which; the results adding up to their total and the balance of what came in
    and what went out do. An all-zero table is confirmed too: whichever way its rows are given, they are the same.
    """
    if table.key != _APPLICATIONS:
        return False
    placed = {
        entry.key: figures(atoms, settled.options[0], layout.order)
        for entry, settled in zip(table.rows, rows, strict=True)
        if settled is not None
    }
    if not set(_FRAME) <= set(placed):
        return False
    width = len(layout.order)
    results = [sum(values[at] for key, values in placed.items() if key not in _FRAME) for at in range(width)]
    new, carried, total, out = (placed[key] for key in _FRAME)
    broken = sum(results[at] != total[at] or new[at] + carried[at] != total[at] + out[at] for at in range(width))
    return broken <= 1
