"""The words that the identity knows, from `words.toml` and `bodies.toml`, and patterns made of them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMERALS: Final = str.maketrans("〇零一二三四五六七八九Oo", "0012345678900")
"""Chinese numerals, written digit by digit, as digits; 二OO九 is written with letters as often as not."""


@cache
def words() -> dict[str, Any]:
    """What titles and texts say of a document: `words.toml`."""
    return _load("words.toml")


@cache
def bodies() -> dict[str, Any]:
    """What names of public bodies are made of: `bodies.toml`."""
    return _load("bodies.toml")


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first."""
    return "(?:" + "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda p: (-len(p), p))) + ")"


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
