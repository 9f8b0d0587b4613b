"""Markup that a page carries as a string, for its own script to unpack: in scripts, JSON, CDATA, text areas, comments.

So are hidden fields, frames that were saved within the page (`srcdoc`) and what stands in a `<template>`, those among
them that a browser shows in the place of an element (shadow roots). Asked only where a page shows no table of its own.
A string counts as read by the browser that would unpack it: escapes of JavaScript and JSON (ECMA-262 §12.9.4, RFC 8259
§7), character references and percent signs are undone, at most three deep. What would be a guess is not made: of
several different strings with tables none is taken, and a comment, which no browser ever shows, only of a page that
shows nothing else.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from turbohtml import Comment, Element, Text, parse

from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turbohtml import Document as Tree

    from gicrawl.parser.document import Evidence

SIGN: Final = re.compile(r"(?:<|&lt;|&#60;|\\u003c|\\x3c|%3c)\s*(table|p|div|br)\b", re.IGNORECASE)
"""How markup begins, however it is escaped."""

_TABLE: Final = re.compile(r"<table\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<(?:table|p|div|br)\b", re.IGNORECASE)
_ESCAPED: Final = (
    re.compile(r"&lt;|&#60;"),
    re.compile(r"\\(?:u003c|x3c|\"|/)", re.IGNORECASE),
    re.compile("%3c", re.IGNORECASE),
)
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_STRING: Final = re.compile(
    r"(\")(?:[^\"\\\r\n]++|\\(?:\r\n|.))*+(\"?)|(')(?:[^'\\\r\n]++|\\(?:\r\n|.))*+('?)|(`)(?:[^`\\]++|\\.)*+(`?)",
    re.DOTALL,
)
"""A string of a program, or what begins like one and has no end: that is passed over as a whole, in one go."""
_ROOT: Final = "shadowrootmode"
_GLUE: Final = re.compile(r"\s*\+\s*")
_ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(\r\n|.))", re.DOTALL | re.IGNORECASE
)
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": "", "\r": ""}
_LAST_CHARACTER: Final = 0x10FFFF
_UNICODE: Final = re.compile(r"%u([0-9a-f]{4})", re.IGNORECASE)

_DEEP: Final = 3
_MOST: Final = 4_000_000
"""Characters of strings looked at in one page; the report of a ministry with all its markup has half a million."""
_SUBJECT: Final = "信息公开"
_ARTICLE: Final = 600
"""Characters, markup counted, of a string that may be a report; titles, menus and templates of widgets have fewer."""
_ANSWER: Final = 150
"""The same in the answer of a service that names one title, and so is of one article: reports of 2008 were short."""
_NOTHING: Final = 400
"""Characters that a page may show beside its title, and still show nothing."""
_SCRIPTS: Final = frozenset(["script", "template"])
_TITLED: Final = re.compile(
    r"\"(?:\w*title|bt|subject|headline)\"\s*:\s*\"((?:[^\"\\\r\n]++|\\.)*+)(\"?)", re.IGNORECASE
)
_LABELLED: Final = {
    "pubdate": re.compile(
        r"\"(?:\w*pub(?:lish)?_?(?:ed)?(?:date|time)|(?:release|issue)_?(?:date|time)|fbrq|fbsj)\"\s*:\s*\"([12]\d{3}-[^\"\\]{4,24})\"",
        re.IGNORECASE,
    ),
    "source": re.compile(r"\"(?:\w*source|fbjg|publisher)\"\s*:\s*\"([^\"\\]{4,60})\"", re.IGNORECASE),
}
"""What such an answer says of its article, under the names that pages have for it."""


class Piece(NamedTuple):
    """A string that holds markup.

    Attributes:
        markup: what a browser would be given.
        place: of the string: `embedded`, the node of the page it stands in, `embedded_start` and `embedded_end` in the
            text of that node.
    """

    markup: str
    place: Evidence


def source_shown(lines: Sequence[Element]) -> Piece | None:
    """The page of which a page shows the source, line for line in a table, as browsers save what they show of one."""
    markup = "\n".join([line.text for line in lines])
    table = next((table for table in lines[0].ancestors if isinstance(table, Element) and table.tag == "table"), None)
    if table is None or not markup.lstrip().startswith("<") or SIGN.search(markup) is None:
        return None
    return Piece(markup, {"embedded": table.xpath_path(), "embedded_start": 0, "embedded_end": len(table.text)})


def with_roots(tree: Tree, text: str) -> Tree:
    """A tree in which shadow roots that the markup declares are templates as any other.

    Args:
        tree: of a page, without them.
        text: that it was made of.
    """
    return parse(text.replace(_ROOT, f"data-{_ROOT}"), positions=False) if _ROOT in text else tree


def embedded(tree: Tree, shown: int) -> Piece | None:
    """The one string of a page that holds what the page itself does not show; None where there is none, or several.

    Args:
        tree: of the page.
        shown: characters of text that the page shows.
    """
    found: dict[str, tuple[Text | Comment | str, int, int]] = {}
    left = _MOST
    for node in tree.descendants:
        if not isinstance(node, (Text, Comment)) or SIGN.search(node.data) is None:
            continue
        left -= len(node.data)
        if left < 0:
            return None
        for start, end, markup in _strings(node):
            found.setdefault(markup, (node, start, end))
    for path, text in _kept_apart(tree):
        left -= len(text)
        if left < 0:
            return None
        for start, end, markup in _marked_up(text, 0, len(text), 0):
            found.setdefault(markup, (path, start, end))
    hidden = [markup for markup, (node, _, _) in found.items() if isinstance(node, Comment)]
    chosen = _chosen([markup for markup, (node, _, _) in found.items() if not isinstance(node, Comment)], shown)
    if chosen is None and shown <= _NOTHING:
        chosen = _chosen(hidden, shown)
    if chosen is None:
        return None
    holder, start, end = found[chosen]
    path = holder if isinstance(holder, str) else _path(holder)
    return Piece(chosen, {"embedded": path, "embedded_start": start, "embedded_end": end})


def _kept_apart(tree: Tree) -> Iterator[tuple[str, str]]:
    """Markup in attributes and templates, with the XPath of where it stands."""
    for element in tree.select("iframe[srcdoc], input[type=hidden][value], template"):
        name = {"iframe": "srcdoc", "input": "value"}.get(element.tag)
        text = element.inner_html if name is None else element.attr(name) or ""
        if SIGN.search(text) is not None:
            yield element.xpath_path() + (f"/@{name}" if name else ""), text


class Answer(NamedTuple):
    """What a service answers.

    Attributes:
        piece: the article; None where there is none, or several.
        title: that it names; None where it names none, or several.
        labels: what it says of the article, each where it says it once.
    """

    piece: Piece | None
    title: str | None
    labels: tuple[tuple[str, str], ...] = ()


def embedded_in_json(text: str) -> Answer:
    """The same of a file that is JSON as a whole, as services answer, and what it names.

    Args:
        text: of the file; places are those of its strings, and `embedded` is `/`.
    """
    if len(text) > _MOST:
        return Answer(None, None)
    titles = {unescape(_plain(match[1])) for match in _TITLED.finditer(text) if match[2]} - {""}
    title = titles.pop() if len(titles) == 1 else None
    found = {markup: (start, end) for start, end, markup in _unpacked(text, 0)}
    chosen = _chosen(list(found), 0, _ARTICLE if title is None else _ANSWER)
    if chosen is None:
        return Answer(None, title)
    start, end = found[chosen]
    said = {name: set(label.findall(text)) for name, label in _LABELLED.items()}
    labels = tuple((name, values.pop()) for name, values in said.items() if len(values) == 1)
    return Answer(Piece(chosen, {"embedded": "/", "embedded_start": start, "embedded_end": end}), title, labels)


def _chosen(strings: Sequence[str], shown: int, least: int = _ARTICLE) -> str | None:
    """The one of some strings that can be an article; where the page shows one, only one with tables is wanted."""
    about = [markup for markup in strings if len(markup) >= least and _SUBJECT in squeeze(markup)]
    tables = [markup for markup in about if _TABLE.search(markup)]
    wanted = tables or (about if shown <= _NOTHING else [])
    return wanted[0] if len(wanted) == 1 else None


def _path(node: Text | Comment) -> str:
    """XPath of a text or comment: that of its element where it is all of it."""
    parent = node.parent
    base = parent.xpath_path() if isinstance(parent, Element) else ""
    siblings = [child for child in parent.children if type(child) is type(node)] if parent is not None else [node]
    if type(node) is Text and len(siblings) == 1 and base:
        return base
    number = next(at for at, sibling in enumerate(siblings, 1) if sibling is node)
    return f"{base}/{'comment' if type(node) is Comment else 'text'}()[{number}]"


def _strings(node: Text | Comment) -> Iterator[tuple[int, int, str]]:
    """Start, end and content of each string with markup in a node."""
    parent, data = node.parent, node.data
    tag = parent.tag if isinstance(parent, Element) else ""
    if type(node) is Text and isinstance(parent, Element) and tag in _SCRIPTS and _is_code(parent, data.lstrip()):
        yield from _unpacked(data, 0)
    elif tag != "style":
        yield from _marked_up(data, 0, len(data), 0)


def _is_code(script: Element, data: str) -> bool:
    """Whether a script holds a program or JSON, and no markup."""
    kind = (script.attr("type") or "").lower()
    plain = not kind or "script" in kind or "json" in kind or kind == "module"
    # Programs were once wrapped like this, for browsers that know no scripts and for XML.
    return not data.startswith(("<", "&lt;")) or (plain and data.startswith(("<!--", "<![CDATA[")))


def _unpacked(code: str, depth: int) -> Iterator[tuple[int, int, str]]:
    """Strings in a script or in JSON; those put together by plus signs are one."""
    start = end = -1
    parts: list[str] = []
    for match in _STRING.finditer(code):
        if parts and not _GLUE.fullmatch(code, end, match.start()):
            yield from _content("".join(parts), start, end, depth)
            parts = []
        if not (match[2] or match[4] or match[6]):
            continue  # never closed; what was collected ends before it
        if not parts:
            start = match.start()
        end = match.end()
        parts.append(match[0][1:-1])
    if parts:
        yield from _content("".join(parts), start, end, depth)


def _content(raw: str, start: int, end: int, depth: int) -> Iterator[tuple[int, int, str]]:
    if SIGN.search(raw) is not None:
        yield from _marked_up(_plain(raw), start, end, depth)


def _marked_up(text: str, start: int, end: int, depth: int) -> Iterator[tuple[int, int, str]]:
    """The markup that a string is, or those in it: sections of CDATA, strings of JSON within a string."""
    if (sections := list(_CDATA.finditer(text))) and depth < _DEEP:
        for section in sections:
            inside = (start + section.start(1), start + section.end(1)) if end - start == len(text) else (start, end)
            yield from _marked_up(section[1], *inside, depth + 1)
        return
    if text.lstrip().startswith(("{", "[")) and depth < _DEEP:
        for _, _, markup in _unpacked(text, depth + 1):
            yield start, end, markup
        return
    for _ in range(_DEEP):
        if _TAG.search(text) is not None:
            break
        for escaped, undone in zip(_ESCAPED, (unescape, _plain, _percent), strict=True):
            if escaped.search(text) is not None:
                text = undone(text)
                break
        else:
            return
    if _TAG.search(text) is not None:
        yield start, end, text


def _plain(raw: str) -> str:
    """What a string literal stands for."""
    if "\\" not in raw:
        return raw
    text = _ESCAPE.sub(_character, raw)
    if any("\ud800" <= char <= "\udfff" for char in text):  # characters beyond the BMP are written as two
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _character(match: re.Match[str]) -> str:
    if digits := match[1] or match[2] or match[3]:
        number = int(digits, 16)
        return chr(number) if number <= _LAST_CHARACTER else "\ufffd"
    return _LETTERS.get(match[4], match[4])


def _percent(text: str) -> str:
    """What `unescape` and `decodeURIComponent` make of a string."""
    return unquote(_UNICODE.sub(lambda match: chr(int(match[1], 16)), text))
