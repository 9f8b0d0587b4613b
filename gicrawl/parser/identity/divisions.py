"""Divisions in names: where one ends and the next begins, told from the words alone.

Names of the table of `gicrawl.regions` are known, whatever they look like (运城市, 滨湖区). Any other name is cut after
the characters that rank a division (县, 区, 镇 …), unless they belong to the name itself (新乡市, 郑州市) or to another
word (城市, 城乡, 开发区). Which code a name has is not asked here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from gicrawl.parser.identity.vocabulary import any_of, bodies
from gicrawl.regions.provinces import Province, provinces
from gicrawl.regions.table import names

_RANK: Final = re.compile(r"特别行政区|自治区|自治州|自治县|自治旗|地区|街道|省|市|州|盟|县|区|旗|镇|乡|苏木")
_STEPS: Final = (
    ("province", ("特别行政区", "自治区", "省")),
    ("prefecture", ("自治州", "州", "盟", "地区")),
    ("city", ("市",)),
    ("county", ("自治县", "自治旗", "县", "区", "旗")),
    ("township", ("街道", "镇", "乡", "苏木")),
)
_LEVELS: Final = tuple(name for name, _ in _STEPS)
_STEP: Final = {rank: (step, name) for step, (name, ranks) in enumerate(_STEPS) for rank in ranks}
_RANKS: Final = tuple(sorted(_STEP, key=len, reverse=True))
_UNREAD: Final = re.compile(r"[区县市旗镇乡州盟]|街道|新城")
_UNFINISHED: Final = re.compile(
    r"市(?=(?:[镇乡]|街道)(?:人民政府|政府|办事处|党|$))|[乡镇](?=[市县区旗镇乡])(?!.乡村|.市场)|旗(?=[区县镇乡])(?!.乡村)"
)
_NAMED: Final = range(3, 5)  # characters of a name that ends like a landscape: 望湖区, 青山湖区
_OFFICE: Final = re.compile(r"[\u4e00-\u9fff]{1,12}(?:局|委|办|中心|厅|会|镇|乡|街道)")
_LONGEST: Final = 15  # characters: the longest names of autonomous counties, rank included
_SHORTEST_KNOWN: Final = 3  # characters: 城区 and 新区 are known too, and many other things
UNKNOWN: Final = "unknown"
"""Step of a division whose rank or place cannot be told: no division above it may stand in for it."""
_ETHNIC: Final = re.compile(r"[\u4e00-\u9fff]{1,5}族")


@dataclass(frozen=True, slots=True)
class Division:
    """A division named at the beginning of a longer name.

    Attributes:
        name: with its rank, without the divisions above it.
        start: offset of its first character.
        end: offset after its last character.
        step: province, prefecture, city, county or township; a city may be of the second or the third level; `UNKNOWN`
            for what is only taken for a division.
    """

    name: str
    start: int
    end: int
    step: str


@lru_cache(maxsize=2048)
def divisions_in(name: str) -> tuple[Division, ...]:
    """The chain of divisions a name begins with, the highest first; empty where it begins with none.

    Args:
        name: in Simplified script, without blanks.
    """
    found: list[Division] = []
    at, above = 0, -1
    if (short := _short_province(name)) is not None:
        at, above = len(short.short), 0
        found.append(Division(short.name, 0, at, "province"))
    while (division := _next(name, at, above)) is not None:
        found.append(division)
        at = division.end
        above = _LEVELS.index(division.step)
        if division.step == "city" and sum(one.step == "city" for one in found) == 1:
            above -= 1  # a city may stand below a city
    if short is not None and len(found) == 1:
        return ()
    return tuple(found)


def _next(name: str, at: int, above: int) -> Division | None:
    """The division that starts at an offset, lower than the one before it."""
    data = bodies()
    if (known := _known(name, at)) is not None:
        return known if _LEVELS.index(known.step) > above else None
    for short, full in data["prefectures"].items():
        if name.startswith(short, at) and above < 1 and not name.startswith(("区", "镇", "乡"), at + len(short)):
            return Division(full, at, at + len(short), "prefecture")
    for short, full in data["banners"].items():
        if name.startswith(short, at) and above < _LEVELS.index("county"):
            return Division(full, at, at + len(short), "county")
    for rank in _RANK.finditer(name, at + 1, at + _LONGEST):
        word = name[at : rank.end()]
        stem = word.removesuffix(rank.group())
        if stem in data["divisions"]["pronouns"] or any(
            foreign in stem and foreign != stem for foreign in data["divisions"]["foreign"]
        ):
            return None
        if not _is_division(name, word, rank.group(), rank.end(), first=at == 0):
            continue
        step, title = _STEP[rank.group()]
        below = _below_zone(word)
        return Division(word[below:], at + below, rank.end(), title) if step > above else None
    return None


def _below_zone(word: str) -> int:
    """Where the name of a division begins behind a zone that administers it (雄安新区容城县); 0 where none does."""
    for zone in zone_within().finditer(word):
        if word[zone.end() :] in _names():
            return zone.end()
    return 0


def _known(name: str, at: int) -> Division | None:
    """The division of the table whose name stands at an offset, the longest of several."""
    longest = min(len(name), at + _LONGEST)
    for end in range(longest, at + _SHORTEST_KNOWN - 1, -1):
        word = name[at:end]
        if word in _names() and not (at and name.startswith(tuple(bodies()["divisions"]["seams"]), end)):
            rank = next(rank for rank in _RANKS if word.endswith(rank))
            return Division(word, at, end, _STEP[rank][1])
    return None


@cache
def _names() -> frozenset[str]:
    """Names of the table that end with a rank; 市辖区 is no name of anything."""
    return frozenset(name for name in names() if name.endswith(_RANKS)) - {"市辖区"}


def _is_division(name: str, word: str, rank: str, end: int, *, first: bool) -> bool:
    divisions = bodies()["divisions"]
    start = end - len(word)
    if any(
        name.startswith(whole, start) and word != whole and whole.startswith(word) for whole in divisions["doubled"]
    ):
        return False
    if rank == "州" or (len(rank) == 1 and _UNFINISHED.match(name, end - 1)):
        return False
    if word.endswith(tuple(divisions["not_divisions"])) and word not in divisions["kept_with_parent"]:
        return word in divisions["governed"] or _is_governed(name, word, end)
    return first or not name.startswith(tuple(divisions["seams"]), end)


def _is_governed(name: str, word: str, end: int) -> bool:
    """Whether what may be a landscape (湖区, 山区) or a 城市 has a government of its own: then it is a division's name.

    Also where nothing follows, unless zones are called like that; before a department, unless it is one for landscapes.
    """
    divisions = bodies()["divisions"]
    if len(word) not in _NAMED or not word.endswith(tuple(divisions["landscapes"])):
        return False
    if word.endswith(tuple(divisions["zone_words"])):
        return False
    rest = name[end:]
    if rest.startswith(("人民政府", "政府")):
        return True
    if word.endswith(tuple(bodies()["bodies"]["zones"])):
        return False
    return not rest or (_OFFICE.match(rest) is not None and not rest.startswith(tuple(divisions["of_landscapes"])))


def unread_division(name: str, at: int) -> Division | None:
    """What stands at an offset like the name of a division or a zone and was not read as one: 工业园区 before 教育局.

    Args:
        name: in Simplified script, without blanks.
        at: offset after the last division that was read.
    """
    divisions = bodies()["divisions"]
    for match in _UNREAD.finditer(name, at + 2):
        word, end = name[at : match.end()], match.end()
        if end == len(name) or len(word) > _LONGEST or any(strange in word for strange in divisions["foreign"]):
            return None
        if name.startswith(tuple(divisions["seams"]), end):
            continue
        zone = zone_ending().search(word) is not None
        if (
            zone
            or (name.startswith(("人民政府", "政府"), end) and not word.endswith(tuple(divisions["not_divisions"])))
            or name.startswith("人民政府", end)
        ):
            return Division(word, at, end, UNKNOWN)
    return None


def _short_province(name: str) -> Province | None:
    """The province whose name stands without its rank before a city or county: 湖南青禾市."""
    if name.startswith(tuple(bodies()["prefectures"])):
        return None  # 海南州共和县 is not in Hainan
    for province in provinces():
        if not name.startswith(province.short) or name.startswith(province.name):
            continue
        if _known(name, 0) is not None:
            return None  # 吉林市, 海南藏族自治州
        at = len(province.short)
        below = _next(name, at, 0)
        if below is None or below.step == "township" or len(below.name) < 3 or _ETHNIC.match(below.name):  # noqa: PLR2004
            return None  # 吉林市, 海南藏族自治州: names of their own
        return province
    return None


@cache
def zone_within() -> re.Pattern[str]:
    """The ending of a development zone anywhere in a name."""
    return re.compile(any_of(bodies()["bodies"]["zones"]))


@cache
def zone_ending() -> re.Pattern[str]:
    """How names of development zones end."""
    return re.compile(any_of(bodies()["bodies"]["zones"]) + "$")
