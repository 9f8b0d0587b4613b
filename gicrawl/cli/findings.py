"""Checks in words for people: which rule, where, both sides, and the cells behind them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from gicrawl.messages import text
from gicrawl.parser.forms import load_forms
from gicrawl.parser.output import message
from gicrawl.parser.report import CheckStatus, Severity, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.corpus.views import ParsedReport
    from gicrawl.parser.report import Check, Key, Report


@dataclass(frozen=True, slots=True)
class Examined:
    """A document with the checks that were made on it.

    Attributes:
        source: file name or URL.
        status: `report`, `not_a_report` or `failed`.
        printed: state and printed text of each cell that is there.
    """

    source: str
    status: str
    issuer: str | None
    year: int | None
    checks: tuple[Check, ...]
    printed: Mapping[Key, tuple[State, str | None]] = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        """Whether a check of severity `error` fails."""
        return any(c.status is CheckStatus.FAIL and c.severity is Severity.ERROR for c in self.checks)

    @property
    def unsettled(self) -> bool:
        """Whether a check fails or cannot be assessed."""
        return any(c.status is not CheckStatus.PASS for c in self.checks)

    def count(self, status: CheckStatus) -> int:
        """How many checks came out like that."""
        return Counter(check.status for check in self.checks)[status]


def examined(source: str, report: Report) -> Examined:
    """What the checks say of one report."""
    issuer = report.identity.issuer
    return Examined(
        source=source,
        status=str(report.status),
        issuer=None if issuer is None else issuer.name or issuer.printed,
        year=report.identity.year,
        checks=report.checks,
        printed={cell.key: (cell.state, cell.raw) for cell in report.cells},
    )


def examined_row(report: ParsedReport) -> Examined:
    """What the checks say of a report of the archive."""
    return Examined(
        source=report.row.final_url,
        status=str(report.row.status),
        issuer=report.row.issuer.name or report.row.issuer.printed,
        year=report.row.year,
        checks=report.checks,
        printed={cell.key: (cell.state, cell.raw) for cell in report.cells},
    )


def lines(document: Examined, lang: str) -> Iterator[str]:
    """The findings of one document for people: a headline, then each failed or not assessable check."""
    yield text(
        "check_headline",
        lang,
        source=document.source,
        issuer=document.issuer or text("issuer_unknown", lang),
        year=document.year or text("year_unknown", lang),
        failed=document.count(CheckStatus.FAIL),
        open=document.count(CheckStatus.NOT_ASSESSABLE),
        passed=document.count(CheckStatus.PASS),
    )
    for check in document.checks:
        if check.status is CheckStatus.PASS:
            continue
        sides = {"left": check.left, "right": check.right}
        holds = {None: "", True: text("check_holds_if_zero", lang), False: text("check_breaks_if_zero", lang)}
        said = text(f"check_{check.status}", lang, **sides) + holds[check.holds_if_blank_is_zero]
        yield f"  {check.id}  {place(check, lang)}: {said}"
        cells = ", ".join(_cells(check, document.printed, lang))
        if cells:
            yield f"      {cells}"


def place(check: Check, lang: str) -> str:
    """Table, row and column a check applies to: keys in English, the statutory labels in Chinese."""
    parts = (("table", check.table), ("row", check.row), ("column", check.column))
    named = [(kind, key) for kind, key in parts if key is not None]
    return " / ".join(label(kind, key, check.table) if lang == "zh" else key for kind, key in named)


def record(document: Examined, check: Check, lang: str) -> dict[str, object]:
    """A check as a JSON object: the contract's check, with the document it was made on."""
    return {
        "source": document.source,
        "issuer": document.issuer,
        "year": document.year,
        "id": check.id,
        "status": str(check.status),
        "severity": str(check.severity),
        "table": check.table,
        "row": check.row,
        "column": check.column,
        "left": check.left,
        "right": check.right,
        "holds_if_blank_is_zero": check.holds_if_blank_is_zero,
        "cells": [list(key) for key in check.cells],
        "message": message(check, lang),
    }


def _cells(check: Check, printed: Mapping[Key, tuple[State, str | None]], lang: str) -> Iterator[str]:
    """The cells behind a check; printed zeros are left out, what is blank or missing is said."""
    for table, row, column in check.cells:
        state, raw = printed.get((table, row, column), (State.ABSENT, None))
        if state is State.NUMBER and raw is not None and raw.strip("0.０．\xa0 \n\t") == "":
            continue
        shown = " ".join(raw.split()) if state is State.NUMBER and raw is not None else text(f"state_{state}", lang)
        key = row if check.column is not None or check.row is None else column
        kind = "row" if key is row else "column"
        yield f"{label(kind, key, table) if lang == 'zh' else key} {shown}"


@cache
def label(kind: str, key: str, table: str | None) -> str:
    """The statutory label of a table, row or column, newest form first; the key itself where no form has it."""
    for form in reversed(load_forms()):
        for entry in form.tables:
            if kind == "table" and entry.key == key:
                return entry.section
            if entry.key == table:
                for found in entry.rows if kind == "row" else entry.columns:
                    if found.key == key:
                        return found.labels[0]
    return key
