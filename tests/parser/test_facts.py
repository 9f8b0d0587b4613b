from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gicrawl.parser.document import Context, Document, Field, Line, Paragraph
from gicrawl.parser.facts import read_facts
from gicrawl.parser.readers.html import read as read_html

if TYPE_CHECKING:
    from gicrawl.parser.report import Fact

YEAR = 2022


def document(*paragraphs: str) -> Document:
    blocks, at = [], 0
    for text in paragraphs:
        blocks.append(Paragraph(text, {"start": at, "end": at + len(text)}))
        at += len(text) + 1
    return Document("text/plain", "utf-8", tuple(blocks))


def facts(*paragraphs: str) -> list[Fact]:
    return list(read_facts(document(*paragraphs), "region", YEAR))


def values(*paragraphs: str) -> list[tuple[str, float]]:
    return [(fact.key, fact.value) for fact in facts(*paragraphs)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2022年，全县主动公开政府信息 5217 条。", [("proactive_total", 5217)]),
        ("我市主动公开各类政府信息共计12,845条。", [("proactive_total", 12845)]),
        (
            "其中通过政府门户网站公开政府信息3106条，通过其他渠道公开92条，政务微博公开48条，政务微信公开371条。",
            [("channel_website", 3106), ("channel_wechat", 371), ("channel_weibo", 48), ("channel_other", 92)],
        ),
        (
            "全年共收到政府信息公开申请27件，答复申请25件，其中予以公开14件，部分公开3件，不予公开8件。",
            [
                ("requests_received", 27),
                ("replies_total", 25),
                ("reply_granted", 14),
                ("reply_partially_granted", 3),
                ("reply_denied", 8),
            ],
        ),
        ("我局受理政府信息公开申请6件，已全部予以公开。", [("requests_received", 6), ("reply_granted", 6)]),
        (
            "因政府信息公开引发行政复议4件，均维持，行政诉讼2件。",
            [("review_total", 4), ("review_upheld", 4), ("litigation_total", 2)],
        ),
        (
            "全年举办新闻发布会11场次，发布政策解读稿件86篇。",
            [("press_conferences", 11), ("interpretation_articles", 86)],
        ),
        ("全县从事政府信息公开工作的人员共有35名。", [("staff_total", 35)]),
        ("全年用于政府信息公开的专项经费为12.5万元。", [("budget_wan", 12.5)]),
        ("组织业务培训5期，参训人员达260人次。", [("training_sessions", 5), ("trainees", 260)]),
        ("2022年，甲縣主動公開信息731條。", [("proactive_total", 731)]),
        ("受理政府信息公开申请5件，其中：主动公开信息1件。", [("requests_received", 5)]),
        ("全年**主动公开政府信息**２６０条。", [("proactive_total", 260)]),
    ],
)
def test_what_a_sentence_says(sentence: str, expected: list[tuple[str, float]]) -> None:
    assert sorted(values(sentence)) == sorted(expected)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("全年主动公开政府信息17.97万条。", [("proactive_total", 179700)]),
        ("受理依申请公开十二件，答复十二件。", [("requests_received", 12), ("replies_total", 12)]),
        ("主动公开政府信息二千三百一十六条。", [("proactive_total", 2316)]),
        ("全年收到申请二三件，主动公开政府信息十余条。", []),
        ("四、因政府信息公开申请行政复议、提起行政诉讼的情况：无", [("review_total", 0), ("litigation_total", 0)]),
        ("全年政府信息公开行政复议、行政诉讼均为0件。", [("review_total", 0), ("litigation_total", 0)]),
        (
            "收到政府信息公开申请3件，均按时答复，全部予以公开。",
            [("requests_received", 3), ("replies_total", 3), ("reply_granted", 3)],
        ),
        (
            "依申请公开政府信息2件，其中1件同意公开、1件不予公开。",
            [("requests_received", 2), ("reply_denied", 1), ("reply_granted", 1)],
        ),
        ("制发公文47件，其中主动公开30件、依申请公开12件、不予公开5件。", []),
        ("全年办理依申请公开30件，较上年减少12件。", [("requests_received", 30)]),
        ("未收到公民、法人和其他组织政府信息公开申请。", [("requests_received", 0)]),
        ("因政府信息公开申请行政复议8件（上年结转1件），其中维持4件。", [("review_total", 8), ("review_upheld", 4)]),
        ("全年办理行政复议案件117件，其中维持90件、撤销5件。", []),
        ("网上受理各类申请3120件，办结3095件。", []),
        ("12345热线：受理申请1200件，均已答复。", []),
        ("行政许可方面，共受理申请3000件，办结2990件。", []),
        ("接待群众申请120件，全部办结，主动公开办理结果。", []),
        ("县水利局依申请公开12件，县住建局依申请公开8件。", []),
        ("其中办好十件民生实事，第二件已办结。", []),
        (
            "收到申请18件，从申请方式看，当面申请6件、网络申请9件，传真0件。答复18件：公开9件，不公开2件（国家秘密2件）。",
            [
                ("requests_received", 18),
                ("requests_in_person", 6),
                ("requests_online", 9),
                ("requests_fax", 0),
                ("replies_total", 18),
                ("reply_granted", 9),
                ("reply_denied", 2),
            ],
        ),
        (
            "县政府办公室受理依申请公开6件，县直部门受理27件，全县共受理33件。",
            [("requests_received", 6), ("requests_received", 33)],
        ),
        ("在312宗公开申请中，已答复的308宗。", [("replies_total", 308)]),
        ("共办理公开申请52件，其中，上年结转2件，本年新收50件。", [("requests_received", 50)]),
        ("信息公开类行政复议案件3件，占全年行政复议案件总数58件的5.2%。", [("review_total", 3)]),
        ("举办新闻发布会4次、培训500人次的目标，实际培训548人次。", [("trainees", 548)]),
        ("截至2022年底，公开政府信息541条，其中2022年公开138条。", [("proactive_total", 138)]),
        ("参训人员达340余人次，派员参加省市培训5人次。", [("trainees", 340)]),
        ("上半年，全县公开政府信息3012条。", []),
        ("行政复议7件，行政诉讼3件（未经复议直接起诉）、复议后起诉1件。", [("review_total", 7)]),
        (
            "2022年新增主动公开政府信息3121条，累计达到23121条。",
            [("proactive_total", 3121), ("proactive_total", 23121)],
        ),
        ("未收到任何形式的政府信息公开申请。", [("requests_received", 0)]),
        ("行政复议、行政诉讼和申诉各0件。", [("review_total", 0), ("litigation_total", 0)]),
        ("通知收取信息处理费860元，实际收取420元。", [("request_fees_wan", 420)]),
        ("收到行政复议申请42件，均不涉及政府信息公开。", []),
        (
            "行政复议3起（撤销1起，维持2起），行政诉讼0起。",
            [("review_total", 3), ("review_corrected", 1), ("review_upheld", 2), ("litigation_total", 0)],
        ),
        ("收到公文47件，其中5件不予公开。", []),
        ("举报投诉0件，行政复议0件，行政诉讼0件。", [("complaints", 0), ("review_total", 0), ("litigation_total", 0)]),
    ],
)
def test_wordings_of_reports_in_plain_sentences(sentence: str, expected: list[tuple[str, int]]) -> None:
    assert sorted(values("信息公开情况", sentence)) == sorted(expected)


def test_sentences_broken_around_their_numbers_are_whole_and_cells_stay_cells() -> None:
    broken = ("2022", "年，全县收到政府信息公开申请", "368", "件，其中当面申请", "12", "件。")
    assert values(*broken) == [("requests_received", 368), ("requests_in_person", 12)]
    assert values("收到政府信息公开申请", "368", "件", "答复", "360", "件") == []


def test_numbers_told_of_the_year_after_those_of_all_years_are_of_the_year() -> None:
    found = facts("收到公开申请7条，历年累计42条；对申请的答复总数7条。", "累计公开政府信息1.2万条，当年新增4612条。")
    assert [(fact.key, fact.value, fact.kind) for fact in found] == [
        ("requests_received", 7, "annual"),
        ("replies_total", 7, "annual"),
        ("proactive_total", 12000, "cumulative"),
        ("proactive_total", 4612, "annual"),
    ]


def test_a_total_is_divided_by_the_kinds_of_bodies_named() -> None:
    found = facts("全市从事政府信息公开工作的人员932人。其中：市级机关120人；县（市、区）812人。")
    assert [(fact.key, fact.value, fact.scope) for fact in found] == [
        ("staff_total", 932, "region"),
        ("staff_total", 120, "city_organs"),
        ("staff_total", 812, "counties"),
    ]


def test_a_semicolon_ends_the_reach_of_the_bodies_before_it() -> None:
    found = facts("全市收到公开申请320件，其中市级机关120件、县区200件；答复318件。", "县区收到公开申请9件；答复8件。")
    assert [(fact.value, fact.scope) for fact in found if fact.key == "replies_total"] == [
        (318, "region"),
        (8, "counties"),
    ]


def test_a_body_within_the_label_of_an_outcome_is_nobody_s_scope() -> None:
    found = facts("收到信息公开申请9件，同意公开4件，不属于本机关3件，信息不存在2件。")
    assert {fact.scope for fact in found} == {"region"}


@pytest.mark.parametrize(
    "sentence",
    [
        "全年主动公开政府信息2900余条。",
        "通过公告栏、电子屏等形式公开政府信息312条，通过简报公开政府信息210条。",
        "全年主动公开政府信息近300条。",
        "2021年主动公开政府信息4100条。",
        "主动公开政府信息较上年增加312条。",
        "2023年将主动公开政府信息5000条。",
        "累计主动公开政府信息5000条。",
        "在重点领域主动公开信息162条。",
        "同意部分公开答复、不予公开答复情况见附表第3条。",
        "全年办理行政复议案件117件。",
        "办理人大代表建议50件，答复网民来信31件。",
        "根据《条例》第20条公开信息。",
        "其中上年结转申请2件，书面申请3件。",
        "办理人大代表建议30件，答复30件，公开20件，不予公开10件。",
        "受理治安行政复议案件6件，维持5件，撤销1件。",
        "信函、传真申请4件，公开或部分公开9件。",
        "作为涉密信息不予公开460条。",
        "参加市级培训2次。",
        "电话0598-1234567，邮编353000。",
    ],
)
def test_what_a_sentence_does_not_say(sentence: str) -> None:
    assert values("政府信息公开申请情况", sentence) == []


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("截至2022年底，累计主动公开政府信息90125条。", "cumulative"),
        ("《条例》施行以来，主动公开政府信息90125条。", "cumulative"),
        ("历年累计主动公开信息90125条。", "cumulative"),
        ("今年以来，主动公开政府信息90125条。", "annual"),
        ("全年累计主动公开政府信息90125条。", "annual"),
    ],
)
def test_annual_and_cumulative_are_told_apart(sentence: str, kind: str) -> None:
    assert [(fact.value, fact.kind) for fact in facts(sentence)] == [(90125, kind)]


def test_the_same_key_may_stand_for_several_scopes() -> None:
    found = facts(
        "全市从事政府信息公开工作的人员为120人。其中市级机关从事政府信息公开工作的人员为31人；"
        "区（县）政府从事政府信息公开工作的人员为89人。本局从事政府信息公开工作的人员为2人。"
    )
    assert [(fact.scope, fact.value) for fact in found] == [
        ("region", 120),
        ("city_organs", 31),
        ("counties", 89),
        ("body", 2),
    ]


def test_a_sentence_without_a_subject_goes_on_with_that_of_the_one_before() -> None:
    paragraph = "共收到政府信息公开申请1024件。其中，自然人812件。上年结转36件。全年办结1018件，其中予以公开182件。"
    assert ("replies_total", 1018) in values(paragraph)
    assert values("受理信访件1024件。其中，集体访812件。上年结转36件。全年办结1018件。") == []


def test_bodies_told_together_are_not_those_of_one_kind() -> None:
    (fact,) = facts("全市43个部门和10个县（市、区）政府主动公开政府信息86213条。")
    assert (fact.value, fact.scope) == (86213, "region")
    (fact,) = facts("通过本级政府微信公众号公开政府信息212条。")
    assert (fact.key, fact.scope) == ("channel_wechat", "region")


def test_contradicting_sentences_all_stay_and_repeated_ones_count_once() -> None:
    text = "全年主动公开政府信息12条。", "全年主动公开政府信息13条。", "全年主动公开政府信息12条。"
    assert values(*text) == [("proactive_total", 12), ("proactive_total", 13)]


def test_sentences_cut_by_a_line_break_are_read_whole_and_headings_are_not_glued_on() -> None:
    text = (
        "二、依申请公开情况",
        "2022年本级机关收到公民提出的政府信息公开申",
        "请31件，办结申请30件。",
        "三、2022年情况",
    )
    found = facts(*text)
    assert [(fact.key, fact.value) for fact in found] == [("requests_received", 31), ("replies_total", 30)]
    assert found[0].sentence == text[1] + text[2]


def test_evidence_is_the_number_itself_and_the_sentence_is_verbatim() -> None:
    paragraphs = ("　　（一）主动公开。全年主动公开政府信息 1 234 条。", "另，举行新闻发布会 7 次，公开政府信息。")
    source = "\n".join(paragraphs)
    for fact in facts(*paragraphs):
        start, end = fact.evidence["start"], fact.evidence["end"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert source[start:end].replace(" ", "") == str(fact.value)
        assert fact.sentence in source
    assert [fact.value for fact in facts(*paragraphs)][-1] == 7


def test_numbers_follow_the_text() -> None:
    text = "全县主动公开政府信息481条，收到政府信息公开申请25件，行政复议3件。"
    moved = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), text)
    before, after = values(text), values(moved)
    assert [key for key, _ in before] == [key for key, _ in after]
    assert [str(v) for _, v in after] == [re.sub(r"\d", lambda d: str((int(d[0]) + 1) % 10), str(v)) for _, v in before]


def test_cells_of_a_flattened_table_are_no_prose() -> None:
    fields = tuple(Field(text, i * 9) for i, text in enumerate(["主动公开政府信息数", "条", "55"]))
    lines = Document("text/plain", "utf-8", (Line(fields), Line((Field("主动公开信息5条", 40),))))
    assert read_facts(lines, "region", YEAR) == ()


def test_html_paragraphs_are_named_by_their_path() -> None:
    page = read_html("<p>前言</p><p>全年主动公开政府信息<b>1</b><b>7</b>条。</p>".encode(), Context())
    (fact,) = read_facts(page, "body", YEAR)
    assert (fact.value, fact.scope, fact.evidence) == (17, "body", {"path": "/html/body/p[2]"})


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "未发生针对政府信息公开事务的行政复议案、行政诉讼案和有关的申诉案。",
            [("review_total", 0), ("litigation_total", 0)],
        ),
        ("全年没有因政府信息公开被申请行政复议、提起行政诉讼。", [("review_total", 0), ("litigation_total", 0)]),
        ("2022年未收到政府信息公开申请。", [("requests_received", 0)]),
        ("本年度没有收到要求当面领取的政府信息公开申请。", []),
        ("未发生因政府信息公开引起的行政复议被纠错的情况。", []),
        ("没有在政府信息公开行政复议、行政诉讼中败诉。", []),
    ],
)
def test_what_there_was_none_of_is_nothing_where_words_say_so(sentence: str, expected: list[tuple[str, float]]) -> None:
    assert values(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("依申请公开：受理30件。", [("requests_received", 30)]),
        ("我局共收到30件公开申请。", [("requests_received", 30)]),
        ("全年收到申请30件。", [("requests_received", 30)]),
        ("全年受理12345热线来电申请3826件，办结3811件。", []),
        ("申请答复中，“同意公开”的22件；“不予公开”的1件。", [("reply_granted", 22), ("reply_denied", 1)]),
        ("部分公开6件、不予公开4件。", [("reply_denied", 4)]),
        (
            "因政府信息公开引起的行政复议5件（2021年为9件），其中维持3件、撤销1件。",
            [("review_total", 5), ("review_upheld", 3), ("review_corrected", 1)],
        ),
        ("通过局门户网站公开4890条。", [("channel_website", 4890)]),
    ],
)
def test_wordings_of_the_years_before_2019_and_their_neighbours(
    sentence: str, expected: list[tuple[str, float]]
) -> None:
    assert values(sentence) == expected


def test_what_is_done_by_the_end_of_the_year_is_not_counted_from_all_years() -> None:
    heading = "收到和处理政府信息公开申请情况"
    (_, done) = facts(heading, "2022年，全年收到政府信息公开申请30件，截至年底办结31件。")
    assert (done.key, done.kind) == ("replies_total", "annual")
    (all_years,) = facts("截至2022年底，累计主动公开政府信息310条。")
    assert all_years.kind == "cumulative"
    (year,) = facts("截至2022年12月31日，全县主动公开政府信息310条。")
    assert year.kind == "annual"


@pytest.mark.parametrize(
    "sentence",
    [
        "收到不动产登记申请2350件，办结2311件。",
        "群众投诉举报受理1236件，办结1230件。",
        "“互联网+督查”平台收到群众申请116件，办结115件。",
        "1-11月收到申请28件，12月收到申请2件。",  # parts of the year
        "解答咨询230件，现场受理政府信息公开申请0件。",
        "行政复议案件3件，行政诉讼案件1件，均与信息公开无关。",
        "答复25件，历年累计97件，其中同意公开18件，不予公开3件。",  # 18 of the year or of all years
    ],
)
def test_figures_of_other_things_are_no_facts(sentence: str) -> None:
    found = values("依申请公开政府信息情况", sentence)
    assert [one for one in found if one not in {("replies_total", 25), ("replies_total", 97)}] == []


def test_reviews_of_which_some_were_upheld_were_not_all() -> None:
    assert values("受理政府信息公开类行政复议2件，维持1件，责令重新答复1件。") == [
        ("review_total", 2),
        ("review_upheld", 1),
        ("review_corrected", 1),
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("共受理依申请公开30件，较2021年的45件下降33%；办结31件。", [("requests_received", 30), ("replies_total", 31)]),
        ("通过政务公开栏公开信息46条，县政府网站公开88条，合计134条，均为主动公开。", [("proactive_total", 134)]),
        ("2022年1-11月收到申请28件，12月收到申请2件，全年合计30件。", [("requests_received", 30)]),
        ("行政复议案件共受理112件，其中因政府信息公开引发的4件。", [("review_total", 4)]),
        (
            "行政复议3件均与信息公开无关；信息公开类行政复议、行政诉讼为零。",
            [("review_total", 0), ("litigation_total", 0)],
        ),
        ("信息公开复议5件（维持3件、纠错1件、其他1件），诉讼2件（均维持）。", [("litigation_total", 2)]),
        ("无行政复议、无投诉举报。", [("complaints", 0)]),
        ("政府信息公开工作专职人员1名，安排专项经费3万元。", [("budget_wan", 3)]),
        ("全省收到政府信息公开申请2.6万件，办结2.58万件。", [("requests_received", 26000), ("replies_total", 25800)]),
        ("收到政府信息公开申请41件，上年结转6件，共办结45件。", [("requests_received", 41), ("replies_total", 45)]),
        (
            "收到政府信息公开申请36件，较上年减少4件，内容多为征地，均已按照法定程序和时限予以答复。",
            [("requests_received", 36), ("replies_total", 36)],
        ),
        ("受理依申请公开案件19宗，已按期答复18宗，1宗延期答复。", [("requests_received", 19)]),
        ("全年收到举报投诉27件，其中涉及政府信息公开3件。", []),
        ("行政诉讼案件46件，胜诉42件；其中涉及政府信息公开诉讼案件6件。", [("litigation_total", 6)]),
        ("2012年度产生文件128件，其中主动公开31件、依申请公开30件、不予公开67件。", []),
        (
            "因信息公开引发行政复议61件，已办结58件，其中维持41件，撤销3件，确认违法2件。",
            [("review_total", 61), ("review_upheld", 41)],
        ),
        (
            "行政复议数量3件：维持具体行政行为数2件，被依法纠错数1件。",
            [("review_total", 3), ("review_upheld", 2), ("review_corrected", 1)],
        ),
        ("收到公开申请5件，其中3件同意公开、2件不予公开。", [("reply_granted", 3), ("reply_denied", 2)]),
        (
            "我单位无政府信息公开申请，未引发行政复议和行政诉讼。",
            [("requests_received", 0), ("review_total", 0), ("litigation_total", 0)],
        ),
        ("全年收到对政府信息公开工作的举报2件。", [("complaints", 2)]),
        (
            "截至2022年底，累计公开政府信息2.4万条，其中2021年9600条、2022年9213条。",
            [("proactive_total", 24000), ("proactive_total", 9213)],
        ),
        ("2022年1至12月，全州共主动公开政府信息8642条。", [("proactive_total", 8642)]),
        (
            "受理信息公开类行政复议4件，全部维持；政府信息公开行政诉讼案件2件。",
            [("review_total", 4), ("litigation_total", 2)],
        ),
        ("因信息公开申请行政复议和提起行政诉讼共计6件，其中复议4件，诉讼2件。", [("litigation_total", 2)]),
        ("2022年，我镇通过网站、公开栏、微信群等多种形式公开政府信息612条。", [("proactive_total", 612)]),
        ("行政复议、诉讼、举报投诉：均为0。", [("review_total", 0), ("litigation_total", 0)]),
        ("通过窗口收到政府信息公开申请5件、通过网络收到12件，共收到17件。", [("requests_received", 17)]),
        (
            "自2008年以来共主动公开政府信息36120条，其中今年主动公开6120条。",
            [("proactive_total", 36120), ("proactive_total", 6120)],
        ),
        ("收到公开申请16件，其中15件已按时办结，1件正在办理。", [("requests_received", 16), ("replies_total", 15)]),
        (
            "政府信息公开申请受理量达1203件，没有引发复议、诉讼。",
            [("requests_received", 1203), ("litigation_total", 0)],
        ),
        (
            "行政诉讼2件，法院均判决驳回原告诉讼请求；引发政府信息公开行政复议1件，复议机关作出维持决定。",
            [("litigation_upheld", 2), ("review_total", 1), ("review_upheld", 1)],
        ),
        ("发出收费通知2件，总金额1600元，实际收取1件，总金额900元。", [("request_fees_wan", 900)]),
    ],
)
def test_more_wordings_of_reports_in_plain_sentences(sentence: str, expected: list[tuple[str, float]]) -> None:
    found = values(sentence)
    assert [pair for pair in expected if pair not in found] == []
    assert [pair for pair in found if pair[0] in dict(expected)] == expected


def test_what_is_new_this_year_is_no_part_of_what_is_told_of_all_years() -> None:
    told = facts("截至2022年底，累计主动公开政府信息1820条，其中2022年新增政府信息216条。")
    assert {(fact.value, fact.kind) for fact in told} == {(1820, "cumulative"), (216, "annual")}
    counted = facts("受理政府信息公开申请25件，历年累计97件。")
    assert {(fact.value, fact.kind) for fact in counted} == {(25, "annual"), (97, "cumulative")}


def test_what_was_to_be_handled_or_is_two_classes_at_once_is_no_fact_of_one() -> None:
    told = values("新收政府信息公开申请50件，上年结转2件，共办理52件。申请办结51件，其中按时办结50件，延期办结1件。")
    assert [pair for pair in told if pair[0] == "replies_total"] == [("replies_total", 51)]
    assert "reply_partially_granted" not in dict(values("答复申请210件，其中公开或部分公开176件，不予公开9件。"))


def test_the_heading_of_a_section_tells_what_its_numbers_are_of_until_the_next() -> None:
    section = ("三、依申请公开情况", "全市共收到信息公开申请1,056件。", "其中，公民申请占92%。答复1,049件，结转7件。")
    assert ("replies_total", 1049) in values(*section)
    assert values("三、依申请公开情况", "无。", "四、信访情况", "答复1,049件，结转7件。") == []
    assert values("二、主动公开和依申请公开情况", "信访案件收到112件，办结110件。") == []
