"""Prose against table and against itself: three outcomes, and silence where a sentence may mean something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gicrawl.parser.narrative import narrative_checks
from gicrawl.parser.report import Cell, Check, CheckStatus, Fact, Identity, State, Status

TOTALS = {
    ("applications", "new_received"): 30,
    ("applications", "carried_in"): 4,
    ("applications", "granted"): 20,
    ("applications", "partially_granted"): 2,
    ("applications", "unable_not_held"): 5,
    ("applications", "unable_needs_creation"): 1,
    ("applications", "unable_still_unclear"): 0,
    ("applications", "results_total"): 31,
    ("applications", "carried_out"): 3,
    ("review_litigation", "review"): 6,
    ("review_litigation", "litigation_direct"): 1,
    ("review_litigation", "litigation_after_review"): 2,
}


def cells(**blank: bool) -> dict[tuple[str, str, str], Cell]:
    out = {}
    for (table, row), value in TOTALS.items():
        empty = blank.get(row, False)
        state = State.BLANK if empty else State.NUMBER
        cell = Cell(table=table, row=row, column="total", state=state, value=None if empty else value)
        out[cell.key] = cell
    for column, value in (("upheld", 4), ("corrected", 1), ("other", 1), ("pending", 0)):
        cell = Cell(table="review_litigation", row="review", column=column, state=State.NUMBER, value=value)
        out[cell.key] = cell
    return out


def fact(key: str, value: int, scope: str = "region") -> Fact:
    return Fact(key=key, value=value, unit="件", scope=scope, kind="annual", sentence=f"{key} {value}件")


def checks(text: str, *facts: Fact, **blank: bool) -> list[Check]:
    identity = Identity(status=Status.REPORT, year=2022, scope="region")
    forms = {"applications": "form2021", "review_litigation": "form2021"}
    return list(narrative_checks(text, identity, forms, cells(**blank), facts))


def outcomes(found: list[Check]) -> dict[tuple[str, str | None, str | None], str]:
    return {(check.id, check.row, check.column): check.status.value for check in found}


@pytest.mark.parametrize(("told", "outcome"), [(30, "pass"), (34, "pass"), (33, "fail")])
def test_requests_told_are_those_received_with_or_without_those_carried_in(told: int, outcome: str) -> None:
    found = checks("", fact("requests_received", told))
    assert outcomes(found) == {("N_T3_NEW", "new_received", "total"): outcome}
    assert (found[0].left, found[0].right) == (told, 34 if told == 34 else 30)


def test_a_blank_total_leaves_it_open_and_says_how_it_would_end() -> None:
    (check,) = checks("", fact("requests_received", 30), new_received=True)
    assert (check.status, check.holds_if_blank_is_zero) == (CheckStatus.NOT_ASSESSABLE, False)


def test_a_total_whose_row_was_not_found_is_no_reason_for_an_alarm() -> None:
    known = cells()
    key = ("applications", "results_total", "total")
    known[key] = Cell(*key, state=State.ABSENT)
    identity = Identity(status=Status.REPORT, year=2022, scope="region")
    found = narrative_checks("办结32件。", identity, {"applications": "form2021"}, known, [fact("replies_total", 32)])
    assert [check for check in found if check.id == "N_T3_DONE"] == []


def test_numbers_of_other_bodies_say_nothing_of_the_table() -> None:
    assert not checks("", fact("requests_received", 99, scope="counties"))
    assert not checks("市直机关无法提供99件。")


def test_one_statement_that_fits_is_enough() -> None:
    (check,) = checks("", fact("requests_received", 99), fact("requests_received", 30))
    assert check.status is CheckStatus.PASS


def test_groups_are_sums_of_their_rows() -> None:
    text = "已办结的申请中，予以公开20件，部分公开2件，无法提供7件，结转下年度继续办理3件，上年结转4件。"
    assert outcomes(checks(text.replace("，", ","))) == {
        ("N_T3_GROUPS", "granted", "total"): "pass",
        ("N_T3_GROUPS", "partially_granted", "total"): "pass",
        ("N_T3_GROUPS", "unable", "total"): "fail",
        ("N_T3_GROUPS", "carried_out", "total"): "pass",
        ("N_T3_GROUPS", "carried_in", "total"): "pass",
    }


def test_suits_are_those_with_and_without_a_review_before_and_outcomes_are_compared_too() -> None:
    text = "政府信息公开行政复议6件,其中结果维持4件,结果纠正2件;行政诉讼3件"
    found = outcomes(checks(text, fact("review_total", 6), fact("litigation_total", 4)))
    assert found == {
        ("N_T4", "review", "total"): "pass",
        ("N_T4", "litigation", "total"): "fail",
        ("N_T4", "review", "upheld"): "pass",
        ("N_T4", "review", "corrected"): "fail",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公开信息300条,其中网站100条、微信200条。", "pass"),
        ("公开信息300条,其中网站100条、微信190条。", "fail"),
        ("公开信息300条。其中网站100条、微信190条。", "fail"),
        ("公开信息300条,其中网站100条、微信50条。", None),  # there may be others
        ("公开信息300条,其中网站290条。", None),
        ("公开信息300条,其中网站100条,较上年增加200条。", None),
        ("公开信息300条,其中网站12条、培训288人。", None),
        # kinds of documents first, then channels: two ways to divide the same total
        ("公开信息300条,其中规范性文件21条。通过网站公开100条,微信200条。", "pass"),
        # the list after a list is of the whole, or of nothing that is told
        ("公开信息300条,其中全文电子化280条。其中机构类100条、法规类200条。", "pass"),
        ("收到申请40件,其中:自然人36件,商业企业3件。", None),  # who asked for one is not told
        # what is left beside the total, or one more part of it
        ("答复210件,其中公开176件,不予公开9件,不属于本机关25件;另有3件正在办理。", "pass"),
        ("公开信息300条,其中网站100条,微信190条,另有公报10条。", "pass"),
        # what is left for another year is no answer, and is a part of what was received
        ("答复210件,其中公开176件,不予公开34件;结转下年3件。", "pass"),
        ("共答复210件。其中,公开的176件,不予公开的34件。另有2件跨年度办理。", "pass"),
        ("答复210件,其中公开176件,不予公开33件;结转下年3件。", "fail"),
        ("收到申请210件,其中答复207件,结转下年3件。", "pass"),
        ("收到申请210件,其中答复207件,结转下年4件。", "fail"),
        ("收到申请300件,其中当面100件,网络200件;行政复议18件,其中维持11件。", "pass"),  # another list's total
        # rows of a list, which nothing closes: those after the next heading are parts of something else
        ("主动公开信息数300条其中:规范性文件30条制发规范性文件33条(二)各渠道1.公报21条2.网站230条3.微信7条", None),
    ],
)
def test_parts_that_make_up_a_total_are_added(text: str, expected: str | None) -> None:
    found = [check.status.value for check in checks(text) if check.id == "N_SUM"]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(("share", "outcome"), [("33.3", "pass"), ("33", "pass"), ("33.4", "pass"), ("35.1", "fail")])
def test_a_share_is_computed_from_the_numbers_beside_it(share: str, outcome: str) -> None:
    (check,) = [check for check in checks(f"编发简报300篇,其中采用100篇,占{share}%。") if check.id == "N_RATE"]
    assert check.status.value == outcome


def test_fees_are_a_sum_of_their_own() -> None:
    found = checks("全年收取信息处理费950元,其中甲案400元、乙案500元。")
    assert [(check.id, check.left, check.right) for check in found] == [("N_FEES", 900, 950)]


def test_a_share_is_of_the_total_and_not_of_the_item_before() -> None:
    text = "公开政府信息1000条。其中网站公开700条,占70%;微信公开300条,占30%。"
    assert {one for key, one in outcomes(checks(text)).items() if key[0] == "N_RATE"} <= {"pass"}
    listed = "收到申请30件。自然人提出26件,占86.7%,企业提出4件,占13.3%。"
    assert "fail" not in outcomes(checks(listed)).values()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # all reviews of a government, of which those of information are named later
        ("行政复议案件218件,其中结果维持132件、纠正31件。涉及信息公开的行政复议6件", {}),
        ("行政复议6件,结果维持4件;行政诉讼(未经复议直接起诉)2件,尚未审结1件", {"upheld": "pass"}),
        ("行政复议6件,结果维持3件;行政诉讼(未经复议直接起诉)2件,尚未审结1件", {"upheld": "fail"}),
    ],
)
def test_outcomes_are_those_of_the_reviews_of_this_report(text: str, expected: dict[str, str]) -> None:
    found = outcomes(checks(text, fact("review_total", 6)))
    assert {column: one for (_, _, column), one in found.items() if column != "total"} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("收到申请30件,予以公开19件", "fail"),
        ("涉及土地的申请21件,予以公开19件", None),  # of one field
        ("对制发的139件公文逐件明确公开属性,其中不予公开31件", None),  # of documents made
        ("予以公开和部分公开共12件", None),
    ],
)
def test_outcomes_of_a_part_are_not_those_of_all(text: str, expected: str | None) -> None:
    found = [check.status.value for check in checks(text) if check.id == "N_T3_GROUPS"]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("key", "sentence", "expected"),
    [
        ("requests_received", "县政府办公室(本级)新收申请9件", 0),
        ("requests_received", "“一件事”平台受理申请9件", 0),
        ("requests_received", "县政府办公室牵头办理,全县共收到申请9件", 1),
        ("replies_total", "40件新收申请中,截至年底办结9件", 0),
        ("replies_total", "新收申请40件,办结9件", 1),
        ("litigation_total", "行政诉讼9件(未经复议直接起诉)、复议后起诉1件", 0),
        ("litigation_total", "行政诉讼9件,其中复议后起诉1件", 1),
    ],
)
def test_numbers_of_a_part_are_held_against_no_total(key: str, sentence: str, expected: int) -> None:
    found = checks("", replace(fact(key, 9), sentence=sentence))
    assert [check.status.value for check in found] == ["fail"] * expected


@pytest.mark.parametrize(
    "text",
    [
        "办理行政复议312件,办结301件,其中撤销23件,信息公开类占5.1%,为16件",
        "公开信息21000条,其中政策文件类420条,占2%;占比最高的是动态类,占68%",
    ],
)
def test_a_share_is_of_its_own_number_only(text: str) -> None:
    assert outcomes(checks(text)).get(("N_RATE", None, None)) != "fail"


def test_reviews_told_by_their_respondents_are_not_all_reviews() -> None:
    told = replace(fact("review_total", 1), sentence="以县政府为被申请人的行政复议1件,以乡镇为被申请人的5件")
    assert checks("", told) == []


@pytest.mark.parametrize(("share", "outcome"), [("21.2", "pass"), ("23.2", "fail")])
def test_the_number_in_brackets_behind_a_share_is_what_it_is_of(share: str, outcome: str) -> None:
    text = f"收到申请33件,其中自然人30件、法人3件;当面申请占{share}%(7件)"
    assert outcomes(checks(text)).get(("N_RATE", None, None)) == outcome


def test_what_is_said_of_reviews_and_suits_together_is_said_of_neither() -> None:
    text = "因政府信息公开被申请行政复议6件、行政诉讼3件,复议和诉讼案件被纠错2件。"
    assert "fail" not in outcomes(checks(text)).values()


def test_a_share_may_be_of_a_total_of_the_table() -> None:
    table = cells()
    total = next(cell.value for key, cell in table.items() if key == ("applications", "new_received", "total"))
    assert total is not None
    text = f"办理依申请公开{int(total) + 1}件,从结果看,予以公开1件,占{100 / total:.1f}%。"
    assert outcomes(checks(text)).get(("N_RATE", None, None)) == "pass"


@pytest.mark.parametrize(("share", "outcome"), [("25", "pass"), ("20", "fail"), ("25.0", "pass")])
def test_a_difference_from_last_year_s_number_is_held_against_both_numbers(share: str, outcome: str) -> None:
    text = f"收到政府信息公开申请30件,比2021年的40件下降{share}%。"
    assert outcomes(checks(text)).get(("N_RATE", None, None)) == outcome


def told(key: str, value: int, sentence: str) -> Fact:
    return replace(fact(key, value), sentence=sentence)


@pytest.mark.parametrize(
    ("value", "wording", "outcome"),
    [(31, "办结31件", "pass"), (30, "办结30件", "pass"), (34, "共办理34件", "pass"), (34, "办结34件", "fail")],
)
def test_what_is_closed_cannot_be_all_there_was_to_handle(value: int, wording: str, outcome: str) -> None:
    found = checks("", told("replies_total", value, f"新收申请30件，{wording}。"))
    assert outcomes(found) == {("N_T3_DONE", "results_total", "total"): outcome}


@pytest.mark.parametrize(("value", "outcome"), [(26_100, "pass"), (27_100, "fail")])
def test_ten_thousands_are_held_to_the_places_they_are_printed_with(value: int, outcome: str) -> None:
    large = cells()
    key = ("applications", "new_received", "total")
    large[key] = Cell(*key, state=State.NUMBER, value=26_130)
    identity = Identity(status=Status.REPORT, year=2022, scope="region")
    facts = [told("requests_received", value, f"新收申请{value / 10_000}万件")]
    (check,) = narrative_checks("", identity, {"applications": "form2021"}, large, facts)
    assert check.status.value == outcome


@pytest.mark.parametrize(
    ("text", "name", "outcome"),
    [
        ("收到政府信息公开申请20件,全部予以公开。", "N_T3_GROUPS", "pass"),
        ("收到政府信息公开申请30件,均予以公开。", "N_T3_GROUPS", "fail"),
        ('在办结的申请中,"予以公开"21件。', "N_T3_GROUPS", "fail"),
        ("涉及政府信息公开的行政复议、诉讼共9件。", "N_T4", "pass"),
        ("办结56件,其中同意公开32件,不同意公开4件,其他20件;申请复议2件,诉讼0件。", "N_SUM", "pass"),
        ("涉及政府信息公开的行政复议、诉讼共8件。", "N_T4", "fail"),
        ("收到申请40件,比上年(32件)增长25%。", "N_RATE", "pass"),
        ("收到申请40件,较上年(32件)增加8件,增长20%。", "N_RATE", "fail"),
    ],
)
def test_more_wordings_of_numbers_that_stand_in_a_table(text: str, name: str, outcome: str) -> None:
    assert [check.status.value for check in checks(text) if check.id == name] == [outcome]


@pytest.mark.parametrize(
    ("text", "row", "outcome"),
    [
        ("全年办理结果:予以公开20件,部分公开3件。", "partially_granted", "fail"),
        ("全年办理结果:予以公开20件,部分公开2件。", "partially_granted", "pass"),
        ("共受理申请30件,按时办结31件,5件结转至2023年继续办理。", "carried_out", "fail"),
        ("共受理申请30件,按时办结31件,3件结转至2023年继续办理。", "carried_out", "pass"),
        ("5件结转至2022年继续办理。", "carried_out", None),
        ("政府信息公开行政诉讼3件,其中未经复议直接起诉2件,复议后起诉2件。", "litigation_direct", "fail"),
        ("政府信息公开行政诉讼3件,其中未经复议直接起诉1件,复议后起诉3件。", "litigation_after_review", "fail"),
    ],
)
def test_rows_told_in_other_words_are_held_against_the_table(text: str, row: str, outcome: str | None) -> None:
    found = {check.row: check.status.value for check in checks(text) if check.id in {"N_T3_GROUPS", "N_T4"}}
    assert found.get(row) == outcome


def test_outcomes_are_no_parts_of_what_is_carried_over() -> None:
    text = "办结31件,结转下年度继续办理347件。其中予以公开20件,部分公开274件,不予公开43件。"
    assert [check for check in checks(text) if check.id == "N_SUM"] == []


def test_outcomes_worth_telling_need_not_be_all() -> None:
    text = "共办结35件。其中,予以公开5件,部分公开5件,不予公开17件,无法提供5件"
    assert [check for check in checks(text) if check.id == "N_SUM"] == []
    (check,) = (one for one in checks(f"{text},其他处理1件。") if one.id == "N_SUM")
    assert (check.left, check.right) == (33, 35)
