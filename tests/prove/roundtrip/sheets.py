"""A report on the desk of its office: paragraphs and tables whose value cells know which cell they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Key: TypeAlias = "tuple[str, str, str]"
Number: TypeAlias = "int | float"

NUMBER, BLANK, NOT_APPLICABLE = "number", "blank", "not_applicable"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is meant by a value cell.

    Attributes:
        value: the number printed; None where there is none.
        state: number, blank or not_applicable.
        unit: 元 or 万元 where it is printed with the number.
        open: damage has made the print unreadable: any answer but a number or a blank is right.
    """

    value: Number | None
    state: str = NUMBER
    unit: str | None = None
    open: bool = False


@dataclass(slots=True)
class Slot:
    """A cell of a table; `key` and `figure` where a value stands in it."""

    text: str
    key: Key | None = None
    figure: Figure | None = None
    rows: int = 1
    columns: int = 1
    role: str = "head"
    """title, head, label, group, value, note."""


Row: TypeAlias = "list[Slot]"


@dataclass(slots=True)
class Grid:
    """A table: rows of cells with spans, as in HTML; `kind` is article, applications, review or list."""

    kind: str
    rows: list[Row]
    head: int = 1
    """Rows at the top that print before any value."""

    @property
    def width(self) -> int:
        return max(sum(slot.columns for slot in row) for row in expanded(self.rows))

    def values(self) -> Iterator[Row]:
        """The rows that hold values."""
        for row in self.rows:
            if any(slot.key for slot in row):
                yield row


@dataclass(slots=True)
class Paragraph:
    text: str
    heading: bool = False


Block: TypeAlias = "Paragraph | Grid"


@dataclass(slots=True)
class Sheet:
    """A whole report.

    Attributes:
        form: which forms its tables follow, for the figures of the proof.
        damages: what happened to it so far.
        after: what is still to happen to the printed text, or bytes.
        charset: what text and pages are encoded with.
        declared: whether the page says its charset.
    """

    title: str
    issuer: str
    year: int
    form: str
    blocks: list[Block]
    damages: list[str] = field(default_factory=list)
    after: list[Callable[[str], str]] = field(default_factory=list)
    charset: str = "utf-8"
    declared: bool = True

    def grids(self) -> list[Grid]:
        return [block for block in self.blocks if isinstance(block, Grid)]

    def slots(self) -> Iterator[Slot]:
        for grid in self.grids():
            for row in grid.rows:
                yield from row

    def truth(self) -> dict[Key, Figure]:
        """What is to be read: the value cells that are still there."""
        return {slot.key: slot.figure for slot in self.slots() if slot.key is not None and slot.figure is not None}


def expanded(rows: list[Row]) -> list[Row]:
    """Rows with an empty cell for every place that a cell from above or from the left covers."""
    held: dict[int, int] = {}
    out: list[Row] = []
    for row in rows:
        line: Row = []
        queue, column = list(row), 0
        below: dict[int, int] = {at: left - 1 for at, left in held.items() if left > 1}
        while queue or any(at >= column for at in held):
            if column in held:
                line.append(Slot("", role="covered"))
                column += 1
                continue
            if not queue:
                line.append(Slot("", role="covered"))
                column += 1
                continue
            slot = queue.pop(0)
            line.append(replace(slot, rows=1, columns=1))
            line += [Slot("", role="covered") for _ in range(slot.columns - 1)]
            if slot.rows > 1:
                below |= dict.fromkeys(range(column, column + slot.columns), slot.rows - 1)
            column += slot.columns
        held = below
        out.append(line)
    return out


def compact(rows: list[Row]) -> list[Row]:
    """Rows as a converter without any idea of spans leaves them: merged places have no cell at all."""
    return [[slot for slot in row if slot.role != "covered"] for row in expanded(rows)]
