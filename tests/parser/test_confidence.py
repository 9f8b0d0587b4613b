from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.parser import parse
from gicrawl.parser.confidence import calibrated, support
from gicrawl.parser.document import Source
from gicrawl.parser.report import Cell, Check, CheckStatus, Severity, State

if TYPE_CHECKING:
    from collections.abc import Callable

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


def down(name: str, status: CheckStatus, left: int = 2) -> Check:
    keys = tuple(("applications", name, column) for column in COLUMNS)
    return Check(
        id="T3_BALANCE", status=status, severity=Severity.ERROR, table="applications", column="x", left=left, cells=keys
    )


@pytest.mark.parametrize("check", [total, down])
def test_flattened_cells_earn_it_where_a_sum_that_is_not_all_zeros_holds(check: Callable[..., Check]) -> None:
    cells = row("granted", 0.92, FLAT)
    assert confidences(calibrated(cells, [check("granted", CheckStatus.PASS)])) == {0.995}
    assert confidences(calibrated(cells, [check("granted", CheckStatus.PASS, left=0)])) == {0.92}


def test_where_much_of_a_flattened_table_stays_open_nothing_of_it_is_sure() -> None:
    cells = row("granted", 0.97, FLAT)
    unread = [cell._replace(row="carried_in", state=State.UNREAD, confidence=0.0) for cell in cells]
    for check in (total, down):
        assert confidences(calibrated(cells, [check("granted", CheckStatus.PASS)])) == {0.995}
        found = calibrated([*cells, *unread], [check("granted", CheckStatus.PASS)])
        assert {cell.confidence for cell in found if cell.row == "granted"} == {0.97}


def test_with_a_little_open_only_sums_over_rows_make_sure() -> None:
    cells = [cell for number in range(9) for cell in row(f"row{number}", 0.97, FLAT)]
    cells.append(cells[-1]._replace(row="carried_in", state=State.AMBIGUOUS, confidence=0.0))
    assert max(confidences(calibrated(cells, [total("row0", CheckStatus.PASS)]))) == 0.97
    found = calibrated(cells, [down("row0", CheckStatus.PASS)])
    assert {cell.row for cell in found if cell.confidence > 0.99} == {"row0"}


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


def test_what_a_parse_says_is_what_the_claims_have_earned() -> None:
    text = "2021年某县政府信息公开工作年度报告\n第二十条第（一）项\n信息内容 本年制发件数 本年废止件数 现行有效件数\n"
    found = parse([Source((text + "规章 1 2 3\n行政规范性文件 4 5 6\n").encode())]).cells
    assert [cell.value for cell in found if cell.table == "art20_1"] == [1, 2, 3, 4, 5, 6]
    assert {cell.confidence for cell in found if cell.table == "art20_1"} == {0.995}
