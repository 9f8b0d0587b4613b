"""Statistics period and date of publication."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from gicrawl.parser.identity.titles import may_be_title
from gicrawl.parser.identity.vocabulary import NUMERALS
from gicrawl.parser.report import Period, Problem
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.identity.lines import TextLine

_CN: Final = "[〇零一二三四五六七八九十]"
_SEP: Final = r"[年\-./]"
_DAY: Final = r"(\d{4})[年\-./](\d{1,2})[月\-./](\d{1,2})日?"
_TO: Final = r"(?:《[^》]{2,24}》(?:正式)?(?:施行|实施)(?:之日|以来)?)?(?:0{1,2}[时:]0*|零时)?[起始]?,?(?:至|到|[-~—]+)"
_PERIOD: Final = re.compile(
    rf"(?<!\d)(?P<y>(?:19|20)\d{{2}}){_SEP}(?P<m>\d{{1,2}})(?:[月\-./](?P<d>\d{{1,2}})?日?)?{_TO}"
    rf"(?:(?P<y2>(?:19|20)\d{{2}}){_SEP})?(?P<m2>\d{{1,2}})[月\-./](?:(?P<d2>\d{{1,2}})日?)?"
)
_WRITTEN: Final = re.compile(rf"({_CN}{{4}})年({_CN}{{1,3}})月({_CN}{{1,3}})日")
_WRITTEN_MONTH: Final = re.compile(f"年{_CN}")
"""In each of them, and begins with a sign that is found ten times as quickly."""
_WRITTEN_END: Final = re.compile(rf"(?<=至)({_CN}{{1,3}})月({_CN}{{1,3}})日")
_FIRST_MONTH: Final = re.compile(r"(?<=\d年)元月")
_STATED: Final = re.compile(
    r"统计(?:期限|时限|周期|期间|时间|时段)|起止(?:时间|期限)|数据.{0,10}?(?:期限|时限|统计|自|从|时间)|时间(?:范围|跨度)|报告期"
)
_WHOLE_YEAR: Final = re.compile(rf"\d{{4}}年0?1月0?1日{_TO}(?:\d{{4}}年)?12月31日")
_DAMAGED: Final = re.compile(r"(?:19|20)\d{2}年?[\d年月日]{0,12}?起?(?:至|到|-)[\d年月日]{3,16}")
_LEAD: Final = re.compile(r"[\u4e00-\u9fff]*$")
_LEADS_IN: Final = re.compile(r"(?:^|[自从由为是于在以起止至限期间段围本度告据])$")
"""How the words before a period end; another character there is a slip (自己2020年 for 自2020年)."""
_LABELS_IN_TEXT: Final = tuple(
    re.compile(rf"(?:{names})[:\]\)]*({_DAY})")
    for names in (
        "发布(?:时间|日期)|上网日期|上传时间",
        "公开(?:时间|日期)|(?<![\u4e00-\u9fff])(?:日期|时间):",
        "(?:发文|成文|生成|更新)(?:时间|日期)",
    )
)
_STAMP: Final = re.compile(
    r"(?<!\d)(\d{4})[年\-./](\d{1,2})[月\-./](\d{1,2})(?:日? +\d{1,2}|日?\d{2}):\d{2}(?::\d{2})?(?!\d)"
)
_TODAY: Final = re.compile("今天|今日|现在|当前时间|欢迎")
_ALONE: Final = re.compile(_DAY)
_SIGNED: Final = re.compile(rf"[\u4e00-\u9fff()、]{{0,40}}?\(?({_DAY})\)?")
_FRONT_MATTER: Final = re.compile(
    rf"(?:date|pubdate|published|publish_date):[\"']?({_DAY})[\"']?(?:T?\d{{2}}:.*)?", re.IGNORECASE
)
"""What those who keep pages as text write above it."""
_ABOUT: Final = r"(?:信息|文章|稿件)?(?:来源|作者|编辑|责编|发布(?:机构|单位|者|人)|浏览|点击|阅读|访问|字体|字号|打印)"
_BESIDE_SOURCE: Final = re.compile(
    rf"[\[(]?({_DAY})[\])]?(?:\|?{_ABOUT}.{{0,60}})?|{_ABOUT}:?[\u4e00-\u9fff]{{0,20}}\|?[\[(]?({_DAY})[\])]?(?:{_ABOUT}.{{0,40}})?"
)
"""A line that is a date, or a date beside what pages tell of an article; under its title it is that of publication."""
_NEAR: Final = 3  # lines between a title and the line with its date
_FRONT: Final = 12
_META: Final = ("pubdate", "publishdate", "publish_time", "publishtime", "publicationdate")
_HEAD, _TAIL = 40, 12
_OPENING = 6_000  # characters of a text in which the period is stated
_LABEL_LINE = 200  # characters at the end of a line in which a label with its date is looked for
_BEGIN = 400  # characters of a line, which may be a whole text, in which the time of publication is looked for
_WINDOW = 80
_SLIP = 4  # characters that may be one word gone wrong
_LONGEST_DATE = 40
_LAST_DAYS = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_DECEMBER = 12


def find_period(text: str, year: int | None = None) -> Period | None:
    """The statistics period, as ISO dates where it can be read and as printed where it is damaged.

    Args:
        text: squeezed text of the document, without line ends.
        year: that the title names. Where the first period is of another year, one of this year further down counts: a
            page may print last year's report first.
    """
    first = _first_period(_digits(text[:_OPENING]))
    if year is None or first is None or period_year(first) in {None, year}:
        return first
    for stated in _STATED.finditer(text):
        other = _first_period(_digits(text[stated.start() : stated.end() + _WINDOW]))
        if other is not None and other.end is not None and period_year(other) == year:
            return other
    return first


def _first_period(opening: str) -> Period | None:
    for stated in _STATED.finditer(opening):
        window = opening[stated.start() : stated.end() + _WINDOW]
        if match := _PERIOD.search(window):
            return _period(match, _slip(window[: match.start()]))
        if match := _DAMAGED.search(window):
            return Period(start=None, end=None, printed=match.group())
    if (match := _WHOLE_YEAR.search(opening)) and (whole := _PERIOD.match(match.group())):
        return _period(whole)
    return None


def _slip(before: str) -> str:
    """What stands damaged before a period, from the last word that may lead in to it; empty where nothing does."""
    words = _LEAD.search(before)
    lead = words.group() if words else ""
    if _LEADS_IN.search(lead):
        return ""
    begin = max((at for at, char in enumerate(lead) if char in "自从由为"), default=-1)
    return lead[begin:] if begin >= 0 and len(lead) - begin <= _SLIP else ""


def _period(match: re.Match[str], slip: str = "") -> Period:
    start = _iso(match["y"], match["m"], match["d"] or "1")
    end = _iso(match["y2"] or match["y"], match["m2"], match["d2"] or str(_LAST_DAYS.get(int(match["m2"]), 0)))
    good = start is not None and end is not None and start <= end
    printed = None if good and not slip else slip + match.group() if good else match.group()
    return Period(start=start if good else None, end=end if good else None, printed=printed)


def _digits(text: str) -> str:
    """The text with dates in Chinese numerals in digits."""
    if "元月" in text:
        text = _FIRST_MONTH.sub("1月", text).replace("年元月", "年一月")
    if not _WRITTEN_MONTH.search(text) or not _WRITTEN.search(text):
        return text
    text = _WRITTEN.sub(lambda m: f"{m[1].translate(NUMERALS)}年{_tens(m[2])}月{_tens(m[3])}日", text)
    return _WRITTEN_END.sub(lambda m: f"{_tens(m[1])}月{_tens(m[2])}日", text)


def period_year(period: Period | None) -> int | None:
    """The year a period ends in, also where it is damaged."""
    if period is None:
        return None
    text = period.end or period.start or period.printed or ""
    match = re.match(r"20\d\d", text)
    return int(match.group()) if match else None


def find_published(
    document: Document, lines: Sequence[TextLine], year: int | None
) -> tuple[str | None, str | None, tuple[Problem, ...]]:
    """Date of publication, where it comes from (`printed`, `meta`), and problems.

    Args:
        document: labels of the page.
        lines: of the document.
        year: the report's; a report is not published before that year's December, whatever a page says.
    """
    problems: list[Problem] = []
    for found, printed, source in (*_printed(lines), *_declared(document, problems)):
        if year is not None and date.fromisoformat(found) < date(year, _DECEMBER, 1):
            problems.append(Problem("date_implausible", (("date", printed), ("year", str(year)))))
            continue
        return found, source, tuple(problems)
    return None, None, tuple(problems)


def _printed(lines: Sequence[TextLine]) -> Iterator[tuple[str, str, str]]:
    head = [line.squeezed for line in lines[:_HEAD]]
    joined = [a + b if a.endswith((":", "时间", "日期")) else a for a, b in zip(head, [*head[1:], ""], strict=False)]
    ends = [line if len(line) <= _BEGIN else f"{line[:_BEGIN]} {line[-_LABEL_LINE:]}" for line in joined]
    joined = [line for line in ends if "日期" in line or "时间" in line]
    for label in _LABELS_IN_TEXT:
        for line in joined:
            if (match := label.search(line)) and (found := _iso(*match.groups()[1:])):
                yield found, match[1], "printed"
    for above in lines[:_HEAD]:  # above an article the time of day is told only of its publication
        begin = above.printed[:_BEGIN]  # a text may have lost its line ends
        stamp = _STAMP.search(fold(begin)) if ":" in begin or "：" in begin else None
        if stamp and not _TODAY.search(begin) and (found := _iso(*stamp.groups())):
            yield found, stamp.group(), "printed"
    fronts = filter(None, map(_FRONT_MATTER.fullmatch, head[:_FRONT]))
    yield from ((found, match[1], "printed") for match in fronts if (found := _iso(*match.groups()[1:])))
    yield from _beside_title(head)
    tail = [line.squeezed for line in lines[-_TAIL:]]
    for at in range(len(tail) - 1, -1, -1):
        for text in (tail[at], "".join(tail[max(0, at - 1) : at + 1])):
            if len(text) <= _LONGEST_DATE and _may_end_a_date(text[-1:]) and (found := _signature(text)):
                yield found, text, "printed"
                break


def _beside_title(head: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The date that stands by itself, or beside the source of an article, next to the title."""
    titles = [at for at, line in enumerate(head) if line.endswith(("报告", "年报")) and may_be_title(line)]
    for at, line in enumerate(head):
        if any(abs(at - title) <= _NEAR for title in titles) and (match := _BESIDE_SOURCE.fullmatch(line)):
            day = match[1] or match[5]
            if found := _iso(*match.groups()[1:4]) if match[1] else _iso(*match.groups()[5:8]):
                yield found, day, "printed"


def _may_end_a_date(char: str) -> bool:
    return char in {"日", ")"} or char.isdigit()


def _signature(text: str) -> str | None:
    """The date of a line that is nothing but one, or the signature before it."""
    match = _SIGNED.fullmatch(_digits(text))
    return _iso(*match.groups()[1:]) if match else None


def _declared(document: Document, problems: list[Problem]) -> Iterator[tuple[str, str, str]]:
    labels = dict(document.labels)
    for name in _META:
        text = labels.get(name, "").strip()
        if (match := _ALONE.search(text)) and (found := _iso(*match.groups())):
            yield found, text, "meta"
        elif text not in {"", "null"} and (guessed := _guess(text)):
            problems.append(Problem("date_guessed", (("printed", text),)))
            yield guessed, text, "meta"


def _guess(text: str) -> str | None:
    """A date in an unusual spelling; never one relative to today, which would change from day to day."""
    import dateparser  # noqa: PLC0415 - a tenth of a second of every process, and few pages ask for it

    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    guessed = dateparser.parse(text[:_LONGEST_DATE], languages=["zh"], settings=settings)
    return guessed.date().isoformat() if guessed else None


def _tens(text: str) -> int:
    if "十" not in text:
        return int(text.translate(NUMERALS))
    tens, _, ones = text.partition("十")
    return 10 * (int(tens.translate(NUMERALS)) if tens else 1) + (int(ones.translate(NUMERALS)) if ones else 0)


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
