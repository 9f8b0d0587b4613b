"""The words around the rows of a table: where its header ends, and whose values stand beside which words."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from gicrawl.parser.align.labels import ANCHOR, wanted_of
from gicrawl.parser.align.numbers import Kind, Value
from gicrawl.parser.align.runs import NO_ROW, SUBTOTALS
from gicrawl.parser.align.stream import NO_TABLE, Stream, han
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.labels import Found, Wanted
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.runs import Run, Span
    from gicrawl.parser.forms import Table

SMALL = 5
"""Rows of a table that has no sums: only its headings say what its values are."""
TELLING = 4
"""Han characters of a label that is no part of other words."""

_WORDS = 5  # Han characters that make a label the form does not have, not a scrap of one
_MOST = 0.8  # of the rows of figures
_ORDINAL = 2  # Han characters of one, before its label
_SHORT = 3  # Han characters of a label that may begin any other
_ADDED = ("其中", "其他")  # what rows begin with that offices add
_NOTED = re.compile("(?:单位)?(?:万?元|[件条项个])|(?:截至|截止|不?含|包括).*")


def after_header(atoms: Stream, reading: Reading, first: int) -> int:
    """Atom after the last heading of a column, or the last words: numbers may stand above the first label."""
    heads = [
        atoms.atom_at(label.end - 1) + 1
        for label in reading.labels
        if label is not None and label.wanted.role == "column" and atoms.atom_at(label.end - 1) < first
    ]
    if heads or len(reading.table.rows) <= SMALL or _begins_within(atoms, reading, first):
        return max(heads, default=first)
    while first and atoms.atoms[first - 1].kind is not Kind.TEXT:
        first -= 1
    return first


def _begins_within(atoms: Stream, reading: Reading, first: int) -> bool:
    """Whether a heading stands in the same piece of text as the first row label: no number stands between them."""
    return any(
        label is not None and label.wanted.role != "row" and atoms.atom_at(label.end - 1) == first
        for label in reading.labels
    )


def begins_longer(atoms: Stream, label: Found, claimed: Sequence[tuple[int, int]]) -> bool:
    """Whether a label of two or three characters only begins longer words of its field: 其他 in 其他不予公开情形."""
    if label.end - label.start > _SHORT:
        return False
    end = atoms.position_after(atoms.atom_at(label.start) + 1)
    return end - label.end >= _SHORT and not any(start < end and stop > label.end for start, stop in claimed)


def strange_headings(atoms: Stream, reading: Reading, stop: int) -> bool:
    """Whether words stand among the headings of a table's columns that are none of its own."""
    claimed = sorted((label.start, label.end) for label in reading.labels if label is not None)
    start = max((one.end for one in reading.found("header") if one is not None and one.end <= stop), default=stop)
    return len(_NOTED.sub("", unclaimed(atoms.han, start, stop, claimed))) >= _SHORT


def without_column_numbers(atoms: Stream, reading: Reading) -> Stream:
    """The stream with the numbers of a table's columns (1 2 3 4 5 6 7 right above its first row) as nothing.

    No figures of a row are: its last counts all others.
    """
    first = reading.found("row")[0]
    if first is None:
        return atoms
    at, whole = atoms.atom_at(reading.origin + first.start), atoms.atoms
    begin = at - len(reading.table.columns)
    if begin < 0 or whole[at - 1].kind is not Kind.NUMBER:
        return atoms
    numbers = [atom.raw for atom in whole[begin:at]]
    if not (numbers[0].isdecimal() and numbers == [str(int(numbers[0]) + step) for step in range(len(numbers))]):
        return atoms
    nothing = Value(Kind.NOISE)
    struck = [atom._replace(value=nothing, kind=Kind.NOISE, token=Kind.NOISE.value) for atom in whole[begin:at]]
    stream = Stream([*whole[:begin], *struck, *whole[at:]])
    stream.ends = atoms.ends
    return stream


def figures_first(atoms: Stream, runs: list[Run], labels: list[Span | None], begin: Found | None, width: int) -> bool:
    """Whether figures stand before their labels: whole rows of them before the first, and none after the last.

    Or nearly all rows begin with figures, and words follow in the same line: empty cells may have left nothing there.
    Of a large table several figures right before the form's first label are enough, whole or not: others are of the
    table above, or of a label that is not known. So are as many whole rows of figures as labels, each before the end of
    its own and behind the one before: labels that are wrapped may have theirs between their pieces.

    Args:
        atoms: the stream.
        runs: in reading order.
        labels: of the rows that were found, in the order of the form.
        begin: the first of the form's labels.
        width: how many columns the table has.
    """
    spans = [span for span in labels if span is not None]
    leads = (
        len(runs) > SMALL
        and begin is not None
        and runs[0].held > 1
        and 0 <= begin.start - atoms.position_after(runs[0].atoms[-1] + 1) <= _ORDINAL
    )
    if leads and runs[-1].atoms[0] < spans[-1][0]:
        return True
    if len(runs) > SMALL and sum(_leads_row(atoms, run) for run in runs) > _MOST * len(runs):
        return True
    whole = [run for run in runs if run.held == width]
    if len(runs) > SMALL and len(whole) == len(spans) == len(labels) and _each_before(whole, spans):
        return True
    ahead = sum(run.atoms[0] < spans[0][0] for run in whole)
    if ahead == next(row for row, span in enumerate(labels) if span is not None):
        return False  # there is none, or their labels are gone
    return ahead > 0 and whole[-1].atoms[0] < spans[-1][0]


def _each_before(runs: list[Run], labels: list[Span]) -> bool:
    """Whether every run stands behind the label before its own, and before the end of that."""
    behind = [-1, *(last for _, last in labels[:-1])]
    return all(last < run.atoms[0] < label[1] for last, run, label in zip(behind, runs, labels, strict=True)) and any(
        run.atoms[0] < label[0] for run, label in zip(runs, labels, strict=True)
    )


def _leads_row(atoms: Stream, run: Run) -> bool:
    """Whether a printed row begins with a run, and words follow."""
    first, after = run.atoms[0], run.atoms[-1] + 1
    row = atoms.atoms[first].row
    return (
        row >= 0
        and (first == 0 or atoms.atoms[first - 1].row != row)
        and after < len(atoms.atoms)
        and atoms.atoms[after].row == row
    )


def with_names(atoms: Stream, reading: Reading, runs: list[Run], *, turned: bool) -> list[Run]:
    """The runs with the label beside each, or the words before it that no label of the form accounts for.

    Of figures that flow before their labels it is the words behind them.

    Args:
        atoms: the stream.
        reading: of the table.
        runs: in reading order.
        turned: what stands before figures in a line is the label of those before it.
    """
    wanted = wanted_of(reading.table)
    names = [label.variants for label in wanted if label.role == "row"]
    groups = "".join(han(label) for label in reading.table.groups)
    known = [groups, *(variant for label in wanted for variant in label.variants)]
    elsewhere = _labels_elsewhere(reading.table)
    claimed = sorted((label.start, label.end) for label in reading.labels if label is not None)
    starts = [None if label is None else atoms.atoms[atoms.atom_at(label.start)].row for label in reading.found("row")]
    width = len(reading.table.columns)
    lost = [name for variants, found in zip(names, starts, strict=True) if found is None for name in variants]
    out: list[Run] = []
    at = max((label.end for label in reading.found("column") if label is not None), default=reading.first)
    for run, after in zip(runs, [*runs[1:], None], strict=False):
        stop = atoms.position_after(run.atoms[0])
        lead = atoms.atoms[run.atoms[0]]
        below = after if turned and lead.row < 0 else None
        free = unclaimed(atoms.han, at, stop, claimed) if below is None else _behind(atoms, below, stop, claimed, lost)
        beside = _beside(atoms, run)
        ahead = not beside and len(run.atoms) >= width and not _leads(atoms, run, after)
        if ahead and (behind := _label_behind(atoms, run, starts)) is not None:
            out.append(replace(run, own=behind))
            at = max(at, stop)
            continue
        row = next((row for row, variants in enumerate(names) if beside in variants), None)
        if row is not None and len(beside) < ANCHOR and _stands_elsewhere(reading, row, stop - len(beside)):
            row = None  # the scrap of a longer label
        if row is None and beside:
            scrap = beside not in elsewhere and any(beside in label for label in known)
            row = NO_ROW if free.endswith(beside) and not scrap else None
        if row is None and free.endswith(_rows_of_others(reading.table)):
            row = NO_ROW
        if row is None and lead.row >= 0 and lead.table == NO_TABLE and _behind_lost(atoms, reading, run, claimed):
            row = NO_ROW
        if turned and (lead.table == NO_TABLE or not beside):
            run = replace(run, turned=True)  # noqa: PLW2901 - the same run, with what is known of it now
            row = None if row != NO_ROW else row
        if row is not None:
            out.append(replace(run, own=row, named=free if row == NO_ROW else ""))
        elif _name_a_row(free, groups, wanted):
            out.append(replace(run, named=free))
        else:
            out.append(run)
        at = max(at, stop)
    moved = [_goes_on(atoms, run, after) for run, after in pairwise(out)]
    return [run for run, empty in zip(out, [*moved, False], strict=False) if not empty]


def _name_a_row(words: str, groups: str, wanted: Sequence[Wanted]) -> bool:
    """Whether words that no label accounts for are the label of a row: of one the form does not have, or once more."""
    return (
        words.endswith(SUBTOTALS)
        or (len(words) >= _WORDS and not set(groups).issuperset(words))
        or any(label.whole in words for label in wanted if label.role == "row")
    )


def _behind(atoms: Stream, after: Run, start: int, claimed: list[tuple[int, int]], lost: list[str]) -> str:
    """Words between two runs that no label of the form accounts for, if they are not what is left of a lost one."""
    words = unclaimed(atoms.han, start, atoms.position_after(after.atoms[0]), claimed)
    return "" if any(words in name for name in lost) else words


def _goes_on(atoms: Stream, run: Run, after: Run) -> bool:
    """Whether a label without values ends in the printed row below it, where only its closing quote stands."""
    lead = atoms.atoms[after.atoms[0] - 1]
    closes = lead.kind is Kind.TEXT and not lead.han and lead.row == atoms.atoms[after.atoms[0]].row >= 0
    words = [at for at in range(run.atoms[-1] + 1, after.atoms[0]) if atoms.atoms[at].kind is Kind.TEXT]
    return closes and not run.held and after.held > 0 and after.own is None and words == [after.atoms[0] - 1]


def _leads(atoms: Stream, run: Run, after: Run | None) -> bool:
    """Whether empty fields are followed by values in the same printed row, which are its cells then."""
    row = atoms.atoms[run.atoms[0]].row
    return not run.held and after is not None and after.held > 0 and row == atoms.atoms[after.atoms[0]].row >= 0


def _label_behind(atoms: Stream, run: Run, starts: Sequence[int | None]) -> int | None:
    """The row whose label, and no other, stands behind the values in their printed row."""
    row = atoms.atoms[run.atoms[0]].row
    if row < 0:
        return None
    here = [number for number, start in enumerate(starts) if start == row]
    return here[0] if len(here) == 1 else None


def _stands_elsewhere(reading: Reading, row: int, at: int) -> bool:
    """Whether the label of a row was found letter by letter, and not at that place of `Stream.han`."""
    label = reading.found("row")[row]
    return label is not None and label.similarity == 1 and not label.start <= at < label.end


@cache
def _rows_of_others(table: Table) -> tuple[str, ...]:
    """Row labels of the other small tables: values behind one are none of this table's."""
    own = "|".join(text for wanted in wanted_of(table) for text in wanted.variants)
    tables = [
        other for form in load_forms() for other in form.tables if other.layout == "rows" and other.key != table.key
    ]
    labels = {han(row.labels[0]) for other in tables if len(other.rows) <= SMALL for row in other.rows}
    return tuple(sorted(label for label in labels if len(label) >= TELLING and label not in own))


@cache
def _labels_elsewhere(table: Table) -> frozenset[str]:
    """Row labels that only other forms have in the table of this name."""
    tables = [other for form in load_forms() for other in form.tables if other.key == table.key and other != table]
    labels = {han(text) for other in tables for row in other.rows for text in row.labels}
    return frozenset(labels - {han(text) for row in table.rows for text in row.labels})


def _beside(atoms: Stream, run: Run) -> str:
    """Han characters of the field before a run in its printed row; empty for values that flow."""
    first = run.atoms[0]
    if first == 0 or atoms.atoms[first].row < 0 or atoms.atoms[first - 1].row != atoms.atoms[first].row:
        return ""
    return atoms.atoms[first - 1].han


def _behind_lost(atoms: Stream, reading: Reading, run: Run, claimed: Sequence[tuple[int, int]]) -> bool:
    """Whether a label is known before a run, and behind it in the same text words of a row that is not.

    That is a label of its own, or the heading of a group whose first label is gone.
    """
    if not _beside(atoms, run):
        return False
    begin, stop = atoms.position_after(run.atoms[0] - 1), atoms.position_after(run.atoms[0])
    end = max((right for _, right in claimed if begin < right <= stop), default=begin)
    free = atoms.han[end:stop]
    if end == begin or not free or any(left < stop < right for left, right in claimed):
        return False
    if free in {han(group) for group in reading.table.groups}:
        rows = [(one.start, at) for at, one in enumerate(reading.found("row")) if one is not None]
        before = max((at for start, at in rows if start < stop), default=-1)
        after = min((at for start, at in rows if start >= stop), default=len(reading.table.rows))
        return after > before + 1
    parts = [
        *(variant for one in wanted_of(reading.table) for variant in one.variants),
        *map(han, reading.table.groups),
    ]
    return (free.startswith(_ADDED) or free in SUBTOTALS) and not any(free in part for part in parts)


def unclaimed(text: str, start: int, stop: int, claimed: list[tuple[int, int]]) -> str:
    """Han characters of a stretch that no label accounts for."""
    pieces = []
    for left, right in claimed:
        if right > start and left < stop:
            pieces.append(text[start : max(start, left)])
            start = max(start, right)
    pieces.append(text[start:stop])
    return "".join(pieces)
