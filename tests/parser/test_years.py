"""A report against last year's: what was carried, what is in force, and what was copied."""

from __future__ import annotations

import random
from datetime import date

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.parse import parse
from gicrawl.parser.passages import text_of
from gicrawl.parser.report import Cell, Check, CheckStatus, Identity, Report, State, Status
from gicrawl.parser.years import compare_years
from gicrawl.sample.figures import SCALES, Numbers, draw_years
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.report import ReportSpec, generate_report

OFFICE = Issuer("青禾县水利局", "青禾县", "county", "department", "department", "县水利局")


def written(year: int, numbers: Numbers, seed: int = 1) -> bytes:
    spec = ReportSpec(issuer=OFFICE, year=year, published=date(year + 1, 1, 12), numbers=numbers, paste="plain")
    return generate_report(random.Random(seed), spec).html


def compared(now: bytes, before: bytes) -> list[Check]:
    reports = [parse([Source(body)]) for body in (now, before)]
    return list(compare_years(*reports, text_of(now), text_of(before)))


def failed(checks: list[Check]) -> set[tuple[str, str | None]]:
    return {(check.id, check.row or check.table) for check in checks if check.status is CheckStatus.FAIL}


def test_years_drawn_together_agree() -> None:
    for seed in range(6):
        drawn = draw_years(random.Random(seed), SCALES["county"], range(2019, 2025), late_form=frozenset())
        for year in (2020, 2022, 2024):
            checks = compared(written(year, drawn[year], seed), written(year - 1, drawn[year - 1], seed + 100))
            assert not failed(checks)
            carried = [check for check in checks if check.id == "X_CARRY"]
            assert len(carried) == 7
            assert {check.status for check in carried} == {CheckStatus.PASS}
            assert ("X_ITEMS" if year == 2020 else "X_STOCK") in {check.id for check in checks}


def test_what_does_not_follow_from_last_year_is_named_with_both_sides() -> None:
    drawn = draw_years(random.Random(3), SCALES["county"], (2022, 2023), late_form=frozenset())
    stock = ("art20_1", "normative_documents", "in_force")
    carried = ("applications", "carried_in", "natural_person")
    changed = {**drawn[2023], stock: drawn[2023][stock] + 2, carried: drawn[2023][carried] + 1}
    checks = compared(written(2023, changed), written(2022, drawn[2022], 9))
    assert failed(checks) == {("X_STOCK", "normative_documents"), ("X_CARRY", "carried_in")}
    found = next(check for check in checks if check.id == "X_STOCK" and check.status is CheckStatus.FAIL)
    assert (found.left, found.right) == (drawn[2023][stock], drawn[2023][stock] + 2)


def test_a_table_and_sentences_of_last_year_are_named() -> None:
    drawn = draw_years(random.Random(5), SCALES["county"], (2022, 2023), late_form=frozenset())
    checks = compared(written(2023, drawn[2022]), written(2022, drawn[2022]))
    assert {("F_TABLE_COPIED", "applications"), ("F_PROSE_COPIED", None)} <= failed(checks)


@pytest.mark.parametrize(("changed", "status"), [("2022年", "fail"), ("2022年解读形式仍显单一。", "pass")])
def test_part_five_copied_from_last_year_is_named_but_for_the_years_it_names(changed: str, status: str) -> None:
    contents = "目录五、存在的主要问题及改进情况六、其他需要报告的事项"
    plans = "下一步将加强培训，完善机制，丰富解读形式，提升公开质量和服务水平，及时回应群众关切。"
    part = "五、存在的主要问题及改进情况{}公开内容的深度还不够，基层人员业务不熟。" + plans
    end = "六、其他需要报告的事项无。"
    texts = (contents + part.format(changed) + end, contents + part.format("2021年") + end)
    (check,) = (one for one in compare_years(annex(annual=1), annex(annual=1), *texts) if one.id == "F_PROBLEMS_COPIED")
    assert check.status.value == status


def test_a_table_of_noughts_is_like_any_other_and_not_copied() -> None:
    noughts = dict.fromkeys(draw_years(random.Random(5), SCALES["county"], (2023,), late_form=frozenset())[2023], 0)
    assert "F_TABLE_COPIED" not in {check.id for check in compared(written(2023, noughts), written(2022, noughts))}


def annex(**values: int | None) -> Report:
    cells = tuple(
        Cell(
            table="statistics",
            row="proactive_total",
            column=column,
            state=State.BLANK if value is None else State.NUMBER,
            value=value,
        )
        for column, value in values.items()
    )
    identity = Identity(status=Status.REPORT, year=2014)
    return Report(
        sha256="", media_type="", parser="", reader="", identity=identity, forms=(("statistics", "x"),), cells=cells
    )


def test_what_there_is_in_all_is_last_year_s_with_this_year_s_and_never_falls() -> None:
    before = annex(annual=10, cumulative=100)
    for after, expected in (
        (annex(annual=20, cumulative=120), CheckStatus.PASS),
        (annex(annual=20, cumulative=121), CheckStatus.FAIL),
        (annex(annual=None, cumulative=107), CheckStatus.PASS),
        (annex(annual=None, cumulative=99), CheckStatus.FAIL),
        (annex(annual=20, cumulative=None), CheckStatus.NOT_ASSESSABLE),
    ):
        (check,) = [check for check in compare_years(after, before) if check.id == "XF_CUMULATIVE"]
        assert check.status is expected


def test_growth_that_is_stated_is_computed_from_both_reports() -> None:
    line = "青禾县2023年政府信息公开工作年度报告\n一、总体情况\n2023年，全县主动公开政府信息550条，同比增长{}%。\n"
    line += "全年收到政府信息公开申请4件。二、主动公开政府信息情况\n" + "栏目按月核对，过期内容归档。\n" * 20
    line += "五、存在的主要问题及改进情况\n六、其他需要报告的事项\n"
    before = parse([Source(line.format(1).replace("2023", "2022").replace("550", "500").encode())])
    for stated, expected in (("10", CheckStatus.PASS), ("5", CheckStatus.FAIL)):
        report = parse([Source(line.format(stated).encode())])
        (check,) = [check for check in compare_years(report, before) if check.id == "N_RATE"]
        assert (check.status, check.right) == (expected, 10)


def test_a_table_of_ones_is_common_and_not_copied() -> None:
    ones = dict.fromkeys(draw_years(random.Random(5), SCALES["county"], (2023,), late_form=frozenset())[2023], 1)
    assert "F_TABLE_COPIED" not in {name for name, _ in failed(compared(written(2023, ones), written(2022, ones)))}
