"""No damage makes the parser claim what is not printed: it may miss a figure, never invent one and be sure of it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from damage.figures import BLANK, STROKE, number, tables_of
from damage.judging import BEFORE, LAYOUTS, Case, case, judge
from damage.report import Row, sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from damage.figures import Truth
    from damage.report import Part, Sheet

SOLID = [
    "html_plain",
    "html_empty_cells",
    "html_one_table",
    "html_five_columns",
    "html_twelve_columns",
    "html_padded",
    "html_split",
    "html_split_header_again",
    "html_word",
    "html_vertical_heads",
    "html_unclosed",
    "html_sections",
    "html_nested",
    "tsv",
    "tsv_traces",
    "stacked",
    "markdown",
    "markdown_compact",
]
"""Layouts in which every cell has its place."""
HARMLESS = [
    "nothing",
    "contents_list",
    "headings_gone",
    "headings_renumbered",
    "headings_reworded",
    "note_below",
    "sections_swapped",
    "blocks_swapped",
    "titles_gone",
    "traditional",
    "labels_spaced",
    "values_padded",
    "full_width_digits",
    "values_counted",
    "values_separated",
]


@pytest.mark.parametrize("harm", HARMLESS)
@pytest.mark.parametrize("layout", SOLID)
def test_cells_in_their_place_are_read_whatever_happened_around_them(layout: str, harm: str) -> None:
    verdict = judge(case(1, layout, harm))
    assert verdict.sure == []
    assert verdict.counts["missed"] == 0


WORDS_WITHOUT_BLANKS = ["pdf_words", "pdf_around", "pdf_wrapped", "one_a_line", "html_flattened_p", "one_line"]


@pytest.mark.parametrize("layout", WORDS_WITHOUT_BLANKS)
def test_rows_without_blanks_are_read_from_flattened_pages(layout: str) -> None:
    verdict = judge(case(2, layout, "nothing", style="zeros"))
    assert verdict.sure == []
    assert verdict.counts["missed"] == 0


def _truth(printed: str) -> Truth:
    if printed in {"", "/"}:
        return STROKE if printed else BLANK
    return number(int(printed))


def errors(
    layout: str,
    given: dict[tuple[str, str], str],
    *,
    form: str = "form2021",
    otherwise: str = "0",
    change: Callable[[Sheet], None] = lambda _: None,
) -> list[str]:
    """Sure errors in a report of noughts (or of `otherwise`) but for the given rows, fields parted by commas."""
    truth = {}
    for table in tables_of(form):
        for row in table.rows:
            fields = given[table.key, row.key].split(",") if (table.key, row.key) in given else None
            for at, column in enumerate(table.columns):
                truth[table.key, row.key, column.key] = _truth(fields[at] if fields else otherwise)
    report = sheet(Random(0), form, truth)
    change(report)
    rows = {(part.key, row.key) for part in report.parts for row in part.rows}
    printed = frozenset(key for key in truth if key[:2] in rows)
    text = LAYOUTS[layout](report, Random(0))
    verdict = judge(Case(0, layout, "", form, "", text, truth, printed))
    return [
        f"{what} {'/'.join(key)}: {raw!r} read as {cell.value} ({cell.state})" for what, key, raw, cell in verdict.sure
    ]


def harmed(name: str) -> Callable[[Sheet], None]:
    return lambda report: BEFORE[name](report, Random(0))


def _applications(report: Sheet) -> Part:
    return next(part for part in report.parts if part.key == "applications")


NEW = ("applications", "new_received")
CARRIED = ("applications", "carried_in")
GRANTED = ("applications", "granted")
SECRET = ("applications", "denied_state_secret")


@pytest.mark.parametrize("layout", ["pdf_words", "pdf_layout", "tsv_dropped", "html_flattened_br"])
def test_a_blank_lost_between_words_does_not_move_the_other_values_of_its_row(layout: str) -> None:
    assert errors(layout, {SECRET: "5,,0,3,0,0,8"}) == []


def test_a_blank_lost_in_part_two_does_not_move_the_other_values_of_its_row() -> None:
    assert errors("pdf_words", {("art20_1", "normative_documents"): ",4,9"}) == []


@pytest.mark.parametrize("layout", ["html_review_below", "html_review_in_three", "html_review_on_its_side"])
def test_part_four_never_takes_figures_of_the_applications(layout: str) -> None:
    given = {
        NEW: "3,4,0,0,0,0,7",
        ("applications", "results_total"): "3,4,,,,,7",
        ("applications", "carried_out"): ",,,,,,",
        ("review_litigation", "litigation_after_review"): "5,,,,5",
    }
    assert errors(layout, given, otherwise="") == []


def test_part_four_with_few_figures_one_a_line_never_takes_figures_of_the_applications() -> None:
    given = {
        ("applications", "results_total"): "3,4,2,1,5,8,23",
        ("applications", "carried_out"): "1,1,1,1,1,1,6",
        ("review_litigation", "review"): "2,,,,2",
    }
    assert errors("one_a_line_dropped", given, otherwise="") == []


def test_figures_printed_above_their_labels_are_not_those_of_the_label_above() -> None:
    given = {NEW: "9,0,0,0,0,0,9", CARRIED: "1,0,0,0,0,0,1", GRANTED: "10,0,0,0,0,0,10"}
    given |= {("applications", "results_total"): "10,0,0,0,0,0,10"}
    assert errors("pdf_numbers_first", given) == []


def _swap(a: int, b: int) -> Callable[[Sheet], None]:
    def change(report: Sheet) -> None:
        part = _applications(report)
        for fields in [part.columns, *(row.values for row in part.rows)]:
            fields[a], fields[b] = fields[b], fields[a]

    return change


@pytest.mark.parametrize("layout", ["html_plain", "html_one_table", "tsv_traces", "markdown"])
@pytest.mark.parametrize("places", [(0, 6), (3, 4)], ids=["total_first", "neighbours"])
def test_columns_in_another_order_are_read_by_their_headings(layout: str, places: tuple[int, int]) -> None:
    assert errors(layout, {NEW: "3,4,0,5,0,0,12", GRANTED: "3,4,0,5,0,0,12"}, change=_swap(*places)) == []


def _truncate(row: str, label: str) -> Callable[[Sheet], None]:
    def change(report: Sheet) -> None:
        next(each for part in report.parts for each in part.rows if each.key == row).label = label

    return change


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ("denied_state_secret", "1.属于国"),
        ("regulations", "规早"),
        ("new_received", ""),
    ],
)
@pytest.mark.parametrize("layout", ["html_plain", "html_split"])
def test_a_row_with_a_damaged_label_is_not_surely_absent(layout: str, row: str, label: str) -> None:
    given = {NEW: "3,4,0,0,0,0,7", GRANTED: "3,3,0,0,0,0,6", SECRET: "0,1,0,0,0,0,1"}
    assert errors(layout, given | {("art20_1", "regulations"): "3,1,9"}, change=_truncate(row, label)) == []


def _without_heads(*keys: str) -> Callable[[Sheet], None]:
    def change(report: Sheet) -> None:
        for part in report.parts:
            if part.key in keys:
                part.columns = [""] * len(part.columns)

    return change


@pytest.mark.parametrize("layout", ["html_twelve_columns", "html_split", "markdown", "pdf_words"])
def test_a_table_without_headings_is_not_read_by_a_form_its_rows_do_not_fit(layout: str) -> None:
    given = {("art20_6", "administrative_penalty"): "12,3,40", ("art20_6", "administrative_coercion"): "7,1,9"}
    change = _without_heads("art20_1", "art20_5", "art20_6", "art20_8")
    assert errors(layout, given, form="form2019", change=change) == []


def _subtotals(report: Sheet) -> None:
    part = _applications(report)
    part.columns.insert(6, "小计")
    for row in part.rows:
        row.values.insert(6, str(sum(int(value or "0") for value in row.values[1:6])))


@pytest.mark.parametrize("layout", ["tsv", "markdown", "markdown_compact"])
def test_a_column_of_subtotals_takes_no_place_of_a_blank_one(layout: str) -> None:
    given = {NEW: "3,,0,5,,0,8", CARRIED: "0,1,,,0,0,1", GRANTED: "0,0,2,,0,0,2"}
    assert errors(layout, given, otherwise="", change=_subtotals) == []


def _added(label: str, values: str, before: str) -> Callable[[Sheet], None]:
    def change(report: Sheet) -> None:
        rows = _applications(report).rows
        at = next(number for number, row in enumerate(rows) if row.key == before)
        rows.insert(at, Row("", label, values.split(","), [], rows[at].depth))

    return change


@pytest.mark.parametrize("layout", ["tsv", "markdown", "html_columns_merged"])
@pytest.mark.parametrize("label", ["小计", "合计"])
def test_an_empty_row_does_not_take_the_values_of_a_row_the_form_does_not_have(layout: str, label: str) -> None:
    given = {NEW: "1,0,0,0,0,0,1", SECRET: ",,,,,,", ("applications", "denied_prohibited_by_law"): ",,,,,,"}
    change = _added(label, "1,0,0,0,0,0,1", "denied_prohibited_by_law")
    assert errors(layout, given, otherwise="", change=change) == []


def test_a_row_of_strokes_among_merged_rows_keeps_its_label() -> None:
    def text(report: Sheet) -> None:
        rows = _applications(report).rows
        at = next(number for number, row in enumerate(rows) if row.key == "denied_third_party_rights")
        rows[at - 1].label += " " + rows[at].label
        rows[at].label = ""

    values = {("applications", "denied_three_securities_one_stability"): "/,/,/,2,2,/,4"}
    assert errors("pdf_words", values, otherwise="/", change=text) == []


@pytest.mark.parametrize("layout", ["pdf_columns"])
def test_values_printed_column_by_column_are_not_rows(layout: str) -> None:
    given = {NEW: "3,0,0,0,0,0,3", GRANTED: "3,0,0,0,0,0,3", ("applications", "carried_out"): "0,2,0,0,0,0,2"}
    assert errors(layout, given) == []


def _one_other_row(report: Sheet) -> None:
    """Only 逾期不缴费 is left of the three rows of 其他处理."""
    rows = _applications(report).rows
    gone = {"other_processing_no_correction", "other_processing_other"}
    rows[:] = [row for row in rows if row.key not in gone]
    row = next(row for row in rows if row.key == "other_processing_fee_unpaid")
    row.label = "2.逾期不缴费"
    row.groups.insert(0, ("（六）其他处理", 1))


def test_a_vertical_cell_is_not_the_single_row_of_the_older_form() -> None:
    given = {("applications", "other_processing_fee_unpaid"): "5,0,0,0,0,0,5"}
    assert errors("html_plain", given, change=_one_other_row) == []


def test_a_header_that_a_row_group_cuts_in_two_does_not_hide_another_order() -> None:
    for harm in ("total_first", "columns_swapped"):
        assert [what for what, *_ in judge(case(7, "html_sections", harm)).sure] == []
