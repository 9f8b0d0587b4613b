"""Reports of several years in one document: a figure is of the year it stands under, or of none."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.parse import parse
from gicrawl.parser.report import Report, State

OUTCOMES = "结果维持|结果纠正|其他结果|尚未审结|总计"


def rows(year: int) -> list[str]:
    """The tables of one year's report, their cells parted by strokes, figures of each year apart."""
    base = (year - 2000) * 10
    figures = "|".join(str(base + at) for at in range(15))
    return [
        "第二十条第（一）项",
        "信息内容|本年制发件数|本年废止件数|现行有效件数",
        f"规章|{base + 1}|{base + 2}|{base + 3}",
        f"行政规范性文件|{base + 4}|{base + 5}|{base + 6}",
        "四、政府信息公开行政复议、行政诉讼情况",
        "行政复议|行政诉讼",
        f"{OUTCOMES}|未经复议直接起诉|复议后起诉",
        f"{OUTCOMES}|{OUTCOMES}",
        figures,
    ]


def markup(lines: list[str]) -> str:
    """Those lines as two tables with a heading between them."""
    out = ""
    spans = {"行政复议": ' colspan="5"', "行政诉讼": ' colspan="10"', "未经复议直接起诉": ' colspan="5"'}
    spans |= {"复议后起诉": ' colspan="5"', "第二十条第（一）项": ' colspan="4"'}
    for number, line in enumerate(lines):
        names = line.split("|")
        lone = number == 6  # the outcomes of the review stand two rows high
        cells = "".join(f"<td{spans.get(name, ' rowspan=2' if lone else '')}>{name}</td>" for name in names)
        out += f"</table><p>{line}</p><table>" if line.startswith("四、") else f"<tr>{cells}</tr>"
    return f"<table>{out}</table>"


def section(year: int, *, title: bool = True, period: bool = False) -> str:
    head = f"<p>云岭县{year}年政府信息公开工作年度报告</p>" if title else ""
    told = f"<p>本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。</p>" if period else ""
    return f"{head}<p>一、总体情况</p>{told}<p>二、主动公开政府信息情况</p>{markup(rows(year))}"


def read(title: str, *sections: str) -> Report:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{''.join(sections)}</body></html>"
    return parse([Source(page.encode())])


def figures(report: Report) -> list[int | float | None]:
    return [cell.value for cell in report.cells if cell.state is State.NUMBER]


def of_year(year: int) -> list[int]:
    base = (year - 2000) * 10
    return [*range(base + 1, base + 7), *range(base, base + 15)]


@pytest.mark.parametrize("order", [(2022, 2023), (2023, 2022)])
@pytest.mark.parametrize("year", [2022, 2023])
def test_only_the_tables_of_the_titles_year_are_read(year: int, order: tuple[int, int]) -> None:
    report = read(f"云岭县{year}年政府信息公开工作年度报告", *(section(one) for one in order))
    assert report.identity.year == year
    assert figures(report) == of_year(year)
    assert "several_years" in {problem.code for problem in report.problems}


def test_a_title_of_both_years_leaves_every_cell_open_with_what_each_has() -> None:
    report = read("云岭县2022年、2023年政府信息公开工作年度报告", section(2022), section(2023))
    assert {cell.state for cell in report.cells} == {State.AMBIGUOUS}
    said = {cell.key: [raw for raw, _ in cell.candidates] for cell in report.cells}
    assert said["art20_1", "regulations", "issued"] == ["221", "231"]
    assert said["review_litigation", "litigation_after_review", "total"] == ["234", "244"]
    assert all(len({str(where) for _, where in cell.candidates}) == 2 for cell in report.cells)
    assert report.facts == ()


def test_periods_tell_years_apart_where_no_titles_do() -> None:
    parts = [section(year, title=False, period=True) for year in (2022, 2023)]
    report = read("云岭县2023年政府信息公开工作年度报告", *parts)
    assert figures(report) == of_year(2023)


def test_a_period_of_the_statistics_told_as_their_time_tells_years_apart_too() -> None:
    told = "<p>本年度报告根据条例要求编制。数据统计时间为{0}年1月1日至{0}年12月31日。</p>"
    parts = [told.format(year) + section(year, title=False) for year in (2023, 2022)]
    report = read("云岭县2023年政府信息公开工作年度报告", *parts)
    assert figures(report) == of_year(2023)


def test_lines_of_text_are_parted_by_their_titles_too() -> None:
    text = "云岭县2022年、2023年政府信息公开工作年度报告\n"
    for year in (2022, 2023):
        lines = [line.replace("|", "\t") for line in rows(year)]
        text += "\n".join([f"云岭县{year}年政府信息公开工作年度报告", "一、总体情况", *lines, ""])
    report = parse([Source(text.encode())])
    assert figures(report) == []
    for cell in report.cells:
        for raw, where in cell.candidates:
            assert text[int(str(where["start"])) : int(str(where["end"]))] == raw


def test_links_to_other_years_and_a_table_without_its_year_part_nothing() -> None:
    links = "".join(f"<p>云岭县{year}年政府信息公开工作年度报告</p>" for year in (2024, 2023, 2022, 2021))
    for before, after in ((links, ""), ("", links)):
        report = read("云岭县2023年政府信息公开工作年度报告", before, section(2023), after)
        assert figures(report) == of_year(2023)
        assert not any(problem.code.startswith("several_years") for problem in report.problems)


@pytest.mark.parametrize(("first", "second"), [(2022, 2023), (2023, 2022)])
def test_two_reports_in_one_line_are_parted_by_their_periods(first: int, second: int) -> None:
    """Where a file's line ends are lost the tables of the first and the second report were mixed, surely."""
    prose = "全县各单位按照规定及时公开政策文件、规划计划、财政资金和重点项目的情况，回应群众关心的问题。" * 35

    def told(year: int, *, permits: bool) -> str:
        opening = f"本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。"
        more = f"第二十条第（五）项 信息内容 本年处理决定数量 行政许可 {year * 3}" if permits else ""
        small = f"第二十条第（六）项 信息内容 本年处理决定数量 行政处罚 {year * 5} 行政强制 {year * 7}"
        small += f" 第二十条第（八）项 信息内容 本年收费金额（单位：万元） 行政事业性收费 {year * 11}"
        tables = " ".join(rows(year)).replace("|", " ").replace("四、", f"{more} {small} 四、")
        title = f"云岭县{year}年政府信息公开工作年度报告"
        return f"{title} {opening} 一、总体情况 {prose} 二、主动公开政府信息情况 {tables}"

    report = parse([Source(f"{told(first, permits=False)} {told(second, permits=True)}".encode())])
    assert report.identity.year == first
    assert set(figures(report)) == {*of_year(first), first * 5, first * 7, first * 11}
    assert "several_years" in {problem.code for problem in report.problems}
