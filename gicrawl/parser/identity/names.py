"""From what stands in a title to the official name of the body, its level and its kind."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gicrawl.parser.script import to_simplified
from gicrawl.regions.provinces import provinces

_REGION = r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|街道|新区|林区|特区|省|市|州|盟|县|区|旗|镇|乡|苏木)"
_PARENT = re.compile(
    r"^(?P<parent>[\u4e00-\u9fff]{1,9}?(?:省|自治区|市|自治州|州|盟|地区))(?P<rest>[\u4e00-\u9fff]{2,}?(?:自治县|自治旗|县|市|区|旗)(?:人民政府.*)?)$"
)
_BARE = re.compile(rf"^[\u4e00-\u9fff]{{1,14}}{_REGION}$")
_GOVERNMENT = "人民政府"
_ZONE = re.compile(r"(?:开发区|高新区|经开区|产业园区|工业园区|示范区|保税区|新区|管理区|度假区|风景区)$")
_NATIONAL = re.compile(
    r"^(?:国务院|国家|中国|中华人民共和国|外交|教育|科学技术|工业和信息化|公安|民政|司法|财政|水利|农业农村|商务|审计)"
)
_OF_STATE = ("部", "总局", "总署", "总行")
_DEPARTMENT = re.compile(
    r"(?:局|委员会|委|厅|部|署|中心|支队|大队|分局|院|站|所|处|行|会|办|办公室|办公厅|公司|集团|学校|大学|学院)$"
)
_LEVELS = (
    ("township", re.compile(r"(?:镇|乡|街道|苏木)$")),
    ("county", re.compile(r"(?:县|旗|自治县|自治旗|区)$")),
    ("prefecture", re.compile(r"(?:自治州|州|盟|地区)$")),
)
_HAS_COUNTIES = re.compile(r"各?(?:区县|县区|县\(市|县市区|县\(区|区\(县|区、县|县、区|县级市|市县两级|市、县)")
_HAS_TOWNS = re.compile(r"各(?:乡镇|镇|街道|乡)|乡镇\(?街道")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Body:
    """A public body by its name.

    Attributes:
        name: official name in Simplified script.
        printed: what stands for it in the document, its parent left out.
        region: name of the division it governs or belongs to; empty where the name holds none.
    """

    name: str
    printed: str
    region: str


def read_body(printed: str) -> Body | None:
    """The body a printed name stands for; None where it is no name of a body.

    Args:
        printed: from a title or signature, without blanks, in either script.
    """
    name = to_simplified(printed)
    if not 2 <= len(name) <= 40 or not re.fullmatch(r"[\u4e00-\u9fff()、]+", name):  # noqa: PLR2004 - 县 alone is none
        return None
    name = _data()["prefectures"].get(name, name)
    name, dropped = _without_parent(name)
    own = printed[dropped:]
    if name.endswith("人民"):  # 某县人民政府信息公开: 政府 printed once
        name, own = name + "政府", own + "政府"
    elif re.search(r"(?:省|市|县|区|州|旗|盟|镇|乡)政府$", name):
        name = name[:-2] + _GOVERNMENT
    if _BARE.match(name):
        return Body(_government_of(name), own, name)
    if _ZONE.search(name):
        return Body(name + "管理委员会", own, name)
    name = _expanded(name)
    return Body(name, own, region_of(name)) if _GOVERNMENT in name or _DEPARTMENT.search(name) else None


def _without_parent(name: str) -> tuple[str, int]:
    """The name without the divisions above it; municipalities stay, they are part of their districts' names."""
    dropped = 0
    while (match := _PARENT.match(name)) and not _municipal(match["parent"]) and name not in _doubled():
        rest = match["rest"]
        if rest.startswith("人民政府") or _expanded(rest) != rest:
            break
        dropped += len(match["parent"])
        name = rest
    return name, dropped


def _doubled() -> list[str]:
    return list(_data()["exceptions"]["doubled"])


def _municipal(parent: str) -> bool:
    return any(province.name == parent and province.seat is None for province in provinces())


def _government_of(region: str) -> str:
    exceptions = _data()["exceptions"]
    if region.endswith(("新区", "林区", "特区")) and region not in exceptions["divisions"]:
        return region + "管理委员会"
    if region.endswith("街道"):
        return region + "办事处"
    if region.endswith(("盟", "地区")):
        return region + "行政公署"
    return region + _GOVERNMENT


def _expanded(name: str) -> str:
    """An abbreviated body with its full name; the region before it stays."""
    data = _data()
    region: str = next((name[: at + 1] for at in range(len(name) - 2, 0, -1) if name[at] in "省市县区旗州盟"), "")
    for names in (data.get("abbreviations_of", {}).get(region, {}), data["abbreviations"]):
        for short in sorted(names, key=len, reverse=True):
            if name.endswith(short) and not name.endswith(names[short]):
                return name[: -len(short)] + names[short]
    return name


def region_of(name: str) -> str:
    """The division at the beginning of a body's name, as long as it can be; empty where there is none."""
    for suffix in (_GOVERNMENT, "行政公署", "管理委员会", "办事处"):
        if suffix in name:
            return name.partition(suffix)[0]
    for at in range(len(name) - 2, 0, -1):
        if name[at] in "省市县区旗州盟镇乡":
            return name[: at + 1]
    return ""


def kind_of(name: str) -> str:
    """`government`, `office`, `department`, `development_zone` or `other`."""
    if name.endswith((_GOVERNMENT, "行政公署", "街道办事处")):
        return "government"
    if name.endswith(("人民政府办公室", "人民政府办公厅", "行政公署办公室")):
        return "office"
    if name.endswith("管理委员会") and _ZONE.search(name.removesuffix("管理委员会")):
        return "development_zone"
    return "department" if _DEPARTMENT.search(name) else "other"


def level_of(name: str, text: str) -> str | None:
    """`national`, `province`, `prefecture`, `county`, `township`; None where nothing decides.

    Args:
        name: official name.
        text: squeezed text of the report: what a 市 has below it tells which kind of 市 it is.
    """
    region = region_of(name)
    if not region:
        return "national" if name.endswith(_OF_STATE) or _NATIONAL.match(name) else None
    if any(region in {province.name, province.short} for province in provinces()):
        return "province"
    if region.endswith("市"):
        return _level_of_city(region, text)
    return next((level for level, ending in _LEVELS if ending.search(region)), None)


def _level_of_city(region: str, text: str) -> str | None:
    if any(region == province.seat for province in provinces()) or _HAS_COUNTIES.search(text):
        return "prefecture"
    return "county" if _HAS_TOWNS.search(text) else None
