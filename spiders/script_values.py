"""Values in scripts, read without running them: literals, what is put together of them, fields of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

_DEEPEST = 12

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/|(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<name>[\w$]+)|(?P<mark>\|\||&&|\.\.\.|=>|===?|!==?|[^\s\w$])""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_HOLE = re.compile(r"\$\{([^{}]*)\}")
_CLOSING = frozenset(")]},;:")
_SIGNS = frozenset("!-+")
_LONGEST_NUMBER = 16
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}
_SELECTING = frozenset({"$", "jQuery", "layui.$", "document.getElementById", "document.querySelector"})
_READING = frozenset({"val", "attr", "data", "text", "getAttribute", "html"})
_PASSING = frozenset(
    {"param", "encodeURIComponent", "encodeURI", "escape", "String", "Number", "parseInt", "URLSearchParams"}
)
_OF_ADDRESS = re.compile(r"param|query|urlarg|getUrl|request", re.IGNORECASE)
HOLE = "\0"
"""Stands on both sides of the name of an unknown value within a text."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only running the script would give.

    Attributes:
        name: what the script calls it.
    """

    name: str


Value = str | int | float | bool | None | dict[str, "Value"] | list["Value"] | Unknown


class Json(dict[str, Value]):
    """An object that the script sends as JSON."""


class Known(Protocol):
    """What a reader of expressions asks about names."""

    def look_up(self, name: str) -> Value:
        """Return what a name stands for, dotted or not."""

    def field_value(self, selector: str, attribute: str | None) -> Value:
        """Return the value of a field of the page."""

    def from_address(self, name: str) -> Value:
        """Return a parameter of the page's own URL."""


def text_of(value: Value) -> str:
    """Return a value as a piece of a URL; what is not known as a hole with its name."""
    if isinstance(value, Unknown):
        return f"{HOLE}{value.name}{HOLE}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return ""


def from_text(text: str) -> Value:
    """Return the value that a piece of a URL stands for: a text, or what is not known."""
    match = re.fullmatch(f"{HOLE}([^{HOLE}]*){HOLE}", text)
    return Unknown(match[1]) if match else text


def unescaped(text: str) -> str:
    """Return the text that a string of a script holds."""

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else {"n": "\n", "t": "\t", "r": "\r"}.get(match[3], match[3])

    return _ESCAPE.sub(one, text).replace("&amp;", "&")


def _less(value: Value, other: Value) -> Value:
    """Take a number off another; a text of digits is one. Where one of them is not known, the first is kept."""
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, int | float) and isinstance(other, int | float):
        return value - other
    return value


class Expression:
    """Reads one expression of a script from a place on; whatever it does not understand is `Unknown`."""

    def __init__(self, script: str, start: int, known: Known) -> None:
        self._script = script
        self._at = start
        self._known = known

    def _peek(self) -> re.Match[str] | None:
        while (match := _TOKEN.match(self._script, self._at)) is not None:
            if match.lastgroup is None:
                self._at = match.end()
                continue
            return match
        return None

    def _take(self, mark: str) -> bool:
        match = self._peek()
        if match is not None and match.group() == mark:
            self._at = match.end()
            return True
        return False

    def arguments(self, depth: int = 0) -> list[Value]:
        """Read the arguments of a call whose bracket has just been opened."""
        found: list[Value] = []
        while not self._take(")"):
            value, _ = self.value(depth)
            found.append(value)
            if not self._take(","):
                self._take(")")
                break
        return found

    def value(self, depth: int = 0) -> tuple[Value, int]:
        """Read an expression; the value and where it ends."""
        value = self._operand(depth)
        while True:
            if self._take("+"):
                other = self._operand(depth)
                if isinstance(value, int | float) and isinstance(other, int | float):
                    value = value + other
                elif isinstance(value, Unknown) and isinstance(other, int | float):
                    pass  # page + 1
                else:
                    value = text_of(value) + text_of(other)
            elif self._take("||"):
                other, _ = self.value(depth)
                if isinstance(value, Unknown) or value in ("", None):
                    value = other
            elif self._take("?"):
                yes, _ = self.value(depth)
                no = self.value(depth)[0] if self._take(":") else Unknown("?")
                value = no if isinstance(yes, Unknown) else yes
            elif self._take("-"):
                value = _less(value, self._operand(depth))
            elif self._take("*") or self._take("/") or self._take("&&"):
                self._operand(depth)
            else:
                return value, self._at

    def _operand(self, depth: int) -> Value:
        match = self._peek()
        if match is None or depth > _DEEPEST or match.group() in _CLOSING:
            return Unknown("")
        kind, text = match.lastgroup, match.group()
        self._at = match.end()
        found: Value = Unknown("")
        if kind == "string":
            found = self._string(text)
        elif kind == "number":
            found = float(text) if "." in text else int(text) if len(text) < _LONGEST_NUMBER else text
        elif kind == "name":
            found = self._named(text, depth)
        elif text == "{":
            found = self._object(depth)
        elif text == "[":
            found = self._list(depth)
        elif text == "(":
            found, _ = self.value(depth + 1)
            self._take(")")
        elif text in _SIGNS:
            self._operand(depth + 1)
        return found

    def _string(self, printed: str) -> str:
        inner = printed[1:-1]
        if printed[0] == "`":
            inner = _HOLE.sub(lambda hole: text_of(self._known.look_up(hole[1].strip())), inner)
        return unescaped(inner)

    def _object(self, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while not self._take("}"):
            match = self._peek()
            if match is None:
                break
            if match.group() == "...":
                self._at = match.end()
                spread, _ = self.value(depth + 1)
                found.update(spread if isinstance(spread, dict) else {})
            else:
                key = self._string(match.group()) if match.lastgroup == "string" else match.group()
                self._at = match.end()
                if self._take(":"):
                    if self._is_function():
                        self._skip_function()
                        value: Value = Unknown("function")
                    else:
                        value, _ = self.value(depth + 1)
                    found[key] = value
                elif (following := self._peek()) is not None and following.group() in (",", "}"):
                    found[key] = self._known.look_up(key)
                elif following is not None and following.group() == "(":
                    self._skip_function()  # a method in short
            if not self._take(","):
                self._take("}")
                break
        return found

    def _list(self, depth: int) -> list[Value]:
        found: list[Value] = []
        while not self._take("]"):
            value, _ = self.value(depth + 1)
            found.append(value)
            if not self._take(","):
                self._take("]")
                break
        return found

    def _is_function(self) -> bool:
        match = self._peek()
        return match is not None and match.group() in ("function", "async")

    def _skip_function(self) -> None:
        """Step over a function: to the bracket that closes its body."""
        depth = 0
        while (match := self._peek()) is not None:
            self._at = match.end()
            if match.group() == "{":
                depth += 1
            elif match.group() == "}":
                depth -= 1
                if depth <= 0:
                    return

    def _named(self, name: str, depth: int) -> Value:
        if name in _WORDS:
            return _WORDS[name]
        if name in ("function", "async"):
            self._skip_function()
            return Unknown("function")
        if name in ("new", "await", "typeof", "void", "return"):
            return self._operand(depth + 1)
        return self._path(name, depth)

    def _path(self, name: str, depth: int) -> Value:
        """Read on after a name: its properties and calls."""
        value: Value = Unknown(name)
        path, called = name, False
        while True:
            if self._take("."):
                match = self._peek()
                if match is None or match.lastgroup != "name":
                    break
                self._at = match.end()
                path += f".{match.group()}"
            elif self._take("("):
                value, called = self._called(path, self.arguments(depth + 1), value), True
            elif self._take("["):
                key, _ = self.value(depth + 1)
                self._take("]")
                path += f".{text_of(key)}"
            elif self._take("=>"):
                self._skip_arrow(depth)
                return Unknown("function")
            else:
                break
        if not called:
            return self._known.look_up(path)
        if path.endswith(".value") and isinstance(value, Unknown):
            return self._known.field_value(value.name, None)
        return value

    def _skip_arrow(self, depth: int) -> None:
        following = self._peek()
        if following is not None and following.group() == "{":
            self._skip_function()
        else:
            self.value(depth + 1)

    def _called(self, path: str, arguments: list[Value], before: Value) -> Value:
        """Return what a call gives, of the few whose meaning is the same everywhere."""
        name = path.rpartition(".")[2]
        head: Value = arguments[0] if arguments else Unknown("")
        found: Value = Unknown(path)
        if name == "stringify" and isinstance(head, dict):
            found = Json(head) if path.startswith("JSON") else head
        elif name in ("extend", "assign"):
            merged: dict[str, Value] = {}
            for one in arguments:
                merged.update(one if isinstance(one, dict) else {})
            found = merged
        elif path in _SELECTING:
            found = Unknown(head) if isinstance(head, str) else Unknown("")
        elif name in _READING and isinstance(before, Unknown):
            attribute = head if isinstance(head, str) else None
            found = self._known.field_value(
                before.name, f"data-{attribute}" if name == "data" and attribute else attribute
            )
        elif name in ("trim", "toString"):
            found = before
        elif name in _PASSING:
            found = head
        elif isinstance(head, str) and _OF_ADDRESS.search(path):
            found = self._known.from_address(head)
        return found
