"""Numbers without a digit before their point: amounts are printed so, counts are not."""

from __future__ import annotations

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.report import State

TABLE = """松河县水利局2022年政府信息公开工作年度报告
二、主动公开政府信息情况
第二十条第（五）项
信息内容\t本年处理决定数量
行政许可\t.1
第二十条第（六）项
信息内容\t本年处理决定数量
行政处罚\t.12
行政强制\t3.5
第二十条第（八）项
信息内容\t本年收费金额（单位：万元）
行政事业性收费\t.56
"""
LIST = """松河县水利局2012年政府信息公开工作年度报告
附表
指标名称\t计量单位\t2012年度\t历年累计
主动公开信息数\t条\t.7\t20
政府信息公开收费减免金额\t元\t.5\t2
行政复议数\t件\t0\t0
行政诉讼数\t件\t0\t0
行政申诉数\t件\t0\t0
"""


def test_a_count_that_begins_with_a_point_is_illegible_and_an_amount_is_not() -> None:
    cells = {(cell.row, cell.column): cell for cell in parse([Source(TABLE.encode())]).cells if cell.raw}
    licences = cells["administrative_licensing", "decisions"]
    assert (licences.state, licences.value, licences.raw) == (State.ILLEGIBLE, None, ".1")
    assert cells["administrative_penalty", "decisions"].state is State.ILLEGIBLE
    assert cells["administrative_coercion", "decisions"].value == 3.5
    assert cells["administrative_fees", "fee_amount_wan"].value == 0.56


def test_so_it_is_in_a_list() -> None:
    cells = {(cell.row, cell.column): cell for cell in parse([Source(LIST.encode())]).cells if cell.raw}
    assert cells["proactive_total", "annual"].state is State.ILLEGIBLE
    assert cells["proactive_total", "annual"].value is None
    assert cells["fee_relief_yuan", "annual"].value == 0.5
