"""What else stands in a report column: pages that share words with a report and are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from gicrawl.sample.pictures import chart
from gicrawl.sample.site import Attachment, Entry

if TYPE_CHECKING:
    import random

    from gicrawl.sample.issuers import Issuer
    from gicrawl.sample.report import Truth

ERROR_PAGE_WORDS = ("您访问的页面不存在或已被删除", "页面将在5秒后自动返回首页")


@dataclass(frozen=True, slots=True)
class Words:
    """Names the pages of one portal use."""

    place: str
    office: str
    people: tuple[str, ...]


def _paragraphs(*sentences: str) -> str:
    return "".join(f'<p style="text-indent: 2em;">{escape(sentence)}</p>\n' for sentence in sentences)


def _day(rng: random.Random, year: int) -> date:
    return date(year, 2, 1) + timedelta(days=rng.randrange(300))


def news(rng: random.Random, words: Words, year: int) -> Entry:
    """A news item about the work on reports."""
    who = rng.choice(words.people)
    title, *body = rng.choice(
        (
            (
                f"{words.place}召开政府信息公开工作年度报告编制培训会",
                f"近日，{words.place}部署{year}年政府信息公开年报的编写，各单位经办人{rng.randint(20, 90)}人参加培训。",
                f"{who}在会上强调，表内数字要与台账一致，发现差错的单位须在三日内改正。",
            ),
            (
                f"{words.office}调研基层政务公开工作",
                f"{who}一行到各镇查看公开栏和查询点，随机抽查信息{rng.randint(10, 60)}条。",
                "调研组建议把常用办事指南张贴在村级服务站。",
            ),
            (
                f"{words.place}{year}年政务公开工作考核获优秀等次",
                f"上级通报{year}年度政务公开考核结果，{words.place}得分{rng.randint(85, 97)}.{rng.randint(0, 9)}分。",
                "信息发布、解读回应和年度报告三项均未扣分。",
            ),
        )
    )
    return Entry(kind="news", title=title, published=_day(rng, year), source=words.office, fragment=_paragraphs(*body))


def compilation_notice(rng: random.Random, words: Words, year: int) -> Entry:
    """The notice that asks for the reports: it names every section and is no report."""
    title = rng.choice(
        (
            f"关于做好{year}年政府信息公开工作年度报告编制和发布工作的通知",
            f"{words.office}关于报送{year}年政府信息公开工作年度报告的通知",
        )
    )
    body = _paragraphs(
        "各镇乡人民政府，各部门：",
        f"为做好{year}年政府信息公开工作年度报告的编制，现将有关事项通知如下。",
        "一、年度报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、行政复议行政诉讼情况、"
        "存在的主要问题及改进情况、其他需要报告的事项六部分组成。",
        f"二、请于{year + 1}年1月{rng.randint(10, 25)}日前报送电子版，逾期的予以通报。",
        "三、表格不得留空，没有发生的填0。",
        words.office,
    )
    return Entry(
        kind="compilation_notice",
        title=title,
        published=date(year, 12, rng.randint(5, 28)),
        source=words.office,
        fragment=body,
    )


def website_report(rng: random.Random, words: Words, year: int) -> Entry:
    """政府网站工作年度报表: another statutory table, another statute."""
    rows = (
        ("网站标识码", "9901230001"),
        ("独立用户访问总量（单位：个）", str(rng.randint(20_000, 900_000))),
        ("网站总访问量（单位：次）", str(rng.randint(100_000, 9_000_000))),
        ("信息发布总数（单位：条）", str(rng.randint(900, 20_000))),
        ("概况类信息更新量", str(rng.randint(0, 40))),
        ("政务动态信息更新量", str(rng.randint(500, 9_000))),
        ("收到留言数量（单位：条）", str(rng.randint(10, 900))),
        ("办结留言数量（单位：条）", str(rng.randint(10, 900))),
    )
    table = "".join(f"<tr><td>{escape(k)}</td><td>{v}</td></tr>" for k, v in rows)
    return Entry(
        kind="website_report",
        title=f"{words.place}人民政府门户网站{year}年政府网站工作年度报表",
        published=date(year + 1, 1, rng.randint(8, 30)),
        source=words.office,
        fragment=f'<p align="center">政府网站工作年度报表（{year}年度）</p>\n<table border="1">{table}</table>\n',
    )


def picture_explanation(rng: random.Random, truth: Truth) -> Entry:
    """A report explained in one picture: the title of a report and not a figure in the text."""
    picture = Attachment(
        name="图解", suffix="png", body=chart(rng), content_type="image/png", media_type="image/png", style="inline"
    )
    return Entry(
        kind="picture_explanation",
        title=f"一图读懂：{truth.title}",
        published=truth.published + timedelta(days=rng.randint(1, 9)),
        source=truth.issuer.short,
        attachments=(picture,),
    )


def other_annual_report(rng: random.Random, words: Words, issuer: Issuer, year: int) -> Entry:
    """An annual report of another kind."""
    title, *body = rng.choice(
        (
            (
                f"{issuer.name}{year}年法治政府建设年度报告",
                f"{year}年，{issuer.we}坚持依法履职，审查合同{rng.randint(3, 90)}份，化解纠纷{rng.randint(1, 70)}起。",
                "一、主要举措。二、存在的不足。三、来年安排。",
            ),
            (
                f"关于{words.place}企业报送{year}年度报告的公告",
                f"凡{year}年12月31日前登记的企业，应于次年6月30日前通过公示系统报送年度报告。",
                "逾期未报的列入经营异常名录。",
            ),
            (
                f"{issuer.name}{year}年度部门决算公开说明",
                f"收入总计{rng.randint(300, 9_000)}.{rng.randint(10, 99)}万元，支出与收入持平。",
                "三公经费比上年下降。",
            ),
        )
    )
    return Entry(
        kind="other_annual_report",
        title=title,
        published=_day(rng, year + 1),
        source=issuer.short,
        fragment=_paragraphs(*body),
    )


def small_pdf(words: str) -> bytes:
    """A valid PDF of one page with one line of Latin letters: an attachment that is really there."""
    stream = f"BT /F1 18 Tf 72 700 Td ({words}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
