"""Which form each table follows, and where its labels stand.

The labels of a whole part are searched together (part 二 is one chain), for every form; then the form is chosen table
by table: by its labels, never by the year. A table that two forms print alike follows the form of the others.
"""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from gicrawl.parser.align.labels import (
    ANCHOR,
    Anchors,
    Chain,
    Found,
    Wanted,
    chain,
    find_around,
    find_within,
    is_whole,
    mend,
    wanted_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.align.stream import Stream
    from gicrawl.parser.forms import Form, Table

_MISSING = 0.4  # what a label that is not there costs, for each character of its shortest wording
_SURE = 0.8  # similarity from which a damaged heading still proves a table


class Reading(NamedTuple):
    """A table of a form as it stands in the document.

    Attributes:
        form: id of the form.
        labels: for each of `wanted_of(table)`, where it stands, counted from `origin`, or None.
        begin: where the first label begins, counted from there.
        end: where the last one ends.
        origin: position in `Stream.han`, usually where the first label begins.
    """

    form: str
    table: Table
    labels: tuple[Found | None, ...]
    score: float
    begin: int
    end: int
    origin: int = 0

    @property
    def first(self) -> int:
        """Position in `Stream.han` of the first label."""
        return self.origin + self.begin

    @property
    def last(self) -> int:
        """Position after the last label."""
        return self.origin + self.end

    def placed(self) -> Reading:
        """The reading with all places counted from the beginning of `Stream.han`."""
        labels = tuple([None if one is None else one.moved(self.origin) for one in self.labels])
        return self._replace(labels=labels, begin=self.first, end=self.last, origin=0)

    def found(self, role: str) -> list[Found | None]:
        """The labels of one role, in the order of the form."""
        return [label for label, wanted in zip(self.labels, wanted_of(self.table), strict=True) if wanted.role == role]


def read_labels(stream: Stream, forms: Sequence[Form]) -> list[Reading]:
    """The best reading of every table that is in the document, in reading order."""
    tied: dict[str, list[Reading]] = {}
    anchors = Anchors(stream.han)
    for form in forms:
        for reading in _of_form(anchors, form):
            known = tied.setdefault(reading.table.key, [])
            if known and reading.score > known[0].score:
                known.clear()
            if not known or reading.score == known[0].score:
                known.append(reading)
    votes = Counter(readings[0].form for readings in tied.values() if len(readings) == 1)
    best = [max(readings, key=lambda reading: votes[reading.form]) for readings in tied.values()]
    return _mended(stream.han, sorted(best, key=lambda reading: reading.first))


def _of_form(anchors: Anchors, form: Form) -> Iterator[Reading]:
    """Readings of one form, by the labels that stand there letter by letter."""
    for tables, wanted in _parts(form):
        readings = _of_part(anchors, form.id, tables, wanted)
        for table, reading in zip(tables, readings, strict=False):
            if reading is not None:
                yield reading
            elif len(tables) > 1 and any(proof in anchors.text for proof in _proofs(table)):
                # a part printed in another order
                yield from (one for one in _of_part(anchors, form.id, (table,), wanted_of(table)) if one is not None)


def _of_part(
    anchors: Anchors, form: str, tables: tuple[Table, ...], wanted: tuple[Wanted, ...]
) -> tuple[Reading | None, ...]:
    """Readings of tables whose labels are looked for together; nothing at all where no long one is there."""
    if (found := chain(anchors, wanted)) is None:
        return ()
    origin, chained = found
    before, after = find_around(anchors.text, wanted, origin, chained)
    if any(before) or any(after):
        within = [None if one is None else one.moved(origin) for one in find_within(wanted, chained)]
        return _readings(form, tables, [*before, *within[len(before) : len(wanted) - len(after)], *after])
    readings = _within(form, tables, wanted, chained)
    return tuple([None if one is None else one._replace(origin=one.origin + origin) for one in readings])


@lru_cache(maxsize=1024)
def _within(
    form: str, tables: tuple[Table, ...], wanted: tuple[Wanted, ...], chained: Chain
) -> tuple[Reading | None, ...]:
    """Readings of tables that a chain has all of; cached, because forms are printed alike in many documents."""
    return _readings(form, tables, find_within(wanted, chained))


def _readings(form: str, tables: tuple[Table, ...], labels: Sequence[Found | None]) -> tuple[Reading | None, ...]:
    out, at = [], 0
    for table in tables:
        size = len(wanted_of(table))
        out.append(_reading(form, table, labels[at : at + size]))
        at += size
    return tuple(out)


@cache
def _parts(form: Form) -> tuple[tuple[tuple[Table, ...], tuple[Wanted, ...]], ...]:
    """The tables of each part of a form, and their labels in one row."""
    aligned = (table for table in form.tables if table.layout != "list")
    parts = [tuple(part) for _, part in groupby(aligned, key=lambda table: table.section)]
    return tuple((part, tuple(wanted for table in part for wanted in wanted_of(table))) for part in parts)


def _mended(han: str, readings: list[Reading]) -> list[Reading]:
    """The readings with their damaged labels, each looked for between its own and its neighbours' labels."""
    out = []
    for number, reading in enumerate(readings):
        if is_whole(reading.labels):
            out.append(reading)
            continue
        if None not in reading.labels and is_whole(reading.labels[-1:]):  # nothing beyond its labels has a say in it
            widened = _widened(reading._replace(origin=0), han[reading.origin : reading.last])
            out.append(widened._replace(origin=widened.origin + reading.origin))
            continue
        labels = list(reading.placed().labels)
        floor = readings[number - 1].last if number else 0
        ceiling = readings[number + 1].first if number + 1 < len(readings) else len(han)
        mend(han, wanted_of(reading.table), labels, (min(floor, reading.first), max(ceiling, reading.last)))
        mended = _reading(reading.form, reading.table, labels)
        assert mended is not None  # it only gained labels
        out.append(mended)
    return out


@lru_cache(maxsize=512)
def _widened(reading: Reading, text: str) -> Reading:
    """A reading that has all its labels, some of them only by a short wording."""
    labels = list(reading.labels)
    mend(text, wanted_of(reading.table), labels, (0, len(text)))
    mended = _reading(reading.form, reading.table, labels)
    assert mended is not None  # its labels only grew
    return mended


@cache
def _proofs(table: Table) -> tuple[str, ...]:
    """Long labels that are no rows: one of them must be there for the table to be there."""
    return tuple(
        variant
        for wanted in wanted_of(table)
        if wanted.role != "row"
        for variant in wanted.variants
        if len(variant) >= ANCHOR
    )


def _reading(form: str, table: Table, labels: Sequence[Found | None]) -> Reading | None:
    """The reading, or None when what was found does not prove that the table is there."""
    found = [label for label in labels if label is not None]
    if not found:
        return None
    rows = [label for label in found if label.wanted.role == "row"]
    proofs = [
        label
        for label in found
        if label.wanted.role != "row" and label.similarity >= _SURE and label.end - label.start >= ANCHOR
    ]
    if table.layout == "blocks":
        if not proofs:
            return None
    elif len(table.rows) > ANCHOR:
        if sum(label.end - label.start >= ANCHOR for label in rows) * 3 < len(table.rows):
            return None
    elif not rows or not any(proof.start < rows[0].start for proof in proofs):
        return None
    score = sum((label.end - label.start) * label.similarity for label in found) - _MISSING * sum(
        len(wanted.variants[-1])
        for wanted, label in zip(wanted_of(table), labels, strict=True)
        if label is None and wanted.role != "header"
    )
    origin = found[0].start
    own = tuple([None if label is None else label.moved(-origin) for label in labels])
    return Reading(form, table, own, score, 0, found[-1].end - origin, origin)
