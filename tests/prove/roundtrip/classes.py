"""Claims of the parser by what speaks for them, and how often they were wrong: what the calibration is made from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.report import CheckStatus
from roundtrip.verdicts import outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.report import Cell, Report
    from roundtrip.printing import Made

Class: TypeAlias = "tuple[str, float, str, str]"
"""(medium, level, what its own sums say, what the other sums of its table say)."""

_FEW, _SOME = 0.2, 0.5
_CLAIMS = {"number", "blank", "not_applicable"}
_LEVELS = (0.99, 0.98, 0.97, 0.95, 0.92, 0.9, 0.85, 0.75)


def level(confidence: float) -> float:
    """The next lower of the marks that the parser gives."""
    return next((mark for mark in _LEVELS if confidence >= mark), 0.0)


def medium(cell: Cell) -> str:
    """Whether the file itself says where the cell ends."""
    return "flat" if "start" in cell.evidence else "grid"


def _state(broken: int, held: int) -> str:
    """What the sums of a table say of it: all hold, a few do not, as many, or most."""
    if not broken:
        return "clean"
    share = broken / (broken + held)
    return "few" if share <= _FEW else "some" if share <= _SOME else "most"


def classes(report: Report) -> Iterable[tuple[Cell, Class]]:
    """Every claim with its class."""
    passed: Counter[object] = Counter()
    trivial: Counter[object] = Counter()
    failed: Counter[object] = Counter()
    broken_of: Counter[str] = Counter()
    held_of: Counter[str] = Counter()
    for check in report.checks:
        if not check.cells or check.id.startswith(("F_", "N")):
            continue
        held = check.status is CheckStatus.PASS or check.holds_if_blank_is_zero is True
        broken = check.status is CheckStatus.FAIL or check.holds_if_blank_is_zero is False
        for table in {key[0] for key in check.cells}:
            broken_of[table] += broken
            held_of[table] += held
        for key in check.cells:
            failed[key] += broken
            passed[key] += held and bool(check.left)
            trivial[key] += held and not check.left
    for cell in report.cells:
        if cell.state.value not in _CLAIMS:
            continue
        key = cell.key
        own = (
            "fails" if failed[key]
            else "twice" if passed[key] > 1
            else "once" if passed[key]
            else "nothing" if trivial[key]
            else "none"
        )  # fmt: skip
        yield cell, (medium(cell), level(cell.confidence), own, _state(broken_of[cell.table], held_of[cell.table]))


def counted(made: Made) -> Counter[tuple[Class, str, bool]]:
    """Claims of one document: (class, table, right)."""
    out: Counter[tuple[Class, str, bool]] = Counter()
    for cell, found in classes(parse([Source(made.body)])):
        table = cell.table[:5]
        out[found, table, outcome(made.truth.get(cell.key), cell) == "exact"] += 1
    return out
