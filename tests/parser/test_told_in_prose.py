"""Words of a statutory table in running text are no table: nothing of it is unread."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.parse import parse
from gicrawl.parser.report import Status

HEAD = (
    "青禾县2021年政府信息公开工作年度报告\n一、总体情况\n2021年，全县主动公开政府信息310条，收到政府信息公开申请4件。\n"
    + ("对照目录逐项清理栏目，标题、来源、日期逐条核对，谁审核谁签字；业务培训讲解答复文书的写法和期限的计算。\n" * 5)
)
END = "五、存在的主要问题及改进情况\n解读偏少。\n六、其他需要报告的事项\n没有。\n"
PART = "四、政府信息公开行政复议、行政诉讼情况\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "未经复议直接起诉2件，均维持。",
        "全年没有行政复议，未经复议直接起诉2件，复议后起诉1件。",
        "行政诉讼1件，为未经复议直接起诉，结果维持。",
    ],
)
def test_suits_told_in_a_sentence_are_no_unread_table(sentence: str) -> None:
    report = parse([Source((HEAD + PART + sentence + "\n" + END).encode())])
    assert report.status is Status.REPORT
    assert "review_litigation" not in dict(report.forms)
    assert not report.problems


def test_a_table_whose_numbers_are_gone_is_unread_all_the_same() -> None:
    labels = "行政复议\n行政诉讼\n未经复议直接起诉\n复议后起诉\n结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n"
    report = parse([Source((HEAD + PART + labels + END).encode())])
    assert "review_litigation" in dict(report.forms)
    assert {cell.state.value for cell in report.cells if cell.table == "review_litigation"} == {"unread"}


@pytest.mark.parametrize("place", ["above", "far"])
def test_sentences_that_name_headings_of_part_four_tell_nothing_of_its_table(place: str) -> None:
    told = "行政诉讼4件，其中未经复议直接起诉3件、复议后起诉1件；行政复议7件，结果维持5件、结果纠正1件。\n"
    names = "结果维持\t结果纠正\t其他结果\t尚未审结\t总计"
    table = f"行政复议\t行政诉讼\n{names}\t未经复议直接起诉\t复议后起诉\n{names}\t{names}\n"
    values = "\t".join(map(str, range(15))) + "\n"
    text = HEAD + told + PART + table if place == "far" else HEAD + PART + told + table
    cells = [
        cell for cell in parse([Source((text + values + END).encode())]).cells if cell.table == "review_litigation"
    ]
    assert [cell.value for cell in cells] == list(range(15))
