"""Wordings of reports that state a fact, and those that look like one and do not."""

from __future__ import annotations

import pytest
from test_facts import YEAR, document, facts, values

from gicrawl.parser.facts import read_facts


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "截至2022年12月31日，我区主动公开政府信息累计达123456条，其中2022年新增12345条。",
            [("proactive_total", 123456), ("proactive_total", 12345)],
        ),
        ("本年度主动公开政府信息：1234条。", [("proactive_total", 1234)]),
        ("2022年，街道通过各渠道共主动公开政府信息6601条。", [("proactive_total", 6601)]),
        ("2022年全年共公开政府信息543条，其中主动公开540条，依申请公开3条。", [("proactive_total", 540)]),
        ("官方微信公众号全年发布信息543条。", [("channel_wechat", 543)]),
        (
            "全年政府信息公开咨询中，现场接待咨询123人次，网上咨询9人次，咨询电话78人次。",
            [("walk_in_visitors", 123), ("online_enquiries", 9), ("phone_enquiries", 78)],
        ),
        ("本年度未收到公民、法人或者其他组织要求获取政府信息的申请。", [("requests_received", 0)]),
        ("2022年受理公开申请15件，较2021年减少3件。", [("requests_received", 15)]),
        (
            "全年共接收政府信息公开申请154件，其中，通过在线平台接收98件，邮寄接收56件。",
            [("requests_received", 154), ("requests_online", 98), ("requests_letter", 56)],
        ),
        (
            "不同意公开答复3件，其中涉及国家秘密1件，涉及个人隐私2件。",
            [("reply_denied", 3), ("reply_denied_state_secret", 1), ("reply_denied_privacy", 2)],
        ),
        (
            "参加或举办新闻发布会5次，其中主要负责同志参加1次，政府网站在线访谈12次，微博微信回应事件34次，其他方式回应事件2次。",
            [
                ("press_conferences", 5),
                ("press_conferences_chief", 1),
                ("online_interviews", 12),
                ("weibo_wechat_responses", 34),
                ("other_responses", 2),
            ],
        ),
        (
            "设立政府信息公开工作专门机构1个，设置政府信息公开查阅点3个，从事政府信息公开工作人员5人，其中专职2人，兼职3人。",
            [
                ("dedicated_offices", 1),
                ("reading_points", 3),
                ("staff_total", 5),
                ("staff_full_time", 2),
                ("staff_part_time", 3),
            ],
        ),
        ("先后举办3期政务公开培训班，培训工作人员256人。", [("training_sessions", 3), ("trainees", 256)]),
        ("全年收取依申请公开信息处理费0元。", [("request_fees_wan", 0)]),
        ("政府信息公开收费情况：2022年未向申请人收取任何费用。", [("request_fees_wan", 0)]),
        ("依申请提供政府信息收取检索、复制、邮寄等成本费用共计1254元。", [("request_fees_wan", 1254)]),
        ("主动向社会公开政府信息共计1023条，其中政策法规类12条。", [("proactive_total", 1023)]),
        ("全年新增主动公开信息量为586条。", [("proactive_total", 586)]),
        ("政府信息公开专栏点击率达18.6万人次。", [("web_visits", 186000)]),
        ("全县政府信息公开申请受理量为56件，答复量为55件。", [("requests_received", 56), ("replies_total", 55)]),
        ("我局先后召开3次专题会议研究部署政府信息公开工作。", [("meetings", 3)]),
        (
            "因政府信息公开被申请行政复议案3件、提起行政诉讼案0件、收到举报0件。",
            [("review_total", 3), ("litigation_total", 0), ("complaints", 0)],
        ),
        ("全市涉及政府信息公开的举报投诉12件，均已办结。", [("complaints", 12)]),
        (
            "收到政府信息公开申请123件，以信函形式申请的45件，以网上申请形式申请的78件。",
            [("requests_received", 123), ("requests_letter", 45), ("requests_online", 78)],
        ),
        (
            "全年办理行政复议案件312件、行政应诉案件156件，其中涉政府信息公开行政复议12件、行政诉讼5件。",
            [("review_total", 12), ("litigation_total", 5)],
        ),
        ("举办政策解读新闻发布会6场。", [("press_conferences", 6)]),
        ("因政府信息公开被申请行政复议零件，被提起行政诉讼零件。", [("review_total", 0), ("litigation_total", 0)]),
        ("信息公开申请量由2021年的12件增至2022年的20件。", [("requests_received", 20)]),
        ("“云岭发布”政务微信公众号关注人数25.6万，发布推文1230篇，总阅读量560万次。", [("channel_wechat", 1230)]),
        ("共收到群众通过在线、信函等方式提交的政府信息公开申请34件。", [("requests_received", 34)]),
        ("2022年，我局依申请公开办件量为0件。", [("requests_received", 0)]),
        ("全年制发规范性文件12件，主动公开12件。", [("normative_documents_issued", 12)]),
    ],
)
def test_wordings_that_state_a_fact(sentence: str, expected: list[tuple[str, float]]) -> None:
    assert sorted(values(sentence)) == sorted(expected)


@pytest.mark.parametrize(
    "sentence",
    [
        "2022年，共收到各类申请事项432件，其中政府信息公开申请12件。",
        "2022年，收到网上依申请公开7件。",
        "下一步，计划举办政务公开培训班3期，培训人员200人次。",
        "其中，街道主动公开政府信息2345条。",
        "各街道主动公开政府信息2345条。",
        "市教育局主动公开信息268条，市民政局主动公开信息311条。",
        "废止规范性文件12件。",
        "办理信访事项34件，未收取任何费用。",
        "信息公开申请量由2020年的12件增至2021年的20件。",
        "走访汽车零件企业12家，政府信息公开申请机械零件图纸的行政复议零件生产商未参加。",
    ],
)
def test_numbers_of_something_else_are_no_fact(sentence: str) -> None:
    assert values(sentence) == []


def test_whose_numbers_a_sentence_tells() -> None:
    told = facts(
        "市政府办公室全年主动公开政府信息987条；全市主动公开政府信息98765条。",
        f"{YEAR}年市政府召开新闻发布会18场，各部门召开新闻发布会43场。",
    )
    assert [(fact.key, fact.value, fact.scope) for fact in told] == [
        ("proactive_total", 987, "body"),
        ("proactive_total", 98765, "region"),
        ("press_conferences", 18, "region"),
        ("press_conferences", 43, "city_organs"),
    ]
    divided = facts("其中，区政府收到申请123件，区各部门收到申请543件，各街镇收到申请99件。")
    assert [(fact.value, fact.scope) for fact in divided] == [(123, "body"), (543, "city_organs")]
    handled = facts("全市各级行政机关办理政府信息公开申请4208件，市政府办公室直接办理312件。")
    assert [(fact.value, fact.scope) for fact in handled] == [(4208, "region"), (312, "body")]
    (counted,) = facts("全市24个乡镇和36个市直部门全年主动公开政府信息共计28,653条。")
    assert (counted.value, counted.scope) == (28653, "region")
    (whole,) = facts("全省（含省级部门）共收到政府信息公开申请45678件。")
    assert whole.scope == "region"


@pytest.mark.parametrize(
    "sentence",
    [
        "主动公开政府信息350条以上。",
        "主动公开政府信息350条左右。",
        "主动公开政府信息1.256条。",
        "主动公开政府信息8千条。",
        "年均主动公开政府信息350条。",
        "每月主动公开政府信息35条。",
        "拟主动公开政府信息235条。",
        "“十三五”期间，主动公开政府信息12035条。",
        "上年，收到政府信息公开申请25件。",
        f"{YEAR + 1}年1月，收到政府信息公开申请25件。",
        "2022年1-11月，主动公开政府信息232条。",
        "收到重复申请25件。",
        "受理护照申请12035件。",
        "收到上级机关转来政府信息公开申请24件。",
        "下属单位车管所主动公开政府信息56条。",
        "各派出所收到政府信息公开申请26件。",
        "配合市政府办公室答复政府信息公开申请26件。",
        "当场答复申请25件。",
        "因申请人撤回终止办理申请25件。",
        "市公安局、市教育局、市民政局分别收到申请35件、20件、18件。",
        "市中级人民法院受理政府信息公开行政诉讼案件56件。",
        "作为复议机关受理政府信息公开行政复议案件28件。",
        "举办消防培训12次，培训3560人次。",
        "转发上级政策解读120篇。",
    ],
)
def test_what_is_rough_or_of_others_or_of_another_time_is_no_fact(sentence: str) -> None:
    assert values(sentence) == []


def test_the_numbers_of_a_body_named_are_its_own() -> None:
    sentence = "青云县公安局收到政府信息公开申请25件，办结24件。"
    for issuer, expected in (("青云县公安局", [25, 24]), ("明山市公安局", []), (None, [25, 24])):
        assert [fact.value for fact in read_facts(document(sentence), "body", YEAR, issuer)] == expected
    counties = "青云县收到政府信息公开申请25件，全市收到政府信息公开申请97件。"
    assert [fact.value for fact in read_facts(document(counties), "region", YEAR, "明山市人民政府")] == [97]


@pytest.mark.parametrize(
    "lines",
    [
        (
            "（一）主动公开情况。全年主动公开政府信息1376条。通过政府网站",
            "公开信息1063条，通过微信公众号发布信息307条。",
        ),
        ("全年主动公开政府信息1376条。通过政府网站公开信息10", "- 3 -", "63条，微信公众号发布信息307条。"),
        (
            "全年主动公开政府信息1376条。通过政府网站公开信息10",
            "第 3 页 共 9 页",
            "63条，通过微信公众号发布信息307条。",
        ),
    ],
)
def test_a_sentence_goes_on_behind_the_end_of_its_line_and_page(lines: tuple[str, ...]) -> None:
    found = {fact.key: fact.value for fact in facts(*lines)}
    assert found == {"proactive_total": 1376, "channel_website": 1063, "channel_wechat": 307}
