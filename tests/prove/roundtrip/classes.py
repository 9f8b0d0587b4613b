"""Claims of the parser by what speaks for them, and how often they were wrong: what the calibration is made from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.parser.align.tables import read_tables
from gicrawl.parser.checks import run_checks
from gicrawl.parser.confidence import Signs, signs
from gicrawl.parser.document import Context
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers import media_type, reader_of, readers
from roundtrip.verdicts import outcome

if TYPE_CHECKING:
    from roundtrip.printing import Made

Class: TypeAlias = "tuple[Signs, float]"
"""What speaks for a claim, and the mark below the confidence that its placing gives it."""

_LEVELS = (0.99, 0.98, 0.97, 0.95, 0.92, 0.9, 0.85, 0.75)


def level(confidence: float) -> float:
    """The next lower of the marks that the placing gives."""
    return next((mark for mark in _LEVELS if confidence >= mark), 0.0)


def counted(made: Made) -> Counter[tuple[Class, bool]]:
    """Claims of one document as they were placed, before the calibration: (class, right)."""
    document = readers()[reader_of(media_type(made.body))].read(made.body, Context())
    tables = read_tables(document, load_forms())
    checks = run_checks({cell.key: cell for cell in tables.cells}, dict(tables.forms))
    out: Counter[tuple[Class, bool]] = Counter()
    for cell, sign in zip(tables.cells, signs(tables.cells, checks), strict=True):
        if sign is not None:
            right = outcome(made.truth.get(cell.key), cell) == "exact"
            out[(sign, level(cell.confidence)), right] += 1
    return out
