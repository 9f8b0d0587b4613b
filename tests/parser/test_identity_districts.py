"""A district printed below a city is the district, or nobody: never the city."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.identity.names import read_body
from gicrawl.regions.table import division, divisions
from gicrawl.regions.table import names as known_names

if TYPE_CHECKING:
    from gicrawl.parser.report import Identity

CITY = "岚溪市"


def read(title: str, city: str = CITY) -> Identity:
    """A report on a page where everything else names the city."""
    texts = (title, "根据《条例》编制。全市各部门共主动公开信息12条。", f"{city}人民政府")
    labels = (("sitename", f"{city}人民政府"), ("contentsource", f"{city}人民政府办公室"))
    blocks = tuple(Paragraph(text) for text in texts)
    return identify(Document("text/html", "utf-8", blocks, None, labels), Context(), evidence_of_tables=True)


def name_of(identity: Identity) -> str | None:
    return identity.issuer.name if identity.issuer else None


@pytest.mark.parametrize("district", ["望湖区", "石山区", "临桥区", "北亭县", "青城市", "临港区", "堃湖区"])
@pytest.mark.parametrize(
    "way",
    ["{}2021年政府信息公开工作年度报告", "2021年{}政府信息公开年度报告", "关于公布{}2021年政府信息公开年度报告的公告"],
)
def test_an_unknown_district_below_a_city_is_the_issuer(district: str, way: str) -> None:
    identity = read(way.format(f"{CITY}{district}人民政府"))
    assert name_of(identity) == f"{district}人民政府"
    assert identity.issuer is not None
    assert identity.issuer.region_code is None
    assert identity.issuer.level == "county"


def test_a_town_and_a_department_of_an_unknown_district_keep_it() -> None:
    assert name_of(read(f"{CITY}望湖区柳浦镇人民政府2021年政府信息公开年度报告")) == "望湖区柳浦镇人民政府"
    assert name_of(read(f"{CITY}望湖区教育局2021年政府信息公开年度报告")) == "望湖区教育局"
    assert name_of(read("嵐溪市望湖區2021年政府信息公開年度報告")) == "望湖区人民政府"


def test_what_can_be_no_division_is_not_made_the_city() -> None:
    identity = read(f"{CITY}喆市区人民政府2021年政府信息公开年度报告")
    assert name_of(identity) in {None, f"{CITY}喆市区人民政府"}
    assert name_of(read("关于公布沙河市港市区2021年政府信息公开年度报告的公告", "沙河市")) is None


@pytest.mark.parametrize("printed", ["苏州市工业园区教育局", "苏州市高新区人民政府", "苏州市临江新区财政局"])
def test_a_body_of_a_zone_has_not_the_code_of_the_city(printed: str) -> None:
    identity = read(f"{printed}2021年政府信息公开年度报告", "苏州市")
    assert name_of(identity) == printed
    assert identity.issuer is not None
    assert (identity.issuer.region_code, identity.issuer.level) == (None, None)


@pytest.mark.parametrize(
    "printed",
    ["城市管理局", "城乡规划局", "农村社区建设办公室", "贫困山区开发办公室", "三峡库区移民局", "老旧小区改造办公室"],
)
def test_words_that_only_sound_like_divisions_belong_to_the_department(printed: str) -> None:
    body = read_body("长沙市" + printed)
    assert body is not None
    assert body.name == "长沙市" + printed
    assert body.region == "长沙市"


def test_every_division_there_has_been_is_read_as_itself() -> None:
    """盐湖区, 运城市, 吉林市: what they look like does not count."""
    ranked = [name for name in known_names() if len(name) > 2 and name[-1] in "县区市旗" and name != "市辖区"]
    wrong = [name for name in ranked if (body := read_body(name + "人民政府")) is None or body.region != name]
    assert wrong == []


def test_every_county_below_its_city_is_read_with_its_code() -> None:
    draw = Random(2021)
    counties = [one for one in divisions(2021, level="county") if one.parent and len(one.name) > 2]
    for one in draw.sample(counties, 300):
        above = division(str(one.parent), 2021)
        assert above is not None
        identity = read(f"{above.name}{one.name}人民政府2021年政府信息公开年度报告", above.name)
        assert identity.issuer is not None, one.name
        assert identity.issuer.region_code == one.code, one.name


def test_no_invented_district_becomes_its_city() -> None:
    draw = Random(7)
    first, second = "岚青石望临北柳沙茶竹龙云清江平安东南金白", "溪圩桥湖亭浦井坪园塘山城港林泉阳川河"
    for _ in range(400):
        city = f"{draw.choice(first)}{draw.choice(second)}市"
        district = f"{draw.choice(first)}{draw.choice(second)}{draw.choice('区区县市旗')}"
        ending = draw.choice(["人民政府", "", "政府", "教育局", "人民政府办公室"])
        name = name_of(read(f"{city}{district}{ending}2021年政府信息公开年度报告", city))
        assert name is None or district in name, (city, district, ending, name)
