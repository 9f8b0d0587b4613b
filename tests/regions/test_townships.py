"""Townships, zones and colliding names: sound in themselves, and some that everybody can look up."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from gicrawl.regions.collisions import colliding_names, colliding_stems
from gicrawl.regions.table import division, divisions
from gicrawl.regions.townships import LIST_YEAR, township, townships_of, townships_with_name, zones


def test_a_township_is_found_by_either_of_its_codes() -> None:
    one = township("110101001")
    assert one is not None
    assert (one.name, one.county, one.kind, one.last_year) == ("东华门街道", "110101", "subdistrict", None)
    assert township("110101001000") == one
    differing = [one for one in townships_of("130102") if one.statistics_code not in {None, one.code}]
    for other in differing:
        assert other.statistics_code is not None
        found = township(other.statistics_code)
        assert found is not None
    assert township("999999001") is None
    assert township("110101999") is None


def test_every_county_of_today_has_townships_below_it_and_no_code_stands_twice() -> None:
    counties = [one.code for one in divisions(LIST_YEAR, level="county")]
    with_some = [code for code in counties if townships_of(code)]
    assert len(with_some) > 0.97 * len(counties)
    total = 0
    for code in with_some:
        standing = [one.code for one in townships_of(code) if one.last_year is None and one.kind != "unit"]
        assert all(one.startswith(code) and len(one) == 9 for one in standing)
        assert max(Counter(standing).values(), default=1) == 1, code
        total += len(standing)
    assert 38_000 < total < 39_500


def test_names_of_townships_are_many_and_narrowed_by_where_they_lie() -> None:
    everywhere = townships_with_name("城关镇")
    assert len(everywhere) > 50
    within = townships_with_name("城关镇", within="62")
    assert 0 < len(within) < len(everywhere)
    assert all(one.code.startswith("62") for one in within)
    assert townships_with_name("没有这个乡") == ()


def test_zones_are_no_townships() -> None:
    found = zones("1101")
    assert "北京经济技术开发区" in {one.name for one in found}
    assert {one.kind for one in found} == {"unit"}
    assert len(zones()) > 800


def test_stems_and_names_that_collide_are_told_for_a_year() -> None:
    stems = colliding_stems(2024)
    assert {one.name for one in stems["朝阳"]} == {"朝阳市", "朝阳区", "朝阳县"}
    assert {one.code for one in stems["长沙"]} == {"430100", "430121"}
    names = colliding_names(2024)
    assert [one.code for one in names["朝阳区"]] == ["110105", "220104"]
    assert "北京市" not in names
    for those in names.values():
        assert all(division(one.code, 2024) == one for one in those)


def test_the_parser_reads_the_townships_for_no_title_in_one_line() -> None:
    code = (
        "import gicrawl.regions.resolve as r, gicrawl.regions.townships as t\n"
        "from gicrawl.parser import parse\n"
        "from gicrawl.parser.document import Source\n"
        "r.find_in('莲花乡人民政府', year=2024)\n"
        "text = '昆山市周市镇人民政府2023年政府信息公开工作年度报告\\n"
        "根据《中华人民共和国政府信息公开条例》编制本报告。\\n"
        "一、总体情况\\n主动公开政府信息203条。\\n五、存在的主要问题及改进情况\\n公开的意识有待提高。\\n'\n"
        "report = parse([Source(text.encode(), 'report.txt')])\n"
        "print(report.identity.issuer is not None, t._counties.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "0"]
