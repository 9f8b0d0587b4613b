"""Traditional and Simplified script: one form for matching, one for names.

Reports come in either script, and converters mix them within a word. Matching therefore happens on a *folded* twin of
the text in which every character keeps its place: `fold(text)[i]` is what `text[i]` counts as, so that the offsets of a
match are offsets in the text as printed. The folded twin is never stored or shown.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

ZERO_WIDTH = "\u200b"
"""What every character without width folds to: it holds its place and matches nothing else."""

_SIMPLIFIER = OpenCC("t2s")

_ALIKE = {
    '"': "“”„‟″‶〝〞〟「」『』﹁﹂﹃﹄«»",
    "'": "‘’‚‛′‵",
    "(": "〔【［｛〖〘〚[{",
    ")": "〕】］｝〗〙〛]}",
    "《": "〈",
    "》": "〉",
    "-": "‐‑‒–—―−─━﹘﹣",
    "·": "•・‧∙⋅",
    "〇": "○◯",
    "复": "覆",  # 答覆, 回覆: the dictionary of single characters keeps 覆 for 覆盖
    "着": "著",  # 著重
    # Radicals that PDF fonts give for the character and that NFKC leaves alone (Unicode: EquivalentUnifiedIdeograph).
    "母": "⺟",
    "民": "⺠",
    "西": "⻄",
    "见": "⻅",
    "角": "⻆",
    "贝": "⻉",
    "车": "⻋",
    "长": "⻓",
    "门": "⻔",
    "青": "⻘",
    "页": "⻚",
    "风": "⻛",
    "食": "⻝",
    "马": "⻢",
    "骨": "⻣",
    "鬼": "⻤",
    "鱼": "⻥",
    "鸟": "⻦",
    "麦": "⻨",
    "黄": "⻩",
    "齐": "⻬",
    "龙": "⻰",
    "龟": "⻳",
}
"""Characters that mean the same to a reader of reports, by what they count as."""

_HONG_KONG = str.maketrans("衞敍粧枱糭衹", "卫叙妆台粽只")
"""Forms of Hong Kong's standard that the converter leaves alone (衞生)."""

_COUNTS_AS = {variant: plain for plain, variants in _ALIKE.items() for variant in variants} | {
    chr(form): chr(plain) for form, plain in _HONG_KONG.items()
}

_FORMAT = "Cf"  # Unicode general category: joiners, marks of direction, soft hyphen, byte order mark
_BLANKS = "\u2800\u3164\uffa0"  # drawn as a gap, though Unicode counts them as symbols or letters


def _fold_once(char: str) -> str:
    """One step of folding a character; always one character."""
    if char in _BLANKS or char.isspace():
        return " "
    if unicodedata.category(char) == _FORMAT:
        return ZERO_WIDTH
    char = _COUNTS_AS.get(char, char)
    compatible = unicodedata.normalize("NFKC", char)
    if len(compatible) == 1:
        char = compatible
    simplified = _SIMPLIFIER.convert(char)
    return simplified if len(simplified) == 1 else char


class _Folding(dict[int, int]):
    """The folding as a table for `str.translate`, filled with each character when it is first met.

    Filling it is no state anyone can see: the same character always folds alike. It spares every process the conversion
    of some hundred thousand characters that no report contains.
    """

    def __missing__(self, code: int) -> int:
        if 0xD800 <= code <= 0xDFFF:  # a lone surrogate is no character: no table knows it  # noqa: PLR2004
            return code
        before, char = "", chr(code)
        while before != char:  # to the end, so that folding the folded changes nothing
            before, char = char, _fold_once(char)
        self[code] = ord(char)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text as it counts for matching, character by character: the length never changes.

    Compatibility forms (full-width digits and letters, circled numbers, radicals) become plain ones, Traditional
    characters Simplified, quotes, brackets and dashes one kind each, every kind of white space (line ends too) a space,
    and characters without width `ZERO_WIDTH`. Characters whose plain form is longer (㈠, ½, …) stay as they are.

    Args:
        text: any text, as printed.

    Returns:
        A text of the same length; folding it again changes nothing.
    """
    return _fold_line(text) if len(text) <= _LINE else _folded(text)


_LINE = 2000
"""Characters up to which a text is kept folded: the title, the tables and the checks of a document ask for the same."""


@lru_cache(maxsize=1024)
def _fold_line(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    """The text with the few characters replaced that stand in it and count as others.

    Looking up every character, as `str.translate` does, takes five to ten times as long: most of a report counts as
    itself, and punctuation of full width is nearly all of the rest.
    """
    if len(text) <= _FEW:
        return text.translate(_FOLDING)
    if len(text) > _LONG:
        for char, plain in _USUAL:
            text = text.replace(char, plain)
    found = set(_changing().findall(text))
    if len(found) > _MANY:  # Traditional script
        return text.translate(_FOLDING)
    for char in found:  # in any order: what they become is no such character
        text = text.replace(char, chr(_FOLDING[ord(char)]))
    return text


_FEW = 8  # characters looked up one by one
_LONG = 160  # characters from which most of those in `_USUAL` stand in a text, and several times
_USUAL = tuple((char, chr(_FOLDING[ord(char)])) for char in "\n\t，：；（）")
"""Nearly all that there is to replace: gone, there is little left to be found."""
_MANY = 40  # characters replaced one after the other


@cache
def _changing() -> re.Pattern[str]:
    """Characters that may count as others: of ASCII, of 、。《》 and of the 20,992 Han characters only those that do.

    Asking for all of them at once, each on a line of its own, takes some milliseconds.
    """
    block = "\n".join(map(chr, range(0x4E00, 0xA000)))
    simplified = _SIMPLIFIER.convert(block)
    others = {char for char, plain in zip(block, simplified, strict=True) if char != plain} | _COUNTS_AS.keys()
    return re.compile(
        rf"[\x00-\x1f\x7f-\u3000\u3003-\u3009\u300c-\u4dff\ua000-\U0010ffff{re.escape(''.join(sorted(others)))}]"
    )


def counts_as_itself(text: str) -> bool:
    """Whether folding leaves every Han character of a text as it is, as that of one in Simplified script."""
    return not any("\u4e00" <= char <= "\u9fff" for char in set(_changing().findall(text)))


def squeeze(text: str) -> str:
    """The folded text without blanks and characters without width: for comparing, where no offsets are needed."""
    return fold(text).replace(" ", "").replace(ZERO_WIDTH, "")


_KEPT_IN_NAMES = re.compile("乾(?=[县縣安陵])|於(?=[潜潛])")
"""Official place names in Simplified script that keep a character which words of the language lose."""


@lru_cache(maxsize=512)
def to_simplified(text: str) -> str:
    """A name in Simplified script, as its bearer writes it on the mainland; for short texts.

    Words are converted as words (OpenCC t2s), so the length may change. Place names that keep a Traditional-looking
    character officially (乾县, 乾安县, 於潜镇) keep it.
    """
    text = text.translate(_HONG_KONG)
    pieces, at = [], 0
    for kept in _KEPT_IN_NAMES.finditer(text):
        pieces += [_SIMPLIFIER.convert(text[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join((*pieces, _SIMPLIFIER.convert(text[at:])))
