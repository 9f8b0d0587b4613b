"""Tables whose rows are printed side by side: part 四, fifteen values under a header of three levels.

Met as one row of fifteen, as three blocks of five, as three tables, and standing on its side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import Settled, cell_of, unread
from gicrawl.parser.align.labels import han_columns
from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.placing import placements
from gicrawl.parser.align.runs import Run, collect
from gicrawl.parser.report import Problem

if TYPE_CHECKING:
    from gicrawl.parser.align.placing import Placement
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.stream import Stream
    from gicrawl.parser.report import Cell

_LOOK_BACK = 160  # Han characters before the first sure header in which the table may begin


def block_cells(atoms: Stream, reading: Reading, last: int) -> tuple[list[Cell], list[Problem]]:
    """Cells of a side-by-side table that ends before atom `last`."""
    table = reading.table
    width = len(table.columns) * len(table.rows)
    start = _start(atoms, reading)
    runs = [run for run in collect(atoms.atoms, atoms.atom_at(start), last, width) if run.held]
    options, confidence = _options(atoms, runs, len(table.rows), len(table.columns))
    if not options:
        cells = [unread(table.key, row.key, column.key) for row in table.rows for column in table.columns]
        return cells, [Problem("table_unread", (("table", table.key),))]
    settled = Settled(tuple(options), confidence)
    cells = [
        cell_of(atoms.atoms, (table.key, row.key, column), number * len(table.columns) + at, settled)
        for number, row in enumerate(table.rows)
        for at, column in enumerate(table.columns)
    ]
    return cells, []


def _start(atoms: Stream, reading: Reading) -> int:
    """Position in `Stream.han` where the table begins: its first column heading before the first sure header."""
    sure = min(label.start for label in reading.labels if label is not None and label.end - label.start > 4)  # noqa: PLR2004
    back = max(0, sure - _LOOK_BACK)
    heads = [atoms.han.find(head, back, sure) for head in han_columns(reading.table)]
    return min([at for at in heads if at >= 0] + [sure])


def _options(atoms: Stream, runs: list[Run], rows: int, columns: int) -> tuple[list[Placement], float]:
    width = rows * columns
    for run in runs:
        if run.held == width:
            return [_held(atoms, run)], 0.98
    for run in runs:
        if len(run.atoms) == width:
            return [run.atoms], 0.95
    if len(runs) == columns and all(run.held == rows for run in runs):  # on its side: a row for each outcome
        held = [_held(atoms, run) for run in runs]
        return [tuple(held[column][row] for row in range(rows) for column in range(columns))], 0.93
    joined = Run(tuple(index for run in runs for index in run.atoms), sum(run.held for run in runs))
    if joined.held == width:
        return [_held(atoms, joined)], 0.95 if all(run.held % columns == 0 for run in runs) else 0.85
    if not joined.held:
        return [], 0.0
    longest = max(runs, key=lambda run: len(run.atoms))
    return placements(atoms.atoms, longest if len(longest.atoms) > width else joined, width, None), 0.9


def _held(atoms: Stream, run: Run) -> tuple[int, ...]:
    return tuple(index for index in run.atoms if atoms.atoms[index].kind is not Kind.GAP)
