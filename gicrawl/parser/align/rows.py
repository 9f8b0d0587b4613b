"""Tables whose rows are printed one below the other: their cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import Settled, absent, cell_of, unread
from gicrawl.parser.align.columns import Columns, columns_of
from gicrawl.parser.align.labels import wanted_of
from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.placing import placements, settle, shown
from gicrawl.parser.align.runs import NO_ROW, Assigned, Place, Run, assign, collect
from gicrawl.parser.align.stream import NO_TABLE, Stream, han
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.labels import Found
    from gicrawl.parser.align.placing import Placement
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.forms import Table
    from gicrawl.parser.report import Cell

_WORDS = 5  # Han characters that make a label the form does not have, not a scrap of one
_MANY = 3  # rows that must break their sum before the columns are doubted
_NEIGHBOURS = 2  # rows that a label may have passed
_TELLING = 4  # Han characters of a label that is no part of other words
_SMALL = 5  # rows of a table that has no sums: only its headings say what its values are
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
    """A row of the form with what was found of it."""

    label: Found | None
    assigned: Assigned
    settled: Settled | None


def row_cells(atoms: Stream, reading: Reading, last: int) -> tuple[list[Cell], list[Problem]]:
    """Cells of a table that ends before atom `last`, with the problems of reading it."""
    table = reading.table
    found = reading.found("row")
    labels = [None if label is None else (atoms.atom_at(label.start), atoms.atom_at(label.end - 1)) for label in found]
    width = len(table.columns)
    first = min(span[0] for span in labels if span is not None)
    head = (atoms.atom_at(reading.first), first)
    runs = _named(atoms, reading, collect(atoms.atoms, _after_header(atoms, reading, first), last, width))
    columns = columns_of(atoms, table, head, runs)
    assigned = assign(runs, labels, width)
    rows = [
        _Row(label, each, None if each.run is None else _settle(atoms, reading, each, columns))
        for label, each in zip(found, assigned, strict=True)
    ]
    moved = _out_of_order(atoms, reading, last)
    rows = [_doubted(row) if at in moved and not _names_itself(at, row) else row for at, row in enumerate(rows)]
    given = {id(each.run) for each in assigned}
    strays = [run for run in runs if run.held == width and id(run) not in given]
    return _cells(atoms, reading, columns, rows, strays)


def _cells(
    atoms: Stream, reading: Reading, columns: Columns, rows: list[_Row], strays: list[Run]
) -> tuple[list[Cell], list[Problem]]:
    table = reading.table
    problems = [Problem("row_unknown", (("table", table.key), ("row", run.named))) for run in strays]
    tidy = not strays and all(row.settled for row in rows if row.label is not None)
    confirmed = _confirmed(atoms, reading, columns, rows)
    headed = columns.headed or all(label and label.similarity >= _READABLE for label in reading.found("column"))
    unsure = columns.doubtful or (not headed and len(table.rows) <= _SMALL)
    ceiling = _SEVERAL if unsure or _sums_break(atoms, reading, columns, rows) else 1.0
    cells: list[Cell] = []
    for row, entry in zip(rows, table.rows, strict=True):
        settled = None if row.settled is None else _weighed(row, row.settled, tidy=tidy, confirmed=confirmed)
        if settled is None:
            gone = row.label is None and row.assigned.run is None and not strays
            make = absent if gone else unread
            cells += [make(table.key, entry.key, column.key) for column in table.columns]
            if not gone:
                problems.append(Problem("row_unread", (("table", table.key), ("row", entry.labels[0]))))
            continue
        if ceiling < settled.confidence:
            settled = replace(settled, confidence=ceiling)
        printed = {column: at for at, column in enumerate(columns.order)}
        cells += [
            cell_of(atoms.atoms, (table.key, entry.key, column), printed[number], settled)
            for number, column in enumerate(table.columns)
        ]
    return cells, problems


def _out_of_order(atoms: Stream, reading: Reading, last: int) -> set[int]:
    """Rows of which order tells nothing: a label that was not found in its place stands among those of its neighbours.

    One that stands farther away was carried there by a converter, together with others, and says nothing of these rows.
    """
    found = reading.found("row")
    claimed = [_sure_part(atoms, label) for label in reading.labels if label is not None and label.similarity == 1]
    stop = atoms.position_after(last)
    shortest = _TELLING if len(reading.table.rows) > _SMALL else 1
    names = [label.variants[-1] for label in wanted_of(reading.table) if label.role == "row"]
    out: set[int] = set()
    for number, (name, label) in enumerate(zip(names, found, strict=True)):
        if (label is not None and label.similarity == 1) or len(name) < shortest:
            continue
        at = atoms.han.find(name, reading.first, stop)
        while at >= 0 and any(start <= at < end for start, end in claimed):
            at = atoms.han.find(name, at + 1, stop)
        if at < 0:
            continue
        spans = [(row, *_sure_part(atoms, other)) for row, other in enumerate(found) if other is not None]
        passed = [row for row, start, end in spans if (row > number and end <= at) or (row < number and start >= at)]
        if 0 < len(passed) <= _NEIGHBOURS:
            out |= {number, *passed}
    return out


def _sure_part(atoms: Stream, label: Found) -> tuple[int, int]:
    """Where a label stands letter by letter: what it was widened by may be another one."""
    whole = [variant for variant in label.wanted.variants if atoms.han.startswith(variant, label.start)]
    return label.start, label.start + len(whole[0]) if whole else label.end


def _names_itself(number: int, row: _Row) -> bool:
    """Whether the label of a row stands beside its values in the same printed row."""
    return row.assigned.run is not None and row.assigned.run.own == number


def _doubted(row: _Row) -> _Row:
    if row.settled is None:
        return row
    return replace(row, settled=replace(row.settled, confidence=min(row.settled.confidence, _SEVERAL)))


def _weighed(row: _Row, settled: Settled, *, tidy: bool, confirmed: bool) -> Settled | None:
    """The placement of a row with what the rest of the table says for or against it; None to leave it unread."""
    place = row.assigned.place
    assert place is not None
    confidence = settled.confidence
    if place is Place.UNNAMED and not (tidy or confirmed):
        return None
    if not place.own or (row.assigned.run is not None and row.assigned.run.cut):
        confidence = min(confidence, _HELD if confirmed else _LOOSE)
    elif place is not Place.BESIDE and not (tidy or confirmed):
        confidence = min(confidence, _SEVERAL)
    if row.label is not None and row.label.similarity < 1:
        confidence = min(confidence, 0.8 + 0.15 * row.label.similarity)
    return settled if confidence == settled.confidence else Settled(settled.options, confidence)


def _after_header(atoms: Stream, reading: Reading, first: int) -> int:
    """Atom after the last heading of a column: numbers may stand above the first label."""
    heads = [
        atoms.atom_at(label.end - 1) + 1
        for label in reading.labels
        if label is not None and label.wanted.role == "column" and atoms.atom_at(label.end - 1) < first
    ]
    return max(heads, default=first)


def _named(atoms: Stream, reading: Reading, runs: list[Run]) -> list[Run]:
    """The runs with the label beside each, or the words before it that no label of the form accounts for."""
    wanted = wanted_of(reading.table)
    names = [label.variants for label in wanted if label.role == "row"]
    groups = "".join(han(label) for label in reading.table.groups)
    known = [groups, *(variant for label in wanted for variant in label.variants)]
    elsewhere = _labels_elsewhere(reading.table)
    claimed = sorted((label.start, label.end) for label in reading.labels if label is not None)
    out: list[Run] = []
    at = max((label.end for label in reading.found("column") if label is not None), default=reading.first)
    for run in runs:
        stop = atoms.position_after(run.atoms[0])
        free = _unclaimed(atoms.han, at, stop, claimed)
        beside = _beside(atoms, run)
        row = next((row for row, variants in enumerate(names) if beside in variants), None)
        if row is None and beside:
            scrap = beside not in elsewhere and any(beside in label for label in known)
            row = NO_ROW if free.endswith(beside) and not scrap else None
        if row is not None:
            out.append(replace(run, own=row, named=free if row == NO_ROW else ""))
        elif (len(free) >= _WORDS and not set(groups).issuperset(free)) or any(
            variants[0] in free for variants in names
        ):
            out.append(replace(run, named=free))
        else:
            out.append(run)
        at = max(at, stop)
    return out


def _foreign(free: str, groups: str, names: list[tuple[str, ...]]) -> bool:
    """Whether words that no label accounts for are a label: long, or one of ours where the chain does not allow it."""
    words = len(free) >= _WORDS and not set(groups).issuperset(free)
    return words or any(variants[0] in free for variants in names)


@cache
def _labels_elsewhere(table: Table) -> frozenset[str]:
    """Row labels that only other forms have in the table of this name."""
    tables = [other for form in load_forms() for other in form.tables if other.key == table.key and other != table]
    labels = {han(text) for other in tables for row in other.rows for text in row.labels}
    return frozenset(labels - {han(text) for row in table.rows for text in row.labels})


def _beside(atoms: Stream, run: Run) -> str:
    """Han characters of the field before a run in its printed row; empty for values that flow."""
    first = run.atoms[0]
    if first == 0 or atoms.atoms[first].row < 0 or atoms.atoms[first - 1].row != atoms.atoms[first].row:
        return ""
    return han(atoms.atoms[first - 1].raw)


def _unclaimed(text: str, start: int, stop: int, claimed: list[tuple[int, int]]) -> str:
    pieces = []
    for left, right in claimed:
        if right > start and left < stop:
            pieces.append(text[start : max(start, left)])
            start = max(start, right)
    pieces.append(text[start:stop])
    return "".join(pieces)


def _settle(atoms: Stream, reading: Reading, each: Assigned, columns: Columns) -> Settled | None:
    """The placements of one row, or None when its values fit its columns in no way."""
    run = each.run
    assert run is not None
    width = len(columns.order)
    lead = atoms.atoms[run.atoms[0]]
    profile = columns.profiles.get(lead.table)
    if profile and lead.table < NO_TABLE and _label_reaches(atoms, run, profile[0][0]):
        profile = None  # a line of the same length, but with more of its fields taken by labels
    options = placements(atoms.atoms, run, width, profile, extra=columns.extra)
    if not options:
        return None
    sums = reading.table.key == _APPLICATIONS
    kept = settle(options, lambda option: _adds_up(atoms, option, columns)) if sums else options
    confidence = _GRID if lead.table >= 0 else _BESIDE if each.place is Place.BESIDE else _FLOWING
    if run.held != width:
        confidence = _POSITION if len(options) == 1 else _SEVERAL
    if sums and not _adds_up(atoms, kept[0], columns):
        confidence = min(confidence, _POSITION if lead.table >= 0 else _HELD)
    return Settled(tuple(kept), confidence)


def _label_reaches(atoms: Stream, run: Run, left: int) -> bool:
    """Whether words stand at or right of a position in the printed row of a run."""
    first = run.atoms[0]
    row = atoms.atoms[first].row
    return any(
        atom.row == row and atom.kind is Kind.TEXT and atom.left >= left
        for atom in atoms.atoms[max(0, first - 4) : first]
    )


def _values(atoms: Stream, option: Placement, columns: Columns) -> list[float]:
    """The numbers of a placement in the order of the form, what is no number counting nothing."""
    out = [0.0] * len(columns.order)
    for index, column in zip(option, columns.order, strict=True):
        number = shown(atoms.atoms, index)
        out[column] = float(number) if isinstance(number, int | float) else 0.0
    return out


def _adds_up(atoms: Stream, option: Placement, columns: Columns) -> bool:
    """Whether the last column is the sum of the others: only ever used to choose and to weigh."""
    *parts, total = _values(atoms, option, columns)
    return sum(parts) == total


def _sums_break(atoms: Stream, reading: Reading, columns: Columns, rows: Sequence[_Row]) -> bool:
    """Whether most rows with figures do not add up: then their columns are not what they are taken for."""
    if reading.table.key != _APPLICATIONS or columns.headed:
        return False
    options = [row.settled.options[0] for row in rows if row.settled is not None]
    filled = [option for option in options if any(_values(atoms, option, columns))]
    broken = sum(not _adds_up(atoms, option, columns) for option in filled)
    return broken >= _MANY and broken * 2 > len(filled)


def _confirmed(atoms: Stream, reading: Reading, columns: Columns, rows: Sequence[_Row]) -> bool:
    """Whether the columns add up as the form says, in all columns but one at the most.

    Row sums say nothing of which row is which; the results adding up to their total and the balance of what came in
    and what went out do. An all-zero table is confirmed too: whichever way its rows are given, they are the same.
    """
    if reading.table.key != _APPLICATIONS:
        return False
    placed = {
        entry.key: _values(atoms, row.settled.options[0], columns)
        for entry, row in zip(reading.table.rows, rows, strict=True)
        if row.settled is not None
    }
    if not set(_FRAME) <= set(placed):
        return False
    width = len(columns.order)
    results = [sum(values[at] for key, values in placed.items() if key not in _FRAME) for at in range(width)]
    new, carried, total, out = (placed[key] for key in _FRAME)
    broken = sum(results[at] != total[at] or new[at] + carried[at] != total[at] + out[at] for at in range(width))
    return broken <= 1
