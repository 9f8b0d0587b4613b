"""Tables whose rows are printed one below the other: their cells."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import PlainRow, Settled, absent, cells_of, doubted, empty, plain_cells, unread
from gicrawl.parser.align.layouts import KEPT, Skeleton, skeleton
from gicrawl.parser.align.naming import without_column_numbers
from gicrawl.parser.align.placing import adds_up, figures, fits, moved_up, one_column_less, shown, without_surplus
from gicrawl.parser.align.row_layout import APPLICATIONS, GRID, LaidRow, RowLayout, layout_of
from gicrawl.parser.align.runs import Place, Run
from gicrawl.parser.report import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.stream import Atom, Stream
    from gicrawl.parser.forms import Table
    from gicrawl.parser.report import Cell

_FEW = 3  # rows that flow as one: more may be printed column by column
_MANY = 3  # rows that must break their sum before the columns are doubted
_FRAME = ("new_received", "carried_in", "results_total", "carried_out")

# Confidence, by what speaks for a value. Below 0.9 nobody should rely on it unseen.
_POSITION = 0.95  # some cells of the row are only gaps
_HELD = 0.92  # labels and numbers came apart, but the columns of the whole table add up
_SEVERAL = 0.85  # several placements fitted, and the row's own sum chose
_LOOSE = 0.75  # labels and numbers came apart, and nothing confirms the order


def row_cells(atoms: Stream, reading: Reading, last: int) -> tuple[list[Cell], list[Problem]]:
    """Cells of a table that ends before atom `last`, with the problems of reading it."""
    if reading.table.key == APPLICATIONS:
        atoms = without_column_numbers(atoms, reading)
    bones, part = skeleton(atoms, reading, atoms.atom_at(reading.first), last)
    layout = _kept(bones)
    if layout.plain is not None:
        return plain_cells(part, reading.table.key, layout.plain), []
    if part[-1] is atoms.atoms[-1]:  # what stood behind a label there nobody knows: the file may have been cut off
        rows = (replace(row, bare=None) if row.bare == len(part) - 1 else row for row in layout.rows)
        layout = replace(layout, rows=tuple(rows))
    return _cells(part, reading.table, layout)


@lru_cache(maxsize=KEPT)
def _kept(bones: Skeleton) -> RowLayout:
    layout = layout_of(bones)
    plain = _plain(bones.reading.table, layout)
    return layout if plain is None else replace(layout, rows=(), plain=plain)


def _plain(table: Table, layout: RowLayout) -> tuple[PlainRow, ...] | None:
    """The rows of a table of which nothing is open: what `_cells` would find out of them without its figures.

    All that the figures have a say in is whether a row adds up.
    """
    sums = table.key == APPLICATIONS
    width = len(layout.order)
    if (
        layout.strays
        or layout.turned
        or layout.presumed
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
        sure = min(weighed.confidence, _SEVERAL if row.doubted else 1.0)
        unsure = min(sure, _POSITION if row.confidence == GRID else _HELD) if sums else sure
        out.append(PlainRow(entry.key, sure, unsure, tuple(zip(fields, table.columns, strict=True))))
    return tuple(out)


def _turned(atoms: Sequence[Atom], table: Table, layout: RowLayout) -> list[LaidRow]:
    """The rows with their placements in each order of columns that is possible, all as places of the form's columns.

    Of a table with sums these are the orders in which most rows add up.
    """
    orders = [tuple(range(len(layout.order))), *layout.turned]
    if table.key == APPLICATIONS:
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


def _cells(atoms: list[Atom], table: Table, layout: RowLayout) -> tuple[list[Cell], list[Problem]]:
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


def _weighed(row: LaidRow, settled: Settled, *, tidy: bool, confirmed: bool) -> Settled | None:
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


def _settle(atoms: Sequence[Atom], table: Table, row: LaidRow, run: Run, layout: RowLayout) -> Settled | None:
    """The placements of one row that its figures allow, or None when its values fit its columns in no way."""
    width = len(layout.order)
    options = without_surplus(atoms, run.atoms, width) if row.options is None else row.options
    if not options or any(shown(atoms, one) != shown(atoms, other) for one, other in row.twice):
        return None
    if layout.presumed and not fits(atoms, table.columns, options[0], layout.order):
        return None  # a broken count: its heading was not read, and the figure is another column's
    sums = table.key == APPLICATIONS
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


def _sums_break(atoms: Sequence[Atom], table: Table, layout: RowLayout, rows: Sequence[Settled | None]) -> bool:
    """Whether most rows with figures do not add up: then their columns are not what they are taken for."""
    if table.key != APPLICATIONS or layout.headed:
        return False
    options = [settled.options[0] for settled in rows if settled is not None]
    filled = [option for option in options if any(figures(atoms, option, layout.order))]
    broken = sum(not adds_up(atoms, option, layout.order) for option in filled)
    return broken >= _MANY and broken * 2 > len(filled)


def _confirmed(atoms: Sequence[Atom], table: Table, layout: RowLayout, rows: Sequence[Settled | None]) -> bool:
    """Whether the columns add up as the form says, in all columns but one at the most.

    Row sums say nothing of which row is which; the results adding up to their total and the balance of what came in
    and what went out do. An all-zero table is confirmed too: whichever way its rows are given, they are the same.
    """
    if table.key != APPLICATIONS:
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
