"""Lists of indicators, the annexes of 2008-2018: their cells.

Rows are read one by one, each by its own label, because no two annexes have the same in the same order. Which form it
is, the rows found say; it only decides which rows count as absent. A row that shows fewer figures than the list has
columns stays ambiguous: where blanks were lost, nothing tells which column a figure stands in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import absent, left_open, unread
from gicrawl.parser.align.list_entries import is_year
from gicrawl.parser.align.list_form import nearest_form
from gicrawl.parser.align.list_labels import (
    FOREIGN,
    GROUP,
    ROW,
    STATISTICS,
    VALUES,
    list_tables,
    long_labels,
    of_a_period,
    plain_label,
    resembles,
    sense_of,
)
from gicrawl.parser.align.list_numbers import unnumbered
from gicrawl.parser.align.list_rows import LEAST_ROWS, TRIED, Row, clusters, labels_of, printed_in, rows_of, settle
from gicrawl.parser.align.list_told import told_as_rows
from gicrawl.parser.align.list_turned import turned
from gicrawl.parser.align.list_values import Figures, cell_of, figures_of, loses_heading
from gicrawl.parser.align.numbers import EMPTY, NO_FIELD, Kind
from gicrawl.parser.align.stream import NO_TABLE, han
from gicrawl.parser.report import Cell, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.align.stream import Atom, Stream
    from gicrawl.parser.forms import Table

_HINTS = 3  # long labels that stand in a document which may have a list
_TELLING = 6  # Han characters of a label that stands there wherever they do
_CERTAIN = 20  # long labels that no report has without a list
_PAIR = 2  # figures in a row
_WIDER = 2  # rows of more figures than there are headings that tell of a lost one

# Confidence, by what speaks for a value. Below 0.9 nobody should rely on it unseen.
_GRID, _LINE, _FLOW = 0.99, 0.97, 0.97
_LEAKY = 0.92  # a flow in which other rows lost figures
_DOUBTFUL = 0.85  # a damaged label, words of no meaning before it, figures of a period
_TURNED = 0.6  # the last label has no figures: a blank was lost, or all figures stand before their labels
_HEADLESS = 0.75  # nothing says what the figures are


@dataclass(slots=True)
class ListReading:
    """What was read of the list of a document.

    Attributes:
        form: id of the form it is nearest to.
        rows: how many of its rows were known.
        tables: grids it was read from that hold nothing else.
    """

    form: str
    rows: int
    cells: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tables: set[int] = field(default_factory=set)


def list_hints(atoms: Stream) -> int:
    """How many long labels of lists stand in a document."""
    stands = atoms.han.__contains__
    return sum(1 + sum(map(stands, longer)) for label, longer in _nested_labels() if stands(label))


@cache
def _nested_labels() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The long labels that hold no other, each with longer ones around it: those stand only where it does."""
    shortest: dict[str, list[str]] = {}
    for label in sorted(long_labels(), key=len):
        within = next((one for one in shortest if one in label), None)
        if within is None:
            shortest[label] = []
        else:
            shortest[within].append(label)
    return tuple((label, tuple(longer)) for label, longer in shortest.items())


def read_list(atoms: Stream, taken: Sequence[tuple[int, int]], hints: int) -> ListReading | None:
    """Read the list of a document; None where it has none.

    Args:
        atoms: the stream.
        taken: first and last atom of the stretches that other tables take.
        hints: how many of its labels stand there.
    """
    if hints < _HINTS:
        return None
    plain = unnumbered(atoms.atoms)
    counted = plain is not atoms.atoms
    if not taken and (other := told_as_rows(plain) or turned(plain)):
        return _read(other, (), counted=counted)
    return _read(plain, taken, counted=counted)


def seems_listed(hints: int) -> bool:
    """Whether so many labels of lists stand in a document that it has one, read or not."""
    return hints >= _CERTAIN


def _read(atoms: Sequence[Atom], taken: Sequence[tuple[int, int]], *, counted: bool) -> ListReading | None:
    rows = [row for first, last in _free(len(atoms), taken) for row in rows_of(atoms, first, last)]
    rows = clusters(atoms, rows)
    if not rows:
        return None
    settle(rows)
    _place(atoms, rows, counted=counted)
    return _reading(atoms, rows)


def _free(count: int, taken: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    at = 0
    for first, last in sorted(taken):
        if first > at:
            yield at, first
        at = max(at, last)
    if at < count:
        yield at, count


def _place(atoms: Sequence[Atom], rows: list[Row], *, counted: bool) -> None:
    """Give the figures of every row to the columns; the running numbers of the rows are struck out where counted."""
    counts = Counter(
        sum(atoms[index].kind not in EMPTY for index in row.entry.values) for row in rows if row.key is not None
    )
    usual = counts.most_common(1)[0][0]
    if usual < _PAIR and counts[_PAIR] >= (1 if _in_pairs(atoms, rows) else _WIDER):
        usual = _PAIR  # one of two columns is nearly empty
    rising = _rises(atoms, rows)
    unnamed = {id(row.header) for row in rows if row.header and loses_heading(atoms, row.entry, row.header)}
    unnamed |= _short_of_headings(atoms, rows)
    for number, row in enumerate(rows):
        if row.shifted or row.tail:
            continue
        row.figures = figures_of(atoms, row.entry, row.header, usual, counted=counted, rising=rising)
        if _goes_on(atoms, row, rows[max(number - 1, 0) : number], rows[number + 1 : number + 2]):
            row.figures = replace(row.figures, placed=())
        if id(row.header) in unnamed:
            row.figures = Figures((), (), ())  # which of two columns the named one is, its own heading may not tell


def _in_pairs(atoms: Sequence[Atom], rows: Sequence[Row]) -> bool:
    """Whether most rows have two fields for figures, though one of them may be blank."""
    paired = [sum(atoms[index].kind not in NO_FIELD for index in row.entry.values) == _PAIR for row in rows if row.key]
    return sum(paired) * 2 > len(paired)


def _short_of_headings(atoms: Sequence[Atom], rows: Sequence[Row]) -> set[int]:
    """Headers that flow and name one column of figures, where several rows have more: another heading is lost."""
    wider: Counter[int] = Counter()
    for row in rows:
        header = row.header
        if header is None or header.table != NO_TABLE or header.numbered or row.tail or row.key is None:
            continue
        figures = sum(atoms[index].kind is Kind.NUMBER for index in row.entry.values)
        others = header.roles.count("unknown")
        wider[id(header)] += figures - others > sum(role in VALUES for role in header.roles) == 1
    return {header for header, count in wider.items() if count >= _WIDER}


def _goes_on(atoms: Sequence[Atom], row: Row, above: Sequence[Row], below: Sequence[Row]) -> bool:
    """Whether a row is empty and its figures may stand in the next one.

    Beside words of no meaning below it, which may be the rest of its label, or in a row without words above or below
    and there at the place of figures: where labels stand, one numbers a page.
    """
    if row.key is None or any(atoms[index].kind not in EMPTY for index in row.entry.values):
        return False
    others = [other for other in below if other.key is None and not other.begins]
    others += [other for other in above if other.key is None and row.entry.row >= 0 and not other.entry.texts]
    least = min((atoms[index].left for index in row.entry.values), default=0)
    return any(
        atoms[index].kind is Kind.NUMBER and (other.entry.texts or atoms[index].row < 0 or atoms[index].left >= least)
        for other in others
        for index in other.entry.values
    )


def _rises(atoms: Sequence[Atom], rows: Sequence[Row]) -> bool:
    """Whether of two figures in a row the second is nowhere the smaller, and here and there the larger."""
    pairs = []
    for row in rows:
        values = [atoms[index].value for index in row.entry.values]
        numbers = [value.number for value in values if value is not None and value.number is not None]
        if row.key is not None and len(numbers) == len(values) == _PAIR:
            pairs.append((numbers[0], numbers[1]))
    return all(one <= other for one, other in pairs) and sum(one < other for one, other in pairs) >= LEAST_ROWS


def _reading(atoms: Sequence[Atom], rows: list[Row]) -> ListReading:
    form, table = nearest_form(*printed_in(rows))
    columns = _columns(rows)
    out = ListReading(form.id, len({row.key for row in rows} - {None}))
    labels = {row.key: row for _, other in list_tables() for row in other.rows} | {row.key: row for row in table.rows}
    out.tables = {row.entry.table for row in rows if row.entry.table >= 0}
    _report_unknown(atoms, rows, out)
    if any(row.figures is not None and not row.figures.columns for row in rows):  # columns that are none of the list's
        out.problems.append(Problem("table_unread", (("table", STATISTICS),)))
        out.tables.clear()
    found: dict[tuple[str, str], list[Cell]] = {}
    lost = _lost(rows)
    open_ = _beside_strangers(atoms, rows, table)
    ceiling = _ceiling(rows)
    for row in rows:
        if row.key is None or row.tail or not row.entry.values or row.figures is None:
            continue
        sure = min(_sureness(row), ceiling)
        unit = row.named.unit
        for column in columns:
            cell = cell_of(atoms, labels[row.key], column, row.figures, confidence=sure, unit=unit)
            found.setdefault((row.key, column), []).append(cell)
    keys = [*(row.key for row in table.rows), *dict.fromkeys(key for key, _ in found), *sorted(lost)]
    unsure = [plain_label(words) for row in rows if row.key is None and not row.tail for words in row.named.words]
    unsure += [token.text for row in rows[1:] for token in row.named.before if token.role == FOREIGN and not row.tail]
    words = "".join([atom.han for atom in atoms])
    known = " ".join([row.label for row in rows if row.key is not None])
    broken = len(unsure) > TRIED or any(row.shifted or row.tail for row in rows)
    for key in dict.fromkeys(keys):
        for column in columns:
            cells = found.get((key, column), [])
            if cells:
                out.cells.append(_one(cells))
            elif (
                broken
                or key in lost
                or key in open_
                or any(
                    len(text) >= _TELLING and words.count(text) > known.count(text)
                    for text in map(han, labels[key].labels)
                )
                or any(resembles(plain_label(words), text) for words in unsure for text in labels[key].labels)
            ):
                out.cells.append(unread(STATISTICS, key, column))
            else:
                out.cells.append(absent(STATISTICS, key, column))
        if key in lost and (key, columns[0]) not in found:
            out.problems.append(Problem("row_unread", (("table", STATISTICS), ("row", labels[key].labels[0]))))
    return out


def _one(cells: list[Cell]) -> Cell:
    """One cell of what was read for it; ambiguous where the same row is printed twice with different figures."""
    first = cells[0]
    if len(cells) == 1 or all((cell.state, cell.value) == (first.state, first.value) for cell in cells):
        return first
    said = ((cell.raw, cell.evidence) for cell in cells if cell.raw is not None)
    return left_open(first.key, "printed_twice", said)


def _columns(rows: list[Row]) -> tuple[str, ...]:
    used = {role for row in rows if row.figures is not None for role in row.figures.columns}
    if "annual" in used and "cumulative" in used:
        used.discard("value")
    return tuple(role for role in VALUES if role in used) or ("value",)


def _sureness(row: Row) -> float:
    assert row.figures is not None
    sure = _GRID if row.entry.table >= 0 else _LINE if row.entry.row >= 0 else _FLOW
    if not row.exact or not row.named.alone:
        sure = _DOUBTFUL
    if row.header is None:
        return min(sure, _HEADLESS)
    if of_a_period().intersection(row.header.words):
        return min(sure, _DOUBTFUL)
    return min(sure, row.figures.confidence)


def _ceiling(rows: list[Row]) -> float:
    """What the whole list allows: a flow that lost figures is trusted less."""
    flowing = [row for row in rows if row.entry.row < 0 and row.key is not None]
    if not flowing:
        return 1.0
    if rows[-1].tail:
        return _TURNED
    short = sum(row.figures is None or row.figures.short for row in flowing)
    return _LEAKY if short else 1.0


def _lost(rows: list[Row]) -> frozenset[str]:
    """Rows whose label is printed and whose figures are not."""
    out: set[str] = set()
    above: list[str | None] = []
    for number, row in enumerate(rows):
        tokens = row.named.before
        if row.tail:
            tokens = tuple(takewhile(lambda token: token.role != FOREIGN, (*tokens, *labels_of(row))))
        for token in tokens:
            if token.role == GROUP:
                above.append(token.text)
            elif token.role == ROW:
                key = sense_of(token.senses, above, token.text)
                above.append(key)
                if key is not None and (number or row.tail):
                    out.add(key)
        if row.tail:
            continue
        above.append(row.key)
        if row.key is not None and (row.shifted or not row.entry.values):
            out.add(row.key)
        if row.key is None and row.named.label is not None:
            out.update(sense.key for sense in row.named.label.senses)  # one of them, and which is not said
    return frozenset(out)


def _beside_strangers(atoms: Sequence[Atom], rows: Sequence[Row], table: Table) -> frozenset[str]:
    """Rows of the form one of which a row of no known label may be: by the row above it, or between its neighbours."""
    within = {row.key: {row.key, *row.within} for row in table.rows}
    order = {key: number for number, key in enumerate(within)}
    straight = all(one <= other for one, other in pairwise(order[row.key] for row in rows if row.key in order))
    out: set[str] = set()
    above: str | None = None
    for number, row in enumerate(rows):
        if _passes(row) or (row.key is None and _printed(atoms, row)):
            if above is not None:
                out.update(key for key, names in within.items() if (names - {key}) & within[above])
            start = -1 if above is None else order[above]
            below = next((order[other.key] for other in rows[number:] if other.key in order), len(order))
            out.update(key for key, at in order.items() if start < at < below or not straight)
        above = row.key if row.key in within else above
    return frozenset(out)


def _printed(atoms: Sequence[Atom], row: Row) -> bool:
    """Whether a row of no known label has figures, or words and a place for its figures, though it may be empty."""
    values = row.entry.values
    return bool(values and (row.named.words or row.label)) or any(atoms[at].kind is Kind.NUMBER for at in values)


def _passes(row: Row) -> bool:
    """Whether words of no meaning flow before the label of a row: those of a row without figures, perhaps."""
    return row.entry.row < 0 and not row.begins and any(token.role == FOREIGN for token in row.named.before)


def _report_unknown(atoms: Sequence[Atom], rows: list[Row], out: ListReading) -> None:
    """Rows with figures that no form has: said, and their table kept as it is."""
    for row in rows:
        figures = [atoms[index].raw for index in row.entry.values if atoms[index].kind is Kind.NUMBER]
        if row.key is not None or row.tail or not figures or (row.begins and all(map(is_year, figures))):
            continue
        words = row.label or " ".join(row.named.words[0].split()) if row.named.words or row.label else ""
        if words:
            out.problems.append(Problem("row_unknown", (("table", STATISTICS), ("row", words))))
            out.tables.discard(row.entry.table)
