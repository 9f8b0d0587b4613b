"""Sentences that may state a number, as the wordings of facts read them: folded, squeezed, counts in digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Line, Paragraph
from gicrawl.parser.script import ZERO_WIDTH, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Block, Evidence

_SENTENCE: Final = re.compile(r"[^。！？!?]{1,2000}[。！？!?]?")
_CANDIDATE: Final = re.compile(
    # a set to begin with: what is not in it is passed over quickly
    "[0-9０-９一二三四五六七八九十百千零未没沒无無情况況]"
    r"(?:(?<=[0-9０-９])\s*\**\s*[条條件次场場人名篇期起宗万萬元]|(?<=[一二三四五六七八九十百千零])[条條件宗]|(?<=[为為][0０零])"
    r"|(?:(?<=[未无無])|(?<=[没沒])有)[^。]{0,60}?(?:申[请請]|[复復][议議]|[诉訴][讼訟]|[举舉][报報])"
    r"|(?<=[情况況])\s*[:：][^。]{0,8}?(?:未|[没沒]有|[无無]))"
)
_FINISHED: Final = frozenset("。！？；：!?;:")
"""What nearly every sentence and heading ends with, as printed: spares them a closer look."""
_UNFINISHED: Final = re.compile(r"[^。!?;:.)】]\s*$")
_BEGINS_ANEW: Final = re.compile(r"\s*\**\s*(?:[一二三四五六七八九十]+[、,.]|\([一二三四五六七八九十]+\)|\d+[、.])")
_HEADED: Final = re.compile(
    r"[\s*#]*(?:(?P<part>[一二三四五六七八九十]+、)|[（(][一二三四五六七八九十]+[)）])[^！？；，,]*$"
)
_SUBJECT: Final = re.compile("[复復][议議].*[诉訴][讼訟]|[公依].*申[请請]|申[请請].*公[开開]")
_LONGEST_HEADING: Final = 40
_STOPS: Final = re.compile("[。，；：,;:]")
"""None of them stands in a heading."""
_NAMED: Final = re.compile(
    "公[开開]|[复復][议議]|[诉訴][讼訟]|[许許]可|[热熱][线線]|提案|建[议議]|信[访訪]|[举舉][报報]|[处處][罚罰]|案件|[来來][电電信]|培[训訓]|留言|登[记記]"
)
"""Words of subjects: a sentence without any goes on with that of the one before it."""
_WRITTEN: Final = re.compile(
    r"(?<![第同每这哪逐某有几数一二三四五六七八九十百千\d])(?!零[件宗条])[一二三四五六七八九十百千零〇两]{1,9}(?=[件宗条])"
    r"|(?<=[请议讼诉报案为共])零(?=[件宗条](?:[,;。、)]|$))"
)
"""A number in words. 十余件 and 几十件 are none, nor the 千 of 8千条 by itself, nor 零件 where nothing is counted."""
_WRITTEN_PART: Final = re.compile("([一二三四五六七八九两])?([千百十])|([一二三四五六七八九两])")
_PLACES: Final = {"千": 1000, "百": 100, "十": 10}
_DIGITS: Final = dict(zip("一二三四五六七八九两", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_BEFORE: Final = 80
"""Characters before a sentence that may say what it is about."""
_FURTHEST: Final = 3 * _BEFORE
"""The same, where the sentences between name no subject."""
_PAGE: Final = re.compile(r"\s*(?:[-—–―－]+\s*\d{1,3}\s*[-—–―－]+|第\s*\d{1,3}\s*页(?:[\s,，/]*共\s*\d{1,3}\s*页)?)\s*")
"""What stands between two pages, in the middle of a sentence."""
_LEAST_PROSE: Final = 12
"""Characters of a line of prose; shorter ones are labels and cells of a flattened table."""
_FIGURES: Final = re.compile(r"[\d,.]+%?")
_COUNTED: Final = re.compile("(?![\u4e00-\u9fff]{1,3}$)[条條件宗份次场場人名篇期起万萬元年月日%个個]")
"""How a line goes on after a number that stands on one of its own; a unit alone is a cell of a flattened table."""
_DROPPED: Final = frozenset([" ", ZERO_WIDTH, "*"])
"""Not part of the wording: white space as folded, and the asterisks of markdown."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage: `folded[i]` stands at `at[i]` of the passage's text."""

    folded: str
    at: Sequence[int]
    before: str
    """What it follows, folded: the sentence before it, and the heading of its section where that tells its subject."""


def sentences_of(blocks: Sequence[Block]) -> Iterator[tuple[Sentence, str, Sequence[Paragraph]]]:
    """Sentences with a number and a unit in them, each as printed and with the paragraphs it was printed in."""
    for run, heading, section in _passages(blocks):
        text = "".join([paragraph.text for paragraph in run])
        before, above = heading, section
        for match in _SENTENCE.finditer(text):
            told = match[0][-_BEFORE:]
            if _CANDIDATE.search(match[0]):
                yield _in_digits(_squeeze(match[0], match.start(), above + before)), match[0].strip(), run
                if _NAMED.search(match[0]) is None:
                    told = (before + told)[-_FURTHEST:]
            before = told
            above = _under(before, above)


def evidence_of(run: Sequence[Paragraph], first: int, last: int) -> Evidence:
    """Where the number of a passage stands: exact where the paragraph's text is its source character by character."""
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


def _passages(blocks: Sequence[Block]) -> Iterator[tuple[list[Paragraph], str, str]]:
    """Passages with a number and a unit in them, each with the text before it (a heading, the last sentence).

    And with the heading of its section, where that says what its numbers are of.
    """
    run: list[Paragraph] = []
    before = section = ""
    broken = _around_numbers(blocks)
    for at, block in enumerate([*blocks, None]):
        paragraph = _line_of(block) if at in broken and isinstance(block, Line) else _as_prose(block)
        if run and paragraph is not None and len(paragraph.text) <= _LEAST_PROSE and _PAGE.fullmatch(paragraph.text):
            continue
        goes_on = run and paragraph is not None and _goes_on(run[-1].text, paragraph.text)
        if paragraph is not None and (goes_on or (run and at in broken and at - 1 in broken)):
            run.append(paragraph)
            continue
        if run:
            if _CANDIDATE.search("".join([part.text for part in run])):
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
            return _line_of(block)
    return None


def _line_of(line: Line) -> Paragraph:
    """A line of one field as a paragraph."""
    field = next(field for field in line.fields if field.text.strip())
    evidence: Evidence = dict(line.evidence) if line.path is None else {"path": line.path}
    evidence |= {"start": field.start, "end": field.start + len(field.text)}
    return Paragraph(field.text, evidence)


def _around_numbers(blocks: Sequence[Block]) -> frozenset[int]:
    """Which lines are parts of sentences broken around their numbers: …信息⏎368⏎条。按公开渠道."""
    parts: set[int] = set()
    for at in range(1, len(blocks) - 1):
        block = blocks[at]
        if isinstance(block, Paragraph) and not _begins_with_figure(block.text):
            continue  # as nearly all
        text = _only_text(block)
        if text is None or not _FIGURES.fullmatch(text):
            continue
        before, after = _only_text(blocks[at - 1]), _only_text(blocks[at + 1])
        if before and after and _COUNTED.match(after) and _UNFINISHED.search(fold(before[-4:])):
            parts.update((at - 1, at, at + 1))
    return frozenset(parts)


def _begins_with_figure(text: str) -> bool:
    first = text.lstrip()[:1]
    return first.isdecimal() or first in {",", "."}


def _only_text(block: Block) -> str | None:
    """The text of a paragraph, or of a line of one field."""
    if isinstance(block, Paragraph):
        return block.text.strip()
    if isinstance(block, Line):
        fields = [text for field in block.fields if (text := field.text.strip())]
        return fields[0] if len(fields) == 1 else None
    return None


def _goes_on(text: str, following: str) -> bool:
    """Whether a sentence was cut by a line or page break."""
    return (
        text[-1:] not in _FINISHED
        and len(text) >= _LEAST_PROSE
        and bool(following.strip())
        and _UNFINISHED.search(fold(text[-4:])) is not None
        and (_BEGINS_ANEW.match(fold(text[:12])) is None or _STOPS.search(text) is not None)
        and _BEGINS_ANEW.match(fold(following[:12])) is None
    )


def _squeeze(text: str, start: int, before: str) -> Sentence:
    folded, above = fold(text), "".join(fold(before).split())
    if _DROPPED.isdisjoint(folded):
        return Sentence(folded, range(start, start + len(folded)), above)
    kept = [i for i, char in enumerate(folded) if char not in _DROPPED]
    at = tuple([start + i for i in kept])
    return Sentence("".join([folded[i] for i in kept]), at, above)


def _in_digits(sentence: Sentence) -> Sentence:
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
    return Sentence(text + sentence.folded[last:], [*at, *sentence.at[last:]], sentence.before)


def _in_words(printed: str) -> int | None:
    """The number written as 二千三百一十六; None where its places do not go down."""
    if printed == "零":
        return 0
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
