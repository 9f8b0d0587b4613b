"""Which form each table follows, and where its labels stand.

The labels of a whole part are searched together (part 二 is one chain), for every form; then the form is chosen table
by table: by its labels, never by the year. A table that two forms print alike follows the form of the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from gicrawl.parser.align.labels import ANCHOR, Anchors, Found, Wanted, find, is_whole, mend, wanted_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.align.stream import Stream
    from gicrawl.parser.forms import Form, Table

_MISSING = 0.4  # what a label that is not there costs, for each character of its shortest wording
_SURE = 0.8  # similarity from which a damaged heading still proves a table


@dataclass(frozen=True, slots=True)
class Reading:
    """A table of a form as it stands in the document.

    Attributes:
        form: id of the form.
        labels: for each of `wanted_of(table)`, where it stands, or None.
        first: position in `Stream.han` of its first label.
        last: position after its last label.
    """

    form: str
    table: Table
    labels: tuple[Found | None, ...]
    score: float
    first: int
    last: int

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
        labels = find(anchors, wanted)
        at = 0
        for table in tables:
            size = len(wanted_of(table))
            reading = _reading(form.id, table, labels[at : at + size])
            if reading is None and len(tables) > 1 and any(proof in anchors.text for proof in _proofs(table)):
                reading = _reading(form.id, table, find(anchors, wanted_of(table)))  # a part printed in another order
            if reading is not None:
                yield reading
            at += size


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
        labels = list(reading.labels)
        floor = readings[number - 1].last if number else 0
        ceiling = readings[number + 1].first if number + 1 < len(readings) else len(han)
        mend(han, wanted_of(reading.table), labels, (min(floor, reading.first), max(ceiling, reading.last)))
        mended = _reading(reading.form, reading.table, labels)
        assert mended is not None  # it only gained labels
        out.append(mended)
    return out


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


def _reading(form: str, table: Table, labels: list[Found | None]) -> Reading | None:
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
    return Reading(form, table, tuple(labels), score, found[0].start, found[-1].end)
