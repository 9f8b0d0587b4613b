"""Where the functions of a page lead: a click that calls one, a handler that waits for clicks, a row one writes.

`onclick="openInfo('77','401')"` with `function openInfo(c, i) { window.open("/show?cid=" + c + "&id=" + i) }` beside
it is a link like any other, only written in two places. Nothing is run: what the function puts together is read with
the words of the call in the places of its parameters, and an address with a part that is not known is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from spiders.script_asks import PAGE_NUMBER
from spiders.script_values import HOLE, Expression, Known, Unknown, Value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import turbohtml

    from spiders.pages import Page

_LONGEST_SCRIPT = 200_000
_LONGEST_BODY = 4_000
_MOST_FUNCTIONS = 400
_MOST_CLICKABLE = 400
_MOST_WRITTEN = 12
_MOST_BOUND = 40
_DEEPEST = 2
"""Functions that call each other until one goes somewhere."""

_RESERVED = frozenset({"if", "for", "while", "switch", "catch", "function", "return", "typeof", "with", "else", "do"})
_FUNCTION = re.compile(
    r"([\w$]+)\s*(?:[=:]\s*(?:async\s+)?function\s*[\w$]*\s*)?\(([\w$\s,]*)\)\s*\{"
    r"|([\w$]+)\s*[=:]\s*(?:async\s*)?(?:\(([\w$\s,]*)\)|([\w$]+))\s*=>\s*(?=[\w${(])"
)
_BODY_TOKEN = re.compile(
    r"""[{}]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/""", re.DOTALL
)
_GOES = re.compile(
    r"(?:(?<![\w$.])(?:window\.)?open\s*\(|\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:replace|assign)\s*\("
    r"|\.load\s*\(|\.(?:href|src)\s*=(?!=)|\.attr\(\s*[\"'](?:href|src)[\"']\s*,|\$\.get\s*\((?=\s*[\"'][^\"'?]+\.s?html?[\"'])|[rR]outer\.push\s*\()\s*"
)
_ASKS = re.compile(r"\bajax|\bgetJSON|\$\.(?:get|post)|\baxios|\bfetch|\.open\(")
_ASSIGNED = re.compile(r"(?:^|[;{,\s])([A-Za-z_$][\w$]*)\s*=(?![=>])\s*")
_CALLED = re.compile(r"(?<![\w$.])(?:this\.|self\.|that\.|vm\.|window\.)?([A-Za-z_$][\w$]*)\s*\(")
_WAITING = re.compile(
    r"""(?:\$|jQuery)\(\s*(?P<quote>["'])(?P<owner>[^"'\n]{1,80})(?P=quote)\s*\)\s*\.\s*(?:on|bind|live|click|delegate)\(\s*"""
    r"""(?:(?P<q1>["'])(?P<one>[^"'\n]{1,80})(?P=q1)\s*,\s*)?(?:(?P<q2>["'])(?P<two>[^"'\n]{1,80})(?P=q2)\s*,\s*)?"""
    r"""(?:async\s*)?(?:function\s*\([\w$\s,]*\)\s*|\([\w$\s,]*\)\s*=>\s*|[\w$]+\s*=>\s*)(?=\{)"""
    r"""|getElementById\(\s*["'](?P<id>[\w-]+)["']\s*\)\s*\.\s*(?:onclick\s*=\s*|addEventListener\(\s*["']click["']\s*,\s*)"""
    r"""(?:function\s*\([\w$\s,]*\)\s*|\([\w$\s,]*\)\s*=>\s*)(?=\{)"""
)
_NAMED_CALL = re.compile(
    r"""(?<![\w$.])[\w$.]+\(\s*["'](?P<name>[^"'\n<>]*[\u4e00-\u9fff][^"'\n<>]{1,40})["']\s*,\s*["'](?P<url>[^"'\s<>]{2,200})["']"""
)
_STRING = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""", re.DOTALL)
_LINKS = re.compile(r"(?:\bhref|\bonclick|data-(?:href|url|link))\s*=")
_WRITTEN = re.compile(
    r"""(?P<name>\bhref|\bonclick|@click|\bv-on:click|:href|v-bind:href|data-(?:href|url|link))\s*=\s*"""
    r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'<>]+))"""
)
_TEMPLATE_HOLE = re.compile(r"\{\{\s*[-#=]?\s*([\w$.]+)\s*\}\}|<%[-=]?\s*([\w$.]+)\s*%>")
_PARTED = re.compile(f"{HOLE}([^{HOLE}]*){HOLE}")
_ADDRESS = re.compile(f"^[^\\s<>\"']*[/.?{HOLE}][^\\s<>\"']*$")
_NOWHERE = ("#", "javascript:", "data:", "mailto:", "tel:", "/*", "//*")
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|bmp|svg|ico|css|js|mp4)(?:\?|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Function:
    parameters: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Written:
    """The address of a row as a script puts it together.

    Attributes:
        address: with `HOLE name HOLE` where a value of the row goes.
        beside: names of all values of the row that are written with it.
    """

    address: str
    beside: tuple[str, ...]


class _Scope:
    """What names stand for within a function that was called, the element that was clicked being `this`."""

    def __init__(self, outer: Known, bound: dict[str, Value], element: turbohtml.Element | None) -> None:
        self._outer = outer
        self.bound = bound
        self.element = element

    def look_up(self, name: str) -> Value:
        if name in self.bound:
            return self.bound[name]
        head, _, rest = name.partition(".")
        if self._is_this(head) and self.element is not None and rest:
            kind, _, key = rest.partition(".")
            printed = self.element.attr(f"data-{_dashed(key)}" if kind == "dataset" and key else rest)
            return printed if isinstance(printed, str) else Unknown(name)
        if head in self.bound:  # a part of what the call gave
            return Unknown(name)
        return "this" if name == "this" else self._outer.look_up(name)

    def field_value(self, selector: str, attribute: str | None) -> Value:
        if self._is_this(selector):
            printed = self.element.attr(attribute or "value") if self.element is not None else None
            return printed if isinstance(printed, str) else Unknown(f"this.{attribute}")
        return self._outer.field_value(selector, attribute)

    def from_address(self, name: str) -> Value:
        return self._outer.from_address(name)

    def _is_this(self, name: str) -> bool:
        return name == "this" or self.bound.get(name) == "this"


class _OfRow:
    """Names in a script that writes rows: what is not the script's own is a value of the row."""

    def __init__(self, outer: Known) -> None:
        self._outer = outer

    def look_up(self, name: str) -> Value:
        found = self._outer.look_up(name)
        return Unknown(name) if "." in name or isinstance(found, Unknown | dict | list) or found is None else found

    def field_value(self, selector: str, attribute: str | None) -> Value:
        return self._outer.field_value(selector, attribute)

    def from_address(self, name: str) -> Value:
        return self._outer.from_address(name)


def _codes(element: turbohtml.Element) -> list[str]:
    return [code for name in ("onclick", "href") if isinstance(code := element.attr(name), str)]


def _dashed(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: f"-{match[1].lower()}", name)


class Calls:
    """The functions that the scripts of a page define.

    Args:
        page: the page.
        known: what names of its scripts stand for; asked for when a click is to be followed.
    """

    def __init__(self, page: Page, known: Sequence[Known]) -> None:
        self._page = page
        self._known = known

    @cached_property
    def _scripts(self) -> list[str]:
        return [script for script in self._page.scripts if len(script) <= _LONGEST_SCRIPT]

    @cached_property
    def _functions(self) -> dict[str, _Function]:
        found: dict[str, _Function] = {}
        for script in self._scripts:
            for match in islice(_FUNCTION.finditer(script), _MOST_FUNCTIONS):
                name = match[1] or match[3]
                if name in _RESERVED or name in found:
                    continue
                printed = next((one for one in (match[2], match[4], match[5]) if one is not None), "")
                parameters = tuple(one.strip() for one in printed.split(",") if one.strip())
                start = match.end() - 1 if match[1] else match.end()
                found[name] = _Function(parameters, _body(script, start))
        return found

    @cached_property
    def _outer(self) -> Known:
        return _Outer(self._known)

    def destination(self, code: str, element: turbohtml.Element | None = None) -> str | None:
        """Return the address that the code of a click goes to, as the script spells it; None: nowhere, or not known."""
        if "(" not in code:
            return None
        code = code.strip().removeprefix("javascript:").removeprefix("return ")
        found = self._followed(code, _Scope(self._outer, {}, element), 0)
        return found if found is not None and HOLE not in found else None

    def _followed(self, code: str, scope: _Scope, depth: int) -> str | None:
        """Where a piece of code goes; what is not known of it stands between holes."""
        found = next(self._addresses(code, scope), None)
        if found is not None or depth >= _DEEPEST:
            return found
        for match in _CALLED.finditer(code):
            function = self._functions.get(match[1])
            if function is None:
                continue
            given = Expression(code, match.end(), scope).arguments()
            found = self._called(function, given, scope.element, depth + 1)
            if found is not None:
                return found
        return None

    def _called(
        self, function: _Function, given: Sequence[Value], element: turbohtml.Element | None, depth: int
    ) -> str | None:
        """Where a function goes that is called with these words.

        `if (n == 1) { location.href = "index.html"; return }` stands before what the function is for: of several
        places, the first that the words have a part in.
        """
        bound = dict(zip(function.parameters, given, strict=False))
        found = list(self._addresses(function.body, _Scope(self._outer, dict(bound), element)))
        if len(found) > 1:
            blank: dict[str, Value] = {name: Unknown(name) for name in function.parameters}
            without = list(self._addresses(function.body, _Scope(self._outer, blank, element)))
            if len(without) == len(found):
                return next((one for one, other in zip(found, without, strict=True) if one != other), found[0])
        if found:
            return found[0]
        return self._followed(function.body, _Scope(self._outer, bound, element), depth)

    @staticmethod
    def _addresses(code: str, scope: _Scope) -> Iterator[str]:
        """Yield where a piece of code itself goes, in its order."""
        bound = 0
        for match in _GOES.finditer(code):
            for assigned in _ASSIGNED.finditer(code, bound, match.start()):
                value, _ = Expression(code, assigned.end(), scope).value()
                if not isinstance(value, Unknown):
                    scope.bound[assigned[1]] = value
            bound = match.start()
            address, _ = Expression(code, match.end(), scope).value()
            if isinstance(address, str) and _is_address(address):
                yield address

    def awaited(self) -> Iterator[tuple[turbohtml.Element, str]]:
        """Yield the elements for whose clicks a script waits, and the address that it then goes to."""
        count = 0
        for script in self._scripts:
            for match in _WAITING.finditer(script):
                body = _body(script, match.end())
                if _GOES.search(body) is None and not any(one[1] in self._functions for one in _CALLED.finditer(body)):
                    continue
                for element in self._waiting(match):
                    count += 1
                    if count > _MOST_CLICKABLE:
                        return
                    address = self._followed(body, _Scope(self._outer, {}, element), 0)
                    if address is not None and HOLE not in address:
                        yield element, address

    def _waiting(self, match: re.Match[str]) -> list[turbohtml.Element]:
        if match["id"]:
            selector = f'[id="{match["id"]}"]'
        else:
            within = next((one for one in (match["one"], match["two"]) if one and one.split(".")[0] != "click"), "")
            selector = f"{match['owner']} {within}".strip()
            selector = within if match["owner"] in ("document", "body") and within else selector
        try:
            return self._page.tree.select(selector)
        except ValueError:  # jQuery has words of its own: `:first`, `:eq(2)`
            return []

    def bound(self) -> Iterator[tuple[str, dict[str, Value]]]:
        """Yield the functions that ask a server, by their bodies, with the words of each call for their parameters.

        Calls are those of clicks (`onclick="year('2023')"`) and of scripts (`year('2024');`); parameters that count
        pages stay open.
        """
        asking = {
            name: function
            for name, function in self._functions.items()
            if function.parameters and _ASKS.search(function.body)
        }
        if not asking:
            return
        codes = [
            code for element in self._page.tree.select("[onclick], a[href^=javascript]") for code in _codes(element)
        ]
        count = 0
        for code in (*codes, *self._scripts):
            for match in _CALLED.finditer(code):
                function = asking.get(match[1])
                if function is None or code[max(0, match.start() - 9) : match.start()].rstrip().endswith("function"):
                    continue
                given = Expression(code, match.end(), self._outer).arguments()
                bound: dict[str, Value] = {
                    name: value
                    for name, value in zip(function.parameters, given, strict=False)
                    if isinstance(value, str | int) and not PAGE_NUMBER.match(name)
                }
                if bound:
                    count += 1
                    if count > _MOST_BOUND:
                        return
                    yield function.body, bound

    def named(self) -> Iterator[tuple[str, str]]:
        """Yield (name, address) of calls with both: functions that write menus, whatever they are called."""
        for script in self._scripts:
            for match in _NAMED_CALL.finditer(script):
                if _is_address(match["url"]) and re.search(r"[/.?]", match["url"]):
                    yield match["name"], match["url"]

    def written(self) -> list[Written]:
        """Return the addresses of rows as the scripts of the page write them, those with most beside them first."""
        found: dict[str, Written] = {}
        scope = _OfRow(self._outer)
        for markup in self._markup(scope):
            beside = tuple(dict.fromkeys(_last(name) for name in _PARTED.findall(markup)))
            for match in _WRITTEN.finditer(markup):
                value = next(one for one in (match["double"], match["single"], match["bare"]) if one is not None)
                address = self._address(match["name"], value, scope)
                if address is not None and _PARTED.search(address) and not _NO_PAGE.search(address):
                    found.setdefault(address, Written(address, beside))
        return sorted(found.values(), key=lambda one: -len(one.beside))[:_MOST_WRITTEN]

    def _address(self, name: str, value: str, scope: _OfRow) -> str | None:
        if name in ("onclick", "@click", "v-on:click") or value.lower().startswith("javascript:"):
            return self._followed(
                value.removeprefix("javascript:") + ("" if "(" in value else "()"), _Scope(scope, {}, None), 0
            )
        if name in (":href", "v-bind:href"):
            found, _ = Expression(value, 0, scope).value()
            return text_of(found)
        return value if _is_address(value) else None

    def _markup(self, scope: _OfRow) -> Iterator[str]:
        """Yield pieces of HTML with rows: put together by a script, or templates of one."""
        for script in self._scripts:
            if "{{" in script or "<%" in script:
                yield _TEMPLATE_HOLE.sub(lambda hole: f"{HOLE}{hole[1] or hole[2]}{HOLE}", script)
            end = 0
            for match in _STRING.finditer(script):
                if match.start() < end or _LINKS.search(match.group()) is None:
                    continue
                value, end = Expression(script, match.start(), scope).value()
                if isinstance(value, str) and HOLE in value:
                    yield value
        for element in islice(self._page.tree.select("[v-for]"), _MOST_CLICKABLE):
            for one in (element, *element.find_all()):
                values = {
                    name: value for name, value in one.attrs.items() if isinstance(value, str) and '"' not in value
                }
                shown = " ".join(f'{name}="{value}"' for name, value in values.items())
                yield _TEMPLATE_HOLE.sub(lambda hole: f"{HOLE}{hole[1] or hole[2]}{HOLE}", f"{shown} {element.text}")


class _Outer:
    """What names of any of a page's scripts stand for."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._known = known

    def look_up(self, name: str) -> Value:
        return next((v for one in self._known if not isinstance(v := one.look_up(name), Unknown)), Unknown(name))

    def field_value(self, selector: str, attribute: str | None) -> Value:
        return self._known[0].field_value(selector, attribute) if self._known else Unknown(selector)

    def from_address(self, name: str) -> Value:
        return self._known[0].from_address(name) if self._known else Unknown(name)


def filled(written: Written, values: dict[str, str]) -> str | None:
    """Put the values of a row into its address; None where one of them is missing."""
    names = [_last(name) for name in _PARTED.findall(written.address)]
    if any(not values.get(name) for name in names):
        return None
    return _PARTED.sub(lambda match: values[_last(match[1])], written.address)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _is_address(text: str) -> bool:
    text = text.strip()
    return _ADDRESS.search(text) is not None and not text.startswith(_NOWHERE)


def _body(script: str, start: int) -> str:
    """Return the block that opens at a place, or the rest of the line where none does."""
    if script[start : start + 1] != "{":
        return script[start : start + _LONGEST_BODY].partition("\n")[0]
    depth = 0
    for match in _BODY_TOKEN.finditer(script, start, start + _LONGEST_BODY):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth == 0:
                return script[start + 1 : match.start()]
    return script[start + 1 : start + _LONGEST_BODY]
