"""A Report as the JSON object of `gicrawl parse`: the one place that knows its shape."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gicrawl.parser.data import read_data
from gicrawl.parser.report import Check, CheckStatus, Problem

if TYPE_CHECKING:
    from gicrawl.parser.report import Cell, Fact, Issuer, Report


def to_json(report: Report, *, source: str, lang: str = "en") -> dict[str, Any]:
    """The object of one document, ready for `json.dumps`.

    Args:
        report: what was read.
        source: the document's name as the user gave it.
        lang: language of the messages, `zh` or `en`; nothing else depends on it.
    """
    identity = report.identity
    period = identity.period
    return {
        "source": source,
        "sha256": report.sha256,
        "media_type": report.media_type,
        "parser": report.parser,
        "status": identity.status.value,
        "title": identity.title,
        "issuer": issuer_json(identity.issuer),
        "scope": identity.scope,
        "year": identity.year,
        "period": {"start": period.start, "end": period.end, "printed": period.printed} if period else None,
        "script": identity.script,
        "published": identity.published,
        "published_source": identity.published_source,
        "forms": dict(report.forms),
        "cells": [cell_json(cell) for cell in report.cells],
        "facts": [fact_json(fact) for fact in report.facts],
        "checks": [check_json(check, lang) for check in report.checks],
        "grids": [
            {"caption": grid.caption, "rows": [list(row) for row in grid.rows], "evidence": grid.evidence}
            for grid in report.grids
        ],
        "problems": [{"code": problem.code, "message": message(problem, lang)} for problem in report.problems],
    }


def issuer_json(issuer: Issuer | None) -> dict[str, Any] | None:
    """The issuer's object."""
    if issuer is None:
        return None
    return {
        "name": issuer.name,
        "printed": issuer.printed,
        "region_code": issuer.region_code,
        "level": issuer.level,
        "kind": issuer.kind,
    }


def cell_json(cell: Cell) -> dict[str, Any]:
    """A cell's object."""
    return {
        "table": cell.table,
        "row": cell.row,
        "column": cell.column,
        "value": cell.value,
        "state": cell.state.value,
        "raw": cell.raw,
        "unit": cell.unit,
        "confidence": round(cell.confidence, 4),
        "flags": list(cell.flags),
        "candidates": [{"raw": raw, "evidence": evidence} for raw, evidence in cell.candidates],
        "evidence": cell.evidence,
    }


def fact_json(fact: Fact) -> dict[str, Any]:
    """A fact's object."""
    return {
        "key": fact.key,
        "value": fact.value,
        "unit": fact.unit,
        "scope": fact.scope,
        "kind": fact.kind,
        "sentence": fact.sentence,
        "evidence": fact.evidence,
    }


def check_json(check: Check, lang: str = "en") -> dict[str, Any]:
    """A check's object."""
    return {
        "id": check.id,
        "status": check.status.value,
        "severity": check.severity.value,
        "table": check.table,
        "row": check.row,
        "column": check.column,
        "left": check.left,
        "right": check.right,
        "holds_if_blank_is_zero": check.holds_if_blank_is_zero,
        "cells": [list(key) for key in check.cells],
        "message": message(check, lang),
    }


_OWN_WORDS = ("pictures", "picture", "archive")
"""Fields with which a problem is said in other words: those of its code and the field's name."""
_FORMAL = ("F_", "D_")
"""Begin the ids of slips of form: where nothing is wrong there is nothing to compare."""


@cache
def _templates() -> dict[str, dict[str, str]]:
    return read_data(__package__, "problems.toml")


@cache
def check_sentences() -> dict[str, dict[str, str]]:
    """What failed checks say, by id, where they say more than that two sides differ."""
    return read_data(__package__, "check_sentences.toml")


def message(said: Problem | Check, lang: str = "en", place: str | None = None) -> str:
    """One sentence a user understands.

    Args:
        said: a problem of our reading or a check of the report.
        lang: `zh` or `en`.
        place: where a check applies, in words; None for the keys of table, row and column.

    Raises:
        KeyError: its code has no message in `problems.toml`; a test holds that none is missing.
    """
    if isinstance(said, Problem):
        fields = dict(said.fields)
        own = (f"{said.code}_{name}" for name in _OWN_WORDS if name in fields)
        template = _templates()[next((code for code in own if code in _templates()), said.code)][lang]
        if "attachment" in fields and "{attachment}" not in template:
            template = _templates()["in_attachment"][lang] + template
        return template.format_map(fields)
    template = _templates()[f"check_{said.status.value}"][lang]
    if said.status is CheckStatus.PASS and said.id.startswith(_FORMAL):
        template = _templates()["check_pass_formal"][lang]
    elif said.status is CheckStatus.PASS and said.left != said.right:
        template = _templates()["check_pass_at_most"][lang]
    elif said.status is CheckStatus.FAIL and said.id in check_sentences():
        template = f"{said.id}: " + check_sentences()[said.id][lang]
    if place is None:
        place = " ".join(part for part in (said.table, said.row, said.column) if part)
    return template.format(id=said.id, place=place, left=said.left, right=said.right)
