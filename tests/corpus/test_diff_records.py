from __future__ import annotations

from dataclasses import replace

import pytest

from gicrawl.corpus.diff_records import Difference, Parsed, differences, paired
from gicrawl.parser.report import Cell, Check, CheckStatus, Fact, Problem, RawGrid, Severity, State

CELL = Cell(
    table="applications",
    row="granted",
    column="total",
    state=State.NUMBER,
    value=7,
    raw="7",
    confidence=0.9,
    evidence={"start": 5, "end": 6},
)
FACT = Fact(key="proactive_total", value=5, unit="条", scope="region", kind="annual", sentence="公开5条。")
CHECK = Check(id="T3_ROW_TOTAL", status=CheckStatus.PASS, severity=Severity.ERROR, table="applications", row="granted")
GRID = RawGrid(caption="附表", rows=(("a", "1"),), evidence={"page": 1})
OLD = Parsed(
    parser="1",
    status="report",
    identity={"year": 2022, "issuer_name": "甘泉县人民政府", "published": None},
    forms={"applications": "form2021"},
    cells=(CELL,),
    facts=(FACT,),
    checks=(CHECK,),
    grids=(GRID,),
    problems=(Problem("row_unknown", (("row", "其他"),)),),
)


def kinds(new: Parsed, old: Parsed = OLD) -> list[str]:
    return [d.kind for d in differences(old, new)]


def only(new: Parsed) -> Difference:
    (found,) = differences(OLD, new)
    return found


def test_the_same_is_no_difference() -> None:
    assert kinds(replace(OLD, parser="2")) == []


@pytest.mark.parametrize(
    ("change", "kind", "after"),
    [
        ({"state": State.BLANK, "value": None, "raw": ""}, "cell number→blank", "blank"),
        ({"state": State.TEXT, "value": None, "raw": "约 7"}, "cell number→text", "text 约 7"),
        ({"value": 0}, "cell value changed", "0"),
        ({"value": 7.0}, "cell value changed", "7.0"),
        ({"unit": "万元"}, "cell unit changed", "7 万元"),
        ({"raw": "７"}, "cell raw changed", "7"),
        ({"flags": ("tie",)}, "cell flags changed", "7"),
        ({"evidence": {"start": 6, "end": 7}}, "cell evidence changed", "7"),
        ({"confidence": 0.5}, "cell confidence changed", "7"),
    ],
)
def test_a_cell_is_named_after_the_weightiest_change(change: dict[str, object], kind: str, after: str) -> None:
    found = only(
        replace(OLD, cells=(CELL._replace(**change, **{} if "confidence" in change else {"confidence": 0.1}),))
    )  # type: ignore[arg-type]
    assert (found.kind, found.before, found.after) == (kind, "7", after)
    assert found.place == CELL.key


def test_cells_come_and_go() -> None:
    other = CELL._replace(column="other_org")
    gone, come = differences(OLD, replace(OLD, cells=(other,)))
    assert (gone.kind, gone.column, gone.after, gone.new) == ("cell removed", "total", None, None)
    assert (come.kind, come.column, come.before, come.old) == ("cell added", "other_org", None, None)


def test_status_identity_and_forms_come_first() -> None:
    new = replace(
        OLD,
        status="not_a_report",
        identity={"year": 2021, "issuer_name": None, "published": "2023-01-12"},
        forms={"applications": "form2019", "art20_1": "form2019"},
        cells=(),
    )
    found = list(differences(OLD, new))
    assert [(d.kind, d.key or d.table, d.before, d.after) for d in found[:-1]] == [
        ("status report→not_a_report", None, "report", "not_a_report"),
        ("identity changed", "year", "2022", "2021"),
        ("identity removed", "issuer_name", "甘泉县人民政府", None),
        ("identity added", "published", None, "2023-01-12"),
        ("form changed", "applications", "form2021", "form2019"),
        ("form added", "art20_1", None, "form2019"),
    ]
    assert found[-1].kind == "cell removed"


def test_checks_are_named_by_rule_and_place() -> None:
    failed = replace(CHECK, status=CheckStatus.FAIL, left=3, right=4)
    found = only(replace(OLD, checks=(failed,)))
    assert (found.kind, found.key, found.before, found.after) == (
        "check pass→fail",
        "T3_ROW_TOTAL",
        "pass",
        "fail: 3 = 4",
    )
    assert kinds(replace(OLD, checks=(replace(CHECK, left=1, right=1),))) == ["check changed"]
    assert kinds(replace(OLD, checks=(replace(CHECK, row="refused"),))) == ["check removed", "check added"]


def test_facts_of_one_key_are_told_apart() -> None:
    other = replace(FACT, value=9, sentence="另公开9条。")
    assert kinds(replace(OLD, facts=(other, FACT))) == ["fact added"]
    assert kinds(replace(OLD, facts=(other,))) == ["fact value changed"]
    assert kinds(replace(OLD, facts=(replace(FACT, evidence={"start": 1}),))) == ["fact evidence changed"]


def test_problems_and_grids() -> None:
    assert kinds(replace(OLD, problems=())) == ["problem removed"]
    assert kinds(replace(OLD, problems=(*OLD.problems, *OLD.problems))) == ["problem added"]
    assert kinds(replace(OLD, problems=(Problem("row_unknown", (("row", "另"),)),))) == ["problem changed"]
    assert kinds(replace(OLD, grids=(replace(GRID, rows=(("a", "2"),)),))) == ["grid changed"]
    assert kinds(replace(OLD, grids=(replace(GRID, evidence={"page": 2}),))) == ["grid evidence changed"]


def test_each_equal_piece_goes_against_one() -> None:
    assert list(paired([1, 1, 2], [1, 2, 2], str)) == [(1, None), (None, 2)]
