"""Two lists with running numbers side by side in lines that only blanks part."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers.text import read
from gicrawl.parser.report import State

ROWS = next(form for form in load_forms() if form.id == "fujian2012").table("statistics").rows
TITLE = "青禾市2015年政府信息公开工作年度报告\n一、概述\n年内主动公开政府信息，收到公开申请，均已答复，数据见附表。\n"
HEAD = "序号 指标名称 单位 2015年度 历年累计"
HALF = (len(ROWS) + 1) // 2


def printed(figures: list[str], *, anew: bool = False, head: str = HEAD, gap: str = " ") -> str:
    """The rows of the form, half of them to the right of the others, with figures as given by turns."""
    rows = [f"{{}} {row.labels[0]} {row.unit} {figures[at % len(figures)]}" for at, row in enumerate(ROWS)]
    lines = [f"{head} {head}"]
    for at in range(HALF):
        lines.append(rows[at].format(at + 1))
        if HALF + at < len(rows):
            lines[-1] += " " + rows[HALF + at].format(at + 1 if anew else HALF + at + 1)
    return TITLE + "\n".join(lines).replace(" ", gap) + "\n单位负责人：张伟 审核人：李娜\n"


def found(text: str) -> dict[str, list[float | None]]:
    out: dict[str, list[float | None]] = {}
    for cell in parse([Source(text.encode())]).cells:
        if cell.state in {State.NUMBER, State.BLANK}:
            out.setdefault(cell.row, []).append(cell.value)
            assert cell.raw == text[cell.evidence["start"] : cell.evidence["end"]]
    return out


@pytest.mark.parametrize("anew", [True, False])
@pytest.mark.parametrize("gap", [" ", "   "])
@pytest.mark.parametrize("figures", [["12 17"], ["0 0", "1 2"], ["10 11", "11 11", "9 20"], ["853 1901", "2 17"]])
def test_rows_of_both_lists_keep_their_figures(figures: list[str], gap: str, anew: bool) -> None:  # noqa: FBT001
    expected = {row.key: list(map(int, figures[at % len(figures)].split())) for at, row in enumerate(ROWS)}
    assert found(printed(figures, anew=anew, gap=gap)) == expected


@pytest.mark.parametrize("anew", [True, False])
def test_the_number_of_the_right_row_fills_no_cell_of_the_left_one(anew: bool) -> None:  # noqa: FBT001
    cells = found(printed(["7", "3 8", "11"], anew=anew))
    whole = {row.key for at, row in enumerate(ROWS) if at % 3 == 1}
    assert set(cells) <= whole
    assert all(values == [3, 8] for values in cells.values())


@pytest.mark.parametrize(
    "text",
    [
        printed(["3 8"]).replace("\n5 ", "\n50 "),
        printed(["3 8"], head="指标名称 单位 2015年度 历年累计"),
        "\n".join(f"{n} 其中：项目 件 {n + 9} {n + 9} {n + 9} 其中：项目 件 3" for n in range(1, 9)),
    ],
)
def test_lines_stay_as_they_are_where_nothing_tells_two_lists(text: str) -> None:
    document = read(text.encode(), Context())
    places = [block.evidence["start"] for block in document.blocks if hasattr(block, "evidence") and block.evidence]
    assert places == sorted(places)
