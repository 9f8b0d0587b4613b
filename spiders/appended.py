"""Lists that go on below a button: 加载更多 asks for rows in JSON, and appends them to those that a page printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from gicrawl.portals.sites import same_site
from spiders.family import Onward, Step, link_rows, make_row
from spiders.json_paths import first, load_answer
from spiders.json_rows import listed
from spiders.script_asks import PAGE_NUMBER
from spiders.urls import identity

if TYPE_CHECKING:
    from spiders.family import Column, Row
    from spiders.pages import Page

_PIECES = ("data.html", "data.content", "data.list", "data", "html", "result", "content", "list", "rows", "body")
_NEXT = ("next", "nextUrl", "next_url", "nextPageUrl", "next_page_url", "more", "moreUrl")
_GOES_ON = ("hasMore", "has_more", "hasNext", "has_next", "hasNextPage", "isMore", "more")
_ENDS = ("isLast", "is_last", "isLastPage", "last", "end", "isEnd", "finished", "noMore")
_ADDRESS = re.compile(r"^(?:https?:/)?[/.?][^\s<>]+$|^[\w./-]+\?[^\s<>]+$")


def is_answer(page: Page, step: Step) -> bool:
    """Say whether a further page of a printed list is an answer in JSON, for which no family asked."""
    return not (step.values or step.form or step.json) and load_answer(page.text) is not None


def answered_rows(page: Page, column: Column) -> list[Row]:
    """Return the rows of an answer: links of a piece of HTML in it, or objects with title and address.

    Links are relative to the page that the answer is appended to.
    """
    page.base = column.url
    piece = first(load_answer(page.text), _PIECES)
    if isinstance(piece, str) and "<" in piece:
        return link_rows(page, page.hidden_anchors(piece), None)
    found = listed(page.text)
    return [
        make_row(url, one.title, None, one.date)
        for one in (found.rows if found else ())
        if (url := page.resolve(one.address)) is not None
    ]


def after_answer(page: Page, column: Column, step: Step) -> Onward:
    """Say how the list goes on: at the address that the answer names, else at the next number."""
    answer = load_answer(page.text)
    if not column.fresh or _says(answer, _GOES_ON) is False or _says(answer, _ENDS) is True:
        return Onward(complete=True)
    named = next(
        (value for key in _NEXT if isinstance(value := _value(answer, key), str) and _ADDRESS.match(value)), None
    )
    url = page.resolve(named) if named is not None else _next_number(step.url)
    if url is None or not same_site(url, column.url) or identity(url) == identity(step.url):
        return Onward()
    return Onward(steps=(Step(url=url),))


def _value(answer: object, key: str) -> object:
    return first(answer, (key, f"data.{key}", f"result.{key}")) if _says(answer, (key,)) is None else None


def _says(answer: object, keys: tuple[str, ...]) -> bool | None:
    inner = (answer.get(key) for key in ("data", "result")) if isinstance(answer, dict) else ()
    for holder in (answer, *inner):
        for key in keys:
            value = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(value, bool):
                return value
    return None


def _next_number(url: str) -> str | None:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if not any(PAGE_NUMBER.match(name) and value.isdecimal() for name, value in pairs):
        return None
    counted = [
        (name, str(int(value) + 1) if PAGE_NUMBER.match(name) and value.isdecimal() else value) for name, value in pairs
    ]
    return urlunsplit(parts._replace(query=urlencode(counted)))
