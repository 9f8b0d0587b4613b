"""Years that are not the report's: its period, its form's column, and what was left over from last year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid, Line
from gicrawl.parser.formal.left import told_of_another_year
from gicrawl.parser.formal.rules import load_rules, made
from gicrawl.parser.identity.dates import period_year
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.formal.rules import Texts
    from gicrawl.parser.report import Check, Identity

_LIST: Final = "statistics"
_COLUMN_YEAR: Final = re.compile(r"(20\d\d)(?:年度?|度)(?:统计数?|实际|数)?")  # a figure may be 2000 too
_ROWS: Final = 3  # of an annex, among which its heads stand
_SAID: Final = ("dated", "opening", "figures", "fees")
"""Patterns of F_YEAR_LEFT that hold anywhere in a text."""
_AROUND: Final = 40  # characters shown around a passage
_DEPARTMENT_DAY, _GOVERNMENT_DAY, _NEW_LAW = (1, 31), (3, 31), 2019
_KINDS: Final = {"department": _DEPARTMENT_DAY, "government": _GOVERNMENT_DAY}


def date_checks(identity: Identity, year: int, forms: Mapping[str, str], texts: Texts) -> Iterator[Check]:
    """The checks of years and dates.

    Args:
        identity: whose report it is.
        year: of the report.
        forms: form of each table that was found.
        texts: the files of the report.
    """
    yield from _period(identity, year, texts.text)
    yield from _year_left(texts, year)
    yield from _deadline(identity, year, texts.text)
    if _LIST in forms:
        yield from _column_year(texts.documents, year)


def _period(identity: Identity, year: int, text: str) -> Iterator[Check]:
    period = identity.period
    if period is None:
        return
    stated = period_year(period)
    good = stated == year and period.printed is None
    printed = period.printed or f"{period.start} – {period.end}"
    if period.printed is None and period.start is not None and not good:
        printed = _from_day(text, period.start) or printed
    yield made("F_PERIOD", 0 if stated is None else stated, year, holds=good, printed=printed)
    if stated is not None:
        yield made("D_YEAR", stated, year, printed=identity.title if stated != year else None)


def _from_day(text: str, day: str) -> str | None:
    """What stands in a text from a day on, to the end of the clause; None where it is not printed in digits."""
    year, month, of_month = day.split("-")
    printed = rf"(?<!\d){year}[年./-]0?{int(month)}[月./-]0?{int(of_month)}(?!\d)[^。;,()]{{0,{_AROUND}}}"
    match = re.search(printed, text)
    return match and match[0]


def _year_left(texts: Texts, year: int) -> Iterator[Check]:
    """Figures dated to the year before, or said of it, and none of the year reported on: they were left over."""
    text = texts.text
    rules = load_rules()["F_YEAR_LEFT"].patterns
    patterns = {name: rules[name] for name in _SAID}
    last, this = str(year - 1), str(year)
    found: dict[str, re.Match[str]] = {}
    seen = False
    for name, pattern in patterns.items():
        named: dict[str, re.Match[str]] = {}
        for match in pattern.finditer(text):
            sentence = _sentence(text, match)
            # both years' figures, this one's after it
            beside = match["y"] == last and f"{this}年" in text[match.end() : match.end() + _AROUND].partition("。")[0]
            if (
                match["y"] in {last, this}
                and not beside
                and not rules["compared"].search(rules["carried"].sub("", sentence))
            ):
                named.setdefault(match["y"], match)
        seen = seen or bool(named)
        own = name == "figures" and rules["own"].search(text) is not None
        if last in named and this not in named and not own:
            found[name] = named[last]
    if found:
        match = next(iter(found.values()))
        yield made("F_YEAR_LEFT", year - 1, year, printed=_shown(text, match))
    elif (told := told_of_another_year(texts, year)) is not None:
        yield made("F_YEAR_LEFT", told[0], year, printed=told[1][: _AROUND * 2])
    elif seen:
        yield made("F_YEAR_LEFT", year, year)


def _sentence(text: str, match: re.Match[str]) -> str:
    begin = max(text.rfind("。", 0, match.start()), match.start() - _AROUND * 3) + 1
    end = text.find("。", match.end())
    return text[begin : end if end >= 0 else match.end() + _AROUND]


def _shown(text: str, match: re.Match[str]) -> str:
    """The passage to the end of its sentence."""
    end = text.find("。", match.start())
    last = match.end() if end < 0 else max(match.end(), end)
    return text[match.start() : min(last, match.start() + _AROUND * 2)]


def _deadline(identity: Identity, year: int, text: str) -> Iterator[Check]:
    """D_DEADLINE: Regulations of 2019, article 49: departments by 31 January, governments by 31 March; before, all.

    A date of a later year is that of a move to another site as often as not: nothing is said of it.
    """
    kind = identity.issuer.kind if identity.issuer is not None else None
    if identity.published is None or kind not in _KINDS or int(identity.published[:4]) > year + 1:
        return
    month, day = _KINDS[kind] if year >= _NEW_LAW else _GOVERNMENT_DAY
    due = f"{year + 1}-{month:02}-{day:02}"
    left, right = (int(date.replace("-", "")) for date in (identity.published, due))
    late = left > right
    printed = _from_day(text, identity.published) if late else None
    yield made("D_DEADLINE", left, right, holds=not late, printed=printed)


def _column_year(documents: Sequence[Document], year: int) -> Iterator[Check]:
    """D_COLUMN_YEAR: the year above the figures of an annex."""
    years = [int(match[1]) for text in _heads(documents) if (match := _COLUMN_YEAR.fullmatch(squeeze(text)))]
    if years:
        yield made("D_COLUMN_YEAR", year if year in years else years[0], year)


def _heads(documents: Sequence[Document]) -> Iterator[str]:
    for document in documents:
        for block in document.blocks:
            if isinstance(block, Grid):
                yield from (cell.text for cell in block.cells if cell.row < _ROWS)
            elif isinstance(block, Line):
                yield from (field.text for field in block.fields)
