"""Whether a document is a report, or one of the many things that stand beside reports in a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.identity.vocabulary import speaks, words
from gicrawl.parser.report import Problem, Status
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.identity.headings import Titles
    from gicrawl.parser.identity.lines import TextLine
    from gicrawl.parser.identity.titles import Title

_ORDINAL: Final = r"(?:[(]?[一二三四五六七八九十]{1,4}[)]?[、.,:]?|\d{1,3}[、.])"
_ORDINAL_WITHIN: Final = (
    # the same with a set to begin with: what is not in it is passed over quickly in long lines
    r"[(一二三四五六七八九十\d]"
    r"(?:(?:(?<=[(])[一二三四五六七八九十]|(?<=[一二三四五六七八九十]))[一二三四五六七八九十]{0,3}[)]?[、.,:]?|(?<=\d)\d{0,2}[、.])"
)
_NAMES: Final = (
    r"(?:总体情况|概述|基本情况|概况|引言)",
    r"(?:政府信息)?主动公开(?:政府信息)?(?:工作)?(?:的)?(?:情况)?",
    r"(?:收到和处理)?(?:政府信息)?(?:依申请|公开申请)",
    r"[^。]{0,12}(?:行政复议|复议、?诉讼|复议和诉讼|提起行政诉讼|申诉)",
    r".{0,4}(?:收费|费用|减免)",
    r".{0,8}(?:存在的?)?(?:主要)?(?:问题|不足)(?:及|和|与)|存在的?(?:主要)?(?:问题|不足|困难)",
    r"其他需要报告",
    r".{0,4}(?:工作人员|机构建设|支出|经费)",
    r"(?:附表|附件[:表]|指标统计)",
)
"""What the sections of a report are called."""
_SECTIONS: Final = tuple((re.compile(_ORDINAL + "?" + name), re.compile(_ORDINAL_WITHIN + name)) for name in _NAMES)
_ANY: Final = re.compile(f"{_ORDINAL}?(?:{'|'.join(_NAMES)})")
"""Which no cell of a flattened table begins with: asked first, it spares these the others."""
_COMPILED: Final = re.compile(
    r"(?:所列|报告中?的?|列)数据|统计(?:期限|时限|周期|期间)|现(?:将|向社会)?(?:公布|公开).{0,40}?(?:年度报告|年报)|"
    r"(?:编制|编写)(?:而成|本(?:年度)?报告|本年报)|工作(?:年度)?报告如下|情况报告如下"
)
_REQUESTS: Final = re.compile(r"(?:收到|受理|接到|办理).{0,16}?申请|主动公开(?:政府)?信息|依申请公开")
_COUNT: Final = r"(?:\d|[一二三四五六七八九十百]+[条件份])"
_TOLD: Final = re.compile(
    rf"主动公开[^。;]{{0,24}}?{_COUNT}|(?:公开|发布)(?:各类)?(?:政府|政务)?信息[^。;]{{0,8}}?{_COUNT}"
    rf"|(?:收到|受理|接到|接受|办理)[^。;]{{0,24}}?申请[^。;]{{0,8}}?{_COUNT}"
    r"|(?:未|没有|无)[^。;]{0,12}(?:收到|受理|接到)?[^。;]{0,16}(?:公开(?:的)?申请|申请公开|依申请公开)"
    rf"|(?:公开)?申请(?:数|数量|总数)?[:为]?{_COUNT}"
)
"""What was published or asked for, as a number or as none."""
_PLAIN = 80  # characters, title included
_LONGEST_HEADING = 40
_HEADINGS = 3
_PROSE = 500  # characters
_BRIEF = 120  # the same of a report that names itself and has its sections: departments had little to tell
_SHORT = 600  # characters: a page that says that something is missing says little else
_NEWS_HEAD = 400
_LISTED = 3
_LONGEST_TITLE = 90


def judge(
    titles: Titles, lines: Sequence[TextLine], text: str, *, evidence_of_tables: bool, evidence_of_labels: bool = False
) -> tuple[Status, tuple[Problem, ...]]:
    """Report or not, and why not.

    Args:
        titles: what was found of titles.
        lines: of the document.
        text: their squeezed text.
        evidence_of_tables: something stands in cells of a statutory table.
        evidence_of_labels: rows of one stand there, and nothing could be read in them: proof only under the title of a
            report, for explanations of the form print them too.
    """
    if not evidence_of_tables and len(text) < _SHORT and speaks("missing", text):
        return _no("missing_page")
    title = titles.first
    if titles.declared is not None and (titles.certain or title is None or not title.years):
        return _no("other_document", title=titles.declared)
    if title is not None and (refused := _by_title(title, evidence_of_tables=evidence_of_tables)) is not None:
        return refused
    if evidence_of_tables:
        return Status.REPORT, () if title or titles.opening else (Problem("title_not_found"),)
    if evidence_of_labels and title is not None and title.years and not speaks("news", text[:_NEWS_HEAD]):
        return Status.REPORT, ()
    return _by_prose(titles, lines, text)


def _by_title(title: Title, *, evidence_of_tables: bool) -> tuple[Status, tuple[Problem, ...]] | None:
    """What a title alone decides; None where it is that of a report."""
    if title.other:
        return _no("other_document", title=title.text)
    if title.form:
        return (
            (Status.REPORT, (Problem("blank_form"),)) if evidence_of_tables else _no("other_document", title=title.text)
        )
    if name := _outsider(title, evidence_of_tables=evidence_of_tables):
        return _no("not_an_authority", printed=name)
    return None


def _outsider(title: Title, *, evidence_of_tables: bool) -> str:
    """Whom a title names where that is a company or a school; empty where it is not.

    They disclose by other rules. A school that fills in the statutory tables reports as a part of the government.
    """
    known = words()["other"]
    name = title.bodies[0].name if title.bodies else title.listed
    endings = known["companies"] if evidence_of_tables else [*known["companies"], *known["schools"]]
    if not evidence_of_tables and "政府信息公开" not in squeeze(title.text):
        endings = [*endings, *known["hospitals"]]
    outside = name.endswith(tuple(endings)) and not name.endswith(tuple(known["authorities"]))
    return name if outside else ""


def _by_prose(titles: Titles, lines: Sequence[TextLine], text: str) -> tuple[Status, tuple[Problem, ...]]:
    """The same where no table was read: reports until 2018 need none."""
    headings = _headings(lines)
    title = titles.first or titles.opening
    if headings < _HEADINGS and _listed(titles) >= _LISTED and not (title and _told_above_others(titles, title, text)):
        return _no("list_page")
    if title is None:
        return _no("title_not_found")
    if _says_it_plainly(_bare(titles, title), text):
        return Status.REPORT, ()
    told = len(text) >= _PROSE and _COMPILED.search(text) is not None and _REQUESTS.search(text) is not None
    plain = title.years or (not speaks("news", text[:_NEWS_HEAD]) and _TOLD.search(text) is not None)
    if headings >= _HEADINGS and len(text) >= (_BRIEF if plain else _PROSE // 2):
        return Status.REPORT, ()
    if speaks("news", text[:_NEWS_HEAD]):
        return _no("news", title=title.text)
    return (Status.REPORT, ()) if told else _no("no_report_text", title=title.text)


def _told_above_others(titles: Titles, title: Title, text: str) -> bool:
    """Whether something is told before any report of another year is named: those are related articles."""
    told = _TOLD.search(text)
    others = [squeeze(one.own) for one in titles.read if one.years != title.years]
    return told is not None and all(text.find(other) > told.start() for other in others)


def _bare(titles: Titles, title: Title) -> Title:
    """The title by itself, where it was read at the end of the way to its page."""
    if not title.wrapped or title.publishers or not title.text.endswith(title.own):
        return title
    alone = (one for one in titles.read if one.text == title.own and one.years == title.years and not one.other)
    return next(alone, title)


def _says_it_plainly(title: Title, text: str) -> bool:
    """Whether a text under the bare title of a report tells what a report has to tell, however it is divided.

    Townships, departments and most bodies until 2013 wrote a page without headings: so many items, so many requests.
    """
    if title.wrapped or not (title.years and title.bodies) or len(text) < _PLAIN:
        return False
    return not speaks("news", text[:_NEWS_HEAD]) and _TOLD.search(text) is not None


def _listed(titles: Titles) -> int:
    """How many reports are named. A notice names its own several times, with other words before it each time."""
    apart: set[tuple[str, tuple[int, ...]]] = set()
    for title in sorted(titles.read, key=lambda title: len(title.listed)):
        known = any(years == title.years and listed and title.listed.endswith(listed) for listed, years in apart)
        if title.years and not known:
            apart.add((title.listed, title.years))
    return len(apart)


def _no(code: str, **fields: str) -> tuple[Status, tuple[Problem, ...]]:
    return Status.NOT_A_REPORT, (Problem(code, tuple(fields.items())),)


def _headings(lines: Sequence[TextLine]) -> int:
    """How many sections of a report are there: as short lines, or numbered within long ones."""
    short = [line.squeezed for line in lines if len(line.squeezed) <= _LONGEST_HEADING and _ANY.match(line.squeezed)]
    long = [line.squeezed for line in lines if len(line.squeezed) > _LONGEST_HEADING]
    return sum(
        any(alone.match(line) for line in short) or any(numbered.search(line) for line in long)
        for alone, numbered in _SECTIONS
    )
