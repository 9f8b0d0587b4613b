"""Statistics period, date of publication, signature date."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import dateparser

from gicrawl.parser.report import Period, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.identity.lines import TextLine

_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_DAY = r"(\d{4})[年\-./](\d{1,2})[月\-./](\d{1,2})日?"
_PERIOD = re.compile(
    r"(?P<printed>(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?起?(?:至|到|-|~)"
    r"(?:(?P<y2>\d{4})年)?(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日)"
)
_STATED = re.compile(r"统计(?:期限|时限|周期|期间|时间)|起止(?:时间|期限)|数据.{0,10}?(?:期限|时限|统计)")
_DAMAGED = re.compile(r"[自从]?(?:己)?(?P<printed>(?:19|20)\d{2}年?[\d年月日]{1,12}?(?:起)?(?:至|到)[\d年月日]{4,16})")
_LABELLED = re.compile(r"(?:发布|公开|发文|成文|生成|更新)(?:时间|日期)[:\]】]?" + _DAY)
_ALONE = re.compile(_DAY)
_CHINESE = re.compile(r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
_META = ("pubdate", "publishdate", "publish_time", "publishtime")
_HEAD, _TAIL = 40, 12


def find_period(lines: Sequence[TextLine]) -> Period | None:
    """The statistics period, as ISO dates where it can be read and as printed where it is damaged."""
    for line in lines:
        stated = _STATED.search(line.squeezed)
        if stated is None:
            continue
        text = line.squeezed[stated.start() :]
        if match := _PERIOD.search(text):
            start = _iso(match["y"], match["m"], match["d"])
            end = _iso(match["y2"] or match["y"], match["m2"], match["d2"])
            return Period(start=start, end=end, printed=None if start and end else match["printed"])
        if match := _DAMAGED.search(text):
            return Period(start=None, end=None, printed=match["printed"])
    return None


def period_year(period: Period | None) -> int | None:
    """The year a period ends in, also where it is damaged."""
    if period is None:
        return None
    text = period.end or period.start or period.printed or ""
    match = re.match(r"(?:19|20)\d\d", text)
    return int(match.group()) if match else None


def find_published(document: Document, lines: Sequence[TextLine]) -> tuple[str | None, str | None, tuple[Problem, ...]]:
    """Date of publication, where it comes from (`printed`, `meta`), and problems."""
    for line in lines[:_HEAD]:
        if match := _LABELLED.search(line.squeezed):
            found = _iso(*match.groups())
            if found:
                return found, "printed", ()
    for line in reversed(lines[-_TAIL:]):
        if found := _whole(line.squeezed):
            return found, "printed", ()
    return _from_labels(document)


def _from_labels(document: Document) -> tuple[str | None, str | None, tuple[Problem, ...]]:
    labels = dict(document.labels)
    for name in _META:
        text = labels.get(name, "").strip()
        if text in {"", "null"}:
            continue
        if (match := _ALONE.search(text)) and (found := _iso(*match.groups())):
            return found, "meta", ()
        guessed = dateparser.parse(text, languages=["zh"], settings={"REQUIRE_PARTS": ["day", "month", "year"]})
        if guessed:
            return guessed.date().isoformat(), "meta", (Problem("date_guessed", (("printed", text),)),)
    return None, None, ()


def _whole(text: str) -> str | None:
    """A line that is nothing but a date: the signature's."""
    if match := _ALONE.fullmatch(text):
        return _iso(*match.groups())
    if match := _CHINESE.fullmatch(text):
        year, month, day = match.groups()
        return _iso(year.translate(_NUMERALS), str(_tens(month)), str(_tens(day)))
    return None


def _tens(text: str) -> int:
    if "十" not in text:
        return int(text.translate(_NUMERALS))
    tens, _, ones = text.partition("十")
    return 10 * (int(tens.translate(_NUMERALS)) if tens else 1) + (int(ones.translate(_NUMERALS)) if ones else 0)


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
