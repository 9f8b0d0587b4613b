"""What goes with a number in prose, by the words before it: of which year, since when, and of whom."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gicrawl.parser.data import read_data

if TYPE_CHECKING:
    from gicrawl.parser.report import Number

NUMBER: Final = r"(?<![\d.,])(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
MANY: Final = NUMBER + "(?P<w>万(?!元)[余多]?)?"
"""The same of what is counted in ten thousands, which are rounded anyway: 187.6万条, 187万余条."""
ROUND: Final = NUMBER + "(?P<w>万(?!元))?(?:余|多)?"
"""The same where it may be rounded: 340余人次."""
_OF_DISCLOSURE: Final = frozenset(["review_total", "litigation_total", "complaints"])
_OF_WHICH_SOME: Final = re.compile(
    r"[件起宗]中,?\d+[件起宗](?:与|涉及|属|因)[^,;。\d]{0,6}公开|"
    r"[件起宗](?:,[^,;。其]{0,12})?(?:[,;(]|中,?)(?:其中:?)?[^,;。\d]{0,8}?(?:因|涉|与|属|关于|针对|有关|(?=政府信息公开|信息公开))"
    r"[^,;。\d]{0,6}公开[^,;。\d]{0,8}\d"
)
"""What follows a number of cases of which only some are about disclosure."""
_CLAUSE_ENDS: Final = ",;:。"
CLAUSE_END: Final = re.compile(f"[{_CLAUSE_ENDS}]")
_CENTURY: Final = "20"
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)年(?!\d)")
ASIDE: Final = re.compile(r"\([^()]*\)")
_COMPARED: Final = re.compile(r"[较比与同]20\d\d年[^,;。]*|结转(?:至|到)?20\d\d年|20\d\d年度?(?=结转)")
"""Years that a number is held against, or carried to, and is not of."""
_THAN: Final = re.compile(r"[较比与同](20\d\d)年(?![^,;。]{0,8}(?:相比|比较|持平|一致))")
"""Within the clause of a number that is that year's, or the difference from it: 与2021年收到申请25件相比."""
_SEVERAL: Final = re.compile(
    r"十[一二三四五]五[\"'”’]?(?:期间|时期|以来)|近[两二三四五]年|[两三四五十]年[来间]|(20\d\d)年?(?:\d{1,2}月(?:\d{1,2}日)?)?[-—–~至到]+(?!\1)20\d\d年"
)
"""More years than one, told together."""
_OF_THIS_YEAR: Final = re.compile(r"其中|20\d\d年|[本当今]年")
"""How a clause begins that tells of one year beside all years."""
_OF_WHICH: Final = re.compile(r"^万?[条件]?[,(](?:其中:?)?(?:20\d\d年度?|本年度?|当年|今年)(?:新增|主动公开|公开)")
_OWN_YEAR: Final = re.compile("今年|本年|当年")
_CUMULATIVE: Final = re.compile(
    r"截至|截止|(?:^|[,;(])至20\d\d年(?:底|末|年底|12月)|历年|(?:施行|实施)至|(?<!年)以来|自20\d\d年以来"
)
_SINCE: Final = ("截", "至", "历年", "以来")
"""One of them stands in each of these."""
_COUNTED: Final = re.compile(r"\d[条件宗份]")
_YEAR_END: Final = re.compile(r"[,;(]?截?[至止]到?(?:本年|当年|今年|20\d\d年)?(?:年?底|年?末|12月(?:31日|底))")
"""When a year is over: what is counted by then was counted from its beginning, where nothing else is said."""
_SUMMED: Final = re.compile("累计")
_THIS_YEAR: Final = re.compile(r"今年|当年|全年|本年|年度|年内|20\d\d年(?!底|末|以来)")

_EARLIER: Final = re.compile(r"(?:^|[,;:])(?:上一?年度?|去年|往年),[^,;:。]*$")
"""Before the clause of a number that is of another year: 上年，收到申请12件."""
_RANKED: Final = re.compile(
    "(?:最多|最少|最高|居首|第一|靠前|居前[一二三四五\\d]位?)的?(?:单位|部门|地区)?(?:是|为|有)[^;。]*$"
)
"""Before a number of one that others come after: 申请最多的是某区，收到申请356件."""
_LAST_YEAR: Final = re.compile(r"(?:上一?年度?|去年)(?!结转|底|末|同期)(?!.*(?:[今本当]年|20\d\d年|全年|新收))")
"""How a sentence begins that tells of the year before, up to where another is named."""
_PART_OF_YEAR: Final = re.compile(
    r"(?:[上下]半年|季度|(?<![年\d至-])\d{1,2}月份?|(?:^|[,;:])20\d\d年\d{1,2}月份?"
    r"|\d{1,2}月\d{1,2}日[-—~至到]+(?:20\d\d年)?(?!12月31日)\d{1,2}月\d{1,2}日"
    r"|(?<![\d日])(?!0?1月?[-—~至]12月)(?<!2008年)\d{1,2}月?[-—~至]\d{1,2}月份?),[^,;:。]*$"
)
"""Before the clause of a number that counts part of the year."""
_ROUGHLY: Final = re.compile("以上|以下|上下|左右|有余|之多|不到|不等")
"""What follows a number and its unit that is none to rely on."""
_MONEY: Final = frozenset(["元", "万元"])
_WAN: Final = 10_000
_PASSED_OVER: Final = re.compile(r"\([^()]*\d[^()]*\)|\((?:不?含|不?包括|不?包含)[^()]*\)")
"""What stands in brackets and is not who is spoken of: 全省(含省级部门)共收到."""
_JOINED: Final = re.compile(
    r"(?:部门|机关|单位|政府|办公室|机构|本级|乡镇|镇街|街道)(?:[和及与、]|以及)(?:各|所属|\d+个)?$"
)
"""Before bodies that are told together with others: 43个部门和10个县(市、区)."""
_SUMS: Final = ("合计", "总计", "共计", "共")
_SUM_OF_ALL: Final = re.compile(rf"\d[件宗份条],(?:{'|'.join(_SUMS)})$")
"""Before the sum of numbers that several bodies were told with."""

_BEGINS: Final = re.compile(
    r"(?:^|报告)(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+[.、])?(20\d\d)年度?(?:,|全[年省市县区州]|我|共|主动|收到|受理|没有|未)"
)
"""How a sentence begins that says of which year it is, and those after it; a title may stand before it."""
_ANY_YEAR: Final = re.compile("20\\d\\d年|[今本当]年")


class Stated(NamedTuple):
    """A number that a sentence states."""

    key: str
    value: Number
    unit: str
    scope: str
    kind: str
    """`annual` or `cumulative`."""
    first: int
    last: int
    """From where to where it stands in the text of its passage."""


@cache
def data() -> dict[str, Any]:
    """The rules of `facts.toml`."""
    return read_data(__package__, "facts.toml")


def clause_start(text: str, end: int) -> int:
    """Where the clause begins that goes up to a place in a text."""
    return max([text.rfind(mark, 0, end) for mark in _CLAUSE_ENDS]) + 1


def kind_of(head: str, tail: str = "") -> str | None:
    """`annual` or `cumulative`; None where the words do not tell (累计 without saying since when).

    Args:
        head: the sentence up to the number.
        tail: the sentence after it.
    """
    earlier, _, part = head.rpartition(";")
    if "历年累计" in earlier or (earlier and _THIS_YEAR.search(part)):
        head = part  # 受理7条，历年累计42条；答复7条: told anew after the semicolon
    clause = head[clause_start(head, len(head)) :]
    if ("新增" in clause or _OF_THIS_YEAR.match(clause)) and _THIS_YEAR.search(clause):
        return "annual"  # 累计公开1820条，其中2011年新增216条
    if (years := _SEVERAL.search(head)) is not None:
        return "cumulative" if years[1] and _SUMMED.search(head, years.end()) else None
    told_since = any(map(head.__contains__, _SINCE))
    if told_since and (since := _CUMULATIVE.search(head)) is not None:
        told = CLAUSE_END.search(head, since.end())
        if told is not None and _COUNTED.search(head, 0, since.start()):
            return None  # 答复25件，历年累计97件，其中…: of the year or of all years
        # by the end of the year: of the year, unless more is said (累计, 历年), or which of them are of the year
        of_the_year = _YEAR_END.match(head, since.start()) and _CUMULATIVE.search(head, since.end()) is None
        return "annual" if of_the_year and not _SUMMED.search(head) and not _OF_WHICH.search(tail) else "cumulative"
    if "新增" in head and clause.startswith(("累计", "历年累计")):
        return "cumulative"  # 新增3121条，累计达到23121条
    summed = _SUMMED.search(head) and not _THIS_YEAR.search(head)
    return ("cumulative" if _OF_WHICH.search(tail) else None) if summed else "annual"


def is_of_year(head: str, year: int | None, kind: str) -> bool:
    """Whether the last year that stands before a number is the report's, or none does."""
    if _CENTURY not in head:
        return True
    clause = head[clause_start(head, len(head)) :]
    if kind == "annual" and (other := _THAN.search(clause)) is not None and int(other[1]) != year:
        return False
    years = [int(found) for found in _YEAR.findall(_COMPARED.sub("", ASIDE.sub("", head)))]
    own = year is None or not years or years[-1] == year or kind == "cumulative"
    return own or _OWN_YEAR.search(clause) is not None


def after_another_year(sentence: str, year: int | None, *, another: bool) -> tuple[bool, bool]:
    """Whether what comes after a sentence is of another year than the report, and whether all of it is itself.

    Args:
        sentence: folded; it states a number.
        year: the report year.
        another: the sentence before it in its passage led to another year.
    """
    if year is not None and (begun := _BEGINS.search(sentence)) is not None:
        return int(begun[1]) != year and f"{year}年" not in sentence, False
    another = another and _ANY_YEAR.search(sentence) is None
    return another, another


def is_exact(match: re.Match[str], sentence: str, end: int) -> bool:
    """Whether a number is one: cases have no fractions (1.256条), and nothing behind its unit makes it a rough one.

    Args:
        match: the number, of `NUMBER`, `MANY` or `ROUND`, with its unit `u`.
        sentence: in which it stands.
        end: where its unit ends there.
    """
    whole = "." not in match["n"] or match["u"] in _MONEY or bool(match.groupdict().get("w"))
    return whole and _ROUGHLY.match(sentence, end) is None


def is_of_part_or_before(sentence: str, end: int) -> bool:
    """Whether the clause before that of a number says that it is of part of the year, or of the one before.

    Args:
        sentence: in which it stands.
        end: where the number begins there.
    """
    return (
        _PART_OF_YEAR.search(sentence, 0, end) is not None
        or _EARLIER.search(sentence, 0, end) is not None
        or _LAST_YEAR.match(sentence, 0, end) is not None
        or _RANKED.search(sentence, 0, end) is not None
    )


def is_of_all_kinds(key: str, clause: str, sentence: str, end: int) -> bool:
    """Whether a number of cases is that of all kinds, and what follows tells those about disclosure.

    Args:
        key: what the number is read as.
        clause: the words before it.
        sentence: in which it stands.
        end: where it ends there.
    """
    return key in _OF_DISCLOSURE and "公开" not in clause and _OF_WHICH_SOME.match(sentence, end) is not None


def of_another_year(clause: str) -> bool:
    """Whether a squeezed clause takes its number out of the report year (同比, 上年, 计划)."""
    return _elsewhen().search(clause) is not None


def of_others(clause: str) -> bool:
    """Whether a squeezed clause gives its number to other bodies, or to one of several (下属单位, 上级转来)."""
    return _elsewhose().search(clause) is not None


@cache
def _elsewhose() -> re.Pattern[str]:
    return re.compile("|".join(data()["elsewhose"]["words"]))


@cache
def _elsewhen() -> re.Pattern[str]:
    return re.compile("|".join(data()["elsewhen"]["words"]))


def scope_stated(head: str, default: str) -> str:
    """Whose numbers a squeezed sentence speaks of, by the words before the number.

    Args:
        head: the sentence up to the number.
        default: the scope of the report, where the sentence does not say.
    """
    if head.endswith(_SUMS) and _SUM_OF_ALL.search(head):
        return default
    *earlier, part = _PASSED_OVER.sub("", head).split(";")
    # a semicolon ends the reach of bodies that a total before it was divided by
    for text in (part, *(one.partition("其中")[0] for one in reversed(earlier))):
        last, found = -1, ""
        for name, pattern in _scopes():
            for match in pattern.finditer(text):
                if match.start() > last:
                    last, found = match.start(), default if _JOINED.search(text, 0, match.start()) else name
        if found:
            return found
    return default


@cache
def _scopes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile("|".join(patterns))) for name, patterns in data()["scopes"].items())


def value_of(match: re.Match[str]) -> Number:
    """The number of a match of `NUMBER` or `MANY`."""
    plain = match["n"].replace(",", "")
    if match.groupdict().get("w"):
        many = Decimal(plain) * _WAN
        return int(many) if many == many.to_integral_value() else float(many)
    return float(plain) if "." in plain else int(plain)
