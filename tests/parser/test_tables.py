"""Tables in every flattened shape: the same figures must come out of all of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from gicrawl.parser.align.tables import read_tables
from gicrawl.parser.document import Context
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers.text import read
from gicrawl.parser.report import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.parser.forms import Form
    from gicrawl.parser.report import Cell, Key

Row = list[str]


def form(name: str) -> Form:
    return next(form for form in load_forms() if form.id == name)


def figures(form: Form, seed: int) -> dict[Key, int]:
    """Any figures; rows of the applications table add up."""
    draw = random.Random(seed)
    out = {}
    for table in form.tables:
        for row in table.rows:
            values = [draw.choice([0, 0, 0, draw.randrange(1, 3000)]) for _ in table.columns]
            if table.columns[-1].key == "total":
                values[-1] = sum(values[:-1])
            out |= {
                (table.key, row.key, column.key): value for column, value in zip(table.columns, values, strict=True)
            }
    return out


def printed(form: Form, values: dict[Key, int | None]) -> list[list[Row]]:
    """The report as rows of fields, a list for each part."""
    tables = []
    for table in form.tables:
        head = [column.labels[0] for column in table.columns]

        def shown(row: str, table: str = table.key, columns: tuple = table.columns) -> Row:
            return [str(v) if (v := values[table, row, c.key]) is not None else "\xa0" for c in columns]

        if table.layout == "blocks":
            rows = [["行政复议", "行政诉讼"], [*head, "未经复议直接起诉", "复议后起诉"], [*head, *head]]
            rows.append([text for row in table.rows for text in shown(row.key)])
        else:
            rows = [[table.headers[0]], ["信息内容", *head]]
            rows += [[row.labels[0], *shown(row.key)] for row in table.rows]
        tables.append([[table.section], *rows])
    return tables


def tabs(tables: list[list[Row]]) -> str:
    return "\n\n".join("\n".join("\t".join(row) for row in rows) for rows in tables)


def pipes(tables: list[list[Row]]) -> str:
    return "\n\n".join("\n".join("| " + " | ".join(row) + " |" for row in rows) for rows in tables)


def blanks(tables: list[list[Row]]) -> str:
    return "\n\n".join("\n".join("  ".join(row) for row in rows) for rows in tables)


def one_a_line(tables: list[list[Row]]) -> str:
    return "\n".join(field for rows in tables for row in rows for field in row)


def one_a_line_behind_tabs(tables: list[list[Row]]) -> str:
    return "\n".join("".join(f"\t{field}\n" for field in row) for rows in tables for row in rows)


def piped_ends(tables: list[list[Row]]) -> str:
    return "\n".join(" |\n".join(row) + "\n||" for rows in tables for row in rows)


def everything_on_one_line(tables: list[list[Row]]) -> str:
    return " ".join(field for rows in tables for row in rows for field in row)


def wrapped_labels(tables: list[list[Row]]) -> str:
    """The second half of every long label below its numbers, as page layouts leave it."""
    lines = []
    for rows in tables:
        for label, *values in rows:
            if values and values[0].isdigit() and len(label) > 8:
                lines += [" ".join([label[:6], *values]), label[6:]]
            else:
                lines.append(" ".join([label, *values]))
    return "\n".join(lines)


SHAPES = [
    tabs,
    pipes,
    blanks,
    one_a_line,
    one_a_line_behind_tabs,
    piped_ends,
    everything_on_one_line,
    wrapped_labels,
]
EXPLICIT = [tabs, one_a_line_behind_tabs]


def cells_of(text: str) -> dict[Key, Cell]:
    return {cell.key: cell for cell in read_tables(read(text.encode(), Context()), load_forms()).cells}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["form2019", "form2021"])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_cell_is_read_from_every_shape(shape: Callable[[list[list[Row]]], str], name: str, seed: int) -> None:
    values = figures(form(name), seed)
    text = shape(printed(form(name), values))
    cells = cells_of(text)
    assert {key: cell.value for key, cell in cells.items()} == values
    places = [(cell.evidence["start"], cell.evidence["end"]) for cell in cells.values()]
    assert len(set(places)) == len(values)
    assert all(text[cell.evidence["start"] : cell.evidence["end"]] == cell.raw for cell in cells.values())


@pytest.mark.parametrize("shape", EXPLICIT, ids=lambda shape: shape.__name__)
def test_a_blank_is_blank_and_never_zero(shape: Callable[[list[list[Row]]], str]) -> None:
    values: dict[Key, int | None] = dict(figures(form("form2021"), 3))
    empty = random.Random(7).sample(sorted(values), 60)
    values |= dict.fromkeys(empty)
    cells = cells_of(shape(printed(form("form2021"), values)))
    assert {key for key, cell in cells.items() if cell.state is State.BLANK} == set(empty)
    assert all(cell.value == values[key] for key, cell in cells.items())


def test_values_whose_blanks_a_converter_dropped_stay_open_when_several_columns_fit() -> None:
    values: dict[Key, int | None] = dict(figures(form("form2021"), 1))
    row = "denied_internal_affairs"
    kept = {"natural_person": 4, "total": 4}
    columns = [column.key for column in form("form2021").table("applications").columns]
    values |= {("applications", row, column): kept.get(column) for column in columns}
    text = one_a_line(printed(form("form2021"), values)).replace("\xa0\n", "")
    cells = cells_of(text)
    open_cells = [cells["applications", row, column] for column in columns]
    assert all(cell.state is not State.NUMBER for cell in open_cells[:-1])
    assert {raw for cell in open_cells for raw, _ in cell.candidates} <= {"4"}
    others = {key: cell.value for key, cell in cells.items() if key[1] != row}
    assert others == {key: value for key, value in values.items() if key[1] != row}


def test_a_hybrid_takes_each_table_from_its_own_form() -> None:
    new, old = form("form2021"), form("form2019")
    values = figures(new, 2) | figures(old, 2)
    tables = [
        *(table for table, t in zip(printed(new, figures(new, 2)), new.tables, strict=True) if t.key != "applications"),
        printed(old, values)[[table.key for table in old.tables].index("applications")],
    ]
    out = read_tables(read(tabs(tables).encode(), Context()), load_forms())
    assert dict(out.forms) == {
        "art20_1": "form2021",
        "art20_5": "form2021",
        "art20_6": "form2021",
        "art20_8": "form2021",
        "applications": "form2019",
        "review_litigation": "form2021",
    }


def test_prose_that_names_every_row_gives_no_cell() -> None:
    text = (
        "全年办理行政许可106件、行政处罚1927件、行政强制146件，行政事业性收费3项，"
        "制定规范性文件 12 件，予以公开 5 件，总计 17 件。"
    )
    assert cells_of(text * 20) == {}


def test_two_labels_in_one_field_take_the_two_rows_of_numbers_below() -> None:
    values = figures(form("form2019"), 4)
    text = tabs(printed(form("form2019"), values))
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("（一）予以公开"))
    first, second = lines[at].split("\t"), lines[at + 1].split("\t")
    lines[at] = "\t".join([f"{first[0]} {second[0][:12]}", *first[1:]])
    lines[at + 1] = "\t".join(["", *second[1:]])
    assert {key: cell.value for key, cell in cells_of("\n".join(lines)).items()} == values


def test_a_row_the_form_does_not_have_shifts_no_other_and_is_named() -> None:
    values = figures(form("form2021"), 5)
    text = tabs(printed(form("form2021"), values))
    mark = "（七）总计"
    text = text.replace(mark, "（特）地方另设的情形\t" + "\t".join("9" * 7) + f"\n{mark}")
    out = read_tables(read(text.encode(), Context()), load_forms())
    assert {cell.key: cell.value for cell in out.cells} == values
    assert [dict(problem.fields)["row"] for problem in out.problems if problem.code == "row_unknown"] == [
        "特地方另设的情形"
    ]


def test_page_numbers_inside_a_table_are_no_values() -> None:
    values = figures(form("form2021"), 6)
    lines = one_a_line(printed(form("form2021"), values)).split("\n")
    at = lines.index("7.属于行政执法案卷")
    text = "\n".join([*lines[:at], "- 5 -", "", *lines[at:]])
    assert {key: cell.value for key, cell in cells_of(text).items()} == values


def test_a_foreign_row_does_not_take_the_place_of_a_row_that_is_missing() -> None:
    values = figures(form("form2019"), 8)
    lines = tabs(printed(form("form2019"), values)).split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("（六）其他处理"))
    lines[at] = "（六）地方另设的情形\t" + "\t".join("0" * 7)
    cells = cells_of("\n".join(lines))
    row = [cell for key, cell in cells.items() if key[:2] == ("applications", "other_processing")]
    assert all(cell.value is None for cell in row)
    assert {key: cell.value for key, cell in cells.items() if cell not in row} == {
        key: value for key, value in values.items() if key[:2] != ("applications", "other_processing")
    }


OUTCOMES = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
COURTS = ["行政复议", "未经复议直接起诉", "复议后起诉"]
FIFTEEN = [*range(1, 5), 10, *range(11, 15), 50, *range(21, 25), 90]


def review_cells(body: str) -> list[float | None]:
    cells = cells_of(f"四、政府信息公开行政复议、行政诉讼情况\n{body}\n五、存在的主要问题及改进情况\n共开展培训 3 次。")
    return [cell.value for key, cell in cells.items() if key[0] == "review_litigation"]


def test_part_four_in_three_blocks() -> None:
    blocks = ["\n".join([court, *OUTCOMES, *map(str, FIFTEEN[at * 5 : at * 5 + 5])]) for at, court in enumerate(COURTS)]
    assert review_cells("\n".join(blocks)) == FIFTEEN


def test_part_four_standing_on_its_side() -> None:
    rows = ["\t".join(["", *COURTS])]
    rows += [
        "\t".join([name, *(str(FIFTEEN[at + 5 * court]) for court in range(3))]) for at, name in enumerate(OUTCOMES)
    ]
    assert review_cells("\n".join(rows)) == FIFTEEN


def test_part_four_with_one_value_a_line_and_a_header_in_scraps() -> None:
    header = ["行政复议", "行政诉讼", "结果", "结果", "其他", "尚未", "总计", "未经复议直接起诉", "复议后起诉"]
    scraps = ["结果", "维持", "纠", "正", "总计", "计"]
    assert review_cells("\n".join([*header, *scraps, *map(str, FIFTEEN)])) == FIFTEEN


def test_part_four_with_a_value_too_many_is_never_sure_of_the_blanks() -> None:
    head = "行政复议\t\t\t\t\t行政诉讼\n未经复议直接起诉\t复议后起诉\n"
    values = review_cells(head + "\t".join([""] * 5 + ["0"] * 11))
    assert values[:5] == [None] * 5
    assert values[5:] == [0] * 10
