r"""Texts that a program put into JSON, or printed as it holds them: the strings, one below another, as they read.

`{"title": "…", "content": "…\n…"}`: what stands around the strings, and their names in ASCII, print nothing of a
report. Escapes are those of RFC 8259 §7 and of the other quotes of JavaScript and Python.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from gicrawl.parser.offsets import Shortened, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD: Final = r"\ufeff?\s*(?:[\w.$]{1,80}\s*\(\s*)?"
_BEGINS: Final = re.compile(rf"{_HEAD}[\[{{][\s\[{{]*([\"'])[^\"'\n]{{1,80}}\1\s*[:,]")
"""A list or an object, maybe as the argument of a call (JSONP), and its first string."""
_LEAST: Final = 500
"""Characters of a string that is a text, and no field of a record."""
_LAYOUT: Final = re.compile(r"\\[nrt]|[\s|-]")
_SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "\n"}
_PAIR: Final = len(r"\ud83d\ude00")


def out_of_strings(text: str) -> Shortened:
    """The strings of a text that is JSON and holds a text; any other text as it is.

    Args:
        text: of a file, decoded.
    """
    begins = _BEGINS.match(text)
    if begins is None:
        return Shortened(text, ())
    quote = begins[1]
    long = [string for string in _content(quote).finditer(text) if string.end() - string.start() > _LEAST]
    if not long:
        return Shortened(text, ())
    again = _said_again(text, long)
    return replaced(text, _marks(text, quote, again), lambda mark: "" if mark in again else _meant(mark[0]))


def _marks(text: str, quote: str, left_out: Sequence[re.Match[str]]) -> Iterator[re.Match[str]]:
    """What does not read as it stands, in order; of strings that are left out, all between their quotes."""
    first = _between(quote).match(text)
    if first is None:
        return
    yield first
    at = first.end()
    for string in left_out:
        yield from _signs(quote).finditer(text, at, string.start())
        yield string
        at = string.end()
    yield from _signs(quote).finditer(text, at)


def _said_again(text: str, strings: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Strings that print what another prints in more lines: extractors give a text with its tables, and bare."""
    if len(strings) == 1:
        return []
    lines = [text.count("\\n", *string.span()) for string in strings]
    best: dict[str, int] = {}
    for at, string in enumerate(strings):
        printed = _LAYOUT.sub("", string[0])
        if printed not in best or lines[at] > lines[best[printed]]:
            best[printed] = at
    return [string for at, string in enumerate(strings) if at not in best.values()]


@cache
def _content(quote: str) -> re.Pattern[str]:
    """What a string holds; from the file's first quote on, every other stretch is one that stands between strings."""
    inner = rf"[^{quote}\\]*+(?:\\.[^{quote}\\]*+)*+"
    return re.compile(rf"(?<={quote}){inner}(?={quote}\s*[,\]}}]|\Z)", re.DOTALL)


@cache
def _between(quote: str) -> re.Pattern[str]:
    """What stands before a string, names in ASCII and numbers too: those are of the program that wrote the file."""
    scalar = r"(?:null|true|false|None|True|False|-?\d[\d.eE+-]*)\b"
    name = rf"{quote}[\w$@.\- ]{{1,80}}{quote}\s*:"
    return re.compile(rf"(?:{_HEAD})?(?:[\s\[\]{{}},:]|{scalar}|{name})*+{quote}", re.ASCII)


@cache
def _signs(quote: str) -> re.Pattern[str]:
    """Escapes, and what stands between two strings or behind the last: a quote that is not escaped ends a string."""
    return re.compile(
        r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)"
        rf"|{quote}(?:{_between(quote).pattern}|[\s\[\]{{}});,]*\Z)?+",
        re.DOTALL | re.ASCII,
    )


def _meant(mark: str) -> str:
    r"""What an escape is, or the end of a line for what parts two strings; a name that is kept has a colon."""
    if not mark.startswith("\\"):
        return ": " if mark.strip("\"' ") == ":" else "\n"
    if len(mark) == _PAIR:
        return mark.encode().decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16")
    if len(mark) > len(r"\n"):
        code = int(f"0x{mark[2:]}", 0)
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)  # noqa: PLR2004 - surrogates, Unicode §3.8
    return _SHORT.get(mark[1], mark[1])
