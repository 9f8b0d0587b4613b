"""Titles broken over lines, at every place: the whole name or none, never the end of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.identity.names import read_body

if TYPE_CHECKING:
    from gicrawl.parser.report import Identity

PERIOD = "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。"
TITLES = [
    ("安徽省人民政府办公厅2022年政府信息公开工作年度报告", "安徽省人民政府办公厅"),
    ("国家税务总局亳州市税务局2022年政府信息公开工作年度报告", "国家税务总局亳州市税务局"),
    ("诸暨市人力资源和社会保障局2022年政府信息公开工作年度报告", "诸暨市人力资源和社会保障局"),
    ("诸暨经济开发区管理委员会2022年政府信息公开工作年度报告", "诸暨经济开发区管理委员会"),
    ("中共诸暨市委机构编制委员会办公室2022年政府信息公开工作年度报告", "中共诸暨市委机构编制委员会办公室"),
    ("2022年诸暨市店口镇人民政府政府信息公开工作年度报告", "诸暨市店口镇人民政府"),
    ("诸暨市行政审批服务局关于2022年政府信息公开工作的年度报告", "诸暨市行政审批服务局"),
]


def read(*texts: str, heading: bool = False) -> Identity:
    blocks = (*(Paragraph(text, heading=heading) for text in texts), Paragraph(PERIOD))
    return identify(Document("text/html", "utf-8", blocks), Context(), evidence_of_tables=True)


@pytest.mark.parametrize("heading", [False, True])
@pytest.mark.parametrize(("title", "name"), TITLES)
def test_a_title_broken_anywhere_names_the_whole_body(title: str, name: str, heading: bool) -> None:  # noqa: FBT001
    for at in range(1, len(title) - 1):
        for lines in ((title[:at], title[at:]), (title[:at], title[at : at + 5], title[at + 5 :])):
            found = read(*(line for line in lines if line), heading=heading)
            assert found.issuer is not None, lines
            assert (found.issuer.name, found.year) == (name, 2022), lines


@pytest.mark.parametrize(
    "above",
    ["政务公开", "政策文件", "附件", "县级部门", "诸暨市人民政府", "枞阳县", "亳州市教育局", "领导之窗", "诸暨市"],
)
def test_what_stands_above_a_whole_title_is_no_part_of_it(above: str) -> None:
    for name in ("诸暨市公安局", "镇江市自然资源和规划局", "杭州经济技术开发区管理委员会"):
        for wording in ("{}2022年政府信息公开工作年度报告", "{}关于2022年政府信息公开工作的年度报告"):
            found = read(above, wording.format(name))
            assert found.issuer is not None
            assert found.issuer.name == name


def test_the_end_of_a_name_whose_beginning_cannot_be_read_names_nobody() -> None:
    assert read("某某新建综合", "保税区管理委员会2022年政府信息公开工作年度报告").issuer is None
    assert read("石门人力资源和社", "会保障局2022年政府信息公开工作年度报告").issuer is None


@pytest.mark.parametrize("name", ["人民政府办公厅", "政府办公厅", "总局榆林市税务局", "理委员会", "管理委员会"])
def test_what_no_name_begins_with_is_no_body(name: str) -> None:
    assert read_body(name) is None


def test_a_title_behind_a_page_of_contents_is_found() -> None:
    contents = ("目　录", "一、总体情况............2", "二、主动公开政府信息情况............3")
    for lines in (contents, ("目录", "一、总体情况", "二、主动公开政府信息情况")):
        found = read(*lines, "诸暨市公安局2022年政府信息公开工作年度报告", "一、总体情况", "认真贯彻落实条例。")
        assert found.title == "诸暨市公安局2022年政府信息公开工作年度报告"
