"""Numbers of pages in lines of their own, as programs that print a file's pages leave them."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.parse import parse
from gicrawl.parser.readers.text_pages import unpaged
from gicrawl.parser.report import State

PAGES = [
    page.split()
    for page in (
        (
            "松河县水利局2022年政府信息公开工作年度报告 一、总体情况 全年工作平稳。 二、主动公开政府信息情况 "
            "第二十条第（五）项 信息内容 本年处理决定数量 行政许可"
        ),
        "第二十条第（六）项 信息内容 本年处理决定数量 行政处罚 24 行政强制 7",
        (
            "第二十条第（八）项 信息内容 本年收费金额（单位：万元） 行政事业性收费 16 五、存在的主要问题 "
            "部分栏目更新不够及时。 六、其他需要报告的事项 无其他需要报告的事项。 松河县水利局 2023年1月12日"
        ),
    )
]
ENDS = ["{}\n\n", "{}\n\f", "{}\r\n\r\n", "          {}\n\n\f", "\n{}\n\n\f"]


def printed(end: str, first: int = 1) -> str:
    newline = "\r\n" if "\r" in end else "\n"
    pages = enumerate(PAGES, first)
    return "".join("".join(line + newline for line in lines) + end.format(number) for number, lines in pages)


@pytest.mark.parametrize("end", ENDS)
def test_the_number_of_a_page_is_no_figure_of_the_row_above_it(end: str) -> None:
    text = printed(end)
    report = parse([Source(text.encode())])
    found = {cell.row: cell for cell in report.cells}
    assert found["administrative_licensing"].state is not State.NUMBER
    assert found["administrative_penalty"].value == 24
    assert found["administrative_coercion"].value == 7
    fee = found["administrative_fees"]
    assert text[fee.evidence["start"] : fee.evidence["end"]] == "16"


@pytest.mark.parametrize("text", [printed(ENDS[1], first=5), printed(ENDS[1]).rstrip()])
def test_pages_may_begin_with_any_number_and_the_last_without_an_end(text: str) -> None:
    assert len(unpaged(text).cuts) == len(PAGES)


@pytest.mark.parametrize(
    "text",
    [
        printed("{}\n\f").replace("\n2\n\f", "\n8\n\f"),
        printed("\f") + "1\n\f",
        printed("{}\n\n").replace("行政处罚\n", "行政处罚\n\n"),
        "\n\n".join(f"第{number}项\n{number}" for number in range(1, 9)),
        "行政许可\n1\n\f行政处罚\n24\n",
    ],
)
def test_figures_that_do_not_count_the_pages_stay(text: str) -> None:
    assert unpaged(text).text == text
