"""The rows of a list of indicators: which entries are its own, and which row each of them is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from gicrawl.parser.align.list_cuts import goes_on, joined
from gicrawl.parser.align.list_entries import (
    Entry,
    Header,
    Named,
    column_by_column,
    entries_of,
    flow_header,
    named,
    printed_header,
)
from gicrawl.parser.align.list_form import nearest_form
from gicrawl.parser.align.list_labels import (
    FOREIGN,
    GROUP,
    ROW,
    VALUES,
    damaged,
    of_the_form,
    plain_label,
    sense_of,
)
from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.stream import NO_TABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.list_labels import Sense, Token
    from gicrawl.parser.align.list_values import Figures
    from gicrawl.parser.align.stream import Atom

LEAST_ROWS, _ROWS_HEADED = 4, 2  # rows with figures that make a list, without and with a header
_STRANGERS = 6  # entries of no meaning in a row that end a list
TRIED = 200  # labels that no form has, of one document, that are looked at for damage: no annex has so many
_LABEL = 40  # Han characters of a label
_FIGURES = (Kind.NUMBER, Kind.NOT_APPLICABLE)
_PROSE = 120  # Han characters of no meaning that end it


@dataclass(slots=True)
class Row:
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


def rows_of(atoms: Sequence[Atom], first: int, last: int) -> list[Row]:
    """Every entry with its label, the header it stands under and the row it means."""
    out: list[Row] = []
    above: list[str | None] = []
    header: Header | None = None
    tried = 0
    for entry in joined(atoms, column_by_column(atoms, entries_of(atoms, first, last))):
        row = Row(entry, named(atoms, entry))
        begun = _header(atoms, entry, row.named)
        header = begun or header
        row.header, row.begins = header, begun is not None
        row.shifted = _figures_first(atoms, row)
        for token in row.named.before:
            if token.role == GROUP:
                above.append(token.text)
            elif token.role == ROW:
                above.append(sense_of(token.senses, above, token.text))
        label = row.named.label
        if label is None and entry.values and tried < TRIED:
            tried += 1
            label = damaged(row.named.words)
            row.exact = label is None
        if label is not None and not row.named.passed:
            row.key, row.label, row.senses = sense_of(label.senses, above, label.text), label.text, label.senses
        if label is not None or entry.values:
            above.append(row.key)
        out.append(row)
    for row, following in pairwise(out):
        if row.key and not following.named.label and not following.key and goes_on(atoms, row.entry, following.entry):
            row.entry.values = []  # the figure below may be its own: nothing says that it is blank
    return _all_or_none_shifted(out)


def _all_or_none_shifted(rows: list[Row]) -> list[Row]:
    """The rows, all that flow under one header shifted where one of them is."""
    headers = {id(row.header) for row in rows if row.shifted}
    for row in rows:
        row.shifted = row.entry.table == NO_TABLE and id(row.header) in headers
    return rows


def _figures_first(atoms: Sequence[Atom], row: Row) -> bool:
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


def clusters(atoms: Sequence[Atom], rows: list[Row]) -> list[Row]:
    """The rows of the list: stretches with enough known labels and figures, and what stands among them."""
    groups: list[list[Row]] = [[]]
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
    out: list[Row] = []
    for group in groups:
        places = [at for at, row in enumerate(group) if row.key is not None and row.entry.values]
        end = places[-1] + 1 if places else 0
        while end < len(group) and _ends(atoms, group[end]):
            end += 1
        keys = {group[at].key for at in places}
        headed = any(row.header is not None for row in group)
        if len(keys) >= (_ROWS_HEADED if headed else LEAST_ROWS):
            out += group[:end]
            out += [replace(row, tail=True) for row in group[end : end + 1] if row.entry.row < 0 and _leads(row)]
    return out


def settle(rows: list[Row]) -> None:
    """Choose between the rows that a label is in several forms, where it may stand anywhere."""
    printed, headings = printed_in(rows)
    _, table = nearest_form(printed, headings)
    own = {row.key for row in table.rows}
    for row in rows:
        if row.key is None:
            row.key = of_the_form([sense for sense in row.senses if sense.key not in printed], own)


def printed_in(rows: list[Row]) -> tuple[dict[str, str], frozenset[str]]:
    """The label of every row that is known, and the words of all headings."""
    labels = {row.key: row.label for row in rows if row.key is not None}
    return labels, frozenset(word for row in rows if row.header is not None for word in row.header.words)


def labels_of(row: Row) -> tuple[Token, ...]:
    """The label of a row, if it has one."""
    return (row.named.label,) if row.named.label is not None else ()


def _leads(row: Row) -> bool:
    """Whether words that follow a list begin with a label of it, which then has no figures."""
    tokens = (*row.named.before, *labels_of(row))
    return bool(tokens) and tokens[0].role == ROW


def _ends(atoms: Sequence[Atom], row: Row) -> bool:
    """Whether what follows the last known row is one too, though its label was not understood."""
    printed = row.entry.row >= 0 or not row.entry.values
    words = sum(len(plain_label(text)) for text in row.named.words[:1])
    return (
        printed
        and words <= _LABEL
        and (row.key is not None or any(atoms[index].kind is Kind.NUMBER for index in row.entry.values))
    )
