"""A small table, or part 四, printed twice with other figures: the office's beside the sum, last year's beside this.

Found by its own labels, which stand once in a report (those of part 四 three times). The lines above each print tell
which is the report's; where they do not, every cell in which they differ is ambiguous.
"""

from __future__ import annotations

import re
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.document import Grid, GridCell, Line, Paragraph
from gicrawl.parser.pictures.recognised import tables_of
from gicrawl.parser.report import Problem, State
from gicrawl.parser.script import squeeze
from gicrawl.parser.several.twins import TWINS, Twin, chosen, of_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block
    from gicrawl.parser.report import Cell, Identity, Key
    from gicrawl.parser.several.renditions import Part

_SETS: Final = (
    (frozenset(["行政规范性文件", "规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费"]), "art20_", 1),
    (frozenset(["尚未审结"]), "review_litigation", 3),
)
"""Labels of one table or a few, how the keys of these begin, and how often each label stands in one print."""
_SET_OF: Final = {label: at for at, (labels, _, _) in enumerate(_SETS) for label in labels}
_LABELS: Final = frozenset(_SET_OF)
_TEXT: Final = itemgetter(GridCell._fields.index("text"))
_VALUES: Final = re.compile(r"[-\d.,/—]*")
_CAPTION: Final = 60  # characters
_TITLE: Final = re.compile(r"(?:报告|年报)(?:[(（].{0,12})?$")
"""How the title of the report ends, which is above the first print and speaks of all of it."""
_REACH: Final = 3  # blocks above a print that may be its caption


class _Prints(NamedTuple):
    """Two prints of the same tables: where the labels of each begin, and where what belongs to the second does."""

    first: int
    second: int
    begin: int


def without_small_twins(part: Part, identity: Identity) -> Part:
    """A file whose small tables are read once each.

    Args:
        part: the file, its large tables read once.
        identity: whose report of which year it is.

    Returns:
        The part itself where no such table stands in it twice with other figures.
    """
    document = part.document
    if document is None or not part.has_cells or part.undecided:
        return part
    places = _places(document.blocks)
    for (_, tables, times), found in zip(_SETS, places, strict=True):
        prints = _prints(document.blocks, found, times)
        if prints is None:
            continue
        rest = replace(document, blocks=document.blocks[prints.begin :])
        later = {
            cell.key: cell
            for cell in tables_of(rest).cells
            if cell.table.startswith(tables) and cell.state is State.NUMBER
        }
        part = _settled(part, identity, prints, later)
    return part


def _settled(part: Part, identity: Identity, prints: _Prints, later: dict[Key, Cell]) -> Part:
    """The part with the figures of the print that is the report's, or with none that the prints disagree on."""
    differing = {
        cell.key
        for cell in part.tables.cells
        if cell.state is State.NUMBER and cell.key in later and later[cell.key].value != cell.value
    }
    if not differing:
        return part
    assert part.document is not None
    blocks = part.document.blocks
    group = [
        Twin(0, _above(blocks, max(0, prints.first - _REACH), prints.first), hidden=False),
        Twin(1, _above(blocks, prints.begin, prints.second), hidden=False),
    ]
    which = chosen(group, identity)
    if which == 0:
        return part
    keys = {key[0] for key in differing}
    if which == 1:
        cells = [later.get(cell.key, cell) if cell.table in keys else cell for cell in part.tables.cells]
        return replace(part, tables=replace(part.tables, cells=cells))
    cells = [of_all([cell, later[cell.key]]) if cell.key in differing else cell for cell in part.tables.cells]
    problems = [*part.tables.problems, Problem(TWINS, ())]
    return replace(part, tables=replace(part.tables, cells=cells, problems=problems))


def _places(blocks: Sequence[Block]) -> tuple[dict[str, list[int]], ...]:
    """For each set of labels, the blocks in which each of them stands as a whole field, one entry for each time."""
    out: tuple[dict[str, list[int]], ...] = tuple({} for _ in _SETS)
    for at, block in enumerate(blocks):
        if isinstance(block, Grid) and _LABELS.isdisjoint(map(str.strip, map(_TEXT, block.cells))):
            continue  # as most are
        for text in (
            (block.text.strip(),) if isinstance(block, Paragraph) and len(block.text) <= _CAPTION else _fields(block)
        ):
            if (which := _SET_OF.get(text)) is not None:
                out[which].setdefault(text, []).append(at)
    return out


def _fields(block: Block) -> Iterator[str]:
    if isinstance(block, Grid):
        yield from (cell.text.strip() for cell in block.cells)
    elif isinstance(block, Line):
        yield from (field.text.strip() for field in block.fields)
    elif len(block.text) <= _CAPTION:
        yield block.text.strip()


def _prints(blocks: Sequence[Block], found: dict[str, list[int]], times: int) -> _Prints | None:
    """The two prints, where a label stands more often than in one and the second is in blocks of its own."""
    twice = {label: at for label, at in found.items() if len(at) > times}
    if not twice:
        return None
    second = min(at[times] for at in twice.values())
    before = [place for at in found.values() for place in at if place < second]
    if not before:
        return None
    begin = max(before) + 1
    while begin < second and all(_VALUES.fullmatch(text) for text in _fields(blocks[begin])):
        begin += 1  # figures of the first print below its heads
    return _Prints(min(before), second, begin)


def _above(blocks: Sequence[Block], start: int, stop: int) -> str:
    """What stands above a print as a caption of its own, within the table or before it."""
    lines = ["".join(_fields(block)) for block in blocks[start:stop] if not isinstance(block, Grid)]
    lines = [line for line in lines if not _TITLE.search(line.strip())]
    grid = blocks[stop]
    if isinstance(grid, Grid):
        lines.append(grid.caption or "")
        lines += [cell.text for cell in grid.cells if cell.row == 0 and cell.colspan == grid.columns]
    return "".join(squeeze(line) for line in lines if len(line) <= _CAPTION and not line.rstrip().endswith("。"))
