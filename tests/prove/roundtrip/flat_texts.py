"""Printers of flattened reports: what converters and archivers leave of tables in plain text and markdown."""
# ruff: noqa: ARG001 - one signature for all, whether they need chance or not

from __future__ import annotations

from typing import TYPE_CHECKING

from roundtrip.sheets import Grid, Row, Sheet, Slot, compact, expanded

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


def _text(sheet: Sheet, lines: Callable[[Grid], list[str]], heading: str = "") -> str:
    out = [(heading and "# " + sheet.title) or sheet.title, ""]
    for block in sheet.blocks:
        if isinstance(block, Grid):
            out += [*lines(block), ""]
        else:
            out.append((heading if block.heading else "") + block.text)
    return "\n".join(out) + "\n"


def _one_line(text: str) -> str:
    return text.replace("\n", "")


def _joined(row: Row, gap: str) -> str:
    return gap.join(_one_line(slot.text) for slot in row)


def _filled(row: Row) -> Row:
    return [slot for slot in row if slot.text]


def text_tabs(sheet: Sheet, draw: Random) -> str:
    """Tab-separated, merged places without a field."""
    return _text(sheet, lambda grid: [_joined(row, "\t") for row in compact(grid.rows)])


def text_tabs_traces(sheet: Sheet, draw: Random) -> str:
    """Tab-separated, merged places empty: a blank value is a blank."""
    return _text(
        sheet,
        lambda grid: [
            "\t".join(_one_line(s.text) or ("" if s.role == "covered" else " ") for s in row)
            for row in expanded(grid.rows)
        ],
    )


def text_lines(sheet: Sheet, draw: Random) -> str:
    """A cell a line; an empty cell is a line with a blank."""
    return _text(sheet, lambda grid: [s.text or " " for row in compact(grid.rows) for s in row])


def text_lines_tabbed(sheet: Sheet, draw: Random) -> str:
    """A tab and a cell a line, then an empty line; merged places are a bare tab, blank values a tab and a blank."""

    def lines(grid: Grid) -> list[str]:
        out = []
        for row in expanded(grid.rows):
            out += ["\t" + (_one_line(s.text) or ("" if s.role == "covered" else " ")) for s in row] + [""]
        return out

    return _text(sheet, lines)


def text_pipes(sheet: Sheet, draw: Random) -> str:
    """A cell a line with pipes behind it; lines of pipes alone where rows end."""

    def lines(grid: Grid) -> list[str]:
        out = []
        for row in compact(grid.rows):
            out += [(_one_line(s.text) or " ") + "|" for s in row[:-1]] + [_one_line(row[-1].text) or " "]
            out.append("|" * draw.choice((0, 3, 3, 8)))
        return [line for line in out if line]

    return _text(sheet, lines)


def text_words(sheet: Sheet, draw: Random) -> str:
    """Cells parted by one blank, empty ones gone: the usual text layer of a PDF."""
    return _text(sheet, lambda grid: [_joined(_filled(row), " ") for row in compact(grid.rows) if _filled(row)])


def _wide(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def text_aligned(sheet: Sheet, draw: Random) -> str:
    """Cells at their place on the line, as pdftotext -layout prints; an empty cell is a gap."""

    def lines(grid: Grid) -> list[str]:
        rows = expanded(grid.rows)
        width = max(map(len, rows))
        widths = [
            max(
                (_wide(_one_line(row[at].text)) for row in rows if at < len(row) and row[at].role != "title"), default=1
            )
            for at in range(width)
        ]
        if grid.kind != "list":
            widths = [min(size, 44) for size in widths]
        out = []
        for row in rows:
            line, place = "", 0
            for slot, size in zip(row, widths, strict=False):
                text = _one_line(slot.text)
                if text:
                    line += " " * max(place - _wide(line), 2 if line else 0) + text
                place += size + 3
            out.append(line)
        return out

    return _text(sheet, lines)


def text_columns_first(sheet: Sheet, draw: Random) -> str:
    """Column by column, as pdftotext prints narrow tables: first the labels, then each column of figures."""

    def lines(grid: Grid) -> list[str]:
        rows = [[s for s in row if s.text] for row in compact(grid.rows)]
        if grid.kind not in {"applications", "list"}:
            return [_joined(row, " ") for row in rows if row]
        values = [
            [s for s in row if s.role == "value"] for row in compact(grid.rows) if any(s.role == "value" for s in row)
        ]
        out = [_joined(row, " ") for row in rows if not any(s.role == "value" for s in row) and row]
        out += [
            _joined([s for s in row if s.role != "value"], " ") for row in rows if any(s.role == "value" for s in row)
        ]
        for at in range(max(map(len, values), default=0)):
            out += [_one_line(row[at].text) for row in values if at < len(row) and row[at].text]
        return out

    return _text(sheet, lines)


def text_one_line(sheet: Sheet, draw: Random) -> str:
    """The whole page in one line."""
    return " ".join(line for line in text_words(sheet, draw).split("\n") if line)


def _pipe_rows(rows: list[Row]) -> list[str]:
    lines = ["| " + " | ".join(_one_line(s.text).replace("|", "\\|") for s in row) + " |" for row in rows]
    return ["", lines[0], "|" + " --- |" * max(map(len, rows)), *lines[1:]]


def markdown(sheet: Sheet, draw: Random) -> str:
    """Pipe tables, merged places empty."""
    level = draw.choice(("## ", "### ", "#### "))
    return _text(sheet, lambda grid: _pipe_rows(expanded(grid.rows)), level)


def markdown_collapsed(sheet: Sheet, draw: Random) -> str:
    """Pipe tables, merged places without a field: labels jump to the first column, rows are of any length."""
    return _text(sheet, lambda grid: _pipe_rows(compact(grid.rows)), "## ")


def markdown_repeated(sheet: Sheet, draw: Random) -> str:
    """Pipe tables as pandas reads them: every merged cell is repeated in all its places."""

    def rows(grid: Grid) -> list[Row]:
        out: list[Row] = []
        held: dict[int, tuple[str, int]] = {}
        for row in grid.rows:
            line: Row = []
            queue = list(row)
            fresh: dict[int, tuple[str, int]] = {}
            while queue or len(line) in held:
                if len(line) in held:
                    text, left = held[len(line)]
                    if left > 1:
                        fresh[len(line)] = (text, left - 1)
                    line.append(Slot(text, role="covered"))
                    continue
                slot = queue.pop(0)
                for _ in range(slot.columns):
                    if slot.rows > 1:
                        fresh[len(line)] = (slot.text, slot.rows - 1)
                    line.append(Slot(slot.text))
            held = fresh
            out.append(line)
        return out

    return _text(sheet, lambda grid: _pipe_rows(rows(grid)), "## ")


TEXTS = [
    text_tabs, text_tabs_traces, text_lines, text_lines_tabbed, text_pipes, text_words, text_aligned,
    text_columns_first, text_one_line, markdown, markdown_collapsed, markdown_repeated,
]  # fmt: skip
LOSE_BLANKS = {"text_words", "text_columns_first", "text_one_line", "html_breaks"}
"""Layouts that drop empty cells: which cell of a row is the empty one can only be worked out, if at all."""
