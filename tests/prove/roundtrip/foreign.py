"""Printers that are not ours: word processors, a browser, and the converters people use.

Each takes many sheets at once, for some take a second to start. A printer whose program is not installed is not run,
and the figures say so.
"""
# ruff: noqa: PLC0415 - what is not installed must not keep the others from printing

from __future__ import annotations

import importlib.util
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roundtrip.sheets import Grid, Sheet, Slot, expanded
from roundtrip.web_pages import page, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PANDAS = Path(sys.executable).parents[1] / "pandas"
_LIMIT = 600
_STYLE = "<style>body{font:10pt 'WenQuanYi Zen Hei'}table{border-collapse:collapse}td{border:1px solid #000}</style>"


def _html(sheet: Sheet) -> str:
    return page(sheet, lambda grid: table(grid.rows))


def docx_python(sheets: Sequence[Sheet]) -> list[bytes]:
    """python-docx, merged cells by its own `merge`."""
    return [_docx(sheet) for sheet in sheets]


def _docx(sheet: Sheet) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(sheet.title, 0)
    for block in sheet.blocks:
        if not isinstance(block, Grid):
            document.add_paragraph(block.text)
            continue
        made = document.add_table(len(block.rows), block.width)
        made.style = "Table Grid"
        cells = [row.cells for row in made.rows]
        for at, column, slot in placed(block):
            cell = cells[at][column]
            if slot.rows > 1 or slot.columns > 1:
                cell = cell.merge(cells[at + slot.rows - 1][column + slot.columns - 1])
            cell.text = slot.text
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def placed(grid: Grid) -> list[tuple[int, int, Slot]]:
    """Each cell with the row and column it begins at; spans cut to the table."""
    out, taken = [], set()
    width, height = grid.width, len(grid.rows)
    for at, row in enumerate(grid.rows):
        column = 0
        for slot in row:
            while (at, column) in taken:
                column += 1
            if column >= width:
                break
            columns, rows = min(slot.columns, width - column), min(slot.rows, height - at)
            taken |= {(at + down, column + right) for down in range(rows) for right in range(columns)}
            out.append((at, column, Slot(slot.text, slot.key, slot.figure, rows, columns, slot.role)))
            column += columns
    return out


def xlsx_openpyxl(sheets: Sequence[Sheet]) -> list[bytes]:
    """openpyxl: numbers as numbers."""
    import openpyxl

    out = []
    for sheet in sheets:
        book = openpyxl.Workbook()
        leaf = book.active
        assert leaf is not None
        leaf.append([sheet.title])
        for block in sheet.blocks:
            if not isinstance(block, Grid):
                leaf.append([block.text])
                continue
            top = leaf.max_row + 1
            for at, column, slot in placed(block):
                value: Any = slot.text
                if slot.key and slot.figure and slot.text == str(slot.figure.value):
                    value = slot.figure.value
                leaf.cell(top + at, column + 1, value if value != "" else None)
                if slot.rows > 1 or slot.columns > 1:
                    leaf.merge_cells(
                        start_row=top + at,
                        start_column=column + 1,
                        end_row=top + at + slot.rows - 1,
                        end_column=column + slot.columns,
                    )
            leaf.cell(top + len(block.rows), 1, " ")
        held = io.BytesIO()
        book.save(held)
        out.append(held.getvalue())
    return out


def pdf_reportlab(sheets: Sequence[Sheet]) -> list[bytes]:
    """ReportLab: ruled tables that run over pages, a font that is only named."""
    return [_reportlab(sheet) for sheet in sheets]


def _reportlab(sheet: Sheet) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph as Text
    from reportlab.platypus import SimpleDocTemplate, Spacer, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("text", fontName="STSong-Light", fontSize=9, leading=12, wordWrap="CJK")
    story: list[Any] = [Text(sheet.title, ParagraphStyle("title", parent=style, fontSize=15, leading=20))]
    for block in sheet.blocks:
        if not isinstance(block, Grid):
            story.append(Text(block.text, style))
            continue
        width = block.width
        content: list[list[Any]] = [[""] * width for _ in block.rows]
        marks: list[tuple[Any, ...]] = [("GRID", (0, 0), (-1, -1), 0.5, (0, 0, 0))]
        for at, column, slot in placed(block):
            content[at][column] = Text(slot.text.replace("\n", "<br/>"), style)
            if slot.rows > 1 or slot.columns > 1:
                marks.append(("SPAN", (column, at), (column + slot.columns - 1, at + slot.rows - 1)))
        lead = width - 7
        widths = (
            [18, 40, 160][:lead] + [40] * 7 if block.kind == "applications" and lead == 3 else [500 / width] * width
        )
        story += [Table(content, colWidths=widths, style=marks), Spacer(1, 8)]
    held = io.BytesIO()
    SimpleDocTemplate(held, pagesize=A4, leftMargin=36, rightMargin=36, invariant=1).build(story)
    return held.getvalue()


def pdf_chromium(sheets: Sequence[Sheet]) -> list[bytes]:
    """Chromium prints all of them to one PDF, which is cut where a title stands at the top of a page."""
    import pypdfium2

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.html"
        inner = [_html(sheet).split("</head><body>")[1].removesuffix("</body></html>") for sheet in sheets]
        pages = "".join(f"<section style='break-before:page'>{text}</section>" for text in inner)
        path.write_text(f"<meta charset=utf-8>{_STYLE}{pages}", encoding="utf-8")
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "chromium"
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        target = Path(folder) / "all.pdf"
        subprocess.run(
            [*command, f"--print-to-pdf={target}", path.as_uri()], check=True, capture_output=True, timeout=_LIMIT
        )
        whole = pypdfium2.PdfDocument(target.read_bytes())
        starts, due = [], 0
        for number in range(len(whole)):
            text = "".join(whole[number].get_textpage().get_text_bounded().split())
            if due < len(sheets) and text.startswith("".join(sheets[due].title.split())):
                starts.append(number)
                due += 1
        assert due == len(sheets), "a title does not stand at the top of its page"
        out = []
        for first, last in zip(starts, [*starts[1:], len(whole)], strict=True):
            part = pypdfium2.PdfDocument.new()
            part.import_pages(whole, list(range(first, last)))
            held = io.BytesIO()
            part.save(held)
            out.append(held.getvalue())
        return out


def _office(bodies: Sequence[bytes], suffix: str, to: str, filters: str = "") -> list[bytes]:
    """LibreOffice turns many files into another format in one go."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number, body in enumerate(bodies):
            (home / f"{number:04}{suffix}").write_bytes(body)
        command = ["soffice", f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", *filters.split()]
        names = [str(home / f"{number:04}{suffix}") for number in range(len(bodies))]
        subprocess.run(
            [*command, "--convert-to", to, "--outdir", str(home / "out"), *names],
            check=True, capture_output=True, timeout=_LIMIT,
        )  # fmt: skip
        return [
            (home / "out" / f"{number:04}.{to.split(':', maxsplit=1)[0]}").read_bytes() for number in range(len(bodies))
        ]


def _from_docx(to: str) -> Callable[[Sequence[Sheet]], list[bytes]]:
    return lambda sheets: _office(docx_python(sheets), ".docx", to)


def xlsx_libreoffice(sheets: Sequence[Sheet]) -> list[bytes]:
    """LibreOffice Calc opens a page and saves a workbook."""
    return _office([_html(sheet).encode() for sheet in sheets], ".html", "xlsx:Calc MS Excel 2007 XML", "--calc")


def text_gettext(sheets: Sequence[Sheet]) -> list[bytes]:
    """BeautifulSoup's get_text with line ends, as scrapers do."""
    from bs4 import BeautifulSoup

    return [BeautifulSoup(_html(sheet), "lxml").get_text("\n").encode() for sheet in sheets]


def text_gettext_stripped(sheets: Sequence[Sheet]) -> list[bytes]:
    """The same with strip=True, which takes empty cells away."""
    from bs4 import BeautifulSoup

    return [BeautifulSoup(_html(sheet), "lxml").get_text("\n", strip=True).encode() for sheet in sheets]


def markdown_markdownify(sheets: Sequence[Sheet]) -> list[bytes]:
    """markdownify, the converter inside several others."""
    from markdownify import markdownify

    return [markdownify(_html(sheet), heading_style="ATX").encode() for sheet in sheets]


def markdown_pandas(sheets: Sequence[Sheet]) -> list[bytes]:
    """pandas reads each table and writes it as markdown; a merged cell is repeated, an empty one is nan."""
    sys.path.append(str(_PANDAS))
    import pandas as pd

    out = []
    for sheet in sheets:
        lines = [f"# {sheet.title}", ""]
        for block in sheet.blocks:
            if isinstance(block, Grid):
                frame = pd.read_html(io.StringIO(table(block.rows)), keep_default_na=False)[0]
                lines += [frame.astype(str).to_markdown(index=False), ""]
            else:
                lines.append(("## " if block.heading else "") + block.text)
        out.append("\n".join(lines).encode())
    sys.path.remove(str(_PANDAS))
    return out


def text_pdfplumber(sheets: Sequence[Sheet]) -> list[bytes]:
    """What pdfplumber's extract_text makes of the browser's PDF."""
    import pdfplumber

    out = []
    for body in pdf_chromium(sheets):
        with pdfplumber.open(io.BytesIO(body)) as document:
            out.append("\n".join(leaf.extract_text() for leaf in document.pages).encode())
    return out


def text_pdfminer(sheets: Sequence[Sheet]) -> list[bytes]:
    """What pdfminer.six makes of the browser's PDF."""
    from pdfminer.high_level import extract_text

    return [extract_text(io.BytesIO(body)).encode() for body in pdf_chromium(sheets)]


def text_python_docx(sheets: Sequence[Sheet]) -> list[bytes]:
    """The usual ten lines around python-docx: cells by tabs, every merged cell as often as its places."""
    out = []
    for sheet in sheets:
        lines = [sheet.title]
        for block in sheet.blocks:
            if not isinstance(block, Grid):
                lines.append(block.text)
                continue
            text: dict[tuple[int, int], str] = {
                (at + down, column + right): slot.text
                for at, column, slot in placed(block)
                for down in range(slot.rows)
                for right in range(slot.columns)
            }
            lines += [
                "\t".join(text.get((at, column), "") for column in range(block.width))
                for at in range(len(expanded(block.rows)))
            ]
        out.append("\n".join(lines).encode())
    return out


def _has(*modules: str) -> bool:
    return all(importlib.util.find_spec(module) for module in modules)


_OFFICE = shutil.which("soffice") is not None and _has("docx")
_BROWSER = bool(shutil.which("chromium-headless-shell") or shutil.which("chromium"))
_ALL: dict[str, tuple[Callable[[Sequence[Sheet]], list[bytes]], bool]] = {
    "docx_python": (docx_python, _has("docx")),
    "xlsx_openpyxl": (xlsx_openpyxl, _has("openpyxl")),
    "pdf_reportlab": (pdf_reportlab, _has("reportlab")),
    "pdf_chromium": (pdf_chromium, _BROWSER),
    "pdf_libreoffice": (_from_docx("pdf"), _OFFICE),
    "html_libreoffice": (_from_docx("html"), _OFFICE),
    "odt_libreoffice": (_from_docx("odt"), _OFFICE),
    "doc_libreoffice": (_from_docx("doc"), _OFFICE),
    "rtf_libreoffice": (_from_docx("rtf"), _OFFICE),
    "xlsx_libreoffice": (xlsx_libreoffice, _OFFICE),
    "text_gettext": (text_gettext, _has("bs4")),
    "text_gettext_stripped": (text_gettext_stripped, _has("bs4")),
    "text_python_docx": (text_python_docx, True),
    "markdown_markdownify": (markdown_markdownify, _has("markdownify")),
    "markdown_pandas": (markdown_pandas, _PANDAS.is_dir()),
    "text_pdfplumber": (text_pdfplumber, _BROWSER and _has("pdfplumber")),
    "text_pdfminer": (text_pdfminer, _BROWSER and _has("pdfminer")),
}
FOREIGN = {name: printer for name, (printer, there) in _ALL.items() if there}
MISSING = sorted(name for name, (_, there) in _ALL.items() if not there)
