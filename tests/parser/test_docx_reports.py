"""Whole reports as Word files: every cell of the form comes out, whatever the tables are built of."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from docx_writer import docx, p, r, sdt, tbl, tc, tr

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Grid, Paragraph, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers.docx import read
from gicrawl.parser.report import State, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.parser.forms import Form, Table
    from gicrawl.parser.report import Cell, Key, Report

TITLE = "青禾县人民政府2023年政府信息公开工作年度报告"
PROSE = (
    "2023年，青禾县人民政府收到政府信息公开申请若干件，均依法办理。本报告所列数据的统计期限自2023年1月1日至12月31日止。"
)
MOVED = str.maketrans("0123456789", "1234567890")


def plain(text: str) -> str:
    return p(text)


def cut_up(text: str) -> str:
    """Every character a run of its own, as word processors leave them."""
    return p(*[r(char, "<w:b/>" if at % 2 else "") for at, char in enumerate(text)])


def revised(text: str) -> str:
    """Typed over with changes tracked."""
    gone = "<w:del><w:r><w:delText>9</w:delText></w:r></w:del>"
    return p(gone, f"<w:ins>{r(text)}</w:ins>" if text else "", gone)


def controlled(text: str) -> str:
    """In a content control; an empty one shows its prompt."""
    return p(sdt(r(text)) if text else sdt(r("单击此处输入0"), "<w:showingPlcHdr/>"))


def computed(text: str) -> str:
    """The result of a field."""
    return p(f'<w:fldSimple w:instr="=SUM(LEFT)">{r(text)}</w:fldSimple>' if text else "")


WRITERS = [plain, cut_up, revised, controlled, computed]


def form(name: str) -> Form:
    return next(form for form in load_forms() if form.id == name)


def figures(form: Form, seed: int) -> dict[Key, str]:
    draw = random.Random(seed)
    out = {}
    for table in form.tables:
        for row in table.rows:
            values = [draw.choice([0, 0, draw.randrange(1, 3000)]) for _ in table.columns]
            if table.columns[-1].key == "total":
                values[-1] = sum(values[:-1])
            for column, value in zip(table.columns, values, strict=True):
                out[table.key, row.key, column.key] = str(value)
    return out


def table_of(table: Table, values: dict[Key, str], write: Callable[[str], str]) -> str:
    """The table as the statutory template builds it: merged labels beside the rows, headers over the columns."""
    width = len(table.columns)

    def shown(row: str) -> list[str]:
        return [tc(write(values[table.key, row, column.key])) for column in table.columns]

    if table.layout == "blocks":
        count = len(table.rows)
        head = [tc(column.labels[0], merge="restart") for column in table.columns]
        return tbl(
            tr(tc("行政复议", span=width), tc("行政诉讼", span=width * (count - 1))),
            tr(*head, tc("未经复议直接起诉", span=width), tc("复议后起诉", span=width)),
            tr(*[tc(merge="continue") for _ in head], *[column.labels[0] for column in table.columns] * (count - 1)),
            tr(*[cell for row in table.rows for cell in shown(row.key)]),
        )
    if width < 7:
        rows = [tr(tc(table.headers[0], span=width + 1))]
        rows.append(tr("信息内容", *[column.labels[0] for column in table.columns]))
        return tbl(*rows, *[tr(row.labels[0], *shown(row.key)) for row in table.rows])
    rows = [
        tr(tc(span=3, merge="restart"), tc("申请人情况", span=width)),
        tr(tc(span=3, merge="continue"), *[column.labels[0] for column in table.columns]),
    ]
    for at, row in enumerate(table.rows):
        if at < 2 or at == len(table.rows) - 1:
            rows.append(tr(tc(row.labels[0], span=3), *shown(row.key)))
        else:
            group = tc("三、本年度办理结果" if at == 2 else "", merge="restart" if at == 2 else "continue")
            rows.append(tr(group, tc(row.labels[0], span=2), *shown(row.key)))
    return tbl(*rows)


def report_of(form: Form, values: dict[Key, str], write: Callable[[str], str], frame: Callable[[str], str]) -> bytes:
    body, section = p(TITLE, properties='<w:pStyle w:val="a1"/>') + p("一、总体情况") + p(PROSE), ""
    for table in form.tables:
        if table.section != section:
            body += p(table.section)
            section = table.section
        body += frame(table_of(table, values, write)) + p()
    return docx(body + p("五、存在的主要问题及改进情况") + p("无。"))


def parsed(body: bytes) -> Report:
    return parse([Source(body, "report.docx")])


def numbers(report: Report) -> dict[Key, int | float | None]:
    return {cell.key: cell.value for cell in report.cells}


def wanted(values: dict[Key, str]) -> dict[Key, int | None]:
    return {key: int(value) if value else None for key, value in values.items()}


def framed(table: str) -> str:
    return tbl(tr(tc(table, "<w:p/>")))


@pytest.mark.parametrize("frame", [str, framed], ids=["bare", "framed"])
@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["form2019", "form2021"])
def test_every_cell_comes_out_however_it_was_typed(
    name: str, write: Callable[[str], str], frame: Callable[[str], str]
) -> None:
    values = figures(form(name), 7)
    report = parsed(report_of(form(name), values, write, frame))
    assert report.status is Status.REPORT
    assert (report.identity.year, report.identity.title) == (2023, TITLE)
    assert numbers(report) == wanted(values)


@pytest.mark.parametrize("write", WRITERS)
def test_moving_every_digit_moves_the_result(write: Callable[[str], str]) -> None:
    values = figures(form("form2021"), 11)
    moved = {key: value.translate(MOVED) for key, value in values.items()}
    for shown in (values, moved):
        assert numbers(parsed(report_of(form("form2021"), shown, write, str))) == wanted(shown)


@pytest.mark.parametrize("write", WRITERS)
def test_a_blank_is_never_a_zero(write: Callable[[str], str]) -> None:
    values = figures(form("form2021"), 3)
    blanked = {key: "" if value == "0" else value for key, value in values.items()}
    report = parsed(report_of(form("form2021"), blanked, write, str))
    assert numbers(report) == wanted(blanked)
    assert {cell.key for cell in report.cells if cell.state is State.BLANK} == {k for k, v in blanked.items() if not v}


def place_of(body: bytes, cell: Cell) -> str:
    """What stands where the evidence of a cell points, found by it alone."""
    for block in read(body, Context()).blocks:
        if isinstance(block, Grid):
            for entry in block.cells:
                if entry.evidence == cell.evidence:
                    return entry.text
        elif isinstance(block, Paragraph) and block.evidence == cell.evidence:
            return block.text
    raise AssertionError(cell.evidence)


@pytest.mark.parametrize("frame", [str, framed], ids=["bare", "framed"])
def test_the_evidence_of_every_cell_leads_to_it_and_to_no_other(frame: Callable[[str], str]) -> None:
    values = figures(form("form2021"), 5)
    body = report_of(form("form2021"), values, plain, frame)
    report = parsed(body)
    assert len({tuple(cell.evidence.items()) for cell in report.cells}) == len(report.cells) == 200
    for cell in report.cells[::17]:
        assert place_of(body, cell) == cell.raw == values[cell.key]


def test_an_empty_form_is_blank_in_every_cell() -> None:
    values = dict.fromkeys(figures(form("form2021"), 1), "")
    report = parsed(report_of(form("form2021"), values, plain, str))
    assert {cell.state for cell in report.cells} == {State.BLANK}
    assert len(report.cells) == 200
