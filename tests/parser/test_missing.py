"""Rows of a form under labels that no form has: they stand there, and nothing says that they are absent."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import Form, Table, load_forms
from gicrawl.parser.report import State

_TITLE = "某某县人民政府2022年政府信息公开工作年度报告"
_FORM: Form = next(form for form in load_forms() if form.id == "form2021")


def _table(key: str) -> Table:
    return next(table for table in _FORM.tables if table.key == key)


def _lines(table: Table, renamed: dict[str, str | None], *, subtotal: bool) -> list[list[str]]:
    """A table with its headings; rows renamed, or left out where the new label is None."""
    heads = [column.labels[0] for column in table.columns]
    rows = [[row.labels[0], *(str(at % 7) for at in range(len(heads)))] for row in table.rows]
    if subtotal:
        heads.insert(-1, "小计")
        rows = [[*row[:-1], "9", row[-1]] for row in rows]
    labels = {row.labels[0]: renamed[row.key] for row in table.rows if row.key in renamed}
    kept = [[labels.get(row[0], row[0]) or "", *row[1:]] for row in rows if labels.get(row[0], row[0]) is not None]
    return [["项目", *heads], *kept]


def _html(lines: list[list[str]]) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{x}</td>" for x in line) + "</tr>" for line in lines) + "</table>"


def _tabs(lines: list[list[str]]) -> str:
    return "\n" + "\n".join("\t".join(line) for line in lines) + "\n"


def _flowing(lines: list[list[str]]) -> str:
    return "\n" + "\n".join("\n".join(line) for line in lines) + "\n"


def _states(key: str, layout: str, renamed: dict[str, str | None], *, subtotal: bool = False) -> dict[str, set[State]]:
    lines = _lines(_table(key), renamed, subtotal=subtotal)
    section = "三、收到和处理政府信息公开申请情况" if key == "applications" else "第二十条第（一）项"
    body = {"html": _html, "tabs": _tabs, "flowing": _flowing}[layout](lines)
    after = "五、存在的主要问题及改进情况\n公开的意识有待提高。"
    if layout == "html":
        page = f"<html><body><h1>{_TITLE}</h1><p>{section}</p>{body}<p>{after}</p></body></html>"
        report = parse([Source(page.encode(), "report.html")])
    else:
        report = parse([Source(f"{_TITLE}\n{section}{body}{after}\n".encode(), "report.txt")])
    out: dict[str, set[State]] = {}
    for cell in report.cells:
        if cell.table == key:
            out.setdefault(cell.row, set()).add(cell.state)
    return out


@pytest.mark.parametrize("layout", ["html", "tabs", "flowing"])
@pytest.mark.parametrize("label", ["按惯例办结的事项数量", "转办件"])
@pytest.mark.parametrize("row", ["carried_in", "not_processed_repeat", "other_processing_other", "carried_out"])
def test_a_row_under_a_label_that_is_not_known_is_not_absent(layout: str, label: str, row: str) -> None:
    assert State.ABSENT not in _states("applications", layout, {row: label})[row]


@pytest.mark.parametrize("row", ["not_processed_repeat", "other_processing_other"])
def test_nor_is_it_where_a_column_stands_beside_that_the_form_does_not_have(row: str) -> None:
    assert _states("applications", "html", {row: "转办件"}, subtotal=True)[row] == {State.UNREAD}


@pytest.mark.parametrize("layout", ["html", "tabs", "flowing"])
def test_nor_is_the_last_row_of_a_small_table(layout: str) -> None:
    assert (
        State.ABSENT not in _states("art20_1", layout, {"normative_documents": "历史遗留事项"})["normative_documents"]
    )


@pytest.mark.parametrize("layout", ["html", "tabs"])
@pytest.mark.parametrize("row", ["carried_in", "not_processed_repeat", "carried_out"])
def test_a_row_that_is_left_out_is_absent(layout: str, row: str) -> None:
    assert _states("applications", layout, {row: None})[row] == {State.ABSENT}
