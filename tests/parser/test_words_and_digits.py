"""Texts in which digits stand apart from the words or digits they belong to: pages pasted from Word, flattened."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.report import State

TITLE = "青禾市2016年政府信息公开工作年度报告"
PROSE = "年内主动公开政府信息，收到公开申请，均已按期答复，未收取费用，具体数据见附表。"
HEAD = "统计指标|单位|统计数"
PLAIN = "其中：主动公开规范性文件数|条|7|制发规范性文件总数|件|3|（三）申请答复数|件|8|（二）申请办结数|件|9"
MANY = "（一）收到申请数|件|5|四、行政复议数量|件|3|五、行政诉讼数量|件|2|六、举报投诉数量|件|4"
FEW = {"normative_documents_issued": 3, "proactive_normative_documents": 7}


def figures(body: str, separator: str) -> dict[str, float | None]:
    parts = [TITLE, "一、概述", PROSE, "二、附表", HEAD, *body.split("|"), *PLAIN.split("|"), *MANY.split("|")]
    report = parse([Source(separator.join("|".join(parts).split("|")).encode())])
    return {cell.row: cell.value for cell in report.cells if cell.state is State.NUMBER}


@pytest.mark.parametrize("separator", ["\n", "\t", " | "])
@pytest.mark.parametrize(
    ("label", "row"),
    [
        ("（一）主动公开政府信息数（不同渠道和方式公开相同信息计|1|条）|条|487", "proactive_total"),
        ("（一）主动公开政府信息数|（|不同渠道和方式公开相同信息计|1|条|）|条|487", "proactive_total"),
        ("（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计|1|次）|次|487", "responses_total"),
        ("1.|政府公报公开政府信息数|条|487", "channel_gazette"),
        ("2|.政府网站公开政府信息数|条|487", "channel_website"),
        ("2|.|政府网站公开政府信息数|条|487", "channel_website"),
    ],
)
def test_digits_of_a_label_are_no_figure(label: str, row: str, separator: str) -> None:
    found = figures(label, separator)
    assert found[row] == 487
    assert FEW.items() <= found.items()


@pytest.mark.parametrize("separator", ["\n", "\t"])
@pytest.mark.parametrize("printed", ["12.|6", "12|.|6", "12|.6"])
def test_the_halves_of_a_number_are_no_numbers(printed: str, separator: str) -> None:
    found = figures(f"（四）政府信息公开专项经费|万元|{printed}", separator)
    assert "budget_wan" not in found
    assert FEW.items() <= found.items()
