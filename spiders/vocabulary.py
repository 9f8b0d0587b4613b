"""The words of `vocabulary.toml`, compiled: what a link promises and what a title says.

Rules are data; this module only gives them an order. Titles are judged, never documents: whether a page is a report
is for the parser to say.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from opencc import OpenCC

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 300
"""Characters of a text that are looked at; no title or link text that means anything is longer."""

_REMEMBERED = 2048
"""Texts whose meaning is remembered: the menus of a portal are the same on every page."""

SOURCE = Path(__file__).with_name("vocabulary.toml")

STRONG = 100
"""Score of a link whose text names the report column."""
MEDIUM = 80
"""Score of a link that says "yearly report" and not of what."""
SLUG = 70
"""Score of a link whose URL alone names the column."""
PLATFORM_SLUG = 35
"""Score of a link whose URL alone names the 政府信息公开 page."""

_UNSEEN = re.compile(r"[\s\u200b-\u200f\ufeff\u00ad]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMERAL_YEAR = re.compile(r"[一二][九〇○O零][一二三四五六七八九〇○O零]{2}")
_NUMERALS = str.maketrans("〇○O零一二三四五六七八九", "0000123456789")
_DECORATION = re.compile(r"^[\W_]+|(?:[\W_]|更多|more)+$", re.IGNORECASE)
_PAGE_NAMES = re.compile(r"^(?:index|default|list|main)?(?:_\d+)?(?:\.\w+)?$", re.IGNORECASE)


class TitleSays(IntEnum):
    """What the title of a link promises."""

    OTHER = 0
    DOUBT = 1
    REPORT = 2


@dataclass(frozen=True, slots=True)
class _Words:
    strong: re.Pattern[str]
    medium: re.Pattern[str]
    never: re.Pattern[str]
    sub_years: re.Pattern[str]
    sub_bodies: re.Pattern[str]
    sub_kinds: re.Pattern[str]
    pages: tuple[tuple[re.Pattern[str], int], ...]
    notices: re.Pattern[str]
    directories: re.Pattern[str]
    body: re.Pattern[str]
    column_slugs: frozenset[str]
    column_slug_pattern: re.Pattern[str]
    platform_slugs: frozenset[str]
    never_titles: re.Pattern[str]
    doubt_first: re.Pattern[str]
    other: re.Pattern[str]
    report: re.Pattern[str]
    doubt: re.Pattern[str]
    collections: re.Pattern[str]
    tails: tuple[str, ...]
    bodies: re.Pattern[str]
    empty: frozenset[str]


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


@cache
def _words() -> _Words:
    data = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    columns, slugs, titles = data["columns"], data["slugs"], data["titles"]
    return _Words(
        strong=_any(columns["strong"]),
        medium=_any(columns["medium"]),
        never=_any(columns["never"]),
        sub_years=_any(columns["sub_years"]),
        sub_bodies=_any(columns["sub_bodies"]),
        sub_kinds=_any(columns["sub_kinds"]),
        pages=tuple((re.compile(entry["text"]), int(entry["score"])) for entry in data["platform"]["pages"]),
        notices=re.compile(data["platform"]["notices"]),
        directories=_any(data["platform"]["directories"]),
        body=re.compile(data["platform"]["bodies"]),
        column_slugs=frozenset(slugs["column"]),
        column_slug_pattern=re.compile(slugs["column_pattern"]),
        platform_slugs=frozenset(slugs["platform"]),
        never_titles=_any(titles["never"]),
        doubt_first=_any(titles["doubt_first"]),
        other=_any(titles["other"]),
        report=_any(titles["report"]),
        doubt=_any(titles["doubt"]),
        collections=_any(titles["collections"]),
        tails=tuple(titles["tails"]),
        bodies=re.compile(titles["bodies"]),
        empty=frozenset(titles["empty"]),
    )


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
    """Bring a text into the shape the patterns are written for: NFKC, Simplified script, nothing invisible."""
    return _normalise_short(text) if len(text) <= LONGEST else _normalise(text)


def _normalise(text: str) -> str:
    visible = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return visible if visible.isascii() else str(_simplifier().convert(visible))


@lru_cache(_REMEMBERED)
def _normalise_short(text: str) -> str:
    return _normalise(text)


def _bare(text: str) -> str:
    return _DECORATION.sub("", normalise(text[:LONGEST]))


@lru_cache(_REMEMBERED)
def title_says(title: str) -> TitleSays:
    """Judge the title of a link, as printed: certainly a report, perhaps one, or clearly something else."""
    words = _words()
    text = normalise(title[:LONGEST])
    if words.never_titles.search(text):
        return TitleSays.OTHER
    if words.doubt_first.search(text):
        return TitleSays.DOUBT
    if words.other.search(text):
        return TitleSays.OTHER
    if words.report.search(text):
        return TitleSays.REPORT
    if words.doubt.search(text) or _cut_off(text, words):
        return TitleSays.DOUBT
    return TitleSays.OTHER


def is_cut_off(title: str) -> bool:
    """Say whether the portal has shortened this title (某局2025年政府信息公开…)."""
    return normalise(title).endswith("..")


def _cut_off(text: str, words: _Words) -> bool:
    """Whether a shortened title could go on as a report's: an ellipsis hides the word that would tell."""
    stem = text.rstrip(".")
    if text == stem or not text.endswith(".."):
        return False
    years = list(_YEAR.finditer(stem))
    if not years:
        return words.bodies.search(text) is not None
    tail = stem[years[-1].end() :].lstrip("年").removeprefix("度")
    start = max(tail.find("政府信息公开"), 0)  # 2023年某局政府信息公开工作…: the body stands between
    return any(whole.startswith(tail[start:]) or tail.startswith(whole[:6]) for whole in words.tails)


@lru_cache(_REMEMBERED)
def goes_on(title: str) -> bool:
    """Say whether a text breaks off where the title of a report could go on, without an ellipsis (…局2023年政府信)."""
    text = normalise(title[:LONGEST])
    years = list(_YEAR.finditer(text))
    if len(years) != 1 or years[0].start() == 0:
        return False
    tail = text[years[0].end() :].lstrip("年").removeprefix("度")
    return any(whole.startswith(tail) for whole in _words().tails)


def names_collection(title: str) -> bool:
    """Say whether a title is that of the reports of several bodies (各乡镇2022年政府信息公开年度报告)."""
    return _words().collections.search(normalise(title[:LONGEST])) is not None


def says_nothing(text: str) -> bool:
    """Say whether a link text stands for a title printed elsewhere in its row (查看, 下载 or nothing at all)."""
    shown = normalise(text)
    return not shown or shown.lower() in _words().empty


def year_of(title: str) -> int | None:
    """Read the report year from a title; None where it has none or more than one."""
    text = normalise(title)
    years = {int(match.group()) for match in _YEAR.finditer(text)}
    years |= {int(match.group().translate(_NUMERALS)) for match in _NUMERAL_YEAR.finditer(text)}
    return years.pop() if len(years) == 1 else None


@lru_cache(_REMEMBERED)
def names_column(text: str) -> int:
    """Score a link text, label or heading as the name of the report column: STRONG, MEDIUM or 0."""
    words = _words()
    shown = _bare(text)
    if not shown or len(shown) > 24 or words.never.search(shown):  # noqa: PLR2004  longer texts are titles
        return 0
    if words.strong.search(shown):
        return STRONG
    return MEDIUM if words.medium.search(shown) else 0


@lru_cache(_REMEMBERED)
def is_column_name(text: str) -> bool:
    """Say whether a text is the name of a report column and nothing more: no body, no year."""
    words = _words()
    shown = _bare(text)
    return words.strong.fullmatch(shown) is not None or words.medium.search(shown) is not None


@lru_cache(_REMEMBERED)
def names_year(text: str) -> bool:
    """Say whether a link inside a report column leads to the part of one year."""
    return _words().sub_years.search(_bare(text)) is not None


@lru_cache(_REMEMBERED)
def names_bodies(text: str) -> bool:
    """Say whether a link inside a report column leads to the part of one kind of body (部门, 乡镇)."""
    return _words().sub_bodies.search(_bare(text)) is not None


@lru_cache(_REMEMBERED)
def names_kind(text: str) -> bool:
    """Say whether a text names a kind of body and nothing more (市级部门, 县(市、区)): a tab of a report column."""
    return _words().sub_kinds.search(_bare(text)) is not None


@lru_cache(_REMEMBERED)
def names_platform(text: str) -> int:
    """Score a link text as a page on the way to the report column, 0 to 60."""
    shown = _bare(text)
    return max((score for pattern, score in _words().pages if pattern.search(shown)), default=0)


@lru_cache(_REMEMBERED)
def names_notices(text: str) -> bool:
    """Say whether a text names a list of notices of all kinds (通知公告)."""
    return _words().notices.search(_bare(text)) is not None


@lru_cache(_REMEMBERED)
def names_directory(text: str) -> bool:
    """Say whether a text names the list of bodies that have a platform of their own (部门信息公开)."""
    return _words().directories.search(_bare(text)) is not None


@lru_cache(_REMEMBERED)
def names_body(text: str) -> bool:
    """Say whether a text is the name of a body and nothing more, as a list of bodies has it."""
    return _words().body.search(_bare(text)) is not None


def slug_names(url: str) -> int:
    """Score a URL by its last path segment that is not merely a page name: SLUG, PLATFORM_SLUG or 0."""
    words = _words()
    segments = [segment.lower() for segment in unquote(urlsplit(url).path).split("/")]
    while segments and _PAGE_NAMES.match(segments[-1]):
        segments.pop()
    if not segments:
        return 0
    last = segments[-1].partition(".")[0]
    if last in words.column_slugs or words.column_slug_pattern.search(last):
        return SLUG
    return PLATFORM_SLUG if last in words.platform_slugs else 0
