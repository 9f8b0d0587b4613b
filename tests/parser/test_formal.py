"""Slips of form: told where they are certain, and only there."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Source
from gicrawl.parser.formal import form_checks, load_rules
from gicrawl.parser.output import check_sentences, message
from gicrawl.parser.parse import parse
from gicrawl.parser.report import Check, CheckStatus, Status

APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
ROWS = (
    "本年新收政府信息公开申请数量",
    "上年结转政府信息公开申请数量",
    "（一）予以公开",
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "1.属于国家秘密",
    "2.其他法律行政法规禁止公开",
    "3.危及“三安全一稳定”",
    "4.保护第三方合法权益",
    "5.属于三类内部事务信息",
    "6.属于四类过程性信息",
    "7.属于行政执法案卷",
    "8.属于行政查询事项",
    "（七）总计",
    "四、结转下年度继续办理",
)


def table(value: str) -> str:
    rows = ["\t".join(("", *APPLICANTS)), *("\t".join((row, *[value] * 7)) for row in ROWS)]
    return "\n".join(rows)


def checks(*lines: str, year: int = 2021, value: str = "1", context: Context | None = None) -> dict[str, list[Check]]:
    body = "\n".join((f"云岭县{year}年政府信息公开工作年度报告", *lines, table(value)))
    report = parse([Source(body.encode())], context)
    assert report.status is Status.REPORT
    out: dict[str, list[Check]] = {}
    for check in report.checks:
        out.setdefault(check.id, []).append(check)
    return out


def status(found: dict[str, list[Check]], name: str) -> CheckStatus | None:
    return found[name][0].status if name in found else None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("本报告所列数据的统计期限自2021年1月1日起至2021年12月31日止。", CheckStatus.PASS),
        ("本报告所列数据的统计期限自2020年1月1日起至2020年12月31日止。", CheckStatus.FAIL),
        ("本报告所列数据的统计期限自20211日至2021年1231日止。", CheckStatus.FAIL),
        ("本年度工作平稳。", None),
    ],
)
def test_a_period_that_is_damaged_or_of_another_year(line: str, expected: CheckStatus | None) -> None:
    assert status(checks(line), "F_PERIOD") is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("截至2020年12月31日，累计公开信息120条。", CheckStatus.FAIL),
        ("截止到2020年底，累计公开信息120条。", CheckStatus.FAIL),
        ("截至2020年底公开信息120条，截至2021年12月31日累计公开180条。", CheckStatus.PASS),
        ("2020年公开信息120条。", None),
        ("截至2019年底公开信息120条。", None),
    ],
)
def test_figures_dated_to_the_end_of_last_year_were_left_over(line: str, expected: CheckStatus | None) -> None:
    assert status(checks(line), "F_YEAR_LEFT") is expected


def test_a_table_of_noughts_is_worth_a_word_and_one_of_blanks_is_not() -> None:
    assert status(checks(value="0"), "F_ALL_ZEROS") is CheckStatus.FAIL
    assert status(checks(value="3"), "F_ALL_ZEROS") is CheckStatus.PASS
    assert status(checks(value="/"), "F_ALL_ZEROS") is None


def test_a_missing_table_is_named_and_one_that_may_be_unread_is_not() -> None:
    missing = {check.table for check in checks()["F_PART_MISSING"] if check.status is CheckStatus.FAIL}
    assert missing == {"art20_1", "art20_5", "art20_6", "art20_8", "review_litigation"}
    hinted = checks("第二十条第（一）项情况见附件。")["F_PART_MISSING"]
    assert "art20_1" not in {check.table for check in hinted}
    assert "F_PART_MISSING" not in checks(context=Context(missing=1))
    assert "F_PART_MISSING" not in checks(year=2018)


def test_parts_of_prose_that_have_to_be_there() -> None:
    contents = ("五、存在的主要问题及改进情况", "六、其他需要报告的事项")
    found = checks(
        *contents, "五、存在的主要问题及改进情况", "公开的内容还不够丰富。", "六、其他需要报告的事项", "无。"
    )
    assert status(found, "F_PROBLEMS_MISSING") is CheckStatus.PASS
    assert status(found, "F_OTHER_MATTERS_MISSING") is CheckStatus.PASS
    assert status(checks(*contents), "F_PROBLEMS_MISSING") is CheckStatus.FAIL
    found = checks("六、2022年工作思路")
    assert status(found, "F_PROBLEMS_MISSING") is CheckStatus.FAIL
    assert status(found, "F_OTHER_MATTERS_MISSING") is CheckStatus.FAIL


def test_the_form_of_other_years_is_told_unless_both_print_the_table_alike() -> None:
    given = {
        "applications": "form2019",
        "review_litigation": "form2019",
        "art20_1": "form2021",
        "statistics": "form2014",
    }
    failed = {check.table: check for check in form_checks(given, 2022) if check.status is CheckStatus.FAIL}
    assert set(failed) == {"applications"}
    assert (failed["applications"].left, failed["applications"].right) == (2020, 2022)
    assert not form_checks(given, 2016)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_slip_has_a_sentence_of_its_own(lang: str) -> None:
    for name, rule in load_rules().items():
        assert name in check_sentences()
        for outcome in (CheckStatus.PASS, CheckStatus.FAIL):
            check = Check(id=name, status=outcome, severity=rule.severity, table="art20_1", left=1, right=2)
            assert name in message(check, lang)
            assert "{" not in message(check, lang)


def test_a_table_whose_blocks_have_no_names_is_not_missing() -> None:
    heads = "\t".join(["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2)
    found = checks(f"四、政府信息公开行政复议、行政诉讼情况\n行政复议\t行政诉讼\n{heads}\n" + "\t".join("0" * 10))
    assert "review_litigation" not in {check.table for check in found.get("F_PART_MISSING", ()) if check.left == 0}


def test_a_file_without_any_title_is_a_problem_of_reading_and_no_slip() -> None:
    lines = ("统计期限为2021年1月1日至12月31日。", "一、总体情况", "2021年，我县持续做好政府信息公开，形成年度报告。")
    report = parse([Source("\n".join((*lines, table("1"))).encode())])
    assert "F_TITLE" not in {check.id for check in report.checks}
    assert "title_not_found" in {problem.code for problem in report.problems}
    damaged = parse([Source("\n".join(("云岭县1年信息公工报告", *lines, table("1"))).encode())])
    assert [check.status for check in damaged.checks if check.id == "F_TITLE"] == [CheckStatus.FAIL]


def test_a_table_of_which_nothing_was_read_follows_no_form() -> None:
    lines = ("统计期限为2021年1月1日至12月31日。", "一、总体情况", "三、收到和处理政府信息公开申请情况")
    text = "\n".join(("云岭县2023年政府信息公开工作年度报告", *lines, *ROWS, *APPLICANTS))
    report = parse([Source(text.encode())])
    assert dict(report.forms)["applications"]
    assert "F_FORM_YEAR" not in {check.id for check in report.checks if check.status is CheckStatus.FAIL}


def test_the_year_before_beside_the_year_reported_on_is_compared_and_not_left() -> None:
    found = checks("2020年收到申请38件，2021年收到申请50件，增幅为31.6%。")
    assert not [check for check in found.get("F_YEAR_LEFT", []) if check.status is CheckStatus.FAIL]


OPENING = "我县深入贯彻落实政务公开工作部署，认真执行《条例》。"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["2020年，" + OPENING + "全年收到政府信息公开申请24件。"], True),
        (["2022年，" + OPENING + "全年收到政府信息公开申请24件。"], True),
        (["2021年，" + OPENING, "2020年全县收到和处理政府信息公开申请情况如下："], True),
        (["2021年，" + OPENING, "2020年，全县主动公开政府信息6213条。"], True),
        (["2021年，" + OPENING, "2020年，没有发生因政府信息公开引起的行政复议。"], True),
        (["2021年，" + OPENING, "2020年，未收取任何费用。"], True),
        # its own year is told beside it, or what it says is compared, planned or history
        (["2020年，县政府印发《政务公开考核办法》。2021年，" + OPENING], False),
        (["2020年，" + OPENING, "今年，我县公开政府信息100条。"], False),
        (["2021年，" + OPENING, "2020年，全县主动公开政府信息5100条；2021年主动公开6213条。"], False),
        (["2021年，" + OPENING, "2020年，全县主动公开政府信息5100条。", "本年主动公开政府信息6213条。"], False),
        (["2021年，" + OPENING, "2022年，我县将深入推进政务公开，认真落实《条例》。"], False),
        (["2022年，我县将深入推进政务公开，认真落实《条例》。"], False),
        (["2020年度情况如下：", "2021年度情况如下："], False),
    ],
)
def test_sentences_that_open_with_another_year_were_left_over(lines: list[str], *, expected: bool) -> None:
    failed = status(checks(*lines), "F_YEAR_LEFT") is CheckStatus.FAIL
    assert failed is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("举办新闻发布会（　）场。", True),
        ("开展培训___次，参训○○人次。", True),
        ("收到政府信息公开申请　件，答复12件。", True),
        ("收到政府信息公开申请 12件，答复12件。", False),
        ("开展“××行动”2次，发布公告3条/次。", False),
        ("培训人/次12，参加二〇〇人次活动。", False),
    ],
)
def test_a_number_that_was_never_filled_in(line: str, *, expected: bool) -> None:
    assert (status(checks(line), "F_PLACEHOLDER") is CheckStatus.FAIL) is expected


@pytest.mark.parametrize(
    ("office", "expected"),
    [
        ("政府信息与政务公开办公室", CheckStatus.PASS),
        ("政府信息公开办公室", CheckStatus.FAIL),
        ("政务公开办公室", CheckStatus.FAIL),
    ],
)
def test_the_office_of_the_notice_is_cited_by_its_name(office: str, expected: CheckStatus) -> None:
    line = (
        f"根据《国务院办公厅{office}关于印发〈政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）编制。"
    )
    assert status(checks(line), "F_CITATION") is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("收取信息处理费1件，金额320元。本年度未收取信息处理费。", CheckStatus.FAIL),
        ("收取信息处理费1件，金额320元。实际收取信息处理费320元。", CheckStatus.PASS),
    ],
)
def test_fees_told_by_their_cases_are_fees_too(line: str, expected: CheckStatus) -> None:
    assert status(checks(line), "F_FEES_TWICE") is expected


def test_headings_of_a_contents_leave_no_overview_short() -> None:
    headings = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
    told = (
        "2021年，云岭县全面落实政府信息公开条例，围绕中心工作推进决策、执行、管理、服务和结果公开，主动公开政府信息若干。"
        * 3
    )
    found = checks(*headings, headings[0], told, *headings[1:])
    assert status(found, "F_SUMMARY_SHORT") is CheckStatus.PASS
    assert status(checks(headings[0], "平稳。", *headings[1:]), "F_SUMMARY_SHORT") is CheckStatus.FAIL


LISTED = "全文由总体情况、主动公开政府信息情况、存在的主要问题及改进情况、其他需要报告的事项等部分组成。"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("F_OVERVIEW_MISSING", "一、总体情况"),
        ("F_PROBLEMS_MISSING", "五、存在的主要问题及改进情况"),
        ("F_OTHER_MATTERS_MISSING", "六、其他需要报告的事项"),
    ],
)
def test_a_part_that_is_only_listed_at_the_beginning_is_missing(name: str, line: str) -> None:
    opening = "本报告根据条例编制。" + LISTED
    assert status(checks(opening), name) is CheckStatus.FAIL
    assert status(checks(opening, line, "无。"), name) is CheckStatus.PASS


@pytest.mark.parametrize(
    "line",
    [
        "2020年共收到政府信息公开申请99件，上年结转5件，办结100件。",
        "2020年工作取得了一些成绩。2021年，将重点做好以下工作。",
        "2020年工作取得了一些成绩。2021年，我局将继续加强学习。",
    ],
)
def test_the_account_and_the_plan_of_the_year_before_are_left_over(line: str) -> None:
    assert status(checks(line), "F_YEAR_LEFT") is CheckStatus.FAIL


@pytest.mark.parametrize(
    "line",
    [
        "2021年共收到政府信息公开申请99件，上年结转5件，办结100件。",
        "2021年工作取得了一些成绩。2022年，将重点做好以下工作。",
        "2020年起推行清单。2021年，将重点领域信息公开纳入考核。",
    ],
)
def test_the_account_of_the_year_and_the_plan_for_the_next_are_not(line: str) -> None:
    assert status(checks(line), "F_YEAR_LEFT") is not CheckStatus.FAIL


def test_a_count_of_columns_that_waits_for_its_number() -> None:
    assert status(checks("全年新建栏目××个。"), "F_PLACEHOLDER") is CheckStatus.FAIL
