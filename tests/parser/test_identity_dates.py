"""Periods, dates of publication, script; and that long documents take no longer than they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.identity.dates import find_period

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from gicrawl.parser.report import Identity

    Ends = Callable[[], AbstractContextManager[None]]

TITLE = "青禾县2020年政府信息公开工作年度报告"


def read(*texts: str, labels: tuple[tuple[str, str], ...] = (), title: str = TITLE) -> Identity:
    blocks = tuple(Paragraph(text) for text in (title, *texts))
    return identify(Document("text/html", "utf-8", blocks, None, labels), Context(), evidence_of_tables=True)


PERIODS = {
    "to_the_end_of_the_year": "统计期限为2020年1月1日至12月31日。",
    "both_years": "本报告所列数据的统计期限自2020年1月1日起至2020年12月31日止。",
    "dashes": "统计期间：2020年1月1日—12月31日",
    "blanks": "统计 期限 为 2020 年 1 月 1 日 至 12 月 31 日",
    "dots": "数据统计时限为2020.1.1-2020.12.31。",
    "months": "统计周期为2020年1月至12月。",
    "numerals": "统计期限自二〇二〇年一月一日起至二〇二〇年十二月三十一日止。",
    "numerals_without_the_second_year": "统计期限自二〇二〇年一月一日至十二月三十一日止。",
    "traditional": "統計期限為2020年1月1日至2020年12月31日。",
    "without_the_word": "本报告反映2020年1月1日至12月31日的情况。",
}


@pytest.mark.parametrize("text", PERIODS.values(), ids=PERIODS.keys())
def test_periods(text: str) -> None:
    period = read(text).period
    assert period is not None
    assert (period.start, period.end, period.printed) == ("2020-01-01", "2020-12-31", None)


def test_a_period_with_a_slip_before_it_is_read_and_shown_as_printed() -> None:
    period = read("统计期限自己2020年1月1日起至2020年12月31日止。").period
    assert period is not None
    assert (period.start, period.end) == ("2020-01-01", "2020-12-31")
    assert period.printed == "自己2020年1月1日起至2020年12月31日"


def test_a_period_over_two_lines() -> None:
    period = read("统计期限为2020年1月", "1日至12月31日。").period
    assert period is not None
    assert (period.start, period.end) == ("2020-01-01", "2020-12-31")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("统计期限自201711日至20171231日。", "201711日至20171231日"),
        ("统计期限为2017年11日至2017年1231日。", "2017年11日至2017年1231日"),
        ("统计期限自2017年1月1日至2017年12月41日。", "2017年1月1日至2017年12月41日"),
    ],
)
def test_a_damaged_period_keeps_what_is_printed_and_its_year(text: str, printed: str) -> None:
    identity = read(text, title="青禾县政府信息公开工作年度报告")
    assert identity.period is not None
    assert (identity.period.start, identity.period.end, identity.period.printed) == (None, None, printed)
    assert identity.year == 2017


def test_a_period_of_several_years_counts_by_its_end() -> None:
    identity = read("统计期限为2003年1月1日至2008年12月31日。", title="青禾市2008年度政府信息公开工作年度报告")
    assert identity.year == 2008
    assert not [problem for problem in identity.problems if problem.code.startswith("year")]


PUBLISHED = {
    "label": ("发布时间：2021-01-29",),
    "label_traditional": ("發布時間:2021-01-29 來源:青禾縣政府辦公室",),
    "label_in_brackets": ("【发布日期】2021年1月29日",),
    "label_and_value_apart": ("发布日期：", "2021-01-29"),
    "day_of_publication_before_day_of_writing": ("成文日期：2021-01-20", "发布日期：2021-01-29"),
    "signature": ("一、总体情况", "青禾县人民政府办公室", "2021年1月29日"),
    "signature_in_numerals": ("一、总体情况", "二〇二一年一月二十九日"),
    "signature_in_one_line": ("一、总体情况", "青禾县人民政府办公室 2021年1月29日"),
    "signature_in_brackets": ("一、总体情况", "（2021年1月29日）"),
    "signature_broken": ("一、总体情况", "2021年1月", "29日"),
    "signature_before_a_footer": ("一、总体情况", "2021年1月29日", "打印", "关闭"),
    "leaked_period": ("发布时间：2020-01-01", "一、总体情况", "青禾县人民政府办公室", "2021年1月29日"),
}


@pytest.mark.parametrize("texts", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_printed_dates_of_publication(texts: tuple[str, ...]) -> None:
    identity = read(*texts)
    assert (identity.published, identity.published_source) == ("2021-01-29", "printed")


@pytest.mark.parametrize(
    "line",
    [
        "2021-03-1809:30来源：青禾县人民政府【字体：大中小】",  # a PDF's, whose blanks are gone
        # texts without line ends
        f"首页 {TITLE} 2021-03-18 09:30 来源：青禾县人民政府 {'全县公开工作稳步推进。' * 80}",
        f"首页 {TITLE} 来源：青禾县人民政府 发布时间：2021-03-18 {'全县公开工作稳步推进。' * 80}",
    ],
)
def test_a_date_is_found_where_blanks_or_line_ends_are_lost(line: str) -> None:
    assert read(line).published == "2021-03-18"


def test_a_date_before_the_end_of_the_year_reported_on_is_told() -> None:
    identity = read(*PUBLISHED["leaked_period"])
    problem = next(problem for problem in identity.problems if problem.code == "date_implausible")
    assert dict(problem.fields) == {"date": "2020-01-01", "year": "2020"}


def test_a_report_may_be_published_on_the_last_days_of_its_year() -> None:
    assert read("发布时间：2020-12-31").published == "2020-12-31"


@pytest.mark.parametrize("text", ["2021-01-29 16:20:00", "2021年01月29日", "2021/1/29"])
def test_dates_of_the_page(text: str) -> None:
    identity = read("一、总体情况", labels=(("pubdate", text),))
    assert (identity.published, identity.published_source) == ("2021-01-29", "meta")


def test_an_unusual_date_is_guessed_and_told() -> None:
    identity = read("一、总体情况", labels=(("pubdate", "2021 1月 29"),))
    assert identity.published == "2021-01-29"
    assert "date_guessed" in {problem.code for problem in identity.problems}


@pytest.mark.parametrize("text", ["null", "", "昨天", "3天前", "1月29日", "2021-13-45"])
def test_a_date_that_is_none_or_hangs_on_today_is_left_out(text: str) -> None:
    assert read("一、总体情况", labels=(("pubdate", text),)).published is None


def test_script_is_told_by_the_characters() -> None:
    assert read("全縣主動公開政府信息，統計數據準確。" * 5).script == "hant"
    assert read("全县主动公开政府信息，统计数据准确。" * 5).script == "hans"
    assert read("王鎔審核。" + "全县主动公开政府信息，统计数据准确。" * 20).script == "hans"


@pytest.mark.parametrize(
    "piece",
    [
        "主动公开政府信息120条，收到申请3件；",
        "青禾市",
        "青禾县2020年政府信息公开",
        "关于公布2020年",
        "统计期限2020年",
        "发布时间：",
        "由青禾县",
        "2020-01-",
        "一、",
        "《政府信息公开",
        "二〇二〇年",
        "      ",
        "发布机构",
    ],
)
def test_a_megabyte_on_one_line_ends(piece: str, ends: Ends) -> None:
    text = piece * (1_000_000 // len(piece))
    with ends():
        read(text)


def test_labels_of_a_megabyte_end(ends: Ends) -> None:
    text = "青禾县2020年政府信息公开" * 60_000
    with ends():
        read("一、总体情况", labels=(("articletitle", text), ("pubdate", text), ("contentsource", text)))


def test_many_short_lines_end(ends: Ends) -> None:
    with ends():
        read(*["青禾县2020年政府信息公开", "一、总体情况", "由青禾县"] * 20_000)


def test_the_time_an_archiver_fetched_a_page_is_no_date_of_publication() -> None:
    identity = read("采集时间：2025-12-30T21:37:37", "公开日期 2021-01-17", "一、总体情况")
    assert (identity.published, identity.published_source) == ("2021-01-17", "printed")


@pytest.mark.parametrize(
    "stated",
    [
        "统计时段：自2023年1月1日起，至2023年12月31日止",
        "统计数据时间为2023.1.1-2023.12.31",
        "统计周期为2023年1月1日0时起至12月31日24时止",
        "时间跨度为2023年1月1日～2023年12月31日",
        "数据统计时限自2023年1月1日始，至2023年12月31日终",
    ],
)
def test_a_period_in_other_words(stated: str) -> None:
    period = read(f"本报告{stated}。", title="青禾县2023年政府信息公开工作年度报告").period
    assert period is not None
    assert (period.start, period.end, period.printed) == ("2023-01-01", "2023-12-31", None)


def test_no_digits_of_a_table_beside_it_make_a_year() -> None:
    assert find_period("本报告所列数据的统计期限自2020其他0000001年1月1日起至2020年12月31日止。") is None


def test_the_period_of_the_titles_year_counts_where_last_years_stands_first() -> None:
    text = (
        "统计期限自2021年1月1日起至2021年12月31日止。"
        + "公开信息。" * 2000
        + "统计期限自2022年1月1日起至2022年12月31日止。"
    )
    assert (found := find_period(text, 2022)) is not None
    assert (found.start, found.end) == ("2022-01-01", "2022-12-31")
    assert (first := find_period(text, 2020)) is not None
    assert first.end == "2021-12-31"  # none of that year: what contradicts the title is told
