"""The two current statutory forms, as the writer of a report sees them.

Form of 2019: 国办公开办函〔2019〕60号; form of 2021: 国办公开办函〔2021〕30号. Keys are the canonical names of
the cells; labels are what the forms print. This is a second, independent copy of what the parser has in its own data:
the samples must not inherit the parser's mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Key: TypeAlias = "tuple[str, str, str]"
"""(table, row, column)."""


@dataclass(frozen=True, slots=True)
class Article:
    """One of the small tables of part 二: an item of article 20 of the Regulations.

    Attributes:
        key: canonical table name.
        item: ordinal of the item as printed, e.g. 一 in 第二十条第（一）项.
        rows: (key, label) of each row.
        columns: (key, label) of each value column.
    """

    key: str
    item: str
    rows: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A row of the applications table, with the group it stands in ("" outside the groups of part 三)."""

    key: str
    group: str
    label: str


_ITEMS = (("items_last_year", "上一年项目数量"), ("items_change", "本年增/减"))
_DECIDED = (*_ITEMS, ("decisions", "处理决定数量"))

ARTICLES_2019 = (
    Article(
        "art20_1",
        "一",
        (("regulations", "规章"), ("normative_documents", "规范性文件")),
        (("new_made", "本年新制作数量"), ("new_disclosed", "本年新公开数量"), ("total_disclosed", "对外公开总数量")),
    ),
    Article(
        "art20_5",
        "五",
        (("administrative_licensing", "行政许可"), ("other_external_services", "其他对外管理服务事项")),
        _DECIDED,
    ),
    Article(
        "art20_6",
        "六",
        (("administrative_penalty", "行政处罚"), ("administrative_coercion", "行政强制")),
        _DECIDED,
    ),
    Article("art20_8", "八", (("administrative_fees", "行政事业性收费"),), _ITEMS),
    Article(
        "art20_9",
        "九",
        (("centralized_procurement", "政府集中采购"),),
        (("procurement_items", "采购项目数量"), ("procurement_amount", "采购总金额")),
    ),
)

_YEAR_DECISIONS = (("decisions", "本年处理决定数量"),)

ARTICLES_2021 = (
    Article(
        "art20_1",
        "一",
        (("regulations", "规章"), ("normative_documents", "行政规范性文件")),
        (("issued", "本年制发件数"), ("repealed", "本年废止件数"), ("in_force", "现行有效件数")),
    ),
    Article("art20_5", "五", (("administrative_licensing", "行政许可"),), _YEAR_DECISIONS),
    Article(
        "art20_6",
        "六",
        (("administrative_penalty", "行政处罚"), ("administrative_coercion", "行政强制")),
        _YEAR_DECISIONS,
    ),
    Article(
        "art20_8",
        "八",
        (("administrative_fees", "行政事业性收费"),),
        (("fee_amount_wan", "本年收费金额（单位：万元）"),),
    ),
)

APPLICANTS = (
    ("natural_person", "自然人"),
    ("commercial_enterprise", "商业企业"),
    ("research_institution", "科研机构"),
    ("public_welfare_org", "社会公益组织"),
    ("legal_service_org", "法律服务机构"),
    ("other_org", "其他"),
)
APPLICANT_KEYS = tuple(key for key, _ in APPLICANTS)
APPLICATION_COLUMNS = (*APPLICANT_KEYS, "total")

NEW = Result("new_received", "", "一、本年新收政府信息公开申请数量")
CARRIED_IN = Result("carried_in", "", "二、上年结转政府信息公开申请数量")
CARRIED_OUT = Result("carried_out", "", "四、结转下年度继续办理")
TOTAL = Result("results_total", "", "（七）总计")

_DENIED = "（三）不予公开"
_UNABLE = "（四）无法提供"
_NOT_PROCESSED = "（五）不予处理"
_OTHER = "（六）其他处理"

_COMMON_RESULTS = (
    Result("granted", "", "（一）予以公开"),
    Result("partially_granted", "", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    Result("denied_state_secret", _DENIED, "1.属于国家秘密"),
    Result("denied_prohibited_by_law", _DENIED, "2.其他法律行政法规禁止公开"),
    Result("denied_three_securities_one_stability", _DENIED, "3.危及“三安全一稳定”"),
    Result("denied_third_party_rights", _DENIED, "4.保护第三方合法权益"),
    Result("denied_internal_affairs", _DENIED, "5.属于三类内部事务信息"),
    Result("denied_process_information", _DENIED, "6.属于四类过程性信息"),
    Result("denied_enforcement_file", _DENIED, "7.属于行政执法案卷"),
    Result("denied_administrative_query", _DENIED, "8.属于行政查询事项"),
    Result("unable_not_held", _UNABLE, "1.本机关不掌握相关政府信息"),
    Result("unable_needs_creation", _UNABLE, "2.没有现成信息需要另行制作"),
    Result("unable_still_unclear", _UNABLE, "3.补正后申请内容仍不明确"),
    Result("not_processed_petition", _NOT_PROCESSED, "1.信访举报投诉类申请"),
    Result("not_processed_repeat", _NOT_PROCESSED, "2.重复申请"),
    Result("not_processed_publication", _NOT_PROCESSED, "3.要求提供公开出版物"),
    Result("not_processed_excessive", _NOT_PROCESSED, "4.无正当理由大量反复申请"),
    Result("not_processed_confirm_reissue", _NOT_PROCESSED, "5.要求行政机关确认或重新出具已获取信息"),
)

RESULTS_2019 = (*_COMMON_RESULTS, Result("other_processing", "", "（六）其他处理"))
RESULTS_2021 = (
    *_COMMON_RESULTS,
    Result(
        "other_processing_no_correction", _OTHER, "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"
    ),
    Result(
        "other_processing_fee_unpaid",
        _OTHER,
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    Result("other_processing_other", _OTHER, "3.其他"),
)

REVIEW_ROWS = (
    ("review", "行政复议"),
    ("litigation_direct", "未经复议直接起诉"),
    ("litigation_after_review", "复议后起诉"),
)
REVIEW_COLUMNS = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
)
OUTCOMES = tuple(key for key, _ in REVIEW_COLUMNS[:-1])

FORM_2019 = "form2019"
FORM_2021 = "form2021"
FIRST_YEAR_OF_2021 = 2021
"""The form of 2021 was first due for the reports of 2021."""


def articles(form: str) -> tuple[Article, ...]:
    """The small tables of part 二 in this form."""
    return ARTICLES_2019 if form == FORM_2019 else ARTICLES_2021


def results(form: str) -> tuple[Result, ...]:
    """The rows of part 三 of the applications table, (一) to (六), in printed order."""
    return RESULTS_2019 if form == FORM_2019 else RESULTS_2021


def keys(form: str, applications: str) -> list[Key]:
    """Every cell of a report in the order it is printed.

    Args:
        form: form of part 二 (part 四 is the same in both).
        applications: form of the applications table.
    """
    out = [
        (article.key, row, column)
        for article in articles(form)
        for row, _ in article.rows
        for column, _ in article.columns
    ]
    rows = (NEW, CARRIED_IN, *results(applications), TOTAL, CARRIED_OUT)
    out += [("applications", row.key, column) for row in rows for column in APPLICATION_COLUMNS]
    out += [("review_litigation", row, column) for row, _ in REVIEW_ROWS for column, _ in REVIEW_COLUMNS]
    return out


def form_of(year: int) -> str:
    """The form in force for the reports of this year."""
    return FORM_2021 if year >= FIRST_YEAR_OF_2021 else FORM_2019
