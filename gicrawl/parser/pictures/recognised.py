"""What was recognised in pictures is believed as far as the recogniser and the sums of the form allow.

A recogniser may be sure and wrong: a 1 for a 7 in a bad print looks right to it. Only sums can tell. So a number that
no sum confirms is never quite sure, and one that was read in two ways is left open with both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.cells import PLACEMENT, unread
from gicrawl.parser.align.list_labels import STATISTICS
from gicrawl.parser.align.numbers import Kind, read_value
from gicrawl.parser.align.tables import read_tables
from gicrawl.parser.checks import run_checks
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import CheckStatus, Severity, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gicrawl.parser.align.tables import Tables
    from gicrawl.parser.document import Document, Evidence, Reading
    from gicrawl.parser.report import Cell, Key

DOUBTFUL: Final = "doubtful_print"
"""Flag of a cell whose print was not recognised for sure, or not alike when it was looked at twice."""

_LEGIBLE: Final = 0.6  # by the recogniser: less is a guess
_FIRM: Final = 0.98
_BOTH: Final = 0.99
"""Confidence of a number that a sum along its row and one along its column confirm."""
_ONE: Final = 0.95
_NONE: Final = 0.88
_FAILED: Final = 0.5
_FAINT: Final = 0.7
_BLANK: Final = 0.97
_TWO: Final = 2
_ONE_PRINTED: Final = "1"
_MANY: Final = 8  # cells of 1 in sums that fail: more than a row has
_PART_FOUR: Final = "review_litigation"
_PLACES: Final = ("attachment", "member", "picture", "page")

_Where = tuple[object, ...]


@dataclass(slots=True)
class _Sums:
    """How many sums over a cell hold, and how many do not."""

    hold: int = 0
    fail: int = 0


def tables_of(document: Document) -> Tables:
    """The statutory tables of a document, with what was recognised in pictures believed as far as that goes."""
    return doubt(read_tables(document, load_forms()), document)


def doubt(tables: Tables, document: Document) -> Tables:
    """The tables with what was recognised believed as far as that goes.

    Args:
        tables: as read from the document; changed.
        document: the one they were read from.
    """
    tables.cells = _in_order(tables.cells)
    if not document.readings:
        return tables
    readings = {_where(evidence): reading for evidence, reading in document.readings}
    strokes = _strokes(tables, readings)
    tables.cells = [_opened(cell, (_ONE_PRINTED, "/")) if cell.key in strokes else cell for cell in tables.cells]
    sums = _sums(tables)
    tables.cells = [
        _doubted(cell, readings[where], sums.get(cell.key, _Sums()))
        if cell.evidence and (where := _where(cell.evidence)) in readings
        else _not_denied(cell)
        for cell in tables.cells
    ]
    return tables


def _not_denied(cell: Cell) -> Cell:
    """A cell whose row was not found: on a picture its label may only be illegible. Annexes differ in their rows."""
    if cell.state is not State.ABSENT or cell.table == STATISTICS:
        return cell
    return unread(cell.table, cell.row, cell.column)


def _strokes(tables: Tables, readings: Mapping[_Where, Reading]) -> frozenset[Key]:
    """Cells of 1 in tables that seem to print strokes for nothing: a steep `/` is a 1 to a recogniser.

    So it seems where most of a table's many ones stand in sums that fail. An issuer's own slips are few.
    """
    sums = _sums(tables)
    found = [
        cell
        for cell in tables.cells
        if cell.state is State.NUMBER
        and cell.raw == _ONE_PRINTED
        and cell.evidence
        and _where(cell.evidence) in readings
    ]
    out: set[Key] = set()
    for table in {cell.table for cell in found}:
        ones = [cell.key for cell in found if cell.table == table]
        failing = sum(sums[key].fail > 0 for key in ones if key in sums)
        if failing >= _MANY and failing * _TWO > len(ones):
            out.update(ones)
    return frozenset(out)


def _in_order(cells: list[Cell]) -> list[Cell]:
    """The cells, those of part 四 left open where the numbers of one line on a page do not follow the form's columns.

    Its fifteen columns stand under heads of two levels; without rules between them a head may be taken for its
    neighbour's, and then the numbers go back and forth in the line.
    """
    lines: dict[_Where, list[int]] = {}
    for cell in cells:
        if cell[0] == _PART_FOUR and "box" in cell.evidence and (at := _at(cell)) is not None:
            lines.setdefault(_where(cell.evidence), []).append(at)
    slipped = {where for where, starts in lines.items() if starts != sorted(starts)}
    if not slipped:
        return cells
    return [
        _opened(cell, [cell.raw or ""], PLACEMENT)
        if cell.table == _PART_FOUR and _at(cell) is not None and _where(cell.evidence) in slipped
        else cell
        for cell in cells
    ]


def _opened(cell: Cell, said: Sequence[str], flag: str = DOUBTFUL, state: State = State.AMBIGUOUS) -> Cell:
    """A cell that stands for no number, but for all that it may be."""
    return cell._replace(
        state=state,
        value=None,
        unit=None,
        confidence=0.0,
        flags=(*cell.flags, flag),
        candidates=tuple((raw, cell.evidence) for raw in said),
    )


def _at(cell: Cell) -> int | None:
    """Where a cell begins in its line on a page; None where it stands in no such line."""
    start = cell.evidence.get("start")
    return start if isinstance(start, int) and "box" in cell.evidence else None


def _where(evidence: Evidence) -> _Where:
    """What a cell's place is known by, also after a page break has added where it goes on."""
    box = evidence.get("box")
    return *(evidence.get(name) for name in _PLACES), tuple(box) if isinstance(box, list) else ()


def _sums(tables: Tables) -> dict[Key, _Sums]:
    found: dict[Key, _Sums] = {}
    for check in run_checks({cell.key: cell for cell in tables.cells}, dict(tables.forms)):
        if check.severity is not Severity.ERROR or check.status is CheckStatus.NOT_ASSESSABLE:
            continue
        for key in check.cells:
            sums = found.setdefault(key, _Sums())
            if check.status is CheckStatus.PASS:
                sums.hold += 1
            else:
                sums.fail += 1
    return found


def _doubted(cell: Cell, reading: Reading, sums: _Sums) -> Cell:
    if cell.state in {State.BLANK, State.NOT_APPLICABLE}:
        return cell._replace(confidence=min(cell.confidence, _BLANK))
    if cell.state is not State.NUMBER:
        return cell
    firm = reading.sure >= _FIRM and not reading.others
    if sums.fail:
        most = _FAILED
    elif sums.hold >= _TWO:
        most = _BOTH if firm else _NONE
    elif not firm and (reading.others or reading.sure < _LEGIBLE):
        return _open(cell, reading)
    elif firm:
        most = _ONE if sums.hold else _NONE
    else:
        most = _FAINT
    flags = cell.flags if firm else (*cell.flags, DOUBTFUL)
    return cell._replace(confidence=min(cell.confidence, most), flags=flags)


def _open(cell: Cell, reading: Reading) -> Cell:
    """A number that was read in several ways, or hardly at all: no number, but all that it may be."""
    said = list(_numbers([cell.raw or "", *reading.others]))
    return _opened(cell, said, state=State.AMBIGUOUS if len(said) > 1 else State.ILLEGIBLE)


def _numbers(said: Iterable[str]) -> Iterable[str]:
    """Those of several readings that are numbers, each once."""
    for raw in dict.fromkeys(said):
        value = read_value(raw)
        if value is not None and value.kind is Kind.NUMBER:
            yield raw
