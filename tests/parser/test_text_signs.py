"""Texts whose line ends and blanks are written in other signs."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.readers.text_signs import in_usual_signs

TITLE = "云岭县水利局2022年政府信息公开工作年度报告"
FIGURES = (2, 0, 1, 0, 0, 0, 3)


def report() -> str:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = ["\t".join((row.labels[0], *map(str, FIGURES))) for row in table.rows]
    return "\n".join([TITLE, "一、总体情况", "三、收到和处理政府信息公开申请情况", *rows, "五、存在的主要问题"])


@pytest.mark.parametrize(
    "written",
    [
        report().replace("\n", "\\n").replace("\t", "\\t"),
        report().replace("\n", "<br>"),
        report().replace("\n", "<br/>\n"),
        report().replace("\n", "\u2028"),
        report().replace("\n", "\x0b"),
        "> " + report().replace("\n", "\n> "),
        report().replace("\n", "\n&ensp;&ensp;").replace("\t", "\t&nbsp;"),
    ],
)
def test_a_report_in_other_signs_is_read_and_its_places_are_those_of_the_file(written: str) -> None:
    found = parse([Source(written.encode())])
    assert found.identity.title == TITLE
    row = [cell for cell in found.cells if cell.row == "new_received"]
    assert [cell.value for cell in row] == list(FIGURES)
    for cell in row:
        start, end = cell.evidence["start"], cell.evidence["end"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert written[start:end].strip() == str(cell.value)


@pytest.mark.parametrize("text", [report(), report().replace("1\t", "1<br>2\t"), "C:\\new\\n", "a > b"])
def test_a_text_with_line_ends_of_its_own_keeps_them(text: str) -> None:
    assert in_usual_signs(text) == (text, ())
