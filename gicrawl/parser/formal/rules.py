"""The rules of `formal.toml`, and the one way a check of them is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from gicrawl.parser.data import read_data
from gicrawl.parser.report import Check, CheckStatus, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.identity.lines import TextLine
    from gicrawl.parser.report import Key, Number


_PASS, _FAIL = CheckStatus.PASS, CheckStatus.FAIL  # members of enumerations are found ten times as slowly as names


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of `formal.toml`.

    Attributes:
        severity: of a failure.
        since: first report year it holds for.
        tables: tables it is about.
        words: what is looked for in the text.
        least: how many of what it counts it needs.
        patterns: further patterns, by their name in the file.
        numbers: years and numbers of what may be cited, in order of preference within a year.
    """

    severity: Severity
    since: int
    tables: tuple[str, ...]
    words: re.Pattern[str]
    least: int
    patterns: Mapping[str, re.Pattern[str]]
    numbers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """The files of a report as they are looked through.

    Attributes:
        documents: that were read, the main body first.
        lines: of each of them.
        text: of all of them, squeezed, lines joined.
    """

    documents: Sequence[Document]
    lines: Sequence[Sequence[TextLine]]
    text: str


@cache
def load_rules() -> dict[str, Rule]:
    """The rules of `formal.toml` by id."""
    return {name: _rule(entry) for name, entry in read_data(__package__, "formal.toml").items()}


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        severity=Severity(entry["severity"]),
        since=int(entry.get("since", 0)),
        tables=tuple(entry.get("tables", ())),
        words=re.compile(entry.get("words", "")),
        least=int(entry.get("least", 0)),
        patterns={name: re.compile(pattern) for name, pattern in entry.get("patterns", {}).items()},
        numbers=tuple((int(year), int(number)) for year, number in entry.get("numbers", ())),
    )


def made(
    name: str,
    left: Number,
    right: Number,
    *,
    table: str | None = None,
    holds: bool | None = None,
    cells: tuple[Key, ...] = (),
    printed: str | None = None,
) -> Check:
    """A check that holds where both sides are equal, if nothing else is said.

    Args:
        name: its id.
        left: what stands there: a year, or how many there are.
        right: what should.
        table: the table it is about.
        holds: whether it passes.
        cells: cells to look at.
        printed: the passage to look at, squeezed.
    """
    status = _PASS if (left == right if holds is None else holds) else _FAIL
    return Check(
        id=name,
        status=status,
        severity=load_rules()[name].severity,
        table=table,
        left=left,
        right=right,
        cells=cells,
        printed=printed,
    )
