"""Tables flattened into lines: what is left when a converter or a careless editor throws the tables away.

Every value is still there, one after the other; blanks cannot survive this, so flattened reports have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample.forms import (
    APPLICANTS,
    CARRIED_IN,
    CARRIED_OUT,
    NEW,
    REVIEW_COLUMNS,
    REVIEW_ROWS,
    TOTAL,
    articles,
    results,
)
from gicrawl.sample.tables import GROUP_OF_RESULTS, NOTE, value_slots

if TYPE_CHECKING:
    from gicrawl.sample.figures import Figures
    from gicrawl.sample.wording import Wording


def article_lines(figures: Figures, form: str, wording: Wording) -> list[list[str]]:
    """Part 二 as lines of cells."""
    lines: list[list[str]] = []
    for article in articles(form):
        lines.append([wording.article(article.item)])
        lines.append(["信息内容", *(wording.label(label) for _, label in article.columns)])
        for key, label in article.rows:
            values = [figures[article.key, key, column].printed for column, _ in article.columns]
            lines.append([wording.label(label), *values])
    return lines


def application_lines(figures: Figures, form: str, wording: Wording) -> list[list[str]]:
    """The applications table as lines of cells; a group's name stands before its first row."""
    lines = [
        [wording.label(NOTE), "申请人情况"],
        ["自然人", "法人或其他组织", "总计"],
        [label for _, label in APPLICANTS[1:]],
    ]
    group = ""
    for row in (NEW, CARRIED_IN, *results(form), TOTAL, CARRIED_OUT):
        labels = [wording.label(row.label)]
        if row.group and row.group != group:
            labels.insert(0, wording.label(row.group))
        if row.key == "granted":
            labels.insert(0, GROUP_OF_RESULTS)
        group = row.group
        lines.append([*labels, *(slot.text for slot in value_slots(figures, row))])
    return lines


def review_lines(figures: Figures) -> list[list[str]]:
    """The table of part 四 as lines of cells."""
    outcomes = [label for _, label in REVIEW_COLUMNS]
    return [
        ["行政复议", "行政诉讼"],
        [*outcomes, *(label for _, label in REVIEW_ROWS[1:])],
        outcomes * 2,
        [figures["review_litigation", row, column].printed for row, _ in REVIEW_ROWS for column, _ in REVIEW_COLUMNS],
    ]
