"""The running text of a report, our own sentences, its figures in step with the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance

if TYPE_CHECKING:
    import random
    from datetime import date

    from gicrawl.sample.figures import Number, Numbers
    from gicrawl.sample.issuers import Issuer

_SMALL_DISPUTES = 0.5
"""Half of the bodies without a dispute say so in one clause, the others pass over it."""


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A number stated in prose, with its sentence as printed."""

    key: str
    value: Number
    unit: str
    sentence: str


@dataclass(slots=True)
class Prose:
    """The parts of the text between the tables, each a list of paragraphs."""

    number: list[str] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    overview: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)
    facts: list[StatedFact] = field(default_factory=list)


_MANAGEMENT = (
    "全年对照目录清理栏目，过期内容及时归档，标题、来源、日期逐条核对。",
    "修订了信息发布前的审核流程，起草、校对、签发各留一份记录，谁审核谁签字。",
    "把公开属性放在公文起草环节确定，不宜公开的须写明理由，由分管负责人把关。",
    "对历年文件重新编号登记，失效的加注标识，方便群众辨认。",
)
_PLATFORM = (
    "门户网站专栏按统一样式调整，首页到年报栏目不超过两次点击。",
    "在服务大厅放置查询电脑和纸质汇编，由窗口人员帮助老年人查找。",
    "政务新媒体账号合并管理，停更的账号已按程序注销。",
    "专栏检索支持按年份和机构筛选，失效链接每月检查一遍。",
)
_OVERSIGHT = (
    "把公开工作列入年度考核，每季度通报一次抽查结果。",
    "组织业务培训{n}次，重点讲解答复文书的写法和期限的计算。",
    "聘请社会监督员对栏目提意见，收到的建议均已回复。",
    "全年没有因公开工作不到位而追究责任的情形。",
)
_PROBLEMS = (
    "个别股室发布信息不够及时，解读材料多以文字为主，形式单一。",
    "答复文书的说理还不充分，有的引用条款不准确。",
    "人员更换频繁，新到岗的同志对办理程序还不熟悉。",
    "栏目分类过细，群众查找时常常不知道该点哪一个。",
)
_REMEDIES = (
    "明确每个栏目的责任人和更新时限，到期提醒，逾期通报。",
    "编印答复文书范本，疑难申请由法制机构会审。",
    "安排老同志带班，新人上岗前先跟办三件申请。",
    "合并内容相近的栏目，并在首页增加常用入口。",
)
_HEADS = (
    ("（一）主动公开", "（二）依申请公开", "（三）政府信息管理", "（四）平台建设", "（五）监督保障"),
    (
        "1.主动公开情况。",
        "2.依申请公开情况。",
        "3.信息管理情况。",
        "4.公开平台情况。",
        "5.监督保障情况。",
    ),
)


def write_prose(rng: random.Random, issuer: Issuer, year: int, numbers: Numbers, published: date) -> Prose:
    """Write the text of one report.

    Args:
        rng: source of the drawing.
        issuer: who reports.
        year: the year reported on.
        numbers: the true figures of the tables (before any defect is put in).
        published: the date under the report.
    """
    prose = Prose()
    prose.opening.append(
        rng.choice(
            (
                "根据《中华人民共和国政府信息公开条例》第五十条的规定，{name}编制了{year}年政府信息公开工作年度报告。",
                "本报告由{name}依照《中华人民共和国政府信息公开条例》编制，向社会公布{year}年的工作情况。",
                "按照《中华人民共和国政府信息公开条例》和上级统一格式，现将{name}{year}年度政府信息公开工作情况公布如下。",
            )
        ).format(name=issuer.name, year=year)
    )
    if issuer.kind == "department" and chance(rng, 0.3):
        office = issuer.name.removeprefix(issuer.region)
        number = f"{issuer.region[0]}{office[0]}〔{published.year}〕{rng.randint(1, 40)}号"
        prose.number.append(number)
    period = rng.choice(
        (
            "本报告所列数据的统计期限自{year}年1月1日起，至{year}年12月31日止。",
            "报告中的数据统计期限为{year}年1月1日至{year}年12月31日。",
            "",
        )
    )
    prose.opening[0] += period.format(year=year)
    contact = rng.random()
    if contact < 0.5:  # noqa: PLR2004 - half of the reports tell whom to call
        extension = rng.randint(1000, 9999)
        prose.opening.append(f"对本报告有疑问的，请与{issuer.short}联系（电话：0999-820{extension}）。")
    _overview(rng, issuer, year, numbers, prose)
    prose.problems += [f"存在的问题：{rng.choice(_PROBLEMS)}", f"下一步打算：{rng.choice(_REMEDIES)}"]
    prose.other.append(
        rng.choice(
            (
                "{year}年度没有收取信息处理费，也没有其他需要报告的事项。",
                "依照规定，{year}年收取信息处理费的总金额为0元。没有其他需要报告的事项。",
                "本年度未发出收费通知。无其他需要报告的事项。",
            )
        ).format(year=year)
    )
    prose.signature += [issuer.name, f"{published.year}年{published.month}月{published.day}日"]
    return prose


def _overview(rng: random.Random, issuer: Issuer, year: int, numbers: Numbers, prose: Prose) -> None:
    heads = rng.choice(_HEADS)
    training = rng.randint(1, 6)
    sections = (
        [_disclosed(rng, issuer, year, prose), _documents(numbers)],
        [_requests(rng, issuer, year, numbers, prose), _disputes(rng, numbers, prose)],
        [rng.choice(_MANAGEMENT)],
        [rng.choice(_PLATFORM)],
        [rng.choice(_OVERSIGHT).format(n=training)],
    )
    for head, sentences in zip(heads, sections, strict=True):
        body = "".join(sentences)
        if chance(rng, 0.5):  # heads stand alone or run into the text
            prose.overview += [head, body]
        else:
            prose.overview.append(f"{head.rstrip('。')}。{body}")


def _disclosed(rng: random.Random, issuer: Issuer, year: int, prose: Prose) -> str:
    most = {"prefecture": 90_000, "county": 18_000, "department": 900, "township": 160}[issuer.scale]
    total = rng.randint(most // 3, most)
    website = rng.randint(total // 2, total)
    first = rng.choice(
        (
            "{year}年，{we}主动公开政府信息{n}条。",
            "{we}全年主动公开各类政府信息共{n}条。",
            "一年来，{we}通过各渠道主动公开政府信息{n}条。",
        )
    ).format(year=year, we=issuer.we, n=total)
    second = rng.choice(
        ("其中政府网站公开{n}条，内容以工作动态和政策文件为主。", "政府网站发布{n}条，其余见于公告栏和新媒体。")
    )
    second = second.format(n=website)
    prose.facts.append(StatedFact("proactive_total", total, "条", first))
    prose.facts.append(StatedFact("channel_website", website, "条", second))
    return first + second


def _documents(numbers: Numbers) -> str:
    issued = numbers.get(("art20_1", "normative_documents", "issued"))
    if not issued:
        return "财政预决算、重点项目和民生实事按时公布。"
    return f"制发行政规范性文件{issued}件，均附解读材料。"


def _requests(rng: random.Random, issuer: Issuer, year: int, numbers: Numbers, prose: Prose) -> str:
    new = numbers["applications", "new_received", "total"]
    before = numbers["applications", "carried_in", "total"]
    done = numbers["applications", "results_total", "total"]
    left = numbers["applications", "carried_out", "total"]
    if not new and not before:
        sentence = rng.choice(("全年未收到政府信息公开申请。", "{year}年没有公民、法人或者其他组织提出公开申请。"))
        sentence = sentence.format(year=year)
        prose.facts.append(StatedFact("requests_received", 0, "件", sentence))
        return sentence
    first = rng.choice(
        (
            "{year}年，{we}新收政府信息公开申请{n}件。",
            "{we}本年度共收到政府信息公开申请{n}件。",
            "全年受理政府信息公开申请{n}件，多与征地补偿和规划许可有关。",
        )
    ).format(year=year, we=issuer.we, n=new)
    prose.facts.append(StatedFact("requests_received", new, "件", first))
    out = first
    if before:
        out += f"上年结转{before}件。"
    second = f"已答复{done}件，" + (f"结转下年度继续办理{left}件。" if left else "没有结转。")
    prose.facts.append(StatedFact("replies_total", done, "件", second))
    return out + second


def _disputes(rng: random.Random, numbers: Numbers, prose: Prose) -> str:
    review = numbers["review_litigation", "review", "total"]
    suits = (
        numbers["review_litigation", "litigation_direct", "total"]
        + numbers["review_litigation", "litigation_after_review", "total"]
    )
    if not review and not suits:
        if rng.random() >= _SMALL_DISPUTES:
            return ""
        sentence = "没有因政府信息公开引起的复议和诉讼。"
    else:
        sentence = f"因政府信息公开引起行政复议{review}件、行政诉讼{suits}件。"
    prose.facts.append(StatedFact("review_total", review, "件", sentence))
    prose.facts.append(StatedFact("litigation_total", suits, "件", sentence))
    return sentence
