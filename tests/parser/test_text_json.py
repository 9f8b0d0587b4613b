"""Texts that stand in strings of JSON, as harvesters and extractors keep them."""

from __future__ import annotations

import json

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.readers.text_json import out_of_strings

TITLE = "云岭县水利局2022年政府信息公开工作年度报告"
FIGURES = (2, "", 1, 0, "", 0, 3)


def report() -> str:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = ["".join(f"| {one} " for one in (row.labels[0], *FIGURES)) + "| " for row in table.rows]
    prose = "本报告根据《中华人民共和国政府信息公开条例》的要求编制。" * 10
    return "\n".join([prose, "一、总体情况", "三、收到和处理政府信息公开申请情况", *rows, "五、存在的主要问题"])


BARE = " ".join(report().replace("|", " ").split())
DUMPED = {
    "id": 17,
    "title": TITLE,
    "author": None,
    "tags": ["公开", "年报"],
    "content": report(),
    "url": "http://a.cn/1",
}


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(DUMPED, ensure_ascii=False),
        json.dumps(DUMPED),
        json.dumps([DUMPED], ensure_ascii=False, indent=2),
        json.dumps({"标题": TITLE, "正文": report()}, ensure_ascii=False),
        json.dumps({"title": TITLE, "raw_text": BARE, "text": report()}, ensure_ascii=False),
        "callback(" + json.dumps(DUMPED, ensure_ascii=False) + ");",
        repr(DUMPED),
    ],
)
def test_a_report_in_strings_is_read_and_its_places_are_those_of_the_file(written: str) -> None:
    found = parse([Source(written.encode())])
    assert found.identity.title == TITLE
    assert found.identity.issuer is not None
    assert found.identity.issuer.name == "云岭县水利局"
    row = [cell for cell in found.cells if cell.row == "new_received"]
    assert [cell.value for cell in row] == [one if isinstance(one, int) else None for one in FIGURES]
    assert {cell.state.value for cell in row if cell.value is None} == {"blank"}
    for cell in row:
        start, end = cell.evidence["start"], cell.evidence["end"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert written[start:end].strip() == (cell.raw or "")


def test_a_text_that_another_string_gives_with_its_lines_is_left_out() -> None:
    shown = out_of_strings(json.dumps({"raw_text": BARE, "text": report()}, ensure_ascii=False)).text
    assert shown.strip() == report().strip()


@pytest.mark.parametrize(
    "text", ["{}", "[1] 参考", '{"count": 5}', '[{"label": "在线公开", "value": "5"}]', "（一）公开(见附件)", report()]
)
def test_a_text_that_is_no_json_or_holds_no_text_is_left_as_it_is(text: str) -> None:
    assert out_of_strings(text) == (text, ())


def test_escapes_are_what_they_stand_for() -> None:
    written = json.dumps({"text": '甲"乙\\丙\t😀' + "文" * 200})
    assert out_of_strings(written).text.strip() == '甲"乙\\丙\t😀' + "文" * 200
