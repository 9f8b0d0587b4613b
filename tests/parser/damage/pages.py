"""Reports as HTML, in the markups portals use."""
# ruff: noqa: ARG001 - one signature for all, whether they need chance or not

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from damage import grids
from damage.grids import Td

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from damage.report import Part, Section, Sheet

Tables = list[list[list[Td]]]


def _page(sheet: Sheet, tables: Callable[[Section], str]) -> str:
    out = [f"<html><head><title>{sheet.title}</title></head><body><h1>{sheet.title}</h1>"]
    for section in sheet.sections:
        if section.heading:
            out.append(f"<p>{section.heading}</p>")
        out += [f"<p>{text}</p>" for text in section.prose]
        out.append(tables(section))
        out += [f"<p>{text}</p>" for text in section.after]
    return "\n".join([*out, "</body></html>"])


def _td(cell: Td, content: str, tag: str = "td") -> str:
    spans = (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (
        f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    )
    return f"<{tag}{spans}>{content}</{tag}>"


def markup(table: list[list[Td]], content: Callable[[Td], str] = lambda cell: escape(cell.text) or "&nbsp;") -> str:
    lines = ["".join(_td(cell, content(cell)) for cell in line) for line in table]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _each(section: Section, build: Callable[[Part], list[list[Td]]] = grids.plain) -> Tables:
    return [build(part) for part in section.parts]


def html_plain(sheet: Sheet, draw: Random) -> str:
    return _page(sheet, lambda section: "".join(map(markup, _each(section))))


def html_empty_cells(sheet: Sheet, draw: Random) -> str:
    """Blank cells are `<td></td>`."""
    return _page(sheet, lambda section: "".join(markup(t, lambda cell: escape(cell.text)) for t in _each(section)))


def _part_two(section: Section, draw: Random, width: int) -> Tables:
    two = [part for part in section.parts if part.key.startswith("art20")]
    rest = [grids.plain(part) for part in section.parts if not part.key.startswith("art20")]
    return [grids.one_table(two, draw, width), *rest] if two else rest


def html_one_table(sheet: Sheet, draw: Random) -> str:
    return _page(sheet, lambda section: "".join(map(markup, _part_two(section, draw, 4))))


def html_five_columns(sheet: Sheet, draw: Random) -> str:
    return _page(sheet, lambda section: "".join(map(markup, _part_two(section, draw, 5))))


def html_twelve_columns(sheet: Sheet, draw: Random) -> str:
    return _page(sheet, lambda section: "".join(map(markup, _part_two(section, draw, 12))))


def html_padded(sheet: Sheet, draw: Random) -> str:
    def tables(section: Section) -> str:
        two = [line for part in section.parts if part.key.startswith("art20") for line in grids.plain(part)]
        rest = [grids.plain(part) for part in section.parts if not part.key.startswith("art20")]
        return "".join(markup(t) for t in ([grids.padded(two, draw)] if two else []) + rest)

    return _page(sheet, tables)


def _split(sheet: Sheet, draw: Random, repeat: int) -> str:
    def tables(section: Section) -> str:
        out = []
        for table in _each(section):
            if len(table) > 8:
                out += grids.split(table, draw.randrange(4, len(table) - 1), repeat=repeat)
            else:
                out.append(table)
        return "<p>— 3 —</p>".join(map(markup, out))

    return _page(sheet, tables)


def html_split(sheet: Sheet, draw: Random) -> str:
    return _split(sheet, draw, 0)


def html_split_header_again(sheet: Sheet, draw: Random) -> str:
    return _split(sheet, draw, 3)


def html_word(sheet: Sheet, draw: Random) -> str:
    """Word markup: a paragraph in every cell, digits over several spans."""

    def content(cell: Td) -> str:
        pieces = "".join(f"<span lang=EN-US style='font-size:9.0pt'>{escape(c)}</span>" for c in cell.text)
        if not cell.text:
            pieces = "<span lang=EN-US><o:p>&nbsp;</o:p></span>"
        return f"<p class=MsoNormal align=center style='text-align:center'><b>{pieces}</b></p>"

    return _page(sheet, lambda section: "".join(markup(t, content) for t in _each(section)))


def html_vertical_heads(sheet: Sheet, draw: Random) -> str:
    """Headings and vertical cells with a line end after every character or two."""
    step = draw.choice([1, 2])

    def content(cell: Td) -> str:
        text = escape(cell.text) or "&nbsp;"
        if cell.value or len(cell.text) > 8 or "第二十条" in cell.text:
            return text
        between = draw.choice(["<br>", "</p><p>"])
        return "<p>" + between.join(cell.text[at : at + step] for at in range(0, len(cell.text), step)) + "</p>"

    return _page(sheet, lambda section: "".join(markup(t, content) for t in _each(section)))


def html_unclosed(sheet: Sheet, draw: Random) -> str:
    def tables(section: Section) -> str:
        out = []
        for table in _each(section):
            html = markup(table, lambda cell: f"<p><font><span>{escape(cell.text) or '&nbsp;'}")
            out.append(html.replace("</td>", "").replace("</tr>", ""))
        return "".join(out)

    return _page(sheet, tables)


def html_sections(sheet: Sheet, draw: Random) -> str:
    """thead, several tbody, tfoot printed before its time."""

    def tables(section: Section) -> str:
        out = []
        for table in _each(section):
            lines = [
                "<tr>" + "".join(_td(c, escape(c.text) or "&nbsp;", "th" if i < 2 else "td") for c in line) + "</tr>"
                for i, line in enumerate(table)
            ]
            out.append(f"<table><thead>{''.join(lines[:2])}</thead><tbody>{''.join(lines[2:])}</tbody></table>")
        return "".join(out)

    return _page(sheet, tables)


def html_nested(sheet: Sheet, draw: Random) -> str:
    inner = html_plain(sheet, draw)
    body = inner.split("<body>")[1].split("</body>")[0]
    bar = "<table><tr><td>首页</td><td>政务公开</td></tr></table>"
    return f"<html><body><table><tr><td>{bar}</td></tr><tr><td>{body}</td></tr></table></body></html>"


def html_review_on_its_side(sheet: Sheet, draw: Random) -> str:
    def build(part: Part) -> list[list[Td]]:
        return grids.review_on_its_side(part) if part.names else grids.plain(part)

    return _page(sheet, lambda section: "".join(map(markup, _each(section, build))))


def html_review_below(sheet: Sheet, draw: Random) -> str:
    def build(part: Part) -> list[list[Td]]:
        return grids.review_below(part) if part.names else grids.plain(part)

    return _page(sheet, lambda section: "".join(map(markup, _each(section, build))))


def html_review_in_three(sheet: Sheet, draw: Random) -> str:
    def tables(section: Section) -> str:
        out: Tables = []
        for part in section.parts:
            out += grids.review_in_three(part) if part.names else [grids.plain(part)]
        return "".join(map(markup, out))

    return _page(sheet, tables)


def html_columns_merged(sheet: Sheet, draw: Random) -> str:
    """Blank values of a row merged into one wide empty cell, as editors leave them."""

    def merge(line: list[Td]) -> list[Td]:
        out: list[Td] = []
        for cell in line:
            if out and cell.value and not cell.text and out[-1].value and not out[-1].text:
                out[-1] = Td("", 1, out[-1].columns + 1, value=True)
            else:
                out.append(cell)
        return out

    return _page(sheet, lambda section: "".join(markup([merge(line) for line in t]) for t in _each(section)))


def html_flattened_br(sheet: Sheet, draw: Random) -> str:
    """No tables: one paragraph a table, rows parted by br, fields by blanks."""

    def tables(section: Section) -> str:
        out = []
        for table in _each(section):
            rows = grids.flat_rows(table, traces=False)
            out.append("<p>" + "<br>".join("&nbsp;&nbsp;".join(c.text for c in row if c.text) for row in rows) + "</p>")
        return "".join(out)

    return _page(sheet, tables)


def html_flattened_p(sheet: Sheet, draw: Random) -> str:
    """No tables: a paragraph a cell, blank ones kept."""

    def tables(section: Section) -> str:
        rows = [row for t in _each(section) for row in grids.flat_rows(t, traces=False)]
        return "".join(f"<p>{escape(cell.text) or '&nbsp;'}</p>" for row in rows for cell in row)

    return _page(sheet, tables)


def html_flattened_p_dropped(sheet: Sheet, draw: Random) -> str:
    return html_flattened_p(sheet, draw).replace("<p>&nbsp;</p>", "")


PAGES = [
    html_plain, html_empty_cells, html_one_table, html_five_columns, html_twelve_columns, html_padded, html_split,
    html_split_header_again, html_word, html_vertical_heads, html_unclosed, html_sections, html_nested,
    html_review_on_its_side, html_review_below, html_review_in_three, html_columns_merged, html_flattened_br,
    html_flattened_p, html_flattened_p_dropped,
]  # fmt: skip
