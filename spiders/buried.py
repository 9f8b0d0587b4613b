"""Rows that no link of a page shows: written by a script or data of one, in a comment, opened by a click."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import turbohtml

from spiders.clicks import clicked_anchors
from spiders.family import Promise, Row, link_rows, make_row
from spiders.json_paths import load_answer
from spiders.pages import find_date, row_text, squeeze
from spiders.script_values import unescaped
from spiders.urls import identity
from spiders.vocabulary import LONGEST, TitleSays, title_says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.family import Family
    from spiders.pages import Page

_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.){2,600})\"|'((?:[^'\\\n]|\\.){2,600})'|`((?:[^`\\]|\\.){2,600})`")
_ADDRESS = re.compile(
    r"^(?:(?:https?:)?//[\w.:-]+/\S*|\.{0,2}/[\w./~%-]+(?:\?\S*)?|[\w./~%-]+\.(?:s?html?|jhtml|jsp|aspx?|php|do|pdf|docx?|ofd|wps)"
    r"(?:\?\S*)?)$",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|bmp|svg|ico|css|js|mp4)(?:\?|$)", re.IGNORECASE)
_LETTERS = re.compile(r"[\u4e00-\u9fff]{4}")
_XML_ROW = re.compile(
    r"<(item|row|record|article|news|node|info|entry|doc|document)\b[^>]*?(?:/>|>.*?</\1>)", re.DOTALL | re.IGNORECASE
)
_XML_VALUE = re.compile(r"<!\[CDATA\[(.*?)\]\]>|>([^<]+)<|=\s*\"([^\"]*)\"", re.DOTALL)
_LONGEST_TITLE = 120
_SHORT_SCRIPT = 2_000
_LONGEST_SCRIPT = 500_000
_REPORTS = re.compile(r"年报|报告|\\u62a5\\u544a|\\u5e74\\u62a5", re.IGNORECASE)
"""Stands in a text that has a row worth reading, as it is or as scripts escape it."""


def best_rows(page: Page, candidates: Sequence[Family]) -> tuple[Family, list[Row]] | None:
    """Return the first family that recognises a page and sees rows on it, or knows where to ask for them.

    Rows that only a script would show count for every family. None: nobody does, and nobody guesses.
    """
    for family in candidates:
        if family.recognises(page) is not None:
            rows = with_buried(page, family.rows(page), family.article)
            if rows or family.promise(page) is not Promise.NOTHING:
                return family, rows
    return None


def with_buried(page: Page, rows: list[Row], article: re.Pattern[str] | None = None) -> list[Row]:
    """Add the rows that only a script would show, where they have more reports than those that are seen."""
    if load_answer(page.text) is not None:
        return rows
    own = identity(page.url)
    buried = {key: row for row in buried_rows(page, article) if (key := identity(row.url)) != own}
    # Where both are known, the one with the better title counts: scripts print addresses apart from their titles.
    shown = [
        row if (other := buried.pop(identity(row.url), None)) is None or other.says <= row.says else other
        for row in rows
    ]
    found = list(buried.values())
    return [*shown, *found] if _reports(found) > _reports(rows) else shown


def buried_rows(page: Page, article: re.Pattern[str] | None = None) -> list[Row]:
    """Return the rows in scripts, comments and clicks of a page, in this order."""
    rows: list[Row] = []
    for element in page.tree.find_all("script"):
        script = element.text
        if not script or len(script) > _LONGEST_SCRIPT:
            continue
        if _REPORTS.search(script):
            rows += _script_rows(page, script)
        elif len(script) <= _SHORT_SCRIPT:
            rows += _row_around(page, element)
    if page.is_data:
        rows += _xml_rows(page)
    for comment in page.comments:
        if _REPORTS.search(comment):
            rows += link_rows(page, page.hidden_anchors(comment), article)
    for element in page.tree.find_all(["textarea", "noscript", "template"]):
        if "<a" in element.text and _REPORTS.search(element.text):
            rows += link_rows(page, page.hidden_anchors(element.text), article)
    clicked = [
        replace(row, date=find_date(row_text(anchor.element)))
        for anchor in clicked_anchors(page)
        if (row := make_row(anchor.url, anchor.text, anchor.title, None)).says is not TitleSays.OTHER
    ]
    return rows + clicked


def _xml_rows(page: Page) -> list[Row]:
    """Rows of an answer in XML: elements that repeat, with a title and an address in whatever is in them."""
    rows = []
    for match in _XML_ROW.finditer(page.text[:_LONGEST_SCRIPT]):
        values = [html.unescape(one[1] or one[2] or one[3] or "").strip() for one in _XML_VALUE.finditer(match.group())]
        urls = [url for value in values if _ADDRESS.match(value) and (url := page.resolve(value)) is not None]
        titles = [value for value in values if _matters(value) and not _ADDRESS.match(value)]
        if urls and titles:
            title = max(titles, key=lambda text: (title_says(text[:LONGEST]), len(text)))
            row = make_row(urls[0], squeeze(title), None, find_date(" ".join(values)))
            rows += [row] if row.says is not TitleSays.OTHER else []
    return rows


def _script_rows(page: Page, script: str) -> list[Row]:
    """Rows of one script: markup that it writes, else strings that are titles beside strings that are addresses."""
    if "<a" in script.lower():
        plain = script.replace('\\"', '"').replace("\\'", "'").replace("\\/", "/")
        rows = link_rows(page, page.hidden_anchors(plain), None)
        if any(row.says is not TitleSays.OTHER for row in rows):
            return rows
    rows = []
    group: list[tuple[bool, str, int]] = []
    strings = [
        (bool(_ADDRESS.match(text)), text, match.end())
        for match in _STRING.finditer(script)
        if _matters(text := unescaped(next(one for one in match.groups() if one is not None)).strip())
    ]
    for position, (is_address, text, end) in enumerate(strings):
        kinds = {kind for kind, _, _ in group}
        if len(kinds) > 1 and is_address is group[0][0]:  # the next row begins as this one did
            rows += _grouped(page, script, group, strings[position][2])
            group = []
        group.append((is_address, text, end))
    return rows + _grouped(page, script, group, len(script))


def _row_around(page: Page, element: turbohtml.Element) -> list[Row]:
    """A row whose link a script writes and whose title stands beside it."""
    parent = element.parent
    if not isinstance(parent, turbohtml.Element) or parent.tag in {"body", "head", "html"}:
        return []
    strings = [unescaped(next(one for one in match.groups() if one)) for match in _STRING.finditer(element.text)]
    urls = [
        url for text in strings if _ADDRESS.match(text) and not _NO_PAGE.search(text) and (url := page.resolve(text))
    ]
    around = squeeze(parent.text.replace(element.text, " "))
    if len(urls) != 1 or len(around) > _LONGEST_TITLE:
        return []
    row = make_row(urls[0], around, None, find_date(around))
    return [row] if row.says is not TitleSays.OTHER else []


def _matters(text: str) -> bool:
    """Whether a string could be the title or the address of a row."""
    if _ADDRESS.match(text):
        return _NO_PAGE.search(text) is None
    return len(text) <= _LONGEST_TITLE and _LETTERS.search(text) is not None and "。" not in text and "<" not in text


def _grouped(page: Page, script: str, group: list[tuple[bool, str, int]], end: int) -> list[Row]:
    """Make a row of the strings that stand together: the likeliest title and the first address that can be followed."""
    titles = [text for is_address, text, _ in group if not is_address]
    urls = [url for is_address, text, _ in group if is_address and (url := page.resolve(text)) is not None]
    if not titles or not urls:
        return []
    title = max(titles, key=lambda text: (title_says(text[:LONGEST]), len(text)))
    row = make_row(urls[0], squeeze(title), None, find_date(script[group[0][2] : end]))
    return [row] if row.says is not TitleSays.OTHER else []


def _reports(rows: list[Row]) -> int:
    return sum(row.says is TitleSays.REPORT for row in rows)
