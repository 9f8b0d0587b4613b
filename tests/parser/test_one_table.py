"""Reports whose title, headings and sentences stand in rows of one table with their figures."""

from __future__ import annotations

from gicrawl.parser.document import Context, Document, Grid, Paragraph, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.readers import readers
from gicrawl.parser.readers.one_table import opened

TITLE = "云岭县水利局2022年政府信息公开工作年度报告"
SENTENCE = "2022年，全年收到政府信息公开申请3件，均按时答复。"
FIGURES = (2, 0, 1, 0, 0, 0, 3)


def page(*, merged: bool) -> bytes:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = [(row.labels[0], *map(str, FIGURES)) for row in table.rows]
    span, rest = (" colspan=8", "") if merged else ("", "<td></td>" * 7)
    text = "".join(
        f"<tr><td{span}>{line}</td>{rest}</tr>"
        for line in (TITLE, "一、总体情况", SENTENCE, "三、收到和处理政府信息公开申请情况")
    )
    text += "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    text += f"<tr><td{span}>五、存在的主要问题及改进情况</td>{rest}</tr>"
    return f'<html><head><meta charset="utf-8"></head><body><table>{text}</table></body></html>'.encode()


def test_rows_of_one_text_are_lines_of_the_report() -> None:
    for merged in (True, False):
        report = parse([Source(page(merged=merged))])
        issuer = report.identity.issuer
        assert (report.identity.title, issuer and issuer.name) == (TITLE, "云岭县水利局")
        assert [cell.value for cell in report.cells if cell.row == "new_received"] == list(FIGURES)
        assert [cell.value for cell in report.cells if cell.row == "carried_out"] == list(FIGURES)
        assert ("requests_received", 3) in [(fact.key, fact.value) for fact in report.facts]


def test_a_table_among_text_stays_as_it_is() -> None:
    (grid,) = [
        block for block in readers()["html"].read(page(merged=True), Context()).blocks if isinstance(block, Grid)
    ]
    document = Document("text/html", "utf-8", (Paragraph(SENTENCE * 20), grid))
    assert opened(document) is document
