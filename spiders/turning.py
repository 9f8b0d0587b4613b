"""The addresses of a list's further pages, where a script spells them out around the number of the page.

`location.href = "list-" + n + ".html"` in the function that 下一页 calls, `?page=${page}`, links that a loop writes,
the change of a select. Nothing is run: texts and variables with one plain value are put together, and what is left
open is the number.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit

from gicrawl.portals.sites import same_site
from spiders.script_asks import PAGE_NUMBER
from spiders.script_values import unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.pages import Page

_LONGEST_SCRIPT = 100_000
_MOST = 40
"""Places of a script that are looked at."""
_STEERING = re.compile(
    r"(?:\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:replace|assign)\s*\(|\bopen\s*\(|\b(?:href|url|link|path|src)\w*\s*=(?!=)|"
    r"\breturn\b)\s*(?=[\"'`\w(])",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"href=\\?[\"']?(?=[^\"'<>\s]*[\"'`]\s*\+)")
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|(?P<number>\d+)|(?P<name>[A-Za-z_$][\w$.]*)|(?P<mark>[-+()]))"""
)
_PLAIN_VALUE = re.compile(
    r"""(?<![\w.$])(?:var|let|const)?\s*\b([A-Za-z_$][\w$]*)\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)'|(\d{1,6}))\s*[;,\n)]"""
)
_HOLE = re.compile(r"\$\{\s*(?:parseInt\()?([A-Za-z_$][\w$.]*)\)?\s*(?:([-+])\s*(\d))?\s*\}")
_CHOICE = re.compile(
    r"""\s*\(?\s*[\w.$]+\s*[<>=!]=?=?\s*["']?(?P<first>\d)["']?\s*\)?\s*\?(?=\s*(?:"[^"\n]*"|'[^'\n]*'|[^:;{}"'\n])*:\s*(?P<other>))"""
)
_CUT = re.compile(r"[\"'<>\s]")
_WIDGET = re.compile(
    r"\b(?:laypage|kkpager|\w*[pP]agination|\w*[pP]aginator|\w*[pP]ager?)\b[^;{}]{0,60}\(\s*\{([^{}]{0,600})"
)
_OPTION = re.compile(r"[\"']?\b(\w+)[\"']?\s*:\s*[\"']?(\d{1,6})\b")
_PAGES = ("pages", "pagecount", "totalpage", "totalpages")
_COUNTS = ("count", "totaldata", "totalrecords", "totalcount", "datacount", "recordcount", "total")
_SIZES = ("limit", "showdata", "pagesize", "size", "perpage", "pernum")
_HANDLERS = ("onclick", "onchange", "href")


@dataclass(frozen=True, slots=True)
class _Number:
    """The number of a page within an address: what the script calls it, and what it adds."""

    name: str
    added: int = 0


_Piece = str | _Number


def spelled_pages(page: Page, number: int) -> list[str]:
    """Return where the scripts of a page put page `number` (from 2) of its list; empty where they do not say.

    The list has as many entries for each number: what worked for one page works for the next.
    """
    found: dict[tuple[_Piece, ...], str | None] = {}
    for code in _codes(page):
        values = {
            match[1]: match[4] if match[4] is not None else match[2] if match[2] is not None else match[3]
            for match in _PLAIN_VALUE.finditer(code)
        }
        for pieces in _addresses(code):
            template = _filled(pieces, values)
            if template is not None and template not in found:
                found[template] = _address(page, template, number, values)
    return [url for url in found.values() if url is not None]


def _codes(page: Page) -> Iterator[str]:
    for script in page.scripts:
        if len(script) <= _LONGEST_SCRIPT and ("+" in script or "${" in script):
            yield script
    for element in page.tree.select("[onclick], [onchange], a[href^=javascript]"):
        for name in _HANDLERS:
            code = element.attr(name)
            if isinstance(code, str) and ("+" in code or "${" in code):
                yield html.unescape(code)


def _addresses(code: str) -> Iterator[list[_Piece]]:
    """Yield what is put together where a script goes somewhere or writes a link."""
    for count, match in enumerate(_STEERING.finditer(code)):
        if count >= _MOST:
            return
        choice = _CHOICE.match(code, match.end())
        if choice is None:
            yield _sum(code, match.end())
        else:  # `n == 0 ? "index.html" : "index_" + n + ".html"`
            yield _sum(code, choice.end())
            counted = -1 if choice["first"] == "0" else 0  # pages are counted from 0 where the first one is 0
            other = _sum(code, choice.start("other"))
            yield [replace(one, added=one.added + counted) if isinstance(one, _Number) else one for one in other]
    for match in _WRITTEN.finditer(code):
        end = re.compile(r"[\"'`]").search(code, match.end())
        if end is None:
            continue
        pieces = [code[match.end() : end.start()], *_sum(code, end.end())]
        kept: list[_Piece] = []
        for piece in pieces:
            if isinstance(piece, str) and (cut := _CUT.search(piece)) is not None:
                kept.append(piece[: cut.start()])
                break
            kept.append(piece)
        yield kept


def _sum(code: str, start: int) -> list[_Piece]:
    """Read a sum of texts and names up to what is neither."""
    pieces: list[_Piece] = []
    sign, depth, at = 1, 0, start
    while (match := _TOKEN.match(code, at)) is not None:
        at = match.end()
        kind, text = match.lastgroup, match[match.lastgroup or 0]
        if kind == "string":
            pieces += _template(text[1:-1]) if text[0] == "`" else [unescaped(text[1:-1])]
        elif kind == "name":
            if code[at : at + 1] == "(" and text.rpartition(".")[2] in ("parseInt", "Number", "String", "eval"):
                continue
            pieces.append(_Number(text))
        elif kind == "number":
            last = pieces[-1] if pieces else None
            if isinstance(last, _Number):
                pieces[-1] = _Number(last.name, last.added + sign * int(text))
            else:
                pieces.append(text)
        elif text in "+-":
            sign = 1 if text == "+" else -1
        else:
            depth += 1 if text == "(" else -1
            if depth < 0:
                break
            continue
        following = re.compile(r"\s*[-+)]").match(code, at)
        if kind in ("string", "number", "name") and following is None:
            break
    return pieces


def _template(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    for hole in _HOLE.finditer(text):
        pieces.append(text[at : hole.start()])
        added = int(hole[3]) * (-1 if hole[2] == "-" else 1) if hole[3] else 0
        pieces.append(_Number(hole[1], added))
        at = hole.end()
    return [*pieces, text[at:]]


def _filled(pieces: list[_Piece], values: dict[str, str]) -> tuple[_Piece, ...] | None:
    """Put plain texts in for the names that stand for one; None where not exactly one name is left open."""
    filled: list[_Piece] = []
    for position, piece in enumerate(pieces):
        if isinstance(piece, str):
            filled.append(piece)
            continue
        value = values.get(piece.name)
        after = pieces[position + 1] if position + 1 < len(pieces) else ""
        if value is not None and not value.isdecimal():
            filled.append(value)
        elif not filled and isinstance(after, str) and after[:1] in ("?", "_", "-", "&"):
            filled.append("" if after[:1] == "?" else "\0")
        else:
            filled.append(piece)
    numbers = {piece.name for piece in filled if isinstance(piece, _Number)}
    texts = "".join(piece for piece in filled if isinstance(piece, str))
    return tuple(filled) if len(numbers) == 1 and texts and "\0" not in texts else None


def _address(page: Page, template: tuple[_Piece, ...], number: int, values: dict[str, str]) -> str | None:
    """Fill in the number of a page; None where that is no further page of this list."""
    filled = ""
    for piece in template:
        if isinstance(piece, str):
            filled += piece
            continue
        current = values.get(piece.name)
        if current is None:
            filled += str(number + piece.added)
        elif piece.added > 0:
            filled += str(int(current) + piece.added)  # the page after the one the script calls the current one
        else:
            return None
    url = page.resolve(filled)
    if url is None or not same_site(url, page.url):
        return None
    own, parts = urlsplit(page.url), urlsplit(url)
    counted = any(PAGE_NUMBER.match(name) for name, _ in parse_qsl(parts.query))
    if parts.path == own.path:
        return url if counted else None
    is_list = urljoin(url, ".") == urljoin(page.url, ".") or parts.path.startswith(f"{own.path.rpartition('.')[0]}/")
    return url if is_list and (counted or not parts.query) else None


def widget_total(page: Page) -> int | None:
    """Return the number of pages that the options of a pager widget say (laypage, kkpager, jQuery), or None."""
    for script in page.scripts:
        for match in _WIDGET.finditer(script):
            options = {key.lower(): int(value) for key, value in _OPTION.findall(match[1])}
            pages = next((options[key] for key in _PAGES if key in options), None)
            if pages is not None:
                return pages
            count = next((options[key] for key in _COUNTS if key in options), None)
            size = next((options[key] for key in _SIZES if options.get(key)), None)
            if count is not None and size:
                return -(-count // size)
    return None
