"""A request that a script makes for a list: which field counts pages, and how likely it is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from spiders.script_values import HOLE, Unknown, Value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE_NUMBER = re.compile(
    r"^(?:page|page_?(?:no|num|number|index|id)|p(?:age)?n|p|cur(?:r|rent)?_?page(?:no|num)?|current|pagenow|nowpage|"
    r"page_?current|start_?page|to_?page|index_?page|no_?page|pageindex|goto_?page|paged|currentpageno)$",
    re.IGNORECASE,
)
PAGE_SIZE = re.compile(
    r"^(?:page_?size|size|rows|limit|per_?page|pre_?page|ps|page_?rows?|row_?num|page_?count|page_?limit|num|"
    r"page_?nums?|show_?count|line_?count|each_?page|_pagesize)$",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"^(?:start|offset|begin|skip|first|start_?(?:record|row|num|index|no)|from)$", re.IGNORECASE)
_END = re.compile(r"^(?:end_?(?:record|row|num|index|no)?|to)$", re.IGNORECASE)
_CLOCK = re.compile(r"^(?:_|t|ts|time|timestamp|rand|random|r|v|noncache|_t)$", re.IGNORECASE)
_CHANNEL = re.compile(
    r"chan|col(?:umn)?|cat|class|type|node|menu|site|web|code|dept|org|unit|tree|chnl|item|infotype|theme",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"list|query|search|page|channel|column|content|article|info|doc|data|cms|open|front|portal|find|select|get",
    re.IGNORECASE,
)
OTHER_PURPOSE = re.compile(
    r"hit|click|count(?!ry)|visit|stat(?!ic|e)|login|user|captcha|verif|weather|comment|suggest|hotword|keyword|like|vote|"
    r"share|track|log(?:s|ger)?\b|token|config|upload|feedback|jiucuo|ip\b|banner|menu|nav|tongji|survey|message(?!Controller)",
    re.IGNORECASE,
)
"""In the name of a program: it is asked for something else than articles."""
PAGE_HOLE = "{page}"
_PROMISING = 4
"""Score from which a request is taken for that of a list: it counts pages and names a column or a listing."""


Shape = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request that a script makes.

    Attributes:
        url: absolute or relative; `{page}` stands where the number of the page goes.
        method: `GET` or `POST`.
        query: fields of the URL, in order; the value of the page's number is the one printed.
        form: fields of a form that is sent.
        json: the object that is sent as JSON.
        number: name of the field that counts pages (dotted within JSON), or None: the URL has it, or nothing does.
        first: number of the first page.
        size: rows of a page that are asked for, or None.
        size_field: name of the field that says so.
        offset: the number counts rows, not pages.
        end: name of a field that counts the last row asked for.
        lacking: fields whose value is not known.
        score: how likely it brings a list of articles.
    """

    url: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    json: dict[str, Value] | None = field(default=None, hash=False)
    number: str | None = None
    first: int = 1
    size: int | None = None
    size_field: str | None = None
    offset: bool = False
    end: str | None = None
    lacking: int = 0
    score: int = 0

    @property
    def shape(self) -> Shape:
        """What requests have in common that ask the same program with other values."""
        names = (*(name for name, _ in self.query), *(name for name, _ in self.form), *(self.json or ()))
        return self.method, self.url, names


def make_ask(
    path: str, method: str, pairs: list[tuple[str, Value]], sent: dict[str, Value], *, as_json: bool
) -> Ask | None:
    """Put a request together; None where what it asks for cannot be said."""
    holes = re.findall(f"{HOLE}([^{HOLE}]*){HOLE}", path)
    if len(holes) > 1 or any(not _counts_pages(name.rpartition(".")[2]) for name in holes):
        return None
    path = re.sub(f"{HOLE}[^{HOLE}]*{HOLE}", PAGE_HOLE, path)
    flat = [(name, value) for name, value in [*pairs, *_flattened(sent)] if not isinstance(value, dict | list)]
    plain = {name: name.rpartition(".")[2].removesuffix("[]") for name, _ in flat}
    values = dict(flat)

    def named(pattern: re.Pattern[str]) -> str | None:
        return next((name for name, last in plain.items() if pattern.match(last)), None)

    number = named(PAGE_NUMBER)
    offset = number is None and named(_OFFSET) is not None
    number = number or named(_OFFSET)
    size_field = next((name for name, last in plain.items() if PAGE_SIZE.match(last) and name != number), None)
    first = _int(values[number], 0 if offset else 1) if number else 1
    known = {number, size_field}
    lacking = sum(
        isinstance(value, Unknown) and name not in known and not _CLOCK.match(plain[name]) for name, value in flat
    )
    names = " ".join(plain)
    score = (
        (3 if number or PAGE_HOLE in path else 0)
        + (1 if size_field else 0)
        + (2 if _CHANNEL.search(names) or _CHANNEL.search(path) else 0)
        + (2 if _LISTING.search(path) else 0)
        - (4 if OTHER_PURPOSE.search(path.rpartition("/")[2] or path) else 0)
        - 2 * lacking
    )
    if score < _PROMISING:
        return None
    return Ask(
        url=path,
        method=method,
        query=tuple(_known(pairs)),
        form=tuple(_known(_flat_form(sent))) if method == "POST" and not as_json else (),
        json=_plain_object(sent) if as_json and sent else None,
        number=number,
        first=first if first in (0, 1) or offset else 1,
        size=(_int(values[size_field], 0) or None) if size_field else None,
        size_field=size_field,
        offset=offset,
        end=named(_END) if offset else None,
        lacking=lacking,
        score=score,
    )


def names_channel(name: str) -> bool:
    """Say whether a field of a request could say of which column the rows are."""
    return _CHANNEL.search(name) is not None


def _counts_pages(name: str) -> bool:
    return PAGE_NUMBER.match(name) is not None or name.lower().endswith(("page", "pageno", "pagenum", "pageindex"))


def _int(value: Value, other: int) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return other
    shown = str(value).strip()
    return int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 7 else other  # noqa: PLR2004  no page number


def _flattened(value: dict[str, Value], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Value]]:
    for key, one in value.items():
        name = f"{prefix}{key}"
        if isinstance(one, dict) and depth < 3:  # noqa: PLR2004  deeper than any interface seen
            yield from _flattened(one, f"{name}.", depth + 1)
        else:
            yield name, one


def _flat_form(sent: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    """Fields as jQuery sends them: a list as repeated `name[]`, an object as `name[key]`."""
    for key, value in sent.items():
        if isinstance(value, list):
            for one in value:
                yield key if key.endswith("[]") else f"{key}[]", one
        elif isinstance(value, dict):
            for inner, one in value.items():
                yield f"{key}[{inner}]", one
        else:
            yield key, value


def _known(pairs: Iterable[tuple[str, Value]]) -> Iterator[tuple[str, str]]:
    """Fields with their values as texts: unknown ones are empty, and what only defeats caches is left out."""
    for name, value in pairs:
        if not isinstance(value, Unknown):
            yield name, text_of(value)
        elif not _CLOCK.match(name):
            yield name, ""


def _plain_object(value: dict[str, Value]) -> dict[str, Value]:
    return {key: _plain(one) for key, one in value.items()}


def _plain(value: Value) -> Value:
    """Return a value fit for JSON: what is not known is empty."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return "" if isinstance(value, Unknown) else value


def at_page(ask: Ask, number: int, size: int | None) -> Ask:
    """Return the request for page `number`, counted from 1."""
    shown = ask.first + (number - 1) * ((size or 15) if ask.offset else 1)
    values = {ask.number: shown} if ask.number else {}
    if ask.end and ask.offset:
        values[ask.end] = shown + (size or 15) - 1
    json = ask.json
    for name, value in values.items():
        json = _with_value(json, name.split("."), value) if json is not None and name is not None else json
    named = {_form_name(name): str(value) for name, value in values.items() if name is not None}
    query, form = (tuple((name, named.get(name, value)) for name, value in pairs) for pairs in (ask.query, ask.form))
    url = ask.url.replace(PAGE_HOLE, str(number))
    return replace(ask, url=url, query=query, form=form, json=json)


def _form_name(name: str) -> str:
    head, *rest = name.split(".")
    return head + "".join(f"[{one}]" for one in rest)


def _with_value(json: dict[str, Value], path: list[str], value: int) -> dict[str, Value]:
    head, *rest = path
    if head not in json:
        return json
    inner = json[head]
    if rest:
        return {**json, head: _with_value(inner, rest, value)} if isinstance(inner, dict) else json
    return {**json, head: str(value) if isinstance(inner, str) and inner else value}
