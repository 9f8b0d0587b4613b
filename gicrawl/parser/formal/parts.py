"""Statutory parts and tables that are missing, or too short to be one."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.labels import ANCHOR
from gicrawl.parser.align.stream import han, stream
from gicrawl.parser.formal.rules import load_rules, made
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.parser.document import Document
    from gicrawl.parser.formal.rules import Rule, Texts
    from gicrawl.parser.report import Check

_PROSE: Final = ("F_OVERVIEW_MISSING", "F_PROBLEMS_MISSING", "F_OTHER_MATTERS_MISSING")
_BLOCKS: Final = "blocks"
_NAME: Final = 4  # Han characters of a heading that is no everyday word
_SEVERAL: Final = 3  # of them that only a table has together
_LISTED: Final = re.compile("(?:部分|方面)(?:组成|构成|内容)?。")
"""How the sentence at the beginning ends that lists the parts, whether they are there or not."""
_NAMES: Final = re.compile("总体情况|概述|主动公开|依?申请|行政复议|问题|其[他它]需要")
"""What it names, of which it has several."""
_LONGEST_LIST: Final = 320  # characters
_HEADING: Final = 24  # characters of a line that may be a heading


def part_checks(forms: Mapping[str, str], texts: Texts, year: int) -> tuple[Check, ...]:
    """The checks of the parts a report has to have.

    Args:
        forms: form of each table that was found.
        texts: the files of the report.
        year: of the report.
    """
    return (*_tables(forms, texts.documents, year), *_parts(forms, texts, year), *_overview(forms, texts, year))


def _tables(forms: Mapping[str, str], documents: Sequence[Document], year: int) -> Iterator[Check]:
    """Statutory tables of which not even a label stands there."""
    rule = load_rules()["F_PART_MISSING"]
    if year < rule.since or not any(key in forms for key in rule.tables):
        return
    missing = [key for key in rule.tables if key not in forms]
    text = "".join(stream(document).han for document in documents) if missing else ""
    for key in rule.tables:
        if key in forms:
            yield made("F_PART_MISSING", 1, 1, table=key)
        elif not any(label in text for label in _labels(key)) and not _headed(key, text):
            yield made("F_PART_MISSING", 0, 1, table=key)


def _headed(key: str, text: str) -> bool:
    """Whether the headings of a side-by-side table stand there without the names of its blocks: unread, not missing."""
    tables = [table for form in load_forms() for table in form.tables if table.key == key and table.layout == _BLOCKS]
    names = {han(column.labels[0]) for table in tables for column in table.columns}
    return sum(name in text for name in names if len(name) >= _NAME) >= _SEVERAL


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


def _parts(forms: Mapping[str, str], texts: Texts, year: int) -> Iterator[Check]:
    """Parts of prose that a report with statutory tables has to have."""
    text = _without_list(texts.text)
    for name in _PROSE:
        rule = load_rules()[name]
        if year >= rule.since and "applications" in forms:
            there = rule.words.search(text) is not None and not _is_empty(rule, texts)
            if not there and (other := rule.patterns.get("other")) is not None:
                there = any(_is(line.squeezed, other) for one in texts.lines for line in one)
            yield made(name, int(there), 1)


def _without_list(text: str) -> str:
    """A text without the sentence that lists its parts."""
    for end in _LISTED.finditer(text):
        begin = text.rfind("。", 0, end.start()) + 1
        names = set(_NAMES.findall(text, begin, end.start()))
        if end.start() - begin <= _LONGEST_LIST and len(names) > _SEVERAL:
            return text[:begin] + text[end.end() :]
    return text


def _is_empty(rule: Rule, texts: Texts) -> bool:
    """Whether nothing stands between the heading of a part and the next one, wherever both stand (in a contents)."""
    if "heading" not in rule.patterns:
        return False
    headed = False
    for one in texts.lines:
        lines = [line.squeezed for line in one if line.squeezed]
        for line, after in pairwise(lines):
            if _is(line, rule.patterns["heading"]):
                if not _is(after, rule.patterns["next"]):
                    return False
                headed = True
    return headed


def _overview(forms: Mapping[str, str], texts: Texts, year: int) -> Iterator[Check]:
    """F_SUMMARY_SHORT: characters between the heading of part 一 and that of part 二, or the first table."""
    rule = load_rules()["F_SUMMARY_SHORT"]
    if year < rule.since or "applications" not in forms:
        return
    for one in texts.lines:
        lines = [line.squeezed for line in one]
        # in a table of contents, and on tabs above the text, nothing stands between the headings
        told = [
            (sum(map(len, lines[start + 1 : end])), line)
            for start, line in enumerate(lines)
            if _is(line, rule.words)
            and (
                end := next((at for at in range(start + 1, len(lines)) if _is(lines[at], rule.patterns["next"])), None)
            )
        ]
        if told:
            long, printed = max(told, key=lambda one: one[0])
            yield made("F_SUMMARY_SHORT", long, rule.least, holds=long >= rule.least, printed=printed)
            return


def _is(line: str, heading: re.Pattern[str]) -> bool:
    return len(line) <= _HEADING and heading.match(line) is not None
