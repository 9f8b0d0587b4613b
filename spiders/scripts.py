"""What the scripts of a page ask a server for, read without running them.

No script is run: requests are found by their shape (`$.ajax({…})`, `fetch(…)`, an object with a `url`), their parts
are put together from literals, from variables with one plain value, and from the fields of the page. What is computed
stays unknown, except the number of the page, which is what we want to set ourselves.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from spiders.script_asks import PAGE_HOLE, PAGE_NUMBER, Ask, Shape, at_page, make_ask
from spiders.script_values import Expression, Json, Known, Unknown, Value, from_text, text_of, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.pages import Page

_LONGEST_SCRIPT = 100_000
"""Characters; a longer inline script is a library or data."""
_MOST_CALLS = 300
_MOST_KEYS = 60
_ASSIGNED = re.compile(r"(?:\b(?:var|let|const)\s+|[,;{}(]\s*|^\s*|\n\s*)([A-Za-z_$][\w$.]*)\s*=(?![=>])\s*")
_PROPERTY = re.compile(r"""[{,]\s*["']?([A-Za-z_$][\w$]*)["']?\s*:\s*(?=["'`\d{[])""")
_CALL = re.compile(
    r"(?<![\w$])(?P<name>(?:[\w$]+\s*\.\s*)*(?:ajax|getJSON|getJson|get|post|postJson|postJSON|request|fetch|axios|http|load\w*|"
    r"query\w*|jsonp|send|render|pagination|search\w*|\w*[lL]ist))\s*(?:<[\w, ]*>)?\((?=\s*[\"'`{\w$])"
)
_URL_KEY = re.compile(r"""(?<![\w$.])["']?(?:\w*[uU]rl|URL|api|src)["']?\s*:\s*""")
_OPEN = re.compile(r"\.open\(\s*[\"'](GET|POST)[\"']\s*,\s*", re.IGNORECASE)
_SEND = re.compile(r"\.send\(\s*(?=[^)\s])")
_BARE_URL = re.compile(r"""["'`]((?:https?:)?/[^"'`\s<>]*\?[^"'`\s<>]*=[^"'`\s<>]*)["'`]""")
_FIELD = re.compile(r"#([\w-]+)")
_APPENDED = re.compile(r"([\w$]+)\.(?:append|set)\(\s*[\"']([\w.\[\]-]+)[\"']\s*,\s*")
_FILE_NAME = re.compile(
    r"\.(?:s?html?|css|js|png|jpe?g|gif|svg|ico|swf|woff2?|ttf|pdf|docx?|xlsx?|zip|mp4)$", re.IGNORECASE
)


def asks(page: Page) -> list[Ask]:
    """Return the requests that the scripts of a page make for lists, the likeliest first."""
    found: dict[tuple[str, str, str], Ask] = {}
    for ask in _all_asks(page):
        first = at_page(ask, 1, ask.size)
        key = (first.method, first.url, f"{first.query}{first.form}{first.json}")
        if ask.score > 0 and key not in found:
            found[key] = ask
    known: dict[Shape, int] = {}
    for ask in found.values():
        known[ask.shape] = min(ask.lacking, known.get(ask.shape, ask.lacking))
    # What a function asks with the words of a call is not asked without them.
    return sorted((ask for ask in found.values() if ask.lacking == known[ask.shape]), key=lambda ask: -ask.score)


def _all_asks(page: Page) -> Iterator[Ask]:
    for script in page.scripts:
        if len(script) <= _LONGEST_SCRIPT:
            yield from _Reading(script, page).asks()
    for body, bound in page.calls.bound():
        yield from _Reading(body, page, bound).asks()


def known_to(script: str, page: Page) -> Known:
    """Return what the names in a script of a page stand for; it is read when first asked."""
    return _Late(script, page)


class _Late:
    """A script that is read when somebody asks for a name in it."""

    def __init__(self, script: str, page: Page) -> None:
        self._script = script
        self._page = page

    @cached_property
    def _reading(self) -> _Reading:
        return _Reading(self._script if len(self._script) <= _LONGEST_SCRIPT else "", self._page)

    def look_up(self, name: str) -> Value:
        """Return what a name stands for."""
        return self._reading.look_up(name)

    def field_value(self, selector: str, attribute: str | None) -> Value:
        """Return the value of a field of the page."""
        return self._reading.field_value(selector, attribute)

    def from_address(self, name: str) -> Value:
        """Return a parameter of the page's own URL."""
        return self._reading.from_address(name)


class _Reading:
    """One script being read."""

    def __init__(self, script: str, page: Page, bound: dict[str, Value] | None = None) -> None:
        self._script = script
        self._page = page
        self._known: dict[str, Value] = dict(bound or {})
        self._properties: dict[str, Value] = {}
        self._read_variables()

    # Values

    def _read_variables(self) -> None:
        others = "\n".join(one for one in self._page.scripts if one is not self._script and len(one) < _LONGEST_SCRIPT)
        for text in (self._script, others):
            for match in _PROPERTY.finditer(text):
                value, _ = Expression(text, match.end(), self).value()
                self._properties.setdefault(match[1], value)
            for match in _ASSIGNED.finditer(text):
                name = match[1]
                if name in self._known and not isinstance(self._known[name], Unknown) and text is others:
                    continue
                value, _ = Expression(text, match.end(), self).value()
                owner, _, key = name.rpartition(".")
                holder = self._known.get(owner)
                if owner and isinstance(holder, dict):
                    if key not in holder or isinstance(holder[key], Unknown):
                        holder[key] = value
                elif name not in self._known or isinstance(self._known[name], Unknown):
                    self._known[name] = value
            for match in _APPENDED.finditer(text):
                value, _ = Expression(text, match.end(), self).value()
                holder = self._known.get(match[1])
                if not isinstance(holder, dict):
                    holder = self._known[match[1]] = {}
                holder.setdefault(match[2], value)

    def look_up(self, name: str) -> Value:
        """Return what a name stands for; dotted ones step by step, `this.x` and the like by their last part."""
        if name in self._known:
            return self._known[name]
        head, _, rest = name.partition(".")
        value = self._known.get(head)
        for key in rest.split(".") if rest else ():
            value = value.get(key) if isinstance(value, dict) else None
        if rest and value is not None:
            return value
        last = name.rpartition(".")[2]
        for where in (self._known, self._properties) if rest else (self._properties,):
            if last in where and not isinstance(where[last], Unknown):
                return where[last]
        return Unknown(name)

    def field_value(self, selector: str, attribute: str | None) -> Value:
        """Return the value of a field of the page, by its id."""
        match = _FIELD.search(selector) or re.fullmatch(r"([\w-]+)", selector)
        element = next(iter(self._page.tree.select(f'[id="{match[1]}"]')), None) if match else None
        if element is None:
            return Unknown(selector)
        found = element.attr(attribute or "value")
        return found if isinstance(found, str) else Unknown(selector)

    def from_address(self, name: str) -> Value:
        """Return a parameter of the page's own URL: scripts read it with helpers of many names."""
        for key, value in parse_qsl(urlsplit(self._page.url).query):
            if key == name:
                return value
        return Unknown(name)

    # Requests

    def asks(self) -> Iterator[Ask]:
        """Yield the requests of this script."""
        seen: set[int] = set()
        for match in islice(_CALL.finditer(self._script), _MOST_CALLS):
            name = re.sub(r"\s", "", match["name"])
            yield from self._call(name, Expression(self._script, match.end(), self).arguments(), seen, match.start())
        for match in _URL_KEY.finditer(self._script):
            start = _opening(self._script, match.start())
            if start is None or start in seen:
                continue
            seen.add(start)
            value, _ = Expression(self._script, start, self).value()
            if isinstance(value, dict):
                yield from self._object(value, "")
        for match in _OPEN.finditer(self._script):
            url, end = Expression(self._script, match.end(), self).value()
            sent = _SEND.search(self._script, end)
            body = Expression(self._script, sent.end(), self).value()[0] if sent else None
            yield from self._made(url, match[1].upper(), body, as_json=isinstance(body, Json))
        for match in _BARE_URL.finditer(self._script):
            if "${" in match[1]:
                continue  # a template, read where it is used
            yield from self._made(unescaped(match[1]), "GET", None, as_json=False)

    def _call(self, name: str, arguments: list[Value], seen: set[int], start: int) -> Iterator[Ask]:
        last = name.rpartition(".")[2].lower()
        if not arguments:
            return
        head = arguments[0]
        if isinstance(head, dict):
            seen.add(self._script.find("{", start))
            yield from self._object(head, last)
            return
        if not isinstance(head, str):
            return
        options = next((one for one in arguments[1:] if isinstance(one, dict | str)), None)
        if isinstance(options, dict) and last in {"fetch", "ajax", "request", "axios"} | {"get"}:
            data = next((options[key] for key in ("body", "data", "params") if key in options), None)
            method = str(options.get("method") or options.get("type") or "GET").upper()
            if data is None and last == "get" and not {"headers", "params"} & options.keys():
                data = options
            yield from self._made(head, method, data, as_json=self._is_json(options, data, last))
            return
        if "/" not in head and "?" not in head and "." not in head:
            return
        if last.startswith("post"):
            as_json = "axios" in name.lower() or "http" in name.lower() or last != "post" or isinstance(options, Json)
            kind = next((one for one in arguments[2:] if isinstance(one, str)), "")
            yield from self._made(head, "POST", options, as_json=as_json and kind != "form")
            return
        yield from self._made(head, "GET", options, as_json=False)

    def _object(self, options: dict[str, Value], last: str) -> Iterator[Ask]:
        url = next(
            (
                options[key]
                for key in ("url", "dataUrl", "ajaxUrl", "apiUrl", "api", "URL", "proxyUrl")
                if key in options
            ),
            None,
        )
        if url is None:
            url = next((value for key, value in options.items() if key.lower().endswith("url")), None)
        if url is None:
            return
        method = str(
            options.get("method") or options.get("type") or ("POST" if last.startswith("post") else "GET")
        ).upper()
        data = next(
            (
                options[key]
                for key in ("data", "params", "where", "queryParams", "body", "param", "postData")
                if key in options
            ),
            None,
        )
        if data is None and last not in {"ajax", "request", "axios", "http", "fetch"}:
            data = {
                key: value
                for key, value in options.items()
                if value is not url and key not in {"type", "method", "elem"}
            }
        yield from self._made(
            url, method if method in {"GET", "POST"} else "GET", data, as_json=self._is_json(options, data, last)
        )

    @staticmethod
    def _is_json(options: dict[str, Value], data: Value, last: str) -> bool:
        if isinstance(data, Json):
            return True
        headers = options.get("headers")
        kind = options.get("contentType") or options.get("content-type")
        for key, value in headers.items() if isinstance(headers, dict) else ():
            if key.lower() == "content-type":
                kind = value
        if isinstance(kind, str):
            return "json" in kind.lower()
        return last in {"axios", "request", "http"} and "data" in options and isinstance(data, dict)

    def _made(self, url: Value, method: str, data: Value, *, as_json: bool) -> Iterator[Ask]:
        printed = text_of(url)
        if not printed or printed.startswith(("#", "javascript:", "data:")) or "<" in printed:
            return
        path, _, query = printed.partition("?")
        pairs: list[tuple[str, Value]] = [
            (name, from_text(value)) for name, value in parse_qsl(query, keep_blank_values=True)
        ]
        if isinstance(data, str):
            sent: dict[str, Value] = {name: from_text(value) for name, value in parse_qsl(data, keep_blank_values=True)}
        else:
            sent = dict(list(data.items())[:_MOST_KEYS]) if isinstance(data, dict) else {}
        if method == "GET":
            pairs += sent.items()
            sent = {}
        counted = PAGE_HOLE in path or any(PAGE_NUMBER.match(name) for name in (*dict(pairs), *sent))
        if _FILE_NAME.search(path) and not (counted or path.endswith(".json")):
            return
        ask = make_ask(path, method, pairs, sent, as_json=as_json and method == "POST")
        if ask is not None:
            yield ask


def _opening(script: str, position: int) -> int | None:
    """Return where the object starts that a position lies in."""
    depth = 0
    for place in range(position, max(-1, position - 4000), -1):
        mark = script[place]
        if mark == "}":
            depth += 1
        elif mark == "{":
            if depth == 0:
                return place
            depth -= 1
    return None
