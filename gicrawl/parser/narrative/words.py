"""Numbers and stretches of squeezed sentences: what every rule of prose needs."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gicrawl.parser.report import CheckStatus, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gicrawl.parser.report import Cell, Key, Number

NUMBER: Final = r"(?<![\d.,])(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
UNIT: Final = r"(?P<w>万)?(?P<u>条|件|起|宗|个|次)"
_LONGEST: Final = 200
_NUMBER: Final = State.NUMBER  # a member of an enumeration is found ten times as slowly as a name
_ZERO_FILL: Final = frozenset([State.BLANK, State.NOT_APPLICABLE])


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of `narrative.toml` with its number and counting word."""
    return re.compile(pattern.replace("{n}", NUMBER).replace("{u}", UNIT))


def decimal(printed: str) -> Decimal:
    """A number as printed; exact."""
    return Decimal(printed.replace(",", ""))


def number(value: Decimal | None) -> Number | None:
    """A number as the records hold it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def total_of(keys: Iterable[Key], cells: Mapping[Key, Cell], *, blank_is_zero: bool = False) -> Decimal | None:
    """Exact sum of printed cells; None where one of them holds no number."""
    whole, parts = 0, Decimal(0)
    for key in keys:
        cell = cells.get(key)
        if cell is None:
            return None
        if cell.state is not _NUMBER or cell.value is None:
            if not (blank_is_zero and cell.state in _ZERO_FILL):
                return None
        elif isinstance(cell.value, int):
            whole += cell.value
        else:
            parts += Decimal(repr(cell.value))  # the shortest decimal that reads back as it: what was printed
    return whole + parts


def outcome(*, holds: bool) -> CheckStatus:
    """Pass or fail."""
    return CheckStatus.PASS if holds else CheckStatus.FAIL


def clause_before(sentence: str, at: int) -> str:
    """From the start of the clause to an offset."""
    return re.split("[,;:。]", sentence[:at])[-1]


def passage(sentence: str, at: int = 0) -> str:
    """What people are shown of a sentence: from the clause of a place on, for headings may have run into it."""
    start = max(sentence.rfind(mark, 0, at) for mark in ",;:。") + 1
    return sentence[start : start + _LONGEST]
