"""Small tables and part 四 printed twice: the report's own where the captions tell, else nothing they disagree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source

if TYPE_CHECKING:
    from gicrawl.parser.report import Report

HEAD = "<html><meta charset=utf-8><h1>{}2023年政府信息公开工作年度报告</h1><p>统计期限为2023年1月1日至12月31日。</p>"
SMALL = "<p>{}</p><table><tr><td>信息内容<td>本年处理决定数量<tr><td>行政许可<td>{}</table>"
OUTCOMES = "".join(f"<td>{label}" for label in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
REVIEW = (
    "<p>{}</p><table><tr><td colspan=5>行政复议<td colspan=10>行政诉讼<tr>"
    + "".join(f"<td rowspan=2>{label}" for label in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
    + "<td colspan=5>未经复议直接起诉<td colspan=5>复议后起诉<tr>"
    + OUTCOMES * 2
    + "<tr>{}</table>"
)


def _licences(captions: tuple[str, str], issuer: str = "米易县人民政府") -> tuple[str, float | None]:
    body = HEAD.format(issuer) + "<p>二、主动公开政府信息情况</p>"
    body += SMALL.format(captions[0], 7) + SMALL.format(captions[1], 94)
    return _said(parse([Source(body.encode())]), "art20_5")


def _said(report: Report, *key: str) -> tuple[str, float | None]:
    cell = next(cell for cell in report.cells if cell.key[: len(key)] == key)
    return cell.state.value, cell.value


@pytest.mark.parametrize(
    ("captions", "expected"),
    [
        (("附表1：县本级统计表", "附表2：全县统计表"), ("number", 94)),
        (("（一）全县", "（二）县人民政府办公室"), ("number", 7)),
        (("上年度数据", "本年度数据"), ("number", 94)),
        (("2023年", "2022年"), ("number", 7)),
        (("表一", "表二"), ("ambiguous", None)),
    ],
)
def test_a_small_table_printed_twice_is_the_one_its_caption_tells(
    captions: tuple[str, str], expected: tuple[str, float | None]
) -> None:
    assert _licences(captions) == expected


def test_of_a_bureau_s_own_and_another_s_small_table_neither_is_believed() -> None:
    assert _licences(("局机关", "局属单位"), "米易县水利局") == ("ambiguous", None)


def test_part_four_printed_twice_is_the_one_its_caption_tells() -> None:
    rows = ["".join(f"<td>{value}" for value in [count, 0, 0, 0, count] * 3) for count in (2, 5)]
    body = HEAD.format("米易县人民政府") + "<p>四、政府信息公开行政复议、行政诉讼情况</p>"
    body += REVIEW.format("（县本级）", rows[0]) + REVIEW.format("（全县）", rows[1])
    assert _said(parse([Source(body.encode())]), "review_litigation", "review", "upheld") == ("number", 5)
