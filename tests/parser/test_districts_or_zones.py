"""Names that a district and a development zone may have (新区, 港区, 特区): the text tells which, or the zone stays."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.identity.names import kind_of, read_body

TITLE = "{}2021年政府信息公开工作年度报告"


def issuer(title: str, *texts: str) -> tuple[str | None, str | None]:
    blocks = tuple(Paragraph(text) for text in (TITLE.format(title), *texts))
    found = identify(Document("text/html", "utf-8", blocks), Context(), evidence_of_tables=True).issuer
    return (None, None) if found is None else (found.name, found.kind)


@pytest.mark.parametrize("name", ["云岭新区", "青石港区", "北亭特区"])
def test_a_name_of_either_is_the_district_where_its_government_is_spoken_of(name: str) -> None:
    said = f"本报告由{name}人民政府办公室编制。"
    assert issuer(name, said) == (f"{name}人民政府", "government")
    assert issuer(f"青禾市{name}", said) == (f"{name}人民政府", "government")
    assert issuer(name, "本报告由党政办公室编制。")[1] == "development_zone"
    assert issuer(name, said, f"{name}管理委员会")[1] == "development_zone"


def test_with_a_people_s_government_in_its_name_it_is_no_zone() -> None:
    for printed in ("云岭新区人民政府", "青禾市云岭新区人民政府", "北亭特区人民政府"):
        body = read_body(printed)
        assert body is not None
        assert (kind_of(body), body.region) == ("government", printed.removeprefix("青禾市").removesuffix("人民政府"))
    zone = read_body("青禾市高新区管委会")
    assert zone is not None
    assert kind_of(zone) == "development_zone"
