"""The words that the identity knows, from `words.toml` and `bodies.toml`, and patterns made of them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gicrawl.parser.data import read_data

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMERALS: Final = str.maketrans("〇零一二三四五六七八九Oo", "0012345678900")
"""Chinese numerals, written digit by digit, as digits; 二OO九 is written with letters as often as not."""


@cache
def words() -> dict[str, Any]:
    """What titles and texts say of a document: `words.toml`."""
    return read_data(__package__, "words.toml")


@cache
def bodies() -> dict[str, Any]:
    """What names of public bodies are made of: `bodies.toml`."""
    return read_data(__package__, "bodies.toml")


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first."""
    return "(?:" + "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda p: (-len(p), p))) + ")"


def speaks(key: str, text: str) -> bool:
    """Whether a text has any of the phrases that `words.toml` lists for texts.

    Args:
        key: of the phrases, in `text`.
        text: squeezed; Latin letters may be large or small.
    """
    return _spoken(key).search(text.lower()) is not None


@cache
def _spoken(key: str) -> re.Pattern[str]:
    return re.compile(any_of(words()["text"][key]))
