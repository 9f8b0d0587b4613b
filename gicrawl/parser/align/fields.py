"""A field, or a line without fields, cut into its words and values: where numbers stand among words, at blanks."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from gicrawl.parser.align.numbers import Kind, Value, read_value
from gicrawl.parser.lines import PIPES, has_pipe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DIGIT = re.compile(r"[0-9０-９/〇]")
_BARS = 3  # in a field: fewer may be figures
_BEHIND = 5  # figures behind one that may be glued to a label: a row has seven
_GLUED = re.compile(r".*(?!丨)[\u3400-\u9fff”\"）)](\d[\d,]*)")  # a stroke is no word: a 1 that was misread
_FIGURE = re.compile(r"[+-]?\d[\d,.]*")
_TOKEN = re.compile(r"\S+")
_LONE_UNIT = re.compile(r"(?:万元|万|元)")
_STROKES = 5  # so many "/" in a row are values, fewer may be punctuation
_APART = 3  # blanks between a label and its value that are no blank of a sentence
_CROWDED = 20  # numbers in one line
_STROKES_CROWDED = 2  # the same in a line that holds a whole table
_CLAUSES = "：；"  # signs of sentences, which no misread figure looks like
_QUOTES = "、“”"  # those a line begins with where a label is cut character by character
_COUNTED = "年月日时分件条次人个项份篇期万亿元%％号至、.．)）"
_VALUES_IN_PROSE = 3  # that many numbers in a row between words are a table row, fewer are a sentence


def cut_field(text: str) -> Iterator[tuple[str, int, Value | None]]:
    """The pieces of a field: whole where it is one value or pure text, cut at blanks where numbers stand among words.

    Args:
        text: of the field, or of a line without fields.

    Yields:
        Each piece as printed, where it begins in the text, and its value; None for words.
    """
    value = read_value(text)
    if value is not None or not _DIGIT.search(text) or len(text.split(None, 1)) == 1:
        yield text, 0, value
        return
    tokens = list(_tokens(text))
    if len(tokens) > _BEHIND:
        tokens = _unglued(text, _without_bars(text, tokens) if has_pipe(text) else tokens)
    cut = _value_tokens(text, tokens)
    if not cut:
        yield text, 0, None
        return
    words: tuple[int, int] | None = None
    for index, (start, end) in enumerate(tokens):
        if index in cut:
            if words:
                yield text[words[0] : words[1]], words[0], None
                words = None
            yield text[start:end], start, cut[index]
        else:
            words = (words[0] if words else start, end)
    if words:
        yield text[words[0] : words[1]], words[0], None


def _without_bars(text: str, tokens: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Tokens without the bars that part the others, where tabs part the line too; beside two figures one may be a 1."""
    printed = [text[start:end] for start, end in tokens]
    if sum(one in PIPES for one in printed) < _BARS or any(map(_both_figures, printed, printed[1:])):
        return tokens
    return [token for token, one in zip(tokens, printed, strict=True) if one not in PIPES]


def _both_figures(one: str, other: str) -> bool:
    return _FIGURE.fullmatch(one) is not None and _FIGURE.fullmatch(other) is not None


def _unglued(text: str, tokens: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Tokens, a label parted from the first figure of its row where nothing else does: 予以公开54 8 0 0 2 0 64."""
    out: list[tuple[int, int]] = []
    for at, (start, end) in enumerate(tokens):
        glued = _GLUED.fullmatch(text, start, end)
        behind = tokens[at + 1 : at + 1 + _BEHIND]
        if glued and len(behind) == _BEHIND and all(_FIGURE.fullmatch(text, *one) for one in behind):
            out += [(start, glued.start(1)), (glued.start(1), end)]
        else:
            out.append((start, end))
    return out


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """Runs without blanks; a number and the 万 that stands apart from it are one."""
    held: tuple[int, int] | None = None
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if held and _LONE_UNIT.fullmatch(match.group()) and text[held[0] : held[1]][-1:].isdigit():
            yield held[0], end
            held = None
            continue
        if held:
            yield held
        held = (start, end)
    if held:
        yield held


def _value_tokens(text: str, tokens: list[tuple[int, int]]) -> dict[int, Value]:
    """Which tokens are values: numbers at the end of the line, or several of them in a row.

    In a line that holds a whole table, numbers between words too, unless a counted thing follows (2023 年, 5 件).
    """
    values = [read_value(text[start:end]) for start, end in tokens]
    for at, (start, _) in enumerate(tokens):
        if (text[start] in _CLAUSES and (at == 0 or values[at - 1] is None)) or (at == 0 and text[start] in _QUOTES):
            values[at] = None
    crowded = sum(value is not None and value.kind is Kind.NUMBER for value in values) >= _CROWDED
    cut: dict[int, Value] = {}
    at, count = 0, len(tokens)
    while at < count:
        run: dict[int, Value] = {}
        while at < count and (value := values[at]) is not None and value.kind is not Kind.WORD:
            run[at] = value
            at += 1
        numbers = sum(value.kind is Kind.NUMBER for value in run.values())
        strokes = numbers == 0 and len(run) >= (_STROKES_CROWDED if crowded else _STROKES)
        strokes = strokes or (len(run) == 1 and at == count > 1 and _stands_apart(tokens))
        if strokes or (
            numbers and (at == count or numbers >= _VALUES_IN_PROSE or (crowded and not _counted(text, tokens[at])))
        ):
            cut |= run
        at += 1
    return cut


def _stands_apart(tokens: Sequence[tuple[int, int]]) -> bool:
    """Whether the last token of a line stands in a column of its own: several blanks before it, and none elsewhere."""
    gaps = [after[0] - before[1] for before, after in pairwise(tokens)]
    return gaps[-1] >= _APART and all(gap < _APART for gap in gaps[:-1])


def _counted(text: str, token: tuple[int, int]) -> bool:
    return text[token[0]] in _COUNTED
