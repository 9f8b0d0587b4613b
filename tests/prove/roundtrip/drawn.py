"""Figures of invented reports, drawn so that the identities hold; broken ones are broken afterwards, as a damage."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gicrawl.sample import forms
from roundtrip.sheets import BLANK, NOT_APPLICABLE, Figure, Key

if TYPE_CHECKING:
    from random import Random

_SPECIAL = (forms.NEW, forms.CARRIED_IN, forms.TOTAL, forms.CARRIED_OUT)
STYLES = ("zeros", "zeros", "zeros", "blank_zeros", "some_blank", "blank_totals", "strokes")
"""What an office prints for nothing, and how often."""


@cache
def lists() -> dict[str, Any]:
    """The indicator lists, by name."""
    return tomllib.loads((Path(__file__).parent / "lists.toml").read_text(encoding="utf-8"))


def _count(draw: Random, busy: float, size: int) -> int:
    return 0 if draw.random() > busy else draw.choice((1, 1, 2, 4, 7, draw.randint(1, 40), draw.randint(1, size)))


def applications(draw: Random, form: str) -> dict[Key, Figure]:
    """The applications table: every row, column and balance right."""
    busy, size = draw.choice((0.02, 0.1, 0.3, 0.6, 0.95)), draw.choice((12, 150, 3000))
    rows = {row.key: [_count(draw, busy, size) for _ in range(6)] for row in forms.results(form)}
    done = [sum(column) for column in zip(*rows.values(), strict=True)]
    later = [_count(draw, busy, 25) for _ in range(6)]
    before = [draw.randint(0, a + b) if draw.random() < busy else 0 for a, b in zip(done, later, strict=True)]
    new = [a + b - c for a, b, c in zip(done, later, before, strict=True)]
    for row, counts in zip(_SPECIAL, (new, before, done, later), strict=True):
        rows[row.key] = counts
    return {
        ("applications", row, column): Figure(count)
        for row, counts in rows.items()
        for column, count in zip(forms.APPLICATION_COLUMNS, [*counts, sum(counts)], strict=True)
    }


def review(draw: Random) -> dict[Key, Figure]:
    """Reviews and lawsuits: each total right."""
    out = {}
    for row, _ in forms.REVIEW_ROWS:
        counts = [_count(draw, draw.choice((0.05, 0.3, 0.9)), 60) for _ in forms.OUTCOMES]
        for (column, _), count in zip(forms.REVIEW_COLUMNS, [*counts, sum(counts)], strict=True):
            out["review_litigation", row, column] = Figure(count)
    return out


def articles(draw: Random, form: str) -> dict[Key, Figure]:
    """Part 二; money comes with decimals, changes with a minus."""
    out = {}
    for article in forms.articles(form):
        for row, _ in article.rows:
            for column, _ in article.columns:
                value: int | float = _count(draw, 0.5, 30000)
                if column == "items_change":
                    value = draw.choice((0, 1, -1)) * draw.randint(1, 400)
                elif column in {"procurement_amount", "fee_amount_wan"} and draw.random() < 0.6:
                    value = round(draw.uniform(0.1, 90000), draw.randint(1, 4))
                out[article.key, row, column] = Figure(value)
    return out


def listed(draw: Random, name: str, columns: int) -> tuple[list[dict[str, Any]], dict[Key, Figure]]:
    """Rows of an indicator list as one office prints them, and their figures."""
    rows = [row for row in lists()[name]["rows"] if not row.get("rare") or draw.random() < 0.15]
    letter = draw.choice([row["key"] for row in rows if row.get("one_of")] or [""])
    rows = [row for row in rows if not row.get("one_of") or row["key"] == letter]
    busy, out = draw.choice((0.3, 0.6, 0.95)), {}
    for row in rows:
        if "unit" not in row:
            continue
        annual: int | float = _count(draw, busy, draw.choice((200, 40000)))
        if row["unit"] in {"元", "万元"} and draw.random() < 0.4:
            annual = round(annual + draw.random(), draw.randint(1, 2))
        if columns == 1:
            out["statistics", row["key"], "value"] = Figure(annual)
            continue
        cumulative = annual + _count(draw, 0.8, 90000)
        out["statistics", row["key"], "annual"] = Figure(annual)
        out["statistics", row["key"], "cumulative"] = Figure(
            round(cumulative, 2) if isinstance(cumulative, float) else cumulative
        )
    return rows, out


def styled(draw: Random, figures: dict[Key, Figure]) -> dict[Key, Figure]:
    """What is printed for nothing: a zero, an empty cell, a stroke; some offices forget a cell here and there."""
    style = draw.choice(STYLES)
    zeros = [key for key, figure in figures.items() if figure.value == 0]
    out = dict(figures)
    if style == "blank_zeros":
        out |= dict.fromkeys(zeros, Figure(None, BLANK))
    elif style == "strokes":
        out |= dict.fromkeys(zeros, Figure(None, NOT_APPLICABLE))
    elif style == "some_blank":
        out |= dict.fromkeys(draw.sample(zeros, len(zeros) // draw.randint(2, 9)), Figure(None, BLANK))
        out |= dict.fromkeys(draw.sample(sorted(out), draw.randint(0, 3)), Figure(None, BLANK))
    elif style == "blank_totals":
        totals = [key for key in zeros if key[2] == "total"]
        out |= dict.fromkeys(totals, Figure(None, BLANK))
    return out
