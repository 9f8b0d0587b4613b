"""The bodies of the sample portals: invented places, offices as every county has them.

Some names hold characters that GBK has and GB2312 has not (堃 喆 镕 瑄): a page that declares gb2312 and means GBK is
the rule among older portals, and only such names show whether a reader knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class Issuer:
    """A body that reports.

    Attributes:
        name: as titles and signatures print it.
        region: name of the place it governs or belongs to.
        level: prefecture, county or township.
        kind: government, department or development_zone.
        scale: key of `figures.SCALES`.
        short: how the portal itself calls it.
    """

    name: str
    region: str
    level: str
    kind: str
    scale: str
    short: str

    @property
    def official(self) -> str:
        """The official name: a county's has no city before it, although titles like to print one."""
        if self.level == "county" and self.kind == "government":
            return self.name[self.name.index(self.region) :]
        return self.name

    @property
    def we(self) -> str:
        """How the body calls itself and its field in prose."""
        if self.kind == "government":
            return {"prefecture": "全市", "county": "全县", "township": "本级"}[self.level]
        return "本局" if self.name.endswith("局") else "本单位"


DEPARTMENTS = (
    "财政局",
    "教育局",
    "民政局",
    "司法局",
    "水利局",
    "审计局",
    "统计局",
    "自然资源局",
    "交通运输局",
    "农业农村局",
    "卫生健康局",
    "应急管理局",
    "市场监督管理局",
    "发展和改革局",
    "人力资源和社会保障局",
    "文化和旅游局",
)
RARE_TOWNSHIPS = ("堃山镇", "喆溪乡", "镕川镇", "瑄河乡")
"""Each holds a character outside GB2312."""
TOWNSHIPS = ("柳浦镇", "沙井乡", "石坪镇", "竹园乡", "北塘镇", "茶亭乡")
DISTRICTS = ("望湖区", "北亭县", "青圩县", "临桥区")
PEOPLE = ("李镕", "赵瑄", "孙堃", "周喆", "陈明", "吴静", "郑岩", "王敏")


def county_issuers(rng: random.Random, county: str) -> list[Issuer]:
    """A county government, three departments, two townships (one with a rare character)."""
    bodies = [Issuer(f"{county}人民政府", county, "county", "government", "county", "县政府办公室")]
    bodies += [
        Issuer(f"{county}{name}", county, "county", "department", "department", f"县{name}")
        for name in rng.sample(DEPARTMENTS, k=3)
    ]
    bodies += [
        Issuer(f"{county}{name}人民政府", name, "township", "government", "township", name)
        for name in (rng.choice(RARE_TOWNSHIPS), rng.choice(TOWNSHIPS))
    ]
    return bodies


def city_issuers(rng: random.Random, city: str) -> list[Issuer]:
    """A city government, three departments, one county or district government, one development zone."""
    bodies = [Issuer(f"{city}人民政府", city, "prefecture", "government", "prefecture", "市政府办公室")]
    bodies += [
        Issuer(f"{city}{name}", city, "prefecture", "department", "department", f"市{name}")
        for name in rng.sample(DEPARTMENTS, k=3)
    ]
    district = rng.choice(DISTRICTS)
    bodies.append(Issuer(f"{city}{district}人民政府", district, "county", "government", "county", f"{district}政府办"))
    zone = f"{city[:-1]}经济技术开发区管理委员会"
    bodies.append(Issuer(zone, city, "county", "development_zone", "department", "开发区管委会"))
    return bodies
