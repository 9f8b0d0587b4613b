"""The statutory tables as grids of cells with spans: what an office's Word file holds before it is pasted anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance
from gicrawl.sample.forms import (
    APPLICANTS,
    APPLICATION_COLUMNS,
    CARRIED_IN,
    CARRIED_OUT,
    NEW,
    REVIEW_COLUMNS,
    REVIEW_ROWS,
    TOTAL,
    Article,
    Result,
    articles,
    results,
)

if TYPE_CHECKING:
    import random

    from gicrawl.sample.figures import Figures
    from gicrawl.sample.wording import Wording

VALUES = len(APPLICATION_COLUMNS)
LABEL_COLUMNS = 3
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
GROUP_OF_RESULTS = "三、本年度办理结果"
_WEIGHTS = (1.0, 2.4, 6.0, *(1.65,) * VALUES)
"""The first column holds one character a line: the name of the group stands upright, as in print."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell of a grid; `value` marks the cells that hold figures."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    value: bool = False


@dataclass(slots=True)
class Table:
    """Rows of cells, spans as in HTML.

    Attributes:
        width: columns of the grid.
        weights: how wide the columns are in print beside each other; empty: all alike.
        header: how many rows at the top are the header, which a word processor may repeat on every page.
    """

    width: int
    rows: list[list[Slot]] = field(default_factory=list)
    weights: tuple[float, ...] = ()
    header: int = 0


def article_tables(
    rng: random.Random, figures: Figures, form: str, wording: Wording, *, single: bool, shifting: bool
) -> list[Table]:
    """The small tables of part 二.

    Args:
        rng: source of the drawing.
        figures: what to print.
        form: the form the part follows.
        wording: the office's habits.
        single: all blocks in one table, as pasted by most, or one table each.
        shifting: whether the blocks share a finer grid on which each places its columns elsewhere.
    """
    width = rng.choice((5, 6, 8)) if shifting else 4
    tables: list[Table] = []
    for article in articles(form):
        block = Table(width, _article_rows(rng, figures, article, wording, width))
        if single and tables:
            tables[0].rows.extend(block.rows)
        else:
            tables.append(block)
    return tables


def _article_rows(
    rng: random.Random, figures: Figures, article: Article, wording: Wording, width: int
) -> list[list[Slot]]:
    count = len(article.columns)
    label_span = 1 if count == width - 1 else rng.randint(1, width - count)
    spans = _cut(rng, width - label_span, count)
    rows = [[Slot(wording.article(article.item), colspan=width)]]
    header = [Slot("信息内容", colspan=label_span)]
    header += [
        Slot(wording.label(label), colspan=span) for (_, label), span in zip(article.columns, spans, strict=True)
    ]
    rows.append(header)
    for key, label in article.rows:
        row = [Slot(wording.label(label), colspan=label_span)]
        for (column, _), span in zip(article.columns, spans, strict=True):
            row.append(Slot(figures[article.key, key, column].printed, colspan=span, value=True))
        rows.append(row)
    return rows


def _cut(rng: random.Random, length: int, pieces: int) -> list[int]:
    """Cut a length into so many whole pieces of at least 1."""
    cuts = sorted(rng.sample(range(1, length), k=pieces - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, length], strict=True)]


def application_tables(
    rng: random.Random, figures: Figures, form: str, wording: Wording, *, split: bool
) -> list[Table]:
    """The applications table, in one piece or cut by a page break into two, the second without a header."""
    width = LABEL_COLUMNS + VALUES
    note = wording.label(NOTE) if chance(rng, 0.7) else ""  # most print the note
    head = Table(
        width,
        [
            [Slot(note, colspan=LABEL_COLUMNS, rowspan=3), Slot("申请人情况", colspan=VALUES)],
            [Slot("自然人", rowspan=2), Slot("法人或其他组织", colspan=VALUES - 2), Slot("总计", rowspan=2)],
            [Slot(label) for _, label in APPLICANTS[1:]],
        ],
        weights=_WEIGHTS,
        header=3,
    )
    head.rows.append([Slot(wording.label(NEW.label), colspan=3), *value_slots(figures, NEW)])
    head.rows.append([Slot(wording.label(CARRIED_IN.label), colspan=3), *value_slots(figures, CARRIED_IN)])
    body = [*results(form), TOTAL]
    if not split:
        head.rows += _results(figures, body, wording)
        tables = [head]
    else:
        at = rng.choice([i for i in range(4, len(body) - 2) if body[i].group != body[i - 1].group or i % 3 == 0])
        head.rows += _results(figures, body[:at], wording)
        rest = Table(width, _results(figures, body[at:], wording, again=chance(rng, 0.5)), weights=_WEIGHTS)
        tables = [head, rest]
    tables[-1].rows.append([Slot(wording.label(CARRIED_OUT.label), colspan=3), *value_slots(figures, CARRIED_OUT)])
    return tables


def _results(figures: Figures, rows: list[Result], wording: Wording, *, again: bool = True) -> list[list[Slot]]:
    """The rows of part 三; the first carries the group's name over all of them (nothing where not repeated)."""
    out: list[list[Slot]] = []
    for group, members in groupby(rows, key=lambda row: row.group):
        inside = list(members)
        for index, row in enumerate(inside):
            line: list[Slot] = []
            if not out:
                line.append(Slot(GROUP_OF_RESULTS if again else "", rowspan=len(rows)))
            if group and index == 0:
                line.append(Slot(wording.label(group), rowspan=len(inside)))
            line.append(Slot(wording.label(row.label), colspan=1 if group else 2))
            out.append(line + value_slots(figures, row))
    return out


def value_slots(figures: Figures, row: Result) -> list[Slot]:
    """The seven values of one row of the applications table."""
    return [Slot(figures["applications", row.key, column].printed, value=True) for column in APPLICATION_COLUMNS]


def review_table(figures: Figures) -> Table:
    """The table of part 四: one row of fifteen values under a header of three levels."""
    outcomes = [label for _, label in REVIEW_COLUMNS]
    count = len(outcomes)
    return Table(
        count * len(REVIEW_ROWS),
        [
            [Slot("行政复议", colspan=count), Slot("行政诉讼", colspan=count * 2)],
            [
                *(Slot(label, rowspan=2) for label in outcomes),
                *(Slot(label, colspan=count) for _, label in REVIEW_ROWS[1:]),
            ],
            [Slot(label) for _ in REVIEW_ROWS[1:] for label in outcomes],
            [
                Slot(figures["review_litigation", row, column].printed, value=True)
                for row, _ in REVIEW_ROWS
                for column, _ in REVIEW_COLUMNS
            ],
        ],
        header=3,
    )
