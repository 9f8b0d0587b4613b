from __future__ import annotations

from itertools import count

import pytest

from gicrawl.parser.checks import load_identities, run_checks
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Cell, Check, CheckStatus, Key, Number, Severity, State

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_org",
    "legal_service_org",
    "other_org",
)
FRAME = ("new_received", "carried_in", "results_total", "carried_out")
Cells = dict[Key, Cell]


def number(key: Key, value: Number) -> Cell:
    table, row, column = key
    return Cell(table=table, row=row, column=column, state=State.NUMBER, value=value, raw=str(value))


def empty(key: Key, state: State = State.BLANK) -> Cell:
    table, row, column = key
    return Cell(table=table, row=row, column=column, state=state)


def rows_of(form: str, table: str) -> list[str]:
    return [row.key for f in load_forms() if f.id == form for t in f.tables if t.key == table for row in t.rows]


def consistent(form: str) -> Cells:
    """A report in which everything adds up and no two details are alike."""
    values: dict[tuple[str, str], int] = {}
    details = [row for row in rows_of(form, "applications") if row not in FRAME]
    numbers = count(1)
    for column in APPLICANTS:
        for row in details:
            values[row, column] = next(numbers)
        values["results_total", column] = sum(values[row, column] for row in details)
        values["carried_out", column] = 5
        values["carried_in", column] = 7
        values["new_received", column] = values["results_total", column] - 2
    for row in (*details, *FRAME):
        values[row, "total"] = sum(values[row, column] for column in APPLICANTS)
    cells = {("applications", row, column): value for (row, column), value in values.items()}
    for row in rows_of(form, "review_litigation"):
        block = dict(zip(("upheld", "corrected", "other", "pending"), (4, 3, 2, 1), strict=True)) | {"total": 10}
        cells |= {("review_litigation", row, column): value for column, value in block.items()}
    return {key: number(key, value) for key, value in cells.items()}


def run(cells: Cells, form: str) -> dict[tuple[str, str | None], Check]:
    checks = run_checks(cells, {"applications": form, "review_litigation": form})
    named = {(check.id, check.row or check.column): check for check in checks}
    assert len(named) == len(checks)
    return named


@pytest.mark.parametrize(("form", "rows"), [("form2019", 23), ("form2021", 25)])
def test_a_consistent_report_passes_every_check_there_is(form: str, rows: int) -> None:
    checks = run(consistent(form), form)
    assert len(checks) == rows + 7 + 7 + 3
    assert {check.status for check in checks.values()} == {CheckStatus.PASS}
    assert all(check.left == check.right and check.holds_if_blank_is_zero is None for check in checks.values())


@pytest.mark.parametrize("form", ["form2019", "form2021"])
def test_every_cell_of_both_tables_is_guarded(form: str) -> None:
    cells = consistent(form)
    for key in cells:
        broken = cells | {key: number(key, (cells[key].value or 0) + 1)}
        failed = {name for name, check in run(broken, form).items() if check.status is CheckStatus.FAIL}
        assert failed, key
        assert all(key in run(broken, form)[name].cells for name in failed)


def test_a_wrong_row_total_is_named_with_both_sides() -> None:
    cells = consistent("form2021")
    for column, value in zip((*APPLICANTS, "total"), (11, 0, 2, 0, 0, 0, 0), strict=True):
        key = ("applications", "granted", column)
        cells[key] = number(key, value)
    check = run(cells, "form2021")["T3_ROW_TOTAL", "granted"]
    assert (check.status, check.severity) == (CheckStatus.FAIL, Severity.ERROR)
    assert (check.left, check.right) == (13, 0)
    assert check.cells == tuple(("applications", "granted", column) for column in (*APPLICANTS, "total"))


@pytest.mark.parametrize("state", [State.BLANK, State.NOT_APPLICABLE])
def test_a_blank_is_not_zero_but_says_what_zero_would_mean(state: State) -> None:
    cells = consistent("form2019")
    key = ("review_litigation", "review", "pending")
    cells[key] = empty(key, state)
    check = run(cells, "form2019")["T4_TOTAL", "review"]
    assert (check.status, check.left, check.right) == (CheckStatus.NOT_ASSESSABLE, None, 10)
    assert check.holds_if_blank_is_zero is False
    total = ("review_litigation", "review", "total")
    cells[total] = number(total, 9)
    assert run(cells, "form2019")["T4_TOTAL", "review"].holds_if_blank_is_zero is True


@pytest.mark.parametrize("state", [State.AMBIGUOUS, State.ILLEGIBLE, State.TEXT, State.UNREAD, State.ABSENT, "missing"])
def test_what_may_be_any_number_says_nothing(state: State | str) -> None:
    cells = consistent("form2021")
    blank, unknown = ("applications", "granted", "other_org"), ("applications", "granted", "natural_person")
    cells[blank] = empty(blank)
    if isinstance(state, State):
        cells[unknown] = empty(unknown, state)
    else:
        del cells[unknown]
    checks = run(cells, "form2021")
    for name in (("T3_ROW_TOTAL", "granted"), ("T3_RESULTS_SUM", "natural_person")):
        assert checks[name].status is CheckStatus.NOT_ASSESSABLE
        assert checks[name].holds_if_blank_is_zero is None


def test_decimals_add_up_exactly() -> None:
    cells = consistent("form2021")
    values: dict[str, Number] = {"upheld": 0.1, "corrected": 0.2, "other": 0, "pending": 0, "total": 0.3}
    for column, value in values.items():
        key = ("review_litigation", "review", column)
        cells[key] = number(key, value)
    check = run(cells, "form2021")["T4_TOTAL", "review"]
    assert (check.status, check.left, check.right) == (CheckStatus.PASS, 0.3, 0.3)
    key = ("review_litigation", "review", "total")
    cells[key] = number(key, 0.3000001)
    assert run(cells, "form2021")["T4_TOTAL", "review"].status is CheckStatus.FAIL


def test_tables_that_were_not_read_are_not_checked() -> None:
    cells = consistent("form2021")
    assert {check.table for check in run_checks(cells, {"applications": "form2021"})} == {"applications"}
    assert run_checks(cells, {}) == ()
    assert run_checks(cells, {"applications": "some other form"}) == ()


def test_the_two_forms_may_be_mixed() -> None:
    cells = {k: v for k, v in consistent("form2019").items() if k[0] == "applications"}
    cells |= {k: v for k, v in consistent("form2021").items() if k[0] == "review_litigation"}
    checks = run_checks(cells, {"applications": "form2019", "review_litigation": "form2021"})
    assert {check.status for check in checks} == {CheckStatus.PASS}
    assert sum(check.id == "T3_ROW_TOTAL" for check in checks) == 23


def test_the_data_file_names_each_identity_once_or_with_its_rows() -> None:
    names = [(identity.id, identity.row) for identity in load_identities()]
    assert len(names) == len(set(names))
