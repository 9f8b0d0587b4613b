"""Texts that an editor or a program printed with the number of each line before it."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.readers.text_numbered import unnumbered

TITLE = "松河县水利局2022年政府信息公开工作年度报告"
FIGURES = (12, 0, 3, 1, 0, 4, 20)


def report(separator: str) -> list[str]:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = [separator.join((row.labels[0], *map(str, FIGURES))) for row in table.rows]
    lines = [TITLE, "", "一、总体情况", "三、收到和处理政府信息公开申请情况", *rows, "五、存在的主要问题"]
    return "\n".join(lines).split("\n")


def numbered(lines: list[str], form: str) -> str:
    return "".join(form.format(number, line) + "\n" for number, line in enumerate(lines, 1))


@pytest.mark.parametrize("separator", ["\t", "\n", "|\n"])
@pytest.mark.parametrize(
    "form", ["{:6}\t{}", "{}:{}", "{:4} | {}", "{:4} │ {}", "{}  {}", "{:04} {}", "{}. {}", "[{}] {}"]
)
def test_numbers_of_lines_are_no_figures_and_places_are_those_of_the_file(form: str, separator: str) -> None:
    written = numbered(report(separator), form)
    found = parse([Source(written.encode())])
    assert found.identity.title == TITLE
    rows = {cell.row for cell in found.cells if cell.table == "applications"}
    assert rows
    for key in rows:
        row = [cell for cell in found.cells if cell.row == key]
        assert [cell.value for cell in row] == list(FIGURES)
        for cell in row:
            start, end = cell.evidence["start"], cell.evidence["end"]
            assert isinstance(start, int)
            assert isinstance(end, int)
            assert written[start:end].strip() == str(cell.value)


def test_lines_left_out_and_the_rest_of_a_broken_one_do_not_hide_the_numbers() -> None:
    lines = report("\t")
    written = "\n".join(f"{number}:{line}" for number, line in enumerate(lines, 1) if line)
    broken = written.replace("总体情况", "总体\n情况")
    assert unnumbered(broken).text == "\n".join(filter(None, lines)).replace("总体情况", "总体\n情况")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{at}.规范性文件\t{at}" for at in range(1, 9)),
        "1.规范性文件\t0\n" * 20,
        "\n".join(map(str, range(40))),
        "1 总体情况\n" + "\n".join(f"{figure}\t0\t0" for figure in (3, 9, 2, 2, 40, 1, 0, 7, 7, 0, 1, 2)),
    ],
)
def test_ordinals_and_figures_at_the_beginning_of_lines_stay(text: str) -> None:
    assert unnumbered(text) == (text, ())
