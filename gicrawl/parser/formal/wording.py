"""Slips in the wording: the wrong notice cited, fees stated twice differently, a number that was never filled in."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gicrawl.parser.formal.rules import load_rules, made

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.formal.rules import Texts
    from gicrawl.parser.report import Check, Number

_AROUND: Final = 40  # characters shown, and looked at, around a citation
_SENTENCE: Final = 160
_WAN: Final = 10_000


def wording_checks(texts: Texts, year: int) -> Iterator[Check]:
    """The checks of the wording.

    Args:
        texts: the files of the report.
        year: of the report.
    """
    text = texts.text
    yield from _citation(text, year)
    yield from _decree(text, year)
    yield from _fees(text, year)
    yield from _placeholders(texts)


def _citation(text: str, year: int) -> Iterator[Check]:
    """F_CITATION: the notice that the form is from. Other notices of the same office are left alone."""
    rule = load_rules()["F_CITATION"]
    if year < rule.since:
        return
    cited: list[tuple[tuple[int, int], re.Match[str], bool]] = []
    for match in rule.words.finditer(text):
        pair = (int(match["y"]), int(match["n"]))
        named = rule.patterns["office"].fullmatch(match["office"]) is not None
        around = text[max(0, match.start() - _AROUND * 2) : match.end() + _AROUND]
        if ("公开" in match["office"] and rule.patterns["about"].search(around)) or pair in rule.numbers:
            right = named and pair in rule.numbers and pair[0] <= year
            before = text[max(0, match.start() - _AROUND * 2) : match.start()].rpartition("号")[2]
            cited.append((pair, match, right and rule.patterns["issuer"].search(before) is None))
    if not cited:
        return
    due = _due(year, rule.numbers)
    wrong = next((match for _, match, right in cited if not right), None)
    if wrong is None and not any(pair[0] == due[0] for pair, _, _ in cited):
        wrong = cited[0][1]  # the form before: the notice of 2021 replaced that of 2019
    shown = wrong or cited[0][1]
    passage = text[max(0, shown.start() - _AROUND) : shown.end() + 2]
    yield made("F_CITATION", int(shown["n"]), due[1], holds=wrong is None, printed=passage)


def _due(year: int, numbers: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Year and number of the notice in force for a report year."""
    last = max((issued for issued, _ in numbers if issued <= year), default=min(numbers)[0])
    return next(pair for pair in numbers if pair[0] == last)


def _decree(text: str, year: int) -> Iterator[Check]:
    """F_DECREE: the Regulations, by the number of the decree that put them into force."""
    rule = load_rules()["F_DECREE"]
    if year < rule.since:
        return
    found = {int(match["n"]): match for match in rule.words.finditer(text)}
    known = {number for _, number in rule.numbers}
    if found:
        right = max(known)
        match = next(iter(found.values()))
        holds = right in found
        yield made("F_DECREE", right if holds else int(match["n"]), right, holds=holds, printed=_shown(text, match))


def _fees(text: str, year: int) -> Iterator[Check]:
    """F_FEES_TWICE: what was taken for the processing of information, in every sentence that says so."""
    rule = load_rules()["F_FEES_TWICE"]
    if year < rule.since or "信息处理费" not in text:
        return
    stated: dict[Decimal, re.Match[str]] = {}
    for match in rule.words.finditer(text):
        begin = max(text.rfind(mark, 0, match.start()) for mark in "。;,") + 1
        if not rule.patterns["other"].search(text[begin : match.end()]):
            amount = Decimal(match["n"].replace(",", "")) * (_WAN if match["u"].startswith("万") else 1)
            stated.setdefault(amount, match)
    if (nothing := rule.patterns["none"].search(text)) is not None:
        stated.setdefault(Decimal(0), nothing)
    amounts = list(stated)
    if amounts:
        printed = _shown(text, stated[amounts[-1]])
        yield made("F_FEES_TWICE", _number(amounts[0]), _number(amounts[-1]), printed=printed)


def _number(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)


def _placeholders(texts: Texts) -> Iterator[Check]:
    """F_PLACEHOLDER: crosses, strokes, brackets or a gap where a number is due in a sentence."""
    rule = load_rules()["F_PLACEHOLDER"]
    words, gap = rule.words, rule.patterns["gap"]
    waits = rule.patterns["sign"].search(texts.text) is not None
    found = [_shown(texts.text, match) for match in words.finditer(texts.text)] if waits else []
    found += [
        line.squeezed[:_SENTENCE]
        for one in texts.lines
        for line in one
        if len(line.printed) > len(line.squeezed) and gap.search(line.printed)  # else there is no blank in it
    ]
    if found:
        yield made("F_PLACEHOLDER", len(found), 0, printed=found[0])


def _shown(text: str, match: re.Match[str]) -> str:
    """The passage and a little around it, within its sentence."""
    begin = max(text.rfind("。", 0, match.start()) + 1, match.start() - _AROUND)
    end = text.find("。", match.end())
    return text[begin : min(end if end >= 0 else len(text), match.end() + _AROUND)][:_SENTENCE]
