"""What can stand in a value cell, and what it means.

A value is read only where a whole field is one: `16`, `-652`, `+3`, `1,234`, `3415.891`, `9038万`,
`22（其中修订16件）`. Nothing is repaired: what does not match is no number.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gicrawl.parser.script import ZERO_WIDTH, fold

if TYPE_CHECKING:
    from gicrawl.parser.report import Number


class Kind(Enum):
    """What a field is."""

    TEXT = "text"
    NUMBER = "number"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    WORD = "word"  # a word where a number is due: 无, 未统计
    ILLEGIBLE = "illegible"
    GAP = "gap"  # an empty field that may be a blank cell or only the trace of a merged one
    END = "end"  # an empty field where its line has ended before others of its table: a blank cell, or none
    NOISE = "noise"  # a page number and the like: neither label nor value

    __hash__ = object.__hash__  # that of `Enum` is Python, and every field of every table is asked


NO_FIELD = frozenset({Kind.GAP, Kind.END})
"""Where nothing is printed."""
EMPTY = frozenset({*NO_FIELD, Kind.BLANK})
POINTED = "begins_with_point"
"""Flag of a number without a digit before its point: an amount may be printed so, of a count something is lost."""


class Value(NamedTuple):
    """A field read as a value.

    Attributes:
        number: as printed; None for everything but numbers.
        unit: 元 or 万元 where it stands with the number.
        flags: what else stands in the field, `annotated`, and what is lost of it, `POINTED`.
    """

    kind: Kind
    number: Number | None = None
    unit: str | None = None
    flags: tuple[str, ...] = ()


_NUMBER = re.compile(
    r"""(?P<about>约\ ?)?(?P<currency>人民币\ ?|¥\ ?)?(?P<sign>[+-]|增加?|减少?|[↑↓])?\ ?
    (?P<digits>\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?P<decimals>\.\d+)?
    \ ?(?P<unit>万元|万|亿元|元|件次|人次|场次|件|条|项|个|次|宗|份|部|篇|人|名|起|场|期)?
    (?P<note>\(.{1,60}\))?""",
    re.VERBOSE,
)
_FIRST = frozenset("+-.0123456789增减↑↓约人¥")
_LESS = ("-", "减", "↓")
_LESS_NOTED = frozenset({"减", "减少", "降", "下降", "负", "负数", "少"})
_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"
_MONEY = {"元": "元", "万元": "万元", "万": "万元", "亿元": "亿元"}
_NOT_APPLICABLE = re.compile(r"[-/\\]{1,3}|不适用")
_WORDS = frozenset(
    {
        "无",
        "没有",
        "未统计",
        "暂未统计",
        "未作统计",
        "无法统计",
        "未开展",
        "暂无",
        "缺",
        "未发生",
        "未产生",
        "未涉及",
        "不涉及",
        "未收取",
        "未收到",
        "未有",
        "无此项",
    }
)
_UNIT_NOTED = re.compile(r"\((?:单位:)?(万?元)\)")
_IN_CHINESE = re.compile(
    r"(?:约|人民币)?[一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾][一二两三四五六七八九十百千万亿零〇壹贰叁肆伍陆柒捌玖拾佰仟]*"
    r"(?:元整?|圆整?|件|条|项|次|人)"
)
"""A number in Chinese numerals with its unit: it fills a cell, and is no label. Without a unit it is an ordinal."""
_AMOUNT = 16  # characters of one
_UNITS_LAST = frozenset("元整圆件条项次人")
_ZEROS, _ZERO = frozenset("〇零"), Value(Kind.NUMBER, 0)
"""The figure of Chinese numerals, where it is all that a cell shows."""
_BEGINNINGS = frozenset("增减第不约人") | {word[0] for word in _WORDS} | _ZEROS
"""Han characters, folded, that a value may begin with: of a number, of the number of a page, of words for none."""
_PAGE_NUMBER = re.compile(r"-{1,3} ?\d{1,3} ?-{1,3}|第 ?\d{1,3} ?页(?: ?共 ?\d{1,3} ?页)?")
_MARKS = re.compile("[\u00b9\u00b2\u00b3\u2070-\u2089\u2460-\u2473\u24ea\u2776-\u277f]")
"""Raised, lowered and circled figures: marks of notes and of points, no digits, whatever they are alike."""
_CLOSES = re.compile(r"\s*[”’」』）】》〉]+\s*")
"""The rest of a label that a line end has cut off: words, and no figure that nobody could read."""
_NOTED = re.compile(rf"(?<=[\d件条万元])\s*(?:{_MARKS.pattern}+|[*＊※]{{1,3}}|[\[［〔【]注?\d{{1,2}}[\]］〕】])\s*$")
"""The mark of a note behind a number."""
_NOTE_END = re.compile(rf"{_MARKS.pattern}|[*＊※\]］〕】]")
"""How such a mark ends: asked before the pattern, which is tried at each place."""
_ESCAPED = re.compile(r"\\(?=[-+.])")
"""What writers of markdown put before a sign or point, so that it begins no list (`\\-1`, `3415\\.89`)."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_MAX_FIELD = 90
_SHORT = 8  # characters of a field that may come again
_MAX_JUNK = 4


def read_value(text: str) -> Value | None:
    """The value a field holds, or None when it is text.

    Args:
        text: one field as printed. An empty one is a `GAP`, one of blanks only a `BLANK`: the difference is all that
            tells a merged cell from an empty one in some flattened tables.
    """
    return _kept(text) if len(text) <= _SHORT else _read(text)


def _read(text: str) -> Value | None:
    if not text:
        return Value(Kind.GAP)
    first = text.lstrip()[:1]
    if _FIRST_HAN <= first <= _LAST_HAN and fold(first) not in _BEGINNINGS:
        return _in_chinese(text)  # nearly every line of prose, and every label
    may_be_noted = len(text) <= _MAX_FIELD and _NOTE_END.match(text.rstrip()[-1:])
    noted = _NOTED.search(text) if may_be_noted else None
    printed = text if noted is None else text[: noted.start()]
    folded = fold(_ESCAPED.sub("", printed)).replace(ZERO_WIDTH, "").strip()
    if not folded:
        return Value(Kind.BLANK)
    if len(folded) > _MAX_FIELD or (not printed.isascii() and (_MARKS.search(printed) or _CLOSES.fullmatch(printed))):
        return None
    value = _ZERO if printed.strip() in _ZEROS else _plain(folded)
    if noted is not None and value is not None and value.kind is Kind.NUMBER:
        return value._replace(flags=tuple(dict.fromkeys((*value.flags, "annotated"))))
    return value


def _in_chinese(text: str) -> Value | None:
    if len(text) > _AMOUNT or text.rstrip()[-1] not in _UNITS_LAST or not _IN_CHINESE.fullmatch(fold(text).strip()):
        return None
    return Value(Kind.WORD)


_kept = lru_cache(maxsize=512)(_read)
"""A corpus has few different figures: most are 0 or empty. Lines of prose never come again."""


def _plain(folded: str) -> Value | None:
    if _PAGE_NUMBER.fullmatch(folded):
        return Value(Kind.NOISE)
    match = _NUMBER.fullmatch(folded) if folded[0] in _FIRST else None
    if match and (match["note"] is None or _HAN.search(match["note"])):
        return _number(match)
    for kind, meant in (
        (Kind.NOT_APPLICABLE, _NOT_APPLICABLE.fullmatch(folded) is not None),
        (Kind.WORD, folded in _WORDS or _IN_CHINESE.fullmatch(folded) is not None),
        (Kind.ILLEGIBLE, len(folded) <= _MAX_JUNK and not _HAN.search(folded)),
    ):
        if meant:
            return Value(kind)
    return None


def _number(match: re.Match[str]) -> Value:
    digits, decimals = match["digits"].replace(",", ""), match["decimals"]
    number: Number = float(digits + decimals) if decimals else int(digits)
    if (match["sign"] or "").startswith(_LESS):
        number = -number
    unit, note = match["unit"], match["note"]
    if note and unit is None and (noted := _UNIT_NOTED.fullmatch(note)):
        unit, note = noted[1], None
    flags = ("annotated",) if note else ()
    if not match["digits"]:
        flags = (*flags, POINTED)
    signed = note is not None and note.strip("()") in _LESS_NOTED  # the sign of the number, where nobody looks for it
    if match["about"] or unit == "亿元" or (unit == "万" and note) or signed:
        return Value(Kind.WORD)  # no number to the unit, or neither 元 nor 万元: kept as text, never converted
    if unit is None and match["currency"]:
        unit = "元"
    return Value(Kind.NUMBER, number, _MONEY.get(unit or ""), flags)
