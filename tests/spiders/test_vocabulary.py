from __future__ import annotations

import pytest

from spiders.vocabulary import (
    MEDIUM,
    SLUG,
    STRONG,
    TitleSays,
    names_bodies,
    names_column,
    names_platform,
    names_year,
    slug_names,
    title_says,
    year_of,
)

REPORTS = [
    ("云坪县人民政府2019年政府信息公开工作年度报告", 2019),
    ("云坪县 2021 年度 政府信息公开年报", 2021),
    ("雲坪縣2021年政府信息公開工作年度報告", 2021),
    ("二〇一八年云坪县政府信息公开工作年度报告", 2018),
    ("云坪县政府信息公开工作年度报告（2020年）", 2020),
    ("政府信息公开２０１７年度报告", 2017),
    ("云坪县关于2012年政府信息公开工作情况的报告", 2012),
    ("云坪县环境保护局2015年政府信息公开年度报告", 2015),
    ("云坪县中小企业局2016年信息公开年报", 2016),
    ("云坪县人大常委会办公室2019年政府信息公开年报", 2019),
]
DOUBTFUL = [
    "一图读懂：云坪县2020年政府信息公开工作年度报告",
    "云坪县2020年政府信息公开年报图解",
    "关于印发云坪县2020年政府信息公开工作年度报告的通知",
    "云坪县教育局2020年政府信息公…",
    "云坪县2020年...",
    "云坪县人力资源和社会保障局…",
    "云坪县政府信息公开工作年度报告",
    "2020年度报告",
    "2019年",
    "云坪县2018年政务公开工作总结",
]
OTHERS = [
    "关于做好2020年政府信息公开工作年度报告编制工作的通知",
    "2020年政府信息公开工作年度报告格式",
    "云坪县2020年政府网站工作年度报表",
    "云坪县财政局2020年财务年报",
    "云坪县2020年法治政府建设年度报告",
    "关于报送2020年度企业年报的公告",
    "云坪县召开2020年经济工作会议",
    "云坪县召开2020年经济工作会议暨党风…",
    "全县政府信息公开年报编制培训会召开",
    "2021年政务公开工作要点",
    "县领导调研春耕",
    "",
]


@pytest.mark.parametrize(("printed", "year"), REPORTS)
def test_titles_of_reports(printed: str, year: int) -> None:
    assert title_says(printed) is TitleSays.REPORT
    assert year_of(printed) == year


@pytest.mark.parametrize("printed", DOUBTFUL)
def test_titles_in_doubt_are_left_to_the_parser(printed: str) -> None:
    assert title_says(printed) is TitleSays.DOUBT


@pytest.mark.parametrize("printed", OTHERS)
def test_titles_of_something_else(printed: str) -> None:
    assert title_says(printed) is TitleSays.OTHER


def test_names_of_columns_and_of_pages_on_the_way() -> None:
    assert names_column("【政府信息公开年报】") == STRONG
    assert names_column("信息公开年度报告 >>") == STRONG
    assert names_column("年度报告") == MEDIUM
    assert names_column("政府网站工作年度报表") == 0
    assert names_column("企业年报") == 0
    assert names_platform("政府信息公开") > names_platform("政务公开") > names_platform("网站地图") > 0
    assert names_platform("2022年政府信息公开工作要点") == 0


def test_slugs_are_read_from_the_last_telling_segment() -> None:
    assert slug_names("http://a.gov.cn/zfxxgk/zfxxgknb/index.html") == SLUG
    assert slug_names("http://a.gov.cn/zfxxgk/gknb2019/") == SLUG
    assert slug_names("http://a.gov.cn/zfxxgk/zfxxgknb/202001/") == 0
    assert 0 < slug_names("http://a.gov.cn/zfxxgk/") < SLUG


def test_parts_of_a_column() -> None:
    assert names_year("2019年")
    assert names_year("2018年以前")
    assert not names_year("2019年预算")
    assert names_bodies("县直部门")
    assert not names_bodies("部门动态")


def test_a_year_is_read_only_where_there_is_one() -> None:
    assert year_of("关于公布2019年和2020年政府信息公开年报的通知") is None
    assert year_of("政府信息公开年报") is None
