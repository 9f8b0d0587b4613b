"""Reports as plain text and markdown, as converters leave them."""
# ruff: noqa: ARG001 - one signature for all, whether they need chance or not

from __future__ import annotations

from typing import TYPE_CHECKING

from damage import grids

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from damage.grids import Td
    from damage.report import Part, Row, Sheet

WIDE = 8


def _text(sheet: Sheet, lines: Callable[[Part], list[str]], heading: str = "") -> str:
    out = [heading + sheet.title, ""]
    for section in sheet.sections:
        if section.heading:
            out.append(heading + section.heading)
        out += section.prose
        for part in section.parts:
            out += [*lines(part), ""]
        out += section.after
    return "\n".join(out)


def _rows(part: Part, *, traces: bool = False) -> list[list[Td]]:
    return grids.flat_rows(grids.plain(part), traces=traces)


def tsv(sheet: Sheet, draw: Random) -> str:
    return _text(sheet, lambda part: ["\t".join(c.text for c in row) for row in _rows(part)])


def tsv_traces(sheet: Sheet, draw: Random) -> str:
    """Merged cells leave empty fields, blank values are blanks."""
    return _text(
        sheet,
        lambda part: ["\t".join(c.text or (" " if c.value else "") for c in row) for row in _rows(part, traces=True)],
    )


def tsv_dropped(sheet: Sheet, draw: Random) -> str:
    return _text(sheet, lambda part: ["\t".join(c.text for c in row if c.text) for row in _rows(part)])


def one_a_line(sheet: Sheet, draw: Random) -> str:
    """Blank cells are lines of a no-break space."""
    return _text(sheet, lambda part: [c.text or "\xa0" for row in _rows(part) for c in row])


def one_a_line_dropped(sheet: Sheet, draw: Random) -> str:
    return _text(sheet, lambda part: [c.text for row in _rows(part) for c in row if c.text])


def stacked(sheet: Sheet, draw: Random) -> str:
    """A tab and a cell a line, an empty line after the row; merged cells leave a bare tab."""

    def lines(part: Part) -> list[str]:
        out = []
        for row in _rows(part, traces=True):
            out += ["\t" + (c.text or (" " if c.value else "")) for c in row] + [""]
        return out

    return _text(sheet, lines)


def markdown(sheet: Sheet, draw: Random) -> str:
    def lines(part: Part) -> list[str]:
        rows = ["| " + " | ".join(c.text for c in row) + " |" for row in _rows(part, traces=True)]
        return [rows[0], "|" + "---|" * rows[0].count("|"), *rows[1:]]

    return _text(sheet, lines, "## ")


def markdown_compact(sheet: Sheet, draw: Random) -> str:
    """Vertical cells pushed together: merged ones leave no field."""
    return _text(sheet, lambda part: ["|" + "|".join(c.text for c in row) + "|" for row in _rows(part)], "### ")


def pdf_words(sheet: Sheet, draw: Random) -> str:
    """Fields parted by one blank; blank cells vanish."""
    return _text(sheet, lambda part: [" ".join(c.text for c in row if c.text) for row in _rows(part)])


def pdf_layout(sheet: Sheet, draw: Random) -> str:
    """Fields at their place on the line; blank cells are wide gaps."""

    def line(row: list[Td]) -> str:
        return "".join((c.text + " " * WIDE)[: max(WIDE, len(c.text) + 1)] for c in row).rstrip()

    return _text(sheet, lambda part: [line(row) for row in _rows(part, traces=True)])


def _printed(draw: Random, row: Row, how: Callable[[Random, str, str], list[str]]) -> list[str]:
    return how(draw, row.label, " ".join(value for value in row.values if value))


def _pdf(how: Callable[[Random, str, str], list[str]]) -> Callable[[Sheet, Random], str]:
    def printer(sheet: Sheet, draw: Random) -> str:
        def lines(part: Part) -> list[str]:
            rows = _rows(part)
            if part.key == "review_litigation":
                return [" ".join(c.text for c in row if c.text) for row in rows]
            head = [" ".join(c.text for c in row) for row in rows if not any(c.value for c in row)]
            out = []
            for row in part.rows:
                out += [text for text, _ in row.groups]
                out += [line for line in _printed(draw, row, how) if line]
            return head + out

        return _text(sheet, lines)

    return printer


def _around(draw: Random, label: str, values: str) -> list[str]:
    if len(label) <= 9:
        return [f"{label} {values}"]
    cut = len(label) // 2
    return [label[:cut], values, label[cut:]]


def _wrapped(draw: Random, label: str, values: str) -> list[str]:
    return [f"{label[:7]} {values}", label[7:]] if len(label) > 9 else [f"{label} {values}"]


def _wrapped_before(draw: Random, label: str, values: str) -> list[str]:
    return [label[:7], f"{label[7:]} {values}"] if len(label) > 9 else [f"{label} {values}"]


def _first(draw: Random, label: str, values: str) -> list[str]:
    return [values, label]


def _mixed(draw: Random, label: str, values: str) -> list[str]:
    return draw.choice([_around, _wrapped, _wrapped_before, _first])(draw, label, values)


def _two_lines(draw: Random, label: str, values: str) -> list[str]:
    """The values of a row broken over two lines."""
    pieces = values.split(" ")
    if len(pieces) < 4 or draw.random() < 0.7:
        return [f"{label} {values}"]
    cut = draw.randrange(1, len(pieces))
    return [f"{label} {' '.join(pieces[:cut])}", " ".join(pieces[cut:])]


def _ghosts(draw: Random, label: str, values: str) -> list[str]:
    pieces = values.split(" ")
    if draw.random() < 0.15:
        pieces[draw.randrange(len(pieces))] = draw.choice(["O", "Ů", "o", "l", "I", "。", "口", "〇", "Q"])
    if draw.random() < 0.1:
        pieces.insert(draw.randrange(len(pieces) + 1), draw.choice([",", ".", "'", "|", "1", "·"]))
    return [f"{label} {' '.join(pieces)}"]


pdf_around, pdf_wrapped, pdf_wrapped_before = _pdf(_around), _pdf(_wrapped), _pdf(_wrapped_before)
pdf_numbers_first, pdf_mixed, pdf_two_lines, pdf_ghosts = _pdf(_first), _pdf(_mixed), _pdf(_two_lines), _pdf(_ghosts)
for _name in ("around", "wrapped", "wrapped_before", "numbers_first", "mixed", "two_lines", "ghosts"):
    globals()[f"pdf_{_name}"].__name__ = f"pdf_{_name}"


def pdf_detached(sheet: Sheet, draw: Random) -> str:
    """Some labels in a block, their values below without labels."""

    def lines(part: Part) -> list[str]:
        if part.key != "applications":
            return [" ".join(c.text for c in row if c.text) for row in _rows(part)]
        out = [" ".join(c.text for c in row) for row in _rows(part)[:3]]
        at = 0
        while at < len(part.rows):
            size = draw.choice([1, 1, 2, 3, 6])
            block = part.rows[at : at + size]
            values = [" ".join(v for v in row.values if v) for row in block]
            labels = [text for row in block for text in [*(t for t, _ in row.groups), row.label]]
            out += [f"{labels[-1]} {values[0]}"] if size == 1 and len(labels) == 1 else [*labels, *values]
            at += size
        return [line for line in out if line]

    return _text(sheet, lines)


def pdf_columns(sheet: Sheet, draw: Random) -> str:
    """Column by column: all labels, then all values of the first column, and so on."""

    def lines(part: Part) -> list[str]:
        if part.key != "applications":
            return [" ".join(c.text for c in row if c.text) for row in _rows(part)]
        columns = [[row.values[at] for row in part.rows] for at in range(len(part.columns))]
        head = [" ".join(c.text for c in row) for row in _rows(part)[:3]]
        return [*head, *(row.label for row in part.rows), *(v for column in columns for v in column if v)]

    return _text(sheet, lines)


def pdf_shredded(sheet: Sheet, draw: Random) -> str:
    """Vertical cells cut to pieces that stand before rows that have nothing to do with them."""

    def lines(part: Part) -> list[str]:
        scraps = [text[at : at + 2] for row in part.rows for text, _ in row.groups for at in range(0, len(text), 2)]
        out = [" ".join(c.text for c in row) for row in _rows(part) if not any(c.value for c in row)]
        if part.names:
            return [" ".join(c.text for c in row if c.text) for row in _rows(part)]
        for row in part.rows:
            scrap = scraps.pop(0) if scraps and draw.random() < 0.6 else ""
            values = " ".join(v for v in row.values if v)
            out += (
                [f"{scrap} {row.label} {values}".strip()] if draw.random() < 0.6 else [scrap, f"{row.label} {values}"]
            )
        return [line for line in out if line]

    return _text(sheet, lines)


def pdf_rows_merged(sheet: Sheet, draw: Random) -> str:
    """Two rows in one: both labels, then both rows of values."""

    def lines(part: Part) -> list[str]:
        if part.names:
            return [" ".join(c.text for c in row if c.text) for row in _rows(part)]
        out = [" ".join(c.text for c in row) for row in _rows(part) if not any(c.value for c in row)]
        held: list[Row] = []
        for row in part.rows:
            held.append(row)
            if len(held) < 2 and draw.random() < 0.2:
                continue
            labels = " ".join(r.label for r in held)
            values = [" ".join(v for v in r.values if v) for r in held]
            out += [f"{labels} {values[0]}", *values[1:]]
            held = []
        return [*out, *(f"{r.label} {' '.join(v for v in r.values if v)}" for r in held)]

    return _text(sheet, lines)


def one_line(sheet: Sheet, draw: Random) -> str:
    """The whole page in one line."""
    return " ".join(pdf_words(sheet, draw).split("\n"))


TEXTS = [
    tsv, tsv_traces, tsv_dropped, one_a_line, one_a_line_dropped, stacked, markdown, markdown_compact, pdf_words,
    pdf_layout, pdf_around, pdf_wrapped, pdf_wrapped_before, pdf_numbers_first, pdf_mixed, pdf_two_lines, pdf_ghosts,
    pdf_detached, pdf_columns, pdf_shredded, pdf_rows_merged, one_line,
]  # fmt: skip
