"""The same large table printed twice with other figures: last year's beside this year's, the office's beside the sum.

Only one of them is the report's. The line above each tells which; where it does not, every cell in which they differ is
ambiguous. Copies of one table (a page for telephones beside that for screens) say the same and are left alone. Of small
tables see `small_twins`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.align.cells import left_open
from gicrawl.parser.align.stream import han
from gicrawl.parser.align.tables import raw_grid
from gicrawl.parser.document import Grid
from gicrawl.parser.identity.lines import squeezed_blocks
from gicrawl.parser.pictures.recognised import tables_of
from gicrawl.parser.report import Cell, Problem, State
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block, Document, Evidence
    from gicrawl.parser.report import Identity, Key
    from gicrawl.parser.several.renditions import Part

TWINS: Final = "table_twice"
"""Code of the problem, and flag of a cell for which the tables say different things."""

_LEAST_CELLS: Final = 60
_LEAST_LABELS: Final = 14
_ALIKE: Final = 0.8  # share of the labels
_LABEL: Final = 3  # Han characters
_CAPTION: Final = 60  # characters
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)年")
SUM: Final = re.compile(r"汇总|合计|全[省市县区州盟旗镇乡]|全系统|全辖")
"""Words for the figures of a body and all below it."""
_BEFORE: Final = re.compile("上一?年度?(?!结转)|去年")
_OWN: Final = re.compile(r"本级|办公室|机关|本单位|本部门|局属")
_LEAST_MARKER, _MARKER = 2, 24  # characters of a line that says whose figures follow
_MARKS: Final = frozenset("级总计办全")
"""One of them stands in each such line."""
_MARKED: Final = re.compile(
    r"(?:\(?[一二三12]\)?[、.]?)?(?:[\u4e00-\u9fff]{0,10}(?:本级|汇总|合计)|[\u4e00-\u9fff]{0,6}(?:政府)?办公[室厅]|全[省市县区州盟旗镇乡])"
    r"(?:数据|情况|统计表|统计)?:?"
)
_PART_ENDS: Final = ("情况", "事项")
_PART: Final = re.compile(rf"[一二三四五六七八九]、.{{2,40}}(?:{'|'.join(_PART_ENDS)})")
_HEADS: Final = re.compile(r"[^。;；]*(?:情况|数据|统计表?|对比|比较)(?:[(（].{0,12}[)）])?[:：]?")
"""A line that heads tables."""
_OWN_NAME, _SUM_NAME = "own", "sum"
_NUMBER: Final = re.compile(r"\s*-?[\d,.]+\s*")


class Twin(NamedTuple):
    """One of several tables with the same labels: its number among the blocks, and the line above it."""

    at: int
    above: str
    hidden: bool


def without_twins(part: Part, identity: Identity) -> Part:
    """A file whose tables are read once each.

    Args:
        part: the file, read as a whole.
        identity: whose report of which year it is.

    Returns:
        The part itself where no large table stands in it twice.
    """
    document = part.document
    if document is None or not part.has_cells or part.undecided:
        return part
    groups = _groups(document.blocks)
    if not groups:
        return _of_year(part, document, identity) or _of_whole(part, document, identity)
    dropped: set[int] = set()
    settled = True
    for group in groups:
        kept = chosen(group, identity)
        settled = settled and kept is not None
        dropped |= {twin.at for twin in group if kept is not None and twin.at != kept}
    rest = replace(document, blocks=tuple(block for at, block in enumerate(document.blocks) if at not in dropped))
    tables = tables_of(rest)
    others = [block for at, block in enumerate(document.blocks) if at in dropped and isinstance(block, Grid)]
    tables.grids += [raw_grid(grid) for grid in others]
    if settled:
        return replace(part, document=rest, tables=tables)
    first, *more = [twin.at for group in groups for twin in group if twin.at not in dropped]
    said: dict[Key, list[Cell]] = {cell.key: [cell] for cell in tables.cells}
    for at in (first, *more):
        alone = replace(document, blocks=(document.blocks[at],))
        for cell in tables_of(alone).cells:
            said.setdefault(cell.key, []).append(cell)
    tables.cells = [of_all(cells) for cells in said.values()]
    tables.problems.append(Problem(TWINS, ()))
    return replace(part, tables=tables)


def _of_year(part: Part, document: Document, identity: Identity) -> Part | None:
    """A file whose text has a table under a line for each year; None where no table is left open for it."""
    if not any(TWINS in cell.flags for cell in part.tables.cells):
        return None
    other = _other_years(document, identity)
    blocks = list(enumerate(document.blocks))
    rest = replace(document, blocks=tuple(block for at, block in blocks if at not in other))
    theirs = tables_of(replace(document, blocks=tuple(block for at, block in blocks if at in other)))
    tables = tables_of(rest)
    figures = [{cell.table for cell in read.cells if cell.state is State.NUMBER} for read in (theirs, tables)]
    if not figures[0] or not figures[0] <= figures[1] or any(TWINS in cell.flags for cell in tables.cells):
        return None
    return replace(part, document=rest, tables=tables)


def _other_years(document: Document, identity: Identity) -> set[int]:
    """The blocks under lines that name other years than the report's, each up to the next such line or part."""
    out: set[int] = set()
    theirs = False
    for at, line in enumerate(squeezed_blocks(document)):
        if len(line) <= _CAPTION and _HEADS.fullmatch(line):
            years = {int(year) for year in _YEAR.findall(line)}
            if _PART.fullmatch(line):
                theirs = False
            elif (years and identity.year is not None) or _BEFORE.search(line):
                theirs = identity.year not in years
        if theirs:
            out.add(at)
    return out


def _of_whole(part: Part, document: Document, identity: Identity) -> Part:
    """A file whose text has a table of the body's own and one of all below it under lines that say so."""
    stretches = _stretches(document)
    if not all(stretches.values()):
        return part
    read = {}
    for name, places in stretches.items():
        alone = replace(document, blocks=tuple(document.blocks[at] for at in places))
        read[name] = tables_of(alone)
    figures = [{cell.table for cell in tables.cells if cell.state is State.NUMBER} for tables in read.values()]
    if not figures[0] & figures[1]:
        return part
    whole = identity.issuer is not None and identity.issuer.kind == "government"
    left = set(stretches[_OWN_NAME])
    rest = replace(document, blocks=tuple(block for at, block in enumerate(document.blocks) if at not in left))
    tables = tables_of(rest)
    if whole:
        return replace(part, document=rest, tables=tables)
    said: dict[Key, list[Cell]] = {cell.key: [cell] for cell in tables.cells}
    for cell in read[_OWN_NAME].cells:
        said.setdefault(cell.key, []).append(cell)
    tables.cells = [of_all(cells) for cells in said.values()]
    tables.problems.append(Problem(TWINS, ()))
    return replace(part, tables=tables)


def _stretches(document: Document) -> dict[str, list[int]]:
    """The blocks under a line for the body alone, and those under one for all below it, up to the next part."""
    out: dict[str, list[int]] = {_OWN_NAME: [], _SUM_NAME: []}
    here: str | None = None
    for at, squeezed in enumerate(squeezed_blocks(document)):
        line = squeezed.strip("*#")
        if _LEAST_MARKER <= len(line) <= _MARKER:
            if not _MARKS.isdisjoint(line) and _MARKED.fullmatch(line):
                here = _SUM_NAME if SUM.search(line) else _OWN_NAME
                continue
            if line.endswith(_PART_ENDS) and _PART.fullmatch(line):
                here = None
        if here is not None:
            out[here].append(at)
    return out


def _groups(blocks: Sequence[Block]) -> list[list[Twin]]:
    """Large tables with the same labels and other figures."""
    large = [at for at, block in enumerate(blocks) if isinstance(block, Grid) and len(block.cells) >= _LEAST_CELLS]
    if len(large) < 2:  # noqa: PLR2004 - twins are two
        return []
    labels = {at: _labels(blocks[at]) for at in large}
    out: list[list[Twin]] = []
    for one, other in combinations(large, 2):
        if _are_alike(labels[one], labels[other]) and _differ(_figures(blocks[one]), _figures(blocks[other])):
            home = next((group for group in out if any(twin.at == one for twin in group)), None)
            if home is None:
                home = [Twin(one, _above(blocks, one), _is_hidden(blocks[one]))]
                out.append(home)
            if all(twin.at != other for twin in home):
                home.append(Twin(other, _above(blocks, other), _is_hidden(blocks[other])))
    return out


def _is_hidden(block: Block) -> bool:
    return isinstance(block, Grid) and block.hidden


def _labels(block: Block) -> frozenset[str]:
    """The labels of a table."""
    assert isinstance(block, Grid)
    texts = {cell.text for cell in block.cells}  # most are the same few figures
    return frozenset(words for text in texts if len(text) >= _LABEL and len(words := han(text)) >= _LABEL)


def _figures(block: Block) -> tuple[str, ...]:
    """The figures of a table, in order."""
    assert isinstance(block, Grid)
    return tuple(cell.text.strip() for cell in block.cells if _NUMBER.fullmatch(cell.text))


def _are_alike(labels: frozenset[str], more: frozenset[str]) -> bool:
    larger = max(len(labels), len(more))
    return min(len(labels), len(more)) >= _LEAST_LABELS and len(labels & more) >= _ALIKE * larger


def _differ(figures: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return bool(figures) and bool(others) and figures != others


def _above(blocks: Sequence[Block], at: int) -> str:
    """The line right above a table, or its caption; empty where another table stands there."""
    grid = blocks[at]
    if isinstance(grid, Grid) and grid.caption:
        return squeeze(grid.caption)
    above = blocks[at - 1] if at else None
    if above is None or isinstance(above, Grid):
        return ""
    line = squeeze(above.text.rstrip().rpartition("\n")[2])
    return line if len(line) <= _CAPTION else ""


def chosen(group: Sequence[Twin], identity: Identity) -> int | None:
    """Which of the tables is the report's, by the lines above them; None where these do not tell.

    Args:
        group: the tables.
        identity: whose report of which year it is.

    Of one that the page shows and others that it does not the first: those are drafts, or last year's.
    """
    shown = [twin for twin in group if not twin.hidden]
    if len(shown) == 1:
        return shown[0].at
    years = {twin.at: {int(year) for year in _YEAR.findall(twin.above)} for twin in group}
    if identity.year is not None and any(years.values()):
        of_year = [at for at, found in years.items() if not found or identity.year in found]
        if len(of_year) == 1:
            return of_year[0]
    of_now = [twin.at for twin in group if not _BEFORE.search(twin.above)]
    if len(of_now) == 1:
        return of_now[0]
    if identity.issuer is None or identity.issuer.kind != "government":
        return None
    sums = [twin.at for twin in group if SUM.search(twin.above) and not _OWN.search(twin.above)]
    rest = [twin.at for twin in group if not _OWN.search(twin.above)]
    for whole in (sums, rest):
        if len(whole) == 1:
            return whole[0]
    return None


def of_all(cells: Sequence[Cell]) -> Cell:
    """One cell of all that stand for it: itself where they agree.

    Args:
        cells: of one key, the first table's first.
    """
    shown = {(cell.state, cell.value, cell.raw) for cell in cells if cell.state is not State.ABSENT}
    if len(shown) <= 1:
        return cells[0]
    candidates: dict[str, Evidence] = {cell.raw or "": cell.evidence for cell in reversed(cells)}
    return left_open(cells[0].key, TWINS, candidates.items())
