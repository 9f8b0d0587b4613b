from __future__ import annotations

from collections import Counter

import pytest

from gicrawl.corpus.issuers import Body, body_of, body_of_portal, whereabouts
from gicrawl.corpus.issuers_lineage import lineage_of, lineages, region_changes
from gicrawl.portals.registry import Portal
from gicrawl.regions.table import divisions


def _body(name: str | None, code: str | None, year: int | None, level: str = "county", at: str = "h") -> Body:
    return body_of(name=name, printed=name, region_code=code, level=level, year=year, found_at=at)


def test_a_body_keeps_its_id_through_the_renaming_of_its_division() -> None:
    before = _body("襄樊市人民政府", "420600", 2008, "prefecture")
    after = _body("襄阳市人民政府", "420600", 2013, "prefecture")
    assert before.id == after.id == "420600-government"
    assert before.government
    assert _body("襄樊市统计局", "420600", 2008).id == _body("湖北省襄阳市统计局", "420600", 2013).id
    assert _body("国家税务总局襄樊市税务局", "420600", 2009).id == _body("国家税务总局襄阳市税务局", "420600", 2019).id


def test_a_body_keeps_its_id_through_an_upgrade_and_a_new_code() -> None:
    county_level = _body("儋州市人民政府", "469003", 2012)
    prefecture = _body("儋州市人民政府", "460400", 2018, "prefecture")
    assert county_level.id == prefecture.id
    assert lineage_of("460400", 2018) == lineage_of("469003", 2012)


def test_mergers_and_splits_make_new_bodies() -> None:
    old, other, new = (_body(f"{name}人民政府", code, year) for name, code, year in _MERGED)
    assert len({old.id, other.id, new.id}) == 3
    kinds = {(change.before.name, change.after.name): change.kind for change in region_changes() if change.year == 2019}
    assert kinds["汤旺河区", "汤旺县"] == kinds["乌伊岭区", "汤旺县"] == "merged"
    split = [change for change in region_changes() if change.before.name == "邢台县"]
    assert [(change.kind, change.after.name) for change in split] == [("split", "襄都区"), ("split", "信都区")]


_MERGED = (("汤旺河区", "230712", 2017), ("乌伊岭区", "230714", 2017), ("汤旺县", "230723", 2020))


def test_bodies_of_one_place_differ_and_bodies_of_one_name_do() -> None:
    ids = [
        _body("原平市人民政府", "140981", 2020).id,
        _body("原平市人民政府办公室", "140981", 2020).id,
        _body("原平市统计局", "140981", 2020).id,
        _body("田家庵区统计局", "340403", 2020).id,
        _body("沭阳县沂涛镇人民政府", None, 2020, "township").id,
        _body("沭阳县人民政府", "321322", 2020).id,
    ]
    assert len(set(ids)) == len(ids)
    assert _body("原平市统计局（普查中心）", "140981", 2020).id == _body("原平市统计局(普查 中心)", "140981", 2020).id


def test_townships_and_zones_lie_in_a_division_whose_renaming_they_survive() -> None:
    assert (
        _body("襄樊市高新技术产业开发区管理委员会", None, 2009).id
        == _body("襄阳市高新技术产业开发区管理委员会", None, 2020).id
    )
    township = _body("沭阳县沂涛镇人民政府", None, 2020, "township")
    assert township.settled
    assert not township.government
    assert township.lineage == lineage_of("321322", 2020)


def test_what_is_not_settled_is_never_merged() -> None:
    here, there = (_body("朝阳区人民政府", None, 2020, at=host) for host in ("www.a.gov.cn", "www.b.gov.cn"))
    settled = _body("朝阳区人民政府", "110105", 2020)
    assert len({here.id, there.id, settled.id}) == 3
    assert (here.settled, settled.settled) == (False, True)
    assert here.id == _body("朝阳区人民政府", None, 2021, at="www.a.gov.cn").id
    assert _body(None, None, 2020, at="a").id != _body(None, None, 2020, at="b").id
    assert not _body("原平市人民政府", "140981", None).settled  # a code says nothing without its year


def test_national_bodies_need_no_division() -> None:
    assert _body("教育部", None, 2020, "national", "a") == _body("教育部", None, 2012, "national", "b")


def test_files_without_a_host_are_told_apart_by_their_report() -> None:
    assert whereabouts("http://www.a.gov.cn:80/x", "1") == whereabouts("https://WWW.a.gov.cn/y", "2") == "www.a.gov.cn"
    assert whereabouts("file:///reports/a.pdf", "1") == "1"


def test_the_registry_names_the_same_bodies() -> None:
    def listed(body: str, code: str | None, level: str = "county") -> str:
        portal = Portal(id="p", body=body, level=level, home="http://www.p.gov.cn/", region_code=code)
        return body_of_portal(portal, 2025).id

    assert listed("原平市人民政府", "140981") == listed("原平市人民政府", None) == "140981-government"
    assert listed("江苏省人民政府", "32", "province") == "320000-government"
    assert listed("汤旺河区人民政府", "230712") == _body("汤旺河区人民政府", "230712", 2017).id  # a code of the past
    assert listed("沂涛镇人民政府", "321322105", "township") == _body("沭阳县沂涛镇人民政府", None, 2020, "township").id
    assert listed("朝阳区人民政府", None) == _body("朝阳区人民政府", None, 2020, at="www.p.gov.cn").id


@pytest.mark.parametrize("year", range(2008, 2027))
def test_every_division_belongs_to_one_lineage(year: int) -> None:
    for division in divisions(year):
        lineage = lineage_of(division.code, year)
        assert lineage is not None
        assert division in lineage.divisions
        assert lineage.code(year) == division.code


def test_lineages_neither_overlap_nor_share_a_row() -> None:
    rows = Counter(division for lineage in lineages().values() for division in lineage.divisions)
    assert set(rows.values()) == {1}
    for lineage in lineages().values():
        for before, after in zip(lineage.divisions, lineage.divisions[1:], strict=False):
            assert before.last_year is not None
            assert after.first_year >= before.last_year


def test_changes_of_one_lineage_are_renamings_and_upgrades() -> None:
    for change in region_changes():
        assert (change.predecessor == change.successor) == (change.kind in {"renamed", "upgraded"})
    kinds = {change.before.name: change.kind for change in region_changes()}
    assert (kinds["襄樊市"], kinds["达县"], kinds["崇文区"]) == ("renamed", "upgraded", "merged")
