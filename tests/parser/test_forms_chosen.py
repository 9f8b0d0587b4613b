"""The form of a table is chosen by all its rows: one that nobody knows does not change it."""

from __future__ import annotations

from random import Random

import pytest
from damage.figures import figures
from damage.judging import LAYOUTS, case, judge
from damage.report import sheet

from gicrawl.parser.align.tables import Tables, read_tables
from gicrawl.parser.document import Context
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers import reader_for, readers
from gicrawl.parser.report import State

APPLICATIONS = "applications"
FORMS = {form.id: form for form in load_forms()}


def read(form: str, row: str, words: str, layout: str) -> tuple[Tables, set[tuple[str, str]]]:
    """A report with other words for the label of one row; the cells that are printed elsewhere in the table."""
    draw = Random(f"{row} {words}")
    truth = figures(draw, form, "zeros", broken=False)
    report = sheet(draw, form, truth)
    (part,) = (part for part in report.parts if part.key == APPLICATIONS)
    for each in part.rows:
        if each.key == row:
            each.label = words
    body = LAYOUTS[layout](report, draw).encode()
    document = readers()[reader_for(body)].read(body, Context())
    rest = {(each, column) for table, each, column in truth if table == APPLICATIONS and each != row}
    return read_tables(document, load_forms()), rest


@pytest.mark.parametrize("words", ["", "其它有关情形的答复"])
@pytest.mark.parametrize("layout", ["html_plain", "tsv", "pdf_words", "one_a_line", "markdown"])
@pytest.mark.parametrize("form", ["form2019", "form2021"])
def test_one_label_that_is_not_known_changes_neither_form_nor_other_rows(form: str, layout: str, words: str) -> None:
    for row in FORMS[form].table(APPLICATIONS).rows:
        tables, rest = read(form, row.key, words, layout)
        assert dict(tables.forms)[APPLICATIONS] == form, row.key
        got = {cell.key[1:] for cell in tables.cells if cell.table == APPLICATIONS and cell.state is State.NUMBER}
        lost = {place[0] for place in rest - got}
        assert len(lost) <= 1, (row.key, lost)  # in flowing text its neighbour may be doubted


@pytest.mark.parametrize(
    ("harm", "tables"),
    [
        ("rows_swapped", "applications"),
        ("small_rows_swapped", "art20"),
        ("small_columns_swapped", "art20"),
        ("small_column_renamed", "art20"),
    ],
)
@pytest.mark.parametrize("layout", [name for name in LAYOUTS if not name.endswith(("_dropped", "_ghosts"))])
def test_values_of_swapped_rows_and_columns_go_with_their_labels_or_are_doubted(
    layout: str, harm: str, tables: str
) -> None:
    for seed in (11, 12):
        assert [error for error in judge(case(seed, layout, harm)).sure if error[1][0].startswith(tables)] == []
