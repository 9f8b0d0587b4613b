"""Numbers in prose that are not the report's: of another year, another body, of a part, or said not to be."""

from __future__ import annotations

import pytest
from test_facts import document

from gicrawl.parser.facts import read_facts


def told(*paragraphs: str, scope: str = "body", issuer: str | None = "青禾市公安局") -> list[tuple[str, float]]:
    return [(fact.key, fact.value) for fact in read_facts(document(*paragraphs), scope, 2022, issuer)]


@pytest.mark.parametrize(
    "sentence",
    [
        "其中，收到关于征地拆迁类申请41件，关于规划建设类申请31件，其余为其他类申请。",
        "收到涉及户籍管理方面的政府信息公开申请12件。",
        "与2021年收到政府信息公开申请25件相比有所增加。",
        "上年度我局主动公开政府信息500条，答复政府信息公开申请20件。",
        "预计2023年收到政府信息公开申请30件。",
        "南园分局主动公开政府信息120条。",
        "交警支队全年收到政府信息公开申请5件。",
        "督促指导各县公安局办理政府信息公开申请56件。",
        "某乡镇收到政府信息公开申请5件，因逾期被通报。",
        "并非收到政府信息公开申请12件，而是收到咨询12件。",
        "没有出现收到政府信息公开申请12件未答复的情况。",
        "清理无效主动公开政府信息120条。",
        "抽查主动公开政府信息56条。",
        "收到企业提出的政府信息公开申请3件，自然人提出的申请9件。",
        "2021年结转的政府信息公开行政诉讼案件2件。",
        "全市法院受理政府信息公开行政诉讼案件56件。",
        "办理行政复议案件312件、行政诉讼案件58件。",
        "2022年1月1日至6月30日，主动公开政府信息156条。",
        "单月最多收到政府信息公开申请12件。",
        "仅线下收到政府信息公开申请2件。",
        "收到补充材料后重新受理申请2件。",
        "委托律师办理政府信息公开行政诉讼案件2件。",
        "法院一审判决我局败诉的政府信息公开行政诉讼1件。",
        "行政复议案件2件中，1件与政府信息公开有关。",
        "申请最多的是南园分局，收到政府信息公开申请56件。",
        "厅属高校收到政府信息公开申请203件。",
        "学校、医院等主动公开政府信息3560条。",
        "按照每收到申请1件登记1件的要求办理。",
    ],
)
def test_numbers_of_others_are_no_facts(sentence: str) -> None:
    assert told("我局认真做好政府信息公开工作。", sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "全县24个乡镇（街道）收到政府信息公开申请12件。",
        "青河、禾山、云岭三镇收到政府信息公开申请56件。",
        "其中青河镇主动公开政府信息560条。",
        "县政务服务中心受理申请3560件。",
        "云岭街道主动公开政府信息560条。",
    ],
)
def test_numbers_of_towns_are_not_those_of_the_county(sentence: str) -> None:
    assert told(sentence, scope="region", issuer="青禾县人民政府") == []


def test_those_of_a_government_and_of_its_departments_beside_it_are_not_all() -> None:
    text = "市政府收到政府信息公开申请203件，市级部门收到申请1203件，区县收到申请560件。"
    found = read_facts(document(text), "region", 2022, "青禾市人民政府")
    assert [fact.value for fact in found if fact.scope == "region"] == []


def test_sentences_after_one_of_another_year_are_of_that_year_too() -> None:
    before = "2021年，我局收到政府信息公开申请88件，办结88件。因政府信息公开引发行政复议9件，行政诉讼7件。"
    assert told(before) == []
    own = "2022年，收到政府信息公开申请91件。因政府信息公开引发行政复议3件，行政诉讼2件。"
    assert told(before + own) == [("requests_received", 91), ("review_total", 3), ("litigation_total", 2)]
    assert told("2021年，我局收到政府信息公开申请88件。", "主动公开政府信息203条。") == [("proactive_total", 203)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2022年共收到政府信息公开申请326件，351件已办结。", [("requests_received", 326), ("replies_total", 351)]),
        ("与2021年相比，收到政府信息公开申请31件。", [("requests_received", 31)]),
        ("2022年1月1日至12月31日，主动公开政府信息156条。", [("proactive_total", 156)]),
        ("通过线上线下渠道共收到政府信息公开申请31件。", [("requests_received", 31)]),
        ("全年共收到自然人提出的政府信息公开申请8件。", [("requests_received", 8)]),
        ("收到关于政府信息公开的申请21件。", [("requests_received", 21)]),
    ],
)
def test_what_is_worded_nearly_so_is_the_report_s(sentence: str, expected: list[tuple[str, int]]) -> None:
    assert told(sentence) == expected
