"""What page breaks cut and what they add: running heads, page numbers, tables and cells in two parts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid, GridCell
from gicrawl.parser.readers.pdf_halves import row_in_two, without_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Evidence
    from gicrawl.parser.readers.pdf_blocks import Leaf
    from gicrawl.parser.readers.pdf_text import TextLine

_HEAD: Final = 0.1  # of the page's height: where running heads stand
_FOOT: Final = 0.88
_SAME_X: Final = 3.0  # points between column lines of two parts of a table
_SHARED: Final = 0.5  # share of the inner column lines of one part that the other has as well
_SUFFIX: Final = 5  # columns at least of a part that lacks those at the left
_REPEATED: Final = 3  # pages with the same line at their edge
_LONGEST: Final = 40  # characters of a running head
_DIGITS: Final = re.compile(r"[0-9０-９]+")
_DECORATED: Final = re.compile(
    r"[-–—－·~\s]+\d{1,4}[-–—－·~\s]+|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|(?i:page)\s*\d{1,4}(?:\s*of\s*\d{1,4})?|\d{1,4}\s*/\s*\d{1,4}"
)
_PRINTED_AT: Final = re.compile(
    r"\d{1,4}[-/年.]\d{1,2}[-/月.]\d{1,4}日?[,，]?\s*(?:[上下]午\s*)?\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]M)?(?![\d:]).*"
)
"""What browsers print at the head of each page: the time, and the page's title, which is worth keeping once."""
_ADDRESS: Final = re.compile(r"(?:https?|file)://\S+\s*(?:第\s*)?\d{1,4}\s*[/,，]\s*(?:共\s*)?\d{1,4}\s*页?")
"""What they print at its foot: its address and number."""
_WORDS: Final = re.compile(r"[\u3400-\u9fff《》（）·、 ]{4,40}")
_BARE: Final = re.compile(r"\d{1,4}")
_NUMBER: Final = re.compile(r"[-+]?[\d.,]+")


@dataclass(slots=True)
class Part:
    """A table, or as much of it as stands on the pages read so far.

    Attributes:
        cells: with their places.
        open_above: (column, column after) of cells of the first row that no line closes above.
        open_below: the same for the last row and below.
    """

    xs: list[float]
    rows: int
    cells: list[GridCell]
    open_above: frozenset[tuple[int, int]]
    open_below: frozenset[tuple[int, int]]
    evidence: Evidence

    def grid(self) -> Grid:
        """The table as the rest of the parser sees it."""
        return Grid(tuple(self.cells), self.rows, len(self.xs) - 1, None, self.evidence)


def without_furniture(pages: Sequence[tuple[Leaf, list[TextLine]]]) -> list[list[TextLine]]:
    """The lines of every page without running heads and page numbers.

    A bare number at the edge of a page is a page number only where it counts with the pages.
    """
    heads: Counter[str] = Counter()
    steps: Counter[int] = Counter()
    words: list[set[tuple[str, int]]] = []
    for page, lines in pages:
        heads.update({_DIGITS.sub("#", line.text) for line in lines if _at_edge(page, line)})
        words.append({(line.text, round(line.box[1])) for line in lines if _is_words(page, line)})
        steps.update({int(line.text) - page.number for line in lines if _is_bare(page, line)})

    def is_furniture(at: int, page: Leaf, line: TextLine) -> bool:
        if not _at_edge(page, line):
            return False
        if _DECORATED.fullmatch(line.text) or _ADDRESS.fullmatch(line.text):
            return True
        if at > 0 and _PRINTED_AT.fullmatch(line.text):
            return True
        if _is_bare(page, line):
            step = int(line.text) - page.number
            return steps[step] > 1 or (len(pages) == 1 and step == 0)
        if heads[_DIGITS.sub("#", line.text)] >= _REPEATED and len(line.text) <= _LONGEST:
            return True
        # Of two pages only the second is known to repeat: on the first the same words may be the title.
        return at > 0 and _is_words(page, line) and (line.text, round(line.box[1])) in words[at - 1]

    return [[line for line in lines if not is_furniture(at, page, line)] for at, (page, lines) in enumerate(pages)]


def _is_words(page: Leaf, line: TextLine) -> bool:
    """Whether a line may be a running head by what it says: rows of a table repeat too, and have figures."""
    return _at_edge(page, line) and _WORDS.fullmatch(line.text) is not None


def _at_edge(page: Leaf, line: TextLine) -> bool:
    return line.box[3] <= _HEAD * page.height or line.box[1] >= _FOOT * page.height


def _is_bare(page: Leaf, line: TextLine) -> bool:
    return _at_edge(page, line) and line.text.isascii() and _BARE.fullmatch(line.text) is not None


def rejoin(first: Part, second: Part) -> Part | None:
    """Two parts of a table as one; None where the second is another table.

    Args:
        first: ends a page (and may itself have come over several).
        second: begins the next one.
    """
    if not _same_columns(first.xs, second.xs):
        return None
    xs = _united(first.xs, second.xs)
    first = _on(first, xs)
    second = _without_head(first, _on(second, xs), xs)
    if second.rows == 0:
        return first
    cut = {(cell.column, cell.column + cell.colspan): cell for cell in first.cells if _ends(cell, first.rows)}
    going_on = {(cell.column, cell.column + cell.colspan): cell for cell in second.cells if cell.row == 0}
    both = {
        span
        for span in cut.keys() & going_on.keys() & first.open_below & second.open_above
        if not (_is_number(cut[span]) and _is_number(going_on[span]))
    }
    one_row = bool(both) and both == set(cut) == set(going_on)
    if not one_row and (halves := row_in_two(cut, going_on)) is not None:
        both, one_row = halves, True
    shift = first.rows - 1 if one_row else first.rows
    merged = {span: _merged(cut[span], going_on[span], shift) for span in both}
    cells = [
        merged.get((cell.column, cell.column + cell.colspan), cell) if _ends(cell, first.rows) else cell
        for cell in first.cells
    ]
    cells += [
        cell._replace(row=cell.row + shift)
        for cell in second.cells
        if cell.row > 0 or (cell.column, cell.column + cell.colspan) not in both
    ]
    if one_row:
        cells = without_place(cells, shift)
    evidence = first.evidence | where_it_ends(second.evidence)
    return Part(xs, shift + second.rows, cells, frozenset(), second.open_below, evidence)


def where_it_ends(evidence: Evidence) -> Evidence:
    """Where something ends that began on another page, in the words of its place there."""
    return {f"last_{name}": evidence[name] for name in ("picture", "page", "box") if name in evidence}


def _ends(cell: GridCell, rows: int) -> bool:
    return cell.row + cell.rowspan == rows


def _is_number(cell: GridCell) -> bool:
    return _NUMBER.fullmatch(cell.text) is not None


def _merged(cell: GridCell, more: GridCell, shift: int) -> GridCell:
    text = "\n".join(part for part in (cell.text, more.text) if part)
    evidence = cell.evidence
    if more.text:
        evidence = evidence | where_it_ends(more.evidence)
    return cell._replace(text=text, rowspan=shift + more.rowspan - cell.row, evidence=evidence)


def _same_columns(a: list[float], b: list[float]) -> bool:
    if abs(a[-1] - b[-1]) > _SAME_X:
        return False
    narrow, wide = sorted((a, b), key=lambda xs: xs[0], reverse=True)
    if narrow[0] - wide[0] > _SAME_X:
        # Browsers leave out a merged cell at the left that goes on over a whole page.
        return len(narrow) > _SUFFIX and all(any(abs(x - y) <= _SAME_X for y in wide) for x in narrow)
    few, many = sorted((a[1:-1], b[1:-1]), key=len)
    shared = sum(any(abs(x - y) <= _SAME_X for y in many) for x in few)
    return shared >= _SHARED * len(few)


def _united(a: list[float], b: list[float]) -> list[float]:
    return sorted([*a, *(x for x in b if all(abs(x - y) > _SAME_X for y in a))])


def _on(part: Part, xs: list[float]) -> Part:
    """The part with its columns counted on more column lines."""
    to = [min(range(len(xs)), key=lambda at: abs(xs[at] - x)) for x in part.xs]
    if to == list(range(len(to))) and len(to) == len(xs):
        return part
    cells = [
        cell._replace(column=to[cell.column], colspan=to[cell.column + cell.colspan] - to[cell.column])
        for cell in part.cells
    ]
    above, below = (frozenset((to[a], to[b]) for a, b in spans) for spans in (part.open_above, part.open_below))
    return Part(xs, part.rows, cells, above, below, part.evidence)


def _without_head(first: Part, second: Part, xs: list[float]) -> Part:
    """The second part without the rows that repeat the head of the first."""
    ours, theirs = _by_row(first), _by_row(second)
    repeated = 0
    for row, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        if not b or a != b or any(rowspan + row > second.rows for _, _, rowspan, _ in b):
            break
        if any(_NUMBER.fullmatch(text) for *_, text in b) or not any(text.strip() for *_, text in b):
            break
        repeated = row + 1
    while repeated and any(cell.row < repeated < cell.row + cell.rowspan for cell in second.cells):
        repeated -= 1
    if not repeated:
        return second
    cells = [cell._replace(row=cell.row - repeated) for cell in second.cells if cell.row >= repeated]
    return Part(xs, second.rows - repeated, cells, frozenset(), second.open_below, second.evidence)


def _by_row(part: Part) -> list[list[tuple[int, int, int, str]]]:
    rows: list[list[tuple[int, int, int, str]]] = [[] for _ in range(part.rows)]
    for cell in part.cells:
        rows[cell.row].append((cell.column, cell.colspan, cell.rowspan, cell.text))
    return rows
