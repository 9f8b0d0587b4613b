"""Tables whose rows are printed side by side: part 四, fifteen values under a header of three levels.

Met as one row of fifteen, as three blocks of five, as three tables, and standing on its side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import Settled, cell_of, unread
from gicrawl.parser.align.labels import ANCHOR, han_columns
from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.placing import placements
from gicrawl.parser.align.runs import Run, collect
from gicrawl.parser.align.stream import han
from gicrawl.parser.report import Problem

if TYPE_CHECKING:
    from gicrawl.parser.align.placing import Placement
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.stream import Stream
    from gicrawl.parser.report import Cell

_SURPLUS = 2  # fields more than columns of which we still try to tell which is no cell
_LOOK_BACK = 160  # Han characters before the first sure header in which the table may begin


def block_cells(atoms: Stream, reading: Reading, floor: int, last: int) -> tuple[list[Cell], list[Problem]]:
    """Cells of a side-by-side table.

    Args:
        atoms: the stream.
        reading: of the table.
        floor: position in `Stream.han` before which it cannot begin: another table ends there.
        last: atom it ends before.
    """
    table = reading.table
    width = len(table.columns) * len(table.rows)
    start = _start(atoms, reading, floor)
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


def _start(atoms: Stream, reading: Reading, floor: int) -> int:
    """Position in `Stream.han` where the table begins: its first column heading before the first sure header."""
    sure = min(label.start for label in reading.labels if label is not None and label.end - label.start >= ANCHOR)
    back = max(floor, sure - _LOOK_BACK)
    heading = atoms.han.rfind(han(reading.table.section), back, sure)
    back = max(back, heading)
    heads = [atoms.han.find(head, back, sure) for head in han_columns(reading.table)]
    return min([at for at in heads if at >= 0] + [sure])


def _options(atoms: Stream, runs: list[Run], rows: int, columns: int) -> tuple[list[Placement], float]:
    """What the runs may mean, and how sure that is; nothing where the shape is none of those known."""
    width = rows * columns
    single = [(_held(atoms, run), 0.98) for run in runs if run.held == width]
    single += [(run.atoms, 0.95) for run in runs if len(run.atoms) == width]
    blocks = [fields for run in runs if (fields := _whole(atoms, run, columns))]
    if len(blocks) == rows:
        single.append((tuple(index for fields in blocks for index in fields), 0.95))
    lines = [fields for run in runs if (fields := _whole(atoms, run, rows))]
    if len(lines) == columns:  # on its side: a row for each outcome
        single.append((tuple(lines[column][row] for row in range(rows) for column in range(columns)), 0.93))
    if single:
        return [single[0][0]], single[0][1]
    joined = Run(tuple(index for run in runs for index in run.atoms), sum(run.held for run in runs))
    if joined.held == width:
        return [_held(atoms, joined)], 0.85
    longest = max(runs, key=lambda run: len(run.atoms), default=joined)
    if len(longest.atoms) <= width or len(longest.atoms) - width > _SURPLUS:
        return [], 0.0
    return placements(atoms.atoms, longest, width, None), 0.85


def _whole(atoms: Stream, run: Run, size: int) -> tuple[int, ...]:
    """The fields of a run that fills `size` columns; empty where it does not."""
    if run.held == size:
        return _held(atoms, run)
    return run.atoms if len(run.atoms) == size else ()


def _held(atoms: Stream, run: Run) -> tuple[int, ...]:
    return tuple(index for index in run.atoms if atoms.atoms[index].kind is not Kind.GAP)
