"""Lists of indicators, the annexes of 2008-2018: their cells.

Rows are read one by one, each by its own label, because no two annexes have the same in the same order. Which form it
is, the rows found say; it only decides which rows count as absent. A row that shows fewer figures than the list has
columns stays ambiguous: where blanks were lost, nothing tells which column a figure stands in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from gicrawl.parser.align.cells import absent, unread
from gicrawl.parser.align.list_cuts import goes_on, joined
from gicrawl.parser.align.list_entries import (
    EMPTY,
    Entry,
    Header,
    Named,
    column_by_column,
    entries_of,
    flow_header,
    is_year,
    named,
    printed_header,
)
from gicrawl.parser.align.list_form import nearest_form
from gicrawl.parser.align.list_labels import (
    FOREIGN,
    GROUP,
    ROW,
    STATISTICS,
    VALUES,
    damaged,
    list_tables,
    long_labels,
    of_a_period,
    of_the_form,
    plain_label,
    resembles,
    sense_of,
    stands_within,
)
from gicrawl.parser.align.list_told import told_as_rows
from gicrawl.parser.align.list_values import Figures, cell_of, figures_of, loses_heading
from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.stream import NO_TABLE
from gicrawl.parser.report import Cell, Problem, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.align.list_labels import Sense, Token
    from gicrawl.parser.align.stream import Atom, Stream

_HINTS = 3  # long labels that stand in a document which may have a list
_ROWS, _ROWS_HEADED = 4, 2  # rows with figures that make a list, without and with a header
_PAIR = 2  # figures in a row
_STRANGERS = 6  # entries of no meaning in a row that end a list
_TRIED = 200  # labels that no form has, of one document, that are looked at for damage: no annex has so many
_LABEL = 40  # Han characters of a label
_FIGURES = (Kind.NUMBER, Kind.NOT_APPLICABLE)
_PROSE = 120  # Han characters of no meaning that end it

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
        tables: grids it was read from that hold nothing else.
    """

    form: str
    cells: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tables: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Row:
    """An entry with its label and its figures.

    Attributes:
        begins: a header stands before it.
        shifted: its figures stand before their labels.
        tail: it only begins with a label, what follows is no list.
    """

    entry: Entry
    named: Named
    key: str | None = None
    label: str = ""
    senses: tuple[Sense, ...] = ()
    exact: bool = True
    header: Header | None = None
    begins: bool = False
    shifted: bool = False
    tail: bool = False
    figures: Figures | None = None


def read_list(atoms: Stream, taken: Sequence[tuple[int, int]]) -> ListReading | None:
    """Read the list of a document; None where it has none.

    Args:
        atoms: the stream.
        taken: first and last atom of the stretches that other tables take.
    """
    if sum(map(atoms.han.__contains__, long_labels())) < _HINTS:
        return None
    if (read := _read(atoms.atoms, taken)) is not None or taken:
        return read
    return _read(told_as_rows(atoms.atoms), ())


def _read(atoms: Sequence[Atom], taken: Sequence[tuple[int, int]]) -> ListReading | None:
    rows = [row for first, last in _free(len(atoms), taken) for row in _rows(atoms, first, last)]
    rows = _clusters(atoms, rows)
    if not rows:
        return None
    _of_the_form(rows)
    _place(atoms, rows)
    return _reading(atoms, rows)


def _free(count: int, taken: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    at = 0
    for first, last in sorted(taken):
        if first > at:
            yield at, first
        at = max(at, last)
    if at < count:
        yield at, count


def _rows(atoms: Sequence[Atom], first: int, last: int) -> list[_Row]:
    """Every entry with its label, the header it stands under and the row it means."""
    out: list[_Row] = []
    above: list[str | None] = []
    header: Header | None = None
    tried = 0
    for entry in joined(atoms, column_by_column(atoms, entries_of(atoms, first, last))):
        row = _Row(entry, named(atoms, entry))
        begun = _header(atoms, entry, row.named)
        header = begun or header
        row.header, row.begins = header, begun is not None
        row.shifted = _figures_first(atoms, row)
        for token in row.named.before:
            if token.role == GROUP:
                above.append(token.text)
            elif token.role == ROW:
                above.append(sense_of(token.senses, above))
        label = row.named.label
        if label is None and entry.values and tried < _TRIED:
            tried += 1
            label = damaged(row.named.words)
            row.exact = label is None
        if label is not None and not row.named.passed:
            row.key, row.label, row.senses = sense_of(label.senses, above), label.text, label.senses
        if label is not None or entry.values:
            above.append(row.key)
        out.append(row)
    for row, following in pairwise(out):
        if row.key and not following.named.label and not following.key and goes_on(atoms, row.entry, following.entry):
            row.entry.values = []  # the figure below may be its own: nothing says that it is blank
    return _all_or_none_shifted(out)


def _all_or_none_shifted(rows: list[_Row]) -> list[_Row]:
    """The rows, all that flow under one header shifted where one of them is."""
    headers = {id(row.header) for row in rows if row.shifted}
    for row in rows:
        row.shifted = row.entry.table == NO_TABLE and id(row.header) in headers
    return rows


def _figures_first(atoms: Sequence[Atom], row: _Row) -> bool:
    """Whether figures flow directly behind a header or a heading: they stand before their labels.

    Every one of them would be read a row too low.
    """
    read, header = row.named, row.header
    if header is None or header.numbered or row.entry.table != NO_TABLE or read.label is not None or not read.before:
        return False
    last = read.before[-1].role
    kinds = {atoms[index].kind for index in row.entry.values}
    if last == GROUP:  # —— for the unit and the figure of a heading is no figure of the row below
        return Kind.NUMBER in kinds
    return row.begins and last in VALUES and not kinds.isdisjoint(_FIGURES)


def _header(atoms: Sequence[Atom], entry: Entry, read: Named) -> Header | None:
    """A header among the words before the figures of an entry; the last one where a table begins anew."""
    found = printed_header(atoms, entry)
    return found or flow_header((*read.before, *((read.label,) if read.label else ())))


def _clusters(atoms: Sequence[Atom], rows: list[_Row]) -> list[_Row]:
    """The rows of the list: stretches with enough known labels and figures, and what stands among them."""
    groups: list[list[_Row]] = [[]]
    strange = 0
    for row in rows:
        known = row.key is not None and bool(row.entry.values)
        words = sum(len(token.text) for token in row.named.before if token.role == FOREIGN)
        prose = words + sum(len(plain_label(text)) for text in row.named.words[:1])
        if groups[-1] and (strange > _STRANGERS or prose > _PROSE):
            groups.append([])
            strange = 0
        strange = 0 if known else strange + 1
        if known or groups[-1] or row.begins:
            groups[-1].append(row)
    out: list[_Row] = []
    for group in groups:
        places = [at for at, row in enumerate(group) if row.key is not None and row.entry.values]
        end = places[-1] + 1 if places else 0
        while end < len(group) and _ends(atoms, group[end]):
            end += 1
        keys = {group[at].key for at in places}
        headed = any(row.header is not None for row in group)
        if len(keys) >= (_ROWS_HEADED if headed else _ROWS):
            out += group[:end]
            out += [replace(row, tail=True) for row in group[end : end + 1] if row.entry.row < 0 and _leads(row)]
    return out


def _of_the_form(rows: list[_Row]) -> None:
    """Choose between the rows that a label is in several forms, and drop those of another form in a strange place."""
    printed, headings = _printed(rows)
    _, table = nearest_form(printed, headings)
    own = {row.key for row in table.rows}
    for row in rows:
        if row.key is None:
            row.key = of_the_form([sense for sense in row.senses if sense.key not in printed], own)
        elif row.key not in own and not any(one.key == row.key and stands_within(one, printed) for one in row.senses):
            row.key = None


def _printed(rows: list[_Row]) -> tuple[dict[str, str], frozenset[str]]:
    """The label of every row that is known, and the words of all headings."""
    labels = {row.key: row.label for row in rows if row.key is not None}
    return labels, frozenset(word for row in rows if row.header is not None for word in row.header.words)


def _labels(row: _Row) -> tuple[Token, ...]:
    return (row.named.label,) if row.named.label is not None else ()


def _leads(row: _Row) -> bool:
    """Whether words that follow a list begin with a label of it, which then has no figures."""
    tokens = (*row.named.before, *_labels(row))
    return bool(tokens) and tokens[0].role == ROW


def _ends(atoms: Sequence[Atom], row: _Row) -> bool:
    """Whether what follows the last known row is one too, though its label was not understood."""
    printed = row.entry.row >= 0 or not row.entry.values
    words = sum(len(plain_label(text)) for text in row.named.words[:1])
    return (
        printed
        and words <= _LABEL
        and (row.key is not None or any(atoms[index].kind is Kind.NUMBER for index in row.entry.values))
    )


def _place(atoms: Sequence[Atom], rows: list[_Row]) -> None:
    """Give the figures of every row to the columns."""
    counts = Counter(
        sum(atoms[index].kind not in EMPTY for index in row.entry.values) for row in rows if row.key is not None
    )
    usual = counts.most_common(1)[0][0]
    rising = _rises(atoms, rows)
    unnamed = {id(row.header) for row in rows if row.header and loses_heading(atoms, row.entry, row.header)}
    for number, row in enumerate(rows):
        if row.shifted or row.tail:
            continue
        final = number == len(rows) - 1 or rows[number + 1].entry.row >= 0
        row.figures = figures_of(atoms, row.entry, row.header, usual, final=final, rising=rising)
        if _goes_on(atoms, row, rows[number + 1 : number + 2]):
            row.figures = replace(row.figures, placed=())
        if id(row.header) in unnamed:
            row.figures = Figures((), (), ())  # which of two columns the named one is, its own heading may not tell


def _goes_on(atoms: Sequence[Atom], row: _Row, below: Sequence[_Row]) -> bool:
    """Whether a row is empty and the next has figures beside words of no meaning: the rest of its label, perhaps."""
    if row.key is None or any(atoms[index].kind not in EMPTY for index in row.entry.values):
        return False
    return any(
        other.key is None and not other.begins and any(atoms[index].kind is Kind.NUMBER for index in other.entry.values)
        for other in below
    )


def _rises(atoms: Sequence[Atom], rows: Sequence[_Row]) -> bool:
    """Whether of two figures in a row the second is nowhere the smaller, and here and there the larger."""
    pairs = []
    for row in rows:
        values = [atoms[index].value for index in row.entry.values]
        numbers = [value.number for value in values if value is not None and value.number is not None]
        if row.key is not None and len(numbers) == len(values) == _PAIR:
            pairs.append((numbers[0], numbers[1]))
    return all(one <= other for one, other in pairs) and sum(one < other for one, other in pairs) >= _ROWS


def _reading(atoms: Sequence[Atom], rows: list[_Row]) -> ListReading:
    form, table = nearest_form(*_printed(rows))
    columns = _columns(rows)
    out = ListReading(form.id)
    labels = {row.key: row for _, other in list_tables() for row in other.rows} | {row.key: row for row in table.rows}
    out.tables = {row.entry.table for row in rows if row.entry.table >= 0}
    _report_unknown(atoms, rows, out)
    if any(row.figures is not None and not row.figures.columns for row in rows):  # columns that are none of the list's
        out.problems.append(Problem("table_unread", (("table", STATISTICS),)))
        out.tables.clear()
    found: dict[tuple[str, str], list[Cell]] = {}
    lost = _lost(rows)
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
    broken = len(unsure) > _TRIED or any(row.shifted or row.tail for row in rows)
    for key in dict.fromkeys(keys):
        for column in columns:
            cells = found.get((key, column), [])
            if cells:
                out.cells.append(_one(cells))
            elif (
                broken
                or key in lost
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
    return first._replace(
        state=State.AMBIGUOUS,
        value=None,
        raw=None,
        unit=None,
        confidence=0.0,
        flags=("printed_twice",),
        candidates=tuple((cell.raw, cell.evidence) for cell in cells if cell.raw is not None),
        evidence={},
    )


def _columns(rows: list[_Row]) -> tuple[str, ...]:
    used = {role for row in rows if row.figures is not None for role in row.figures.columns}
    if "annual" in used and "cumulative" in used:
        used.discard("value")
    return tuple(role for role in VALUES if role in used) or ("value",)


def _sureness(row: _Row) -> float:
    assert row.figures is not None
    sure = _GRID if row.entry.table >= 0 else _LINE if row.entry.row >= 0 else _FLOW
    if not row.exact or not row.named.alone:
        sure = _DOUBTFUL
    if row.header is None:
        return min(sure, _HEADLESS)
    if of_a_period().intersection(row.header.words):
        return min(sure, _DOUBTFUL)
    return min(sure, row.figures.confidence)


def _ceiling(rows: list[_Row]) -> float:
    """What the whole list allows: a flow that lost figures is trusted less."""
    flowing = [row for row in rows if row.entry.row < 0 and row.key is not None]
    if not flowing:
        return 1.0
    if rows[-1].tail:
        return _TURNED
    short = sum(row.figures is None or row.figures.short for row in flowing)
    return _LEAKY if short else 1.0


def _lost(rows: list[_Row]) -> frozenset[str]:
    """Rows whose label is printed and whose figures are not."""
    out: set[str] = set()
    above: list[str | None] = []
    for number, row in enumerate(rows):
        tokens = row.named.before
        if row.tail:
            tokens = tuple(takewhile(lambda token: token.role != FOREIGN, (*tokens, *_labels(row))))
        for token in tokens:
            if token.role == GROUP:
                above.append(token.text)
            elif token.role == ROW:
                key = sense_of(token.senses, above)
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


def _report_unknown(atoms: Sequence[Atom], rows: list[_Row], out: ListReading) -> None:
    """Rows with figures that no form has: said, and their table kept as it is."""
    for row in rows:
        figures = [atoms[index].raw for index in row.entry.values if atoms[index].kind is Kind.NUMBER]
        if row.key is not None or row.tail or not figures or (row.begins and all(map(is_year, figures))):
            continue
        words = row.label or " ".join(row.named.words[0].split()) if row.named.words or row.label else ""
        if words:
            out.problems.append(Problem("row_unknown", (("table", STATISTICS), ("row", words))))
            out.tables.discard(row.entry.table)
