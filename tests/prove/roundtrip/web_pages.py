"""Printers of web pages, each another way of getting a table out of a word processor."""
# ruff: noqa: ARG001 - one signature for all, whether they need chance or not

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from roundtrip.sheets import Grid, Row, Sheet, Slot, compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random


def _spans(slot: Slot) -> str:
    return (f" rowspan={slot.rows}" if slot.rows > 1 else "") + (f" colspan={slot.columns}" if slot.columns > 1 else "")


def _plain(slot: Slot) -> str:
    return escape(slot.text).replace("\n", "<br>") or "&nbsp;"


def table(rows: Iterable[Row], content: Callable[[Slot], str] = _plain, attributes: str = " border=1") -> str:
    """A table, tidy."""
    lines = "".join(
        "<tr>" + "".join(f"<td{_spans(slot)}>{content(slot)}</td>" for slot in row) + "</tr>\n" for row in rows
    )
    return f"<table{attributes}>\n{lines}</table>\n"


def page(sheet: Sheet, print_grid: Callable[[Grid], str], paragraph: Callable[[str], str] | None = None) -> str:
    """A page of paragraphs and tables."""
    paragraph = paragraph or (lambda text: f"<p>{escape(text)}</p>")
    out = ["<!DOCTYPE html>\n<html><head>"]
    if sheet.declared:
        out.append(f'<meta charset="{sheet.charset}">')
    out.append(
        f"<title>{escape(sheet.title)}</title></head><body>\n<h1>{escape(sheet.title)}</h1>\n<div class=content>"
    )
    for block in sheet.blocks:
        if isinstance(block, Grid):
            out.append(print_grid(block))
        elif block.text:
            out.append(f"<p><strong>{escape(block.text)}</strong></p>" if block.heading else paragraph(block.text))
    return "\n".join([*out, "</div></body></html>"])


def html_plain(sheet: Sheet, draw: Random) -> str:
    bare = draw.random() < 0.5
    return page(sheet, lambda grid: table(grid.rows, lambda s: "" if bare and not s.text else _plain(s)))


def html_word(sheet: Sheet, draw: Random) -> str:
    """As pasted from Word: a paragraph in each cell, runs by script, empty cells with an o:p."""

    def runs(text: str) -> str:
        out, held = [], ""
        for character in text:
            if held and character.isascii() != held[-1].isascii():
                out.append(held)
                held = ""
            held += character
        return "".join(
            f"<span {'lang=EN-US ' if run.isascii() else ''}style='font-family:宋体;mso-ascii:Arial'>{escape(run)}"
            + ("<o:p></o:p></span>" if at % 2 else "</span>")
            for at, run in enumerate([*out, held])
        )

    def content(slot: Slot) -> str:
        inner = "<br clear=all>".join(map(runs, slot.text.split("\n"))) if slot.text else "<o:p>&nbsp;</o:p>"
        return f"\n <p class=MsoNormal align=center style='margin:0;line-height:12.0pt'>{inner}</p>\n "

    return page(
        sheet,
        lambda grid: table(grid.rows, content, " class=MsoTableGrid style='border-collapse:collapse'"),
        lambda text: f"<p class=MsoNormal style='text-indent:2em'>{runs(text)}</p>",
    )


def html_nested(sheet: Sheet, draw: Random) -> str:
    """Each table in the cell of a layout table, and all of it in another; some cells hold a table of one cell."""

    def content(slot: Slot) -> str:
        if slot.key and draw.random() < 0.05:
            return f"<table><tbody><tr><td>{_plain(slot)}</td></tr></tbody></table>"
        return _plain(slot)

    text = page(sheet, lambda grid: f"<table width=100%><tr><td>{table(grid.rows, content)}</td></tr></table>")
    head, body = text.split("<div class=content>")
    body = body.replace("</div></body>", "</td></tr></table></div></body>")
    return head + "<div class=content><table class=layout><tr><td>栏目导航</td></tr><tr><td>" + body


def html_split(sheet: Sheet, draw: Random) -> str:
    """Tables cut at a page end; the second half with the header again, or without."""

    def cut(grid: Grid) -> str:
        starts = [at for at in range(grid.head + 2, len(grid.rows)) if not _crossed(grid.rows, at)]
        if grid.kind not in {"applications", "list"} or not starts:
            return table(grid.rows)
        at = draw.choice(starts)
        again = grid.rows[: grid.head] if draw.random() < 0.5 else []
        return table(grid.rows[:at]) + "<p>&nbsp;</p>" + table([*again, *grid.rows[at:]])

    return page(sheet, cut)


def _crossed(rows: list[Row], at: int) -> bool:
    """Whether a cell other than the long one at the left reaches over the cut."""
    return any(slot.rows > at - number for number, row in enumerate(rows[:at]) for slot in row)


def html_shifting(sheet: Sheet, draw: Random) -> str:
    """All blocks on one finer grid on which each puts its borders elsewhere."""
    width = draw.randint(5, 12)

    def finer(grid: Grid) -> str:
        if grid.kind != "article":
            return table(grid.rows)
        out: list[Row] = []
        spans: list[int] = []
        for row in grid.rows:
            if len(row) != len(spans):
                cuts = sorted(draw.sample(range(1, width), len(row) - 1))
                spans = [b - a for a, b in zip([0, *cuts], [*cuts, width], strict=True)]
            out.append(
                [Slot(s.text, s.key, s.figure, s.rows, span, s.role) for s, span in zip(row, spans, strict=True)]
            )
        return table(out)

    return page(sheet, finer)


def html_digit_spans(sheet: Sheet, draw: Random) -> str:
    """Every digit in a span of its own, some with a line end between."""

    def content(slot: Slot) -> str:
        if not slot.text:
            return "<span></span>"
        gap = draw.choice(("", "", "<!-- -->"))
        return "<p>" + gap.join(f"<span style='font-size:9pt'>{escape(c)}</span>" for c in slot.text) + "</p>"

    return page(sheet, lambda grid: table(grid.rows, content))


def html_unclosed(sheet: Sheet, draw: Random) -> str:
    """Cells and rows that are never closed, stray end tags, and paragraphs that run over cells."""

    def loose(grid: Grid) -> str:
        lines = []
        for row in grid.rows:
            cells = ""
            for slot in row:
                paragraph = "<P>" if draw.random() < 0.3 else ""
                stray = "</span>" if draw.random() < 0.1 else ""
                cells += f"<TD{_spans(slot)}>{paragraph}{_plain(slot)}{stray}"
            lines.append(f"<TR>{cells}" + ("</TR>" if draw.random() < 0.3 else ""))
        return "<TABLE>" + "\n".join(lines) + "</TABLE>"

    return page(sheet, loose)


def html_escaped(sheet: Sheet, draw: Random) -> str:
    """The report as a string: in a script for the browser to unpack, in CDATA, or escaped in a text area."""
    inner = page(sheet, lambda grid: table(grid.rows)).split("<div class=content>")[1].split("</div></body>")[0]
    title = escape(sheet.title)
    meta = f'<meta charset="{sheet.charset}">' if sheet.declared else ""
    how = draw.choice(("json", "cdata", "escaped", "comment"))
    if how == "json":
        packed = (
            "<script>var article = "
            + json.dumps({"content": inner}, ensure_ascii=False).replace("</", "<\\/")
            + ";</script>"
        )
    elif how == "cdata":
        packed = f"<script type='text/xml'><record><![CDATA[{inner}]]></record></script>"
    elif how == "comment":
        packed = f"<!--\n{inner}\n-->"
    else:
        packed = f"<textarea style='display:none'>{escape(inner)}</textarea>"
    return f"<html><head>{meta}<title>{title}</title></head><body><h1>{title}</h1>{packed}</body></html>"


def html_paragraphs(sheet: Sheet, draw: Random) -> str:
    """No table at all: every cell a paragraph, an empty cell an empty paragraph."""
    empty = draw.choice(("<p>&nbsp;</p>", "<p><br></p>"))
    return page(
        sheet,
        lambda grid: "\n".join(
            f"<p>{escape(s.text)}</p>" if s.text else empty for row in compact(grid.rows) for s in row
        ),
    )


def html_breaks(sheet: Sheet, draw: Random) -> str:
    """No table at all: a row a line, its cells parted by blanks that do not break."""
    return page(
        sheet,
        lambda grid: (
            "<p>"
            + "<br/>\n".join("&nbsp;&nbsp;".join(escape(s.text) for s in row if s.text) for row in compact(grid.rows))
            + "</p>"
        ),
    )


PAGES = [
    html_plain, html_word, html_nested, html_split, html_shifting, html_digit_spans, html_unclosed, html_escaped,
    html_paragraphs, html_breaks,
]  # fmt: skip
FLAT_PAGES = {"html_paragraphs", "html_breaks"}
