"""Numbers stated in prose, with unit, scope, and whether they count the year or everything so far.

What counts as which fact is data (`facts.toml`). A sentence that is not worded as one of the patterns says nothing
here: a wrong fact is worse than a missing one. Approximate numbers (300 余次, 近百次) are no facts.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Line, Paragraph
from gicrawl.parser.report import Fact
from gicrawl.parser.script import ZERO_WIDTH, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.parser.document import Block, Document, Evidence
    from gicrawl.parser.report import Number

_NUMBER: Final = r"(?<![\d.,])(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_MANY: Final = _NUMBER + "(?P<w>万(?!元))?"
"""The same of what is counted in ten thousands: 187.6万条."""
_NONE: Final = r"(?P<n>未曾|未有|未|没有|无)"
"""Says that there was none of what follows."""
_CLAUSE: Final = r"[^,;:。]{0,24}?"
_CLAUSE_END: Final = re.compile("[,;:。]")
_SENTENCE: Final = re.compile(r"[^。！？!?]{1,2000}[。！？!?]?")
_CANDIDATE: Final = re.compile(
    # a set to begin with: what is not in it is passed over quickly
    "[0-9０-９一二三四五六七八九十百千未没沒无無情况況]"
    r"(?:(?<=[0-9０-９])\s*\**\s*[条條件次场場人名篇期起宗万萬元]|(?<=[一二三四五六七八九十百千])[条條件宗]"
    r"|(?:(?<=[未无無])|(?<=[没沒])有)[^。]{0,60}?(?:申[请請]|[复復][议議]|[诉訴][讼訟])"
    r"|(?<=[情况況])\s*[:：][^。]{0,8}?(?:未|[没沒]有|[无無]))"
)
_FINISHED: Final = frozenset("。！？；：!?;:")
"""What nearly every sentence and heading ends with, as printed: spares them a closer look."""
_UNFINISHED: Final = re.compile(r"[^。!?;:.)】]\s*$")
_BEGINS_ANEW: Final = re.compile(r"\s*\**\s*(?:[一二三四五六七八九十]+[、,.]|\([一二三四五六七八九十]+\)|\d+[、.])")
_HEADED: Final = re.compile(
    r"[\s*#]*(?:(?P<part>[一二三四五六七八九十]+、)|[（(][一二三四五六七八九十]+[)）])[^！？；，,]*$"
)
_SUBJECT: Final = re.compile("[公依].*申[请請]|申[请請].*公[开開]")
_LONGEST_HEADING: Final = 40
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)年(?!\d)")
_ASIDE: Final = re.compile(r"\([^()]*\)")
_COMPARED: Final = re.compile(r"[较比与同]20\d\d年[^,;。]*")
_CUMULATIVE: Final = re.compile(r"截至|截止|历年|施行至今|实施至今|(?<!年)以来")
_COUNTED: Final = re.compile(r"\d[条件宗份]")
_YEAR_END: Final = re.compile(r"截[至止]到?(?:本年|当年|今年|20\d\d年)?(?:年?底|年?末|12月(?:31日|底))")
"""When a year is over: what is counted by then was counted from its beginning, where nothing else is said."""
_SUMMED: Final = re.compile("累计")
_THIS_YEAR: Final = re.compile(r"今年|全年|本年|年度|年内|20\d\d年(?!底|末|以来)")

_WRITTEN: Final = re.compile(
    r"(?<![第同每这哪逐某有几数一二三四五六七八九十百千])[一二三四五六七八九十百千零〇两]{1,9}(?=[件宗条])"
)
"""A number in words. 十余件 and 几十件 are none."""
_WRITTEN_PART: Final = re.compile("([一二三四五六七八九两])?([千百十])|([一二三四五六七八九两])")
_PLACES: Final = {"千": 1000, "百": 100, "十": 10}
_DIGITS: Final = dict(zip("一二三四五六七八九两", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_WAN: Final = 10_000
_BEFORE: Final = 80
"""Characters before a sentence that may say what it is about."""
_LEAST_PROSE: Final = 12
"""Characters of a line of prose; shorter ones are labels and cells of a flattened table."""
_DROPPED: Final = frozenset([" ", ZERO_WIDTH, "*"])
"""Not part of the wording: white space as folded, and the asterisks of markdown."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One entry of `facts.toml`, compiled."""

    key: str
    word: str
    avoid: tuple[str, ...]
    about: tuple[str, ...]
    never: tuple[str, ...]
    unless: tuple[str, ...]
    none: str
    """The unit of what there was none of; empty where a number says how many."""
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    wordings: tuple[Wording, ...]
    scopes: tuple[tuple[str, re.Pattern[str]], ...]
    elsewhen: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage: `folded[i]` stands at `at[i]` of the passage's text."""

    folded: str
    at: Sequence[int]
    before: str
    """What it follows, folded: the sentence before it, and the heading of its section where that tells its subject."""


@cache
def _rules() -> _Rules:
    data = tomllib.loads(files(__package__).joinpath("facts.toml").read_text(encoding="utf-8"))
    wordings = []
    shared = data["words"]
    for entry in data["fact"]:
        units = "|".join(entry["units"])
        source = (
            entry["pattern"]
            .replace("{n}", _NUMBER)
            .replace("{m}", _MANY)
            .replace("{u}", f"(?P<u>{units})")
            .replace("{.}", _CLAUSE)
            .replace("{0}", _NONE)
        )
        wordings.append(
            Wording(
                entry["key"],
                entry["word"],
                tuple(_listed(entry.get("avoid", ()), shared)),
                tuple(_listed(entry.get("about", ()), shared)),
                tuple(_listed(entry.get("never", ()), shared)),
                tuple(_listed(entry.get("unless", ()), shared)),
                entry["units"][0] if entry.get("none") else "",
                re.compile(source),
            )
        )
    scopes = tuple((name, re.compile("|".join(patterns))) for name, patterns in data["scopes"].items())
    return _Rules(tuple(wordings), scopes, re.compile("|".join(data["elsewhen"]["words"])))


def _listed(entries: Sequence[str], shared: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The words of an entry, those of a shared list in place of its name."""
    for entry in entries:
        yield from shared[entry[1:]] if entry.startswith("@") else (entry,)


def read_facts(document: Document, scope: str, year: int | None) -> tuple[Fact, ...]:
    """Read the facts of a report's prose.

    Args:
        document: the report.
        scope: whose numbers these are where a sentence does not say: the scope of the report.
        year: the report year; clauses that name another year are left alone.

    Returns:
        Facts in reading order, each value once for each key, scope and kind. Contradicting sentences all stay. The
        evidence is that of the paragraph, and for text files the exact offsets of the number.
    """
    facts: dict[tuple[str, str, str, Number], Fact] = {}
    for run, heading, section in _passages(document.blocks):
        text = "".join([paragraph.text for paragraph in run])
        before, above = heading, section
        for match in _SENTENCE.finditer(text):
            if _CANDIDATE.search(match[0]):
                sentence = _in_digits(_squeeze(match[0], match.start(), above + before[-_BEFORE:]))
                for key, value, unit, found_scope, kind, first, last in _read(sentence, scope, year):
                    fact = Fact(
                        key=key,
                        value=value,
                        unit=unit,
                        scope=found_scope,
                        kind=kind,
                        sentence=match[0].strip(),
                        evidence=_evidence(run, first, last),
                    )
                    facts.setdefault((key, found_scope, kind, value), fact)
            before = match[0]
            above = _under(before, above)
    return tuple(facts.values())


def scope_stated(head: str, default: str) -> str:
    """Whose numbers a squeezed sentence speaks of, by the words before the number.

    Args:
        head: the sentence up to the number.
        default: the scope of the report, where the sentence does not say.
    """
    return _scope(head, _rules(), default)


def of_another_year(clause: str) -> bool:
    """Whether a squeezed clause takes its number out of the report year (同比, 上年, 计划)."""
    return _rules().elsewhen.search(clause) is not None


def _passages(blocks: Sequence[Block]) -> Iterator[tuple[list[Paragraph], str, str]]:
    """Passages with a number and a unit in them, each with the text before it (a heading, the last sentence).

    And with the heading of its section, where that says what its numbers are of.
    """
    run: list[Paragraph] = []
    before = section = ""
    for block in [*blocks, None]:
        paragraph = _as_prose(block)
        if run and paragraph is not None and _goes_on(run[-1].text, paragraph.text):
            run.append(paragraph)
            continue
        if run:
            if any(_CANDIDATE.search(part.text) for part in run):
                yield run, before, section
            before = run[-1].text[-_BEFORE:]
            for part in run:
                section = _under(part.text, section)
        run = [paragraph] if paragraph is not None else []


def _under(text: str, section: str) -> str:
    """The heading that tells what numbers after a text are of: this one, none at a new part of another subject."""
    heading = _HEADED.match(text) if len(text) <= _LONGEST_HEADING else None
    if heading is None:
        return section
    return text if _SUBJECT.search(text) and "主动" not in text else "" if heading["part"] else section


def _as_prose(block: Block | None) -> Paragraph | None:
    if isinstance(block, Paragraph):
        return block
    if isinstance(block, Line):
        fields = [field for field in block.fields if field.text.strip()]
        if len(fields) == 1 and len(fields[0].text) >= 2 * _LEAST_PROSE:
            field = fields[0]
            evidence: Evidence = dict(block.evidence) if block.path is None else {"path": block.path}
            evidence |= {"start": field.start, "end": field.start + len(field.text)}
            return Paragraph(field.text, evidence)
    return None


def _goes_on(text: str, following: str) -> bool:
    """Whether a sentence was cut by a line or page break."""
    return (
        text[-1:] not in _FINISHED
        and len(text) >= _LEAST_PROSE
        and bool(following.strip())
        and _UNFINISHED.search(fold(text[-4:])) is not None
        and _BEGINS_ANEW.match(fold(text[:12])) is None
        and _BEGINS_ANEW.match(fold(following[:12])) is None
    )


def _squeeze(text: str, start: int, before: str) -> _Sentence:
    folded, above = fold(text), "".join(fold(before).split())
    if _DROPPED.isdisjoint(folded):
        return _Sentence(folded, range(start, start + len(folded)), above)
    kept = [i for i, char in enumerate(folded) if char not in _DROPPED]
    at = tuple([start + i for i in kept])
    return _Sentence("".join([folded[i] for i in kept]), at, above)


def _in_digits(sentence: _Sentence) -> _Sentence:
    """A sentence with its counts in digits (三十件: 30件), each of them at the place of the words."""
    text, at, last = "", [], 0
    for match in _WRITTEN.finditer(sentence.folded):
        if (value := _in_words(match.group())) is None:
            continue
        digits = str(value)
        text += sentence.folded[last : match.start()] + digits
        at += [*sentence.at[last : match.start()], *[sentence.at[match.start()]] * (len(digits) - 1)]
        at.append(sentence.at[match.end() - 1])
        last = match.end()
    if not last:
        return sentence
    return _Sentence(text + sentence.folded[last:], [*at, *sentence.at[last:]], sentence.before)


def _in_words(printed: str) -> int | None:
    """The number written as 二千三百一十六; None where its places do not go down."""
    value, place = 0, 10 * _PLACES["千"]
    bare = re.sub("[零〇]", "", printed)
    parts = list(_WRITTEN_PART.finditer(bare))
    if not parts or sum(len(part.group()) for part in parts) != len(bare):
        return None
    for part in parts:
        step = _PLACES[part[2]] if part[2] else 1
        if step >= place:
            return None
        value += step * _DIGITS.get(part[1] or part[3] or "", 1)
        place = step
    return value


def _read(sentence: _Sentence, scope: str, year: int | None) -> Iterator[tuple[str, Number, str, str, str, int, int]]:
    """What the sentence says: key, value, unit, scope, kind, and from where to where the number stands."""
    rules = _rules()
    text = sentence.folded
    for wording in rules.wordings:
        if wording.word not in text:
            continue
        if wording.unless and _holds(text, wording.unless):
            continue
        if wording.about and not _holds(text, wording.about) and not _holds(sentence.before, wording.about):
            continue
        for match in wording.pattern.finditer(text):
            clause = _ASIDE.sub("", _clause_before(text, match))
            if _holds(clause, wording.avoid) or rules.elsewhen.search(clause):
                continue
            head = text[: match.start("n")]
            if _holds(head, wording.never):
                continue
            kind = _kind(head)
            if kind is None or not _of_year(head, year, kind):
                continue
            first, last = sentence.at[match.start("n")], sentence.at[match.end("n") - 1] + 1
            value, unit = (0, wording.none) if wording.none else (_value(match), match["u"])
            yield wording.key, value, unit, _scope(head, rules, scope), kind, first, last


def _holds(text: str, words: Sequence[str]) -> bool:
    """Whether one of some words stands in a text."""
    return any(map(text.__contains__, words))  # a loop of our own takes three times as long


def _clause_before(sentence: str, match: re.Match[str]) -> str:
    """From the start of the clause in which the match begins to the number."""
    begin = max((end.end() for end in _CLAUSE_END.finditer(sentence, 0, match.start())), default=0)
    return sentence[begin : match.start("n")]


def _kind(head: str) -> str | None:
    """`annual` or `cumulative`; None where the words do not tell (累计 without saying since when)."""
    clause = head[max((end.end() for end in _CLAUSE_END.finditer(head)), default=0) :]
    if "新增" in clause and _THIS_YEAR.search(clause):
        return "annual"  # 累计公开1820条，其中2011年新增216条
    if (since := _CUMULATIVE.search(head)) is not None:
        told = _CLAUSE_END.search(head, since.end())
        if told is not None and _COUNTED.search(head, 0, since.start()):
            return None  # 答复25件，历年累计97件，其中…: of the year or of all years
        # by the end of the year: of the year, unless more is said (累计, 历年)
        of_the_year = _YEAR_END.match(head, since.start()) and _CUMULATIVE.search(head, since.end()) is None
        return "annual" if of_the_year and not _SUMMED.search(head) else "cumulative"
    if _SUMMED.search(head) and not _THIS_YEAR.search(head):
        return None
    return "annual"


def _of_year(head: str, year: int | None, kind: str) -> bool:
    years = [int(found) for found in _YEAR.findall(_COMPARED.sub("", _ASIDE.sub("", head)))]
    return year is None or not years or years[-1] == year or kind == "cumulative"


def _scope(head: str, rules: _Rules, default: str) -> str:
    last, found = -1, default
    for name, pattern in rules.scopes:
        for match in pattern.finditer(head):
            if match.start() > last:
                last, found = match.start(), name
    return found


def _value(match: re.Match[str]) -> Number:
    plain = match["n"].replace(",", "")
    if match.groupdict().get("w"):
        many = Decimal(plain) * _WAN
        return int(many) if many == many.to_integral_value() else float(many)
    return float(plain) if "." in plain else int(plain)


def _evidence(run: Sequence[Paragraph], first: int, last: int) -> Evidence:
    """Where the number stands: exact where the paragraph's text is its source character by character."""
    offset = 0
    for paragraph in run:
        length = len(paragraph.text)
        if first < offset + length:
            evidence = dict(paragraph.evidence)
            start, end = evidence.get("start"), evidence.get("end")
            if isinstance(start, int) and isinstance(end, int) and end - start == length:
                evidence |= {"start": start + first - offset, "end": start + last - offset}
            return evidence
        offset += length
    return {}
