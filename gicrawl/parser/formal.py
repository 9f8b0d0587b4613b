"""Slips of form: what is wrong with a report and is no sum. Checks of the family F_, as `formal.toml` lists them.

Only what can be told is said: a report that states no period has no check of its period. What may be missing because
it was not read is not called missing. Both sides of each check are numbers, so that it reads like the others: years, or
how many there are against how many there should be.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.labels import ANCHOR
from gicrawl.parser.align.stream import han, stream
from gicrawl.parser.forms import load_forms
from gicrawl.parser.identity.dates import period_year
from gicrawl.parser.report import Check, CheckStatus, Severity, State, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.forms import Table
    from gicrawl.parser.report import Cell, Identity, Key, Number

_LIST: Final = "list"


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of `formal.toml`.

    Attributes:
        severity: of a failure.
        since: first report year it holds for.
        tables: tables it is about.
        words: what is looked for in the text.
        least: how many numbers it needs.
    """

    severity: Severity
    since: int
    tables: tuple[str, ...]
    words: re.Pattern[str]
    least: int


@cache
def load_rules() -> dict[str, Rule]:
    """The rules of `formal.toml` by id."""
    text = files(__package__).joinpath("formal.toml").read_text(encoding="utf-8")
    return {
        name: Rule(
            severity=Severity(entry["severity"]),
            since=int(entry.get("since", 0)),
            tables=tuple(entry.get("tables", ())),
            words=re.compile(entry.get("words", entry.get("dated", ""))),
            least=int(entry.get("least", 0)),
        )
        for name, entry in tomllib.loads(text).items()
    }


def formal_checks(
    identity: Identity,
    forms: Mapping[str, str],
    cells: Mapping[Key, Cell],
    documents: Sequence[Document],
    text: str,
    *,
    whole: bool,
) -> tuple[Check, ...]:
    """The slips of form of one report.

    Args:
        identity: whose report it is, of which year.
        forms: form of each table that was found.
        cells: what was read of them.
        documents: the files of the report that were read.
        text: of these, squeezed, lines joined.
        whole: nothing of the document is missing or unread; otherwise nothing is called missing.

    Returns:
        Nothing for what is no report, or of no known year.
    """
    if identity.status is not Status.REPORT or identity.year is None:
        return ()
    checks = [*_period(identity, identity.year), *_year_left(text, identity.year)]
    checks += _zeros(cells)
    if whole:
        checks += [*_tables(forms, documents, identity.year), *_parts(forms, text, identity.year)]
    return tuple(checks)


def form_checks(forms: Mapping[str, str], year: int) -> tuple[Check, ...]:
    """F_FORM_YEAR: tables that the forms of the year do not have like that. Not part of a parse: hybrids are common.

    Args:
        forms: form of each table that was found.
        year: of the report; where no form is known for it, nothing is said.
    """
    checks = []
    for key, name in forms.items():
        due = [form for form in load_forms() if form.years[0] <= year <= form.years[1]]
        tables = [table for form in due for table in form.tables if table.key == key and table.layout != _LIST]
        own = next(form for form in load_forms() if form.id == name)
        if tables and own.table(key).layout != _LIST:
            alike = any(_shape(table) == _shape(own.table(key)) for table in tables)
            nearest = min(max(year, own.years[0]), own.years[1])
            checks.append(_check("F_FORM_YEAR", year if alike else nearest, year, table=key, holds=alike))
    return tuple(checks)


def _check(name: str, left: Number, right: Number, *, table: str | None = None, holds: bool | None = None) -> Check:
    """A check that holds where both sides are equal, if nothing else is said."""
    status = CheckStatus.PASS if (left == right if holds is None else holds) else CheckStatus.FAIL
    return Check(id=name, status=status, severity=load_rules()[name].severity, table=table, left=left, right=right)


def _period(identity: Identity, year: int) -> Iterator[Check]:
    period = identity.period
    if period is None:
        return
    stated = period_year(period)
    good = stated == year and period.printed is None
    yield _check("F_PERIOD", 0 if stated is None else stated, year, holds=good)


def _year_left(text: str, year: int) -> Iterator[Check]:
    """The last day that figures are dated to: where it is last year's and nowhere this year's, it was left over."""
    dated = {int(found) for found in load_rules()["F_YEAR_LEFT"].words.findall(text)}
    if dated & {year - 1, year}:
        yield _check("F_YEAR_LEFT", year if year in dated else year - 1, year)


def _shape(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(row.key for row in table.rows), tuple(column.key for column in table.columns)


def _zeros(cells: Mapping[Key, Cell]) -> Iterator[Check]:
    numbers = [cell.value for cell in cells.values() if cell.state is State.NUMBER and cell.value is not None]
    open_ = any(cell.state in {State.AMBIGUOUS, State.UNREAD, State.ILLEGIBLE} for cell in cells.values())
    other = sum(value != 0 for value in numbers)
    if len(numbers) >= load_rules()["F_ALL_ZEROS"].least and (other or not open_):
        yield _check("F_ALL_ZEROS", other, len(numbers), holds=other > 0)


def _tables(forms: Mapping[str, str], documents: Sequence[Document], year: int) -> Iterator[Check]:
    """Statutory tables of which not even a label stands there."""
    rule = load_rules()["F_PART_MISSING"]
    if year < rule.since or not any(key in forms for key in rule.tables):
        return
    missing = [key for key in rule.tables if key not in forms]
    text = "".join(stream(document).han for document in documents) if missing else ""
    for key in rule.tables:
        if key in forms:
            yield _check("F_PART_MISSING", 1, 1, table=key)
        elif not any(label in text for label in _labels(key)):
            yield _check("F_PART_MISSING", 0, 1, table=key)


@cache
def _labels(key: str) -> frozenset[str]:
    """What only stands where a table is: its long labels, and the headings above it."""
    tables = [table for form in load_forms() for table in form.tables if table.key == key]
    return frozenset(
        text
        for table in tables
        for label in (*table.headers[:1], *(text for row in (*table.rows, *table.columns) for text in row.labels))
        if len(text := han(label)) >= ANCHOR
    )


def _parts(forms: Mapping[str, str], text: str, year: int) -> Iterator[Check]:
    """Parts of prose that a report with statutory tables has to have."""
    for name in ("F_PROBLEMS_MISSING", "F_OTHER_MATTERS_MISSING"):
        rule = load_rules()[name]
        if year >= rule.since and "applications" in forms:
            yield _check(name, int(rule.words.search(text) is not None), 1)
