"""Tables whose rows are printed side by side: part 四, fifteen values under a header of three levels.

Met as one row of fifteen, as three blocks of five, as three tables, and standing on its side. The headings say which
value is which; where there are none to be read, the order of the form is presumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from gicrawl.parser.align.block_heads import ABOVE, Flow, Named, begin, by_place, in_flow, is_part_of_cycle, parts_of
from gicrawl.parser.align.cells import PLACEMENT, Settled, absent, cell_of, left_open, printed, unread
from gicrawl.parser.align.labels import ANCHOR, han_columns
from gicrawl.parser.align.layouts import KEPT, Skeleton, skeleton
from gicrawl.parser.align.numbers import EMPTY, NO_FIELD, Kind
from gicrawl.parser.align.placing import without_surplus
from gicrawl.parser.align.runs import Run, collect
from gicrawl.parser.align.stream import han
from gicrawl.parser.report import Cell, Problem, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.stream import Atom, Stream
    from gicrawl.parser.forms import Label, Table

_SURPLUS = 2  # fields more than columns of which we still try to tell which is no cell
_NAMES = 40  # Han characters that the names of all blocks have together, and more
_LOOK_BACK = 160  # Han characters before the first sure header in which the table may begin

# Confidence, by what speaks for a value.
_ROW, _FIELDS, _BLOCKS, _SIDE = 0.98, 0.95, 0.95, 0.93
_DAMAGED = 0.95  # a heading is only half there
_HEADLESS = 0.92  # not all headings were found, and none stands elsewhere than expected
_STRANGE = 0.85  # there are headings that the form does not have
_JOINED = 0.85
_BROKEN = 2  # blocks that do not add up before values without headings of their own are doubted
_MERGED = 2  # fields of several numbers each: a converter ran cells together, and the others moved
_SHOWN = frozenset({State.NUMBER, State.BLANK, State.NOT_APPLICABLE})


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


@dataclass(frozen=True, slots=True)
class _Spot:
    """What is known of one cell before its value is looked at.

    Attributes:
        index: atom of the value.
        state: where it is no value that stands there: absent, unread, or ambiguous with the atom as candidate.
    """

    index: int | None = None
    confidence: float = 0.0
    state: State | None = None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which values belong where, as far as the skeleton of the table tells.

    Attributes:
        spots: of the cells, row by row of the form.
        problem: of reading it.
        fields: atoms of one row of too many fields: which of them are no cells, the figures have a say in.
    """

    spots: tuple[_Spot, ...]
    problem: str = ""
    fields: tuple[int, ...] = ()


def block_cells(atoms: Stream, reading: Reading, floor: int, last: int) -> tuple[list[Cell], list[Problem]]:
    """Cells of a side-by-side table.

    Args:
        atoms: the stream.
        reading: of the table.
        floor: position in `Stream.han` before which it cannot begin: another table ends there.
        last: atom it ends before.
    """
    table = reading.table
    back, start, begins = _start(atoms, reading, floor)
    bones, part = skeleton(atoms, reading, atoms.atom_at(begins), last)
    shift = reading.origin - bones.reading.origin
    layout = _layout(bones, back - shift, start - shift)
    width = len(table.columns) * len(table.rows)
    names = [(row.key, column) for row in table.rows for column in table.columns]
    if layout.fields and (options := without_surplus(part, layout.fields, width)):
        settled = Settled(options, _JOINED)
        return [cell_of(part, (table.key, *name), at, settled) for at, name in enumerate(names)], []
    cells = [_cell(part, table, name, spot) for name, spot in zip(names, layout.spots, strict=True)]
    if len(reading.labels) == 1:  # where a block has no name, nothing but the order of the form says which it is
        text = atoms.han[back : atoms.position_after(last)]
        unnamed = {row.key for row in table.rows if not any(han(name) in text for name in row.labels)}
        cells = [_presumed(cell) if cell.row in unnamed else cell for cell in cells]
    if sum(one.kind is Kind.ILLEGIBLE and one.table < 0 and len(one.raw.split()) > 1 for one in part) >= _MERGED:
        cells = [_open(cell) if cell.state in _SHOWN else cell for cell in cells]
    size = len(table.columns)
    blocks = [cells[at : at + size] for at in range(0, len(cells), size)]
    if sum(map(_breaks, blocks)) >= _BROKEN:
        cells = [_open(cell) if cell.state in _SHOWN and cell.confidence <= _JOINED else cell for cell in cells]
    return cells, [Problem(layout.problem, (("table", table.key),))] if layout.problem else []


def _breaks(block: Sequence[Cell]) -> bool:
    """Whether the total of a block is not the sum of the rest, what is no number counting nothing."""
    *parts, total = (0 if cell.value is None else cell.value for cell in block)
    return total != sum(parts)


def _open(cell: Cell) -> Cell:
    """A cell whose value may be that of another: it is a candidate."""
    return left_open(cell.key, PLACEMENT, () if cell.raw is None else [(cell.raw, cell.evidence)])


def _presumed(cell: Cell) -> Cell:
    return cell._replace(confidence=min(cell.confidence, _STRANGE))


def _cell(atoms: Sequence[Atom], table: Table, name: tuple[str, Label], spot: _Spot) -> Cell:
    row, column = name
    if spot.index is None:
        make = absent if spot.state is State.ABSENT else unread
        return make(table.key, row, column.key)
    if spot.state is None:
        return printed(atoms[spot.index], table.key, row, column, spot.confidence)
    atom = atoms[spot.index]  # the value that its position alone would give it
    return Cell(
        table=table.key,
        row=row,
        column=column.key,
        state=spot.state,
        flags=("headings",),
        candidates=((atom.raw, atom.evidence),),
    )


@lru_cache(maxsize=KEPT)
def _layout(bones: Skeleton, back: int, start: int) -> _Layout:
    """The layout of a table whose headings begin at `back`, and those of its columns at `start`."""
    atoms, table = bones.rebuilt(), bones.reading.table
    width = len(table.columns) * len(table.rows)
    runs = [run for run in collect(atoms.atoms, atoms.atom_at(start), bones.last, width) if run.held]
    named = by_place(atoms, table, atoms.atom_at(back), runs)
    spots = None if named is None else _by_headings(table, named)
    left = [] if named is None or spots is None else _left_over(atoms, runs, (*named.spots.values(), *named.unnamed))
    if spots is None or (left and any(spot.state is State.ABSENT for spot in spots)):
        shape = _shape(atoms, runs, len(table.rows), len(table.columns))
        layout = None if shape is None else _flowing(atoms, table, start, shape)
        if layout is not None and (spots is None or _agree(layout.spots, spots)):
            taken = [spot.index for spot in layout.spots if spot.index is not None]
            return replace(layout, spots=_doubted(atoms, layout.spots, _left_over(atoms, runs, taken)))
    if spots is not None:
        return _Layout(_doubted(atoms, spots, left))
    return _Layout((_Spot(state=State.UNREAD),) * width, "table_unread", _surplus(runs, width))


def _start(atoms: Stream, reading: Reading, floor: int) -> tuple[int, int, int]:
    """Positions in `Stream.han`: before which no heading of the table stands, and its first column heading.

    The third: where the skeleton begins, which without a heading has to hold the names right before the first column.
    """
    sure = reading.origin + min(
        label.start for label in reading.labels if label is not None and label.end - label.start >= ANCHOR
    )
    # Where the table before seems to end beyond this one (its last rows come later, torn off), it holds this one.
    back = max(min(floor, reading.first), sure - _LOOK_BACK)
    heading = max(atoms.han.rfind(words, back, sure) for words in parts_of(reading.table))
    back = max(back, heading)
    heads = [atoms.han.find(head, back, sure) for head in han_columns(reading.table)]
    start = min([at for at in heads if at >= 0] + [sure])
    return back, start, back if heading >= 0 else max(0, back - _NAMES)


def _by_headings(table: Table, named: Named) -> tuple[_Spot, ...] | None:
    """The cells, each value under its headings; None where too little is named to go by."""
    if len(named.unnamed) > len(named.spots):
        return None
    spots = dict(named.spots)
    size = len(table.columns)
    names = [(row, at) for row in range(len(table.rows)) for at in range(size)]
    free = [name for name in names if name not in spots]
    usual = [spots[spot] for spot in sorted(spots)] == sorted(spots.values())
    presumed = dict(zip(free, named.unnamed, strict=True)) if usual and len(free) == len(named.unnamed) else {}
    whole = _usual({**spots, **presumed})
    confidence = _DAMAGED if named.damaged else _ROW
    cells: list[_Spot] = []
    for name in names:
        if name in spots:
            cells.append(_Spot(spots[name], confidence))
        elif name in presumed and whole:
            cells.append(_Spot(presumed[name], _STRANGE))
        else:
            cells.append(_Spot(state=State.UNREAD if named.unnamed else State.ABSENT))
    return tuple(cells)


def _left_over(atoms: Stream, runs: Sequence[Run], taken: Sequence[int]) -> list[int]:
    """Values that are of no cell: in lines of their own, or of another shape than the others."""
    return [at for run in runs for at in run.atoms if at not in taken and atoms.atoms[at].kind not in EMPTY]


def _agree(flowing: Sequence[_Spot], spots: Sequence[_Spot]) -> bool:
    """Whether the order of the form has every value where its headings have it, and no cell is without one."""
    return all(
        one.index is not None and one.state is None and other.index in {None, one.index}
        for one, other in zip(flowing, spots, strict=True)
    )


def _doubted(atoms: Stream, spots: Sequence[_Spot], left: Sequence[int]) -> tuple[_Spot, ...]:
    """The cells where values are left over: none is absent, none empty where one of these stands before the last."""
    if not left:
        return tuple(spots)
    within = left[0] < max((spot.index for spot in spots if spot.index is not None), default=0)
    return tuple(
        _Spot(state=State.UNREAD)
        if spot.state is State.ABSENT or (within and spot.index is not None and atoms.atoms[spot.index].kind in EMPTY)
        else spot
        for spot in spots
    )


def _usual(spots: dict[tuple[int, int], int]) -> bool:
    """Whether values stand in the order of the form, or of the form on its side."""
    along = [spots[spot] for spot in sorted(spots)]
    down = [spots[spot] for spot in sorted(spots, key=lambda spot: spot[::-1])]
    return along == sorted(along) or down == sorted(down)


def _shape(atoms: Stream, runs: list[Run], rows: int, columns: int) -> _Shape | None:
    """How the values are grouped; None where it is none of the ways known."""
    width = rows * columns
    whole_rows = [run for run in runs if not run.cut]  # what was cut from a longer flow is of another table
    for run in whole_rows:
        if run.held == width:
            return _Shape((_held(atoms, run),), width, _ROW)
    for run in whole_rows:
        if len(run.atoms) == width:
            ends = any(atoms.atoms[index].kind is Kind.END for index in run.atoms)
            return _Shape((run.atoms,), width, _JOINED if ends else _FIELDS)
    for size, count, confidence in ((columns, rows, _BLOCKS), (rows, columns, _SIDE)):
        whole = [fields for run in runs if (fields := _whole(atoms, run, size))]
        if len(whole) == count:
            return _Shape(tuple(whole), size, confidence)
    joined = Run(tuple(index for run in runs for index in run.atoms), sum(run.held for run in runs))
    return _Shape((_held(atoms, joined),), width, _JOINED) if joined.held == width else None


def _surplus(runs: list[Run], width: int) -> tuple[int, ...]:
    """One row of a few fields too many."""
    longest = max(runs, key=lambda run: len(run.atoms), default=None)
    return longest.atoms if longest is not None and 0 < len(longest.atoms) - width <= _SURPLUS else ()


def _flowing(atoms: Stream, table: Table, start: int, shape: _Shape) -> _Layout:
    """Values whose place says nothing: the order of the headings is theirs, or nobody's."""
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
        return _Layout(tuple(_Spot(index, state=State.AMBIGUOUS) for index in usual), "headings_contradict")
    order, found = orders
    confidence = min(shape.confidence, 1.0 if found else _HEADLESS)
    if any(each.strange for each in words):
        confidence = min(confidence, _STRANGE)
    at = dict(zip(order, values, strict=True))
    return _Layout(tuple(_Spot(at[row, column], confidence) for row in range(rows) for column in range(columns)))


_Order = tuple[list[tuple[int, int]], bool]
"""For each value in printed order its row and column, and whether the headings said so."""


def _of_one_row(words: Flow, rows: int, columns: int) -> _Order | None:
    """One row of everything: the blocks in the order of their names, each with its columns."""
    if len(words.both) == len(set(words.both)) == rows * columns:
        return list(words.both), True
    blocks = _block_order(words, rows)
    if blocks is None:
        return None
    names = words.columns
    if len(names) > rows * columns:  # one is printed twice, or those above merged cells are, or a word before them
        names = tuple(at for at, _ in groupby(names))[-rows * columns :]
    cuts = [names[at : at + columns] for at in range(0, len(names), columns)]
    whole = all(sorted(cut) == list(range(columns)) for cut in cuts)
    if len(cuts) == 1 and cuts[0] != tuple(range(columns)) and is_part_of_cycle(names, columns, rows):
        whole = False  # what is left of the headings of several blocks, not one header in another order
    if whole and len(cuts) in {1, rows}:
        each = cuts * rows if len(cuts) == 1 else cuts
        return [(block, at) for block, cut in zip(blocks, each, strict=True) for at in cut], True
    if not is_part_of_cycle(names, columns, rows):
        return None
    return [(block, at) for block in blocks for at in range(columns)], False


def _block_order(words: Flow, rows: int) -> list[int] | None:
    """The order of the blocks; None where their names stand in another than that of the form.

    The first block stands before the name of those after it (行政诉讼), and they before each other. The columns of the
    first are named beside those names: they stand before any column only where all three blocks do. Merged cells may be
    printed once for each of their columns, and a header twice.
    """
    blocks = _once(words.blocks)
    if words.leading == len(words.blocks) and blocks[-rows:] == tuple(range(rows)):
        return list(range(rows))  # each right above its columns, whatever stands above them
    named = [block for block in blocks if block != ABOVE]
    after = blocks[blocks.index(ABOVE) :] if ABOVE in blocks else ()
    if named != sorted(set(named)) or 0 in after:
        return None
    leading = {block for block in words.blocks[: words.leading] if block > 0}
    if leading and len(leading) < rows - 1 and len(words.columns) >= rows:
        return None
    return list(range(rows))


def _once(blocks: tuple[int, ...]) -> tuple[int, ...]:
    """Names in their order, those printed several times in a row once, and so all of them together."""
    once = tuple(block for block, _ in groupby(blocks))
    half = len(once) // 2
    return once[:half] if half and once[:half] == once[half:] else once


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


def _whole(atoms: Stream, run: Run, size: int) -> tuple[int, ...]:
    """The fields of a run that fills `size` columns; empty where it does not."""
    if run.held == size:
        return _held(atoms, run)
    return run.atoms if len(run.atoms) == size else ()


def _held(atoms: Stream, run: Run) -> tuple[int, ...]:
    return tuple(index for index in run.atoms if atoms.atoms[index].kind not in NO_FIELD)
