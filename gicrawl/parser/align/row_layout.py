"""Where the values of a table stand whose rows are printed one below the other, as far as its skeleton tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from gicrawl.parser.align.columns import Columns, all_wider, columns_of, lacks_column
from gicrawl.parser.align.naming import SMALL, after_header, begins_longer, figures_first, strange_headings, with_names
from gicrawl.parser.align.numbers import NO_FIELD, Kind
from gicrawl.parser.align.ordering import (
    adrift_rows,
    bare_rows,
    before_lost,
    joined_beside,
    names_itself,
    of_next_rows,
    out_of_order,
    parted_rows,
    printed_again,
)
from gicrawl.parser.align.placing import placements, printed_twice, under_headings
from gicrawl.parser.align.runs import Assigned, Place, Run, assign, collect
from gicrawl.parser.align.stream import NO_TABLE, Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.cells import PlainRow
    from gicrawl.parser.align.labels import Found
    from gicrawl.parser.align.layouts import Skeleton
    from gicrawl.parser.align.placing import Placement

APPLICATIONS = "applications"
"""The table whose last column is the sum of the others."""
GRID = 0.99
"""Confidence in values that stand in cells, before their figures are asked."""
_BESIDE, _FLOWING = 0.97, 0.97
_WIDER = 2  # rows of one value too many that make a column which the form does not have
_READABLE = 0.8  # similarity from which a damaged heading still says so
_WIDEST = frozenset({0, 1})  # rows of table three that are in no group: no label is wider than theirs


@dataclass(frozen=True, slots=True)
class LaidRow:
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
class RowLayout:
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

    rows: tuple[LaidRow, ...]
    order: tuple[int, ...]
    seats: tuple[int, ...]
    headed: bool
    turned: tuple[tuple[int, ...], ...]
    presumed: bool
    extra: bool
    wider: bool
    strays: tuple[str, ...]
    plain: tuple[PlainRow, ...] | None = None


def layout_of(bones: Skeleton) -> RowLayout:
    """The rows of a table with their placements, from its skeleton alone."""
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
    runs = with_names(atoms, reading, runs, turned=figures_first(atoms, runs, labels, found[0], width))
    columns = replace(
        columns_of(atoms, table, head, begin, runs),
        traced=any(_traced(atoms, run, width) for run in runs),
        untraced=any(run.own in _WIDEST and len(run.atoms) > width and _begins(atoms, run) for run in runs),
    )
    if columns.surplus is None and not (columns.headed or columns.extra) and all_wider(runs, width):
        wider = table.key == APPLICATIONS and sum(run.held > width for run in runs) >= _WIDER
        columns = replace(columns, wider=wider, profiles={} if wider else columns.profiles)
    if sum(run.held == width + 1 and _is_cut(atoms, run) for run in runs) >= _WIDER:
        columns = replace(columns, extra=True, profiles={})  # rows that seem whole are short of a cell
    if not columns.headed and lacks_column(atoms, table, head, runs):
        columns = replace(columns, extra=True, profiles={}, surplus=None)  # a trace of a merged label fills them
    assigned = assign(runs, labels, width)
    moved = out_of_order(atoms, reading, bones.last)
    strays = _shifted(atoms, runs, columns)
    unplaced = replace(columns, profiles={}) if strays else columns
    rows = [
        _laid(
            atoms,
            label,
            each,
            unplaced if strays and each.run is not None and atoms.atoms[each.run.atoms[0]].row in strays else columns,
            doubted=at in moved and not names_itself(at, each),
        )
        for at, (label, each) in enumerate(zip(found, assigned, strict=True))
    ]
    adrift = adrift_rows(runs, assigned, labels, width) | before_lost(atoms, runs, assigned, labels, width)
    adrift |= parted_rows(atoms, runs, assigned, width) | of_next_rows(atoms, runs, assigned, labels)
    adrift |= joined_beside(atoms, assigned, labels)
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
    return RowLayout(
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


def _shifted(atoms: Stream, runs: Sequence[Run], columns: Columns) -> set[int]:
    """Printed rows of text that follow one another, of which one has a figure before the first column.

    Behind the end of a page a table may lack a column of labels: in lines as long as before others stand elsewhere.
    """
    leads = [atoms.atoms[run.atoms[0]] for run in runs]
    out = {
        lead.row
        for lead, run in zip(leads, runs, strict=True)
        if lead.table < NO_TABLE
        and run.own is not None
        and run.own >= 0
        and (spans := columns.profiles.get(lead.table))
        if any(atoms.atoms[at].kind is Kind.NUMBER and atoms.atoms[at].right <= spans[0][0] for at in run.atoms)
    }
    if not out:
        return out
    for order in (leads, leads[::-1]):
        for one, other in pairwise(order):
            if one.row in out and one.table == other.table and abs(other.row - one.row) == 1:
                out.add(other.row)
    return out


def _flows(atoms: Stream, run: Run) -> bool:
    return atoms.atoms[run.atoms[0]].row < 0


def _is_row(run: Run, width: int) -> bool:
    """Whether a run is a printed row of values, some of which may be empty."""
    return run.held == width or (run.held > 0 and len(run.atoms) == width)


def _laid(atoms: Stream, label: Found | None, each: Assigned, columns: Columns, *, doubted: bool) -> LaidRow:
    """A row with its placements."""
    similarity = None if label is None else label.similarity
    run, place = each.run, each.place
    if run is None or place is None:
        return LaidRow(similarity, None, None, (), 0.0, doubted, asks=False)
    width = len(columns.order)
    run = _within(atoms, run, width)
    lead = atoms.atoms[run.atoms[0]]
    profile = columns.profiles.get(lead.table)
    if profile and lead.table < NO_TABLE and _label_reaches(atoms, run, profile[0][0]):
        profile = None  # a line of the same length, but with more of its fields taken by labels
    if profile and atoms.atoms[run.atoms[-1]].right <= profile[-1][0]:
        profile = None  # a row that ends early: what stands in it may have moved to the left
    if profile and lead.table >= 0 and len(run.atoms) < width:
        apart = under_headings(atoms.atoms, run.atoms, profile) and not _label_covers(atoms, run, profile[0][0])
        profile = profile if apart else None  # fewer cells than columns, and of other widths: none stands under its own
    twice = printed_twice(atoms.atoms, run.atoms, profile) if profile and len(run.atoms) > width else ()
    if twice:
        again = {other for _, other in twice}
        kept = tuple(index for index in run.atoms if index not in again)
        run = replace(run, atoms=kept, held=sum(atoms.atoms[index].kind not in NO_FIELD for index in kept))
    options = placements(atoms.atoms, run, width, profile, columns)
    confidence = GRID if lead.table >= 0 else _BESIDE if place is Place.BESIDE else _FLOWING
    asks = place is not Place.BESIDE or run.cut
    found = None if options is None else tuple(options)
    ends = any(atoms.atoms[index].kind is Kind.END for index in run.atoms)
    return LaidRow(similarity, run, place, found, confidence, doubted, asks, twice, ends=ends)


def _within(atoms: Stream, run: Run, width: int) -> Run:
    """The run without the ends of its line beyond the columns of its table: another table of the page is wider."""
    fields = run.atoms
    while len(fields) > width and atoms.atoms[fields[-1]].kind is Kind.END:
        fields = fields[:-1]
    return run if fields is run.atoms else replace(run, atoms=fields)


def _is_cut(atoms: Stream, run: Run) -> bool:
    """Whether a run was cut out of a line at blanks: an empty cell leaves nothing there."""
    return atoms.atoms[run.atoms[0]].table == NO_TABLE and atoms.atoms[run.atoms[0]].row >= 0


def _begins(atoms: Stream, run: Run) -> bool:
    """Whether a figure stands first in a run."""
    return atoms.atoms[run.atoms[0]].kind is Kind.NUMBER


def _traced(atoms: Stream, run: Run, width: int) -> bool:
    """Whether a gap stands before a row that fills its columns without it."""
    return len(run.atoms) > width and run.held == width and atoms.atoms[run.atoms[0]].kind is Kind.GAP


def _label_covers(atoms: Stream, run: Run, left: int) -> bool:
    """Whether the label before a run in its grid reaches over a position."""
    first = atoms.atoms[run.atoms[0]]
    label = atoms.atoms[run.atoms[0] - 1] if run.atoms[0] else first
    return label.row == first.row and label.kind is Kind.TEXT and label.right > left


def _label_reaches(atoms: Stream, run: Run, left: int) -> bool:
    """Whether words stand at or right of a position in the printed row of a run."""
    first = run.atoms[0]
    row = atoms.atoms[first].row
    return any(
        atom.row == row and atom.kind is Kind.TEXT and atom.left >= left
        for atom in atoms.atoms[max(0, first - 4) : first]
    )
