"""The arithmetic identities of the forms, evaluated on what is printed: the manifest's truth about right and wrong.

T3_ROW_TOTAL: the six applicants make the total of a row. T3_RESULTS_SUM: (一) to (六) make (七) in a column.
T3_BALANCE: 一 and 二 make (七) and 四. T4_TOTAL: the four outcomes make the total. A blank operand makes an identity
not assessable; what then would hold with the blank read as 0 is not a question of truth and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.sample.forms import APPLICANT_KEYS, APPLICATION_COLUMNS, OUTCOMES, REVIEW_ROWS, form_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gicrawl.sample.figures import Figures, Number, Numbers
    from gicrawl.sample.forms import Key

_FRAME = ("new_received", "carried_in", "results_total", "carried_out")
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Finding:
    """One identity that does not simply hold.

    Attributes:
        id: the identity.
        status: fail or not_assessable.
        place: key of the row or column it is about, else of the table, else empty.
    """

    id: str
    status: str
    place: str


def findings(figures: Figures) -> list[Finding]:
    """Every identity of the report that fails or cannot be assessed, in printed order."""
    out: list[Finding] = []
    for name, place, left, right in _equations(figures):
        values = [_values(figures, left), _values(figures, right)]
        if None in values[0] or None in values[1]:
            out.append(Finding(name, "not_assessable", place))
        elif abs(_sum(values[0]) - _sum(values[1])) > _CLOSE:
            out.append(Finding(name, "fail", place))
    return out


def slips_of_form(figures: Figures, forms: Iterable[tuple[str, str]], year: int) -> list[Finding]:
    """What is wrong with the tables of a report and is no sum: another year's form, cells without a number.

    Args:
        figures: every cell printed.
        forms: (table, form) for each table printed.
        year: reported on.
    """
    own = form_of(year)
    out = [Finding("F_FORM_YEAR", "fail", table) for table, form in forms if form != own]
    open_ = {table for (table, _, _), figure in figures.items() if figure.state == "ambiguous"}
    for table, _ in forms:
        empty = any(figure.value is None for key, figure in figures.items() if key[0] == table)
        if empty and table not in open_:
            out.append(Finding("F_NO_NUMBER", "fail", table))
    return out + [Finding("X_STOCK_2019", "not_assessable", row) for row in _unknown_stocks(figures)]


def _unknown_stocks(figures: Figures) -> list[str]:
    """Rows of the form of 2019 that do not say how many documents were disclosed, this year or in all."""
    columns = ("new_disclosed", "total_disclosed")
    return list(
        dict.fromkeys(
            row
            for (table, row, column), figure in figures.items()
            if table == "art20_1" and column in columns and figure.value is None
        )
    )


def told_findings(figures: Figures, told: Numbers, stated: Collection[str]) -> list[Finding]:
    """Numbers that the text tells and the tables do not print, or leave open.

    Args:
        figures: every cell printed.
        told: the numbers as the text has them.
        stated: keys of the facts that the text states.
    """
    table, column = "applications", "total"
    rows = {row: (table, row, column) for row in _FRAME}
    new, before, done, left = (rows[row] for row in _FRAME)
    review = ("review_litigation", "review", column)
    suits = [("review_litigation", row, column) for row in ("litigation_direct", "litigation_after_review")]
    claims: list[tuple[str, str, Number, list[list[Key]]]] = []
    if "requests_received" in stated:
        claims.append(("N_T3_NEW", "new_received", told[new], [[new], [new, before]]))
        if told[before]:
            claims.append(("N_T3_GROUPS", "carried_in", told[before], [[before]]))
    if "replies_total" in stated:
        claims.append(("N_T3_DONE", "results_total", told[done], [[done], [new, before], [new]]))
        if told[left]:
            claims.append(("N_T3_GROUPS", "carried_out", told[left], [[left]]))
    if "review_total" in stated and review in figures:
        claims.append(("N_T4", "review", told[review], [[review]]))
        claims.append(("N_T4", "litigation", sum(told[key] for key in suits), [suits]))
    out = []
    for name, place, value, sums in claims:
        values = [_values(figures, keys) for keys in sums]
        known = [_sum(one) for one in values if None not in one]
        if not known:
            out.append(Finding(name, "not_assessable", place))
        elif all(abs(value - one) > _CLOSE for one in known):
            out.append(Finding(name, "fail", place))
    return out


def _sum(values: list[Number | None]) -> Number:
    return sum(value for value in values if value is not None)


def _values(figures: Figures, keys: Iterable[Key]) -> list[Number | None]:
    return [figures[key].value for key in keys]


def _equations(figures: Figures) -> Iterator[tuple[str, str, list[Key], list[Key]]]:
    rows = list(dict.fromkeys(row for table, row, _ in figures if table == "applications"))
    table = "applications"
    for row in rows:
        yield "T3_ROW_TOTAL", row, [(table, row, c) for c in APPLICANT_KEYS], [(table, row, "total")]
    for column in APPLICATION_COLUMNS:
        parts = [(table, row, column) for row in rows if row not in _FRAME]
        yield "T3_RESULTS_SUM", column, parts, [(table, "results_total", column)]
        yield (
            "T3_BALANCE",
            column,
            [(table, "new_received", column), (table, "carried_in", column)],
            [(table, "results_total", column), (table, "carried_out", column)],
        )
    table = "review_litigation"
    for row in (row for row, _ in REVIEW_ROWS if (table, row, "total") in figures):
        yield "T4_TOTAL", row, [(table, row, c) for c in OUTCOMES], [(table, row, "total")]
