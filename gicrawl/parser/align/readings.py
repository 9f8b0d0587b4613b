"""Which form each table follows, and where its labels stand.

The labels of a whole part are searched together (part 二 is one chain), for every form; then the form is chosen table
by table: by its labels, never by the year. A table that two forms print alike follows the form of the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from gicrawl.parser.align.labels import (
    ANCHOR,
    Anchors,
    Found,
    Sought,
    Wanted,
    chain,
    find_around,
    find_within,
    han_columns,
    is_whole,
    mend,
    near,
    wanted_of,
)
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from gicrawl.parser.align.stream import Stream
    from gicrawl.parser.forms import Form, Table

_MISSING = 0.4  # what a label that is not there costs, for each character of its shortest wording
_SURE = 0.8  # similarity from which a damaged heading still proves a table
_BEGINS = 2  # characters of a heading that its beginning has at the least


class Reading(NamedTuple):
    """A table of a form as it stands in the document.

    Attributes:
        form: id of the form.
        labels: for each of `wanted_of(table)`, where it stands, counted from `origin`, or None; the headings of one
            block alone where no name of a side-by-side table stands there.
        begin: where the first label begins, counted from there.
        end: where the last one ends.
        origin: position in `Stream.han`, usually where the first label begins.
        unsettled: another form, with other columns, says as much of the table, and nothing tells which it follows.
    """

    form: str
    table: Table
    labels: tuple[Found | None, ...]
    score: float
    begin: int
    end: int
    origin: int = 0
    unsettled: bool = False

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
        labels = self.labels
        return [labels[at] for at in _places(self.table, role)]

    def shifted(self, by: int) -> Reading:
        """The same reading so many characters further on."""
        form, table, labels, score, begin, end, origin, unsettled = self
        return Reading(form, table, labels, score, begin, end, origin + by, unsettled)


@cache
def _places(table: Table, role: str) -> tuple[int, ...]:
    """Which of `wanted_of(table)` have a role."""
    return tuple(at for at, wanted in enumerate(wanted_of(table)) if wanted.role == role)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Tables of a form whose labels are looked for together. Compared by identity, as the forms are."""

    form: str
    tables: tuple[Table, ...]
    wanted: tuple[Wanted, ...]


_Placed: TypeAlias = "tuple[Reading, int]"
"""A reading and what is to be added to its origin."""


def read_labels(stream: Stream, forms: Sequence[Form]) -> list[Reading]:
    """The best reading of every table that is in the document, in reading order."""
    tied: dict[str, list[_Placed]] = {}
    anchors = Anchors(stream.han)
    for form in forms:
        for reading, by in _of_form(anchors, form):
            score = reading.score + _headings(stream.han, reading, by)
            placed = (reading if score == reading.score else reading._replace(score=score)), by
            known = tied.get(reading.table.key)
            if known is None or score > known[0][0].score:
                tied[reading.table.key] = [placed]
            elif score == known[0][0].score:
                known.append(placed)
    best, unsettled = _untied(list(tied.values()))
    mended = _mended(stream.han, sorted([reading.shifted(by) for reading, by in best], key=lambda one: one.first))
    if unsettled:
        mended = [one._replace(unsettled=_is_unheaded(one)) if one.table.key in unsettled else one for one in mended]
    bare = _without_names(stream.han, forms, tied)
    return sorted([*mended, *bare], key=lambda one: one.first) if bare else mended


def _is_unheaded(reading: Reading) -> bool:
    """Whether no heading of a column stands there, nor one so damaged that it still says so."""
    return not any(label is not None and label.similarity >= _SURE for label in reading.found("column"))


def _untied(tied: Sequence[Sequence[_Placed]]) -> tuple[list[_Placed], set[str]]:
    """Of the readings of each table that say as much one: that of the form which the other tables follow.

    Returns:
        Them, and which tables other forms have with other columns, where neither their headings nor the tables of
        their part tell which form it is.
    """
    told = [readings[0][0] for readings in tied if len(readings) == 1]
    votes = Counter(reading.form for reading in told)
    best, unsettled = [], set()
    for readings in tied:
        chosen = readings[0]
        if len(readings) > 1:
            near = Counter(one.form for one in told if one.table.section == chosen[0].table.section)
            ranks = [(near[reading.form], votes[reading.form]) for reading, _ in readings]
            chosen = readings[ranks.index(max(ranks))]
            if _columns_elsewhere(chosen[0].table) and sum(rank[0] == max(ranks)[0] for rank in ranks) > 1:
                unsettled.add(chosen[0].table.key)
        best.append(chosen)
    return best, unsettled


def _without_names(han: str, forms: Sequence[Form], known: Container[str]) -> list[Reading]:
    """Side-by-side tables of which no name stands there: the headings of one block, in their order, prove them too."""
    out: dict[str, Reading] = {}
    for form in forms:
        for table in form.tables:
            if table.layout != "blocks" or table.key in known or table.key in out:
                continue
            wanted = _heads_of_block(table)
            if (at := han.find(wanted.key)) >= 0:
                size = len(wanted.key)
                label = Found(wanted, 0, size, 1.0)
                out[table.key] = Reading(form.id, table, (label,), float(size), 0, size, at)
    return list(out.values())


@cache
def _heads_of_block(table: Table) -> Wanted:
    """All headings of one block but its last, which is worded in several ways, as one label."""
    words = "".join(han_columns(table)[:-1])
    return Wanted("header", words, (words,), words)


def _headings(han: str, reading: Reading, by: int) -> int:
    """What the headings above the rows of a small table say for its form beyond those found in order, in characters.

    A large table is known by its rows. Of a small one the labels that are there may say less than those that should
    not be: 处理决定数量 is a column of two forms, beside 上一年项目数量 of one of them. Headings that only other forms
    have speak against it; its own speak for it in any order. So do their beginnings, where a heading was cut.
    """
    if not _columns_elsewhere(reading.table):
        return 0
    rows = [label.start for label in reading.found("row") if label is not None]
    origin = reading.origin + by
    text = han[origin + reading.begin : origin + min(rows, default=reading.end)]
    return _said(reading.table, tuple([label is None for label in reading.found("column")]), text)


@lru_cache(maxsize=256)
def _said(table: Table, missing: tuple[bool, ...], text: str) -> int:
    """For and against the form of a table, from the text above its rows and which of its headings it lacks."""
    strange, columns = _columns_elsewhere(table), han_columns(table)
    lacking = [name for name, lost in zip(columns, missing, strict=True) if lost]
    own = sum(len(name) if name in text else _beginning(name, text, strange) for name in lacking)
    return own - sum(len(name) if name in text else _beginning(name, text, columns) for name in strange)


def _beginning(name: str, text: str, others: Sequence[str]) -> int:
    """How much of a heading stands in a text, where no other heading has that much of it."""
    for size in range(len(name) - 1, _BEGINS - 1, -1):
        if name[:size] in text:
            return 0 if any(name[:size] in other for other in others) else size
    return 0


@cache
def _columns_elsewhere(table: Table) -> tuple[str, ...]:
    """Statutory headings of columns that only other forms have in the table of this name; none for a large table."""
    if table.layout != "rows" or len(table.rows) > ANCHOR:
        return ()
    own = {variant for wanted in wanted_of(table) if wanted.role == "column" for variant in wanted.variants}
    like = (
        other for form in load_forms() for other in form.tables if other.key == table.key and other.layout == "rows"
    )
    names = {name for other in like for name in han_columns(other)} - own
    return tuple(sorted(name for name in names if not any(name in variant for variant in own)))


def _of_form(anchors: Anchors, form: Form) -> Iterator[_Placed]:
    """Readings of one form, by the labels that stand there letter by letter."""
    for part in _parts(form):
        origin, readings = _of_part(anchors, part)
        for table, reading in zip(part.tables, readings, strict=False):
            if reading is not None:
                yield reading, origin
            elif len(part.tables) > 1 and any(proof in anchors.text for proof in _proofs(table)):
                # a part printed in another order
                apart, alone = _of_part(anchors, _alone(form, table))
                yield from ((one, apart) for one in alone if one is not None)


def _of_part(anchors: Anchors, part: _Part) -> tuple[int, tuple[Reading | None, ...]]:
    """Readings of tables whose labels are looked for together, and where their chain of labels begins.

    Nothing at all where no long label is there.
    """
    found = chain(anchors, part.wanted)
    return (0, ()) if found is None else (found[0], _sought(part, found[1]))


@lru_cache(maxsize=256)
def _sought(part: _Part, sought: Sought) -> tuple[Reading | None, ...]:
    """Readings of tables around a chain of labels, counted from its beginning.

    Cached, because forms are printed alike in many documents, and headings stand before and after them.
    """
    before, after = find_around(part.wanted, sought)
    within = find_within(part.wanted, sought.chain)
    if any(before) or any(after):
        labels = [*before, *within[len(before) : len(part.wanted) - len(after)], *after]
        return _readings(part.form, part.tables, labels)
    return _readings(part.form, part.tables, within)


def _readings(form: str, tables: tuple[Table, ...], labels: Sequence[Found | None]) -> tuple[Reading | None, ...]:
    out, at = [], 0
    for table in tables:
        size = len(wanted_of(table))
        out.append(_reading(form, table, labels[at : at + size]))
        at += size
    return tuple(out)


@cache
def _parts(form: Form) -> tuple[_Part, ...]:
    """The tables of each part of a form, and their labels in one row."""
    aligned = (table for table in form.tables if table.layout != "list")
    parts = [tuple(part) for _, part in groupby(aligned, key=lambda table: table.section)]
    return tuple(_Part(form.id, part, tuple(one for table in part for one in wanted_of(table))) for part in parts)


@cache
def _alone(form: Form, table: Table) -> _Part:
    return _Part(form.id, (table,), wanted_of(table))


def _mended(han: str, readings: list[Reading]) -> list[Reading]:
    """The readings with their damaged labels, each looked for between its own and its neighbours' labels."""
    out = []
    for number, reading in enumerate(readings):
        labels, origin = reading.labels, reading.origin
        if is_whole(labels):
            out.append(reading)
            continue
        if labels[0] is not None and is_whole(labels[-1:]):  # nothing beyond its labels has a say in it
            out.append(_mended_within(reading.shifted(-origin), han[origin : reading.last]).shifted(origin))
            continue
        floor = readings[number - 1].last if number else 0
        ceiling = readings[number + 1].first if number + 1 < len(readings) else len(han)
        within = (min(floor, reading.first), max(ceiling, reading.last))
        begin, end = near(reading.first, reading.last, within)
        out.append(_mended_within(reading.shifted(-begin), han[begin:end]).shifted(begin))
    return out


@lru_cache(maxsize=256)
def _mended_within(reading: Reading, text: str) -> Reading:
    """A reading with the labels that were not found letter by letter, as far as they stand in a text in some way."""
    labels = list(reading.placed().labels)
    mend(text, wanted_of(reading.table), labels, (0, len(text)))
    mended = _reading(reading.form, reading.table, labels)
    assert mended is not None  # it only gained labels
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
    unheaded = len(table.rows) <= ANCHOR and not any(label.wanted.role == "column" for label in found)
    ignored = ("header", "column") if unheaded else ("header",)  # of headings unread, none is lacking
    score = sum((label.end - label.start) * label.similarity for label in found) - _MISSING * sum(
        len(wanted.variants[-1])
        for wanted, label in zip(wanted_of(table), labels, strict=True)
        if label is None and wanted.role not in ignored
    )
    origin = found[0].start
    own = tuple([None if label is None else label.moved(-origin) for label in labels])
    return Reading(form, table, own, score, 0, found[-1].end - origin, origin)
