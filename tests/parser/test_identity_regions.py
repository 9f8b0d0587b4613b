"""The region code of an issuer: certain, or open with its candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify

if TYPE_CHECKING:
    from gicrawl.parser.report import Identity


def read(title: str, *texts: str, labels: tuple[tuple[str, str], ...] = ()) -> Identity:
    blocks = tuple(Paragraph(text) for text in (title, *texts))
    return identify(Document("text/html", "utf-8", blocks, None, labels), Context(), evidence_of_tables=True)


def code(identity: Identity) -> str | None:
    assert identity.issuer is not None
    return identity.issuer.region_code


def test_a_name_that_is_one_division_has_its_code_and_level() -> None:
    identity = read("长沙市人民政府2022年政府信息公开工作年度报告")
    assert code(identity) == "430100"
    assert identity.issuer is not None
    assert identity.issuer.level == "prefecture"
    assert code(read("长沙县人民政府2022年政府信息公开工作年度报告")) == "430121"


def test_a_department_has_the_code_of_its_region() -> None:
    assert code(read("长沙县水利局2022年政府信息公开工作年度报告")) == "430121"


def test_a_name_that_several_divisions_share_stays_open_with_all_of_them() -> None:
    identity = read("鼓楼区人民政府2022年政府信息公开工作年度报告")
    assert code(identity) is None
    (problem,) = [problem for problem in identity.problems if problem.code == "region_ambiguous"]
    assert dict(problem.fields)["candidates"].count("鼓楼区") == 4


def test_the_division_printed_above_it_decides() -> None:
    assert code(read("徐州市鼓楼区人民政府2022年政府信息公开工作年度报告")) == "320302"


def test_the_code_of_the_site_decides() -> None:
    title = "鼓楼区人民政府2022年政府信息公开工作年度报告"
    assert code(read(title, labels=(("siteidcode", "3501020001"),))) == "350102"


def test_the_superior_named_in_the_text_decides_where_it_is_one() -> None:
    title = "鼓楼区人民政府2022年政府信息公开工作年度报告"
    assert code(read(title, "按照南京市政务公开工作部署，我区认真落实。")) == "320106"
    assert code(read(title, "我区赴南京市和徐州市学习。")) is None


def test_the_code_is_that_of_the_year() -> None:
    assert code(read("伊美区人民政府2022年政府信息公开工作年度报告")) == "230717"
    assert code(read("伊美区人民政府2012年政府信息公开工作年度报告")) is None


def test_zones_and_townships_have_no_code() -> None:
    assert code(read("长沙经济技术开发区管理委员会2022年政府信息公开工作年度报告")) is None
    assert code(read("长沙县黄花镇人民政府2022年政府信息公开工作年度报告")) is None
