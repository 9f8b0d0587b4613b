"""Divisions in names: where one ends and the next begins, told from the words alone.

There is no list of divisions here (`gicrawl.regions` resolves codes): a name is cut after the characters that rank a
division (县, 区, 镇 …), unless they belong to the name itself (新乡市, 郑州市) or to another word (城市, 城乡, 开发区).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from gicrawl.parser.identity.vocabulary import any_of, bodies
from gicrawl.regions.provinces import Province, provinces

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
_UNFINISHED: Final = re.compile(r"[乡镇](?=[市县区旗镇乡])(?!.乡村|.市场)|旗(?=[区县镇乡])(?!.乡村)")
_LONGEST: Final = 15  # characters: the longest names of autonomous counties, rank included
_ETHNIC: Final = re.compile(r"[\u4e00-\u9fff]{1,5}族")


@dataclass(frozen=True, slots=True)
class Division:
    """A division named at the beginning of a longer name.

    Attributes:
        name: with its rank, without the divisions above it.
        start: offset of its first character.
        end: offset after its last character.
        step: province, prefecture, city, county or township; a city may be of the second or the third level.
    """

    name: str
    start: int
    end: int
    step: str


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
    for short, full in data["prefectures"].items():
        if name.startswith(short, at) and above < 1 and not name.startswith(("区", "镇", "乡"), at + len(short)):
            return Division(full, at, at + len(short), "prefecture")
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
        return Division(word, at, rank.end(), title) if step > above else None
    return None


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
        return word in divisions["governed"]
    return first or not name.startswith(tuple(divisions["seams"]), end)


def _short_province(name: str) -> Province | None:
    """The province whose name stands without its rank before a city or county: 湖南青禾市."""
    for province in provinces():
        if not name.startswith(province.short) or name.startswith(province.name):
            continue
        at = len(province.short)
        below = _next(name, at, 0)
        if below is None or below.step == "township" or len(below.name) < 3 or _ETHNIC.match(below.name):  # noqa: PLR2004
            return None  # 吉林市, 海南藏族自治州: names of their own
        return province
    return None


@cache
def zone_ending() -> re.Pattern[str]:
    """How names of development zones end."""
    return re.compile(any_of(bodies()["bodies"]["zones"]) + "$")
