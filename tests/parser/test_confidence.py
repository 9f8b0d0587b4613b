from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.confidence import calibrated, support
from gicrawl.parser.report import Cell, Check, CheckStatus, Severity, State

if TYPE_CHECKING:
    from gicrawl.parser.document import Evidence

GRID: Evidence = {"path": "/html/body/table/tr/td"}
FLAT: Evidence = {"start": 3, "end": 5}
COLUMNS = ("natural_person", "commercial_enterprise", "total")


def row(name: str, confidence: float, evidence: Evidence) -> list[Cell]:
    return [
        Cell(
            table="applications",
            row=name,
            column=column,
            state=State.NUMBER,
            value=1,
            raw="1",
            confidence=confidence,
            evidence=evidence,
        )
        for column in COLUMNS
    ]


def total(name: str, status: CheckStatus, left: int = 2) -> Check:
    keys = tuple(("applications", name, column) for column in COLUMNS)
    return Check(
        id="T3_ROW_TOTAL", status=status, severity=Severity.ERROR, table="applications", row=name, left=left, cells=keys
    )


def confidences(cells: tuple[Cell, ...]) -> set[float]:
    return {cell.confidence for cell in cells}


def test_cells_of_a_grid_whose_sums_hold_earn_the_highest() -> None:
    assert confidences(calibrated(row("granted", 0.98, GRID), [total("granted", CheckStatus.PASS)])) == {0.995}


def test_flattened_cells_earn_it_where_a_sum_that_is_not_all_zeros_holds() -> None:
    cells = row("granted", 0.92, FLAT)
    assert confidences(calibrated(cells, [total("granted", CheckStatus.PASS)])) == {0.995}
    assert confidences(calibrated(cells, [total("granted", CheckStatus.PASS, left=0)])) == {0.92}


def test_a_table_most_of_whose_sums_fail_is_believed_nowhere() -> None:
    names = ("granted", "carried_in", "carried_out")
    cells = [cell for name in names for cell in row(name, 0.99, GRID)]
    checks = [total(name, CheckStatus.FAIL) for name in names[:2]] + [total(names[2], CheckStatus.PASS)]
    assert confidences(calibrated(cells, checks)) == {0.89}


def test_one_wrong_sum_of_the_issuer_takes_nothing_from_the_other_rows() -> None:
    names = [f"row{number}" for number in range(9)]
    cells = [cell for name in names for cell in row(name, 0.99, GRID)]
    checks = [total(names[0], CheckStatus.FAIL), *(total(name, CheckStatus.PASS) for name in names[1:])]
    found = calibrated(cells, checks)
    assert {cell.row for cell in found if cell.confidence < 0.99} == {names[0]}


def test_only_sums_count_and_only_claims_change() -> None:
    slip = Check(id="F_FORM_YEAR", status=CheckStatus.FAIL, severity=Severity.WARNING, table="applications")
    assert support([slip]).tables == {}
    unread = Cell(table="applications", row="granted", column="total", state=State.UNREAD, confidence=0.0)
    assert calibrated([unread], []) == (unread,)
