"""Menus that are selects: a form sent by GET for each of its options, or a script that goes where the option says.

A column that shows the newest year and has the others in a `<select>` is a column with one part a year.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

import turbohtml

from gicrawl.portals.sites import same_site
from spiders.pages import Anchor, squeeze
from spiders.vocabulary import names_bodies, names_body, names_kind, names_year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from spiders.pages import Page

_MOST_OPTIONS = 60
_CHOSEN = re.compile(r"this\.options\s*\[\s*this\.selectedIndex\s*\]\.value|\$\(\s*this\s*\)\.val\(\s*\)")
_CLIMB = 8
_BUTTONS = frozenset({"submit", "button", "image", "reset", "checkbox", "radio", "file", "password"})


def chosen_anchors(page: Page) -> list[Anchor]:
    """Return a link for each year, body or kind of bodies that a select of the page leads to.

    Of a form with several selects the one of years is taken: the others divide the same rows once more.
    """
    found: list[Anchor] = []
    forms: list[turbohtml.Element] = []
    for names in (names_year, _names_bodies):
        for select in page.tree.find_all("select"):
            options = select.find_all("option")[:_MOST_OPTIONS]
            if sum(names(squeeze(option.text)) for option in options) * 2 < len(options) or not options:
                continue
            form = _form_of(select)
            if form is not None and form in forms:
                continue
            links = list(_links(page, select, options, form, names))
            if links and form is not None:
                forms.append(form)
            found += links
    return found


def _names_bodies(name: str) -> bool:
    return names_bodies(name) or names_body(name) or names_kind(name)


def _links(
    page: Page,
    select: turbohtml.Element,
    options: list[turbohtml.Element],
    form: turbohtml.Element | None,
    names: Callable[[str], bool],
) -> Iterator[Anchor]:
    code = select.attr("onchange")
    code = _CHOSEN.sub("this.value", code) if isinstance(code, str) else ""
    for option in options:
        text = squeeze(option.text)
        if not names(text):
            continue
        printed = page.calls.destination(f"{code};()", option) if code else None
        url = page.resolve(printed) if printed is not None else None
        if url is None and form is not None:
            url = _sent(page, form, select, option)
        if url is not None and same_site(url, page.url):
            yield Anchor(url, text, None, option)


def _form_of(element: turbohtml.Element) -> turbohtml.Element | None:
    node = element.parent
    for _ in range(_CLIMB):
        if not isinstance(node, turbohtml.Element):
            return None
        if node.tag == "form":
            return node
        node = node.parent
    return None


def _sent(page: Page, form: turbohtml.Element, select: turbohtml.Element, option: turbohtml.Element) -> str | None:
    """Return what a form sent by GET asks for with one of its options chosen; None where it is sent by POST."""
    method, action, name = form.attr("method"), form.attr("action"), select.attr("name")
    if not isinstance(name, str) or not name or (isinstance(method, str) and method.strip().lower() == "post"):
        return None
    url = page.resolve(action) if isinstance(action, str) and action.strip() else page.url
    if url is None:
        return None
    pairs: list[tuple[str, str]] = []
    for field in form.find_all(["input", "select"]):
        key, kind = field.attr("name"), field.attr("type")
        if not isinstance(key, str) or not key or (isinstance(kind, str) and kind.lower() in _BUTTONS):
            continue
        if field.tag == "input":
            value = field.attr("value")
            pairs.append((key, value if isinstance(value, str) else ""))
        elif key == name:
            pairs.append((key, _value(option)))
        else:
            options = field.find_all("option")
            chosen = next((one for one in options if one.attr("selected") is not None), options[0] if options else None)
            pairs.append((key, _value(chosen) if chosen is not None else ""))
    query = urlencode(pairs, encoding=page.charset, errors="xmlcharrefreplace")
    return urlunsplit(urlsplit(url)._replace(query=query, fragment=""))


def _value(option: turbohtml.Element) -> str:
    value = option.attr("value")
    return value if isinstance(value, str) else squeeze(option.text)
