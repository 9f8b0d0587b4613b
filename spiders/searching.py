"""A portal's own search, where no link leads to its reports: the form of its home page, sent as a reader would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit, urlunsplit

from gicrawl.portals.sites import same_site

if TYPE_CHECKING:
    import turbohtml

    from spiders.pages import Page

WORDS = "政府信息公开年度报告"
_SEARCH = re.compile(r"search|query|sousuo|jiansuo|/so(?:/|\b)|was5|jsearch|搜索|检索|全文|关键", re.IGNORECASE)
_FIELD = re.compile(
    r"^(?:q|k|s|w|kw|wd|key|keys|words?|keywords?|key_?word|search\w*|query\w*|\w*text|qt|title|content|searchword)$",
    re.IGNORECASE,
)
_NOT_TEXT = frozenset(
    {"hidden", "submit", "button", "image", "checkbox", "radio", "reset", "password", "file", "email", "tel"}
)


def searched(page: Page) -> str | None:
    """Return the address of the search that the first search form of a page makes; None where it has none.

    Forms that are sent by POST and those of other sites are left alone.
    """
    for form in page.tree.find_all("form"):
        method = form.attr("method")
        if isinstance(method, str) and method.lower() == "post":
            continue
        action = form.attr("action")
        url = page.resolve(action) if isinstance(action, str) and action.strip() else page.url
        if url is None or not same_site(url, page.url):
            continue
        pairs, field = _fields(form)
        says = f"{action} {form.attr('id')} {form.attr('name')} {form.attr('class')} {form.text}"
        if field is None or not (_SEARCH.search(says) or _FIELD.match(field)):
            continue
        sent = [(name, WORDS if name == field else value) for name, value in pairs]
        query = "&".join(f"{_quoted(name, page.charset)}={_quoted(value, page.charset)}" for name, value in sent)
        return urlunsplit(urlsplit(url)._replace(query=query))
    return None


def _fields(form: turbohtml.Element) -> tuple[list[tuple[str, str]], str | None]:
    """Return the fields of a form with their values, and the one that words are written into."""
    pairs: list[tuple[str, str]] = []
    field: str | None = None
    for element in form.find_all("input"):
        name, value, kind = element.attr("name"), element.attr("value"), element.attr("type")
        if not isinstance(name, str) or not name:
            continue
        kind = kind.lower() if isinstance(kind, str) else "text"
        if kind not in _NOT_TEXT and field is None:
            field = name
        elif kind != "hidden":
            continue
        pairs.append((name, value if isinstance(value, str) else ""))
    return pairs, field


def _quoted(text: str, charset: str) -> str:
    """Write a value as a browser sends it: in the page's own charset."""
    return quote_plus(text.encode(charset, "xmlcharrefreplace"))
