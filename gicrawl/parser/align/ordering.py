"""Rows that only their order tells, and whether it does."""

from __future__ import annotations

from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from gicrawl.parser.align.labels import wanted_of
from gicrawl.parser.align.naming import SMALL, TELLING
from gicrawl.parser.align.numbers import EMPTY, Kind
from gicrawl.parser.align.runs import Place, joined_rows
from gicrawl.parser.align.stream import NO_TABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.labels import Found
    from gicrawl.parser.align.readings import Reading
    from gicrawl.parser.align.runs import Assigned, Run, Span
    from gicrawl.parser.align.stream import Stream

_SAID = frozenset({Kind.NUMBER, Kind.NOT_APPLICABLE, Kind.ILLEGIBLE})
_NEIGHBOURS = 2  # rows that a label may have passed
_MOST_CUT = 0.2  # rows of a table that lack a field, where others have nothing but their label


def adrift_rows(
    runs: Sequence[Run], assigned: Sequence[Assigned], labels: Sequence[Span | None], width: int
) -> set[int]:
    """Rows whose values were given to them by order alone, where there are more or fewer rows of values than rows.

    Between two rows that have their values beside them order tells the others only where each has its values. What
    stands behind the values of another label, or of none, is not beside its own.
    """
    starts = {
        id(each.run): label[0] for each, label in zip(assigned, labels, strict=True) if each.run is not None and label
    }
    held = [run for run in runs if run.held > (1 if width > 1 else 0)]  # a number that stands alone may be of a page
    behind = {
        row
        for row, (each, label) in enumerate(zip(assigned, labels, strict=True))
        if each.place is Place.AFTER
        and each.run is not None
        and label is not None
        and any(label[0] < run.atoms[0] < each.run.atoms[0] and starts.get(id(run)) != label[0] for run in held)
    }
    out: set[int] = set()
    open_rows: list[int] = []
    begin = -1
    for row, each in enumerate([*assigned, None]):
        run = None if each is None else each.run
        if each is not None and (run is None or row in behind or not _holds(each)):
            open_rows.append(row)
            continue
        stop = run.atoms[0] if run is not None else 1 << 60
        between = sum(begin < one.atoms[0] < stop for one in held)
        if between != len(open_rows) or any(assigned[number].run is None for number in open_rows):
            out.update(open_rows)
        open_rows = []
        begin = run.atoms[-1] if run is not None else stop
    return out


def _holds(each: Assigned) -> bool:
    """Whether values stand where those of their row stand."""
    assert each.run is not None
    assert each.place is not None
    return each.place.own or (each.run.turned and each.place is Place.BEFORE)


def parted_rows(atoms: Stream, runs: Sequence[Run], assigned: Sequence[Assigned], width: int) -> set[int]:
    """Rows whose label a converter printed in one row and whose figures in another, and those that such were given to.

    Figures without words stand above or below a label with nothing in its own cells, or in some of them, where it is
    one figure in a line of its own. Or nobody got the figures that stand beside the cells of a row that are all empty,
    or above or below figures that are as few: numbers broken in narrow cells fill several lines.
    """
    kinds = [{atoms.atoms[index].kind for index in run.atoms} for run in runs]
    figures = _perhaps_apart(runs, kinds, assigned)
    if not figures:
        return set()
    rows = {id(each.run): row for row, each in enumerate(assigned) if each.run is not None}
    parted: set[int] = set()
    broken: set[int] = set()
    alone: list[int] = []
    for at in figures:
        apart = _wordless(atoms, runs[at])
        if apart:
            alone.append(at)
        elif id(runs[at]) in rows or runs[at].named:
            continue
        lone = atoms.atoms[runs[at].atoms[0]].row < 0
        for beside in (range(at - 1, -1, -1), range(at + 1, len(runs))):
            other = next((one for one in beside if id(runs[one]) in rows or kinds[one] & _SAID), at)
            row = rows.get(id(runs[other]))
            if row is None or other == at or (apart and runs[other].own != row):
                continue
            few = kinds[other] & EMPTY and 0 < runs[other].held < width  # one beside a row of nothing numbers a page
            if (few and atoms.atoms[runs[other].atoms[0]].table < 0) if lone else not kinds[other] & _SAID:
                parted.add(row)
            elif runs[other].own is None and id(runs[at]) not in rows and 1 < runs[at].held < width > runs[other].held:
                broken.add(row)
    if not parted:
        return broken
    return parted | broken | {rows[id(runs[at])] for at in alone if id(runs[at]) in rows}


def _perhaps_apart(runs: Sequence[Run], kinds: Sequence[set[Kind]], assigned: Sequence[Assigned]) -> list[int]:
    """Which runs hold figures and stand neither beside a label nor between the pieces of one that is wrapped."""
    within = {id(each.run) for each in assigned if each.place is Place.INSIDE}
    return [
        at
        for at, (run, held) in enumerate(zip(runs, kinds, strict=True))
        if Kind.NUMBER in held and run.own is None and id(run) not in within
    ]


def _wordless(atoms: Stream, run: Run) -> bool:
    """Whether figures have a printed row, or a line, to themselves."""
    fields = [atoms.atoms[index] for index in run.atoms]
    if not any(field.kind is Kind.NUMBER for field in fields):
        return False
    row = fields[0].row
    beside = (run.atoms[0] - 1, run.atoms[-1] + 1)
    return (row >= 0 or run.held == 1) and not any(
        0 <= at < len(atoms.atoms) and atoms.atoms[at].row == row >= 0 and atoms.atoms[at].kind is Kind.TEXT
        for at in beside
    )


def out_of_order(atoms: Stream, reading: Reading, last: int) -> set[int]:
    """Rows of which order tells nothing: a label that was not found in its place stands among those of its neighbours.

    One that stands farther away was carried there by a converter, together with others, and says nothing of these rows.
    """
    found = reading.found("row")
    claimed = [_sure_part(atoms, label) for label in reading.labels if label is not None and label.similarity == 1]
    stop = atoms.position_after(last)
    shortest = TELLING if len(reading.table.rows) > SMALL else 1
    names = [
        next((one for one in label.variants[::-1] if atoms.han.find(one, reading.first, stop) >= 0), label.variants[-1])
        for label in wanted_of(reading.table)
        if label.role == "row"
    ]
    out: set[int] = set()
    for number, (name, label) in enumerate(zip(names, found, strict=True)):
        if (label is not None and label.similarity == 1) or len(name) < shortest:
            continue
        at = atoms.han.find(name, reading.first, stop)
        while at >= 0 and any(start <= at < end for start, end in claimed):
            at = atoms.han.find(name, at + 1, stop)
        if at < 0:
            continue
        spans = [(row, *_sure_part(atoms, other)) for row, other in enumerate(found) if other is not None]
        passed = [row for row, start, end in spans if (row > number and end <= at) or (row < number and start >= at)]
        if 0 < len(passed) <= _NEIGHBOURS:
            out |= {number, *passed}
    return out


def _sure_part(atoms: Stream, label: Found) -> tuple[int, int]:
    """Where a label stands letter by letter: what it was widened by may be another one."""
    whole = [variant for variant in label.wanted.variants if atoms.han.startswith(variant, label.start)]
    return label.start, label.start + len(whole[0]) if whole else label.end


def before_lost(
    atoms: Stream, runs: Sequence[Run], assigned: Sequence[Assigned], labels: Sequence[Span | None], width: int
) -> set[int]:
    """Rows that may have the values of the next one, whose label is gone, in lines where an empty cell leaves nothing.

    The values between two labels are then those of either row, or of both. In a line of their own they are none beside
    the label above; and whole ones are where the table has no row without values.
    """
    some_empty = len(runs) < sum(label is not None for label in labels)
    out: set[int] = set()
    for row, (each, after) in enumerate(pairwise(assigned)):
        run, label = each.run, labels[row]
        if run is None or label is None or after.run is not None or labels[row + 1] is not None:
            continue
        lead = atoms.atoms[run.atoms[0]]
        if lead.row < 0 or lead.table != NO_TABLE or not (some_empty or run.held < width):
            continue
        begins = next((span[0] for span in labels[row + 2 :] if span is not None), -1)
        goes_on = begins >= 0 and atoms.atoms[begins].row == lead.row
        if goes_on or atoms.atoms[label[1]].row != lead.row:
            out.add(row)
    return out


def of_next_rows(
    atoms: Stream, runs: Sequence[Run], assigned: Sequence[Assigned], labels: Sequence[Span | None]
) -> set[int]:
    """Rows whose values may be those of the label behind them: some stand before the first label, none behind the last.

    Only values that flow: beside a label there is no doubt.
    """
    placed = {span: each.run for span, each in zip(labels, assigned, strict=True) if span is not None}
    first = min(placed)[0]
    above = next((run for run in runs if run.atoms[-1] == first - 1), None)
    if above is None or placed[max(placed)] is not None or any(each.run is above for each in assigned):
        return set()
    if not above.held or atoms.atoms[above.atoms[0]].table != NO_TABLE:
        return set()
    return {row for row, each in enumerate(assigned) if each.run is not None and each.place is Place.AFTER}


def joined_beside(atoms: Stream, assigned: Sequence[Assigned], labels: Sequence[Span | None]) -> set[int]:
    """Rows whose label shares its cell with others, beside one row of values: whose that is, nothing says.

    In a text that drops empty cells it is the last one's: the rows before it have nothing to print.
    """
    return {
        row
        for start, rows in joined_rows(labels).items()
        if atoms.atoms[start].table != NO_TABLE and any(assigned[row].run is None for row in rows)
        for row in rows
        if assigned[row].run is not None
    }


def names_itself(number: int, each: Assigned) -> bool:
    """Whether the label of a row stands beside its values in the same printed row."""
    return each.run is not None and each.run.own == number


def printed_again(runs: Sequence[Run]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Rows whose label stands beside two rows of values, one below the other, with the fields that must say the same.

    One of the labels is a slip, and nothing says which. A whole table that is printed twice is another matter.
    """
    pairs = [
        (one.own, tuple(zip(one.atoms, other.atoms, strict=True)))
        for one, other in pairwise(runs)
        if one.own is not None
        and one.own >= 0
        and one.own == other.own
        and one.held > 1
        and len(one.atoms) == len(other.atoms)
    ]
    return dict(pairs) if len(pairs) <= _NEIGHBOURS else {}


def bare_rows(
    atoms: Stream, found: Sequence[Found | None], assigned: Sequence[Assigned], runs: Sequence[Run], width: int
) -> set[int]:
    """Rows of a flattened table of which nothing is printed but their label: all of their cells are empty.

    Only where the rows that have values are whole but for a few, each in the line of its label, and the bare label
    stands there letter by letter and alone: else the values may be those of its other half, or of a label that is lost.
    """
    given = {
        id(each.run)
        for label, each in zip(found, assigned, strict=True)
        if label is not None and each.run is not None and _in_one_line(atoms, label, each.run)
    }
    held = [run for run in runs if run.held]
    cut = sum(len(run.atoms) < width for run in held)
    if not held or cut > _MOST_CUT * len(held) or any(id(run) not in given for run in held):
        return set()
    return {
        row
        for row, (label, each) in enumerate(zip(found, assigned, strict=True))
        if label is not None and each.run is None and label.similarity == 1 and _ends_its_text(atoms, label)
    }


def _in_one_line(atoms: Stream, label: Found, run: Run) -> bool:
    """Whether values stand behind the end of a label in a line of text."""
    end, first = atoms.atom_at(label.end - 1), run.atoms[0]
    return end < first and atoms.atoms[end].row == atoms.atoms[first].row >= 0 > atoms.atoms[first].table


def _ends_its_text(atoms: Stream, label: Found) -> bool:
    """Whether no words that are none of its own stand behind a label in its printed row."""
    last = atoms.atom_at(label.end - 1)
    here = atoms.atoms[last]
    if atoms.position_after(last + 1) != label.end:
        return False
    rest = takewhile(lambda atom: atom.row == here.row >= 0, atoms.atoms[last + 1 :])
    return not any(atom.kind is Kind.TEXT for atom in rest)
