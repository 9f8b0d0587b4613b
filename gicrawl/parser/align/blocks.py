"""Tables whose rows are printed side by side: part 四, fifteen values under a header of three levels.

Met as one row of fifteen, as three blocks of five, as three tables, and standing on its side. The headings say which
value is which; where there are none to be read, the order of the form is presumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from gicrawl.parser.align.block_heads import ABOVE, Flow, Named, begin, by_place, in_flow, is_part_of_cycle
from gicrawl.parser.align.cells import Settled, absent, cell_of, unread
from gicrawl.parser.align.labels import ANCHOR, han_columns
from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.placing import placements
from gicrawl.parser.align.runs import Run, collect
from gicrawl.parser.align.stream import han
from gicrawl.parser.report import Cell, Problem, State

if TYPE_CHECKING:
    from gicrawl.parser.align.placing import Placement
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.stream import Stream
    from gicrawl.parser.forms import Table

_SURPLUS = 2  # fields more than columns of which we still try to tell which is no cell
_LOOK_BACK = 160  # Han characters before the first sure header in which the table may begin

# Confidence, by what speaks for a value.
_ROW, _FIELDS, _BLOCKS, _SIDE = 0.98, 0.95, 0.95, 0.93
_DAMAGED = 0.95  # a heading is only half there
_HEADLESS = 0.92  # not all headings were found, and none stands elsewhere than expected
_STRANGE = 0.85  # there are headings that the form does not have
_JOINED = 0.85


@dataclass(frozen=True, slots=True)
class _Shape:
    """The values as printed: runs that are blocks, or lines, or one row of everything.

    Attributes:
        runs: fields of each run.
        size: how many values a run has.
    """

    runs: tuple[tuple[int, ...], ...]
    size: int
    confidence: float


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
    back, start = _start(atoms, reading, floor)
    runs = [run for run in collect(atoms.atoms, atoms.atom_at(start), last, width) if run.held]
    named = by_place(atoms, table, atoms.atom_at(back), runs)
    if named is not None and (cells := _by_headings(atoms, table, named)) is not None:
        return cells, []
    shape = _shape(atoms, runs, len(table.rows), len(table.columns))
    if shape is not None:
        return _flowing(atoms, table, start, shape)
    options = _surplus(atoms, runs, width)
    if not options:
        cells = [unread(table.key, row.key, column.key) for row in table.rows for column in table.columns]
        return cells, [Problem("table_unread", (("table", table.key),))]
    return _placed(atoms, table, Settled(tuple(options), _JOINED)), []


def _placed(atoms: Stream, table: Table, settled: Settled) -> list[Cell]:
    return [
        cell_of(atoms.atoms, (table.key, row.key, column), number * len(table.columns) + at, settled)
        for number, row in enumerate(table.rows)
        for at, column in enumerate(table.columns)
    ]


def _start(atoms: Stream, reading: Reading, floor: int) -> tuple[int, int]:
    """Positions in `Stream.han`: before which no heading of the table stands, and its first column heading."""
    sure = min(label.start for label in reading.labels if label is not None and label.end - label.start >= ANCHOR)
    back = max(floor, sure - _LOOK_BACK)
    heading = atoms.han.rfind(han(reading.table.section), back, sure)
    back = max(back, heading)
    heads = [atoms.han.find(head, back, sure) for head in han_columns(reading.table)]
    return back, min([at for at in heads if at >= 0] + [sure])


def _by_headings(atoms: Stream, table: Table, named: Named) -> list[Cell] | None:
    """The cells, each value under its headings; None where too little is named to go by."""
    if len(named.unnamed) > len(named.spots):
        return None
    spots = dict(named.spots)
    size = len(table.columns)
    free = [(row, at) for row in range(len(table.rows)) for at in range(size) if (row, at) not in spots]
    usual = [spots[spot] for spot in sorted(spots)] == sorted(spots.values())
    presumed = dict(zip(free, named.unnamed, strict=True)) if usual and len(free) == len(named.unnamed) else {}
    whole = _usual({**spots, **presumed})
    confidence = _DAMAGED if named.damaged else _ROW
    cells: list[Cell] = []
    for number, row in enumerate(table.rows):
        for at, column in enumerate(table.columns):
            name, spot = (table.key, row.key, column), (number, at)
            if spot in spots:
                cells.append(cell_of(atoms.atoms, name, 0, Settled(((spots[spot],),), confidence)))
            elif spot in presumed and whole:
                cells.append(cell_of(atoms.atoms, name, 0, Settled(((presumed[spot],),), _STRANGE)))
            else:
                make = unread if named.unnamed else absent
                cells.append(make(table.key, row.key, column.key))
    return cells


def _usual(spots: dict[tuple[int, int], int]) -> bool:
    """Whether values stand in the order of the form, or of the form on its side."""
    along = [spots[spot] for spot in sorted(spots)]
    down = [spots[spot] for spot in sorted(spots, key=lambda spot: spot[::-1])]
    return along == sorted(along) or down == sorted(down)


def _shape(atoms: Stream, runs: list[Run], rows: int, columns: int) -> _Shape | None:
    """How the values are grouped; None where it is none of the ways known."""
    width = rows * columns
    for run in runs:
        if run.held == width:
            return _Shape((_held(atoms, run),), width, _ROW)
    for run in runs:
        if len(run.atoms) == width:
            return _Shape((run.atoms,), width, _FIELDS)
    for size, count, confidence in ((columns, rows, _BLOCKS), (rows, columns, _SIDE)):
        whole = [fields for run in runs if (fields := _whole(atoms, run, size))]
        if len(whole) == count:
            return _Shape(tuple(whole), size, confidence)
    joined = Run(tuple(index for run in runs for index in run.atoms), sum(run.held for run in runs))
    return _Shape((_held(atoms, joined),), width, _JOINED) if joined.held == width else None


def _surplus(atoms: Stream, runs: list[Run], width: int) -> list[Placement]:
    """What one row of a few fields too many may mean."""
    longest = max(runs, key=lambda run: len(run.atoms), default=None)
    if longest is None or not 0 < len(longest.atoms) - width <= _SURPLUS:
        return []
    return placements(atoms.atoms, longest, width, None)


def _flowing(atoms: Stream, table: Table, start: int, shape: _Shape) -> tuple[list[Cell], list[Problem]]:
    """Cells of values whose place says nothing: the order of the headings is theirs, or nobody's."""
    ends = [begin(atoms.han, table, start), *(atoms.position_after(fields[0]) for fields in shape.runs)]
    words = [in_flow(atoms, table, before, stop) for before, stop in pairwise(ends)]
    rows, columns = len(table.rows), len(table.columns)
    if shape.size == rows * columns:
        orders = _of_one_row(words[0], rows, columns)
    elif shape.size == columns:
        orders = _of_blocks(words, rows, columns)
    else:
        orders = _of_lines(words, rows, columns)
    values = [index for fields in shape.runs for index in fields]
    if orders is None:
        usual = (
            values if shape.size != rows else [values[at * rows + row] for row in range(rows) for at in range(columns)]
        )
        problem = Problem("headings_contradict", (("table", table.key),))
        return _doubted(atoms, table, usual), [problem]
    order, found = orders
    confidence = min(shape.confidence, 1.0 if found else _HEADLESS)
    if any(each.strange for each in words):
        confidence = min(confidence, _STRANGE)
    at = dict(zip(order, values, strict=True))
    option = tuple(at[row, column] for row in range(rows) for column in range(columns))
    return _placed(atoms, table, Settled((option,), confidence)), []


_Order = tuple[list[tuple[int, int]], bool]
"""For each value in printed order its row and column, and whether the headings said so."""


def _of_one_row(words: Flow, rows: int, columns: int) -> _Order | None:
    """One row of everything: the blocks in the order of their names, each with its columns."""
    blocks = _block_order(words, rows)
    if blocks is None:
        return None
    cuts = [words.columns[at : at + columns] for at in range(0, len(words.columns), columns)]
    whole = all(sorted(cut) == list(range(columns)) for cut in cuts)
    if whole and len(cuts) in {1, rows}:
        each = cuts * rows if len(cuts) == 1 else cuts
        return [(block, at) for block, cut in zip(blocks, each, strict=True) for at in cut], True
    if not is_part_of_cycle(words.columns, columns, rows):
        return None
    return [(block, at) for block in blocks for at in range(columns)], False


def _block_order(words: Flow, rows: int) -> list[int] | None:
    """The order of the blocks; None where their names stand in another than that of the form.

    The first block stands before the name of those after it (行政诉讼), and they before each other. The columns of the
    first are named beside those names: they stand before any column only where all three blocks do.
    """
    named = [block for block in words.blocks if block != ABOVE]
    after = words.blocks[words.blocks.index(ABOVE) :] if ABOVE in words.blocks else ()
    if named != sorted(set(named)) or 0 in after:
        return None
    leading = {block for block in words.blocks[: words.leading] if block > 0}
    if leading and len(leading) < rows - 1 and len(words.columns) >= rows:
        return None
    return list(range(rows))


def _of_blocks(words: list[Flow], rows: int, columns: int) -> _Order | None:
    """A run for each block, with its name before it, or all names before the first."""
    first, *others = words
    if not any(each.blocks or each.columns for each in others):
        return _of_one_row(first, rows, columns)
    told = [[block for block in each.blocks if block != ABOVE] for each in words]
    names = [blocks[-1] if blocks else None for blocks in told]
    if None not in names:
        if sorted(name for name in names if name is not None) != list(range(rows)):
            return None
        order_of = [name for name in names if name is not None]
    elif all(name in {None, at} for at, name in enumerate(names)):
        order_of = list(range(rows))
    else:
        return None
    order: list[tuple[int, int]] = []
    current, found = list(range(columns)), None not in names
    for number, each in enumerate(words):
        if sorted(each.columns) == list(range(columns)):
            current = list(each.columns)
        elif each.columns and not is_part_of_cycle(each.columns, columns, 1):
            return None
        elif each.columns or not number:
            found = False
        order += [(order_of[number], at) for at in current]
    return order, found


def _of_lines(words: list[Flow], rows: int, columns: int) -> _Order | None:
    """A run for each column, with its name before it; the names of the blocks before the first."""
    names = [each.columns[-1] if each.columns else None for each in words]
    blocks = _block_order(words[0], rows)
    if blocks is None:
        return None
    named = [name for name in names if name is not None]
    if sorted(named) == list(range(columns)):
        return [(block, name) for name in named for block in blocks], True
    if any(name not in {None, at} for at, name in enumerate(names)):
        return None
    return [(block, at) for at in range(columns) for block in blocks], False


def _doubted(atoms: Stream, table: Table, values: list[int]) -> list[Cell]:
    """Ambiguous cells, each with the value that its position alone would give it."""
    names = [(row.key, column.key) for row in table.rows for column in table.columns]
    return [
        Cell(
            table=table.key,
            row=row,
            column=column,
            state=State.AMBIGUOUS,
            flags=("headings",),
            candidates=((atoms.atoms[index].raw, atoms.atoms[index].evidence),),
        )
        for (row, column), index in zip(names, values, strict=True)
    ]


def _whole(atoms: Stream, run: Run, size: int) -> tuple[int, ...]:
    """The fields of a run that fills `size` columns; empty where it does not."""
    if run.held == size:
        return _held(atoms, run)
    return run.atoms if len(run.atoms) == size else ()


def _held(atoms: Stream, run: Run) -> tuple[int, ...]:
    return tuple(index for index in run.atoms if atoms.atoms[index].kind is not Kind.GAP)
