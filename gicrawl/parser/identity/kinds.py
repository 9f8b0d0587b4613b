"""Whether a document is a report, or one of the many things that stand beside reports in a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gicrawl.parser.report import Problem, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.identity.lines import TextLine
    from gicrawl.parser.identity.titles import Title

_ORDINAL = r"^(?:[(]?[一二三四五六七八九十]+[)]?[、.,:]?|\d+[、.])?"
_SECTIONS = tuple(
    re.compile(_ORDINAL + pattern)
    for pattern in (
        r"(?:总体情况|概述|基本情况|概况)",
        r"(?:政府信息)?(?:主动公开)(?:政府信息)?(?:工作)?(?:的)?(?:情况)?",
        r"(?:收到和处理)?(?:政府信息)?(?:依申请公开|公开申请)",
        r".{0,12}(?:行政复议|复议、诉讼|提起行政诉讼|申诉)",
        r".{0,4}(?:收费|费用|减免)",
        r".{0,8}(?:存在的?)?(?:主要)?(?:问题|不足)(?:及|和|与)",
        r"其他需要报告",
        r"(?:工作人员|机构建设|支出|经费)",
        r"(?:附表|附件|指标统计)",
    )
)
_COMPILED = re.compile(
    r"本(?:年度)?(?:年)?报告?(?:中)?所?列?(?:的)?数据|统计(?:期限|时限|周期)|现(?:将|向社会)?(?:公布|公开).{0,30}(?:年度报告|年报)|(?:编制|编写)(?:而成|本(?:年度)?报告)"
)
_REQUESTS = re.compile(r"(?:收到|受理|接到|办理).{0,16}申请|主动公开(?:政府)?信息|依申请公开")
_LONGEST_HEADING = 40
_HEADINGS = 3
_PROSE, _MUCH_PROSE = 500, 1200  # characters


def judge(
    title: Title | None, lines: Sequence[TextLine], text: str, *, evidence_of_tables: bool
) -> tuple[Status, tuple[Problem, ...]]:
    """Report or not, and why not.

    Args:
        title: the best title found.
        lines: of the document.
        text: their squeezed text.
        evidence_of_tables: cells of a statutory table were read.
    """
    headings = sum(
        any(section.match(line.squeezed) for line in lines if len(line.squeezed) <= _LONGEST_HEADING)
        for section in _SECTIONS
    )
    told = len(text) >= _PROSE and _COMPILED.search(text) is not None and _REQUESTS.search(text) is not None
    whole = headings >= _HEADINGS or (told and len(text) >= _MUCH_PROSE)
    if title is None:
        if evidence_of_tables:
            return Status.REPORT, (Problem("title_not_found"),)
        return Status.NOT_A_REPORT, (Problem("title_not_found"),)
    if title.other:
        return Status.NOT_A_REPORT, (Problem("other_document", (("title", title.text),)),)
    if evidence_of_tables or whole or told:
        return Status.REPORT, ()
    return Status.NOT_A_REPORT, (Problem("no_report_text", (("title", title.text),)),)
