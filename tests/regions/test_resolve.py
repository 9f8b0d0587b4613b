"""From names to divisions: certain where it is certain, open where it is not."""

from __future__ import annotations

import pytest

from gicrawl.regions.names import common_name, stem
from gicrawl.regions.resolve import Resolution, find_in, resolve, resolve_chain


def codes(found: Resolution) -> list[str]:
    return [one.code for one in found.candidates]


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("原平市", 2020, "140981"),
        ("益阳市", 2018, "430900"),
        ("益阳市", 1990, "432301"),  # a county-level city until 1994
        ("中山市", 2015, "442000"),
        ("凉山彝族自治州", 2015, "513400"),
        ("凉山州", 2015, "513400"),
        ("南县", 2015, "430921"),
        ("浦东新区", 2015, "310115"),
    ],
)
def test_a_full_name_that_one_division_has_is_that_division(name: str, year: int, code: str) -> None:
    found = resolve(name, year=year)
    assert found.division is not None
    assert found.division.code == code
    assert not found.changed


@pytest.mark.parametrize(
    ("name", "level"), [("益阳市", "prefecture"), ("原平市", "county"), ("上海市", "province"), ("济源市", "county")]
)
def test_the_code_tells_what_kind_of_city_it_is(name: str, level: str) -> None:
    found = resolve(name, year=2020).division
    assert found is not None
    assert found.level == level


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("朝阳", ["110105", "211300", "211321", "220104"]),
        ("朝阳区", ["110105", "220104"]),
        ("鼓楼区", ["320106", "320302", "350102", "410204"]),
        ("长沙", ["430100", "430121"]),
        ("吉林", ["220000", "220200"]),
        ("海南", ["150303", "460000", "632500"]),
        ("市中区", ["370103", "370402", "511002", "511102"]),
        ("伊宁", ["654002", "654021"]),
    ],
)
def test_names_several_divisions_share_stay_open_with_all_of_them(name: str, expected: list[str]) -> None:
    found = resolve(name, year=2020)
    assert codes(found) == expected
    assert found.division is None


@pytest.mark.parametrize(
    ("name", "parent", "code"),
    [
        ("朝阳区", "长春市", "220104"),
        ("朝阳区", "北京", "110105"),
        ("鼓楼区", "徐州市", "320302"),
        ("鼓楼区", "350000", "350102"),
        ("长沙", "长沙市", "430121"),
        ("市中区", "乐山市", "511102"),
    ],
)
def test_a_printed_parent_decides(name: str, parent: str, code: str) -> None:
    found = resolve(name, year=2020, parent=parent)
    assert found.division is not None
    assert found.division.code == code
    assert found.narrowed


def test_a_parent_that_leaves_several_leaves_them_open() -> None:
    found = resolve("鼓楼区", year=2020, parent="江苏省")
    assert codes(found) == ["320106", "320302"]
    assert found.division is None


def test_a_parent_that_fits_nobody_is_a_contradiction_and_decides_nothing() -> None:
    found = resolve("朝阳区", year=2020, parent="上海市")
    assert found.contradicted
    assert len(found.candidates) == 2
    assert found.division is None
    alone = resolve("原平市", year=2020, parent="上海市")
    assert alone.contradicted
    assert alone.division is None


def test_the_portal_decides_for_itself_and_what_lies_below() -> None:
    found = resolve("朝阳", year=2020, within="220100").division
    assert found is not None
    assert found.code == "220104"
    itself = resolve("益阳", year=2020, within="430900").division
    assert itself is not None
    assert itself.code == "430900"
    assert resolve("鼓楼区", year=2020, within="320100").division is not None


def test_a_bare_stem_is_a_candidate_even_where_only_one_division_has_it() -> None:
    found = resolve("益阳", year=2020)
    assert (found.how, codes(found), found.division) == ("short", ["430900"], None)


def test_one_character_and_unknown_names_are_nothing() -> None:
    for name in ("南", "单", "", "幸福市", "市", "高新区"):
        found = resolve(name, year=2020)
        assert (found.how, found.candidates, found.division) == ("none", (), None)


def test_in_the_year_of_a_change_the_old_name_is_as_good_as_the_new() -> None:
    for name, code in (("汤旺河区", "230712"), ("汤旺县", "230723"), ("襄樊市", None), ("襄阳市", None)):
        found = resolve(name, year=2019 if code else 2010)
        assert found.changed
        assert codes(found) == [code or "420600"]
    assert resolve("汤旺河区", year=2020).how == "none"
    assert not resolve("汤旺县", year=2020).changed


def test_a_new_code_for_the_same_name_comes_first_in_the_year_it_came() -> None:
    found = resolve("三元区", year=2021)
    assert codes(found) == ["350404", "350403"]
    assert found.changed
    assert found.division is not None
    assert found.division.code == "350404"


def test_two_divisions_of_one_name_in_one_year_stay_open_where_neither_became_the_other() -> None:
    found = resolve("巢湖市", year=2011)  # the prefecture ended, a county-level city of its name began
    assert codes(found) == ["340181", "341400"]
    assert found.division is None


def test_a_name_that_came_in_the_year_the_report_was_written_is_known_as_such() -> None:
    found = resolve("新星市", year=2020)
    assert (found.how, codes(found)) == ("next_year", ["659011"])
    assert found.division is not None
    assert resolve("新星市", year=2019).how == "none"


@pytest.mark.parametrize(
    ("name", "year", "parents", "last", "code"),
    [
        ("莆田市统计局", 2014, (), "莆田市", "350300"),
        ("攀枝花市米易县人民政府", 2021, ("攀枝花市",), "米易县", "510421"),
        ("四川攀枝花市米易县人民政府", 2021, ("四川", "攀枝花市"), "米易县", "510421"),
        ("吉林长春市朝阳区教育局", 2021, ("吉林", "长春市"), "朝阳区", "220104"),
        ("吉林市人民政府", 2021, (), "吉林市", "220200"),
        ("凉山州西昌市人民政府", 2021, ("凉山州",), "西昌市", "513401"),
        (
            "新疆维吾尔自治区伊犁哈萨克自治州塔城地区乌苏市",
            2021,
            ("新疆维吾尔自治区", "伊犁哈萨克自治州", "塔城地区"),
            "乌苏市",
            "654202",
        ),
        ("益阳市南县人民政府", 2021, ("益阳市",), "南县", "430921"),
        ("南县财政局", 2021, (), "南县", "430921"),
        ("中山市东区街道办事处", 2021, (), "中山市", "442000"),
        ("东方市市场监督管理局", 2021, (), "东方市", "469007"),
        ("晋城市城区人民政府", 2021, ("晋城市",), "城区", "140502"),
        ("滨海新区人民政府", 2021, (), "滨海新区", "120116"),
        ("长春市政府办公室", 2021, (), "长春市", "220100"),
    ],
)
def test_the_longest_chain_of_divisions_at_the_beginning(
    name: str, year: int, parents: tuple[str, ...], last: str, code: str
) -> None:
    found = find_in(name, year=year)
    assert found is not None
    assert found.parents == parents
    assert name[found.start : found.end] == last
    assert found.region_code == code
    assert not found.zone


@pytest.mark.parametrize(
    ("chain", "text", "within", "expected"),
    [
        (("四川省", "攀枝花市", "米易县"), "", None, ["510421"]),
        (("朝阳区",), "", None, ["110105", "220104"]),
        (("朝阳区",), "由长春市人民政府考核", None, ["220104"]),
        (("朝阳区",), "长春市和北京市", None, ["110105", "220104"]),
        (("朝阳区",), "", "220000", ["220104"]),
        (("江苏省", "鼓楼区"), "", None, ["320106", "320302"]),
        (("江苏省", "鼓楼区"), "福州市徐州市", None, ["320302"]),
    ],
)
def test_a_chain_the_text_and_the_portal_decide_together(
    chain: tuple[str, ...], text: str, within: str | None, expected: list[str]
) -> None:
    found = resolve_chain(chain, year=2020, text=text, within=within)
    assert codes(found) == expected
    assert (found.division is not None) == (len(expected) == 1)


@pytest.mark.parametrize(
    "chain", [("安徽省", "青禾市"), ("青禾市", "米易县"), ("上海市", "米易县"), ("淮南市", "青禾庵区")]
)
def test_a_chain_that_does_not_hold_names_no_division(chain: tuple[str, ...]) -> None:
    assert resolve_chain(chain, year=2020).division is None


@pytest.mark.parametrize("name", ["市统计局", "本机关", "单位名称", "国家统计局", "县人民政府", ""])
def test_what_begins_with_no_division_has_none(name: str) -> None:
    assert find_in(name, year=2020) is None


def test_a_name_that_begins_with_a_shared_division_stays_open() -> None:
    found = find_in("朝阳区教育局", year=2020)
    assert found is not None
    assert codes(found.resolution) == ["110105", "220104"]
    assert found.region_code is None
    decided = find_in("朝阳区教育局", year=2020, within="110000")
    assert decided is not None
    assert decided.region_code == "110105"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("合肥市高新技术产业开发区管理委员会", "340100"),
        ("长沙县经济技术开发区管委会", "430121"),
        ("合肥市高新区财政局", "340100"),
    ],
)
def test_a_zone_has_no_code_of_its_own_but_a_parent(name: str, code: str) -> None:
    found = find_in(name, year=2020)
    assert found is not None
    assert found.zone
    assert found.region_code is None
    assert found.resolution.division is not None
    assert found.resolution.division.code == code


def test_a_rank_that_begins_another_word_is_no_rank() -> None:
    found = find_in("南京市场监督管理局", year=2020)
    assert found is not None
    assert (found.resolution.name, found.resolution.how, found.region_code) == ("南京", "short", None)


def test_a_body_of_a_division_that_has_ended_does_not_become_one_of_its_parent() -> None:
    name = "伊春市新青区人民政府"
    before, after = find_in(name, year=2018), find_in(name, year=2021)
    assert before is not None
    assert before.region_code == "230707"
    assert after is not None
    assert after.resolution.contradicted
    assert after.region_code is None


@pytest.mark.parametrize(
    ("name", "short", "common"),
    [
        ("玉屏侗族自治县", "玉屏", "玉屏县"),
        ("积石山保安族东乡族撒拉族自治县", "积石山", "积石山县"),
        ("东乡族自治县", "东乡", "东乡县"),
        ("伊犁哈萨克自治州", "伊犁", "伊犁州"),
        ("内蒙古自治区", "内蒙古", None),
        ("新疆维吾尔自治区", "新疆", None),
        ("隆林各族自治县", "隆林", "隆林县"),
        ("鄂伦春自治旗", "鄂伦春", "鄂伦春旗"),
        ("神农架林区", "神农架", None),
        ("长沙县", "长沙", None),
        ("南县", None, None),
        ("郊区", None, None),
        ("市中区", "市中", None),
    ],
)
def test_forms_of_a_name(name: str, short: str | None, common: str | None) -> None:
    assert stem(name) == short
    assert common_name(name) == common
