"""Names of public bodies: what a printed name stands for, officially and in Simplified script."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from gicrawl.parser.identity.divisions import UNKNOWN, Division, divisions_in, unread_division, zone_ending
from gicrawl.parser.identity.vocabulary import bodies, speaks
from gicrawl.parser.script import to_simplified
from gicrawl.regions.provinces import provinces
from gicrawl.regions.table import with_name

GOVERNMENT: Final = "人民政府"
_STATE: Final = "中华人民共和国"
PARTY: Final = "中共"
_OF_BOTH: Final = re.compile(r"中共([\u4e00-\u9fff]{2,12}?)委(?:员会)?(?=\1)")
"""Before the name of a body that party and government have together: 中共某县委 某县人民政府信访局."""
_COMMITTEE: Final = "管理委员会"
_SHORTEST, _LONGEST = 2, 40
_WRITTEN: Final = re.compile(r"[\u4e00-\u9fff()·、]+")
_ASIDE: Final = re.compile(r"\([^()]*\)$")
_RELATIVE: Final = ("自治区", "自治州", "自治县", "自治旗", *"省市县区旗州盟镇乡")
"""Ranks before the name of a body, of a division that is named elsewhere: the longer ones first."""
_CORPS: Final = re.compile(
    r"(?:新疆生产建设兵团|新疆兵团|兵团)?(?P<division>第[一二三四五六七八九]师|第十[一二三四]?师)(?P<city>[\u4e00-\u9fff]{2,4}市)?(?P<rest>.*)"
)
_REGIMENT: Final = re.compile(r"[一二三四五六七八九十〇零\d]{1,5}团|[\u4e00-\u9fff]{2,6}(?:镇|农场|牧场|街道)")
_LONGEST_STEM = 6  # characters of the name of a division without its rank
_LEAST = 4  # characters of a name that holds no division


@dataclass(frozen=True, slots=True)
class Body:
    """A public body by its name.

    Attributes:
        name: official name in Simplified script; without its division where `relative` says so.
        printed: what stands for it, divisions above it left out.
        chain: the divisions named, the highest first, those left out of the name too.
        rest: what follows the last of them in the official name.
        relative: the rank of the division it belongs to where only that is printed (市 in 市统计局); else empty.
        choices: full names of an abbreviation that stands for several; the text has to decide.
    """

    name: str
    printed: str
    chain: tuple[Division, ...]
    rest: str
    relative: str = ""
    choices: tuple[str, ...] = ()

    @property
    def region(self) -> str:
        """The division it governs or belongs to, with its rank; empty where none is named."""
        return self.chain[-1].name if self.chain else ""


@lru_cache(maxsize=1024)  # asked for each way of cutting each title, and portals name the same bodies again and again
def read_body(printed: str) -> Body | None:
    """The body a printed name stands for; None where it is no name of a body.

    Args:
        printed: from a title, signature or label, without blanks, in either script.
    """
    name = to_simplified(printed.translate(_BRACKETS))
    if name.startswith(PARTY) and "、" in name:  # its office and the government's, which reports
        printed = printed[name.rindex("、") + 1 :]
        name = to_simplified(printed)
    elif (both := _OF_BOTH.match(name)) and len(name) == len(printed):
        printed, name = printed[both.end() :], name[both.end() :]
    if len(name) != len(printed):
        printed = name
    if not _SHORTEST <= len(name) <= _LONGEST or not _may_be_name(name):
        return None
    if whole := _national(name):
        return Body(whole, printed, (), whole)
    if name.startswith(PARTY):
        inner = read_body(printed[len(PARTY) :])
        return replace(inner, name=PARTY + inner.name, printed=printed) if inner else None
    if chain := divisions_in(name if _CORPS.match(name) is None else ""):
        city = _municipality_of(chain[0])
        return _of_division(name, printed, chain if city is None else (city, *chain))
    if name.startswith(tuple(bodies()["bodies"]["never_first"])):
        return None  # the end of a name
    return _of_corps(name, printed) or _of_no_division(name, printed)


def _may_be_name(name: str) -> bool:
    """Whether a text may be the name of one body: 民族、宗教事务局 may, 教育局、体育局 are two."""
    if not _WRITTEN.fullmatch(name) or any(word in name for word in bodies()["bodies"]["never"]):
        return False
    return not any(_ends_as_body(piece) for piece in name.split("、")[:-1])


def _of_no_division(name: str, printed: str) -> Body | None:
    """A body whose name does not begin with a division: a branch of a national one, a zone, a relative name."""
    known = bodies()["bodies"]
    for short, full in bodies()["corps"].items():
        for start in (full, short):
            if name == full or (name.startswith(start) and _ends_as_body(name.removeprefix(start))):
                official, choices = _expanded(full, name.removeprefix(start))
                return Body(full + official, printed, (), official or full, choices=choices)
    for agency in known["vertical"]:
        if name.startswith(agency) and (chain := _chain_below(name[len(agency) :])):
            return Body(name, printed, chain, name[len(agency) + chain[-1].end :])
    if _is_zone(name):
        return _zone(name, printed, ())
    rank = next((rank for rank in _RELATIVE if name.startswith(rank)), "")
    if rank and (rest := _rest(name.removeprefix(rank))):
        return Body(rank + rest, printed, (), rest, relative=rank)
    of_nation = name.startswith(_nationals()) and _ends_as_body(name)
    if of_nation or (len(name) >= _LEAST and name.endswith(tuple(known["certain"]))):
        return Body(name, printed, (), name)
    return None


def _of_corps(name: str, printed: str) -> Body | None:
    """A division of the corps in Xinjiang, a regiment of it or a department: 第八师石河子市, 第七师一二六团."""
    match = _CORPS.fullmatch(name)
    if match is None:
        return None
    (corps,) = bodies()["corps"].values()
    cities = bodies()["corps_cities"]
    city = cities.get(match["division"])
    rest = match["rest"]
    if match["city"] and match["city"] != city:
        return None
    if rest and rest != GOVERNMENT and not _REGIMENT.fullmatch(rest) and not _ends_as_body(rest):
        return None
    named = corps + match["division"] + (match["city"] or "")
    official, choices = ("", ()) if rest == GOVERNMENT else _expanded(named, rest)
    chain = () if city is None else (Division(city, 0, 0, "city"),)
    if _REGIMENT.fullmatch(rest):
        chain = (*chain, Division(rest, 0, 0, "township"))
        official = GOVERNMENT  # what governs it, though its name does not say so
        return Body(named + rest, printed, chain, official)
    return Body(named + official, printed, chain, official or GOVERNMENT, choices=choices)


def _chain_below(name: str) -> tuple[Division, ...]:
    """The divisions that the name of a branch goes on with, maybe without their rank (江西调查总队, 赣州调查队)."""
    if chain := divisions_in(name):
        return chain
    if not _ends_as_body(name):
        return ()
    if short := next((one for one in provinces() if name.startswith(one.short)), None):
        return (Division(short.name, 0, len(short.short), "province"),)
    for end in range(min(len(name) - 2, _LONGEST_STEM), 1, -1):
        for rank, step in (("市", "city"), ("县", "county"), ("区", "county"), ("旗", "county")):
            if with_name(name[:end] + rank):
                return (Division(name[:end] + rank, 0, end, step),)
    return ()


_FULL_BRACKETS: Final = str.maketrans("()", "（）")
_BRACKETS: Final = str.maketrans("（）〔〕", "()()")


def belonging(body: Body, division: Division) -> Body:
    """A body named without its division, with it."""
    official, choices = _expanded(division.name, body.rest)
    return Body(division.name + official, body.printed, (division,), official, choices=choices)


def chosen(body: Body, rest: str) -> Body:
    """A body whose abbreviation stands for several names, with one of them."""
    return Body(body.name.removesuffix(body.rest) + rest, body.printed, body.chain, rest)


def government_of(region: str) -> str:
    """The name of the body that governs a division."""
    if region.endswith("街道"):
        return region + "办事处"
    if region.endswith(("盟", "地区")):
        return region + "行政公署"
    return region + GOVERNMENT


def kind_of(body: Body) -> str:
    """`government`, `office`, `department`, `development_zone` or `other`."""
    if body.rest in {GOVERNMENT, "行政公署", "办事处"} or body.rest.endswith("街道办事处"):
        return "government"  # also 朝阳区人民政府建外街道办事处, as 乌山街道办事处 by itself
    if body.rest.startswith((GOVERNMENT + "办公", "行政公署办公")):
        return "office"
    if body.name.endswith(_COMMITTEE) and zone_ending().search(body.name.removesuffix(_COMMITTEE)):
        return "development_zone"
    if body.name in bodies()["national"]["names"]:
        return "department"
    if body.rest.endswith(tuple(bodies()["bodies"]["others"])):
        return "other"
    return "department" if _ends_as_body(body.rest) else "other"


def _of_division(name: str, printed: str, chain: tuple[Division, ...]) -> Body | None:
    """A body whose name begins with divisions: those above its own are left out, but for municipalities."""
    kept = len(chain) - 1
    if chain[kept].step == "township" and kept and chain[kept - 1].step in {"county", "city"}:
        kept -= 1  # names of townships say little without their county
    if chain[kept].name in bodies()["divisions"]["kept_with_parent"] and kept:
        kept -= 1
    if kept and chain[0].name in _municipalities():
        kept = 0
    own = "".join(division.name for division in chain[kept:])
    start = chain[kept].start
    tail = name[chain[-1].end :]
    zone = bool(tail) and _is_zone(tail)
    if chain[-1].name in tail or (zone and tail.startswith(tuple(above.name[:-1] for above in chain[:-1]))):
        return None  # two bodies in one line: 广州市黄埔区广州开发区 are a district and a zone
    if zone:
        return _zone(name, printed, chain)
    unread = unread_division(name, chain[-1].end)
    if unread is not None:
        # It is below what was read, and may be anything: as printed, and never the body of the division above it.
        below = name[unread.end :]
        if below == "政府":
            name, below = name.removesuffix(below) + GOVERNMENT, GOVERNMENT
        readable = _rest(below) or _is_zone(unread.name + below)
        return Body(name, printed, (*chain, unread), below) if readable else None
    rest = _rest(tail)
    if rest is None:
        return None
    if not rest:
        official = government_of(own)
        return Body(official, printed[start:], chain, official.removeprefix(own))
    # 某县人民政府信息公开: 政府 is printed once
    stands = printed[start:] + ("政府" if tail == "人民" else "")
    official, choices = _expanded(chain[-1].name, rest)
    return Body(own + official, stands, chain, official, choices=choices)


@cache
def _municipality_of(division: Division) -> Division | None:
    """The municipality a district lies in, where no division elsewhere was ever called the same.

    Titles name such a district with it or without it, and it is one body: 浦东新区 is 上海市浦东新区.
    """
    if division.step != "county":
        return None
    parents = {one.parent for one in with_name(division.name)}
    city = next((name for name in _municipalities() if parents == {with_name(name)[0].code}), None)
    return None if city is None else Division(city, division.start, division.start, "province")


def _is_zone(name: str) -> bool:
    return zone_ending().search(name.removesuffix("管委会").removesuffix(_COMMITTEE)) is not None


def _zone(name: str, printed: str, chain: tuple[Division, ...]) -> Body:
    """A development zone; the divisions before it stay, they are part of its name."""
    official = name.removesuffix("管委会").removesuffix(_COMMITTEE) + _COMMITTEE
    for short, full in bodies()["zones_in_full"].items():
        if official.startswith(short):
            official = full + official.removeprefix(short)
    official = official.translate(_FULL_BRACKETS)
    return Body(official, printed, chain, official[chain[-1].end :] if chain else official)


def as_zone(body: Body) -> Body:
    """What a body was before its zone became a division."""
    return _zone(body.region, body.printed, ())


def _rest(tail: str) -> str | None:
    """What follows the division, as a name of a body; empty where nothing does, None where it is none."""
    if not tail:
        return ""
    tail = tail if tail.startswith(GOVERNMENT) else re.sub(r"^(?:人民|政府)(?=$)", GOVERNMENT, tail)
    bare = _ASIDE.sub("", tail)
    if bare in {GOVERNMENT, "行政公署", "办事处"} or _ends_as_body(bare):
        return tail
    return None


def _ends_as_body(rest: str) -> bool:
    return _ASIDE.sub("", rest).endswith(tuple(bodies()["bodies"]["departments"]))


def _expanded(region: str, rest: str) -> tuple[str, tuple[str, ...]]:
    """The full name of what is abbreviated, or the abbreviation itself and the names it may stand for."""
    data = bodies()
    full = data.get("abbreviations_of", {}).get(region, {}).get(rest) or data["abbreviations"].get(rest)
    if full is None:
        return rest, ()
    if isinstance(full, str):
        return full, ()
    return (full[0], ()) if len(full) == 1 else (rest, tuple(full))


def _national(name: str) -> str | None:
    national = bodies()["national"]
    name = name.removeprefix(_STATE)
    full = national["short"].get(name, name)
    return str(full) if full in national["names"] else None


@cache
def _nationals() -> tuple[str, ...]:
    return tuple(bodies()["national"]["names"])


def _is_central(body: Body) -> bool:
    """Whether a body named with no division is a national one, or a branch of one for a river or several provinces."""
    return body.name.startswith(_nationals()) or body.name.endswith(tuple(bodies()["bodies"]["across"]))


def is_national(body: Body) -> bool:
    """Whether a body is a national one, or named as a branch of one: its name has its beginning."""
    return body.name.startswith((*_nationals(), *bodies()["bodies"]["vertical"]))


def begins_with_stem(body: Body) -> bool:
    """Whether a zone or a customs office is named after a division of the table (昆山开发区, 杭州海关)."""
    if not (_is_zone(body.name) or body.name.endswith("海关")):
        return False
    known = any(with_name(body.name[:end] + rank) for end in range(2, _LONGEST_STEM) for rank in "市县区")
    return known or body.name.startswith(tuple(province.short for province in provinces()))


def _municipalities() -> frozenset[str]:
    return frozenset(province.name for province in provinces() if province.seat is None)


def level_of(body: Body, text: str) -> str | None:
    """`national`, `province`, `prefecture`, `county`, `township`; None where nothing decides.

    Args:
        body: whose level.
        text: squeezed text of its report: what a 市 has below it tells which kind of 市 it is.
    """
    if not body.chain:
        return "national" if _is_central(body) else None
    own = body.chain[-1]
    if kind_of(body) == "development_zone" or own.step == UNKNOWN:
        return None
    if own.step != "city":
        return own.step
    if own.name in _municipalities():
        return "province"
    if any(division.step in {"city", "prefecture"} for division in body.chain[:-1]):
        return "county"
    return _level_of_city(own.name, text, governs=body.rest == GOVERNMENT)


def _level_of_city(city: str, text: str, *, governs: bool) -> str | None:

    seats = {province.seat for province in provinces()}
    if city in seats or speaks("has_counties", text):
        return "prefecture"
    if city in bodies()["divisions"]["without_counties"] or not governs:
        return None
    return "county" if speaks("has_towns", text) else None
