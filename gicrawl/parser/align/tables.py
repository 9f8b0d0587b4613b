"""The cells of every statutory table in a document."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gicrawl.parser.align.blocks import block_cells
from gicrawl.parser.align.cells import Settled, absent, cell_of, unread
from gicrawl.parser.align.labels import han_columns, wanted_of
from gicrawl.parser.align.numbers import Kind
from gicrawl.parser.align.placing import placements, profile_of, settle, shown
from gicrawl.parser.align.readings import Reading, read_labels
from gicrawl.parser.align.runs import Assigned, Run, assign, collect
from gicrawl.parser.align.stream import Stream, han, stream
from gicrawl.parser.document import Grid
from gicrawl.parser.report import Cell, Problem, RawGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.placing import Placement, Profile
    from gicrawl.parser.document import Document
    from gicrawl.parser.forms import Form

_PROSE = 4  # Han characters of a text that ends a table once its values have begun
_WORDS = 5  # Han characters that make a label the form does not have, not a scrap of one
_LOOSE = 0.75  # confidence where labels and numbers came apart and not every row found its own again
_APPLICATIONS = "applications"


@dataclass(slots=True)
class Tables:
    """What was read of the statutory tables.

    Attributes:
        forms: (table, form) for every table found.
        grids: tables of the document that belong to none of them.
    """

    cells: list[Cell] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    grids: list[RawGrid] = field(default_factory=list)


def read_tables(document: Document, forms: Sequence[Form]) -> Tables:
    """Align a document to the forms.

    Args:
        document: what a reader made of the bytes.
        forms: every known form.
    """
    atoms = stream(document)
    readings = read_labels(atoms, forms)
    out = Tables()
    used: set[int] = set()
    for number, reading in enumerate(readings):
        first = atoms.atom_at(reading.first)
        last = _end(atoms, reading, readings[number + 1 :])
        used |= {atom.table for atom in atoms.atoms[first:last]}
        if reading.table.layout == "blocks":
            cells, problems = block_cells(atoms, reading, last)
        else:
            cells, problems = _row_cells(atoms, reading, last)
        out.cells += cells
        out.problems += problems
        out.forms.append((reading.table.key, reading.form))
    out.grids = [
        _raw(grid)
        for number, grid in enumerate(block for block in document.blocks if isinstance(block, Grid))
        if number not in used
    ]
    return out


def _raw(grid: Grid) -> RawGrid:
    rows = [[""] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell.text
    return RawGrid(caption=grid.caption, rows=tuple(tuple(row) for row in rows), evidence=grid.evidence)


def _end(atoms: Stream, reading: Reading, later: Sequence[Reading]) -> int:
    """Index after the last atom of a table: where words begin again, or the next table."""
    limit = len(atoms.atoms)
    for other in later:
        if other.first >= reading.last:
            limit = min(limit, atoms.atom_at(other.first))
    own = {variant for wanted in wanted_of(reading.table) for variant in wanted.variants}
    own.update(han_columns(reading.table))
    begun = False
    for index in range(atoms.atom_at(reading.last - 1) + 1, limit):
        atom = atoms.atoms[index]
        if atom.kind is not Kind.TEXT:
            begun = begun or atom.kind is not Kind.GAP
        elif begun and len(words := han(atom.raw)) >= _PROSE and words not in own:
            return index
    return limit


def _row_cells(atoms: Stream, reading: Reading, last: int) -> tuple[list[Cell], list[Problem]]:
    """Cells of a table whose rows are printed one below the other."""
    rows = reading.found("row")
    labels = [None if label is None else atoms.atom_at(label.start) for label in rows]
    width = len(reading.table.columns)
    first = min(label for label in labels if label is not None)
    runs = _named(atoms, reading, collect(atoms.atoms, first, last, width))
    assigned = assign(runs, labels, width)
    given = {id(each.run) for each in assigned}
    problems = [
        Problem("row_unknown", (("table", reading.table.key), ("row", run.named)))
        for run in runs
        if run.held == width and id(run) not in given
    ]
    tidy = not problems and all(each.run for each, label in zip(assigned, rows, strict=True) if label is not None)
    profiles = _header_profiles(atoms, reading) | profile_of(atoms.atoms, runs, width)
    cells: list[Cell] = []
    for label, row, each in zip(rows, reading.table.rows, assigned, strict=True):
        settled = None if each.run is None else _settle(atoms, reading, each, width, profiles)
        if settled is not None and each.moved and (label is None or not tidy):
            settled = replace(settled, confidence=min(settled.confidence, _LOOSE)) if tidy or label else None
        if settled is None:
            make = absent if label is None and each.run is None else unread
            cells += [make(reading.table.key, row.key, column.key) for column in reading.table.columns]
            if make is unread:
                problems.append(Problem("row_unread", (("table", reading.table.key), ("row", row.labels[0]))))
            continue
        if label is not None and label.similarity < 1:
            settled = replace(settled, confidence=min(settled.confidence, 0.8 + 0.15 * label.similarity))
        cells += [
            cell_of(atoms.atoms, (reading.table.key, row.key, column), at, settled)
            for at, column in enumerate(reading.table.columns)
        ]
    return cells, problems


def _named(atoms: Stream, reading: Reading, runs: list[Run]) -> list[Run]:
    """The runs with the words before each that no label of the form accounts for."""
    groups = frozenset("".join(han(label) for label in reading.table.groups))
    names = [wanted.variants for wanted in wanted_of(reading.table) if wanted.role == "row"]
    claimed = sorted((label.start, label.end) for label in reading.labels if label is not None)
    out: list[Run] = []
    at = reading.first
    for run in runs:
        stop = atoms.position_after(run.atoms[0])
        free = _unclaimed(atoms.han, at, stop, claimed)
        beside = _beside(atoms, run)
        row = next((row for row, variants in enumerate(names) if beside in variants), None)
        foreign = len(free) >= _WORDS and not groups.issuperset(free)
        if row is not None:
            out.append(replace(run, own=row))
        elif foreign or any(variants[0] in free for variants in names):  # ours, where the chain does not allow it
            out.append(replace(run, named=free))
        else:
            out.append(run)
        at = max(at, stop)
    return out


def _beside(atoms: Stream, run: Run) -> str:
    """Han characters of the field before a run in its printed row; empty for values that flow."""
    first = run.atoms[0]
    if first == 0 or atoms.atoms[first].row < 0 or atoms.atoms[first - 1].row != atoms.atoms[first].row:
        return ""
    return han(atoms.atoms[first - 1].raw)


def _unclaimed(text: str, start: int, stop: int, claimed: list[tuple[int, int]]) -> str:
    pieces = []
    for left, right in claimed:
        if right > start and left < stop:
            pieces.append(text[start : max(start, left)])
            start = max(start, right)
    pieces.append(text[start:stop])
    return "".join(pieces)


def _header_profiles(atoms: Stream, reading: Reading) -> dict[int, Profile]:
    """Positions of the columns by their headings, for the grid these stand in."""
    found = reading.found("column")
    heads = [atoms.atoms[atoms.atom_at(label.start)] for label in found if label is not None]
    tables = {head.table for head in heads}
    if len(heads) < len(found) or len(tables) > 1 or -1 in tables:
        return {}
    spans = tuple((head.left, head.right) for head in heads)
    return {tables.pop(): spans} if len(set(spans)) == len(spans) else {}


def _settle(
    atoms: Stream, reading: Reading, each: Assigned, width: int, profiles: dict[int, Profile]
) -> Settled | None:
    """The placements of one row, or None when its values fit its columns in no way."""
    run = each.run
    assert run is not None
    lead = atoms.atoms[run.atoms[0]]
    profile = profiles.get(lead.table) if lead.row >= 0 else None
    options = placements(atoms.atoms, run, width, profile)
    if not options:
        return None
    sums = reading.table.key == _APPLICATIONS
    kept = settle(options, lambda option: _adds_up(atoms, option)) if sums else options
    confidence = 0.99 if lead.table >= 0 else 0.97
    if run.held != width:
        confidence = min(confidence, 0.95)
    if len(options) > 1:
        confidence = min(confidence, 0.85)
    holds = not sums or _adds_up(atoms, kept[0])
    if each.moved:
        confidence = min(confidence, 0.92 if holds else 0.85)
    elif not holds:
        confidence = min(confidence, 0.95 if lead.table >= 0 else 0.92)
    return Settled(tuple(kept), confidence)


def _adds_up(atoms: Stream, option: Placement) -> bool:
    """Whether the last column is the sum of the others, blanks counting nothing: only ever used to choose."""
    numbers = [shown(atoms.atoms, index) for index in option]
    values = [number if isinstance(number, int | float) else 0 for number in numbers]
    return abs(sum(values[:-1]) - values[-1]) < 1e-6  # noqa: PLR2004 - counts; decimals never stand here
