"""Lines that hold nothing but a blank, where each cell of a table has a line of its own: empty cells or not?

Nothing in such a line says so. What says so are the lines around it: with them all rows are of one length, and without
them they are not.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.lines import is_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLANK: Final = re.compile(r"[ \u3000\xa0\t]+[|｜]?[ \u3000\xa0]*")
_VALUE: Final = re.compile(
    r"[ \u3000\xa0]*(?:[-+－＋]?[\d０-９][\d０-９,.，．]*(?:万?元|人?次|[件条个人项])?(?:[（(][^（()）]{1,20}[）)])?"
    r"|[-—－–/／]{1,2})[ \u3000\xa0]*[|｜]?[ \u3000\xa0]*"
)
_LEAST_ROW: Final = 5
"""Values of a row that is told by its length; the narrowest block of part 四."""
_BLOCKS: Final = (5, 15)
"""Values of part four: of one block, and of all three in one row."""
_WIDEST: Final = 15
_STATUTORY: Final = 7
"""Values of a row of the table of applications: so many blanks are a row even where no row has a figure."""
_ROWS: Final = 8
"""So many rows of one length are no chance."""
_LEAST_ALONE: Final = 3
"""So many of them have a label of their own."""
_SHARE: Final = 0.8
_WHOLE: Final = 2
"""Rows of a narrow table without any blank: what its length is."""
_SENTENCE: Final = ("。", "：", ":", "；", ";")


def blank_cells(lines: Sequence[str]) -> set[int]:
    """Which lines are empty cells.

    Args:
        lines: of a text, or paragraphs of a page; an empty string parts what stands before and after it.

    Returns:
        Their numbers. None where the rows are not of one length with them, or where they would make a column that is
        always empty at one end of the rows: then they may as well part the rows.
    """
    blanks = {at for at, line in enumerate(lines) if line[:1].isspace() and _BLANK.fullmatch(line)}
    if not blanks:
        return set()
    runs = _runs(lines, blanks)
    rows = _wide(runs, blanks) or _narrow(lines, runs, blanks)
    if rows and not _parts_prose(lines, runs, blanks):
        rows += [run for run in runs if len(run) < _LEAST_ROW or len(run) in _BLOCKS]
    return {at for run in rows for at in run if at in blanks}


def _runs(lines: Sequence[str], blanks: set[int]) -> list[range]:
    """Values and blanks that stand together."""
    out: list[range] = []
    begin: int | None = None
    for at, line in enumerate(lines):
        if at in blanks or _VALUE.fullmatch(line):
            begin = at if begin is None else begin
        elif begin is not None:
            out.append(range(begin, at))
            begin = None
    return out if begin is None else [*out, range(begin, len(lines))]


def _wide(runs: Sequence[range], blanks: set[int]) -> list[range]:
    """The rows of a table that has many columns: nearly all of its rows have as many lines."""
    rows = [run for run in runs if len(run) >= _LEAST_ROW]
    lengths = Counter(map(len, rows))
    if not lengths:
        return []
    width, count = lengths.most_common(1)[0]
    alike = [run for run in rows if len(run) % width == 0]  # some of several rows whose labels are gone
    whole = [run[at : at + width] for run in alike for at in range(0, len(run), width)]
    if count < _LEAST_ALONE or len(whole) < _ROWS or len(alike) < _SHARE * len(rows) or width > _WIDEST:
        return []
    return alike if (width == _STATUTORY and _are_cells(whole, blanks)) or _filled_at_both_ends(whole, blanks) else []


def _narrow(lines: Sequence[str], runs: Sequence[range], blanks: set[int]) -> list[range]:
    """The rows of a list of one or two columns: they end at equal distances, whatever stands before their values."""
    if len(runs) < _ROWS:
        return []
    cells = list(accumulate(at in blanks or not (line == "" or is_rule(line)) for at, line in enumerate(lines)))
    distance, count = Counter(cells[after[-1]] - cells[run[-1]] for run, after in pairwise(runs)).most_common(1)[0]
    width, _ = Counter(map(len, runs)).most_common(1)[0]
    alike = [run for run in runs if len(run) == width]
    whole = sum(blanks.isdisjoint(run) for run in alike)
    if distance <= width or count < max(_ROWS, _SHARE * (len(runs) - 1)) or whole < _WHOLE:
        return []
    return list(runs) if _filled_at_both_ends(alike, blanks) else []


def _are_cells(rows: Sequence[range], blanks: set[int]) -> bool:
    """Whether blanks in rows as long as those of the table of applications are its cells, though none begins otherwise.

    Nobody may have applied as a natural person. Blanks that part rows stand at one place of each, and not within.
    """
    places = [{number for number, at in enumerate(row) if at in blanks} for row in rows]
    within = any(number not in {0, _STATUTORY - 1} for here in places for number in here)
    return within and (
        all(len(here) == _STATUTORY for here in places) or any(_STATUTORY - 1 not in here for here in places)
    )


def _filled_at_both_ends(rows: Sequence[range], blanks: set[int]) -> bool:
    """Whether neither the first place nor the last is blank in all rows."""
    return not (all(row[0] in blanks for row in rows) or all(row[-1] in blanks for row in rows))


def _parts_prose(lines: Sequence[str], runs: Sequence[range], blanks: set[int]) -> bool:
    """Whether lines of blanks stand behind sentences, too: there they are no cells."""
    return any(
        blanks.issuperset(run) and (not run[0] or lines[run[0] - 1].rstrip().endswith(_SENTENCE)) for run in runs
    )
