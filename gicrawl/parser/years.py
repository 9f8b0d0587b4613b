"""A report against that of the year before: the identities X_ and XF_, and what was copied from it unchanged.

Both are reports as read; nothing of an archive is needed. What one of them does not print makes a check not assessable.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gicrawl.parser.narrative.words import decimal, number, outcome, passage, total_of
from gicrawl.parser.report import Check, CheckStatus, Severity, State
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.parser.report import Cell, Key, Report

_ANNUAL, _CUMULATIVE, _LIST = "annual", "cumulative", "statistics"
_TELLING: Final = 3
"""Different numbers greater than 1 that a table needs before it can be told from last year's: one request a year is
common, and a table of noughts is itself."""
_ALIKE: Final = 2
"""Sentences with figures that have to be last year's word for word; one may be of something that does not change."""
_FIGURES: Final = re.compile(r"[1-9]\d*(?:\.\d+)?万?(?:条|件|次|篇|人|场|期|元|起|宗)")
_PROBLEMS: Final = re.compile(r"[五5][、.](?=[^。;]{0,16}(?:问题|不足))(.*?)(?=[六6][、.][^。;]{0,16}(?:事项|情况)|$)")
"""Part five, without the number of its heading."""
_LEAST: Final = 60
"""Characters of a part that nobody writes twice by chance."""
_YEAR: Final = re.compile(r"20\d\d年度?")
_RATE: Final = re.compile(
    r"(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?:条|件|次|篇|人次|人),?(?:同比|较上年|比上年|较去年|比去年|与上年相比)"
    r"(?:同期)?(?P<way>增长|增加|上升|下降|减少)了?(?P<p>\d+(?:\.\d+)?)%"
)


def compare_years(report: Report, previous: Report, text: str = "", previous_text: str = "") -> tuple[Check, ...]:
    """Check a report against that of the year before.

    Args:
        report: the later one.
        previous: of the same issuer, a year earlier; whether it is, the caller knows.
        text: of the report, squeezed; empty to leave sentences alone.
        previous_text: of the earlier one.

    Returns:
        X_CARRY for each column, X_STOCK and X_ITEMS for each row, XF_CUMULATIVE for each row of an annex;
        F_TABLE_COPIED for each table with figures, F_PROSE_COPIED, F_PROBLEMS_COPIED, and N_RATE where growth is
        stated. The cells named are the later report's.
    """
    now, before = ({cell.key: cell for cell in one.cells} for one in (report, previous))
    forms, old_forms = dict(report.forms), dict(previous.forms)
    return (
        *_carried(now, before),
        *_stocks(now, before),
        *_items(now, before),
        *_cumulative(now, before),
        *_copied_tables(forms, old_forms, now, before),
        *_copied_prose(text, previous_text),
        *_copied_problems(text, previous_text),
        *_growth(report, previous),
    )


def _check(
    name: str, severity: Severity, key: Key, left: Decimal | None, right: Decimal | None, *, at_most: bool = False
) -> Check:
    holds = left is not None and right is not None and (left <= right if at_most else left == right)
    known = left is not None and right is not None
    return Check(
        id=name,
        status=outcome(holds=holds) if known else CheckStatus.NOT_ASSESSABLE,
        severity=severity,
        table=key[0],
        row=key[1],
        column=key[2],
        left=number(left),
        right=number(right),
        cells=(key,),
    )


def _value(key: Key, cells: Mapping[Key, Cell]) -> Decimal | None:
    return total_of([key], cells)


def _carried(now: Mapping[Key, Cell], before: Mapping[Key, Cell]) -> Iterator[Check]:
    """X_CARRY: what last year carried out this year carried in."""
    for key in now:
        old = (key[0], "carried_out", key[2])
        if key[:2] == ("applications", "carried_in") and old in before:
            yield _check("X_CARRY", Severity.WARNING, key, _value(old, before), _value(key, now))


def _stocks(now: Mapping[Key, Cell], before: Mapping[Key, Cell]) -> Iterator[Check]:
    """X_STOCK: in force are last year's, with those issued and without those repealed."""
    for key in now:
        if key[0] == "art20_1" and key[2] == "in_force" and key in before:
            parts = [_value(key, before), *(_value((*key[:2], column), now) for column in ("issued", "repealed"))]
            old, issued, repealed = parts
            due = None if old is None or issued is None or repealed is None else old + issued - repealed
            yield _check("X_STOCK", Severity.WARNING, key, due, _value(key, now))


def _items(now: Mapping[Key, Cell], before: Mapping[Key, Cell]) -> Iterator[Check]:
    """X_ITEMS: the items of last year are those it had, with what it added or took away."""
    for key in now:
        if key[2] == "items_last_year" and key in before:
            old, change = _value(key, before), _value((*key[:2], "items_change"), before)
            due = None if old is None or change is None else old + change
            yield _check("X_ITEMS", Severity.WARNING, key, due, _value(key, now))


def _cumulative(now: Mapping[Key, Cell], before: Mapping[Key, Cell]) -> Iterator[Check]:
    """XF_CUMULATIVE: what there is in all is last year's with this year's; at least, it never falls."""
    for key, cell in now.items():
        if key[0] != _LIST or key[2] != _CUMULATIVE or key not in before or cell.state is State.ABSENT:
            continue
        old, annual = _value(key, before), _value((*key[:2], _ANNUAL), now)
        if annual is None:
            yield _check("XF_CUMULATIVE", Severity.ERROR, key, old, _value(key, now), at_most=True)
        else:
            due = None if old is None else old + annual
            yield _check("XF_CUMULATIVE", Severity.ERROR, key, due, _value(key, now))


def _copied_tables(
    forms: Mapping[str, str], old_forms: Mapping[str, str], now: Mapping[Key, Cell], before: Mapping[Key, Cell]
) -> Iterator[Check]:
    """F_TABLE_COPIED: every number of a table is last year's, and they are no noughts."""
    for table, form in forms.items():
        keys = [key for key, cell in now.items() if key[0] == table and cell.state is State.NUMBER]
        telling = len({value for key in keys if (value := now[key].value) is not None and abs(value) > 1})
        if old_forms.get(table) != form or telling < _TELLING:
            continue
        same = sum(key in before and before[key].value == now[key].value for key in keys)
        yield Check(
            id="F_TABLE_COPIED",
            status=outcome(holds=same < len(keys)),
            severity=Severity.WARNING,
            table=table,
            left=same,
            right=len(keys),
        )


def _copied_prose(text: str, previous: str) -> Iterator[Check]:
    """F_PROSE_COPIED: sentences with figures that are last year's but for the year they name."""
    if not text or not previous:
        return
    old = {_YEAR.sub("", sentence) for sentence in previous.split("。")}
    told = [sentence for sentence in text.split("。") if _FIGURES.search(_YEAR.sub("", sentence))]
    same = [sentence for sentence in told if _YEAR.sub("", sentence) in old]
    if told:
        yield Check(
            id="F_PROSE_COPIED",
            status=outcome(holds=len(same) < _ALIKE),
            severity=Severity.WARNING,
            left=len(same),
            right=len(told),
            printed=passage(same[0]) if same else None,
        )


def _copied_problems(text: str, previous: str) -> Iterator[Check]:
    """F_PROBLEMS_COPIED: every sentence of part five is last year's but for the years it names."""
    now, before = (max(_PROBLEMS.findall(one), key=len, default="") for one in (text, previous))
    told, old = (_YEAR.sub("", one).split("。") for one in (now, before))
    told = [sentence for sentence in told if sentence]
    if len(now) < _LEAST or not before:
        return
    same = sum(sentence in old for sentence in told)
    yield Check(
        id="F_PROBLEMS_COPIED",
        status=outcome(holds=same < len(told)),
        severity=Severity.WARNING,
        left=same,
        right=len(told),
        printed=passage(now) if same == len(told) else None,
    )


def _growth(report: Report, previous: Report) -> Iterator[Check]:
    """N_RATE: growth against last year, where both reports state the number."""
    old = {(fact.key, fact.scope): fact.value for fact in previous.facts if fact.kind == _ANNUAL}
    for fact in report.facts:
        was = old.get((fact.key, fact.scope))
        if fact.kind != _ANNUAL or not was:
            continue
        for match in _RATE.finditer(squeeze(fact.sentence)):
            if decimal(match["n"]) != decimal(repr(fact.value)):
                continue
            sign = 1 if match["way"] in {"增长", "增加", "上升"} else -1
            stated = sign * Decimal(match["p"])
            real = (decimal(repr(fact.value)) / decimal(repr(was)) - 1) * 100
            step = Decimal(1).scaleb(-len(match["p"].partition(".")[2]))
            yield Check(
                id="N_RATE",
                status=outcome(holds=abs(real - stated) <= step),
                severity=Severity.INFO,
                left=float(stated),
                right=float(round(real, 2)),
                printed=passage(fact.sentence),
                evidence=fact.evidence,
            )
