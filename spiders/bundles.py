"""What the one script of a portal drawn by scripts says: its report column's route, and the interfaces that it asks.

Vue and React portals are an empty page and a bundle; menus, columns and addresses stand in there alone. Nothing is run:
objects that name the report column give its number, objects that count pages the fields of a request, and strings
beside `url:` or in `axios.get(` the interfaces. What does not answer with rows is an unknown layout, not a portal
without reports.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from spiders.script_asks import OTHER_PURPOSE, PAGE_NUMBER, PAGE_SIZE, Ask, make_ask, names_channel
from spiders.script_calls import Written
from spiders.script_values import HOLE, Expression, Unknown, unescaped
from spiders.vocabulary import STRONG, names_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.pages import Page
    from spiders.script_values import Value

_BUNDLE = re.compile(r"(?:^|/)(?:app|main|index|umi|bundle)\b[\w.~-]*\.m?js(?:\?|$)", re.IGNORECASE)
_LONGEST = 4_000_000
"""Characters of a bundle that are looked at; those seen have one or two million."""
_INTERFACE = re.compile(
    r"""\burl\s*:\s*(?P<q>["'`])(?P<url>[\w./-]{4,160})(?P=q)(?P<options>[^{}]{0,120})"""
    r"""|\.(?P<method>get|post)\(\s*(?P<p>["'`])(?P<path>[\w./-]{4,160})(?P=p)"""
)
_POSTS = re.compile(r"method\s*:\s*[\"'`]post", re.IGNORECASE)
_BASE = re.compile(r"\bbaseURL\s*[:=]\s*[\"'`]((?:https?:)?/[\w./:-]*)[\"'`]")
_LISTS = re.compile(r"list|page|query|search|select|articles|contents|documents|records", re.IGNORECASE)
_SHOWS = re.compile(r"detail|info|view|getby|byid|content|article|get$", re.IGNORECASE)
_ARTICLES = re.compile(r"article|content|info|doc|news|manuscript|open|gk|channel|column|cms", re.IGNORECASE)
_STARTS_AT = re.compile(r"[{,]\s*[\"']?(\w{1,14})[\"']?\s*:\s*[01]\b")
_CHINESE = re.compile(r"[\"'`]((?:[\u4e00-\u9fff]|\\u[0-9a-fA-F]{4}){4,20})[\"'`]")
_FIRST_KEY = re.compile(r"\{\s*(\w+)\s*:")
_NUMBER = re.compile(r"id|code|key|no$|num$|channel|column|cat", re.IGNORECASE)
_MOST_ASKS = 6
_MOST_NAMED = 4
_MOST_COUNTED = 2_000
_MOST_ENCLOSING = 400


def bundles(page: Page) -> list[str]:
    """Return the scripts of a page drawn by scripts that are likely its own program, and no library's."""
    sources = (element.attr("src") for element in page.tree.find_all("script"))
    urls = (page.resolve(source) for source in sources if isinstance(source, str) and _BUNDLE.search(source))
    return [url for url in dict.fromkeys(urls) if url is not None]


def is_bundle(page: Page) -> bool:
    """Say whether this is such a script itself."""
    return _BUNDLE.search(page.url) is not None and "<html" not in page.text[:200].lower()


def bundle_asks(page: Page) -> list[Ask]:
    """Return the requests for the report column's list that a bundle could make, the likeliest first.

    There are none where it names no such column.
    """
    page.base = urljoin(page.url, "/")  # what a program asks for is relative to the page it draws
    code = _Code(page.text[:_LONGEST])
    channels = [one for one in code.channels() if one]
    found = []
    for path, method in code.interfaces(_LISTS, _ARTICLES):
        for fields in code.counting():
            for channel in channels:
                sent = _with_channel(fields, channel)
                pairs = [] if method == "POST" else list(sent.items())
                ask = make_ask(path, method, pairs, sent if method == "POST" else {}, as_json=True)
                if ask is not None:
                    found.append(ask)
    return sorted(found, key=lambda ask: -ask.score)[:_MOST_ASKS]


def bundle_written(page: Page) -> list[Written]:
    """Return the addresses of articles that a bundle asks by the numbers of rows."""
    code = _Code(page.text[:_LONGEST])
    return [
        Written(f"{path}?{name}={HOLE}{name}{HOLE}", ("title",))
        for path, method in code.interfaces(_SHOWS, _ARTICLES)
        if method == "GET" and not _LISTS.search(path.rpartition("/")[2])
        for name in dict.fromkeys([*code.keys_beside(path), "id"])
    ]


class _Code:
    """The text of a bundle; names in it are those of a minifier, and stand for nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        base = _BASE.search(text)
        self._base = base[1].rstrip("/") if base else ""

    def look_up(self, name: str) -> Value:
        return Unknown(name)

    def field_value(self, selector: str, attribute: str | None) -> Value:
        del attribute
        return Unknown(selector)

    def from_address(self, name: str) -> Value:
        return Unknown(name)

    def interfaces(self, names: re.Pattern[str], subjects: re.Pattern[str]) -> list[tuple[str, str]]:
        """Return (path, method) of the interfaces whose last step has one of these names, of articles first."""
        found: dict[str, str] = {}
        for match in _INTERFACE.finditer(self._text):
            path = match["url"] or match["path"]
            if "/" not in path or not names.search(path.rpartition("/")[2]) or OTHER_PURPOSE.search(path):
                continue
            posts = match["method"] == "post" or _POSTS.search(match["options"] or "") is not None
            path = path if path.startswith(("http", f"{self._base}/")) else f"{self._base}/{path.lstrip('/')}"
            found.setdefault(path, "POST" if posts else "GET")
        return sorted(found.items(), key=lambda one: -len(set(subjects.findall(one[0].lower()))))[:_MOST_ASKS]

    def keys_beside(self, path: str) -> Iterator[str]:
        """Yield the names of the one field that an interface is asked with: `params:{id:e}`."""
        place = self._text.find(path.removeprefix(self._base))
        match = _FIRST_KEY.search(self._text, place, place + 120) if place >= 0 else None
        if match is not None:
            yield match[1]

    def counting(self) -> list[dict[str, Value]]:
        """Return the objects that begin to count pages, as a list is first asked: the fullest first."""
        found: dict[str, dict[str, Value]] = {}
        counted = (match for match in _STARTS_AT.finditer(self._text) if PAGE_NUMBER.match(match[1]))
        for match in islice(counted, _MOST_COUNTED):
            start = _enclosing(self._text, match.end() - 1)
            fields = Expression(self._text, start, self).value()[0] if start is not None else None
            if isinstance(fields, dict) and any(map(PAGE_NUMBER.match, fields)) and any(map(PAGE_SIZE.match, fields)):
                found.setdefault(str(sorted(fields)), fields)
        return sorted(found.values(), key=lambda one: -len([key for key in one if names_channel(key)]))[:_MOST_NAMED]

    def channels(self) -> Iterator[dict[str, Value]]:
        """Yield the numbers of what is named as the report column: of its route, or of its entry in a menu."""
        count = 0
        for match in _CHINESE.finditer(self._text):
            if names_column(unescaped(match[1])) < STRONG:
                continue
            start = _enclosing(self._text, match.start())
            if start is None:
                continue
            value, _ = Expression(self._text, start, self).value()
            yield dict(_numbers(value)) if isinstance(value, dict) else {}
            count += 1
            if count >= _MOST_NAMED:
                return


def _enclosing(text: str, place: int) -> int | None:
    depth = 0
    for at in range(place, max(-1, place - _MOST_ENCLOSING), -1):
        if text[at] == "}":
            depth += 1
        elif text[at] == "{":
            if not depth:
                return at
            depth -= 1
    return None


def _numbers(value: dict[str, Value], depth: int = 0) -> Iterator[tuple[str, Value]]:
    for key, one in value.items():
        if isinstance(one, dict) and depth < 2:  # noqa: PLR2004  a route's `meta`, and what is in it
            yield from _numbers(one, depth + 1)
        elif isinstance(one, str | int) and not isinstance(one, bool) and _NUMBER.search(key) and str(one).strip():
            yield key, one


def _with_channel(fields: dict[str, Value], channel: dict[str, Value]) -> dict[str, Value]:
    """Put the number of the column into the fields of a request: where it has a place for it, else beside them."""
    value = next(iter(channel.values()))
    place = next((key for key in fields if key in channel), None)
    if place is not None:
        return fields | {place: channel[place]}
    place = next((key for key in fields if names_channel(key) and not PAGE_NUMBER.match(key)), None)
    return fields | ({place: value} if place is not None else channel)
