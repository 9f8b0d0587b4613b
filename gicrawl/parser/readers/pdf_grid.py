"""From ruling lines to tables: which lines belong together, and which cells they enclose.

A cell is what lines part from its neighbours: where none is drawn between two places, they are one merged cell with
true row and column spans.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.pdf_drawing import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.readers.pdf_drawing import Box

_NEAR: Final = 2.5  # points: lines as near as that are one (double borders, lines drawn cell by cell)
_GAP: Final = 3.0  # points between two parts of one line, or between a line and the one it meets
_SHORTEST: Final = 5.0  # points: shorter lines belong to drawings
_JUTTING: Final = 6.0  # points: lines that go on so far beyond the last crossing one enclose a cell without an edge
_COVERED: Final = 0.6  # share of an edge that is drawn where it is one
MOST_RULES: Final = 1200
"""Lines of a page, parts put together; with more it is a drawing or a trap."""
_MOST_PLACES: Final = 40_000


@dataclass(slots=True)
class TableCell:
    """A cell: the rows and columns it covers, and whether a line closes it above and below.

    `beside` is true where no line closes it at the side of the table, which other rows have: if it is empty, it is no
    cell but the place beside a narrower table that touches a wider one.
    """

    row: int
    column: int
    rowspan: int
    colspan: int
    closed_above: bool
    closed_below: bool
    beside: bool

    def covers(self, row: int, column: int) -> bool:
        """Whether a place in the table is of this cell."""
        return self.row <= row < self.row + self.rowspan and self.column <= column < self.column + self.colspan


@dataclass(slots=True)
class Table:
    """A table on a page as read.

    Attributes:
        xs: where its columns begin, and where the last one ends.
        ys: the same for rows.
        cells: in reading order.
    """

    xs: list[float]
    ys: list[float]
    cells: list[TableCell]

    @property
    def box(self) -> Box:
        """All of it."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def cell_box(self, cell: TableCell) -> Box:
        """The place of one of its cells."""
        return (
            self.xs[cell.column],
            self.ys[cell.row],
            self.xs[cell.column + cell.colspan],
            self.ys[cell.row + cell.rowspan],
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the table."""
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]

    def cell_numbers(self) -> dict[tuple[int, int], int]:
        """Which cell covers a row and column, counted as in `cells`."""
        return {
            (row, column): number
            for number, cell in enumerate(self.cells)
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
        }

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of a point in the table."""
        row = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        column = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        return row, column


def find_tables(horizontal: Iterable[Rule], vertical: Iterable[Rule]) -> tuple[list[Table], bool]:
    """The tables that lines draw.

    Args:
        horizontal: lines across.
        vertical: lines down.

    Returns:
        Tables of at least two columns, the smallest first (one within another comes before it), and whether there were
        too many lines to look at.
    """
    across, down = _whole(horizontal), _whole(vertical)
    if len(across) > MOST_RULES or len(down) > MOST_RULES:
        return [], True
    tables = []
    cut = False
    for rows, columns in _components(across, down):
        ys = _edges(rows, columns)
        xs = _edges(columns, rows)
        if len(xs) < 3 or len(ys) < 2:  # noqa: PLR2004 - two columns have three edges
            continue
        if len(xs) * len(ys) > _MOST_PLACES:
            cut = True
            continue
        tables.append(_table(xs, ys, rows, columns))
    tables.sort(key=lambda table: (table.xs[-1] - table.xs[0]) * (table.ys[-1] - table.ys[0]))
    return tables, cut


def _whole(rules: Iterable[Rule]) -> list[Rule]:
    """Lines put together from their parts."""
    whole: list[Rule] = []
    for group in _groups(sorted(rules)):
        at = (group[0].at + group[-1].at) / 2
        start, end = 0.0, -1.0
        for rule in sorted(group, key=lambda rule: rule.start):
            if end >= start and rule.start <= end + _GAP:
                end = max(end, rule.end)
                continue
            if end - start >= _SHORTEST:
                whole.append(Rule(at, start, end))
            start, end = rule.start, rule.end
        if end - start >= _SHORTEST:
            whole.append(Rule(at, start, end))
    return whole


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    groups: list[list[Rule]] = []
    for rule in rules:
        if groups and rule.at - groups[-1][0].at <= _NEAR:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return groups


def _components(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that cross or touch one another, each with those it is connected to."""
    parents = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for i, a in enumerate(across):
        for j, d in enumerate(down, len(across)):
            if a.start - _GAP <= d.at <= a.end + _GAP and d.start - _GAP <= a.at <= d.end + _GAP:
                parents[root(i)] = root(j)
    found: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, a in enumerate(across):
        found[root(i)][0].append(a)
    for j, d in enumerate(down, len(across)):
        found[root(j)][1].append(d)
    return [(rows, columns) for rows, columns in found.values() if rows and columns]


def _edges(rules: Sequence[Rule], crossing: Sequence[Rule]) -> list[float]:
    """Where lines of one direction stand, with the outer edges that the crossing ones reach without being closed."""
    edges = [(group[0].at + group[-1].at) / 2 for group in _groups(sorted(rules))]
    first, last = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    if first < edges[0] - _JUTTING:
        edges.insert(0, first)
    if last > edges[-1] + _JUTTING:
        edges.append(last)
    return edges


def _drawn(edges: Sequence[float], stops: Sequence[float], rules: Sequence[Rule]) -> list[list[bool]]:
    """For every edge and every stretch between two stops: whether a line is drawn there."""
    drawn = [[0.0] * (len(stops) - 1) for _ in edges]
    for rule in rules:
        index = min(range(len(edges)), key=lambda i: abs(edges[i] - rule.at))
        for at, (a, b) in enumerate(pairwise(stops)):
            drawn[index][at] += max(0.0, min(b, rule.end) - max(a, rule.start)) / (b - a)
    return [[share >= _COVERED for share in row] for row in drawn]


def _table(xs: list[float], ys: list[float], rows: Sequence[Rule], columns: Sequence[Rule]) -> Table:
    lines_across = _drawn(ys, xs, rows)
    lines_down = _drawn(xs, ys, columns)
    height, width = len(ys) - 1, len(xs) - 1
    owner: dict[tuple[int, int], int] = {}
    regions: list[list[tuple[int, int]]] = []
    for row in range(height):
        for column in range(width):
            if (row, column) in owner:
                continue
            region = [(row, column)]
            owner[row, column] = len(regions)
            for r, c in region:  # grows while it is walked
                for there, parted in (
                    ((r, c + 1), c + 1 < width and lines_down[c + 1][r]),
                    ((r, c - 1), c > 0 and lines_down[c][r]),
                    ((r + 1, c), r + 1 < height and lines_across[r + 1][c]),
                    ((r - 1, c), r > 0 and lines_across[r][c]),
                ):
                    inside = 0 <= there[0] < height and 0 <= there[1] < width
                    if inside and not parted and there not in owner:
                        owner[there] = len(regions)
                        region.append(there)
            regions.append(region)
    cells = [
        TableCell(
            row=top,
            column=left,
            rowspan=bottom - top + 1,
            colspan=right - left + 1,
            closed_above=all(lines_across[top][left : right + 1]),
            closed_below=all(lines_across[bottom + 1][left : right + 1]),
            beside=any(
                inner == edge and any(lines_down[at]) and not any(lines_down[at][top : bottom + 1])
                for inner, edge, at in ((left, 0, 0), (right, width - 1, width))
            ),
        )
        for region in regions
        for top, left, bottom, right in _rectangles(region)
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Table(xs, ys, cells)


def _rectangles(region: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """A region as rectangles: itself where it is one, its rows where a line between two cells is missing."""
    tops, lefts = [r for r, _ in region], [c for _, c in region]
    top, left, bottom, right = min(tops), min(lefts), max(tops), max(lefts)
    if (bottom - top + 1) * (right - left + 1) == len(region):
        return [(top, left, bottom, right)]
    found = []
    for row in range(top, bottom + 1):
        columns = sorted(c for r, c in region if r == row)
        start = columns[0]
        for a, b in pairwise([*columns, columns[-1] + 2]):
            if b != a + 1:
                found.append((row, start, row, a))
                start = b
    return found
