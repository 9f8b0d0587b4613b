"""Figures of a report, drawn so that they obey the identities of the forms and continue from year to year.

Zeros dominate, as in real reports; a city government has some large numbers. What is carried out of a year is carried
into the next in every column, stocks of documents continue, and every total is the sum of its parts. A defect is put
in afterwards, on purpose, and the manifest says so because the identities are evaluated on what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.sample.drawing import chance
from gicrawl.sample.forms import (
    APPLICANT_KEYS,
    APPLICATION_COLUMNS,
    FORM_2019,
    OUTCOMES,
    REVIEW_ROWS,
    Key,
    form_of,
    results,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

Number: TypeAlias = "int | float"
Numbers: TypeAlias = "dict[Key, Number]"


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands in one cell.

    Attributes:
        printed: the characters in the cell; empty for a blank.
        value: the number they are; None where there is none.
        state: number, blank, not_applicable, or ambiguous (two renditions print two numbers).
        unit: 元 or 万元 where it is printed with the number.
    """

    printed: str
    value: Number | None
    state: str = "number"
    unit: str | None = None


Figures: TypeAlias = "dict[Key, Figure]"

BLANK = Figure("", None, "blank")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much a body has to do: upper ends of what is drawn in a year."""

    requests: int
    documents: int
    decisions: int
    disputes: int
    money: int


SCALES: Mapping[str, Scale] = {
    "prefecture": Scale(1400, 90, 260_000, 60, 96_000),
    "county": Scale(260, 30, 42_000, 14, 21_000),
    "department": Scale(34, 6, 5_200, 3, 2_400),
    "township": Scale(4, 0, 60, 0, 0),
}
"""By level for governments; every office and department alike."""

_APPLICANT_WEIGHTS = (86, 8, 1, 1, 2, 2)
_RESULT_WEIGHTS: Mapping[str, int] = {
    "granted": 46,
    "partially_granted": 8,
    "denied_third_party_rights": 2,
    "denied_internal_affairs": 2,
    "denied_process_information": 2,
    "denied_enforcement_file": 2,
    "denied_administrative_query": 3,
    "unable_not_held": 18,
    "unable_needs_creation": 4,
    "unable_still_unclear": 2,
    "not_processed_petition": 4,
    "not_processed_repeat": 3,
    "other_processing_no_correction": 3,
    "other_processing_other": 3,
}


def draw_years(
    rng: random.Random, scale: Scale, years: Iterable[int], *, late_form: frozenset[int]
) -> dict[int, Numbers]:
    """Draw the figures of one body for consecutive years.

    Args:
        rng: source of the drawing.
        scale: how much the body has to do.
        years: consecutive report years, ascending.
        late_form: years of 2021 and later whose applications table still follows the form of 2019.
    """
    drawn: dict[int, Numbers] = {}
    carried = dict.fromkeys(APPLICANT_KEYS, 0)
    stock = rng.randint(0, scale.documents * 4)
    licences, services = rng.randint(0, 400), rng.randint(0, 80)
    penalties, coercions = rng.randint(0, 700), rng.randint(0, 30)
    fees = rng.randint(0, 12)
    for year in years:
        numbers: Numbers = {}
        if form_of(year) == FORM_2019:
            stock = _documents_2019(rng, scale, stock, numbers)
            for table, row, count in (
                ("art20_5", "administrative_licensing", licences),
                ("art20_5", "other_external_services", services),
                ("art20_6", "administrative_penalty", penalties),
                ("art20_6", "administrative_coercion", coercions),
                ("art20_8", "administrative_fees", fees),
            ):
                _items(rng, scale, (table, row), count, numbers)
            licences += int(numbers["art20_5", "administrative_licensing", "items_change"])
            services += int(numbers["art20_5", "other_external_services", "items_change"])
            penalties += int(numbers["art20_6", "administrative_penalty", "items_change"])
            coercions += int(numbers["art20_6", "administrative_coercion", "items_change"])
            fees += int(numbers["art20_8", "administrative_fees", "items_change"])
            bought = _few(rng, scale.documents * 6, 0.3)
            numbers["art20_9", "centralized_procurement", "procurement_items"] = bought
            amount = round(rng.uniform(3, max(4, scale.money)), rng.choice((0, 1, 2))) if bought else 0
            numbers["art20_9", "centralized_procurement", "procurement_amount"] = _plain(amount)
        else:
            stock = _documents_2021(rng, scale, stock, numbers)
            for table, row, share in (
                ("art20_5", "administrative_licensing", 0.35),
                ("art20_6", "administrative_penalty", 0.45),
                ("art20_6", "administrative_coercion", 0.7),
            ):
                numbers[table, row, "decisions"] = _few(rng, scale.decisions, share)
            fee = round(rng.uniform(0.2, max(1, scale.money)), rng.choice((1, 2, 3, 4))) if chance(rng, 0.55) else 0
            numbers["art20_8", "administrative_fees", "fee_amount_wan"] = _plain(fee if scale.money else 0)
        form = FORM_2019 if year in late_form else form_of(year)
        carried = _applications(rng, scale, form, carried, numbers)
        _disputes(rng, scale, numbers)
        drawn[year] = numbers
    return drawn


def _plain(number: float) -> Number:
    """A whole number as int, so that 12.0 is never printed."""
    return int(number) if float(number).is_integer() else number


def _few(rng: random.Random, most: int, zero_share: float) -> int:
    """0 with the given probability, else a count that is more often small than large."""
    if most <= 0 or rng.random() < zero_share:
        return 0
    return max(1, int(most * rng.random() ** 3))


def _documents_2019(rng: random.Random, scale: Scale, stock: int, numbers: Numbers) -> int:
    made = _few(rng, scale.documents, 0.3)
    shown = rng.randint(0, made)
    rules = rng.randint(1, 3) if scale is SCALES["prefecture"] else 0
    for column, rule, document in (
        ("new_made", rules, made),
        ("new_disclosed", rules, shown),
        ("total_disclosed", rules * 4, stock + shown),
    ):
        numbers["art20_1", "regulations", column] = rule
        numbers["art20_1", "normative_documents", column] = document
    return stock + shown


def _documents_2021(rng: random.Random, scale: Scale, stock: int, numbers: Numbers) -> int:
    issued = _few(rng, scale.documents, 0.3)
    repealed = rng.randint(0, min(stock + issued, scale.documents)) if chance(rng, 0.4) else 0
    stock += issued - repealed
    rule = 1 if scale is SCALES["prefecture"] and chance(rng, 0.5) else 0
    for column, rules, documents in (
        ("issued", rule, issued),
        ("repealed", 0, repealed),
        ("in_force", rule * 5, stock),
    ):
        numbers["art20_1", "regulations", column] = rules
        numbers["art20_1", "normative_documents", column] = documents
    return stock


def _items(rng: random.Random, scale: Scale, row: tuple[str, str], count: int, numbers: Numbers) -> None:
    change = 0 if chance(rng, 0.45) else rng.randint(-min(count, 40), 40)
    numbers[*row, "items_last_year"] = count
    numbers[*row, "items_change"] = change
    if row[0] != "art20_8":
        numbers[*row, "decisions"] = _few(rng, scale.decisions, 0.4)


def _spread(rng: random.Random, count: int, keys: tuple[str, ...], weights: tuple[int, ...]) -> dict[str, int]:
    """Put `count` cases into classes one by one."""
    out = dict.fromkeys(keys, 0)
    for key in rng.choices(keys, weights=weights, k=count):
        out[key] += 1
    return out


def _applications(
    rng: random.Random, scale: Scale, form: str, carried_in: dict[str, int], numbers: Numbers
) -> dict[str, int]:
    received = rng.randint(scale.requests // 3, scale.requests)
    new = _spread(rng, received, APPLICANT_KEYS, _APPLICANT_WEIGHTS)
    rows = tuple(row.key for row in results(form))
    weights = tuple(_RESULT_WEIGHTS.get(row, 1 if scale.requests > 100 else 0) for row in rows)  # noqa: PLR2004 - rare outcomes only where there is much to do
    carried_out: dict[str, int] = {}
    table = {row: dict.fromkeys(APPLICANT_KEYS, 0) for row in rows}
    for applicant in APPLICANT_KEYS:
        open_cases = new[applicant] + carried_in[applicant]
        carried_out[applicant] = min(open_cases, int(open_cases * rng.uniform(0, 0.09) + 0.3))
        for row, count in _spread(rng, open_cases - carried_out[applicant], rows, weights).items():
            table[row][applicant] = count
    lines = {"new_received": new, "carried_in": carried_in, **table, "carried_out": carried_out}
    lines["results_total"] = {a: sum(table[row][a] for row in rows) for a in APPLICANT_KEYS}
    for row, line in lines.items():
        for applicant in APPLICANT_KEYS:
            numbers["applications", row, applicant] = line[applicant]
        numbers["applications", row, "total"] = sum(line.values())
    return carried_out


def _disputes(rng: random.Random, scale: Scale, numbers: Numbers) -> None:
    for row, _ in REVIEW_ROWS:
        outcomes = _spread(rng, _few(rng, scale.disputes, 0.45), OUTCOMES, (6, 1, 2, 1))
        for outcome, count in outcomes.items():
            numbers["review_litigation", row, outcome] = count
        numbers["review_litigation", row, "total"] = sum(outcomes.values())


def print_figures(rng: random.Random, numbers: Numbers, *, fullwidth: bool = False) -> Figures:
    """Write the numbers as an office would: signs on changes, a unit in the cell of the procurement amount.

    Args:
        rng: source of the drawing.
        numbers: cell values.
        fullwidth: whether digits are typed full width, as some input methods do.
    """
    figures: Figures = {}
    for key, number in numbers.items():
        text = str(number)
        unit = None
        if key[2] == "items_change" and number > 0 and chance(rng, 0.6):
            text = f"+{text}"
        elif key[2] == "procurement_amount" and number:
            suffix, unit = rng.choice((("万元", "万元"), ("万", "万元"), (" 万元", "万元"), ("", None)))
            text += suffix
        if fullwidth:
            text = text.translate({ord("0") + i: ord("０") + i for i in range(10)})
        figures[key] = Figure(text, number, unit=unit)
    return figures


def spoil_total(rng: random.Random, figures: Figures) -> None:
    """Print a wrong total in the row 本年新收: the office changed a part and forgot the sum."""
    key = ("applications", "new_received", "total")
    value = figures[key].value
    assert value is not None
    wrong = value + rng.choice((1, 2, 3, 10))
    figures[key] = replace(figures[key], printed=str(wrong), value=wrong)


def spoil_blanks(rng: random.Random, figures: Figures) -> None:
    """Leave cells of organisations empty in most rows, as offices do when there was nothing to report."""
    rows = sorted({row for table, row, _ in figures if table == "applications"})
    for row in rng.sample(rows, k=len(rows) - rng.randint(2, 5)):
        for column in APPLICATION_COLUMNS[1:-1]:
            if figures["applications", row, column].value == 0:
                figures["applications", row, column] = BLANK
    for column in (*OUTCOMES, "total"):
        figures["review_litigation", "litigation_after_review", column] = BLANK


def spoil_slash(figures: Figures, mark: str) -> None:
    """Put a stroke where the body has no power to make rules: not applicable, which is not 0."""
    for table, row, column in [key for key in figures if key[:2] == ("art20_1", "regulations")]:
        figures[table, row, column] = Figure(mark, None, "not_applicable")


def alter_one(rng: random.Random, figures: Figures) -> Figures:
    """The figures as another rendition prints them: one cell was put right in one place and forgotten in the other."""
    shares = [key for key in figures if key[0] == "applications" and key[1] == "granted" and key[2] != "total"]
    key = rng.choice(shares)
    value = figures[key].value
    assert value is not None
    other = value + rng.choice((1, 2, 10))
    return {**figures, key: replace(figures[key], printed=str(other), value=other)}


def unsettle(figures: Figures, others: Figures) -> tuple[tuple[Key, tuple[str, str]], ...]:
    """Mark the cells that two renditions print differently: nobody can say which of them is meant.

    Args:
        figures: what the first prints; the cells are changed in place.
        others: what the second prints.

    Returns:
        These cells, each with what the first and the second print.
    """
    found = tuple(
        (key, (figure.printed, others[key].printed)) for key, figure in figures.items() if figure != others[key]
    )
    for key, _ in found:
        figures[key] = replace(figures[key], value=None, state="ambiguous")
    return found
