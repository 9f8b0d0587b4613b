"""How a text ends up in a page: pasted from Word, typed into the site's editor, or left by an editor long ago.

All of them print the same characters; they differ in everything a reader must see through.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING, Final

from gicrawl.sample.drawing import chance

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from gicrawl.sample.tables import Slot, Table

_FONTS = ("仿宋_GB2312", "宋体", "方正仿宋_GBK", "微软雅黑")


class Paste(ABC):
    """One way of getting text into a page."""

    def __init__(self, rng: random.Random) -> None:
        self.rng: Final = rng
        self.font: Final = rng.choice(_FONTS)

    @abstractmethod
    def paragraph(self, text: str, *, heading: bool = False, right: bool = False) -> str:
        """A paragraph of running text, a section heading, or a line set to the right."""

    @abstractmethod
    def cell(self, slot: Slot) -> str:
        """A table cell."""

    def table(self, table: Table) -> str:
        """A whole table."""
        rows = "\n".join(f"<tr{self.row_attributes()}>{''.join(map(self.cell, row))}</tr>" for row in table.rows)
        return f"<table{self.table_attributes()}><tbody>\n{rows}\n</tbody></table>\n"

    def row_attributes(self) -> str:
        """Attributes of a row."""
        return ""

    @abstractmethod
    def table_attributes(self) -> str:
        """Attributes of the table element."""

    @staticmethod
    def spans(slot: Slot) -> str:
        """The span attributes a cell needs."""
        out = f' colspan="{slot.colspan}"' if slot.colspan > 1 else ""
        return out + (f' rowspan="{slot.rowspan}"' if slot.rowspan > 1 else "")


class PlainPaste(Paste):
    """Clean markup, as a template writes it."""

    def paragraph(self, text: str, *, heading: bool = False, right: bool = False) -> str:
        """A bare paragraph; a heading is strong."""
        inner = f"<strong>{escape(text)}</strong>" if heading else f"　　{escape(text)}"
        align = ' align="right"' if right else ""
        return f"<p{align}>{inner}</p>\n"

    def cell(self, slot: Slot) -> str:
        """A bare cell; an empty one holds a no-break space, or nothing at all."""
        text = escape(slot.text) or self.rng.choice(("&nbsp;", ""))
        return f"<td{self.spans(slot)}>{text}</td>"

    def table_attributes(self) -> str:
        """A border and nothing else."""
        return ' border="1"'


class EditorPaste(Paste):
    """The rich-text editor of a content management system: style attributes everywhere, one span a run."""

    def paragraph(self, text: str, *, heading: bool = False, right: bool = False) -> str:
        """Styled paragraph; headings in bold spans."""
        weight = "font-weight: bold; " if heading else ""
        align = "right" if right else "justify"
        style = f"text-indent: 2em; text-align: {align}; line-height: 2; font-family: {self.font};"
        return f'<p style="{style}"><span style="{weight}font-size: 16pt;">{escape(text)}</span></p>\n'

    def cell(self, slot: Slot) -> str:
        """A cell with a paragraph in it, some words broken over two lines."""
        text = escape(slot.text)
        if not slot.value and len(slot.text) in {4, 6} and chance(self.rng, 0.4):
            half = len(slot.text) // 2
            text = f"{escape(slot.text[:half])}<br/>{escape(slot.text[half:])}"
        align = "center" if slot.value else "left"
        inner = f"<span>{text}</span>" if slot.text else "<br/>"
        return (
            f'<td{self.spans(slot)} style="border: 1px solid #000; padding: 0 5px;" valign="center">'
            f'<p style="text-align: {align};">{inner}</p></td>'
        )

    def table_attributes(self) -> str:
        """Style and spacing."""
        return ' style="border-collapse: collapse; width: 100%;" cellspacing="0" cellpadding="2"'


class WordPaste(Paste):
    """Pasted from Word: MsoNormal, nested font and span, digits and words cut into runs anywhere."""

    def runs(self, text: str) -> str:
        """The text cut into runs, Latin and Chinese apart, long runs and even numbers cut again."""
        out: list[str] = []
        for run in re.findall(r"[0-9A-Za-z.+\-％%]+|[^0-9A-Za-z.+\-％%]+", text):
            latin = run[0].isascii()
            for piece in self._cut(run):
                inner = escape(piece)
                if latin:
                    out.append(
                        f'<span lang="EN-US" style="font-family:{self.font};mso-hansi-font-family:宋体">{inner}</span>'
                    )
                elif chance(self.rng, 0.3):  # this run carries its font twice
                    out.append(f'<span style="font-family:{self.font}"><font face="{self.font}">{inner}</font></span>')
                else:
                    out.append(f'<span style="mso-ascii-font-family:Calibri">{inner}</span>')
        return "".join(out)

    def _cut(self, run: str) -> list[str]:
        if len(run) < 2 or chance(self.rng, 0.6):  # noqa: PLR2004 - a single character cannot be cut; most runs stay whole
            return [run]
        at = self.rng.randint(1, len(run) - 1)
        return [run[:at], run[at:]]

    def paragraph(self, text: str, *, heading: bool = False, right: bool = False) -> str:
        """A Word paragraph, now and then followed by an empty one."""
        align = ' align="right"' if right else ""
        inner = self.runs(text)
        if heading:
            inner = f"<b>{inner}</b>"
        out = (
            f'<p class="MsoNormal"{align} style="text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt">'
            f"{inner}<span lang=EN-US><o:p></o:p></span></p>\n"
        )
        if chance(self.rng, 0.15):  # stray empty paragraphs
            out += '<p class="MsoNormal"><span lang=EN-US><o:p>&nbsp;</o:p></span></p>\n'
        return out

    def cell(self, slot: Slot) -> str:
        """A cell with a Word paragraph; blanks are an empty paragraph, numbers may carry no-break spaces."""
        width = 46 * slot.colspan
        if not slot.text:
            inner = self.rng.choice(("<o:p>&nbsp;</o:p>", "<o:p></o:p>"))
        else:
            inner = self.runs(slot.text)
            if slot.value and chance(self.rng, 0.1):  # padding
                inner = f"<span>&nbsp;</span>{inner}"
        return (
            f"<td width={width} nowrap{self.spans(slot)} "
            f'style="width:{width * 0.75:.1f}pt;border:solid windowtext 1.0pt">'
            f'<p class="MsoNormal" align="center" style="text-align:center">{inner}'
            "<span lang=EN-US><o:p></o:p></span></p></td>\n"
        )

    def row_attributes(self) -> str:
        """Row heights as Word gives them."""
        return f' style="mso-yfti-irow:{self.rng.randint(0, 30)};height:{self.rng.randint(14, 32)}.0pt"'

    def table_attributes(self) -> str:
        """Word's class for tables."""
        return ' class="MsoNormalTable" border="0" cellspacing="0" cellpadding="0" style="border-collapse:collapse"'


class OldPaste(Paste):
    """An editor of the 2000s: upper-case tags, unquoted attributes, paragraphs and cells that are never closed."""

    def paragraph(self, text: str, *, heading: bool = False, right: bool = False) -> str:
        """An unclosed paragraph."""
        inner = f"<B>{escape(text)}</B>" if heading else f"&nbsp;&nbsp;&nbsp;&nbsp;{escape(text)}"
        return f"<P{' align=right' if right else ''}><FONT face={self.font} size=4>{inner}</FONT>\n"

    def cell(self, slot: Slot) -> str:
        """An unclosed cell; spans of the text are opened and not closed."""
        spans = self.spans(slot).replace('"', "").replace("span", "Span")
        text = escape(slot.text) or "&nbsp;"
        return f"<TD{spans} vAlign=center><FONT face={self.font}>{text}</FONT>"

    def table(self, table: Table) -> str:
        """A table whose rows are not closed either."""
        rows = "\n".join(f"<TR>{''.join(map(self.cell, row))}" for row in table.rows)
        return f"<TABLE{self.table_attributes()}>\n{rows}\n</TABLE>\n"

    def table_attributes(self) -> str:
        """Unquoted attributes."""
        return " cellSpacing=0 borderColor=#000000 cellPadding=1 width=600 align=center border=1"


PASTES: Final[dict[str, Callable[[random.Random], Paste]]] = {
    "plain": PlainPaste,
    "editor": EditorPaste,
    "word": WordPaste,
    "old": OldPaste,
}


def flat_block(lines: list[list[str]], style: str) -> str:
    """Flattened tables as markup.

    Args:
        lines: lines of cells.
        style: `rows` (a paragraph a line, cells apart by spaces), `cells` (one cell a line) or `pipes`.
    """
    if style == "rows":
        return "".join(f"<p>{'　'.join(map(escape, line))}</p>\n" for line in lines)
    if style == "pipes":
        return "<p>" + "<br/>\n".join(" | ".join(map(escape, line)) + " |" for line in lines) + "</p>\n"
    return "<div>" + "<br>\n".join(escape(cell) for line in lines for cell in line) + "<br></div>\n"
