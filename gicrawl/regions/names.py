"""Other forms of a division's name: 凉山州 for 凉山彝族自治州, and the stem 凉山 that several divisions may share."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final

_RANKS: Final = ("特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "特区", "矿区", "新区")
_RANK: Final = re.compile(rf"(?:{'|'.join(_RANKS)}|[省市州盟县区旗])$")
_COMMON: Final = {"自治州": "州", "自治县": "县", "自治旗": "旗"}
_SHORTEST: Final = 2  # one character says nothing (南县, 单县)


@cache
def _people() -> re.Pattern[str]:
    """A people's name at the end: with 族, or without it where it is longer than a character (伊犁哈萨克自治州)."""
    data = tomllib.loads((resources.files(__package__) / "peoples.toml").read_text(encoding="utf-8"))
    names = sorted(data["peoples"], key=len, reverse=True)
    longer = [name for name in names if len(name) > 1]
    return re.compile(rf"(?:(?:{'|'.join(names)})族|(?:{'|'.join(longer)}))$")


def _rank_of(name: str) -> str:
    found = _RANK.search(name)
    return found.group() if found and found.start() else ""


@cache
def stem(name: str) -> str | None:
    """A name without its rank and without the peoples in it: 玉屏侗族自治县 is 玉屏.

    Returns:
        None where less than two characters are left, or nothing can be taken away.
    """
    rank = _rank_of(name)
    left = name.removesuffix(rank)
    if rank.startswith("自治"):
        while (found := _people().search(left)) and found.start() >= _SHORTEST:
            left = left[: found.start()]
        left = left.removesuffix("族")  # 东乡族自治县 has nothing but the people
    return left if rank and len(left) >= _SHORTEST else None


@cache
def shortened_name(name: str) -> str | None:
    """The name of an autonomous area without its peoples: 玉屏自治县, 宁夏自治区."""
    rank, short = _rank_of(name), stem(name)
    return short + rank if short and rank.startswith("自治") and short + rank != name else None


@cache
def common_name(name: str) -> str | None:
    """The name of an autonomous prefecture, county or banner as everybody uses it: 凉山州, 玉屏县, 鄂温克旗."""
    rank, short = _COMMON.get(_rank_of(name)), stem(name)
    return short + rank if rank and short else None
