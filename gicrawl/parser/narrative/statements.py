"""Numbers that stand in a table and in a sentence: N_T3_…, N_T4, NF_…."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gicrawl.parser.data import read_data
from gicrawl.parser.facts import of_another_year, scope_stated
from gicrawl.parser.narrative.words import NUMBER, UNIT, clause_before, compiled, decimal, number, passage, total_of
from gicrawl.parser.report import Check, CheckStatus, Severity, State
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from gicrawl.parser.report import Cell, Fact, Identity, Key

_ANNUAL: Final = "annual"
_REGION: Final = "region"
_VALUE: Final = "value"
_WAN: Final = 10_000
_RESPONDENT: Final = re.compile("为(?:复议)?(?:被申请人|被告|被诉)")
"""Of whom reviews and suits are told apart: none of the numbers is that of all."""
_OF_A_PART: Final = {
    "N_T3_NEW": re.compile(r"\(本级\)(?:新收|收到|受理)|平台受理|办公室(?:\(本级\))?(?:新收|收到|受理)申请"),
    "N_T3_DONE": re.compile(
        r"\(本级\)(?:新收|收到|受理)|平台受理|办公室(?:\(本级\))?(?:新收|收到|受理)申请"
        r"|新收(?:\d+件)?申请[^。;,\d]{0,6},?[^。;,\d]{0,6}(?:办结|答复)\d"
    ),
    "N_T4": re.compile(r"直接起诉|复议后(?:起诉|提起)"),
}
"""Sentences of one body of the region, one platform, a part of the requests or suits: no table has their number."""
_MADE: Final = re.compile("公文|公开属性|制发|制作|产生文件|形成文件")
"""What is sorted into classes when it is made, long before anybody asks for it."""
_ASKED: Final = re.compile(r"(?:申请|新收|收到|受理|办结|答复|办理)[^。;,、:\d]{0,10}:?(?P<n>\d[\d,]*)[件条宗]")
_OTHER_KIND: Final = {"review": re.compile("诉讼|应诉|起诉"), "litigation": re.compile("复议")}
"""Where what is told of reviews ends, and of suits."""
_BOTH: Final = re.compile("复议(?:案件)?[和与及、]?(?:行政)?诉讼|复议应诉")
"""What is said of reviews and suits together."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry of `narrative.toml`, compiled; see there."""

    id: str
    table: str
    row: str
    column: str
    fact: str
    word: str
    pattern: re.Pattern[str] | None
    before: tuple[str, ...]
    sums: tuple[tuple[str, ...], ...]
    more: re.Pattern[str] | None
    unless: str
    closed: re.Pattern[str] | None = None
    """Wording in which the number cannot be a sum of rows."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """A number that a sentence states."""

    value: Decimal
    sentence: str
    at: int
    wan: int = 0
    """Decimals it is printed with where it is in units of ten thousand, plus one; 0 where it is exact."""


@cache
def load_statements() -> tuple[Statement, ...]:
    """The statements of `narrative.toml`, in its order."""
    return tuple(
        Statement(
            id=entry["id"],
            table=entry["table"],
            row=entry["row"],
            column=entry["column"],
            fact=entry.get("fact", ""),
            word=entry.get("word", ""),
            pattern=compiled(entry["pattern"]) if "pattern" in entry else None,
            before=tuple(entry.get("before", ())),
            sums=tuple(tuple(rows) for rows in entry["sums"]),
            more=compiled(entry["with"]) if "with" in entry else None,
            unless=entry.get("unless", ""),
            closed=compiled(entry["closed"]) if "closed" in entry else None,
        )
        for entry in _data()["statement"]
    )


@cache
def _data() -> dict[str, Any]:
    return read_data(__package__, "narrative.toml")


@cache
def _outcomes() -> dict[str, tuple[re.Pattern[str], dict[str, re.Pattern[str]]]]:
    """For reviews and for suits: where a stretch about them begins, and how each outcome is stated."""
    entry = _data()["outcomes"]
    labels = {column: re.compile(label + "(?:共|有|为)?" + NUMBER + UNIT) for column, label in entry["labels"].items()}
    totals = {row: entry["total"].replace("{stretch}", entry[row]) for row in ("review", "litigation")}
    return {row: (compiled(total), labels) for row, total in totals.items()}


def statement_checks(
    sentences: Sequence[str],
    identity: Identity,
    forms: Mapping[str, str],
    cells: Mapping[Key, Cell],
    facts: Sequence[Fact],
) -> Iterator[Check]:
    """One check for each number that is stated in a sentence and stands in a table.

    Args:
        sentences: of the report, squeezed.
        identity: whose report it is; statements of another scope or year are left alone.
        forms: form of each table that was found.
        cells: what was read of them.
        facts: numbers stated in prose.
    """
    whole = "。".join(sentences)
    for statement in load_statements():
        if statement.table not in forms or statement.word not in whole:
            continue
        stated = list(
            _of_facts(statement, identity, facts) if statement.fact else _of_sentences(statement, identity, sentences)
        )
        if statement.id == "N_T3_GROUPS":
            stated = [one for one in stated if not _is_of_a_part(one, cells)]
        if stated:
            yield from _compared(statement, stated, sentences, cells)
    if "review_litigation" in forms:
        taken = {(fact.key, decimal(repr(fact.value))) for fact in facts if fact.kind == _ANNUAL}
        yield from _outcome_checks(sentences, identity, cells, taken)


def _of_facts(statement: Statement, identity: Identity, facts: Sequence[Fact]) -> Iterator[_Stated]:
    for fact in facts:
        if fact.key == statement.fact and fact.kind == _ANNUAL and fact.scope == identity.scope:
            sentence = "".join(fact.sentence.split())
            if not _RESPONDENT.search(sentence) and not _names_a_part(statement, identity, sentence):
                value = decimal(repr(fact.value))
                yield _Stated(value, sentence, 0, _decimals_of_many(value, sentence))


def _decimals_of_many(value: Decimal, sentence: str) -> int:
    """Decimals, plus one, that a number is printed with where that is in ten thousands; 0 where it is not."""
    if value < _WAN:
        return 0
    plain = f"{value / _WAN:f}"
    printed = re.search(
        rf"(?<![\d.]){re.escape(plain.rstrip('0').rstrip('.') if '.' in plain else plain)}(\.?0*)万", squeeze(sentence)
    )
    return len(printed[0][:-1].partition(".")[2]) + 1 if printed else 0


def _names_a_part(statement: Statement, identity: Identity, sentence: str) -> bool:
    """Whether a sentence gives the number of a part of what the table counts."""
    pattern = _OF_A_PART.get(statement.id)
    if pattern is None:
        return False
    suits = statement.row == "litigation" and "其中" not in sentence
    return (suits or (statement.id != "N_T4" and identity.scope == _REGION)) and pattern.search(
        squeeze(sentence)
    ) is not None


def _is_of_a_part(stated: _Stated, cells: Mapping[Key, Cell]) -> bool:
    """Whether an outcome is one of documents made, or of requests that are not all of them.

    The number of requests that stands before it in its sentence tells: 涉及土地的申请21件,予以公开9件.
    """
    head = stated.sentence[: stated.at]
    if _MADE.search(head):
        return True
    asked = [decimal(match["n"]) for match in _ASKED.finditer(head)]
    rows = (("new_received",), ("carried_in",), ("new_received", "carried_in"), ("results_total",), ("carried_out",))
    totals = [total_of([("applications", row, "total") for row in one], cells) for one in rows]
    return bool(asked) and None not in totals and not any(one in totals for one in asked)


def _of_sentences(statement: Statement, identity: Identity, sentences: Sequence[str]) -> Iterator[_Stated]:
    assert statement.pattern is not None
    for sentence in sentences:
        if statement.word in sentence:
            for match in statement.pattern.finditer(sentence):
                clause = clause_before(sentence, match.start())
                if any(word in clause for word in statement.before) or _foreign(sentence, match, identity):
                    continue
                if (year := match.groupdict().get("next")) and int(year) - 1 != identity.year:
                    continue
                printed = match["n"]
                decimals = len(printed.partition(".")[2]) + 1 if match["w"] else 0
                value = decimal(printed) * (_WAN if match["w"] else 1)
                yield _Stated(value, sentence, match.start(), decimals)


def _foreign(sentence: str, match: re.Match[str], identity: Identity) -> bool:
    """Whether a statement is about another year or other bodies than the report."""
    head = sentence[: match.start("n")]
    return (
        of_another_year(clause_before(sentence, match.start("n")))
        and "上年结转" not in match.group()
        and "上年度结转" not in match.group()
    ) or scope_stated(head, identity.scope) != identity.scope


def _compared(
    statement: Statement, stated: Sequence[_Stated], sentences: Sequence[str], cells: Mapping[Key, Cell]
) -> Iterator[Check]:
    column = _column(statement, cells)
    keys = [tuple((statement.table, row, column) for row in rows) for rows in statement.sums]
    keys = [one for one in keys if all(key in cells for key in one)]  # the rows of this form
    if not any(_stands(one, cells) for one in keys) or (
        statement.unless and (statement.table, statement.unless, column) in cells
    ):
        return
    totals: list[tuple[tuple[Key, ...], Decimal | None]] = [(one, total_of(one, cells)) for one in keys]
    known: list[tuple[tuple[Key, ...], Decimal]] = [(one, total) for one, total in totals if total is not None]
    more = _more(statement, sentences)
    for one in stated:
        closed = statement.closed is not None and _says(statement.closed, one)
        for where, total in known:
            if closed and len(where) > 1:
                continue
            if _same(one, total) or any(one.value + added == total for added in more):
                yield _check(statement, column, where, one, total, holds=True)
                return
    if not known:
        first = next(one for one in keys if _stands(one, cells))
        yield _check(statement, column, first, stated[0], None, cells=cells)
    elif len(known) == len(totals):  # a sum that is open, or whose row was not found, might be the one that fits
        yield _check(statement, column, known[0][0], stated[0], known[0][1])


def _says(wording: re.Pattern[str], stated: _Stated) -> bool:
    """Whether a sentence has a number in a wording."""
    return any(decimal(match["n"]) == stated.value for match in wording.finditer(squeeze(stated.sentence)))


def _stands(keys: Iterable[Key], cells: Mapping[Key, Cell]) -> bool:
    return all(cells[key].state is not State.ABSENT for key in keys)


def _more(statement: Statement, sentences: Sequence[str]) -> list[Decimal]:
    """What may have been added to the number elsewhere."""
    if statement.more is None:
        return []
    return [decimal(found["n"]) for sentence in sentences for found in statement.more.finditer(sentence)]


def _same(stated: _Stated, total: Decimal) -> bool:
    """Whether a number is the printed one, rounded or cut off where it is in ten thousands."""
    if not stated.wan:
        return stated.value == total
    return bool(abs(stated.value - total) < Decimal(_WAN) / 10 ** (stated.wan - 1))


def _column(statement: Statement, cells: Mapping[Key, Cell]) -> str:
    """Annexes with one column of figures call it `value`."""
    row = statement.sums[0][0]
    single = (statement.table, row, _VALUE) in cells and (statement.table, row, statement.column) not in cells
    return _VALUE if single and statement.column == _ANNUAL else statement.column


def _check(
    statement: Statement,
    column: str,
    keys: tuple[Key, ...],
    stated: _Stated,
    total: Decimal | None,
    *,
    cells: Mapping[Key, Cell] | None = None,
    holds: bool = False,
) -> Check:
    """A check of one statement; not assessable where no total is given, and then blanks are looked at in `cells`."""
    blank = None if cells is None else total_of(keys, cells, blank_is_zero=True)
    settled = CheckStatus.PASS if holds else CheckStatus.FAIL
    return Check(
        id=statement.id,
        status=CheckStatus.NOT_ASSESSABLE if total is None else settled,
        severity=Severity.INFO if statement.id.startswith("NF_") else Severity.WARNING,
        table=statement.table,
        row=statement.row,
        column=column,
        left=number(stated.value),
        right=number(total),
        holds_if_blank_is_zero=None if blank is None else blank == stated.value,
        cells=keys,
        printed=passage(stated.sentence, stated.at),
    )


def _outcome_checks(
    sentences: Sequence[str], identity: Identity, cells: Mapping[Key, Cell], taken: Collection[tuple[str, Decimal]]
) -> Iterator[Check]:
    """N_T4 for each outcome that a sentence names after the number of reviews or suits.

    A number that is no fact of the report's is that of all reviews of a government, and so are its outcomes.
    """
    rows = {"review": ("review",), "litigation": ("litigation_direct", "litigation_after_review")}
    found: dict[tuple[str, str], list[_Stated]] = {}
    for sentence in sentences:
        starts = sorted(
            (match.start(), match.end(), row)
            for row, (total, _) in _outcomes().items()
            if (row == "review" and "复议" in sentence) or (row == "litigation" and "诉讼" in sentence)
            for match in total.finditer(sentence)
            if (f"{row}_total", decimal(match["n"])) in taken and not _foreign(sentence, match, identity)
        )
        for index, (_, start, row) in enumerate(starts):
            end = starts[index + 1][0] if index + 1 < len(starts) else len(sentence)
            if (both := _BOTH.search(sentence, start, end)) is not None:
                end = both.start()
            if (other := _OTHER_KIND[row].search(sentence, start, end)) is not None:
                end = other.start()
            for column, label in _outcomes()[row][1].items():
                if (match := label.search(sentence, start, end)) is not None:
                    found.setdefault((row, column), []).append(_Stated(decimal(match["n"]), sentence, match.start()))
    for (row, column), stated in found.items():
        statement = Statement("N_T4", "review_litigation", row, column, "", "", None, (), (rows[row],), None, "")
        yield from _compared(statement, stated, (), cells)
