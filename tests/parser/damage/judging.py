"""What became of the figures: the reading of a document against what is printed in it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from damage import harms
from damage.figures import FORMS, STYLES, figures
from damage.pages import PAGES
from damage.report import sheet
from damage.texts import TEXTS
from gicrawl.parser.align.tables import read_tables
from gicrawl.parser.document import Context
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers import reader_for, readers
from gicrawl.parser.report import State

if TYPE_CHECKING:
    from damage.figures import Truth
    from gicrawl.parser.report import Cell, Key

SURE = 0.9
_OPEN = {State.UNREAD, State.AMBIGUOUS}
LAYOUTS = {layout.__name__: layout for layout in [*PAGES, *TEXTS]}
BEFORE = {harm.__name__: harm for harm in harms.HARMS}
AFTER = {harm.__name__: harm for harm in harms.AFTER}
ALL_HARMS = [*(harm.__name__ for harm in harms.HARMS), *AFTER]


@dataclass(slots=True)
class Verdict:
    """Counts of outcomes over the cells of a document, and the sure errors one by one."""

    counts: Counter[str] = field(default_factory=Counter)
    sure: list[tuple[str, Key, str, Cell]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Case:
    """A document and its figures; made from its seed, layout and harm alone."""

    seed: int
    layout: str
    harm: str
    form: str
    style: str
    text: str
    truth: dict[Key, Truth]
    printed: frozenset[Key]
    """Cells that are really printed: rows left out, or cut off, are not."""


def case(seed: int, layout: str, harm: str, form: str | None = None, style: str | None = None) -> Case:
    draw = random.Random(f"{seed} {layout} {harm}")
    form = form or draw.choice(FORMS)
    style = style or draw.choice(["zeros", *STYLES])
    truth = figures(draw, form, style, broken=draw.random() < 0.2)
    report = sheet(draw, form, truth)
    if harm in BEFORE:
        BEFORE[harm](report, draw)
    rows = {(part.key, row.key) for part in report.parts for row in part.rows}
    printed = frozenset(
        (table, row, column)
        for table, row, column in truth
        if (table, row) in rows and not {(table, row), (table, column)} & report.gone
    )
    text = LAYOUTS[layout](report, draw)
    if harm in AFTER:
        text = AFTER[harm](text, draw)
    return Case(seed, layout, harm, form, style, text, truth, printed)


def cells_of(text: str) -> dict[Key, Cell]:
    body = text.encode()
    document = readers()[reader_for(body)].read(body, Context())
    return {cell.key: cell for cell in read_tables(document, load_forms()).cells}


def outcome(cell: Cell | None, truth: Truth | None) -> str:  # noqa: PLR0911 - one return an outcome
    """How a reading relates to what is printed; `truth` is None where nothing is."""
    if truth is None:
        return "extra" if cell is not None and cell.state is State.NUMBER else "nothing"
    if cell is None or cell.state in _OPEN:
        return "missed"
    if cell.state is truth.state:
        return "exact" if cell.value == truth.value else "false_zero" if cell.value == 0 else "wrong"
    if cell.state is State.NUMBER:
        return "false_zero" if cell.value == 0 else "wrong"
    if cell.state is State.ABSENT:
        return "absent_for_number" if truth.state is State.NUMBER else "missed"
    if truth.state is State.NUMBER:
        return "blank_for_number" if cell.state is State.BLANK else "word_for_number"
    return "state"


BAD = ("wrong", "false_zero", "extra", "blank_for_number", "absent_for_number")


def judge(document: Case) -> Verdict:
    cells = cells_of(document.text)
    verdict = Verdict()
    cut = document.harm == "lines_cut"
    for key in document.truth | dict.fromkeys(cells):
        printed = document.truth.get(key) if key in document.printed else None
        cell = cells.get(key)
        result = outcome(cell, printed)
        if cut and result == "absent_for_number":
            result = "nothing"
        verdict.counts[result] += 1
        if cell is not None and result in BAD and cell.confidence >= SURE:
            if document.harm in harms.UNREADABLE and result == "blank_for_number":
                continue
            verdict.counts["sure_" + result] += 1
            verdict.sure.append((result, key, "-" if printed is None else printed.raw, cell))
    return verdict
