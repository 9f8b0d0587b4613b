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
@pytest.mark.parametrize("label", ["按惯例办结的事项数量", "转办件", ""])
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


@pytest.mark.parametrize("row", ["new_received", "denied_prohibited_by_law", "not_processed_repeat", "results_total"])
def test_a_row_is_not_absent_whose_label_stands_elsewhere_in_its_table(row: str) -> None:
    """Columns printed one below the other, as converters print narrow tables, some labels behind the others."""
    table = _table("applications")
    moved = next(one.labels[0] for one in table.rows if one.key == row)
    labels = [one.labels[0] for one in table.rows if one.key != row]
    heads = [column.labels[0] for column in table.columns]
    figures = [str(at % 90) for at in range(37)]
    text = "\n".join([_TITLE, "三、收到和处理政府信息公开申请情况", " ".join(heads), *labels, moved, *figures, ""])
    report = parse([Source(f"{text}五、存在的主要问题及改进情况\n公开的意识有待提高。\n".encode(), "report.txt")])
    assert {cell.state for cell in report.cells if cell.table == "applications" and cell.row == row} == {State.UNREAD}


@pytest.mark.parametrize("row", ["requests_in_person", "reply_granted", "litigation_total"])
def test_a_row_of_an_annex_is_not_absent_beside_figures_without_a_label(row: str) -> None:
    form = next(form for form in load_forms() if form.id == "fujian2012")
    (table,) = form.tables
    lines = [
        (("" if one.key == row else one.labels[0]), one.unit or "", str(at * 5 % 7), str(at * 5 % 7 + 40))
        for at, one in enumerate(table.rows)
        if one.unit
    ]
    cells = [("指标名称", "计量单位", "2012年度", "历年累计"), *lines]
    body = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in line) + "</tr>" for line in cells)
    page = f"<html><body><h1>某某县人民政府2012年政府信息公开工作年度报告</h1><table>{body}</table></body></html>"
    report = parse([Source(page.encode(), "report.html")])
    assert {cell.state for cell in report.cells if cell.row == row} == {State.UNREAD}
    others = [cell for cell in report.cells if cell.row != row and cell.state is State.NUMBER]
    assert len(others) == 2 * (len(lines) - 1)


def test_a_flow_of_figures_above_part_four_is_not_taken_for_its_fifteen() -> None:
    """Thirty figures of columns printed one below the other, blank cells lost, above a table four that lost some."""
    heads = "结果维持 结果纠正 其他结果 尚未审结 总计"
    text = "\n".join(
        [
            _TITLE,
            "三、收到和处理政府信息公开申请情况",
            *(row.labels[0] for row in _table("applications").rows),
            *(str(at * 7 % 31) for at in range(30)),
            "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
            "行政复议 行政诉讼",
            f"{heads} 未经复议直接起诉 复议后起诉",
            f"{heads} {heads}",
            *("7", "4", "11", "7", "1", "4", "12"),
            "五、存在的主要问题及改进情况",
            "公开的意识有待提高。",
        ]
    )
    cells = parse([Source(text.encode(), "report.txt")]).cells
    states = {cell.state for cell in cells if cell.table == "review_litigation"}
    assert states
    assert states <= {State.UNREAD, State.AMBIGUOUS}


@pytest.mark.parametrize("begins", ["inside", "before"])
def test_figures_before_their_labels_are_told_where_some_stand_within_wrapped_ones(begins: str) -> None:
    """Whole rows of figures, one value a line, each before its label or between the two pieces of it."""
    table = _table("applications")
    lines: list[str] = []
    for at, row in enumerate(table.rows):
        label, figures = row.labels[0], [str((at * 3 + column * 5) % 50) for column in range(len(table.columns))]
        within = len(label) > 9 and at % 2 == (begins == "before")
        lines += [label[:6], *figures, label[6:]] if within else [*figures, label]
    heads = [column.labels[0] for column in table.columns]
    text = "\n".join([_TITLE, "三、收到和处理政府信息公开申请情况", *heads, *lines, "五、存在的主要问题及改进情况", ""])
    cells = [cell for cell in parse([Source(text.encode(), "report.txt")]).cells if cell.table == "applications"]
    read = {(cell.row, cell.column): cell.value for cell in cells if cell.state is State.NUMBER}
    want = {
        (row.key, column.key): (at * 3 + place * 5) % 50
        for at, row in enumerate(table.rows)
        for place, column in enumerate(table.columns)
    }
    assert {key: value for key, value in read.items() if value != want[key]} == {}
    assert len(read) == len(want)


def _numbers(lines: list[str]) -> dict[tuple[str, str], object]:
    text = "\n".join([_TITLE, "三、收到和处理政府信息公开申请情况", *lines, "五、存在的主要问题及改进情况", ""])
    cells = parse([Source(text.encode(), "report.md")]).cells
    return {
        (cell.row, cell.column): cell.value for cell in cells if cell.table == "applications" and cell.value is not None
    }


def test_figures_in_a_row_of_their_own_between_the_pieces_of_a_wrapped_label_are_its_own() -> None:
    table = _table("applications")
    keys = [column.key for column in table.columns]
    lines = ["| 项目 | " + " | ".join(column.labels[0] for column in table.columns) + " |", "|" + " --- |" * 8]
    want = {}
    for at, row in enumerate(table.rows):
        label = row.labels[0]
        figures = ["" if at % 3 == 1 or (at + place) % 3 else str(at * 3 + place * 5) for place in range(7)]
        want |= {(row.key, key): int(value) for key, value in zip(keys, figures, strict=True) if value}
        said = " | ".join(figures)
        if at % 3 == 2 and len(label) > len("三、本年度办理结果"):
            lines += [f"| {label[:5]} |" + "  |" * 7, f"|  | {said} |", f"| {label[5:]} |" + "  |" * 7]
        else:
            lines.append(f"| {label} | {said} |")
    assert _numbers(lines) == want


def test_a_line_of_whole_figures_before_its_label_may_have_fewer_fields_than_others() -> None:
    table = _table("applications")
    lines = ["| " + " | ".join(column.labels[0] for column in table.columns) + " | 项目 |  |", "|" + " --- |" * 9]
    want = {}
    for at, row in enumerate(table.rows):
        figures = ["" if (at + place) % 4 == 0 else str((at * 3 + place * 5) % 50) for place in range(7)]
        keys = [column.key for column in table.columns]
        want |= {(row.key, key): int(value) for key, value in zip(keys, figures, strict=True) if value}
        lines.append("| " + " | ".join([*figures, row.labels[0], *([""] if at % 3 == 0 else [])]) + " |")
    assert _numbers(lines) == want


@pytest.mark.parametrize("words", ["其中：涉及征地拆迁的数量", "合计", "9.其他不予公开情形"])
def test_a_row_of_no_form_takes_no_row_along_where_figures_stand_before_labels(words: str) -> None:
    table = _table("applications")
    rows = [
        (row.labels[0], [str((at * 3 + place * 5) % 50) for place in range(7)]) for at, row in enumerate(table.rows)
    ]
    rows.insert(9, (words, ["7", "0", "2", "0", "0", "1", "1"]))
    heads = [column.labels[0] for column in table.columns]
    lines = [line for label, own in rows for line in (*own, label)]
    text = "\n".join([_TITLE, "三、收到和处理政府信息公开申请情况", *heads, *lines, "五、存在的主要问题及改进情况", ""])
    cells = [cell for cell in parse([Source(text.encode(), "report.txt")]).cells if cell.table == "applications"]
    read = {(cell.row, cell.column): cell.value for cell in cells if cell.state is State.NUMBER}
    assert read == {
        (row.key, column.key): (at * 3 + place * 5) % 50
        for at, row in enumerate(table.rows)
        for place, column in enumerate(table.columns)
    }


def test_two_labels_in_one_cell_beside_one_row_of_figures_leave_open_whose_they_are() -> None:
    lines = _lines(_table("applications"), {}, subtotal=False)
    first, second = lines[-2], lines[-1]
    lines[-2:] = [[f"{first[0]} {second[0]}", *first[1:]]]
    section = "三、收到和处理政府信息公开申请情况"
    page = f"<html><body><h1>{_TITLE}</h1><p>{section}</p>{_html(lines)}</body></html>"
    cells = [cell for cell in parse([Source(page.encode(), "report.html")]).cells if cell.table == "applications"]
    states = {cell.state for cell in cells if cell.row in {"results_total", "carried_out"}}
    assert states
    assert states <= {State.AMBIGUOUS, State.UNREAD}
