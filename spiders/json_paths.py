"""Answers in JSON as portals write them: wrapped in a call, JSON within strings, times as numbers or words."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING

from spiders.pages import find_date, squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

_CALL = re.compile(r"^[\w.$]+\s*\((?P<argument>.*)\)\s*;?\s*$", re.DOTALL)
_TAG = re.compile(r"<[^>]{0,300}>")
_DAY = re.compile(r"^((?:19|20)\d\d)([01]\d)([0-3]\d)(?:\d{6})?$")
_SHANGHAI = timezone(timedelta(hours=8))
_MILLISECONDS = 100_000_000_000  # a larger number of seconds lies beyond the year 5000
_FIRST_TIME = 200_000_000  # a smaller number is an identifier or a year, not a time


@lru_cache(4)
def load_answer(text: str) -> object | None:
    """Read a JSON object or list, also where it is the argument of a call (JSONP); None: it is none."""
    start = text.lstrip("\ufeff \t\r\n")
    match = _CALL.match(start) if start[:1].isalpha() or start[:1] in "_$" else None
    if match:
        start = match["argument"].strip()
    if not start.startswith(("{", "[")):
        return None
    try:
        return json.loads(start, strict=False)  # type: ignore[no-any-return]  # JSON may be anything
    except (ValueError, RecursionError):
        return None


def first(value: object, paths: Sequence[str]) -> object | None:
    """Return what the first of several dotted paths leads to; None where none leads to anything.

    JSON within a string on the way is read as JSON: several interfaces write parts of their answers so. The path `.`
    is the value itself.
    """
    for path in paths:
        found = _follow(value, path)
        if found not in (None, "", {}):
            return found
    return None


def _follow(value: object, path: str) -> object | None:
    if path == ".":
        return value
    for key in path.split("."):
        inner = load_answer(value) if isinstance(value, str) else value
        if isinstance(inner, dict):
            value = inner.get(key)
        elif isinstance(inner, list) and key.isdigit() and int(key) < len(inner):
            value = inner[int(key)]
        else:
            return None
    return value


def text_of(value: object | None) -> str:
    """Return a value as a text for people: without markup and entities; empty for what is no text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return squeeze(html.unescape(_TAG.sub("", str(value))), 2083)


def number_of(value: object | None) -> int | None:
    """Return a count, also where it is written as a string; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    shown = str(value).strip()
    return int(shown) if shown.isdecimal() and shown.isascii() and len(shown) < 10 else None  # noqa: PLR2004


def date_of(value: object | None) -> str | None:
    """Return a date as YYYY-MM-DD, from words or from seconds or milliseconds since 1970; days are China's."""
    shown = text_of(value)
    day = _DAY.match(shown)
    if day and int(day[2]) in range(1, 13) and int(day[3]) in range(1, 32):
        return "-".join(day.groups())
    if not re.fullmatch(r"\d{9,13}(?:\.\d+)?", shown):
        return find_date(shown)
    seconds = float(shown)
    if seconds >= _MILLISECONDS:
        seconds /= 1000
    if seconds < _FIRST_TIME:
        return None
    return datetime.fromtimestamp(seconds, tz=_SHANGHAI).date().isoformat()
